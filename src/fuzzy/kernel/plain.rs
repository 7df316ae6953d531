//! The baseline of any CPU, and the reference for the others: see [`baseline`](super::baseline).
#![cfg_attr(any(target_arch = "x86_64", target_arch = "aarch64"), allow(dead_code, unused_imports))] // others are compared with it

use crate::fuzzy::kernel::lanes::{BATCH, Piece};

pub(in crate::fuzzy::kernel) type Eight = crate::fuzzy::kernel::lanes::Plain;

/// Returns which of 64 numbers are not greater than `most`.
#[inline]
pub(in crate::fuzzy::kernel) fn le_mask_64(numbers: &[u16; 64], most: u16) -> u64 {
    let bit = |bits, (at, &number): (usize, &u16)| bits | u64::from(number <= most) << at;
    numbers.iter().enumerate().fold(0, bit)
}

/// Returns which of four masks have all bits of `need`.
#[inline]
pub(in crate::fuzzy::kernel) fn superset_4(masks: &[u32; 4], need: u32) -> u64 {
    let bit = |bits, (at, &mask): (usize, &u32)| bits | u64::from(mask & need == need) << at;
    masks.iter().enumerate().fold(0, bit)
}

/// Prefetches nothing.
#[inline]
pub(in crate::fuzzy::kernel) fn prefetch_line<T>(_: *const T) {}

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(in crate::fuzzy::kernel) struct Sixteen([u8; 16]);

impl Piece for Sixteen {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Sixteen {
        // SAFETY: the caller has sixteen bytes there.
        Sixteen(unsafe { from.cast::<[u8; 16]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn folded(self) -> Sixteen {
        Sixteen(self.0.map(|byte| byte.to_ascii_lowercase()))
    }

    #[inline(always)]
    unsafe fn find(self, byte: u8) -> u64 {
        let bit = |bits, (at, &own): (usize, &u8)| bits | u64::from(own == byte) << at;
        self.0.iter().enumerate().fold(0, bit)
    }
}

/// Transposes a square of rows into columns, from the place `at` of the columns on.
pub(in crate::fuzzy::kernel) fn transpose<T: Copy, const N: usize>(
    rows: &[[T; N]; N],
    columns: &mut [[T; BATCH]],
    at: usize,
) {
    for (row, values) in rows.iter().enumerate() {
        columns.iter_mut().zip(values).for_each(|(column, &value)| column[at + row] = value);
    }
}

pub(in crate::fuzzy::kernel) use {transpose as turn_bytes, transpose as turn_numbers};
