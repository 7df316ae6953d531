//! Sessions: a corpus that grows, and queries over it as a person types them.
//!
//! # What is it for?
//!
//! A picker. Items are pushed, or come from a walk by [`Session::feed`] without passing through the host; each keystroke
//! starts a search, whose rows get better until it is done; nothing takes the host's thread for long.
//!
//! # Which items does a search cover?
//!
//! All that were there when it started, and those that came while it ran if they were many: [`Ranking::searched`] tells how
//! many it has covered, the first so many. Started again with the same query it goes on from there, and searches only what
//! has come since.
//!
//! # What do threads share?
//!
//! Everything takes `&self`. A session is locked for as long as it takes to add some hundred items or to copy one unfinished
//! block, some microseconds; a search works on what it has copied.

use super::boosts::Boosts;
use super::corpus::{Corpus, Snapshot};
use super::rank::Ranking;
use super::search::{self, Plan, View};
use crate::fuzzy::fzf::query::{self, Query};
use crate::fuzzy::fzf::score::{NoMemory, Scheme, Scorer};
use crate::fuzzy::history::History;
use crate::job::{self, Job, JobError, Worker};
use crate::tree::{Kind, Paths};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Items that are added under one lock.
const ITEMS_PER_LOCK: usize = 128;

/// Strategy often somebody who adds items lets others go first, as a lock is not fair by itself.
const MAX_YIELDS: usize = 64;

/// Items of a session, at most.
const MAX_ITEMS: usize = u32::MAX as usize - 1;

/// A search tells of what it has after this time, or a third of it if most is left to do, and then each time after twice
/// the time.
const FIRST_REPORT_AFTER: Duration = Duration::from_millis(6);

/// Memory beyond this is given back on another thread.
const DETACH_ABOVE_BYTES: usize = 1 << 20;

/// What a session is made for. The default is what most pickers want.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOptions {
    /// Case, accents and typos.
    pub query: query::QueryOptions,
    /// What items are.
    pub scheme: Scheme,
    /// Items consist of columns, which this byte parts. It is not part of them.
    pub delimiter: Option<u8>,
    /// The columns in which to search, from 0, in the order in which they are tried. Those that an item does not have are
    /// empty. None means all.
    pub columns: Vec<u32>,
    /// Bytes that the session may hold, or 0 for no limit.
    pub memory_limit: usize,
    /// Threads of a search, or 0 for as many as the library has.
    pub threads: usize,
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The memory limit, in bytes, would not be kept.
    MemoryLimit(usize),
    /// There are as many items as there can be.
    Number,
    /// One item, and its columns, are larger than 4 GiB.
    Item,
    /// There is no memory for it.
    Memory,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::MemoryLimit(bytes) => write!(out, "memory limit of {bytes} bytes reached"),
            Refused::Number => write!(out, "there are {MAX_ITEMS} items, and no more can be"),
            Refused::Item => write!(out, "the item is larger than 4 GiB"),
            Refused::Memory => write!(out, "there is no memory for the item"),
        }
    }
}

/// What a session holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Items.
    pub items: usize,
    /// DirFilter that they are in.
    pub directories: usize,
    /// Bytes of all of it, without the copy of the last items, less than a megabyte, that the last search looked at.
    pub bytes: usize,
}

/// A corpus and what is known of it. Dropping it cancels its search and its memory is given back elsewhere; feeds end when
/// they next have something to give.
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    options: SessionOptions,
    state: Mutex<SessionState>,
    /// What the last search is about, so that texts of rows can be had while somebody adds items.
    last: Mutex<Option<Arc<Snapshot>>>,
    /// Strategy many items there are, for those who only want to know that.
    items: AtomicUsize,
    /// Threads that wait for the state, but for those who add items.
    waiting: AtomicUsize,
    /// The number of the last search that was started: those before it stop.
    search: AtomicU64,
}

#[derive(Default)]
struct SessionState {
    corpus: Corpus,
    boosts: Arc<Boosts>,
    history: History,
    closed: bool,
    /// Counts up when the items are no longer those that they were.
    cleared: u64,
    /// Counts up when boosts change.
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

