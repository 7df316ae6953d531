//! Searching: several threads claim blocks one by one, and rank the items that match.
//!
//! For a few blocks at a time, the [filter](super::filter) first finds the items that match. Only those that can still be
//! among the best are then scored, the shorter ones first: the maximum score of a term is known, and so are the items'
//! lengths, so that the other items are skipped once enough good short ones are found. Scoring is done in
//! [batches](super::kernel).

mod bounds;
mod plan;
mod queue;
mod scoring;
mod worker;

pub(super) use plan::{Plan, View};

use super::corpus::BLOCK;
use super::filter::BITS;
use crate::job;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use worker::Searcher;

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
