//! Work that is divided: several threads of the pool at one task, for as long as there is something to do.

use super::crew::{self, Aside, Crew, STEP_ASIDE_AFTER};
use super::pool::{Task, pool};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Who is at work.
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

/// Calls `this` on this thread, and at the same time `other` on up to `helpers` threads of the pool that have nothing else
/// to do; each of them gets a number, from 1 on. Returns when all calls that have begun are over; those that have not begun
/// by the time that `this` is over never do. So both have to take what there is to do piece by piece, and to return when
/// there is no more.
///
/// None begins for a job that is cancelled or waits for its host by then.
///
/// The threads of the pool wait parked, so that this costs little more than waking them.
pub fn run_parallel(
    helpers: usize,
    this: impl FnOnce(),
    other: impl Fn(usize) + Send + Sync + 'static,
) {
    let (party, other) = (Arc::new(Party::default()), Arc::new(other));
    // They work for the same job, if it is one: they count out with it when it waits or is abandoned.
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

/// Does something on a thread of the pool, whenever there is one: what nobody waits for. If no thread can be started it
/// is done at once.
pub fn spawn_detached(work: impl FnOnce() + Send + 'static) {
    let work = Box::new(move |_: Result<(), &str>| {
        // Nobody hears of a panic here, and there is nobody whom it would concern.
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

    /// Lets nobody in any more, and waits for those who are.
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
