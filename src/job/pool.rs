//! The pool: the threads that jobs run on.
//!
//! # When does a thread start?
//!
//! With the first job, and then whenever a job queues while no thread is idle, up to the number of processors and at most
//! [`MAX_RUNNING`]. Threads that have become too many end.
//!
//! One that has nothing to do looks out for more during [`SPIN_TIME`] before it sleeps: waking it would take longer than a small
//! job, and small ones come in a row.
//!
//! A thread that is woken begins on another processor than its waker's, if there is one: in virtual machines Linux leaves half
//! of them there, and two threads of a search shared one processor.
//!
//! Where the system has a policy for batches, they have that: on a machine whose processors are all busy, a thread that is
//! woken would otherwise run in the place of the one that woke it, which is the host's, for some milliseconds.
//!
//! # Which threads do not count?
//!
//! Those of jobs that wait: for the host to take results, for a pipe, for a change. A host that leaves a thousand jobs half
//! read can still start another one. At most [`MAX_WAITING_JOBS`] wait; one more fails with a sentence.
//!
//! Threads that wait for others of their own job: a walk whose only directory does not answer takes one place, however many
//! threads help it.
//!
//! Those of jobs that were abandoned: cancelled, and not stopped 10 ms later, because the system does not answer or because
//! a pattern is being compiled. Their threads count again when they come back. With [`MAX_ABANDONED_JOBS`] of them no thread
//! is started any more, as these pile up in front of something that is broken; the threads that are left go on.
//!
//! # What if no thread can be had?
//!
//! Tasks wait for the threads that run. If there is none that will ever get to them, because the system refuses to start
//! one or because too many are stuck, the tasks are told why at once: a job then fails with that sentence.
//!
//! # What happens in a fork?
//!
//! The child has none of the threads, and a lock that one of them held stays locked in it for ever. So a child never
//! looks into its parent's pool: it sees by the process id that the pool is not its own and makes another.

use super::crew::{Crew, set_current};
use super::sys;
use super::watcher::Watcher;
use once_cell::race::OnceBox;
use std::collections::VecDeque;
use std::mem::take;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Threads that run jobs at the same time, at most.
const MAX_RUNNING: usize = 8;

/// Jobs that wait at the same time, at most.
pub(super) const MAX_WAITING_JOBS: usize = 1024;

/// Abandoned jobs whose threads have not come back, from which on no thread is started.
pub(super) const MAX_ABANDONED_JOBS: usize = 16;

/// How long that many have to be stuck before tasks are refused: on a busy machine threads come late, and are not lost.
const STUCK_FOR: Duration = Duration::from_millis(200);

/// How long a thread looks out for what another one is about to do, before it sleeps.
const SPIN_TIME: Duration = Duration::from_micros(20);

/// What a thread does.
pub(super) struct Task {
    /// The job that it does this for.
    pub crew: Option<Arc<Crew>>,
    pub work: Work,
}

/// Does it, or is told why no thread can. It does not panic.
type Work = Box<dyn FnOnce(Result<(), &str>) + Send>;

/// The threads of one process, and what waits for them. It lives for ever, like the threads.
pub(super) struct Pool {
    pid: u32,
    most_running: usize,
    state: Mutex<PoolState>,
    /// How many tasks the state has, for those who look without its lock.
    queued: AtomicUsize,
    /// How many cancelled jobs the state has that still run, for those who look without its lock.
    stopping: AtomicUsize,
    watcher: Watcher,
    /// The pool of a child, in the child's memory. Without a lock, which a fork could leave locked.
    child: OnceBox<Pool>,
}

/// A thread that sleeps until somebody takes this and wakes it.
struct Sleeper {
    thread: Thread,
    id: sys::ThreadId,
    /// [`ASLEEP`]; then the processor from which it is kept away, or [`NOWHERE`].
    woken: Arc<AtomicUsize>,
}

