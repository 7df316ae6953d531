//! A diff that edits keep up to date: a base that stays, and a text of which only the changed lines are compared again.
//!
//! # How is it organised?
//!
//! A `Dictionary` numbers the distinct lines, and the text is a list of numbers in `Blocks`. Hunks are a list of steps in
//! blocks: each says how many lines are kept before a hunk, and how many lines it replaces by how many. So an edit changes
//! the steps next to it, and no other hunk has to move.
//!
//! # What is compared again?
//!
//! A window: the edited lines, `CONTEXT` lines on both sides, and the hunks that they touch. It grows until no hunk in it
//! can slide to its border, and until a line on each side holds the texts together: one that both have once. Its hunks are
//! then those of a comparison of the whole texts. Where texts repeat few lines over and over there is no such line: then
//! the hunks are valid, but need not be the same, and the session says that they are not exact.
//!
//! A window that has grown above `MAX_GROWN` lines stays as it is, and the session is not exact. One of more than `MAX_WINDOW` lines
//! is not compared: the hunks that it touches become one. Nor is a session exact after an edit if its options ignore something.
//!
//! # What does it cost?
//!
//! The base, the lines that are not in it, 4 bytes for each line of the base and of the text, and some 21 for each distinct line
//! of the base.

pub(super) mod blocks;
mod dictionary;
mod edit;

use super::{DiffError, DiffOptions, Hunk, Limits, Lines, diff};
use crate::memory;
use blocks::{Blocks, Extent, Item, Place};
use dictionary::{Dictionary, Token};
use std::sync::Arc;

impl Item for Token {
    fn extent(&self) -> Extent {
        Extent { a: 0, b: 1 }
    }
}

/// Lines that are kept, and the hunk after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    kept: u32,
    removed: u32,
    added: u32,
}

impl Item for Step {
    fn extent(&self) -> Extent {
        Extent { a: self.kept + self.removed, b: self.kept + self.added }
    }
}

impl Step {
    /// Returns the hunk of the step, which begins at a place, and the place after it.
    fn hunk(self, start: Extent) -> (Hunk, Extent) {
        let hunk = Hunk {
            a_first: start.a + self.kept,
            a_count: self.removed,
            b_first: start.b + self.kept,
            b_count: self.added,
        };
        (hunk, Extent { a: hunk.a_first + hunk.a_count, b: hunk.b_first + hunk.b_count })
    }
}

/// Returns the steps of hunks that begin after `after`.
fn steps(hunks: &[Hunk], mut after: Extent) -> Result<Vec<Step>, DiffError> {
    let mut steps = memory::with_room(hunks.len() + 1)?;
    for hunk in hunks {
        let kept = hunk.a_first - after.a;
        steps.push(Step { kept, removed: hunk.a_count, added: hunk.b_count });
        after = Extent { a: hunk.a_first + hunk.a_count, b: hunk.b_first + hunk.b_count };
    }
    Ok(steps)
}

/// A base and a text that is edited, with their hunks.
pub struct Session {
    dictionary: Dictionary,
    text: Blocks<Token>,
    /// Whether the last line of the text has a line feed.
    is_ended: bool,
    steps: Blocks<Step>,
    is_exact: bool,
    options: DiffOptions,
    memory_limit: usize,
    /// Increases with each change, so that the result of a comparison in the background is known to be of an older text.
    version: u64,
}

impl Session {
    /// Returns a session whose text is the base.
    pub fn new(
        base: &[u8],
        options: DiffOptions,
        memory_limit: usize,
    ) -> Result<Session, DiffError> {
        if base.len() > memory_limit {
            return Err(DiffError::MemoryLimit(memory_limit));
        }
        let is_ended = base.last().is_none_or(|&last| last == b'\n');
        let (mut dictionary, tokens) = Dictionary::new(memory::copy(base)?.into())?;
        for &token in &tokens {
            dictionary.take_again(token);
        }
        let (text, steps) = (Blocks::new(&tokens)?, Blocks::new(&[])?);
        let session = Session {
            dictionary,
            text,
            is_ended,
            steps,
            is_exact: true,
            options,
            memory_limit,
            version: 0,
        };
        session.check_memory(0)?;
        Ok(session)
    }

    /// Returns the base.
    pub fn base(&self) -> &Arc<[u8]> {
        self.dictionary.base()
    }

