//! Jobs that come back: they look at something from time to time, and hold no thread in between.

use super::core::{Core, Inner, Phase};
use super::pool::{Task, pool};
use super::{Job, JobError, Worker, guarded};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a job says after a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It has come to its end.
    Over,
    /// It looks again when it is woken, or after so long.
    Rest(Duration),
}

/// How long a job waits for a thread that it cannot have now, having had one before.
const THREAD_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// What it does in each look.
type Look<T> = Box<dyn FnMut(&Worker<T>) -> Result<Step, JobError> + Send>;

/// A job between its looks.
struct Steps<T> {
    worker: Worker<T>,
    look: Look<T>,
    /// Whether it has had a thread.
    looked: bool,
}

/// Starts a job that looks at something again and again. Between two looks it has no thread: thousands of them may rest at the same
/// time. Rests of a second or more are over at full seconds, for all jobs at once. It is failed already if the system
/// gives no thread for the first look; later ones are tried again.
///
/// If there can be no thread that wakes such jobs, it keeps one of the pool and sleeps there.
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

    /// Looks, and sees to it that this is done again.
    fn run(mut self, thread: Result<(), &str>) {
        let core = Arc::clone(&self.worker.core);
        if !core.begin() {
            return;
        }
        if let Err(reason) = thread {
            if !self.looked {
                return core.end(Err(JobError::Failed(reason.to_owned())));
            }
            // Who has looked before has rested, so there is the thread that rings.
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

    /// Gives the thread back until it is woken or some time has passed. Returns the job if it is to look again at once.
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

    /// The same until a time. Whoever cancels or wakes the job waits for the lock, and so does the alarm.
    fn rest_until(self, when: Instant, inner: &mut Inner<T>) {
        let key = pool().watcher().at(when, Box::new(move || self.resume()));
        inner.phase = Phase::Resting(key);
    }

    /// Queues for the next look, unless the job was cancelled.
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

/// The full second of this process before a time that is a second or more away, so that all look at the same time.
fn full_second(when: Instant, limit: Duration) -> Instant {
    static FIRST: once_cell::race::OnceBox<Instant> = once_cell::race::OnceBox::new();
    if limit < Duration::from_secs(1) {
        return when;
    }
    let since = when.saturating_duration_since(*FIRST.get_or_init(|| Box::new(Instant::now())));
    when - Duration::from_nanos(since.subsec_nanos().into())
}
