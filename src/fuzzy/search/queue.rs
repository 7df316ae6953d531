//! Items that wait to be scored.

use crate::fuzzy::kernel::{Batch, Rows};

/// Maximum length of the names in each queue but the last, in bytes.
pub(super) const QUEUE_MAX_BYTES: [usize; 2] = [16, 32];

/// Items that wait until there are enough of them for a batch.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) batch: Batch,
    /// The kernel's state for each needle.
    pub(super) rows: Vec<Rows>,
    pub(super) items: Vec<Item>,
}

/// An item that waits to be scored.
#[derive(Clone, Copy)]
pub(super) struct Item {
    /// The item's block, and its place there.
    pub(super) block: u32,
    pub(super) at: u16,
    /// The byte before the item's name.
    pub(super) before: u8,
    /// The score of the rest of the query, computed by the scorer.
    pub(super) given: i32,
}
