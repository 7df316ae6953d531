//! A search thread: it finds the items that match in some blocks, and then scores those that can be among the best.

use super::plan::{GAP_LOSS, Partial, Plan};
use super::queue::Queue;
use crate::fuzzy::corpus::{Bits, Block, OTHER, WHITE, start_bit};
use crate::fuzzy::filter::{BITS, Memory, TermFilter, ones};
use crate::fuzzy::fzf::score::Scorer;
use crate::fuzzy::history::BlockMatches;
use crate::fuzzy::kernel;
use crate::fuzzy::rank::RankKey;
use crate::fuzzy::search::bounds::{self, DirBounds, Threshold};
use crate::memory::{self, must};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Maximum number of blocks that a thread filters before it scores the items found. A thread also stops filtering after
/// [`MAX_SCAN_TIME`]. The more blocks, the fewer items are scored, as the most promising of all of them come first.
const MAX_BLOCKS: usize = if cfg!(test) { 2 } else { 256 };
const MAX_SCAN_TIME: Duration = Duration::from_millis(if cfg!(test) { 60_000 } else { 4 });

/// In a long search, threads filter for a shorter time per round until this time has passed, as the user waits for the
/// first rows and scoring may take several times as long as filtering.
const FIRST_ROWS_TIME: Duration = Duration::from_millis(3);

/// Pending items are scored in steps by length: first the shortest ones, [`FIRST_STEP_LIMITS`] times the limit, then
/// [`STEP_GROWTH`] times as many, and so on up to the [`MAX_STEP_DIVISOR`]th part of all items, as each step loses the
/// cached state of directories.
const FIRST_STEP_LIMITS: usize = 2;
const STEP_GROWTH: usize = 64;
const MAX_STEP_DIVISOR: usize = 4;

/// Number of lengths that are counted to choose the steps; longer items share the last one.
const COUNTED_LENGTHS: usize = 256;

/// A search thread and its working memory.
pub(super) struct Searcher<'p> {
    pub(super) plan: &'p Plan,
    pub(super) memory: Memory,
    columns: Vec<std::ops::Range<u32>>,
    /// Score bounds for each needle.
    pub(super) ends: Vec<DirBounds>,
    /// Items that wait for a kernel, by the length of their names.
    pub(super) queues: [Queue; 3],
    pending: Vec<Pending>,
}

/// The items found in a block that have not been scored yet.
struct Pending {
    block: usize,
    alive: Bits,
    /// A bit for each word whose items have been classified, which sets the following masks.
    classified: u64,
    /// Items that can exceed the usual maximum score.
    raised: Bits,
    /// Items that score at least [`GAP_LOSS`] below the maximum.
    apart: Bits,
    /// Items whose names decide whether they belong to `apart`.
    unsure: Bits,
}

