//! Searching for many literals at once, and which of them is where.

use super::{Full, Output, PatternError, Span};
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind};
use memchr::memmem::Finder;
use std::collections::HashSet;

/// Options of a search for literals. By default the first one in the list wins where several begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct LiteralOptions {
    /// ASCII letters match in either case.
    pub ignore_case: bool,
    /// The longest literal wins where several begin.
    pub longest: bool,
    /// Maximum bytes of the DFA, the fast form; 0 for 16 MiB.
    pub memory_limit: usize,
}

/// Default memory limit of the fast form, in bytes.
const DEFAULT_MEMORY_LIMIT: usize = 16 << 20;

/// Maximum bytes of the longest literal in a list that becomes a DFA. Building one follows the chain of failure transitions
/// of each prefix, which in a periodic literal is as long as the prefix: the time would grow with the square of the length.
const MAX_DFA_LITERAL: usize = 64;

/// Maximum number of transitions that building a DFA may follow in the worst case.
const MAX_DFA_STEPS: usize = 32 << 20;

/// A list of literals that is searched for in one pass.
///
/// # Costs
///
/// A single literal is a substring search, and takes no more memory than itself. A list is an Aho-Corasick automaton, built
/// in time linear in the list. As a DFA it takes about 4 bytes times the number of different prefixes times the number of
/// different bytes (1,000 English words: 1 MB), and each byte of text takes the same few instructions whatever the list.
/// Past the memory limit, and for lists with a literal above 64 bytes, it is an NFA with a tenth of the size and half of
/// the speed.
///
/// A search is linear in the text, with one exception: where a long literal begins again and again but never ends, and a
/// short one is found instead, the text of the long one is read each time.
///
/// A DFA waits for a table load at each byte. Where hits are rare, several places of the text are therefore searched at
/// once, which takes less than half of the time.
pub struct Literals {
    engine: Engine,
    /// The source: all literals, one after the other; `ends` has the end of each.
    text: Box<[u8]>,
    ends: Box<[usize]>,
    options: LiteralOptions,
    longest: usize,
    /// Indexes in the list of the distinct literals, if some occur in it twice.
    places: Option<Box<[usize]>>,
}

enum Engine {
    One(Box<Finder<'static>>),
    Dfa(Box<DFA>),
    Nfa(AhoCorasick),
}

impl Engine {
    fn new(
        list: &[&[u8]],
        longest: usize,
        options: &LiteralOptions,
    ) -> Result<Engine, aho_corasick::BuildError> {
        if let [literal] = list
            && !options.ignore_case
        {
            return Ok(Engine::One(Box::new(Finder::new(literal).into_owned())));
        }
        let limit = match options.memory_limit {
            0 => DEFAULT_MEMORY_LIMIT,
            limit => limit,
        };
        let kind =
            if options.longest { MatchKind::LeftmostLongest } else { MatchKind::LeftmostFirst };
        let short = longest <= MAX_DFA_LITERAL;
        let cost = DfaCost::of(list, options.ignore_case);
        // The crate's own choice is a DFA for at most 100 literals.
        if short && cost.bytes <= limit && cost.steps <= MAX_DFA_STEPS {
            let mut builder = DFA::builder();
            builder.ascii_case_insensitive(options.ignore_case).match_kind(kind);
            return builder.build(list).map(|dfa| Engine::Dfa(Box::new(dfa)));
        }
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(options.ignore_case).match_kind(kind);
        // A prefilter compares whole literals at each candidate: in a periodic text that takes quadratic time.
        builder.prefilter(short);
        let small = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(list);
        small.or_else(|_| builder.kind(None).build(list)).map(Engine::Nfa)
    }
}

/// Number of places of a text that are searched at once.
const LANES: usize = 4;

/// Bytes per lane.
const LANE: usize = if cfg!(test) { 8 } else { 128 };

/// A hit: the span of a literal, and which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Span of the literal in the text.
    pub span: Span,
    /// Its index in the list.
    pub id: usize,
}

