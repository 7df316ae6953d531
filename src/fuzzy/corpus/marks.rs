//! Marks of a text that a search compares before it reads the text: the set of its bytes, and the beginnings of its
//! components.

/// Bit of a mask for text that is not ASCII.
pub(in super::super) const NOT_ASCII: u32 = 1 << 31;

/// Bit of a mask for white space and control characters.
pub(in super::super) const WHITE: u32 = 1 << 29;

/// Bit of a mask for punctuation other than `/.-_`.
pub(in super::super) const OTHER: u32 = 1 << 30;

/// Returns the bit of two characters, in any case, in a set of the beginnings of components.
#[inline]
pub(in super::super) fn start_bit(first: u8, second: u8) -> u64 {
    let (first, second) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
    let number = (u32::from(first) << 8 | u32::from(second)).wrapping_mul(0x9E37_79B1);
    1 << (number >> 26)
}

/// Returns the set of the beginnings of the components of a text, by [`start_bit`]. A name has one component, but an item
/// that is stored without a directory may have several.
pub(super) fn starts_of(text: &[u8]) -> u64 {
    components(text).fold(0, |all, [first, second]| all | start_bit(first, second))
}

/// Returns the first two bytes of each component of a text; a shorter component is continued by the text that follows it.
#[inline]
pub(in super::super) fn components(text: &[u8]) -> impl Iterator<Item = [u8; 2]> {
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'/', text).map(|slash| slash + 1));
    starts.filter_map(|at| text.get(at..)?.first_chunk().copied())
}

/// Bit of a mask for capital letters.
const CAPITAL: u32 = 1 << 27;

/// The bits of each byte in a mask: each letter has one, in either case, and capitals have one more; all others share
/// bits. `.` and `/`, which nearly all names and directories have, have none.
static BITS: [u32; 256] = {
    let mut bits = [NOT_ASCII; 256];
    let mut byte = 0;
    while byte < 128 {
        bits[byte] = match byte as u8 {
            letter @ b'a'..=b'z' => 1 << (letter - b'a'),
            letter @ b'A'..=b'Z' => 1 << (letter - b'A') | CAPITAL,
            b'0'..=b'9' => 1 << 26,
            b'.' | b'/' => 0,
            b'_' | b'-' => 1 << 28,
            b' ' | 0..32 => WHITE,
            _ => OTHER,
        };
        byte += 1;
    }
    bits
};

/// Returns the mask of a text: the set of its bytes, where some bytes share a bit.
pub(in super::super) fn mask(text: &[u8]) -> u32 {
    text.iter().fold(0, |mask, &byte| mask | BITS[usize::from(byte)])
}
