//! Segmentation by UAX #29: grapheme clusters and words.
//!
//! The tables and the state machine are ICU4X's (`icu_segmenter`, the `new_neo` constructors, which are all of one
//! Unicode version). In front of them stands a fast path for ASCII, where every byte is a cluster of its own but for
//! CR LF: finding the end of an ASCII run costs a fraction of what the state machine costs on it.

use bstr::ByteSlice;
use icu_properties::props::{Alphabetic, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use icu_segmenter::iterators::GraphemeClusterBreakIterator;
use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::scaffold::PotentiallyIllFormedUtf8;
use icu_segmenter::{GraphemeClusterSegmenter, WordSegmenter};
use std::ops::Range;

/// A stretch of text between two cluster boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Single bytes, each a cluster: ASCII without a CR LF pair.
    Bytes(&'t [u8]),
    /// One cluster of any length.
    Cluster(&'t [u8]),
}

impl Piece<'_> {
    /// How many clusters the piece holds.
    pub(super) fn clusters(&self) -> usize {
        match self {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::Cluster(_) => 1,
        }
    }
}

/// The extended grapheme clusters of `text` in order, those of ASCII runs taken together.
pub(super) fn graphemes(text: &[u8]) -> Graphemes<'_> {
    Graphemes { text, start: 0, ascii_end: None, breaks: None }
}

/// Iterator of [`graphemes`].
pub(super) struct Graphemes<'t> {
    text: &'t [u8],
    /// A cluster boundary; everything before it has been given out.
    start: usize,
    /// End of the known ASCII run around `start`. Its last byte may be the base of a cluster that goes on.
    ascii_end: Option<usize>,
    /// The state machine, and the offset at which it was started, while the text is not ASCII.
    breaks: Option<(usize, GraphemeClusterBreakIterator<'static, 't, PotentiallyIllFormedUtf8>)>,
}

impl<'t> Graphemes<'t> {
    /// The next piece of the ASCII run that begins at `start`, if there is one worth taking.
    fn ascii(&mut self) -> Option<Piece<'t>> {
        let end = match self.ascii_end {
            Some(end) => end,
            None => {
                let rest = &self.text[self.start..];
                let end = self.start + rest.find_non_ascii_byte().unwrap_or(rest.len());
                *self.ascii_end.insert(end)
            }
        };
        // The last byte of the run may take a combining mark, so it is left to the state machine.
        let safe = if end == self.text.len() { end } else { end.saturating_sub(1) };
        if self.start >= safe {
            self.ascii_end = None;
            return None;
        }
        let run = &self.text[self.start..safe];
        let piece = match pair(run) {
            Some(0) => Piece::Cluster(&run[..2]),
            Some(at) => Piece::Bytes(&run[..at]),
            // A CR at the end of the run is joined to an LF that follows it: the state machine's work.
            None if run.ends_with(b"\r") && end != safe => Piece::Bytes(&run[..run.len() - 1]),
            None => Piece::Bytes(run),
        };
        match piece {
            Piece::Bytes([]) => {
                self.ascii_end = None;
                None
            }
            Piece::Bytes(bytes) | Piece::Cluster(bytes) => {
                self.start += bytes.len();
                Some(piece)
            }
        }
    }
}

/// Offset of the first CR LF.
fn pair(run: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\r', run).find(|&at| run.get(at + 1) == Some(&b'\n'))
}

impl<'t> Iterator for Graphemes<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if self.start == self.text.len() {
            return None;
        }
        if self.breaks.is_none()
            && let Some(piece) = self.ascii()
        {
            return Some(piece);
        }
        let text = self.text;
        let start = self.start;
        let (base, breaks) = self.breaks.get_or_insert_with(|| {
            let mut breaks = GraphemeClusterSegmenter::new_neo().segment_utf8(&text[start..]);
            breaks.next(); // The boundary at the start.
            (start, breaks)
        });
        self.start = breaks.next().map_or(text.len(), |at| *base + at);
        // Two ASCII bytes: the first is then a cluster of its own (or CR LF) and the fast path has something to do.
        if let [first, second, ..] = text[self.start..]
            && first.is_ascii()
            && second.is_ascii()
        {
            self.breaks = None;
        }
        Some(Piece::Cluster(&text[start..self.start]))
    }
}

/// The words of `text` as byte spans, without what stands between them: the segments of UAX #29 that hold a letter or a
/// number.
///
/// There is no dictionary, so a script that is written without spaces is cut by the default rules: ideographs and kana
/// one by one or in runs of one kind, Thai, Lao, Khmer and Burmese at every cluster.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let segmenter =
        WordSegmenter::new_neo_for_non_complex_scripts(WordBreakInvariantOptions::default());
    let mut start = 0;
    segmenter.segment_utf8(text).filter_map(move |at| {
        let span = start..at;
        start = at;
        text[span.clone()].chars().any(is_alphanumeric).then_some(span)
    })
}

/// Whether a segment that holds `c` is a word: letters, ideographs and numbers, by the properties Alphabetic and N*.
///
/// (The segmenter's own word type does not tell: without a dictionary it has no word of ideographs, and `__` is one.)
pub fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    CodePointSetData::new::<Alphabetic>().contains(c)
        || GeneralCategoryGroup::Number.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The clusters as the state machine alone finds them.
    fn plain(text: &[u8]) -> Vec<&[u8]> {
        let breaks: Vec<_> = GraphemeClusterSegmenter::new_neo().segment_utf8(text).collect();
        breaks.windows(2).map(|span| &text[span[0]..span[1]]).collect()
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

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
