//! Jobs with exactly one result, for functions that can take longer than a millisecond.
//!
//! The result is separate from the batches of other jobs. So such a job is never "ready" before it is done, and its
//! result can be taken any number of times.

use super::error::{Failure, rille_status, rille_status::*};
use super::gauge::RESULTS;
use super::job::rille_job;
use crate::job::{self, JobState, Worker};
use once_cell::sync::OnceCell;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A result that is counted while it lives.
struct Held<R> {
    result: R,
    bytes: usize,
}

impl<R> Drop for Held<R> {
    fn drop(&mut self) {
        RESULTS.fetch_sub(self.bytes as i64, Ordering::Relaxed);
    }
}

/// The place of a job's result. Reading it takes no lock, which in a forked child might never be released.
pub(super) struct Outcome<R>(OnceCell<Held<R>>);

impl<R: Send + Sync + 'static> Outcome<R> {
    /// Starts a job that calls `work` on another thread. `bytes` returns the memory of a result.
    pub(super) fn start(
        work: impl FnOnce() -> R + Send + 'static,
        bytes: fn(&R) -> usize,
    ) -> *mut rille_job {
        Outcome::start_with(|_| work(), bytes)
    }

    /// Starts a job that calls `work`, which reports progress or checks for cancellation, on another thread. A result
    /// returned after cancellation is dropped.
    pub(super) fn start_with(
        work: impl FnOnce(&Worker<()>) -> R + Send + 'static,
        bytes: fn(&R) -> usize,
    ) -> *mut rille_job {
        let outcome = Arc::new(Outcome(OnceCell::new()));
        let place = Arc::clone(&outcome);
        let job = job::start::<()>(move |worker| {
            worker.go_on()?;
            let result = work(worker);
            // The result of a cancelled job is dropped here, on the job's own thread.
            worker.go_on()?;
            let bytes = bytes(&result);
            RESULTS.fetch_add(bytes as i64, Ordering::Relaxed);
            let _ = place.0.set(Held { result, bytes });
            Ok(())
        });
        rille_job::with_outcome(job, outcome)
    }

    /// Calls `take` with the result of a job. Returns RILLE_PENDING while the job runs, RILLE_NONE if it was cancelled
    /// or has failed. `kind` names jobs of this type, for the message when the job is of another type.
    pub(super) fn take(
        job: &rille_job,
        kind: &str,
        take: impl FnOnce(&R) -> Result<rille_status, Failure>,
    ) -> Result<rille_status, Failure> {
        let outcome: &Arc<dyn Any + Send + Sync> = job.outcome(kind)?;
        let outcome: &Outcome<R> =
            outcome.downcast_ref().ok_or_else(|| super::job::other_kind(job.any(), kind))?;
        // In this order: a result that arrives in between is taken, not missed.
        let running = job.any().poll().state == JobState::Running;
        match outcome.0.get() {
            Some(held) => take(&held.result),
            None if running => Ok(RILLE_PENDING),
            None => Ok(RILLE_NONE),
        }
    }
}
