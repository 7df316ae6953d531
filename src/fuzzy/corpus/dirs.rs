//! Directories: each is stored once, with its parent's number, so that a search continues from its results for the
//! parent.

use super::block::PADDING;
use super::marks::{mask, start_bit};
use crate::memory::{self, NoMemory};
use hashbrown::HashTable;
use std::collections::TryReserveError;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// Directories of a block.
const BLOCK: usize = 1024;

/// Maximum bytes of a directory's path, and maximum number of its components. Items beyond either are stored without a
/// directory.
pub(in super::super) const MAX_DIR_BYTES: usize = 1024;
const MAX_DIR_DEPTH: usize = 64;

/// All directories. Number 0 is the empty directory, and a parent has a smaller number than its children.
pub(in super::super) struct Dirs {
    blocks: Vec<Arc<DirBlock>>,
    open: DirBlock,
    numbers: Numbers,
    hasher: RandomState,
    /// Bytes held by the full blocks.
    weight: usize,
}

/// Number of hash tables. There are many, as one that grows moves all its entries at once: while a million directories are
/// added, the longest addition takes 16 ms with one table and 0.2 ms with 64.
const TABLES: usize = 64;

/// Finds the number of a directory by the hash of its path.
struct Numbers {
    /// Entries are a hash and a number, so that a table can grow without reading paths.
    tables: Vec<HashTable<(u32, u32)>>,
}

impl Numbers {
    /// Returns the table and the table's hash for a hash. The tables get different shares, up to a factor of two, because
    /// tables of equal size would all grow at the same time: the lock would be held for up to 0.6 ms instead of 0.3 ms.
    fn split(hash: u64) -> (usize, u32) {
        let part = hash >> 40;
        // For a number p below 1, (p² + 2p) / 3: its derivative doubles from 0 to 1.
        let skewed = (part * (part + (2 << 24)) / 3) >> 24;
        ((skewed as usize * TABLES) >> 24, hash as u32)
    }

    /// Widens the hash of an entry to 64 bits, as a table uses both its low and its high bits.
    fn wide(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }

    fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let (table, hash) = Numbers::split(hash);
        let same = |&(other, number): &(u32, u32)| other == hash && is(number);
        self.tables.get(table)?.find(Numbers::wide(hash), same).map(|&(_, number)| number)
    }

    /// Adds a number. If memory runs out, it will not be found, and the same directory gets another number next time.
    fn insert(&mut self, hash: u64, number: u32) {
        let (table, hash) = Numbers::split(hash);
        if self.tables.is_empty() {
            if memory::reserve(&mut self.tables, TABLES).is_err() {
                return;
            }
            self.tables.resize_with(TABLES, HashTable::new);
        }
        let rehash = |&(hash, _): &(u32, u32)| Numbers::wide(hash);
        if self.tables[table].try_reserve(1, rehash).is_ok() {
            self.tables[table].insert_unique(Numbers::wide(hash), (hash, number), rehash);
        }
    }

    /// Returns the bytes that the tables hold.
    fn memory_usage(&self) -> usize {
        let entry = size_of::<(u32, u32)>() + 1;
        // A table fills at most seven eighths of its slots, and has some more bytes at its end.
        let table = |table: &HashTable<_>| (table.capacity() / 7 * 8 + 8) * entry + 16;
        self.tables.iter().map(table).sum::<usize>() + TABLES * size_of::<HashTable<(u32, u32)>>()
    }
}

/// Consecutive directories.
#[derive(Default)]
pub(in super::super) struct DirBlock {
    text: Vec<u8>,
    /// The last component of each directory, which a search reads one after another.
    own: Vec<u8>,
    /// The data of each directory that a search reads, one after another.
    links: Vec<Link>,
    /// The full path of each directory.
    wholes: Vec<Whole>,
}

/// The last component of a directory.
#[derive(Clone, Copy, Default)]
struct Link {
    parent: u32,
    mask: u32,
    /// Offset in `own` of the end of the component, after its slash.
    stop: u32,
}

/// The full path of a directory.
#[derive(Clone, Copy, Default)]
struct Whole {
    /// Offset of its end in `text`.
    stop: u32,
    mask: u32,
    /// First bytes of its components, as a set of [`start_bit`].
    starts: u64,
}

/// A view of a directory.
#[derive(Clone, Copy)]
pub(in super::super) struct Dir<'d> {
    /// The full path, including the slash at its end.
    pub(in super::super) text: &'d [u8],
    /// The mask of `text`.
    path: u32,
    /// First bytes of its components, as a set of [`start_bit`].
    starts: u64,
}

/// A view of the last component of a directory's path.
#[derive(Clone, Copy)]
pub(in super::super) struct Component<'d> {
    /// The component with its slash: the directory's path without its parent's.
    pub(in super::super) text: &'d [u8],
    /// The same, with all that follows it in memory.
    pub(in super::super) text_and_more: &'d [u8],
    /// The number of the parent.
    pub(in super::super) parent: u32,
    /// The mask of `text`.
    pub(in super::super) mask: u32,
}

