//! Searches for many literals in one pass, and returns which of them matches where.

use super::backward::{Backward, Window};
use super::scan_automaton::ScanAutomaton;
use super::{Full, Hit, LiteralOptions, Output, PatternError, Span};
use crate::memory::{self, must};
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind};
use memchr::memmem::Finder;
use once_cell::race::OnceBox;
use std::collections::HashSet;
use std::sync::Arc;

/// Maximum bytes of the longest literal in a list that becomes a DFA. Building one follows the chain of failure transitions
/// of each prefix, which in a periodic literal is as long as the prefix: the time would grow with the square of the length.
pub(super) const MAX_DFA_LITERAL: usize = 64;

/// Maximum number of transitions that building a DFA may follow in the worst case.
pub(super) const MAX_DFA_STEPS: usize = 32 << 20;

/// Bytes that a search for all hits may read for each byte of the text, if each hit costs as much as the longest literal is
/// long; and how many more in all.
const MAX_READS: usize = 8;
const FREE_READS: usize = if cfg!(test) { 100 } else { 1 << 20 };

/// Memory that building an automaton takes, at most, in addition to its table: for any list, and for each prefix.
const BUILDING: usize = 1 << 20;
const BUILDING_EACH: usize = 128;

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
/// A search for all hits is linear in the text. A search for the next hit reads past it by at most the length of the longest
/// literal, where that begins and does not end.
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
    /// Made when a text needs it. Without a lock, which a fork could leave locked.
    backward: OnceBox<Option<Backward>>,
    /// Made for the first scan.
    pub(super) automaton: OnceBox<Arc<ScanAutomaton>>,
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
            must(memory::spare(literal.len()));
            return Ok(Engine::One(Box::new(Finder::new(literal).into_owned())));
        }
        let limit = options.limit();
        let kind =
            if options.longest { MatchKind::LeftmostLongest } else { MatchKind::LeftmostFirst };
        let short = longest <= MAX_DFA_LITERAL;
        let cost = DfaCost::of(list, options.ignore_case);
        let is_dfa = short && cost.bytes <= limit && cost.steps <= MAX_DFA_STEPS;
        must(memory::spare(cost.building_memory(if is_dfa { cost.bytes } else { 0 })));
        // The crate's own choice is a DFA for at most 100 literals.
        if is_dfa {
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
        let mut text = must(memory::with_room(list.iter().map(|literal| literal.len()).sum()));
        list.iter().for_each(|literal| text.extend_from_slice(literal));
        let mut all_ends = must(memory::with_room(list.len()));
        all_ends.extend(ends);
        let (text, ends) = (text.into(), all_ends.into());
        let places = if options.longest { different(list, options.ignore_case) } else { None };
        let picked: Vec<&[u8]>;
        let list = match &places {
            Some(places) => {
                picked = must(memory::collect(places.iter().map(|&place| list[place])));
                &picked
            }
            None => list,
        };
        let engine = Engine::new(list, longest, options).map_err(|error| PatternError {
            too_big: true,
            ..PatternError::whole(format!("too many literals: {error}"))
        })?;
        Ok(Literals {
            engine,
            text,
            ends,
            options: *options,
            longest,
            places,
            backward: OnceBox::new(),
            automaton: OnceBox::new(),
        })
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
    ///
    /// The time is linear in the text: once searching from left to right may have read it `MAX_READS` times over, the rest
    /// is searched backward, in windows.
    pub fn hits<'t>(&self, text: &'t [u8], from: usize) -> impl Iterator<Item = Hit> + use<'_, 't> {
        let (mut at, mut read) = (from, 0_usize);
        let (mut backward, mut window) = (None, Window::default());
        // Shorter literals are read again for so few bytes that it does not matter.
        let may_turn = self.longest > MAX_DFA_LITERAL && !matches!(self.engine, Engine::One(_));
        std::iter::from_fn(move || {
            let hit = match backward {
                Some(backward) => Backward::next(backward, text, at, &mut window)?,
                None => self.find(text, at)?,
            };
            at = hit.span.stop;
            read = read.saturating_add(self.longest);
            if may_turn
                && backward.is_none()
                && read > FREE_READS + MAX_READS.saturating_mul(at - from)
            {
                backward = self.backward();
            }
            Some(hit)
        })
    }

    fn backward(&self) -> Option<&Backward> {
        let make = || Box::new(Backward::new(self.list(), self.longest, &self.options));
        self.backward.get_or_init(make).as_ref()
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
        let backward = self.backward.get().and_then(Option::as_ref).map_or(0, Backward::memory);
        size_of::<Literals>()
            + engine
            + places
            + backward
            + self.text.len()
            + size_of_val(&*self.ends)
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
    let mut seen = HashSet::new();
    must(memory::reserve_set(&mut seen, list.len()));
    let mut is_new = |literal: &[u8]| {
        seen.insert(if ignore_case { literal.to_ascii_lowercase() } else { literal.to_vec() })
    };
    let mut places = must(memory::with_room(list.len()));
    places.extend((0..list.len()).filter(|&place| is_new(list[place])));
    (places.len() < list.len()).then(|| places.into())
}

/// The cost of a DFA, computed before it is built.
pub(super) struct DfaCost {
    /// Number of different prefixes, the empty one included.
    pub(super) prefixes: usize,
    /// Bytes of its table: one row for each different prefix, with one entry for each class of bytes that it distinguishes.
    pub(super) bytes: usize,
    /// Maximum transitions followed to fill the table: the chain of failures of a prefix is at most as long as the prefix.
    pub(super) steps: usize,
}

impl DfaCost {
    pub(super) fn of(list: &[&[u8]], ignore_case: bool) -> DfaCost {
        let mut sorted = must(memory::copy(list));
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
            prefixes,
            bytes: prefixes * classes.next_power_of_two() * 4,
            steps: depths.saturating_mul(classes),
        }
    }

    /// Returns how much memory has to be there before an automaton with a table of `table` bytes is built: the crate takes
    /// it in pieces that cannot be refused.
    pub(super) fn building_memory(&self, table: usize) -> usize {
        BUILDING.saturating_add(self.prefixes.saturating_mul(BUILDING_EACH)).saturating_add(table)
    }
}

#[cfg(test)]
#[path = "tests/literals.rs"]
mod tests;
