//! Splits lines into the units that an inline diff compares.

use crate::memory::{self, NoMemory};
use crate::text::{decode, segment_stop};

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InlineUnit {
    /// Words, runs of blanks, and other characters.
    #[default]
    Word,
    /// Characters; a maximal invalid subsequence is one.
    Char,
    /// Grapheme clusters.
    Grapheme,
}

impl InlineUnit {
    /// Every unit.
    pub const ALL: [InlineUnit; 3] = [InlineUnit::Word, InlineUnit::Char, InlineUnit::Grapheme];
}

/// The units of a text. Kept between texts, so that splitting a short one allocates nothing.
#[derive(Default)]
pub(super) struct Units {
    /// The offset of each unit, and the end of the last one.
    pub(super) offsets: Vec<u32>,
    /// A unit of at most seven bytes as a number, or a hash of a longer one.
    pub(super) ids: Vec<u64>,
}

/// The highest byte of the id of a unit that is longer than an id.
const HASHED: u64 = 0xFF;

impl Units {
    /// Replaces the units by those of `text` from `start` to `stop`, which are both where a unit starts.
    pub(super) fn split(
        &mut self,
        text: &[u8],
        (start, stop): (usize, usize),
        unit: InlineUnit,
    ) -> Result<(), NoMemory> {
        self.offsets.clear();
        self.ids.clear();
        let text = &text[..stop];
        let mut at = start;
        while at < stop {
            let next = unit_stop(text, at, unit);
            memory::push(&mut self.offsets, at as u32)?;
            memory::push(&mut self.ids, id(&text[at..next]))?;
            at = next;
        }
        memory::push(&mut self.offsets, stop as u32)
    }

    /// Returns the memory that it holds in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        self.offsets.capacity() * size_of::<u32>() + self.ids.capacity() * size_of::<u64>()
    }

    /// Returns the number of units.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the bytes of consecutive units.
    pub(super) fn bytes<'t>(&self, text: &'t [u8], first: usize, stop: usize) -> &'t [u8] {
        &text[self.offsets[first] as usize..self.offsets[stop] as usize]
    }
}

/// Returns whether two units with ids are equal.
#[inline]
pub(super) fn is_equal(
    (a, a_text, i): (&Units, &[u8], usize),
    (b, b_text, j): (&Units, &[u8], usize),
) -> bool {
    let id = a.ids[i];
    id == b.ids[j] && (id >> 56 != HASHED || a.bytes(a_text, i, i + 1) == b.bytes(b_text, j, j + 1))
}

#[inline]
fn id(unit: &[u8]) -> u64 {
    if unit.len() < 8 {
        let mut bytes = [0; 8];
        bytes[..unit.len()].copy_from_slice(unit);
        return u64::from_le_bytes(bytes) | (unit.len() as u64) << 56;
    }
    let mut hash = unit.len() as u64;
    for chunk in unit.chunks(8) {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 29;
    }
    hash | HASHED << 56
}

/// Returns whether a byte is a letter or digit of ASCII, or an underscore.
#[inline]
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Returns where the unit that starts at `at` ends.
#[inline]
fn unit_stop(text: &[u8], at: usize, unit: InlineUnit) -> usize {
    let byte = text[at];
    let next = text.get(at + 1).copied();
    match unit {
        InlineUnit::Char if byte < 0x80 => at + 1,
        InlineUnit::Char => at + decode(text, at).1,
        InlineUnit::Grapheme => match (byte, next) {
            (b'\r', Some(b'\n')) => at + 2,
            (0..0x80, None | Some(0..0x80)) => at + 1,
            _ => segment_stop(text, at, false),
        },
        InlineUnit::Word if is_word_byte(byte) => {
            let stop = stop_of(text, at, is_word_byte);
            match text.get(stop) {
                // The word may go on, as in "naïve".
                Some(0x80..) => word_stop(text, at),
                _ => stop,
            }
        }
        InlineUnit::Word => match (byte, next) {
            (b'\r', Some(b'\n')) => at + 2,
            (b' ' | b'\t', _) => stop_of(text, at, is_blank),
            (0..0x80, _) => at + 1,
            _ => word_stop(text, at),
        },
    }
}

/// Returns the end of the bytes from `at` on for which `belongs` returns true.
#[inline]
fn stop_of(text: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    text[at..].iter().position(|&byte| !belongs(byte)).map_or(text.len(), |len| at + len)
}

/// Returns the end of a word with characters outside of ASCII: that of Unicode's rules, but a word ends before punctuation of
/// ASCII.
#[inline(never)]
fn word_stop(text: &[u8], at: usize) -> usize {
    let stop = segment_stop(text, at, true);
    stop_of(&text[..stop], at, |byte| byte >= 0x80 || is_word_byte(byte)).max(at + 1)
}
