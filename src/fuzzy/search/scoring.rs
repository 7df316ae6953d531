//! What is scored waits in queues until there is enough for a batch.

use super::worker::Searcher;
use super::{Found, LARGEST, Plan};
use crate::fuzzy::corpus::{Block, Run};
use crate::fuzzy::filter::Test;
use crate::fuzzy::kernel::{self, BATCH, Batch, Bonuses, Needle, State};
use crate::fuzzy::rank::Place;
use crate::fuzzy::score::TYPO;
use std::sync::atomic::Ordering;

/// What a group earns whose terms are all bound to the beginning or the end of an item: the first that matches. None if
/// that is not known here.
fn score_edges(group: &[Test], folder: &[u8], name: &[u8], bonuses: &Bonuses) -> Option<i32> {
    for test in group {
        if let Some(score) = test.score_edge(folder, name, bonuses)? {
            return Some(score);
        }
    }
    None
}

/// Longest names of each queue but the last.
const SHORT: [usize; 2] = [16, 32];

#[derive(Default)]
pub(super) struct Queue {
    /// For each needle.
    batches: Vec<Batch>,
    /// Index, length, and what the scorer has given.
    items: Vec<(usize, u16, i32)>,
}

/// Folders of which the states are kept; one takes the place of another.
const ENDS: usize = 512;

impl Default for Ends {
    fn default() -> Ends {
        Ends { states: vec![(u32::MAX, State::START); ENDS] }
    }
}

pub(super) struct Ends {
    states: Vec<(u32, State)>,
}

impl Ends {
    /// What is known at the end of a folder.
    fn get(&mut self, plan: &Plan, needle: &Needle, number: u32) -> &State {
        let slot = number as usize % ENDS;
        if self.states[slot].0 != number {
            let state = self.find(plan, needle, number);
            self.states[slot] = (number, state);
        }
        &self.states[slot].1
    }

    fn find(&mut self, plan: &Plan, needle: &Needle, number: u32) -> State {
        if number == 0 {
            return State::START;
        }
        let own = plan.snapshot.component(number);
        let mut state = *self.get(plan, needle, own.parent);
        let before = if own.parent == 0 { plan.bonuses.first } else { b'/' };
        kernel::extend(&mut state, own.text, before, needle, &plan.bonuses);
        state
    }
}

impl Searcher<'_> {
    /// Puts an item where it is scored, at once or when there are enough.
    pub(super) fn score(&mut self, block: &Block, run: &Run, at: usize, found: &mut Found) {
        let plan = self.plan;
        let (index, length) = (block.first() + at, block.lengths()[at]);
        let (number, name) = (run.folder, block.name(at));
        let len = plan.snapshot.folder(number).text.len() + name.len();
        if !Batch::takes(name) || len.saturating_mul(plan.longest) > LARGEST {
            self.slow(block, number, at, found);
            return;
        }
        let memory = &mut self.memory;
        let mut given = 0;
        if !plan.rest.is_empty() {
            let folder = plan.snapshot.folder(number).text;
            match plan.rest_tests.iter().try_fold(0, |sum: i32, group| {
                Some(sum.saturating_add(score_edges(group, folder, name, &plan.bonuses)?))
            }) {
                Some(score) => given = score.min(TYPO - 1),
                None => {
                    plan.snapshot.join(number, name, &mut memory.item);
                    match memory.scorer.score(&plan.rest, &memory.item) {
                        Some(score) => given = score,
                        None => return debug_assert!(false, "the filter and the scorer differ"),
                    }
                }
            }
        }
        if plan.needles.is_empty() {
            let place = self.place(given, length, index);
            return self.offer(place, found);
        }
        let class = SHORT.iter().take_while(|&&short| name.len() > short).count();
        let queue = &mut self.queues[class];
        queue.batches.resize_with(plan.needles.len(), Batch::new);
        self.ends.resize_with(plan.needles.len(), Ends::default);
        let before = if number == 0 { plan.bonuses.first } else { b'/' };
        for (needle, (batch, ends)) in
            plan.needles.iter().zip(queue.batches.iter_mut().zip(&mut self.ends))
        {
            batch.push(name, before, needle.bytes.len(), ends.get(plan, needle, number));
        }
        queue.items.push((index, length, given));
        if queue.items.len() == BATCH {
            self.flush(class, found);
        }
    }

    pub(super) fn flush(&mut self, class: usize, found: &mut Found) {
        let plan = self.plan;
        let queue = &mut self.queues[class];
        for (needle, batch) in plan.needles.iter().zip(&mut queue.batches) {
            kernel::chosen().score(batch, needle, &plan.bonuses);
        }
        let items = std::mem::take(&mut queue.items);
        for (lane, &(index, length, given)) in items.iter().enumerate() {
            let scores = self.queues[class].batches.iter().map(|batch| {
                debug_assert!(batch.scores[lane] > 0, "the filter and the kernel differ");
                i32::from(batch.scores[lane])
            });
            let score = scores.fold(given, i32::saturating_add).min(TYPO - 1);
            let place = self.place(score, length, index);
            self.offer(place, found);
        }
        let queue = &mut self.queues[class];
        queue.items = items;
        queue.items.clear();
        queue.batches.iter_mut().for_each(Batch::clear);
    }

    pub(super) fn offer(&self, place: Place, found: &mut Found) {
        let before = found.best.threshold();
        found.best.offer(place);
        let now = found.best.threshold();
        if now > before {
            self.plan.floor.fetch_max(now.merit(), Ordering::Relaxed);
        }
    }
}
