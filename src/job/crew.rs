//! The crew of a job: the pool threads that work for it, its own and those that help it.
//!
//! # What is it for?
//!
//! The pool lets only so many threads run at the same time. A job that waits, or that was abandoned, must not take the place
//! of another one, however many threads it has: so the pool counts the whole crew out while one of it waits for the
//! host, for input or for a change, and for as long as a cancelled job does not stop.
//!
//! A thread that waits for others of its own job counts out alone: see [`Aside`].

use super::pool::pool;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

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
    /// Threads of the pool that have nothing to do but to wait for others of the same job.
    pub(super) aside: AtomicUsize,
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

/// How long a thread waits for others of its job before it steps aside: shorter waits come in thousands.
pub const STEP_ASIDE_AFTER: Duration = Duration::from_millis(1);

/// Held while a thread of a job has nothing to do but to wait for others of the same job: another job runs in its place.
/// For a thread of the host it is nothing.
pub struct Aside(Option<Arc<Crew>>);

impl Aside {
    /// Steps aside. The caller holds no lock: tasks may be told here that no thread can be had for them.
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

    /// Whether one more thread could do something for the job now.
    pub fn wants_help(&self) -> bool {
        !self.is_cancelled() && self.waiting.load(Relaxed) == 0
    }

    /// Whether none of its threads counts as running.
    fn is_blocked(&self) -> bool {
        self.waiting.load(Relaxed) > 0 || self.abandoned.load(Relaxed)
    }

    /// Threads that do not count as running.
    pub fn blocked(&self) -> usize {
        if self.is_blocked() { self.threads.load(Relaxed) } else { self.aside.load(Relaxed) }
    }

    /// Those of them that only wait for others of the job, which come to their end without anybody's help.
    pub fn aside(&self) -> usize {
        if self.is_blocked() { 0 } else { self.aside.load(Relaxed) }
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
