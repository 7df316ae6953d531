//! Conversion of positions between units: a byte to its UTF-16 column, a grapheme cluster to its byte.
//!
//! Every conversion goes through bytes: from a position to the byte at which its character or cluster begins, and from
//! there to the unit that contains the byte. A [`Walk`] holds such a pair of byte and position and moves from one to the
//! next, so a list of ascending positions costs one scan of the text. A new unit needs a new kind of walk.

use super::decode::{char_start, decode};
use super::segment::{Graphemes, Piece, graphemes};
use super::width::{self, WidthOptions};
use super::{Unit, kernel};
use crate::memory::{self, NoMemory};
use std::mem::MaybeUninit;

/// Going back by this many bytes costs less than sorting the position.
const CHEAP: usize = 64;

/// In a text of at most this many bytes, counting from the start costs less than finding out on which side of the last
/// position the next one is.
const SHORT: usize = 128;

/// Converts one `position` in `text` from one unit to another; see [`offsets`].
pub fn offset(text: &[u8], position: usize, from: Unit, to: Unit) -> Option<usize> {
    // The most frequent conversions, without the walks.
    match (from, to) {
        (Unit::Byte, Unit::Utf16) => {
            return Some(kernel::count_utf16(&text[..char_start(text, position)]));
        }
        (Unit::Byte, Unit::Char) => {
            return Some(kernel::count_chars(&text[..char_start(text, position)]));
        }
        _ => {}
    }
    let byte = Walk::new(text, from)?.seek(position);
    Some(Walk::new(text, to)?.locate(byte))
}

/// Converts `positions` in `text` from one unit to another and writes them to `out`, which must be as long.
///
/// Positions count from 0. One inside a character or a cluster is treated as its start, one past the end as the end, which
/// is the number of units in the text. The units are bytes, characters, UTF-16 units, grapheme clusters and display cells
/// (with the default width options); for others it returns `Ok(false)` and writes nothing.
///
/// Cost: ascending positions take one scan of the text. Others are sorted once going back and forth has cost more than
/// that, which allocates memory for their order. Each position adds a few nanoseconds.
///
/// Panics if the lengths differ.
pub fn offsets(
    text: &[u8],
    positions: &[u32],
    from: Unit,
    to: Unit,
    out: &mut [MaybeUninit<u32>],
) -> Result<bool, NoMemory> {
    assert_eq!(positions.len(), out.len(), "there is an offset for each position");
    let (Some(mut from), Some(mut to)) = (Walk::new(text, from), Walk::new(text, to)) else {
        return Ok(false);
    };
    if text.len() <= SHORT && matches!(from, Walk::Bytes(_)) {
        match to {
            Walk::Utf16(_) => return Ok(from_start(text, positions, kernel::count_utf16, out)),
            Walk::Chars(_) => return Ok(from_start(text, positions, kernel::count_chars, out)),
            _ => {}
        }
    }
    let starts_anew = from.starts_anew() || to.starts_anew();
    let mut steps_left = text.len() + CHEAP * positions.len();
    let mut last = 0;
    for (at, &position) in positions.iter().enumerate() {
        if position < last {
            let back = if starts_anew { position } else { last - position };
            match steps_left.checked_sub(back as usize) {
                Some(rest) => steps_left = rest,
                None => return in_order(&positions[at..], from, to, &mut out[at..]),
            }
        }
        out[at].write(to.locate(from.seek(position as usize)) as u32);
        last = position;
    }
    Ok(true)
}

/// [`offsets`] of byte positions, each counted from the start of the text. Always returns true.
#[inline]
fn from_start(
    text: &[u8],
    positions: &[u32],
    count: impl Fn(&[u8]) -> usize,
    out: &mut [MaybeUninit<u32>],
) -> bool {
    for (&position, place) in positions.iter().zip(out) {
        place.write(count(&text[..char_start(text, position as usize)]) as u32);
    }
    true
}

/// [`offsets`] in ascending order of the positions, which are sorted first.
#[cold]
fn in_order(
    positions: &[u32],
    mut from: Walk<'_>,
    mut to: Walk<'_>,
    out: &mut [MaybeUninit<u32>],
) -> Result<bool, NoMemory> {
    let mut order = memory::with_room(positions.len())?;
    order.extend(0..positions.len());
    order.sort_unstable_by_key(|&at| positions[at]);
    for at in order {
        out[at].write(to.locate(from.seek(positions[at] as usize)) as u32);
    }
    Ok(true)
}

