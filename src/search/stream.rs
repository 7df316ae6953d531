//! Replacement in text that comes in pieces.
//!
//! # How much is held back?
//!
//! As much as the longest match and a few bytes more, at the end of the text fed so far: there a match could begin that
//! is not decided yet. [`Stream::hold_back`] tells how much. Memory is twice that, and 64 KiB, however long the chunks.
//!
//! # When is a place decided?
//!
//! When the text behind it is there for as long as a match may be, and some bytes more for `$` and `\b` to look at. No
//! decision is made before, so the output does not depend on how the text was cut.
//!
//! # And if a match would be longer than declared?
//!
//! A pattern like `\w+` has no longest match; its [`Stream::regex`] is told one. The pattern then gets twice that many
//! bytes from each place: a match longer than declared is an error, [`StreamError::Overlong`]. One that does not end
//! within twice the length is no match, as if the text behind were not there. Both hang on the text alone.

use super::replace::span;
use super::{Full, Hit, Literals, Output, Regex, Span, Template};
use std::sync::Arc;

/// What `^`, `$` and `\b` look at beside a place: one char.
const LOOK: usize = 4;

/// Chunks are taken in pieces of this many bytes.
const PIECE: usize = 64 << 10;

/// From this reach on the stream waits until it has twice of it, as what is not decided is searched again each time.
const PATIENT: usize = 4096;

/// The longest match that may be declared: 256 MiB, of which twice is held back.
const MAX_MATCH_BYTES: usize = 256 << 20;

/// Why a stream ended early. It stays ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The match at this offset of the stream is longer than was declared.
    Overlong(u64),
    /// The output is full.
    Full(Full),
    /// The stream was finished before.
    Finished,
}

impl From<Full> for StreamError {
    fn from(full: Full) -> StreamError {
        StreamError::Full(full)
    }
}

enum Matcher {
    Regex {
        regex: Arc<Regex>,
        template: Template,
        /// The longest match that is no error.
        longest: usize,
    },
    Literals {
        literals: Arc<Literals>,
        replacements: Vec<Box<[u8]>>,
    },
}

/// Replaces matches in text that is fed chunk by chunk.
pub struct Stream {
    matcher: Matcher,
    /// How far a match is looked for from a place.
    reach: usize,
    /// Bytes that have to be there behind that.
    look: usize,
    /// Text that is not given yet, and some before it that is still looked at.
    held: Vec<u8>,
    /// Where the search goes on in `held`: what is before is given.
    at: usize,
    /// End of the last match in `held`, if it is there.
    last: Option<usize>,
    /// How much of the stream was before `held`.
    before: u64,
    /// How far the next search looks at most, for a pattern whose matches may turn out too long.
    window: usize,
    count: u64,
    limit: u64,
    ended: Option<StreamError>,
}

impl Stream {
    /// A stream that replaces the first `limit` matches of `regex`.
    ///
    /// `longest` is the longest match in bytes that is to be expected. It may be left out for a pattern that has a
    /// longest match by itself. Nothing comes back if it is needed and not given, if it is above 256 MiB, or if the
    /// pattern is anchored: a stream is searched everywhere.
    pub fn regex(
        regex: Arc<Regex>,
        template: Template,
        longest: Option<usize>,
        limit: u64,
    ) -> Option<Stream> {
        let own = regex.longest().filter(|&own| longest.is_none_or(|longest| own <= longest));
        let longest = own
            .or(longest)
            .filter(|&longest| longest <= MAX_MATCH_BYTES && !regex.is_anchored())?;
        let reach = if own.is_some() { longest } else { 2 * longest };
        Some(Stream::new(Matcher::Regex { regex, template, longest }, reach, LOOK, limit))
    }

    /// A stream that replaces the first `limit` hits of `literals`, by a text for each literal or one for all.
    pub fn literals(literals: Arc<Literals>, replacements: &[&[u8]], limit: u64) -> Stream {
        let reach = literals.longest();
        let replacements = replacements.iter().map(|&text| text.into()).collect();
        Stream::new(Matcher::Literals { literals, replacements }, reach, 0, limit)
    }

    fn new(matcher: Matcher, reach: usize, look: usize, limit: u64) -> Stream {
        let (held, last, ended) = (Vec::new(), None, None);
        let (at, before, window, count) = (0, 0, usize::MAX, 0);
        Stream { matcher, reach, look, held, at, last, before, window, count, limit, ended }
    }

    /// The most bytes that are held back between two chunks.
    pub fn hold_back(&self) -> usize {
        self.wanted().saturating_sub(1)
    }

    /// How much undecided text makes a search worth while.
    fn wanted(&self) -> usize {
        let undecided = self.reach + self.look;
        if undecided > PATIENT { 2 * undecided } else { undecided }
    }

    /// How many matches were replaced so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Memory of the text that is held, in bytes, and of the replacements.
    pub fn memory(&self) -> usize {
        let replacements = match &self.matcher {
            Matcher::Regex { .. } => 0,
            Matcher::Literals { replacements, .. } => {
                replacements.iter().map(|text| text.len() + size_of::<Box<[u8]>>()).sum()
            }
        };
        size_of::<Stream>() + self.held.capacity() + replacements
    }

