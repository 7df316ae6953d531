//! A gate that one job at a time passes, and others wait at without taking the place of other jobs.

use super::{JobError, Worker};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a job takes at most to see that it is cancelled.
const CANCEL_CHECK_INTERVAL: Duration = Duration::from_millis(5);

/// A lock for jobs that hold it while they work. A job that waits for it can be cancelled, and other jobs run in its place
/// meanwhile: the one that holds it may be stuck in the system.
///
/// It is not for the host's threads but by [`Gate::try_enter`], and not for what a child process needs after a fork.
#[derive(Default)]
pub struct Gate {
    taken: Mutex<bool>,
    left: Condvar,
}

/// Held by who is inside.
pub struct Pass<'g>(&'g Gate);

impl Gate {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters if nobody is inside.
    pub fn try_enter(&self) -> Option<Pass<'_>> {
        let was_taken = std::mem::replace(&mut *self.lock(), true);
        (!was_taken).then(|| Pass(self))
    }

    /// Waits until nobody is inside, and enters. Fails if the job is cancelled by then.
    pub fn enter<T>(&self, worker: &Worker<T>) -> Result<Pass<'_>, JobError> {
        if let Some(pass) = self.try_enter() {
            return Ok(pass);
        }
        let _waiting = worker.begin_wait()?;
        let mut taken = self.lock();
        while *taken {
            worker.go_on()?;
            let waited = self.left.wait_timeout(taken, CANCEL_CHECK_INTERVAL);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken = true;
        Ok(Pass(self))
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.lock() = false;
        self.0.left.notify_one();
    }
}
