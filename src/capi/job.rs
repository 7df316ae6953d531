//! Jobs of every kind: what is the same for all. Each noun has the function that takes its results.

use super::boundary::{Handle, boundary_at, boundary_get, place};
use super::error::{Failure, rille_error, rille_status::*};
use super::outcome;
use super::stats::{Gauge, Measured};
use crate::file::{Found, News};
use crate::fuzzy::Ranking;
use crate::job::{self, AnyJob, Job, State};
use crate::tree::Paths;
use crate::tree::grep::Chunk;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// Work that runs on a thread of the library: a directory walk, for example. The function that starts it tells what it
/// does, and which function takes its results.
///
/// A job is over when rille_job_poll no longer says RILLE_JOB_RUNNING and there is nothing left to take. Results that
/// nobody takes hold 4 MiB for each job and a little more; then the job waits until some are taken.
///
/// As many jobs run at the same time as there are processors, at most 8; the others queue. A job that waits does not count,
/// whether it waits for its results to be taken, for input or for a change of a file: 1,024 jobs may wait for their results
/// or for input, and one more fails; jobs that follow files have no thread between two looks, and no limit. A job that can
/// have no thread fails with a sentence.
///
/// A job that was cancelled and does not stop within 10 milliseconds is abandoned: it is RILLE_JOB_CANCELLED from then on,
/// and its threads no longer count, wherever they are: in a read from a server that does not answer, or in the compiler of a
/// pattern. While 16 jobs are stuck like that no more threads are started, and jobs that find none fail with a sentence.
///
/// It belongs to the caller, who frees it with rille_job_free at any time: that cancels it and does not wait. Functions
/// that take it as const may run at the same time in several threads; the others need it for themselves. In a process
/// that was forked after the job was started it has failed.
pub struct rille_job {
    job: Box<dyn AnyJob>,
    /// The last batch that was taken, into which the caller has pointers.
    batch: Option<Box<dyn Batch>>,
    /// Where the result of a job with exactly one is: an `Outcome`.
    outcome: Option<Arc<dyn Any + Send + Sync>>,
}

/// Results that have been taken and are looked at by the caller.
pub(super) trait Batch: Any + Send + Sync {
    /// Memory that it holds.
    fn bytes(&self) -> usize;
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_job>();
};

impl Measured for rille_job {
    const GAUGE: &'static Gauge = {
        static GAUGE: Gauge = Gauge::with("job", || job::waiting() + outcome::held());
        &GAUGE
    };

    /// What it remembers of its work, and of its threads.
    const HIDDEN: usize = 16 << 10;

    /// What was taken last. What waits to be taken changes by itself and is told by the core.
    fn bytes(&self) -> usize {
        self.batch.as_ref().map_or(0, |batch| batch.bytes())
    }
}

impl rille_job {
    /// The handle of a job that was just started.
    pub(super) fn give<T: Send + 'static>(job: Job<T>) -> *mut rille_job {
        rille_job::share(job)
    }

    /// The handle of a job that somebody inside of the library may hold as well.
    pub(super) fn share(job: impl AnyJob + 'static) -> *mut rille_job {
        Handle::give(rille_job { job: Box::new(job), batch: None, outcome: None })
    }

    /// The handle of a job with exactly one result.
    pub(super) fn with_outcome(
        job: Job<()>,
        outcome: Arc<dyn Any + Send + Sync>,
    ) -> *mut rille_job {
        Handle::give(rille_job { job: Box::new(job), batch: None, outcome: Some(outcome) })
    }

    /// Where the result of a job with exactly one is.
    pub(super) fn outcome(&self, kind: &str) -> Result<&Arc<dyn Any + Send + Sync>, Failure> {
        self.outcome.as_ref().ok_or_else(|| other_kind(&*self.job, kind))
    }

    /// The job, for the function that takes results of type `T`.
    pub(super) fn of<T: Send + 'static>(&self, kind: &str) -> Result<&Job<T>, Failure> {
        self.job.as_any().downcast_ref().ok_or_else(|| other_kind(&*self.job, kind))
    }

    /// The same with the batch that was taken last, an empty one the first time.
    pub(super) fn with_batch<T: Send + 'static, B: Batch + Default>(
        &mut self,
        kind: &str,
    ) -> Result<(&Job<T>, &mut B), Failure> {
        let any = &*self.job;
        let job = any.as_any().downcast_ref().ok_or_else(|| other_kind(any, kind))?;
        let batch: &mut dyn Any = &mut **self.batch.get_or_insert_with(|| Box::new(B::default()));
        Ok((job, batch.downcast_mut().ok_or_else(|| other_kind(any, kind))?))
    }

    /// The job, whatever its results are.
    pub(super) fn any(&self) -> &dyn AnyJob {
        &*self.job
    }
}

