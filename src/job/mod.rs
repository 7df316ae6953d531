//! Jobs: work off the host's thread, pulled by the host and never pushed to it.
//!
//! # What is a job?
//!
//! A closure that a thread of the pool runs, and a [`Job`], the host's end of it. The closure gets a [`Worker`], by which
//! it tells its progress, publishes results in batches and sees that it is to stop. The host polls, takes, waits if it
//! wants to, and cancels. Nothing ever calls the host: a [`Notifier`] is a descriptor for its event loop.
//!
//! # What does it cost?
//!
//! An empty job about as much as two thread switches. A poll is a lock that nobody holds for long. Batches should be
//! worth a lock: publish hundreds of results at once.
//!
//! # What are its limits?
//!
//! Results that nobody takes hold up to [`BUDGET`] bytes (those that were taken and are not freed yet about as many), then the job waits until some are taken, or until it is
//! cancelled. Dropping a `Job` cancels it and waits for nothing. A panic ends the job, not the process. After a fork the
//! child sees its parent's jobs as failed; its own run on threads of its own.

mod divide;
mod notifier;
mod pool;
mod sys;
#[cfg(test)]
mod tests;
mod worker;

pub use divide::{divide, later};
pub use notifier::Notifier;
pub use worker::{Stop, Waker, Worker};

use notifier::Bell;
use pool::pool;
use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Results of one job that wait to be taken, in bytes, before the job waits as well.
pub const BUDGET: usize = 4 << 20;

/// How long a job that waits for others takes to see that it is cancelled.
const PATIENCE: Duration = Duration::from_millis(5);

/// Results that wait to be freed by their job, at most. Each publication frees two, so they hold little more than the budget.
const SPENT: usize = 1024;

/// What a child process sees of its parent's jobs.
const FORKED: &str = "the job belongs to the process that this one was forked from; start it here";

/// Bytes that wait to be taken, of all jobs.
static WAITING: AtomicI64 = AtomicI64::new(0);

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for a thread or runs.
    Running,
    /// It has come to its end.
    Done,
    /// It was told to stop, and did.
    Cancelled,
    /// It could not go on, or had a mistake in it.
    Failed,
}

/// What a poll tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Where the job is.
    pub state: State,
    /// Whether there is something to take.
    pub ready: bool,
    /// How much is done, in units that each kind of job names.
    pub done: u64,
    /// How much there is to do, or 0 if that is not known.
    pub total: u64,
}

/// The host's end of a job whose results are of type `T`. Dropping it cancels the job.
pub struct Job<T> {
    core: Arc<Core<T>>,
}

/// What is the same for all jobs, whatever their results are.
pub trait AnyJob: Send + Sync {
    /// Where the job is and what it has.
    fn poll(&self) -> Progress;
    /// Why it failed, if it did.
    fn failure(&self) -> Option<String>;
    /// Waits until there is something to take or the job is over, and tells whether that is so. It may wait for
    /// longer than `limit` by as much as the system's clock is late.
    fn wait(&self, limit: Duration) -> bool;
    /// Tells the job to stop. It is over when a poll says so.
    fn cancel(&self);
    /// Lets the notifier know of all news from now on, and at once if there are any.
    fn watch(&self, notifier: &Notifier);
    /// The job with its type, for those who know it.
    fn as_any(&self) -> &dyn Any;
}

struct Core<T> {
    pid: u32,
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    inner: Mutex<Inner<T>>,
    /// For hosts that wait.
    news: Condvar,
    /// For the job, while it waits until something is taken.
    room: Condvar,
    watchers: Mutex<Vec<Weak<Bell>>>,
}

struct Inner<T> {
    /// Nothing while it waits for a thread.
    started: bool,
    state: State,
    failure: Option<String>,
    /// Results, and what each weighs.
    results: VecDeque<(T, usize)>,
    weight: usize,
    /// Results that the host has done with: the job frees them.
    spent: Vec<T>,
    /// Threads of the job that wait until something is taken, or for something to happen.
    stuck: usize,
    /// Who takes the results, if that is not the host.
    sink: Option<Sink<T>>,
    /// Whether a thread is giving results to the sink.
    sinking: bool,
    /// Threads of the host that wait for news.
    waiting: usize,
    /// Whether the job was woken since it last slept.
    woken: bool,
}

/// Takes results, or says why it cannot.
type Sink<T> = Arc<dyn Fn(T) -> Result<(), String> + Send + Sync>;

