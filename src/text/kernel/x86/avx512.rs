//! The AVX-512 kernel: 64 bytes at a time with `vpermb`; masked loads and stores for shorter inputs.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::super::table::Kernel;
use crate::text::kernel::count_utf8::{self, LEAD_HIGH, LEAD_LOW, OF_FOUR, OF_THREE, SECOND};
use crate::text::kernel::reverse::{self, MARGIN, TURN};

const BLOCK: usize = 64;
const WINDOW: usize = BLOCK + 2 * MARGIN;
const GROUP: usize = 4 * BLOCK;

pub(super) static KERNEL: Kernel = Kernel {
    name: "avx512",
    reverse_bytes,
    reverse_chars,
    count_chars,
    count_utf16,
    count_newlines,
};

/// 0, 1, 2, …, 63
const IN_ORDER: [u8; BLOCK] = {
    let mut table = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        table[at] = at as u8;
        at += 1;
    }
    table
};

/// Indexed by the distance of a byte from `C0`, as [`above_c0`] returns it: the class of a lead, 0 for `C0`.
const LEADS: [u8; BLOCK] = {
    let mut table = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        table[at] = LEAD_HIGH[0xc + at / 16] & LEAD_LOW[at % 16];
        at += 1;
    }
    table
};

/// Indexed by the low six bits of a byte in `80..=BF`: the leads that it may follow.
const SECONDS: [u8; BLOCK] = {
    let mut table = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        table[at] = SECOND[8 + at / 16];
        at += 1;
    }
    table
};

#[inline]
#[target_feature(enable = "avx512bw")]
fn load(bytes: &[u8], at: usize) -> __m512i {
    let bytes: &[u8; BLOCK] = bytes[at..].first_chunk().expect("a whole vector");
    // SAFETY: an unaligned load of the 64 bytes of the array.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Loads the first 64 bytes or fewer, padded with zeroes.
#[inline]
#[target_feature(enable = "avx512bw")]
fn load_some(bytes: &[u8]) -> __m512i {
    // SAFETY: a masked load touches no byte beyond its mask, and the mask none beyond the slice.
    unsafe { _mm512_maskz_loadu_epi8(first(bytes.len()), bytes.as_ptr().cast()) }
}

/// Returns a mask of the lowest `count` bits, of all bits from 64 on.
#[inline]
fn first(count: usize) -> u64 {
    !u64::MAX.checked_shl(count as u32).unwrap_or(0)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn store(vector: __m512i, out: &mut [MaybeUninit<u8>; BLOCK]) {
    // SAFETY: an unaligned store to the 64 bytes of the array.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), vector) }
}

/// Stores the upper bytes of the vector, as many as fit (at most 64).
#[inline]
#[target_feature(enable = "avx512bw")]
fn store_last(vector: __m512i, out: &mut [MaybeUninit<u8>]) {
    let absent = BLOCK - out.len();
    // SAFETY: a masked store touches no byte outside its mask, and the mask begins where the slice does.
    unsafe {
        let start = out.as_mut_ptr().wrapping_sub(absent);
        _mm512_mask_storeu_epi8(start.cast(), !first(absent), vector)
    }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn in_order() -> __m512i {
    load(&IN_ORDER, 0)
}

#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn mirrored(vector: __m512i) -> __m512i {
    let last_first = _mm512_xor_si512(in_order(), _mm512_set1_epi8(63));
    _mm512_permutexvar_epi8(last_first, vector)
}

#[target_feature(enable = "avx512bw,avx512vbmi")]
fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    if source.len() < BLOCK {
        return store_last(mirrored(load_some(source)), out);
    }
    reverse::bytes::<BLOCK, GROUP>(source, out, |block, out| store(mirrored(load(block, 0)), out));
}

/// [`TURN`] indexed by the distance of a byte from `C0`, as [`above_c0`] returns it.
const LEAD_TURN: [[i8; BLOCK]; 4] = {
    let mut tables = [[0; BLOCK]; 4];
    let mut at = 0;
    while at < 4 * BLOCK {
        // `C0` itself stands for all bytes that are not leads.
        if at % BLOCK > 0 {
            tables[at / BLOCK][at % BLOCK] = TURN[at / BLOCK][0xc + at % BLOCK / 16];
        }
        at += 1;
    }
    tables
};

/// Indexes of the middle of a window in its first 64 bytes followed by its last 64: one half in each.
const MIDDLE: [u8; BLOCK] = {
    let mut table = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        table[at] = (if at < BLOCK / 2 { at + MARGIN } else { at + BLOCK - MARGIN }) as u8;
        at += 1;
    }
    table
};

/// Leads as an index for `vpermb`, every other byte as 0. Unlike the equivalent comparisons and shifts, subtraction does
/// not compete with permutations for execution ports.
#[inline]
#[target_feature(enable = "avx512bw")]
fn above_c0(bytes: __m512i) -> __m512i {
    _mm512_subs_epu8(bytes, _mm512_set1_epi8(0xc0_u8 as i8))
}

/// Returns for each byte the index of the byte it takes, given its own index and the bytes one to three before it.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn turn(place: __m512i, before: [__m512i; 4]) -> __m512i {
    let [a, b, c, d]: [__m512i; 4] = std::array::from_fn(|k| {
        // SAFETY: an unaligned load of the 64 bytes of the array.
        let entries = unsafe { _mm512_loadu_si512(LEAD_TURN[k].as_ptr().cast()) };
        _mm512_permutexvar_epi8(above_c0(before[k]), entries)
    });
    _mm512_add_epi8(_mm512_add_epi8(_mm512_add_epi8(a, b), _mm512_add_epi8(c, d)), place)
}