impl Literals {
    /// Compiles a list of literals. It may be empty and then matches nothing; no literal may be empty.
    pub fn new(list: &[&[u8]], options: &LiteralOptions) -> Result<Literals, PatternError> {
        if let Some(empty) = list.iter().position(|literal| literal.is_empty()) {
            let message = format!(
                "literal {} of {} is empty: it would match everywhere",
                empty + 1,
                list.len()
            );
            return Err(PatternError::whole(message));
        }
        let longest = list.iter().map(|literal| literal.len()).max().unwrap_or(0);
        let ends = list.iter().scan(0, |end, literal| {
            *end += literal.len();
            Some(*end)
        });
        let (text, ends) = (list.concat().into(), ends.collect());
        let places = if options.longest { different(list, options.ignore_case) } else { None };
        let picked: Vec<&[u8]>;
        let list = match &places {
            Some(places) => {
                picked = places.iter().map(|&place| list[place]).collect();
                &picked
            }
            None => list,
        };
        let engine = Engine::new(list, longest, options).map_err(|error| PatternError {
            too_big: true,
            ..PatternError::whole(format!("too many literals: {error}"))
        })?;
        Ok(Literals { engine, text, ends, options: *options, longest, places })
    }

    /// Returns the number of literals.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Iterates over the literals in the order of the list.
    pub(super) fn list(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// Returns the options of the search.
    pub(super) fn options(&self) -> LiteralOptions {
        self.options
    }

    /// Returns the length of the longest literal, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Whether the automaton is a DFA.
    pub fn is_dfa(&self) -> bool {
        matches!(self.engine, Engine::Dfa(_))
    }

    /// Returns the first hit from `from` on, or `None` past the end of the text.
    #[inline]
    pub fn find(&self, text: &[u8], from: usize) -> Option<Hit> {
        if from > text.len() || self.longest == 0 {
            return None;
        }
        let found = match &self.engine {
            Engine::One(finder) => {
                let start = from + finder.find(&text[from..])?;
                return Some(Hit { span: Span { start, stop: start + self.longest }, id: 0 });
            }
            Engine::Nfa(nfa) => nfa.find(Input::new(text).range(from..)),
            Engine::Dfa(dfa) if dfa.prefilter().is_some() => find(dfa, text, from, text.len()),
            Engine::Dfa(dfa) => self.find_by_lanes(dfa, text, from),
        }?;
        let id = found.pattern().as_usize();
        Some(Hit {
            span: Span { start: found.start(), stop: found.end() },
            id: self.places.as_ref().map_or(id, |places| places[id]),
        })
    }

    /// Returns the first hit, for a DFA without a prefilter.
    fn find_by_lanes(&self, dfa: &DFA, text: &[u8], from: usize) -> Option<Match> {
        // Bytes that a lane reads past its end, to see all of a hit that begins in it.
        let overlap = self.longest - 1;
        let stride = LANES * LANE;
        if overlap > LANE / 2 {
            // The lanes would overlap too much.
            return find(dfa, text, from, text.len());
        }
        let mut at = from;
        // Where hits are frequent, the first one is found within this stretch.
        let mut end = text.len().min(at + overlap + stride);
        loop {
            // A hit that begins before `seen` is the first one.
            let seen = if end == text.len() { end } else { end - overlap };
            match find(dfa, text, at, end) {
                Some(found) if found.start() < seen => return Some(found),
                _ if end == text.len() => return None,
                _ => at = seen,
            }
            while text.len() - at >= overlap + stride && none_begins(dfa, text, at, overlap) {
                at += stride;
            }
            end = text.len().min(at + overlap + stride);
        }
    }

    /// Iterates over the hits from `from` on, from left to right, without overlaps.
    pub fn hits<'t>(&self, text: &'t [u8], from: usize) -> impl Iterator<Item = Hit> + use<'_, 't> {
        let mut at = from;
        std::iter::from_fn(move || {
            let hit = self.find(text, at)?;
            at = hit.span.stop;
            Some(hit)
        })
    }

