//! The watcher: one thread that waits on behalf of all jobs.
//!
//! # What is the watcher for?
//!
//! A job that waits for a change, for input or for a time holds no thread of the pool, or only a parked one: this thread
//! wakes it. There is one in a process, started when it is first needed, and it never does anything itself that may take
//! long.
//!
//! # What does it wait for?
//!
//! For the next alarm, for descriptors that jobs want to read from, and, where the system has inotify, for changes in
//! directories: one descriptor for all of them, and one watch for each directory, however many of its files are followed.
//!
//! # What if it cannot be started?
//!
//! Then each job that needs it waits on a thread of the pool. If it has no descriptors, alarms still work. Files are also
//! polled once a second, as some file systems report nothing, and the number of watches is limited.

use super::crew::Waker;
use super::names::Names;
use super::sys;
use std::collections::BTreeMap;
use std::fs::File;
#[cfg(unix)]
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Instant;

/// A short function that runs on the watcher's thread at a set time.
pub(super) type Alarm = Box<dyn FnOnce() + Send>;

/// The key of an alarm: its time and its number.
pub(super) type Key = (Instant, u64);

/// The alarms and descriptors for which the thread of a process waits.
#[derive(Default)]
pub(super) struct Watcher {
    state: Mutex<WatcherState>,
    pub(super) names: Names,
}

#[derive(Default)]
struct WatcherState {
    thread: Option<Thread>,
    alarms: BTreeMap<Key, Alarm>,
    /// Descriptors that jobs want to read from, by number, and the jobs to wake.
    #[cfg(unix)]
    files: BTreeMap<u64, (std::os::fd::RawFd, Waker)>,
    /// Number of alarms and files so far.
    count: u64,
    /// If the thread sleeps, the time at which it wakes up anyway, if any.
    asleep: Option<Option<Instant>>,
    /// The descriptor that wakes the thread while it waits for others.
    #[cfg(unix)]
    wire: Option<Wire>,
}

/// The descriptor that the thread reads, and the one that others write to if it is another one.
#[cfg(unix)]
struct Wire {
    read: File,
    write: Option<File>,
}

impl Watcher {
    fn lock(&self) -> MutexGuard<'_, WatcherState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread if it does not exist, and returns whether it exists.
    pub(super) fn start(&'static self) -> bool {
        let mut state = self.lock();
        if state.thread.is_some() {
            return true;
        }
        // The thread waits for this lock first.
        sys::pin();
        let spawned = sys::without_signals(|| {
            let builder = thread::Builder::new().name("rille-watch".to_owned());
            builder.stack_size(128 << 10).spawn(|| {
                sys::set_batch_scheduling();
                self.run();
            })
        });
        state.thread = spawned.ok().map(|handle| handle.thread().clone());
        state.thread.is_some()
    }

    /// Sets an alarm. The thread must exist: see [`Watcher::start`].
    pub(super) fn at(&self, when: Instant, alarm: Alarm) -> Key {
        let mut state = self.lock();
        state.count += 1;
        let key = (when, state.count);
        state.alarms.insert(key, alarm);
        if state.asleep.is_some_and(|until| until.is_none_or(|until| until > when)) {
            state.rouse();
        }
        key
    }

    /// Removes an alarm, and returns it if it has not rung.
    pub(super) fn take(&self, key: &Key) -> Option<Alarm> {
        self.lock().alarms.remove(key)
    }

    /// Wakes a job once a descriptor is readable. Returns a number for [`forget`](Watcher::forget), or none if the thread
    /// or its descriptors cannot be created.
    #[cfg(unix)]
    pub(super) fn when_readable(&'static self, file: &File, waker: Waker) -> Option<u64> {
        if !self.start() {
            return None;
        }
        let mut state = self.lock();
        state.connect()?;
        state.count += 1;
        let number = state.count;
        state.files.insert(number, (std::os::fd::AsRawFd::as_raw_fd(file), waker));
        state.rouse();
        Some(number)
    }

    /// On this system reads block.
    #[cfg(not(unix))]
    pub(super) fn when_readable(&'static self, _: &File, _: Waker) -> Option<u64> {
        None
    }

