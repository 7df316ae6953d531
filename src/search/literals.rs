//! Many literals at once: where they are, and which.

use super::{Full, Output, PatternError, Span};
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind};

/// How literals are searched for. By default the first one in the list wins where several begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct LiteralOptions {
    /// ASCII letters match in either case.
    pub ignore_case: bool,
    /// The longest literal wins where several begin.
    pub longest: bool,
    /// Bytes that the fast form may take; 0 for 16 MiB.
    pub memory_limit: usize,
}

/// What the fast form may take unless told otherwise.
const DEFAULT_MEMORY_LIMIT: usize = 16 << 20;

/// A list of literals that are searched for in one pass, by an Aho-Corasick automaton.
///
/// # Costs
///
/// As a DFA it takes about 4 bytes times the number of different prefixes times the number of different bytes (1,000
/// English words: 1 MB), and a byte of text takes the same few instructions whatever the list. Beyond the memory limit
/// it is an NFA of a tenth of the size and half of the speed.
///
/// A DFA waits for its table at each byte. Where hits are rare, several places of the text are therefore searched at once,
/// which takes less than half of the time.
pub struct Literals {
    engine: Engine,
    count: usize,
    longest: usize,
}

enum Engine {
    Dfa(Box<DFA>),
    Nfa(AhoCorasick),
}

/// Places of a text that are searched at once.
const LANES: usize = 4;

/// Bytes of each.
const LANE: usize = if cfg!(test) { 8 } else { 128 };

/// Where a literal is, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it is.
    pub span: Span,
    /// Its index in the list.
    pub id: usize,
}

impl Literals {
    /// Makes an automaton of a list, which may be empty and then matches nothing. No literal may be empty.
    pub fn new(list: &[&[u8]], options: &LiteralOptions) -> Result<Literals, PatternError> {
        if let Some(empty) = list.iter().position(|literal| literal.is_empty()) {
            let message = format!(
                "literal {} of {} is empty: it would match everywhere",
                empty + 1,
                list.len()
            );
            return Err(PatternError::whole(message));
        }
        let limit = match options.memory_limit {
            0 => DEFAULT_MEMORY_LIMIT,
            limit => limit,
        };
        let kind =
            if options.longest { MatchKind::LeftmostLongest } else { MatchKind::LeftmostFirst };
        // What the crate chooses by itself is a DFA for 100 literals at most.
        let engine = if dfa_size(list, options.ignore_case) <= limit {
            let mut builder = DFA::builder();
            builder.ascii_case_insensitive(options.ignore_case).match_kind(kind);
            builder.build(list).map(|dfa| Engine::Dfa(Box::new(dfa)))
        } else {
            let mut builder = AhoCorasick::builder();
            builder.ascii_case_insensitive(options.ignore_case).match_kind(kind);
            let small = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(list);
            small.or_else(|_| builder.kind(None).build(list)).map(Engine::Nfa)
        };
        let engine = engine.map_err(|error| PatternError {
            too_big: true,
            ..PatternError::whole(format!("the literals are too many: {error}"))
        })?;
        let longest = list.iter().map(|literal| literal.len()).max().unwrap_or(0);
        Ok(Literals { engine, count: list.len(), longest })
    }

    /// How many literals there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of the longest literal, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Whether the fast form is in use.
    pub fn is_dfa(&self) -> bool {
        matches!(self.engine, Engine::Dfa(_))
    }

    /// The first hit from `from` on. Behind the end of the text there is none.
    #[inline]
    pub fn find(&self, text: &[u8], from: usize) -> Option<Hit> {
        if from > text.len() || self.longest == 0 {
            return None;
        }
        let found = match &self.engine {
            Engine::Nfa(nfa) => nfa.find(Input::new(text).range(from..)),
            Engine::Dfa(dfa) if dfa.prefilter().is_some() => find(dfa, text, from, text.len()),
            Engine::Dfa(dfa) => self.find_by_lanes(dfa, text, from),
        }?;
        Some(Hit {
            span: Span { start: found.start(), stop: found.end() },
            id: found.pattern().as_usize(),
        })
    }

    /// The first hit, for a DFA without anything that would look for candidates.
    fn find_by_lanes(&self, dfa: &DFA, text: &[u8], from: usize) -> Option<Match> {
        // What a lane needs behind its end, to see all of a hit that begins in it.
        let behind = self.longest - 1;
        let stride = LANES * LANE;
        if behind > LANE / 2 {
            // The lanes would overlap by too much.
            return find(dfa, text, from, text.len());
        }
        let mut at = from;
        // Where hits are many, the first one is found before this is over.
        let mut end = text.len().min(at + behind + stride);
        loop {
            // A hit that begins in front of `seen` is the first one.
            let seen = if end == text.len() { end } else { end - behind };
            match find(dfa, text, at, end) {
                Some(found) if found.start() < seen => return Some(found),
                _ if end == text.len() => return None,
                _ => at = seen,
            }
            while text.len() - at >= behind + stride && none_begins(dfa, text, at, behind) {
                at += stride;
            }
            end = text.len().min(at + behind + stride);
        }
    }

