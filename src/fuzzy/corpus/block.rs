//! Blocks of items: their names in one text, and the numbers of their directories.

use super::marks::{NOT_ASCII, WHITE, start_bit};
use crate::memory::{self, NoMemory};
use std::collections::TryReserveError;

/// Maximum number of items in a block.
pub(in super::super) const BLOCK: usize = 4096;

/// Bytes that may be read past the last name of a block, and past the last directory of a block of directories.
pub(super) const PADDING: usize = 64;

/// One bit for each item of a block.
pub(in super::super) type Bits = [u64; BLOCK / 64];

/// A block with this many bytes of names is full, so that copying an unfinished block is fast.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// Consecutive items.
#[derive(Default)]
pub(in super::super) struct Block {
    /// Index of the first item.
    first: usize,
    /// The names, followed by padding once the block is full.
    text: Vec<u8>,
    /// Offset of the end of each name in `text`.
    stops: Vec<u32>,
    runs: Vec<Run>,
    /// Further data about each run, which a search seldom reads.
    starts: Vec<Starts>,
    /// A bit for each item that is the first of its run.
    heads: Vec<u64>,
    /// Number of runs that begin before each word of `heads`.
    begun: Vec<u16>,
    masks: Vec<u32>,
    /// A bit for each item that is entirely ASCII, including its directory.
    ascii: Vec<u64>,
    lengths: Vec<u16>,
    /// Minimum length of the items of each word.
    shortest: Vec<u16>,
    /// First bytes of the items of each word, as a set of [`start_bit`] with a zero second byte. All bits are set if an
    /// item has white space or no directory.
    openings: Vec<u64>,
    padded: bool,
}

/// Consecutive items in the same directory.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Run {
    /// Number of the directory.
    pub(in super::super) directory: u32,
    /// The mask of the directory's whole path.
    pub(in super::super) path: u32,
    /// The union of the masks of the names.
    pub(in super::super) names: u32,
}

impl Run {
    /// Returns the union of the masks of the items, directory included.
    #[inline]
    pub(in super::super) fn all(&self) -> u32 {
        self.path | self.names
    }
}

/// First bytes of the items of a run and of their path components.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Starts {
    /// The first bytes of the directory's path, 0 where it is shorter.
    pub(in super::super) head: [u8; 2],
    /// First bytes of the components in the names, as a set of [`start_bit`].
    pub(in super::super) names: u64,
    /// First bytes of the components of the directory's path, as a set of [`start_bit`].
    pub(in super::super) directory: u64,
}

impl Block {
    /// Creates the block that follows a full one, with room for about as many items.
    pub(super) fn after(full: &Block) -> Block {
        Block {
            first: full.first + full.len(),
            text: memory::with_room(full.text.len().min(MAX_TEXT_BYTES)).unwrap_or_default(),
            stops: memory::with_room(full.len()).unwrap_or_default(),
            runs: memory::with_room(full.runs.len()).unwrap_or_default(),
            starts: memory::with_room(full.starts.len()).unwrap_or_default(),
            masks: memory::with_room(full.len()).unwrap_or_default(),
            lengths: memory::with_room(full.len()).unwrap_or_default(),
            ..Block::default()
        }
    }

    /// Reserves memory for an item whose name has `len` bytes, so that [`push`](Block::push) and [`close`](Block::close)
    /// cannot fail.
    #[inline]
    pub(super) fn reserve(&mut self, len: usize) -> Result<(), TryReserveError> {
        self.text.try_reserve(len + PADDING)?;
        self.stops.try_reserve(1)?;
        self.runs.try_reserve(1)?;
        self.starts.try_reserve(1)?;
        self.masks.try_reserve(1)?;
        self.lengths.try_reserve(1)?;
        if self.len().is_multiple_of(64) {
            self.ascii.try_reserve(1)?;
            self.heads.try_reserve(1)?;
            self.begun.try_reserve(1)?;
            self.shortest.try_reserve(1)?;
            self.openings.try_reserve(1)?;
        }
        Ok(())
    }

