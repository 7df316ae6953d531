//! The baseline of x86-64, with SSE2, which every such CPU has: see [`baseline`](super::baseline).

use crate::fuzzy::kernel::lanes::{BATCH, PART, PIECE, Piece};
use std::arch::x86_64::*;

pub(in crate::fuzzy::kernel) type Eight = crate::fuzzy::kernel::vectors::Sse2;

#[inline]
pub(in crate::fuzzy::kernel) fn le_mask_64(numbers: &[u16; 64], most: u16) -> u64 {
    let mut bits = 0;
    for (part, sixteen) in numbers.as_chunks::<16>().0.iter().enumerate() {
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

#[inline]
pub(in crate::fuzzy::kernel) fn superset_4(masks: &[u32; 4], need: u32) -> u64 {
    // SAFETY: SSE2 is part of x86-64, and there are four numbers.
    unsafe {
        let need = _mm_set1_epi32(need.cast_signed());
        let has = _mm_and_si128(_mm_loadu_si128(masks.as_ptr().cast()), need);
        _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(has, need))) as u64
    }
}

#[inline]
pub(in crate::fuzzy::kernel) fn prefetch_line<T>(at: *const T) {
    // SAFETY: SSE is part of x86-64, and a prefetch may be of any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
}

#[derive(Clone, Copy)]
pub(in crate::fuzzy::kernel) struct Sixteen(__m128i);

impl Piece for Sixteen {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Sixteen {
        // SAFETY: the caller has sixteen bytes there.
        Sixteen(unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline(always)]
    unsafe fn folded(self) -> Sixteen {
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            // Shifted so that capitals are the smallest values.
            let moved = _mm_add_epi8(self.0, _mm_set1_epi8((128 - b'A') as i8));
            let capital = _mm_cmplt_epi8(moved, _mm_set1_epi8(-128 + 26));
            Sixteen(_mm_or_si128(self.0, _mm_and_si128(capital, _mm_set1_epi8(0x20))))
        }
    }

    #[inline(always)]
    unsafe fn find(self, byte: u8) -> u64 {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte as i8))) as u64 }
    }
}

/// Each step interleaves the first half of the rows with the second half, value by value. After log2 steps the rows
/// have become the columns.
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
                    all = std::array::from_fn(|to| {
                        let (one, other) = (all[to / 2], all[to / 2 + HALF]);
                        if to % 2 == 0 { $low(one, other) } else { $high(one, other) }
                    });
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
    /// Transposes bytes, like that of the scalar reference.
    turn_bytes, u8, PIECE, _mm_unpacklo_epi8, _mm_unpackhi_epi8
);
turn!(
    /// Transposes numbers, like that of the scalar reference.
    turn_numbers, u16, PART, _mm_unpacklo_epi16, _mm_unpackhi_epi16
);
