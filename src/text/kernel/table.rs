//! The functions of a kernel, and the conditions under which they may be called.

use std::mem::MaybeUninit;

/// A kernel: an implementation of every function for one kind of CPU.
///
/// The only accessible values are those of [`Kernel::scalar`] and [`available`](super::available), so a value exists only on a CPU that has
/// its instructions.
pub struct Kernel {
    pub(super) name: &'static str,
    /// Safety: for the two reversals source and output have the same length; for all five the CPU has the features.
    pub(super) reverse_bytes: unsafe fn(&[u8], &mut [MaybeUninit<u8>]),
    pub(super) reverse_chars: unsafe fn(&str, &mut [MaybeUninit<u8>]),
    pub(super) count_chars: unsafe fn(&[u8]) -> usize,
    pub(super) count_utf16: unsafe fn(&[u8]) -> usize,
    pub(super) count_newlines: unsafe fn(&[u8]) -> usize,
}

impl Kernel {
    /// Returns `"scalar"`, `"ssse3"`, `"avx2"`, `"avx512"` or `"neon"`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// See [`reverse_bytes`](super::reverse_bytes).
    #[inline]
    pub fn reverse_bytes(&self, source: &[u8], out: &mut [MaybeUninit<u8>]) {
        assert_eq!(source.len(), out.len(), "a reversal is as long as its source");
        // SAFETY: an accessible kernel has its CPU features (see the type).
        unsafe { (self.reverse_bytes)(source, out) }
    }

    /// See [`reverse_chars`](super::reverse_chars).
    #[inline]
    pub fn reverse_chars(&self, source: &str, out: &mut [MaybeUninit<u8>]) {
        assert_eq!(source.len(), out.len(), "a reversal is as long as its source");
        // SAFETY: an accessible kernel has its CPU features (see the type).
        unsafe { (self.reverse_chars)(source, out) }
    }

    /// See [`count_chars`](super::count_chars).
    #[inline]
    pub fn count_chars(&self, source: &[u8]) -> usize {
        // SAFETY: an accessible kernel has its CPU features (see the type).
        unsafe { (self.count_chars)(source) }
    }

    /// See [`count_utf16`](super::count_utf16).
    #[inline]
    pub fn count_utf16(&self, source: &[u8]) -> usize {
        // SAFETY: an accessible kernel has its CPU features (see the type).
        unsafe { (self.count_utf16)(source) }
    }

    /// See [`count_newlines`](super::count_newlines).
    #[inline]
    pub fn count_newlines(&self, source: &[u8]) -> usize {
        // SAFETY: an accessible kernel has its CPU features (see the type).
        unsafe { (self.count_newlines)(source) }
    }
}
