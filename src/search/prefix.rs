//! Searches in short texts for patterns that begin with a literal: the literal is found first.
//!
//! # What is this for?
//!
//! In a text of some dozens of bytes, such as a line of a log or a path of a request, the engine spends most of its time on
//! starting: it searches forwards for the end of a match and then backwards for its start. All matches of `item/(\d+)` start
//! with `item/`, so a search that is anchored at the first `item/` finds both ends, and the groups, in one pass.
//!
//! # What does it cost?
//!
//! Some hundred bytes in a pattern. After [`SEARCHES_BEFORE_DFA`] searches for an end, which show that the pattern is used often, an
//! automaton for them is built, once and in some tenths of a millisecond, if the pattern is simple enough. Other anchored searches
//! are those of the engine. Each place where the literal is no match costs an anchored search, which may scan the
//! rest of the text. After [`MAX_ATTEMPTS`] of them the search continues without this, so it stays linear.
//!
//! # What are the limits?
//!
//! In a text above [`MAX_TEXT_BYTES`] the time to start does not matter, and the engine has the best strategy.

use super::Span;
use crate::memory;
use memchr::memmem::Finder;
use once_cell::race::OnceBox;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::atomic::{AtomicU32, Ordering};

/// Maximum length of a text that is searched in this way, in bytes.
const MAX_TEXT_BYTES: usize = 4096;

/// Maximum number of anchored searches that fail.
const MAX_ATTEMPTS: usize = 4;

/// Minimum length of a literal in bytes: a single byte occurs at too many places without a match.
const MIN_LITERAL_BYTES: usize = 2;

/// Number of searches before the automaton for them is built.
const SEARCHES_BEFORE_DFA: u32 = if cfg!(test) { 2 } else { 64 };

/// Maximum size of that automaton in bytes.
const MAX_DFA_BYTES: usize = 64 << 10;

/// Maximum memory that building it takes, in bytes.
const MAX_BUILD_BYTES: usize = 256 << 10;

/// Maximum weight of a pattern for which it is built: `\d` weighs 71, `\w` 770.
const MAX_WEIGHT: usize = 256;

type Dfa = dense::DFA<Vec<u32>>;

/// The literal that all matches of a pattern begin with.
pub(super) struct Prefix {
    finder: Finder<'static>,
    is_simple: bool,
    searches: AtomicU32,
    /// The automaton of the whole pattern for anchored searches, if it was built and is small.
    dfa: OnceBox<Option<Dfa>>,
}

impl Prefix {
    /// Returns the prefix of a pattern, if it has one.
    pub(super) fn new(hir: &Hir) -> Option<Prefix> {
        if hir.properties().is_literal() {
            // The engine is a search for the literal already.
            return None;
        }
        let literals = Extractor::new().extract(hir);
        let common = literals.longest_common_prefix()?;
        (common.len() >= MIN_LITERAL_BYTES).then(|| Prefix {
            finder: Finder::new(common).into_owned(),
            is_simple: weight(hir) <= MAX_WEIGHT,
            searches: AtomicU32::new(0),
            dfa: OnceBox::new(),
        })
    }

    /// Finds the first match from `from` on; with `earliest` its end may be any. `parse` parses the pattern again. Returns `None`
    /// if that has to be decided in another way.
    #[inline]
    pub(super) fn find(
        &self,
        text: &[u8],
        from: usize,
        earliest: bool,
        parse: impl FnOnce() -> Option<Hir>,
    ) -> Option<Option<Span>> {
        if !self.is_simple || text.len().checked_sub(from)? > MAX_TEXT_BYTES {
            return None;
        }
        let dfa = self.dfa(parse)?;
        let mut at = from;
        for _ in 0..MAX_ATTEMPTS {
            let Some(found) = self.finder.find(&text[at..]) else { return Some(None) };
            let start = at + found;
            let input = Input::new(text).span(start..text.len()).anchored(Anchored::Yes);
            if let Some(end) = dfa.try_search_fwd(&input.earliest(earliest)).ok()? {
                return Some(Some(Span { start, stop: end.offset() }));
            }
            at = start + 1;
        }
        None
    }

    /// Searches by `run`, which returns the first match in its input or at its start if that is anchored. Returns what `run`
    /// returns for all of `input`, which is not anchored.
    #[inline]
    pub(super) fn search<T>(
        &self,
        mut input: Input<'_>,
        mut run: impl FnMut(&Input<'_>) -> Option<T>,
    ) -> Option<T> {
        if input.get_range().len() <= MAX_TEXT_BYTES {
            for _ in 0..MAX_ATTEMPTS {
                let rest = &input.haystack()[input.get_range()];
                let start = input.start() + self.finder.find(rest)?;
                input.set_start(start);
                input.set_anchored(Anchored::Yes);
                if let Some(found) = run(&input) {
                    return Some(found);
                }
                input.set_anchored(Anchored::No);
                input.set_start(start + 1);
            }
        }
        run(&input)
    }

    /// Returns the automaton, which is built when the pattern has been searched for often enough.
    #[inline]
    fn dfa(&self, parse: impl FnOnce() -> Option<Hir>) -> Option<&Dfa> {
        match self.dfa.get() {
            Some(built) => built.as_ref(),
            None if self.searches.load(Ordering::Relaxed) < SEARCHES_BEFORE_DFA => {
                self.searches.fetch_add(1, Ordering::Relaxed);
                None
            }
            None => self.dfa.get_or_init(|| Box::new(parse().and_then(|hir| build(&hir)))).as_ref(),
        }
    }
}

/// Returns a measure of the time to build an automaton: the number of ranges in classes and of bytes in literals, repeated as
/// often as the pattern repeats them.
fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            weight(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(weight).fold(0, usize::saturating_add)
        }
    }
}

/// Builds the automaton for searches that are anchored; `None` if it is too big, or if the pattern has a Unicode word boundary.
#[cold]
#[inline(never)]
fn build(hir: &Hir) -> Option<Dfa> {
    // Without memory the engine continues to search.
    memory::spare(MAX_BUILD_BYTES).ok()?;
    let nfa = thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .utf8(false)
                .nfa_size_limit(Some(MAX_DFA_BYTES))
                .which_captures(WhichCaptures::None),
        )
        .build_from_hir(hir)
        .ok()?;
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::LeftmostFirst)
                .start_kind(StartKind::Anchored)
                .accelerate(false)
                .dfa_size_limit(Some(MAX_DFA_BYTES))
                .determinize_size_limit(Some(MAX_DFA_BYTES)),
        )
        .build_from_nfa(&nfa)
        .ok()
}
