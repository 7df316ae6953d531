//! Sets of patterns: which of many patterns match a text.

use super::pattern::{compiling_memory, searching_memory};
use super::scan_automaton::ScanAutomaton;
use super::{PatternError, PatternOptions};
use crate::memory::{self, must};
use once_cell::race::OnceBox;
use regex_automata::meta;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};
use std::sync::Arc;

type MakeFound =
    Box<dyn Fn() -> PatternSet + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// A list of patterns that is searched for in one pass.
///
/// It reports which of them match, but not where: for that, search with each matching pattern.
pub struct RegexSet {
    engine: meta::Regex,
    /// Which patterns match, for each search at a time. What else a search works in, the engine keeps itself.
    found: Pool<PatternSet, MakeFound>,
    anchored: Anchored,
    options: PatternOptions,
    /// All patterns, one after the other; `ends` has the end of each.
    text: Box<[u8]>,
    ends: Box<[usize]>,
    /// Made for the first scan.
    pub(super) automaton: OnceBox<Arc<ScanAutomaton>>,
}

impl RegexSet {
    /// Compiles a list of patterns. It may be empty and then matches nothing.
    pub fn new(patterns: &[&[u8]], options: &PatternOptions) -> Result<RegexSet, PatternError> {
        let len = patterns.iter().map(|pattern| pattern.len()).sum();
        must(memory::spare(compiling_memory(options.limit(), len)));
        let mut parsed = must(memory::with_room(patterns.len()));
        for (index, pattern) in patterns.iter().enumerate() {
            parsed.push(options.parse(pattern).map_err(|error| {
                let of = format!("pattern {} of {}", index + 1, patterns.len());
                PatternError { message: format!("{of}: {}", error.message), ..error }
            })?);
        }
        let config = options
            .engine(MatchKind::All)
            .utf8_empty(!options.bytes)
            // Nobody asks where: the places of all patterns, for each state, would take memory by the product.
            .which_captures(WhichCaptures::None);
        let engine = meta::Builder::new()
            .configure(config)
            .build_many_from_hir(&parsed)
            .map_err(|error| options.refused(&error))?;
        let maker = engine.clone();
        let make: MakeFound = Box::new(move || {
            must(memory::spare(searching_memory(&maker)));
            PatternSet::new(maker.pattern_len())
        });
        let anchored = if options.anchored { Anchored::Yes } else { Anchored::No };
        let (mut text, mut ends) =
            (must(memory::with_room(len)), must(memory::with_room(patterns.len())));
        for pattern in patterns {
            text.extend_from_slice(pattern);
            ends.push(text.len());
        }
        Ok(RegexSet {
            engine,
            found: Pool::new(make),
            anchored,
            options: *options,
            text: text.into(),
            ends: ends.into(),
            automaton: OnceBox::new(),
        })
    }

    /// Iterates over the patterns in the order of the list.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// Returns the options of the patterns.
    pub(super) fn options(&self) -> PatternOptions {
        self.options
    }

    /// Returns the number of patterns.
    pub fn len(&self) -> usize {
        self.engine.pattern_len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether any of the patterns matches.
    pub fn test(&self, text: &[u8]) -> bool {
        // Whoever is the first to search asks for memory.
        let _found = self.found.get();
        self.engine.is_match(Input::new(text).anchored(self.anchored))
    }

    /// Calls `found` with the index of each pattern that matches, in ascending order.
    pub fn matches(&self, text: &[u8], mut found: impl FnMut(usize)) {
        let all = &mut *self.found.get();
        all.clear();
        self.engine.which_overlapping_matches(&Input::new(text).anchored(self.anchored), all);
        all.iter().for_each(|id| found(id.as_usize()));
    }

    /// Returns the native memory of the compiled patterns in bytes, excluding the working memory of searches.
    pub fn memory(&self) -> usize {
        size_of::<RegexSet>()
            + self.engine.memory_usage()
            + self.text.len()
            + size_of_val(&*self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many words that no lazily built automaton has room for them.
    #[test]
    fn a_set_of_many_words_searches_in_little_memory() {
        let words: Vec<String> = (0..20_000).map(|n| format!("w{:x}z", n * 7919)).collect();
        let patterns: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let set = RegexSet::new(&patterns, &PatternOptions::default()).expect("words");
        assert!(!set.test(b"hello world"));
        assert!(set.test(format!("hello {}", words[17_000]).as_bytes()));
        let mut found = Vec::new();
        set.matches(format!("{} {}", words[19_999], words[3]).as_bytes(), |id| found.push(id));
        // A word may stand in another one.
        assert!(found.contains(&3) && found.contains(&19_999) && found.len() < 10, "{found:?}");
    }

    /// The lazily built automaton gives up on them, and another engine takes over.
    #[test]
    fn words_at_word_boundaries_in_text_that_is_not_ascii_search_in_little_memory() {
        let words: Vec<String> = (0..3_000).map(|n| format!("\\bw{:x}z\\b", n * 7919)).collect();
        let patterns: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let options = PatternOptions { memory_limit: 100 << 20, ..PatternOptions::default() };
        let set = RegexSet::new(&patterns, &options).expect("words");
        let text = format!("na\u{ef}ve w{:x}z caf\u{e9}", 2_000 * 7919);
        assert!(set.test(text.as_bytes()) && !set.test("na\u{ef}ve".as_bytes()));
        let mut found = Vec::new();
        set.matches(text.as_bytes(), |id| found.push(id));
        assert_eq!(found, [2_000]);
    }
}
