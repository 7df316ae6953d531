//! What a job and its host have in common.

use super::crew::{Crew, Subject};
use super::notifier::Wakeup;
use super::pool::pool;
use super::watcher::Key;
use super::{ABANDONED_AFTER, JobError, JobState, WAITING, mistake};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

pub(super) struct Core<T> {
    pid: u32,
    /// Its threads, and whether they are to stop.
    pub crew: Arc<Crew>,
    pub done: AtomicU64,
    pub total: AtomicU64,
    pub inner: Mutex<Inner<T>>,
    /// For hosts that wait.
    pub news: Condvar,
    /// For the job, while it waits until something is taken.
    pub room: Condvar,
    pub watchers: Mutex<Vec<Weak<Wakeup>>>,
}

/// What a job does that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for a thread.
    Queued,
    /// It has one.
    Running,
    /// It needs none before an alarm rings or somebody wakes it.
    Resting(Key),
}

pub(super) struct Inner<T> {
    pub phase: Phase,
    pub state: JobState,
    pub failure: Option<String>,
    /// When it is abandoned, if it was cancelled while it ran.
    pub due: Option<Instant>,
    /// Whether it was. What it does from then on, nobody sees.
    pub abandoned: bool,
    /// Results, and what each weighs.
    pub results: VecDeque<(T, usize)>,
    pub weight: usize,
    /// Results that the host has done with: the job frees them.
    pub spent: Vec<T>,
    /// Threads of the job that wait until something is taken, or for something to happen.
    pub stuck: usize,
    /// Who takes the results, if that is not the host.
    pub sink: Option<Sink<T>>,
    /// Whether a thread is giving results to the sink.
    pub sinking: bool,
    /// Threads of the host that wait for news.
    pub waiting: usize,
    /// Whether the job was woken since it last slept.
    pub woken: bool,
}

/// Takes results, or says why it cannot.
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
    /// Whether this is a child of the process that started the job. Then no lock may be touched: a thread that the child
    /// does not have may have held it.
    pub fn is_foreign(&self) -> bool {
        self.pid != std::process::id()
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the job from the queue, unless it was cancelled there.
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
            self.tell(inner);
        }
        drop(spent);
    }

    /// Lets the job fail although it is not at its end yet. Returns the reason for whoever stops.
    pub fn fail(&self, message: String) -> JobError {
        let mut inner = self.lock();
        inner.failure.get_or_insert_with(|| message.clone());
        self.crew.cancelled.store(true, Ordering::Relaxed);
        self.make_room(inner);
        JobError::Failed(message)
    }

    /// Tells everybody who waits or watches of what is new. What a sink gets is nothing to wake those for who wait.
    pub fn tell(&self, inner: MutexGuard<'_, Inner<T>>) {
        let waiting = inner.waiting > 0 && inner.has_news();
        drop(inner);
        if waiting {
            self.news.notify_all();
        }
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|bell| bell.upgrade().inspect(|bell| bell.ring()).is_some());
    }

    /// Gives the sink what is there, in its order, unless another thread is at it.
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
                // What comes from now on waits for nobody.
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

    /// Lets threads of the job go on that wait for this, if there are any: telling nobody is a system call as well.
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
                self.tell(inner);
                // What it would have gone on with is dropped without the lock.
                if let Phase::Resting(key) = phase {
                    drop(pool().watcher().take(&key));
                }
            }
            Phase::Running => {
                let due = Instant::now() + ABANDONED_AFTER;
                inner.due = Some(due);
                // Those who wait look at the time.
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

    /// Reports a job as cancelled that was cancelled long enough ago and has not stopped, if it is one.
    pub fn abandon(&self) {
        let mut inner = self.lock();
        let is_due = inner.due.is_some_and(|due| due <= Instant::now());
        if !is_due || inner.state != JobState::Running {
            return;
        }
        inner.abandoned = true;
        inner.finish(Err(JobError::Cancelled));
        // Those of its threads that wait are woken anyway.
        self.tell(inner);
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
                // Nothing if it has rung already.
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
    /// A job that has come to its end still runs while a sink gets what is left of its results.
    pub fn state(&self) -> JobState {
        let is_sinking = self.sink.is_some() && (self.sinking || !self.results.is_empty());
        if is_sinking && !self.abandoned { JobState::Running } else { self.state }
    }

    /// Whether there is something that the host may take.
    pub fn is_ready(&self) -> bool {
        self.sink.is_none() && !self.results.is_empty()
    }

    pub fn has_news(&self) -> bool {
        self.state() != JobState::Running || self.is_ready()
    }

    /// Notes how it ended.
    fn finish(&mut self, end: Result<(), JobError>) {
        // A sink that could take no more has said so already.
        let end = match self.failure.take() {
            Some(message) => Err(JobError::Failed(message)),
            None => end,
        };
        (self.state, self.failure) = match end {
            Ok(()) => (JobState::Done, None),
            Err(JobError::Cancelled) => (JobState::Cancelled, None),
            Err(JobError::Failed(message)) => (JobState::Failed, Some(message)),
        };
    }
}

impl<T> Drop for Core<T> {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        WAITING.fetch_sub(inner.weight as i64, Ordering::Relaxed);
    }
}
