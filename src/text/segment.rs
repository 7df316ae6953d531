//! Segmentation: spans of grapheme clusters, words, sentences, lines and line-break segments.
//!
//! The rules are those of UAX #29 and UAX #14, walked by the state machines of `machine`. Clusters have a fast path for
//! ASCII, where every byte is a cluster except in CR LF; lines are found by their line feeds alone.

use super::machine::{Machine, Segment, Walk};
use super::sink::{Sink, Span};
use super::{Unit, lines};
use bstr::ByteSlice;
use std::mem::MaybeUninit;

/// What [`segments`] has written, and where it continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Number of spans written.
    pub count: usize,
    /// Where the next batch starts. At the end of the text there are no more segments.
    pub next: usize,
}

/// Writes the spans of the segments of `text` from byte `start` on to `out`, until it is full or the text ends.
///
/// `start` is 0 or the `next` of the previous batch; all batches together walk the text once. Past the end there are no
/// segments. Clusters, sentences and line-break segments follow each other without a gap; word spans omit the text between
/// words, line spans their LF or CR LF. For bytes, characters, UTF-16 units and cells it returns `None`.
///
/// Panics if the text is longer than 4 GiB - 1, as spans have 32-bit offsets.
pub fn segments(
    text: &[u8],
    unit: Unit,
    start: usize,
    out: &mut [MaybeUninit<Span>],
) -> Option<Batch> {
    assert!(u32::try_from(text.len()).is_ok(), "spans are of 32 bits");
    let mut sink = Sink { out, count: 0 };
    let start = start.min(text.len());
    let next = match unit {
        _ if sink.full() || start == text.len() => start,
        Unit::Line => lines::spans(text, start, &mut sink),
        Unit::Grapheme => clusters(text, start, &mut sink),
        Unit::Word => spans(Machine::words(), text, start, |word| word, &mut sink),
        Unit::Sentence => spans(Machine::sentences(), text, start, |_| true, &mut sink),
        Unit::Linebreak => spans(Machine::linebreaks(), text, start, |_| true, &mut sink),
        Unit::Byte | Unit::Char | Unit::Utf16 | Unit::Cell => start,
    };
    let known = !matches!(unit, Unit::Byte | Unit::Char | Unit::Utf16 | Unit::Cell);
    known.then_some(Batch { count: sink.count, next })
}

/// Returns where the grapheme cluster that starts at `start` ends, or, if `is_word`, the word or the segment between two
/// words.
pub(crate) fn segment_stop(text: &[u8], start: usize, is_word: bool) -> usize {
    let machine = if is_word { Machine::words() } else { Machine::graphemes() };
    machine.walk(text, start).next().map_or(text.len(), |segment| segment.stop)
}

/// Writes the segments of a machine for which `wanted` returns true; its argument is whether the segment is a word.
#[inline]
fn spans(
    machine: &'static Machine,
    text: &[u8],
    start: usize,
    wanted: impl Fn(bool) -> bool,
    sink: &mut Sink<'_>,
) -> usize {
    for Segment { start, stop, word } in machine.walk(text, start) {
        if wanted(word) && !sink.put(start, stop) {
            return stop;
        }
    }
    text.len()
}

fn clusters(text: &[u8], start: usize, sink: &mut Sink<'_>) -> usize {
    let mut pieces = graphemes_from(text, start);
    while !sink.full()
        && let at = pieces.walk.from
        && let Some(piece) = pieces.next()
    {
        match piece {
            Piece::Bytes(bytes) => {
                let put = sink.put_bytes(at, bytes.len());
                if put < bytes.len() {
                    return at + put;
                }
            }
            Piece::Cluster(cluster) => {
                sink.put(at, at + cluster.len());
            }
        }
    }
    pieces.walk.from
}

/// A stretch of text between two cluster boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Single bytes, each a cluster: ASCII without a CR LF pair.
    Bytes(&'t [u8]),
    /// One cluster of any length.
    Cluster(&'t [u8]),
}

impl Piece<'_> {
    /// Returns the number of clusters in the piece.
    pub(super) fn clusters(&self) -> usize {
        match self {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::Cluster(_) => 1,
        }
    }
}

/// Iterates over the extended grapheme clusters of `text` in order; runs of ASCII are returned together.
pub(super) fn graphemes(text: &[u8]) -> Graphemes<'_> {
    graphemes_from(text, 0)
}

