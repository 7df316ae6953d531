//! System calls for which the standard library has no safe function: signals, scheduling policy and numbers of threads,
//! the descriptor of a notifier, the processors of a thread, waiting for descriptors, and watching directories. All
//! `unsafe` code of jobs is here.

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

    /// Runs `spawn` while the calling thread blocks all signals. A thread created by it inherits that, so that the host's
    /// signal handlers run only on the host's own threads.
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

    /// Sets the batch policy for the calling thread and for those that it starts: they get their share of the processors,
    /// but never take one from the thread that wakes them, which is the host's.
    pub fn set_batch_scheduling() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            // All zero, as the structure has more fields in other C libraries.
            // SAFETY: the structure is made of integers.
            let parameters = unsafe { MaybeUninit::<libc::sched_param>::zeroed().assume_init() };
            // SAFETY: it reads the parameters, which are initialized. If the call fails, nothing changes.
            unsafe {
                // By its number, as the function does nothing in some C libraries.
                libc::syscall(
                    libc::SYS_sched_setscheduler,
                    0,
                    libc::SCHED_BATCH,
                    &raw const parameters,
                );
            }
        }
    }

    /// Returns the effective user of the process.
    pub fn user() -> u32 {
        // SAFETY: it has no preconditions and cannot fail.
        unsafe { libc::geteuid() }
    }

    /// Writes one byte to a connection whose buffer has room for it, without the signal that a closed one would raise.
    pub fn send_byte(connection: &File) {
        #[cfg(any(target_os = "macos", target_os = "ios"))]
        let flags = {
            let on: libc::c_int = 1;
            // SAFETY: it reads the number, whose size is given.
            unsafe {
                libc::setsockopt(
                    connection.as_raw_fd(),
                    libc::SOL_SOCKET,
                    libc::SO_NOSIGPIPE,
                    (&raw const on).cast(),
                    size_of::<libc::c_int>() as libc::socklen_t,
                )
            };
            libc::MSG_DONTWAIT
        };
        #[cfg(not(any(target_os = "macos", target_os = "ios")))]
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        // SAFETY: it reads one byte, which is there.
        unsafe { libc::send(connection.as_raw_fd(), [1_u8].as_ptr().cast(), 1, flags) };
    }

    /// Waits until a read from a file would return data, report the end or fail, for at most `limit`.
    pub fn wait_readable(file: &File, limit: Duration) -> bool {
        let mut wanted = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let limit = libc::c_int::try_from(limit.as_millis()).unwrap_or(libc::c_int::MAX);
        // SAFETY: it reads and writes one entry, which is there.
        let ready = unsafe { libc::poll(&raw mut wanted, 1, limit) };
        ready > 0 || (ready < 0 && Error::last_os_error().kind() != ErrorKind::Interrupted)
    }

    /// Waits until one of the descriptors is readable, for at most `limit`, or forever without one. Returns for each
    /// whether it is readable or broken; returns false for all if the call was interrupted.
    pub fn wait_any(files: &[RawFd], limit: Option<Duration>) -> Vec<bool> {
        let wanted = |&fd: &RawFd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut wanted: Vec<_> = files.iter().map(wanted).collect();
        // Rounded up: a limit that ends too early would cause further calls.
        let millis = limit.map(|limit| limit.as_nanos().div_ceil(1_000_000));
        let millis =
            millis.map_or(-1, |millis| libc::c_int::try_from(millis).unwrap_or(libc::c_int::MAX));
        // SAFETY: it reads and writes as many entries as there are.
        unsafe { libc::poll(wanted.as_mut_ptr(), wanted.len() as libc::nfds_t, millis) };
        wanted.iter().map(|entry| entry.revents != 0).collect()
    }

    /// Returns the size of a file as the system has it cached: it does not ask the server of a remote file.
    #[cfg(target_os = "linux")]
    pub fn size_at_hand(file: &File) -> Result<u64> {
        let mut known = MaybeUninit::<libc::statx>::zeroed();
        // By its number, as old C libraries do not have the function.
        // SAFETY: the path is empty and ends with a zero byte, and there is room for the result.
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
            // The system is older, or a sandbox forbids the call.
            return Ok(file.metadata()?.len());
        }
        // SAFETY: all bytes of it are set, to zero at least.
        Ok(unsafe { known.assume_init() }.stx_size)
    }

    /// Returns the numbers of the file system that a file is on, and of the file on it.
    pub fn file_number(file: &File) -> Result<(u64, u64)> {
        use std::os::unix::fs::MetadataExt;
        file.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
    }

    /// Creates a descriptor that reports changes in directories.
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

    /// Watches a directory, and returns the number of the watch, which is the same for the same directory.
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

    /// Ends the watch of a directory. It may have ended already.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn remove_watch(inotify: &File, watch: i32) {
        // SAFETY: no memory is involved.
        unsafe { libc::inotify_rm_watch(inotify.as_raw_fd(), watch) };
    }

    /// Returns the reports of changes in `bytes`: the number of the watch, whether reports were lost, and the name. A
    /// report about the directory itself has no name.
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

    /// A descriptor of a notifier.
    pub type End = File;

    /// Creates the descriptor that a notifier reads, and the one that is written to if it is another one: an eventfd is
    /// both.
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

    /// Creates the descriptor that a notifier reads, and the one that is written to: the two ends of a pipe.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn wire() -> Result<(File, Option<File>)> {
        let mut ends = [0; 2];
        // `pipe2` would set the flags at once, but macOS does not have it.
        // SAFETY: the array has room for the two descriptors.
        if unsafe { libc::pipe(ends.as_mut_ptr()) } < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: both descriptors are new, so nothing else owns them. They are owned first, so that they are closed if a
        // flag fails.
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

