//! Host processes: started in a group of their own, limited in time, and never left running.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A directory that is removed when dropped. Its name is short, because a Unix socket's path must be.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes a new directory in the system's directory for temporary files.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rille-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a scratch directory");
        Scratch(path)
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A child process and all its descendants. Dropping it ends them, whatever happened before.
pub struct Running(Child);

impl Running {
    /// Starts the command with no input.
    ///
    /// A test run that is itself killed cannot drop anything: then the kernel ends the host, on Linux. A `server` is asked
    /// to terminate, since it must stop its workers; others are killed, as they may not respond any more.
    pub fn start(command: &mut Command, server: bool) -> std::io::Result<Self> {
        command.stdin(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        #[cfg(target_os = "linux")]
        // SAFETY: between fork and exec only one system call is made.
        unsafe {
            let signal = if server { libc::SIGTERM } else { libc::SIGKILL };
            std::os::unix::process::CommandExt::pre_exec(command, move || {
                libc::prctl(libc::PR_SET_PDEATHSIG, signal);
                Ok(())
            });
        }
        #[cfg(not(target_os = "linux"))]
        let _ = server;
        command.spawn().map(Running)
    }

    /// Returns the process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal to the process itself, not to its group.
    #[cfg(unix)]
    pub fn signal(&self, signal: libc::c_int) {
        // SAFETY: no memory is involved, and the child is not reaped yet, so the id is still its own.
        unsafe { libc::kill(self.pid(), signal) };
    }

    /// Returns how the process ended, or `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("a child can be waited for")
    }

    /// Waits for the process to end, for at most `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            let ended = self.ended();
            if ended.is_some() || start.elapsed() > limit {
                return ended;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    #[cfg(unix)]
    fn pid(&self) -> libc::pid_t {
        libc::pid_t::try_from(self.0.id()).expect("process ids fit")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        // SAFETY: no memory is involved; the group was made for this child and holds only its descendants.
        unsafe {
            libc::kill(-self.pid(), libc::SIGKILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command to its end. `None` as the status means that it was stopped at the limit.
pub fn run(
    command: &mut Command,
    limit: Duration,
) -> std::io::Result<(Option<ExitStatus>, String)> {
    let mut child = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()), false)?;
    // Read both at once: a host that fills a pipe nobody reads would wait for ever.
    let out = child.0.stdout.take().map(reader);
    let err = child.0.stderr.take().map(reader);
    let status = child.wait(limit);
    drop(child);
    let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        let bytes = reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    // Stderr first, so that the runner's last line stays the last.
    Ok((status, text(err) + &text(out)))
}

fn reader(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}
