//! Scans a file by whole lines, one segment at a time.
//!
//! # To which segment does a line belong that crosses the end of one?
//!
//! To the segment in which it begins. So a segment skips the bytes before its first line, and reads on past its end to
//! the end of its last line.
//!
//! # What about lines that do not fit in memory?
//!
//! A line above [`MAX_WHOLE_LINE_BYTES`] is passed in pieces that overlap by [`OVERLAP`], each with some preceding
//! bytes as context for `\b`. A match no longer than the overlap lies wholly in one piece.

use super::snapshot::{BUFFER, Snapshot};
use crate::job::JobError;
use crate::memory;
use crate::search::lines::trim_line_terminator;

/// Maximum size in bytes of a line that is passed as a whole, and of a piece of a longer line.
pub(super) const MAX_WHOLE_LINE_BYTES: usize = if cfg!(test) { 4 << 10 } else { 1 << 20 };

/// The byte-order mark of UTF-8 at the start of a file. It is not part of the first line, as in grep.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Size in bytes of the overlap between two pieces of a long line.
pub(super) const OVERLAP: usize = if cfg!(test) { 256 } else { 64 << 10 };

/// Number of bytes before a piece that are available as context.
const CONTEXT: usize = 16;

/// Bytes to read at a time past the end of a segment.
const READ_AHEAD: usize = if cfg!(test) { 64 } else { 8 << 10 };

/// Receives the lines of a segment.
pub(super) trait Visit {
    /// Reports a byte-order mark of `len` bytes before the first line, which follows without it.
    fn mark(&mut self, len: u64);

    /// Handles whole lines.
    fn lines(&mut self, offset: u64, text: &[u8]) -> Result<(), JobError>;

    /// Handles a piece of a line that is too long.
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), JobError>;
}

/// A piece of a long line.
pub(super) struct Piece<'p> {
    /// Offset of the start of the line.
    pub line: u64,
    /// Offset of the start of the text.
    pub offset: u64,
    /// The text, without the line terminator.
    pub text: &'p [u8],
    /// Matches that begin before this index were found in the previous piece.
    pub from: usize,
    /// Matches that begin at or after this index are found in the next piece.
    pub to: usize,
    /// Start of the next line, if the line ends in this piece.
    pub next: Option<u64>,
}

/// The read buffer of a thread, and the part of the file in it.
#[derive(Default)]
pub(super) struct Scanner {
    buffer: Vec<u8>,
    /// Number of bytes in use.
    len: usize,
    /// Offset in the file of the first byte.
    offset: u64,
}

/// A part of a file to scan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub begin: u64,
    pub end: u64,
    /// The size of the file during this scan.
    pub size: u64,
}

impl Scanner {
    /// Passes the lines that begin in a segment to `visit`, in order.
    pub fn scan(
        &mut self,
        snapshot: &Snapshot,
        segment: Segment,
        visit: &mut impl Visit,
        go_on: impl Fn() -> Result<(), JobError>,
    ) -> Result<(), JobError> {
        let Segment { begin, end, size } = segment;
        (self.len, self.offset) = (0, begin);
        // The line feed that ends the previous line may be the last byte before the segment.
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
                // At the end of the file, the last line has no line feed.
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

    /// Passes the line at the start of the buffer in pieces, and leaves the bytes that follow it.
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

    /// Appends the following bytes of the file to the buffer. Returns their number: 0 at the end of the file.
    fn read(&mut self, snapshot: &Snapshot, end: u64, size: u64) -> Result<usize, JobError> {
        let at = self.offset + self.len as u64;
        let most = if at < end { (end - at).min(BUFFER as u64) as usize } else { READ_AHEAD };
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
