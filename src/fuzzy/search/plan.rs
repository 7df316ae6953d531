//! The plan of a search: what to look for, in what order, and the results so far. All threads of a search share it.

use crate::fuzzy::boosts::Boosts;
use crate::fuzzy::corpus::{Snapshot, components, start_bit};
use crate::fuzzy::filter::TermFilter;
use crate::fuzzy::fzf::bonus::{MATCH, Model};
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::fzf::score::TYPO;
use crate::fuzzy::history::{BlockMatches, CachedResult, Reusable};
use crate::fuzzy::kernel::{Bonuses, Needle, ROWS};
use crate::fuzzy::options::SessionOptions;
use crate::fuzzy::rank::{Ranking, TopK};
use crate::memory::{self, NoMemory, must};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A query over a snapshot, and the progress and results of its search.
pub(in crate::fuzzy) struct Plan {
    pub(in crate::fuzzy::search) query: Query,
    pub(in crate::fuzzy::search) options: SessionOptions,
    pub(in crate::fuzzy::search) limit: usize,
    pub(in crate::fuzzy::search) snapshot: Arc<Snapshot>,
    pub(in crate::fuzzy::search) boosts: Arc<Boosts>,
    /// Groups of filters, the cheapest first, or none if the scorer decides every item.
    pub(in crate::fuzzy::search) groups: Option<Vec<Group>>,
    /// The terms that kernels score.
    pub(in crate::fuzzy::search) needles: Vec<Needle>,
    /// The groups of the query that only the scorer handles, and their filters.
    pub(in crate::fuzzy::search) rest: Query,
    pub(in crate::fuzzy::search) rest_tests: Vec<Vec<TermFilter>>,
    pub(in crate::fuzzy::search) bonuses: Bonuses,
    /// The maximum score of an item, without its boost.
    pub(in crate::fuzzy::search) most: i32,
    /// The maximum score of `rest`, which may be more than `most` where that is capped.
    pub(in crate::fuzzy::search) rest_most: i32,
    /// The first two characters of the term, if the query is a single fuzzy term whose first character is a letter or a
    /// digit.
    pub(in crate::fuzzy::search) pair: Option<(u8, u8)>,
    /// The first characters of the needles, as a set of [`start_bit`] with a zero second character.
    pub(in crate::fuzzy::search) openings: u64,
    /// The next block to claim.
    pub(in crate::fuzzy::search) next: AtomicUsize,
    pub(in crate::fuzzy::search) stopped: AtomicBool,
    /// Memory for an item could not be allocated, so whether it matches is unknown.
    pub(in crate::fuzzy::search) refused: OnceLock<NoMemory>,
    /// An item below this [`merit`](crate::fuzzy::rank::RankKey::merit) cannot be among the best.
    pub(in crate::fuzzy::search) floor: AtomicU64,
    /// The results, one entry per thread.
    pub(in crate::fuzzy::search) found: Vec<Mutex<Partial>>,
    pub(in crate::fuzzy::search) prior: Reusable,
    /// The items that match in each block.
    pub(in crate::fuzzy::search) seen: Vec<OnceLock<BlockMatches>>,
    pub(in crate::fuzzy::search) boosted: u64,
}

/// Terms of which at least one has to match.
pub(in crate::fuzzy::search) struct Group {
    pub(in crate::fuzzy::search) tests: Vec<TermFilter>,
    /// Whether the items that the reused search matched are known to match this group.
    pub(in crate::fuzzy::search) settled: bool,
}

/// The items to search, their boosts, and what earlier searches found.
pub(in crate::fuzzy) struct View {
    pub(in crate::fuzzy) snapshot: Arc<Snapshot>,
    pub(in crate::fuzzy) boosts: Arc<Boosts>,
    /// Version of the boosts: it is incremented when they change.
    pub(in crate::fuzzy) boosted: u64,
    pub(in crate::fuzzy) prior: Reusable,
}

/// Results of a thread: those since its last hand-in, or all that were handed in.
pub(in crate::fuzzy::search) struct Partial {
    pub(in crate::fuzzy::search) total: usize,
    pub(in crate::fuzzy::search) searched: usize,
    pub(in crate::fuzzy::search) best: TopK,
}

/// The difference between the maximum score and the score of an item in which no component begins with the first two
/// characters of the term (the first being a letter or a digit). Either there is a gap between the two, which costs 3, or
/// the first does not follow a delimiter: it then earns one less, twice, and so does the second, which inherits its
/// bonus.
pub(in crate::fuzzy::search) const GAP_LOSS: i32 = 3;

