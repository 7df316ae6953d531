//! A lock for jobs: one job at a time holds it, and the jobs that wait for it take no place in the pool.

use super::{JobError, Worker};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Maximum time until a job that waits at a gate notices that it is cancelled.
const CANCEL_CHECK_INTERVAL: Duration = Duration::from_millis(5);

/// A lock that a job holds while it works. A job that waits for it can be cancelled, and other jobs run in its place
/// meanwhile, as the job that holds the lock may be stuck in the system.
///
/// Threads of the host may only use [`Gate::try_enter`]. A gate must not protect what a child process needs after a fork.
#[derive(Default)]
pub struct Gate {
    taken: Mutex<bool>,
    left: Condvar,
}

/// Guard of the job that holds the gate.
pub struct Pass<'g>(&'g Gate);

impl Gate {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the gate, or returns none if another job holds it.
    pub fn try_enter(&self) -> Option<Pass<'_>> {
        let was_taken = std::mem::replace(&mut *self.lock(), true);
        (!was_taken).then(|| Pass(self))
    }

    /// Waits for the gate and takes it. Returns an error if the job is cancelled meanwhile.
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
