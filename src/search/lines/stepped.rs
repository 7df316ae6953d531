//! A search of long lines that can be cancelled: it does in small steps what the engine does in one call.
//!
//! # What is it for?
//!
//! Lines of megabytes. The engine takes 15 ms for 8 MB if its lazy DFA can search it, 200 ms or more otherwise, and cannot
//! be stopped meanwhile. This is the same search in a loop that checks for cancellation: by regex-automata's own lazy DFA,
//! or, where that has to quit (a word boundary next to non-ASCII characters), by a simulation of its NFA.
//!
//! # What does it cost?
//!
//! The DFA costs about as much as the engine, the NFA some tens of nanoseconds per byte, as the engine's own.

use super::compiled::MAX_COMPILED_BYTES;
use crate::job::JobError;
use crate::search::Span;
use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

/// Bytes between two checks. Few, as a byte may cost some microseconds: the time to build a new state of a DFA.
const STEP: usize = 64;

/// Maximum bytes of states that each DFA builds lazily.
const CACHE: usize = 2 << 20;

/// Why a DFA stopped.
enum Broken {
    /// The search was cancelled.
    Cancelled,
    /// The DFA cannot decide.
    Quit,
}

/// The text to search, and how.
#[derive(Clone, Copy)]
pub(super) struct Search<'t> {
    pub text: &'t [u8],
    /// Offset before which no match begins.
    pub at: usize,
    /// Whether a match must begin at `at`.
    pub anchored: bool,
    /// Whether only the end of a match is wanted, possibly of a shorter one.
    pub earliest: bool,
    /// `$` matches before LF and CR LF, and a lone CR does not end a line: only the NFA can distinguish them.
    pub mixed: bool,
}

impl<'t> Search<'t> {
    fn input(&self) -> Input<'t> {
        let anchored = if self.anchored { Anchored::Yes } else { Anchored::No };
        Input::new(self.text).range(self.at..).anchored(anchored)
    }
}

/// A pattern that is searched step by step.
pub(super) struct Stepped<'p> {
    hir: &'p Hir,
    forward: Machine,
    /// Made when the first match is found, as compiling cannot be cancelled. An inner `None`: it could not be made.
    backward: Option<Option<Machine>>,
    threads: Threads,
}

/// A lazy DFA and the states it has built so far.
struct Machine {
    dfa: DFA,
    cache: dfa::Cache,
}

impl Machine {
    fn new(hir: &Hir, backward: bool) -> Option<Machine> {
        let kind = if backward { MatchKind::All } else { MatchKind::LeftmostFirst };
        let config = dfa::Config::new()
            .match_kind(kind)
            .unicode_word_boundary(true)
            .skip_cache_capacity_check(true)
            .cache_capacity(CACHE);
        let compile = thompson::Config::new()
            .utf8(false)
            .reverse(backward)
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(MAX_COMPILED_BYTES));
        let nfa = thompson::Compiler::new().configure(compile).build_from_hir(hir).ok()?;
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let cache = dfa.create_cache();
        Some(Machine { dfa, cache })
    }
}

