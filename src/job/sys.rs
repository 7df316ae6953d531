//! The few system calls that the standard library has no safe form of: signals, policy and end of threads, the
//! descriptor of a notifier, processors of a thread, waiting for descriptors, and watching directories. The only `unsafe`
//! of jobs stands here.

#![allow(unsafe_code)]

#[cfg(unix)]
pub(super) use unix::*;

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{Error, ErrorKind, Result};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
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
    pub fn set_batch_scheduling() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            // All zero, as it has more fields in other C libraries.
            // SAFETY: the structure is made of integers.
            let parameters = unsafe { MaybeUninit::<libc::sched_param>::zeroed().assume_init() };
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

    /// Waits for a while until a read from a file would give something, tell of its end, or fail.
    pub fn wait_readable(file: &File, limit: Duration) -> bool {
        let mut wanted = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let limit = libc::c_int::try_from(limit.as_millis()).unwrap_or(libc::c_int::MAX);
        // SAFETY: it reads and writes one entry, which is there.
        let ready = unsafe { libc::poll(&raw mut wanted, 1, limit) };
        ready > 0 || (ready < 0 && Error::last_os_error().kind() != ErrorKind::Interrupted)
    }

    /// Waits until something can be read from one of the descriptors, or for so long; for ever without a limit. Returns for
    /// each whether that is so, or whether it is broken; nothing if the system was disturbed.
    pub fn wait_any(files: &[RawFd], limit: Option<Duration>) -> Vec<bool> {
        let wanted = |&fd: &RawFd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut wanted: Vec<_> = files.iter().map(wanted).collect();
        // Rounded up: what is too early would be looked at again and again.
        let millis = limit.map(|limit| limit.as_nanos().div_ceil(1_000_000));
        let millis =
            millis.map_or(-1, |millis| libc::c_int::try_from(millis).unwrap_or(libc::c_int::MAX));
        // SAFETY: it reads and writes as many entries as there are.
        unsafe { libc::poll(wanted.as_mut_ptr(), wanted.len() as libc::nfds_t, millis) };
        wanted.iter().map(|entry| entry.revents != 0).collect()
    }

    /// Bytes of a file as the system has them at hand: it does not ask the server of a file that is on one.
    #[cfg(target_os = "linux")]
    pub fn size_at_hand(file: &File) -> Result<u64> {
        let mut known = MaybeUninit::<libc::statx>::zeroed();
        // By its number, as old C libraries have no such function.
        // SAFETY: the path is empty and ends with a zero byte, and the answer has room.
        let status = unsafe {
            libc::syscall(
                libc::SYS_statx,
                file.as_raw_fd(),
                c"".as_ptr(),
                libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC,
                libc::STATX_SIZE,
                known.as_mut_ptr(),
            )
        };
        if status != 0 {
            // A system that is older, or a sandbox that forbids it.
            return Ok(file.metadata()?.len());
        }
        // SAFETY: all bytes of it are set, to zero at least.
        Ok(unsafe { known.assume_init() }.stx_size)
    }

    /// What tells of changes in directories.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn inotify() -> Result<File> {
        // SAFETY: no memory is involved.
        let fd = unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the descriptor is new, so nobody else owns it.
        Ok(File::from(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Watches a directory, and returns its number: the same one for the same directory.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn add_watch(inotify: &File, directory: &std::ffi::CStr) -> Result<i32> {
        let changes = libc::IN_MODIFY | libc::IN_ATTRIB | libc::IN_CLOSE_WRITE;
        let names = libc::IN_CREATE | libc::IN_DELETE | libc::IN_MOVED_FROM | libc::IN_MOVED_TO;
        let own = libc::IN_DELETE_SELF | libc::IN_MOVE_SELF | libc::IN_ONLYDIR;
        // SAFETY: the path ends with a zero byte.
        let watch = unsafe {
            libc::inotify_add_watch(inotify.as_raw_fd(), directory.as_ptr(), changes | names | own)
        };
        if watch < 0 { Err(Error::last_os_error()) } else { Ok(watch) }
    }

    /// Watches a directory no more. That it is gone by then is fine.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn remove_watch(inotify: &File, watch: i32) {
        // SAFETY: no memory is involved.
        unsafe { libc::inotify_rm_watch(inotify.as_raw_fd(), watch) };
    }

    /// Reports of changes as they were read: the number of the directory, whether others were lost, and the name; without one
    /// it is about the directory itself.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn reports(mut bytes: &[u8]) -> impl Iterator<Item = (i32, bool, &[u8])> {
        std::iter::from_fn(move || {
            let (header, rest) = bytes.split_first_chunk::<16>()?;
            let field = |at: usize| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|byte| header[at + byte]);
                u32::from_ne_bytes([a, b, c, d])
            };
            let (name, behind) = rest.split_at_checked(field(12) as usize)?;
            bytes = behind;
            let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
            Some((field(0) as i32, field(4) & libc::IN_Q_OVERFLOW != 0, name))
        })
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
        // Where it exists `pipe2` would set the flags at once; macOS has none.
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

#[cfg(not(target_os = "linux"))]
pub(super) fn size_at_hand(file: &std::fs::File) -> std::io::Result<u64> {
    Ok(file.metadata()?.len())
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
pub(super) fn inotify() -> std::io::Result<std::fs::File> {
    Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn add_watch(_: &std::fs::File, _: &std::ffi::CStr) -> std::io::Result<i32> {
    Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn remove_watch(_: &std::fs::File, _: i32) {}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn reports(_: &[u8]) -> impl Iterator<Item = (i32, bool, &[u8])> {
    std::iter::empty()
}

#[cfg(not(unix))]
pub(super) fn without_signals<R>(spawn: impl FnOnce() -> R) -> R {
    spawn()
}

#[cfg(not(unix))]
pub(super) fn set_batch_scheduling() {}

#[cfg(not(unix))]
pub(super) fn wire() -> std::io::Result<(std::fs::File, Option<std::fs::File>)> {
    Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
}

/// Whoever reads is made to wait by the system.
#[cfg(not(unix))]
pub(super) fn wait_readable(_: &std::fs::File, _: std::time::Duration) -> bool {
    true
}
