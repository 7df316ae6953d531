//! Searching: blocks are claimed one by one by as many threads as there are.
//!
//! Of each block, the items that match are found first, by the [filter](super::filter). Of those, only items that can still
//! be among the best are scored: the most that a term can earn is known, and so are the items' lengths, so that once there
//! are enough good short ones the rest is passed over. What is scored goes into [batches](super::kernel).

use super::boosts::Boosts;
use super::corpus::{BLOCK, Block, OTHER, Run, Snapshot, WHITE, start_bit};
use super::filter::{BITS, Bits, Memory, Test, ones, spread};
use super::kernel::{self, BATCH, Batch, Bonuses, Needle, ROWS, State};
use super::known::{Known, Prior, Seen};
use super::model::{MATCH, Model};
use super::query::{Kind, Query, Term};
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
    /// What is scored by kernels.
    needles: Vec<Needle>,
    /// Chars of the longest of them.
    longest: usize,
    /// What is left for the scorer, and the tests of that.
    rest: Query,
    rest_tests: Vec<Vec<Test>>,
    bonuses: Bonuses,
    /// The most that an item can earn, without its boost.
    most: i32,
    /// The first two chars of the only term, if it is a fuzzy one that begins with letters or digits.
    pair: Option<(u8, u8)>,
    /// The next block that nobody has claimed.
    next: AtomicUsize,
    stopped: AtomicBool,
    /// No item of less merit can be among the best.
    floor: AtomicU64,
    /// By thread.
    found: Vec<Mutex<Found>>,
    prior: Prior,
    /// What matches in each block.
    seen: Mutex<Vec<Option<Seen>>>,
    boosted: u64,
}