    /// Stops waiting for a descriptor.
    pub(super) fn forget(&self, number: u64) {
        #[cfg(unix)]
        self.lock().files.remove(&number);
        #[cfg(not(unix))]
        let _ = number;
    }

    /// Returns whether the thread exists and waits for descriptors. With `again` set, it reads the list of descriptors
    /// anew.
    pub(super) fn waits_for_descriptors(&'static self, again: bool) -> bool {
        if !self.start() {
            return false;
        }
        let mut state = self.lock();
        let is_connected = state.connect().is_some();
        if again {
            state.rouse();
        }
        is_connected
    }

    /// Waits for alarms and descriptors, forever.
    fn run(&self) {
        loop {
            let mut state = self.lock();
            state.asleep = None;
            if let Some((&key, _)) = state.alarms.first_key_value()
                && key.0 <= Instant::now()
            {
                let alarm = state.alarms.remove(&key);
                drop(state);
                alarm.into_iter().for_each(|alarm| alarm());
                continue;
            }
            let until = state.alarms.first_key_value().map(|(&(when, _), _)| when);
            state.asleep = Some(until);
            self.sleep(state, until);
        }
    }

    #[cfg(unix)]
    fn sleep(&self, state: MutexGuard<'_, WatcherState>, until: Option<Instant>) {
        use std::io::Read;
        use std::os::fd::AsRawFd;
        let Some(wire) = &state.wire else { return rest(state, until) };
        // The wire is never closed. The descriptor of a job is never read here, even if it was reused meanwhile.
        let mut descriptors = vec![wire.read.as_raw_fd()];
        let names = self.names.descriptor();
        descriptors.extend(names.as_ref().map(|file| file.as_raw_fd()));
        let first = descriptors.len();
        let numbers: Vec<u64> = state.files.keys().copied().collect();
        descriptors.extend(state.files.values().map(|&(fd, _)| fd));
        drop(state);
        let limit = until.map(|until| until.saturating_duration_since(Instant::now()));
        let ready = sys::wait_any(&descriptors, limit);
        let mut state = self.lock();
        state.asleep = None;
        if ready[0]
            && let Some(wire) = &state.wire
        {
            // One read empties an eventfd; anything left in a pipe wakes the thread again.
            let _ = (&wire.read).read(&mut [0; 64]);
        }
        let readable = numbers.iter().zip(&ready[first..]).filter(|(_, ready)| **ready);
        let woken: Vec<_> = readable.filter_map(|(number, _)| state.files.remove(number)).collect();
        drop(state);
        woken.iter().for_each(|(_, waker)| waker.wake());
        if first > 1 && ready[1] {
            self.names.read();
        }
    }

    #[cfg(not(unix))]
    fn sleep(&self, state: MutexGuard<'_, WatcherState>, until: Option<Instant>) {
        rest(state, until);
    }
}

/// Sleeps until the thread is unparked, or until the given time.
fn rest(state: MutexGuard<'_, WatcherState>, until: Option<Instant>) {
    drop(state);
    match until.map(|until| until.saturating_duration_since(Instant::now())) {
        Some(limit) => thread::park_timeout(limit),
        None => thread::park(),
    }
}

impl WatcherState {
    /// Returns nothing: on this system the thread waits for times only.
    #[cfg(not(unix))]
    fn connect(&mut self) -> Option<()> {
        None
    }

    /// Creates the descriptors that wake the thread, if there are none.
    #[cfg(unix)]
    fn connect(&mut self) -> Option<()> {
        if self.wire.is_none() {
            let (read, write) = sys::wire().ok()?;
            // Until now the thread sleeps without descriptors.
            self.rouse();
            self.wire = Some(Wire { read, write });
        }
        Some(())
    }

    /// Wakes the thread, so that it notices changes.
    fn rouse(&mut self) {
        // The thread was woken already, or does not sleep: then it notices changes before it sleeps.
        if self.asleep.take().is_none() {
            return;
        }
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
        #[cfg(unix)]
        if let Some(wire) = &self.wire {
            // It fails only if the pipe is full, and then it is readable anyway.
            let _ = wire.write.as_ref().unwrap_or(&wire.read).write(&1_u64.to_ne_bytes());
        }
    }
}
