//! Folders: each once, with its parent's number, so that a search continues what it knows of the parent.

use super::super::kernel;
use super::{PADDING, mask, start_bit};
use hashbrown::HashTable;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Folders of a block.
const BLOCK: usize = 1024;

/// Longest text of a folder, and most components of one. Items deeper than that are kept whole.
pub(in super::super) const LONGEST: usize = 1024;
const DEEPEST: usize = 64;

/// All folders. Number 0 is the empty one, and a parent has a smaller number than what is in it.
pub(in super::super) struct Dirs {
    blocks: Vec<Arc<FolderBlock>>,
    open: FolderBlock,
    numbers: Numbers,
    hasher: RandomState,
    /// Bytes of the full blocks.
    weight: usize,
}

/// Tables of the numbers by hash: many, as one that grows moves all that it has, which is not to take long.
const TABLES: usize = 64;

/// The numbers of folders by the hashes of their texts.
struct Numbers {
    /// Each entry with its hash, so that a table can grow without a look at the texts.
    tables: Vec<HashTable<(u32, u32)>>,
}

impl Numbers {
    /// What entries and tables are told apart by.
    fn split(hash: u64) -> (usize, u32) {
        ((hash >> 32) as usize % TABLES, hash as u32)
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

    fn insert(&mut self, hash: u64, number: u32) {
        let (table, hash) = Numbers::split(hash);
        if self.tables.is_empty() {
            self.tables.resize_with(TABLES, HashTable::new);
        }
        let rehash = |&(hash, _): &(u32, u32)| Numbers::wide(hash);
        self.tables[table].insert_unique(Numbers::wide(hash), (hash, number), rehash);
    }

    /// Bytes that the tables hold.
    fn weight(&self) -> usize {
        let entry = size_of::<(u32, u32)>() + 1;
        // Of what a table has room for it uses seven parts in eight, and some bytes more at its end.
        let table = |table: &HashTable<_>| (table.capacity() / 7 * 8 + 8) * entry + 16;
        self.tables.iter().map(table).sum::<usize>() + TABLES * size_of::<HashTable<(u32, u32)>>()
    }
}

/// Folders that stand one after another.
#[derive(Clone, Default)]
pub(in super::super) struct FolderBlock {
    text: Vec<u8>,
    /// The last components alone, which a search reads one after another.
    own: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    stop: u32,
    parent: u32,
    /// Where the last component ends in `own`, with its slash.
    own_stop: u32,
    /// Of the last component.
    mask: u32,
    /// Of all of the text.
    path: u32,
    /// What its components begin with.
    starts: u64,
}

/// A folder, looked at.
#[derive(Clone, Copy)]
pub(in super::super) struct Folder<'d> {
    /// All of its path, with the slash at its end.
    pub(in super::super) text: &'d [u8],
    /// What the parent's path lacks.
    pub(in super::super) own: &'d [u8],
    /// That, and what stands behind it in memory.
    pub(in super::super) own_and_more: &'d [u8],
    /// The number of the parent.
    pub(in super::super) parent: u32,
    /// The mask of `own`.
    pub(in super::super) mask: u32,
    /// The mask of `text`.
    path: u32,
    /// What its components begin with.
    starts: u64,
}

impl Default for Dirs {
    fn default() -> Dirs {
        let mut open = FolderBlock::default();
        open.entries.push(Entry { stop: 0, parent: 0, own_stop: 0, mask: 0, path: 0, starts: 0 });
        Dirs {
            blocks: Vec::new(),
            open,
            numbers: Numbers { tables: Vec::new() },
            hasher: RandomState::new(),
            weight: 0,
        }
    }
}

impl Entry {
    fn stops(&self) -> (usize, usize) {
        (self.stop as usize, self.own_stop as usize)
    }
}

impl FolderBlock {
    fn get(&self, at: usize) -> Folder<'_> {
        let Entry { stop, parent, own_stop, mask, path, starts } = self.entries[at];
        let before = if at == 0 { (0, 0) } else { self.entries[at - 1].stops() };
        let text = &self.text[before.0..stop as usize];
        let own = &self.own[before.1..own_stop as usize];
        let own_and_more = &self.own[before.1..];
        Folder { text, own, own_and_more, parent, mask, path, starts }
    }

    fn weight(&self) -> usize {
        size_of::<FolderBlock>()
            + self.text.capacity()
            + self.own.capacity()
            + self.entries.capacity() * size_of::<Entry>()
    }

    /// How many there are.
    pub(in super::super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// A folder of a list of blocks.
#[inline]
pub(super) fn folder(blocks: &[Arc<FolderBlock>], number: u32) -> Folder<'_> {
    blocks[number as usize / BLOCK].get(number as usize % BLOCK)
}

