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
//! Results that nobody takes hold up to [`MAX_UNTAKEN_BYTES`] bytes (those that were taken and are not freed yet about as many), then the job waits until some are taken, or until it is
//! cancelled. Dropping a `Job` cancels it and waits for nothing. A panic ends the job, not the process. After a fork the
//! child sees its parent's jobs as failed; its own run on threads of its own.
//!
//! # What waits, and where?
//!
//! A job that waits for its host or for input keeps its thread, which the pool does not count meanwhile: 1,024 jobs may wait,
//! and one more fails with a sentence. One that only looks from time to time ([`repeat`]) has no thread between two looks.
//!
//! # What if a cancelled job does not stop?
//!
//! After [`ABANDONED_AFTER`] it is abandoned: its host sees it as cancelled, nothing that it still publishes is kept, and its threads
//! do not count until they come back from where they are: a read from a server that does not answer, the compiler of a
//! pattern. When 16 jobs are stuck like that, no more threads are started, and a job that finds none fails with a sentence.
//! What other jobs need must not be behind a lock that a stuck one holds: see [`Gate`].

mod core;
mod crew;
mod gate;
mod names;
mod notifier;
mod parallel;
mod pool;
mod steps;
mod sys;
#[cfg(test)]
mod tests;
mod watcher;
mod worker;

pub use crew::{Aside, STEP_ASIDE_AFTER};
pub use gate::{Gate, Pass};
pub use names::NameWatch;
pub use notifier::Notifier;
pub use parallel::{run_parallel, spawn_detached};
pub use steps::{Step, repeat};
pub use worker::{JobError, Waker, Worker};

use core::{Core, Phase};
use pool::{Task, pool};
use std::any::Any;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Results of one job that wait to be taken, in bytes, before the job waits as well.
pub const MAX_UNTAKEN_BYTES: usize = 4 << 20;

/// How long a cancelled job may take to stop, before it is abandoned.
pub const ABANDONED_AFTER: Duration = Duration::from_millis(10);

/// What a clock may be behind another one.
const ROUNDED: Duration = Duration::from_micros(100);

/// Results that wait to be freed by their job, at most. Each publication frees two, so they hold little more than the budget.
const MAX_SPENT_RESULTS: usize = 1024;

/// What a child process sees of its parent's jobs.
const FORKED: &str = "the job belongs to the process that this one was forked from; start it here";

/// Bytes that wait to be taken, of all jobs.
static WAITING: AtomicI64 = AtomicI64::new(0);

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
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
    pub state: JobState,
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

/// Starts a job. It is failed already if the system gives no thread.
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

/// Makes a failure of a panic.
fn guarded<R>(work: impl FnOnce() -> Result<R, JobError>) -> Result<R, JobError> {
    let end = catch_unwind(AssertUnwindSafe(work));
    end.unwrap_or_else(|panic| Err(JobError::Failed(mistake(panic))))
}

/// How many threads a job that divides its work may use.
pub fn parallelism() -> usize {
    pool().most_running()
}

/// Bytes of a file as the system has them at hand: for threads of the host, which must not wait for a server.
pub fn size_at_hand(file: &File) -> std::io::Result<u64> {
    sys::size_at_hand(file)
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
        if inner.state == JobState::Running && inner.spent.len() < MAX_SPENT_RESULTS {
            inner.spent.push(result);
        } else {
            // It is freed here then, without the lock.
            drop(inner);
        }
    }

    /// Bytes of its results that wait to be taken.
    #[cfg(test)]
    pub fn memory_usage(&self) -> usize {
        self.core.lock().weight
    }

    /// Abandons what was cancelled long enough ago: this job, or if it waits for a thread, those that have them.
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
    /// What wakes the job.
    pub fn waker(&self) -> Waker {
        Waker(self.core.crew.job.clone())
    }

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
        spawn_detached(move || {
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
        // A limit that no clock can tell is none.
        let until = Instant::now().checked_add(limit);
        // One that has told of progress is no small one, and needs the processor itself.
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
                // There is something to see by then.
                if let Some(due) = inner.due {
                    left = left.min(due.saturating_duration_since(now) + ROUNDED);
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
        // After the watch is set: what is published in between rings twice rather than never.
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
