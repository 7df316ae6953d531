//! The baseline of arm64, with NEON, which every such CPU has: see [`baseline`](super::baseline).
//!
//! There is no `movemask`: bits are computed by pairwise sums of bytes that have one bit each.

use crate::fuzzy::kernel::lanes::{BATCH, Lanes, PART, PIECE, Piece};
use std::arch::aarch64::*;

/// Returns one bit for each byte of four vectors whose bytes are 0 or 255.
#[inline(always)]
fn bits_64(vectors: [uint8x16_t; 4]) -> u64 {
    const PLACES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: NEON is part of arm64, and there are sixteen bytes.
    unsafe {
        let places = vld1q_u8(PLACES.as_ptr());
        let [a, b, c, d] = vectors.map(|vector| vandq_u8(vector, places));
        let quarters = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(quarters, quarters)))
    }
}

#[inline]
pub(in crate::fuzzy::kernel) fn le_mask_64(numbers: &[u16; 64], most: u16) -> u64 {
    // SAFETY: NEON is part of arm64, and each load is of eight of the 64 numbers.
    let sixteen = |part: usize| unsafe {
        let most = vdupq_n_u16(most);
        let le = |at: usize| vmovn_u16(vcleq_u16(vld1q_u16(numbers[at..at + 8].as_ptr()), most));
        vcombine_u8(le(16 * part), le(16 * part + 8))
    };
    bits_64([0, 1, 2, 3].map(sixteen))
}

#[inline]
pub(in crate::fuzzy::kernel) fn superset_4(masks: &[u32; 4], need: u32) -> u64 {
    const PLACES: [u32; 4] = [1, 2, 4, 8];
    // SAFETY: NEON is part of arm64, and there are four numbers.
    unsafe {
        let need = vdupq_n_u32(need);
        let has = vceqq_u32(vandq_u32(vld1q_u32(masks.as_ptr()), need), need);
        vaddvq_u32(vandq_u32(has, vld1q_u32(PLACES.as_ptr()))).into()
    }
}

#[inline]
pub(in crate::fuzzy::kernel) fn prefetch_line<T>(at: *const T) {
    // SAFETY: a prefetch may be of any address.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{at}]", at = in(reg) at, options(nostack, readonly, preserves_flags))
    }
}

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(in crate::fuzzy::kernel) struct Sixteen(uint8x16_t);

impl Piece for Sixteen {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Sixteen {
        // SAFETY: the caller has sixteen bytes there.
        Sixteen(unsafe { vld1q_u8(from) })
    }

    #[inline(always)]
    unsafe fn folded(self) -> Sixteen {
        // SAFETY: NEON is part of arm64.
        unsafe {
            let from_first = vsubq_u8(self.0, vdupq_n_u8(b'A'));
            let capital = vcltq_u8(from_first, vdupq_n_u8(26));
            Sixteen(vorrq_u8(self.0, vandq_u8(capital, vdupq_n_u8(0x20))))
        }
    }

    #[inline(always)]
    unsafe fn find(self, byte: u8) -> u64 {
        // SAFETY: NEON is part of arm64.
        unsafe {
            let none = vdupq_n_u8(0);
            bits_64([vceqq_u8(self.0, vdupq_n_u8(byte)), none, none, none])
        }
    }
}

/// Eight lanes.
#[derive(Clone, Copy)]
pub(in crate::fuzzy::kernel) struct Eight(uint16x8_t);

/// Defines functions of two vectors, each by one instruction.
macro_rules! lanes {
    ($($function:ident = $instruction:ident),+) => {$(
        #[inline(always)]
        unsafe fn $function(self, other: Eight) -> Eight {
            // SAFETY: NEON is part of arm64.
            Eight(unsafe { $instruction(self.0, other.0) })
        }
    )+};
}

impl Lanes for Eight {
    const N: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: u16) -> Eight {
        // SAFETY: NEON is part of arm64.
        Eight(unsafe { vdupq_n_u16(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u16) -> Eight {
        // SAFETY: the caller has eight numbers there.
        Eight(unsafe { vld1q_u16(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u16) {
        // SAFETY: the caller has room for eight numbers there.
        unsafe { vst1q_u16(to, self.0) }
    }

    #[inline(always)]
    unsafe fn widen(from: *const u8) -> Eight {
        // SAFETY: the caller has eight bytes there.
        Eight(unsafe { vmovl_u8(vld1_u8(from)) })
    }

    lanes!(
        add = vaddq_u16,
        sub = vsubq_u16,
        less = vqsubq_u16,
        max = vmaxq_u16,
        eq = vceqq_u16,
        and = vandq_u16,
        or = vorrq_u16,
        without = vbicq_u16
    );

    #[inline(always)]
    unsafe fn not_and(self, other: Eight) -> Eight {
        // SAFETY: as in `without`.
        unsafe { other.without(self) }
    }

    #[inline(always)]
    unsafe fn shifted(self, before: Eight) -> Eight {
        // SAFETY: NEON is part of arm64.
        Eight(unsafe { vextq_u16::<7>(before.0, self.0) })
    }
}

/// Defines a transposition. Each step interleaves the first half of the rows with the second half, value by value. After
/// log2 steps the rows have become the columns.
macro_rules! turn {
    ($(#[$doc:meta])* $name:ident, $value:ty, $count:ident, $load:ident, $store:ident, $low:ident, $high:ident) => {
        $(#[$doc])*
        #[inline]
        pub(in crate::fuzzy::kernel) fn $name(
            rows: &[[$value; $count]; $count],
            columns: &mut [[$value; BATCH]],
            at: usize,
        ) {
            const HALF: usize = $count / 2;
            // SAFETY: NEON is part of arm64, and a row is as long as a vector.
            unsafe {
                let mut all: [_; $count] = std::array::from_fn(|row| $load(rows[row].as_ptr()));
                for _ in 0..$count.ilog2() {
                    all = std::array::from_fn(|to| {
                        let (one, other) = (all[to / 2], all[to / 2 + HALF]);
                        if to % 2 == 0 { $low(one, other) } else { $high(one, other) }
                    });
                }
                for (column, turned) in columns.iter_mut().zip(all) {
                    let place: &mut [$value; $count] =
                        column[at..].first_chunk_mut().unwrap_or_else(|| unreachable!());
                    $store(place.as_mut_ptr(), turned);
                }
            }
        }
    };
}

turn!(
    /// Transposes bytes, like that of the scalar reference.
    turn_bytes, u8, PIECE, vld1q_u8, vst1q_u8, vzip1q_u8, vzip2q_u8
);
turn!(
    /// Transposes numbers, like that of the scalar reference.
    turn_numbers, u16, PART, vld1q_u16, vst1q_u16, vzip1q_u16, vzip2q_u16
);
