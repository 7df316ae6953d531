//! Blocks of items: the folders' numbers, and the names one after another.

use super::{NOT_ASCII, PADDING};

/// Items of a block, at most.
pub(in super::super) const BLOCK: usize = 4096;

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
    masks: Vec<u32>,
    /// A bit for each item that is ASCII, its folder included.
    ascii: Vec<u64>,
    lengths: Vec<u16>,
    padded: bool,
}

/// Items of one folder that stand one after another.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Run {
    /// The folder.
    pub(in super::super) folder: u32,
    /// Place in the block of the first item behind them.
    pub(in super::super) stop: u16,
    /// The first bytes of the folder's path, 0 for those that it does not have.
    pub(in super::super) head: [u8; 2],
    /// All that the masks of the names have.
    pub(in super::super) names: u32,
    /// What the names begin with, by [`start_bit`](super::start_bit).
    pub(in super::super) begins: u64,
    /// What the components of the folder's path begin with, by [`start_bit`](super::start_bit).
    pub(in super::super) starts: u64,
    /// The mask of the folder's whole path.
    pub(in super::super) path: u32,
}

impl Block {
    /// An empty one to go on behind a full one, with room for about as much.
    pub(super) fn after(full: &Block) -> Block {
        Block {
            first: full.first + full.len(),
            text: Vec::with_capacity(full.text.len().min(MOST_TEXT)),
            stops: Vec::with_capacity(full.len()),
            runs: Vec::with_capacity(full.runs.len()),
            masks: Vec::with_capacity(full.len()),
            ascii: Vec::with_capacity(full.ascii.len()),
            lengths: Vec::with_capacity(full.len()),
            padded: false,
        }
    }

    /// Adds an item to those of `of`, in which neither `stop` nor `names` counts.
    pub(super) fn push(&mut self, of: Run, name: &[u8], mask: u32, length: u16) {
        let at = self.len();
        self.text.extend_from_slice(name);
        self.stops.push(self.text.len() as u32);
        let stop = at as u16 + 1;
        match self.runs.last_mut() {
            Some(run) if run.folder == of.folder => {
                run.stop = stop;
                run.names |= mask;
                run.begins |= of.begins;
            }
            _ => self.runs.push(Run { stop, names: mask, ..of }),
        }
        self.masks.push(mask);
        if at.is_multiple_of(64) {
            self.ascii.push(0);
        }
        self.ascii[at / 64] |= u64::from((mask | of.path) & NOT_ASCII == 0) << (at % 64);
        self.lengths.push(length);
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= BLOCK || self.text.len() >= MOST_TEXT
    }

    /// Gives back what memory is not needed once nothing more comes.
    pub(super) fn close(&mut self) {
        self.padded = true;
        self.text.reserve_exact(PADDING);
        self.text.resize(self.text.len() + PADDING, 0);
        self.text.shrink_to_fit();
        self.stops.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.ascii.shrink_to_fit();
        self.masks.shrink_to_fit();
        self.lengths.shrink_to_fit();
    }

    /// Whether [`PADDING`] bytes stand behind the names.
    pub(in super::super) fn is_padded(&self) -> bool {
        self.padded
    }

    /// Bytes that it holds.
    pub(super) fn weight(&self) -> usize {
        let numbers = self.stops.capacity() + self.masks.capacity();
        let bits = self.ascii.capacity() * size_of::<u64>();
        let runs = self.runs.capacity() * size_of::<Run>();
        let lengths = 2 * self.lengths.capacity();
        size_of::<Block>() + self.text.capacity() + 4 * numbers + bits + runs + lengths
    }

    /// Index of the first item.
    pub(in super::super) fn first(&self) -> usize {
        self.first
    }

    /// How many items there are.
    pub(in super::super) fn len(&self) -> usize {
        self.stops.len()
    }

    /// The folder of an item, by its place in the block.
    pub(in super::super) fn folder(&self, at: usize) -> u32 {
        self.runs[self.runs.partition_point(|run| usize::from(run.stop) <= at)].folder
    }

    /// The items by folder.
    #[inline]
    pub(in super::super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// A bit for each item that is ASCII, its folder included.
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
