//! Sets of patterns: which of many patterns match a text.

use super::{PatternError, PatternOptions};
use regex_automata::meta::{self, Cache};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};

/// The working memory of a search.
struct Scratch {
    cache: Cache,
    found: PatternSet,
}

type MakeScratch =
    Box<dyn Fn() -> Scratch + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// A list of patterns that is searched for in one pass.
///
/// It reports which of them match, but not where: for that, search with each matching pattern.
pub struct RegexSet {
    engine: meta::Regex,
    scratch: Pool<Scratch, MakeScratch>,
    anchored: Anchored,
}

impl RegexSet {
    /// Compiles a list of patterns. It may be empty and then matches nothing.
    pub fn new(patterns: &[&[u8]], options: &PatternOptions) -> Result<RegexSet, PatternError> {
        let mut parsed = Vec::with_capacity(patterns.len());
        for (index, pattern) in patterns.iter().enumerate() {
            parsed.push(options.parse(pattern).map_err(|error| {
                let of = format!("pattern {} of {}", index + 1, patterns.len());
                PatternError { message: format!("{of}: {}", error.message), ..error }
            })?);
        }
        let engine = meta::Builder::new()
            .configure(options.engine(MatchKind::All).utf8_empty(!options.bytes))
            .build_many_from_hir(&parsed)
            .map_err(|error| options.refused(&error))?;
        let maker = engine.clone();
        let make: MakeScratch = Box::new(move || Scratch {
            cache: maker.create_cache(),
            found: PatternSet::new(maker.pattern_len()),
        });
        let anchored = if options.anchored { Anchored::Yes } else { Anchored::No };
        Ok(RegexSet { engine, scratch: Pool::new(make), anchored })
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
        let input = Input::new(text).anchored(self.anchored).earliest(true);
        self.engine.search_half_with(&mut self.scratch.get().cache, &input).is_some()
    }

    /// Calls `found` with the index of each pattern that matches, in ascending order.
    pub fn matches(&self, text: &[u8], mut found: impl FnMut(usize)) {
        let scratch = &mut *self.scratch.get();
        scratch.found.clear();
        let input = Input::new(text).anchored(self.anchored);
        self.engine.which_overlapping_matches_with(&mut scratch.cache, &input, &mut scratch.found);
        scratch.found.iter().for_each(|id| found(id.as_usize()));
    }

    /// Returns the native memory of the compiled patterns in bytes, excluding the working memory of searches.
    pub fn memory(&self) -> usize {
        size_of::<RegexSet>() + self.engine.memory_usage()
    }
}