impl Default for Dirs {
    fn default() -> Dirs {
        let mut open = DirBlock::default();
        open.links.push(Link::default());
        open.wholes.push(Whole::default());
        Dirs {
            blocks: Vec::new(),
            open,
            numbers: Numbers { tables: Vec::new() },
            hasher: RandomState::new(),
            weight: 0,
        }
    }
}

impl DirBlock {
    fn directory(&self, at: usize) -> Dir<'_> {
        let Whole { stop, mask, starts } = self.wholes[at];
        let start = if at == 0 { 0 } else { self.wholes[at - 1].stop };
        Dir { text: &self.text[start as usize..stop as usize], path: mask, starts }
    }

    #[inline(always)]
    fn component(&self, at: usize) -> Component<'_> {
        let Link { parent, mask, stop } = self.links[at];
        let start = if at == 0 { 0 } else { self.links[at - 1].stop };
        let text_and_more = &self.own[start as usize..];
        Component { text: &text_and_more[..(stop - start) as usize], text_and_more, parent, mask }
    }

    /// Reserves memory for a path of `len` bytes with `depth` components, all of which may be new.
    fn reserve(&mut self, len: usize, depth: usize) -> Result<(), TryReserveError> {
        self.text.try_reserve(len * depth + PADDING)?;
        self.own.try_reserve(len + PADDING)?;
        self.links.try_reserve(depth)?;
        self.wholes.try_reserve(depth)
    }

    /// Returns a copy.
    fn copy(&self) -> Result<DirBlock, NoMemory> {
        Ok(DirBlock {
            text: memory::copy(&self.text)?,
            own: memory::copy(&self.own)?,
            links: memory::copy(&self.links)?,
            wholes: memory::copy(&self.wholes)?,
        })
    }

    fn memory_usage(&self) -> usize {
        size_of::<DirBlock>()
            + self.text.capacity()
            + self.own.capacity()
            + self.links.capacity() * size_of::<Link>()
            + self.wholes.capacity() * size_of::<Whole>()
    }

    /// Returns the number of directories.
    pub(in super::super) fn len(&self) -> usize {
        self.links.len()
    }
}

/// Returns a directory, by the list of blocks and its number.
#[inline]
pub(super) fn directory(blocks: &[Arc<DirBlock>], number: u32) -> Dir<'_> {
    blocks[number as usize / BLOCK].directory(number as usize % BLOCK)
}

/// Returns the last component of a directory, by the list of blocks and the directory's number.
#[inline(always)]
pub(super) fn component(blocks: &[Arc<DirBlock>], number: u32) -> Component<'_> {
    blocks[number as usize / BLOCK].component(number as usize % BLOCK)
}

impl Dirs {
    /// Returns the number of directories.
    pub(super) fn len(&self) -> usize {
        self.blocks.len() * BLOCK + self.open.links.len()
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.weight + self.open.memory_usage() + self.numbers.memory_usage()
    }

    /// Returns by how many bytes the memory may grow with the directory of `item`, at most.
    pub(super) fn growth(&self, item: &[u8]) -> usize {
        let directory = memchr::memrchr(b'/', item).map_or(0, |at| at + 1);
        let depth = memchr::memchr_iter(b'/', &item[..directory]).take(MAX_DIR_DEPTH).count();
        let table = 2 * self.numbers.memory_usage();
        self.open.memory_usage()
            + table
            + depth * (directory.min(MAX_DIR_BYTES) + 2 * (size_of::<Link>() + size_of::<Whole>()))
    }

