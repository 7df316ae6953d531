//! Counting characters of arbitrary bytes without decoding them: the part common to all vector
//! instruction sets.
//!
//! Every byte counts as a character of its own unless the lead before it *absorbs* it, so the number of characters is the
//! number of bytes minus the number absorbed. A byte is absorbed as
//!
//! * the second byte, if it and the byte before it are a pair that UTF-8 allows (`E0` requires `A0..=BF`, …);
//! * the third, if it is a follower (`80..=BF`) after a second byte whose lead opens three or four bytes;
//! * the fourth, if it is a follower after a third byte whose lead opens four.
//!
//! Nothing else is absorbed. A sequence that breaks off after its second or third byte keeps the bytes absorbed so far,
//! which is exactly a maximal invalid subsequence. UTF-16 has two units for a complete sequence of four bytes, so there
//! the fourth byte is counted.

use crate::text::kernel::short;

/// Properties of each byte in a block of 64, computed from pairs of neighbours; bit `i` describes byte `i`.
pub(in crate::text::kernel) struct Masks {
    /// A second byte that is valid after the lead before it.
    pub second: u64,
    /// A second byte whose lead opens three or four bytes.
    pub of_three: u64,
    /// A second byte whose lead opens four bytes.
    pub of_four: u64,
    /// Any byte in `80..=BF`.
    pub follower: u64,
}

impl Masks {
    /// Returns the mask of absorbed bytes.
    #[inline(always)]
    pub(in crate::text::kernel) fn absorbed<const UTF16: bool>(self) -> u64 {
        let Masks { second, of_three, of_four, follower } = self;
        let third = follower & of_three << 1;
        let fourth = follower & follower << 1 & of_four << 2;
        second | third | if UTF16 { 0 } else { fourth }
    }
}

/// Bytes in a window: a block and the byte before it.
pub(in crate::text::kernel) const WINDOW: usize = 65;
/// Bytes tested for ASCII at once.
pub(in crate::text::kernel) const GROUP: usize = 256;

/// Bytes of a block that the previous block has settled: two, for the third and fourth bytes of characters. Reading them
/// again costs 3 %; carrying bits from block to block costs a third.
const SEEN: usize = 2;
/// Those bytes and the byte before them.
const MARGIN: usize = SEEN + 1;
/// Bytes by which each block advances.
const STEP: usize = WINDOW - 1 - SEEN;

/// Returns the length of `source` in characters or UTF-16 units. `absorbed` returns the mask of absorbed bytes of a block as
/// far as the window shows them: the first two may be missing. `is_ascii` returns whether a group can be skipped.
#[inline(always)] // into a function with the target features of the closures
pub(in crate::text::kernel) fn count(
    source: &[u8],
    absorbed: impl Fn(&[u8; WINDOW]) -> u64,
    is_ascii: impl Fn(&[u8; GROUP]) -> bool,
) -> usize {
    let Some(window) = source.first_chunk() else {
        if short::is_ascii(source) {
            return source.len();
        }
        let mut padded = [0; WINDOW];
        padded[..source.len()].copy_from_slice(source);
        return source.len() - absorbed(&padded).count_ones() as usize;
    };
    // The first byte is never absorbed, so it serves as the byte before.
    let mut count = absorbed(window).count_ones() as usize;
    let mut rest = &source[WINDOW - MARGIN..];
    while let Some(group) = rest.first_chunk::<{ MARGIN + GROUP }>() {
        if group.last_chunk().is_some_and(&is_ascii) {
            rest = &rest[GROUP..];
            continue;
        }
        for block in 0..4 {
            let window = group[block * STEP..].first_chunk().expect("a group holds four");
            count += (absorbed(window) >> SEEN).count_ones() as usize;
        }
        rest = &rest[4 * STEP..];
    }
    while let Some(window) = rest.first_chunk() {
        count += (absorbed(window) >> SEEN).count_ones() as usize;
        rest = &rest[STEP..];
    }
    let left = rest.len() - MARGIN;
    if let Some(last) = source.last_chunk()
        && left > 0
    {
        count += (absorbed(last) >> (WINDOW - 1 - left)).count_ones() as usize;
    }
    source.len() - count
}

// Classes of leads that allow the same second bytes, one bit each. A pair is valid if the class of its lead (high nibble
// and low nibble) and the class set of its second byte (high nibble) have a bit in common.
const C: u8 = 1; // C2..=CF 80..=BF
const D: u8 = 1 << 1; // D0..=DF 80..=BF
const E: u8 = 1 << 2; // E1..=EC, EE, EF 80..=BF
const E0: u8 = 1 << 3; // E0 A0..=BF
const ED: u8 = 1 << 4; // ED 80..=9F
const F: u8 = 1 << 5; // F1..=F3 80..=BF
const F0: u8 = 1 << 6; // F0 90..=BF
const F4: u8 = 1 << 7; // F4 80..=8F

/// The leads of three bytes, and those of four.
#[cfg(target_arch = "x86_64")]
pub(in crate::text::kernel) const OF_THREE: u8 = E | E0 | ED;
#[cfg(target_arch = "x86_64")]
pub(in crate::text::kernel) const OF_FOUR: u8 = F | F0 | F4;

/// By the high nibble of a lead.
pub(in crate::text::kernel) const LEAD_HIGH: [u8; 16] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, C, D, E | E0 | ED, F | F0 | F4];

/// By the low nibble of a lead.
pub(in crate::text::kernel) const LEAD_LOW: [u8; 16] = {
    let all = C | D | E;
    let mut table = [all; 16];
    table[0x0] = D | E0 | F0;
    table[0x1] = D | E | F;
    table[0x2] = all | F;
    table[0x3] = all | F;
    table[0x4] = all | F4;
    table[0xd] = C | D | ED;
    table
};

/// By the high nibble of a second byte.
pub(in crate::text::kernel) const SECOND: [u8; 16] = {
    let all = C | D | E | F;
    let mut table = [0; 16];
    table[0x8] = all | ED | F4;
    table[0x9] = all | ED | F0;
    table[0xa] = all | E0 | F0;
    table[0xb] = all | E0 | F0;
    table
};
