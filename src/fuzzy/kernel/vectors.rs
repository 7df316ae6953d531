//! The vectors of x86-64: SSE2, which every such CPU has, AVX2 and AVX-512.

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// Defines a kind of vector, and the instructions that implement its operations.
macro_rules! lanes {
    ($(#[$doc:meta])* $name:ident, $vector:ty, $count:literal, $splat:ident, $load:ident, $store:ident,
     |$bytes:ident| $widen:expr, |$one:ident, $before:ident| $shifted:expr,
     $($function:ident = $instruction:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name($vector);

        impl Lanes for $name {
            const N: usize = $count;

            #[inline(always)]
            unsafe fn splat(value: u16) -> $name {
                // SAFETY: the caller's CPU has the instruction; so below.
                $name(unsafe { $splat(value.cast_signed()) })
            }

            #[inline(always)]
            unsafe fn load(from: *const u16) -> $name {
                // SAFETY: the caller has so many numbers there.
                $name(unsafe { $load(from.cast()) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut u16) {
                // SAFETY: the caller has room for so many numbers there.
                unsafe { $store(to.cast(), self.0) }
            }

            #[inline(always)]
            unsafe fn widen($bytes: *const u8) -> $name {
                // SAFETY: the caller has so many bytes there.
                $name(unsafe { $widen })
            }

            #[inline(always)]
            unsafe fn without(self, mask: $name) -> $name {
                // SAFETY: see above.
                unsafe { mask.not_and(self) }
            }

            #[inline(always)]
            unsafe fn shifted(self, before: $name) -> $name {
                let ($one, $before) = (self.0, before.0);
                // SAFETY: see above.
                $name(unsafe { $shifted })
            }

            $(#[inline(always)]
            unsafe fn $function(self, other: $name) -> $name {
                // SAFETY: see above.
                $name(unsafe { $instruction(self.0, other.0) })
            })+
        }
    };
}

lanes!(
    /// Eight lanes.
    Sse2, __m128i, 8, _mm_set1_epi16, _mm_loadu_si128, _mm_storeu_si128,
    |bytes| _mm_unpacklo_epi8(_mm_loadl_epi64(bytes.cast()), _mm_setzero_si128()),
    |one, before| _mm_or_si128(_mm_slli_si128::<2>(one), _mm_srli_si128::<14>(before)),
    add = _mm_add_epi16, sub = _mm_sub_epi16, less = _mm_subs_epu16, max = _mm_max_epi16,
    eq = _mm_cmpeq_epi16, and = _mm_and_si128, or = _mm_or_si128, not_and = _mm_andnot_si128
);

lanes!(
    /// Sixteen lanes.
    Avx2, __m256i, 16, _mm256_set1_epi16, _mm256_loadu_si256, _mm256_storeu_si256,
    |bytes| _mm256_cvtepu8_epi16(_mm_loadu_si128(bytes.cast())),
    // Align with the upper half of `before` and the lower half of `one`.
    |one, before| _mm256_alignr_epi8::<14>(one, _mm256_permute2x128_si256::<0x21>(before, one)),
    add = _mm256_add_epi16, sub = _mm256_sub_epi16, less = _mm256_subs_epu16, max = _mm256_max_epi16,
    eq = _mm256_cmpeq_epi16, and = _mm256_and_si256, or = _mm256_or_si256,
    not_and = _mm256_andnot_si256
);

lanes!(
    /// Thirty-two lanes.
    Avx512, __m512i, 32, _mm512_set1_epi16, loadu_512, storeu_512,
    |bytes| _mm512_cvtepu8_epi16(_mm256_loadu_si256(bytes.cast())),
    // Align with the last quarter of `before` and the first three of `one`.
    |one, before| {
        let over = _mm512_alignr_epi64::<6>(one, before);
        _mm512_alignr_epi8::<14>(one, over)
    },
    add = _mm512_add_epi16, sub = _mm512_sub_epi16, less = _mm512_subs_epu16, max = _mm512_max_epi16,
    eq = eq_512, and = _mm512_and_si512, or = _mm512_or_si512, not_and = _mm512_andnot_si512
);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn eq_512(one: __m512i, other: __m512i) -> __m512i {
    _mm512_movm_epi16(_mm512_cmpeq_epi16_mask(one, other))
}

/// # Safety
///
/// There are 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn loadu_512(from: *const __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_loadu_si512(from) }
}

/// # Safety
///
/// There is room for 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn storeu_512(to: *mut __m512i, vector: __m512i) {
    // SAFETY: the caller's promise.
    unsafe { _mm512_storeu_si512(to, vector) }
}
