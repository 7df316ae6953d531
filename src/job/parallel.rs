//! Parallel work: several threads of the pool work on one task while there is something to do.

use super::aside::{Aside, STEP_ASIDE_AFTER};
use super::crew::{self, Crew};
use super::pool::{Task, pool};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The threads at work on a task.
#[derive(Default)]
struct Party {
    state: Mutex<ParallelState>,
    left: Condvar,
}

#[derive(Default)]
struct ParallelState {
    closed: bool,
    busy: usize,
    panic: Option<Box<dyn Any + Send>>,
}

/// Calls `this` on the calling thread, and at the same time `other` on up to `helpers` idle threads of the pool, each
/// with a number from 1 on. Returns when all calls that have begun are over; calls that have not begun when `this`
/// returns never begin. So both have to take the work piece by piece, and return when there is none left.
///
/// No helper begins for a job that is cancelled or waits for its host.
///
/// Idle threads of the pool are parked, so that this costs little more than waking them.
pub fn run_parallel(
    helpers: usize,
    this: impl FnOnce(),
    other: impl Fn(usize) + Send + Sync + 'static,
) {
    let (party, other) = (Arc::new(Party::default()), Arc::new(other));
    // Helpers of a job belong to its crew, so that the pool does not count them while the job waits or is abandoned.
    let crew = crew::current();
    for number in 1..=helpers {
        let (party, other, of) = (Arc::clone(&party), Arc::clone(&other), crew.clone());
        let work = move |thread: Result<(), &str>| {
            let wanted = of.as_deref().is_none_or(Crew::wants_help);
            if thread.is_ok() && wanted && party.join() {
                let end = catch_unwind(AssertUnwindSafe(|| other(number)));
                drop(other);
                party.leave(end.err());
            }
        };
        pool().submit(Task { crew: crew.clone(), work: Box::new(work) });
    }
    let end = catch_unwind(AssertUnwindSafe(this));
    let panic = party.close();
    if let Some(panic) = end.err().or(panic) {
        resume_unwind(panic);
    }
}

/// Runs `work` on a thread of the pool when one is free; no thread waits for it. If no thread can be started, it runs
/// at once on the calling thread.
pub fn spawn_detached(work: impl FnOnce() + Send + 'static) {
    let work = Box::new(move |_: Result<(), &str>| {
        // Nobody is interested in a panic here.
        let _ = catch_unwind(AssertUnwindSafe(work));
    });
    pool().submit(Task { crew: None, work });
}

impl Party {
    fn join(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.busy += usize::from(!state.closed);
        !state.closed
    }

    fn leave(&self, panic: Option<Box<dyn Any + Send>>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.busy -= 1;
        state.panic = state.panic.take().or(panic);
        drop(state);
        self.left.notify_all();
    }

    /// Admits no further helpers, and waits for those at work.
    fn close(&self) -> Option<Box<dyn Any + Send>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        let is_busy = |state: &mut ParallelState| state.busy > 0;
        let waited = self.left.wait_timeout_while(state, STEP_ASIDE_AFTER, is_busy);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        if state.busy == 0 {
            return state.panic.take();
        }
        drop(state);
        let aside = Aside::step();
        state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.left.wait_while(state, is_busy);
        let panic = waited.unwrap_or_else(PoisonError::into_inner).panic.take();
        drop(aside);
        panic
    }
}
