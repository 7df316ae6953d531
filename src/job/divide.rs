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

/// Calls `work` on this thread, and at the same time on up to `helpers` threads of the pool that have nothing else to do.
/// Each call gets a number of its own, this thread's is 0. Returns when all calls that have begun are over; those that
/// have not begun by the time that this thread's is over never do. So `work` has to take what there is to do piece by
/// piece, and to return when there is no more.
///
/// The threads of the pool wait parked, so that this costs little more than waking them.
pub fn divide(helpers: usize, work: Arc<dyn Fn(usize) + Send + Sync>) {
    let party = Arc::new(Party::default());
    for number in 1..=helpers {
        let (party, work) = (Arc::clone(&party), Arc::clone(&work));
        pool().submit(Box::new(move |thread: Result<(), &str>| {
            if thread.is_ok() && party.join() {
                let end = catch_unwind(AssertUnwindSafe(|| work(number)));
                drop(work);
                party.leave(end.err());
            }
        }));
    }
    let end = catch_unwind(AssertUnwindSafe(|| work(0)));
    drop(work);
    let panic = party.close();
    match end.err().or(panic) {
        Some(panic) => resume_unwind(panic),
        None => (),
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