impl<'p> Searcher<'p> {
    pub(super) fn new(plan: &'p Plan) -> Searcher<'p> {
        Searcher {
            plan,
            memory: Memory::new(Scorer::new(plan.options.scheme)),
            columns: Vec::new(),
            ends: plan.needles.iter().map(DirBounds::new).collect(),
            queues: Default::default(),
            pending: Vec::new(),
        }
    }

    /// Searches a block, and returns whether the search of it was completed.
    fn block(&mut self, number: usize, found: &mut Partial, stop: &dyn Fn() -> bool) -> bool {
        let plan = self.plan;
        let block = &*plan.snapshot.blocks[number];
        let prior = plan.prior.blocks[number].as_ref();
        let go_on = plan.prior.start.is_some();
        let mut todo = [0; BITS];
        for at in (0..block.len()).step_by(64) {
            todo[at / 64] = u64::MAX >> (64 - (block.len() - at).min(64));
        }
        // Items that are known to match and have to be scored.
        let mut settled = [0; BITS];
        let mut all = [0; BITS];
        // Items that matched an earlier, wider query.
        let mut narrowed = [0; BITS];
        if let Some(seen) = prior {
            // An empty block stays empty for a narrower query.
            let is_none = || seen.bits.iter().all(|&word| word == 0);
            if seen.len == block.len() && (go_on || is_none()) {
                found.searched += if go_on { 0 } else { seen.len };
                self.remember(number, seen.clone());
                return true;
            }
            let mut before = [0; BITS];
            for at in (0..seen.len).step_by(64) {
                before[at / 64] = u64::MAX >> (64 - (seen.len - at).min(64));
            }
            for word in 0..BITS {
                todo[word] &= !before[word];
                match (go_on, plan.prior.same) {
                    (true, _) => all[word] = seen.bits[word],
                    (_, true) => settled[word] = seen.bits[word],
                    _ => narrowed[word] = seen.bits[word],
                }
            }
        }
        let mut alive = [0; BITS];
        let mut slow = [0; BITS];
        match &plan.groups {
            Some(groups) => {
                let quick = |word: usize| match groups[..] {
                    [] => u64::MAX,
                    _ => block.ascii().get(word).copied().unwrap_or(0),
                };
                for word in 0..BITS {
                    alive[word] = (todo[word] | narrowed[word]) & quick(word);
                    slow[word] = (todo[word] | narrowed[word] | settled[word]) & !quick(word);
                }
                for group in groups {
                    let known = |word: usize| if group.settled { narrowed[word] } else { 0 };
                    let asked = std::array::from_fn(|word| alive[word] & !known(word));
                    let Some(found) = self.group(&group.tests, block, &asked, stop) else {
                        return false;
                    };
                    alive = std::array::from_fn(|word| alive[word] & known(word) | found[word]);
                }
                for word in 0..BITS {
                    alive[word] |= settled[word] & quick(word);
                }
            }
            None => {
                (0..BITS).for_each(|word| slow[word] = todo[word] | narrowed[word] | settled[word])
            }
        }
        found.searched += block.len() - prior.filter(|_| go_on).map_or(0, |seen| seen.len);
        for word in 0..BITS {
            all[word] |= alive[word];
            for at in ones(word, slow[word]) {
                if self.is_stopped(stop) {
                    return false;
                }
                let directory = block.run(at).directory;
                all[word] |= u64::from(self.slow(block, directory, at, found)) << (at % 64);
            }
        }
        let count = |bits: &Bits| bits.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        found.total += count(&all) - prior.filter(|_| go_on).map_or(0, |seen| count(&seen.bits));
        if plan.query.orders() {
            let (raised, apart, unsure) = ([0; BITS], [0; BITS], [0; BITS]);
            let pending = Pending { block: number, alive, classified: 0, raised, apart, unsure };
            must(memory::push(&mut self.pending, pending));
        } else if RankKey::new(0, 0, block.first()) > found.best.threshold() {
            for (word, &bits) in alive.iter().enumerate() {
                ones(word, bits)
                    .for_each(|at| found.best.offer(RankKey::new(0, 0, block.first() + at)));
            }
        }
        self.remember(number, BlockMatches { bits: Arc::new(all), len: block.len() });
        true
    }

    fn remember(&self, number: usize, seen: BlockMatches) {
        // Each block is searched once.
        let _ = self.plan.seen[number].set(seen);
    }

    /// Returns the items that match at least one term of a group, or none if the search was stopped.
    fn group(
        &mut self,
        group: &[TermFilter],
        block: &Block,
        alive: &Bits,
        stop: &dyn Fn() -> bool,
    ) -> Option<Bits> {
        let (mut left, mut found) = (*alive, [0; BITS]);
        let plan = self.plan;
        let is_stopped = || plan.is_stopped(stop);
        for test in group {
            if is_stopped() {
                return None;
            }
            let matches = test.matches(&plan.snapshot, block, &left, &mut self.memory, &is_stopped);
            for word in 0..BITS {
                let matches =
                    if test.negated { left[word] & !matches[word] } else { matches[word] };
                found[word] |= matches;
                left[word] &= !matches;
            }
        }
        // A filter that was stopped has not looked at all items.
        (!plan.stopped.load(Ordering::Relaxed)).then_some(found)
    }

    /// Matches and scores an item that needs the scorer. Returns whether it matches.
    pub(super) fn slow(
        &mut self,
        block: &Block,
        directory: u32,
        at: usize,
        found: &mut Partial,
    ) -> bool {
        let (plan, memory) = (self.plan, &mut self.memory);
        plan.snapshot.join(directory, block.name(at), &mut memory.item);
        plan.options.cut(&memory.item, &mut self.columns);
        let score = memory.scorer.score_columns(&plan.query, &memory.item, &self.columns);
        if let Some(score) = score {
            let index = block.first() + at;
            let place = match plan.query.orders() {
                true => self.place(score, block.lengths()[at], index),
                false => RankKey::new(0, 0, index),
            };
            self.offer(place, found);
        }
        score.is_some()
    }

    pub(super) fn place(&self, score: i32, length: u16, index: usize) -> RankKey {
        RankKey::new(score.saturating_add(self.plan.boosts.get(index)), length, index)
    }

    /// Classifies the pending items of a word by the maximum score that they can reach.
    fn classify(&self, pending: &mut Pending, word: usize) {
        let plan = self.plan;
        let block = &*plan.snapshot.blocks[pending.block];
        pending.classified |= 1 << word;
        block.word_by_run(word, pending.alive[word], |number, bits| {
            let (starts, all) = (&block.starts()[number], block.runs()[number].all());
            if plan.has_raised() && (all & WHITE != 0 || plan.begins(starts.head)) {
                pending.raised[word] |= bits;
            } else if let Some(pair) = plan.pair
                && all & (WHITE | OTHER) == 0
                && starts.directory & start_bit(pair.0, pair.1) == 0
                && plan.may_be_apart(starts.head, pair)
            {
                let unsure = starts.names & start_bit(pair.0, pair.1) != 0;
                let place = if unsure { &mut pending.unsure } else { &mut pending.apart };
                place[word] |= bits;
            }
        });
    }

    /// Returns the maximum lengths of the steps in which to score, ascending.
    fn steps(&self, least: u64) -> Vec<u16> {
        let plan = self.plan;
        let mut steps = Vec::new();
        let most = plan.usual_most().saturating_add(plan.boosts.most());
        // If there already is a bound for the length, steps add nothing.
        if RankKey::longest(most, least) == Some(u16::MAX) {
            let count = |pending: &Pending| {
                pending.alive.iter().map(|word| word.count_ones() as usize).sum::<usize>()
            };
            let total: usize = self.pending.iter().map(count).sum();
            // A sample of the items is enough.
            let part = total / 8192 + 1;
            let mut counts = [0; COUNTED_LENGTHS];
            for pending in &self.pending {
                let lengths = plan.snapshot.blocks[pending.block].lengths();
                for word in (pending.block % part..BITS).step_by(part) {
                    for at in ones(word, pending.alive[word]) {
                        counts[usize::from(lengths[at]).min(COUNTED_LENGTHS - 1)] += part;
                    }
                }
            }
            let (mut next, mut sum) = (FIRST_STEP_LIMITS.saturating_mul(plan.limit), 0);
            for (length, count) in counts[..COUNTED_LENGTHS - 1].iter().enumerate() {
                sum += count;
                if sum >= next && sum < total / MAX_STEP_DIVISOR {
                    steps.push(length as u16);
                    next = sum.saturating_mul(STEP_GROWTH);
                }
            }
        }
        steps.push(u16::MAX);
        steps
    }

    /// Returns the merit below which no item can be among the best.
    fn least(&self, found: &Partial) -> u64 {
        found.best.threshold().merit().max(self.plan.floor.load(Ordering::Relaxed))
    }

    /// Scores the pending items of a block that are at most `step` long and can be among the best: those in `apart`, or
    /// the others.
    fn candidates(
        &mut self,
        pending: &mut Pending,
        step: u16,
        is_apart: bool,
        found: &mut Partial,
        stop: &dyn Fn() -> bool,
    ) {
        let plan = self.plan;
        if self.is_stopped(stop) {
            return;
        }
        let block = &*plan.snapshot.blocks[pending.block];
        let (lengths, boosts) = (block.lengths(), plan.boosts.most());
        let less = if is_apart { GAP_LOSS } else { 0 };
        let usual = (plan.usual_most() - less).saturating_add(boosts);
        let most = plan.most.saturating_add(boosts);
        for word in 0..block.shortest().len() {
            if pending.alive[word] == 0 {
                continue;
            }
            let least = self.least(found);
            let longest =
                |most: i32| RankKey::longest(most, least).map(|longest| longest.min(step));
            let may_be_raised = plan.has_raised() && block.openings()[word] & plan.openings != 0;
            let longest_of_all = longest(if may_be_raised { most } else { usual });
            if longest_of_all.is_none_or(|longest| longest < block.shortest()[word]) {
                continue;
            }
            if pending.classified >> word & 1 == 0 {
                self.classify(pending, word);
            }
            let (raised, apart) = (pending.raised[word], pending.apart[word]);
            let here = pending.alive[word] & if is_apart { apart } else { !apart };
            if here == 0 {
                continue;
            }
            let lengths_here = &lengths[word * 64..lengths.len().min(word * 64 + 64)];
            let upto = |most: u16| kernel::le_mask(lengths_here, most);
            let mut bits = longest(usual).map_or(0, upto) & !raised;
            if raised & here != 0 {
                bits |= longest_of_all.map_or(0, upto) & raised;
            }
            bits &= here;
            // The others up to this length can no longer be among the best.
            pending.alive[word] &= !(here & upto(step));
            if !is_apart && let Some(pair) = plan.pair {
                for at in ones(word, bits & pending.unsure[word]) {
                    if !plan.starts(block.name(at), pair) {
                        let bit = 1 << (at % 64);
                        bits ^= bit;
                        pending.apart[word] |= bit;
                        pending.alive[word] |= bit;
                    }
                }
            }
            let mut known = None;
            for at in ones(word, bits) {
                let number = block.run_number(at);
                let run = &block.runs()[number];
                // It rises with the best score so far.
                let now = self.least(found);
                // The threshold depends on the names of the run and not on its directory alone.
                let need = match known {
                    Some((of, merit, need)) if (of, merit) == (number, now) => need,
                    _ => {
                        let (score, length) = RankKey::least(now);
                        let own = score.saturating_sub(boosts);
                        // Either all items of a run are raised or none is.
                        let most = if raised >> (at % 64) & 1 == 0 { usual } else { most };
                        let need = bounds::need(&mut self.ends, plan, run, own, length)
                            .unwrap_or_else(|| Threshold::of(most, score, length));
                        known = Some((number, now, need));
                        need
                    }
                };
                if need.is_met(block.masks()[at], lengths[at])
                    && !self.score(pending.block, run, at, found, stop)
                {
                    return;
                }
            }
        }
    }

    /// Searches blocks until none is left, and calls `report` with the number of items searched in each round.
    pub(super) fn work(
        &mut self,
        number: usize,
        report: &mut dyn FnMut(usize),
        stop: &dyn Fn() -> bool,
    ) {
        let plan = self.plan;
        let (mut found, begun) = (Partial::new(plan.limit), Instant::now());
        let is_long = plan.snapshot.blocks.len() > MAX_BLOCKS * plan.found.len();
        let mut is_over = false;
        while !is_over {
            let since = Instant::now();
            let time = if is_long && begun.elapsed() < FIRST_ROWS_TIME {
                MAX_SCAN_TIME / 4
            } else {
                MAX_SCAN_TIME
            };
            for _ in 0..MAX_BLOCKS {
                let block = plan.next.fetch_add(1, Ordering::Relaxed);
                is_over = block >= plan.snapshot.blocks.len();
                if is_over {
                    break;
                }
                if self.is_stopped(stop) || !self.block(block, &mut found, stop) {
                    return plan.hand_in(number, &mut found);
                }
                if since.elapsed() >= time {
                    break;
                }
            }
            self.rank(&mut found, stop);
            let searched = found.searched;
            plan.hand_in(number, &mut found);
            if let Err(refused) = self.memory.scorer.has_memory() {
                let _ = plan.refused.set(refused);
                plan.stopped.store(true, Ordering::Relaxed);
            }
            if plan.stopped.load(Ordering::Relaxed) {
                return;
            }
            report(searched);
        }
    }

    fn is_stopped(&self, stop: &dyn Fn() -> bool) -> bool {
        self.plan.is_stopped(stop)
    }

    /// Scores the pending items, unless the search is stopped.
    fn rank(&mut self, found: &mut Partial, stop: &dyn Fn() -> bool) {
        let steps = self.steps(self.least(found));
        let mut pending = std::mem::take(&mut self.pending);
        let parts: &[bool] = if self.plan.pair.is_some() { &[false, true] } else { &[false] };
        for &is_apart in parts {
            for &step in &steps {
                for pending in &mut pending {
                    self.candidates(pending, step, is_apart, found, stop);
                    if self.plan.stopped.load(Ordering::Relaxed) {
                        return;
                    }
                }
                (0..self.queues.len()).for_each(|class| self.flush(class, found));
            }
        }
        pending.clear();
        self.pending = pending;
    }
}
