//! The crew of a job: the pool threads that work for it, its own thread and its helpers.
//!
//! # What is a crew for?
//!
//! The pool limits the number of threads that run at the same time. A job that waits, or that was abandoned, must not
//! take the place of another, however many threads it has. So the pool does not count the crew while one of its threads
//! waits for the host, for input or for a change, nor while a cancelled job does not stop.
//!
//! A thread that waits for other threads of its job is not counted either, and only that thread: see [`Aside`].

use super::pool::pool;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Operations on a job that do not depend on the type of its results.
pub(super) trait Subject: Send + Sync {
    /// Wakes the job if it sleeps, or keeps it from sleeping the next time.
    fn wake(&self);

    /// Marks the job as cancelled although it still runs, if it was cancelled long enough ago.
    fn abandon(&self);
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

/// Time for which a thread waits for others of its job before it steps aside: shorter waits come in thousands.
pub const STEP_ASIDE_AFTER: Duration = Duration::from_millis(1);

/// Guard held while a thread of a job only waits for others of the same job: another job runs in its place. On a thread
/// of the host it has no effect.
pub struct Aside(Option<Arc<Crew>>);

impl Aside {
    /// Steps aside. The caller must not hold a lock, as tasks may be called here with the error that no thread can be
    /// started.
    pub fn step() -> Aside {
        let crew = current();
        if let Some(crew) = &crew {
            pool().enter_aside(crew);
        }
        Aside(crew)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(crew) = &self.0 {
            pool().leave_aside(crew);
        }
    }
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
