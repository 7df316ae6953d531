//! DirFilter: each once, with its parent's number, so that a search continues what it knows of the parent.

use super::{PADDING, mask, start_bit, with_room};
use hashbrown::HashTable;
use std::collections::TryReserveError;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// DirFilter of a block.
const BLOCK: usize = 1024;

/// Longest text of a directory, and most components of one. Items deeper than that are kept whole.
pub(in super::super) const MAX_DIR_BYTES: usize = 1024;
const DEEPEST: usize = 64;

/// All directories. Number 0 is the empty one, and a parent has a smaller number than what is in it.
pub(in super::super) struct Dirs {
    blocks: Vec<Arc<DirBlock>>,
    open: DirBlock,
    numbers: Numbers,
    hasher: RandomState,
    /// Bytes of the full blocks.
    weight: usize,
}

/// Tables of the numbers by hash: many, as one that grows moves all that it has, which is not to take long.
const TABLES: usize = 64;

/// The numbers of directories by the hashes of their texts.
struct Numbers {
    /// Each entry with its hash, so that a table can grow without a look at the texts.
    tables: Vec<HashTable<(u32, u32)>>,
}

impl Numbers {
    /// What tables and entries are told apart by. Some tables get up to twice as much as others, as of tables that get the
    /// same all would grow at once.
    fn split(hash: u64) -> (usize, u32) {
        let part = hash >> 40;
        // Of numbers below 1, from which on the derivative doubles: (p² + 2p) / 3.
        let skewed = (part * (part + (2 << 24)) / 3) >> 24;
        ((skewed as usize * TABLES) >> 24, hash as u32)
    }

    /// The hash in a table, which has its low bits and its high ones for use.
    fn wide(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }

    fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let (table, hash) = Numbers::split(hash);
        let same = |&(other, number): &(u32, u32)| other == hash && is(number);
        self.tables.get(table)?.find(Numbers::wide(hash), same).map(|&(_, number)| number)
    }

    /// Notes a number. Without memory for that it is not found again, and its directory gets another one when it comes again.
    fn insert(&mut self, hash: u64, number: u32) {
        let (table, hash) = Numbers::split(hash);
        if self.tables.is_empty() {
            self.tables.resize_with(TABLES, HashTable::new);
        }
        let rehash = |&(hash, _): &(u32, u32)| Numbers::wide(hash);
        if self.tables[table].try_reserve(1, rehash).is_ok() {
            self.tables[table].insert_unique(Numbers::wide(hash), (hash, number), rehash);
        }
    }

    /// Bytes that the tables hold.
    fn memory_usage(&self) -> usize {
        let entry = size_of::<(u32, u32)>() + 1;
        // Of what a table has room for it uses seven parts in eight, and some bytes more at its end.
        let table = |table: &HashTable<_>| (table.capacity() / 7 * 8 + 8) * entry + 16;
        self.tables.iter().map(table).sum::<usize>() + TABLES * size_of::<HashTable<(u32, u32)>>()
    }
}

/// DirFilter that stand one after another.
#[derive(Clone, Default)]
pub(in super::super) struct DirBlock {
    text: Vec<u8>,
    /// The last components alone, which a search reads one after another.
    own: Vec<u8>,
    /// What a search reads of each directory, one after another.
    links: Vec<Link>,
    /// The rest of it.
    wholes: Vec<Whole>,
}

/// The last component of a directory.
#[derive(Clone, Copy, Default)]
struct Link {
    parent: u32,
    mask: u32,
    /// Where it ends in `own`, with its slash.
    stop: u32,
}

/// All of a directory's path.
#[derive(Clone, Copy, Default)]
struct Whole {
    /// Where it ends in `text`.
    stop: u32,
    mask: u32,
    /// What its components begin with.
    starts: u64,
}

/// A directory, looked at.
#[derive(Clone, Copy)]
pub(in super::super) struct Dir<'d> {
    /// All of its path, with the slash at its end.
    pub(in super::super) text: &'d [u8],
    /// The mask of `text`.
    path: u32,
    /// What its components begin with.
    starts: u64,
}

