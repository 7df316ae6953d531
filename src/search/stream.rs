//! Replacement in text that arrives in chunks.
//!
//! # How much is held back?
//!
//! The longest match and a few bytes more, at the end of the text fed so far: a match that is not decided yet could begin
//! there. [`Stream::hold_back`] returns the number of bytes. Memory is twice that plus 64 KiB, however long the chunks.
//!
//! # When is an offset decided?
//!
//! When the text after it is available for the length of the longest match, plus some bytes for `$` and `\b` to look at. No
//! decision is made earlier, so the output does not depend on how the text was divided into chunks.
//!
//! # What if a match is longer than declared?
//!
//! A pattern such as `\w+` has no longest match; [`Stream::regex`] takes one as a parameter. The pattern then sees twice
//! that many bytes from each offset: a match longer than declared is an error, [`StreamError::Overlong`]. One that does not
//! end within twice the length is not a match, as if the text ended there. Both depend on the text alone.

use super::replace::span;
use super::{Full, Hit, Literals, Output, Regex, Span, Template};
use crate::memory::{self, must};
use std::sync::Arc;

/// Bytes that `^`, `$` and `\b` read on either side of an offset: one character.
const LOOK: usize = 4;

/// Maximum bytes of a chunk that are processed at once.
const PIECE: usize = 64 << 10;

/// From this reach on (in bytes), the stream waits for twice the reach, as undecided text is searched again each time.
const MIN_BATCHED_REACH: usize = 4096;

/// Maximum declared length of a match: 256 MiB, twice of which is held back.
const MAX_MATCH_BYTES: usize = 256 << 20;

/// Why a stream failed. It stays failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The match at this offset of the stream is longer than was declared.
    Overlong(u64),
    /// The output cannot grow.
    Full(Full),
    /// The stream was already finished.
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
        /// Maximum length of a match, in bytes; a longer one is an error.
        longest: usize,
    },
    Literals {
        literals: Arc<Literals>,
        replacements: Vec<Box<[u8]>>,
    },
}

/// Replaces matches in text that is fed chunk by chunk.
pub struct Stream {
    matcher: Arc<Matcher>,
    /// Whether the matcher was made for this stream, and counts for it.
    is_first: bool,
    /// Bytes from an offset within which a match must end.
    reach: usize,
    /// Bytes that must be available after those.
    look: usize,
    /// Text that has not been output yet, and some text before it that searches still read.
    held: Vec<u8>,
    /// Offset in `held` where the search continues; everything before it has been output.
    at: usize,
    /// End of the last match, if it is within `held`.
    last: Option<usize>,
    /// Number of bytes of the stream before `held`.
    before: u64,
    /// Bytes that the next search reads, for a pattern whose matches may be too long.
    window: usize,
    count: u64,
    limit: u64,
    ended: Option<StreamError>,
}

impl Stream {
    /// Returns a stream that replaces the first `limit` matches of `regex`.
    ///
    /// `longest` is the maximum length of a match in bytes; it may be `None` if the pattern itself has one. Returns `None`
    /// if it is needed and missing, if it is above 256 MiB, or if the pattern is anchored: a stream is searched everywhere.
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

    /// Returns a stream that replaces the first `limit` hits of `literals`, by one text for each literal or one for all.
    pub fn literals(literals: Arc<Literals>, replacements: &[&[u8]], limit: u64) -> Stream {
        let reach = literals.longest();
        let own = replacements.iter().map(|&text| must(memory::copy(text)).into());
        let replacements = must(memory::collect(own));
        Stream::new(Matcher::Literals { literals, replacements }, reach, 0, limit)
    }

    fn new(matcher: Matcher, reach: usize, look: usize, limit: u64) -> Stream {
        let (held, last, ended) = (Vec::new(), None, None);
        let (at, before, window, count) = (0, 0, usize::MAX, 0);
        let (matcher, is_first) = (Arc::new(matcher), true);
        Stream {
            matcher,
            is_first,
            reach,
            look,
            held,
            at,
            last,
            before,
            window,
            count,
            limit,
            ended,
        }
    }

    /// Returns a stream with the same matcher and replacements, and a text of its own.
    pub fn another(&self) -> Stream {
        Stream {
            matcher: Arc::clone(&self.matcher),
            is_first: false,
            held: Vec::new(),
            at: 0,
            last: None,
            before: 0,
            window: usize::MAX,
            count: 0,
            ended: None,
            ..*self
        }
    }