/// Starts a job. It is failed already if the system gives no thread.
pub fn start<T: Send + 'static>(
    work: impl FnOnce(&Worker<T>) -> Result<(), Stop> + Send + 'static,
) -> Job<T> {
    let core = Arc::new(Core {
        pid: std::process::id(),
        cancelled: AtomicBool::new(false),
        done: AtomicU64::new(0),
        total: AtomicU64::new(0),
        inner: Mutex::new(Inner {
            started: false,
            state: State::Running,
            failure: None,
            results: VecDeque::new(),
            weight: 0,
            spent: Vec::new(),
            stuck: 0,
            sink: None,
            sinking: false,
            waiting: 0,
            woken: false,
        }),
        news: Condvar::new(),
        room: Condvar::new(),
        watchers: Mutex::default(),
    });
    let worker = Worker { core: Arc::clone(&core) };
    pool().submit(Box::new(move |thread: Result<(), &str>| {
        if !worker.core.begin() {
            return;
        }
        let end = thread.map_err(|reason| Stop::Failed(reason.to_owned())).and_then(|()| {
            let end = catch_unwind(AssertUnwindSafe(|| work(&worker)));
            end.unwrap_or_else(|panic| Err(Stop::Failed(mistake(panic))))
        });
        worker.core.end(end);
    }));
    Job { core }
}

/// How many threads a job that divides its work may use.
pub fn parallelism() -> usize {
    pool().most_running()
}

/// Whether the system gives so many threads now, all at once: for a job whose work is divided by somebody who does not
/// take a no. It takes some ten microseconds for each.
pub fn has_threads(count: usize) -> bool {
    pool::has_threads(count)
}

/// Results of all jobs that wait to be taken, in bytes.
pub fn waiting() -> i64 {
    WAITING.load(Ordering::Relaxed)
}

fn mistake(panic: Box<dyn Any + Send>) -> String {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no message").to_owned(),
    };
    format!("a mistake inside rille, please report it: {message}")
}

impl<T> Core<T> {
    /// Whether this is a child of the process that started the job. Then no lock may be touched: a thread that the child
    /// does not have may have held it.
    fn is_foreign(&self) -> bool {
        self.pid != std::process::id()
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the job from the queue, unless it was cancelled there.
    fn begin(&self) -> bool {
        let mut inner = self.lock();
        inner.started = inner.state == State::Running;
        inner.started
    }

    fn end(&self, end: Result<(), Stop>) {
        self.sink();
        let mut inner = self.lock();
        inner.stuck += 1;
        let sunk = self.room.wait_while(inner, |inner| inner.sinking);
        inner = sunk.unwrap_or_else(PoisonError::into_inner);
        inner.stuck -= 1;
        // A sink that could take no more has said so already.
        let end = match inner.failure.take() {
            Some(message) => Err(Stop::Failed(message)),
            None => end,
        };
        (inner.state, inner.failure) = match end {
            Ok(()) => (State::Done, None),
            Err(Stop::Cancelled) => (State::Cancelled, None),
            Err(Stop::Failed(message)) => (State::Failed, Some(message)),
        };
        let spent = std::mem::take(&mut inner.spent);
        self.tell(inner);
        drop(spent);
    }

    /// Tells everybody who waits or watches of what is new. What a sink gets is nothing to wake those for who wait.
    fn tell(&self, inner: MutexGuard<'_, Inner<T>>) {
        let waiting = inner.waiting > 0 && inner.has_news();
        drop(inner);
        if waiting {
            self.news.notify_all();
        }
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|bell| bell.upgrade().inspect(|bell| bell.ring()).is_some());
    }

    /// Gives the sink what is there, in its order, unless another thread is at it.
    fn sink(&self) {
        let mut inner = self.lock();
        let Some(sink) = inner.sink.clone().filter(|_| !inner.sinking) else { return };
        inner.sinking = true;
        while let Some((result, weight)) = inner.results.pop_front() {
            inner.weight -= weight;
            self.make_room(inner);
            WAITING.fetch_sub(weight as i64, Ordering::Relaxed);
            let end = catch_unwind(AssertUnwindSafe(|| sink(result)));
            let refused = end.map_err(mistake).flatten().err();
            inner = self.lock();
            if let Some(message) = refused {
                // What comes from now on waits for nobody.
                inner.sink = None;
                if matches!(inner.state, State::Running | State::Done) {
                    inner.failure = Some(message);
                }
                if inner.state == State::Done {
                    inner.state = State::Failed;
                }
                self.cancelled.store(true, Ordering::Relaxed);
                break;
            }
        }
        inner.sinking = false;
        self.make_room(inner);
    }

    /// Lets threads of the job go on that wait for this, if there are any: telling nobody is a system call as well.
    fn make_room(&self, inner: MutexGuard<'_, Inner<T>>) {
        let stuck = inner.stuck > 0;
        drop(inner);
        if stuck {
            self.room.notify_all();
        }
    }

    fn cancel(&self) {
        if self.is_foreign() || self.cancelled.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut inner = self.lock();
        let queued = !inner.started && inner.state == State::Running;
        if queued {
            inner.state = State::Cancelled;
            self.tell(inner);
        } else {
            self.make_room(inner);
        }
    }
}

impl<T> Inner<T> {
    /// A job that has come to its end still runs while a sink gets what is left of its results.
    fn state(&self) -> State {
        if self.sink.is_some() && (self.sinking || !self.results.is_empty()) {
            return State::Running;
        }
        self.state
    }

    /// Whether there is something that the host may take.
    fn is_ready(&self) -> bool {
        self.sink.is_none() && !self.results.is_empty()
    }

