//! The line matcher of one thread.

use super::compiled::{Compiled, Engine, Form, LineMatcher};
use super::stepped::{Search, Stepped};
use super::trim_line_terminator;
use crate::job::JobError;
use crate::search::chars::splits;
use crate::search::{Literals, Span};
use regex_automata::meta::{self, Cache};
use regex_automata::{Anchored, Input};
use std::time::{Duration, Instant};

/// Maximum and minimum bytes searched by an engine at once.
const MAX_STEP: usize = 256 << 10;
const MIN_STEP: usize = 4 << 10;

/// Bytes of the first step.
const FIRST_STEP: usize = 64 << 10;

/// Target duration of one step.
const MAX_STEP_TIME: Duration = Duration::from_millis(1);

/// A line that may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset where the next line begins.
    pub stop: usize,
    /// Whether it is known to match; only valid if [`stands_alone`] is true for the line.
    confirmed: bool,
}

/// Searches texts one after the other, such as the buffers of a file and the lines in them.
pub struct Seeker<'m> {
    engine: SeekerEngine<'m>,
    pace: Pace<'m>,
}

enum SeekerEngine<'m> {
    Literals(&'m Literals),
    Regex(Box<RegexSeeker<'m>>),
}

/// The size of steps between two checks for cancellation.
struct Pace<'m> {
    is_cancelled: &'m (dyn Fn() -> bool + Sync),
    step: usize,
    /// Steps left until the clock is read.
    until_look: u32,
}

/// The form of the pattern that is correct for a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    First,
    Second,
    /// The first form, with a `$` that distinguishes CR LF from a lone CR.
    Mixed,
}

struct RegexSeeker<'m> {
    compiled: &'m Compiled,
    first: Running<'m>,
    second: Option<Running<'m>>,
    inner: Option<(&'m meta::Regex, Cache)>,
}

/// A form of the pattern with the caches of one thread.
struct Running<'m> {
    form: &'m Form,
    cache: Cache,
    /// Made at its first use; the inner `None` means that it could not be made.
    stepped: Option<Option<Box<Stepped<'m>>>>,
}

impl<'m> Running<'m> {
    fn new(form: &'m Form) -> Running<'m> {
        Running { form, cache: form.regex.create_cache(), stepped: None }
    }
}

/// Whether an engine that sees the surrounding lines finds the same in `line` (with its line end) as in the line
/// alone.
///
/// It may not if there is a CR, which may be part of the line end, or if the line begins in the middle of a character: the
/// engine looks up to four bytes back for the character before a place and takes the line feed before such bytes for it, so
/// `\B` matches there, though it does not after invalid UTF-8. Everything else stops at the line feed or looks at one byte.
fn stands_alone(line: &[u8]) -> bool {
    let begins_in_a_char = line.first().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    !begins_in_a_char && memchr::memchr(b'\r', line).is_none()
}

impl LineMatcher {
    /// Returns the matcher of one thread. It calls `is_cancelled` about once per millisecond.
    pub fn seeker<'m>(&'m self, is_cancelled: &'m (dyn Fn() -> bool + Sync)) -> Seeker<'m> {
        Seeker::new(&self.engine, is_cancelled)
    }
}

impl<'m> Seeker<'m> {
    fn new(engine: &'m Engine, is_cancelled: &'m (dyn Fn() -> bool + Sync)) -> Seeker<'m> {
        let pace = Pace { is_cancelled, step: FIRST_STEP, until_look: 0 };
        let engine = match engine {
            Engine::Literals(literals) => SeekerEngine::Literals(literals),
            Engine::Regex(compiled) => SeekerEngine::Regex(Box::new(RegexSeeker {
                compiled,
                first: Running::new(&compiled.first),
                second: None,
                inner: compiled.inner.as_ref().map(|inner| (inner, inner.create_cache())),
            })),
        };
        Seeker { engine, pace }
    }

