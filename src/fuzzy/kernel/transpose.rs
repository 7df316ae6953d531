//! Transposes items into columns: the first characters of all, then the second ones, and so on.
//!
//! With SSE2, which every x86-64 CPU has; elsewhere with plain code.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::lanes::BATCH;
use crate::fuzzy::kernel::needle_state::{PART, Part};
use crate::memory::{self, must};

/// Number of bytes, and of names, that are transposed at once.
const PIECE: usize = 16;

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

#[cfg(target_arch = "x86_64")]
use vectors::{turn_bytes, turn_numbers};
#[cfg(not(target_arch = "x86_64"))]
use {transpose as turn_bytes, transpose as turn_numbers};

/// Transposes a square of rows into columns, from the place `at` of the columns on.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn transpose<T: Copy, const N: usize>(rows: &[[T; N]; N], columns: &mut [[T; BATCH]], at: usize) {
    for (row, values) in rows.iter().enumerate() {
        columns.iter_mut().zip(values).for_each(|(column, &value)| column[at + row] = value);
    }
}

#[cfg(target_arch = "x86_64")]
mod vectors {
    use super::{BATCH, PART, PIECE};
    use std::arch::x86_64::*;

    /// Each step interleaves the first half of the rows with the second half, value by value. After log2 steps the rows
    /// have become the columns.
    ///
    /// By pairs, which the compiler unrolls: 31 ns for 16 rows of bytes and 10 ns for 8 of numbers, against 127 and 45 ns in
    /// plain code, and 200 ns for bytes with a loop over the results.
    macro_rules! turn {
        ($(#[$doc:meta])* $name:ident, $value:ty, $count:ident, $low:ident, $high:ident) => {
            $(#[$doc])*
            #[inline]
            pub(in crate::fuzzy::kernel) fn $name(
                rows: &[[$value; $count]; $count],
                columns: &mut [[$value; BATCH]],
                at: usize,
            ) {
                const HALF: usize = $count / 2;
                // SAFETY: SSE2 is part of x86-64, and a row is as long as a vector.
                unsafe {
                    let mut all: [__m128i; $count] =
                        std::array::from_fn(|row| _mm_loadu_si128(rows[row].as_ptr().cast()));
                    for _ in 0..$count.ilog2() {
                        let before = all;
                        for at in 0..HALF {
                            all[2 * at] = $low(before[at], before[at + HALF]);
                            all[2 * at + 1] = $high(before[at], before[at + HALF]);
                        }
                    }
                    for (column, turned) in columns.iter_mut().zip(all) {
                        let place: &mut [$value; $count] =
                            column[at..].first_chunk_mut().unwrap_or_else(|| unreachable!());
                        _mm_storeu_si128(place.as_mut_ptr().cast(), turned);
                    }
                }
            }
        };
    }

    turn!(
        /// Transposes bytes, like the plain `transpose`.
        turn_bytes, u8, PIECE, _mm_unpacklo_epi8, _mm_unpackhi_epi8
    );
    turn!(
        /// Transposes numbers, like the plain `transpose`.
        turn_numbers, u16, PART, _mm_unpacklo_epi16, _mm_unpackhi_epi16
    );
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
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
