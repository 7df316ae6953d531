//! Background jobs: work on other threads; the host polls for the results.
//!
//! # What is a job?
//!
//! A closure that runs on a thread of the pool, and a [`Job`], the host's handle to it. The closure gets a [`Worker`],
//! with which it reports progress, publishes results in batches and checks whether it is cancelled. The host polls, takes
//! results, waits if it wants to, and cancels. Nothing ever calls back into the host: its event loop can wait for a
//! [`Notifier`], which is a file descriptor.
//!
//! # What does it cost?
//!
//! An empty job costs about as much as two thread switches. A poll takes a lock that is never held for long. A batch
//! should be worth a lock: publish hundreds of results at once.
//!
//! # What are its limits?
//!
//! Untaken results of a job hold up to [`MAX_UNTAKEN_BYTES`] bytes, and results that were taken and not yet freed about
//! as many. Above that the job waits until some are taken. Dropping a `Job` cancels it without waiting. A panic ends the
//! job, not the process. In a child process after a fork, the parent's jobs have failed; the child's own jobs run on
//! threads of its own.
//!
//! # Which jobs wait, and where?
//!
//! A job that waits for its host or for input keeps its thread, which the pool then does not count: 1,024 jobs may wait,
//! and a further one fails with a message. A job that only polls something at intervals ([`repeat`]) has no thread in
//! between.
//!
//! # What if a cancelled job does not stop?
//!
//! After [`ABANDONED_AFTER`] it is abandoned: its host sees it as cancelled, its further results are dropped, and its
//! threads do not count until they return from what they are doing: a read from a server that does not answer, or the
//! compilation of a pattern. When 16 jobs are stuck like that, no more threads are started, and a job without a thread
//! fails with a message. A lock that a stuck job may hold must not block other jobs: see [`Gate`].

mod aside;
mod core;
mod crew;
mod gate;
#[cfg(unix)]
mod listener;
mod name_watch;
mod names;
mod notifier;
mod parallel;
mod pool;
mod state;
mod steps;
mod sys;
#[cfg(test)]
mod tests;
mod watcher;
mod worker;

pub use aside::{Aside, STEP_ASIDE_AFTER};
pub use crew::Waker;
pub use gate::{Gate, Pass};
#[cfg(unix)]
pub use listener::Listener;
pub use name_watch::NameWatch;
#[cfg(not(unix))]
pub use notifier::Listener;
pub use notifier::Notifier;
pub use parallel::{run_parallel, spawn_detached};
pub(crate) use state::unless_refused;
pub use state::{ABANDONED_AFTER, JobError, JobState, MAX_UNTAKEN_BYTES, Progress};
pub use steps::{Step, repeat};
pub(crate) use sys::pin;
pub use worker::Worker;

use crate::memory;
use core::{Core, Phase};
use pool::{Task, pool};
use state::{WAITING, guarded};
use std::any::Any;
use std::fs::File;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Tolerance for the difference between two clocks.
const CLOCK_TOLERANCE: Duration = Duration::from_micros(100);

/// Maximum number of returned results that the job still has to free. Each publication frees two, so they hold little
/// more than [`MAX_UNTAKEN_BYTES`].
const MAX_SPENT_RESULTS: usize = 1024;

/// Message for the parent's jobs in a child process.
const FORKED: &str = "the job belongs to the process that this one was forked from; start it here";

/// The host's handle to a job whose results are of type `T`. Dropping it cancels the job.
pub struct Job<T> {
    core: Arc<Core<T>>,
}

/// The operations of a job that do not depend on the type of its results.
pub trait AnyJob: Send + Sync {
    /// Returns the state and the progress of the job.
    fn poll(&self) -> Progress;
    /// Returns why the job failed, if it did.
    fn failure(&self) -> Option<String>;
    /// Waits until there is a result to take or the job is over, and returns whether that is so. It waits for at most
    /// `limit`, plus the delay of the system's clock.
    fn wait(&self, limit: Duration) -> bool;
    /// Cancels the job. It has ended when `poll` reports that.
    fn cancel(&self);
    /// Signals the notifier whenever the job becomes ready, and at once if it is ready.
    fn watch(&self, notifier: &Notifier);
    /// Returns the job, for a downcast to its type.
    fn as_any(&self) -> &dyn Any;
}

/// Starts a job that runs `work`. If no thread can be started, the job has failed when this returns.
pub fn start<T: Send + 'static>(
    work: impl FnOnce(&Worker<T>) -> Result<(), JobError> + Send + 'static,
) -> Job<T> {
    let core = Core::new();
    let (worker, crew) = (Worker { core: Arc::clone(&core) }, Arc::clone(&core.crew));
    let work = move |thread: Result<(), &str>| {
        if worker.core.begin() {
            let end = thread.map_err(|reason| JobError::Failed(reason.to_owned()));
            worker.core.end(end.and_then(|()| guarded(|| work(&worker))));
        }
    };
    pool().submit(Task { crew: Some(crew), work: Box::new(work) });
    Job { core }
}

