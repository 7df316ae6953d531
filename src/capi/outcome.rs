//! Jobs with exactly one result: the job forms of functions that can take longer than a millisecond.
//!
//! The result is kept apart from the batches of other jobs, so such a job is never "ready" before it is done, and its
//! result can be taken as often as the caller likes.

use super::error::{Failure, rille_status, rille_status::*};
use super::job::rille_job;
use crate::job::{self, JobState, Worker};
use once_cell::sync::OnceCell;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Bytes of the results of all such jobs that are alive.
static HELD: AtomicI64 = AtomicI64::new(0);

/// Bytes of results that jobs hold, for the gauge of jobs.
pub(super) fn held() -> i64 {
    HELD.load(Ordering::Relaxed)
}

/// A result, counted for as long as it lives.
struct Held<R> {
    result: R,
    bytes: usize,
}

impl<R> Drop for Held<R> {
    fn drop(&mut self) {
        HELD.fetch_sub(self.bytes as i64, Ordering::Relaxed);
    }
}

/// Where the job puts its result and the host finds it. Reading it takes no lock: in the child of a fork nobody would
/// ever open one.
pub(super) struct Outcome<R>(OnceCell<Held<R>>);

impl<R: Send + Sync + 'static> Outcome<R> {
    /// Starts a job that calls `work` on another thread. `bytes` returns the memory that a result holds.
    pub(super) fn start(
        work: impl FnOnce() -> R + Send + 'static,
        bytes: fn(&R) -> usize,
    ) -> *mut rille_job {
        Outcome::start_with(|_| work(), bytes)
    }

    /// The same for work that tells of its progress or sees that the job is cancelled: what it returns then is dropped.
    pub(super) fn start_with(
        work: impl FnOnce(&Worker<()>) -> R + Send + 'static,
        bytes: fn(&R) -> usize,
    ) -> *mut rille_job {
        let outcome = Arc::new(Outcome(OnceCell::new()));
        let place = Arc::clone(&outcome);
        let job = job::start::<()>(move |worker| {
            worker.go_on()?;
            let result = work(worker);
            // What a cancelled job has found is dropped here, on its own thread.
            worker.go_on()?;
            let bytes = bytes(&result);
            HELD.fetch_add(bytes as i64, Ordering::Relaxed);
            let _ = place.0.set(Held { result, bytes });
            Ok(())
        });
        rille_job::with_outcome(job, outcome)
    }

    /// Calls `take` with the result of a job, if it has one: RILLE_PENDING while it runs, RILLE_NONE if it was cancelled
    /// or has failed. `kind` names jobs of this type, for the message of others.
    pub(super) fn take(
        job: &rille_job,
        kind: &str,
        take: impl FnOnce(&R) -> Result<rille_status, Failure>,
    ) -> Result<rille_status, Failure> {
        let outcome: &Arc<dyn Any + Send + Sync> = job.outcome(kind)?;
        let outcome: &Outcome<R> =
            outcome.downcast_ref().ok_or_else(|| super::job::other_kind(job.any(), kind))?;
        // In this order: a result that comes in between is taken, not missed.
        let running = job.any().poll().state == JobState::Running;
        match outcome.0.get() {
            Some(held) => take(&held.result),
            None if running => Ok(RILLE_PENDING),
            None => Ok(RILLE_NONE),
        }
    }
}
