//! The functions that are the same for jobs of every kind. The function that takes results belongs to the noun of the
//! job.

use super::boundary::{Handle, boundary_at, boundary_get, place};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use crate::file::{Found, News};
use crate::fuzzy::Ranking;
use crate::job::{AnyJob, Job, JobState};
use crate::tree::Paths;
use crate::tree::grep::Chunk;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// Work on a thread of the library, for example a directory walk. The function that starts a job names the one that
/// takes its results.
///
/// A job is finished when rille_job_poll no longer reports RILLE_JOB_RUNNING and no results are left. Results that are
/// not taken use at most 4 MiB for each job and a little more; then the job waits until some are taken.
///
/// At most as many jobs run at once as there are processors, and at most 8; the others queue. A job that waits (for its
/// results to be taken, for input, for a change of a file) does not count. At most 1,024 jobs may wait for results to
/// be taken or for input; one more fails. Jobs that follow files have no limit. A job for which no thread can be
/// started fails with a message.
///
/// A cancelled job that does not stop within 10 milliseconds, for example while it reads from a server that does not
/// answer, is abandoned: its state is RILLE_JOB_CANCELLED and its threads no longer count. While 16 jobs are stuck in
/// this way no more threads are started, and jobs that find no free thread fail with a message.
///
/// It may be freed at any time. In a process forked after the job was started, the job has failed.
pub struct rille_job {
    job: Box<dyn AnyJob>,
    /// The last batch that was taken, into which the caller has pointers.
    batch: Option<Box<dyn Batch>>,
    /// The result of a job with exactly one result: an `Outcome`.
    outcome: Option<Arc<dyn Any + Send + Sync>>,
}

/// Results that were taken, and that the caller has pointers into.
pub(super) trait Batch: Any + Send + Sync {
    /// Returns the memory of the batch in bytes.
    fn bytes(&self) -> usize;
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_job>();
};

impl Measured for rille_job {
    const GAUGE: &'static Gauge = &gauge::JOB;

    /// The job's state and its threads.
    const HIDDEN: usize = 16 << 10;

    /// The batch taken last. Results that wait to be taken change while no call runs; the core counts them.
    fn bytes(&self) -> usize {
        self.batch.as_ref().map_or(0, |batch| batch.bytes())
    }
}

impl rille_job {
    /// Returns a handle for a job that was just started.
    pub(super) fn give<T: Send + 'static>(job: Job<T>) -> *mut rille_job {
        rille_job::share(job)
    }

    /// Returns a handle for a job that the library may hold as well.
    pub(super) fn share(job: impl AnyJob + 'static) -> *mut rille_job {
        Handle::give(rille_job { job: Box::new(job), batch: None, outcome: None })
    }

    /// Returns a handle for a job with exactly one result.
    pub(super) fn with_outcome(
        job: Job<()>,
        outcome: Arc<dyn Any + Send + Sync>,
    ) -> *mut rille_job {
        Handle::give(rille_job { job: Box::new(job), batch: None, outcome: Some(outcome) })
    }

    /// Returns the place of the result of a job with exactly one result.
    pub(super) fn outcome(&self, kind: &str) -> Result<&Arc<dyn Any + Send + Sync>, Failure> {
        self.outcome.as_ref().ok_or_else(|| other_kind(&*self.job, kind))
    }

    /// Returns the job, for the function that takes results of type `T`.
    pub(super) fn of<T: Send + 'static>(&self, kind: &str) -> Result<&Job<T>, Failure> {
        self.job.as_any().downcast_ref().ok_or_else(|| other_kind(&*self.job, kind))
    }

    /// Returns the job, and the batch taken last; an empty batch the first time.
    pub(super) fn with_batch<T: Send + 'static, B: Batch + Default>(
        &mut self,
        kind: &str,
    ) -> Result<(&Job<T>, &mut B), Failure> {
        let any = &*self.job;
        let job = any.as_any().downcast_ref().ok_or_else(|| other_kind(any, kind))?;
        let batch: &mut dyn Any = &mut **self.batch.get_or_insert_with(|| Box::new(B::default()));
        Ok((job, batch.downcast_mut().ok_or_else(|| other_kind(any, kind))?))
    }

    /// Returns the job for calls that do not depend on the type of its results.
    pub(super) fn any(&self) -> &dyn AnyJob {
        &*self.job
    }
}

