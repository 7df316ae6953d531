//! Reversal: the part common to all vector instruction sets.
//!
//! Both reversals read forwards and write backwards: the block at `at` is reversed and written so that it ends `at` bytes
//! before the end of the output. The last block overlaps the previous one.
//!
//! Reversing the bytes of a text leaves the bytes of each character in the wrong order, so these are swapped first. Byte
//! `k` of a character of `n` bytes is exchanged with byte `n - 1 - k`, which is `n - 1 - 2k` away: at most 3. The `k` and
//! `n` of a byte follow from the high nibbles of itself and the three bytes before it ([`TURN`]), so a block depends only
//! on itself and three bytes on either side. No cursor runs from character to character, which would cost more than
//! everything else.

use std::mem::MaybeUninit;

use crate::text::kernel::short;

/// Bytes by which a character may extend past a block on either side.
pub(in crate::text::kernel) const MARGIN: usize = 3;

/// `TURN[k][h]`: the distance to the byte that a byte takes, where the byte `k` before it has the high nibble `h`. The
/// distance of a byte is the sum over `k`; in valid text at most one summand is not 0.
pub(in crate::text::kernel) const TURN: [[i8; 16]; 4] = {
    let mut table = [[0; 16]; 4];
    let mut k = 0;
    while k < 4 {
        let mut nibble = 0xc;
        while nibble < 16 {
            let len = if nibble < 0xe { 2 } else { nibble as i8 - 0xb };
            if (k as i8) < len {
                table[k][nibble] = len - 1 - 2 * k as i8;
            }
            nibble += 1;
        }
        k += 1;
    }
    table
};

/// Reverses bytes by blocks of `BLOCK`, four at a time in `GROUP`. The source must have at least a block.
#[inline(always)] // into a function with the target features of the closure
pub(in crate::text::kernel) fn bytes<const BLOCK: usize, const GROUP: usize>(
    source: &[u8],
    out: &mut [MaybeUninit<u8>],
    mirror: impl Fn(&[u8; BLOCK], &mut [MaybeUninit<u8>; BLOCK]),
) {
    let (groups, rest) = source.as_chunks::<GROUP>();
    let (out_rest, out_groups) = out.as_rchunks_mut::<GROUP>();
    for (group, out) in groups.iter().zip(out_groups.iter_mut().rev()) {
        let (blocks, _) = group.as_chunks();
        let (out_blocks, _) = out.as_chunks_mut();
        for (block, out) in blocks.iter().zip(out_blocks.iter_mut().rev()) {
            mirror(block, out);
        }
    }
    let (blocks, rest) = rest.as_chunks();
    let (_, out_blocks) = out_rest.as_rchunks_mut();
    for (block, out) in blocks.iter().zip(out_blocks.iter_mut().rev()) {
        mirror(block, out);
    }
    if !rest.is_empty()
        && let (Some(block), Some(out)) = (source.last_chunk(), out.first_chunk_mut())
    {
        mirror(block, out);
    }
}

/// Reverses characters by blocks of `BLOCK`, four at a time in `GROUP`. `turn` reverses the block in the middle of a
/// `WINDOW`, which has a margin on either side; `turn_alone` reverses a text of up to 16 bytes; `mirror_ascii` reverses a
/// group, or returns `false` if it is not ASCII.
#[inline(always)] // into a function with the target features of the closures
pub(in crate::text::kernel) fn chars<
    const BLOCK: usize,
    const WINDOW: usize,
    const GROUP: usize,
>(
    source: &str,
    out: &mut [MaybeUninit<u8>],
    turn: impl Fn(&[u8; WINDOW], &mut [MaybeUninit<u8>; BLOCK]),
    turn_alone: impl Fn(&str, &mut [MaybeUninit<u8>]),
    mirror_ascii: impl Fn(&[u8; GROUP], &mut [MaybeUninit<u8>; GROUP]) -> bool,
) {
    const { assert!(WINDOW == BLOCK + 2 * MARGIN && GROUP.is_multiple_of(BLOCK)) };
    let (bytes, len) = (source.as_bytes(), source.len());
    if len < WINDOW {
        let mut rest = source;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(short::WORDS));
            let stop = rest.len();
            turn_alone(piece, &mut out[after.len()..stop]);
            rest = after;
        }
        return;
    }
    // The first and the last bytes of the text have no margin beyond them.
    let head = source.ceil_char_boundary(MARGIN);
    let tail = source.floor_char_boundary(len - MARGIN);
    turn_alone(&source[..head], &mut out[len - head..]);
    turn_alone(&source[tail..], &mut out[..len - tail]);
    let stop = len - MARGIN;

    let turn_at = |at: usize, out: &mut [MaybeUninit<u8>]| {
        if let Some(window) = bytes[at - MARGIN..].first_chunk()
            && let Some(block) = out[..len - at].last_chunk_mut()
        {
            turn(window, block);
        }
    };
    let mut at = head;
    while at + GROUP <= stop {
        if let Some(group) = bytes[at..].first_chunk()
            && let Some(block) = out[..len - at].last_chunk_mut()
            && mirror_ascii(group, block)
        {
        } else {
            for block in 0..GROUP / BLOCK {
                turn_at(at + block * BLOCK, out);
            }
        }
        at += GROUP;
    }
    while at + BLOCK <= stop {
        turn_at(at, out);
        at += BLOCK;
    }
    if at < stop {
        turn_at(stop - BLOCK, out);
    }
}
