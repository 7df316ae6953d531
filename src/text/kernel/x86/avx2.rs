//! The AVX2 kernel: 32 bytes at a time; shorter inputs go to SSSE3's 16.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::super::table::Kernel;
use super::ssse3;
use crate::text::kernel::count_utf8::{self, LEAD_HIGH, LEAD_LOW, Masks, SECOND};
use crate::text::kernel::reverse::{self, TURN};

const BLOCK: usize = 32;
const WINDOW: usize = BLOCK + 2 * reverse::MARGIN;
const GROUP: usize = 4 * BLOCK;

pub(super) static KERNEL: Kernel =
    Kernel { name: "avx2", reverse_bytes, reverse_chars, count_chars, count_utf16, count_newlines };

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let bytes: &[u8; BLOCK] = bytes[at..].first_chunk().expect("a whole vector");
    // SAFETY: an unaligned load of the 32 bytes of the array.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(vector: __m256i, out: &mut [MaybeUninit<u8>; BLOCK]) {
    // SAFETY: an unaligned store to the 32 bytes of the array.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), vector) }
}

/// Loads the same table into both halves.
#[inline]
#[target_feature(enable = "avx2")]
fn table<T>(entries: &[T; 16]) -> __m256i {
    const { assert!(size_of::<T>() == 1) };
    // SAFETY: an unaligned load of the 16 bytes of the array.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(entries.as_ptr().cast()) })
}

#[inline]
#[target_feature(enable = "avx2")]
fn high_nibbles(vector: __m256i) -> __m256i {
    _mm256_and_si256(_mm256_srli_epi16::<4>(vector), _mm256_set1_epi8(0x0f))
}

#[inline]
#[target_feature(enable = "avx2")]
fn mirrored(vector: __m256i) -> __m256i {
    let last_first = table(&[15u8, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    _mm256_permute4x64_epi64::<0b_01_00_11_10>(_mm256_shuffle_epi8(vector, last_first))
}

#[target_feature(enable = "avx2")]
fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    if source.len() < BLOCK {
        return ssse3::reverse_bytes(source, out);
    }
    reverse::bytes::<BLOCK, GROUP>(source, out, |block, out| store(mirrored(load(block, 0)), out));
}

/// Reverses the characters in the middle of the window. Each half of a vector is a window of 16 as in SSSE3.
#[inline]
#[target_feature(enable = "avx2")]
fn turned(window: &[u8; WINDOW]) -> __m256i {
    let [a, b, c, d]: [__m256i; 4] = std::array::from_fn(|k| {
        let nibbles = high_nibbles(load(window, reverse::MARGIN - k));
        _mm256_shuffle_epi8(table(&TURN[k]), nibbles)
    });
    let turn = _mm256_add_epi8(_mm256_add_epi8(a, b), _mm256_add_epi8(c, d));
    let lower = table(&[3i8, 4, 5, 6, 7, 8, 9, 10, -64, -64, -64, -64, -64, -64, -64, -64]);
    let upper = table(&[-64i8, -64, -64, -64, -64, -64, -64, -64, 5, 6, 7, 8, 9, 10, 11, 12]);
    mirrored(_mm256_or_si256(
        _mm256_shuffle_epi8(load(window, 0), _mm256_add_epi8(lower, turn)),
        _mm256_shuffle_epi8(load(window, 2 * reverse::MARGIN), _mm256_add_epi8(upper, turn)),
    ))
}

#[target_feature(enable = "avx2")]
fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    if source.len() < WINDOW {
        return ssse3::reverse_chars(source, out);
    }
    reverse::chars::<BLOCK, WINDOW, GROUP>(
        source,
        out,
        |window, out| store(turned(window), out),
        |source, out| ssse3::turn_alone(source, out),
        |group, out| {
            let blocks = [0, 1, 2, 3].map(|i| load(group, i * BLOCK));
            let any = blocks
                .into_iter()
                .fold(_mm256_setzero_si256(), |any, block| _mm256_or_si256(any, block));
            if _mm256_movemask_epi8(any) != 0 {
                return false;
            }
            for (block, out) in blocks.into_iter().zip(out.as_chunks_mut().0.iter_mut().rev()) {
                store(mirrored(block), out);
            }
            true
        },
    );
}