    /// Appends to `out` what is decided with `chunk`.
    pub fn feed(&mut self, chunk: &[u8], out: &mut Output<'_>) -> Result<(), StreamError> {
        self.ended.map_or(Ok(()), Err)?;
        for piece in chunk.chunks(PIECE.max(self.wanted())) {
            let held = self.hold(piece);
            self.end_on_error(held)?;
            if self.held.len() - self.at >= self.wanted() {
                let fed = self.run(false, out);
                self.end_on_error(fed)?;
            }
        }
        Ok(())
    }

    /// Appends the rest to `out`. Nothing can be fed after that.
    pub fn finish(&mut self, out: &mut Output<'_>) -> Result<(), StreamError> {
        self.ended.map_or(Ok(()), Err)?;
        let finished = self.run(true, out);
        self.end_on_error(finished)?;
        self.ended = Some(StreamError::Finished);
        self.held = Vec::new();
        Ok(())
    }

    fn end_on_error(&mut self, result: Result<(), StreamError>) -> Result<(), StreamError> {
        self.ended = result.err();
        result
    }

    fn hold(&mut self, piece: &[u8]) -> Result<(), StreamError> {
        self.held.try_reserve(piece.len()).map_err(|_| Full::NoMemory)?;
        self.held.extend_from_slice(piece);
        Ok(())
    }

    /// Replaces all that is decided, or with `finish` all there is.
    fn run(&mut self, finish: bool, out: &mut Output<'_>) -> Result<(), StreamError> {
        // The first place that is not decided.
        let end = if finish {
            self.held.len() + 1
        } else {
            (self.held.len() + 1).saturating_sub(self.reach + self.look)
        };
        let mut done = self.at;
        while self.at < end {
            if self.count == self.limit {
                self.at = self.held.len();
                break;
            }
            let Some(id) = self.next(end)? else { continue };
            let Span { start, stop } = id.span;
            out.put(&self.held[done..start])?;
            self.put(id, out)?;
            (done, self.at, self.last) = (stop, stop, Some(stop));
            self.count += 1;
        }
        self.at = self.at.min(self.held.len());
        out.put(&self.held[done..self.at])?;
        let cut = self.at.saturating_sub(LOOK);
        self.held.drain(..cut);
        self.at -= cut;
        self.before += cut as u64;
        self.last = self.last.and_then(|last| last.checked_sub(cut));
        Ok(())
    }

    /// The next match that begins before `end`. Without one, the search has moved on.
    fn next(&mut self, end: usize) -> Result<Option<Hit>, StreamError> {
        match &self.matcher {
            Matcher::Literals { literals, .. } => {
                let hit = literals.find(&self.held, self.at).filter(|hit| hit.span.start < end);
                if hit.is_none() {
                    self.at = end;
                }
                Ok(hit)
            }
            Matcher::Regex { regex, longest, .. } => {
                let (text, at, reach) = (&self.held[..], self.at, self.reach);
                // All places from `at` to `seen` are decided by what is within the window.
                let stop = text.len().min(at.saturating_add(self.window));
                let seen = if stop == text.len() { end } else { end.min(stop - reach) };
                let found = regex.find_within(text, at..stop, false);
                let Some(found) = found.filter(|found| found.start < seen) else {
                    self.window = self.window.saturating_mul(2);
                    self.at = seen;
                    return Ok(None);
                };
                let start = found.start;
                // What the pattern says within its reach. It may have more in view than that.
                let found = if found.stop - start <= *longest && reach == *longest {
                    Some(found)
                } else {
                    regex.find_within(text, start..text.len().min(start + reach), true)
                };
                let Some(span) = found else {
                    // Looking far again from each such place would take time by the square.
                    self.window = 2 * reach + LOOK;
                    self.at = start + 1;
                    return Ok(None);
                };
                if span.start == span.stop && !regex.is_empty_place(text, start, self.last) {
                    self.at = start + 1;
                    return Ok(None);
                }
                if span.stop - span.start > *longest {
                    return Err(StreamError::Overlong(self.before + start as u64));
                }
                Ok(Some(Hit { span, id: 0 }))
            }
        }
    }

    /// Appends what takes the place of a match.
    fn put(&self, Hit { span: whole, id }: Hit, out: &mut Output<'_>) -> Result<(), Full> {
        match &self.matcher {
            Matcher::Literals { replacements, .. } => {
                out.put(&replacements[if replacements.len() == 1 { 0 } else { id }])
            }
            Matcher::Regex { regex, template, .. } if template.has_groups() => {
                let range = whole.start..self.held.len().min(whole.start + self.reach);
                let put = regex.captures_within(&self.held, range, |slots| {
                    template.put(&self.held, |group| span(slots, group), out)
                });
                put.unwrap_or(Ok(()))
            }
            Matcher::Regex { template, .. } => template.put(&self.held, |_| Some(whole), out),
        }
    }
}
