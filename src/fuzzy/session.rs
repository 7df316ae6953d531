//! Sessions: a growing set of items, and queries over it that run while a user types.
//!
//! # What is a session for?
//!
//! For a picker. Items are pushed, or arrive from a walk by [`Session::feed`] without passing through the host. Each
//! keystroke starts a search, which publishes better rows until it is done. No call blocks the host's thread for long.
//!
//! # Which items does a search cover?
//!
//! All items that were in the session when the search started, and those added meanwhile if they are more than an eighth
//! of them: [`Ranking::searched`] is the number of items covered, always the first ones. Repeating the same query
//! continues that search and covers only the items added since.
//!
//! # What do threads share?
//!
//! Every method takes `&self`. The session is locked while some hundred items are added or one unfinished block is
//! copied, which takes some microseconds; a search then works on its own snapshot.

use super::boosts::Boosts;
use super::corpus::{Corpus, Snapshot};
use super::options::SessionOptions;
use super::rank::Ranking;
use super::search::{self, Plan, View};
use crate::fuzzy::fzf::query::Query;
use crate::fuzzy::fzf::score::Scorer;
use crate::fuzzy::history::History;
use crate::job::{self, Job, JobError, Worker};
use crate::memory::{NoMemory, must};
use crate::tree::{Kind, Paths};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Items added while the lock is held once.
const ITEMS_PER_LOCK: usize = 128;

/// Times that a thread that adds items yields to threads that wait for the lock, as a mutex is not fair.
const MAX_YIELDS: usize = 64;

/// Maximum number of items in a session.
const MAX_ITEMS: usize = u32::MAX as usize - 1;

/// Time until a search publishes its first ranking; a third of that if less than an eighth of the items has been
/// searched. Each following ranking is published after twice the time of the one before.
const FIRST_REPORT_AFTER: Duration = Duration::from_millis(6);

/// A session that holds more memory than this is freed on another thread.
const DETACH_ABOVE_BYTES: usize = 1 << 20;

/// Why an item was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The item would exceed the memory limit, in bytes.
    MemoryLimit(usize),
    /// The session already holds the maximum number of items.
    Number,
    /// The item has 2 GiB or more: so many bytes.
    Item(usize),
    /// Memory for the item could not be allocated.
    Memory,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::MemoryLimit(bytes) => write!(out, "memory limit of {bytes} bytes reached"),
            Refused::Number => write!(out, "maximum of {MAX_ITEMS} items reached"),
            Refused::Item(bytes) => {
                write!(out, "an item has {bytes} bytes; the maximum is 2 GiB - 1")
            }
            Refused::Memory => write!(out, "out of memory for the item"),
        }
    }
}

/// Sizes of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Number of items.
    pub items: usize,
    /// Number of distinct directories of the items.
    pub directories: usize,
    /// Bytes held in total, except the copy of the unfinished block, less than a megabyte, that the last search used.
    pub bytes: usize,
}

/// A set of items, its boosts, and cached results of earlier queries. Dropping it cancels its search and frees its memory
/// on another thread; a walk that feeds it ends at its next batch.
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    options: SessionOptions,
    state: Mutex<SessionState>,
    /// The snapshot of the last search, so that texts of rows can be read while items are being added.
    last: Mutex<Option<Arc<Snapshot>>>,
    /// Number of items, readable without the lock.
    items: AtomicUsize,
    /// Threads that wait for the lock, except those that add items.
    waiting: AtomicUsize,
    /// Number of the last search that was started: earlier ones stop.
    search: AtomicU64,
}

#[derive(Default)]
struct SessionState {
    corpus: Corpus,
    boosts: Arc<Boosts>,
    history: History,
    closed: bool,
    /// Incremented when the session is cleared.
    cleared: u64,
    /// Incremented when boosts change.
    boosted: u64,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Session>();
};

impl Drop for Session {
    fn drop(&mut self) {
        self.shared.search.fetch_add(1, Ordering::Relaxed);
        let mut state = self.shared.lock();
        state.closed = true;
        self.shared.clear(&mut state);
    }
}