/// Whether a job is of a kind.
type Is = fn(&dyn Any) -> bool;

/// What the kinds of jobs are called, by their results.
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

/// Where a job is.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_job_state {
    /// It waits for a thread, or runs.
    RILLE_JOB_RUNNING = 0,
    /// It has come to its end.
    RILLE_JOB_DONE = 1,
    /// It was cancelled, and has stopped. What it had found before can still be taken.
    RILLE_JOB_CANCELLED = 2,
    /// It could not go on; rille_job_failure tells why. What it had found before can still be taken.
    RILLE_JOB_FAILED = 3,
}

/// What rille_job_poll tells.
#[repr(C)]
pub struct rille_progress {
    /// One of rille_job_state.
    pub state: u32,
    /// 1 if there is something to take, else 0.
    pub ready: u32,
    /// How much is done, in the unit that the function which starts the job names: folders, files, bytes.
    pub done: f64,
    /// How much there is to do in the same unit, or 0 if that is not known.
    pub total: f64,
}

const _: () = {
    assert!(size_of::<rille_progress>() == 24 && align_of::<rille_progress>() == 8);
    assert!(std::mem::offset_of!(rille_progress, ready) == 4);
    assert!(std::mem::offset_of!(rille_progress, done) == 8);
    assert!(std::mem::offset_of!(rille_progress, total) == 16);
};

/// Frees a job, and cancels it if it runs. It does not wait for that. NULL is fine; a job that was freed already is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_free(job: *mut rille_job) {
    // SAFETY: the caller gives NULL or a live job, and uses it no more.
    boundary_get((), || unsafe { Handle::free(job) })
}

/// Writes where a job is to `out`. To know whether everything has been taken, poll before you take: results come before
/// the end.
///
/// Returns RILLE_OK or RILLE_EARG (a pointer is NULL). It takes well under a microsecond. Threads may call it at the same
/// time on one job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_poll(
    job: *const rille_job,
    out: *mut rille_progress,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live job, and NULL or a place for the answer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            let progress = job.any().poll();
            let state = match progress.state {
                State::Running => rille_job_state::RILLE_JOB_RUNNING,
                State::Done => rille_job_state::RILLE_JOB_DONE,
                State::Cancelled => rille_job_state::RILLE_JOB_CANCELLED,
                State::Failed => rille_job_state::RILLE_JOB_FAILED,
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

/// Tells why a job has failed, in the error block.
///
/// Returns RILLE_OK (it has not failed, or not yet), RILLE_EJOB (it has, and the message tells why) or RILLE_EARG (`job` is
/// NULL). Threads may call it at the same time on one job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_failure(job: *const rille_job, err: *mut rille_error) -> i32 {
    // SAFETY: the caller gives NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| match job.any().failure() {
            Some(message) => Err(Failure::new(RILLE_EJOB, message)),
            None => Ok(RILLE_OK),
        })
    }
}

/// Waits until there is something to take or the job is over, for `milliseconds` at most. This is the only function that
/// blocks: a program with an event loop uses a rille_notifier instead.
///
/// Returns RILLE_OK, RILLE_NONE (the time has passed without news) or RILLE_EARG (`job` is NULL). Threads may call it at the
/// same time on one job, and others may cancel the job meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_wait(
    job: *const rille_job,
    milliseconds: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| {
            let news = job.any().wait(Duration::from_millis(milliseconds.into()));
            Ok(if news { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Tells a job to stop, and does not wait until it has. It is over within 10 milliseconds, and notifiers that watch it are told.
/// One that is over stays as it is.
///
/// Returns RILLE_OK or RILLE_EARG (`job` is NULL). Threads may call it at the same time on one job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_job_cancel(job: *const rille_job, err: *mut rille_error) -> i32 {
    // SAFETY: the caller gives NULL or a live job.
    unsafe {
        boundary_at(job, err, |job| {
            job.any().cancel();
            Ok(RILLE_OK)
        })
    }
}
