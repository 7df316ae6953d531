//! Searching: blocks are claimed one by one by as many threads as there are.
//!
//! Of each block, the items that match are found first, by the [filter](super::filter). Of those, only items that can still
//! be among the best are scored: the most that a term can earn is known, and so are the items' lengths, so that once there
//! are enough good short ones the rest is passed over. What is scored goes into [batches](super::kernel).

use super::boosts::Boosts;
use super::corpus::{BLOCK, Block, NOT_ASCII, Snapshot};
use super::filter::{BITS, Bits, Memory, Test};
use super::kernel::{self, BATCH, Batch, Bonuses, Needle, ROWS, State};
use super::model::{MATCH, Model};
use super::query::{Kind, Query};
use super::rank::{Best, Place, Ranking};
use super::score::{Scorer, TYPO};
use super::session::Options;
use crate::job;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A query over a snapshot, and how far it has come.
pub(super) struct Plan {
    query: Query,
    options: Options,
    limit: usize,
    snapshot: Snapshot,
    boosts: Arc<Boosts>,
    /// What decides, the cheapest first; none if the scorer decides everything.
    groups: Option<Vec<Vec<Test>>>,
    /// What is scored by kernels: the needle, and where in `groups` its test is.
    needles: Vec<(Needle, usize)>,
    /// What is left for the scorer.
    rest: Query,
    bonuses: Bonuses,
    /// The most that an item can earn, without its boost.
    most: i32,
    /// The next block that nobody has claimed.
    next: AtomicUsize,
    stopped: AtomicBool,
    /// No item of less merit can be among the best.
    floor: AtomicU64,
    /// By thread.
    found: Vec<Mutex<Found>>,
}

/// What a thread has found so far.
struct Found {
    total: usize,
    searched: usize,
    best: Best,
}

/// An item's total of characters times those of a term may not be more than this for a kernel, as for larger ones the
/// model is another.
const LARGEST: usize = 100 << 10;

impl Plan {
    pub(super) fn new(
        query: Query,
        options: Options,
        limit: usize,
        snapshot: Snapshot,
        boosts: Arc<Boosts>,
        threads: usize,
    ) -> Plan {
        let model = Model::new(options.scheme);
        let bonuses = Bonuses::new(&model);
        let mut number = 0;
        let mut groups: Vec<(Vec<Test>, usize)> = Vec::new();
        for (at, group) in query.groups.iter().enumerate() {
            let tests = group.iter().map(|term| {
                number += 1;
                Test::new(term, number - 1)
            });
            groups.push((tests.collect(), at));
        }
        groups.sort_by_key(|(tests, _)| tests.iter().map(Test::cost).max());
        let (mut needles, mut rest) = (Vec::new(), Query::default());
        for (place, (_, at)) in groups.iter().enumerate() {
            let group = &query.groups[*at];
            match &group[..] {
                [term] if term.negated => {}
                [term]
                    if term.kind == Kind::Fuzzy && term.typos == 0 && term.chars.len() <= ROWS =>
                {
                    if let Some(bytes) = term.ascii() {
                        needles.push((Needle { bytes, respect_case: term.respect_case }, place));
                    }
                }
                _ => rest.groups.push(group.clone()),
            }
        }
        let most = query.groups.iter().map(|group| {
            let terms = group.iter().filter(|term| !term.negated);
            let most = |len: usize| {
                let len = i32::try_from(len).unwrap_or(i32::MAX / 64);
                MATCH * len + bonuses.most() * (len + 2)
            };
            terms.map(|term| most(term.chars.len())).max().unwrap_or(0)
        });
        let most = most.fold(0, i32::saturating_add).min(TYPO - 1);
        let groups = groups.into_iter().map(|(tests, _)| tests).collect();
        let found = || Mutex::new(Found { total: 0, searched: 0, best: Best::new(limit) });
        Plan {
            groups: (!options.has_columns()).then_some(groups),
            query,
            options,
            limit,
            snapshot,
            boosts,
            needles,
            rest,
            bonuses,
            most,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            floor: AtomicU64::new(0),
            found: (0..threads.max(1)).map(|_| found()).collect(),
        }
    }

    /// How many items it is about.
    pub(super) fn len(&self) -> usize {
        self.snapshot.len()
    }

    /// What has been found so far.
    pub(super) fn ranking(&self) -> Ranking {
        let mut ranking = Ranking::default();
        let mut best = Best::new(self.limit);
        for found in &self.found {
            let found = found.lock().unwrap_or_else(PoisonError::into_inner);
            ranking.total += found.total;
            ranking.searched += found.searched;
            best.merge(&found.best);
        }
        ranking.rows = best.rows();
        ranking
    }
}

