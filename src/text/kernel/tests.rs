//! Compares every kernel that this CPU can run with the scalar reference, at lengths and contents around the lane
//! boundaries.
//!
//! Inputs are copied to allocations of their exact size, so that AddressSanitizer detects a read past the end; outputs
//! are surrounded by guard bytes.

use std::mem::MaybeUninit;

use proptest::prelude::*;

use super::*;
use crate::emulated::ONE_IN;

const GUARD: usize = 96;
const FILL: u8 = 0xa5;

/// Calls `write` with an output of `len` bytes, `offset` bytes off its alignment; checks the bytes around it.
fn guarded(len: usize, offset: usize, write: impl FnOnce(&mut [MaybeUninit<u8>])) -> Vec<u8> {
    let mut memory = vec![MaybeUninit::new(FILL); len + 2 * GUARD];
    let start = GUARD - offset;
    write(&mut memory[start..start + len]);
    // SAFETY: all of it was initialised above, and can only have been overwritten with bytes.
    let memory: Vec<u8> = memory.iter().map(|byte| unsafe { byte.assume_init() }).collect();
    let outside = memory[..start].iter().chain(&memory[start + len..]);
    assert!(
        outside.copied().all(|byte| byte == FILL),
        "{len} bytes: written outside of the output"
    );
    memory[start..start + len].to_vec()
}

/// Checks every function of every set, and the public wrappers, with an input `offset` bytes into its allocation.
fn check(source: &[u8], offset: usize) {
    let mut memory = vec![FILL; offset].into_boxed_slice().into_vec();
    memory.extend_from_slice(source);
    let memory = memory.into_boxed_slice();
    let source = &memory[offset..];
    let len = source.len();

    let reversed: Vec<u8> = source.iter().rev().copied().collect();
    let counts =
        [scalar::count_chars(source), scalar::count_utf16(source), scalar::count_newlines(source)];
    assert_eq!([count_chars(source), count_utf16(source), count_newlines(source)], counts);
    assert_eq!(guarded(len, offset, |out| reverse_bytes(source, out)), reversed);
    for kernel in available() {
        let found =
            [kernel.count_chars(source), kernel.count_utf16(source), kernel.count_newlines(source)];
        assert_eq!(found, counts, "{} counts {:x?}", kernel.name(), source);
        let found = guarded(len, offset, |out| kernel.reverse_bytes(source, out));
        assert_eq!(found, reversed, "{} reverses {:x?}", kernel.name(), source);
    }

    if let Ok(text) = std::str::from_utf8(source) {
        let reversed = text.chars().rev().collect::<String>().into_bytes();
        assert_eq!(guarded(len, offset, |out| reverse_chars(text, out)), reversed);
        for kernel in available() {
            let found = guarded(len, offset, |out| kernel.reverse_chars(text, out));
            assert_eq!(found, reversed, "{} reverses {text:?}", kernel.name());
        }
    }
}

/// A small random generator: the same numbers in every run, without a dependency.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

const ALPHABETS: [&str; 6] =
    ["abc xyz\n", "aé ü\nßø", "aж\nщя", "漢字かな\u{a0}", "😀🦀é漢a\n\u{10ffff}", "नमस्ते 😀a"];

/// Returns valid text of `len` bytes: as many characters as fit, then filled up with ASCII.
fn text(random: &mut Random, alphabet: &str, len: usize) -> String {
    let chars: Vec<char> = alphabet.chars().collect();
    let mut text = String::new();
    while text.len() + 4 <= len {
        text.push(chars[random.below(chars.len())]);
    }
    while text.len() < len {
        text.push('~');
    }
    text
}

/// Lengths around the boundaries of vectors, blocks, groups with their margins, and line-feed counters.
fn long_lengths() -> impl Iterator<Item = usize> {
    let near = |edge: usize, by: usize| edge - by..=edge + by;
    near(320, 7)
        .chain(near(512, 9))
        .chain(near(1024, 9))
        .chain(near(63 * 64, 3))
        .chain(near(63 * 128, 3))
}

#[test]
fn every_length_and_alignment() {
    let random = &mut Random(1);
    for len in 0..=262 {
        for offset in 0..=16 {
            let alphabet = ALPHABETS[(len + offset) % ALPHABETS.len()];
            check(text(random, alphabet, len).as_bytes(), offset);
        }
        for alphabet in ALPHABETS {
            check(text(random, alphabet, len).as_bytes(), 0);
        }
        check(&vec![b'\n'; len], 0);
        check(&vec![0x80; len], 0);
        check(&(0..len).map(|_| random.below(256) as u8).collect::<Vec<_>>(), 0);
    }
}

#[test]
fn long_inputs() {
    let random = &mut Random(2);
    for len in long_lengths() {
        for (offset, alphabet) in ALPHABETS.iter().enumerate() {
            check(text(random, alphabet, len).as_bytes(), offset);
        }
        // Runs of ASCII between other text, so that both kinds of groups meet.
        let mut mixed = String::new();
        while mixed.len() < len {
            let alphabet = ALPHABETS[random.below(2) * random.below(ALPHABETS.len())];
            let run = random.below(600).min(len - mixed.len());
            mixed += &text(random, alphabet, run);
        }
        check(mixed.as_bytes(), 0);
    }
}