/// Asks for a folder that is soon to be looked at.
#[inline]
pub(super) fn fetch(blocks: &[Arc<FolderBlock>], number: u32) {
    kernel::fetch(&blocks[number as usize / BLOCK].entries[number as usize % BLOCK]);
}

impl Dirs {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len() * BLOCK + self.open.entries.len()
    }

    pub(super) fn weight(&self) -> usize {
        self.weight + self.open.weight() + self.numbers.weight()
    }

    /// By how much the weight may grow with the folder of an item.
    pub(super) fn growth(&self, item: &[u8]) -> usize {
        let folder = memchr::memrchr(b'/', item).map_or(0, |at| at + 1);
        let depth = memchr::memchr_iter(b'/', &item[..folder]).take(DEEPEST).count();
        let table = 2 * self.numbers.weight();
        self.open.weight() + table + depth * (folder.min(LONGEST) + 2 * size_of::<Entry>())
    }

    fn get(&self, number: u32) -> Folder<'_> {
        match self.blocks.get(number as usize / BLOCK) {
            Some(block) => block.get(number as usize % BLOCK),
            None => self.open.get(number as usize % BLOCK),
        }
    }

    pub(super) fn text(&self, number: u32) -> &[u8] {
        self.get(number).text
    }

    /// What the components of a folder begin with.
    pub(super) fn starts(&self, number: u32) -> u64 {
        self.get(number).starts
    }

    /// The mask of a folder's whole path.
    pub(super) fn path(&self, number: u32) -> u32 {
        self.get(number).path
    }

    /// The number of a folder, which ends in a slash. If it is new, and new ones may be made, it gets one.
    pub(super) fn number(&mut self, text: &[u8], may_grow: bool) -> Option<u32> {
        if text.is_empty() {
            return Some(0);
        }
        let hash = self.hasher.hash_one(text);
        if let Some(number) = self.numbers.find(hash, |number| self.text(number) == text) {
            return Some(number);
        }
        let is_deep = || memchr::memchr_iter(b'/', text).nth(DEEPEST).is_some();
        if !may_grow || text.len() > LONGEST || is_deep() {
            return None;
        }
        let mut known = text.len();
        let mut parent = 0;
        while let Some(slash) = memchr::memrchr(b'/', &text[..known - 1]) {
            known = slash + 1;
            let above = &text[..known];
            let hash = self.hasher.hash_one(above);
            if let Some(number) = self.numbers.find(hash, |number| self.text(number) == above) {
                parent = number;
                break;
            }
        }
        if parent == 0 {
            known = 0;
        }
        while known < text.len() {
            let own = memchr::memchr(b'/', &text[known..]).map_or(text.len() - known, |at| at + 1);
            parent = self.add(&text[..known + own], own, parent);
            known += own;
        }
        Some(parent)
    }

    fn add(&mut self, text: &[u8], own: usize, parent: u32) -> u32 {
        let number = self.len() as u32;
        let own = &text[text.len() - own..];
        let mask = mask(own);
        let path = mask | self.path(parent);
        let second = own.get(1).copied().unwrap_or(0);
        let starts = start_bit(own[0], second) | self.starts(parent);
        self.open.text.extend_from_slice(text);
        self.open.own.extend_from_slice(own);
        let (stop, own_stop) = (self.open.text.len() as u32, self.open.own.len() as u32);
        self.open.entries.push(Entry { stop, parent, own_stop, mask, path, starts });
        if self.open.entries.len() == BLOCK {
            let mut full = std::mem::take(&mut self.open);
            full.text.reserve_exact(PADDING);
            full.text.resize(full.text.len() + PADDING, 0);
            full.text.shrink_to_fit();
            full.own.reserve_exact(PADDING);
            full.own.resize(full.own.len() + PADDING, 0);
            full.own.shrink_to_fit();
            full.entries.shrink_to_fit();
            self.weight += full.weight();
            self.blocks.push(Arc::new(full));
        }
        let hash = self.hasher.hash_one(text);
        self.numbers.insert(hash, number);
        number
    }

    pub(super) fn snapshot(&self) -> Vec<Arc<FolderBlock>> {
        let mut all = Vec::with_capacity(self.blocks.len() + 1);
        all.extend(self.blocks.iter().cloned());
        if !self.open.entries.is_empty() {
            all.push(Arc::new(self.open.clone()));
        }
        all
    }
}
