//! Reading: lines by number, around an offset, at the end, and bytes as they are.
//!
//! # Why does a batch end early?
//!
//! Because the host waits for it: a batch holds at most [`MAX_BATCH_BYTES`] bytes and looks at no more than [`MAX_SCANNED_BYTES`], so
//! that the call takes less than two milliseconds whatever the lines are. The next call goes on.
//!
//! # Which lines are missing then?
//!
//! Those that are farthest from what was asked for: the last ones of a batch that begins with a given line, the first ones of
//! [`Snapshot::last`], and before a place as many as fit in half a batch.

use super::cache::{BLOCK, zeroed};
use super::snapshot::{Answer, FileError, Snapshot};
use std::sync::Arc;

/// Text of a batch, in bytes, at most but for its last line.
const MAX_BATCH_BYTES: usize = 1 << 20;

/// Bytes that are looked at for a batch.
const MAX_SCANNED_BYTES: u64 = 4 << 20;

/// Bytes that are looked through for the end of one line, before the index is asked.
const LOOK: u64 = 256 << 10;

/// What of each line is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Bytes of each line that are passed over.
    pub from: u64,
    /// Bytes of each line at most.
    pub most: usize,
}

impl Default for Window {
    fn default() -> Window {
        Window { from: 0, most: 64 << 10 }
    }
}

/// The line has bytes in front of those that are here.
pub const CUT_BEFORE: u32 = 1;
/// The line has bytes behind those that are here.
pub const CUT_BEHIND: u32 = 2;

/// One line of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Line {
    /// Where its text begins in that of the batch.
    pub start: u32,
    /// Where its text ends.
    pub stop: u32,
    /// [`CUT_BEFORE`] and [`CUT_BEHIND`].
    pub flags: u32,
    /// Nothing.
    pub reserved: u32,
    /// Where the line begins in the file; with [`CUT_BEFORE`] and no window, the first byte that is here.
    pub offset: f64,
    /// Bytes of the whole line without what ends it, or -1 if its end is not known yet.
    pub length: f64,
}

/// Lines in a row.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The bytes of all of them.
    pub text: Vec<u8>,
    /// Where each is.
    pub lines: Vec<Line>,
    /// Number of the first one, if it is known.
    pub first: Option<u64>,
    /// Whether it ended early.
    pub more: bool,
}

/// Lines that are brought at least, if they are wanted, where one is too long to be looked through: finding the end of each of
/// them takes a step of the index, and as many fit in [`MAX_SCANNED_BYTES`].
const FAR: u64 = 3;

/// How far to go back.
struct Wanted {
    /// Line feeds to go over, at most.
    feeds: u64,
    /// Those to go over however much text there is.
    least: u64,
    window: Window,
    /// Bytes of text at most.
    text: usize,
}

/// Where going back has ended.
struct Back {
    start: u64,
    /// Lines that begin between it and the offset, or at one of them.
    lines: u64,
    /// Whether a line begins there.
    whole: bool,
    /// What is before this was looked at.
    seen: u64,
}

impl Back {
    /// Notes that the first line has no begin, if that is so.
    fn mark(&self, out: &mut Lines) {
        if !self.whole
            && let Some(line) = out.lines.first_mut()
        {
            line.flags |= CUT_BEFORE;
        }
    }
}

/// A place in a file, and the block that it is in.
struct Cursor<'e> {
    snapshot: &'e Snapshot,
    block: Option<(u64, Arc<Vec<u8>>)>,
}

impl Cursor<'_> {
    /// What is in one block from an offset on; nothing at the end.
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
    /// Lines from a number on, from 1 on.
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

    /// The line that holds an offset, and others before and from it on.
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

    /// The last lines, without an index. Where not all of them fit these are the newest, and there are more before them.
    pub fn last(&self, count: usize, window: Window, out: &mut Lines) -> Result<(), FileError> {
        out.clear();
        if count == 0 {
            return Ok(());
        }
        // The line feed that ends the file is behind its last line.
        let ended = u64::from(self.is_ended()?);
        let (feeds, least) = (count as u64 + ended, 1 + ended);
        let back =
            self.back(self.size(), Wanted { feeds, least, window, text: MAX_BATCH_BYTES })?;
        self.emit(back.start, back.seen, None, count, window, out)?;
        back.mark(out);
        out.more = back.start > 0 && out.lines.len() < count;
        Ok(())
    }

    /// Goes back from an offset over line feeds. Where a line is too long for that, the index is asked; if that has not come so
    /// far, it is some place in the line.
    fn back(&self, offset: u64, wanted: Wanted) -> Result<Back, FileError> {
        let Wanted { feeds, least, window, text: most_text } = wanted;
        let mut back = Back { start: offset, lines: 0, whole: true, seen: offset };
        let (mut at, mut text) = (offset, 0);
        // Takes a line more, if there is room for its text.
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
        // Of lines that take a step of the index each, no more than fit in a batch.
        let far = if window.most < most_text / FAR as usize { FAR } else { least };
        if back.lines >= far.min(feeds) {
            return Ok(back);
        }
        let wanted = feeds.min(far);
        if let Some(before) = self.feeds_before(offset)? {
            // Line 1 is behind no line feed, line 2 behind the first one.
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

    /// Appends lines from the begin of one on. What is before `seen` was looked at already.
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

    /// Where a line ends, if that can be told: behind its line feed, or at the end of the file.
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

    /// Appends what is wanted of the line from `start` to `end`, and tells where the next one begins, if that is known.
    fn copy(
        &self,
        cursor: &mut Cursor<'_>,
        start: u64,
        end: Option<u64>,
        window: Window,
        out: &mut Lines,
    ) -> Result<Option<u64>, FileError> {
        // What ends the line is no part of it.
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
            flags |= CUT_BEHIND;
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

    /// Bytes from an offset on, given in pieces; fewer than wanted only at the end of the file. Tells how many there were.
    pub fn read(
        &self,
        offset: u64,
        len: u64,
        mut take: impl FnMut(&[u8]),
    ) -> Result<u64, FileError> {
        let end = offset.saturating_add(len).min(self.size());
        let (mut at, mut cursor) = (offset, Cursor { snapshot: self, block: None });
        // A large piece would push everything else out of the cache.
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

    /// Makes room for a line more of so many bytes.
    fn reserve(&mut self, len: usize) -> Result<(), FileError> {
        let room = self.text.try_reserve(len).and_then(|()| self.lines.try_reserve(1));
        room.map_err(|_| FileError::no_memory(len))
    }

    /// Bytes that it holds.
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.lines.capacity() * size_of::<Line>()
    }

    /// The text of a line.
    pub fn text(&self, at: usize) -> &[u8] {
        let line = &self.lines[at];
        &self.text[line.start as usize..line.stop as usize]
    }
}
