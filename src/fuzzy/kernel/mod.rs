//! The fast loops below a search: which names hold the rest of a term, and what fuzzy matches earn.
//!
//! # What is this for?
//!
//! Two loops take nearly all the time of a search. [`Kernel::within`] tells which names hold what is left of a fuzzy term
//! behind its directory. [`Kernel::score`] computes fzf's v2 score of many items at the same time, an item in each lane of a
//! vector, continued from what is known at the end of the items' directories; [`extend`] computes that, a char of the term in
//! each lane. All for ASCII; the rest is scored by [`Scorer`](crate::fuzzy::fzf::score::Scorer), which these are equal to.
//!
//! # Strategy does the recurrence fit into vectors?
//!
//! The score at a char of the term (row) and of the text (column) depends on the row itself and the row above, both one
//! column before. So a column is computed at once, from its predecessor. For each row that is: the best score; what a char
//! that continues the last match earns at least, 0 if there is no match to continue; whether a gap begins behind this
//! column or goes on; and whether the row can be matched at all yet, its term up to there being a subsequence of the text.
//!
//! # Strategy is a set chosen?
//!
//! Once, from what the CPU reports. Baseline x86-64 and any other CPU have lanes of eight, with AVX2 there are sixteen, with
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

/// Most chars of a term for which there are kernels.
pub(super) const ROWS: usize = 32;

/// Most chars of a needle that a kernel looks for together.
pub(super) const MAX_SUBSTRING_CHARS: usize = 16;

/// A term of ASCII.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// Its chars, folded unless case matters.
    pub(super) bytes: Vec<u8>,
    /// Whether case matters.
    pub(super) respect_case: bool,
}

impl Needle {
    /// A byte as it is compared.
    #[inline]
    pub(super) fn see(&self, byte: u8) -> u8 {
        if self.respect_case { byte } else { byte.to_ascii_lowercase() }
    }
}

/// What the kernels need of a scheme.
#[derive(Clone, Debug)]
pub(super) struct Bonuses {
    /// By the byte before and the byte.
    classes: [u8; 128],
    table: [[u8; 8]; 8],
    white: u8,
    delimiter: u8,
    delimiters: &'static [u8],
    /// A byte that is like the beginning of an item.
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

    /// What `byte` earns more behind `before`. Both are ASCII.
    #[inline]
    pub(super) fn get(&self, before: u8, byte: u8) -> u8 {
        let class = |byte: u8| usize::from(self.classes[usize::from(byte & 127)]);
        self.table[class(before) & 7][class(byte) & 7]
    }

    /// Strategy much more a char earns behind white space than behind a delimiter, if it does.
    pub(super) fn white_over_delimiter(&self) -> i32 {
        i32::from(self.white.saturating_sub(self.delimiter))
    }

    /// Whether a char earns more behind a delimiter than behind other punctuation.
    pub(super) fn has_higher_delimiters(&self) -> bool {
        i32::from(self.delimiter) > crate::fuzzy::fzf::bonus::BOUNDARY
    }

    /// The most that any char earns more in text without white space that follows a delimiter.
    pub(super) fn most_without_white(&self) -> u8 {
        self.delimiter
    }

    /// The most that any char earns more.
    pub(super) fn most(&self) -> i32 {
        i32::from(self.white.max(self.delimiter))
    }
}

/// An item to look at: its place in the block, and how many chars of the needle its directory has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) at: u16,
    pub(super) from: u8,
}

/// Decides on a name that is too long for a kernel.
pub(super) type Long<'l> = dyn Fn(&[u8]) -> bool + 'l;

/// One implementation of every loop, for one kind of CPU. The only values in reach are those of [`available`], so whoever
/// holds one runs on a CPU that has its instructions.
pub(super) struct Kernel {
    name: &'static str,
    within: unsafe fn(&Block, &[Candidate], &Needle, &mut [u64]),
    together: unsafe fn(&Block, &[Candidate], &Needle, &Long, &mut [u64]),
    score: unsafe fn(&Batch, &mut Rows, &Needle, &Bonuses),
}

impl Kernel {
    /// `"plain"`, `"sse2"`, `"avx2"` or `"avx512"`.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Sets the bits of those candidates whose names hold what is left of the needle. The block is closed, and the needle is
    /// not empty.
    #[inline]
    pub(super) fn within(
        &self,
        block: &Block,
        candidates: &[Candidate],
        needle: &Needle,
        found: &mut [u64],
    ) {
        assert!(block.is_padded());
        // SAFETY: a kernel in reach has its CPU features, and there is padding behind the block's names.
        unsafe { (self.within)(block, candidates, needle, found) }
    }

    /// Sets the bits of those candidates whose names hold the whole needle together; `long` tells it of names that are
    /// longer than most. The block is closed, and the needle has from one to [`MAX_SUBSTRING_CHARS`] chars.
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
        // SAFETY: a kernel in reach has its CPU features, and there is padding behind the block's names.
        unsafe { (self.together)(block, candidates, needle, long, found) }
    }

    /// Scores the items of a batch, of which as many states are in the rows. The needle has at most [`ROWS`] chars.
    #[inline]
    pub(super) fn score(&self, batch: &Batch, rows: &mut Rows, needle: &Needle, bonuses: &Bonuses) {
        assert!((1..=ROWS).contains(&needle.bytes.len()));
        // SAFETY: a kernel in reach has its CPU features.
        unsafe { (self.score)(batch, rows, needle, bonuses) }
    }
}

/// Every set that this CPU can run, the best first, the plain one last.
pub(super) fn available() -> impl Iterator<Item = &'static Kernel> {
    #[cfg(target_arch = "x86_64")]
    let vector = x86::available();
    #[cfg(not(target_arch = "x86_64"))]
    let vector: [&'static Kernel; 0] = [];
    vector.into_iter().chain([&scalar::KERNEL])
}

/// The name of the set in use.
pub fn name() -> &'static str {
    chosen().name()
}

/// The set in use.
#[inline]
pub(super) fn chosen() -> &'static Kernel {
    static CHOSEN: OnceRef<'static, Kernel> = OnceRef::new();
    CHOSEN.get_or_init(|| available().next().unwrap_or(&scalar::KERNEL))
}
