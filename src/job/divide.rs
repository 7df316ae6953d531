//! Work that is divided: several threads of the pool at one task, for as long as there is something to do.

use super::pool::pool;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Who is at work.
#[derive(Default)]
struct Party {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    busy: usize,
    panic: Option<Box<dyn Any + Send>>,
}

/// Calls `this` on this thread, and at the same time `other` on up to `helpers` threads of the pool that have nothing else
/// to do; each of them gets a number, from 1 on. Returns when all calls that have begun are over; those that have not begun
/// by the time that `this` is over never do. So both have to take what there is to do piece by piece, and to return when
/// there is no more.
///
/// The threads of the pool wait parked, so that this costs little more than waking them.
pub fn divide(helpers: usize, this: impl FnOnce(), other: impl Fn(usize) + Send + Sync + 'static) {
    let (party, other) = (Arc::new(Party::default()), Arc::new(other));
    for number in 1..=helpers {
        let (party, other) = (Arc::clone(&party), Arc::clone(&other));
        pool().submit(Box::new(move |thread: Result<(), &str>| {
            if thread.is_ok() && party.join() {
                let end = catch_unwind(AssertUnwindSafe(|| other(number)));
                drop(other);
                party.leave(end.err());
            }
        }));
    }
    let end = catch_unwind(AssertUnwindSafe(this));
    let panic = party.close();
    if let Some(panic) = end.err().or(panic) {
        resume_unwind(panic);
    }
}

/// Does something on a thread of the pool, whenever there is one: what nobody waits for. If no thread can be started it
/// is done at once.
pub fn later(work: impl FnOnce() + Send + 'static) {
    pool().submit(Box::new(move |_| {
        // Nobody hears of a panic here, and there is nobody whom it would concern.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }));
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
        let waited = self.left.wait_while(state, |state| state.busy > 0);
        waited.unwrap_or_else(PoisonError::into_inner).panic.take()
    }
}
