//! Searching: blocks are claimed one by one by as many threads as there are.
//!
//! Of some blocks at a time, the items that match are found first, by the [filter](super::filter). Of those, only items that
//! can still be among the best are scored, the shorter ones first: the most that a term can earn is known, and so are the
//! items' lengths, so that once there are enough good short ones the rest is passed over. What is scored goes into
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
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use worker::Searcher;

/// A query over a snapshot, and how far it has come.
pub(super) struct Plan {
    query: Query,
    options: SessionOptions,
    limit: usize,
    snapshot: Arc<Snapshot>,
    boosts: Arc<Boosts>,
    /// What decides, the cheapest first; none if the scorer decides everything.
    groups: Option<Vec<Group>>,
    /// What is scored by kernels.
    needles: Vec<Needle>,
    /// What is left for the scorer, and the tests of that.
    rest: Query,
    rest_tests: Vec<Vec<TermFilter>>,
    bonuses: Bonuses,
    /// The most that an item can earn, without its boost.
    most: i32,
    /// What the rest can earn of that, or more if that is cut off.
    rest_most: i32,
    /// The first two chars of the only term, if it is a fuzzy one that begins with letters or digits.
    pair: Option<(u8, u8)>,
    /// What the needles begin with, by [`start_bit`] of the first char alone.
    openings: u64,
    /// The next block that nobody has claimed.
    next: AtomicUsize,
    stopped: AtomicBool,
    /// There was no memory for an item, so that it is not known whether it matches.
    refused: AtomicBool,
    /// No item of less merit can be among the best.
    floor: AtomicU64,
    /// By thread.
    found: Vec<Mutex<Partial>>,
    prior: Reusable,
    /// What matches in each block.
    seen: Vec<OnceLock<BlockMatches>>,
    boosted: u64,
}

/// Terms of which one has to match.
struct Group {
    tests: Vec<TermFilter>,
    /// What the search matched that is continued matches these terms.
    settled: bool,
}

/// What a search is about.
pub(super) struct View {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) boosts: Arc<Boosts>,
    /// Number of the boosts.
    pub(super) boosted: u64,
    pub(super) prior: Reusable,
}

/// What was found: by a thread since it last handed in what it had, or of what each thread has handed in.
struct Partial {
    total: usize,
    searched: usize,
    best: TopK,
}

/// By how much an item earns less than the most in which nothing behind a delimiter begins with the first two chars of a
/// term, of which the first is a letter or a digit: either there is a gap between the two, which costs this, or the first
/// is behind no delimiter and earns one less, twice, and so does the second for following it.
const GAP_LOSS: i32 = 3;

impl Partial {
    fn new(limit: usize) -> Partial {
        Partial { total: 0, searched: 0, best: TopK::new(limit) }
    }
}

