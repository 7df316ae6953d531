//! The pool: the threads that jobs run on.
//!
//! # When does a thread start?
//!
//! With the first job, and then whenever a job waits while no thread is idle, up to the number of processors and at most
//! [`MOST_RUNNING`]. A thread that waits for its host to take results is not counted, so a host that leaves a hundred
//! jobs half read can still start another; beyond [`MOST_THREADS`] jobs queue. Threads that have become too many end.
//!
//! One that has nothing to do looks out for more during [`SPIN`] before it sleeps: waking it would take longer than a small
//! job, and small ones come in a row.
//!
//! A thread that is woken begins on another processor than its waker's, if there is one: in virtual machines Linux leaves half
//! of them there, and two threads of a search shared one processor.
//!
//! Where the system has a policy for batches, they have that: on a machine whose processors are all busy, a thread that is
//! woken would otherwise run in the place of the one that woke it, which is the host's, for some milliseconds.
//!
//! # What happens in a fork?
//!
//! The child has none of the threads, and a lock that one of them held stays locked in it for ever. So a child never
//! looks into its parent's pool: it sees by the process id that the pool is not its own and makes another.

use super::sys;
use once_cell::race::OnceBox;
use std::collections::VecDeque;
use std::mem::take;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Threads that run jobs at the same time, at most.
const MOST_RUNNING: usize = 8;

/// Threads in all, those included that wait for their host.
const MOST_THREADS: usize = 128;

/// How long a thread looks out for what another one is about to do, before it sleeps.
const SPIN: Duration = Duration::from_micros(20);

/// How long a thread that has ended is waited for, at most: its number may be that of another one by then.
const GONE: Duration = Duration::from_secs(1);

/// What a thread does, or is told why no thread can. It does not panic.
pub(super) type Task = Box<dyn FnOnce(Result<(), &str>) + Send>;

/// The threads of one process, and what waits for them. It lives for ever, like the threads.
pub(super) struct Pool {
    pid: u32,
    most_running: usize,
    state: Mutex<State>,
    /// How many tasks the state has, for those who look without its lock.
    queued: AtomicUsize,
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
struct State {
    tasks: VecDeque<Task>,
    threads: usize,
    /// Threads that wait for work.
    idle: usize,
    /// Those of them that do not sleep yet.
    awake: usize,
    /// The others, the last one at the end.
    asleep: Vec<Sleeper>,
    /// Threads whose jobs wait for their host: never more than there are threads.
    blocked: usize,
    /// How many there have ever been, for their names.
    started: usize,
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

/// Starts threads that only wait for each other. They inherit that their starter blocks signals, if it is one of the pool.
pub(super) fn has_threads(count: usize) -> bool {
    let ids = Mutex::new(Vec::with_capacity(count));
    let wait = || {
        if let Ok(mut ids) = ids.lock() {
            ids.push(sys::thread_id());
        }
    };
    let all = thread::scope(|scope| {
        let closed = ids.lock();
        let all = (0..count).all(|_| thread::Builder::new().spawn_scoped(scope, wait).is_ok());
        drop(closed);
        all
    });
    // A thread that has come to its end counts for a moment more: who starts others now would be refused.
    let until = Instant::now() + GONE;
    for id in ids.into_inner().unwrap_or_default() {
        let mut yields = 0..64;
        while sys::counts(id) && Instant::now() < until {
            // That may go on for as long as this thread's share of the processor lasts, some milliseconds.
            match yields.next() {
                Some(_) => thread::yield_now(),
                None => thread::sleep(Duration::from_micros(10)),
            }
        }
    }
    all
}

impl Pool {
    fn new(pid: u32) -> Box<Pool> {
        let processors = thread::available_parallelism().map_or(1, |number| number.get());
        Box::new(Pool {
            pid,
            most_running: processors.min(MOST_RUNNING),
            state: Mutex::default(),
            queued: AtomicUsize::new(0),
            child: OnceBox::new(),
        })
    }

    /// How many jobs run at the same time.
    pub(super) fn most_running(&self) -> usize {
        self.most_running
    }

    /// Queues a task.
    pub(super) fn submit(&'static self, task: Task) {
        let mut state = self.lock();
        state.tasks.push_back(task);
        self.queued.store(state.tasks.len(), Ordering::Relaxed);
        if state.tasks.len() <= state.idle || !self.may_grow(&state) {
            let needed = state.tasks.len() > state.awake;
            let sleeper = if needed { state.asleep.pop() } else { None };
            drop(state);
            if let Some(sleeper) = sleeper {
                sleeper.wake();
            }
            return;
        }
        if let Err(error) = self.start_thread(state) {
            let mut state = self.lock();
            // With other threads alive it is only late. Without one, nobody would ever come to any of the tasks.
            let tasks = if state.threads > 0 { VecDeque::new() } else { take(&mut state.tasks) };
            self.queued.store(state.tasks.len(), Ordering::Relaxed);
            drop(state);
            let reason = format!("no thread could be started for the job: {error}");
            for task in tasks {
                task(Err(&reason));
            }
        }
    }

    /// Tells that a job now waits for its host, whichever of its threads does: another one may run in its place.
    pub(super) fn enter_wait(&'static self) {
        let mut state = self.lock();
        state.blocked += 1;
        if state.tasks.len() > state.idle && self.may_grow(&state) {
            // If there can be no more threads, the tasks wait for those that there are.
            let _ = self.start_thread(state);
        }
    }

    /// Tells that the job goes on.
    pub(super) fn leave_wait(&self) {
        self.lock().blocked -= 1;
    }

    fn may_grow(&self, state: &State) -> bool {
        state.threads - state.blocked < self.most_running && state.threads < MOST_THREADS
    }

    fn start_thread(&'static self, mut state: MutexGuard<'_, State>) -> std::io::Result<()> {
        state.threads += 1;
        state.started += 1;
        let name = format!("rille-{}", state.started);
        // Starting a thread takes a while, in which others may queue.
        drop(state);
        let started = sys::without_signals(|| {
            thread::Builder::new().name(name).spawn(|| {
                sys::give_way();
                self.run();
            })
        });
        if started.is_err() {
            self.lock().threads -= 1;
        }
        started.map(drop)
    }

    /// Waits for a moment without sleeping, if there is a processor for the other one meanwhile.
    pub(super) fn look_out(&self, has_come: &mut dyn FnMut() -> bool) {
        let since = Instant::now();
        while self.most_running > 1 && !has_come() && since.elapsed() < SPIN {
            (0..16).for_each(|_| std::hint::spin_loop());
        }
    }

    /// The life of a thread.
    fn run(&self) {
        let (id, woken) = (sys::thread_id(), Arc::new(AtomicUsize::new(NOWHERE)));
        let mut state = self.lock();
        while state.threads - state.blocked <= self.most_running {
            if let Some(task) = state.tasks.pop_front() {
                self.queued.store(state.tasks.len(), Ordering::Relaxed);
                drop(state);
                task(Ok(()));
                state = self.lock();
                continue;
            }
            state.idle += 1;
            state.awake += 1;
            drop(state);
            self.look_out(&mut || self.queued.load(Ordering::Relaxed) > 0);
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
    }

    /// Sleeps until somebody wakes this thread, which may wake for no reason as well.
    fn sleep(&self, woken: &AtomicUsize) -> MutexGuard<'_, State> {
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
