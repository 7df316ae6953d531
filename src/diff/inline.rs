//! Inline diffs: which bytes of two lines, or of two blocks of lines, differ.
//!
//! The texts are compared unit by unit, and the result is cleaned up for people: an insertion or deletion that could be
//! moved stands at the boundary of a word, and changes with only blanks, or with a chance match, between them are one.
//!
//! # What is a word?
//!
//! As editors have it: letters, digits and underscores; outside of ASCII a word of UAX #29. A run of blanks is a unit, any
//! other character of ASCII, too.
//!
//! # What does it cost?
//!
//! Time is linear in the bytes, and the product of units and differences between the common start and end, at most
//! [`MAX_STEPS`]. Past that the rest counts as changed and the result is not exact. With an [`InlineDiff`] that is used again,
//! short lines allocate nothing. Memory is at most 40 bytes a unit.

use super::linear::{Linear, Region};
use super::units::{Units, is_blank, is_equal, is_word_byte};
use crate::memory::NoMemory;

pub use super::units::InlineUnit;

/// Bytes `a_start` to `a_stop` of the first text that are replaced by bytes `b_start` to `b_stop` of the second one. One of them
/// may be empty.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InlineSpan {
    /// Start in the first text.
    pub a_start: u32,
    /// End in the first text.
    pub a_stop: u32,
    /// Start in the second text.
    pub b_start: u32,
    /// End in the second text.
    pub b_stop: u32,
}

/// Maximum number of comparisons, about 10 ms.
pub const MAX_STEPS: u64 = 1 << 22;

/// Maximum length in bytes of a match with a word that may count as a chance match.
const MAX_CHANCE_BYTES: usize = 8;

/// An inline diff, and the memory that it is made in.
#[derive(Default)]
pub struct InlineDiff {
    a: Units,
    b: Units,
    linear: Linear,
    hunks: Vec<Region>,
    spans: Vec<InlineSpan>,
}

impl InlineDiff {
    /// Compares two texts, both below 4 GiB; returns whether the result is exact.
    pub fn compare(&mut self, a: &[u8], b: &[u8], unit: InlineUnit) -> Result<bool, NoMemory> {
        self.hunks.clear();
        self.spans.clear();
        let (start, end) = common(a, b, unit);
        self.a.split(a, (start, a.len() - end), unit)?;
        self.b.split(b, (start, b.len() - end), unit)?;
        let (a_units, b_units) = (&self.a, &self.b);
        let same = |i: usize, j: usize| is_equal((a_units, a, i), (b_units, b, j));
        let sizes = (a_units.len(), b_units.len());
        let exact = self.linear.diff(sizes, MAX_STEPS, same, &mut self.hunks)?;
        let cleaner = Cleaner { a: (a_units, a), b: (b_units, b), unit };
        cleaner.slide(&mut self.hunks);
        cleaner.join(&mut self.hunks);
        let to_span = |&[a, a_stop, b, b_stop]: &Region| InlineSpan {
            a_start: a_units.offsets[a as usize],
            a_stop: a_units.offsets[a_stop as usize],
            b_start: b_units.offsets[b as usize],
            b_stop: b_units.offsets[b_stop as usize],
        };
        crate::memory::reserve(&mut self.spans, self.hunks.len())?;
        self.spans.extend(self.hunks.iter().map(to_span));
        Ok(exact)
    }

    /// Returns the memory that it holds in bytes.
    pub fn memory_usage(&self) -> usize {
        self.a.memory_usage()
            + self.b.memory_usage()
            + self.linear.memory_usage()
            + self.hunks.capacity() * size_of::<Region>()
            + self.spans.capacity() * size_of::<InlineSpan>()
    }

    /// Returns the spans that differ, in order.
    pub fn spans(&self) -> &[InlineSpan] {
        &self.spans
    }
}

/// Returns the lengths of the start and of the end that both texts share, up to where a unit starts whatever follows.
fn common(a: &[u8], b: &[u8], unit: InlineUnit) -> (usize, usize) {
    // Between these two bytes there is always a boundary, and the units after it do not depend on what is before it.
    let is_boundary = |before: u8, after: u8| match unit {
        InlineUnit::Word => before < 0x80 && !is_word_byte(before) && is_word_byte(after),
        InlineUnit::Char | InlineUnit::Grapheme => {
            before < 0x80 && after < 0x80 && (before, after) != (b'\r', b'\n')
        }
    };
    let same = common_start(a, b);
    let boundary = |text: &[u8]| text.windows(2).rposition(|pair| is_boundary(pair[0], pair[1]));
    let start = boundary(&a[..same]).map_or(0, |at| at + 1);
    let (a, b) = (&a[start..], &b[start..]);
    let same = common_end(a, b);
    let tail = &a[a.len() - same..];
    let skipped = tail.windows(2).position(|pair| is_boundary(pair[0], pair[1]));
    (start, skipped.map_or(0, |at| same - at - 1))
}

fn common_start(a: &[u8], b: &[u8]) -> usize {
    let chunks =
        a.chunks_exact(16).zip(b.chunks_exact(16)).take_while(|(a, b)| a == b).count() * 16;
    let rest = a[chunks..].iter().zip(&b[chunks..]);
    chunks + rest.take_while(|(a, b)| a == b).count()
}

