//! The NEON kernel: 16 bytes at a time, on every aarch64. The same algorithms as in SSSE3, with masks computed by pairwise
//! sums, as there is no `movemask`.

use std::arch::aarch64::*;
use std::mem::MaybeUninit;

use super::table::Kernel;
use crate::text::kernel::count_utf8::{self, LEAD_HIGH, LEAD_LOW, Masks, SECOND};
use crate::text::kernel::reverse::{self, TURN};
use crate::text::kernel::{scalar, short};

const BLOCK: usize = 16;
const WINDOW: usize = BLOCK + 2 * reverse::MARGIN;
const GROUP: usize = 4 * BLOCK;

pub(super) static KERNEL: Kernel =
    Kernel { name: "neon", reverse_bytes, reverse_chars, count_chars, count_utf16, count_newlines };

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8], at: usize) -> uint8x16_t {
    let bytes: &[u8; BLOCK] = bytes[at..].first_chunk().expect("a whole vector");
    // SAFETY: an unaligned load of the 16 bytes of the array.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store(vector: uint8x16_t, out: &mut [MaybeUninit<u8>; BLOCK]) {
    // SAFETY: an unaligned store to the 16 bytes of the array.
    unsafe { vst1q_u8(out.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "neon")]
fn mirrored(vector: uint8x16_t) -> uint8x16_t {
    let halves = vrev64q_u8(vector);
    vextq_u8::<8>(halves, halves)
}

#[target_feature(enable = "neon")]
fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    if source.len() < BLOCK {
        return short::reverse_bytes(source, out);
    }
    reverse::bytes::<BLOCK, GROUP>(source, out, |block, out| store(mirrored(load(block, 0)), out));
}

/// Returns for each byte the distance to the byte it takes, given the bytes one to three before it.
#[inline]
#[target_feature(enable = "neon")]
fn turn(before: [uint8x16_t; 4]) -> uint8x16_t {
    let [a, b, c, d]: [uint8x16_t; 4] = std::array::from_fn(|k| {
        let entries = load(&TURN[k].map(|turn| turn as u8), 0);
        vqtbl1q_u8(entries, vshrq_n_u8::<4>(before[k]))
    });
    vaddq_u8(vaddq_u8(a, b), vaddq_u8(c, d))
}

/// Reverses the characters in the middle of the window.
#[inline]
#[target_feature(enable = "neon")]
fn turned(window: &[u8; WINDOW]) -> uint8x16_t {
    let turn = turn([3, 2, 1, 0].map(|at| load(window, at)));
    // The lower half of the block finds its bytes in the first 16 of the window, the upper half in the last 16. An
    // index from 16 on yields 0.
    let lower = load(&[3, 4, 5, 6, 7, 8, 9, 10, 64, 64, 64, 64, 64, 64, 64, 64], 0);
    let upper = load(&[64, 64, 64, 64, 64, 64, 64, 64, 5, 6, 7, 8, 9, 10, 11, 12], 0);
    mirrored(vorrq_u8(
        vqtbl1q_u8(load(window, 0), vaddq_u8(lower, turn)),
        vqtbl1q_u8(load(window, 2 * reverse::MARGIN), vaddq_u8(upper, turn)),
    ))
}

/// Reverses the characters of a text of up to 16 bytes.
#[inline]
#[target_feature(enable = "neon")]
fn turn_alone(source: &str, out: &mut [MaybeUninit<u8>]) {
    let (text, none) = (load(&short::padded(source.as_bytes()), 0), vdupq_n_u8(0));
    let (one, two) = (vextq_u8::<15>(none, text), vextq_u8::<14>(none, text));
    let in_order = load(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 0);
    let from = vaddq_u8(in_order, turn([text, one, two, vextq_u8::<13>(none, text)]));
    let block = mirrored(vqtbl1q_u8(text, from));
    // SAFETY: both types are 16 bytes without padding.
    short::write_last(unsafe { std::mem::transmute::<uint8x16_t, [u8; BLOCK]>(block) }, out);
}

#[target_feature(enable = "neon")]
fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
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

/// Returns one bit for each byte of four vectors whose bytes are 0 or 255.
#[inline]
#[target_feature(enable = "neon")]
fn bits(vectors: [uint8x16_t; 4]) -> u64 {
    let places = load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128], 0);
    let [a, b, c, d] = vectors.map(|vector| vandq_u8(vector, places));
    let quarters = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(quarters, quarters)))
}

#[inline]
#[target_feature(enable = "neon")]
fn masks(window: &[u8; count_utf8::WINDOW]) -> Masks {
    let before = [0, 16, 32, 48].map(|at| load(window, at));
    let now = [1, 17, 33, 49].map(|at| load(window, at));
    let pairs = [0, 1, 2, 3].map(|i| {
        let low_nibbles = vandq_u8(before[i], vdupq_n_u8(0x0f));
        let lead = vandq_u8(
            vqtbl1q_u8(load(&LEAD_HIGH, 0), vshrq_n_u8::<4>(before[i])),
            vqtbl1q_u8(load(&LEAD_LOW, 0), low_nibbles),
        );
        vtstq_u8(lead, vqtbl1q_u8(load(&SECOND, 0), vshrq_n_u8::<4>(now[i])))
    });
    let second = bits(pairs);
    Masks {
        second,
        of_three: second & bits(before.map(|lead| vcgeq_u8(lead, vdupq_n_u8(0xe0)))),
        of_four: second & bits(before.map(|lead| vcgeq_u8(lead, vdupq_n_u8(0xf0)))),
        follower: bits(now.map(|byte| vcltq_s8(vreinterpretq_s8_u8(byte), vdupq_n_s8(-64)))),
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn is_ascii(group: &[u8]) -> bool {
    let mut any = vdupq_n_u8(0);
    for at in (0..group.len()).step_by(BLOCK) {
        any = vorrq_u8(any, load(group, at));
    }
    vmaxvq_u8(any) < 0x80
}

#[target_feature(enable = "neon")]
fn count_chars(source: &[u8]) -> usize {
    count_utf8::count(source, |window| masks(window).absorbed::<false>(), |group| is_ascii(group))
}

#[target_feature(enable = "neon")]
fn count_utf16(source: &[u8]) -> usize {
    count_utf8::count(source, |window| masks(window).absorbed::<true>(), |group| is_ascii(group))
}

#[target_feature(enable = "neon")]
fn count_newlines(source: &[u8]) -> usize {
    let (groups, rest) = source.as_chunks::<GROUP>();
    let mut count = 0;
    // A byte of the counters grows by at most 4 per group, so it does not overflow within 63 groups.
    for groups in groups.chunks(63) {
        let mut counters = vdupq_n_u8(0);
        for group in groups {
            for at in (0..GROUP).step_by(BLOCK) {
                let found = vceqq_u8(load(group, at), vdupq_n_u8(b'\n'));
                counters = vsubq_u8(counters, found);
            }
        }
        count += usize::from(vaddlvq_u8(counters));
    }
    count + scalar::count_newlines(rest)
}