/// Returns bit 7 of each byte.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(vector: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(vector) as u32)
}

#[inline]
#[target_feature(enable = "avx2")]
fn masks(window: &[u8; count_utf8::WINDOW]) -> Masks {
    let mut masks = Masks { second: 0, of_three: 0, of_four: 0, follower: 0 };
    for at in [32, 0] {
        let (before, now) = (load(window, at), load(window, at + 1));
        let low_nibbles = _mm256_and_si256(before, _mm256_set1_epi8(0x0f));
        let lead = _mm256_and_si256(
            _mm256_shuffle_epi8(table(&LEAD_HIGH), high_nibbles(before)),
            _mm256_shuffle_epi8(table(&LEAD_LOW), low_nibbles),
        );
        let pair = _mm256_and_si256(lead, _mm256_shuffle_epi8(table(&SECOND), high_nibbles(now)));
        let second = bits(_mm256_cmpeq_epi8(pair, _mm256_setzero_si256())) ^ 0xffff_ffff;
        // After a valid pair, bits 5 and 4 of the lead alone determine its length.
        let of_three = second & bits(_mm256_slli_epi16::<2>(before));
        let of_four = of_three & bits(_mm256_slli_epi16::<3>(before));
        let follower = bits(_mm256_cmpgt_epi8(_mm256_set1_epi8(-64), now));
        masks.second = masks.second << 32 | second;
        masks.of_three = masks.of_three << 32 | of_three;
        masks.of_four = masks.of_four << 32 | of_four;
        masks.follower = masks.follower << 32 | follower;
    }
    masks
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_ascii(group: &[u8; count_utf8::GROUP]) -> bool {
    let mut any = _mm256_setzero_si256();
    for at in (0..count_utf8::GROUP).step_by(BLOCK) {
        any = _mm256_or_si256(any, load(group, at));
    }
    _mm256_movemask_epi8(any) == 0
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn count<const UTF16: bool>(source: &[u8]) -> usize {
    if source.len() <= BLOCK / 2 {
        return ssse3::count::<UTF16>(source);
    }
    count_utf8::count(source, |window| masks(window).absorbed::<UTF16>(), |group| is_ascii(group))
}

#[target_feature(enable = "avx2,popcnt")]
fn count_chars(source: &[u8]) -> usize {
    count::<false>(source)
}

#[target_feature(enable = "avx2,popcnt")]
fn count_utf16(source: &[u8]) -> usize {
    count::<true>(source)
}

#[target_feature(enable = "avx2,popcnt")]
fn count_newlines(source: &[u8]) -> usize {
    if source.len() < BLOCK {
        return ssse3::count_newlines(source);
    }
    let found = |block: __m256i| _mm256_cmpeq_epi8(block, _mm256_set1_epi8(b'\n' as i8));
    let (groups, rest) = source.as_chunks::<GROUP>();
    let mut sums = _mm256_setzero_si256();
    // A byte of the counters grows by at most 4 per group, so it does not overflow within 63 groups.
    for groups in groups.chunks(63) {
        let mut counters = _mm256_setzero_si256();
        for group in groups {
            let found = [0, 1, 2, 3].map(|i| found(load(group, i * BLOCK)));
            let pairs = [_mm256_add_epi8(found[0], found[1]), _mm256_add_epi8(found[2], found[3])];
            counters = _mm256_sub_epi8(counters, _mm256_add_epi8(pairs[0], pairs[1]));
        }
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(counters, _mm256_setzero_si256()));
    }
    let mut count = [
        _mm256_extract_epi64::<0>(sums),
        _mm256_extract_epi64::<1>(sums),
        _mm256_extract_epi64::<2>(sums),
        _mm256_extract_epi64::<3>(sums),
    ]
    .iter()
    .sum::<i64>() as usize;
    let (blocks, rest) = rest.as_chunks::<BLOCK>();
    for block in blocks {
        count += bits(found(load(block, 0))).count_ones() as usize;
    }
    // The last block again, now ending with the source: its low bytes have been counted already.
    let last = bits(found(load(source, source.len() - BLOCK)));
    count + (last >> (BLOCK - rest.len())).count_ones() as usize
}
