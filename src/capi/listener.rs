//! The listener: a socket through which an event loop that waits only for its own connections is woken.

use super::boundary::{Handle, boundary, boundary_at, boundary_get, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use super::notifier::rille_notifier;
use crate::io_error::message;
use crate::job::Listener;
use std::ffi::{CString, c_char};
use std::path::PathBuf;
use std::ptr::null;

/// A Unix socket to which an event loop connects in order to be woken, if it cannot wait for the descriptor of a
/// rille_notifier: nginx is one.
pub struct rille_listener {
    listener: Listener,
    path: CString,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_listener>();
};

impl Measured for rille_listener {
    const GAUGE: &'static Gauge = &gauge::LISTENER;

    /// The descriptor of the socket.
    const HIDDEN: usize = gauge::DESCRIPTOR;

    fn bytes(&self) -> usize {
        size_of::<Listener>() + self.path.as_bytes().len()
    }
}

/// Creates a socket and writes the listener to `out`. The socket is in a directory that only the user of the process may
/// enter, named `rille-` and the number of the user, in `directory` (`len` bytes). Without a directory that is the one of
/// temporary files. Sockets that ended processes have left there are removed.
///
/// Returns RILLE_OK or RILLE_EIO (the system refused the directory, the socket or its path, or has no such sockets).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_listener_new(
    directory: *const u8,
    len: usize,
    out: *mut *mut rille_listener,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the pointer.
        let (directory, out) = unsafe { (slice(directory, len)?, place(out, "out")?) };
        let directory = path_of(directory)?;
        let refused =
            |error| Failure::new(RILLE_EIO, format!("no socket to listen to: {}", message(&error)));
        let listener = Listener::new(directory.as_deref()).map_err(refused)?;
        let path = CString::new(listener.path().as_os_str().as_encoded_bytes());
        let path = path.map_err(|_| Failure::new(RILLE_EARG, "the directory has a NUL"))?;
        out.write(Handle::give(rille_listener { listener, path }));
        Ok(RILLE_OK)
    })
}

#[cfg(unix)]
fn path_of(directory: &[u8]) -> Result<Option<PathBuf>, Failure> {
    use std::os::unix::ffi::OsStrExt;
    let path = PathBuf::from(std::ffi::OsStr::from_bytes(directory));
    Ok((!directory.is_empty()).then_some(path))
}

#[cfg(not(unix))]
fn path_of(_: &[u8]) -> Result<Option<PathBuf>, Failure> {
    Ok(None)
}

/// Frees a listener and removes its socket. Its notifiers stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_listener_free(listener: *mut rille_listener) {
    // SAFETY: the caller passes NULL or a live listener, and uses it no more.
    boundary_get((), || unsafe { Handle::free(listener) })
}

/// Returns the path of the socket, valid as long as the listener; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_listener_path(listener: *const rille_listener) -> *const c_char {
    boundary_get(null(), || {
        // SAFETY: the caller passes NULL or a live listener.
        unsafe { Handle::peek(listener) }.map_or(null(), |listener| listener.path.as_ptr())
    })
}

/// Accepts the connection that has sent `token`, four bytes in little-endian order, and writes its notifier to `out`. The
/// other end of the connection then receives one byte whenever a watched job is ready; call rille_notifier_drain after
/// reading it. Connections that arrived earlier and have sent another token are closed.
///
/// Returns RILLE_OK, RILLE_NONE (no connection has sent the token), RILLE_EIO (the system refused a descriptor) or
/// RILLE_EFORK (the listener belongs to the parent process). It does not block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_listener_accept(
    listener: *const rille_listener,
    token: u32,
    out: *mut *mut rille_notifier,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live listener, and NULL or a place for the pointer.
    unsafe {
        boundary_at(listener, err, |listener| {
            let out = place(out, "out")?;
            if listener.listener.is_foreign() {
                let message = "the listener belongs to the process that this one was forked from; make one here";
                return Err(Failure::new(RILLE_EFORK, message));
            }
            let accepted = listener.listener.accept(token).map_err(|error| {
                Failure::new(RILLE_EIO, format!("no connection: {}", message(&error)))
            })?;
            let Some(notifier) = accepted else { return Ok(RILLE_NONE) };
            out.write(rille_notifier::give(notifier));
            Ok(RILLE_OK)
        })
    }
}
