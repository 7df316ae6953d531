//! The kernels of x86-64: SSE2, which every such CPU has, AVX2 and AVX-512.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::bonuses::Bonuses;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::score_batch::{self, Batch, Rows};
use crate::fuzzy::kernel::table::{Candidate, Kernel, Long};
use crate::fuzzy::kernel::vectors::{Avx2, Avx512, Sse2};
use std::arch::x86_64::*;

static SSE2: Kernel = Kernel {
    name: "sse2",
    within: within_sse2,
    together: together_sse2,
    score: score_batch::score::<Sse2>,
};
static AVX2: Kernel =
    Kernel { name: "avx2", within: within_avx2, together: together_avx2, score: score_avx2 };

static AVX512: Kernel =
    Kernel { name: "avx512", within: within_avx2, together: together_avx2, score: score_avx512 };

/// Returns the kernels that this CPU can run, the fastest first.
pub(super) fn available() -> impl IntoIterator<Item = &'static Kernel> {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    let avx512 =
        avx2 && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
    [(avx512, &AVX512), (avx2, &AVX2), (true, &SSE2)]
        .into_iter()
        .filter_map(|(runs, kernel)| runs.then_some(kernel))
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn score_avx2(batch: &Batch, rows: &mut Rows, needle: &Needle, bonuses: &Bonuses) {
    // SAFETY: this is called only where there is AVX2.
    unsafe { score_batch::score::<Avx2>(batch, rows, needle, bonuses) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,avx512f,avx512bw")]
fn score_avx512(batch: &Batch, rows: &mut Rows, needle: &Needle, bonuses: &Bonuses) {
    // SAFETY: this is called only where there is AVX-512.
    unsafe { score_batch::score::<Avx512>(batch, rows, needle, bonuses) }
}

/// A piece of a name that is loaded at once, and searched for characters.
trait Piece: Copy {
    const BYTES: usize;
    unsafe fn load(from: *const u8) -> Self;
    unsafe fn folded(self) -> Self;
    unsafe fn find(self, byte: u8) -> u64;
}

#[derive(Clone, Copy)]
struct Sixteen(__m128i);

impl Piece for Sixteen {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Sixteen {
        // SAFETY: the caller has sixteen bytes there.
        Sixteen(unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline(always)]
    unsafe fn folded(self) -> Sixteen {
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            // Shifted so that capitals are the smallest values.
            let moved = _mm_add_epi8(self.0, _mm_set1_epi8((128 - b'A') as i8));
            let capital = _mm_cmplt_epi8(moved, _mm_set1_epi8(-128 + 26));
            Sixteen(_mm_or_si128(self.0, _mm_and_si128(capital, _mm_set1_epi8(0x20))))
        }
    }

    #[inline(always)]
    unsafe fn find(self, byte: u8) -> u64 {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte as i8))) as u64 }
    }
}

/// Thirty-two bytes: as long as most names.
#[derive(Clone, Copy)]
struct ThirtyTwo(__m256i);

impl Piece for ThirtyTwo {
    const BYTES: usize = 32;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> ThirtyTwo {
        // SAFETY: the caller has thirty-two bytes there, and AVX2; so below.
        ThirtyTwo(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    unsafe fn folded(self) -> ThirtyTwo {
        // SAFETY: see above.
        unsafe {
            let moved = _mm256_add_epi8(self.0, _mm256_set1_epi8((128 - b'A') as i8));
            let capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 26), moved);
            ThirtyTwo(_mm256_or_si256(self.0, _mm256_and_si256(capital, _mm256_set1_epi8(0x20))))
        }
    }

