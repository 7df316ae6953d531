//! A list that is edited anywhere: items in blocks, with the sums of the lines for which they stand.

use crate::memory::{self, NoMemory};
use std::ops::Range;

/// Maximum number of items of a block: moving half of them takes some 50 ns, and a million items have 1,300 blocks.
const MAX_ITEMS: usize = 1024;

/// Number of items with which a block starts, so that it has room for edits.
const START_ITEMS: usize = 768;

/// A block below this size is joined with a neighbour.
const MIN_ITEMS: usize = 128;

/// Numbers of lines of both texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Lines of the first text.
    pub a: u32,
    /// Lines of the second text.
    pub b: u32,
}

impl Extent {
    fn plus(self, other: Extent) -> Extent {
        Extent { a: self.a + other.a, b: self.b + other.b }
    }
}

/// An item that stands for lines.
pub trait Item: Copy {
    /// Returns the lines for which the item stands.
    fn extent(&self) -> Extent;
}

/// A position in a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    block: usize,
    within: usize,
    /// The number of items before the position.
    pub index: usize,
    /// The lines of the items before the position.
    pub before: Extent,
}

/// A replacement whose memory has been requested.
pub struct Change<T> {
    /// The number of items afterwards.
    len: usize,
    place: Where<T>,
}

enum Where<T> {
    /// These items of a block are replaced.
    Within(usize, Range<usize>),
    /// These blocks are replaced by those of another list.
    Blocks(Range<usize>, Blocks<T>),
}

struct Sum {
    count: usize,
    extent: Extent,
}

/// A list of items in blocks of at most [`MAX_ITEMS`]. Finding and replacing take time for the number of blocks and for one block.
pub struct Blocks<T> {
    /// No block is empty.
    blocks: Vec<Vec<T>>,
    /// The sum of each block.
    sums: Vec<Sum>,
    len: usize,
}

impl<T: Item> Blocks<T> {
    /// Returns a list of these items.
    pub fn new(items: &[T]) -> Result<Blocks<T>, NoMemory> {
        let mut list = Blocks { blocks: Vec::new(), sums: Vec::new(), len: items.len() };
        let count = items.len().div_ceil(START_ITEMS);
        memory::reserve(&mut list.blocks, count)?;
        memory::reserve(&mut list.sums, count)?;
        for items in items.chunks(START_ITEMS) {
            list.blocks.push(block(items)?);
            list.sums.push(sum(items));
        }
        Ok(list)
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns the memory of the list in bytes.
    pub fn memory_usage(&self) -> usize {
        self.blocks.iter().map(Vec::capacity).sum::<usize>() * size_of::<T>()
            + self.blocks.capacity() * size_of::<Vec<T>>()
            + self.sums.capacity() * size_of::<Sum>()
    }

    /// Returns the position of an item, or of the end.
    pub fn at(&self, index: usize) -> Place {
        let mut place = Place::default();
        for sum in &self.sums {
            if place.index + sum.count > index {
                break;
            }
            place = place.after(sum);
        }
        if let Some(block) = self.blocks.get(place.block) {
            place.within = index - place.index;
            place.index = index;
            place.before = block[..place.within].iter().fold(place.before, add);
        }
        place
    }

    /// Returns the position of the first item for which `reaches` is true, given the lines up to and with that item; or the
    /// end. From one item to the next, `reaches` must not become false again.
    pub fn find(&self, reaches: impl Fn(Extent) -> bool) -> Place {
        let mut place = Place::default();
        for sum in &self.sums {
            if reaches(place.before.plus(sum.extent)) {
                break;
            }
            place = place.after(sum);
        }
        for item in self.blocks.get(place.block).into_iter().flatten() {
            let with = add(place.before, item);
            if reaches(with) {
                break;
            }
            place =
                Place { within: place.within + 1, index: place.index + 1, before: with, ..place };
        }
        place
    }

    /// Iterates over the items from a position on.
    pub fn from(&self, place: Place) -> impl Iterator<Item = T> + '_ {
        let blocks = self.blocks.get(place.block..).unwrap_or_default();
        blocks.iter().flatten().copied().skip(place.within)
    }

