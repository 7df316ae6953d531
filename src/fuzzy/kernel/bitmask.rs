//! Tests a column of numbers, and returns a bit for each item that has to be examined.
//!
//! With SSE2, which every x86-64 CPU has, so that no dispatch is needed; elsewhere with plain code.
//! 64 numbers take 7 ns instead of 57, 64 masks 28 ns instead of 88, and 8 masks 7 ns instead of 15.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::needle::Needle;

/// Returns which of at most 64 numbers are not greater than `most`.
#[inline]
pub(in crate::fuzzy) fn le_mask(numbers: &[u16], most: u16) -> u64 {
    debug_assert!(numbers.len() <= 64);
    #[cfg(target_arch = "x86_64")]
    if let Some(numbers) = numbers.first_chunk() {
        return at_most_64(numbers, most);
    }
    let bit = |bits, (at, &number): (usize, &u16)| bits | u64::from(number <= most) << at;
    numbers.iter().enumerate().fold(0, bit)
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn at_most_64(numbers: &[u16; 64], most: u16) -> u64 {
    use std::arch::x86_64::*;
    let mut bits = 0;
    for (part, sixteen) in numbers.chunks_exact(16).enumerate() {
        // SAFETY: SSE2 is part of x86-64, and there are sixteen numbers.
        let part_bits = unsafe {
            let most = _mm_set1_epi16(most.cast_signed());
            let from = sixteen.as_ptr().cast();
            let above = |eight| _mm_cmpeq_epi16(_mm_subs_epu16(eight, most), _mm_setzero_si128());
            let low = above(_mm_loadu_si128(from));
            let high = above(_mm_loadu_si128(from.add(1)));
            _mm_movemask_epi8(_mm_packs_epi16(low, high)) as u32
        };
        bits |= u64::from(part_bits) << (16 * part);
    }
    bits
}

/// Returns which items of a word of 64, among those in `asked`, have masks with all bits of `need`.
#[inline]
pub(in crate::fuzzy) fn mask_superset(masks: &[u32], word: usize, asked: u64, need: u32) -> u64 {
    if asked == 0 {
        return 0;
    }
    let first = asked.trailing_zeros() as usize;
    let stop = 64 - asked.leading_zeros() as usize;
    let (mut bits, mut at) = (0, first);
    let masks = &masks[word * 64..];
    #[cfg(target_arch = "x86_64")]
    while at < stop
        && let Some(four) = masks.get(at..at + 4)
    {
        use std::arch::x86_64::*;
        // SAFETY: SSE2 is part of x86-64, and there are four numbers.
        let four = unsafe {
            let need = _mm_set1_epi32(need.cast_signed());
            let has = _mm_and_si128(_mm_loadu_si128(four.as_ptr().cast()), need);
            _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(has, need))) as u64
        };
        // Bits past the end of the word are shifted out.
        bits |= four << at;
        at += 4;
    }
    while at < stop {
        bits |= u64::from(masks[at] & need == need) << at;
        at += 1;
    }
    bits & asked
}

/// Prefetches a name that will be read soon. What a search reads is seldom in a near cache, and most of the time was
/// spent waiting for it.
#[inline]
pub(in crate::fuzzy) fn prefetch(block: &Block, at: usize) {
    fetch_line(block.bytes()[block.span(at).0..].as_ptr());
}

/// Prefetches the end of a name that will be read soon.
#[inline]
pub(in crate::fuzzy) fn prefetch_end(block: &Block, at: usize) {
    fetch_line(block.bytes()[block.span(at).1.saturating_sub(1)..].as_ptr());
}

/// Prefetches numbers that will be read soon.
#[inline]
pub(in crate::fuzzy) fn prefetch_all(numbers: &[u32]) {
    numbers.iter().step_by(16).for_each(|number| fetch_line(number));
}

#[inline]
fn fetch_line<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        // SAFETY: SSE is part of x86-64, and a prefetch may be of any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Returns how many characters of a needle are matched in order after the first `len` bytes of `text`, if `count` are
/// matched before them. Bytes after those are ignored, but make it faster if there are some.
#[inline]
pub(in crate::fuzzy) fn advance(
    text: &[u8],
    len: usize,
    needle: &Needle,
    mut count: usize,
) -> usize {
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    while done < len
        && count < needle.bytes.len()
        && let Some(sixteen) = text.get(done..done + 16)
    {
        use std::arch::x86_64::*;
        // SAFETY: SSE2 is part of x86-64, and there are sixteen bytes.
        unsafe {
            let mut piece = _mm_loadu_si128(sixteen.as_ptr().cast());
            if !needle.respect_case {
                // Shifted so that capitals are the smallest values.
                let moved = _mm_add_epi8(piece, _mm_set1_epi8((128 - b'A').cast_signed()));
                let capital = _mm_cmplt_epi8(moved, _mm_set1_epi8(-128 + 26));
                piece = _mm_or_si128(piece, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
            }
            let mut left = 0xFFFF >> (16 - (len - done).min(16));
            while let Some(&byte) = needle.bytes.get(count) {
                let same = _mm_cmpeq_epi8(piece, _mm_set1_epi8(byte.cast_signed()));
                let places = _mm_movemask_epi8(same) & left;
                if places == 0 {
                    break;
                }
                left &= !(places ^ (places - 1));
                count += 1;
            }
        }
        done += 16;
    }
    for &byte in &text[done.min(len)..len] {
        count += usize::from(needle.bytes.get(count) == Some(&needle.see(byte)));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_byte_by_byte(
            text in "[a-cA-C/]{0,50}",
            needle in "[a-cA-C/]{1,9}",
            (len, from, respect_case) in (0..=50_usize, 0..9_usize, any::<bool>()),
        ) {
            let bytes = if respect_case { needle } else { needle.to_ascii_lowercase() };
            let needle = Needle { bytes: bytes.into_bytes(), respect_case };
            let (len, from) = (len.min(text.len()), from.min(needle.bytes.len()));
            let rest = needle.bytes[from..].iter();
            let rest = text.as_bytes()[..len].iter().fold(rest, |mut rest, &byte| {
                if rest.as_slice().first() == Some(&needle.see(byte)) {
                    rest.next();
                }
                rest
            });
            let expected = needle.bytes.len() - rest.len();
            prop_assert_eq!(advance(text.as_bytes(), len, &needle, from), expected);
        }

        #[test]
        fn as_one_by_one(
            numbers in prop::collection::vec(prop_oneof![any::<u16>(), 0..9_u16], 64),
            masks in prop::collection::vec(0..16_u32, 1..80),
            (most, need) in (prop_oneof![any::<u16>(), 0..9_u16], 0..16_u32),
            (len, asked) in (0..=64_usize, any::<[u64; 2]>()),
        ) {
            for numbers in [&numbers[..], &numbers[..len]] {
                let bits = le_mask(numbers, most);
                prop_assert!((0..64).all(|at| (bits >> at & 1 == 1) == numbers.get(at).is_some_and(|&n| n <= most)));
            }
            for word in 0..masks.len().div_ceil(64) {
                let len = (masks.len() - word * 64).min(64);
                for asked in [asked[0], asked[0] & asked[1] & asked[1] >> 7] {
                    let asked = asked & u64::MAX >> (64 - len);
                    let bits = mask_superset(&masks, word, asked, need);
                    let has = |at: usize| asked >> at & 1 == 1 && masks[word * 64 + at] & need == need;
                    prop_assert!((0..64).all(|at| (bits >> at & 1 == 1) == has(at)));
                }
            }
        }
    }
}
