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

use super::crew::Waker;
use super::names::Names;
use super::pool::pool;
use super::sys;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

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
        let Some(inotify) = open(names) else { return };
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

/// Returns the descriptor of the names, creating it if there is none.
fn open(names: &Names) -> Option<Arc<File>> {
    let mut state = names.lock();
    let is_new = state.inotify.is_none();
    if is_new {
        state.inotify = Some(Arc::new(sys::inotify().ok()?));
    }
    let inotify = state.inotify.clone();
    drop(state);
    pool().watcher().waits_for_descriptors(is_new).then_some(inotify).flatten()
}