    /// Appends `text` to `out` with its first `limit` hits replaced; returns the number of hits replaced.
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

    /// Returns the native memory of the automaton, in bytes.
    pub fn memory(&self) -> usize {
        let engine = match &self.engine {
            Engine::One(finder) => size_of::<Finder>() + finder.needle().len(),
            Engine::Dfa(dfa) => dfa.memory_usage(),
            Engine::Nfa(nfa) => nfa.memory_usage(),
        };
        let places = self.places.as_ref().map_or(0, |places| size_of_val(&**places));
        size_of::<Literals>() + engine + places + self.text.len() + size_of_val(&*self.ends)
    }
}

/// Returns the first hit within `from..end`.
fn find(dfa: &DFA, text: &[u8], from: usize, end: usize) -> Option<Match> {
    dfa.try_find(&Input::new(text).range(from..end)).expect("a search that is not anchored")
}

/// Whether no literal begins in the lanes from `at` on; each is read for `overlap` bytes more than it has.
fn none_begins(dfa: &DFA, text: &[u8], at: usize, overlap: usize) -> bool {
    let Ok(start) = dfa.start_state(Anchored::No) else { return false };
    let mut states = [start; LANES];
    let lanes: [&[u8]; LANES] =
        std::array::from_fn(|lane| &text[at + lane * LANE..][..overlap + LANE]);
    for i in 0..overlap + LANE {
        let mut special = false;
        for (state, lane) in states.iter_mut().zip(&lanes) {
            *state = dfa.next_state(Anchored::No, *state, lane[i]);
            special |= dfa.is_special(*state);
        }
        // The special states are match states and the dead states that follow them.
        if special {
            return false;
        }
    }
    true
}

/// Returns the index of the first copy of each literal in a list, or `None` if all are distinct. With the longest match
/// first, the automaton would otherwise carry every copy of a literal along with each prefix that ends in it.
fn different(list: &[&[u8]], ignore_case: bool) -> Option<Box<[usize]>> {
    let mut seen = HashSet::with_capacity(list.len());
    let mut is_new = |literal: &[u8]| {
        seen.insert(if ignore_case { literal.to_ascii_lowercase() } else { literal.to_vec() })
    };
    let places: Box<[usize]> = (0..list.len()).filter(|&place| is_new(list[place])).collect();
    (places.len() < list.len()).then_some(places)
}

/// The cost of a DFA, computed before it is built.
struct DfaCost {
    /// Bytes of its table: one row for each different prefix, with one entry for each class of bytes that it distinguishes.
    bytes: usize,
    /// Maximum transitions followed to fill the table: the chain of failures of a prefix is at most as long as the prefix.
    steps: usize,
}

