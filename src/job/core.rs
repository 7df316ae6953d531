//! The state that a job and its host share.

use super::crew::{Crew, Subject};
use super::notifier::Wakeup;
use super::pool::pool;
use super::state::{ABANDONED_AFTER, JobError, JobState, WAITING, mistake};
use super::watcher::Key;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

pub(super) struct Core<T> {
    pid: u32,
    /// The threads of the job, and whether it is cancelled.
    pub crew: Arc<Crew>,
    pub done: AtomicU64,
    pub total: AtomicU64,
    pub inner: Mutex<Inner<T>>,
    /// Signalled for hosts that wait.
    pub news: Condvar,
    /// Signalled for the job while it waits for results to be taken.
    pub room: Condvar,
    pub watchers: Mutex<Vec<Weak<Wakeup>>>,
}

/// The phase of a job that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The job waits for a thread.
    Queued,
    /// The job has a thread.
    Running,
    /// The job needs no thread before an alarm or a wakeup.
    Resting(Key),
}

pub(super) struct Inner<T> {
    pub phase: Phase,
    pub state: JobState,
    pub failure: Option<String>,
    /// The time at which the job is abandoned, if it was cancelled while it ran.
    pub due: Option<Instant>,
    /// Whether the job was abandoned. Whatever it does after that is ignored.
    pub abandoned: bool,
    /// Untaken results, and the bytes that each holds.
    pub results: VecDeque<(T, usize)>,
    pub weight: usize,
    /// Results that the host has returned, for the job to free.
    pub spent: Vec<T>,
    /// Threads of the job that wait for results to be taken, or for a wakeup.
    pub stuck: usize,
    /// The receiver of the results, if it is not the host.
    pub sink: Option<Sink<T>>,
    /// Whether a thread is passing results to the sink.
    pub sinking: bool,
    /// Threads of the host that wait for the job.
    pub waiting: usize,
    /// Whether the job was woken since it last slept.
    pub woken: bool,
}

/// Receives results, or returns an error message.
type Sink<T> = Arc<dyn Fn(T) -> Result<(), String> + Send + Sync>;

impl<T: Send + 'static> Core<T> {
    pub fn new() -> Arc<Core<T>> {
        Arc::new_cyclic(|core: &Weak<Core<T>>| Core {
            pid: std::process::id(),
            crew: Arc::new(Crew::new(core.clone())),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            inner: Mutex::new(Inner {
                phase: Phase::Queued,
                state: JobState::Running,
                failure: None,
                due: None,
                abandoned: false,
                results: VecDeque::new(),
                weight: 0,
                spent: Vec::new(),
                stuck: 0,
                sink: None,
                sinking: false,
                waiting: 0,
                woken: false,
            }),
            news: Condvar::new(),
            room: Condvar::new(),
            watchers: Mutex::default(),
        })
    }
}

impl<T> Core<T> {
    /// Returns whether this process is a child of the one that started the job. Then no lock may be used: a thread that
    /// does not exist in the child may have held it.
    pub fn is_foreign(&self) -> bool {
        self.pid != std::process::id()
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts running the job, and returns false if it was cancelled while queued.
    pub fn begin(&self) -> bool {
        let mut inner = self.lock();
        if inner.state != JobState::Running {
            return false;
        }
        inner.phase = Phase::Running;
        inner.woken = false;
        true
    }

    pub fn end(&self, end: Result<(), JobError>) {
        self.sink();
        let mut inner = self.lock();
        inner.stuck += 1;
        let sunk = self.room.wait_while(inner, |inner| inner.sinking);
        inner = sunk.unwrap_or_else(PoisonError::into_inner);
        inner.stuck -= 1;
        if !inner.abandoned {
            inner.finish(end);
        }
        let spent = std::mem::take(&mut inner.spent);
        if inner.abandoned {
            drop(inner);
        } else {
            self.notify(inner);
        }
        drop(spent);
    }

    /// Makes the job fail before its end. Returns the error with which its threads should stop.
    pub fn fail(&self, message: String) -> JobError {
        let mut inner = self.lock();
        inner.failure.get_or_insert_with(|| message.clone());
        self.crew.cancelled.store(true, Ordering::Relaxed);
        self.make_room(inner);
        JobError::Failed(message)
    }

    /// Wakes waiting hosts and signals the watchers. Results that a sink receives do not wake waiting hosts.
    pub fn notify(&self, inner: MutexGuard<'_, Inner<T>>) {
        let waiting = inner.waiting > 0 && inner.has_news();
        drop(inner);
        if waiting {
            self.news.notify_all();
        }
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|bell| bell.upgrade().inspect(|bell| bell.ring()).is_some());
    }