    /// Adds an item, for which memory was [reserved](Block::reserve). `run` and `starts` describe this item alone: the
    /// sets of names in them are those of its own name. `length` is the length by which items are ordered.
    pub(super) fn push(&mut self, (run, starts): (Run, Starts), name: &[u8], length: u16) {
        let at = self.len();
        self.text.extend_from_slice(name);
        self.stops.push(self.text.len() as u32);
        if at.is_multiple_of(64) {
            self.ascii.push(0);
            self.heads.push(0);
            self.begun.push(self.runs.len() as u16);
            self.shortest.push(u16::MAX);
            self.openings.push(0);
        }
        let all = run.all();
        self.openings[at / 64] |= match starts.head {
            [0, _] => u64::MAX,
            _ if all & WHITE != 0 => u64::MAX,
            [first, _] => start_bit(first, 0),
        };
        match (self.runs.last_mut(), self.starts.last_mut()) {
            (Some(last), Some(last_starts)) if last.directory == run.directory => {
                last.names |= run.names;
                last_starts.names |= starts.names;
            }
            _ => {
                self.heads[at / 64] |= 1 << (at % 64);
                self.runs.push(run);
                self.starts.push(starts);
            }
        }
        self.masks.push(run.names);
        self.ascii[at / 64] |= u64::from(all & NOT_ASCII == 0) << (at % 64);
        self.lengths.push(length);
        self.shortest[at / 64] = length.min(self.shortest[at / 64]);
    }

    /// The same again, with room to [close](Block::close) it.
    pub(super) fn copy(&self) -> Result<Block, NoMemory> {
        let mut text = memory::with_room(self.text.len() + PADDING)?;
        text.extend_from_slice(&self.text);
        Ok(Block {
            first: self.first,
            text,
            stops: memory::copy(&self.stops)?,
            runs: memory::copy(&self.runs)?,
            starts: memory::copy(&self.starts)?,
            heads: memory::copy(&self.heads)?,
            begun: memory::copy(&self.begun)?,
            masks: memory::copy(&self.masks)?,
            ascii: memory::copy(&self.ascii)?,
            lengths: memory::copy(&self.lengths)?,
            shortest: memory::copy(&self.shortest)?,
            openings: memory::copy(&self.openings)?,
            padded: self.padded,
        })
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= BLOCK || self.text.len() >= MAX_TEXT_BYTES
    }

    /// Adds the padding and frees the memory reserved for further items.
    pub(super) fn close(&mut self) {
        self.padded = true;
        self.text.resize(self.text.len() + PADDING, 0);
        self.text.shrink_to_fit();
        self.stops.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.heads.shrink_to_fit();
        self.begun.shrink_to_fit();
        self.ascii.shrink_to_fit();
        self.masks.shrink_to_fit();
        self.lengths.shrink_to_fit();
        self.shortest.shrink_to_fit();
        self.openings.shrink_to_fit();
    }

    /// Returns whether [`PADDING`] bytes follow the names.
    pub(in super::super) fn is_padded(&self) -> bool {
        self.padded
    }

    /// Returns the bytes that the block holds.
    pub(super) fn memory_usage(&self) -> usize {
        let numbers = self.stops.capacity() + self.masks.capacity();
        let bits = self.ascii.capacity() + self.heads.capacity() + self.openings.capacity();
        let bits = bits * size_of::<u64>();
        let runs = self.runs.capacity() * (size_of::<Run>() + size_of::<Starts>());
        let words = self.begun.capacity() + self.shortest.capacity();
        let lengths = 2 * (self.lengths.capacity() + words);
        size_of::<Block>() + self.text.capacity() + 4 * numbers + bits + runs + lengths
    }

    /// Returns the index of the first item.
    pub(in super::super) fn first(&self) -> usize {
        self.first
    }

    /// Returns the number of items.
    pub(in super::super) fn len(&self) -> usize {
        self.stops.len()
    }