/// What stands for no processor: nobody has woken the thread yet, or it was free to go to any.
const ASLEEP: usize = usize::MAX;
const NOWHERE: usize = usize::MAX - 1;

impl Sleeper {
    /// Wakes the thread, elsewhere than here.
    fn wake(self) {
        let away = sys::keep_away(self.id).unwrap_or(NOWHERE);
        self.woken.store(away, Ordering::Release);
        self.thread.unpark();
    }
}

#[derive(Default)]
struct PoolState {
    tasks: VecDeque<Task>,
    threads: usize,
    /// Threads that wait for work.
    idle: usize,
    /// Those of them that do not sleep yet.
    awake: usize,
    /// The others, the last one at the end.
    asleep: Vec<Sleeper>,
    /// Threads of jobs that wait or were abandoned: never more than there are threads.
    blocked: usize,
    /// Those of them that only wait for others of their job.
    aside: usize,
    /// Jobs that wait.
    waiting_jobs: usize,
    /// Jobs that were abandoned and have not come back.
    stuck_jobs: usize,
    /// Since when those are as many as there may be.
    full_since: Option<Instant>,
    /// Jobs that were cancelled and still run, and when they are abandoned.
    stopping: Vec<(Instant, Arc<Crew>)>,
    /// When the watcher calls [`Pool::review`].
    alarm: Option<Instant>,
    /// How many threads there have ever been, for their names.
    started: usize,
}

impl PoolState {
    fn running(&self) -> usize {
        self.threads - self.blocked
    }

    /// Changes the numbers of a crew, and those here that follow from them.
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

/// The pool of this process.
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

    /// How many jobs run at the same time.
    pub(super) fn most_running(&self) -> usize {
        self.most_running
    }

