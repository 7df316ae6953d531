//! The corpus: the items of a session, stored by directory.
//!
//! # How is an item stored?
//!
//! As the number of its directory, which is everything up to the last `/`, and its name, which is the rest. Each
//! directory is stored once. A search looks at each directory once, and after that at names only: a million paths of 83
//! bytes have names of 27 bytes each, and less than a tenth as many directories. An item that is not a path has the empty
//! directory and a name, at no extra cost. If the directories of the items turn out to be all different, no new ones are
//! added.
//!
//! # How is it searched while it grows?
//!
//! Items are stored in [`Block`]s of up to [`BLOCK`]. A full block never changes. A [`Snapshot`] shares the full blocks
//! and has a copy of the unfinished one; making it takes some microseconds.
//!
//! # How much memory does it need?
//!
//! For each item its name and 10 bytes, for each directory its text and some 50 bytes, and 36 bytes for every item whose
//! directory is not that of the item before.

mod block;
mod dirs;
mod marks;
#[cfg(test)]
mod tests;

use block::Starts;
pub(super) use block::{BLOCK, Bits, Block, Run};
pub(super) use dirs::{Component, Dir, DirBlock, Dirs, MAX_DIR_BYTES};
use marks::starts_of;
pub(super) use marks::{NOT_ASCII, OTHER, WHITE, components, mask, start_bit};

use crate::fuzzy::fzf::score;
use crate::memory::{self, NoMemory, must};
use std::collections::TryReserveError;
use std::sync::Arc;

/// All items, growing.
#[derive(Default)]
pub(super) struct Corpus {
    full: Vec<Arc<Block>>,
    open: Block,
    dirs: Dirs,
    /// Bytes held by the full blocks.
    weight: usize,
    /// Path and number of the last item's directory, which often is the next one's as well.
    last: (Vec<u8>, u32),
}

/// All items at some point in time, for searches.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) directories: Vec<Arc<DirBlock>>,
}

/// Number of items after which new directories are added only if there are at most half as many directories as items.
const TRIAL: usize = 4096;

/// Appends the parts of an item's text, all or none.
#[inline]
fn put([folder, name]: &[&[u8]; 2], out: &mut Vec<u8>) {
    must(memory::reserve(out, folder.len() + name.len()));
    out.extend_from_slice(folder);
    out.extend_from_slice(name);
}

/// Memory that remains for the host when a session accepts no more items, including the memory of a block until
/// it is full.
const SPARE: usize = 2 << 20;

impl Corpus {
    /// Returns the number of items.
    pub(super) fn len(&self) -> usize {
        self.open.first() + self.open.len()
    }

    /// Returns the bytes that the corpus holds.
    pub(super) fn memory_usage(&self) -> usize {
        self.weight + self.open.memory_usage() + self.dirs.memory_usage() + self.last.0.capacity()
    }

    /// Returns the number of directories.
    pub(super) fn directories(&self) -> usize {
        self.dirs.len()
    }

    /// Returns an upper bound of the bytes that the corpus holds after adding this item, with all growing lists doubled.
    pub(super) fn memory_usage_with(&self, item: &[u8]) -> usize {
        let growth = self.open.memory_usage() + self.dirs.growth(item) + self.last.0.capacity();
        self.memory_usage() + growth + 2 * item.len() + 1024
    }

    /// Returns whether the system has memory beyond that of the next block. Items are small: taken one by one they would
    /// fill memory to its last bytes, and the host would end at its own next request. It is asked once for each block.
    pub(super) fn has_spare(&self) -> bool {
        self.open.len() > 0 || memory::spare(SPARE).is_ok()
    }

