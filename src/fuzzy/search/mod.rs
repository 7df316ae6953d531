//! Searching: several threads claim blocks one by one, and rank the items that match.
//!
//! For a few blocks at a time, the [filter](super::filter) first finds the items that match. Only those that can still be
//! among the best are then scored, the shorter ones first: the maximum score of a term is known, and so are the items'
//! lengths, so that the other items are skipped once enough good short ones are found. Scoring is done in
//! [batches](super::kernel).

mod bounds;
mod scoring;
mod worker;

use super::boosts::Boosts;
use super::corpus::{BLOCK, Snapshot, components, start_bit};
use super::filter::{BITS, TermFilter};
use super::kernel::{Bonuses, Needle, ROWS};
use super::rank::{Ranking, TopK};
use super::session::SessionOptions;
use crate::fuzzy::fzf::bonus::{MATCH, Model};
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::fzf::score::{NoMemory, TYPO};
use crate::fuzzy::history::{BlockMatches, CachedResult, Reusable};
use crate::job;
use crate::memory::{self, must};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use worker::Searcher;

/// A query over a snapshot, and the progress and results of its search.
pub(super) struct Plan {
    query: Query,
    options: SessionOptions,
    limit: usize,
    snapshot: Arc<Snapshot>,
    boosts: Arc<Boosts>,
    /// Groups of filters, the cheapest first, or none if the scorer decides every item.
    groups: Option<Vec<Group>>,
    /// The terms that kernels score.
    needles: Vec<Needle>,
    /// The groups of the query that only the scorer handles, and their filters.
    rest: Query,
    rest_tests: Vec<Vec<TermFilter>>,
    bonuses: Bonuses,
    /// The maximum score of an item, without its boost.
    most: i32,
    /// The maximum score of `rest`, which may be more than `most` where that is capped.
    rest_most: i32,
    /// The first two characters of the term, if the query is a single fuzzy term whose first character is a letter or a
    /// digit.
    pair: Option<(u8, u8)>,
    /// The first characters of the needles, as a set of [`start_bit`] with a zero second character.
    openings: u64,
    /// The next block to claim.
    next: AtomicUsize,
    stopped: AtomicBool,
    /// Memory for an item could not be allocated, so whether it matches is unknown.
    refused: AtomicBool,
    /// An item below this [`merit`](super::rank::RankKey::merit) cannot be among the best.
    floor: AtomicU64,
    /// The results, one entry per thread.
    found: Vec<Mutex<Partial>>,
    prior: Reusable,
    /// The items that match in each block.
    seen: Vec<OnceLock<BlockMatches>>,
    boosted: u64,
}

/// Terms of which at least one has to match.
struct Group {
    tests: Vec<TermFilter>,
    /// Whether the items that the reused search matched are known to match this group.
    settled: bool,
}

/// The items to search, their boosts, and what earlier searches found.
pub(super) struct View {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) boosts: Arc<Boosts>,
    /// Version of the boosts: it is incremented when they change.
    pub(super) boosted: u64,
    pub(super) prior: Reusable,
}

/// Results of a thread: those since its last hand-in, or all that were handed in.
struct Partial {
    total: usize,
    searched: usize,
    best: TopK,
}

/// The difference between the maximum score and the score of an item in which no component begins with the first two
/// characters of the term (the first being a letter or a digit). Either there is a gap between the two, which costs 3, or
/// the first does not follow a delimiter: it then earns one less, twice, and so does the second, which inherits its
/// bonus.
const GAP_LOSS: i32 = 3;

impl Partial {
    fn new(limit: usize) -> Partial {
        Partial { total: 0, searched: 0, best: TopK::new(limit) }
    }
}

/// Returns the maximum score of a term of `len` characters.
fn most_for(bonuses: &Bonuses, len: usize, kind: Kind) -> i32 {
    let len = i32::try_from(len).unwrap_or(i32::MAX / 64);
    // The scorer counts the first bonus differently for terms that are not fuzzy.
    let firsts = if kind == Kind::Fuzzy { 1 } else { 2 };
    MATCH * len + bonuses.most() * (len + firsts)
}

