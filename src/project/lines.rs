//! The matcher of a search: ripgrep's, in steps that are short enough to be cancelled between them.
//!
//! # Why not ripgrep's as it is?
//!
//! The engine searches what it is given in one go, and what it is given may be a line of megabytes, or a piece of a file as
//! long as the longest line before it. An engine at its slowest takes seconds for that. So text is given to it a few lines
//! at a time, as many as take about a millisecond, and a line that is longer than that goes to [`Stepped`].

use super::grep::{Case, Chunk, Options};
use super::stepped::{Halt, Stepped};
use crate::job::Worker;
use grep_matcher::{ByteSet, LineMatchKind, LineTerminator, Match, Matcher, NoCaptures, NoError};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use regex_syntax::ast;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes that the engine gets at once, at most and at least.
const MOST: usize = 256 << 10;
const LEAST: usize = 4 << 10;

/// How long it may take for them.
const PATIENCE: Duration = Duration::from_millis(1);

/// Patterns that were looked at, and are compiled by the job: that can take some milliseconds.
pub(super) struct Pattern {
    texts: Vec<String>,
    fixed: bool,
    word: bool,
    ignore_case: bool,
    /// Nothing but literals in the case that they have: they are found at the speed of memory.
    literal: bool,
    line: bool,
    ban_zero: bool,
}

/// The patterns compiled: what all threads of a search share.
#[derive(Clone)]
pub(super) struct Compiled {
    regex: RegexMatcher,
    /// For text that is too long for one step. Nothing if there is no need for it.
    stepped: Option<Arc<String>>,
    ignore_case: bool,
}

impl Pattern {
    /// Patterns in UTF-8, each right for itself.
    pub(super) fn new(texts: Vec<String>, options: &Options<'_>, literal: bool) -> Pattern {
        let ignore_case = match options.case {
            Case::Respect => false,
            Case::Ignore => true,
            Case::Smart => !texts.iter().any(|text| has_upper_case(text, options.fixed)),
        };
        Pattern {
            texts,
            fixed: options.fixed,
            word: options.word,
            ignore_case,
            literal: literal && !ignore_case && !options.word,
            line: !options.multi_line,
            ban_zero: !options.multi_line && !options.binary,
        }
    }

    pub(super) fn compile(&self) -> Result<Compiled, String> {
        let mut builder = RegexMatcherBuilder::new();
        builder
            .multi_line(true)
            .fixed_strings(self.fixed)
            .case_insensitive(self.ignore_case)
            .word(self.word)
            .line_terminator(self.line.then_some(b'\n'))
            .ban_byte(self.ban_zero.then_some(0));
        let regex = builder.build_many(&self.texts).map_err(|error| error.to_string())?;
        let stepped = (!self.literal).then(|| Arc::new(self.joined()));
        Ok(Compiled { regex, stepped, ignore_case: self.ignore_case })
    }

    /// All of them as one pattern.
    fn joined(&self) -> String {
        let texts = self.texts.iter().map(|text| {
            let text = if self.fixed { regex_syntax::escape(text) } else { text.clone() };
            format!("(?:{text})")
        });
        let joined = texts.collect::<Vec<_>>().join("|");
        if self.word { format!(r"\b{{start-half}}(?:{joined})\b{{end-half}}") } else { joined }
    }
}

/// Whether a letter of a pattern is an upper-case one: not the S of `\S`, nor the L of `\p{Lu}`.
fn has_upper_case(text: &str, fixed: bool) -> bool {
    struct Look(bool);
    impl Look {
        fn see(&mut self, literal: &ast::Literal) {
            self.0 |= literal.c.is_uppercase();
        }
    }
    impl ast::Visitor for Look {
        type Output = bool;
        type Err = std::convert::Infallible;

        fn finish(self) -> Result<bool, Self::Err> {
            Ok(self.0)
        }

        fn visit_pre(&mut self, part: &ast::Ast) -> Result<(), Self::Err> {
            if let ast::Ast::Literal(literal) = part {
                self.see(literal);
            }
            Ok(())
        }

        fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Self::Err> {
            match item {
                ast::ClassSetItem::Literal(literal) => self.see(literal),
                ast::ClassSetItem::Range(range) => {
                    self.see(&range.start);
                    self.see(&range.end);
                }
                _ => {}
            }
            Ok(())
        }
    }
    if fixed {
        return text.chars().any(char::is_uppercase);
    }
    let parsed = ast::parse::Parser::new().parse(text);
    parsed.is_ok_and(|parsed| matches!(ast::visit(&parsed, Look(false)), Ok(true)))
}

/// The matcher of one thread.
pub(super) struct Lines<'w> {
    worker: &'w Worker<Chunk>,
    compiled: Compiled,
    /// Bytes that the engine gets at once.
    step: Cell<usize>,
    /// Pieces until the clock is looked at.
    until_look: Cell<u32>,
    /// Made when it is needed first. Nothing inside: it cannot be made.
    stepped: RefCell<Option<Option<Box<Stepped>>>>,
}

/// The search was given up, as the job is to stop.
#[derive(Debug)]
pub(super) struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl From<NoError> for Cancelled {
    /// The engine has none.
    fn from(_: NoError) -> Cancelled {
        Cancelled
    }
}