    /// Searches in steps of a fixed number of bytes, not of time.
    #[cfg(test)]
    pub fn with_step(mut self, step: usize) -> Seeker<'m> {
        (self.pace.step, self.pace.until_look) = (step, u32::MAX);
        self
    }

    /// Returns the first line at or after `from`, the beginning of a line, that may match.
    pub fn candidate(&mut self, text: &[u8], from: usize) -> Result<Option<Candidate>, JobError> {
        let found = match &mut self.engine {
            SeekerEngine::Literals(literals) => {
                self.pace.find_literal(literals, text, from)?.map(|span| (span.start, false))
            }
            SeekerEngine::Regex(regex) => regex.candidate(text, from, &mut self.pace)?,
        };
        // There is no line after the last line feed.
        let Some((at, confirmed)) =
            found.filter(|&(at, _)| at < text.len() || at > 0 && text[at - 1] != b'\n')
        else {
            return Ok(None);
        };
        let start = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |feed| from + feed + 1);
        let stop = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |feed| at + feed + 1);
        Ok(Some(Candidate { start, stop, confirmed }))
    }

    /// Whether a candidate line matches.
    pub fn test(&mut self, text: &[u8], candidate: &Candidate) -> Result<bool, JobError> {
        let line = &text[candidate.start..candidate.stop];
        if candidate.confirmed && stands_alone(line) {
            return Ok(true);
        }
        let line = trim_line_terminator(line);
        match &mut self.engine {
            SeekerEngine::Literals(literals) => {
                Ok(self.pace.find_literal(literals, line, 0)?.is_some())
            }
            SeekerEngine::Regex(regex) => regex.test(line, &mut self.pace),
        }
    }

    /// Returns the number of matches in a line without its line end.
    pub fn count(&mut self, line: &[u8]) -> Result<usize, JobError> {
        if let SeekerEngine::Regex(regex) = &mut self.engine
            && !regex.compiled.may_be_empty
            && line.len() <= self.pace.step
        {
            return Ok(regex.count_ends(line));
        }
        let mut count = 0;
        self.spans(line, 0, |_| {
            count += 1;
            true
        })?;
        Ok(count)
    }

    /// Passes the matches from an offset on to `see` until it returns false. `text` is a line without its line end, or with
    /// `multi_line` the whole text.
    pub fn spans(
        &mut self,
        text: &[u8],
        from: usize,
        mut see: impl FnMut(Span) -> bool,
    ) -> Result<(), JobError> {
        match &mut self.engine {
            SeekerEngine::Literals(literals) => {
                let mut at = from;
                while let Some(span) = self.pace.find_literal(literals, text, at)? {
                    at = span.stop;
                    if !see(span) {
                        break;
                    }
                }
                Ok(())
            }
            SeekerEngine::Regex(regex) => regex.spans(text, from, &mut self.pace, see),
        }
    }
}

impl Pace<'_> {
    fn go_on(&self) -> Result<(), JobError> {
        if (self.is_cancelled)() { Err(JobError::Cancelled) } else { Ok(()) }
    }

    /// Runs a step over `len` bytes and adjusts the size of the next one by the time it took.
    fn step<T>(&mut self, len: usize, take: impl FnOnce() -> Option<T>) -> Option<T> {
        // Reading the clock costs as much as finding a match in the next line.
        if self.until_look > 0 {
            self.until_look -= 1;
            return take();
        }
        self.until_look = 3;
        let since = Instant::now();
        let found = take();
        let took = since.elapsed();
        if took > MAX_STEP_TIME {
            self.step = (self.step / 2).max(MIN_STEP);
        } else if took < MAX_STEP_TIME / 8 && found.is_none() && len > self.step / 2 {
            self.step = (self.step * 2).min(MAX_STEP);
        }
        found
    }

    fn find_literal(
        &mut self,
        literals: &Literals,
        text: &[u8],
        from: usize,
    ) -> Result<Option<Span>, JobError> {
        let (mut at, step) = (from, self.step);
        loop {
            self.go_on()?;
            let end = at.saturating_add(step).saturating_add(literals.longest());
            if end >= text.len() {
                return Ok(literals.find(text, at).map(|hit| hit.span));
            }
            // A hit that begins within the step does not end later.
            let found = literals.find(&text[..end], at);
            match found.filter(|hit| hit.span.start < at + step) {
                Some(hit) => return Ok(Some(hit.span)),
                None => at += step,
            }
        }
    }
}

impl<'m> RegexSeeker<'m> {
    /// Returns the offset of a line that may match, and whether it is known to.
    fn candidate(
        &mut self,
        text: &[u8],
        mut from: usize,
        pace: &mut Pace<'_>,
    ) -> Result<Option<(usize, bool)>, JobError> {
        let begins_anywhere = !self.compiled.anchored && !self.compiled.watched;
        while from < text.len() {
            pace.go_on()?;
            let rest = &text[from..];
            let piece = lines_within(rest, pace.step);
            if piece.len() > pace.step && !self.compiled.is_literal {
                // One long line.
                if self.test(trim_line_terminator(piece), pace)? {
                    return Ok(Some((from, false)));
                }
                from += piece.len();
                continue;
            }
            let found = match &mut self.inner {
                Some((inner, cache)) => pace.step(piece.len(), || {
                    let input = Input::new(piece).earliest(true);
                    inner.search_half_with(cache, &input).map(|end| end.offset() - 1)
                }),
                None => pace.step(piece.len(), || {
                    let input = Input::new(piece).earliest(true);
                    let Running { form, cache, .. } = &mut self.first;
                    form.regex.search_half_with(cache, &input).map(|end| end.offset())
                }),
            };
            // An empty match after the last line feed belongs to the next piece, if there is one.
            match found {
                Some(at) if at < piece.len() || !piece.ends_with(b"\n") => {
                    return Ok(Some((from + at, begins_anywhere && self.inner.is_none())));
                }
                _ => from += piece.len(),
            }
        }
        Ok(None)
    }

    fn test(&mut self, line: &[u8], pace: &mut Pace<'_>) -> Result<bool, JobError> {
        if self.compiled.watched {
            let mut any = false;
            self.spans(line, 0, pace, |_| {
                any = true;
                false
            })?;
            return Ok(any);
        }
        let which = self.which(line);
        Ok(self.find(which, line, 0, true, pace)?.is_some())
    }