    /// Returns the maximum number of bytes held back between two chunks.
    pub fn hold_back(&self) -> usize {
        self.wanted().saturating_sub(1)
    }

    /// Returns the number of undecided bytes from which a search pays.
    fn wanted(&self) -> usize {
        let undecided = self.reach + self.look;
        if undecided > MIN_BATCHED_REACH { 2 * undecided } else { undecided }
    }

    /// Returns the number of matches replaced so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the memory of the held text and of the replacements, in bytes.
    pub fn memory(&self) -> usize {
        let replacements = match &*self.matcher {
            Matcher::Regex { .. } => 0,
            Matcher::Literals { .. } if !self.is_first => 0,
            Matcher::Literals { replacements, .. } => {
                replacements.iter().map(|text| text.len() + size_of::<Box<[u8]>>()).sum()
            }
        };
        size_of::<Stream>() + self.held.capacity() + replacements
    }

    /// Feeds `chunk`; appends to `out` the text that is now decided.
    pub fn feed(&mut self, chunk: &[u8], out: &mut Output<'_>) -> Result<(), StreamError> {
        self.ended.map_or(Ok(()), Err)?;
        // So the text stays if a search unwinds because memory ran out: its output until then is
        // removed.
        self.ended = Some(StreamError::Full(Full::NoMemory));
        for piece in chunk.chunks(PIECE.max(self.wanted())) {
            let held = self.hold(piece);
            self.end_on_error(held)?;
            if self.held.len() - self.at >= self.wanted() {
                let fed = self.run(false, out);
                self.end_on_error(fed)?;
            }
            self.ended = Some(StreamError::Full(Full::NoMemory));
        }
        self.ended = None;
        Ok(())
    }

    /// Ends the stream; appends the rest to `out`. Nothing can be fed after that.
    pub fn finish(&mut self, out: &mut Output<'_>) -> Result<(), StreamError> {
        self.ended.map_or(Ok(()), Err)?;
        self.ended = Some(StreamError::Full(Full::NoMemory));
        let finished = self.run(true, out);
        self.end_on_error(finished)?;
        self.ended = Some(StreamError::Finished);
        if self.held.capacity() > PIECE {
            self.held = Vec::new();
        }
        self.held.clear();
        Ok(())
    }

    /// Forgets the text, and begins with a new one, also after a failure. It keeps its memory.
    pub fn reset(&mut self) {
        self.held.clear();
        (self.at, self.before, self.window, self.count) = (0, 0, usize::MAX, 0);
        (self.last, self.ended) = (None, None);
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

    /// Replaces the decided text, or with `finish` all of it.
    fn run(&mut self, finish: bool, out: &mut Output<'_>) -> Result<(), StreamError> {
        // The first offset that is not decided.
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

    /// Returns the next match that begins before `end`. Without one, the search has advanced.
    fn next(&mut self, end: usize) -> Result<Option<Hit>, StreamError> {
        match &*self.matcher {
            Matcher::Literals { literals, .. } => {
                let hit = literals.find(&self.held, self.at).filter(|hit| hit.span.start < end);
                if hit.is_none() {
                    self.at = end;
                }
                Ok(hit)
            }
            Matcher::Regex { regex, longest, .. } => {
                let (text, at, reach) = (&self.held[..], self.at, self.reach);
                // All offsets from `at` to `seen` are decided by the text within the window.
                let stop = text.len().min(at.saturating_add(self.window));
                let seen = if stop == text.len() { end } else { end.min(stop - reach) };
                let found = regex.find_within(text, at..stop, false);
                let Some(found) = found.filter(|found| found.start < seen) else {
                    self.window = self.window.saturating_mul(2);
                    self.at = seen;
                    return Ok(None);
                };
                let start = found.start;
                // The match within the reach of the pattern; its first search may have seen more than that.
                let found = if found.stop - start <= *longest && reach == *longest {
                    Some(found)
                } else {
                    regex.find_within(text, start..text.len().min(start + reach), true)
                };
                let Some(span) = found else {
                    // Searching far ahead from each such offset again would take quadratic time.
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

    /// Appends the replacement of a match.
    fn put(&self, Hit { span: whole, id }: Hit, out: &mut Output<'_>) -> Result<(), Full> {
        match &*self.matcher {
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