impl DfaCost {
    fn of(list: &[&[u8]], ignore_case: bool) -> DfaCost {
        let mut sorted = list.to_vec();
        sorted.sort_unstable();
        let (mut prefixes, mut depths, mut before) = (1, 1usize, &b""[..]);
        let mut used = [false; 256];
        for literal in sorted {
            let shared = literal.iter().zip(before).take_while(|(a, b)| a == b).count();
            let (len, new) = (literal.len(), literal.len() - shared);
            prefixes += new;
            depths = depths.saturating_add(new.saturating_mul(len + shared + 1) / 2);
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
        DfaCost {
            bytes: prefixes * classes.next_power_of_two() * 4,
            steps: depths.saturating_mul(classes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the hits by trying each literal at each position.
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
            list in prop_oneof![
                prop::collection::vec(piece(), 0..12),
                prop::collection::vec(piece(), 1..2),
            ],
            text in prop_oneof![
                prop::collection::vec(prop::sample::select(&b"abAB\xC3\xFF"[..]), 0..60),
                // Hits are rare, so that whole lanes are skipped.
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
    fn the_size_of_a_dfa_is_predicted_within_a_tenth() {
        // 16 letters and a digit are as many classes plus some gaps: just above a power of two.
        let letters = b"abcdefghijklmnopqrstuvwxyz";
        for (letters, ignore_case) in [(&letters[..16], false), (&letters[..12], true)] {
            let mut seed = 1u32;
            let mut letter = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                letters[seed as usize / 65_536 % letters.len()]
            };
            let words: Vec<[u8; 8]> =
                (0..1000).map(|_| std::array::from_fn(|_| letter())).collect();
            let list: Vec<&[u8]> = words.iter().map(|word| &word[..]).collect();
            let expected = DfaCost::of(&list, ignore_case).bytes;
            let options = LiteralOptions { ignore_case, ..LiteralOptions::default() };
            let literals = Literals::new(&list, &options).unwrap();
            let Engine::Dfa(dfa) = &literals.engine else { panic!("no DFA") };
            // Its memory apart from the table: its matches, and a few states of its own.
            let rows = dfa.memory_usage() - 32 * list.len();
            assert!(
                rows * 9 / 10 < expected && expected < rows * 11 / 10,
                "{expected} expected, {rows} taken, ignore_case {ignore_case}"
            );
            let options = LiteralOptions { memory_limit: expected - 1, ..options };
            assert!(!Literals::new(&list, &options).unwrap().is_dfa());
            let options = LiteralOptions { memory_limit: expected, ..options };
            assert!(Literals::new(&list, &options).unwrap().is_dfa());
        }
    }

    /// Whether the time of `work` grows in proportion to the size rather than to its square, which would be 64 times as much
    /// for 8 times the size. Several tries and a floor allow for other processes on the machine.
    fn grows_in_proportion(size: usize, work: impl Fn(usize)) -> bool {
        let time = |size: usize| {
            let start = std::time::Instant::now();
            work(size);
            start.elapsed()
        };
        let floor = std::time::Duration::from_millis(20);
        (0..6).any(|_| time(8 * size) < 24 * time(size) + floor)
    }

    fn made(literals: Vec<Vec<u8>>, options: &LiteralOptions) -> Literals {
        let list: Vec<&[u8]> = literals.iter().map(|literal| &literal[..]).collect();
        Literals::new(&list, options).unwrap()
    }

    #[test]
    fn a_periodic_literal_is_made_in_linear_time() {
        let periodic = |size| b"ab\n".repeat(size / 3);
        let with_end = |size: usize, end: u8| {
            let mut literal = periodic(size);
            literal.push(end);
            literal
        };
        for ignore_case in [false, true] {
            for longest in [false, true] {
                let options = LiteralOptions { ignore_case, longest, memory_limit: 0 };
                let linear = |kind: &str, list: &dyn Fn(usize) -> Vec<Vec<u8>>| {
                    let linear = grows_in_proportion(8000, |size| drop(made(list(size), &options)));
                    assert!(linear, "{kind}, {options:?}");
                };
                linear("one", &|size| vec![periodic(size)]);
                linear("a shared prefix", &|size| (0..4).map(|n| with_end(size / 4, n)).collect());
                linear("a shared suffix", &|size| {
                    (0..4u8).map(|n| [&[n][..], &periodic(size / 4)].concat()).collect()
                });
            }
        }
    }

    #[test]
    fn what_a_dfa_costs_at_most_is_bounded_whatever_the_list() {
        let periodic = |len: usize| b"ab".iter().copied().cycle().take(len).collect::<Vec<u8>>();
        let options = LiteralOptions::default();
        for (len, dfa) in [(63, true), (64, true), (65, false)] {
            let (one, two) = (periodic(len), b"x".to_vec());
            assert_eq!(
                Literals::new(&[&one, &two], &options).unwrap().is_dfa(),
                dfa,
                "{len} bytes"
            );
        }
        // Many literals of the maximum length: below the memory limit, but each prefix has a long chain.
        let many: Vec<Vec<u8>> =
            (0..9000u32).map(|n| [&n.to_le_bytes()[..3], &periodic(61)].concat()).collect();
        let list: Vec<&[u8]> = many.iter().map(|literal| &literal[..]).collect();
        let cost = DfaCost::of(&list, false);
        assert!(cost.steps > MAX_DFA_STEPS);
        let options = LiteralOptions { memory_limit: usize::MAX, ..options };
        assert!(!Literals::new(&list, &options).unwrap().is_dfa());
    }

    #[test]
    fn the_same_literal_many_times_takes_no_memory_by_the_product() {
        let mut list = vec![&b"a"[..]; 2000];
        let long = b"ba".repeat(5000);
        list.insert(1, b"A");
        list.push(&long);
        for ignore_case in [false, true] {
            let options = LiteralOptions { longest: true, ignore_case, memory_limit: 0 };
            let literals = Literals::new(&list, &options).unwrap();
            // 2,000 matches of 4 bytes in each of 10,000 states would be 80 MB.
            assert!(literals.memory() < 2 << 20, "{} bytes", literals.memory());
            assert_eq!(literals.len(), 2002);
            assert_eq!(literals.find(b"xa", 0).unwrap().id, 0);
            assert_eq!(
                literals.find(b"xA", 0).map(|hit| hit.id),
                Some(1 - usize::from(ignore_case))
            );
            assert_eq!(literals.find(&[b"b", &long[..]].concat(), 0).unwrap().id, 2001);
        }
    }

    #[test]
    fn a_hit_at_each_place_of_a_text_is_found_whatever_lane_it_is_in() {
        // Enough first bytes that no prefilter is used.
        let others: Vec<[u8; 2]> = (0..200).map(|n| [b'A' + n / 8, b'0' + n % 8]).collect();
        let mut list = vec![&b"abc"[..]];
        list.extend(others.iter().map(|other| &other[..]));
        let literals = Literals::new(&list, &LiteralOptions::default()).unwrap();
        let Engine::Dfa(dfa) = &literals.engine else { panic!("no DFA") };
        assert!(dfa.prefilter().is_none());
        for at in 0..398 {
            let mut text = [b'.'; 400];
            text[at..at + 3].copy_from_slice(b"abc");
            for from in [0, at.saturating_sub(1), at] {
                let hit = literals.find(&text, from).map(|hit| (hit.span.start, hit.id));
                assert_eq!(hit, Some((at, 0)), "from {from}");
            }
            assert_eq!(literals.find(&text, at + 1), None);
            // The first one wins, though a later one is in an earlier step of another lane.
            if at + 10 < 398 {
                text[at + 10..at + 12].copy_from_slice(b"B3");
                assert_eq!(literals.find(&text, 0).unwrap().span.start, at);
            }
        }
    }

    #[test]
    fn a_long_literal_that_almost_matches_everywhere_is_searched_for_in_linear_time() {
        // Comparing the whole literal at each candidate would take 8,000 steps for each byte.
        let (x, y) =
            ([&b"a".repeat(8000)[..], b"x"].concat(), [&b"a".repeat(8000)[..], b"y"].concat());
        let literals = Literals::new(&[&x, &y], &LiteralOptions::default()).unwrap();
        assert!(grows_in_proportion(20_000, |size| {
            assert_eq!(literals.find(&b"a".repeat(size), 0), None);
        }));
    }

    #[test]
    fn an_empty_literal_is_refused() {
        let error = Literals::new(&[b"a", b""], &LiteralOptions::default()).err().unwrap();
        assert!(error.message.contains("literal 2 of 2"), "{}", error.message);
    }
}