    /// Locks to add items, behind those who wait already.
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
            return Err(Refused::Item);
        }
        state.corpus.push(item).map_err(|_| Refused::Memory)
    }

    fn last(&self) -> MutexGuard<'_, Option<Arc<Snapshot>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Empties it; what it held is dropped on another thread if it is much.
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

    /// What a search is to do, and the number of the items that it is about.
    fn plan(&self, query: &[u8], limit: usize) -> (Arc<Plan>, u64) {
        let query = Query::new(query, self.options.query);
        let state = self.lock();
        let (snapshot, boosts) = (Arc::new(state.corpus.snapshot()), Arc::clone(&state.boosts));
        let (cleared, boosted) = (state.cleared, state.boosted);
        let prior = state.history.prior(&query, limit, boosted);
        // Under the lock, so that nobody empties the session in between.
        let old = self.last().replace(Arc::clone(&snapshot));
        drop(state);
        drop(old);
        let view = View { snapshot, boosts, boosted, prior };
        (Arc::new(Plan::new(query, self.options.clone(), limit, self.threads(), view)), cleared)
    }

    /// Keeps what a search has found.
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
    /// An empty session.
    pub fn new(options: SessionOptions) -> Session {
        let (state, last, search, items, waiting) = Default::default();
        Session { shared: Arc::new(Shared { options, state, last, items, waiting, search }) }
    }

    /// What it was made with.
    pub fn options(&self) -> &SessionOptions {
        &self.shared.options
    }

    /// Adds items behind those that are there, and tells how many went in, and why the next one did not if there is one.
    /// Of an item that is refused nothing is kept. They stand one after another unless another thread adds some as well.
    ///
    /// Cost: about a tenth of a microsecond for a path.
    pub fn push<'i>(&self, items: impl IntoIterator<Item = &'i [u8]>) -> (usize, Option<Refused>) {
        self.shared.push(items)
    }

    /// Adds the lines of a text: what stands between line feeds, without a carriage return before them. Behind the last
    /// line feed there is a line only if there is text.
    pub fn push_text(&self, text: &[u8]) -> (usize, Option<Refused>) {
        use bstr::ByteSlice;
        self.shared.push(text.lines())
    }

    /// Lets a walk add all that it finds, files and links and, if it was asked for them, directories; not what it could not
    /// read. It does so on its own threads. The job has nothing to take any more; when it is over, everything is in. It
    /// fails if an item is refused.
    pub fn feed(&self, walk: &Job<Paths>) {
        let shared = Arc::downgrade(&self.shared);
        walk.divert(move |paths: Paths| {
            let Some(shared) = shared.upgrade().filter(|shared| !shared.lock().closed) else {
                return Err("the session that it fed is closed".to_owned());
            };
            let found = paths.entries().iter().filter(|entry| entry.kind != Kind::Error);
            match shared.push(found.map(|entry| paths.path(entry))).1 {
                Some(refused) => Err(refused.to_string()),
                None => Ok(()),
            }
        });
    }

    /// Strategy many items there are.
    pub fn len(&self) -> usize {
        self.shared.items.load(Ordering::Relaxed)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all items and boosts; a running search stops. Options stay, and feeds go on.
    pub fn clear(&self) {
        self.shared.search.fetch_add(1, Ordering::Relaxed);
        let mut state = self.shared.lock();
        self.shared.clear(&mut state);
        self.shared.items.store(0, Ordering::Relaxed);
    }

    /// Appends the text of an item to `out`, and tells whether there is such an item.
    pub fn text(&self, index: usize, out: &mut Vec<u8>) -> bool {
        let last = self.shared.last().clone();
        last.is_some_and(|last| last.text(index, out)) || self.shared.lock().corpus.text(index, out)
    }

    /// Sets what is added to the scores of items that stand one after another, from `first` on. It may be negative. Items
    /// that are not there yet may have some as well. Running searches keep to what was set when they started.
    ///
    /// Scores are 16 for each char that matches and up to 10 more, so a boost of some tens is felt. The order of an empty
    /// query does not change.
    pub fn boost(&self, first: usize, boosts: &[i32]) {
        let mut state = self.shared.lock();
        state.boosted += 1;
        let boosts = &boosts[..boosts.len().min(MAX_ITEMS.saturating_sub(first))];
        Arc::make_mut(&mut state.boosts).set(first, boosts);
    }

    /// Forgets what it knows from earlier queries, which later ones otherwise begin with: for measurements.
    pub fn forget(&self) {
        self.shared.lock().history = History::default();
    }

    /// What it holds.
    pub fn stats(&self) -> Stats {
        let state = self.shared.lock();
        let (items, directories) = (state.corpus.len(), state.corpus.directories());
        Stats { items, directories, bytes: state.memory_usage() }
    }

    /// Searches, and returns when it is done. `limit` bounds the rows, not the search: they are the best.
    pub fn search(&self, query: &[u8], limit: usize) -> Result<Ranking, NoMemory> {
        let (plan, cleared) = self.shared.plan(query, limit);
        search::run(&plan, &|| false, &mut |_| {});
        let ranking = plan.ranking()?;
        self.shared.remember(&plan, cleared);
        Ok(ranking)
    }

    /// The same for tests and measurements, with memory enough.
    ///
    /// # Panics
    ///
    /// If there is no memory for the rows.
    pub fn query(&self, query: &[u8], limit: usize) -> Ranking {
        self.search(query, limit).expect("memory for the rows")
    }

    /// Starts a search off the thread, and stops the one that was started before. Its results are rankings, each of which
    /// takes the place of the one before: see [`latest`]. Its unit of progress is the item.
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
            loop {
                let (plan, cleared) = shared.plan(&query, limit);
                worker.expect(plan.len() as u64);
                let mut done = 0;
                search::run(&plan, &stop, &mut |searched| {
                    worker.advance(searched as u64);
                    done += searched;
                    let is_long = done < plan.len() / 8;
                    let first = if is_long { FIRST_REPORT_AFTER / 3 } else { FIRST_REPORT_AFTER };
                    let now = since.elapsed();
                    if now >= next.max(first) && !stop() {
                        next = now * 2;
                        // It fails only if the job was cancelled or there is no memory, which is seen soon.
                        let _ = plan.ranking().map(|ranking| worker.publish(ranking, 0));
                    }
                });
                let ranking = plan.ranking();
                if stop() {
                    shared.remember(&plan, cleared);
                    return Err(JobError::Cancelled);
                }
                let ranking = ranking.map_err(|why| JobError::Failed(why.to_string()))?;
                shared.remember(&plan, cleared);
                // If much has come meanwhile it is searched as well; what is known is not searched again.
                if shared.lock().corpus.len() <= ranking.searched + ranking.searched / 8 {
                    return worker.publish(ranking, 0);
                }
            }
        })
    }

    /// The bytes of an item that a query matches: the offset of each char that does, ascending. None if the item does not
    /// match or is not there.
    pub fn positions(&self, query: &[u8], index: usize) -> Option<Vec<u32>> {
        self.places(query, index).expect("memory for the item")
    }

    /// The same, if there is memory for it.
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

/// The last ranking that a search has published since the last one was taken. Those before it are dropped.
pub fn latest(search: &Job<Ranking>) -> Option<Ranking> {
    std::iter::from_fn(|| search.take()).last()
}

impl SessionOptions {
    /// Whether only parts of items are looked at.
    pub(super) fn has_columns(&self) -> bool {
        self.delimiter.is_some()
    }

    /// The columns of an item in which to search.
    pub fn cut(&self, item: &[u8], columns: &mut Vec<Range<u32>>) {
        columns.clear();
        let Some(delimiter) = self.delimiter else {
            columns.push(0..item.len() as u32);
            return;
        };
        let mut start = 0;
        let stops = memchr::memchr_iter(delimiter, item).chain([item.len()]);
        let all = stops.map(|stop| {
            let column = start as u32..stop as u32;
            start = stop + 1;
            column
        });
        if self.columns.is_empty() {
            columns.extend(all);
        } else {
            let all: Vec<_> = all.collect();
            let none = item.len() as u32..item.len() as u32;
            let get = |&column: &u32| all.get(column as usize).cloned().unwrap_or(none.clone());
            columns.extend(self.columns.iter().map(get));
        }
    }
}
