//! The worker: through it the code of a job reports progress, publishes results, and checks for
//! cancellation.

use super::core::{Core, Inner};
use super::crew::{Crew, Waker};
use super::pool::pool;
use super::state::{JobError, MAX_UNTAKEN_BYTES, WAITING};
use super::sys;
use crate::memory::{self, must};
use std::fs::File;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Time for which a job polls for input on its own thread before that sleeps until there is some; also the time it takes
/// to notice that it is cancelled if nothing can wake it.
const MAX_POLL_TIME: Duration = Duration::from_millis(5);

/// The job's handle to itself, passed to its closure.
pub struct Worker<T> {
    pub(super) core: Arc<Core<T>>,
}

/// All clones are equivalent: each thread that helps a job has one.
impl<T> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker { core: Arc::clone(&self.core) }
    }
}

/// Guard held while a thread of a job waits.
pub(super) struct Waiting<'w>(&'w Crew);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        pool().leave_wait(self.0);
    }
}

impl<T> Worker<T> {
    /// Returns whether the job is cancelled. Check at least every few milliseconds: hosts are promised that it stops
    /// within ten.
    pub fn is_cancelled(&self) -> bool {
        self.core.crew.is_cancelled()
    }

    /// Returns an error if the job is cancelled, to stop it by `?`.
    pub fn go_on(&self) -> Result<(), JobError> {
        if self.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) }
    }

    /// Adds to the work done.
    pub fn advance(&self, units: u64) {
        self.core.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Sets the total amount of work.
    pub fn expect(&self, units: u64) {
        self.core.total.store(units, Ordering::Relaxed);
    }

    /// Signals the notifiers that watch the job, for changes other than results.
    pub fn ring(&self) {
        self.core.notify(self.core.lock());
    }

    /// Returns a handle with which other threads wake the job.
    pub fn waker(&self) -> Waker {
        Waker(self.core.crew.job.clone())
    }

    /// Lets other jobs run in place of this one until the guard is dropped. If too many jobs wait already, the job fails.
    pub(super) fn begin_wait(&self) -> Result<Waiting<'_>, JobError> {
        let crew = &self.core.crew;
        match pool().enter_wait(crew) {
            Ok(()) => Ok(Waiting(crew)),
            Err(message) => Err(self.core.fail(message)),
        }
    }

    /// Waits until a file has something to read, or is at its end. Other jobs run in place of this one meanwhile.
    pub fn wait_readable(&self, file: &File) -> Result<(), JobError> {
        if sys::wait_readable(file, Duration::ZERO) {
            return Ok(());
        }
        let _waiting = self.begin_wait()?;
        loop {
            self.go_on()?;
            // Input that comes soon does not involve a second thread.
            if sys::wait_readable(file, MAX_POLL_TIME) {
                return Ok(());
            }
            if let Some(number) = pool().watcher().when_readable(file, self.waker()) {
                self.sleep(None);
                pool().watcher().forget(number);
            }
        }
    }

    /// Returns whether there are untaken results.
    pub fn has_results(&self) -> bool {
        !self.core.lock().results.is_empty()
    }

    /// Sleeps until the job is woken or cancelled, or `limit` has passed. Another job runs in its place meanwhile.
    pub fn pause(&self, limit: Duration) -> Result<(), JobError> {
        let waiting = self.begin_wait()?;
        self.sleep(Some(limit));
        drop(waiting);
        self.go_on()
    }

    fn sleep(&self, limit: Option<Duration>) {
        let mut inner = self.core.lock();
        inner.stuck += 1;
        let asleep = |inner: &mut Inner<T>| !inner.woken && !self.is_cancelled();
        let room = &self.core.room;
        inner = match limit {
            Some(limit) => {
                let waited = room.wait_timeout_while(inner, limit, asleep);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => room.wait_while(inner, asleep).unwrap_or_else(PoisonError::into_inner),
        };
        inner.woken = false;
        inner.stuck -= 1;
    }

    /// Publishes a result that holds `weight` bytes. If more than [`MAX_UNTAKEN_BYTES`] are untaken, it first waits until
    /// the host has taken some. Several threads of a job may publish at the same time.
    pub fn publish(&self, result: T, weight: usize) -> Result<(), JobError> {
        let mut inner = self.core.lock();
        if inner.weight >= MAX_UNTAKEN_BYTES && !self.is_cancelled() {
            drop(inner);
            let waiting = self.begin_wait()?;
            inner = self.core.lock();
            inner.stuck += 1;
            let full =
                |inner: &mut Inner<T>| inner.weight >= MAX_UNTAKEN_BYTES && !self.is_cancelled();
            let waited = self.core.room.wait_while(inner, full);
            inner = waited.unwrap_or_else(PoisonError::into_inner);
            inner.stuck -= 1;
            drop(waiting);
        }
        self.go_on()?;
        must(memory::reserve_queue(&mut inner.results, 1));
        inner.weight += weight;
        inner.results.push_back((result, weight));
        WAITING.fetch_add(weight as i64, Ordering::Relaxed);
        let spent = [inner.spent.pop(), inner.spent.pop()];
        if inner.sink.is_some() {
            drop(inner);
            self.core.sink();
            inner = self.core.lock();
        }
        self.core.notify(inner);
        drop(spent);
        Ok(())
    }
}
