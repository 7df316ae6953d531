//! One content of a file: it may grow, but what is known of it stays true. A file that is truncated or replaced gets a new
//! one, and whoever still works on the old one learns that it is gone.

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

/// Bytes that a thread counts or searches before it brings the result.
pub(super) const SEGMENT: u64 = if cfg!(test) { 32 << 10 } else { 4 << 20 };

/// Bytes that are read at once by jobs.
pub(super) const BUFFER: usize = if cfg!(test) { 16 << 10 } else { 512 << 10 };

/// Bytes behind the end of the index that are looked at while the host waits.
pub(super) const AHEAD: u64 = 1 << 20;

/// Bytes of the beginning, and of the end, by which a content is known again: all of it if it has no more than both.
const PRINT: u64 = 32 << 10;

/// How much later than a write the time of the next one may still be the same: a tick of the system's clock, or where it keeps
/// whole seconds, two of these.
const TICK: Duration = Duration::from_millis(20);
const COARSE_TICK: Duration = Duration::from_secs(2);

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// Whether it is another content now, which a refresh makes known. Otherwise the system refused to read it.
    pub changed: bool,
    /// Whether it belongs to the process that this one was forked from.
    pub forked: bool,
    /// Whether the system has no memory for it.
    pub no_memory: bool,
    /// A sentence for a person.
    pub message: String,
}

/// An answer that may not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is known, and right.
    Known(T),
    /// The index has not come so far.
    Unknown,
    /// There is no such thing.
    Absent,
}

impl<T> Answer<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Answer::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// Who goes through a file: a job, or the host itself if there is little to do.
pub(super) trait Filler: Sync {
    /// Whether it has to stop.
    fn is_cancelled(&self) -> bool;
    /// Bytes to go through.
    fn expect(&self, bytes: u64);
    /// Bytes that it has gone through.
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
    /// Bytes that are known of. There may be more in the file.
    size: AtomicU64,
    print: Mutex<Fingerprint>,
    cache: Cache,
    index: Mutex<Index>,
    /// Held by who extends the index.
    building: Gate,
}

/// What a content is known again by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fingerprint {
    pub stat: Stat,
    /// Of the beginning and the end.
    hash: u64,
    /// Whether a write after this was taken could have the same time.
    pub is_fresh: bool,
}

impl Fingerprint {
    /// Whether all of the content is in it.
    pub fn is_whole(&self) -> bool {
        self.stat.size <= 2 * PRINT
    }
}

/// Whether somebody could write now without another time than that of the last change.
fn is_fresh(stat: &Stat) -> bool {
    let Some(latest) = stat.latest() else { return false };
    let is_coarse = latest.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
    let tick = if is_coarse { COARSE_TICK } else { TICK };
    // A time that is still to come is no older than that.
    !SystemTime::now().duration_since(latest).is_ok_and(|age| age > tick)
}

impl FileError {
    pub(super) fn changed(from: u64, to: u64) -> FileError {
        let message = format!(
            "the file has been truncated from {from} bytes to {to} since it was looked at; refresh it"
        );
        FileError { changed: true, ..FileError::of(message) }
    }

    /// What there is no memory for.
    pub(super) fn no_memory(len: usize) -> FileError {
        let message = format!("the system has no memory for {len} bytes");
        FileError { no_memory: true, ..FileError::of(message) }
    }

    /// What a child cannot use of its parent.
    pub(super) fn forked() -> FileError {
        let message = "the file belongs to the process that this one was forked from; open it here"
            .to_owned();
        FileError { forked: true, ..FileError::of(message) }
    }

    /// What the system refuses.
    pub(super) fn of(message: String) -> FileError {
        FileError { changed: false, forked: false, no_memory: false, message }
    }

    /// What a source refuses to tell of itself.
    fn stat(error: &io::Error) -> FileError {
        FileError {
            // A source that is made from another one says so if that was truncated.
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
        JobError::Failed(trouble.message)
    }
}

/// A copy of what a lock guards, unless somebody has it.
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

    /// A content of which nothing is known yet, as of a source that grows by itself. The source is not asked.
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

    /// The same content for a filter, which needs no index of it.
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

