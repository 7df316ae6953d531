//! The loops of a kernel, and the conditions under which they may be called.

use super::bonuses::Bonuses;
use super::needle::{MAX_SUBSTRING_CHARS, Needle, ROWS};
use super::score_batch::{Batch, Rows};
use crate::fuzzy::corpus::Block;

/// An item to examine: its place in the block, and how many characters of the needle its directory has.
#[derive(Clone, Copy, Debug)]
pub(in crate::fuzzy) struct Candidate {
    pub(in crate::fuzzy) at: u16,
    pub(in crate::fuzzy) from: u8,
}

/// Returns whether a name that is too long for a kernel matches.
pub(in crate::fuzzy) type Long<'l> = dyn Fn(&[u8]) -> bool + 'l;

/// The implementation of all loops for one kind of CPU. Only the values that
/// [`available`](super::available) returns can be reached, so the CPU has
/// the instructions of each of them.
pub(in crate::fuzzy) struct Kernel {
    pub(super) name: &'static str,
    pub(super) within: unsafe fn(&Block, &[Candidate], &Needle, &mut [u64]),
    pub(super) together: unsafe fn(&Block, &[Candidate], &Needle, &Long, &mut [u64]),
    pub(super) score: unsafe fn(&Batch, &mut Rows, &Needle, &Bonuses),
}

impl Kernel {
    /// Returns the name: `"plain"`, `"sse2"`, `"avx2"`, `"avx512"` or `"neon"`.
    pub(in crate::fuzzy) fn name(&self) -> &'static str {
        self.name
    }

    /// Sets the bits in `found` of the candidates whose names contain the rest of the needle, in order. The block must be
    /// closed and the needle not empty.
    #[inline]
    pub(in crate::fuzzy) fn within(
        &self,
        block: &Block,
        candidates: &[Candidate],
        needle: &Needle,
        found: &mut [u64],
    ) {
        assert!(block.is_padded());
        // SAFETY: a kernel that can be reached has its CPU features, and there is padding after the block's names.
        unsafe { (self.within)(block, candidates, needle, found) }
    }

    /// Sets the bits in `found` of the candidates whose names contain the whole needle as a substring; `long` decides for
    /// names that are longer than most. The block must be closed, and the needle have 1 to [`MAX_SUBSTRING_CHARS`]
    /// characters.
    #[inline]
    pub(in crate::fuzzy) fn together(
        &self,
        block: &Block,
        candidates: &[Candidate],
        needle: &Needle,
        long: &Long,
        found: &mut [u64],
    ) {
        assert!(block.is_padded() && (1..=MAX_SUBSTRING_CHARS).contains(&needle.bytes.len()));
        // SAFETY: a kernel that can be reached has its CPU features, and there is padding after the block's names.
        unsafe { (self.together)(block, candidates, needle, long, found) }
    }

    /// Scores the items of a batch, whose states are in `rows`, one for each. The needle has at most [`ROWS`] characters.
    #[inline]
    pub(in crate::fuzzy) fn score(
        &self,
        batch: &Batch,
        rows: &mut Rows,
        needle: &Needle,
        bonuses: &Bonuses,
    ) {
        assert!((1..=ROWS).contains(&needle.bytes.len()));
        // SAFETY: a kernel that can be reached has its CPU features.
        unsafe { (self.score)(batch, rows, needle, bonuses) }
    }
}