impl SessionState {
    fn memory_usage(&self) -> usize {
        self.corpus.memory_usage() + self.boosts.memory_usage() + self.history.memory_usage()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, SessionState> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        state
    }

    /// Locks the state to add items, after the threads that already wait for it.
    fn lock_to_add(&self) -> MutexGuard<'_, SessionState> {
        for _ in 0..MAX_YIELDS {
            if self.waiting.load(Ordering::Relaxed) == 0 {
                break;
            }
            std::thread::yield_now();
        }
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push<'i>(&self, items: impl IntoIterator<Item = &'i [u8]>) -> (usize, Option<Refused>) {
        let mut items = items.into_iter().peekable();
        let mut count = 0;
        while items.peek().is_some() {
            let mut state = self.lock_to_add();
            let refused = items.by_ref().take(ITEMS_PER_LOCK).find_map(|item| {
                let refused = self.push_one(&mut state, item).err();
                count += usize::from(refused.is_none());
                refused
            });
            self.items.store(state.corpus.len(), Ordering::Relaxed);
            if refused.is_some() {
                return (count, refused);
            }
        }
        (count, None)
    }

    fn push_one(&self, state: &mut SessionState, item: &[u8]) -> Result<(), Refused> {
        let memory_limit = self.options.memory_limit;
        if memory_limit > 0 && state.corpus.memory_usage_with(item) > memory_limit {
            return Err(Refused::MemoryLimit(memory_limit));
        }
        if state.corpus.len() >= MAX_ITEMS {
            return Err(Refused::Number);
        }
        if item.len() > u32::MAX as usize / 2 {
            return Err(Refused::Item(item.len()));
        }
        if !state.corpus.has_spare() {
            return Err(Refused::Memory);
        }
        state.corpus.push(item).map_err(|_| Refused::Memory)
    }

    fn last(&self) -> MutexGuard<'_, Option<Arc<Snapshot>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes all items, boosts and history; more than [`DETACH_ABOVE_BYTES`] are freed on another thread.
    fn clear(&self, state: &mut SessionState) {
        let last = self.last().take();
        let corpus = std::mem::take(&mut state.corpus);
        let boosts = std::mem::take(&mut state.boosts);
        let history = std::mem::take(&mut state.history);
        state.cleared += 1;
        if corpus.memory_usage() + boosts.memory_usage() > DETACH_ABOVE_BYTES {
            job::spawn_detached(move || drop((last, corpus, boosts, history)));
        }
    }

    fn threads(&self) -> usize {
        match self.options.threads {
            0 => job::parallelism(),
            // Tests ask for more than this machine may have.
            threads if cfg!(test) => threads,
            threads => threads.min(job::parallelism()),
        }
    }

    /// Returns the plan of a search, and the value of `cleared` for its snapshot.
    fn plan(&self, query: &[u8], limit: usize) -> (Arc<Plan>, u64) {
        let query = Query::new(query, self.options.query);
        let state = self.lock();
        let (snapshot, boosts) =
            (Arc::new(must(state.corpus.snapshot())), Arc::clone(&state.boosts));
        let (cleared, boosted) = (state.cleared, state.boosted);
        let prior = state.history.prior(&query, limit, boosted);
        // Under the lock, so that no thread clears the session in between.
        let old = self.last().replace(Arc::clone(&snapshot));
        drop(state);
        drop(old);
        let view = View { snapshot, boosts, boosted, prior };
        (Arc::new(Plan::new(query, self.options.clone(), limit, self.threads(), view)), cleared)
    }

    /// Adds the results of a search to the history, unless the session was cleared meanwhile.
    fn remember(&self, plan: &Plan, cleared: u64) {
        let known = plan.known();
        let mut state = self.lock();
        if state.cleared == cleared && !known.query.is_empty() {
            let old = state.history.add(known);
            drop(state);
            drop(old);
        }
    }
}

impl Session {
    /// Creates an empty session.
    pub fn new(options: SessionOptions) -> Session {
        let (state, last, search, items, waiting) = Default::default();
        Session { shared: Arc::new(Shared { options, state, last, items, waiting, search }) }
    }

