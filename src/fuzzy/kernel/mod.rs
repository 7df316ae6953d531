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
//! Once, by the features that the CPU reports. Baseline x86-64, NEON and all other CPUs use eight lanes, AVX2 uses
//! sixteen, AVX-512 thirty-two. Functions that are too short for a call through a table are chosen when rille is compiled.
#![allow(unsafe_code)] // vector loads and stores, and calls that need a CPU feature, cannot be written without

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod arm64;
mod baseline;
mod bitmask;
mod bonuses;
mod lanes;
mod needle;
mod needle_state;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod piece;
mod plain;
mod scalar;
mod score_batch;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod table;
#[cfg(test)]
mod tests;
mod transpose;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(super) use bitmask::{advance, le_mask, mask_superset, prefetch, prefetch_all, prefetch_end};
pub(super) use bonuses::Bonuses;
pub(super) use lanes::BATCH;
pub(super) use needle::{MAX_SUBSTRING_CHARS, Needle, ROWS};
pub(super) use needle_state::{PARTS, Part, copy, extend, most, parts};
pub(super) use score_batch::{Batch, Rows};
pub(super) use table::{Candidate, Kernel};

use once_cell::race::OnceRef;

/// Returns the kernels that this CPU can run, the fastest first, the plain one last.
pub(super) fn available() -> impl Iterator<Item = &'static Kernel> {
    #[cfg(target_arch = "x86_64")]
    let vector = x86::available();
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    let vector = [&arm64::KERNEL];
    #[cfg(not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little")
    )))]
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