/// [`graphemes`] from the boundary `start` on.
pub(super) fn graphemes_from(text: &[u8], start: usize) -> Graphemes<'_> {
    Graphemes { walk: Machine::graphemes().walk_mixed(text, start), ascii_end: start }
}

/// Bytes per step of the search for the end of an ASCII run, so that a caller who needs few clusters does not pay for all.
const STEP: usize = 16 << 10;

/// Iterator returned by [`graphemes`].
pub(super) struct Graphemes<'t> {
    /// The state machine; everything before its position has been returned.
    walk: Walk<'t, true>,
    /// The text is ASCII up to here, if that is past the position. The last byte may be the base of a longer cluster.
    ascii_end: usize,
}

/// The bits that are clear in eight bytes of ASCII.
const ASCII: u64 = 0x8080_8080_8080_8080;

/// Returns the next piece of the ASCII run that begins at `start` and is known to extend to `ascii_end`, and the offset to
/// which the run is known to extend then.
#[inline(never)]
fn ascii(text: &[u8], start: usize, ascii_end: usize) -> (Piece<'_>, usize) {
    let mut end = ascii_end;
    if start >= end {
        let rest = &text[start..];
        let rest = &rest[..rest.len().min(STEP)];
        end = start + rest.find_non_ascii_byte().unwrap_or(rest.len());
    }
    // A combining mark or a line feed may follow the last byte of the run, so it is left to the state machine.
    let last = end == text.len();
    let safe = if last { end } else { end.saturating_sub(1) };
    let run = text.get(start..safe).unwrap_or_default();
    let piece = match pair(run) {
        Some(0) => Piece::Cluster(&run[..2]),
        Some(at) => Piece::Bytes(&run[..at]),
        // A CR at the end of the run joins an LF that follows it: the state machine handles that, too.
        None if run.ends_with(b"\r") && !last => Piece::Bytes(&run[..run.len() - 1]),
        None => Piece::Bytes(run),
    };
    (piece, end)
}

/// Returns the offset of the first CR LF.
fn pair(run: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\r', run).find(|&at| run.get(at + 1) == Some(&b'\n'))
}

impl<'t> Iterator for Graphemes<'t> {
    type Item = Piece<'t>;

    #[inline(always)]
    fn next(&mut self) -> Option<Piece<'t>> {
        let Walk { text, from: start, .. } = self.walk;
        let rest = &text[start..];
        // A run of a few bytes is not worth the branch: the machine handles it as well.
        let run = match rest.first_chunk() {
            Some(&next) => u64::from_ne_bytes(next) & ASCII == 0,
            None => rest.is_ascii(),
        };
        if run {
            let (piece, end) = ascii(text, start, self.ascii_end);
            self.ascii_end = end;
            let (Piece::Bytes(bytes) | Piece::Cluster(bytes)) = piece;
            if !bytes.is_empty() {
                self.walk.skip_to(start + bytes.len());
                return Some(piece);
            }
        }
        let Segment { start, stop, .. } = self.walk.next()?;
        Some(Piece::Cluster(&text[start..stop]))
    }
}

