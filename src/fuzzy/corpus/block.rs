//! Blocks of items: the directories' numbers, and the names one after another.

use super::{NOT_ASCII, PADDING, WHITE, start_bit, with_room};
use std::collections::TryReserveError;

/// Items of a block, at most.
pub(in super::super) const BLOCK: usize = 4096;

/// A bit for each item of a block.
pub(in super::super) type Bits = [u64; BLOCK / 64];

/// Bytes of names after which a block is full as well, so that a copy of one that is not takes no time.
const MOST_TEXT: usize = 256 << 10;

/// Items that stand one after another.
#[derive(Clone, Default)]
pub(in super::super) struct Block {
    /// Index of the first item.
    first: usize,
    /// The names, and padding once it is full.
    text: Vec<u8>,
    /// Where each name ends.
    stops: Vec<u32>,
    runs: Vec<Run>,
    /// For each run, what a search seldom wants to know.
    starts: Vec<Starts>,
    /// A bit for each item that is the first of a run.
    heads: Vec<u64>,
    /// Strategy many runs begin before each word of `heads`.
    begun: Vec<u16>,
    masks: Vec<u32>,
    /// A bit for each item that is ASCII, its directory included.
    ascii: Vec<u64>,
    lengths: Vec<u16>,
    /// The least length of each word of items.
    shortest: Vec<u16>,
    /// What the items of each word begin with, by [`start_bit`] of the first byte alone. All bits if one has white space or
    /// has no directory.
    openings: Vec<u64>,
    padded: bool,
}

/// Items of one directory that stand one after another.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Run {
    /// The directory.
    pub(in super::super) directory: u32,
    /// The mask of the directory's whole path.
    pub(in super::super) path: u32,
    /// All that the masks of the names have.
    pub(in super::super) names: u32,
}

impl Run {
    /// All that the masks of its items have.
    #[inline]
    pub(in super::super) fn all(&self) -> u32 {
        self.path | self.names
    }
}

/// What the items of a run begin with, and their parts.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Starts {
    /// The first bytes of the directory's path, 0 for those that it does not have.
    pub(in super::super) head: [u8; 2],
    /// What the names begin with, by [`start_bit`].
    pub(in super::super) names: u64,
    /// What the components of the directory's path begin with, by [`start_bit`].
    pub(in super::super) directory: u64,
}

impl Block {
    /// An empty one to go on behind a full one, with room for about as much.
    pub(super) fn after(full: &Block) -> Block {
        Block {
            first: full.first + full.len(),
            text: with_room(full.text.len().min(MOST_TEXT)),
            stops: with_room(full.len()),
            runs: with_room(full.runs.len()),
            starts: with_room(full.starts.len()),
            masks: with_room(full.len()),
            lengths: with_room(full.len()),
            ..Block::default()
        }
    }

    /// Makes room for an item whose name has so many bytes, so that [`push`](Block::push) and [`close`](Block::close) need
    /// no memory.
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

    /// Adds an item for which there is [room](Block::reserve), with the mask of its name and its length, of which no mask of names and nothing that they begin with is
    /// known but its own.
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

    pub(super) fn is_full(&self) -> bool {
        self.len() >= BLOCK || self.text.len() >= MOST_TEXT
    }

    /// Gives back what memory is not needed once nothing more comes.
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

    /// Whether [`PADDING`] bytes stand behind the names.
    pub(in super::super) fn is_padded(&self) -> bool {
        self.padded
    }

    /// Bytes that it holds.
    pub(super) fn memory_usage(&self) -> usize {
        let numbers = self.stops.capacity() + self.masks.capacity();
        let bits = self.ascii.capacity() + self.heads.capacity() + self.openings.capacity();
        let bits = bits * size_of::<u64>();
        let runs = self.runs.capacity() * (size_of::<Run>() + size_of::<Starts>());
        let words = self.begun.capacity() + self.shortest.capacity();
        let lengths = 2 * (self.lengths.capacity() + words);
        size_of::<Block>() + self.text.capacity() + 4 * numbers + bits + runs + lengths
    }

    /// Index of the first item.
    pub(in super::super) fn first(&self) -> usize {
        self.first
    }

    /// Strategy many items there are.
    pub(in super::super) fn len(&self) -> usize {
        self.stops.len()
    }

    /// The run of an item, by its place in the block.
    #[inline]
    pub(in super::super) fn run(&self, at: usize) -> &Run {
        &self.runs[self.run_number(at)]
    }

    /// The place of the run of an item among the [`runs`](Block::runs), by the item's place in the block.
    #[inline]
    pub(in super::super) fn run_number(&self, at: usize) -> usize {
        let before = self.heads[at / 64] & u64::MAX >> (63 - at % 64);
        usize::from(self.begun[at / 64]) + before.count_ones() as usize - 1
    }

    /// The directory and the name of an item, by its index, if it is here.
    pub(super) fn item(&self, index: usize) -> Option<(u32, &[u8])> {
        let at = index.checked_sub(self.first).filter(|&at| at < self.len())?;
        Some((self.run(at).directory, self.name(at)))
    }

    /// The runs.
    #[inline]
    pub(in super::super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// For each run, what its items begin with.
    #[inline]
    pub(in super::super) fn starts(&self) -> &[Starts] {
        &self.starts
    }

    /// Gives the items whose bits are set by the number of their run, those of a run and a word at a time.
    #[inline]
    pub(in super::super) fn by_run(&self, bits: &Bits, mut give: impl FnMut(usize, usize, u64)) {
        for (word, &bits) in bits[..self.heads.len()].iter().enumerate() {
            self.word_by_run(word, bits, |run, here| give(run, word, here));
        }
    }

    /// The same of a single word.
    #[inline]
    pub(in super::super) fn word_by_run(
        &self,
        word: usize,
        bits: u64,
        mut give: impl FnMut(usize, u64),
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
            // All up to the next head.
            let here = left & !heads & (heads.wrapping_sub(1));
            give(begun - 1, here);
            left ^= here;
        }
    }

    /// A bit for each item that is ASCII, its directory included.
    #[inline]
    pub(in super::super) fn ascii(&self) -> &[u64] {
        &self.ascii
    }

    /// The masks of all names.
    #[inline]
    pub(in super::super) fn masks(&self) -> &[u32] {
        &self.masks
    }

    /// The lengths of all items, as the order has them.
    #[inline]
    pub(in super::super) fn lengths(&self) -> &[u16] {
        &self.lengths
    }

    /// The least length of each word of items.
    #[inline]
    pub(in super::super) fn shortest(&self) -> &[u16] {
        &self.shortest
    }

    /// What the items of each word begin with, by [`start_bit`] of the first byte alone; all bits where that is not known.
    #[inline]
    pub(in super::super) fn openings(&self) -> &[u64] {
        &self.openings
    }

    /// Where the names end.
    #[inline]
    pub(in super::super) fn stops(&self) -> &[u32] {
        &self.stops
    }

    /// Where a name is in the block's text.
    #[inline]
    pub(in super::super) fn span(&self, at: usize) -> (usize, usize) {
        let start = if at == 0 { 0 } else { self.stops[at - 1] };
        (start as usize, self.stops[at] as usize)
    }

    /// A name.
    #[inline]
    pub(in super::super) fn name(&self, at: usize) -> &[u8] {
        let (start, stop) = self.span(at);
        &self.text[start..stop]
    }

    /// All names, and what stands behind them.
    #[inline]
    pub(in super::super) fn bytes(&self) -> &[u8] {
        &self.text
    }
}