impl Partial {
    pub(in crate::fuzzy::search) fn new(limit: usize) -> Partial {
        Partial { total: 0, searched: 0, best: TopK::new(limit) }
    }
}

/// Returns the maximum score of a term of `len` characters.
pub(in crate::fuzzy::search) fn most_for(bonuses: &Bonuses, len: usize, kind: Kind) -> i32 {
    let len = i32::try_from(len).unwrap_or(i32::MAX / 64);
    // The scorer counts the first bonus differently for terms that are not fuzzy.
    let firsts = if kind == Kind::Fuzzy { 1 } else { 2 };
    MATCH * len + bonuses.most() * (len + firsts)
}

impl Plan {
    pub(in crate::fuzzy) fn new(
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
            refused: OnceLock::new(),
            floor,
            found,
            prior,
            seen,
            boosted,
        }
    }

    /// Returns the maximum score of a needle.
    pub(in crate::fuzzy::search) fn most_for(&self, needle: &Needle) -> i32 {
        most_for(&self.bonuses, needle.bytes.len(), Kind::Fuzzy)
    }

    /// Returns the maximum score of an item that has no white space and does not begin as a needle does.
    pub(in crate::fuzzy::search) fn usual_most(&self) -> i32 {
        let less = self.bonuses.white_over_delimiter();
        let each = |needle: &Needle| less * (needle.bytes.len() as i32 + 1);
        self.most - self.needles.iter().map(each).sum::<i32>()
    }

    /// Returns whether some items can exceed [`usual_most`](Plan::usual_most).
    pub(in crate::fuzzy::search) fn has_raised(&self) -> bool {
        self.bonuses.white_over_delimiter() > 0
    }

    /// Returns whether an item that begins with the bytes `head` (0 for unknown bytes) can exceed
    /// [`usual_most`](Plan::usual_most). The bonus after white space, the highest in one scheme, applies to white space,
    /// to characters after it and to the beginning of an item. A term that begins there and continues elsewhere loses
    /// more by the gap than that bonus is worth.
    #[inline]
    pub(in crate::fuzzy::search) fn begins(&self, head: [u8; 2]) -> bool {
        self.needles.iter().any(|needle| {
            let is = |(&byte, &char): (&u8, &u8)| byte == 0 || needle.see(byte) == char;
            head.iter().zip(&needle.bytes).all(is)
        })
    }

    /// Returns whether items of a directory that begins with `head` score at least [`GAP_LOSS`] below the maximum,
    /// provided that no component begins with `pair`. Where the bonus at the beginning of an item is higher than after a
    /// delimiter, an item that begins with the first character of the pair makes up for part of the gap.
    #[inline]
    pub(in crate::fuzzy::search) fn may_be_apart(&self, head: [u8; 2], pair: (u8, u8)) -> bool {
        !self.has_raised() || !head[0].eq_ignore_ascii_case(&pair.0)
    }

    /// Returns whether a component of `text` begins with the two characters of `pair`.
    #[inline]
    pub(in crate::fuzzy::search) fn starts(&self, text: &[u8], pair: (u8, u8)) -> bool {
        let pair = [pair.0, pair.1];
        components(text).any(|start| start.eq_ignore_ascii_case(&pair))
    }

    /// Returns whether to stop: `stop` returns true, or did so before.
    #[inline]
    pub(in crate::fuzzy::search) fn is_stopped(&self, stop: &dyn Fn() -> bool) -> bool {
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
    pub(in crate::fuzzy) fn len(&self) -> usize {
        self.snapshot.len()
    }

    /// Moves the results of a thread into the plan. The lock is held for no longer than that, so that a
    /// [`ranking`](Plan::ranking) is available at any time.
    pub(in crate::fuzzy::search) fn hand_in(&self, number: usize, found: &mut Partial) {
        let found = std::mem::replace(found, Partial::new(self.limit));
        let mut all = self.found[number].lock().unwrap_or_else(PoisonError::into_inner);
        all.total += found.total;
        all.searched += found.searched;
        all.best.merge(&found.best);
        self.floor.fetch_max(all.best.threshold().merit(), Ordering::Relaxed);
    }

    /// Returns the results so far, or an error if memory for some of them could not be allocated.
    pub(in crate::fuzzy) fn ranking(&self) -> Result<Ranking, NoMemory> {
        if let Some(&refused) = self.refused.get() {
            return Err(refused);
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
    pub(in crate::fuzzy) fn known(&self) -> CachedResult {
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
