//! A snapshot of a file: it may grow, but its known content stays valid. A file that is truncated or replaced gets a
//! new snapshot, and jobs on the old one fail with a message.

use super::cache::{BLOCK, Cache, zeroed};
use super::index::{Counted, Index, Mark, nth_newline};
use super::ordered::{Sender, for_each_ordered};
use super::source::{Source, Stat};
use crate::io_error;
use crate::job::{Gate, JobError, Worker};
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes that a thread counts or searches between two results.
pub(super) const SEGMENT: u64 = if cfg!(test) { 32 << 10 } else { 4 << 20 };

/// Size in bytes of the read buffers of jobs.
pub(super) const BUFFER: usize = if cfg!(test) { 16 << 10 } else { 512 << 10 };

/// Maximum number of bytes past the end of the index that are counted while the host waits.
pub(super) const AHEAD: u64 = 1 << 20;

/// Number of bytes at the start and at the end of a file that its fingerprint covers; a file no longer than both is
/// covered whole.
const PRINT: u64 = 32 << 10;

/// Interval after a write in which another write may get the same time: a tick of the system's clock, or two where the
/// clock counts whole seconds.
const TICK: Duration = Duration::from_millis(20);
const COARSE_TICK: Duration = Duration::from_secs(2);

/// An error of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// Whether the content has changed, so that a refresh is needed. Otherwise the system refused to read the file.
    pub changed: bool,
    /// Whether the file belongs to the process that this one was forked from.
    pub forked: bool,
    /// Whether the system has no memory for the call.
    pub no_memory: bool,
    /// A message for the user.
    pub message: String,
}

/// An answer that may depend on the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// The answer is known and exact.
    Known(T),
    /// The index has not reached this place yet.
    Unknown,
    /// The file has no such line or byte.
    Absent,
}

impl<T> Answer<T> {
    /// Returns the value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Answer::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// The thread that scans a file: a job, or the host itself if there is little to do.
pub(super) trait Filler: Sync {
    /// Returns whether the work is to stop.
    fn is_cancelled(&self) -> bool;
    /// Sets the total number of bytes to scan.
    fn expect(&self, bytes: u64);
    /// Adds to the number of bytes gone through.
    fn advance(&self, bytes: u64);
}

impl Filler for Worker<()> {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled()
    }

    fn expect(&self, bytes: u64) {
        self.expect(bytes);
    }

    fn advance(&self, bytes: u64) {
        self.advance(bytes);
    }
}

pub(super) struct Snapshot {
    source: Box<dyn Source>,
    /// Number of known bytes. The file may have more.
    size: AtomicU64,
    print: Mutex<Fingerprint>,
    cache: Cache,
    index: Mutex<Index>,
    /// Held while the index is extended.
    building: Gate,
}

/// The fingerprint that identifies a content.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fingerprint {
    pub stat: Stat,
    /// Hash of the start and the end of the file.
    hash: u64,
    /// Whether a later write could still get the same time.
    pub is_fresh: bool,
}

impl Fingerprint {
    /// Returns whether the fingerprint covers the whole content.
    pub fn is_whole(&self) -> bool {
        self.stat.size <= 2 * PRINT
    }
}

/// Returns whether a write could happen now that leaves the time of the last change as it is.
fn is_fresh(stat: &Stat) -> bool {
    let Some(latest) = stat.latest() else { return false };
    let is_coarse = latest.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
    let tick = if is_coarse { COARSE_TICK } else { TICK };
    // A time in the future counts as fresh.
    !SystemTime::now().duration_since(latest).is_ok_and(|age| age > tick)
}

impl FileError {
    pub(super) fn changed(from: u64, to: u64) -> FileError {
        let message = format!(
            "the file was truncated from {from} bytes to {to} since the last refresh; refresh it"
        );
        FileError { changed: true, ..FileError::of(message) }
    }

    /// Returns the error for an allocation of `len` bytes that failed.
    pub(super) fn no_memory(len: usize) -> FileError {
        let message = format!("the system has no memory for {len} bytes");
        FileError { no_memory: true, ..FileError::of(message) }
    }

    /// Returns the error for a file that a forked child cannot use.
    pub(super) fn forked() -> FileError {
        let message = "the file belongs to the process that this one was forked from; open it here"
            .to_owned();
        FileError { forked: true, ..FileError::of(message) }
    }

    /// Returns an error of the system.
    pub(super) fn of(message: String) -> FileError {
        FileError { changed: false, forked: false, no_memory: false, message }
    }

    /// Returns the error for a source whose size or times cannot be read.
    fn stat(error: &io::Error) -> FileError {
        FileError {
            // A source made from another file reports the truncation of that file in this way.
            changed: error.kind() == io::ErrorKind::UnexpectedEof,
            ..FileError::of(io_error::message(error))
        }
    }

