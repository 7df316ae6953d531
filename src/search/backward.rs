//! Which literal begins at each place of a text, found from its end to its beginning.
//!
//! # What is it for?
//!
//! Where a long literal begins again and again and never ends, and a short one is found instead, a search from left to
//! right reads the text of the long one for each hit: the time is the length of the text times that of the literal.
//! Backwards each byte is read once for all hits, plus the length of the longest literal for each window.
//!
//! # What does it cost?
//!
//! A second automaton, of the reversed literals, made when a text needs it first; and four bytes for each place of a window.

use super::{LiteralOptions, Span, literals::Hit};
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

/// Places of a text that are looked at together, at least and at most. In between it is the length of the longest literal.
const MIN_WINDOW: usize = if cfg!(test) { 8 } else { 64 << 10 };
const MAX_WINDOW: usize = 4 << 20;

/// The automaton of the reversed literals.
pub(super) struct Backward {
    nfa: NFA,
    /// For each of its patterns the place in the list. Those that never win are not in it.
    places: Vec<u32>,
    longest: usize,
}

/// The literals that begin in a part of a text.
#[derive(Default)]
pub(super) struct Window {
    from: usize,
    /// For each place 0, or one more than the pattern that begins there.
    patterns: Vec<u32>,
}

impl Backward {
    /// Makes it, if it can be.
    pub fn new<'l>(
        list: impl Iterator<Item = &'l [u8]>,
        longest: usize,
        options: &LiteralOptions,
    ) -> Option<Backward> {
        let list: Vec<&[u8]> = list.collect();
        let places = winners(&list, options);
        let reversed: Vec<Vec<u8>> = places
            .iter()
            .map(|&place| list[place as usize].iter().rev().copied().collect())
            .collect();
        let mut builder = NFA::builder();
        builder.ascii_case_insensitive(options.ignore_case).match_kind(MatchKind::Standard);
        let nfa = builder.prefilter(false).build(&reversed).ok()?;
        Some(Backward { nfa, places, longest })
    }

    /// The first hit from `at` on. `window` is what was looked at last, of the same text.
    pub fn next(&self, text: &[u8], mut at: usize, window: &mut Window) -> Option<Hit> {
        while at < text.len() {
            let seen = at.checked_sub(window.from).and_then(|at| window.patterns.get(at..));
            let Some(seen) = seen.filter(|seen| !seen.is_empty()) else {
                self.look(text, at, window)?;
                continue;
            };
            let Some(next) = seen.iter().position(|&pattern| pattern != 0) else {
                at += seen.len();
                continue;
            };
            let pattern = seen[next] as usize - 1;
            let start = at + next;
            let len = self.nfa.patterns_len().min(pattern + 1);
            debug_assert!(len == pattern + 1);
            let stop = start + self.nfa.pattern_len(pattern_id(pattern));
            return Some(Hit { span: Span { start, stop }, id: self.places[pattern] as usize });
        }
        None
    }

    /// Looks which literals begin from `from` on.
    fn look(&self, text: &[u8], from: usize, window: &mut Window) -> Option<()> {
        let len = self.longest.clamp(MIN_WINDOW, MAX_WINDOW).min(text.len() - from);
        window.from = from;
        window.patterns.clear();
        window.patterns.try_reserve_exact(len).ok()?;
        window.patterns.resize(len, 0);
        let end = text.len().min((from + len).saturating_add(self.longest - 1));
        let mut state = self.nfa.start_state(Anchored::No).ok()?;
        for at in (from..end).rev() {
            state = self.nfa.next_state(Anchored::No, state, text[at]);
            if at < from + len && self.nfa.is_match(state) {
                // The longest one comes first, and wins: see `winners`.
                let pattern = self.nfa.match_pattern(state, 0).as_u32();
                window.patterns[at - from] = pattern + 1;
            }
        }
        Some(())
    }

    /// Native memory, in bytes.
    pub fn memory(&self) -> usize {
        self.nfa.memory_usage() + self.places.capacity() * size_of::<u32>()
    }
}

fn pattern_id(number: usize) -> aho_corasick::PatternID {
    aho_corasick::PatternID::must(number)
}

/// Places in the list of the literals that can be a hit. Of those that are left and begin at one place, the longest wins:
/// where the first of the list wins, one that continues an earlier one never does.
fn winners(list: &[&[u8]], options: &LiteralOptions) -> Vec<u32> {
    let folded: Vec<Vec<u8>>;
    let folded: Vec<&[u8]> = if options.ignore_case {
        folded = list.iter().map(|literal| literal.to_ascii_lowercase()).collect();
        folded.iter().map(|literal| &literal[..]).collect()
    } else {
        list.to_vec()
    };
    let mut order: Vec<u32> = (0..list.len() as u32).collect();
    order.sort_unstable_by_key(|&place| (folded[place as usize], place));
    // Those that the next one may continue. The last of them is the earliest in the list, where that counts.
    let (mut above, mut winners) = (Vec::<u32>::new(), Vec::new());
    for place in order {
        let literal = folded[place as usize];
        while above.last().is_some_and(|&shorter| !literal.starts_with(folded[shorter as usize])) {
            above.pop();
        }
        let is_beaten = above.last().is_some_and(|&shorter| match options.longest {
            true => folded[shorter as usize] == literal,
            false => shorter < place,
        });
        if !is_beaten {
            above.push(place);
            winners.push(place);
        }
    }
    winners
}
