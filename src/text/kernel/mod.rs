//! SIMD kernels for the text functions: reversing and counting at memory bandwidth.
//!
//! # What is this for?
//!
//! Five operations have a kernel, because much of `text` is built on them: reversal of bytes, reversal of characters, and
//! counting characters, UTF-16 units and line feeds.
//!
//! # What does it cost?
//!
//! Nothing is allocated, and no input is validated first: invalid UTF-8 costs the same as valid text. Up to 16 bytes
//! of ASCII take one or two nanoseconds inline, up to 64 bytes of anything three or four with AVX-512. A megabyte is
//! processed at these speeds, in GB/s where `memcpy` reaches 60 (Zen 5; "mixed" is ASCII amid five other scripts):
//!
//! | Set | reverse bytes | reverse ASCII | reverse mixed | count ASCII | count mixed | UTF-16 of mixed | line feeds |
//! |---|--:|--:|--:|--:|--:|--:|--:|
//! | avx512 | 60 | 60 | 44 | 145 | 59 | 66 | 145 |
//! | avx2 | 58 | 58 | 19 | 135 | 25 | 32 | 98 |
//! | ssse3 | 58 | 54 | 9.5 | 95 | 11 | 13 | 55 |
//! | scalar | 28 | 0.6 | 0.6 | 3.8 / 1.4 | 3.2 | 1.7 | 4.3 |
//!
//! # How is a set chosen?
//!
//! Once, at the first call that needs one, from what the CPU reports; afterwards a call costs one load, one branch
//! and one indirect jump. [`name`] returns the choice. Each set is a [`Kernel`]; [`available`] lists those that this
//! CPU can run, so that tests compare each of them with [`Kernel::scalar`].
//!
//! # What counts as a character?
//!
//! A maximal invalid subsequence (the WHATWG rule, as [`String::from_utf8_lossy`] applies it) is one character and
//! one UTF-16 unit, U+FFFD. `count_utf8` explains how that is counted without decoding.
//!
//! # Where does it come from?
//!
//! The three-lookup classification of byte pairs is that of Keiser and Lemire, *Validating UTF-8 In Less Than One
//! Instruction Per Byte* (2020), turned from a test into a count. The reversal of characters is our own.
#![allow(unsafe_code)] // vector loads and stores, and calls that need a CPU feature, cannot be written without

use once_cell::race::OnceRef;
use std::mem::MaybeUninit;

#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
mod count_utf8;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
mod reverse;
mod scalar;
mod short;
mod table;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use table::Kernel;

/// Writes the bytes of `source` to `out` in reverse order.
///
/// # Panics
///
/// When the lengths differ.
#[inline]
pub fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    assert_eq!(source.len(), out.len(), "a reversal is as long as its source");
    if source.len() <= short::REVERSED {
        short::reverse_bytes(source, out);
    } else {
        chosen().reverse_bytes(source, out);
    }
}

/// Writes the characters of `source` to `out` in reverse order, the bytes of each in their own order, so that `out` is
/// valid UTF-8 if `source` is.
///
/// # Panics
///
/// When the lengths differ.
#[inline]
pub fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    assert_eq!(source.len(), out.len(), "a reversal is as long as its source");
    if source.len() <= short::WORDS && short::is_ascii(source.as_bytes()) {
        short::reverse_bytes(source.as_bytes(), out);
    } else {
        chosen().reverse_chars(source, out);
    }
}

/// Returns the number of characters in `source`; each maximal invalid subsequence is one.
#[inline]
pub fn count_chars(source: &[u8]) -> usize {
    if source.len() <= short::WORDS && short::is_ascii(source) {
        return source.len();
    }
    chosen().count_chars(source)
}

/// Returns the number of UTF-16 code units in `source`, with each maximal invalid subsequence replaced by U+FFFD.
#[inline]
pub fn count_utf16(source: &[u8]) -> usize {
    if source.len() <= short::WORDS && short::is_ascii(source) {
        return source.len();
    }
    chosen().count_utf16(source)
}

/// Returns the number of line feeds in `source`.
#[inline]
pub fn count_newlines(source: &[u8]) -> usize {
    if source.len() <= short::WORDS {
        return short::count_newlines(source);
    }
    chosen().count_newlines(source)
}

/// Returns the name of the set in use: `"scalar"`, `"ssse3"`, `"avx2"`, `"avx512"` or `"neon"`.
pub fn name() -> &'static str {
    chosen().name
}

impl Kernel {
    /// Returns the scalar reference, which runs on every CPU.
    pub fn scalar() -> &'static Kernel {
        &scalar::KERNEL
    }
}

/// Iterates over the sets that this CPU can run, fastest first, the scalar reference last.
pub fn available() -> impl Iterator<Item = &'static Kernel> {
    #[cfg(target_arch = "x86_64")]
    let vector = x86::available();
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    let vector = [&neon::KERNEL]; // NEON is part of the architecture
    #[cfg(not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little")
    )))]
    let vector: [&'static Kernel; 0] = [];
    vector.into_iter().chain([Kernel::scalar()])
}

#[inline]
fn chosen() -> &'static Kernel {
    static CHOSEN: OnceRef<'static, Kernel> = OnceRef::new();
    CHOSEN.get_or_init(|| available().next().unwrap_or(Kernel::scalar()))
}