    /// Appends a range of items to a list.
    pub fn copy(&self, range: Range<usize>, list: &mut Vec<T>) -> Result<(), NoMemory> {
        memory::reserve(list, range.len())?;
        list.extend(self.from(self.at(range.start)).take(range.len()));
        Ok(())
    }

    /// Replaces one item.
    pub fn set(&mut self, place: Place, item: T) {
        let block = &mut self.blocks[place.block];
        block[place.within] = item;
        self.sums[place.block] = sum(block);
    }

    /// Replaces a range of items. If memory is refused, nothing has changed.
    pub fn replace(&mut self, range: Range<usize>, items: &[T]) -> Result<(), NoMemory> {
        let change = self.prepare(range, items)?;
        self.commit(change, items);
        Ok(())
    }

    /// Requests the memory to replace a range of items by these items. The next call that changes the list must be `commit`.
    pub fn prepare(&mut self, range: Range<usize>, items: &[T]) -> Result<Change<T>, NoMemory> {
        let (from, to) = (self.at(range.start), self.at(range.end));
        let mut touched = from.block..to.block + usize::from(to.within > 0);
        // The numbers of items that stay, at the beginning of the first block and at the end of the last one.
        let (mut head, mut tail) = (from.within, 0);
        if touched.is_empty() {
            // Between two blocks: into the one after; at the end, into the last one.
            if touched.end < self.blocks.len() {
                touched.end += 1;
            } else if touched.start > 0 {
                touched.start -= 1;
                head = self.blocks[touched.start].len();
            }
        }
        if let Some(block) = self.blocks[..touched.end].get(to.block) {
            tail = block.len() - to.within;
        }
        let len = self.len - range.len() + items.len();
        let size = head + items.len() + tail;
        if touched.len() == 1
            && size <= MAX_ITEMS
            && (size >= MIN_ITEMS || self.blocks.len() == 1 && size > 0)
        {
            let block = &mut self.blocks[touched.start];
            memory::reserve(block, items.len())?;
            let replaced = head..block.len() - tail;
            return Ok(Change { len, place: Where::Within(touched.start, replaced) });
        }
        if size < MIN_ITEMS && touched.end < self.blocks.len() {
            tail += self.blocks[touched.end].len();
            touched.end += 1;
        } else if size < MIN_ITEMS && touched.start > 0 {
            touched.start -= 1;
            head += self.blocks[touched.start].len();
        }
        let old = &self.blocks[touched.clone()];
        let mut all = memory::with_room(head + items.len() + tail)?;
        all.extend(old.iter().flatten().take(head).copied());
        all.extend_from_slice(items);
        let count = old.iter().map(Vec::len).sum::<usize>();
        all.extend(old.iter().flatten().skip(count - tail).copied());
        let new = Blocks::new(&all)?;
        memory::reserve(&mut self.blocks, new.blocks.len())?;
        memory::reserve(&mut self.sums, new.sums.len())?;
        Ok(Change { len, place: Where::Blocks(touched, new) })
    }

    /// Does what was prepared with these items.
    pub fn commit(&mut self, change: Change<T>, items: &[T]) {
        match change.place {
            Where::Within(index, replaced) => {
                let block = &mut self.blocks[index];
                block.splice(replaced, items.iter().copied());
                self.sums[index] = sum(block);
            }
            Where::Blocks(touched, new) => {
                self.blocks.splice(touched.clone(), new.blocks);
                self.sums.splice(touched, new.sums);
            }
        }
        self.len = change.len;
    }
}

impl Place {
    /// Returns the position after a whole block, from its beginning.
    fn after(self, sum: &Sum) -> Place {
        Place {
            block: self.block + 1,
            within: 0,
            index: self.index + sum.count,
            before: self.before.plus(sum.extent),
        }
    }
}

fn add<T: Item>(before: Extent, item: &T) -> Extent {
    before.plus(item.extent())
}

fn sum<T: Item>(items: &[T]) -> Sum {
    Sum { count: items.len(), extent: items.iter().fold(Extent::default(), add) }
}

/// Returns a block with room for edits.
fn block<T: Item>(items: &[T]) -> Result<Vec<T>, NoMemory> {
    let mut block = memory::with_room(MAX_ITEMS.max(items.len()))?;
    block.extend_from_slice(items);
    Ok(block)
}
