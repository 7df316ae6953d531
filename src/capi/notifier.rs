//! The notifier: a descriptor through which jobs wake an event loop.

use super::boundary::{Handle, at, boundary, boundary_at, boundary_get, place};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use super::job::rille_job;
use crate::io_error;
use crate::job::Notifier;

/// A descriptor that becomes readable when a watched job has results or is over.
///
/// A notifier and the jobs that it watches may be freed in any order.
pub struct rille_notifier {
    notifier: Notifier,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_notifier>();
};

impl Measured for rille_notifier {
    const GAUGE: &'static Gauge = &gauge::NOTIFIER;

    /// The descriptors of the notifier.
    const HIDDEN: usize = gauge::DESCRIPTOR;

    fn bytes(&self) -> usize {
        size_of::<Notifier>()
    }
}

impl rille_notifier {
    /// Returns a handle for a notifier.
    pub(super) fn give(notifier: Notifier) -> *mut rille_notifier {
        Handle::give(rille_notifier { notifier })
    }

    /// Returns the notifier. Fails in a forked child, which would take reports away from its parent.
    fn ours(&self) -> Result<&Notifier, Failure> {
        if self.notifier.is_foreign() {
            let message =
                "the notifier belongs to the process that this one was forked from; make one here";
            return Err(Failure::new(RILLE_EFORK, message));
        }
        Ok(&self.notifier)
    }
}

/// Creates a notifier that watches nothing yet and writes it to `out`.
///
/// Returns RILLE_OK or RILLE_EIO (the system refused a descriptor).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_notifier_new(
    out: *mut *mut rille_notifier,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the pointer.
        let out = unsafe { place(out, "out") }?;
        let notifier = Notifier::new().map_err(|error| {
            Failure::new(
                RILLE_EIO,
                format!("no descriptor for a notifier: {}", io_error::message(&error)),
            )
        })?;
        out.write(rille_notifier::give(notifier));
        Ok(RILLE_OK)
    })
}

/// Frees a notifier and closes its descriptor; remove it from your event loop first. Watched jobs continue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_notifier_free(notifier: *mut rille_notifier) {
    // SAFETY: the caller passes NULL or a live notifier, and uses it no more.
    boundary_get((), || unsafe { Handle::free(notifier) })
}

/// Returns the descriptor, which does not block and is closed on exec; -1 for NULL. Wait for it to become readable, by
/// poll, epoll, kqueue or an event loop, but leave reading to rille_notifier_drain and closing to rille_notifier_free. On
/// Windows it is a socket: wait by select, WSAPoll or libuv's uv_poll_init_socket.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_notifier_fd(notifier: *const rille_notifier) -> i32 {
    boundary_get(-1, || {
        // SAFETY: the caller passes NULL or a live notifier.
        unsafe { Handle::peek(notifier) }.map_or(-1, |notifier| notifier.notifier.fd())
    })
}

/// Makes the descriptor readable whenever the job has new results and when it is over; immediately if the job is ready
/// already. Watching a job twice has no effect. The watch ends when either is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_notifier_watch(
    notifier: *const rille_notifier,
    job: *const rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live notifier, and NULL or a live job.
    unsafe {
        boundary_at(notifier, err, |notifier| {
            at(job, |job| {
                job.any().watch(notifier.ours()?);
                Ok(RILLE_OK)
            })
        })
    }
}

/// Resets the descriptor until a watched job is ready again. Take results after this call, not before, and take all of
/// them: results that are ready already do not make the descriptor readable again.
///
/// Returns RILLE_OK (a job was ready) or RILLE_NONE (none was). It does not block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_notifier_drain(
    notifier: *const rille_notifier,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live notifier.
    unsafe {
        boundary_at(notifier, err, |notifier| {
            Ok(if notifier.ours()?.drain() { RILLE_OK } else { RILLE_NONE })
        })
    }
}
