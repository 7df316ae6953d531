//! Reading a file: lines by number, around an offset or at the end, and raw bytes.
//!
//! # Why does a batch end early?
//!
//! Because the host waits for it: a batch holds at most [`MAX_BATCH_BYTES`] of text and searches at most
//! [`MAX_SCANNED_BYTES`] for the ends of lines, so that the call takes less than two milliseconds for lines of any
//! length. The next call continues.
//!
//! # Which lines are left out then?
//!
//! Those farthest from the requested place: the last ones of a batch that begins with a given line, and the first ones
//! of [`Snapshot::last`]. Before an offset there are as many lines as fit in half a batch.

use super::cache::{BLOCK, zeroed};
use super::snapshot::{Answer, FileError, Snapshot};
use std::sync::Arc;

/// Maximum size of the text of a batch in bytes; the last line may exceed it.
const MAX_BATCH_BYTES: usize = 1 << 20;

/// Maximum number of bytes that are searched for one batch.
const MAX_SCANNED_BYTES: u64 = 4 << 20;

/// Maximum number of bytes that are searched for the end of one line before the index is used.
const LOOK: u64 = 256 << 10;

/// The part of each line to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Bytes to skip at the start of each line.
    pub from: u64,
    /// Maximum number of bytes of each line.
    pub most: usize,
}

impl Default for Window {
    fn default() -> Window {
        Window { from: 0, most: 64 << 10 }
    }
}

/// Bytes before this part of the line are missing.
pub const CUT_BEFORE: u32 = 1;
/// Bytes after this part of the line are missing.
pub const CUT_AFTER: u32 = 2;

/// One line of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Line {
    /// Start of its text in the text of the batch.
    pub start: u32,
    /// End of its text, without its LF or CR LF.
    pub stop: u32,
    /// [`CUT_BEFORE`], [`CUT_AFTER`], both or neither.
    pub flags: u32,
    /// Always 0.
    pub reserved: u32,
    /// Offset of the start of the line in the file; if the start is too far away to search for, of the first byte read,
    /// and [`CUT_BEFORE`] is set.
    pub offset: f64,
    /// Bytes of the whole line without its LF or CR LF; -1 if its end is not known yet.
    pub length: f64,
}

/// A batch of consecutive lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The bytes of all lines.
    pub text: Vec<u8>,
    /// The place of each line.
    pub lines: Vec<Line>,
    /// Number of the first line, if it is known.
    pub first: Option<u64>,
    /// Whether the batch ended early.
    pub more: bool,
}

/// Minimum number of lines to return, if requested, where a line is too long to search: finding the end of each such
/// line takes a step of the index, and that many steps fit in [`MAX_SCANNED_BYTES`].
const FAR: u64 = 3;

/// How far to go back from an offset.
struct Wanted {
    /// Maximum number of line feeds to cross.
    feeds: u64,
    /// Number of line feeds to cross however much text there is.
    least: u64,
    window: Window,
    /// Maximum size of the text in bytes.
    text: usize,
}

/// The place that going back has reached.
struct Back {
    start: u64,
    /// Number of lines that begin between `start` and the offset, both included.
    lines: u64,
    /// Whether a line begins at `start`.
    whole: bool,
    /// The bytes before this offset were searched already.
    seen: u64,
}

impl Back {
    /// Marks the first line as cut if its start was not found.
    fn mark(&self, out: &mut Lines) {
        if !self.whole
            && let Some(line) = out.lines.first_mut()
        {
            line.flags |= CUT_BEFORE;
        }
    }
}

/// A reading position in a file, and the block that holds it.
struct Cursor<'e> {
    snapshot: &'e Snapshot,
    block: Option<(u64, Arc<Vec<u8>>)>,
}

impl Cursor<'_> {
    /// Returns the bytes from an offset to the end of its block; nothing at the end of the file.
    fn at(&mut self, offset: u64) -> Result<&[u8], FileError> {
        let number = offset / BLOCK as u64;
        if self.block.as_ref().is_none_or(|(have, _)| *have != number) {
            self.block = Some((number, self.snapshot.block(number)?));
        }
        let block = self.block.as_ref().map_or(&[][..], |(_, block)| &block[..]);
        Ok(block.get((offset - number * BLOCK as u64) as usize..).unwrap_or_default())
    }
}

