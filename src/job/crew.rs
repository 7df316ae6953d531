//! The crew of a job: the pool threads that work for it, its own and those that help it.
//!
//! # What is it for?
//!
//! The pool lets only so many threads run at the same time. A job that waits, or that was abandoned, must not take the place
//! of another one, however many threads it has: so the pool counts the whole crew out while one of it waits for the
//! host, for input or for a change, and for as long as a cancelled job does not stop.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};

/// What others do to a job without knowing the type of its results.
pub(super) trait Subject: Send + Sync {
    /// Wakes it if it sleeps, or keeps it from falling asleep the next time.
    fn wake(&self);

    /// Reports it as cancelled although it still runs, if it was cancelled long enough ago.
    fn abandon(&self);
}

/// The threads of one job. The pool changes the numbers, while it holds its own lock.
pub(super) struct Crew {
    pub(super) job: Weak<dyn Subject>,
    pub(super) cancelled: AtomicBool,
    /// Threads of the pool that work for the job now.
    pub(super) threads: AtomicUsize,
    /// Threads of the job, of the pool or not, that wait for the host, for input or for a change.
    pub(super) waiting: AtomicUsize,
    pub(super) abandoned: AtomicBool,
}

thread_local! {
    /// For whom this thread of the pool works.
    static CURRENT: RefCell<Option<Arc<Crew>>> = const { RefCell::new(None) };
}

/// The crew that the calling thread belongs to; none for threads of the host.
pub(super) fn current() -> Option<Arc<Crew>> {
    CURRENT.with_borrow(Option::clone)
}

/// Lets the calling thread belong to a crew, or to none.
pub(super) fn set_current(crew: Option<Arc<Crew>>) {
    CURRENT.replace(crew);
}

impl Crew {
    pub fn new(job: Weak<dyn Subject>) -> Crew {
        Crew {
            job,
            cancelled: AtomicBool::new(false),
            threads: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            abandoned: AtomicBool::new(false),
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// Whether one more thread could do something for the job now.
    pub fn wants_help(&self) -> bool {
        !self.is_cancelled() && self.waiting.load(Relaxed) == 0
    }

    /// Threads that do not count as running.
    pub fn blocked(&self) -> usize {
        let is_blocked = self.waiting.load(Relaxed) > 0 || self.abandoned.load(Relaxed);
        if is_blocked { self.threads.load(Relaxed) } else { 0 }
    }

    /// Whether it waits.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Relaxed) > 0
    }

    /// Whether it was abandoned and has not come back.
    pub fn is_stuck(&self) -> bool {
        self.abandoned.load(Relaxed) && self.threads.load(Relaxed) > 0
    }
}
