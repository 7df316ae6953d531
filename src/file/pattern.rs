//! What is searched for, line by line.
//!
//! # Why is a pattern compiled twice?
//!
//! Because lines are rarely looked at one by one: a second form of it, which never matches a line feed and for which `^` and
//! `$` are the ends of lines, goes through whole buffers, by the literals that every match has inside wherever there are
//! some. That is grep-regex, the part of ripgrep that makes it fast. It finds every line that matches and some that do not;
//! the pattern itself then decides, with the text of one line before it and nothing else.

use super::scan::bare;
use crate::search::{Literals, Matches, Regex, Span};
use grep_matcher::{LineMatchKind, Matcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use regex_syntax::hir::print::Printer;
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};
use std::sync::Arc;

/// What to search for.
#[derive(Clone)]
pub enum Query {
    /// A pattern.
    Regex(Arc<Regex>),
    /// One of several literals.
    Literals(Arc<Literals>),
}

/// What to search for, ready for it. Each thread has its own.
#[derive(Clone)]
pub(super) enum Pattern {
    Regex { finder: Box<RegexMatcher>, exact: Arc<Regex> },
    Literals(Arc<Literals>),
}

/// What a search takes for its finder, in bytes, at most: it is as large as the pattern itself.
const LIMIT: usize = 100 << 20;

impl Pattern {
    /// Compiles the query. It can take some milliseconds.
    pub fn new(query: &Query) -> Result<Pattern, String> {
        match query {
            Query::Literals(literals) => Ok(Pattern::Literals(Arc::clone(literals))),
            Query::Regex(exact) => {
                let hir = exact.parse().map_err(|error| error.message)?;
                let mut text = String::new();
                let printed = Printer::new().print(&in_lines(&hir), &mut text);
                printed.map_err(|error| error.to_string())?;
                let finder = RegexMatcherBuilder::new()
                    .line_terminator(Some(b'\n'))
                    .size_limit(LIMIT)
                    .dfa_size_limit(2 << 20)
                    .build(&text)
                    .map_err(|error| error.to_string())?;
                Ok(Pattern::Regex { finder: Box::new(finder), exact: Arc::clone(exact) })
            }
        }
    }

    /// Looks through texts, one buffer and the lines in it for example. What it works in is got once for all of them.
    pub fn seek<'t>(&self) -> Seeker<'_, 't> {
        match self {
            Pattern::Regex { finder, exact } => {
                Seeker::Regex { finder, matches: exact.matches(&[], 1, false) }
            }
            Pattern::Literals(literals) => Seeker::Literals(literals),
        }
    }

    /// The longest match that there can be, in bytes, if there is a limit.
    pub fn longest(&self) -> Option<usize> {
        match self {
            Pattern::Regex { exact, .. } => exact.longest(),
            Pattern::Literals(literals) => Some(literals.longest()),
        }
    }
}

