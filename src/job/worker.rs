//! The job's end of a job: progress, results, and when to stop.

use super::pool::pool;
use super::{BUDGET, Core, Inner, PATIENCE, WAITING, sys};
use std::fs::File;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// The job's end of it.
pub struct Worker<T> {
    pub(super) core: Arc<Core<T>>,
}

/// Both ends are one: threads that help a job have one each.
impl<T> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker { core: Arc::clone(&self.core) }
    }
}

/// Why a job ended before its work did.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// It saw that it was cancelled.
    Cancelled,
    /// It cannot go on, and why.
    Failed(String),
}

/// Wakes a job that sleeps in [`Worker::pause`], from any thread. It does not keep the job.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// Wakes it, or keeps it from falling asleep the next time.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl<T: Send + 'static> Worker<T> {
    /// What others wake the job with.
    pub fn waker(&self) -> Waker {
        let core = Arc::downgrade(&self.core);
        Waker(Arc::new(move || {
            if let Some(core) = core.upgrade()
                && !core.is_foreign()
            {
                core.lock().woken = true;
                core.room.notify_all();
            }
        }))
    }
}

impl<T> Worker<T> {
    /// Whether the job is to stop. Ask at least every few milliseconds: hosts are promised that it ends within ten.
    pub fn is_cancelled(&self) -> bool {
        self.core.cancelled.load(Ordering::Relaxed)
    }

    /// Stops by `?` if the job is to stop.
    pub fn go_on(&self) -> Result<(), Stop> {
        if self.is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// Adds to what is done.
    pub fn advance(&self, units: u64) {
        self.core.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Tells how much there is to do.
    pub fn expect(&self, units: u64) {
        self.core.total.store(units, Ordering::Relaxed);
    }

    /// Lets notifiers that watch the job know of news that are no results of it.
    pub fn ring(&self) {
        self.core.tell(self.core.lock());
    }

    /// Waits until there is something to read from a file that may have nothing yet, or its end. Other jobs have the place of
    /// this one meanwhile.
    pub fn wait_readable(&self, file: &File) -> Result<(), Stop> {
        if sys::wait_readable(file, Duration::ZERO) {
            return Ok(());
        }
        pool().enter_wait();
        let mut going = self.go_on();
        while going.is_ok() && !sys::wait_readable(file, PATIENCE) {
            going = self.go_on();
        }
        pool().leave_wait();
        going
    }

    /// Whether results wait to be taken.
    pub fn has_results(&self) -> bool {
        !self.core.lock().results.is_empty()
    }

    /// Sleeps until the job is woken or cancelled, or the time has passed. Meanwhile another job runs in its place.
    pub fn pause(&self, limit: Duration) -> Result<(), Stop> {
        let mut inner = self.core.lock();
        inner.stuck += 1;
        if inner.stuck == 1 {
            pool().enter_wait();
        }
        let asleep = |inner: &mut Inner<T>| !inner.woken && !self.is_cancelled();
        let waited = self.core.room.wait_timeout_while(inner, limit, asleep);
        inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        inner.woken = false;
        inner.stuck -= 1;
        if inner.stuck == 0 {
            pool().leave_wait();
        }
        drop(inner);
        self.go_on()
    }

    /// Publishes a result that holds `weight` bytes. If more than [`BUDGET`] wait already, it first waits until the host
    /// has taken some. Threads of one job may publish at the same time.
    pub fn publish(&self, result: T, weight: usize) -> Result<(), Stop> {
        let mut inner = self.core.lock();
        if inner.weight >= BUDGET {
            // A job that divides its work waits as one: it has one thread of the pool, whatever others it has started.
            inner.stuck += 1;
            if inner.stuck == 1 {
                pool().enter_wait();
            }
            let full = |inner: &mut Inner<T>| inner.weight >= BUDGET && !self.is_cancelled();
            let waited = self.core.room.wait_while(inner, full);
            inner = waited.unwrap_or_else(PoisonError::into_inner);
            inner.stuck -= 1;
            if inner.stuck == 0 {
                pool().leave_wait();
            }
        }
        self.go_on()?;
        inner.weight += weight;
        inner.results.push_back((result, weight));
        WAITING.fetch_add(weight as i64, Ordering::Relaxed);
        let spent = [inner.spent.pop(), inner.spent.pop()];
        if inner.sink.is_some() {
            drop(inner);
            self.core.sink();
            inner = self.core.lock();
        }
        self.core.tell(inner);
        drop(spent);
        Ok(())
    }
}
