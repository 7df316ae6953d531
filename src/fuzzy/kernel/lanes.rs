//! The operations that the scorers need on a vector of 16-bit numbers.

/// Number of items in a batch, which is the number of lanes of the widest vectors.
pub(in crate::fuzzy) const BATCH: usize = 32;

/// Number of numbers that are transposed at once, and of characters in a part of a needle's state.
pub(super) const PART: usize = 8;

/// Number of bytes, and of names, that are transposed at once.
pub(super) const PIECE: usize = 16;

/// A vector of numbers, none of which ever exceeds 32,767.
///
/// # Safety
///
/// Every function may be called only where the CPU has the instructions of the implementation; `load`, `store` and `widen`
/// touch as many elements as there are lanes.
pub(super) trait Lanes: Copy {
    /// Number of lanes.
    const N: usize;
    unsafe fn splat(value: u16) -> Self;
    unsafe fn load(from: *const u16) -> Self;
    unsafe fn store(self, to: *mut u16);
    /// Loads bytes, one per lane.
    unsafe fn widen(from: *const u8) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    /// Returns the difference, wrapping around.
    unsafe fn sub(self, other: Self) -> Self;
    /// Returns the difference, or 0 if it is negative.
    unsafe fn less(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// Returns all bits in the lanes that are equal, and no bits in the others.
    unsafe fn eq(self, other: Self) -> Self;
    unsafe fn and(self, other: Self) -> Self;
    unsafe fn or(self, other: Self) -> Self;
    /// Returns the bits of `other` that `self` does not have.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    unsafe fn not_and(self, other: Self) -> Self;
    /// Returns the bits of `self` that `mask` does not have.
    unsafe fn without(self, mask: Self) -> Self;
    /// Returns the numbers moved up by one lane, with the last number of `before` in the first lane.
    unsafe fn shifted(self, before: Self) -> Self;
}

/// Eight lanes, in plain code that compilers vectorize.
#[derive(Clone, Copy)]
pub(super) struct Plain([u16; 8]);

impl Plain {
    #[inline(always)]
    fn zip(self, other: Plain, f: impl Fn(u16, u16) -> u16) -> Plain {
        Plain(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl Lanes for Plain {
    const N: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: u16) -> Plain {
        Plain([value; 8])
    }

    #[inline(always)]
    unsafe fn load(from: *const u16) -> Plain {
        // SAFETY: the caller has eight numbers there.
        Plain(unsafe { from.cast::<[u16; 8]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u16) {
        // SAFETY: the caller has room for eight numbers there.
        unsafe { to.cast::<[u16; 8]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn widen(from: *const u8) -> Plain {
        // SAFETY: the caller has eight bytes there.
        Plain(unsafe { from.cast::<[u8; 8]>().read_unaligned() }.map(u16::from))
    }

    #[inline(always)]
    unsafe fn add(self, other: Plain) -> Plain {
        self.zip(other, u16::wrapping_add)
    }

    #[inline(always)]
    unsafe fn sub(self, other: Plain) -> Plain {
        self.zip(other, u16::wrapping_sub)
    }

    #[inline(always)]
    unsafe fn less(self, other: Plain) -> Plain {
        self.zip(other, u16::saturating_sub)
    }

    #[inline(always)]
    unsafe fn max(self, other: Plain) -> Plain {
        self.zip(other, u16::max)
    }

    #[inline(always)]
    unsafe fn eq(self, other: Plain) -> Plain {
        self.zip(other, |a, b| if a == b { u16::MAX } else { 0 })
    }

    #[inline(always)]
    unsafe fn and(self, other: Plain) -> Plain {
        self.zip(other, |a, b| a & b)
    }

    #[inline(always)]
    unsafe fn or(self, other: Plain) -> Plain {
        self.zip(other, |a, b| a | b)
    }

    #[inline(always)]
    unsafe fn not_and(self, other: Plain) -> Plain {
        self.zip(other, |a, b| !a & b)
    }

    #[inline(always)]
    unsafe fn without(self, mask: Plain) -> Plain {
        self.zip(mask, |a, b| a & !b)
    }

    #[inline(always)]
    unsafe fn shifted(self, before: Plain) -> Plain {
        Plain(std::array::from_fn(|i| if i == 0 { before.0[7] } else { self.0[i - 1] }))
    }
}

/// A piece of a name that is loaded at once, and searched for characters.
///
/// # Safety
///
/// Every function may be called only where the CPU has the instructions of the implementation; `load` reads `BYTES` bytes.
pub(super) trait Piece: Copy {
    const BYTES: usize;
    unsafe fn load(from: *const u8) -> Self;
    /// Returns the piece with capital ASCII letters in lower case.
    unsafe fn folded(self) -> Self;
    /// Returns one bit for each byte that equals `byte`, that of the first byte being the lowest.
    unsafe fn find(self, byte: u8) -> u64;
}
