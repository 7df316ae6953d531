//! Blocks of items: the folders' numbers, and the names one after another.

use super::PADDING;

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
    folders: Vec<u32>,
    masks: Vec<u32>,
    lengths: Vec<u16>,
    padded: bool,
}

impl Block {
    pub(super) fn new(first: usize) -> Block {
        Block { first, ..Block::default() }
    }

    pub(super) fn push(&mut self, folder: u32, name: &[u8], mask: u32, length: u16) {
        self.text.extend_from_slice(name);
        self.stops.push(self.text.len() as u32);
        self.folders.push(folder);
        self.masks.push(mask);
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
        self.folders.shrink_to_fit();
        self.masks.shrink_to_fit();
        self.lengths.shrink_to_fit();
    }

    /// Whether [`PADDING`] bytes stand behind the names.
    pub(in super::super) fn is_padded(&self) -> bool {
        self.padded
    }

    /// Bytes that it holds.
    pub(super) fn weight(&self) -> usize {
        let numbers = self.stops.capacity() + self.folders.capacity() + self.masks.capacity();
        size_of::<Block>() + self.text.capacity() + 4 * numbers + 2 * self.lengths.capacity()
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
    #[inline]
    pub(in super::super) fn folder(&self, at: usize) -> u32 {
        self.folders[at]
    }

    /// The folders of all items.
    #[inline]
    pub(in super::super) fn folders(&self) -> &[u32] {
        &self.folders
    }

    /// The masks of all names; [`NOT_ASCII`](super::NOT_ASCII) is set if the folder has such bytes, too.
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
