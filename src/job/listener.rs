//! The listener: a Unix socket through which an event loop that cannot wait for foreign descriptors is woken.
//!
//! # What is it for?
//!
//! nginx waits only for connections that it has opened itself. So it connects to the path of the listener, and the other end
//! of that connection becomes a [`Notifier`], which writes one byte when a watched job is ready.
//!
//! # Where is the socket?
//!
//! In a directory that only the user of the process may enter, `rille-<user id>` in the one that is given, or in the
//! directory of temporary files. Sockets that ended processes have left there are removed first. Dropping the listener
//! removes its socket, and the directory after the last one.
//!
//! # Whose connection is it?
//!
//! Connections are accepted in their order. Each begins with a token of the caller's, so that connections of which the
//! caller has lost its end, and those of other programs, are dropped.

use super::notifier::Notifier;
use super::sys;
use std::fs::{self, DirBuilder, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Maximum number of attempts to make the directory and the socket, which other processes may remove meanwhile.
const MAX_ATTEMPTS: usize = 10;

/// A socket that a host connects to in order to be woken.
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    pid: u32,
}

impl Listener {
    /// Creates a socket in the directory `rille-<user id>` in `parent`, or in that of temporary files.
    pub fn new(parent: Option<&Path>) -> Result<Listener> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
        let (user, pid) = (sys::user(), std::process::id());
        let directory = parent.join(format!("rille-{user}"));
        let mut attempts = 0;
        loop {
            private_directory(&directory, user)?;
            remove_dead(&directory);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!("{pid}.{number}"));
            match UnixListener::bind(&path) {
                Ok(socket) => {
                    let listener = Listener { socket, path, pid };
                    listener.socket.set_nonblocking(true)?;
                    return Ok(listener);
                }
                // A process of the same number in another container, or one that removes the empty directory.
                Err(error)
                    if attempts < MAX_ATTEMPTS
                        && matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::NotFound) =>
                {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the path to connect to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the listener was created before a fork, and so belongs to the parent process.
    pub fn is_foreign(&self) -> bool {
        self.pid != std::process::id()
    }

    /// Accepts the connection that has sent `token`, and returns its notifier; `None` if no connection has. Earlier
    /// connections are dropped. It does not wait.
    pub fn accept(&self, token: u32) -> Result<Option<Notifier>> {
        loop {
            let mut connection = match self.socket.accept() {
                Ok((connection, _)) => connection,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return Ok(None),
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted => continue,
                    _ => return Err(error),
                },
            };
            if has_sent(&mut connection, token)? {
                return Ok(Some(Notifier::on_socket(File::from(OwnedFd::from(connection)))));
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.is_foreign() {
            let _ = fs::remove_file(&self.path);
            // Only if it is empty.
            let _ = self.path.parent().map(fs::remove_dir);
        }
    }
}

/// Whether the next bytes of a connection are `token`.
fn has_sent(connection: &mut UnixStream, token: u32) -> Result<bool> {
    connection.set_nonblocking(true)?;
    let mut sent = [0; 4];
    let mut len = 0;
    while len < sent.len() {
        match connection.read(&mut sent[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    Ok(len == sent.len() && u32::from_le_bytes(sent) == token)
}

/// Creates a directory that only `user` may enter. One that exists must be like that.
fn private_directory(directory: &Path, user: u32) -> Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        created => return created,
    }
    let found = fs::symlink_metadata(directory)?;
    if !found.is_dir() || found.uid() != user || found.mode() & 0o077 != 0 {
        let message =
            format!("{} is not a directory of mode 700 of this user", directory.display());
        return Err(Error::new(ErrorKind::PermissionDenied, message));
    }
    Ok(())
}

/// Removes the sockets that nobody listens to any more.
fn remove_dead(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        // A datagram socket cannot connect to a listener, and is refused in another way if there is none: this asks
        // without adding a connection to the queue.
        let dead = UnixDatagram::unbound()
            .and_then(|socket| socket.connect(&path))
            .is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
        if dead {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{JobError, Worker, start};
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    fn connect(listener: &Listener, token: u32) -> UnixStream {
        let mut stream = UnixStream::connect(listener.path()).unwrap();
        stream.write_all(&token.to_le_bytes()).unwrap();
        stream
    }

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_connection_receives_a_byte_when_a_job_is_ready() {
        let scratch = scratch();
        let listener = Listener::new(Some(scratch.path())).unwrap();
        let mut stream = connect(&listener, 7);
        let notifier = listener.accept(7).unwrap().expect("the connection");
        let (send, receive) = std::sync::mpsc::channel::<()>();
        let job = start(move |_: &Worker<()>| receive.recv().map_err(|_| JobError::Cancelled));
        crate::job::AnyJob::watch(&job, &notifier);
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let mut byte = [0];
        assert!(stream.read(&mut byte).is_err());
        send.send(()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert_eq!(stream.read(&mut byte).unwrap(), 1);
        assert!(notifier.drain() && !notifier.drain());
    }

    #[test]
    fn a_wakeup_of_a_connection_that_was_closed_raises_no_signal() {
        let scratch = scratch();
        let listener = Listener::new(Some(scratch.path())).unwrap();
        drop(connect(&listener, 7));
        let notifier = listener.accept(7).unwrap().expect("the connection");
        // SIGPIPE, which the tests ignore as all Rust programs do, must not even be pending.
        notifier.bell().ring();
        assert!(notifier.drain());
    }

    #[test]
    fn connections_with_another_token_are_dropped() {
        let scratch = scratch();
        let listener = Listener::new(Some(scratch.path())).unwrap();
        assert!(listener.accept(1).unwrap().is_none());
        let (mut lost, other) = (connect(&listener, 1), connect(&listener, 2));
        drop(other);
        let _silent = UnixStream::connect(listener.path()).unwrap();
        let _ours = connect(&listener, 3);
        assert!(listener.accept(3).unwrap().is_some());
        assert_eq!(lost.read(&mut [0]).unwrap(), 0);
        assert!(listener.accept(4).unwrap().is_none());
    }

    #[test]
    fn sockets_of_ended_processes_are_removed_and_those_in_use_stay() {
        let scratch = scratch();
        let first = Listener::new(Some(scratch.path())).unwrap();
        let directory = first.path().parent().unwrap().to_owned();
        let left = directory.join("1.0");
        drop(UnixListener::bind(&left).unwrap());
        let second = Listener::new(Some(scratch.path())).unwrap();
        assert!(!left.exists() && first.path().exists() && second.path().exists());
        let _still = connect(&first, 1);
        assert!(first.accept(1).unwrap().is_some());
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists() && directory.exists());
        drop(second);
        assert!(!directory.exists());
    }

    #[test]
    fn a_directory_that_others_may_enter_is_refused() {
        let scratch = scratch();
        let directory = scratch.path().join(format!("rille-{}", sys::user()));
        fs::create_dir(&directory).unwrap();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        let error = Listener::new(Some(scratch.path())).err().expect("a refusal");
        assert!(error.to_string().contains("is not a directory of mode 700"), "{error}");
        fs::remove_dir(&directory).unwrap();
        std::os::unix::fs::symlink(scratch.path(), &directory).unwrap();
        assert!(Listener::new(Some(scratch.path())).is_err());
    }
}