/// A place in a text, known both as a byte and as a position in some unit.
enum Walk<'t> {
    /// Bytes.
    Bytes(&'t [u8]),
    /// Characters, counted by a kernel.
    Chars(Counted<'t, false>),
    /// UTF-16 units, counted by a kernel.
    Utf16(Counted<'t, true>),
    /// Grapheme clusters.
    Clusters(Stretches<'t, Graphemes<'t>>),
    /// Display cells.
    Cells(Stretches<'t, width::Pieces<'t>>),
}

impl<'t> Walk<'t> {
    fn new(text: &'t [u8], unit: Unit) -> Option<Walk<'t>> {
        Some(match unit {
            Unit::Byte => Walk::Bytes(text),
            Unit::Char => Walk::Chars(Counted { text, byte: 0, index: 0 }),
            Unit::Utf16 => Walk::Utf16(Counted { text, byte: 0, index: 0 }),
            Unit::Grapheme => Walk::Clusters(Stretches::new(text)),
            Unit::Cell => Walk::Cells(Stretches::new(text)),
            Unit::Word | Unit::Line | Unit::Sentence | Unit::Linebreak => return None,
        })
    }

    /// Whether going back restarts from the beginning of the text.
    fn starts_anew(&self) -> bool {
        matches!(self, Walk::Clusters(_) | Walk::Cells(_))
    }

    /// Moves to a position; returns the byte at which its character or cluster begins.
    fn seek(&mut self, position: usize) -> usize {
        match self {
            Walk::Bytes(text) => char_start(text, position),
            Walk::Chars(walk) => walk.seek(position),
            Walk::Utf16(walk) => walk.seek(position),
            Walk::Clusters(walk) => walk.seek(position),
            Walk::Cells(walk) => walk.seek(position),
        }
    }

    /// Moves to `byte`, the start of a character or the end of the text; returns the position of the unit that contains it.
    fn locate(&mut self, byte: usize) -> usize {
        match self {
            Walk::Bytes(_) => byte,
            Walk::Chars(walk) => walk.locate(byte),
            Walk::Utf16(walk) => walk.locate(byte),
            Walk::Clusters(walk) => walk.locate(byte),
            Walk::Cells(walk) => walk.locate(byte),
        }
    }
}

/// A walk over characters, or over UTF-16 units (a character outside the basic plane is two). Neither count ever exceeds
/// the number of bytes.
struct Counted<'t, const UTF16: bool> {
    text: &'t [u8],
    /// The start of a character or the end of the text.
    byte: usize,
    /// Number of units before `byte`.
    index: usize,
}

impl<const UTF16: bool> Counted<'_, UTF16> {
    #[inline]
    fn count(text: &[u8]) -> usize {
        if UTF16 { kernel::count_utf16(text) } else { kernel::count_chars(text) }
    }

    #[inline]
    fn locate(&mut self, byte: usize) -> usize {
        if byte >= self.byte {
            self.index += Self::count(&self.text[self.byte..byte]);
        } else if byte < self.byte / 2 {
            self.index = Self::count(&self.text[..byte]);
        } else {
            self.index -= Self::count(&self.text[byte..self.byte]);
        }
        self.byte = byte;
        self.index
    }

    fn seek(&mut self, position: usize) -> usize {
        if position < self.index / 2 {
            (self.byte, self.index) = (0, 0);
        }
        while position < self.index {
            // As many bytes have at most as many units, so this is too far by at most one character. It may not be far
            // enough; then the loop continues.
            self.locate(char_start(self.text, self.byte - (self.index - position)));
        }
        while self.index < position && self.byte < self.text.len() {
            // Never too far: the text in between has at most as many units as bytes.
            let next = char_start(self.text, self.byte.saturating_add(position - self.index));
            if next > self.byte {
                self.locate(next);
                continue;
            }
            let (code, len) = decode(self.text, self.byte);
            let units = if UTF16 && code > 0xFFFF { 2 } else { 1 };
            if units > position - self.index {
                break;
            }
            (self.byte, self.index) = (self.byte + len, self.index + units);
        }
        self.byte
    }
}

/// A stretch of text: either each byte is a unit, or it is one cluster of any number of units.
struct Stretch {
    /// Offset after it.
    stop: usize,
    units: usize,
    bytes: bool,
}

/// A text as consecutive stretches without gaps.
trait Stretched<'t> {
    fn over(text: &'t [u8]) -> Self;

    /// Returns the stretch that begins at `start`, where the previous one ended.
    fn stretch(&mut self, start: usize) -> Option<Stretch>;
}

impl<'t> Stretched<'t> for Graphemes<'t> {
    fn over(text: &'t [u8]) -> Self {
        graphemes(text)
    }

    fn stretch(&mut self, start: usize) -> Option<Stretch> {
        Some(match self.next()? {
            Piece::Bytes(bytes) => {
                Stretch { stop: start + bytes.len(), units: bytes.len(), bytes: true }
            }
            Piece::Cluster(cluster) => {
                Stretch { stop: start + cluster.len(), units: 1, bytes: false }
            }
        })
    }
}