/// A thread at its work.
struct Searcher<'p> {
    plan: &'p Plan,
    memory: Memory,
    columns: Vec<std::ops::Range<u32>>,
    /// For each needle, what is known at the ends of some folders.
    ends: Vec<Ends>,
    /// Items that wait to be scored, by the length of their names.
    queues: [Queue; 3],
}

/// Longest names of each queue but the last.
const SHORT: [usize; 2] = [16, 32];

struct Queue {
    /// For each needle.
    batches: Vec<Batch>,
    /// Index, length, and what the scorer has given.
    items: Vec<(usize, u16, i32)>,
}

/// Folders of which the states are kept; one takes the place of another.
const ENDS: usize = 2048;

struct Ends {
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
        let folder = plan.snapshot.folder(number);
        let mut state = *self.get(plan, needle, folder.parent);
        let before = if folder.parent == 0 { plan.bonuses.first } else { b'/' };
        kernel::extend(&mut state, folder.own, before, needle, &plan.bonuses);
        state
    }
}

impl Queue {
    fn new(needles: usize) -> Queue {
        Queue { batches: (0..needles).map(|_| Batch::new()).collect(), items: Vec::new() }
    }
}

impl<'p> Searcher<'p> {
    fn new(plan: &'p Plan) -> Searcher<'p> {
        let needles = plan.needles.len();
        Searcher {
            plan,
            memory: Memory::new(Scorer::new(plan.options.scheme), &plan.snapshot),
            columns: Vec::new(),
            ends: (0..needles)
                .map(|_| Ends { states: vec![(u32::MAX, State::START); ENDS] })
                .collect(),
            queues: std::array::from_fn(|_| Queue::new(needles)),
        }
    }

    /// Searches a block, and tells whether it was to its end.
    fn block(&mut self, block: &Block, found: &mut Found, stop: &dyn Fn() -> bool) -> bool {
        let plan = self.plan;
        let mut alive = [0; BITS];
        let mut slow = [0; BITS];
        match &plan.groups {
            Some(groups) => {
                for (at, &mask) in block.masks().iter().enumerate() {
                    alive[at / 64] |= u64::from(mask & NOT_ASCII == 0) << (at % 64);
                }
                for at in 0..block.len() {
                    slow[at / 64] |= 1 << (at % 64);
                }
                if groups.is_empty() {
                    alive = slow;
                }
                slow.iter_mut().zip(&alive).for_each(|(slow, alive)| *slow &= !alive);
                for group in groups {
                    alive = self.group(group, block, &alive);
                }
            }
            None => (0..block.len()).for_each(|at| slow[at / 64] |= 1 << (at % 64)),
        }
        found.searched += block.len();
        for at in ones(&slow) {
            if at % 8 == 0 && stop() {
                return false;
            }
            self.slow(block, at, found);
        }
        found.total += alive.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        if !plan.query.orders() {
            for at in ones(&alive) {
                let place = Place::new(0, 0, block.first() + at);
                if place <= found.best.threshold() {
                    break;
                }
                found.best.offer(place);
            }
            return true;
        }
        self.candidates(block, &alive, found);
        true
    }

    fn group(&mut self, group: &[Test], block: &Block, alive: &Bits) -> Bits {
        let (mut left, mut found) = (*alive, [0; BITS]);
        for test in group {
            let matches = test.matches(&self.plan.snapshot, block, &left, &mut self.memory);
            for word in 0..BITS {
                let matches =
                    if test.negated { left[word] & !matches[word] } else { matches[word] };
                found[word] |= matches;
                left[word] &= !matches;
            }
        }
        found
    }

    /// An item for which there is no short way.
    fn slow(&mut self, block: &Block, at: usize, found: &mut Found) {
        let (plan, memory) = (self.plan, &mut self.memory);
        plan.snapshot.text(block, at, &mut memory.item);
        plan.options.cut(&memory.item, &mut self.columns);
        let score = memory.scorer.score_columns(&plan.query, &memory.item, &self.columns);
        if let Some(score) = score {
            found.total += 1;
            let index = block.first() + at;
            found.best.offer(if plan.query.orders() {
                self.place(score, block.lengths()[at], index)
            } else {
                Place::new(0, 0, index)
            });
        }
    }

    fn place(&self, score: i32, length: u16, index: usize) -> Place {
        Place::new(score.saturating_add(self.plan.boosts.get(index)), length, index)
    }

    /// Scores what can be among the best.
    fn candidates(&mut self, block: &Block, alive: &Bits, found: &mut Found) {
        let plan = self.plan;
        let most = plan.most.saturating_add(plan.boosts.most());
        for at in ones(alive) {
            let (index, length) = (block.first() + at, block.lengths()[at]);
            let bound = Place::new(most, length, index);
            if bound <= found.best.threshold() || bound.merit() < plan.floor.load(Ordering::Relaxed)
            {
                continue;
            }
            self.score(block, at, found);
        }
    }

    fn score(&mut self, block: &Block, at: usize, found: &mut Found) {
        let plan = self.plan;
        let (index, length) = (block.first() + at, block.lengths()[at]);
        let (number, name) = (block.folder(at), block.name(at));
        let folder = plan.snapshot.folder(number).text;
        let longest = plan.needles.iter().map(|(needle, _)| needle.bytes.len()).max().unwrap_or(0);
        let len = folder.len() + name.len();
        if !Batch::takes(name) || len.saturating_mul(longest) > LARGEST {
            found.total -= 1;
            return self.slow(block, at, found);
        }
        let memory = &mut self.memory;
        let mut given = 0;
        if !plan.rest.is_empty() {
            plan.snapshot.text(block, at, &mut memory.item);
            match memory.scorer.score(&plan.rest, &memory.item) {
                Some(score) => given = score,
                None => return debug_assert!(false, "the filter and the scorer differ"),
            }
        }
        if plan.needles.is_empty() {
            let place = self.place(given, length, index);
            return self.offer(place, found);
        }
        let class = SHORT.iter().take_while(|&&short| name.len() > short).count();
        let queue = &mut self.queues[class];
        let before = if number == 0 { plan.bonuses.first } else { b'/' };
        for ((needle, _), (batch, ends)) in
            plan.needles.iter().zip(queue.batches.iter_mut().zip(&mut self.ends))
        {
            batch.push(name, before, needle.bytes.len(), ends.get(plan, needle, number));
        }
        queue.items.push((index, length, given));
        if queue.items.len() == BATCH {
            self.flush(class, found);
        }
    }

    fn flush(&mut self, class: usize, found: &mut Found) {
        let plan = self.plan;
        let queue = &mut self.queues[class];
        for ((needle, _), batch) in plan.needles.iter().zip(&mut queue.batches) {
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

    fn offer(&self, place: Place, found: &mut Found) {
        let before = found.best.threshold();
        found.best.offer(place);
        let now = found.best.threshold();
        if now > before {
            self.plan.floor.fetch_max(now.merit(), Ordering::Relaxed);
        }
    }

    /// Searches blocks until there is none left.
    fn work(&mut self, number: usize, tell: &mut dyn FnMut(usize), stop: &dyn Fn() -> bool) {
        let plan = self.plan;
        let lock = || plan.found[number].lock().unwrap_or_else(PoisonError::into_inner);
        while !plan.stopped.load(Ordering::Relaxed) {
            let Some(block) = plan.snapshot.blocks.get(plan.next.fetch_add(1, Ordering::Relaxed))
            else {
                break;
            };
            let mut found = lock();
            if stop() || !self.block(block, &mut found, stop) {
                plan.stopped.store(true, Ordering::Relaxed);
                return;
            }
            drop(found);
            tell(block.len());
        }
        let mut found = lock();
        (0..self.queues.len()).for_each(|class| self.flush(class, &mut found));
    }
}

/// The items whose bits are set.
fn ones(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(word, &bits)| {
        let mut left = bits;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (bit < 64).then_some(word * 64 + bit)
        })
    })
}

/// Searches on as many threads as the plan is for, this one among them, until it is done or `stop` says so. `tell` hears how
/// many items this thread has searched.
pub(super) fn run(plan: &Arc<Plan>, stop: &dyn Fn() -> bool, tell: &mut dyn FnMut(usize)) {
    const { assert!(BITS * 64 == BLOCK) };
    let helpers = (plan.found.len() - 1).min(plan.snapshot.blocks.len().saturating_sub(1) / 4);
    let others = Arc::clone(plan);
    let this = || Searcher::new(plan).work(0, tell, stop);
    job::divide(helpers, this, move |number| {
        let stop = || others.stopped.load(Ordering::Relaxed);
        Searcher::new(&others).work(number, &mut |_| {}, &stop);
    });
}
