//! Detection across chunks: which of many patterns match in a text that arrives in pieces.
//!
//! # What is held back?
//!
//! Nothing. The state of a scan is one state of an automaton, and the offset at which each pattern was found first. So no
//! text is kept, and no byte is read twice, however the text is divided.
//!
//! # Which automaton?
//!
//! For a set of patterns a DFA that is built in advance, with all patterns at once. Its size may grow exponentially with the
//! patterns: a set whose DFA is above the limit is refused, and so is one with a Unicode word boundary, for which a DFA would
//! have to look at whole characters. For literals an Aho-Corasick automaton. Scans of the same set share its automaton.
//!
//! # What does it cost?
//!
//! A table load for each byte. The matches that end in a state are examined once for each state, so that a text in which
//! all patterns match everywhere costs no more than one in which none does.
//!
//! # When is a pattern found?
//!
//! With the chunk in which its first match ends; if that depends on the text after it (`$`, `\b`), with the next chunk.

use super::literals::{DfaCost, MAX_DFA_LITERAL, MAX_DFA_STEPS};
use super::scan_automaton::{Copies, Machine, ScanAutomaton, shared};
use super::{LiteralOptions, Literals, PatternError, RegexSet};
use crate::memory::{self, must};
use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous;
use aho_corasick::{Anchored as AhoAnchored, MatchKind as AhoMatchKind, dfa as aho_dfa};
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Default memory limit of the automaton, in bytes.
const DEFAULT_MEMORY_LIMIT: usize = 16 << 20;

/// How much memory the first attempt to build the automaton of a set may take, in bytes, and how many times as much as the
/// last one each further attempt.
const FIRST_ATTEMPT: usize = if cfg!(test) { 64 << 10 } else { DEFAULT_MEMORY_LIMIT };
const GROWTH: usize = 8;

/// Options of a scan.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanOptions {
    /// Maximum bytes of the automaton; 0 for 16 MiB.
    pub memory_limit: usize,
    /// Maximum number of bytes of the text to scan; 0 for all.
    pub max_bytes: u64,
}

/// The text of a scan was already ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanFinished;

fn too_big(message: String) -> PatternError {
    PatternError { too_big: true, ..PatternError::whole(message) }
}

impl ScanAutomaton {
    /// Builds the automaton of a set.
    pub(super) fn of_set(set: &RegexSet, limit: usize) -> Result<ScanAutomaton, PatternError> {
        let options = set.options();
        let len = set.len();
        let mut parsed = must(memory::with_room(len));
        for (index, pattern) in set.patterns().enumerate() {
            let hir = options.parse(pattern)?;
            if hir.properties().look_set().contains_word_unicode() {
                return Err(PatternError::whole(format!(
                    "pattern {} of {len} has a Unicode word boundary, which cannot be searched for across chunks; write (?-u:\\b) or (?-u:\\B)",
                    index + 1
                )));
            }
            parsed.push(hir);
        }
        let refused = || {
            too_big(format!(
                "the automaton of the {len} patterns takes more than {limit} bytes; simplify them, write (?-u:\\w) for \\w, or raise the memory limit"
            ))
        };
        let (anchored, kind) = match options.anchored {
            true => (Anchored::Yes, StartKind::Anchored),
            false => (Anchored::No, StartKind::Unanchored),
        };
        let build = |limit| {
            let nfa = thompson::Compiler::new()
                .configure(
                    thompson::Config::new()
                        .utf8(!options.bytes)
                        .nfa_size_limit(Some(limit))
                        .which_captures(WhichCaptures::None),
                )
                .build_many_from_hir(&parsed)
                .ok()?;
            dense::Builder::new()
                .configure(
                    dense::Config::new()
                        .match_kind(MatchKind::All)
                        .start_kind(kind)
                        .dfa_size_limit(Some(limit))
                        .determinize_size_limit(Some(limit)),
                )
                .build_from_nfa(&nfa)
                .ok()
        };
        // A limit may be far above what the automaton takes, so that the memory for all of it need not be there.
        let mut attempt = limit.min(FIRST_ATTEMPT);
        let dfa = loop {
            // The table, the states while they are built, and the NFA.
            must(memory::spare(attempt.saturating_mul(3)));
            match build(attempt) {
                Some(dfa) => break dfa,
                None if attempt < limit => attempt = attempt.saturating_mul(GROWTH).min(limit),
                None => return Err(refused()),
            }
        };
        let start = dfa.start_state(&start::Config::new().anchored(anchored)).map_err(|error| {
            PatternError::whole(format!("the patterns cannot be scanned for: {error}"))
        })?;
        let (memory, whole_chars) = (dfa.memory_usage(), dfa.has_empty() && dfa.is_utf8());
        Ok(ScanAutomaton {
            machine: Machine::Regex { dfa: Box::new(dfa), start, whole_chars },
            len,
            memory,
        })
    }