impl From<Cancelled> for std::io::Error {
    fn from(cancelled: Cancelled) -> std::io::Error {
        std::io::Error::other(cancelled.to_string())
    }
}

impl<'w> Lines<'w> {
    pub(super) fn new(worker: &'w Worker<Chunk>, compiled: &Compiled) -> Lines<'w> {
        // Cloned, as threads that share an engine wait for each other.
        let compiled = compiled.clone();
        Lines {
            worker,
            compiled,
            step: Cell::new(MOST / 4),
            until_look: Cell::new(0),
            stepped: RefCell::default(),
        }
    }

    fn go_on(&self) -> Result<(), Cancelled> {
        if self.worker.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Searches a piece by the engine, and learns from the time that it takes how long the next piece may be.
    fn find_in_piece(&self, piece: &[u8]) -> Result<Option<LineMatchKind>, Cancelled> {
        let regex = &self.compiled.regex;
        // Looking at the clock costs as much as finding a match in the next line.
        let until_look = self.until_look.get();
        self.until_look.set(until_look.checked_sub(1).unwrap_or(3));
        if until_look > 0 {
            return Ok(regex.find_candidate_line(piece)?);
        }
        let since = Instant::now();
        let found = regex.find_candidate_line(piece)?;
        let (took, step) = (since.elapsed(), self.step.get());
        if took > PATIENCE {
            self.step.set((step / 2).max(LEAST));
        } else if took < PATIENCE / 8 && found.is_none() && piece.len() > step / 2 {
            self.step.set((step * 2).min(MOST));
        }
        Ok(found)
    }

    /// Searches what may be too long for the engine.
    fn find_long(
        &self,
        text: &[u8],
        at: usize,
        earliest: bool,
    ) -> Result<Option<Match>, Cancelled> {
        self.go_on()?;
        if let Some(pattern) = &self.compiled.stepped
            && text.len() - at > self.step.get()
        {
            let mut stepped = self.stepped.borrow_mut();
            let made = stepped.get_or_insert_with(|| {
                Stepped::new(pattern, self.compiled.ignore_case).map(Box::new)
            });
            if let Some(stepped) = made {
                let found = stepped.find(text, at, earliest, &|| self.worker.is_cancelled());
                return match found {
                    Ok(found) => Ok(found.map(|(start, stop)| Match::new(start, stop))),
                    Err(Halt) => Err(Cancelled),
                };
            }
        }
        let regex = &self.compiled.regex;
        if earliest {
            let stop = regex.shortest_match_at(text, at)?;
            return Ok(stop.map(|stop| Match::new(stop, stop)));
        }
        Ok(regex.find_at(text, at)?)
    }
}

impl Matcher for Lines<'_> {
    type Captures = NoCaptures;
    type Error = Cancelled;

    fn find_at(&self, text: &[u8], at: usize) -> Result<Option<Match>, Cancelled> {
        self.find_long(text, at, false)
    }

    fn try_find_iter<F, E>(&self, text: &[u8], found: F) -> Result<Result<(), E>, Cancelled>
    where
        F: FnMut(Match) -> Result<bool, E>,
    {
        if text.len() > self.step.get() && self.compiled.stepped.is_some() {
            return self.try_find_iter_at(text, 0, found);
        }
        Ok(self.compiled.regex.try_find_iter(text, found)?)
    }

    fn new_captures(&self) -> Result<NoCaptures, Cancelled> {
        Ok(NoCaptures::new())
    }

    fn shortest_match_at(&self, text: &[u8], at: usize) -> Result<Option<usize>, Cancelled> {
        Ok(self.find_long(text, at, true)?.map(|found| found.end()))
    }

    fn non_matching_bytes(&self) -> Option<&ByteSet> {
        self.compiled.regex.non_matching_bytes()
    }

    fn line_terminator(&self) -> Option<LineTerminator> {
        self.compiled.regex.line_terminator()
    }

    fn find_candidate_line(&self, text: &[u8]) -> Result<Option<LineMatchKind>, Cancelled> {
        let mut from = 0;
        while from < text.len() {
            self.go_on()?;
            let rest = &text[from..];
            let piece = lines_within(rest, self.step.get());
            let found = if piece.len() > self.step.get() && self.compiled.stepped.is_some() {
                // One long line. Its end is given apart, as it is no part of it.
                let line = piece.strip_suffix(b"\n").unwrap_or(piece);
                self.find_long(line, 0, true)?.map(|found| LineMatchKind::Confirmed(found.end()))
            } else {
                self.find_in_piece(piece)?
            };
            let (offset, kind): (usize, fn(usize) -> LineMatchKind) = match found {
                Some(LineMatchKind::Confirmed(offset)) => (offset, LineMatchKind::Confirmed),
                Some(LineMatchKind::Candidate(offset)) => (offset, LineMatchKind::Candidate),
                None => {
                    from += piece.len();
                    continue;
                }
            };
            // An empty match behind the last line feed is one of the next piece, if there is one.
            if offset == piece.len() && piece.ends_with(b"\n") && offset < rest.len() {
                from += piece.len();
                continue;
            }
            return Ok(Some(kind(from + offset)));
        }
        Ok(None)
    }
}

/// As many lines as fit into so many bytes, but one at least.
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
