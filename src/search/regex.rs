//! A single compiled pattern.

use super::chars::splits;
use super::pattern::{compiling_memory, searching_memory};
use super::prefix::Prefix;
use super::{PatternError, PatternOptions, Span};
use crate::memory::{self, must};
use regex_automata::meta::{self, Cache};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::ops::Range;

/// Start and end of each group of a match, the whole match first; `None` for a group that did not participate.
pub type Slots = [Option<NonMaxUsize>];

/// The working memory of a search; never shared by two searches at a time.
struct Scratch {
    cache: Cache,
    slots: Vec<Option<NonMaxUsize>>,
}

type MakeScratch =
    Box<dyn Fn() -> Scratch + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;
type Borrowed<'r> = PoolGuard<'r, Scratch, MakeScratch>;

/// A compiled pattern: searches in linear time, from any number of threads at once.
///
/// A search sees the text before and after the part that it searches, so that `^`, `$` and `\b` are evaluated in context.
///
///
/// # Costs
///
/// A simple pattern compiles in some microseconds and takes some kilobytes; a Unicode class like `\w` takes about a
/// tenth of a millisecond. Each thread that searches at the same time adds up to 2 MiB of lazily built automata.
pub struct Regex {
    engine: meta::Regex,
    scratch: Pool<Scratch, MakeScratch>,
    anchored: Anchored,
    /// What all matches begin with, for searches that are not anchored.
    prefix: Option<Prefix>,
    /// Whether empty matches must be checked: the pattern has some, and a character may be longer than a byte.
    watched: bool,
    may_be_empty: bool,
    longest: Option<usize>,
    /// The text and options that it was compiled from.
    source: (Box<[u8]>, PatternOptions),
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &[u8], options: &PatternOptions) -> Result<Regex, PatternError> {
        must(memory::spare(compiling_memory(options.limit(), pattern.len())));
        let hir = options.parse(pattern)?;
        let engine = meta::Builder::new()
            .configure(options.engine(MatchKind::LeftmostFirst))
            .build_from_hir(&hir)
            .map_err(|error| options.refused(&error))?;
        let may_be_empty = hir.properties().minimum_len() == Some(0);
        let maker = engine.clone();
        let slots = maker.group_info().slot_len();
        let make: MakeScratch = Box::new(move || {
            must(memory::spare(searching_memory(&maker)));
            Scratch { cache: maker.create_cache(), slots: vec![None; slots] }
        });
        Ok(Regex {
            engine,
            scratch: Pool::new(make),
            anchored: anchored(options.anchored),
            prefix: if options.anchored { None } else { Prefix::new(&hir) },
            watched: !options.bytes && may_be_empty,
            may_be_empty,
            longest: longest(&hir),
            source: (must(memory::copy(pattern)).into(), *options),
        })
    }

    /// Whether the pattern matches anywhere from `from` on.
    pub fn test(&self, text: &[u8], from: usize) -> bool {
        if let Some(found) = self.find_short(text, from, true) {
            return found.is_some();
        }
        self.matches(text, from, false).any_left()
    }

    /// Returns the first match from `from` on, or `None` past the end of the text.
    #[inline]
    pub fn find(&self, text: &[u8], from: usize) -> Option<Span> {
        if let Some(found) = self.find_short(text, from, false) {
            return found;
        }
        self.matches(text, from, false).next()
    }

    /// Finds the first match in a short text of a pattern that begins with a literal. Returns `None` if it is not one, or if that
    /// has to be decided by the engine.
    #[inline]
    fn find_short(&self, text: &[u8], from: usize, earliest: bool) -> Option<Option<Span>> {
        let parse = || self.source.1.parse(&self.source.0).ok();
        self.prefix.as_ref()?.find(text, from, earliest, parse)
    }

    /// Iterates over the matches from `from` on, from left to right, without overlaps.
    ///
    /// With `after`, a match has ended at `from` (the last one of an iteration that continues here), so that an empty match
    /// there would be a second match at the same place and is skipped.
    #[inline]
    pub fn matches<'r, 't>(&'r self, text: &'t [u8], from: usize, after: bool) -> Matches<'r, 't> {
        let last = after.then_some(from);
        Matches { regex: self, scratch: self.scratch.get(), text, at: from, last }
    }

    /// Returns the number of matches from `from` on. If none can be empty, only their ends are searched for.
    pub fn count(&self, text: &[u8], from: usize) -> usize {
        self.matches(text, from, false).count_left()
    }

    /// Returns the first match within a range of the text. Empty matches are not checked: see [`Regex::is_empty_place`].
    ///
    /// The match lies in the range; `^`, `$` and `\b` see the text outside it.
    pub(super) fn find_within(&self, text: &[u8], range: Range<usize>, here: bool) -> Option<Span> {
        let input = Input::new(text).range(range).anchored(anchored(here));
        let found = self.engine.search_with(&mut self.scratch.get().cache, &input)?;
        Some(Span { start: found.start(), stop: found.end() })
    }

    /// Returns the match at the start of a range, with its groups.
    pub(super) fn captures_within<T>(
        &self,
        text: &[u8],
        range: Range<usize>,
        take: impl FnOnce(&Slots) -> T,
    ) -> Option<T> {
        let input = Input::new(text).range(range).anchored(Anchored::Yes);
        let scratch = &mut *self.scratch.get();
        self.engine.search_slots_with(&mut scratch.cache, &input, &mut scratch.slots)?;
        Some(take(&scratch.slots))
    }

    /// Whether an empty match is allowed at `at`, where the last match ended at `last`.
    pub(super) fn is_empty_place(&self, text: &[u8], at: usize, last: Option<usize>) -> bool {
        last != Some(at) && !(self.watched && splits(text, at))
    }

    /// Whether a match must begin where the search does.
    pub fn is_anchored(&self) -> bool {
        self.anchored == Anchored::Yes
    }

    /// Returns the number of groups in the pattern, not counting the whole match.
    pub fn groups(&self) -> usize {
        self.engine.group_info().group_len(PatternID::ZERO) - 1
    }

    /// Iterates over the names of the groups in order; the whole match comes first and has no name.
    pub fn names(&self) -> impl Iterator<Item = Option<&str>> {
        self.engine.group_info().pattern_names(PatternID::ZERO)
    }

    /// Returns the number of the group with a name, if there is one.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.engine.group_info().to_index(PatternID::ZERO, name)
    }

    /// Returns the maximum length of a match in bytes, or `None` if there is no limit.
    pub fn longest(&self) -> Option<usize> {
        self.longest
    }

    /// Returns the text and options that it was compiled from, for compiling it in another form.
    pub(super) fn source(&self) -> (&[u8], PatternOptions) {
        (&self.source.0, self.source.1)
    }

    /// Returns the native memory of the compiled pattern in bytes, excluding the working memory of searches.
    pub fn memory(&self) -> usize {
        size_of::<Regex>() + self.source.0.len() + self.engine.memory_usage()
    }

    /// Returns what `run` returns for an input: the first match.
    #[inline]
    fn search<T>(
        &self,
        input: Input<'_>,
        mut run: impl FnMut(&Input<'_>) -> Option<T>,
    ) -> Option<T> {
        match &self.prefix {
            Some(prefix) => prefix.search(input, run),
            None => run(&input),
        }
    }

    fn input<'t>(&self, text: &'t [u8], from: usize) -> Option<Input<'t>> {
        (from <= text.len())
            .then(|| Input::new(text).span(from..text.len()).anchored(self.anchored))
    }
}

