//! Bits of items and of masks.

use crate::fuzzy::corpus::BLOCK;
use crate::fuzzy::kernel::Needle;

/// Words in the bits of a block.
pub(in crate::fuzzy) const BITS: usize = BLOCK / 64;

/// Returns the items whose bits are set in a word.
#[inline]
pub(in crate::fuzzy) fn ones(word: usize, bits: u64) -> impl Iterator<Item = usize> {
    let mut left = bits;
    std::iter::from_fn(move || {
        let bit = left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        (bit < 64).then_some(word * 64 + bit)
    })
}

/// Returns whether `text` equals `part` of the needle, both being equally long.
#[inline]
pub(in crate::fuzzy::filter) fn same(needle: &Needle, text: &[u8], part: &[u8]) -> bool {
    if needle.respect_case { text == part } else { text.eq_ignore_ascii_case(part) }
}

/// Returns whether `mask` has all bits of `need`.
#[inline]
pub(in crate::fuzzy::filter) fn has(mask: u32, need: u32) -> bool {
    mask & need == need
}