impl Snapshot {
    /// Reads up to `count` lines from line `first` on, counted from 1, into `out`.
    pub fn lines(
        &self,
        first: u64,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<Answer<()>, FileError> {
        out.clear();
        Ok(match self.offset_of(first)? {
            Answer::Known(offset) => {
                self.emit(offset, offset, Some(first), count, window, out)?;
                Answer::Known(())
            }
            Answer::Unknown => Answer::Unknown,
            Answer::Absent => Answer::Absent,
        })
    }

    /// Reads the line that holds an offset, `before` lines before it and `after` lines from it on, into `out`.
    pub fn around(
        &self,
        offset: u64,
        before: usize,
        after: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<(), FileError> {
        out.clear();
        let offset = offset.min(self.size());
        let wanted =
            Wanted { feeds: before as u64 + 1, least: 1, window, text: MAX_BATCH_BYTES / 2 };
        let back = self.back(offset, wanted)?;
        let count = back.lines.saturating_sub(1).min(before as u64) as usize + after;
        self.emit(back.start, back.seen, None, count, window, out)?;
        back.mark(out);
        Ok(())
    }

    /// Reads the last `count` lines into `out`, without an index. If not all of them fit, these are the newest ones,
    /// and `more` is set.
    pub fn last(&self, count: usize, window: Window, out: &mut Lines) -> Result<(), FileError> {
        out.clear();
        if count == 0 {
            return Ok(());
        }
        // The line feed that ends the file follows its last line.
        let ended = u64::from(self.is_ended()?);
        let (feeds, least) = (count as u64 + ended, 1 + ended);
        let back =
            self.back(self.size(), Wanted { feeds, least, window, text: MAX_BATCH_BYTES })?;
        self.emit(back.start, back.seen, None, count, window, out)?;
        back.mark(out);
        out.more = back.start > 0 && out.lines.len() < count;
        Ok(())
    }

    /// Goes back from an offset over line feeds. If a line is too long for that, uses the index; if that has not come
    /// so far, returns some place in the line.
    fn back(&self, offset: u64, wanted: Wanted) -> Result<Back, FileError> {
        let Wanted { feeds, least, window, text: most_text } = wanted;
        let mut back = Back { start: offset, lines: 0, whole: true, seen: offset };
        let (mut at, mut text) = (offset, 0);
        // Takes one more line if there is room for its text.
        let mut take = |back: &mut Back, start: u64| {
            let len = back.start.saturating_sub(start + 1).saturating_sub(window.from);
            text += len.min(window.most as u64);
            let fits = back.lines < least || text < most_text as u64;
            if fits {
                (back.start, back.lines) = (start, back.lines + 1);
            }
            fits && back.lines < feeds
        };
        while at > 0 && offset - at < MAX_SCANNED_BYTES {
            let number = (at - 1) / BLOCK as u64;
            let begin = number * BLOCK as u64;
            let block = self.block(number)?;
            for place in memchr::memrchr_iter(b'\n', &block[..(at - begin) as usize]) {
                if !take(&mut back, begin + place as u64 + 1) {
                    return Ok(back);
                }
            }
            at = begin;
        }
        if at == 0 {
            take(&mut back, 0);
            return Ok(back);
        }
        // If each line takes a step of the index, take no more lines than fit in a batch.
        let far = if window.most < most_text / FAR as usize { FAR } else { least };
        if back.lines >= far.min(feeds) {
            return Ok(back);
        }
        let wanted = feeds.min(far);
        if let Some(before) = self.feeds_before(offset)? {
            // Line 1 follows no line feed, line 2 follows the first one.
            let start = match before.checked_sub(wanted) {
                None => Answer::Known(0),
                Some(left) => self.offset_of(left + 2)?,
            };
            if let Answer::Known(start) = start {
                let lines = wanted.min(before + 1);
                return Ok(Back { start, lines, whole: true, seen: start });
            }
        }
        if back.lines < least {
            back = Back { start: at, lines: 1, whole: false, seen: offset };
        }
        Ok(back)
    }

    /// Appends lines from `start` on, which begins a line. The bytes before `seen` were searched already.
    fn emit(
        &self,
        start: u64,
        seen: u64,
        number: Option<u64>,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<(), FileError> {
        let number = match number {
            Some(number) => Some(number),
            None => self.line_at(start)?.known(),
        };
        out.first = number;
        let (mut cursor, mut at, mut looked) = (Cursor { snapshot: self, block: None }, start, 0);
        let size = self.size();
        while at < size && out.lines.len() < count {
            if out.text.len() >= MAX_BATCH_BYTES || looked >= MAX_SCANNED_BYTES {
                out.more = true;
                break;
            }
            let own = number.map(|number| number + out.lines.len() as u64);
            let end = self.end_of(&mut cursor, at, seen, own, &mut looked)?;
            let next = self.copy(&mut cursor, at, end, window, out)?;
            let Some(next) = next else {
                out.more = out.lines.len() < count;
                break;
            };
            at = next;
        }
        Ok(())
    }

    /// Returns the end of a line, if it is known: after its line feed, or at the end of the file.
    fn end_of(
        &self,
        cursor: &mut Cursor<'_>,
        start: u64,
        seen: u64,
        number: Option<u64>,
        looked: &mut u64,
    ) -> Result<Option<u64>, FileError> {
        let (mut at, size) = (start, self.size());
        let from = seen.max(start);
        while at < size && at < from + LOOK {
            let piece = cursor.at(at)?;
            if let Some(place) = memchr::memchr(b'\n', piece) {
                *looked += (at + place as u64).saturating_sub(from);
                return Ok(Some(at + place as u64 + 1));
            }
            at += piece.len() as u64;
        }
        *looked += at.saturating_sub(from);
        if at >= size {
            return Ok(Some(size));
        }
        let Some(number) = number else { return Ok(None) };
        *looked += super::index::SPAN;
        Ok(match self.offset_of(number + 1)? {
            Answer::Known(next) => Some(next),
            Answer::Absent => Some(size),
            Answer::Unknown => None,
        })
    }

    /// Appends the requested part of the line from `start` to `end`. Returns the start of the next line, if it is
    /// known.
    fn copy(
        &self,
        cursor: &mut Cursor<'_>,
        start: u64,
        end: Option<u64>,
        window: Window,
        out: &mut Lines,
    ) -> Result<Option<u64>, FileError> {
        // The line terminator is not part of the line.
        let mut stop = end.unwrap_or(self.size());
        if end.is_some() && cursor.at(stop - 1)?.first() == Some(&b'\n') {
            stop -= 1;
            if stop > start && cursor.at(stop - 1)?.first() == Some(&b'\r') {
                stop -= 1;
            }
        }
        let from = start.saturating_add(window.from).min(stop);
        let to = from.saturating_add(window.most as u64).min(stop);
        let text = out.text.len();
        out.reserve((to - from) as usize)?;
        let mut at = from;
        while at < to {
            let piece = cursor.at(at)?;
            let piece = &piece[..piece.len().min((to - at) as usize)];
            out.text.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        let mut flags = if from > start { CUT_BEFORE } else { 0 };
        if to < stop {
            flags |= CUT_AFTER;
        }
        out.lines.push(Line {
            start: text as u32,
            stop: out.text.len() as u32,
            flags,
            reserved: 0,
            offset: start as f64,
            length: if end.is_some() { (stop - start) as f64 } else { -1.0 },
        });
        Ok(end)
    }

    /// Passes `len` bytes from an offset on to `take` in pieces, fewer only at the end of the file. Returns their
    /// number.
    pub fn read(
        &self,
        offset: u64,
        len: u64,
        mut take: impl FnMut(&[u8]),
    ) -> Result<u64, FileError> {
        let end = offset.saturating_add(len).min(self.size());
        let (mut at, mut cursor) = (offset, Cursor { snapshot: self, block: None });
        // A large read would push everything else out of the cache.
        let mut buffer = zeroed(if len > 8 * BLOCK as u64 { 4 * BLOCK } else { 0 })
            .map_err(|error| FileError::io(&error, offset))?;
        while at < end {
            let left = (end - at) as usize;
            if buffer.is_empty() {
                let piece = cursor.at(at)?;
                let piece = &piece[..piece.len().min(left)];
                take(piece);
                at += piece.len() as u64;
            } else {
                let len = left.min(buffer.len());
                self.fill(&mut buffer[..len], at)?;
                take(&buffer[..len]);
                at += len as u64;
            }
        }
        Ok(end.saturating_sub(offset))
    }
}

impl Lines {
    fn clear(&mut self) {
        self.text.clear();
        self.lines.clear();
        (self.first, self.more) = (None, false);
    }

    /// Reserves memory for one more line of `len` bytes.
    fn reserve(&mut self, len: usize) -> Result<(), FileError> {
        let room = self.text.try_reserve(len).and_then(|()| self.lines.try_reserve(1));
        room.map_err(|_| FileError::no_memory(len))
    }

    /// Returns the memory of the batch in bytes.
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.lines.capacity() * size_of::<Line>()
    }

    /// Returns the text of line `at` of the batch.
    pub fn text(&self, at: usize) -> &[u8] {
        let line = &self.lines[at];
        &self.text[line.start as usize..line.stop as usize]
    }
}