    /// Builds the automaton of a list of literals.
    pub(super) fn of_literals(
        literals: &Literals,
        limit: usize,
    ) -> Result<ScanAutomaton, PatternError> {
        let LiteralOptions { ignore_case, .. } = literals.options();
        let len = literals.len();
        // Copies are left out: each prefix that ends in them would carry all of them.
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        must(memory::reserve_map(&mut places, len));
        let mut distinct: Vec<&[u8]> = must(memory::with_room(len));
        let mut copies: Vec<Vec<u32>> = must(memory::with_room(len));
        for (index, literal) in literals.list().enumerate() {
            let key = if ignore_case { literal.to_ascii_lowercase() } else { literal.to_vec() };
            let place = *places.entry(key).or_insert_with(|| {
                distinct.push(literal);
                copies.push(Vec::new());
                distinct.len() - 1
            });
            copies[place].push(index as u32);
        }
        let refused = || {
            too_big(format!(
                "the automaton of the {len} literals takes more than {limit} bytes; raise the memory limit"
            ))
        };
        let cost = DfaCost::of(&distinct, ignore_case);
        // Each prefix carries the literals that it ends in, which end in one another.
        let ends =
            cost.prefixes.saturating_mul(longest_chain(&distinct, ignore_case)).saturating_mul(8);
        let small = cost.prefixes.saturating_mul(16).saturating_add(ends);
        if small > limit {
            return Err(refused());
        }
        let copies = copies.into_iter().map(Vec::into_boxed_slice).collect();
        let fast = literals.longest() <= MAX_DFA_LITERAL
            && cost.steps <= MAX_DFA_STEPS
            && cost.bytes.saturating_add(ends) <= limit;
        let table = if fast { cost.bytes } else { small };
        must(memory::spare(cost.building_memory(table.saturating_add(ends))));
        let (machine, memory) = if fast {
            let mut builder = aho_dfa::DFA::builder();
            builder
                .ascii_case_insensitive(ignore_case)
                .match_kind(AhoMatchKind::Standard)
                .prefilter(false);
            let dfa = builder.build(&distinct).map_err(|_| refused())?;
            let memory = dfa.memory_usage();
            (Machine::Dfa(Box::new(dfa), copies), memory)
        } else {
            let mut builder = contiguous::NFA::builder();
            builder
                .ascii_case_insensitive(ignore_case)
                .match_kind(AhoMatchKind::Standard)
                .prefilter(false);
            let nfa = builder.build(&distinct).map_err(|_| refused())?;
            let memory = nfa.memory_usage();
            (Machine::Nfa(Box::new(nfa), copies), memory)
        };
        Ok(ScanAutomaton { machine, len, memory: memory + 4 * len })
    }

