//! Tests a column of numbers, and returns a bit for each item that has to be examined.
//!
//! With the vectors that every CPU of the architecture has, so that no dispatch is needed: see
//! [`baseline`](super::baseline).

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::{baseline, piece};

/// Returns which of at most 64 numbers are not greater than `most`.
#[inline]
pub(in crate::fuzzy) fn le_mask(numbers: &[u16], most: u16) -> u64 {
    debug_assert!(numbers.len() <= 64);
    if let Some(numbers) = numbers.first_chunk() {
        return baseline::le_mask_64(numbers, most);
    }
    let bit = |bits, (at, &number): (usize, &u16)| bits | u64::from(number <= most) << at;
    numbers.iter().enumerate().fold(0, bit)
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
    while at < stop
        && let Some(four) = masks.get(at..).and_then(<[u32]>::first_chunk)
    {
        // Bits past the end of the word are shifted out.
        bits |= baseline::superset_4(four, need) << at;
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
    baseline::prefetch_line(block.bytes()[block.span(at).0..].as_ptr());
}

/// Prefetches the end of a name that will be read soon.
#[inline]
pub(in crate::fuzzy) fn prefetch_end(block: &Block, at: usize) {
    baseline::prefetch_line(block.bytes()[block.span(at).1.saturating_sub(1)..].as_ptr());
}

/// Prefetches numbers that will be read soon.
#[inline]
pub(in crate::fuzzy) fn prefetch_all(numbers: &[u32]) {
    numbers.iter().step_by(16).for_each(|number| baseline::prefetch_line(number));
}

/// Returns how many characters of a needle are matched in order after the first `len` bytes of `text`, if `count` are
/// matched before them. Bytes after those are ignored, but make it faster if there are some.
#[inline]
pub(in crate::fuzzy) fn advance(text: &[u8], len: usize, needle: &Needle, count: usize) -> usize {
    // SAFETY: every CPU of the architecture has the instructions of the baseline.
    unsafe { piece::advance::<baseline::Sixteen>(text, len, needle, count) }
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
