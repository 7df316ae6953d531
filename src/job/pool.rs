//! The thread pool that runs jobs.
//!
//! # When does a thread start?
//!
//! With the first job, and then whenever a job is queued while no thread is idle, up to the number of processors and at
//! most [`MAX_RUNNING`]. Surplus threads end.
//!
//! An idle thread polls for work during [`SPIN_TIME`] before it sleeps: waking it would take longer than a small job, and
//! small jobs come in a row.
//!
//! Where a woken thread runs is left to the system. Excluding the processor of the thread that wakes it gained nothing in
//! walks, searches and small jobs on two processors (medians of 11 runs, ratios of 0.94 to 1.05), and could undo a `taskset`.
//!
//! Where the system has a batch scheduling policy, pool threads use it. Otherwise, on a machine whose processors are all
//! busy, a woken thread would take the processor of the thread that woke it, which is the host's, for some milliseconds.
//!
//! # Which threads are not counted?
//!
//! Threads of jobs that wait: for the host to take results, for a pipe, or for a change. A host that leaves a thousand
//! jobs half read can still start another one. At most [`MAX_WAITING_JOBS`] wait; a further one fails with a message.
//!
//! Threads that wait for other threads of the same job: a walk whose only directory does not answer takes one place,
//! however many threads help it.
//!
//! Threads of abandoned jobs: cancelled, and not stopped 10 ms later, because the system does not answer or a pattern is
//! being compiled. These threads count again when they return. With [`MAX_ABANDONED_JOBS`] such jobs no more threads are
//! started, as ever more threads would wait for the same broken system; the other threads continue.
//!
//! # What if no thread can be started?
//!
//! Tasks wait for running threads. If no thread will ever run them, because the system refuses to start one or too many
//! are stuck, the tasks are called with an error at once: a job then fails with that message.
//!
//! # What happens after a fork?
//!
//! The child has none of the threads, and a lock that one of them held stays locked in the child forever. So a child
//! never uses its parent's pool: it compares the process id and creates a pool of its own.

use super::crew::{Crew, set_current};
use super::sys;
use super::watcher::Watcher;
use crate::io_error;
use crate::memory;
use once_cell::race::OnceBox;
use std::collections::VecDeque;
use std::mem::take;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Maximum number of threads that run jobs at the same time.
const MAX_RUNNING: usize = 8;

/// Maximum number of jobs that wait at the same time.
pub(super) const MAX_WAITING_JOBS: usize = 1024;

/// Number of abandoned jobs with unreturned threads at which no more threads are started.
pub(super) const MAX_ABANDONED_JOBS: usize = 16;

/// Time for which that many jobs have to be stuck before tasks are refused: on a busy machine threads return late, and
/// are not lost.
const STUCK_FOR: Duration = Duration::from_millis(200);

/// Time for which a thread polls for an expected event before it sleeps.
const SPIN_TIME: Duration = Duration::from_micros(20);

/// A unit of work for a thread.
pub(super) struct Task {
    /// The crew of the job that the task belongs to.
    pub crew: Option<Arc<Crew>>,
    pub work: Work,
}

/// Does the work, or receives the reason why no thread can do it. It does not panic.
type Work = Box<dyn FnOnce(Result<(), &str>) + Send>;

/// The threads of one process and the tasks that wait for them. It lives forever, like the threads.
pub(super) struct Pool {
    pid: u32,
    most_running: usize,
    state: Mutex<PoolState>,
    /// Number of tasks in `state`, readable without the lock.
    queued: AtomicUsize,
    /// Number of entries of `stopping` in `state`, readable without the lock.
    stopping: AtomicUsize,
    watcher: Watcher,
    /// The pool of a child process, in the child's memory. It has no lock, as a fork could leave that locked.
    child: OnceBox<Pool>,
}

/// A sleeping thread. To wake it, remove it from the list and call [`wake`](Sleeper::wake).
struct Sleeper {
    thread: Thread,
    woken: Arc<AtomicBool>,
}

