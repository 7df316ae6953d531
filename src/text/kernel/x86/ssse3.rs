//! The SSSE3 kernel: 16 bytes at a time with `pshufb`.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::super::table::Kernel;
use crate::text::kernel::count_utf8::{self, LEAD_HIGH, LEAD_LOW, Masks, SECOND};
use crate::text::kernel::reverse::{self, TURN};
use crate::text::kernel::short;

const BLOCK: usize = 16;
const WINDOW: usize = BLOCK + 2 * reverse::MARGIN;
const GROUP: usize = 4 * BLOCK;

pub(super) static KERNEL: Kernel = Kernel {
    name: "ssse3",
    reverse_bytes,
    reverse_chars,
    count_chars,
    count_utf16,
    count_newlines,
};

#[inline]
#[target_feature(enable = "ssse3")]
fn load(bytes: &[u8], at: usize) -> __m128i {
    let bytes: &[u8; BLOCK] = bytes[at..].first_chunk().expect("a whole vector");
    // SAFETY: an unaligned load of the 16 bytes of the array.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "ssse3")]
fn store(vector: __m128i, out: &mut [MaybeUninit<u8>; BLOCK]) {
    // SAFETY: an unaligned store to the 16 bytes of the array.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "ssse3")]
fn table<T>(entries: &[T; BLOCK]) -> __m128i {
    const { assert!(size_of::<T>() == 1) };
    // SAFETY: an unaligned load of the 16 bytes of the array.
    unsafe { _mm_loadu_si128(entries.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "ssse3")]
fn high_nibbles(vector: __m128i) -> __m128i {
    _mm_and_si128(_mm_srli_epi16::<4>(vector), _mm_set1_epi8(0x0f))
}

#[inline]
#[target_feature(enable = "ssse3")]
fn mirrored(vector: __m128i) -> __m128i {
    let last_first = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm_shuffle_epi8(vector, last_first)
}

#[target_feature(enable = "ssse3")]
pub(super) fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    if source.len() < BLOCK {
        return short::reverse_bytes(source, out);
    }
    reverse::bytes::<BLOCK, GROUP>(source, out, |block, out| store(mirrored(load(block, 0)), out));
}

/// Returns for each byte the distance to the byte it takes, given the bytes one to three before it.
#[inline]
#[target_feature(enable = "ssse3")]
fn turn(before: [__m128i; 4]) -> __m128i {
    let [a, b, c, d]: [__m128i; 4] =
        std::array::from_fn(|k| _mm_shuffle_epi8(table(&TURN[k]), high_nibbles(before[k])));
    _mm_add_epi8(_mm_add_epi8(a, b), _mm_add_epi8(c, d))
}

/// Reverses the characters in the middle of the window.
#[inline]
#[target_feature(enable = "ssse3")]
fn turned(window: &[u8; WINDOW]) -> __m128i {
    let turn = turn([3, 2, 1, 0].map(|at| load(window, at)));
    // The lower half of the block finds its bytes in the first 16 of the window, the upper half in the last 16. An
    // index with bit 7 set yields 0.
    let lower = table(&[3i8, 4, 5, 6, 7, 8, 9, 10, -64, -64, -64, -64, -64, -64, -64, -64]);
    let upper = table(&[-64i8, -64, -64, -64, -64, -64, -64, -64, 5, 6, 7, 8, 9, 10, 11, 12]);
    mirrored(_mm_or_si128(
        _mm_shuffle_epi8(load(window, 0), _mm_add_epi8(lower, turn)),
        _mm_shuffle_epi8(load(window, 2 * reverse::MARGIN), _mm_add_epi8(upper, turn)),
    ))
}

/// Reverses the characters of a text of up to 16 bytes.
#[inline]
#[target_feature(enable = "ssse3")]
pub(super) fn turn_alone(source: &str, out: &mut [MaybeUninit<u8>]) {
    let text = load(&short::padded(source.as_bytes()), 0);
    let (one, two, three) =
        (_mm_bslli_si128::<1>(text), _mm_bslli_si128::<2>(text), _mm_bslli_si128::<3>(text));
    let in_order = table(&[0u8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    let from = _mm_add_epi8(in_order, turn([text, one, two, three]));
    let block = mirrored(_mm_shuffle_epi8(text, from));
    // SAFETY: both types are 16 bytes without padding.
    short::write_last(unsafe { std::mem::transmute::<__m128i, [u8; BLOCK]>(block) }, out);
}

#[target_feature(enable = "ssse3")]
pub(super) fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    reverse::chars::<BLOCK, WINDOW, GROUP>(
        source,
        out,
        |window, out| store(turned(window), out),
        |source, out| turn_alone(source, out),
        |group, out| {
            let blocks = [0, 1, 2, 3].map(|i| load(group, i * BLOCK));
            let any =
                blocks.into_iter().fold(_mm_setzero_si128(), |any, block| _mm_or_si128(any, block));
            if _mm_movemask_epi8(any) != 0 {
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
#[target_feature(enable = "ssse3")]
fn bits(vector: __m128i) -> u64 {
    u64::from(_mm_movemask_epi8(vector) as u16)
}

/// Returns the masks of 16 bytes, given the 16 bytes one position before them.
#[inline]
#[target_feature(enable = "ssse3")]
fn masks_of(before: __m128i, now: __m128i) -> Masks {
    let low_nibbles = _mm_and_si128(before, _mm_set1_epi8(0x0f));
    let lead = _mm_and_si128(
        _mm_shuffle_epi8(table(&LEAD_HIGH), high_nibbles(before)),
        _mm_shuffle_epi8(table(&LEAD_LOW), low_nibbles),
    );
    let pair = _mm_and_si128(lead, _mm_shuffle_epi8(table(&SECOND), high_nibbles(now)));
    let second = bits(_mm_cmpeq_epi8(pair, _mm_setzero_si128())) ^ 0xffff;
    // After a valid pair, bits 5 and 4 of the lead alone determine its length.
    let of_three = second & bits(_mm_slli_epi16::<2>(before));
    let of_four = of_three & bits(_mm_slli_epi16::<3>(before));
    let follower = bits(_mm_cmplt_epi8(now, _mm_set1_epi8(-64)));
    Masks { second, of_three, of_four, follower }
}

#[inline]
#[target_feature(enable = "ssse3")]
fn masks(window: &[u8; count_utf8::WINDOW]) -> Masks {
    let mut joined = Masks { second: 0, of_three: 0, of_four: 0, follower: 0 };
    for at in [48, 32, 16, 0] {
        let masks = masks_of(load(window, at), load(window, at + 1));
        joined.second = joined.second << 16 | masks.second;
        joined.of_three = joined.of_three << 16 | masks.of_three;
        joined.of_four = joined.of_four << 16 | masks.of_four;
        joined.follower = joined.follower << 16 | masks.follower;
    }
    joined
}

#[inline]
#[target_feature(enable = "ssse3")]
fn is_ascii(group: &[u8; count_utf8::GROUP]) -> bool {
    let mut any = _mm_setzero_si128();
    for at in (0..count_utf8::GROUP).step_by(BLOCK) {
        any = _mm_or_si128(any, load(group, at));
    }
    _mm_movemask_epi8(any) == 0
}

#[inline]
#[target_feature(enable = "ssse3,popcnt")]
pub(super) fn count<const UTF16: bool>(source: &[u8]) -> usize {
    if source.len() <= BLOCK {
        let text = load(&short::padded(source), 0);
        let absorbed = masks_of(_mm_bslli_si128::<1>(text), text).absorbed::<UTF16>();
        return source.len() - absorbed.count_ones() as usize;
    }
    count_utf8::count(source, |window| masks(window).absorbed::<UTF16>(), |group| is_ascii(group))
}

#[target_feature(enable = "ssse3,popcnt")]
fn count_chars(source: &[u8]) -> usize {
    count::<false>(source)
}

#[target_feature(enable = "ssse3,popcnt")]
fn count_utf16(source: &[u8]) -> usize {
    count::<true>(source)
}

#[target_feature(enable = "ssse3,popcnt")]
pub(super) fn count_newlines(source: &[u8]) -> usize {
    if source.len() < BLOCK {
        return short::count_newlines(source);
    }
    let found = |block: __m128i| _mm_cmpeq_epi8(block, _mm_set1_epi8(b'\n' as i8));
    let (groups, rest) = source.as_chunks::<GROUP>();
    let mut sums = _mm_setzero_si128();
    // A byte of the counters grows by at most 4 per group, so it does not overflow within 63 groups.
    for groups in groups.chunks(63) {
        let mut counters = _mm_setzero_si128();
        for group in groups {
            let found = [0, 1, 2, 3].map(|i| found(load(group, i * BLOCK)));
            let pairs = [_mm_add_epi8(found[0], found[1]), _mm_add_epi8(found[2], found[3])];
            counters = _mm_sub_epi8(counters, _mm_add_epi8(pairs[0], pairs[1]));
        }
        sums = _mm_add_epi64(sums, _mm_sad_epu8(counters, _mm_setzero_si128()));
    }
    let high = _mm_unpackhi_epi64(sums, sums);
    let mut count = _mm_cvtsi128_si64(_mm_add_epi64(sums, high)) as usize;
    let (blocks, rest) = rest.as_chunks::<BLOCK>();
    for block in blocks {
        count += bits(found(load(block, 0))).count_ones() as usize;
    }
    // The last block again, now ending with the source: its low bytes have been counted already.
    let last = bits(found(load(source, source.len() - BLOCK)));
    count + (last >> (BLOCK - rest.len())).count_ones() as usize
}