    /// Every hit from `from` on, from left to right, none overlapping another.
    pub fn hits<'t>(&self, text: &'t [u8], from: usize) -> impl Iterator<Item = Hit> + use<'_, 't> {
        let mut at = from;
        std::iter::from_fn(move || {
            let hit = self.find(text, at)?;
            at = hit.span.stop;
            Some(hit)
        })
    }

    /// Appends `text` with its first `limit` hits replaced to `out`, and tells how many there were.
    ///
    /// `replacements` has one text for each literal, or one for all.
    pub fn replace(
        &self,
        text: &[u8],
        replacements: &[&[u8]],
        limit: usize,
        out: &mut Output<'_>,
    ) -> Result<usize, Full> {
        let (mut count, mut done) = (0, 0);
        for Hit { span, id } in self.hits(text, 0).take(limit) {
            out.put(&text[done..span.start])?;
            out.put(replacements[if replacements.len() == 1 { 0 } else { id }])?;
            done = span.stop;
            count += 1;
        }
        out.put(&text[done..])?;
        Ok(count)
    }

    /// Native memory of the automaton, in bytes.
    pub fn memory(&self) -> usize {
        let engine = match &self.engine {
            Engine::Dfa(dfa) => dfa.memory_usage(),
            Engine::Nfa(nfa) => nfa.memory_usage(),
        };
        size_of::<Literals>() + engine
    }
}

/// The first hit within `from..end`.
fn find(dfa: &DFA, text: &[u8], from: usize, end: usize) -> Option<Match> {
    dfa.try_find(&Input::new(text).range(from..end)).expect("a search that is not anchored")
}

/// Whether no literal begins in the lanes from `at` on, each of which is read for `behind` bytes more than it has.
fn none_begins(dfa: &DFA, text: &[u8], at: usize, behind: usize) -> bool {
    let Ok(start) = dfa.start_state(Anchored::No) else { return false };
    let mut states = [start; LANES];
    let lanes: [&[u8]; LANES] =
        std::array::from_fn(|lane| &text[at + lane * LANE..][..behind + LANE]);
    for i in 0..behind + LANE {
        let mut special = false;
        for (state, lane) in states.iter_mut().zip(&lanes) {
            *state = dfa.next_state(Anchored::No, *state, lane[i]);
            special |= dfa.is_special(*state);
        }
        // Special are the states of matches, and dead ones, which follow them.
        if special {
            return false;
        }
    }
    true
}

/// What the table of a DFA would take, in bytes: a row for each different prefix, an entry in it for each class of
/// bytes that are told apart.
fn dfa_size(list: &[&[u8]], ignore_case: bool) -> usize {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    let (mut prefixes, mut before) = (1, &b""[..]);
    let mut used = [false; 256];
    for literal in sorted {
        prefixes += literal.len() - literal.iter().zip(before).take_while(|(a, b)| a == b).count();
        before = literal;
        for &byte in literal {
            used[byte as usize] = true;
            if ignore_case {
                used[byte.to_ascii_lowercase() as usize] = true;
                used[byte.to_ascii_uppercase() as usize] = true;
            }
        }
    }
    // Each byte in use is a class, and so is each run of others between.
    let gaps = used.chunk_by(|a, b| !a && !b).filter(|run| !run[0]).count();
    let classes = used.iter().filter(|&&used| used).count() + gaps;
    prefixes * classes.next_power_of_two() * 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by trying each literal at each place.
    fn plain(list: &[Vec<u8>], options: &LiteralOptions, text: &[u8]) -> Vec<Hit> {
        let (mut at, mut hits) = (0, Vec::new());
        let same = |a: &[u8], b: &[u8]| {
            if options.ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
        };
        while at < text.len() {
            let here = list.iter().enumerate().filter(|(_, literal)| {
                text[at..].get(..literal.len()).is_some_and(|piece| same(piece, literal))
            });
            let best = if options.longest {
                here.min_by_key(|(id, literal)| (usize::MAX - literal.len(), *id))
            } else {
                here.min_by_key(|(id, _)| *id)
            };
            match best {
                Some((id, literal)) => {
                    hits.push(Hit { span: Span { start: at, stop: at + literal.len() }, id });
                    at += literal.len();
                }
                None => at += 1,
            }
        }
        hits
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(&b"abAB\xC3\xFF"[..]), 1..4)
    }

    proptest! {
        #[test]
        fn hits_are_those_of_the_plainest_search(
            list in prop::collection::vec(piece(), 0..12),
            text in prop_oneof![
                prop::collection::vec(prop::sample::select(&b"abAB\xC3\xFF"[..]), 0..60),
                // Hits are rare, so that lanes are passed over.
                prop::collection::vec(prop::sample::select(&b"ab................................"[..]), 0..400),
            ],
            (ignore_case, longest, memory_limit) in any::<(bool, bool, bool)>(),
        ) {
            let options = LiteralOptions { ignore_case, longest, memory_limit: memory_limit as usize };
            let slices: Vec<&[u8]> = list.iter().map(|literal| &literal[..]).collect();
            let literals = Literals::new(&slices, &options).unwrap();
            let expected = plain(&list, &options, &text);
            prop_assert_eq!(literals.hits(&text, 0).collect::<Vec<_>>(), &expected[..]);
            prop_assert_eq!(literals.find(&text, 0), expected.first().copied());
            prop_assert_eq!(literals.find(&text, text.len() + 1), None);
        }
    }

    #[test]
    fn the_size_of_a_dfa_is_foretold() {
        let words: Vec<String> = (0..1000).map(|n| format!("word{}x", n * 7919 % 10007)).collect();
        let list: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let foretold = dfa_size(&list, false);
        let literals = Literals::new(&list, &LiteralOptions::default()).unwrap();
        assert!(literals.is_dfa());
        let real = literals.memory();
        assert!(real / 2 < foretold && foretold < 2 * real, "{foretold} foretold, {real} taken");
        let options = LiteralOptions { memory_limit: 1000, ..LiteralOptions::default() };
        assert!(!Literals::new(&list, &options).unwrap().is_dfa());
    }

    #[test]
    fn an_empty_literal_is_refused() {
        let error = Literals::new(&[b"a", b""], &LiteralOptions::default()).err().unwrap();
        assert!(error.message.contains("literal 2 of 2"), "{}", error.message);
    }
}