    /// Returns the number of lines of the text.
    pub fn lines(&self) -> usize {
        self.text.len()
    }

    /// Returns the number of hunks.
    pub fn count(&self) -> usize {
        self.steps.len()
    }

    /// Returns whether the hunks are those of a comparison of the whole texts.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Returns a number that increases with each change of the text.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the memory in bytes.
    pub fn memory_usage(&self) -> usize {
        self.dictionary.memory_usage() + self.text.memory_usage() + self.steps.memory_usage()
    }

    /// Returns a copy of the text.
    pub fn text(&self) -> Result<Vec<u8>, DiffError> {
        let mut text = Vec::new();
        self.append_lines(0..self.text.len(), &mut text)?;
        Ok(text)
    }

    /// Replaces the base, and compares the text with it. After an error nothing has changed.
    pub fn set_base(&mut self, base: &[u8], limits: &Limits) -> Result<(), DiffError> {
        let text = self.text()?;
        self.check_memory(text.len() + base.len())?;
        let mut new = Session::new(base, self.options, self.memory_limit)?;
        new.set_text(&text, limits)?;
        new.version = self.version + 1;
        *self = new;
        Ok(())
    }

    /// Replaces the whole text, and compares it with the base. After an error nothing has changed.
    pub fn set_text(&mut self, text: &[u8], limits: &Limits) -> Result<(), DiffError> {
        let lines = Lines::new(text)?;
        self.check_memory(lines.len() * size_of::<Token>())?;
        let found = diff(self.dictionary.base(), text, &self.options, limits)?;
        let steps = Blocks::new(&steps(&found.hunks, Extent::default())?)?;
        let mut tokens = memory::with_room(lines.len())?;
        let taken = (0..lines.len()).try_for_each(|line| {
            tokens.push(self.dictionary.take(lines.get(line))?);
            if line % 4096 == 0 { self.check_memory(0) } else { Ok(()) }
        });
        let text_tokens = taken.and_then(|()| Ok(Blocks::new(&tokens)?));
        let old = match text_tokens {
            Ok(new) => std::mem::replace(&mut self.text, new),
            Err(error) => {
                tokens.iter().for_each(|&token| self.dictionary.release(token));
                return Err(error);
            }
        };
        old.from(Place::default()).for_each(|token| self.dictionary.release(token));
        self.is_ended = text.last().is_none_or(|&last| last == b'\n');
        (self.steps, self.is_exact) = (steps, found.exact);
        self.version += 1;
        Ok(())
    }

    /// Takes the hunks of a comparison of the whole text, if the text is still that of this version.
    pub fn set_hunks(
        &mut self,
        hunks: &[Hunk],
        is_exact: bool,
        version: u64,
    ) -> Result<bool, DiffError> {
        if version != self.version {
            return Ok(false);
        }
        self.steps = Blocks::new(&steps(hunks, Extent::default())?)?;
        self.is_exact = is_exact;
        Ok(true)
    }

    /// Iterates over the hunks that touch lines of the text from `first` to `last`, 0-based and inclusive. A hunk that
    /// only removes lines touches the line before it and the one after it.
    pub fn hunks(&self, first: usize, last: usize) -> impl Iterator<Item = Hunk> + '_ {
        let place = self.steps.find(|end| end.b as usize >= first);
        let mut at = place.before;
        let hunks = self.steps.from(place).map(move |step| {
            let (hunk, after) = step.hunk(at);
            at = after;
            hunk
        });
        hunks
            .skip_while(move |hunk| {
                hunk.b_count > 0 && (hunk.b_first + hunk.b_count) as usize <= first
            })
            .take_while(move |hunk| {
                let is_removal = u32::from(hunk.b_count == 0);
                hunk.b_first.saturating_sub(is_removal) as usize <= last
            })
    }

    fn check_memory(&self, more: usize) -> Result<(), DiffError> {
        if self.memory_usage().saturating_add(more) > self.memory_limit {
            return Err(DiffError::MemoryLimit(self.memory_limit));
        }
        Ok(())
    }

    /// Appends lines of the text to a buffer.
    fn append_lines(
        &self,
        lines: std::ops::Range<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), DiffError> {
        for token in self.text.from(self.text.at(lines.start)).take(lines.len()) {
            memory::append(out, self.dictionary.text(token))?;
        }
        Ok(())
    }
}