    /// Returns the options of the session.
    pub fn options(&self) -> &SessionOptions {
        &self.shared.options
    }

    /// Appends items, and returns how many were added, and why the next one was refused if one was. No part of a refused
    /// item is kept. The added items have consecutive indexes unless another thread adds items at the same time.
    ///
    /// Cost: about a tenth of a microsecond for a path.
    pub fn push<'i>(&self, items: impl IntoIterator<Item = &'i [u8]>) -> (usize, Option<Refused>) {
        self.shared.push(items)
    }

    /// Appends each line of `text` as an item, without its line feed and the carriage return before that. Text after the
    /// last line feed is a line only if it is not empty.
    pub fn push_text(&self, text: &[u8]) -> (usize, Option<Refused>) {
        use bstr::ByteSlice;
        self.shared.push(text.lines())
    }

    /// Adds everything that `walk` finds, on the threads of the walk: files, links and, if they were requested,
    /// directories; entries that could not be read are skipped. The job then has no results to take; when it is done, all
    /// items are in the session. It fails if an item is refused.
    pub fn feed(&self, walk: &Job<Paths>) {
        let shared = Arc::downgrade(&self.shared);
        walk.divert(move |paths: Paths| {
            let Some(shared) = shared.upgrade().filter(|shared| !shared.lock().closed) else {
                return Err("the session it feeds is closed".to_owned());
            };
            let found = paths.entries().iter().filter(|entry| entry.kind != Kind::Error);
            match shared.push(found.map(|entry| paths.path(entry))).1 {
                Some(refused) => Err(refused.to_string()),
                None => Ok(()),
            }
        });
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        self.shared.items.load(Ordering::Relaxed)
    }

    /// Returns whether the session has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all items and boosts, and stops a running search. Options are kept, and feeds continue.
    pub fn clear(&self) {
        self.shared.search.fetch_add(1, Ordering::Relaxed);
        let mut state = self.shared.lock();
        self.shared.clear(&mut state);
        self.shared.items.store(0, Ordering::Relaxed);
    }

    /// Appends the text of the item at `index` to `out`, and returns whether there is such an item.
    pub fn text(&self, index: usize, out: &mut Vec<u8>) -> bool {
        let last = self.shared.last().clone();
        last.is_some_and(|last| last.text(index, out)) || self.shared.lock().corpus.text(index, out)
    }

    /// Sets the boosts of consecutive items, from the item `first` on. A boost is added to the score of its item and may
    /// be negative. It may be set before the item is pushed. Running searches use the boosts that were set when they
    /// started.
    ///
    /// A matched character scores 16, and up to 10 more as a bonus, so a boost of some tens has a visible effect. Boosts
    /// do not change the order of an empty query.
    ///
    /// Without memory for all of them, those before some item are set.
    pub fn boost(&self, first: usize, boosts: &[i32]) -> Result<(), NoMemory> {
        let mut state = self.shared.lock();
        state.boosted += 1;
        let boosts = &boosts[..boosts.len().min(MAX_ITEMS.saturating_sub(first))];
        if Arc::get_mut(&mut state.boosts).is_none() {
            state.boosts = Arc::new(state.boosts.copy()?);
        }
        Arc::get_mut(&mut state.boosts).map_or(Ok(()), |own| own.set(first, boosts))
    }

    /// Deletes the cached results of earlier queries, so that the next search starts from nothing: for benchmarks.
    pub fn forget(&self) {
        self.shared.lock().history = History::default();
    }

    /// Returns the sizes of the session.
    pub fn stats(&self) -> Stats {
        let state = self.shared.lock();
        let (items, directories) = (state.corpus.len(), state.corpus.directories());
        Stats { items, directories, bytes: state.memory_usage() }
    }

    /// Searches all items and returns when done. `limit` bounds the number of rows returned, which are the best ones, not
    /// the search.
    pub fn search(&self, query: &[u8], limit: usize) -> Result<Ranking, NoMemory> {
        let (plan, cleared) = self.shared.plan(query, limit);
        search::run(&plan, &|| false, &mut |_| {});
        let ranking = plan.ranking()?;
        self.shared.remember(&plan, cleared);
        Ok(ranking)
    }

    /// Like [`search`](Session::search), for tests and benchmarks that have enough memory.
    ///
    /// # Panics
    ///
    /// If memory for the rows cannot be allocated.
    pub fn query(&self, query: &[u8], limit: usize) -> Ranking {
        self.search(query, limit).expect("memory for the rows")
    }

    /// Starts a search in the background and stops the one started before. The job's results are rankings, each of which
    /// replaces the one before: see [`latest`]. Progress is counted in items.
    pub fn start(&self, query: &[u8], limit: usize) -> Job<Ranking> {
        let number = self.shared.search.fetch_add(1, Ordering::Relaxed) + 1;
        let (shared, query) = (Arc::downgrade(&self.shared), query.to_vec());
        job::start(move |worker: &Worker<Ranking>| {
            let Some(shared) = shared.upgrade() else { return Err(JobError::Cancelled) };
            let stop = || worker.is_cancelled() || shared.search.load(Ordering::Relaxed) != number;
            if stop() {
                return Err(JobError::Cancelled);
            }
            let (mut next, since) = (Duration::ZERO, Instant::now());
            let mut counted = 0;
            loop {
                let (plan, cleared) = shared.plan(&query, limit);
                worker.expect(plan.len() as u64);
                let mut done = 0;
                search::run(&plan, &stop, &mut |searched| {
                    let more = searched.min(plan.len().saturating_sub(counted));
                    worker.advance(more as u64);
                    counted += more;
                    done += searched;
                    let is_long = done < plan.len() / 8;
                    let first = if is_long { FIRST_REPORT_AFTER / 3 } else { FIRST_REPORT_AFTER };
                    let now = since.elapsed();
                    if now >= next.max(first) && !stop() {
                        next = now * 2;
                        // Publishing fails only if the job was cancelled or memory ran out; the next check reports
                        // either.
                        let _ = plan.ranking().map(|ranking| worker.publish(ranking, 0));
                    }
                });
                let ranking = plan.ranking();
                if stop() {
                    shared.remember(&plan, cleared);
                    return Err(JobError::Cancelled);
                }
                let ranking = ranking.map_err(|why| JobError::Failed(why.to_string()))?;
                // The items that other threads have searched, and those whose results were known.
                worker.advance(plan.len().saturating_sub(counted) as u64);
                counted = counted.max(plan.len());
                shared.remember(&plan, cleared);
                // If many items were added meanwhile, search them too; the history saves searching the others again.
                if shared.lock().corpus.len() <= ranking.searched + ranking.searched / 8 {
                    return worker.publish(ranking, 0);
                }
            }
        })
    }

    /// Returns the byte offsets, ascending, of the characters of an item that a query matches, or none if the item does
    /// not match or does not exist.
    pub fn positions(&self, query: &[u8], index: usize) -> Option<Vec<u32>> {
        self.places(query, index).expect("memory for the item")
    }

    /// Like [`positions`](Session::positions), or returns an error if memory for the item cannot be allocated.
    pub fn places(&self, query: &[u8], index: usize) -> Result<Option<Vec<u32>>, NoMemory> {
        let mut item = Vec::new();
        if !self.text(index, &mut item) {
            return Ok(None);
        }
        let SessionOptions { query: options, scheme, .. } = self.shared.options;
        let (mut columns, mut positions) = (Vec::new(), Vec::new());
        self.shared.options.cut(&item, &mut columns);
        let query = Query::new(query, options);
        let mut scorer = Scorer::new(scheme);
        let score = scorer.positions(&query, &item, &columns, &mut positions);
        scorer.has_memory()?;
        Ok(score.map(|_| positions))
    }
}

/// Takes all rankings that a search has published and returns the newest one. The others are dropped.
pub fn latest(search: &Job<Ranking>) -> Option<Ranking> {
    std::iter::from_fn(|| search.take()).last()
}