/// A pattern at work.
pub(super) enum Seeker<'p, 't> {
    Regex { finder: &'p RegexMatcher, matches: Matches<'p, 't> },
    Literals(&'p Literals),
}

/// A line that may match.
pub(super) struct Candidate {
    /// An offset in it.
    pub at: usize,
    /// Whether it does, unless the line alone is another text than it is among others: see [`stands_alone`].
    pub confirmed: bool,
}

/// Whether a line, given with what ends it, is the same to the finder, which sees those around it, as to the pattern alone.
///
/// A CR may be a part of what ends it. And what is before a char is looked for up to four bytes back: where a line begins with
/// bytes that are the middle of a char, the engine takes the line feed before them to be that char, so `\B` matches behind it,
/// though it does not behind what is no UTF-8. Everything else stops at the line feed or goes by one byte.
fn stands_alone(line: &[u8]) -> bool {
    let begins_in_a_char = line.first().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    !begins_in_a_char && memchr::memchr(b'\r', line).is_none()
}

impl<'t> Seeker<'_, 't> {
    /// The first line that may match, from an offset on.
    pub fn candidate(&self, text: &[u8], from: usize) -> Option<Candidate> {
        match self {
            Seeker::Regex { finder, matches } => {
                let found = finder.find_candidate_line(&text[from..]).unwrap_or_default()?;
                let (at, confirmed) = match found {
                    LineMatchKind::Confirmed(at) => (at, matches.begins_anywhere()),
                    LineMatchKind::Candidate(at) => (at, false),
                };
                // Behind the last line feed there is no line.
                let at = from + at;
                (at < text.len() || text.last() != Some(&b'\n'))
                    .then_some(Candidate { at, confirmed })
            }
            Seeker::Literals(literals) => {
                let at = literals.find(text, from)?.span.start;
                Some(Candidate { at, confirmed: false })
            }
        }
    }

    /// Whether a line matches that a candidate is in; given with what ends it.
    pub fn test(&mut self, candidate: &Candidate, line: &'t [u8]) -> bool {
        if candidate.confirmed && stands_alone(line) {
            return true;
        }
        let line = bare(line);
        match self {
            Seeker::Regex { matches, .. } => matches.restart(line, 0).any_left(),
            Seeker::Literals(literals) => literals.find(line, 0).is_some(),
        }
    }

    /// How many matches a line has.
    pub fn count(&mut self, line: &'t [u8]) -> usize {
        match self {
            Seeker::Regex { matches, .. } => matches.restart(line, 0).count_left(),
            Seeker::Literals(literals) => literals.hits(line, 0).count(),
        }
    }

    /// The matches in a text from an offset on, until `see` tells that it is enough.
    pub fn each(&mut self, text: &'t [u8], from: usize, mut see: impl FnMut(Span) -> bool) {
        match self {
            Seeker::Regex { matches, .. } => {
                matches.restart(text, from).all(see);
            }
            Seeker::Literals(literals) => {
                literals.hits(text, from).all(|hit| see(hit.span));
            }
        }
    }
}

/// A pattern that matches in a buffer of lines, within one of them, wherever `hir` matches in the text of that line alone.
///
/// `$` also is before a CR: that of a CR LF is no part of the line.
fn in_lines(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Class(_) => hir.clone(),
        // No line has it. In a class it is left out by grep-regex.
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(_) => hir.clone(),
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End | Look::EndLF) => Hir::look(Look::EndCRLF),
        HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(inner) => {
            Hir::repetition(Repetition { sub: Box::new(in_lines(&inner.sub)), ..inner.clone() })
        }
        // Groups are for those who ask for captures.
        HirKind::Capture(inner) => in_lines(&inner.sub),
        HirKind::Concat(list) => Hir::concat(list.iter().map(in_lines).collect()),
        HirKind::Alternation(list) => Hir::alternation(list.iter().map(in_lines).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Options;
    use proptest::prelude::*;

    fn regex(pattern: &str, options: &Options) -> Option<Arc<Regex>> {
        Regex::new(pattern.as_bytes(), options).ok().map(Arc::new)
    }

    fn check(exact: &Arc<Regex>, text: &[u8]) {
        let pattern = Pattern::new(&Query::Regex(Arc::clone(exact))).expect("a finder");
        let mut passed = 0;
        while passed <= text.len() {
            let at = pattern.seek().candidate(text, passed).map(|candidate| candidate.at);
            let start = at.map_or(text.len(), |at| {
                memchr::memrchr(b'\n', &text[..at]).map_or(0, |feed| feed + 1)
            });
            // No line that was passed over matches.
            for line in text[passed..start.max(passed)].split_inclusive(|&byte| byte == b'\n') {
                let bare = bare(line);
                assert!(
                    !exact.test(bare, 0),
                    "{:?} is passed over",
                    bare.escape_ascii().to_string()
                );
            }
            let start = start.max(passed);
            let Some(feed) = memchr::memchr(b'\n', &text[start..]) else { break };
            // What is confirmed is right.
            let line = &text[start..start + feed + 1];
            if let Some(candidate) = pattern.seek().candidate(text, passed) {
                let told = pattern.seek().test(&candidate, line);
                assert_eq!(
                    told,
                    exact.test(bare(line), 0),
                    "{:?}",
                    line.escape_ascii().to_string()
                );
            }
            let start = start.max(passed);
            passed = start.max(passed) + feed + 1;
        }
    }

    #[test]
    fn no_line_that_matches_is_passed_over() {
        let text = b"foo\r\nbar\n\n  \r\n\r\nx\xFF\xC3\nfoo\rbar\r\r\nend foo".as_slice();
        for pattern in [
            "^foo$",
            "foo",
            "bar$",
            "^$",
            r"\Afoo\z",
            r"\s+$",
            "(?m)^bar$",
            "(?R)bar$",
            "(?Rm)^bar$",
            "a\nb|end",
            r"[\n]foo|x",
            r"\bfoo\b",
            r"\Bo",
            r"^\s*$",
            r"(?-u:\xFF)",
            r"[^a]$",
            r"x(?-u:.).",
            ".",
            "a{0}$",
            "o\n",
            r"\D\z",
        ] {
            for anchored in [false, true] {
                let options = Options { anchored, ..Options::default() };
                check(&regex(pattern, &options).expect(pattern), text);
            }
            let options = Options { bytes: true, ..Options::default() };
            if let Some(exact) = regex(pattern, &options) {
                check(&exact, text);
            }
        }
    }

    #[test]
    fn the_line_feed_before_broken_utf8_is_no_char_of_the_line() {
        for pattern in
            [r"(?-u:.)\B(?Rm:$)", r"(?-u:.)\b{start-half}", r"(?-u:.)\b{end-half}", r"(?-u:.)\B"]
        {
            let exact = regex(pattern, &Options::default()).expect(pattern);
            for text in [
                &b"\n\xA9\n"[..],
                b"a\n\xA9\n",
                b"a\n\x80\xA9\xA9\n",
                b"\n\xA9\xA9\xA9\xA9\n",
                b"\n\xA9a\n",
                b"\n\xA9-\n",
            ] {
                check(&exact, text);
            }
        }
        let exact = regex(r"(?-u:.)\B(?Rm:$)", &Options::default()).expect("a pattern");
        let pattern = Pattern::new(&Query::Regex(exact)).expect("a finder");
        let candidate =
            pattern.seek().candidate(b"\n\xA9\n", 0).expect("else the test tells nothing");
        assert!(candidate.confirmed && !pattern.seek().test(&candidate, b"\xA9\n"));
    }

    proptest! {
        #[test]
        fn no_line_of_any_text_is(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "a", "b", "ab", ".", "^", "$", r"\n", r"\r", r"\s", r"\w", "[^a]", r"\b", r"\B", r"\A", r"\z", "|", "a*", "(?:", ")", "(?m:^)",
                "(?Rm:$)", "(?-u:.)", r"\b{start}", r"\b{end-half}", r"\b{start-half}",
            ]), 1..7),
            text in prop::collection::vec(prop::sample::select(&b"ab \r\n\n\xFF\xC3\xA9\xA9"[..]), 0..40),
            (ignore_case, multi_line, dot_all) in any::<(bool, bool, bool)>(),
        ) {
            let options = Options { ignore_case, multi_line, dot_all, ..Options::default() };
            if let Some(exact) = regex(&pieces.concat(), &options) {
                check(&exact, &text);
            }
        }
    }
}
