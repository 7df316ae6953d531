//! The kernels of x86-64: SSE2, which every such CPU has, AVX2 and AVX-512.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::bonuses::Bonuses;
use crate::fuzzy::kernel::lanes::Piece;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::piece::{together, within};
use crate::fuzzy::kernel::score_batch::{self, Batch, Rows};
use crate::fuzzy::kernel::sse2::Sixteen;
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
