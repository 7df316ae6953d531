//! The notifier: a descriptor that becomes readable when a job has news.
//!
//! # How are news lost? They are not.
//!
//! A job first publishes what is new and then rings; the host first drains and then looks at its jobs. News coalesce: a
//! notifier that has rung and was not drained since is not written to again, so a storm of results costs one system
//! call for each time that the host wakes up.

use super::sys;
use std::fs::File;
use std::io::{Read, Result, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A descriptor for an event loop. Dropping it ends its watches; jobs neither keep it nor need it.
pub struct Notifier {
    bell: Arc<Wakeup>,
}

/// What jobs ring, and keep weakly.
pub(super) struct Wakeup {
    /// The process that made it. A child has the same descriptor, and would eat its parent's news.
    pid: u32,
    read: File,
    /// Where to write, if it is another place.
    write: Option<File>,
    rung: AtomicBool,
}

impl Notifier {
    /// Makes one that watches nothing yet.
    pub fn new() -> Result<Notifier> {
        let (read, write) = sys::wire()?;
        let rung = AtomicBool::new(false);
        Ok(Notifier { bell: Arc::new(Wakeup { pid: std::process::id(), read, write, rung }) })
    }

    /// The descriptor, to wait on until it is readable. It stays the notifier's.
    #[cfg(unix)]
    pub fn fd(&self) -> i32 {
        std::os::fd::AsRawFd::as_raw_fd(&self.bell.read)
    }

    /// The descriptor, which there is none of on this system.
    #[cfg(not(unix))]
    pub fn fd(&self) -> i32 {
        -1
    }

    /// Whether it was made before the process forked: then it is the parent's.
    pub fn is_foreign(&self) -> bool {
        self.bell.pid != std::process::id()
    }

    /// Makes it silent until there are news again, and tells whether there were any.
    ///
    /// Look at the jobs after this call, not before: what they published until now will not ring again.
    pub fn drain(&self) -> bool {
        let mut buffer = [0; 64];
        // An eventfd gives all its news at once; a pipe holds a byte for each, of which there are few.
        while matches!((&self.bell.read).read(&mut buffer), Ok(64)) {}
        self.bell.rung.swap(false, Ordering::SeqCst)
    }

    pub(super) fn bell(&self) -> &Arc<Wakeup> {
        &self.bell
    }
}

impl Wakeup {
    pub(super) fn ring(&self) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            // It fails only if it is full, and then it is readable anyway.
            let _ = self.write.as_ref().unwrap_or(&self.read).write(&1_u64.to_ne_bytes());
        }
    }
}