impl<'t> Stretched<'t> for width::Pieces<'t> {
    fn over(text: &'t [u8]) -> Self {
        width::pieces(text, &WidthOptions::default())
    }

    fn stretch(&mut self, _: usize) -> Option<Stretch> {
        self.next().map(|piece| Stretch { stop: piece.end, units: piece.cells, bytes: piece.run })
    }
}

/// A walk over stretches. It moves forward only; to go back it restarts.
struct Stretches<'t, I> {
    text: &'t [u8],
    /// The stretches after the current one.
    rest: I,
    start: usize,
    current: Stretch,
    /// Number of units before the current stretch.
    index: usize,
}

impl<'t, I: Stretched<'t>> Stretches<'t, I> {
    fn new(text: &'t [u8]) -> Self {
        let nothing = Stretch { stop: 0, units: 0, bytes: true };
        Stretches { text, rest: I::over(text), start: 0, current: nothing, index: 0 }
    }

    /// Moves to the next stretch, or past the last one to the end of the text.
    fn advance(&mut self) -> bool {
        self.index += self.current.units;
        self.start = self.current.stop;
        let next = self.rest.stretch(self.start);
        let found = next.is_some();
        self.current = next.unwrap_or(Stretch { stop: self.start, units: 0, bytes: true });
        found
    }

    fn locate(&mut self, byte: usize) -> usize {
        if byte < self.start {
            *self = Stretches::new(self.text);
        }
        while byte >= self.current.stop && self.advance() {}
        self.index + if self.current.bytes { byte.min(self.current.stop) - self.start } else { 0 }
    }

    fn seek(&mut self, position: usize) -> usize {
        if position < self.index {
            *self = Stretches::new(self.text);
        }
        while position - self.index >= self.current.units && self.advance() {}
        let within = if self.current.bytes { position - self.index } else { 0 };
        self.start + within.min(self.current.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{count, filled_with};
    use proptest::prelude::*;

    const UNITS: [Unit; 5] = [Unit::Byte, Unit::Char, Unit::Utf16, Unit::Grapheme, Unit::Cell];

    /// Start of each character or cluster, in bytes and in the unit, and the end.
    fn plain(text: &[u8], unit: Unit) -> Vec<(usize, usize)> {
        let mut starts = Vec::new();
        let mut at = 0;
        let pieces: Vec<&[u8]> = match unit {
            Unit::Grapheme | Unit::Cell => graphemes(text)
                .flat_map(|piece| match piece {
                    Piece::Bytes(bytes) => bytes.chunks(1).collect(),
                    Piece::Cluster(cluster) => vec![cluster],
                })
                .collect(),
            _ => {
                let mut chars = Vec::new();
                for chunk in text.utf8_chunks() {
                    let valid = chunk.valid();
                    let each = valid.char_indices().map(|(at, c)| &valid[at..at + c.len_utf8()]);
                    chars.extend(each.map(str::as_bytes));
                    chars.extend((!chunk.invalid().is_empty()).then_some(chunk.invalid()));
                }
                chars
            }
        };
        for piece in pieces {
            starts.push((at, count(&text[..at], unit)));
            at += piece.len();
        }
        starts.push((at, count(text, unit)));
        starts
    }

    /// The result expected of `offset`, from the lists of [`plain`].
    fn expected(from: &[(usize, usize)], to: &[(usize, usize)], position: usize) -> usize {
        let byte = from.iter().rfind(|&&(_, index)| index <= position).expect("the first is 0").0;
        to.iter().rfind(|&&(start, _)| start <= byte).expect("the first is 0").1
    }

    fn agree(text: &[u8], positions: &[u32]) {
        let lists = UNITS.map(|unit| plain(text, unit));
        for (from, from_list) in UNITS.into_iter().zip(&lists) {
            for (to, to_list) in UNITS.into_iter().zip(&lists) {
                let offsets = filled_with(positions.len(), |out| {
                    assert!(offsets(text, positions, from, to, out).expect("memory"));
                });
                for (&position, offset) in positions.iter().zip(offsets) {
                    let expected = expected(from_list, to_list, position as usize);
                    assert_eq!(offset as usize, expected, "{from:?} {position} to {to:?}");
                    assert_eq!(super::offset(text, position as usize, from, to), Some(expected));
                }
            }
        }
    }

    #[test]
    fn positions_between_units() {
        let text = "a\u{e9}e\u{301}😀\r\nz".as_bytes();
        assert_eq!(offset(text, 6, Unit::Byte, Unit::Utf16), Some(4));
        assert_eq!(offset(text, 8, Unit::Byte, Unit::Utf16), Some(4));
        assert_eq!(offset(text, 5, Unit::Utf16, Unit::Byte), Some(6));
        assert_eq!(offset(text, 6, Unit::Utf16, Unit::Byte), Some(10));
        assert_eq!(offset(text, 4, Unit::Byte, Unit::Grapheme), Some(2));
        assert_eq!(offset(text, 4, Unit::Grapheme, Unit::Byte), Some(10));
        assert_eq!(offset(text, 2, Unit::Byte, Unit::Byte), Some(1));
        assert_eq!(offset(text, 99, Unit::Grapheme, Unit::Char), Some(8));
        assert_eq!(offset(text, usize::MAX, Unit::Utf16, Unit::Byte), Some(13));
        assert_eq!(offset(b"", 0, Unit::Byte, Unit::Grapheme), Some(0));
        assert_eq!(offset("日本\ta".as_bytes(), 7, Unit::Byte, Unit::Cell), Some(8));
        assert_eq!(offset("日本\ta".as_bytes(), 3, Unit::Cell, Unit::Byte), Some(3));
        assert_eq!(offset("日本\ta".as_bytes(), 5, Unit::Cell, Unit::Char), Some(2));
    }

    #[test]
    fn the_last_char_that_is_one_unit_of_utf_16_is_one() {
        let text = "\u{FFFF}a\u{10000}\u{FFFE}\u{10FFFF}b";
        agree(text.as_bytes(), &(0..20).collect::<Vec<u32>>());
        assert_eq!(offset(text.as_bytes(), 1, Unit::Utf16, Unit::Byte), Some(3));
    }

    #[test]
    fn other_units_have_no_positions() {
        for unit in [Unit::Word, Unit::Line, Unit::Sentence, Unit::Linebreak] {
            assert_eq!(offset(b"a", 0, unit, Unit::Byte), None);
            assert_eq!(offset(b"a", 0, Unit::Byte, unit), None);
        }
    }

    #[test]
    fn a_long_unsorted_list() {
        let text = "aé😀e\u{301}\r\n日本 ".repeat(40);
        let scattered: Vec<u32> = (0..2000u32).map(|n| n * 7919 % 1201).collect();
        agree(text.as_bytes(), &scattered);
        let falling: Vec<u32> = (0..1201).rev().collect();
        agree(text.as_bytes(), &falling);
    }

    proptest! {
        // A cluster without a cell shares its position with the next one, so cells do not round-trip.
        #[test]
        fn as_counted_from_the_start(pieces in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["a", "bc\r\n", "\u{301}", "é", "😀", "👩‍👩‍👧", "日本", "plain text of some length ", "क्षि"])
                .prop_map(|piece| piece.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ], 0..30), mut positions in prop::collection::vec(0..250u32, 0..40), sorted in any::<bool>()) {
            if sorted {
                positions.sort();
            }
            agree(&pieces.concat(), &positions);
        }

        #[test]
        fn a_round_trip_is_the_identity_on_starts(text in any::<String>()) {
            for unit in UNITS {
                for (byte, index) in plain(text.as_bytes(), unit) {
                    prop_assert_eq!(offset(text.as_bytes(), byte, Unit::Byte, unit), Some(index));
                    if unit != Unit::Cell {
                        prop_assert_eq!(offset(text.as_bytes(), index, unit, Unit::Byte), Some(byte));
                    }
                }
            }
        }
    }
}