impl Sleeper {
    fn wake(self) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[derive(Default)]
struct PoolState {
    tasks: VecDeque<Task>,
    threads: usize,
    /// Threads without work.
    idle: usize,
    /// Idle threads that do not sleep yet.
    awake: usize,
    /// Idle threads that sleep, the last one to fall asleep last.
    asleep: Vec<Sleeper>,
    /// Threads of jobs that wait or were abandoned: at most the number of threads.
    blocked: usize,
    /// Blocked threads that only wait for others of their job.
    aside: usize,
    /// Number of jobs that wait.
    waiting_jobs: usize,
    /// Number of abandoned jobs whose threads have not returned.
    stuck_jobs: usize,
    /// The time since which `stuck_jobs` has been at its maximum.
    full_since: Option<Instant>,
    /// Cancelled jobs that still run, and the time at which each is abandoned.
    stopping: Vec<(Instant, Arc<Crew>)>,
    /// The time at which the watcher calls [`Pool::review`].
    alarm: Option<Instant>,
    /// Number of threads ever started, for their names.
    started: usize,
}

impl PoolState {
    fn running(&self) -> usize {
        self.threads - self.blocked
    }

    /// Changes the counts of a crew, and the totals that depend on them.
    fn change(&mut self, crew: &Crew, change: impl FnOnce(&Crew)) {
        self.blocked -= crew.blocked();
        self.aside -= crew.aside();
        self.waiting_jobs -= usize::from(crew.is_waiting());
        self.stuck_jobs -= usize::from(crew.is_stuck());
        change(crew);
        self.blocked += crew.blocked();
        self.aside += crew.aside();
        self.waiting_jobs += usize::from(crew.is_waiting());
        self.stuck_jobs += usize::from(crew.is_stuck());
        self.full_since = match self.stuck_jobs >= MAX_ABANDONED_JOBS {
            true => self.full_since.or_else(|| Some(Instant::now())),
            false => None,
        };
    }
}

/// Returns the pool of this process.
pub(super) fn pool() -> &'static Pool {
    static FIRST: OnceBox<Pool> = OnceBox::new();
    let pid = std::process::id();
    let mut pool = FIRST.get_or_init(|| Pool::new(pid));
    while pool.pid != pid {
        pool = pool.child.get_or_init(|| Pool::new(pid));
    }
    pool
}

impl Pool {
    fn new(pid: u32) -> Box<Pool> {
        let processors = thread::available_parallelism().map_or(1, |number| number.get());
        Box::new(Pool {
            pid,
            most_running: processors.min(MAX_RUNNING),
            state: Mutex::default(),
            queued: AtomicUsize::new(0),
            stopping: AtomicUsize::new(0),
            watcher: Watcher::default(),
            child: OnceBox::new(),
        })
    }

    /// Returns the maximum number of jobs that run at the same time.
    pub(super) fn most_running(&self) -> usize {
        self.most_running
    }

