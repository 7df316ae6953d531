//! A backward search for literals: it finds which literal begins at each offset of a text, from its end to its beginning.
//!
//! # What is it for?
//!
//! Where a long literal begins again and again but never ends, and a short one is found instead, a forward search reads the
//! text of the long one for each hit: the time is the length of the text times that of the literal. Backward, each byte is
//! read once for all hits, plus the length of the longest literal for each window.
//!
//! # What does it cost?
//!
//! A second automaton, of the reversed literals, built when a text first needs it; and four bytes for each offset of a
//! window.

use super::{Hit, LiteralOptions, Span};
use crate::memory::{self, must};
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

/// Minimum and maximum bytes of a window; in between, a window is as long as the longest literal.
const MIN_WINDOW: usize = if cfg!(test) { 8 } else { 64 << 10 };
const MAX_WINDOW: usize = 4 << 20;

/// The automaton of the reversed literals.
pub(super) struct Backward {
    nfa: NFA,
    /// The index in the list of each of its patterns. Literals that never win are left out.
    places: Vec<u32>,
    longest: usize,
}

/// A part of a text, and the literals that begin in it.
#[derive(Default)]
pub(super) struct Window {
    from: usize,
    /// For each offset 0, or 1 plus the index of the pattern that begins there.
    patterns: Vec<u32>,
}

impl Backward {
    /// Builds the automaton; returns `None` if that fails.
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

    /// Returns the first hit from `at` on. `window` is the last window of the same text.
    pub fn next(&self, text: &[u8], mut at: usize, window: &mut Window) -> Option<Hit> {
        while at < text.len() {
            let seen = at.checked_sub(window.from).and_then(|at| window.patterns.get(at..));
            let Some(seen) = seen.filter(|seen| !seen.is_empty()) else {
                self.look(text, at, window);
                continue;
            };
            let Some(next) = seen.iter().position(|&pattern| pattern != 0) else {
                at += seen.len();
                continue;
            };
            let pattern = seen[next] as usize - 1;
            let start = at + next;
            let stop = start + self.nfa.pattern_len(pattern_id(pattern));
            return Some(Hit { span: Span { start, stop }, id: self.places[pattern] as usize });
        }
        None
    }

    /// Finds the literals that begin from `from` on, and unwinds if the system has no memory for the window.
    fn look(&self, text: &[u8], from: usize, window: &mut Window) {
        let len = self.longest.clamp(MIN_WINDOW, MAX_WINDOW).min(text.len() - from);
        window.from = from;
        window.patterns.clear();
        must(memory::resize(&mut window.patterns, len, 0));
        let end = text.len().min((from + len).saturating_add(self.longest - 1));
        let mut state = self.nfa.start_state(Anchored::No).expect("a search that is not anchored");
        for at in (from..end).rev() {
            state = self.nfa.next_state(Anchored::No, state, text[at]);
            if at < from + len && self.nfa.is_match(state) {
                // The longest one comes first, and wins: see `winners`.
                let pattern = self.nfa.match_pattern(state, 0).as_u32();
                window.patterns[at - from] = pattern + 1;
            }
        }
    }

    /// Returns the native memory, in bytes.
    pub fn memory(&self) -> usize {
        self.nfa.memory_usage() + self.places.capacity() * size_of::<u32>()
    }
}

fn pattern_id(number: usize) -> aho_corasick::PatternID {
    aho_corasick::PatternID::must(number)
}

/// Returns the indexes in the list of the literals that can be a hit. Of those that begin at the same offset the longest
/// wins: where the first in the list wins, a literal that continues an earlier one never does.
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
    // The literals that the next one may continue. The last of them is the earliest in the list, where that counts.
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