impl Plan {
    pub(super) fn new(
        query: Query,
        options: SessionOptions,
        limit: usize,
        threads: usize,
        view: View,
    ) -> Plan {
        let model = Model::new(options.scheme);
        let bonuses = Bonuses::new(&model);
        let View { snapshot, boosts, boosted, mut prior } = view;
        let tests = |group: &Vec<Term>| {
            group.iter().map(|term| TermFilter::new(term, &prior.memos)).collect()
        };
        let group = |group: &Vec<Term>| Group {
            tests: tests(group),
            settled: prior.query.groups.contains(group),
        };
        let mut groups: Vec<Group> = query.groups.iter().map(group).collect();
        groups.sort_by_key(|group| group.tests.iter().map(TermFilter::cost).max());
        let (mut needles, mut rest, mut rest_tests) = (Vec::new(), Query::default(), Vec::new());
        for group in &query.groups {
            match &group[..] {
                [term] if term.negated => {}
                [term]
                    if term.kind == Kind::Fuzzy && term.typos == 0 && term.chars.len() <= ROWS =>
                {
                    if let Some(bytes) = term.ascii() {
                        needles.push(Needle { bytes, respect_case: term.respect_case });
                    }
                }
                _ => {
                    rest.groups.push(group.clone());
                    rest_tests.push(tests(group));
                }
            }
        }
        let most_of = |group: &Vec<Term>| {
            let terms = group.iter().filter(|term| !term.negated);
            let most = |term: &Term| most_for(&bonuses, term.chars.len(), term.kind);
            terms.map(most).max().unwrap_or(0)
        };
        let most_of =
            |groups: &[Vec<Term>]| groups.iter().map(most_of).fold(0, i32::saturating_add);
        let (most, rest_most) = (most_of(&query.groups).min(TYPO - 1), most_of(&rest.groups));
        let pair = match &needles[..] {
            [Needle { bytes, .. }] if groups.len() == 1 && bonuses.has_higher_delimiters() => {
                match bytes[..] {
                    [first, second, ..] if first.is_ascii_alphanumeric() => Some((first, second)),
                    _ => None,
                }
            }
            _ => None,
        };
        let opening = |needle: &Needle| start_bit(needle.bytes[0], 0);
        let openings = needles.iter().map(opening).fold(0, |all, bit| all | bit);
        let first = match &prior.start {
            Some((total, searched, best)) => {
                Partial { total: *total, searched: *searched, best: must(best.copy()) }
            }
            None => Partial::new(limit),
        };
        let more = snapshot.blocks.len().saturating_sub(prior.blocks.len());
        must(memory::reserve(&mut prior.blocks, more));
        prior.blocks.resize(prior.blocks.len() + more, None);
        let seen = must(memory::collect(snapshot.blocks.iter().map(|_| OnceLock::new())));
        let floor = AtomicU64::new(first.best.threshold().merit());
        let others = (1..threads).map(|_| Partial::new(limit));
        let found = std::iter::once(first).chain(others).map(Mutex::new).collect();
        Plan {
            groups: (!options.has_columns()).then_some(groups),
            query,
            options,
            limit,
            snapshot,
            boosts,
            needles,
            rest,
            rest_tests,
            bonuses,
            most,
            rest_most,
            pair,
            openings,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            refused: AtomicBool::new(false),
            floor,
            found,
            prior,
            seen,
            boosted,
        }
    }

    /// Returns the maximum score of a needle.
    fn most_for(&self, needle: &Needle) -> i32 {
        most_for(&self.bonuses, needle.bytes.len(), Kind::Fuzzy)
    }

    /// Returns the maximum score of an item that has no white space and does not begin as a needle does.
    fn usual_most(&self) -> i32 {
        let less = self.bonuses.white_over_delimiter();
        let each = |needle: &Needle| less * (needle.bytes.len() as i32 + 1);
        self.most - self.needles.iter().map(each).sum::<i32>()
    }

    /// Returns whether some items can exceed [`usual_most`](Plan::usual_most).
    fn has_raised(&self) -> bool {
        self.bonuses.white_over_delimiter() > 0
    }

    /// Returns whether an item that begins with the bytes `head` (0 for unknown bytes) can exceed
    /// [`usual_most`](Plan::usual_most). The bonus after white space, the highest in one scheme, applies to white space,
    /// to characters after it and to the beginning of an item. A term that begins there and continues elsewhere loses
    /// more by the gap than that bonus is worth.
    #[inline]
    fn begins(&self, head: [u8; 2]) -> bool {
        self.needles.iter().any(|needle| {
            let is = |(&byte, &char): (&u8, &u8)| byte == 0 || needle.see(byte) == char;
            head.iter().zip(&needle.bytes).all(is)
        })
    }

    /// Returns whether items of a directory that begins with `head` score at least [`GAP_LOSS`] below the maximum,
    /// provided that no component begins with `pair`. Where the bonus at the beginning of an item is higher than after a
    /// delimiter, an item that begins with the first character of the pair makes up for part of the gap.
    #[inline]
    fn may_be_apart(&self, head: [u8; 2], pair: (u8, u8)) -> bool {
        !self.has_raised() || !head[0].eq_ignore_ascii_case(&pair.0)
    }

