//! The sparse line index: the offset of about every 1,024th line.
//!
//! # What does it hold?
//!
//! Marks: an offset, and the number of line feeds before it. A mark is made at the first multiple of 16 KiB after 1,024
//! line feeds or a mebibyte, whichever comes first. So counting never has to locate a single line, and the bytes that
//! must be read to find a line are bounded for lines of any length. A mark takes 16 bytes.
//!
//! # Why can it be made by several threads?
//!
//! Because a segment is counted without knowing the number of line feeds before it: that number is added to its marks
//! when they are appended.

use super::held::Tally;
use crate::memory::{self, must};
use crate::text::kernel;

/// Number of line feeds after which a mark is made.
pub(super) const STRIDE: u64 = 1024;

/// Number of bytes after which a mark is made.
pub(super) const SPAN: u64 = 1 << 20;

/// Bytes that are counted at a time.
pub(super) const CHUNK: usize = 16 << 10;

/// An offset, and the number of line feeds before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub offset: u64,
    pub feeds: u64,
}

/// The line index of a file, from its start up to `upto`.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The first mark is the start of the file.
    marks: Vec<Mark>,
    /// The end of the indexed part.
    upto: Mark,
    held: Tally,
}

/// The result of counting one piece: its marks and its end, all relative to its start.
#[derive(Debug, Default)]
pub(super) struct Counted {
    marks: Vec<Mark>,
    upto: Mark,
    /// The last mark of the piece.
    last: Mark,
}

impl Default for Index {
    fn default() -> Index {
        Index { marks: vec![Mark::default()], upto: Mark::default(), held: Tally::default() }
    }
}

impl Index {
    /// Returns the end of the indexed part, and the number of line feeds before it.
    pub fn upto(&self) -> Mark {
        self.upto
    }

    /// Appends a counted piece that starts at the end of the indexed part.
    pub fn append(&mut self, piece: &Counted) {
        let before = self.upto;
        must(memory::reserve(&mut self.marks, piece.marks.len() + 1));
        if self.marks.last().is_some_and(|last| is_due(*last, before)) {
            self.marks.push(before);
        }
        let moved = |mark: &Mark| Mark {
            offset: before.offset + mark.offset,
            feeds: before.feeds + mark.feeds,
        };
        self.marks.extend(piece.marks.iter().map(moved));
        self.upto = moved(&piece.upto);
        self.held.set(self.memory());
    }

    /// Returns the last mark at or before an offset.
    pub fn before_offset(&self, offset: u64) -> Mark {
        let at = self.marks.partition_point(|mark| mark.offset <= offset);
        self.marks[at.saturating_sub(1)]
    }

    /// Returns the last mark before line feed `number`, counted from 1.
    pub fn before_feed(&self, number: u64) -> Mark {
        let at = self.marks.partition_point(|mark| mark.feeds < number);
        self.marks[at.saturating_sub(1)]
    }

    /// Returns the mark after `mark`, or the end of the indexed part.
    pub fn mark_after(&self, mark: Mark) -> Mark {
        let at = self.marks.partition_point(|other| other.offset <= mark.offset);
        self.marks.get(at).copied().unwrap_or(self.upto)
    }

    /// Returns the memory of the index in bytes.
    pub fn memory(&self) -> usize {
        self.marks.capacity() * size_of::<Mark>()
    }
}

fn is_due(last: Mark, now: Mark) -> bool {
    now.feeds >= last.feeds + STRIDE || now.offset >= last.offset + SPAN
}

impl Counted {
    /// Counts the next buffer of the piece. All buffers but the last one have a multiple of [`CHUNK`] bytes.
    pub fn count(&mut self, buffer: &[u8]) {
        for chunk in buffer.chunks(CHUNK) {
            if is_due(self.last, self.upto) {
                self.last = self.upto;
                must(memory::push(&mut self.marks, self.upto));
            }
            self.upto.offset += chunk.len() as u64;
            self.upto.feeds += kernel::count_newlines(chunk) as u64;
        }
    }

    /// Returns the number of counted bytes.
    pub fn len(&self) -> u64 {
        self.upto.offset
    }
}