#[test]
fn counters_hold_out() {
    check(&vec![b'\n'; 100_000], 0);
    check("\n漢".repeat(30_000).as_bytes(), 1);
}

/// Second bytes at both sides of every limit, complete and truncated sequences, at every position of a block.
#[test]
fn limits_at_the_edges() {
    let leads = [
        0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xcf, 0xd0, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
        0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
    ];
    let seconds = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe2, 0xf0, 0xff];
    let edges = [0, 1, 16, 32, 48, 64, 65, 127, 128, 129, 192, 256, 257];
    let mut sequences = Vec::new();
    for lead in leads {
        for second in seconds {
            sequences.push(vec![lead, second]);
            for third in [0x41, 0x80, 0xbf, 0xc2, 0xf1] {
                sequences.push(vec![lead, second, third]);
                for fourth in [0x41, 0x80, 0xbf, 0xe2] {
                    sequences.push(vec![lead, second, third, fourth, 0x80]);
                }
            }
        }
    }
    for (index, sequence) in sequences.iter().enumerate().step_by(ONE_IN) {
        for edge in edges {
            let before = edge.max(4) - 1 - index % 4;
            // As the last of the input, and followed by another of its kind.
            let mut source = vec![b'x'; before];
            source.extend(sequence);
            check(&source, 0);
            source.extend(sequence);
            source.extend([b'y'; 70]);
            check(&source, 0);
        }
    }
}

/// Every pair of bytes, across the end of the first block.
#[test]
fn all_pairs() {
    for pair in (0..=u16::MAX).step_by(ONE_IN) {
        let mut source = [b'x'; 72];
        source[63..65].copy_from_slice(&pair.to_be_bytes());
        source[65..67].copy_from_slice(&[0x80, 0xbf]);
        for kernel in available() {
            assert_eq!(kernel.count_chars(&source), scalar::count_chars(&source), "{pair:04x}");
            assert_eq!(kernel.count_utf16(&source), scalar::count_utf16(&source), "{pair:04x}");
        }
    }
}

/// Every character, crossing block boundaries at varying positions.
#[test]
fn all_chars() {
    let all: String = ('\0'..=char::MAX).step_by(ONE_IN).collect();
    for (offset, start) in ["", "x", "é", "漢", "xyz😀"].into_iter().enumerate() {
        check(format!("{start}{all}").as_bytes(), offset);
    }
}

#[test]
fn corrupted_text() {
    let random = &mut Random(3);
    for round in 0..4000 / ONE_IN {
        let alphabet = ALPHABETS[round % ALPHABETS.len()];
        let len = random.below(700);
        let mut source = text(random, alphabet, len).into_bytes();
        for _ in 0..1 + len / 40 {
            let Some(at) = len.checked_sub(1).map(|last| random.below(last + 1)) else { break };
            match random.below(3) {
                0 => source[at] = random.below(256) as u8,
                1 => source[at] ^= 1 << random.below(8),
                _ => source.truncate(at.max(len / 2)),
            }
            if source.len() < len {
                break;
            }
        }
        check(&source, round % 4);
    }
}

#[test]
fn reference_agrees_with_lossy_conversion() {
    let random = &mut Random(4);
    // Mostly leads and followers, so that sequences are both completed and broken off.
    let bytes =
        [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe2, 0xed, 0xf0, 0xf1, 0xf4, 0xf5];
    for _ in 0..20_000 / ONE_IN {
        let source: Vec<u8> =
            (0..random.below(90)).map(|_| bytes[random.below(bytes.len())]).collect();
        let lossy = String::from_utf8_lossy(&source);
        assert_eq!(scalar::count_chars(&source), lossy.chars().count());
        assert_eq!(scalar::count_utf16(&source), lossy.encode_utf16().count());
        check(&source, 0);
    }
}

#[test]
#[should_panic(expected = "as long as its source")]
fn lengths_must_agree() {
    reverse_bytes(b"abc", &mut [MaybeUninit::uninit(); 2]);
}

proptest! {
    #[test]
    fn any_bytes(source in proptest::collection::vec(any::<u8>(), 0..600), offset in 0usize..20) {
        let lossy = String::from_utf8_lossy(&source);
        prop_assert_eq!(count_chars(&source), lossy.chars().count());
        prop_assert_eq!(count_utf16(&source), lossy.encode_utf16().count());
        check(&source, offset);
    }

    #[test]
    fn any_text(source in "\\PC{0,300}", offset in 0usize..20) {
        check(source.as_bytes(), offset);
    }
}

#[test]
fn only_a_line_feed_is_one_at_every_short_length() {
    // 0x8A differs from a line feed in the top bit alone.
    for byte in 0..=255u8 {
        for len in 0..=33 {
            let text = vec![byte; len];
            let expected = if byte == b'\n' { len } else { 0 };
            assert_eq!(super::count_newlines(&text), expected, "{len} times {byte:#x}");
        }
    }
}