impl<'p> Stepped<'p> {
    /// Compiles a pattern that is known to be valid. Returns `None` if it is too big.
    pub(super) fn new(hir: &'p Hir) -> Option<Stepped<'p>> {
        let forward = Machine::new(hir, false)?;
        let threads = Threads::new(forward.dfa.get_nfa());
        Some(Stepped { hir, forward, backward: None, threads })
    }

    /// Returns the first match.
    pub(super) fn find(
        &mut self,
        search: &Search<'_>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Span>, JobError> {
        let ended =
            if search.mixed { Err(Broken::Quit) } else { self.forward(search, is_cancelled) };
        let found = match ended {
            Ok(None) => Ok(None),
            Ok(Some(stop)) if search.earliest => Ok(Some(Span { start: stop, stop })),
            Ok(Some(stop)) if search.anchored => Ok(Some(Span { start: search.at, stop })),
            Ok(Some(stop)) => self
                .backward(search.text, search.at, stop, is_cancelled)
                .map(|start| Some(Span { start, stop })),
            Err(broken) => Err(broken),
        };
        match found {
            Ok(found) => Ok(found),
            Err(Broken::Cancelled) => Err(JobError::Cancelled),
            Err(Broken::Quit) => {
                self.threads.find(self.forward.dfa.get_nfa(), search, is_cancelled)
            }
        }
    }

    /// Returns where the first match ends.
    fn forward(
        &mut self,
        search: &Search<'_>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<usize>, Broken> {
        let Machine { dfa, cache } = &mut self.forward;
        let &Search { text, at, earliest, .. } = search;
        let mut state =
            dfa.start_state_forward(cache, &search.input()).map_err(|_| Broken::Quit)?;
        let (mut found, mut here) = (None, at);
        for step in text[at..].chunks(STEP) {
            if is_cancelled() {
                return Err(Broken::Cancelled);
            }
            for (place, &byte) in step.iter().enumerate() {
                state = dfa.next_state(cache, state, byte).map_err(|_| Broken::Quit)?;
                if state.is_tagged() {
                    if state.is_match() {
                        // The DFA reports a match one byte late.
                        found = Some(here + place);
                        if earliest {
                            return Ok(found);
                        }
                    } else if state.is_dead() {
                        return Ok(found);
                    } else if state.is_quit() {
                        return Err(Broken::Quit);
                    }
                }
            }
            here += step.len();
        }
        state = dfa.next_eoi_state(cache, state).map_err(|_| Broken::Quit)?;
        Ok(if state.is_match() { Some(text.len()) } else { found })
    }

    /// Returns where the match that ends at `stop` begins, not before `at`.
    fn backward(
        &mut self,
        text: &[u8],
        at: usize,
        stop: usize,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<usize, Broken> {
        let made = self.backward.get_or_insert_with(|| Machine::new(self.hir, true));
        let Some(Machine { dfa, cache }) = made else { return Err(Broken::Quit) };
        let input = Input::new(text).range(at..stop).anchored(Anchored::Yes);
        let mut state = dfa.start_state_reverse(cache, &input).map_err(|_| Broken::Quit)?;
        let (mut start, mut here) = (stop, stop);
        for step in text[at..stop].rchunks(STEP) {
            if is_cancelled() {
                return Err(Broken::Cancelled);
            }
            for (place, &byte) in step.iter().rev().enumerate() {
                state = dfa.next_state(cache, state, byte).map_err(|_| Broken::Quit)?;
                if state.is_tagged() {
                    if state.is_match() {
                        start = here - place;
                    } else if state.is_dead() {
                        return Ok(start);
                    } else if state.is_quit() {
                        return Err(Broken::Quit);
                    }
                }
            }
            here -= step.len();
        }
        state = match at.checked_sub(1) {
            Some(before) => dfa.next_state(cache, state, text[before]),
            None => dfa.next_eoi_state(cache, state),
        }
        .map_err(|_| Broken::Quit)?;
        if state.is_quit() {
            return Err(Broken::Quit);
        }
        Ok(if state.is_match() { at } else { start })
    }
}

/// The threads of an NFA simulation, in order of priority, each with the offset where its match began.
struct Threads {
    now: Step,
    next: Step,
    stack: Vec<StateID>,
}

#[derive(Default)]
struct Step {
    /// The state of each thread, and where its match began.
    list: Vec<(StateID, usize)>,
    /// Whether a state is in the list.
    has: Vec<bool>,
}

impl Step {
    fn new(nfa: &NFA) -> Step {
        Step { list: Vec::new(), has: vec![false; nfa.states().len()] }
    }

    fn clear(&mut self) {
        self.list.drain(..).for_each(|(state, _)| self.has[state] = false);
    }
}

impl Threads {
    fn new(nfa: &NFA) -> Threads {
        Threads { now: Step::new(nfa), next: Step::new(nfa), stack: Vec::new() }
    }

    fn find(
        &mut self,
        nfa: &NFA,
        search: &Search<'_>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Span>, JobError> {
        let Threads { now, next, stack } = self;
        let &Search { text, at, anchored, earliest, mixed } = search;
        now.clear();
        let mut found = None;
        for here in at..=text.len() {
            if (here - at).is_multiple_of(STEP) && is_cancelled() {
                return Err(JobError::Cancelled);
            }
            if found.is_none() && (here == at || !anchored) {
                // A match that begins later has the lowest priority, and none once a match was found.
                let from = (nfa.start_anchored(), here);
                follow(nfa, text, here, mixed, from, now, stack);
            } else if now.list.is_empty() {
                break;
            }
            next.clear();
            for &(id, start) in &now.list {
                let to = match nfa.state(id) {
                    State::ByteRange { trans } => trans.matches(text, here).then_some(trans.next),
                    State::Sparse(list) => list.matches(text, here),
                    State::Dense(list) => list.matches(text, here),
                    State::Match { .. } => {
                        found = Some(Span { start, stop: here });
                        // The threads after it have lower priority.
                        break;
                    }
                    _ => None,
                };
                if let Some(to) = to {
                    follow(nfa, text, here + 1, mixed, (to, start), next, stack);
                }
            }
            if earliest && found.is_some() {
                break;
            }
            std::mem::swap(now, next);
        }
        Ok(found)
    }
}

/// Adds all states that can be reached without consuming a byte.
fn follow(
    nfa: &NFA,
    text: &[u8],
    here: usize,
    mixed: bool,
    (from, start): (StateID, usize),
    step: &mut Step,
    stack: &mut Vec<StateID>,
) {
    stack.push(from);
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut step.has[id], true) {
            continue;
        }
        step.list.push((id, start));
        match nfa.state(id) {
            State::Look { look, next } => {
                let matches = match look {
                    Look::EndLF if mixed => is_line_end(text, here),
                    look => nfa.look_matcher().matches(*look, text, here),
                };
                if matches {
                    stack.push(*next);
                }
            }
            State::Union { alternates } => stack.extend(alternates.iter().rev()),
            State::BinaryUnion { alt1, alt2 } => stack.extend([*alt2, *alt1]),
            State::Capture { next, .. } => stack.push(*next),
            _ => {}
        }
    }
}