    /// Counts the matches of a short line by their ends; none may be empty.
    fn count_ends(&mut self, line: &[u8]) -> usize {
        let which = self.which(line);
        let input = Input::new(line).anchored(self.anchored());
        let Running { form, cache, .. } = self.running(which);
        let (mut input, mut count) = (input, 0);
        while let Some(end) = form.regex.search_half_with(cache, &input) {
            input.set_start(end.offset());
            count += 1;
        }
        count
    }

    fn spans(
        &mut self,
        text: &[u8],
        from: usize,
        pace: &mut Pace<'_>,
        mut see: impl FnMut(Span) -> bool,
    ) -> Result<(), JobError> {
        let which = self.which(text);
        let (mut at, mut last) = (from, None);
        while at <= text.len()
            && let Some(span) = self.find(which, text, at, false, pace)?
        {
            let Span { start, stop } = span;
            let ends_there = last == Some(stop);
            if start == stop && (ends_there || self.compiled.watched && splits(text, stop)) {
                // An anchored search cannot begin anywhere else.
                at = if self.compiled.anchored { text.len() + 1 } else { stop + 1 };
                continue;
            }
            (at, last) = (stop, Some(stop));
            if !see(span) {
                break;
            }
        }
        Ok(())
    }

    /// Returns the first match from an offset on; only its end is correct if `earliest` is set.
    fn find(
        &mut self,
        which: Which,
        text: &[u8],
        mut at: usize,
        earliest: bool,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Span>, JobError> {
        pace.go_on()?;
        let (anchored, compiled) = (self.anchored(), self.compiled);
        let running = self.running(which);
        let is_long = text.len() - at > pace.step;
        if which == Which::Mixed || is_long && !compiled.is_literal {
            if which != Which::Mixed
                && let Some(longest) = compiled.longest
                && longest <= MIN_STEP
            {
                // A match that begins within the step does not end later.
                while text.len() - at > pace.step + longest {
                    pace.go_on()?;
                    let step = pace.step;
                    let input = Input::new(text).range(at..at + step + longest).anchored(anchored);
                    let found = pace.step(step, || running.find(&input, earliest));
                    match found {
                        Some(span) if earliest || span.start < at + step => return Ok(Some(span)),
                        _ if anchored == Anchored::Yes => return Ok(None),
                        _ => at += step,
                    }
                }
            } else if let Some(stepped) = running.stepped() {
                let mixed = which == Which::Mixed;
                let anchored = anchored == Anchored::Yes;
                let search = Search { text, at, anchored, earliest, mixed };
                return stepped.find(&search, pace.is_cancelled);
            }
        }
        Ok(running.find(&Input::new(text).range(at..).anchored(anchored), earliest))
    }

    fn anchored(&self) -> Anchored {
        if self.compiled.anchored { Anchored::Yes } else { Anchored::No }
    }

    fn running(&mut self, which: Which) -> &mut Running<'m> {
        if which == Which::Second {
            let compiled = self.compiled;
            return self.second.get_or_insert_with(|| Running::new(compiled.second()));
        }
        &mut self.first
    }

    /// Returns the form that is correct for a line, or with `multi_line` for a text.
    fn which(&self, text: &[u8]) -> Which {
        if !self.compiled.has_second() {
            return Which::First;
        }
        if !self.compiled.multi_line {
            return match memchr::memchr(b'\r', text) {
                Some(_) => Which::Second,
                None => Which::First,
            };
        }
        let (mut ends, mut lone) = (false, false);
        for at in memchr::memchr_iter(b'\r', text) {
            match text.get(at + 1) {
                Some(b'\n') => ends = true,
                _ => lone = true,
            }
            if ends && lone {
                return Which::Mixed;
            }
        }
        if ends { Which::Second } else { Which::First }
    }
}

impl Running<'_> {
    fn find(&mut self, input: &Input<'_>, earliest: bool) -> Option<Span> {
        let Running { form, cache, .. } = self;
        if earliest {
            let end = form.regex.search_half_with(cache, &input.clone().earliest(true))?;
            return Some(Span { start: end.offset(), stop: end.offset() });
        }
        let found = form.regex.search_with(cache, input)?;
        Some(Span { start: found.start(), stop: found.end() })
    }
}

impl<'m> Running<'m> {
    fn stepped(&mut self) -> Option<&mut Stepped<'m>> {
        let form = self.form;
        let made = self.stepped.get_or_insert_with(|| Stepped::new(&form.hir).map(Box::new));
        made.as_deref_mut()
    }
}

/// Returns as many lines as fit into `len` bytes, at least one.
fn lines_within(text: &[u8], len: usize) -> &[u8] {
    if text.len() <= len {
        return text;
    }
    let stop = match memchr::memrchr(b'\n', &text[..len]) {
        Some(at) => at + 1,
        None => memchr::memchr(b'\n', &text[len..]).map_or(text.len(), |at| len + at + 1),
    };
    &text[..stop]
}
