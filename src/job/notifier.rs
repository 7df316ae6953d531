//! The notifier: a descriptor that becomes readable when a job is ready.
//!
//! # Can a wakeup be lost?
//!
//! No: a job first publishes and then signals; the host first drains and then polls its jobs. Signals coalesce: a
//! notifier that was signalled and not yet drained is not written to again, so any number of results costs one system
//! call for each time that the host wakes up.

use super::sys::{self, End};
use std::io::{Read, Result, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A descriptor for an event loop. Dropping it ends its watches; jobs do not keep it alive and work without it.
pub struct Notifier {
    bell: Arc<Wakeup>,
}

/// The part of a notifier that jobs signal, and hold weakly.
pub(super) struct Wakeup {
    /// The process that created it. A child has the same descriptor, and would consume its parent's signals.
    pid: u32,
    read: End,
    /// The descriptor to write to, if it is another one.
    write: Option<End>,
    /// Whether the descriptor is a connection, whose other end the host reads.
    is_socket: bool,
    rung: AtomicBool,
}

impl Notifier {
    /// Creates a notifier that watches nothing yet.
    pub fn new() -> Result<Notifier> {
        let (read, write) = sys::wire()?;
        Ok(Notifier::of(read, write, false))
    }

    /// Returns a notifier that writes to a connection; the host reads its other end.
    #[cfg(unix)]
    pub(super) fn on_socket(connection: End) -> Notifier {
        Notifier::of(connection, None, true)
    }

    fn of(read: End, write: Option<End>, is_socket: bool) -> Notifier {
        let (pid, rung) = (std::process::id(), AtomicBool::new(false));
        Notifier { bell: Arc::new(Wakeup { pid, read, write, is_socket, rung }) }
    }

    /// Returns the descriptor, which the host waits on until it is readable. The notifier keeps ownership.
    #[cfg(unix)]
    pub fn fd(&self) -> i32 {
        std::os::fd::AsRawFd::as_raw_fd(&self.bell.read)
    }

    /// Returns the socket, whose number has at most 32 significant bits, as that of every handle.
    #[cfg(windows)]
    pub fn fd(&self) -> i32 {
        std::os::windows::io::AsRawSocket::as_raw_socket(&self.bell.read) as i32
    }

    /// Returns -1, as this system has no such descriptor.
    #[cfg(not(any(unix, windows)))]
    pub fn fd(&self) -> i32 {
        -1
    }

    /// Returns whether the notifier was created before a fork, and so belongs to the parent process.
    pub fn is_foreign(&self) -> bool {
        self.bell.pid != std::process::id()
    }

    /// Clears the signal, and returns whether there was one.
    ///
    /// Poll the jobs after this call, not before: what they have published until now will not signal again.
    pub fn drain(&self) -> bool {
        let mut buffer = [0; 64];
        // One read empties an eventfd; a pipe or a socket holds eight bytes for each of a few signals.
        while !self.bell.is_socket && matches!((&self.bell.read).read(&mut buffer), Ok(64)) {}
        self.bell.rung.swap(false, Ordering::SeqCst)
    }

    pub(super) fn bell(&self) -> &Arc<Wakeup> {
        &self.bell
    }
}

impl Wakeup {
    pub(super) fn ring(&self) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            if self.is_socket {
                return sys::send_byte(&self.read);
            }
            // It fails only if the pipe is full, and then it is readable anyway.
            let _ = self.write.as_ref().unwrap_or(&self.read).write(&1_u64.to_ne_bytes());
        }
    }
}

/// The listener of systems without Unix sockets: it is never created.
#[cfg(not(unix))]
pub enum Listener {}

#[cfg(not(unix))]
impl Listener {
    /// Fails, as this system has no such sockets.
    pub fn new(_: Option<&std::path::Path>) -> Result<Listener> {
        Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
    }

    /// Returns the path to connect to.
    pub fn path(&self) -> &std::path::Path {
        match *self {}
    }

    /// Returns whether the listener belongs to the parent process.
    pub fn is_foreign(&self) -> bool {
        match *self {}
    }

    /// Accepts a connection.
    pub fn accept(&self, _: u32) -> Result<Option<Notifier>> {
        match *self {}
    }
}