    fn start(&self) -> u32 {
        let unanchored = "a start that is not anchored";
        match &self.machine {
            Machine::Regex { start, .. } => start.as_u32(),
            Machine::Dfa(dfa, _) => dfa.start_state(AhoAnchored::No).expect(unanchored).as_u32(),
            Machine::Nfa(nfa, _) => nfa.start_state(AhoAnchored::No).expect(unanchored).as_u32(),
        }
    }
}

/// Returns how many literals at most end in one another, as `a`, `ba` and `cba` do.
fn longest_chain(literals: &[&[u8]], ignore_case: bool) -> usize {
    let fold = |byte: u8| if ignore_case { byte.to_ascii_lowercase() } else { byte };
    let reversed =
        |literal: &&[u8]| literal.iter().rev().map(|&byte| fold(byte)).collect::<Vec<u8>>();
    let mut sorted: Vec<Vec<u8>> = must(memory::collect(literals.iter().map(reversed)));
    sorted.sort_unstable();
    let (mut chain, mut longest): (Vec<&[u8]>, usize) = (Vec::new(), 0);
    for literal in &sorted {
        while chain.last().is_some_and(|last| !literal.starts_with(last)) {
            chain.pop();
        }
        chain.push(literal);
        longest = longest.max(chain.len());
    }
    longest
}

/// The offset of a pattern that was not found.
const NOT_FOUND: u64 = u64::MAX;

/// Which of many patterns match in a text that is fed chunk by chunk.
pub struct Scan {
    automaton: Arc<ScanAutomaton>,
    state: u32,
    /// Bytes fed.
    at: u64,
    max_bytes: u64,
    /// End of the first match of each pattern, [`NOT_FOUND`] without one.
    first: Vec<u64>,
    /// Indexes that the last chunk has found.
    new: Vec<u32>,
    count: usize,
    /// Match states whose patterns were recorded.
    seen: HashSet<u32>,
    /// States at the end of a chunk whose matches do not depend on the following text.
    settled: HashSet<u32>,
    finished: bool,
    /// Whether the automaton was built for this scan.
    is_builder: bool,
    /// Whether no further byte can find anything.
    over: bool,
    /// Patterns looked at.
    #[cfg(test)]
    pub(super) looked: usize,
}

impl Scan {
    /// Returns a scan for the patterns of a set.
    pub fn of_set(set: &RegexSet, options: &ScanOptions) -> Result<Scan, PatternError> {
        let limit = limit(options);
        let build = || ScanAutomaton::of_set(set, limit);
        Ok(Scan::new(shared(&set.automaton, limit, build)?, options))
    }

    /// Returns a scan for literals: all that occur, also those that overlap others.
    pub fn of_literals(literals: &Literals, options: &ScanOptions) -> Result<Scan, PatternError> {
        let limit = limit(options);
        let build = || ScanAutomaton::of_literals(literals, limit);
        Ok(Scan::new(shared(&literals.automaton, limit, build)?, options))
    }

    fn new(automaton: Arc<ScanAutomaton>, options: &ScanOptions) -> Scan {
        let len = automaton.len;
        let mut scan = Scan {
            // One reference here, and perhaps one of the set.
            is_builder: Arc::strong_count(&automaton) <= 2,
            state: 0,
            at: 0,
            max_bytes: if options.max_bytes == 0 { u64::MAX } else { options.max_bytes },
            first: must(memory::filled(NOT_FOUND, len)),
            // Room for all: a search that has found something must not fail.
            new: must(memory::with_room(len)),
            automaton,
            count: 0,
            seen: HashSet::new(),
            settled: HashSet::new(),
            finished: false,
            over: false,
            #[cfg(test)]
            looked: 0,
        };
        scan.reset();
        scan
    }

    /// Returns a scan for the same patterns, with a text of its own.
    pub fn another(&self) -> Scan {
        let max_bytes = if self.max_bytes == u64::MAX { 0 } else { self.max_bytes };
        let options = ScanOptions { max_bytes, ..ScanOptions::default() };
        Scan { is_builder: false, ..Scan::new(Arc::clone(&self.automaton), &options) }
    }

