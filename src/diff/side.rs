//! One of the two texts while hunks are moved: its lines by number, also those at its start and end that both texts have
//! in common, which are neither split nor interned before they are asked for.

use super::canonical;
use super::lines::Lines;
use super::{DiffError, DiffOptions};
use crate::memory;
use memchr::{memchr, memrchr};

/// A text. Lines are numbered from the first one of the middle, which has number 0; those before it have negative numbers.
pub(super) struct Side<'a> {
    text: &'a [u8],
    /// Offset of the middle.
    start: usize,
    middle: &'a Lines<'a>,
    tokens: &'a [u32],
    /// The offset of the start of each line before the middle, backwards.
    before: Vec<u32>,
    /// The offset of the end of each line after the middle.
    after: Vec<u32>,
    options: &'a DiffOptions,
}

impl<'a> Side<'a> {
    pub(super) fn new(
        text: &'a [u8],
        start: usize,
        middle: &'a Lines<'a>,
        tokens: &'a [u32],
        options: &'a DiffOptions,
    ) -> Side<'a> {
        Side { text, start, middle, tokens, before: Vec::new(), after: Vec::new(), options }
    }

    /// Returns a line, or `None` before the first and after the last one.
    pub(super) fn line(&mut self, index: i64) -> Result<Option<&'a [u8]>, DiffError> {
        let len = self.middle.len() as i64;
        if (0..len).contains(&index) {
            return Ok(Some(self.middle.get(index as usize)));
        }
        let (stops, number) = match index < 0 {
            true => (&mut self.before, -1 - index),
            false => (&mut self.after, index - len),
        };
        let inner = match index < 0 {
            true => self.start,
            false => self.start + self.middle.text().len(),
        };
        while stops.len() as i64 <= number {
            let at = stops.last().map_or(inner, |&last| last as usize);
            let next = match index < 0 {
                true if at == 0 => return Ok(None),
                true => memrchr(b'\n', &self.text[..at - 1]).map_or(0, |feed| feed + 1),
                false if at == self.text.len() => return Ok(None),
                false => {
                    memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |feed| at + feed + 1)
                }
            };
            memory::push(stops, next as u32)?;
        }
        let far = stops[number as usize] as usize;
        let near = number.checked_sub(1).and_then(|number| stops.get(number as usize));
        let near = near.map_or(inner, |&near| near as usize);
        Ok(Some(&self.text[far.min(near)..far.max(near)]))
    }

    /// Returns whether two lines exist and are equal.
    pub(super) fn same(&mut self, one: i64, other: i64) -> Result<bool, DiffError> {
        let tokens = self.tokens;
        let token = |line| usize::try_from(line).ok().and_then(|line| tokens.get(line));
        if let (Some(one), Some(other)) = (token(one), token(other)) {
            return Ok(one == other);
        }
        match (self.line(one)?, self.line(other)?) {
            (Some(one), Some(other)) => canonical::equal(one, other, self.options),
            _ => Ok(false),
        }
    }
}