/// The vectors that begin three, two and one bytes into a window, as indexes into its first 64 bytes followed by its last
/// 64. Permuting them out of these two costs less than loading them across cache lines.
const WITHIN: [[u8; BLOCK]; MARGIN] = {
    let mut tables = [[0; BLOCK]; MARGIN];
    let mut at = 0;
    while at < MARGIN * BLOCK {
        let place = at % BLOCK + MARGIN - at / BLOCK;
        let skipped = if place < BLOCK { 0 } else { BLOCK - 2 * MARGIN };
        tables[at / BLOCK][at % BLOCK] = (place + skipped) as u8;
        at += 1;
    }
    tables
};

/// Reverses the characters in the middle of the window.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn turned(window: &[u8; WINDOW]) -> __m512i {
    let (first, last) = (load(window, 0), load(window, 2 * MARGIN));
    let [now, one, two] =
        WITHIN.each_ref().map(|places| _mm512_permutex2var_epi8(first, load(places, 0), last));
    let from = turn(load(&MIDDLE, 0), [now, one, two, first]);
    mirrored(_mm512_permutex2var_epi8(first, from, last))
}

/// Reverses the characters of a text of up to 64 bytes.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn turn_alone(source: &str, out: &mut [MaybeUninit<u8>]) {
    let text = load_some(source.as_bytes());
    let before = [0, 1, 2, 3].map(|k| {
        let place = _mm512_sub_epi8(in_order(), _mm512_set1_epi8(k));
        _mm512_maskz_permutexvar_epi8(!0 << k, place, text)
    });
    let from = turn(in_order(), before);
    store_last(mirrored(_mm512_permutexvar_epi8(from, text)), out);
}

#[target_feature(enable = "avx512bw,avx512vbmi")]
fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    if source.len() <= BLOCK {
        return turn_alone(source, out);
    }
    reverse::chars::<BLOCK, WINDOW, GROUP>(
        source,
        out,
        |window, out| store(turned(window), out),
        |source, out| turn_alone(source, out),
        |group, out| {
            if !is_ascii(group) {
                return false;
            }
            for (at, out) in out.as_chunks_mut().0.iter_mut().rev().enumerate() {
                store(mirrored(load(group, at * BLOCK)), out);
            }
            true
        },
    );
}

/// Returns the bytes of `now` that are absorbed. Bytes stay in vectors to the end: a version with [`count_utf8::Masks`]
/// would wait for moves from mask registers to general ones.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn absorbed<const UTF16: bool>(before: __m512i, now: __m512i) -> u64 {
    let from = |byte: u8| _mm512_set1_epi8(byte as i8);
    let follower = _mm512_cmplt_epi8_mask(now, from(0xc0));
    let second = _mm512_and_si512(
        _mm512_permutexvar_epi8(above_c0(before), load(&LEADS, 0)),
        _mm512_maskz_permutexvar_epi8(follower, now, load(&SECONDS, 0)),
    );
    // The class of the lead is passed on to its followers, as many as the class allows. The first byte has none before it
    // and gets its own class again, which adds nothing: where there is one, the byte is absorbed anyway.
    let previous = _mm512_subs_epu8(in_order(), from(1));
    let or_and = |all, class, of| _mm512_ternarylogic_epi32::<0b_1110_1010>(class, of, all);
    let third = _mm512_maskz_permutexvar_epi8(follower, previous, second);
    let mut all = or_and(second, third, from(OF_THREE | OF_FOUR));
    if !UTF16 {
        let fourth = _mm512_maskz_permutexvar_epi8(follower, previous, third);
        all = or_and(all, fourth, from(OF_FOUR));
    }
    _mm512_test_epi8_mask(all, all)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn is_ascii(group: &[u8; GROUP]) -> bool {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| load(group, i * BLOCK));
    let any = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
    _mm512_movepi8_mask(any) == 0
}

#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi,popcnt")]
fn count<const UTF16: bool>(source: &[u8]) -> usize {
    if source.len() <= BLOCK {
        // The byte after the last is 0 in both: not a pair.
        let later = source.get(1..).unwrap_or_default();
        let absorbed = absorbed::<UTF16>(load_some(source), load_some(later));
        return source.len() - absorbed.count_ones() as usize;
    }
    let absorbed =
        |window: &[u8; count_utf8::WINDOW]| absorbed::<UTF16>(load(window, 0), load(window, 1));
    count_utf8::count(source, absorbed, |group| is_ascii(group))
}

#[target_feature(enable = "avx512bw,avx512vbmi,popcnt")]
fn count_chars(source: &[u8]) -> usize {
    count::<false>(source)
}

#[target_feature(enable = "avx512bw,avx512vbmi,popcnt")]
fn count_utf16(source: &[u8]) -> usize {
    count::<true>(source)
}

#[target_feature(enable = "avx512bw,popcnt")]
fn count_newlines(source: &[u8]) -> usize {
    let count = |block: __m512i| {
        _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(b'\n' as i8)).count_ones() as usize
    };
    let (groups, rest) = source.as_chunks::<GROUP>();
    let mut sums = [0; 4];
    for group in groups {
        for (at, sum) in sums.iter_mut().enumerate() {
            *sum += count(load(group, at * BLOCK));
        }
    }
    let (blocks, rest) = rest.as_chunks::<BLOCK>();
    let blocks: usize = blocks.iter().map(|block| count(load(block, 0))).sum();
    sums.iter().sum::<usize>() + blocks + count(load_some(rest))
}
