//! The kernels of x86-64: SSE2, which every such CPU has, AVX2 and AVX-512.

use super::lanes::Lanes;
use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::{Batch, Bonuses, Candidate, Kernel, Long, Needle, Rows, score_batch};
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

/// Defines a kind of vector, and the instructions that implement its operations.
macro_rules! lanes {
    ($(#[$doc:meta])* $name:ident, $vector:ty, $count:literal, $splat:ident, $load:ident, $store:ident,
     |$bytes:ident| $widen:expr, |$one:ident, $before:ident| $shifted:expr,
     $($function:ident = $instruction:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name($vector);

        impl Lanes for $name {
            const N: usize = $count;

            #[inline(always)]
            unsafe fn splat(value: u16) -> $name {
                // SAFETY: the caller's CPU has the instruction; so below.
                $name(unsafe { $splat(value.cast_signed()) })
            }

            #[inline(always)]
            unsafe fn load(from: *const u16) -> $name {
                // SAFETY: the caller has so many numbers there.
                $name(unsafe { $load(from.cast()) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut u16) {
                // SAFETY: the caller has room for so many numbers there.
                unsafe { $store(to.cast(), self.0) }
            }

            #[inline(always)]
            unsafe fn widen($bytes: *const u8) -> $name {
                // SAFETY: the caller has so many bytes there.
                $name(unsafe { $widen })
            }

            #[inline(always)]
            unsafe fn without(self, mask: $name) -> $name {
                // SAFETY: see above.
                unsafe { mask.not_and(self) }
            }

            #[inline(always)]
            unsafe fn shifted(self, before: $name) -> $name {
                let ($one, $before) = (self.0, before.0);
                // SAFETY: see above.
                $name(unsafe { $shifted })
            }

            $(#[inline(always)]
            unsafe fn $function(self, other: $name) -> $name {
                // SAFETY: see above.
                $name(unsafe { $instruction(self.0, other.0) })
            })+
        }
    };
}

lanes!(
    /// Eight lanes.
    Sse2, __m128i, 8, _mm_set1_epi16, _mm_loadu_si128, _mm_storeu_si128,
    |bytes| _mm_unpacklo_epi8(_mm_loadl_epi64(bytes.cast()), _mm_setzero_si128()),
    |one, before| _mm_or_si128(_mm_slli_si128::<2>(one), _mm_srli_si128::<14>(before)),
    add = _mm_add_epi16, sub = _mm_sub_epi16, less = _mm_subs_epu16, max = _mm_max_epi16,
    eq = _mm_cmpeq_epi16, and = _mm_and_si128, or = _mm_or_si128, not_and = _mm_andnot_si128
);

lanes!(
    /// Sixteen lanes.
    Avx2, __m256i, 16, _mm256_set1_epi16, _mm256_loadu_si256, _mm256_storeu_si256,
    |bytes| _mm256_cvtepu8_epi16(_mm_loadu_si128(bytes.cast())),
    // Align with the upper half of `before` and the lower half of `one`.
    |one, before| _mm256_alignr_epi8::<14>(one, _mm256_permute2x128_si256::<0x21>(before, one)),
    add = _mm256_add_epi16, sub = _mm256_sub_epi16, less = _mm256_subs_epu16, max = _mm256_max_epi16,
    eq = _mm256_cmpeq_epi16, and = _mm256_and_si256, or = _mm256_or_si256,
    not_and = _mm256_andnot_si256
);

lanes!(
    /// Thirty-two lanes.
    Avx512, __m512i, 32, _mm512_set1_epi16, loadu_512, storeu_512,
    |bytes| _mm512_cvtepu8_epi16(_mm256_loadu_si256(bytes.cast())),
    // Align with the last quarter of `before` and the first three of `one`.
    |one, before| {
        let over = _mm512_alignr_epi64::<6>(one, before);
        _mm512_alignr_epi8::<14>(one, over)
    },
    add = _mm512_add_epi16, sub = _mm512_sub_epi16, less = _mm512_subs_epu16, max = _mm512_max_epi16,
    eq = eq_512, and = _mm512_and_si512, or = _mm512_or_si512, not_and = _mm512_andnot_si512
);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn eq_512(one: __m512i, other: __m512i) -> __m512i {
    _mm512_movm_epi16(_mm512_cmpeq_epi16_mask(one, other))
}

/// # Safety
///
/// There are 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn loadu_512(from: *const __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_loadu_si512(from) }
}

/// # Safety
///
/// There is room for 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn storeu_512(to: *mut __m512i, vector: __m512i) {
    // SAFETY: the caller's promise.
    unsafe { _mm512_storeu_si512(to, vector) }
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