/// Whether a line ends at an offset: before its LF or CR LF, or at the end of the text.
fn is_line_end(text: &[u8], at: usize) -> bool {
    match &text[at..] {
        [] | [b'\r', b'\n', ..] => true,
        [b'\n', ..] => at == 0 || text[at - 1] != b'\r',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATTERNS: [&str; 20] = [
        "a",
        "ab|a",
        "a|ab",
        "(a|ab)(c|bcd)(d*)",
        "a*?b+?",
        r"\bab?",
        r"\w+b\b",
        r"\b{start-half}a.\b{end-half}",
        "^a*$",
        "(?-m)^ab",
        "ab(?-m:$)",
        "",
        "(|a)*",
        "[^a]b",
        "é.",
        r"(?-u:\xFF)+",
        "[[:^alpha:]]+?b",
        "(?s:.)*b",
        r"(\w\W){2}b",
        "x{3,5}|b{2}",
    ];

    fn parse(pattern: &str, ignore_case: bool) -> Hir {
        let mut parser = regex_syntax::ParserBuilder::new();
        parser.utf8(false).multi_line(true).case_insensitive(ignore_case);
        parser.build().parse(pattern).unwrap()
    }

    fn check(pattern: &str, ignore_case: bool, text: &[u8]) {
        let oracle = regex::bytes::RegexBuilder::new(pattern)
            .multi_line(true)
            .case_insensitive(ignore_case)
            .build()
            .unwrap();
        let hir = parse(pattern, ignore_case);
        let mut stepped = Stepped::new(&hir).unwrap();
        let never = || false;
        for at in 0..=text.len() {
            let expected = oracle
                .find_at(text, at)
                .map(|found| Span { start: found.start(), stop: found.end() });
            let search = Search { text, at, anchored: false, earliest: false, mixed: false };
            let found = stepped.find(&search, &never).unwrap();
            assert_eq!(found, expected, "{pattern} from {at} in {text:?}");
            let nfa = stepped.forward.dfa.get_nfa();
            let by_nfa = stepped.threads.find(nfa, &search, &never).unwrap();
            assert_eq!(by_nfa, expected, "{pattern} by NFA from {at} in {text:?}");
            let any = stepped.find(&Search { earliest: true, ..search }, &never).unwrap();
            assert_eq!(any.is_some(), expected.is_some(), "{pattern} from {at} in {text:?}");
            // If anchored, the result is the match that begins there, if there is one.
            let here = Search { anchored: true, ..search };
            let found = stepped.find(&here, &never).unwrap();
            let nfa = stepped.forward.dfa.get_nfa();
            assert_eq!(found, stepped.threads.find(nfa, &here, &never).unwrap());
            if expected.is_some_and(|span| span.start == at) {
                assert_eq!(found, expected, "{pattern} anchored at {at} in {text:?}");
            }
            assert!(found.is_none_or(|span| span.start == at));
        }
    }

    proptest! {
        // Few cases, as each compiles all of the patterns.
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(24)))]

        #[test]
        fn it_finds_what_the_engine_finds(
            text in r"([abcdxAB \n.é日]|\PC){0,100}",
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            ignore_case in any::<bool>(),
        ) {
            let mut text = text.into_bytes();
            for (place, byte) in damage {
                if !text.is_empty() {
                    let place = place.index(text.len());
                    text[place] = byte;
                }
            }
            PATTERNS.iter().for_each(|pattern| check(pattern, ignore_case, &text));
        }
    }

    #[test]
    fn it_stops_when_it_is_cancelled() {
        for (pattern, text) in [("a.*b", "a".repeat(10_000)), (r"\b\w+b\b", "é".repeat(10_000))] {
            let looks = std::cell::Cell::new(0);
            let is_cancelled = || {
                looks.set(looks.get() + 1);
                looks.get() > 20
            };
            let hir = parse(pattern, false);
            let text = text.as_bytes();
            let search = Search { text, at: 0, anchored: false, earliest: false, mixed: false };
            let found = Stepped::new(&hir).unwrap().find(&search, &is_cancelled);
            assert_eq!((found, looks.get()), (Err(JobError::Cancelled), 21));
        }
    }
}
