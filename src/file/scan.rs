//! Going through a file by whole lines, a segment at a time.
//!
//! # Whose is a line that goes over the end of a segment?
//!
//! That of the segment in which it begins. So a segment passes over what is before its first line, and reads on behind its
//! end to the end of its last one.
//!
//! # What of lines that do not fit in memory?
//!
//! A line above [`MAX_WHOLE_LINE_BYTES`] is brought in pieces that overlap by [`OVERLAP`], with some bytes before each for `\b` to look at. A
//! match that is no longer than the overlap lies wholly in one of them.

use super::snapshot::{BUFFER, Snapshot};
use crate::job::JobError;
use crate::memory;
use crate::search::lines::trim_line_terminator;

/// Bytes of a line that is brought as a whole, and of a piece of a longer one.
pub(super) const MAX_WHOLE_LINE_BYTES: usize = if cfg!(test) { 4 << 10 } else { 1 << 20 };

/// What may stand before the first line of a file in UTF-8: it is no part of that line, for grep as well.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Bytes that pieces of a long line have in common.
pub(super) const OVERLAP: usize = if cfg!(test) { 256 } else { 64 << 10 };

/// Bytes before a piece that are there to be looked at.
const CONTEXT: usize = 16;

/// Bytes that are read behind the end of a segment at once.
const BEHIND: usize = if cfg!(test) { 64 } else { 8 << 10 };

/// Who looks at the lines of a segment.
pub(super) trait Visit {
    /// Learns that the first line, which follows, is looked at without so many bytes of a byte-order mark.
    fn mark(&mut self, len: u64);

    /// Looks at whole lines.
    fn lines(&mut self, offset: u64, text: &[u8]) -> Result<(), JobError>;

    /// Looks at a piece of a line that is too long.
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), JobError>;
}

/// A piece of a long line.
pub(super) struct Piece<'p> {
    /// Where the line begins.
    pub line: u64,
    /// Where the text begins.
    pub offset: u64,
    /// The text, without what ends the line.
    pub text: &'p [u8],
    /// A match that begins before this was in the piece before.
    pub from: usize,
    /// A match that begins here or behind it is in the next piece.
    pub to: usize,
    /// Where the next line begins, if the line ends here.
    pub next: Option<u64>,
}

/// The buffer of a thread, and what it has of the file.
#[derive(Default)]
pub(super) struct Scanner {
    buffer: Vec<u8>,
    /// Bytes of the buffer in use.
    len: usize,
    /// Offset of its first byte.
    offset: u64,
}

/// A part of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub begin: u64,
    pub end: u64,
    /// Where the file ends for whoever scans it.
    pub size: u64,
}

impl Scanner {
    /// Brings the lines that begin in a segment to `visit`, in order.
    pub fn scan(
        &mut self,
        snapshot: &Snapshot,
        segment: Segment,
        visit: &mut impl Visit,
        go_on: impl Fn() -> Result<(), JobError>,
    ) -> Result<(), JobError> {
        let Segment { begin, end, size } = segment;
        (self.len, self.offset) = (0, begin);
        // The line feed that ends the line before may be the last byte before the segment.
        let mut skip = begin > 0;
        self.offset -= u64::from(skip);
        loop {
            go_on()?;
            let is_first = begin == 0 && self.len == 0 && self.offset == 0;
            let read = self.read(snapshot, end, size)?;
            if is_first && self.buffer[..self.len].starts_with(BYTE_ORDER_MARK) {
                let len = BYTE_ORDER_MARK.len();
                self.drop_front(len);
                visit.mark(len as u64);
                if size == len as u64 {
                    return visit.lines(size, &[]);
                }
            }
            if read == 0 {
                // The end of the file, and its last line has no line feed.
                if self.len > 0 && !skip {
                    visit.lines(self.offset, &self.buffer[..self.len])?;
                }
                return Ok(());
            }
            if skip {
                let Some(feed) = memchr::memchr(b'\n', &self.buffer[..self.len]) else {
                    self.drop_front(self.len);
                    if self.offset >= end {
                        return Ok(());
                    }
                    continue;
                };
                skip = false;
                self.drop_front(feed + 1);
            }
            if self.offset >= end {
                return Ok(());
            }
            // The last line begins before the end of the segment.
            let last = (end - 1 - self.offset).min(self.len as u64) as usize;
            let behind =
                memchr::memchr(b'\n', &self.buffer[last..self.len]).map(|feed| last + feed + 1);
            let whole = behind.or_else(|| {
                let feed = memchr::memrchr(b'\n', &self.buffer[..last]);
                feed.map(|feed| feed + 1)
            });
            if let Some(whole) = whole {
                visit.lines(self.offset, &self.buffer[..whole])?;
                self.drop_front(whole);
                if behind.is_some() {
                    return Ok(());
                }
            }
            if self.len >= MAX_WHOLE_LINE_BYTES {
                self.long_line(snapshot, segment, visit, &go_on)?;
                if self.offset >= end {
                    return Ok(());
                }
            }
        }
    }

    /// Brings the line at the begin of the buffer in pieces, and leaves what is behind it.
    fn long_line(
        &mut self,
        snapshot: &Snapshot,
        segment: Segment,
        visit: &mut impl Visit,
        go_on: &impl Fn() -> Result<(), JobError>,
    ) -> Result<(), JobError> {
        let (line, mut from, mut seen) = (self.offset, 0, 0);
        loop {
            let feed =
                memchr::memchr(b'\n', &self.buffer[seen..self.len]).map(|feed| seen + feed + 1);
            let next = feed
                .or_else(|| (self.offset + self.len as u64 >= segment.size).then_some(self.len));
            if let Some(next) = next {
                let text = trim_line_terminator(&self.buffer[..next]);
                let (to, offset) = (text.len() + 1, self.offset);
                let behind = Some(offset + next as u64);
                visit.piece(&Piece { line, offset, text, from, to, next: behind })?;
                self.drop_front(next);
                return Ok(());
            }
            if self.len >= MAX_WHOLE_LINE_BYTES {
                let (text, to) = (&self.buffer[..self.len], self.len - OVERLAP);
                visit.piece(&Piece { line, offset: self.offset, text, from, to, next: None })?;
                self.drop_front(to - CONTEXT);
                from = CONTEXT;
            }
            seen = self.len;
            go_on()?;
            self.read(snapshot, u64::MAX, segment.size)?;
        }
    }

    /// Appends what follows in the file, and tells how many bytes: 0 at its end.
    fn read(&mut self, snapshot: &Snapshot, end: u64, size: u64) -> Result<usize, JobError> {
        let at = self.offset + self.len as u64;
        let most = if at < end { (end - at).min(BUFFER as u64) as usize } else { BEHIND };
        let most = (size - at).min(most as u64) as usize;
        if self.buffer.len() < self.len + most {
            memory::resize(&mut self.buffer, self.len + most, 0)?;
        }
        snapshot.fill(&mut self.buffer[self.len..self.len + most], at)?;
        self.len += most;
        Ok(most)
    }

    fn drop_front(&mut self, len: usize) {
        self.buffer.copy_within(len..self.len, 0);
        self.len -= len;
        self.offset += len as u64;
    }
}
