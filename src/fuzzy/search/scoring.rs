//! Scoring: items wait in queues until there are enough of them for a batch.

use super::plan::Partial;
use super::queue::{Item, QUEUE_MAX_BYTES};
use super::worker::Searcher;
use crate::fuzzy::corpus::Run;
use crate::fuzzy::filter::TermFilter;
use crate::fuzzy::fzf::score::TYPO;
use crate::fuzzy::kernel::{self, BATCH, Batch, Bonuses, Rows};
use crate::fuzzy::rank::RankKey;
use crate::memory::{self, must};
use std::sync::atomic::Ordering;

/// Returns the score of a group all of whose terms are prefixes or suffixes: that of the first term that matches. Returns
/// none if only the scorer can determine it.
fn score_edges(
    group: &[TermFilter],
    directory: &[u8],
    name: &[u8],
    bonuses: &Bonuses,
) -> Option<i32> {
    for test in group {
        if let Some(score) = test.score_edge(directory, name, bonuses)? {
            return Some(score);
        }
    }
    None
}

impl Searcher<'_> {
    /// Queues an item for a kernel, or scores it at once. Returns whether to continue, as the scorer may take long.
    pub(super) fn score(
        &mut self,
        block: usize,
        run: &Run,
        at: usize,
        found: &mut Partial,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let (plan, place) = (self.plan, (block as u32, at as u16));
        let block = &*plan.snapshot.blocks[block];
        let (number, name) = (run.directory, block.name(at));
        if !Batch::takes(name) {
            self.slow(block, number, at, found);
            return !plan.is_stopped(stop);
        }
        kernel::prefetch(block, at);
        let memory = &mut self.memory;
        let mut given = 0;
        if !plan.rest.is_empty() {
            let directory = plan.snapshot.directory(number).text;
            match plan.rest_tests.iter().try_fold(0, |sum: i32, group| {
                Some(sum.saturating_add(score_edges(group, directory, name, &plan.bonuses)?))
            }) {
                Some(score) => given = score.min(TYPO - 1),
                None if plan.is_stopped(stop) => return false,
                None => {
                    plan.snapshot.join(number, name, &mut memory.item);
                    match memory.scorer.score(&plan.rest, &memory.item) {
                        Some(score) => given = score,
                        None => {
                            debug_assert!(false, "the filter and the scorer differ");
                            return true;
                        }
                    }
                }
            }
        }
        if plan.needles.is_empty() {
            let place = self.place(given, block.lengths()[at], block.first() + at);
            self.offer(place, found);
            return true;
        }
        let class = QUEUE_MAX_BYTES.iter().take_while(|&&short| name.len() > short).count();
        let queue = &mut self.queues[class];
        if queue.rows.is_empty() {
            must(memory::reserve(&mut queue.rows, plan.needles.len()));
            queue.rows.extend(plan.needles.iter().map(|needle| Rows::new(needle.bytes.len())));
        }
        let before = if number == 0 { plan.bonuses.first } else { b'/' };
        for (needle, (rows, ends)) in
            plan.needles.iter().zip(queue.rows.iter_mut().zip(&mut self.ends))
        {
            rows.push(ends.get(plan, needle, run));
        }
        queue.items.push(Item { block: place.0, at: place.1, before, given });
        if queue.items.len() == BATCH {
            self.flush(class, found);
        }
        true
    }

    pub(super) fn flush(&mut self, class: usize, found: &mut Partial) {
        let plan = self.plan;
        let queue = &mut self.queues[class];
        if queue.items.is_empty() {
            return;
        }
        let place =
            |item: &Item| (&*plan.snapshot.blocks[item.block as usize], usize::from(item.at));
        queue.batch.read(queue.items.iter().map(place), queue.items.iter().map(|item| item.before));
        for (needle, rows) in plan.needles.iter().zip(&mut queue.rows) {
            kernel::chosen().score(&queue.batch, rows, needle, &plan.bonuses);
        }
        let items = std::mem::take(&mut queue.items);
        for (lane, item) in items.iter().enumerate() {
            let scores = self.queues[class].rows.iter().map(|rows| {
                debug_assert!(rows.scores[lane] > 0, "the filter and the kernel differ");
                i32::from(rows.scores[lane])
            });
            let score = scores.fold(item.given, i32::saturating_add).min(TYPO - 1);
            let (block, at) = place(item);
            let place = self.place(score, block.lengths()[at], block.first() + at);
            self.offer(place, found);
        }
        let queue = &mut self.queues[class];
        queue.items = items;
        queue.items.clear();
        queue.rows.iter_mut().for_each(|rows| rows.clear());
    }

    pub(super) fn offer(&self, place: RankKey, found: &mut Partial) {
        let before = found.best.threshold();
        found.best.offer(place);
        let now = found.best.threshold();
        if now > before {
            self.plan.floor.fetch_max(now.merit(), Ordering::Relaxed);
        }
    }
}
