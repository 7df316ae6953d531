//! The automaton of a scan, which all scans of a set or of a list share.

use super::PatternError;
use aho_corasick::dfa as aho_dfa;
use aho_corasick::nfa::contiguous;
use once_cell::race::OnceBox;
use regex_automata::dfa::dense;
use regex_automata::util::primitives::StateID;
use std::sync::Arc;

/// The automaton of a set of patterns or of a list of literals.
pub(super) struct ScanAutomaton {
    pub(super) machine: Machine,
    /// Number of patterns.
    pub(super) len: usize,
    pub(super) memory: usize,
}

pub(super) enum Machine {
    Regex {
        dfa: Box<dense::DFA<Vec<u32>>>,
        start: StateID,
        /// Whether a match that ends inside a character does not count.
        whole_chars: bool,
    },
    Dfa(Box<aho_dfa::DFA>, Copies),
    Nfa(Box<contiguous::NFA>, Copies),
}

/// The indexes of the literals that are the same, for each distinct one.
pub(super) type Copies = Box<[Box<[u32]>]>;

/// Returns the automaton that was built first, or builds it. One above the limit of this scan is refused as a new one is.
pub(super) fn shared(
    place: &OnceBox<Arc<ScanAutomaton>>,
    limit: usize,
    build: impl FnOnce() -> Result<ScanAutomaton, PatternError>,
) -> Result<Arc<ScanAutomaton>, PatternError> {
    match place.get() {
        Some(built) if built.memory <= limit => Ok(Arc::clone(built)),
        Some(_) => build().map(Arc::new),
        None => place.get_or_try_init(|| Ok(Box::new(Arc::new(build()?)))).map(Arc::clone),
    }
}
