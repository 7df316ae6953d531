//! Jobs that check something at intervals, and occupy no thread in between.

use super::core::{Core, Inner, Phase};
use super::pool::{Task, pool};
use super::state::guarded;
use super::{Job, JobError, Worker};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The next step of a polling job after a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The job is done.
    Over,
    /// The job looks again when it is woken, or after this time.
    Rest(Duration),
}

/// Time until a job that had a thread before tries again to get one.
const THREAD_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The function that looks once.
type Look<T> = Box<dyn FnMut(&Worker<T>) -> Result<Step, JobError> + Send>;

/// A polling job between two looks.
struct Steps<T> {
    worker: Worker<T>,
    look: Look<T>,
    /// Whether the job has had a thread.
    looked: bool,
}

/// Starts a job that calls `look` repeatedly. Between two looks it has no thread: thousands of such jobs may rest at the
/// same time. Rests of a second or more end at full seconds, for all jobs at once. If no thread can be started for the
/// first look, the job has failed when this returns; for later looks it tries again.
///
/// If the thread that wakes such jobs cannot be started, the job keeps a thread of the pool and sleeps there.
pub fn repeat<T: Send + 'static>(
    look: impl FnMut(&Worker<T>) -> Result<Step, JobError> + Send + 'static,
) -> Job<T> {
    let core = Core::new();
    let worker = Worker { core: Arc::clone(&core) };
    Steps { worker, look: Box::new(look), looked: false }.submit();
    Job { core }
}

impl<T: Send + 'static> Steps<T> {
    fn submit(self) {
        let crew = Arc::clone(&self.worker.core.crew);
        let work = move |thread: Result<(), &str>| self.run(thread);
        pool().submit(Task { crew: Some(crew), work: Box::new(work) });
    }

    /// Looks once, and schedules the next look.
    fn run(mut self, thread: Result<(), &str>) {
        let core = Arc::clone(&self.worker.core);
        if !core.begin() {
            return;
        }
        if let Err(reason) = thread {
            if !self.looked {
                return core.end(Err(JobError::Failed(reason.to_owned())));
            }
            // A job that has looked before has rested, so the thread that runs alarms exists.
            let mut inner = core.lock();
            return match self.worker.go_on() {
                Ok(()) => self.rest_until(Instant::now() + THREAD_RETRY_INTERVAL, &mut inner),
                Err(stop) => {
                    drop(inner);
                    core.end(Err(stop));
                }
            };
        }
        self.looked = true;
        loop {
            let step = guarded(|| (self.look)(&self.worker));
            let end = match step.and_then(|step| self.worker.go_on().map(|()| step)) {
                Ok(Step::Rest(limit)) => match self.rest(limit) {
                    Ok(Some(awake)) => {
                        self = awake;
                        continue;
                    }
                    Ok(None) => return,
                    Err(stop) => Err(stop),
                },
                Ok(Step::Over) => Ok(()),
                Err(stop) => Err(stop),
            };
            return core.end(end);
        }
    }

    /// Returns the thread to the pool until the job is woken or `limit` has passed. Returns the job if it has to look
    /// again at once.
    fn rest(self, limit: Duration) -> Result<Option<Steps<T>>, JobError> {
        let core = Arc::clone(&self.worker.core);
        if !pool().watcher().start() {
            self.worker.pause(limit)?;
            return Ok(Some(self));
        }
        let mut inner = core.lock();
        self.worker.go_on()?;
        if std::mem::take(&mut inner.woken) {
            return Ok(Some(self));
        }
        self.rest_until(full_second(Instant::now() + limit, limit), &mut inner);
        Ok(None)
    }

    /// Rests until `when`. Cancelling or waking the job waits for the lock, and so does the alarm.
    fn rest_until(self, when: Instant, inner: &mut Inner<T>) {
        let key = pool().watcher().at(when, Box::new(move || self.resume()));
        inner.phase = Phase::Resting(key);
    }

    /// Queues the next look, unless the job was cancelled.
    fn resume(self) {
        let core = Arc::clone(&self.worker.core);
        let mut inner = core.lock();
        if let Phase::Resting(_) = inner.phase {
            inner.phase = Phase::Queued;
            drop(inner);
            self.submit();
        }
    }
}

/// Returns the full second of this process before `when`, if `limit` is a second or more, so that all jobs look at the
/// same time.
fn full_second(when: Instant, limit: Duration) -> Instant {
    static FIRST: once_cell::race::OnceBox<Instant> = once_cell::race::OnceBox::new();
    if limit < Duration::from_secs(1) {
        return when;
    }
    let since = when.saturating_duration_since(*FIRST.get_or_init(|| Box::new(Instant::now())));
    when - Duration::from_nanos(since.subsec_nanos().into())
}