fn anchored(here: bool) -> Anchored {
    if here { Anchored::Yes } else { Anchored::No }
}

/// Returns the maximum length of a match.
fn longest(hir: &Hir) -> Option<usize> {
    // A pattern that never matches has no length, and never needs text to be held back.
    if hir.properties().minimum_len().is_none() {
        return Some(0);
    }
    hir.properties().maximum_len()
}

/// Iterator returned by [`Regex::matches`].
pub struct Matches<'r, 't> {
    regex: &'r Regex,
    scratch: Borrowed<'r>,
    text: &'t [u8],
    at: usize,
    /// End of the last match.
    last: Option<usize>,
}

impl Iterator for Matches<'_, '_> {
    type Item = Span;

    #[inline]
    fn next(&mut self) -> Option<Span> {
        loop {
            let input = self.regex.input(self.text, self.at)?;
            let (regex, cache) = (self.regex, &mut self.scratch.cache);
            let found = regex.search(input, |input| regex.engine.search_with(cache, input))?;
            if self.takes(found.start(), found.end()) {
                return Some(Span { start: found.start(), stop: found.end() });
            }
        }
    }
}

impl<'t> Matches<'_, 't> {
    /// Whether there is a further match. Stops as soon as that is decided.
    pub(crate) fn any_left(&mut self) -> bool {
        if self.regex.watched {
            return self.next().is_some();
        }
        let Some(input) = self.regex.input(self.text, self.at) else { return false };
        let cache = &mut self.scratch.cache;
        self.regex.engine.search_half_with(cache, &input.earliest(true)).is_some()
    }

    /// Returns the number of remaining matches.
    pub(crate) fn count_left(&mut self) -> usize {
        if self.regex.may_be_empty {
            return self.count();
        }
        let Some(mut input) = self.regex.input(self.text, self.at) else { return 0 };
        let mut count = 0;
        while let Some(found) = self.regex.engine.search_half_with(&mut self.scratch.cache, &input)
        {
            input.set_start(found.offset());
            count += 1;
        }
        count
    }

    /// Returns the next match, with its groups.
    pub fn next_captures(&mut self) -> Option<&Slots> {
        loop {
            let input = self.regex.input(self.text, self.at)?;
            let (regex, scratch) = (self.regex, &mut *self.scratch);
            let (cache, slots) = (&mut scratch.cache, &mut scratch.slots);
            regex.search(input, |input| regex.engine.search_slots_with(cache, input, slots))?;
            let (start, stop) = (scratch.slots[0]?.get(), scratch.slots[1]?.get());
            if self.takes(start, stop) {
                return Some(&self.scratch.slots);
            }
        }
    }

    /// Moves past a match; returns whether it counts: an empty match is skipped where the last one ended and inside a
    /// character.
    #[inline]
    fn takes(&mut self, start: usize, stop: usize) -> bool {
        if start == stop && !self.regex.is_empty_place(self.text, stop, self.last) {
            // An anchored search cannot begin anywhere else.
            self.at = if self.regex.is_anchored() { self.text.len() + 1 } else { stop + 1 };
            return false;
        }
        self.at = stop;
        self.last = Some(stop);
        true
    }
}
