//! The few system calls that the standard library has no safe form of: signals, policy and end of threads, the
//! descriptor of a notifier, processors of a thread, and waiting for a pipe. The only `unsafe` of jobs stands here.

#![allow(unsafe_code)]

#[cfg(unix)]
pub(super) use unix::*;

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{Error, ErrorKind, Result};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    use std::time::Duration;

    /// Runs `spawn` while the calling thread blocks every signal: a thread that it makes inherits that, so the host's
    /// handlers run on the host's own threads only.
    pub fn without_signals<R>(spawn: impl FnOnce() -> R) -> R {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: `sigfillset` fills the first set, and `pthread_sigmask` fills the second from the thread's own mask.
        let blocked = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) == 0
        };
        let result = spawn();
        if blocked {
            // SAFETY: the call above succeeded, so the mask before it is there.
            unsafe {
                libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut())
            };
        }
        result
    }

    /// Lets the thread, and those that it starts, have their share of the processors as others have, but never take one
    /// from the thread that wakes them: that is the host's.
    pub fn give_way() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            let parameters = libc::sched_param { sched_priority: 0 };
            // SAFETY: it reads the parameters, which are there. If it is refused all is as it was.
            unsafe {
                // Not every C library has a function for it that does something.
                libc::syscall(
                    libc::SYS_sched_setscheduler,
                    0,
                    libc::SCHED_BATCH,
                    &raw const parameters,
                );
            }
        }
    }

    /// What the system knows a thread by.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub type ThreadId = libc::c_long;

    /// What the system knows the calling thread by.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn thread_id() -> ThreadId {
        // SAFETY: no memory is involved.
        unsafe { libc::syscall(libc::SYS_gettid) }
    }

    /// Keeps a thread that sleeps away from the processor of the calling one, which it names, unless there is no other:
    /// a virtual machine takes idle processors for such that have been taken from it, and wakes a thread on its waker's.
    #[cfg(target_os = "linux")]
    pub fn keep_away(thread: ThreadId) -> Option<usize> {
        // SAFETY: no memory is involved.
        let here = usize::try_from(unsafe { libc::sched_getcpu() }).ok()?;
        let changed = change_processors(thread, |set| {
            // SAFETY: the set is there, and the number is less than it has places.
            unsafe {
                if here >= libc::CPU_SETSIZE as usize || !libc::CPU_ISSET(here, set) {
                    return false;
                }
                libc::CPU_CLR(here, set);
                libc::CPU_COUNT(set) > 0
            }
        });
        changed.then_some(here)
    }

    /// Lets the calling thread run on a processor again from which it was kept away.
    #[cfg(target_os = "linux")]
    pub fn come_back(processor: usize) {
        change_processors(0, |set| {
            // SAFETY: the set is there, and the number is one that it had.
            unsafe { libc::CPU_SET(processor, set) };
            true
        });
    }

    /// Changes the set of processors on which a thread may run, if `change` says so.
    #[cfg(target_os = "linux")]
    fn change_processors(
        thread: ThreadId,
        change: impl FnOnce(&mut libc::cpu_set_t) -> bool,
    ) -> bool {
        let (thread, size) = (thread as libc::pid_t, size_of::<libc::cpu_set_t>());
        let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed();
        // SAFETY: both calls are told how large the set is, and all bits of it are set, to zero at least. A thread that has
        // ended is an error.
        unsafe {
            libc::sched_getaffinity(thread, size, set.as_mut_ptr()) == 0
                && change(set.assume_init_mut())
                && libc::sched_setaffinity(thread, size, set.as_ptr()) == 0
        }
    }

    /// Whether a thread of this process still counts for its limits, as it does for a moment after its end.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn counts(thread: ThreadId) -> bool {
        // SAFETY: no memory is involved, and no signal is sent.
        unsafe {
            libc::syscall(libc::SYS_tgkill, libc::c_long::from(libc::getpid()), thread, 0) == 0
        }
    }

    /// Waits for a while until a read from a file would give something, tell of its end, or fail.
    pub fn wait_readable(file: &File, limit: Duration) -> bool {
        let mut wanted = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let limit = libc::c_int::try_from(limit.as_millis()).unwrap_or(libc::c_int::MAX);
        // SAFETY: it reads and writes one entry, which is there.
        let ready = unsafe { libc::poll(&raw mut wanted, 1, limit) };
        ready > 0 || (ready < 0 && Error::last_os_error().kind() != ErrorKind::Interrupted)
    }

    /// Where to read a notifier's news and where to write them: an eventfd, which is both.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn wire() -> Result<(File, Option<File>)> {
        // SAFETY: no memory is involved.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the descriptor is new, so nobody else owns it.
        Ok((File::from(unsafe { OwnedFd::from_raw_fd(fd) }), None))
    }

    /// Where to read a notifier's news and where to write them: the two ends of a pipe.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn wire() -> Result<(File, Option<File>)> {
        let mut ends = [0; 2];
        // SAFETY: the array has room for the two descriptors.
        if unsafe { libc::pipe(ends.as_mut_ptr()) } < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: both descriptors are new, so nobody else owns them. Owned first: they are closed if a flag is refused.
        let [read, write] = ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) });
        for end in ends {
            // SAFETY: no memory is involved, and the descriptors are open.
            let set = unsafe {
                libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) == 0
                    && libc::fcntl(end, libc::F_SETFL, libc::O_NONBLOCK) == 0
            };
            if !set {
                return Err(Error::last_os_error());
            }
        }
        Ok((File::from(read), Some(File::from(write))))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) type ThreadId = ();

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn thread_id() {}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep_away(_: ThreadId) -> Option<usize> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn come_back(_: usize) {}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn counts((): ()) -> bool {
    false
}

#[cfg(not(unix))]
pub(super) fn without_signals<R>(spawn: impl FnOnce() -> R) -> R {
    spawn()
}

#[cfg(not(unix))]
pub(super) fn give_way() {}

#[cfg(not(unix))]
pub(super) fn wire() -> std::io::Result<(std::fs::File, Option<std::fs::File>)> {
    Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
}

/// Whoever reads is made to wait by the system.
#[cfg(not(unix))]
pub(super) fn wait_readable(_: &std::fs::File, _: std::time::Duration) -> bool {
    true
}