    /// Adds an item, or returns an error if memory runs out.
    pub(super) fn push(&mut self, item: &[u8]) -> Result<(), TryReserveError> {
        self.open.reserve(item.len())?;
        self.full.try_reserve(1)?;
        let cut = memchr::memrchr(b'/', item).map_or(0, |at| at + 1);
        let (mut dir, mut name) = item.split_at(cut);
        let directory = if dir.is_empty() {
            0
        } else if dir == self.last.0 {
            self.last.1
        } else {
            let may_grow = self.len() < TRIAL || self.dirs.len() < self.len() / 2;
            match self.dirs.number(dir, may_grow) {
                Some(number) => {
                    self.last.0.clear();
                    // Without memory for it, the next item looks up its directory again.
                    if memory::append(&mut self.last.0, dir).is_ok() {
                        self.last.1 = number;
                    }
                    number
                }
                None => {
                    (dir, name) = (&[], item);
                    0
                }
            }
        };
        let mask = mask(name);
        let (path, starts) = self.dirs.marks(directory);
        let is_plain = |byte: Option<&u8>| byte.is_some_and(|&byte| byte > b' ');
        let length =
            if (mask | path) & NOT_ASCII == 0 && is_plain(item.first()) && is_plain(item.last()) {
                u16::try_from(dir.len() + name.len()).unwrap_or(u16::MAX)
            } else {
                score::length(item)
            };
        let head = [0, 1].map(|at| dir.get(at).copied().unwrap_or(0));
        let names = starts_of(name);
        let starts = Starts { head, names, directory: starts };
        self.open.push((Run { directory, path, names: mask }, starts), name, length);
        if self.open.is_full() {
            let next = Block::after(&self.open);
            let mut full = std::mem::replace(&mut self.open, next);
            full.close();
            self.weight += full.memory_usage();
            self.full.push(Arc::new(full));
        }
        Ok(())
    }

    /// Returns a snapshot of the items.
    pub(super) fn snapshot(&self) -> Result<Snapshot, NoMemory> {
        let mut blocks = memory::with_room(self.full.len() + 1)?;
        blocks.extend(self.full.iter().cloned());
        if self.open.len() > 0 {
            let mut open = self.open.copy()?;
            open.close();
            blocks.push(Arc::new(open));
        }
        Ok(Snapshot { blocks, directories: self.dirs.snapshot()? })
    }

    /// Appends the text of an item to `out`, and returns whether there is such an item.
    pub(super) fn text(&self, index: usize, out: &mut Vec<u8>) -> bool {
        let at = self.full.partition_point(|block| block.first() <= index);
        let full = at.checked_sub(1).and_then(|at| self.full[at].item(index));
        let Some((directory, name)) = full.or_else(|| self.open.item(index)) else { return false };
        put(&[self.dirs.text(directory), name], out);
        true
    }
}

impl Snapshot {
    /// Returns the number of directories.
    pub(super) fn directory_count(&self) -> usize {
        self.directories.iter().map(|block| block.len()).sum()
    }

    /// Returns the number of items.
    pub(super) fn len(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.first() + block.len())
    }

    /// Returns a directory by its number.
    #[inline]
    pub(super) fn directory(&self, number: u32) -> Dir<'_> {
        dirs::directory(&self.directories, number)
    }

    /// Returns the last component of a directory, by the directory's number.
    #[inline(always)]
    pub(super) fn component(&self, number: u32) -> Component<'_> {
        dirs::component(&self.directories, number)
    }

    /// Appends the text of an item to `out`, and returns whether there is such an item.
    pub(super) fn text(&self, index: usize, out: &mut Vec<u8>) -> bool {
        let at = self.blocks.partition_point(|block| block.first() <= index);
        let item = at.checked_sub(1).and_then(|at| self.blocks[at].item(index));
        let Some((directory, name)) = item else { return false };
        put(&[self.directory(directory).text, name], out);
        true
    }

    /// Writes the text of an item into `out`, replacing its contents.
    pub(super) fn join(&self, directory: u32, name: &[u8], out: &mut Vec<u8>) {
        out.clear();
        put(&[self.directory(directory).text, name], out);
    }
}
