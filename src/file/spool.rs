//! The spool: a temporary file with the content of a source that cannot be read at an offset.
//!
//! # How does it work?
//!
//! A job reads a pipe, a device or an archive to its end, and writes the content to a temporary file without a name.
//! The bytes that have arrived can be read at once. The job also counts lines on the way, so it makes the index as
//! well.
//!
//! # What if it cannot continue?
//!
//! Then the job fails with a message, and the bytes that have arrived remain readable. Reasons are a full disk, an
//! archive that is damaged or cut, and a limit. A write above the process's own limit of file sizes sends a signal,
//! which threads of the pool block.
//!
//! # Who sees the temporary file?
//!
//! No other process: it has no name, no child inherits its descriptor, and the system frees it when its last reader is
//! gone, however the process ends.

use super::change::Change;
use super::decompress::{Broken, Codec, MAGIC};
use super::index::Counted;
use super::snapshot::Snapshot;
use super::source::{Identity, Source, Stat, identity, look_at, read_fully};
use crate::io_error;
use crate::job::{JobError, Worker};
use crate::memory;
use std::fs::{File, Metadata};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

/// Default maximum size of a spool in bytes: a small archive may decompress to more than any disk holds.
pub(super) const DEFAULT_LIMIT: u64 = 16 << 30;

/// Bytes to read at a time.
const BUFFER: usize = 256 << 10;

/// A spool: the bytes that have arrived.
pub(super) struct Spool {
    file: File,
    written: AtomicU64,
    /// Whether all bytes have arrived.
    complete: AtomicBool,
    /// Number of bytes that refreshes have reported.
    reported: AtomicU64,
    /// The archive as it was when it was opened; `None` for a source that cannot be read again.
    archive: Option<Stamp>,
}

/// The properties that identify an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    identity: Identity,
    len: u64,
    written: Option<SystemTime>,
}

impl Stamp {
    fn of((identity, metadata): (Identity, &Metadata)) -> Stamp {
        Stamp { identity, len: metadata.len(), written: metadata.modified().ok() }
    }
}

/// The source that fills a spool.
pub(super) struct Feed {
    pub spool: Arc<Spool>,
    pub source: File,
    pub packing: Unpack,
    /// Number of bytes to read, if it is known.
    pub total: u64,
    /// Maximum number of bytes to write.
    pub limit: u64,
    /// The directory of the temporary file, for messages.
    pub directory: PathBuf,
}

/// Whether a source is to be decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unpack {
    /// Copy it unchanged.
    No,
    /// Decompress it if its first bytes are those of an archive.
    Perhaps,
    /// Decompress it: it is an archive of this format.
    From(Codec),
}

impl Spool {
    /// Creates a spool in `directory`, or in the system's directory for temporary files, and the feed that fills it.
    pub fn new(
        source: File,
        metadata: &Metadata,
        packing: Unpack,
        directory: Option<&Path>,
        limit: u64,
    ) -> Result<(Arc<Spool>, Feed), String> {
        // The environment is read here and not by the job.
        let directory = directory.map_or_else(std::env::temp_dir, Path::to_owned);
        let file = tempfile::tempfile_in(&directory).map_err(|error| {
            format!("no temporary file in {}: {}", directory.display(), io_error::message(&error))
        })?;
        let archive =
            matches!(packing, Unpack::From(_)).then(|| Stamp::of((identity(&source), metadata)));
        let spool = Arc::new(Spool::of(file, archive));
        let limit = if limit == 0 { DEFAULT_LIMIT } else { limit };
        let total = if archive.is_some() { metadata.len() } else { 0 };
        Ok((Arc::clone(&spool), Feed { spool, source, packing, total, limit, directory }))
    }

    /// Creates a spool in a given file.
    pub fn of(file: File, archive: Option<Stamp>) -> Spool {
        let (written, reported) = (AtomicU64::new(0), AtomicU64::new(0));
        Spool { file, written, complete: AtomicBool::new(false), reported, archive }
    }

    /// Returns the change since the last [`Spool::mark_reported`]. A deleted archive is not another one.
    pub fn look(&self, path: &Path) -> Change {
        let is_other = |archive| {
            look_at(path).is_ok_and(|(key, metadata)| Stamp::of((key, &metadata)) != archive)
        };
        if self.archive.is_some_and(is_other) {
            Change::Replaced
        } else if self.reported.load(Ordering::Acquire) < self.written.load(Ordering::Acquire) {
            Change::Grown
        } else {
            Change::Same
        }
    }

    /// Marks the bytes that have arrived as reported to the host.
    pub fn mark_reported(&self) {
        self.reported.store(self.written.load(Ordering::Acquire), Ordering::Release);
    }
}

impl Source for Arc<Spool> {
    fn stat(&self) -> io::Result<Stat> {
        // In this order: a complete spool has all its bytes.
        let complete = self.complete.load(Ordering::Acquire);
        Ok(Stat { size: self.written.load(Ordering::Acquire), complete, ..Stat::default() })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.written.load(Ordering::Acquire).saturating_sub(offset);
        let len = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        read_fully(&self.file, &mut buffer[..len], offset)
    }
}

