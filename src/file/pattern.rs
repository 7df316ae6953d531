//! What is searched for, line by line.
//!
//! # Why is a pattern compiled twice?
//!
//! Because lines are rarely looked at one by one: a second form of it, which never matches a line feed and for which `^` and
//! `$` are the ends of lines, goes through whole buffers, by the literals that every match has inside wherever there are
//! some. That is grep-regex, the part of ripgrep that makes it fast. It finds every line that matches and some that do not;
//! the pattern itself then decides, with the text of one line before it and nothing else.

use crate::search::{Literals, Regex, Span};
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

    /// An offset in the first line that may match, from one on.
    pub fn candidate(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Pattern::Regex { finder, .. } => {
                let found = finder.find_candidate_line(&text[from..]).unwrap_or_default()?;
                let (LineMatchKind::Candidate(at) | LineMatchKind::Confirmed(at)) = found;
                Some(from + at)
            }
            Pattern::Literals(literals) => literals.find(text, from).map(|hit| hit.span.start),
        }
    }

    /// Whether a line matches.
    pub fn test(&self, line: &[u8]) -> bool {
        match self {
            Pattern::Regex { exact, .. } => exact.test(line, 0),
            Pattern::Literals(literals) => literals.find(line, 0).is_some(),
        }
    }

    /// How many matches a line has.
    pub fn count(&self, line: &[u8]) -> usize {
        match self {
            Pattern::Regex { exact, .. } => exact.count(line, 0),
            Pattern::Literals(literals) => literals.hits(line, 0).count(),
        }
    }

    /// The matches in a text from an offset on, until `see` tells that it is enough.
    pub fn each(&self, text: &[u8], from: usize, mut see: impl FnMut(Span) -> bool) {
        match self {
            Pattern::Regex { exact, .. } => {
                exact.matches(text, from, false).all(see);
            }
            Pattern::Literals(literals) => {
                literals.hits(text, from).all(|hit| see(hit.span));
            }
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
            let at = pattern.candidate(text, passed);
            let start = at.map_or(text.len(), |at| {
                memchr::memrchr(b'\n', &text[..at]).map_or(0, |feed| feed + 1)
            });
            // No line that was passed over matches.
            for line in text[passed..start.max(passed)].split_inclusive(|&byte| byte == b'\n') {
                let bare = super::super::scan::bare(line);
                assert!(
                    !exact.test(bare, 0),
                    "{:?} is passed over",
                    bare.escape_ascii().to_string()
                );
            }
            let Some(feed) = memchr::memchr(b'\n', &text[start.max(passed)..]) else { break };
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

    proptest! {
        #[test]
        fn no_line_of_any_text_is(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "a", "b", "ab", ".", "^", "$", r"\n", r"\r", r"\s", r"\w", "[^a]", r"\b", r"\B", r"\A", r"\z", "|", "a*", "(?:", ")", "(?m:^)",
                "(?Rm:$)", "(?-u:.)",
            ]), 1..7),
            text in prop::collection::vec(prop::sample::select(&b"ab \r\n\n\xFF\xC3\xA9"[..]), 0..40),
            (ignore_case, multi_line, dot_all) in any::<(bool, bool, bool)>(),
        ) {
            let options = Options { ignore_case, multi_line, dot_all, ..Options::default() };
            if let Some(exact) = regex(&pieces.concat(), &options) {
                check(&exact, &text);
            }
        }
    }
}
