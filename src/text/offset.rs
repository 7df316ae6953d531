//! Positions between units: a byte to its UTF-16 column, a grapheme cluster to its byte.
//!
//! Every conversion goes through bytes: from a position to the byte at which its char or cluster begins, and from there
//! to the unit that holds the byte. A [`Walk`] keeps such a pair of byte and position and moves from one to the next, so
//! ascending positions cost one scan of the text together. A further unit is a further kind of walk.

use super::decode::{char_start, decode};
use super::segment::{Graphemes, Piece, graphemes};
use super::width::{self, WidthOptions};
use super::{Unit, kernel};
use std::collections::TryReserveError;
use std::mem::MaybeUninit;

/// Going back over this many bytes costs less than the place of a position in a sorted order.
const CHEAP: usize = 64;

/// In a text of this length it costs less to count from its start than to find out on which side of the last position the
/// next one is.
const SHORT: usize = 128;

/// Converts `position` in `text` from one unit to another: [`offsets`] for one.
pub fn offset(text: &[u8], position: usize, from: Unit, to: Unit) -> Option<usize> {
    // What is asked for most, without the walks.
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

/// Converts positions in `text` from one unit to another; `out` is as long as `positions`.
///
/// Positions count from 0. One inside a char or a cluster is taken for that of its start, one beyond the end for the end,
/// which is the number of units in the text. The units are bytes, chars, UTF-16 units, grapheme clusters and display
/// cells (by the default options of width); for others the answer is `Ok(false)` and nothing is written.
///
/// Cost: ascending positions take one scan of the text. Others are sorted first once going back and forth has cost more
/// than that, which takes memory for their order. A few nanoseconds for each position come on top.
///
/// Panics if the lengths differ.
pub fn offsets(
    text: &[u8],
    positions: &[u32],
    from: Unit,
    to: Unit,
    out: &mut [MaybeUninit<u32>],
) -> Result<bool, TryReserveError> {
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
    let mut patience = text.len() + CHEAP * positions.len();
    let mut last = 0;
    for (at, &position) in positions.iter().enumerate() {
        if position < last {
            let back = if starts_anew { position } else { last - position };
            match patience.checked_sub(back as usize) {
                Some(rest) => patience = rest,
                None => return in_order(&positions[at..], from, to, &mut out[at..]),
            }
        }
        out[at].write(to.locate(from.seek(position as usize)) as u32);
        last = position;
    }
    Ok(true)
}

/// [`offsets`] of bytes, each counted from the start of the text. It never refuses.
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

/// [`offsets`] by way of the ascending order of the positions.
#[cold]
fn in_order(
    positions: &[u32],
    mut from: Walk<'_>,
    mut to: Walk<'_>,
    out: &mut [MaybeUninit<u32>],
) -> Result<bool, TryReserveError> {
    let mut order = Vec::new();
    order.try_reserve_exact(positions.len())?;
    order.extend(0..positions.len());
    order.sort_unstable_by_key(|&at| positions[at]);
    for at in order {
        out[at].write(to.locate(from.seek(positions[at] as usize)) as u32);
    }
    Ok(true)
}

/// A place in a text, known as a byte and as a position in some unit.
enum Walk<'t> {
    /// Bytes themselves.
    Bytes(&'t [u8]),
    /// Chars, which a kernel counts.
    Chars(Counted<'t, false>),
    /// UTF-16 units, likewise.
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

    /// Whether going back begins at the start of the text.
    fn starts_anew(&self) -> bool {
        matches!(self, Walk::Clusters(_) | Walk::Cells(_))
    }

    /// The byte at which the char or cluster of a position begins.
    fn seek(&mut self, position: usize) -> usize {
        match self {
            Walk::Bytes(text) => char_start(text, position),
            Walk::Chars(walk) => walk.seek(position),
            Walk::Utf16(walk) => walk.seek(position),
            Walk::Clusters(walk) => walk.seek(position),
            Walk::Cells(walk) => walk.seek(position),
        }
    }

    /// The position of the unit that holds `byte`, at which a char begins or the text ends.
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

/// A walk over chars, or over UTF-16 units (of which a char outside of the basic plane is two). There are never more of
/// either than bytes.
struct Counted<'t, const UTF16: bool> {
    text: &'t [u8],
    /// At the start of a char or the end of the text.
    byte: usize,
    /// Units before `byte`.
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
            // Too far back, perhaps, as a unit may take several bytes, but by one char at most too little.
            self.locate(char_start(self.text, self.byte - (self.index - position)));
        }
        while self.index < position && self.byte < self.text.len() {
            // Never too far: what lies between has no more units than bytes.
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

/// Part of a text in which each byte is a unit, or which is one cluster of any number of units.
struct Stretch {
    /// Offset behind it.
    stop: usize,
    units: usize,
    bytes: bool,
}

/// A text in stretches that follow each other without a gap.
trait Stretched<'t> {
    fn over(text: &'t [u8]) -> Self;

    /// The stretch from `start` on, which is where the last one stopped.
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

/// A walk over stretches, which goes forward only: to go back it starts anew.
struct Stretches<'t, I> {
    text: &'t [u8],
    /// What comes behind the current stretch.
    rest: I,
    start: usize,
    current: Stretch,
    /// Units before the current stretch.
    index: usize,
}

impl<'t, I: Stretched<'t>> Stretches<'t, I> {
    fn new(text: &'t [u8]) -> Self {
        let nothing = Stretch { stop: 0, units: 0, bytes: true };
        Stretches { text, rest: I::over(text), start: 0, current: nothing, index: 0 }
    }

    /// Goes to the next stretch, or to the end of the text behind the last one.
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

    /// Start of each char or cluster, in bytes and in the unit, and the end.
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

    /// What `offset` should say, from the lists of [`plain`].
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
    fn other_units_have_no_positions() {
        for unit in [Unit::Word, Unit::Line, Unit::Sentence, Unit::Linebreak] {
            assert_eq!(offset(b"a", 0, unit, Unit::Byte), None);
            assert_eq!(offset(b"a", 0, Unit::Byte, unit), None);
        }
    }

    #[test]
    fn a_long_list_in_disorder() {
        let text = "aé😀e\u{301}\r\n日本 ".repeat(40);
        let scattered: Vec<u32> = (0..2000u32).map(|n| n * 7919 % 1201).collect();
        agree(text.as_bytes(), &scattered);
        let falling: Vec<u32> = (0..1201).rev().collect();
        agree(text.as_bytes(), &falling);
    }

    proptest! {
        // Clusters without a cell share their position with the next one, so cells have no round trip.
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