fn common_end(a: &[u8], b: &[u8]) -> usize {
    let chunks =
        a.rchunks_exact(16).zip(b.rchunks_exact(16)).take_while(|(a, b)| a == b).count() * 16;
    let (a, b) = (&a[..a.len() - chunks], &b[..b.len() - chunks]);
    chunks + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Makes hunks of units easier to read.
struct Cleaner<'c> {
    a: (&'c Units, &'c [u8]),
    b: (&'c Units, &'c [u8]),
    unit: InlineUnit,
}

impl Cleaner<'_> {
    /// Moves each insertion and deletion to the best of the places where it could be.
    fn slide(&self, hunks: &mut [Region]) {
        for index in 0..hunks.len() {
            // Between the hunks before and after it, which it may not touch.
            let low = index.checked_sub(1).map_or([0, 0], |before| {
                let [_, a_stop, _, b_stop] = hunks[before];
                [a_stop + 1, b_stop + 1]
            });
            let [a_high, b_high] = match hunks.get(index + 1) {
                Some(&[a, _, b, _]) => [a - 1, b - 1],
                None => [self.a.0.len() as u32, self.b.0.len() as u32],
            };
            let [a, a_stop, b, b_stop] = &mut hunks[index];
            let (side, (from, stop), (other, other_stop), low, high) =
                match (*a_stop > *a, *b_stop > *b) {
                    (false, true) => (self.b, (b, b_stop), (a, a_stop), low[1], b_high),
                    (true, false) => (self.a, (a, a_stop), (b, b_stop), low[0], a_high),
                    _ => continue,
                };
            let moved =
                best_place(side, *from as usize, *stop as usize, low as usize, high as usize);
            for place in [from, stop, other, other_stop] {
                *place = place.wrapping_add_signed(moved);
            }
        }
    }

    /// Joins hunks that have only blanks, or a chance match, between them.
    fn join(&self, hunks: &mut Vec<Region>) {
        let mut kept = 0;
        for index in 0..hunks.len() {
            let mut hunk = hunks[index];
            while kept > 0 && self.is_joined(&hunks[kept - 1], &hunk) {
                kept -= 1;
                (hunk[0], hunk[2]) = (hunks[kept][0], hunks[kept][2]);
            }
            hunks[kept] = hunk;
            kept += 1;
        }
        hunks.truncate(kept);
    }

    fn is_joined(&self, first: &Region, second: &Region) -> bool {
        let between = self.a.0.bytes(self.a.1, first[1] as usize, second[0] as usize);
        let len = between.len();
        // A run of blanks is one unit.
        let is_blank = second[0] - first[1] == 1 && is_blank(between[0]);
        let lens = |hunk: &Region| {
            let a = self.a.0.bytes(self.a.1, hunk[0] as usize, hunk[1] as usize).len();
            let b = self.b.0.bytes(self.b.1, hunk[2] as usize, hunk[3] as usize).len();
            (a, b)
        };
        let ((a, b), (next_a, next_b)) = (lens(first), lens(second));
        match self.unit {
            // Words that follow each other.
            InlineUnit::Word if is_blank => (a > 0 && next_a > 0) || (b > 0 && next_b > 0),
            InlineUnit::Word => {
                len <= MAX_CHANCE_BYTES && 2 * len <= a.max(b) && 2 * len <= next_a.max(next_b)
            }
            // Letters that both texts have by chance.
            InlineUnit::Char | InlineUnit::Grapheme => len <= a.max(b) && len <= next_a.max(next_b),
        }
    }
}

/// Returns by how many units to move an insertion or deletion, which may be anywhere from unit `low` to unit `high`.
fn best_place(
    (units, text): (&Units, &[u8]),
    from: usize,
    stop: usize,
    low: usize,
    high: usize,
) -> i32 {
    let same = |i: usize, j: usize| is_equal((units, text, i), (units, text, j));
    // The highest place, then downwards; the first of equal ones is kept.
    let (mut at, mut end) = (from, stop);
    while end < high && same(at, end) {
        (at, end) = (at + 1, end + 1);
    }
    let (mut best, mut best_score) = (at, boundary_score(units, text, at, end));
    while at > low && same(at - 1, end - 1) {
        (at, end) = (at - 1, end - 1);
        let score = boundary_score(units, text, at, end);
        if score > best_score {
            (best, best_score) = (at, score);
        }
    }
    best as i32 - from as i32
}

/// Returns how well a change of the units from `at` to `end` reads: a boundary of words at its start and end counts, most of all one
/// after white space at its start.
fn boundary_score(units: &Units, text: &[u8], at: usize, end: usize) -> u32 {
    let (start, stop) = (units.offsets[at] as usize, units.offsets[end] as usize);
    let is_space = |byte: u8| byte.is_ascii_whitespace();
    let is_word = |byte: u8| byte >= 0x80 || is_word_byte(byte);
    let is_boundary =
        |at: usize| at == 0 || at == text.len() || !(is_word(text[at - 1]) && is_word(text[at]));
    let is_after_space = start == 0 || (is_space(text[start - 1]) && !is_space(text[start]));
    2 * u32::from(is_after_space) + u32::from(is_boundary(start)) + u32::from(is_boundary(stop))
}