    fn has_news(&self) -> bool {
        self.state() != State::Running || self.is_ready()
    }
}

impl<T> Drop for Core<T> {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        WAITING.fetch_sub(inner.weight as i64, Ordering::Relaxed);
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.core.cancel();
    }
}

impl<T> Job<T> {
    /// The next result, if there is one now.
    pub fn take(&self) -> Option<T> {
        if self.core.is_foreign() {
            return None;
        }
        let mut inner = self.core.lock();
        if inner.sink.is_some() {
            return None;
        }
        let (result, weight) = inner.results.pop_front()?;
        inner.weight -= weight;
        self.core.make_room(inner);
        WAITING.fetch_sub(weight as i64, Ordering::Relaxed);
        Some(result)
    }

    /// Gives a result back that the host has done with. The job frees it: the host's thread would have to wait for a lock of
    /// the allocator, which a thread of the job may hold for as long as others have its processor.
    pub fn give_back(&self, result: T) {
        if self.core.is_foreign() {
            return;
        }
        let mut inner = self.core.lock();
        if inner.state == State::Running && inner.spent.len() < SPENT {
            inner.spent.push(result);
        } else {
            // It is freed here then, without the lock.
            drop(inner);
        }
    }

    /// Bytes of its results that wait to be taken.
    #[cfg(test)]
    pub fn weight(&self) -> usize {
        self.core.lock().weight
    }

    /// Puts what is left of a result back, to be taken next.
    pub fn put_back(&self, result: T, weight: usize) {
        if self.core.is_foreign() {
            return;
        }
        let mut inner = self.core.lock();
        inner.weight += weight;
        inner.results.push_front((result, weight));
        drop(inner);
        WAITING.fetch_add(weight as i64, Ordering::Relaxed);
    }
}

impl<T: Send + 'static> Job<T> {
    /// From now on results do not wait to be taken: `sink` gets each, in their order, on the job's threads. If it
    /// refuses one, the job fails for the reason that it gives. This itself does not call it.
    ///
    /// The job is over only when the sink has had everything, and its watchers hear of it after each batch.
    pub fn divert(&self, sink: impl Fn(T) -> Result<(), String> + Send + Sync + 'static) {
        if self.core.is_foreign() {
            return;
        }
        self.core.lock().sink = Some(Arc::new(sink));
        let core = Arc::clone(&self.core);
        later(move || {
            core.sink();
            core.tell(core.lock());
        });
    }
}

impl<T: Send + 'static> AnyJob for Job<T> {
    fn poll(&self) -> Progress {
        let core = &self.core;
        let done = core.done.load(Ordering::Relaxed);
        let total = core.total.load(Ordering::Relaxed);
        if core.is_foreign() {
            return Progress { state: State::Failed, ready: false, done, total };
        }
        let inner = core.lock();
        Progress { state: inner.state(), ready: inner.is_ready(), done, total }
    }

    fn failure(&self) -> Option<String> {
        if self.core.is_foreign() {
            return Some(FORKED.to_owned());
        }
        self.core.lock().failure.clone()
    }

    fn wait(&self, limit: Duration) -> bool {
        if self.core.is_foreign() {
            return true;
        }
        // A limit that no clock can tell is none.
        let until = Instant::now().checked_add(limit);
        // One that has told of progress is no small one, and needs the processor itself.
        if !limit.is_zero() && self.core.done.load(Ordering::Relaxed) == 0 {
            pool().look_out(&mut || self.core.lock().has_news());
        }
        let mut inner = self.core.lock();
        while !inner.has_news() {
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None => limit,
            };
            if left.is_zero() {
                return false;
            }
            inner.waiting += 1;
            let woken = self.core.news.wait_timeout(inner, left);
            inner = woken.unwrap_or_else(PoisonError::into_inner).0;
            inner.waiting -= 1;
        }
        true
    }

    fn cancel(&self) {
        self.core.cancel();
    }

    fn watch(&self, notifier: &Notifier) {
        let bell = notifier.bell();
        if self.core.is_foreign() {
            return bell.ring();
        }
        let mut watchers = self.core.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|known| known.strong_count() > 0);
        if !watchers.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(bell))) {
            watchers.push(Arc::downgrade(bell));
        }
        drop(watchers);
        // After the watch is set: what is published in between rings twice rather than never.
        if self.core.lock().has_news() {
            bell.ring();
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A job that its host and somebody inside of the library hold: it is cancelled when both have dropped it, or when one
/// says so.
impl<T: Send + 'static> AnyJob for Arc<Job<T>> {
    fn poll(&self) -> Progress {
        (**self).poll()
    }

    fn failure(&self) -> Option<String> {
        (**self).failure()
    }

    fn wait(&self, limit: Duration) -> bool {
        (**self).wait(limit)
    }

    fn cancel(&self) {
        (**self).cancel();
    }

    fn watch(&self, notifier: &Notifier) {
        (**self).watch(notifier);
    }

    fn as_any(&self) -> &dyn Any {
        (**self).as_any()
    }
}