impl Feed {
    /// Reads the source to its end. The unit of progress is the byte of the pipe or the archive.
    pub fn run(self, snapshot: &Snapshot, worker: &Worker<()>) -> Result<(), JobError> {
        let _building = snapshot.building().enter(worker)?;
        worker.expect(self.total);
        let Feed { spool, source, packing, limit, directory, .. } = self;
        // A read from a pipe without a writer returns 0 bytes, as at its end: only a wait distinguishes the two.
        let waits = !source.metadata().is_ok_and(|metadata| metadata.is_file());
        let mut input = Input { source, worker, waits, read: 0, ended: false, failure: None };
        let mut sink = Sink { spool: &spool, snapshot, worker, limit, directory: &directory };
        let head = match packing {
            Unpack::Perhaps => input.head()?,
            _ => Vec::new(),
        };
        let packing = match packing {
            Unpack::From(packing) => Some(packing),
            _ => Codec::of(&head),
        };
        match packing {
            Some(packing) => {
                memory::spare(packing.working_memory())?;
                let mut input = head.chain(BufReader::with_capacity(BUFFER / 4, input));
                let end = packing.unpack(&mut input, &mut |bytes| sink.take(bytes));
                let input = input.into_inner().1.into_inner();
                end.map_err(|broken| input.explain(broken, packing))?;
            }
            None => {
                sink.take(&head)?;
                let mut buffer = memory::filled(0, BUFFER)?;
                loop {
                    match input.read(&mut buffer) {
                        Ok(0) => break,
                        Ok(len) => sink.take(&buffer[..len])?,
                        Err(error) => return Err(input.stop(&error)),
                    }
                }
            }
        }
        spool.complete.store(true, Ordering::Release);
        Ok(())
    }
}

/// The source as a reader whose waits end when the job is cancelled.
struct Input<'w> {
    source: File,
    worker: &'w Worker<()>,
    /// Whether a read may have to wait.
    waits: bool,
    read: u64,
    /// Whether the end of the source was read.
    ended: bool,
    /// The error that ended reading.
    failure: Option<String>,
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.worker.is_cancelled() {
                return Err(io::Error::other("it is cancelled"));
            }
            if self.waits && self.worker.wait_readable(&self.source).is_err() {
                continue;
            }
            match self.source.read(buffer) {
                Ok(len) => {
                    self.read += len as u64;
                    self.ended = len == 0;
                    self.worker.advance(len as u64);
                    return Ok(len);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.waits = true,
                Err(error) => {
                    self.failure =
                        Some(format!("{} at offset {}", io_error::message(&error), self.read));
                    return Err(error);
                }
            }
        }
    }
}

impl Input<'_> {
    /// Reads the first bytes, which identify an archive.
    fn head(&mut self) -> Result<Vec<u8>, JobError> {
        let mut head = Vec::new();
        let read = self.by_ref().take(MAGIC as u64).read_to_end(&mut head);
        read.map_err(|error| self.stop(&error))?;
        Ok(head)
    }

    /// Returns the error that ended reading.
    fn stop(&mut self, error: &io::Error) -> JobError {
        match self.worker.go_on() {
            Err(stop) => stop,
            Ok(()) => {
                JobError::Failed(self.failure.take().unwrap_or_else(|| io_error::message(error)))
            }
        }
    }

    /// Returns the error for an archive that did not decompress to its end.
    fn explain(mut self, broken: Broken, packing: Codec) -> JobError {
        let message = match (self.worker.go_on(), broken) {
            (Err(stop), _) | (_, Broken::Stopped(stop)) => return stop,
            (Ok(()), Broken::Damaged(message)) => message,
        };
        if let Some(failure) = self.failure.take() {
            return JobError::Failed(failure);
        }
        let name = packing.name();
        JobError::Failed(if self.ended {
            format!(
                "the {name} archive ends too early, after {} bytes; the bytes unpacked so far can be read ({message})",
                self.read
            )
        } else {
            format!(
                "the {name} archive is damaged before offset {}; the bytes unpacked so far can be read ({message})",
                self.read
            )
        })
    }
}

/// Receives the bytes for a spool.
struct Sink<'s> {
    spool: &'s Spool,
    snapshot: &'s Snapshot,
    worker: &'s Worker<()>,
    limit: u64,
    directory: &'s Path,
}

impl Sink<'_> {
    /// Writes bytes to the spool and makes them readable.
    fn take(&mut self, bytes: &[u8]) -> Result<(), JobError> {
        self.worker.go_on()?;
        let before = self.spool.written.load(Ordering::Acquire);
        let room = usize::try_from(self.limit - before).unwrap_or(usize::MAX);
        let kept = &bytes[..bytes.len().min(room)];
        let (done, end) = write_fully(&self.spool.file, kept, before);
        if done > 0 {
            let mut counted = Counted::default();
            counted.count(&kept[..done]);
            self.spool.written.store(before + done as u64, Ordering::Release);
            self.snapshot.grow(&counted);
            self.worker.ring();
        }
        if let Err(error) = end {
            let (directory, so_far) = (self.directory.display(), before + done as u64);
            let reason = io_error::message(&error);
            return Err(JobError::Failed(format!(
                "{reason}: the temporary file in {directory} ends after {so_far} bytes, which can be read"
            )));
        }
        if kept.len() < bytes.len() {
            let limit = self.limit;
            return Err(JobError::Failed(format!(
                "spool limit of {limit} bytes reached; the rest was not read"
            )));
        }
        Ok(())
    }
}

/// Writes bytes at an offset. Returns how many were written, and the error if not all were.
fn write_fully(file: &File, bytes: &[u8], offset: u64) -> (usize, io::Result<()>) {
    let mut done = 0;
    while done < bytes.len() {
        match write_once(file, &bytes[done..], offset + done as u64) {
            Ok(0) => return (done, Err(ErrorKind::WriteZero.into())),
            Ok(written) => done += written,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (done, Err(error)),
        }
    }
    (done, Ok(()))
}

#[cfg(unix)]
fn write_once(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_once(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}
