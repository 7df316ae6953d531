//! Folders: each once, with its parent's number, so that a search continues what it knows of the parent.

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
    /// What a search reads of each folder, one after another.
    links: Vec<Link>,
    /// The rest of it.
    wholes: Vec<Whole>,
}

/// The last component of a folder.
#[derive(Clone, Copy, Default)]
struct Link {
    parent: u32,
    mask: u32,
    /// Where it ends in `own`, with its slash.
    stop: u32,
}

/// All of a folder's path.
#[derive(Clone, Copy, Default)]
struct Whole {
    /// Where it ends in `text`.
    stop: u32,
    mask: u32,
    /// What its components begin with.
    starts: u64,
}

/// A folder, looked at.
#[derive(Clone, Copy)]
pub(in super::super) struct Folder<'d> {
    /// All of its path, with the slash at its end.
    pub(in super::super) text: &'d [u8],
    /// The mask of `text`.
    path: u32,
    /// What its components begin with.
    starts: u64,
}

/// The last component of a folder's path, looked at.
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
        let mut open = FolderBlock::default();
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

impl FolderBlock {
    fn folder(&self, at: usize) -> Folder<'_> {
        let Whole { stop, mask, starts } = self.wholes[at];
        let start = if at == 0 { 0 } else { self.wholes[at - 1].stop };
        Folder { text: &self.text[start as usize..stop as usize], path: mask, starts }
    }

    #[inline(always)]
    fn component(&self, at: usize) -> Component<'_> {
        let Link { parent, mask, stop } = self.links[at];
        let start = if at == 0 { 0 } else { self.links[at - 1].stop };
        let text_and_more = &self.own[start as usize..];
        Component { text: &text_and_more[..(stop - start) as usize], text_and_more, parent, mask }
    }

    fn weight(&self) -> usize {
        size_of::<FolderBlock>()
            + self.text.capacity()
            + self.own.capacity()
            + self.links.capacity() * size_of::<Link>()
            + self.wholes.capacity() * size_of::<Whole>()
    }

    /// How many there are.
    pub(in super::super) fn len(&self) -> usize {
        self.links.len()
    }
}

/// A folder of a list of blocks.
#[inline]
pub(super) fn folder(blocks: &[Arc<FolderBlock>], number: u32) -> Folder<'_> {
    blocks[number as usize / BLOCK].folder(number as usize % BLOCK)
}

/// The last component of a folder of a list of blocks.
#[inline(always)]
pub(super) fn component(blocks: &[Arc<FolderBlock>], number: u32) -> Component<'_> {
    blocks[number as usize / BLOCK].component(number as usize % BLOCK)
}

impl Dirs {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len() * BLOCK + self.open.links.len()
    }

    pub(super) fn weight(&self) -> usize {
        self.weight + self.open.weight() + self.numbers.weight()
    }

    /// By how much the weight may grow with the folder of an item.
    pub(super) fn growth(&self, item: &[u8]) -> usize {
        let folder = memchr::memrchr(b'/', item).map_or(0, |at| at + 1);
        let depth = memchr::memchr_iter(b'/', &item[..folder]).take(DEEPEST).count();
        let table = 2 * self.numbers.weight();
        self.open.weight()
            + table
            + depth * (folder.min(LONGEST) + 2 * (size_of::<Link>() + size_of::<Whole>()))
    }

    fn get(&self, number: u32) -> Folder<'_> {
        match self.blocks.get(number as usize / BLOCK) {
            Some(block) => block.folder(number as usize % BLOCK),
            None => self.open.folder(number as usize % BLOCK),
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
        let (stop, whole) = (self.open.own.len() as u32, self.open.text.len() as u32);
        self.open.links.push(Link { parent, mask, stop });
        self.open.wholes.push(Whole { stop: whole, mask: path, starts });
        if self.open.links.len() == BLOCK {
            let mut full = std::mem::take(&mut self.open);
            full.text.reserve_exact(PADDING);
            full.text.resize(full.text.len() + PADDING, 0);
            full.text.shrink_to_fit();
            full.own.reserve_exact(PADDING);
            full.own.resize(full.own.len() + PADDING, 0);
            full.own.shrink_to_fit();
            full.links.shrink_to_fit();
            full.wholes.shrink_to_fit();
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
        if !self.open.links.is_empty() {
            all.push(Arc::new(self.open.clone()));
        }
        all
    }
}
