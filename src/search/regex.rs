//! One compiled pattern.

use super::chars::splits;
use super::{PatternError, PatternOptions, Span};
use regex_automata::meta::{self, Cache};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::ops::Range;

/// Begin and end of each group of a match, the whole match first; `None` for a group that took no part.
pub type Slots = [Option<NonMaxUsize>];

/// What a search works in: never shared by two searches at a time.
struct Scratch {
    cache: Cache,
    slots: Vec<Option<NonMaxUsize>>,
}

type MakeScratch =
    Box<dyn Fn() -> Scratch + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;
type Borrowed<'r> = PoolGuard<'r, Scratch, MakeScratch>;

/// A compiled pattern: searches in linear time, from any number of threads at once.
///
/// A search looks at the text before and behind the part that it searches, so that `^`, `$` and `\b` see what is
/// there.
///
/// # Costs
///
/// A simple pattern compiles in some microseconds and takes some kilobytes; a Unicode class like `\w` takes about a
/// tenth of a millisecond. Each thread that searches at the same time adds up to 2 MiB of lazily built automata.
pub struct Regex {
    engine: meta::Regex,
    scratch: Pool<Scratch, MakeScratch>,
    anchored: Anchored,
    /// Whether empty matches have to be looked at, as the pattern has some and chars are longer than a byte.
    watched: bool,
    may_be_empty: bool,
    longest: Option<usize>,
    /// What it was compiled from.
    source: (Box<[u8]>, PatternOptions),
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &[u8], options: &PatternOptions) -> Result<Regex, PatternError> {
        let hir = options.parse(pattern)?;
        let engine = meta::Builder::new()
            .configure(options.engine(MatchKind::LeftmostFirst))
            .build_from_hir(&hir)
            .map_err(|error| options.refused(&error))?;
        let may_be_empty = hir.properties().minimum_len() == Some(0);
        let maker = engine.clone();
        let slots = maker.group_info().slot_len();
        let make: MakeScratch =
            Box::new(move || Scratch { cache: maker.create_cache(), slots: vec![None; slots] });
        Ok(Regex {
            engine,
            scratch: Pool::new(make),
            anchored: anchored(options.anchored),
            watched: !options.bytes && may_be_empty,
            may_be_empty,
            longest: longest(&hir),
            source: (pattern.into(), *options),
        })
    }

    /// Whether the pattern matches anywhere from `from` on.
    pub fn test(&self, text: &[u8], from: usize) -> bool {
        self.matches(text, from, false).any_left()
    }

    /// The first match from `from` on. Behind the end of the text there is none.
    #[inline]
    pub fn find(&self, text: &[u8], from: usize) -> Option<Span> {
        self.matches(text, from, false).next()
    }

    /// Every match from `from` on, from left to right, none overlapping another.
    ///
    /// With `after`, a match has ended at `from` (the last one of an iteration that goes on here), so that an empty one
    /// there would be a second match at the same place and is passed over.
    #[inline]
    pub fn matches<'r, 't>(&'r self, text: &'t [u8], from: usize, after: bool) -> Matches<'r, 't> {
        let last = after.then_some(from);
        Matches { regex: self, scratch: self.scratch.get(), text, at: from, last }
    }

    /// How many matches there are from `from` on. Where none can be empty, only the ends of them are looked for.
    pub fn count(&self, text: &[u8], from: usize) -> usize {
        self.matches(text, from, false).count_left()
    }

    /// The first match within a range of the text, of which empty ones are not looked at: see [`Regex::is_empty_place`].
    ///
    /// The match lies in the range; `^`, `$` and `\b` see what is outside of it.
    pub(super) fn find_within(&self, text: &[u8], range: Range<usize>, here: bool) -> Option<Span> {
        let input = Input::new(text).range(range).anchored(anchored(here));
        let found = self.engine.search_with(&mut self.scratch.get().cache, &input)?;
        Some(Span { start: found.start(), stop: found.end() })
    }

    /// The match at the begin of a range, with its groups.
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

    /// Whether an empty match may be at `at`, where the last match ended at `last`.
    pub(super) fn is_empty_place(&self, text: &[u8], at: usize, last: Option<usize>) -> bool {
        last != Some(at) && !(self.watched && splits(text, at))
    }

    /// Whether a match begins where the search does.
    pub fn is_anchored(&self) -> bool {
        self.anchored == Anchored::Yes
    }

    /// How many groups the pattern has, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.engine.group_info().group_len(PatternID::ZERO) - 1
    }

    /// The names of the groups, in order, the whole match first, which has none.
    pub fn names(&self) -> impl Iterator<Item = Option<&str>> {
        self.engine.group_info().pattern_names(PatternID::ZERO)
    }

    /// The group of that name, if there is one.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.engine.group_info().to_index(PatternID::ZERO, name)
    }

    /// The longest match that there can be, in bytes, if there is a limit.
    pub fn longest(&self) -> Option<usize> {
        self.longest
    }

    /// What it was compiled from, for those who compile it in another way.
    pub(super) fn source(&self) -> (&[u8], PatternOptions) {
        (&self.source.0, self.source.1)
    }

    /// Native memory of the compiled pattern, in bytes, without what searches work in.
    pub fn memory(&self) -> usize {
        size_of::<Regex>() + self.source.0.len() + self.engine.memory_usage()
    }

    fn input<'t>(&self, text: &'t [u8], from: usize) -> Option<Input<'t>> {
        (from <= text.len())
            .then(|| Input::new(text).span(from..text.len()).anchored(self.anchored))
    }
}

fn anchored(here: bool) -> Anchored {
    if here { Anchored::Yes } else { Anchored::No }
}

/// The longest match of a pattern.
fn longest(hir: &Hir) -> Option<usize> {
    // A pattern that never matches has no length, and is no reason to hold anything.
    if hir.properties().minimum_len().is_none() {
        return Some(0);
    }
    hir.properties().maximum_len()
}

/// What [`Regex::matches`] finds.
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
            let found = self.regex.engine.search_with(&mut self.scratch.cache, &input)?;
            if self.takes(found.start(), found.end()) {
                return Some(Span { start: found.start(), stop: found.end() });
            }
        }
    }
}

impl<'t> Matches<'_, 't> {
    /// Whether there is a further match. It stops at the first place that decides.
    pub(crate) fn any_left(&mut self) -> bool {
        if self.regex.watched {
            return self.next().is_some();
        }
        let Some(input) = self.regex.input(self.text, self.at) else { return false };
        let cache = &mut self.scratch.cache;
        self.regex.engine.search_half_with(cache, &input.earliest(true)).is_some()
    }

    /// How many further matches there are.
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

    /// The next match, with its groups.
    pub fn next_captures(&mut self) -> Option<&Slots> {
        loop {
            let input = self.regex.input(self.text, self.at)?;
            let scratch = &mut *self.scratch;
            self.regex.engine.search_slots_with(&mut scratch.cache, &input, &mut scratch.slots)?;
            let (start, stop) = (scratch.slots[0]?.get(), scratch.slots[1]?.get());
            if self.takes(start, stop) {
                return Some(&self.scratch.slots);
            }
        }
    }

    /// Goes on behind a match, and tells whether it is one: an empty one is not where the last one ended, nor inside a
    /// char.
    #[inline]
    fn takes(&mut self, start: usize, stop: usize) -> bool {
        if start == stop && !self.regex.is_empty_place(self.text, stop, self.last) {
            // An anchored search has no other place to begin at.
            self.at = if self.regex.is_anchored() { self.text.len() + 1 } else { stop + 1 };
            return false;
        }
        self.at = stop;
        self.last = Some(stop);
        true
    }
}