    /// Returns the thread that waits on behalf of all jobs.
    pub(super) fn watcher(&'static self) -> &'static Watcher {
        &self.watcher
    }

    /// Queues a task, and wakes or starts a thread for it.
    pub(super) fn submit(&'static self, task: Task) {
        let mut state = self.lock();
        if let Err(refused) = memory::reserve_queue(&mut state.tasks, 1) {
            drop(state);
            return (task.work)(Err(&refused.to_string()));
        }
        state.tasks.push_back(task);
        self.queued.store(state.tasks.len(), Ordering::Relaxed);
        self.staff(state);
    }

    /// Records that a thread of a job waits, so that other jobs may run in place of the whole crew. Returns an error if
    /// too many jobs wait already. The caller must not hold a lock, as tasks may be called here with the error that no
    /// thread can be started.
    pub(super) fn enter_wait(&'static self, crew: &Crew) -> Result<(), String> {
        let mut state = self.lock();
        if !crew.is_waiting() && state.waiting_jobs >= MAX_WAITING_JOBS {
            return Err(format!(
                "{MAX_WAITING_JOBS} jobs already wait for the host to take results, or for input: take results or close jobs"
            ));
        }
        state.change(crew, |crew| {
            crew.waiting.fetch_add(1, Relaxed);
        });
        self.staff(state);
        Ok(())
    }

    /// Records that a thread of a job no longer waits.
    pub(super) fn leave_wait(&self, crew: &Crew) {
        self.lock().change(crew, |crew| {
            crew.waiting.fetch_sub(1, Relaxed);
        });
    }

    /// Records that a pool thread only waits for others of its job, so that another job may run in its place. The caller
    /// must not hold a lock.
    pub(super) fn enter_aside(&'static self, crew: &Crew) {
        let mut state = self.lock();
        state.change(crew, |crew| {
            crew.aside.fetch_add(1, Relaxed);
        });
        self.staff(state);
    }

    /// Records that a thread no longer waits for others of its job.
    pub(super) fn leave_aside(&self, crew: &Crew) {
        self.lock().change(crew, |crew| {
            crew.aside.fetch_sub(1, Relaxed);
        });
    }

    /// Records that a running job was cancelled, to be abandoned at `due`. If `watched` is set, that happens at that time
    /// even if nobody polls the job.
    pub(super) fn stop(&'static self, crew: &Arc<Crew>, due: Instant, watched: bool) {
        let mut state = self.lock();
        if crew.threads.load(Relaxed) == 0 {
            return;
        }
        state.stopping.push((due, Arc::clone(crew)));
        self.stopping.store(state.stopping.len(), Ordering::Relaxed);
        if watched || !state.tasks.is_empty() {
            self.set_alarm(state, due);
        }
    }

    /// Stops counting the threads of a job until they return. The caller must not hold a lock.
    pub(super) fn abandon(&'static self, crew: &Crew) {
        let mut state = self.lock();
        if crew.threads.load(Relaxed) > 0 {
            state.change(crew, |crew| crew.abandoned.store(true, Relaxed));
            self.staff(state);
        }
    }

    /// Abandons the jobs that were cancelled long enough ago, if there are any. The caller must not hold a lock.
    pub(super) fn review(&'static self) {
        if self.stopping.load(Ordering::Relaxed) == 0 && self.queued.load(Ordering::Relaxed) == 0 {
            return;
        }
        let now = Instant::now();
        let mut state = self.lock();
        let due = state.stopping.extract_if(.., |(due, _)| *due <= now);
        let due: Vec<Arc<Crew>> = due.map(|(_, crew)| crew).collect();
        self.stopping.store(state.stopping.len(), Ordering::Relaxed);
        drop(state);
        due.iter().filter_map(|crew| crew.job.upgrade()).for_each(|job| job.abandon());
        self.staff(self.lock());
    }

    /// Schedules a [`review`](Pool::review).
    fn set_alarm(&'static self, mut state: MutexGuard<'_, PoolState>, when: Instant) {
        if state.alarm.is_some_and(|alarm| alarm <= when) {
            return;
        }
        if !self.watcher.start() {
            // Then only polls and waits of the host do a review.
            return;
        }
        state.alarm = Some(when);
        drop(state);
        let ring = Box::new(move || {
            let mut state = self.lock();
            state.alarm = None;
            // The remaining ones were cancelled later.
            if let Some(&(due, _)) = state.stopping.iter().find(|(due, _)| *due > when) {
                self.set_alarm(state, due);
            } else {
                drop(state);
            }
            self.review();
        });
        self.watcher.at(when, ring);
    }

    fn may_grow(&self, state: &PoolState) -> bool {
        state.running() < self.most_running && state.stuck_jobs < MAX_ABANDONED_JOBS
    }

    /// Makes threads available for the queued tasks: wakes some, or starts some. If no thread will ever run the tasks,
    /// calls them with the reason. The caller must not hold another lock.
    fn staff(&'static self, mut state: MutexGuard<'_, PoolState>) {
        let (mut started, mut refused) = (0, None);
        while state.tasks.len() > state.idle + started && self.may_grow(&state) {
            if let Err(error) = self.start_thread(state) {
                let reason = io_error::message(&error);
                refused = Some(format!("no thread could be started for the job: {reason}"));
                state = self.lock();
                break;
            }
            started += 1;
            state = self.lock();
        }
        let needed = state.tasks.len() > state.awake + started;
        let sleeper = if needed { state.asleep.pop() } else { None };
        // Threads that wait for others of their job will continue, or those others will.
        if state.tasks.is_empty() || state.running() + state.aside > 0 {
            // A running thread may be stuck already.
            let due = state.stopping.iter().map(|&(due, _)| due).min();
            match due.filter(|_| state.tasks.len() > state.idle) {
                Some(due) => self.set_alarm(state, due),
                None => drop(state),
            }
            if let Some(sleeper) = sleeper {
                sleeper.wake();
            }
            return;
        }
        // While other threads live, a new one is only delayed. Without any, no task would ever run.
        let reason = match (refused, state.full_since) {
            (Some(reason), _) => reason,
            (None, Some(since)) if since.elapsed() < STUCK_FOR && self.watcher.start() => {
                return self.set_alarm(state, since + STUCK_FOR);
            }
            (None, Some(_)) => format!(
                "{} cancelled jobs of rille wait for the system: no thread is started for other jobs until some of them return",
                state.stuck_jobs
            ),
            // A job has just returned.
            (None, None) => return drop(state),
        };
        let tasks = take(&mut state.tasks);
        self.queued.store(0, Ordering::Relaxed);
        drop(state);
        for task in tasks {
            (task.work)(Err(&reason));
        }
    }

    fn start_thread(&'static self, mut state: MutexGuard<'_, PoolState>) -> std::io::Result<()> {
        state.threads += 1;
        state.started += 1;
        let name = format!("rille-{}", state.started);
        // Starting a thread takes a while, during which other tasks may be queued.
        drop(state);
        sys::pin();
        let started = sys::without_signals(|| {
            thread::Builder::new().name(name).spawn(|| {
                sys::set_batch_scheduling();
                self.run();
            })
        });
        if started.is_err() {
            self.lock().threads -= 1;
        }
        started.map(drop)
    }

    /// Polls `has_come` for up to [`SPIN_TIME`] without sleeping, if there is more than one processor.
    pub(super) fn spin(&self, has_come: &mut dyn FnMut() -> bool) {
        let since = Instant::now();
        while self.most_running > 1 && !has_come() && since.elapsed() < SPIN_TIME {
            (0..16).for_each(|_| std::hint::spin_loop());
        }
    }

    /// Runs tasks until there are too many threads.
    fn run(&'static self) {
        let woken = Arc::new(AtomicBool::new(true));
        let mut state = self.lock();
        while state.running() <= self.most_running {
            if let Some(Task { crew, work }) = state.tasks.pop_front() {
                self.queued.store(state.tasks.len(), Ordering::Relaxed);
                if let Some(crew) = &crew {
                    state.change(crew, |crew| {
                        crew.threads.fetch_add(1, Relaxed);
                    });
                }
                drop(state);
                set_current(crew.clone());
                work(Ok(()));
                set_current(None);
                state = self.lock();
                if let Some(crew) = &crew {
                    state.change(crew, |crew| {
                        crew.threads.fetch_sub(1, Relaxed);
                    });
                    if crew.is_cancelled() && crew.threads.load(Relaxed) == 0 {
                        state.stopping.retain(|(_, stopping)| !Arc::ptr_eq(stopping, crew));
                        self.stopping.store(state.stopping.len(), Ordering::Relaxed);
                    }
                }
                continue;
            }
            state.idle += 1;
            state.awake += 1;
            drop(state);
            self.spin(&mut || self.queued.load(Ordering::Relaxed) > 0);
            state = self.lock();
            state.awake -= 1;
            if state.tasks.is_empty() {
                woken.store(false, Ordering::Relaxed);
                let sleeper = Sleeper { thread: thread::current(), woken: Arc::clone(&woken) };
                state.asleep.push(sleeper);
                drop(state);
                state = self.sleep(&woken);
            }
            state.idle -= 1;
        }
        state.threads -= 1;
        // The thread may have been woken for a task.
        self.staff(state);
    }

    /// Sleeps until another thread wakes this one. Spurious wakeups are ignored.
    fn sleep(&self, woken: &AtomicBool) -> MutexGuard<'_, PoolState> {
        while !woken.load(Ordering::Acquire) {
            thread::park();
        }
        self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