    fn get(&self, number: u32) -> Dir<'_> {
        match self.blocks.get(number as usize / BLOCK) {
            Some(block) => block.directory(number as usize % BLOCK),
            None => self.open.directory(number as usize % BLOCK),
        }
    }

    pub(super) fn text(&self, number: u32) -> &[u8] {
        self.get(number).text
    }

    /// Returns the mask of a directory's full path, and the first bytes of its components.
    pub(super) fn marks(&self, number: u32) -> (u32, u64) {
        let directory = self.get(number);
        (directory.path, directory.starts)
    }

    /// Returns the number of a directory, whose path ends in a slash. An unknown one is added if `may_grow` is set.
    /// Returns none if it is not, if the path exceeds a maximum, or if memory runs out.
    pub(super) fn number(&mut self, text: &[u8], may_grow: bool) -> Option<u32> {
        if text.is_empty() {
            return Some(0);
        }
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        if let Some(number) = self.find(hasher.finish(), text) {
            return Some(number);
        }
        let is_deep = || memchr::memchr_iter(b'/', text).nth(MAX_DIR_DEPTH).is_some();
        if !may_grow || text.len() > MAX_DIR_BYTES || is_deep() {
            return None;
        }
        // The end offset and the hash of each directory in the path, computed in one pass.
        let (mut way, mut depth, mut start) = ([(0, 0); MAX_DIR_DEPTH], 0, 0);
        let mut hasher = self.hasher.build_hasher();
        for slash in memchr::memchr_iter(b'/', text) {
            hasher.write(&text[start..=slash]);
            start = slash + 1;
            way[depth] = (start, hasher.finish());
            depth += 1;
        }
        let way = &way[..depth];
        self.open.reserve(text.len(), depth).ok()?;
        memory::reserve(&mut self.blocks, 1).ok()?;
        let (mut parent, mut known) = (0, 0);
        for (at, &(stop, hash)) in way[..depth - 1].iter().enumerate().rev() {
            if let Some(number) = self.find(hash, &text[..stop]) {
                (parent, known) = (number, at + 1);
                break;
            }
        }
        start = if known == 0 { 0 } else { way[known - 1].0 };
        for &(stop, hash) in &way[known..] {
            parent = self.add(&text[..stop], start, hash, parent)?;
            start = stop;
        }
        Some(parent)
    }

    fn find(&self, hash: u64, text: &[u8]) -> Option<u32> {
        self.numbers.find(hash, |number| self.text(number) == text)
    }

    /// Adds a directory, whose last component begins at `start`, unless there is no memory for it.
    fn add(&mut self, text: &[u8], start: usize, hash: u64, parent: u32) -> Option<u32> {
        // There is room already, unless a block became full on the way.
        self.open.reserve(text.len(), 1).ok()?;
        let number = self.len() as u32;
        let own = &text[start..];
        let mask = mask(own);
        let (path, starts) = self.marks(parent);
        let second = own.get(1).copied().unwrap_or(0);
        let (path, starts) = (path | mask, starts | start_bit(own[0], second));
        self.open.text.extend_from_slice(text);
        self.open.own.extend_from_slice(own);
        let (stop, whole) = (self.open.own.len() as u32, self.open.text.len() as u32);
        self.open.links.push(Link { parent, mask, stop });
        self.open.wholes.push(Whole { stop: whole, mask: path, starts });
        if self.open.links.len() == BLOCK {
            let next = DirBlock {
                text: memory::with_room(self.open.text.len()).unwrap_or_default(),
                own: memory::with_room(self.open.own.len()).unwrap_or_default(),
                links: memory::with_room(BLOCK).unwrap_or_default(),
                wholes: memory::with_room(BLOCK).unwrap_or_default(),
            };
            let mut full = std::mem::replace(&mut self.open, next);
            full.text.resize(full.text.len() + PADDING, 0);
            full.text.shrink_to_fit();
            full.own.resize(full.own.len() + PADDING, 0);
            full.own.shrink_to_fit();
            full.links.shrink_to_fit();
            full.wholes.shrink_to_fit();
            self.weight += full.memory_usage();
            self.blocks.push(Arc::new(full));
        }
        self.numbers.insert(hash, number);
        Some(number)
    }

    pub(super) fn snapshot(&self) -> Result<Vec<Arc<DirBlock>>, NoMemory> {
        let mut all = memory::with_room(self.blocks.len() + 1)?;
        all.extend(self.blocks.iter().cloned());
        if !self.open.links.is_empty() {
            all.push(Arc::new(self.open.copy()?));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_number_however_it_came() {
        let mut dirs = Dirs::default();
        let deep = "a/".repeat(MAX_DIR_DEPTH);
        let numbers =
            ["/usr/lib/x/", "/usr/", "a/b/c/", "a/b/", "a/", "/", &deep, "a/a/", "a/b/d/"]
                .map(|text| dirs.number(text.as_bytes(), true).unwrap());
        assert_eq!(numbers[..6], [4, 2, 7, 6, 5, 1]);
        assert_eq!(numbers[6..], [70, 8, 71]);
        assert_eq!((dirs.len(), dirs.number(b"", true)), (72, Some(0)));
        for (number, text) in [(4, "/usr/lib/x/"), (7, "a/b/c/"), (70, &deep), (71, "a/b/d/")] {
            assert_eq!(dirs.text(number), text.as_bytes());
            assert_eq!(dirs.number(text.as_bytes(), false), Some(number));
        }
        assert_eq!(dirs.number(b"a/b/e/", false), None);
        assert_eq!(dirs.number(format!("{deep}a/").as_bytes(), true), None);
    }

    #[test]
    fn tables_do_not_grow_at_once() {
        let mut counts = [0; TABLES];
        (0..1 << 16).for_each(|part: u64| counts[Numbers::split(part << 48).0] += 1);
        assert!(counts.is_sorted_by(|a, b| a + 4 >= *b), "{counts:?}");
        assert!((755..=785).contains(&counts[TABLES - 1]), "{counts:?}");
        assert!((1510..=1540).contains(&counts[0]), "{counts:?}");
    }
}
