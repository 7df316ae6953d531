//! The lines of a text, by number.

use super::{DiffError, MAX_LINES};
use crate::memory;
use memchr::memchr_iter;

/// The lines of a text that is read in place. A line ends after its line feed; the last line may lack one, and the empty
/// text has no line. Costs four bytes a line.
pub struct Lines<'a> {
    text: &'a [u8],
    /// The offset after each line.
    stops: Vec<u32>,
}

impl<'a> Lines<'a> {
    /// Splits a text, or returns why it is too long.
    pub fn new(text: &'a [u8]) -> Result<Lines<'a>, DiffError> {
        if u32::try_from(text.len()).is_err() {
            let message = format!("the text has {} bytes; the maximum is 4 GiB - 1", text.len());
            return Err(DiffError::TooLong(message));
        }
        let count = Lines::count(text);
        if count > MAX_LINES {
            let message = format!("the text has {count} lines; the maximum is {MAX_LINES}");
            return Err(DiffError::TooLong(message));
        }
        let mut stops = memory::with_room(count)?;
        stops.extend(memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        if stops.len() < count {
            stops.push(text.len() as u32);
        }
        Ok(Lines { text, stops })
    }

    /// Returns the number of lines of a text, without splitting it.
    pub fn count(text: &[u8]) -> usize {
        memchr_iter(b'\n', text).count()
            + usize::from(text.last().is_some_and(|&last| last != b'\n'))
    }

    /// Returns the number of lines.
    pub fn len(&self) -> usize {
        self.stops.len()
    }

    /// Returns whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// Returns the whole text.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Returns the offset of a line, 0-based; that of one past the last line is the length of the text.
    pub fn offset(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.stops[before] as usize)
    }

    /// Returns a line with its line feed.
    pub fn get(&self, index: usize) -> &'a [u8] {
        &self.text[self.offset(index)..self.stops[index] as usize]
    }

    /// Returns a line without its line feed.
    pub fn without_end(&self, index: usize) -> &'a [u8] {
        let line = self.get(index);
        line.strip_suffix(b"\n").unwrap_or(line)
    }

    /// Returns consecutive lines as one text.
    pub fn range(&self, first: usize, count: usize) -> &'a [u8] {
        &self.text[self.offset(first)..self.offset(first + count)]
    }

    /// Returns the memory of the table in bytes.
    pub fn memory_usage(&self) -> usize {
        self.stops.capacity() * size_of::<u32>()
    }
}
