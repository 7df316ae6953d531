//! The states of a job, its errors, and the limits that the job and its host share.

use crate::memory::NoMemory;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::AtomicI64;
use std::time::Duration;

/// Maximum bytes of untaken results of one job; above that the job waits.
pub const MAX_UNTAKEN_BYTES: usize = 4 << 20;

/// Time after which a cancelled job that has not stopped is abandoned.
pub const ABANDONED_AFTER: Duration = Duration::from_millis(10);

/// Bytes of untaken results of all jobs.
pub(super) static WAITING: AtomicI64 = AtomicI64::new(0);

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// The job waits for a thread, or runs.
    Running,
    /// The job finished its work.
    Done,
    /// The job was cancelled and has stopped.
    Cancelled,
    /// The job failed, or there was an internal error.
    Failed,
}

/// The result of a poll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The state of the job.
    pub state: JobState,
    /// Whether there is a result to take.
    pub ready: bool,
    /// Work done, in the units of the kind of job.
    pub done: u64,
    /// Total work in the same units, or 0 if unknown.
    pub total: u64,
}

/// Why a job ended before its work was done.
#[derive(Debug, PartialEq, Eq)]
pub enum JobError {
    /// The job was cancelled.
    Cancelled,
    /// The job failed, with this message.
    Failed(String),
    /// The job failed because its input has changed meanwhile, with this message.
    Changed(String),
}

impl From<NoMemory> for JobError {
    fn from(refused: NoMemory) -> JobError {
        JobError::Failed(refused.to_string())
    }
}

/// Runs `work`, and turns a panic into a failure.
pub(super) fn guarded<R>(work: impl FnOnce() -> Result<R, JobError>) -> Result<R, JobError> {
    let end = catch_unwind(AssertUnwindSafe(work));
    end.unwrap_or_else(|panic| Err(JobError::Failed(mistake(panic))))
}

/// Turns a refusal of memory into an error. A mistake continues to unwind.
pub(crate) fn unless_refused<R>(work: impl FnOnce() -> Result<R, JobError>) -> Result<R, JobError> {
    let end = catch_unwind(AssertUnwindSafe(work));
    end.unwrap_or_else(|panic| match NoMemory::in_panic(&*panic) {
        Some(refused) => Err(refused.into()),
        None => resume_unwind(panic),
    })
}

/// Why a job ended that panicked: it had no memory, or there is a mistake in it.
pub(super) fn mistake(panic: Box<dyn Any + Send>) -> String {
    if let Some(refused) = NoMemory::in_panic(&*panic) {
        return refused.to_string();
    }
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no message").to_owned(),
    };
    format!("internal error in rille, please report it: {message}")
}
