//! The watcher: the one thread that waits for all jobs.
//!
//! # What is it for?
//!
//! A job that waits for a change, for input or for a while holds no thread of the pool, or a parked one: this thread wakes
//! it. There is one in a process, started when it is first needed, and it does nothing that can take long itself.
//!
//! # What does it wait for?
//!
//! For the next alarm, for descriptors that jobs want to read from, and, where the system has inotify, for changes in
//! directories: one descriptor for all of them, and one watch for each directory, however many files in it are followed.
//!
//! # What if it cannot be had?
//!
//! Then whoever needs it waits by itself, on a thread of the pool. Without descriptors it still has its alarms. Files
//! are also looked at once a second, as some file systems report nothing, and the system has only so many watches.

use super::names::Names;
use super::{Waker, sys};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Instant;

/// What is done at its time, on the watcher's thread: something short.
pub(super) type Alarm = Box<dyn FnOnce() + Send>;

/// An alarm that was set.
pub(super) type Key = (Instant, u64);

/// What the thread of a process waits for.
#[derive(Default)]
pub(super) struct Watcher {
    state: Mutex<WatcherState>,
    pub(super) names: Names,
}

#[derive(Default)]
struct WatcherState {
    thread: Option<Thread>,
    alarms: BTreeMap<Key, Alarm>,
    /// Descriptors that jobs want to read from.
    #[cfg(unix)]
    files: BTreeMap<u64, (std::os::fd::RawFd, Waker)>,
    /// Counts alarms and files.
    count: u64,
    /// When it wakes up by itself, if it sleeps.
    asleep: Option<Option<Instant>>,
    /// By which it is woken while it waits for descriptors.
    wire: Option<Wire>,
}

/// Where its thread reads, and where others write, if that is another place.
struct Wire {
    #[cfg_attr(not(unix), expect(dead_code))]
    read: File,
    write: Option<File>,
}

impl Watcher {
    fn lock(&self) -> MutexGuard<'_, WatcherState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread if there is none yet, and returns whether there is one.
    pub(super) fn start(&'static self) -> bool {
        let mut state = self.lock();
        if state.thread.is_some() {
            return true;
        }
        // It waits for this lock first.
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

    /// Sets an alarm. There has to be a thread for it, see [`Watcher::start`].
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

    /// Takes an alarm back that has not rung.
    pub(super) fn take(&self, key: &Key) -> Option<Alarm> {
        self.lock().alarms.remove(key)
    }

    /// Wakes a job once something can be read from a descriptor. Returns a number to [forget](Watcher::forget) it by;
    /// nothing if the thread or the descriptors for that cannot be had.
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

    /// Whoever reads is made to wait by the system.
    #[cfg(not(unix))]
    pub(super) fn when_readable(&'static self, _: &File, _: Waker) -> Option<u64> {
        None
    }

    /// Looks no more at a descriptor.
    pub(super) fn forget(&self, number: u64) {
        #[cfg(unix)]
        self.lock().files.remove(&number);
        #[cfg(not(unix))]
        let _ = number;
    }

    /// Whether there is the thread, and it waits for descriptors; with `again`, it looks which there are.
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

    /// The life of the thread.
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
        // The wire is never closed, and the descriptor of another one is not read from, whoever has it by then.
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
            // An eventfd gives all at once; what is left of a pipe wakes it again.
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

/// Sleeps until the thread is unparked or the time has come.
fn rest(state: MutexGuard<'_, WatcherState>, until: Option<Instant>) {
    drop(state);
    match until.map(|until| until.saturating_duration_since(Instant::now())) {
        Some(limit) => thread::park_timeout(limit),
        None => thread::park(),
    }
}

impl WatcherState {
    /// Makes the wire by which the thread is woken from its descriptors, if there is none.
    fn connect(&mut self) -> Option<()> {
        if self.wire.is_none() {
            let (read, write) = sys::wire().ok()?;
            // It sleeps without one until now.
            self.rouse();
            self.wire = Some(Wire { read, write });
        }
        Some(())
    }

    /// Wakes the thread, so that it sees what is new.
    fn rouse(&mut self) {
        // It has not gone to sleep since the last time, or does not sleep: then it looks before it does.
        if self.asleep.take().is_none() {
            return;
        }
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
        if let Some(wire) = &self.wire {
            // It fails only if it is full, and then it is readable anyway.
            let _ = wire.write.as_ref().unwrap_or(&wire.read).write(&1_u64.to_ne_bytes());
        }
    }
}
