//! Watches names in directories: changes that the system reports wake jobs.
//!
//! # What does it cost?
//!
//! One inotify descriptor for the process, and one watch for each directory. The system reports all changes in a
//! directory; changes of other names are ignored.
//!
//! # What are its limits?
//!
//! Reports are not guaranteed: there may be no descriptor or no watch left, a file system may report nothing, and a
//! directory that is replaced by another one is noticed only when [`NameWatch::renew`] is called. So users of a watch
//! must also poll from time to time. If reports were lost, all jobs are woken. On systems without inotify nothing is
//! reported.

use super::pool::pool;
use super::{Waker, sys};
use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The watched names, and the descriptor by which the system reports changes.
#[derive(Default)]
pub(super) struct Names {
    state: Mutex<NamesState>,
}

#[derive(Default)]
struct NamesState {
    inotify: Option<Arc<File>>,
    /// The watched names and their jobs, by the number of the directory's watch.
    waiting: BTreeMap<i32, Vec<Entry>>,
    count: u64,
}

/// The number of a [`NameWatch`], the watched name, and the job to wake.
type Entry = (u64, Arc<[u8]>, Waker);

/// Wakes a job when something happens to a name in a directory. Dropping it ends the watch.
pub struct NameWatch {
    pid: u32,
    number: u64,
    directory: CString,
    name: Arc<[u8]>,
    waker: Waker,
    /// Number of the directory's watch, if the system could create one.
    watched: Option<i32>,
}

impl NameWatch {
    /// Watches a name, if the system can.
    pub fn new(directory: &Path, name: &OsStr, waker: Waker) -> NameWatch {
        let mut state = pool().watcher().names.lock();
        state.count += 1;
        let number = state.count;
        drop(state);
        let directory = CString::new(directory.as_os_str().as_encoded_bytes()).unwrap_or_default();
        let (pid, name) = (std::process::id(), name.as_encoded_bytes().into());
        let mut watch = NameWatch { pid, number, directory, name, waker, watched: None };
        watch.renew();
        watch
    }

    /// Watches the directory that the path leads to now, if that is another one than before or if none was watched. It
    /// may wait for the disk.
    pub fn renew(&mut self) {
        let names = &pool().watcher().names;
        let Some(inotify) = names.open() else { return };
        loop {
            // Without the lock, as a path may lead to a server that does not answer.
            let found = sys::add_watch(&inotify, &self.directory).ok();
            if found == self.watched {
                return;
            }
            let mut state = names.lock();
            state.remove(self.watched.take(), self.number);
            let Some(watch) = found else { return };
            let entry = (self.number, Arc::clone(&self.name), self.waker.clone());
            state.waiting.entry(watch).or_default().push(entry);
            self.watched = Some(watch);
            // Again: another thread may have ended the watch of this directory before this one was recorded.
        }
    }

    /// Returns whether the system reports changes.
    #[cfg(test)]
    pub(super) fn is_watched(&self) -> bool {
        self.watched.is_some()
    }
}

impl Drop for NameWatch {
    fn drop(&mut self) {
        // A child process has its parent's descriptor, whose watches these are.
        if self.pid == std::process::id() {
            pool().watcher().names.lock().remove(self.watched, self.number);
        }
    }
}

impl NamesState {
    /// Removes a watched name. The watch of the directory ends with its last name.
    fn remove(&mut self, watched: Option<i32>, number: u64) {
        let Some(watch) = watched else { return };
        let Some(waiting) = self.waiting.get_mut(&watch) else { return };
        waiting.retain(|(other, ..)| *other != number);
        if waiting.is_empty() {
            self.waiting.remove(&watch);
            if let Some(inotify) = &self.inotify {
                sys::remove_watch(inotify, watch);
            }
        }
    }
}

impl Names {
    fn lock(&self) -> MutexGuard<'_, NamesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the descriptor by which the system reports changes, if there is one.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> Option<Arc<File>> {
        self.lock().inotify.clone()
    }

    /// Returns the descriptor, creating it if there is none.
    fn open(&self) -> Option<Arc<File>> {
        let mut state = self.lock();
        let is_new = state.inotify.is_none();
        if is_new {
            state.inotify = Some(Arc::new(sys::inotify().ok()?));
        }
        let inotify = state.inotify.clone();
        drop(state);
        pool().watcher().waits_for_descriptors(is_new).then_some(inotify).flatten()
    }

    /// Reads the pending reports, and wakes the jobs whose names they mention.
    #[cfg(unix)]
    pub(super) fn read(&self) {
        use std::io::Read;
        let Some(inotify) = self.descriptor() else { return };
        let mut buffer = vec![0; 16 << 10];
        let mut woken = BTreeMap::new();
        while let Ok(len @ 1..) = (&*inotify).read(&mut buffer) {
            self.find(&buffer[..len], &mut woken);
        }
        // Without the lock: a woken job may drop its watch.
        woken.values().for_each(Waker::wake);
    }

    /// Adds the wakers of all names mentioned in `reports` to `woken`, by the numbers of their watches.
    pub(super) fn find(&self, reports: &[u8], woken: &mut BTreeMap<u64, Waker>) {
        let state = self.lock();
        for (watch, lost, name) in sys::reports(reports) {
            let mut wake = |(number, own, waker): &Entry| {
                // A report without a name is about the directory itself.
                if lost || name.is_empty() || **own == *name {
                    woken.entry(*number).or_insert_with(|| waker.clone());
                }
            };
            if lost {
                state.waiting.values().flatten().for_each(&mut wake);
            } else if let Some(here) = state.waiting.get(&watch) {
                here.iter().for_each(&mut wake);
            }
        }
    }
}