    /// Returns the run of an item, by the item's place in the block.
    #[inline]
    pub(in super::super) fn run(&self, at: usize) -> &Run {
        &self.runs[self.run_number(at)]
    }

    /// Returns the place among the [`runs`](Block::runs) of an item's run, by the item's place in the block.
    #[inline]
    pub(in super::super) fn run_number(&self, at: usize) -> usize {
        let before = self.heads[at / 64] & u64::MAX >> (63 - at % 64);
        usize::from(self.begun[at / 64]) + before.count_ones() as usize - 1
    }

    /// Returns the directory and the name of the item with this index, or none if it is in another block.
    pub(super) fn item(&self, index: usize) -> Option<(u32, &[u8])> {
        let at = index.checked_sub(self.first).filter(|&at| at < self.len())?;
        Some((self.run(at).directory, self.name(at)))
    }

    /// Returns the runs.
    #[inline]
    pub(in super::super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Returns the first bytes of the items of each run.
    #[inline]
    pub(in super::super) fn starts(&self) -> &[Starts] {
        &self.starts
    }

    /// Calls `visit` with a run's place, a word's place and the bits set there, for each run and word with bits set in
    /// `bits`.
    #[inline]
    pub(in super::super) fn by_run(&self, bits: &Bits, mut visit: impl FnMut(usize, usize, u64)) {
        for (word, &bits) in bits[..self.heads.len()].iter().enumerate() {
            self.word_by_run(word, bits, |run, here| visit(run, word, here));
        }
    }

    /// Does the same for a single word: `visit` gets a run's place and its bits.
    #[inline]
    pub(in super::super) fn word_by_run(
        &self,
        word: usize,
        bits: u64,
        mut visit: impl FnMut(usize, u64),
    ) {
        let (mut left, mut heads) = (bits, self.heads[word]);
        let mut begun = usize::from(self.begun[word]);
        while left != 0 {
            let passed = heads & (left ^ (left - 1));
            begun += match passed & passed.wrapping_sub(1) {
                0 => usize::from(passed != 0),
                _ => passed.count_ones() as usize,
            };
            heads ^= passed;
            // All bits up to the next head.
            let here = left & !heads & (heads.wrapping_sub(1));
            visit(begun - 1, here);
            left ^= here;
        }
    }

    /// Returns a bit for each item that is entirely ASCII, including its directory.
    #[inline]
    pub(in super::super) fn ascii(&self) -> &[u64] {
        &self.ascii
    }

    /// Returns the masks of the names.
    #[inline]
    pub(in super::super) fn masks(&self) -> &[u32] {
        &self.masks
    }

    /// Returns the lengths of the items, as used for ordering.
    #[inline]
    pub(in super::super) fn lengths(&self) -> &[u16] {
        &self.lengths
    }

    /// Returns the minimum length of the items of each word.
    #[inline]
    pub(in super::super) fn shortest(&self) -> &[u16] {
        &self.shortest
    }

    /// Returns the first bytes of the items of each word, as sets of [`start_bit`] with a zero second byte; all bits
    /// where unknown.
    #[inline]
    pub(in super::super) fn openings(&self) -> &[u64] {
        &self.openings
    }

    /// Returns the offsets of the ends of the names.
    #[inline]
    pub(in super::super) fn stops(&self) -> &[u32] {
        &self.stops
    }

    /// Returns the start and the end of a name in the block's text.
    #[inline]
    pub(in super::super) fn span(&self, at: usize) -> (usize, usize) {
        let start = if at == 0 { 0 } else { self.stops[at - 1] };
        (start as usize, self.stops[at] as usize)
    }

    /// Returns a name.
    #[inline]
    pub(in super::super) fn name(&self, at: usize) -> &[u8] {
        let (start, stop) = self.span(at);
        &self.text[start..stop]
    }

    /// Returns the text of all names, and the padding that follows it.
    #[inline]
    pub(in super::super) fn bytes(&self) -> &[u8] {
        &self.text
    }
}