    /// The thread that waits for all jobs.
    pub(super) fn watcher(&'static self) -> &'static Watcher {
        &self.watcher
    }

    /// Queues a task.
    pub(super) fn submit(&'static self, task: Task) {
        let mut state = self.lock();
        state.tasks.push_back(task);
        self.queued.store(state.tasks.len(), Ordering::Relaxed);
        self.staff(state);
    }

    /// Notes that a thread of a job now waits: other jobs may run in the place of the whole crew. Fails with a sentence if too
    /// many wait already. The caller holds no lock: tasks may be told here that no thread can be had for them.
    pub(super) fn enter_wait(&'static self, crew: &Crew) -> Result<(), String> {
        let mut state = self.lock();
        if !crew.is_waiting() && state.waiting_jobs >= MAX_WAITING_JOBS {
            return Err(format!(
                "{MAX_WAITING_JOBS} jobs wait already for their results to be taken, or for input; take results or close jobs"
            ));
        }
        state.change(crew, |crew| {
            crew.waiting.fetch_add(1, Relaxed);
        });
        self.staff(state);
        Ok(())
    }

    /// Notes that the thread goes on.
    pub(super) fn leave_wait(&self, crew: &Crew) {
        self.lock().change(crew, |crew| {
            crew.waiting.fetch_sub(1, Relaxed);
        });
    }

    /// Notes that a thread of the pool only waits for others of its job now: another job may run in its place. The caller
    /// holds no lock.
    pub(super) fn enter_aside(&'static self, crew: &Crew) {
        let mut state = self.lock();
        state.change(crew, |crew| {
            crew.aside.fetch_add(1, Relaxed);
        });
        self.staff(state);
    }

    /// Notes that the thread goes on.
    pub(super) fn leave_aside(&self, crew: &Crew) {
        self.lock().change(crew, |crew| {
            crew.aside.fetch_sub(1, Relaxed);
        });
    }

    /// Notes that a job was cancelled that runs, and when it is abandoned. With `told`, that is done at that time whoever looks.
    pub(super) fn stop(&'static self, crew: &Arc<Crew>, due: Instant, told: bool) {
        let mut state = self.lock();
        if crew.threads.load(Relaxed) == 0 {
            return;
        }
        state.stopping.push((due, Arc::clone(crew)));
        self.stopping.store(state.stopping.len(), Ordering::Relaxed);
        if told || !state.tasks.is_empty() {
            self.set_alarm(state, due);
        }
    }

    /// Counts the threads of a job out until they come back. The caller holds no lock.
    pub(super) fn abandon(&'static self, crew: &Crew) {
        let mut state = self.lock();
        if crew.threads.load(Relaxed) > 0 {
            state.change(crew, |crew| crew.abandoned.store(true, Relaxed));
            self.staff(state);
        }
    }

    /// Abandons the jobs that were cancelled long enough ago, if there are any. The caller holds no lock.
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

    /// Reviews when it is time to.
    fn set_alarm(&'static self, mut state: MutexGuard<'_, PoolState>, when: Instant) {
        if state.alarm.is_some_and(|alarm| alarm <= when) {
            return;
        }
        if !self.watcher.start() {
            // Whoever polls or waits for a job looks.
            return;
        }
        state.alarm = Some(when);
        drop(state);
        let ring = Box::new(move || {
            let mut state = self.lock();
            state.alarm = None;
            // Those that are left were cancelled later.
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

    /// Lets somebody get to the tasks: wakes threads or starts some. If none ever will, tells the tasks why. The caller
    /// holds no other lock.
    fn staff(&'static self, mut state: MutexGuard<'_, PoolState>) {
        let (mut started, mut refused) = (0, None);
        while state.tasks.len() > state.idle + started && self.may_grow(&state) {
            if let Err(error) = self.start_thread(state) {
                refused = Some(format!("no thread could be started for the job: {error}"));
                state = self.lock();
                break;
            }
            started += 1;
            state = self.lock();
        }
        let needed = state.tasks.len() > state.awake + started;
        let sleeper = if needed { state.asleep.pop() } else { None };
        // What those aside wait for goes on, or they do.
        if state.tasks.is_empty() || state.running() + state.aside > 0 {
            // A thread that runs may be stuck already.
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
        // With other threads alive it is only late. Without one, nobody would ever get to any of the tasks.
        let reason = match (refused, state.full_since) {
            (Some(reason), _) => reason,
            (None, Some(since)) if since.elapsed() < STUCK_FOR && self.watcher.start() => {
                return self.set_alarm(state, since + STUCK_FOR);
            }
            (None, Some(_)) => format!(
                "{} cancelled jobs of rille are stuck in the system: no thread is started for others until some have come back",
                state.stuck_jobs
            ),
            // One has just come back.
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
        // Starting a thread takes a while, in which others may queue.
        drop(state);
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

    /// Waits for a moment without sleeping, if there is a processor for the other one meanwhile.
    pub(super) fn spin(&self, has_come: &mut dyn FnMut() -> bool) {
        let since = Instant::now();
        while self.most_running > 1 && !has_come() && since.elapsed() < SPIN_TIME {
            (0..16).for_each(|_| std::hint::spin_loop());
        }
    }

    /// The life of a thread.
    fn run(&'static self) {
        let (id, woken) = (sys::thread_id(), Arc::new(AtomicUsize::new(NOWHERE)));
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
                woken.store(ASLEEP, Ordering::Relaxed);
                let sleeper = Sleeper { thread: thread::current(), id, woken: Arc::clone(&woken) };
                state.asleep.push(sleeper);
                drop(state);
                state = self.sleep(&woken);
            }
            state.idle -= 1;
        }
        state.threads -= 1;
        // It may have been woken for a task.
        self.staff(state);
    }

    /// Sleeps until somebody wakes this thread, which may wake for no reason as well.
    fn sleep(&self, woken: &AtomicUsize) -> MutexGuard<'_, PoolState> {
        let processor = loop {
            match woken.load(Ordering::Acquire) {
                ASLEEP => thread::park(),
                processor => break processor,
            }
        };
        if processor != NOWHERE {
            sys::come_back(processor);
        }
        self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