    /// The same content for another process, which is a child of this one's: no lock is waited for.
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
        // If it is not known it is taken anew; of a file that cannot be read the next call tells why.
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

    /// Fails if the file has become shorter than what is known of it, and takes what a source has grown by that does so by
    /// itself. Before each call of the host. Tells whether that is all there will be.
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

    /// The same by what the system has at hand. Before a call of the host that starts a job, which sees the rest: it waits for
    /// no server.
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

    /// Takes what the file has grown by to be part of it.
    pub fn accept(&self, stat: Stat) -> Result<(), FileError> {
        let print = self.take_print(stat)?;
        *self.print.lock().unwrap_or_else(PoisonError::into_inner) = print;
        self.size.store(stat.size, Ordering::Release);
        Ok(())
    }

    fn take_print(&self, stat: Stat) -> Result<Fingerprint, FileError> {
        Ok(Fingerprint { stat, hash: self.hash(stat.size)?, is_fresh: is_fresh(&stat) })
    }

    /// What is known is still there, and there is nothing to doubt any more as of this time.
    pub fn confirm(&self, stat: Stat) {
        let mut print = self.print.lock().unwrap_or_else(PoisonError::into_inner);
        (print.stat, print.is_fresh) = (stat, is_fresh(&stat));
    }

    /// What it is known again by.
    pub fn print(&self) -> Fingerprint {
        *self.print.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether beginning and end of what is known are still there.
    pub fn is_same(&self) -> Result<bool, FileError> {
        let print = self.print();
        Ok(self.hash(print.stat.size)? == print.hash)
    }

    /// A hash of the beginning and the end of so many bytes, past the cache.
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

    /// Fills a buffer from the file itself, past the cache.
    pub fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), FileError> {
        let read = self.source.read_at(buffer, offset);
        let read = read.map_err(|error| FileError::io(&error, offset))?;
        if read < buffer.len() {
            let (end, now) = (offset + buffer.len() as u64, offset + read as u64);
            return Err(FileError::changed(self.size().max(end), now));
        }
        Ok(())
    }

    /// The block of the cache with that number; behind the end it is empty.
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

    /// Number of the line that holds an offset, from 1 on.
    pub fn line_at(&self, offset: u64) -> Result<Answer<u64>, FileError> {
        if offset >= self.size() {
            return Ok(Answer::Absent);
        }
        Ok(match self.feeds_before(offset)? {
            Some(feeds) => Answer::Known(feeds + 1),
            None => Answer::Unknown,
        })
    }

    /// How many line feeds are before an offset, if that can be told now.
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

    /// Where a line begins, by its number from 1 on.
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
                (mark, index.behind(mark).offset)
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

    /// Goes through the blocks of a part of the file, until one gives an answer.
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

    /// Whether the file ends with a line feed.
    pub fn is_ended(&self) -> Result<bool, FileError> {
        let Some(last) = self.size().checked_sub(1) else { return Ok(true) };
        let block = self.block(last / BLOCK as u64)?;
        Ok(block.last() == Some(&b'\n'))
    }

    /// How many lines there are, and whether that is exact. Else it is what it would be if the rest were like what is known.
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

    /// Held by who extends the index.
    pub fn building(&self) -> &Gate {
        &self.building
    }

    /// Takes what has arrived, which was counted on the way. Only for who holds [`Snapshot::building`].
    pub fn grow(&self, counted: &Counted) {
        self.size.fetch_add(counted.len(), Ordering::Release);
        self.index().append(counted);
    }

    /// Whether the index goes to the end of what is known.
    pub fn is_indexed(&self) -> bool {
        self.index().upto().offset >= self.size()
    }

    /// Whether the job that was given this looks no more at what the file grows by.
    pub fn has_ended(&self, ended: &AtomicBool) -> bool {
        let _index = self.index();
        ended.load(Ordering::Relaxed)
    }

    /// Extends the index to the end of what is known, however much that becomes meanwhile. `ended` tells that it will look
    /// no more: it is set under the lock of the index, so who looks at it under that one after growth cannot be passed over.
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

    /// Native memory that it holds, in bytes, or may come to hold.
    pub fn memory(&self) -> usize {
        self.cache.capacity() + self.index().memory() + self.source.memory()
    }
}