/// Returns the numbers of the volume that a file is on, and of the file on it. Its time of creation would not do: a file
/// that is created shortly after another one of that name has gone gets that one's time.
#[cfg(windows)]
pub(super) fn file_number(file: &std::fs::File) -> std::io::Result<(u64, u64)> {
    use std::ffi::c_void;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetFileInformationByHandle(file: *mut c_void, information: *mut u32) -> i32;
    }
    // Attributes, three times of two words, volume, two words of the size, links, two words of the number.
    let mut found = [0_u32; 13];
    let handle = std::os::windows::io::AsRawHandle::as_raw_handle(file);
    // SAFETY: the handle is open, and there is room for the structure, which is made of so many words.
    if unsafe { GetFileInformationByHandle(handle, found.as_mut_ptr()) } == 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok((found[7].into(), u64::from(found[11]) << 32 | u64::from(found[12])))
}

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

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(super) fn reports(_: &[u8]) -> impl Iterator<Item = (i32, bool, &[u8])> {
    std::iter::empty()
}

#[cfg(not(unix))]
pub(super) fn without_signals<R>(spawn: impl FnOnce() -> R) -> R {
    spawn()
}

#[cfg(not(unix))]
pub(super) fn send_byte(_: &End) {}

#[cfg(not(unix))]
pub(super) fn set_batch_scheduling() {}

/// A descriptor of a notifier: a socket, as that is what event loops of Windows wait for.
#[cfg(not(unix))]
pub(super) type End = std::net::TcpStream;

/// Creates the socket that a notifier reads, and the one that is written to. They are connected to each other, through the
/// loopback interface.
#[cfg(not(unix))]
pub(super) fn wire() -> std::io::Result<(End, Option<End>)> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    let write = End::connect(listener.local_addr()?)?;
    let own = write.local_addr()?;
    // Another program may connect first.
    let read = loop {
        let (read, from) = listener.accept()?;
        if from == own {
            break read;
        }
    };
    for end in [&read, &write] {
        end.set_nonblocking(true)?;
    }
    write.set_nodelay(true)?;
    Ok((read, Some(write)))
}

/// Keeps the library mapped until the process ends, where its link arguments do not do that already.
pub(crate) fn pin() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.swap(true, Ordering::Relaxed) {
        pin_library();
    }
}

/// Keeps the library mapped until the process ends: a host may drop its last reference while a finaliser, a thread or an
/// exit handler still has to run code of the library. The linker's `-z nodelete` does that where there is one.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn pin_library() {}

#[cfg(windows)]
fn pin_library() {
    use std::ffi::c_void;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, name: *const u16, module: *mut *mut c_void) -> i32;
    }
    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;
    let mut module = std::ptr::null_mut();
    let here = pin_library as fn() as *const u16;
    // SAFETY: with that flag the name is any address in the module, and there is room for the result.
    unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, here, &raw mut module) };
}

#[cfg(target_vendor = "apple")]
fn pin_library() {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let here = pin_library as fn() as *const libc::c_void;
    // SAFETY: `dladdr` takes any address, and fills the block when it returns other than 0. The name ends with a NUL. The
    // handle that `dlopen` returns is another reference to the same library, and is never closed.
    unsafe {
        if libc::dladdr(here, info.as_mut_ptr()) != 0 {
            libc::dlopen(
                info.assume_init().dli_fname,
                libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE,
            );
        }
    }
}

/// On this system reads block.
#[cfg(not(unix))]
pub(super) fn wait_readable(_: &std::fs::File, _: std::time::Duration) -> bool {
    true
}