/// What a search is about.
pub(super) struct View {
    pub(super) snapshot: Snapshot,
    pub(super) boosts: Arc<Boosts>,
    /// Number of the boosts.
    pub(super) boosted: u64,
    pub(super) prior: Prior,
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

/// By how much an item earns less than the most in which nothing behind a delimiter begins with the first two chars of a
/// term, of which the first is a letter or a digit: either there is a gap between the two, which costs this, or the first
/// is behind no delimiter and earns one less, twice, and so does the second for following it.
const APART: i32 = 3;

impl Plan {
    pub(super) fn new(
        query: Query,
        options: Options,
        limit: usize,
        threads: usize,
        view: View,
    ) -> Plan {
        let model = Model::new(options.scheme);
        let bonuses = Bonuses::new(&model);
        let mut number = 0;
        let mut groups: Vec<Vec<Test>> = Vec::new();
        for group in &query.groups {
            let tests = group.iter().map(|term| {
                number += 1;
                Test::new(term, number - 1)
            });
            groups.push(tests.collect());
        }
        groups.sort_by_key(|tests| tests.iter().map(Test::cost).max());
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
                    rest_tests.push(group.iter().map(|term| Test::new(term, 0)).collect());
                }
            }
        }
        let most = query.groups.iter().map(|group| {
            let terms = group.iter().filter(|term| !term.negated);
            let most = |len: usize| {
                let len = i32::try_from(len).unwrap_or(i32::MAX / 64);
                MATCH * len + bonuses.most() * (len + 2)
            };
            let most = |term: &Term| {
                most(term.chars.len())
                    - match term.kind {
                        Kind::Fuzzy => bonuses.most(),
                        _ => 0,
                    }
            };
            terms.map(most).max().unwrap_or(0)
        });
        let most = most.fold(0, i32::saturating_add).min(TYPO - 1);
        let pair = match &needles[..] {
            [Needle { bytes, .. }] if groups.len() == 1 && bonuses.has_higher_delimiters() => {
                match bytes[..] {
                    [first, second, ..] if first.is_ascii_alphanumeric() => Some((first, second)),
                    _ => None,
                }
            }
            _ => None,
        };
        let longest = needles.iter().map(|needle: &Needle| needle.bytes.len()).max();
        let View { snapshot, boosts, boosted, mut prior } = view;
        let none = || Found { total: 0, searched: 0, best: Best::new(limit) };
        let first = match &prior.start {
            Some((total, searched, best)) => {
                Found { total: *total, searched: *searched, best: best.clone() }
            }
            None => none(),
        };
        prior.blocks.resize(snapshot.blocks.len().max(prior.blocks.len()), None);
        let seen = Mutex::new(vec![None; snapshot.blocks.len()]);
        let others = (1..threads).map(|_| none());
        let found = std::iter::once(first).chain(others).map(Mutex::new).collect();
        Plan {
            groups: (!options.has_columns()).then_some(groups),
            query,
            options,
            limit,
            snapshot,
            boosts,
            needles,
            longest: longest.unwrap_or(0),
            rest,
            rest_tests,
            bonuses,
            most,
            pair,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            floor: AtomicU64::new(0),
            found,
            prior,
            seen,
            boosted,
        }
    }

    /// The most that items can earn that begin with these bytes and have white space or not. The bonus behind white space,
    /// in one scheme the highest, is for white space, for chars behind it and at the beginning of an item: a term that
    /// begins there but does not go on there loses more by the gap than that gives.
    fn most(&self, head: [u8; 2], white: bool) -> i32 {
        if white {
            return self.most;
        }
        let less = self.bonuses.white_over_delimiter();
        self.needles.iter().fold(self.most, |most, needle| {
            // 0 stands for any byte.
            let is = |(&byte, &char): (&u8, &u8)| byte == 0 || needle.see(byte) == char;
            let begins = head.iter().zip(&needle.bytes).all(is);
            if begins { most } else { most - less * (needle.bytes.len() as i32 + 1) }
        })
    }

    /// Whether a name begins with two chars, or may.
    #[inline]
    fn starts(&self, name: &[u8], pair: (u8, u8)) -> bool {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        match *name {
            [first, second, ..] => (lower(first), lower(second)) == (lower(pair.0), lower(pair.1)),
            _ => false,
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

    /// What later searches may begin with.
    pub(super) fn known(&self) -> Known {
        let (mut total, mut searched, mut best) = (0, 0, Best::new(self.limit));
        for found in &self.found {
            let found = found.lock().unwrap_or_else(PoisonError::into_inner);
            total += found.total;
            searched += found.searched;
            best.merge(&found.best);
        }
        let blocks = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let (query, limit, boosted) = (self.query.clone(), self.limit, self.boosted);
        let best = (!self.stopped.load(Ordering::Relaxed)).then_some(best);
        Known { query, limit, boosted, total, searched, best, blocks }
    }
}

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

#[derive(Default)]
struct Queue {
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

impl<'p> Searcher<'p> {
    fn new(plan: &'p Plan) -> Searcher<'p> {
        Searcher {
            plan,
            memory: Memory::new(Scorer::new(plan.options.scheme), &plan.snapshot),
            columns: Vec::new(),
            ends: Vec::new(),
            queues: Default::default(),
        }
    }

    /// Searches a block, and tells whether it was to its end.
    fn block(&mut self, number: usize, found: &mut Found, stop: &dyn Fn() -> bool) -> bool {
        let plan = self.plan;
        let block = &*plan.snapshot.blocks[number];
        let prior = plan.prior.blocks[number].as_ref();
        let go_on = plan.prior.start.is_some();
        let mut todo = [0; BITS];
        for at in (0..block.len()).step_by(64) {
            todo[at / 64] = u64::MAX >> (64 - (block.len() - at).min(64));
        }
        // What is known to match and is to be scored.
        let mut settled = [0; BITS];
        let mut all = [0; BITS];
        if let Some(seen) = prior {
            if go_on && seen.len == block.len() {
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
                    _ => todo[word] |= seen.bits[word],
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
                    alive[word] = todo[word] & quick(word);
                    slow[word] = (todo[word] | settled[word]) & !quick(word);
                }
                for group in groups {
                    alive = self.group(group, block, &alive);
                }
                for word in 0..BITS {
                    alive[word] |= settled[word] & quick(word);
                }
            }
            None => (0..BITS).for_each(|word| slow[word] = todo[word] | settled[word]),
        }
        found.searched += block.len() - prior.filter(|_| go_on).map_or(0, |seen| seen.len);
        for word in 0..BITS {
            all[word] |= alive[word];
            for at in ones(word, slow[word]) {
                if at % 8 == 0 && stop() {
                    return false;
                }
                let folder = block.folder(at);
                all[word] |= u64::from(self.slow(block, folder, at, found)) << (at % 64);
            }
        }
        let count = |bits: &Bits| bits.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        found.total += count(&all) - prior.filter(|_| go_on).map_or(0, |seen| count(&seen.bits));
        if plan.query.orders() {
            self.candidates(block, &alive, found);
        } else if Place::new(0, 0, block.first()) > found.best.threshold() {
            for (word, &bits) in alive.iter().enumerate() {
                ones(word, bits)
                    .for_each(|at| found.best.offer(Place::new(0, 0, block.first() + at)));
            }
        }
        self.remember(number, Seen { bits: Arc::new(all), len: block.len() });
        true
    }

    fn remember(&self, number: usize, seen: Seen) {
        let mut all = self.plan.seen.lock().unwrap_or_else(PoisonError::into_inner);
        all[number] = Some(seen);
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

    /// An item for which there is no short way. Tells whether it matches.
    fn slow(&mut self, block: &Block, folder: u32, at: usize, found: &mut Found) -> bool {
        let (plan, memory) = (self.plan, &mut self.memory);
        plan.snapshot.join(folder, block.name(at), &mut memory.item);
        plan.options.cut(&memory.item, &mut self.columns);
        let score = memory.scorer.score_columns(&plan.query, &memory.item, &self.columns);
        if let Some(score) = score {
            let index = block.first() + at;
            let place = match plan.query.orders() {
                true => self.place(score, block.lengths()[at], index),
                false => Place::new(0, 0, index),
            };
            self.offer(place, found);
        }
        score.is_some()
    }

    fn place(&self, score: i32, length: u16, index: usize) -> Place {
        Place::new(score.saturating_add(self.plan.boosts.get(index)), length, index)
    }

    /// Scores what can be among the best.
    fn candidates(&mut self, block: &Block, alive: &Bits, found: &mut Found) {
        let plan = self.plan;
        let boosts = plan.boosts.most();
        let mut start = 0;
        for run in block.runs() {
            let items = start..usize::from(run.stop);
            start = items.end;
            let all = run.path | run.names;
            let most = plan.most(run.head, all & WHITE != 0);
            let pair = plan.pair.filter(|_| all & (WHITE | OTHER) == 0);
            let pair = pair.filter(|&(first, second)| run.starts & start_bit(first, second) == 0);
            let least = found.best.threshold().merit().max(plan.floor.load(Ordering::Relaxed));
            let most = most.saturating_add(boosts);
            let Some(longest) = Place::longest(most, least) else { continue };
            // Most items are too long for what they can earn, and nothing else of them is looked at.
            let surely = match pair {
                Some(_) => Place::longest(most - APART, least),
                None => Some(longest),
            };
            spread(alive, items, |word, bits| {
                for at in ones(word, bits) {
                    let length = block.lengths()[at];
                    if length > longest {
                        continue;
                    }
                    let good = surely.is_some_and(|surely| length <= surely)
                        || pair.is_some_and(|pair| plan.starts(block.name(at), pair));
                    if good {
                        self.score(block, run, at, found);
                    }
                }
            });
        }
    }

    fn score(&mut self, block: &Block, run: &Run, at: usize, found: &mut Found) {
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

    fn flush(&mut self, class: usize, found: &mut Found) {
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
            let block = plan.next.fetch_add(1, Ordering::Relaxed);
            if block >= plan.snapshot.blocks.len() {
                break;
            }
            let mut found = lock();
            let before = found.searched;
            if stop() || !self.block(block, &mut found, stop) {
                plan.stopped.store(true, Ordering::Relaxed);
                return;
            }
            let searched = found.searched - before;
            drop(found);
            tell(searched);
        }
        let mut found = lock();
        (0..self.queues.len()).for_each(|class| self.flush(class, &mut found));
    }
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