/// The most that a term of so many chars can earn.
fn most_for(bonuses: &Bonuses, len: usize, kind: Kind) -> i32 {
    let len = i32::try_from(len).unwrap_or(i32::MAX / 64);
    // Of terms that are no fuzzy ones the scorer adds up otherwise.
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
                Partial { total: *total, searched: *searched, best: best.clone() }
            }
            None => Partial::new(limit),
        };
        prior.blocks.resize(snapshot.blocks.len().max(prior.blocks.len()), None);
        let seen = snapshot.blocks.iter().map(|_| OnceLock::new()).collect();
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

    /// The most that a needle can earn.
    fn most_for(&self, needle: &Needle) -> i32 {
        most_for(&self.bonuses, needle.bytes.len(), Kind::Fuzzy)
    }

    /// The most that items can earn that have no white space and do not begin as a term does.
    fn usual_most(&self) -> i32 {
        let less = self.bonuses.white_over_delimiter();
        let each = |needle: &Needle| less * (needle.bytes.len() as i32 + 1);
        self.most - self.needles.iter().map(each).sum::<i32>()
    }

    /// Whether some items can earn more than most.
    fn has_raised(&self) -> bool {
        self.bonuses.white_over_delimiter() > 0
    }

    /// Whether items that begin with these bytes can earn more than most, 0 for what is not known. The bonus behind white
    /// space, in one scheme the highest, is for white space, for chars behind it and at the beginning of an item: a term that
    /// begins there but does not go on there loses more by the gap than that gives.
    #[inline]
    fn begins(&self, head: [u8; 2]) -> bool {
        self.needles.iter().any(|needle| {
            let is = |(&byte, &char): (&u8, &u8)| byte == 0 || needle.see(byte) == char;
            head.iter().zip(&needle.bytes).all(is)
        })
    }

    /// Whether an item of a directory that begins with `head` can earn no more than the most less [`GAP_LOSS`], provided that no
    /// component begins with the pair. Where the beginning of an item earns more than what follows a delimiter, an item
    /// that begins with the first char of the pair makes up for a part of the gap.
    #[inline]
    fn may_be_apart(&self, head: [u8; 2], pair: (u8, u8)) -> bool {
        !self.has_raised() || !head[0].eq_ignore_ascii_case(&pair.0)
    }

    /// Whether a component of a text begins with two chars.
    #[inline]
    fn starts(&self, text: &[u8], pair: (u8, u8)) -> bool {
        let pair = [pair.0, pair.1];
        components(text).any(|start| start.eq_ignore_ascii_case(&pair))
    }

    /// Whether to stop: `stop` says so, or it has done so before.
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

    /// Strategy many items it is about.
    pub(super) fn len(&self) -> usize {
        self.snapshot.len()
    }

    /// Takes over what a thread has found. Nobody holds the lock for longer than this takes, so that a
    /// [`ranking`](Plan::ranking) can be had at any time.
    fn hand_in(&self, number: usize, found: &mut Partial) {
        let found = std::mem::replace(found, Partial::new(self.limit));
        let mut all = self.found[number].lock().unwrap_or_else(PoisonError::into_inner);
        all.total += found.total;
        all.searched += found.searched;
        all.best.merge(&found.best);
        self.floor.fetch_max(all.best.threshold().merit(), Ordering::Relaxed);
    }

    /// What has been found so far, unless there was no memory for some of it.
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

    /// What later searches may begin with.
    pub(super) fn known(&self) -> CachedResult {
        let (mut total, mut searched, mut best) = (0, 0, TopK::new(self.limit));
        for found in &self.found {
            let found = found.lock().unwrap_or_else(PoisonError::into_inner);
            total += found.total;
            searched += found.searched;
            best.merge(&found.best);
        }
        let blocks = self.seen.iter().map(|seen| seen.get().cloned()).collect();
        let tests = self.groups.iter().flatten().flat_map(|group| &group.tests);
        let memos = tests.filter_map(TermFilter::memo).collect();
        let (query, limit, boosted) = (self.query.clone(), self.limit, self.boosted);
        let best = (!self.stopped.load(Ordering::Relaxed)).then_some(best);
        CachedResult { query, limit, boosted, total, searched, best, blocks, memos }
    }
}

/// Blocks for each thread that helps, at least.
const BLOCKS_PER_HELPER: usize = if cfg!(test) { 1 } else { 4 };

/// Searches on as many threads as the plan is for, this one among them, until it is done or `stop` says so. `tell` hears how
/// many items this thread has searched.
pub(super) fn run(plan: &Arc<Plan>, stop: &dyn Fn() -> bool, tell: &mut dyn FnMut(usize)) {
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
            Searcher::new(plan).work(0, tell, stop);
        });
    }
    let others = Arc::clone(plan);
    let this = || Searcher::new(plan).work(0, tell, stop);
    job::run_parallel(helpers, this, move |number| {
        let stop = || others.stopped.load(Ordering::Relaxed);
        Searcher::new(&others).work(number, &mut |_| {}, &stop);
    });
}
