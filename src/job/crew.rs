//! The crew of a job: the pool threads that work for it, its own thread and its helpers.
//!
//! # What is a crew for?
//!
//! The pool limits the number of threads that run at the same time. A job that waits, or that was abandoned, must not
//! take the place of another, however many threads it has. So the pool does not count the crew while one of its threads
//! waits for the host, for input or for a change, nor while a cancelled job does not stop.
//!
//! A thread that waits for other threads of its job is not counted either, and only that thread: see [`Aside`](super::Aside).

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};

/// Operations on a job that do not depend on the type of its results.
pub(super) trait Subject: Send + Sync {
    /// Wakes the job if it sleeps, or keeps it from sleeping the next time.
    fn wake(&self);

    /// Marks the job as cancelled although it still runs, if it was cancelled long enough ago.
    fn abandon(&self);
}

/// Wakes a job that sleeps in [`Worker::pause`](super::Worker::pause) or between two polls, from any thread. It does not keep the job alive. In
/// a child process it does nothing.
#[derive(Clone)]
pub struct Waker(pub(super) Weak<dyn Subject>);

impl Waker {
    /// Wakes the job, or keeps it from sleeping the next time.
    pub fn wake(&self) {
        if let Some(job) = self.0.upgrade() {
            job.wake();
        }
    }

    /// Returns whether the job no longer exists.
    pub fn is_gone(&self) -> bool {
        self.0.strong_count() == 0
    }
}

/// The threads of one job. Only the pool changes the counts, while it holds its own lock.
pub(super) struct Crew {
    pub(super) job: Weak<dyn Subject>,
    pub(super) cancelled: AtomicBool,
    /// Pool threads that work for the job now.
    pub(super) threads: AtomicUsize,
    /// Threads of the job, in the pool or not, that wait for the host, for input or for a change.
    pub(super) waiting: AtomicUsize,
    /// Pool threads that only wait for others of the same job.
    pub(super) aside: AtomicUsize,
    pub(super) abandoned: AtomicBool,
}

thread_local! {
    /// The crew for which this pool thread works.
    static CURRENT: RefCell<Option<Arc<Crew>>> = const { RefCell::new(None) };
}

/// Returns the crew of the calling thread, or none for threads of the host.
pub(super) fn current() -> Option<Arc<Crew>> {
    CURRENT.with_borrow(Option::clone)
}

/// Sets the crew of the calling thread, or none.
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
            aside: AtomicUsize::new(0),
            abandoned: AtomicBool::new(false),
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// Returns whether one more thread could do something for the job now.
    pub fn wants_help(&self) -> bool {
        !self.is_cancelled() && self.waiting.load(Relaxed) == 0
    }

    /// Returns whether none of its threads counts as running.
    fn is_blocked(&self) -> bool {
        self.waiting.load(Relaxed) > 0 || self.abandoned.load(Relaxed)
    }

    /// Returns the number of threads that do not count as running.
    pub fn blocked(&self) -> usize {
        if self.is_blocked() { self.threads.load(Relaxed) } else { self.aside.load(Relaxed) }
    }

    /// Returns how many of those only wait for others of the job, and so will continue without outside help.
    pub fn aside(&self) -> usize {
        if self.is_blocked() { 0 } else { self.aside.load(Relaxed) }
    }

    /// Returns whether the job waits.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Relaxed) > 0
    }

    /// Returns whether the job was abandoned and still has threads.
    pub fn is_stuck(&self) -> bool {
        self.abandoned.load(Relaxed) && self.threads.load(Relaxed) > 0
    }
}
