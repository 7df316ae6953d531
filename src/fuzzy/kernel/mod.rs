//! Kernels: the inner loops of a search, which find names that match the rest of a term and score fuzzy matches.
//!
//! # What do kernels do?
//!
//! Two loops take nearly all the time of a search. [`Kernel::within`] finds the names that contain the characters of a
//! fuzzy term that its directory lacks. [`Kernel::score`] computes fzf's v2 score of many items at the same time, one
//! item in each lane of a vector, starting from the state at the end of the items' directories; [`extend`] computes that
//! state, with one character of the term in each lane. All of it is for ASCII; other items are scored by
//! [`Scorer`](crate::fuzzy::fzf::score::Scorer), and both return equal scores.
//!
//! # How does the recurrence fit into vectors?
//!
//! The score at a character of the term (row) and of the text (column) depends on the same row and the row above, both
//! one column before. So a whole column is computed from its predecessor. Its state for each row is: the best score; the
//! minimum bonus of a character that continues the last match, 0 if there is no match to continue; whether a gap begins
//! after this column or continues; and whether the row is reached, which means that the term up to there is a subsequence
//! of the text.
//!
//! # How is a kernel chosen?
//!
//! Once, by the features that the CPU reports. Baseline x86-64 and all other CPUs use eight lanes, AVX2 uses sixteen,
//! AVX-512 thirty-two.
#![allow(unsafe_code)] // vector loads and stores, and calls that need a CPU feature, cannot be written without

mod bitmask;
mod lanes;
mod needle_state;
mod scalar;
mod score_batch;
#[cfg(test)]
mod tests;
mod transpose;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(super) use bitmask::{advance, le_mask, mask_superset, prefetch, prefetch_all, prefetch_end};
pub(super) use needle_state::{PARTS, Part, copy, extend, most, parts};
pub(super) use score_batch::{BATCH, Batch, Rows};

use super::corpus::Block;
use crate::fuzzy::fzf::bonus::Model;
use crate::fuzzy::fzf::chars::Class;
use once_cell::race::OnceRef;

/// Maximum number of characters of a term that kernels can score.
pub(super) const ROWS: usize = 32;

/// Maximum number of characters of a needle that a kernel can find as a substring.
pub(super) const MAX_SUBSTRING_CHARS: usize = 16;

/// A term that is ASCII.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// Its characters, in lower case unless case matters.
    pub(super) bytes: Vec<u8>,
    /// Whether case matters.
    pub(super) respect_case: bool,
}

impl Needle {
    /// Returns the byte in the form in which it is compared.
    #[inline]
    pub(super) fn see(&self, byte: u8) -> u8 {
        if self.respect_case { byte } else { byte.to_ascii_lowercase() }
    }
}

/// The bonuses of a scheme, in the form that kernels need.
#[derive(Clone, Debug)]
pub(super) struct Bonuses {
    /// The class of each ASCII byte.
    classes: [u8; 128],
    table: [[u8; 8]; 8],
    white: u8,
    delimiter: u8,
    delimiters: &'static [u8],
    /// The byte that an item's first character is treated as following.
    pub(super) first: u8,
}

impl Bonuses {
    pub(super) fn new(model: &Model) -> Bonuses {
        let mut bonuses = Bonuses {
            classes: [0; 128],
            table: [[0; 8]; 8],
            white: model.white() as u8,
            delimiter: 0,
            delimiters: model.delimiters(),
            first: b' ',
        };
        for byte in 0..128 {
            bonuses.classes[byte] = model.class(byte as u32) as u8;
        }
        let bytes = [b' ', b'-', b'/', b'a', b'A', b'0'];
        for before in bytes {
            for byte in bytes {
                let (before, class) = (model.class(before.into()), model.class(byte.into()));
                bonuses.table[before as usize][class as usize] =
                    model.bonus(Some(before), class) as u8;
            }
        }
        bonuses.delimiter = bonuses.table[Class::Delimiter as usize][Class::Lower as usize];
        if model.bonus(None, Class::Lower) != model.bonus(Some(Class::White), Class::Lower)
            || model.bonus(None, Class::White) != model.bonus(Some(Class::White), Class::White)
        {
            bonuses.first = b'/';
        }
        bonuses
    }

    /// Returns the bonus of `byte` after `before`, both ASCII.
    #[inline]
    pub(super) fn get(&self, before: u8, byte: u8) -> u8 {
        let class = |byte: u8| usize::from(self.classes[usize::from(byte & 127)]);
        self.table[class(before) & 7][class(byte) & 7]
    }

    /// Returns how much higher the bonus after white space is than after a delimiter, or 0 if it is not higher.
    pub(super) fn white_over_delimiter(&self) -> i32 {
        i32::from(self.white.saturating_sub(self.delimiter))
    }

    /// Returns whether the bonus after a delimiter is higher than after other punctuation.
    pub(super) fn has_higher_delimiters(&self) -> bool {
        i32::from(self.delimiter) > crate::fuzzy::fzf::bonus::BOUNDARY
    }

    /// Returns the maximum bonus in text that follows a delimiter and has no white space.
    pub(super) fn most_without_white(&self) -> u8 {
        self.delimiter
    }

    /// Returns the maximum bonus.
    pub(super) fn most(&self) -> i32 {
        i32::from(self.white.max(self.delimiter))
    }
}

/// An item to examine: its place in the block, and how many characters of the needle its directory has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) at: u16,
    pub(super) from: u8,
}

/// Returns whether a name that is too long for a kernel matches.
pub(super) type Long<'l> = dyn Fn(&[u8]) -> bool + 'l;

/// The implementation of all loops for one kind of CPU. Only the values in [`available`] can be reached, so the CPU has
/// the instructions of each of them.
pub(super) struct Kernel {
    name: &'static str,
    within: unsafe fn(&Block, &[Candidate], &Needle, &mut [u64]),
    together: unsafe fn(&Block, &[Candidate], &Needle, &Long, &mut [u64]),
    score: unsafe fn(&Batch, &mut Rows, &Needle, &Bonuses),
}

impl Kernel {
    /// Returns the name: `"plain"`, `"sse2"`, `"avx2"` or `"avx512"`.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Sets the bits in `found` of the candidates whose names contain the rest of the needle, in order. The block must be
    /// closed and the needle not empty.
    #[inline]
    pub(super) fn within(
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
    pub(super) fn together(
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
    pub(super) fn score(&self, batch: &Batch, rows: &mut Rows, needle: &Needle, bonuses: &Bonuses) {
        assert!((1..=ROWS).contains(&needle.bytes.len()));
        // SAFETY: a kernel that can be reached has its CPU features.
        unsafe { (self.score)(batch, rows, needle, bonuses) }
    }
}

/// Returns the kernels that this CPU can run, the fastest first, the plain one last.
pub(super) fn available() -> impl Iterator<Item = &'static Kernel> {
    #[cfg(target_arch = "x86_64")]
    let vector = x86::available();
    #[cfg(not(target_arch = "x86_64"))]
    let vector: [&'static Kernel; 0] = [];
    vector.into_iter().chain([&scalar::KERNEL])
}

/// Returns the name of the kernel in use.
pub fn name() -> &'static str {
    chosen().name()
}

/// Returns the kernel in use, which is chosen by the first call.
#[inline]
pub(super) fn chosen() -> &'static Kernel {
    static CHOSEN: OnceRef<'static, Kernel> = OnceRef::new();
    CHOSEN.get_or_init(|| available().next().unwrap_or(&scalar::KERNEL))
}