    /// Returns whether a component of `text` begins with the two characters of `pair`.
    #[inline]
    fn starts(&self, text: &[u8], pair: (u8, u8)) -> bool {
        let pair = [pair.0, pair.1];
        components(text).any(|start| start.eq_ignore_ascii_case(&pair))
    }

    /// Returns whether to stop: `stop` returns true, or did so before.
    #[inline]
    fn is_stopped(&self, stop: &dyn Fn() -> bool) -> bool {
        if self.stopped.load(Ordering::Relaxed) {
            return true;
        }
        let is_stopped = stop();
        if is_stopped {
            self.stopped.store(true, Ordering::Relaxed);
        }
        is_stopped
    }

    /// Returns the number of items in the snapshot.
    pub(super) fn len(&self) -> usize {
        self.snapshot.len()
    }

    /// Moves the results of a thread into the plan. The lock is held for no longer than that, so that a
    /// [`ranking`](Plan::ranking) is available at any time.
    fn hand_in(&self, number: usize, found: &mut Partial) {
        let found = std::mem::replace(found, Partial::new(self.limit));
        let mut all = self.found[number].lock().unwrap_or_else(PoisonError::into_inner);
        all.total += found.total;
        all.searched += found.searched;
        all.best.merge(&found.best);
        self.floor.fetch_max(all.best.threshold().merit(), Ordering::Relaxed);
    }

    /// Returns the results so far, or an error if memory for some of them could not be allocated.
    pub(super) fn ranking(&self) -> Result<Ranking, NoMemory> {
        if self.refused.load(Ordering::Relaxed) {
            return Err(NoMemory);
        }
        let mut ranking = Ranking::default();
        let mut best = TopK::new(self.limit);
        for found in &self.found {
            let found = found.lock().unwrap_or_else(PoisonError::into_inner);
            ranking.total += found.total;
            ranking.searched += found.searched;
            best.merge(&found.best);
        }
        ranking.rows = best.rows()?;
        Ok(ranking)
    }

    /// Returns the results in the form in which later searches reuse them.
    pub(super) fn known(&self) -> CachedResult {
        let (mut total, mut searched, mut best) = (0, 0, TopK::new(self.limit));
        for found in &self.found {
            let found = found.lock().unwrap_or_else(PoisonError::into_inner);
            total += found.total;
            searched += found.searched;
            best.merge(&found.best);
        }
        let blocks = must(memory::collect(self.seen.iter().map(|seen| seen.get().cloned())));
        let tests = self.groups.iter().flatten().flat_map(|group| &group.tests);
        let memos = tests.filter_map(TermFilter::memo).collect();
        let (query, limit, boosted) = (self.query.clone(), self.limit, self.boosted);
        // A ranking without some rows, as memory ran out, cannot be continued.
        let is_whole = !self.stopped.load(Ordering::Relaxed) && best.is_whole();
        let best = is_whole.then_some(best);
        CachedResult { query, limit, boosted, total, searched, best, blocks, memos }
    }
}

/// Minimum number of blocks for each additional thread.
const BLOCKS_PER_HELPER: usize = if cfg!(test) { 1 } else { 4 };

/// Searches on as many threads as the plan has, including this one, until all is done or `stop` returns true. `report` is
/// called with the number of items that this thread has searched since its last call.
pub(super) fn run(plan: &Arc<Plan>, stop: &dyn Fn() -> bool, report: &mut dyn FnMut(usize)) {
    const { assert!(BITS * 64 == BLOCK) };
    let helpers = (plan.found.len() - 1)
        .min(plan.snapshot.blocks.len().saturating_sub(1) / BLOCKS_PER_HELPER);
    #[cfg(test)]
    if helpers >= job::parallelism() {
        return std::thread::scope(|scope| {
            for number in 1..=helpers {
                let stop = || plan.stopped.load(Ordering::Relaxed);
                scope.spawn(move || Searcher::new(plan).work(number, &mut |_| {}, &stop));
            }
            Searcher::new(plan).work(0, report, stop);
        });
    }
    let others = Arc::clone(plan);
    let this = || Searcher::new(plan).work(0, report, stop);
    job::run_parallel(helpers, this, move |number| {
        let stop = || others.stopped.load(Ordering::Relaxed);
        Searcher::new(&others).work(number, &mut |_| {}, &stop);
    });
}