    pub(super) fn io(error: &io::Error, offset: u64) -> FileError {
        let no_memory = error.kind() == io::ErrorKind::OutOfMemory;
        FileError {
            no_memory,
            ..FileError::of(format!("{} at offset {offset}", io_error::message(error)))
        }
    }
}

impl From<FileError> for JobError {
    fn from(trouble: FileError) -> JobError {
        if trouble.changed {
            JobError::Changed(trouble.message)
        } else {
            JobError::Failed(trouble.message)
        }
    }
}

/// Returns a copy of the value in a lock, or `None` if the lock is held.
fn unlocked<T: Clone>(lock: &Mutex<T>) -> Option<T> {
    match lock.try_lock() {
        Ok(value) => Some(value.clone()),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner().clone()),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl Snapshot {
    pub fn new(source: Box<dyn Source>, capacity: usize) -> Result<Snapshot, FileError> {
        let snapshot = Snapshot::empty(source, capacity);
        let stat = snapshot.stat()?;
        snapshot.accept(stat)?;
        Ok(snapshot)
    }

    /// Creates a snapshot without known content, for a source that grows without a refresh. The source is not read.
    pub fn empty(source: Box<dyn Source>, capacity: usize) -> Snapshot {
        let hash = DefaultHasher::new().finish();
        Snapshot {
            source,
            size: AtomicU64::new(0),
            print: Mutex::new(Fingerprint { hash, ..Fingerprint::default() }),
            cache: Cache::new(capacity),
            index: Mutex::default(),
            building: Gate::default(),
        }
    }

    /// Returns a snapshot of the same content for a filter, which needs no index of it.
    pub fn twin(&self, source: Box<dyn Source>) -> Snapshot {
        let print = self.print();
        Snapshot {
            source,
            size: AtomicU64::new(print.stat.size),
            print: Mutex::new(print),
            cache: Cache::new(0),
            index: Mutex::default(),
            building: Gate::default(),
        }
    }

    /// Returns a snapshot of the same content for a forked child. It waits for no lock of the parent.
    pub fn inherit(&self, source: Box<dyn Source>, capacity: usize) -> Snapshot {
        let size = self.size();
        let snapshot = Snapshot {
            source,
            size: AtomicU64::new(size),
            print: Mutex::default(),
            cache: Cache::new(capacity),
            index: Mutex::new(unlocked(&self.index).unwrap_or_default()),
            building: Gate::default(),
        };
        // Without a known fingerprint, take a new one. If the file cannot be read, the next call reports why.
        let print = unlocked(&self.print).or_else(|| {
            let stat = snapshot.source.stat().ok()?;
            snapshot.take_print(Stat { size, ..stat }).ok()
        });
        *snapshot.print.lock().unwrap_or_else(PoisonError::into_inner) = print.unwrap_or_default();
        snapshot
    }

    pub fn source(&self) -> &dyn Source {
        &*self.source
    }

    pub fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    pub fn stat(&self) -> Result<Stat, FileError> {
        self.source.stat().map_err(|error| FileError::stat(&error))
    }

    pub fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails if the file has become shorter than its known content. Accepts the growth of a source that grows without a
    /// refresh. Called before each call of the host. Returns whether the source is complete.
    pub fn check(&self) -> Result<bool, FileError> {
        let (known, now) = (self.size(), self.stat()?);
        if now.size < known {
            return Err(FileError::changed(known, now.size));
        }
        if now.size > known && self.source.grows_by_itself() {
            self.size.store(now.size, Ordering::Release);
        }
        Ok(now.complete)
    }

    /// Like [`Snapshot::check`], but with the size that the system has at hand, so it waits for no server. Called
    /// before a call that starts a job, which sees the current size.
    pub fn check_at_hand(&self) -> Result<(), FileError> {
        let known = self.size();
        let now = self.source.size_at_hand().map_err(|error| FileError::stat(&error))?;
        if now < known {
            return Err(FileError::changed(known, now));
        }
        if now > known && self.source.grows_by_itself() {
            self.size.store(now, Ordering::Release);
        }
        Ok(())
    }

    /// Accepts the growth of the file up to the size in `stat`.
    pub fn accept(&self, stat: Stat) -> Result<(), FileError> {
        let print = self.take_print(stat)?;
        *self.print.lock().unwrap_or_else(PoisonError::into_inner) = print;
        self.size.store(stat.size, Ordering::Release);
        Ok(())
    }

    fn take_print(&self, stat: Stat) -> Result<Fingerprint, FileError> {
        Ok(Fingerprint { stat, hash: self.hash(stat.size)?, is_fresh: is_fresh(&stat) })
    }

    /// Confirms that the known content is unchanged as of `stat`.
    pub fn confirm(&self, stat: Stat) {
        let mut print = self.print.lock().unwrap_or_else(PoisonError::into_inner);
        (print.stat, print.is_fresh) = (stat, is_fresh(&stat));
    }

    /// Returns the fingerprint of the known content.
    pub fn print(&self) -> Fingerprint {
        *self.print.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the start and the end of the known content are unchanged.
    pub fn is_same(&self) -> Result<bool, FileError> {
        let print = self.print();
        Ok(self.hash(print.stat.size)? == print.hash)
    }

    /// Returns a hash of the start and the end of the first `size` bytes, bypassing the cache.
    fn hash(&self, size: u64) -> Result<u64, FileError> {
        let head = size.min(PRINT);
        let tail = (size - head).min(PRINT);
        let buffer = zeroed((head + tail) as usize);
        let mut buffer = buffer.map_err(|error| FileError::io(&error, 0))?;
        let (first, last) = buffer.split_at_mut(head as usize);
        self.fill(first, 0)?;
        self.fill(last, size - tail)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&buffer);
        Ok(hasher.finish())
    }

    /// Fills a buffer from the file itself, bypassing the cache.
    pub fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), FileError> {
        let read = self.source.read_at(buffer, offset);
        let read = read.map_err(|error| FileError::io(&error, offset))?;
        if read < buffer.len() {
            let (end, now) = (offset + buffer.len() as u64, offset + read as u64);
            return Err(FileError::changed(self.size().max(end), now));
        }
        Ok(())
    }

    /// Returns a block of the cache by its number; after the end of the file it is empty.
    pub fn block(&self, number: u64) -> Result<Arc<Vec<u8>>, FileError> {
        let (from, size) = (number * BLOCK as u64, self.size());
        let len = size.saturating_sub(from).min(BLOCK as u64) as usize;
        let block = self.cache.get(&*self.source, number, len);
        let block = block.map_err(|error| FileError::io(&error, from))?;
        if block.len() < len {
            return Err(FileError::changed(size, from + block.len() as u64));
        }
        Ok(block)
    }

    /// Returns the number of the line that holds an offset, counted from 1.
    pub fn line_at(&self, offset: u64) -> Result<Answer<u64>, FileError> {
        if offset >= self.size() {
            return Ok(Answer::Absent);
        }
        Ok(match self.feeds_before(offset)? {
            Some(feeds) => Answer::Known(feeds + 1),
            None => Answer::Unknown,
        })
    }

    /// Returns the number of line feeds before an offset, if it can be found without a job.
    pub fn feeds_before(&self, offset: u64) -> Result<Option<u64>, FileError> {
        let mark = {
            let index = self.index();
            let upto = index.upto();
            if offset > upto.offset + AHEAD {
                return Ok(None);
            }
            if offset >= upto.offset { upto } else { index.before_offset(offset) }
        };
        let mut feeds = mark.feeds;
        self.blocks(mark.offset, offset, |_, piece| {
            feeds += crate::text::kernel::count_newlines(piece) as u64;
            None::<()>
        })?;
        Ok(Some(feeds))
    }

    /// Returns the start offset of a line; lines are counted from 1.
    pub fn offset_of(&self, line: u64) -> Result<Answer<u64>, FileError> {
        let size = self.size();
        if line <= 1 {
            return Ok(if line == 1 && size > 0 { Answer::Known(0) } else { Answer::Absent });
        }
        let wanted = line - 1;
        let (from, to) = {
            let index = self.index();
            let upto = index.upto();
            if upto.feeds >= wanted {
                let mark = index.before_feed(wanted);
                (mark, index.mark_after(mark).offset)
            } else {
                (upto, size.min(upto.offset + AHEAD))
            }
        };
        let mut feeds = from.feeds;
        let found = self.blocks(from.offset, to, |offset, piece| {
            match nth_newline(piece, wanted - feeds) {
                Ok(behind) => Some(offset + behind as u64),
                Err(there) => {
                    feeds += there;
                    None
                }
            }
        })?;
        Ok(match found {
            Some(offset) if offset < size => Answer::Known(offset),
            None if to < size => Answer::Unknown,
            _ => Answer::Absent,
        })
    }

    /// Passes a part of the file to `see` block by block, until it returns a value.
    fn blocks<T>(
        &self,
        from: u64,
        to: u64,
        mut see: impl FnMut(u64, &[u8]) -> Option<T>,
    ) -> Result<Option<T>, FileError> {
        let mut at = from;
        while at < to {
            let number = at / BLOCK as u64;
            let block = self.block(number)?;
            let begin = number * BLOCK as u64;
            let stop = (to - begin).min(block.len() as u64) as usize;
            if let Some(answer) = see(at, &block[(at - begin) as usize..stop]) {
                return Ok(Some(answer));
            }
            at = begin + BLOCK as u64;
        }
        Ok(None)
    }

    /// Returns whether the file is empty or ends with a line feed.
    pub fn is_ended(&self) -> Result<bool, FileError> {
        let Some(last) = self.size().checked_sub(1) else { return Ok(true) };
        let block = self.block(last / BLOCK as u64)?;
        Ok(block.last() == Some(&b'\n'))
    }

    /// Returns the number of lines, and whether it is exact. An estimate assumes that the rest of the file is like the
    /// indexed part.
    pub fn line_count(&self) -> Result<(u64, bool), FileError> {
        let (size, mut upto) = (self.size(), self.index().upto());
        if upto.offset < size && size - upto.offset <= AHEAD {
            upto = Mark { offset: size, feeds: self.feeds_before(size)?.unwrap_or(upto.feeds) };
        }
        if upto.offset >= size {
            return Ok((upto.feeds + u64::from(!self.is_ended()?), true));
        }
        if upto.offset == 0 {
            let sample = self.block(0)?;
            let feeds = crate::text::kernel::count_newlines(&sample) as u64;
            upto = Mark { offset: sample.len() as u64, feeds };
        }
        let estimate = upto.feeds as f64 * (size as f64 / upto.offset as f64);
        Ok((estimate.round().max(1.0) as u64, false))
    }

    /// Extends the index while the host waits, if there is little to do.
    pub fn index_the_rest(&self) -> Result<(), FileError> {
        let Some(_building) = self.building.try_enter() else { return Ok(()) };
        let (from, size) = (self.index().upto().offset, self.size());
        if from < size && size - from <= AHEAD {
            let counted = self.count(&mut Vec::new(), from, size, || Ok::<(), FileError>(()))?;
            self.index().append(&counted);
        }
        Ok(())
    }

    /// Returns the gate that is held while the index is extended.
    pub fn building(&self) -> &Gate {
        &self.building
    }

    /// Appends bytes that have arrived and were counted already. The caller must hold [`Snapshot::building`].
    pub fn grow(&self, counted: &Counted) {
        self.size.fetch_add(counted.len(), Ordering::Release);
        self.index().append(counted);
    }

    /// Returns whether the index covers the known content.
    pub fn is_indexed(&self) -> bool {
        self.index().upto().offset >= self.size()
    }

    /// Returns whether the job that owns `ended` no longer handles growth of the file.
    pub fn has_ended(&self, ended: &AtomicBool) -> bool {
        let _index = self.index();
        ended.load(Ordering::Relaxed)
    }

    /// Extends the index to the end of the known content, including bytes that become known meanwhile. Sets `ended`
    /// when it stops looking for more: under the lock of the index, so that whoever checks `ended` under that lock
    /// after the file has grown cannot be missed.
    pub fn build_index(
        &self,
        worker: &Worker<()>,
        filler: &dyn Filler,
        threads: usize,
        ended: &AtomicBool,
    ) -> Result<(), JobError> {
        let _building = self.building.enter(worker)?;
        filler.advance(self.index().upto().offset);
        loop {
            let (from, to) = (self.index().upto().offset, self.size());
            filler.expect(to);
            if from >= to {
                let _index = self.index();
                if to < self.size() {
                    continue;
                }
                ended.store(true, Ordering::Relaxed);
                return Ok(());
            }
            let first = from / SEGMENT;
            let pieces = to.div_ceil(SEGMENT) - first;
            let work = |buffer: &mut Vec<u8>, piece: u64, port: &Sender<'_, Counted>| {
                let begin = from.max((first + piece) * SEGMENT);
                let end = to.min((first + piece + 1) * SEGMENT);
                port.give(self.count(buffer, begin, end, || worker.go_on())?)
            };
            for_each_ordered(pieces, threads, Vec::new, work, |counted: Counted| {
                self.index().append(&counted);
                filler.advance(counted.len());
                Ok(true)
            })?;
        }
    }

    fn count<E: From<FileError>>(
        &self,
        buffer: &mut Vec<u8>,
        from: u64,
        to: u64,
        go_on: impl Fn() -> Result<(), E>,
    ) -> Result<Counted, E> {
        if buffer.len() < BUFFER {
            *buffer = zeroed(BUFFER).map_err(|error| FileError::io(&error, from))?;
        }
        let (mut counted, mut at) = (Counted::default(), from);
        while at < to {
            go_on()?;
            let len = (to - at).min(BUFFER as u64) as usize;
            self.fill(&mut buffer[..len], at)?;
            counted.count(&buffer[..len]);
            at += len as u64;
        }
        Ok(counted)
    }

    /// Returns the native memory in bytes that the snapshot holds or may come to hold.
    pub fn memory(&self) -> usize {
        self.cache.capacity() + self.index().memory() + self.source.memory()
    }
}