/// Tests whether a job is of a kind.
type Is = fn(&dyn Any) -> bool;

/// The name of each kind of job, by the type of its results.
const KINDS: [(Is, &str); 6] = [
    (<dyn Any>::is::<Job<Paths>>, "a walk"),
    (<dyn Any>::is::<Job<Chunk>>, "a grep"),
    (<dyn Any>::is::<Job<Found>>, "a search in a file"),
    (<dyn Any>::is::<Job<News>>, "one that follows a file"),
    (<dyn Any>::is::<Job<Ranking>>, "a fuzzy search"),
    (<dyn Any>::is::<Job<()>>, "one without items"),
];

#[cold]
#[inline(never)]
pub(super) fn other_kind(job: &dyn AnyJob, wanted: &str) -> Failure {
    let actual = KINDS.iter().find(|(is, _)| is(job.as_any()));
    let actual = actual.map_or("of another kind", |(_, name)| name);
    Failure::new(RILLE_EARG, format!("this job is {actual}, not {wanted}"))
}

/// The state of a job.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_job_state {
    /// The job is queued or running.
    RILLE_JOB_RUNNING = 0,
    /// The job has finished.
    RILLE_JOB_DONE = 1,
    /// The job was cancelled and has stopped. Earlier results can still be taken.
    RILLE_JOB_CANCELLED = 2,
    /// The job failed; rille_job_failure says why. Earlier results can still be taken.
    RILLE_JOB_FAILED = 3,
}

/// The state and the progress of a job.
#[repr(C)]
pub struct rille_progress {
    /// One of rille_job_state.
    pub state: u32,
    /// 1 if there are results to take, otherwise 0.
    pub ready: u32,
    /// Work done, in the unit named by the function that starts the job.
    pub done: f64,
    /// All work in the same unit, or 0 if unknown.
    pub total: f64,
}

const _: () = {
    assert!(size_of::<rille_progress>() == 24 && align_of::<rille_progress>() == 8);
    assert!(std::mem::offset_of!(rille_progress, ready) == 4);
    assert!(std::mem::offset_of!(rille_progress, done) == 8);
    assert!(std::mem::offset_of!(rille_progress, total) == 16);
};

/// Frees a job, cancelling it if it runs. It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_free(job: *mut rille_job) {
    // SAFETY: the caller passes NULL or a live job, and uses it no more.
    boundary_get((), || unsafe { Handle::free(job) })
}

/// Writes the state of a job to `out`. To find out whether everything was taken, poll first, then take.
///
/// It takes well under a microsecond.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_poll(
    job: *const rille_job,
    out: *mut rille_progress,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the answer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            let progress = job.any().poll();
            let state = match progress.state {
                JobState::Running => rille_job_state::RILLE_JOB_RUNNING,
                JobState::Done => rille_job_state::RILLE_JOB_DONE,
                JobState::Cancelled => rille_job_state::RILLE_JOB_CANCELLED,
                JobState::Failed => rille_job_state::RILLE_JOB_FAILED,
            };
            out.write(rille_progress {
                state: state as u32,
                ready: progress.ready.into(),
                done: progress.done as f64,
                total: progress.total as f64,
            });
            Ok(RILLE_OK)
        })
    }
}

/// Writes the reason why a job has failed to the error block.
///
/// Returns RILLE_OK (the job has not failed, or not yet) or RILLE_EJOB (it has failed; the message says why).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_failure(job: *const rille_job, err: *mut rille_error) -> i32 {
    // SAFETY: the caller passes NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| match job.any().failure() {
            Some(message) => Err(Failure::new(RILLE_EJOB, message)),
            None => Ok(RILLE_OK),
        })
    }
}

/// Waits until a job has results or is over, at most `milliseconds`. This is the only function that blocks: a program
/// with an event loop uses a rille_notifier instead.
///
/// Returns RILLE_OK or RILLE_NONE (the time has passed).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_wait(
    job: *const rille_job,
    milliseconds: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| {
            let news = job.any().wait(Duration::from_millis(milliseconds.into()));
            Ok(if news { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Asks a job to stop and returns at once. Within 10 milliseconds the job is over and its notifiers are signalled. A
/// job that is over does not change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_cancel(job: *const rille_job, err: *mut rille_error) -> i32 {
    // SAFETY: the caller passes NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| {
            job.any().cancel();
            Ok(RILLE_OK)
        })
    }
}
