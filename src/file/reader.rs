//! Reading: lines by number, around an offset, at the end, and bytes as they are.
//!
//! # Why does a batch end early?
//!
//! Because the host waits for it: a batch holds at most [`MOST_TEXT`] bytes and looks at no more than [`MOST_LOOKED`], so
//! that the call takes less than two milliseconds whatever the lines are. The next call goes on.

use super::cache::BLOCK;
use super::edition::{Answer, Edition, Trouble};
use std::sync::Arc;

/// Text of a batch, in bytes, at most but for its last line.
const MOST_TEXT: usize = 1 << 20;

/// Bytes that are looked at for a batch.
const MOST_LOOKED: u64 = 4 << 20;

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

/// A place in a file, and the block that it is in.
struct Cursor<'e> {
    edition: &'e Edition,
    block: Option<(u64, Arc<[u8]>)>,
}

impl Cursor<'_> {
    /// What is in one block from an offset on; nothing at the end.
    fn at(&mut self, offset: u64) -> Result<&[u8], Trouble> {
        let number = offset / BLOCK as u64;
        if self.block.as_ref().is_none_or(|(have, _)| *have != number) {
            self.block = Some((number, self.edition.block(number)?));
        }
        let block = self.block.as_ref().map_or(&[][..], |(_, block)| block);
        Ok(block.get((offset - number * BLOCK as u64) as usize..).unwrap_or_default())
    }
}

impl Edition {
    /// Lines from a number on, from 1 on.
    pub fn lines(
        &self,
        first: u64,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<Answer<()>, Trouble> {
        out.clear();
        Ok(match self.offset_of(first)? {
            Answer::Known(offset) => {
                self.emit(offset, Some(first), count, window, out)?;
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
    ) -> Result<(), Trouble> {
        out.clear();
        let (start, found, whole) = self.back(offset.min(self.size()), before as u64 + 1)?;
        let count = found.min(before as u64) as usize + after;
        self.emit(start, None, count, window, out)?;
        if !whole && let Some(line) = out.lines.first_mut() {
            line.flags |= CUT_BEFORE;
        }
        Ok(())
    }

    /// The last lines, without an index.
    pub fn last(&self, count: usize, window: Window, out: &mut Lines) -> Result<(), Trouble> {
        out.clear();
        let feeds = count as u64 + u64::from(self.is_ended()?);
        let (start, _, whole) = self.back(self.size(), feeds)?;
        self.emit(start, None, count, window, out)?;
        if !whole && let Some(line) = out.lines.first_mut() {
            line.flags |= CUT_BEFORE;
        }
        Ok(())
    }

    /// Goes back from an offset over so many line feeds: the place behind the last of them, how many there were, and
    /// whether a line begins there. Where lines are too long for that, the index is asked; if that has not come so far, it is
    /// some place in the line.
    fn back(&self, offset: u64, feeds: u64) -> Result<(u64, u64, bool), Trouble> {
        if feeds == 0 {
            return Ok((offset, 0, true));
        }
        let (mut at, mut found) = (offset, 0);
        while at > 0 && offset - at < MOST_LOOKED {
            let number = (at - 1) / BLOCK as u64;
            let begin = number * BLOCK as u64;
            let block = self.block(number)?;
            for place in memchr::memrchr_iter(b'\n', &block[..(at - begin) as usize]) {
                found += 1;
                if found == feeds {
                    return Ok((begin + place as u64 + 1, found, true));
                }
            }
            at = begin;
        }
        if at == 0 {
            return Ok((0, found, true));
        }
        if let Some(before) = self.feeds_before(offset)? {
            if before < feeds {
                return Ok((0, before, true));
            }
            // Line 1 is behind no line feed, line 2 behind the first one.
            if let Answer::Known(start) = self.offset_of(before - feeds + 2)? {
                return Ok((start, feeds, true));
            }
        }
        Ok((at, found, false))
    }

    /// Appends lines from the begin of one on.
    fn emit(
        &self,
        start: u64,
        number: Option<u64>,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<(), Trouble> {
        let number = match number {
            Some(number) => Some(number),
            None => self.line_at(start)?.known(),
        };
        out.first = number;
        let (mut cursor, mut at, mut looked) = (Cursor { edition: self, block: None }, start, 0);
        let size = self.size();
        while at < size && out.lines.len() < count {
            if out.text.len() >= MOST_TEXT || looked >= MOST_LOOKED {
                out.more = true;
                break;
            }
            let own = number.map(|number| number + out.lines.len() as u64);
            let end = self.end_of(&mut cursor, at, own, &mut looked)?;
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
        number: Option<u64>,
        looked: &mut u64,
    ) -> Result<Option<u64>, Trouble> {
        let (mut at, size) = (start, self.size());
        while at < size && at - start < LOOK {
            let piece = cursor.at(at)?;
            if let Some(place) = memchr::memchr(b'\n', piece) {
                *looked += at - start + place as u64;
                return Ok(Some(at + place as u64 + 1));
            }
            at += piece.len() as u64;
        }
        *looked += at - start;
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
    ) -> Result<Option<u64>, Trouble> {
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
    pub fn read(&self, offset: u64, len: u64, mut take: impl FnMut(&[u8])) -> Result<u64, Trouble> {
        let end = offset.saturating_add(len).min(self.size());
        let (mut at, mut cursor) = (offset, Cursor { edition: self, block: None });
        // A large piece would push everything else out of the cache.
        let mut buffer = vec![0; if len > 8 * BLOCK as u64 { 4 * BLOCK } else { 0 }];
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