/// The last component of a directory's path, looked at.
#[derive(Clone, Copy)]
pub(in super::super) struct Component<'d> {
    /// What the parent's path lacks.
    pub(in super::super) text: &'d [u8],
    /// That, and what stands behind it in memory.
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

    /// Makes room for a path of so many bytes and components, all of which may be new. If a block becomes full on the way,
    /// the next one has no more than a block of them to make room for itself.
    fn reserve(&mut self, len: usize, depth: usize) -> Result<(), TryReserveError> {
        self.text.try_reserve(len * depth + PADDING)?;
        self.own.try_reserve(len + PADDING)?;
        self.links.try_reserve(depth)?;
        self.wholes.try_reserve(depth)
    }

    fn memory_usage(&self) -> usize {
        size_of::<DirBlock>()
            + self.text.capacity()
            + self.own.capacity()
            + self.links.capacity() * size_of::<Link>()
            + self.wholes.capacity() * size_of::<Whole>()
    }

    /// Strategy many there are.
    pub(in super::super) fn len(&self) -> usize {
        self.links.len()
    }
}

/// A directory of a list of blocks.
#[inline]
pub(super) fn directory(blocks: &[Arc<DirBlock>], number: u32) -> Dir<'_> {
    blocks[number as usize / BLOCK].directory(number as usize % BLOCK)
}

/// The last component of a directory of a list of blocks.
#[inline(always)]
pub(super) fn component(blocks: &[Arc<DirBlock>], number: u32) -> Component<'_> {
    blocks[number as usize / BLOCK].component(number as usize % BLOCK)
}

impl Dirs {
    /// Strategy many there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len() * BLOCK + self.open.links.len()
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.weight + self.open.memory_usage() + self.numbers.memory_usage()
    }

    /// By how much the weight may grow with the directory of an item.
    pub(super) fn growth(&self, item: &[u8]) -> usize {
        let directory = memchr::memrchr(b'/', item).map_or(0, |at| at + 1);
        let depth = memchr::memchr_iter(b'/', &item[..directory]).take(DEEPEST).count();
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

    /// The mask of a directory's whole path, and what its components begin with.
    pub(super) fn marks(&self, number: u32) -> (u32, u64) {
        let directory = self.get(number);
        (directory.path, directory.starts)
    }

    /// The number of a directory, which ends in a slash. If it is new, and new ones may be made, it gets one, unless there is no
    /// memory for it.
    pub(super) fn number(&mut self, text: &[u8], may_grow: bool) -> Option<u32> {
        if text.is_empty() {
            return Some(0);
        }
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        if let Some(number) = self.find(hasher.finish(), text) {
            return Some(number);
        }
        let is_deep = || memchr::memchr_iter(b'/', text).nth(DEEPEST).is_some();
        if !may_grow || text.len() > MAX_DIR_BYTES || is_deep() {
            return None;
        }
        // Where each directory on the way ends, and its hash, in one pass.
        let (mut way, mut depth, mut start) = ([(0, 0); DEEPEST], 0, 0);
        let mut hasher = self.hasher.build_hasher();
        for slash in memchr::memchr_iter(b'/', text) {
            hasher.write(&text[start..=slash]);
            start = slash + 1;
            way[depth] = (start, hasher.finish());
            depth += 1;
        }
        let way = &way[..depth];
        self.open.reserve(text.len(), depth).ok()?;
        let (mut parent, mut known) = (0, 0);
        for (at, &(stop, hash)) in way[..depth - 1].iter().enumerate().rev() {
            if let Some(number) = self.find(hash, &text[..stop]) {
                (parent, known) = (number, at + 1);
                break;
            }
        }
        start = if known == 0 { 0 } else { way[known - 1].0 };
        for &(stop, hash) in &way[known..] {
            parent = self.add(&text[..stop], start, hash, parent);
            start = stop;
        }
        Some(parent)
    }

    fn find(&self, hash: u64, text: &[u8]) -> Option<u32> {
        self.numbers.find(hash, |number| self.text(number) == text)
    }

    /// Adds a directory whose last component begins at `start`.
    fn add(&mut self, text: &[u8], start: usize, hash: u64, parent: u32) -> u32 {
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
                text: with_room(self.open.text.len()),
                own: with_room(self.open.own.len()),
                links: with_room(BLOCK),
                wholes: with_room(BLOCK),
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
        number
    }

    pub(super) fn snapshot(&self) -> Vec<Arc<DirBlock>> {
        let mut all = Vec::with_capacity(self.blocks.len() + 1);
        all.extend(self.blocks.iter().cloned());
        if !self.open.links.is_empty() {
            all.push(Arc::new(self.open.clone()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_number_however_it_came() {
        let mut dirs = Dirs::default();
        let deep = "a/".repeat(DEEPEST);
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