/// Returns the end of line feed `number` in a text, counted from 1; the number of line feeds if there are fewer.
pub(super) fn nth_newline(text: &[u8], number: u64) -> Result<usize, u64> {
    let mut left = number;
    for (at, chunk) in text.chunks(CHUNK).enumerate() {
        let feeds = kernel::count_newlines(chunk) as u64;
        if feeds >= left {
            let place = memchr::memchr_iter(b'\n', chunk).nth(left as usize - 1);
            return Ok(at * CHUNK + place.map_or(chunk.len(), |place| place + 1));
        }
        left -= feeds;
    }
    Err(number - left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Generates texts of lines of very different lengths.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let run = prop_oneof![
            (0..3000_usize).prop_map(|n| b"\n".repeat(n)),
            (0..3000_usize).prop_map(|n| b"ab\r\n".repeat(n)),
            (0..20_000_usize).prop_map(|n| vec![b'x'; n]),
            Just(vec![b'y'; SPAN as usize + 77]),
        ];
        prop::collection::vec(run, 0..6).prop_map(|runs| runs.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(24)))]
        #[test]
        fn marks_tell_how_many_line_feeds_are_before_them(
            text in text(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.sort_unstable();
            cuts.push(text.len());
            let (mut index, mut from) = (Index::default(), 0);
            for cut in cuts {
                let mut piece = Counted::default();
                piece.count(&text[from..cut]);
                index.append(&piece);
                from = cut;
            }
            let feeds = |upto: u64| text[..upto as usize].iter().filter(|&&byte| byte == b'\n').count() as u64;
            prop_assert_eq!(index.upto(), Mark { offset: text.len() as u64, feeds: feeds(text.len() as u64) });
            // With the end, so that there is a pair even if there is one mark: the end may be due as the next mark.
            for pair in index.marks.iter().copied().chain([index.upto()]).collect::<Vec<_>>().windows(2) {
                prop_assert_eq!(pair[1].feeds, feeds(pair[1].offset));
                // Pieces that are cut anywhere may double the distance.
                prop_assert!(pair[1].offset - pair[0].offset <= 2 * SPAN + CHUNK as u64);
                prop_assert!(pair[1].feeds - pair[0].feeds <= 2 * STRIDE + CHUNK as u64);
                prop_assert!(is_due(pair[0], pair[1]) || pair[1] == index.upto());
            }
        }

        #[test]
        fn the_nth_line_feed_is_where_a_plain_count_finds_it(text in text(), number in 1..4000_u64) {
            let places: Vec<usize> = memchr::memchr_iter(b'\n', &text).collect();
            let expected = places.get(number as usize - 1).map(|place| place + 1).ok_or(places.len() as u64);
            prop_assert_eq!(nth_newline(&text, number), expected);
        }
    }

    #[test]
    fn a_line_feed_with_the_number_of_a_mark_is_before_that() {
        let text = b"line\n".repeat(60_000);
        let (mut index, mut piece) = (Index::default(), Counted::default());
        piece.count(&text);
        index.append(&piece);
        for number in 1..=60_000_u64 {
            let mark = index.before_feed(number);
            let end = index.mark_after(mark).offset as usize;
            let found = nth_newline(&text[mark.offset as usize..end], number - mark.feeds);
            assert_eq!(found.map(|at| mark.offset as usize + at), Ok(number as usize * 5));
        }
    }

    #[test]
    fn a_long_line_has_marks() {
        let (mut index, mut piece) = (Index::default(), Counted::default());
        piece.count(&vec![b'x'; 3 * SPAN as usize]);
        index.append(&piece);
        assert_eq!(index.marks.len(), 3);
    }

    #[test]
    fn a_mark_is_16_bytes_for_1024_lines() {
        let line = [b'x'; 80].iter().chain(b"\n").copied().collect::<Vec<u8>>();
        let text = line.repeat(200_000);
        let (mut index, mut piece) = (Index::default(), Counted::default());
        piece.count(&text);
        index.append(&piece);
        assert!(index.marks.len() <= 200_000 / 1024 + 1, "{}", index.marks.len());
        assert!(index.marks.len() >= 200_000 / (1024 + 210), "{}", index.marks.len());
    }
}