    #[inline(always)]
    unsafe fn find(self, byte: u8) -> u64 {
        // SAFETY: see above.
        unsafe {
            let same = _mm256_cmpeq_epi8(self.0, _mm256_set1_epi8(byte as i8));
            u64::from(_mm256_movemask_epi8(same) as u32)
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn within_avx2(block: &Block, candidates: &[Candidate], needle: &Needle, found: &mut [u64]) {
    // SAFETY: this is called only where there is AVX2, with a block that is padded.
    unsafe { within::<ThirtyTwo>(block, candidates, needle, found) }
}

fn within_sse2(block: &Block, candidates: &[Candidate], needle: &Needle, found: &mut [u64]) {
    // SAFETY: SSE2 is part of x86-64, and the block is padded.
    unsafe { within::<Sixteen>(block, candidates, needle, found) }
}

/// # Safety
///
/// The CPU has the instructions of `P`, and the last name of the block is followed by at least as many bytes as a piece
/// has.
#[inline(always)]
unsafe fn within<P: Piece>(
    block: &Block,
    candidates: &[Candidate],
    needle: &Needle,
    found: &mut [u64],
) {
    let whole = u64::MAX >> (64 - P::BYTES);
    let text = block.bytes().as_ptr();
    for candidate in candidates {
        let at = usize::from(candidate.at);
        let mut rest = &needle.bytes[usize::from(candidate.from)..];
        let (mut start, stop) = block.span(at);
        // SAFETY: a piece is read at an offset before the end of a name, or at it, and so it ends in the padding at most.
        unsafe {
            // All pieces but the last; most names have no more than one.
            while stop - start > P::BYTES && !rest.is_empty() {
                let piece = P::load(text.add(start));
                let piece = if needle.respect_case { piece } else { piece.folded() };
                let mut left = whole;
                while let Some((&byte, behind)) = rest.split_first() {
                    let places = piece.find(byte) & left;
                    if places == 0 {
                        break;
                    }
                    left &= !(places ^ places.wrapping_sub(1));
                    rest = behind;
                }
                start += P::BYTES;
            }
            let piece = P::load(text.add(start));
            let piece = if needle.respect_case { piece } else { piece.folded() };
            let len = (stop - start) as u32;
            let bits = u64::MAX.checked_shr(64_u32.saturating_sub(len)).unwrap_or(0);
            let mut left = if rest.is_empty() { 1 } else { bits };
            // Without an early exit: finishing the loop costs less than an unpredictable branch.
            let mut places = left;
            for &byte in rest {
                places = piece.find(byte) & left;
                left &= !(places ^ places.wrapping_sub(1));
            }
            found[at / 64] |= u64::from(places != 0) << (at % 64);
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn together_avx2(
    block: &Block,
    candidates: &[Candidate],
    needle: &Needle,
    long: &Long,
    found: &mut [u64],
) {
    // SAFETY: this is called only where there is AVX2, with a block that is padded.
    unsafe { together::<ThirtyTwo>(block, candidates, needle, long, found) }
}

fn together_sse2(
    block: &Block,
    candidates: &[Candidate],
    needle: &Needle,
    long: &Long,
    found: &mut [u64],
) {
    // SAFETY: SSE2 is part of x86-64, and the block is padded.
    unsafe { together::<Sixteen>(block, candidates, needle, long, found) }
}

/// # Safety
///
/// The same as for [`within`].
#[inline(always)]
unsafe fn together<P: Piece>(
    block: &Block,
    candidates: &[Candidate],
    needle: &Needle,
    long: &Long,
    found: &mut [u64],
) {
    let text = block.bytes().as_ptr();
    for candidate in candidates {
        let at = usize::from(candidate.at);
        let (start, stop) = block.span(at);
        let is = if stop - start > P::BYTES {
            long(block.name(at))
        } else {
            // SAFETY: a piece is read at the start of a name, and so it ends in the padding at most.
            unsafe {
                let piece = P::load(text.add(start));
                let piece = if needle.respect_case { piece } else { piece.folded() };
                let len = (stop - start) as u32;
                // A character can only match inside the name.
                let name = u64::MAX.checked_shr(64 - len).unwrap_or(0);
                let places = needle.bytes.iter().enumerate();
                places.fold(name, |left, (row, &byte)| left & (piece.find(byte) & name) >> row) != 0
            }
        };
        found[at / 64] |= u64::from(is) << (at % 64);
    }
}
