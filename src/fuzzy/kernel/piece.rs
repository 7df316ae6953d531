//! Searches names for characters, with all bytes of a vector at a time.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::lanes::Piece;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::table::{Candidate, Long};

/// Returns how many characters of a needle are matched in order after the first `len` bytes of `text`, if `count` are
/// matched before them: see [`advance`](super::bitmask::advance).
///
/// # Safety
///
/// The CPU has the instructions of `P`.
#[inline(always)]
pub(super) unsafe fn advance<P: Piece>(
    text: &[u8],
    len: usize,
    needle: &Needle,
    mut count: usize,
) -> usize {
    let mut done = 0;
    while done < len
        && count < needle.bytes.len()
        && let Some(bytes) = text.get(done..done + P::BYTES)
    {
        // SAFETY: the caller's promise, and there are as many bytes as a piece has.
        unsafe {
            let piece = P::load(bytes.as_ptr());
            let piece = if needle.respect_case { piece } else { piece.folded() };
            let mut left = u64::MAX >> (64 - (len - done).min(P::BYTES));
            while let Some(&byte) = needle.bytes.get(count) {
                let places = piece.find(byte) & left;
                if places == 0 {
                    break;
                }
                left &= !(places ^ (places - 1));
                count += 1;
            }
        }
        done += P::BYTES;
    }
    for &byte in &text[done.min(len)..len] {
        count += usize::from(needle.bytes.get(count) == Some(&needle.see(byte)));
    }
    count
}

/// The loop of [`Kernel::within`](super::table::Kernel::within).
///
/// # Safety
///
/// The CPU has the instructions of `P`, and the last name of the block is followed by at least as many bytes as a piece
/// has.
#[inline(always)]
pub(super) unsafe fn within<P: Piece>(
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

/// The loop of [`Kernel::together`](super::table::Kernel::together).
///
/// # Safety
///
/// The same as for [`within`].
#[inline(always)]
pub(super) unsafe fn together<P: Piece>(
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