    /// Returns another scan that stands in for this one, whose memory includes the automaton if that of this one does.
    pub fn successor(&self) -> Scan {
        Scan { is_builder: self.is_builder, ..self.another() }
    }

    /// Returns the number of patterns.
    pub fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the text, and begins with a new one. It keeps its memory.
    pub fn reset(&mut self) {
        self.state = self.automaton.start();
        (self.at, self.count, self.finished) = (0, 0, false);
        self.over = self.is_empty();
        self.first.fill(NOT_FOUND);
        self.new.clear();
        self.seen.clear();
        self.settled.clear();
    }

    /// Scans the next chunk; with `last` the text ends after it. Returns the indexes of the patterns that were not found
    /// before, ascending.
    pub fn feed(&mut self, chunk: &[u8], last: bool) -> Result<&[u32], ScanFinished> {
        if self.finished {
            return Err(ScanFinished);
        }
        self.new.clear();
        self.finished = last;
        if !self.over {
            let automaton = Arc::clone(&self.automaton);
            match &automaton.machine {
                Machine::Regex { dfa, whole_chars, .. } => {
                    self.run_regex(dfa, *whole_chars, chunk, last)
                }
                Machine::Dfa(dfa, copies) => self.run_literals(&**dfa, copies, chunk),
                Machine::Nfa(nfa, copies) => self.run_literals(&**nfa, copies, chunk),
            }
            self.over |= self.count == self.len();
        }
        self.at = self.at.saturating_add(chunk.len() as u64);
        self.new.sort_unstable();
        Ok(&self.new)
    }

    /// Returns the indexes of the patterns that the last chunk has found.
    pub fn new_ids(&self) -> &[u32] {
        &self.new
    }

    /// Returns the indexes of all patterns found so far, ascending.
    pub fn matches(&self) -> impl Iterator<Item = usize> {
        let found = |(id, &first): (usize, &u64)| (first != NOT_FOUND).then_some(id);
        self.first.iter().enumerate().filter_map(found)
    }

    /// Returns the offset in the text at which the first match of a pattern ends, the earliest end if several begin; `None`
    /// if it was not found.
    pub fn first(&self, id: usize) -> Option<u64> {
        self.first.get(id).copied().filter(|&first| first != NOT_FOUND)
    }

    /// Whether the text is longer than what is scanned of it.
    pub fn limited(&self) -> bool {
        self.at > self.max_bytes
    }

    /// Returns the memory of the scan in bytes. The automaton counts for the scan that has built it.
    pub fn memory(&self) -> usize {
        size_of::<Scan>()
            + if self.is_builder { self.automaton.memory } else { 0 }
            + self.first.capacity() * size_of::<u64>()
            + (self.new.capacity() + self.seen.capacity() + self.settled.capacity())
                * size_of::<u64>()
    }

    fn record(&mut self, id: u32, end: u64) {
        #[cfg(test)]
        {
            self.looked += 1;
        }
        let first = &mut self.first[id as usize];
        if *first == NOT_FOUND {
            *first = end;
            self.new.push(id);
            self.count += 1;
        }
    }

    /// Returns whether a state is met for the first time.
    fn is_new(seen: &mut HashSet<u32>, state: u32) -> bool {
        must(memory::reserve_set(seen, 1));
        seen.insert(state)
    }

    fn record_state(&mut self, dfa: &dense::DFA<Vec<u32>>, state: StateID, end: u64) {
        if Scan::is_new(&mut self.seen, state.as_u32()) {
            for i in 0..dfa.match_len(state) {
                self.record(dfa.match_pattern(state, i).as_u32(), end);
            }
        }
    }