/// Returns the number of threads that a parallel job may use.
pub fn parallelism() -> usize {
    pool().most_running()
}

/// Returns the size of a file as the system has it cached: for threads of the host, which must not wait for a server.
pub fn size_at_hand(file: &File) -> std::io::Result<u64> {
    sys::size_at_hand(file)
}

/// Returns the numbers of the volume that a file is on, and of the file on it.
pub fn file_number(file: &File) -> std::io::Result<(u64, u64)> {
    sys::file_number(file)
}

/// Returns the bytes of untaken results of all jobs.
pub fn waiting() -> i64 {
    WAITING.load(Ordering::Relaxed)
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.core.cancel();
    }
}

impl<T> Job<T> {
    /// Returns the next result, if there is one now.
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

    /// Returns a result that the host no longer needs, for the job to free. On the host's thread, freeing could wait for
    /// a lock of the allocator, held by a thread of the job that is not running.
    pub fn give_back(&self, result: T) {
        if self.core.is_foreign() {
            return;
        }
        let mut inner = self.core.lock();
        let has_room =
            inner.spent.len() < MAX_SPENT_RESULTS && memory::reserve(&mut inner.spent, 1).is_ok();
        if inner.state == JobState::Running && has_room {
            inner.spent.push(result);
        } else {
            // In this case free it here, without the lock.
            drop(inner);
        }
    }

    /// Returns the bytes of untaken results.
    #[cfg(test)]
    pub fn memory_usage(&self) -> usize {
        self.core.lock().weight
    }

    /// Abandons jobs that were cancelled long enough ago: this one, or, if this one waits for a thread, those that have
    /// threads.
    fn look_after(&self) {
        let inner = self.core.lock();
        if inner.state != JobState::Running {
        } else if inner.due.is_some_and(|due| due <= Instant::now()) {
            drop(inner);
            self.core.abandon();
        } else if inner.phase == Phase::Queued {
            drop(inner);
            pool().review();
        }
    }

    /// Puts the rest of a result back, to be taken next.
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
    /// Returns a handle that wakes the job.
    pub fn waker(&self) -> Waker {
        Waker(self.core.crew.job.clone())
    }

    /// Passes all further results to `sink`, in order, on the job's threads, instead of keeping them for the host. If
    /// `sink` returns an error, the job fails with it. This function itself does not call `sink`.
    ///
    /// The job is over only when the sink has received everything. Watchers are signalled after each batch.
    pub fn divert(&self, sink: impl Fn(T) -> Result<(), String> + Send + Sync + 'static) {
        if self.core.is_foreign() {
            return;
        }
        self.core.lock().sink = Some(Arc::new(sink));
        let core = Arc::clone(&self.core);
        spawn_detached(move || {
            core.sink();
            core.notify(core.lock());
        });
    }
}

impl<T: Send + 'static> AnyJob for Job<T> {
    fn poll(&self) -> Progress {
        let core = &self.core;
        let done = core.done.load(Ordering::Relaxed);
        let total = core.total.load(Ordering::Relaxed);
        if core.is_foreign() {
            return Progress { state: JobState::Failed, ready: false, done, total };
        }
        self.look_after();
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
        // A limit that overflows the clock means no limit.
        let until = Instant::now().checked_add(limit);
        // A job that has reported progress is not a short one, and needs the processor itself.
        if !limit.is_zero() && self.core.done.load(Ordering::Relaxed) == 0 {
            pool().spin(&mut || self.core.lock().has_news());
        }
        loop {
            self.look_after();
            let mut inner = self.core.lock();
            if inner.has_news() {
                return true;
            }
            let now = Instant::now();
            let mut left = until.map_or(limit, |until| until.saturating_duration_since(now));
            if left.is_zero() {
                return false;
            }
            if inner.state == JobState::Running {
                // By then the state may change.
                if let Some(due) = inner.due {
                    left = left.min(due.saturating_duration_since(now) + CLOCK_TOLERANCE);
                } else if inner.phase == Phase::Queued {
                    left = left.min(ABANDONED_AFTER);
                }
            }
            inner.waiting += 1;
            let woken = self.core.news.wait_timeout(inner, left);
            inner = woken.unwrap_or_else(PoisonError::into_inner).0;
            inner.waiting -= 1;
        }
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
        // After the watcher was added: a result published in between signals twice rather than never.
        let inner = self.core.lock();
        if inner.has_news() {
            bell.ring();
        } else if let (JobState::Running, Some(due)) = (inner.state, inner.due) {
            drop(inner);
            pool().stop(&self.core.crew, due, true);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A job with two owners, the host and another part of the library. It is cancelled when both have dropped it, or when
/// either cancels it.
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