    /// Passes all results to the sink, in order, unless another thread is doing so.
    pub fn sink(&self) {
        let mut inner = self.lock();
        let Some(sink) = inner.sink.clone().filter(|_| !inner.sinking) else { return };
        inner.sinking = true;
        while let Some((result, weight)) = inner.results.pop_front() {
            inner.weight -= weight;
            self.make_room(inner);
            WAITING.fetch_sub(weight as i64, Ordering::Relaxed);
            let end = catch_unwind(AssertUnwindSafe(|| sink(result)));
            let refused = end.map_err(mistake).flatten().err();
            inner = self.lock();
            if let Some(message) = refused {
                // From here on publishing fails without waiting.
                inner.sink = None;
                if matches!(inner.state, JobState::Running | JobState::Done) {
                    inner.failure = Some(message);
                }
                if inner.state == JobState::Done {
                    inner.state = JobState::Failed;
                }
                self.crew.cancelled.store(true, Ordering::Relaxed);
                break;
            }
        }
        inner.sinking = false;
        self.make_room(inner);
    }

    /// Wakes the threads of the job that wait for room, if there are any: waking none would still be a system call.
    pub fn make_room(&self, inner: MutexGuard<'_, Inner<T>>) {
        let stuck = inner.stuck > 0;
        drop(inner);
        if stuck {
            self.room.notify_all();
        }
    }

    pub fn cancel(&self) {
        if self.is_foreign() {
            return;
        }
        self.crew.cancelled.store(true, Ordering::Relaxed);
        let mut inner = self.lock();
        if inner.state != JobState::Running || inner.due.is_some() {
            return;
        }
        match inner.phase {
            Phase::Queued | Phase::Resting(_) => {
                let phase = inner.phase;
                inner.finish(Err(JobError::Cancelled));
                self.notify(inner);
                // The rest of the job is dropped without the lock.
                if let Phase::Resting(key) = phase {
                    drop(pool().watcher().take(&key));
                }
            }
            Phase::Running => {
                let due = Instant::now() + ABANDONED_AFTER;
                inner.due = Some(due);
                // Waiting hosts recompute how long to wait.
                let waiting = inner.waiting > 0;
                self.make_room(inner);
                if waiting {
                    self.news.notify_all();
                }
                let watched =
                    !self.watchers.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
                pool().stop(&self.crew, due, watched);
            }
        }
    }

    /// Marks the job as cancelled if it was cancelled long enough ago and has not stopped.
    pub fn abandon(&self) {
        let mut inner = self.lock();
        let is_due = inner.due.is_some_and(|due| due <= Instant::now());
        if !is_due || inner.state != JobState::Running {
            return;
        }
        inner.abandoned = true;
        inner.finish(Err(JobError::Cancelled));
        // Its waiting threads are woken in any case.
        self.notify(inner);
        pool().abandon(&self.crew);
    }
}

impl<T: Send + 'static> Subject for Core<T> {
    fn wake(&self) {
        if self.is_foreign() {
            return;
        }
        let mut inner = self.lock();
        inner.woken = true;
        match inner.phase {
            Phase::Resting(key) => {
                drop(inner);
                // None if the alarm has already rung.
                if let Some(alarm) = pool().watcher().take(&key) {
                    alarm();
                }
            }
            _ => self.make_room(inner),
        }
    }

    fn abandon(&self) {
        Core::abandon(self);
    }
}

impl<T> Inner<T> {
    /// Returns the state. A finished job still counts as running while a sink receives its last results.
    pub fn state(&self) -> JobState {
        let is_sinking = self.sink.is_some() && (self.sinking || !self.results.is_empty());
        if is_sinking && !self.abandoned { JobState::Running } else { self.state }
    }

    /// Returns whether there is a result for the host to take.
    pub fn is_ready(&self) -> bool {
        self.sink.is_none() && !self.results.is_empty()
    }

    pub fn has_news(&self) -> bool {
        self.state() != JobState::Running || self.is_ready()
    }

    /// Records how the job ended.
    fn finish(&mut self, end: Result<(), JobError>) {
        // A sink that refused a result has already set the failure.
        let end = match self.failure.take() {
            Some(message) => Err(JobError::Failed(message)),
            None => end,
        };
        (self.state, self.failure) = match end {
            Ok(()) => (JobState::Done, None),
            Err(JobError::Cancelled) => (JobState::Cancelled, None),
            Err(JobError::Failed(message) | JobError::Changed(message)) => {
                (JobState::Failed, Some(message))
            }
        };
    }
}

impl<T> Drop for Core<T> {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        WAITING.fetch_sub(inner.weight as i64, Ordering::Relaxed);
    }
}