    /// A state of this automaton reports a match one byte late: that byte may decide `$` and `\b`.
    fn run_regex(
        &mut self,
        dfa: &dense::DFA<Vec<u32>>,
        whole_chars: bool,
        chunk: &[u8],
        last: bool,
    ) {
        let mut state = StateID::new_unchecked(self.state as usize);
        // One byte past the limit is looked at.
        let len = self.max_bytes.saturating_add(1).saturating_sub(self.at).min(chunk.len() as u64)
            as usize;
        let mut i = 0;
        while i < len {
            let byte = chunk[i];
            state = dfa.next_state(state, byte);
            if dfa.is_special_state(state) {
                if dfa.is_match_state(state) {
                    if !whole_chars || !is_continuation(byte) {
                        self.record_state(dfa, state, self.at + i as u64);
                        if self.count == self.len() {
                            break;
                        }
                    }
                } else if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
                    self.over = true;
                    break;
                } else if dfa.is_accel_state(state) {
                    i = next_of(dfa.accelerator(state), chunk, i + 1, len);
                    continue;
                }
            }
            i += 1;
        }
        self.state = state.as_u32();
        let end = self.at.saturating_add(chunk.len() as u64);
        if self.over || end > self.max_bytes || self.count == self.len() {
            return;
        }
        let at_end = dfa.next_eoi_state(state);
        if !dfa.is_match_state(at_end) {
            return;
        }
        if last {
            self.record_state(dfa, at_end, end);
        } else if !whole_chars && Scan::is_new(&mut self.settled, state.as_u32()) {
            self.record_settled(dfa, state, at_end, end);
        }
    }

    /// Records the patterns that match at the end of a chunk whatever follows.
    fn record_settled(
        &mut self,
        dfa: &dense::DFA<Vec<u32>>,
        state: StateID,
        at_end: StateID,
        end: u64,
    ) {
        let has = |state: StateID, id: u32| {
            dfa.is_match_state(state)
                && (0..dfa.match_len(state)).any(|i| dfa.match_pattern(state, i).as_u32() == id)
        };
        for i in 0..dfa.match_len(at_end) {
            let id = dfa.match_pattern(at_end, i).as_u32();
            if self.first[id as usize] == NOT_FOUND
                && dfa
                    .byte_classes()
                    .representatives(0..=255)
                    .filter_map(|unit| unit.as_u8())
                    .all(|byte| has(dfa.next_state(state, byte), id))
            {
                self.record(id, end);
            }
        }
    }

    fn run_literals(
        &mut self,
        machine: &impl aho_corasick::automaton::Automaton,
        copies: &Copies,
        chunk: &[u8],
    ) {
        let mut state = aho_corasick::automaton::StateID::new_unchecked(self.state as usize);
        let len = self.max_bytes.saturating_sub(self.at).min(chunk.len() as u64) as usize;
        for (i, &byte) in chunk[..len].iter().enumerate() {
            state = machine.next_state(AhoAnchored::No, state, byte);
            if machine.is_special(state)
                && machine.is_match(state)
                && Scan::is_new(&mut self.seen, state.as_u32())
            {
                for at in 0..machine.match_len(state) {
                    for &id in &copies[machine.match_pattern(state, at).as_usize()] {
                        self.record(id, self.at + i as u64 + 1);
                    }
                }
                if self.count == self.len() {
                    break;
                }
            }
        }
        self.state = state.as_u32();
    }
}

fn limit(options: &ScanOptions) -> usize {
    if options.memory_limit == 0 { DEFAULT_MEMORY_LIMIT } else { options.memory_limit }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Returns the index of the next of up to three bytes, or `len`.
fn next_of(needles: &[u8], chunk: &[u8], from: usize, len: usize) -> usize {
    let rest = &chunk[from.min(len)..len];
    let found = match *needles {
        [a] => memchr::memchr(a, rest),
        [a, b] => memchr::memchr2(a, b, rest),
        [a, b, c] => memchr::memchr3(a, b, c, rest),
        _ => Some(0),
    };
    found.map_or(len, |at| from + at)
}

#[cfg(test)]
#[path = "tests/scan.rs"]
mod tests;
