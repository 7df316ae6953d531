//! Transposes items into columns: the first characters of all, then the second ones, and so on.
//!
//! With the vectors that every CPU of the architecture has: see [`baseline`](super::baseline).

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::baseline::{turn_bytes, turn_numbers};
use crate::fuzzy::kernel::lanes::{BATCH, PART, PIECE};
use crate::fuzzy::kernel::needle_state::Part;
use crate::memory::{self, must};

/// Bit that marks bytes past the end of a name: they are not ASCII and match nothing.
const END: u8 = 0x80;

/// Writes the characters of names into columns, and returns the number of columns.
pub(in crate::fuzzy::kernel) fn names<'b>(
    names: impl ExactSizeIterator<Item = (&'b Block, usize)>,
    text: &mut Vec<[u8; BATCH]>,
) -> usize {
    let mut spans = [(&[][..], 0, 0); BATCH];
    let spans = &mut spans[..names.len()];
    for (span, (block, at)) in spans.iter_mut().zip(names) {
        let (start, stop) = block.span(at);
        *span = (block.bytes(), start, stop);
    }
    let columns = spans.iter().map(|&(_, start, stop)| stop - start).max().unwrap_or(0);
    must(memory::reserve(text, columns.next_multiple_of(PIECE).saturating_sub(text.len())));
    text.resize(text.len().max(columns.next_multiple_of(PIECE)), [END; BATCH]);
    let text = &mut text[..columns.next_multiple_of(PIECE)];
    for (part, spans) in spans.chunks(PIECE).enumerate() {
        for (piece, text) in text.chunks_exact_mut(PIECE).enumerate() {
            let mut rows = [[END; PIECE]; PIECE];
            for (row, &(bytes, start, stop)) in rows.iter_mut().zip(spans) {
                let start = start + piece * PIECE;
                if start < stop {
                    *row = row_of(&bytes[start..], stop - start);
                }
            }
            turn_bytes(&rows, text, part * PIECE);
        }
    }
    columns
}

/// Returns the first bytes of a text, where those from `len` on have the bit `END`.
#[inline]
fn row_of(text: &[u8], len: usize) -> [u8; PIECE] {
    static ENDS: [u8; 2 * PIECE] = {
        let mut ends = [0; 2 * PIECE];
        let mut at = PIECE;
        while at < ends.len() {
            ends[at] = END;
            at += 1;
        }
        ends
    };
    let mut row = [END; PIECE];
    match text.first_chunk::<PIECE>() {
        Some(piece) => {
            let ends = &ENDS[PIECE - len.min(PIECE)..];
            row.iter_mut()
                .zip(piece.iter().zip(ends))
                .for_each(|(to, (byte, end))| *to = byte | end);
        }
        None => row[..len].copy_from_slice(&text[..len]),
    }
    row
}

/// Writes one field of the states of some items, `parts` for each item, by rows.
#[inline(never)]
pub(in crate::fuzzy::kernel) fn states(
    states: &[Part],
    parts: usize,
    of: fn(&Part) -> &[u16; PART],
    rows: &mut [[u16; BATCH]],
) {
    for (group, states) in states.chunks(PART * parts).enumerate() {
        for (part, rows) in rows.chunks_exact_mut(PART).enumerate() {
            let mut items = [[0; PART]; PART];
            for (item, state) in items.iter_mut().zip(states.chunks_exact(parts)) {
                *item = *of(&state[part]);
            }
            turn_numbers(&items, rows, group * PART);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzy::kernel::plain::transpose;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_one_by_one(
            bytes in any::<[[u8; PIECE]; PIECE]>(),
            numbers in any::<[[u16; PART]; PART]>(),
            at in 0..=BATCH - PIECE,
        ) {
            let (mut columns, mut expected) = ([[7; BATCH]; PIECE], [[7; BATCH]; PIECE]);
            turn_bytes(&bytes, &mut columns, at);
            transpose(&bytes, &mut expected, at);
            prop_assert_eq!(columns, expected);
            let (mut columns, mut expected) = ([[7; BATCH]; PART], [[7; BATCH]; PART]);
            turn_numbers(&numbers, &mut columns, at);
            transpose(&numbers, &mut expected, at);
            prop_assert_eq!(columns, expected);
        }
    }
}
