//! The watched names in directories, and what the system reports about them.

use super::crew::Waker;
use super::sys;
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The watched names, and the descriptor by which the system reports changes.
#[derive(Default)]
pub(super) struct Names {
    state: Mutex<NamesState>,
}

#[derive(Default)]
pub(super) struct NamesState {
    pub(super) inotify: Option<Arc<File>>,
    /// The watched names and their jobs, by the number of the directory's watch.
    pub(super) waiting: BTreeMap<i32, Vec<Entry>>,
    pub(super) count: u64,
}

/// The number of a [`NameWatch`](super::NameWatch), the watched name, and the job to wake.
pub(super) type Entry = (u64, Arc<[u8]>, Waker);

impl NamesState {
    /// Removes a watched name. The watch of the directory ends with its last name.
    pub(super) fn remove(&mut self, watched: Option<i32>, number: u64) {
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
    pub(super) fn lock(&self) -> MutexGuard<'_, NamesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the descriptor by which the system reports changes, if there is one.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> Option<Arc<File>> {
        self.lock().inotify.clone()
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
    #[cfg(unix)]
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