/// Returns the number of words, sentences or line-break segments in `text`.
pub(super) fn count(text: &[u8], unit: Unit) -> usize {
    match unit {
        Unit::Word => Machine::words().walk(text, 0).filter(|segment| segment.word).count(),
        Unit::Sentence => Machine::sentences().walk(text, 0).count(),
        _ => Machine::linebreaks().walk(text, 0).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The clusters as the state machine alone finds them.
    fn plain(text: &[u8]) -> Vec<&[u8]> {
        Machine::graphemes().walk(text, 0).map(|found| &text[found.start..found.stop]).collect()
    }

    fn fast(text: &[u8]) -> Vec<&[u8]> {
        graphemes(text)
            .flat_map(|piece| match piece {
                Piece::Bytes(bytes) => bytes.chunks(1).collect(),
                Piece::Cluster(cluster) => vec![cluster],
            })
            .collect()
    }

    #[test]
    fn ascii_before_a_combining_mark_belongs_to_it() {
        let text = "abe\u{301}cd\r\nef\r\u{301}\n".as_bytes();
        let clusters = ["a", "b", "e\u{301}", "c", "d", "\r\n", "e", "f", "\r", "\u{301}", "\n"];
        assert_eq!(fast(text), clusters.map(str::as_bytes));
    }

    const UNITS: [Unit; 5] =
        [Unit::Grapheme, Unit::Word, Unit::Sentence, Unit::Line, Unit::Linebreak];

    /// Returns the spans of a text, fetched in batches of `capacity`.
    #[allow(unsafe_code)]
    fn spans(text: &[u8], unit: Unit, capacity: usize) -> Vec<Span> {
        let mut all = Vec::new();
        let mut next = 0;
        while next < text.len() {
            let mut out = vec![MaybeUninit::uninit(); capacity];
            let batch = segments(text, unit, next, &mut out).expect("a unit of segments");
            assert!(batch.next > next && (batch.count == capacity || batch.next == text.len()));
            // SAFETY: `segments` has written this many.
            all.extend(out[..batch.count].iter().map(|span| unsafe { span.assume_init() }));
            next = batch.next;
        }
        all
    }

    fn texts(text: &str, unit: Unit) -> Vec<&str> {
        spans(text.as_bytes(), unit, 3)
            .into_iter()
            .map(|[start, stop]| &text[start as usize..stop as usize])
            .collect()
    }

    #[test]
    fn segments_of_each_unit() {
        let text = "Don't stop, e\u{301}h?\r\nYes. 1.5 m\n\nno";
        assert_eq!(
            texts(text, Unit::Word),
            ["Don't", "stop", "e\u{301}h", "Yes", "1.5", "m", "no"]
        );
        assert_eq!(texts(text, Unit::Line), ["Don't stop, e\u{301}h?", "Yes. 1.5 m", "", "no"]);
        assert_eq!(
            texts(text, Unit::Sentence),
            ["Don't stop, e\u{301}h?\r\n", "Yes. ", "1.5 m\n", "\n", "no"]
        );
        assert_eq!(
            texts(text, Unit::Linebreak),
            ["Don't ", "stop, ", "e\u{301}h?\r\n", "Yes. ", "1.5 ", "m\n", "\n", "no"]
        );
        assert_eq!(texts("ae\u{301}\r\n", Unit::Grapheme), ["a", "e\u{301}", "\r\n"]);
        assert_eq!(texts("\r\n\r\ra\r", Unit::Line), ["", "\r\ra\r"]);
    }

    #[test]
    fn there_are_no_segments_of_chars_and_none_after_the_end() {
        let mut out = [MaybeUninit::uninit(); 4];
        for unit in [Unit::Byte, Unit::Char, Unit::Utf16] {
            assert_eq!(segments(b"abc", unit, 0, &mut out), None);
        }
        for unit in UNITS {
            let nothing = Batch { count: 0, next: 3 };
            assert_eq!(segments(b"abc", unit, 3, &mut out), Some(nothing));
            assert_eq!(segments(b"abc", unit, usize::MAX, &mut out), Some(nothing));
            let nothing = Batch { count: 0, next: 1 };
            assert_eq!(segments(b"abc", unit, 1, &mut []), Some(nothing));
        }
    }

    #[test]
    fn long_runs_of_ascii() {
        for len in [STEP - 1, STEP, STEP + 1, 3 * STEP] {
            for end in ["", "\u{301}", "\n", "\r\n", "\r\u{301}"] {
                let text = "x".repeat(len - 1) + "\r" + end;
                assert_eq!(fast(text.as_bytes()), plain(text.as_bytes()));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(800)))]

        #[test]
        fn batches_of_any_size_give_all(pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "B", ".", " ", "\r", "\n", "\r\n", "\u{301}", "👩", "日", "1", ",",
        ]), 0..40), capacity in 1..9usize) {
            let text = pieces.concat().into_bytes();
            for unit in UNITS {
                let all = spans(&text, unit, text.len() + 1);
                prop_assert_eq!(all.len(), crate::text::count(&text, unit));
                prop_assert_eq!(spans(&text, unit, capacity), all);
            }
        }

        #[test]
        fn the_ascii_path_changes_nothing(pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "b", "\r", "\n", "\r\n", "\u{301}", "\u{200d}", "👩", "🇩", "🇪", "한", "ᄀ", "ᅡ", "क", "्", "é", "\u{fe0f}",
        ]), 0..40), invalid in prop::collection::vec(any::<u8>(), 0..4)) {
            let mut text = pieces.concat().into_bytes();
            text.extend(invalid);
            text.extend(pieces.concat().into_bytes());
            prop_assert_eq!(fast(&text), plain(&text));
        }
    }
}
