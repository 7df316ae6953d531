//! The noun `file`: files of any size.
//!
//! # What is it for?
//!
//! For viewers of logs and of other files too large for an editor. A [`Document`] opens immediately at any size, and
//! reads lines from its end, around any offset, and by number as far as the index has come. The index is made by a
//! background [job], as searches and filters are.
//!
//! # What does it cost?
//!
//! Opening reads a few kilobytes. Reading a line reads from the last mark of the index before it, about 1,024 lines, in
//! some microseconds. The index takes 16 bytes for each of these marks, the block cache 4 MiB, and a job some buffers
//! of 256 KiB for each thread: nothing but the index grows with the file.
//!
//! # Why is there no memory map?
//!
//! Because a process that has mapped a file is killed when the file is truncated. A positioned read just returns less.
//!
//! # What if the file changes?
//!
//! Growth is not visible until [`Document::refresh`] reports it; then the index continues where it was. After a
//! truncation each call fails with a message until the next refresh; if another file takes the path, the opened one is
//! read until then. Bytes overwritten without a change of the size are detected only by `refresh`: by the content if
//! the file has at most 64 KiB, otherwise by its times or by its first and last 32 KiB.
//!
//! # What are its limits?
//!
//! A line ends with LF or CR LF; text is bytes of any encoding. A file that the system makes while it is read, such as
//! those in `/proc` and `/sys`, is read whole when it is opened, up to 4 MiB. A pipe or a device has no size and is
//! refused unless the options ask for a spool: then a job copies it into a temporary file, and the bytes that have
//! arrived can be read. An archive to decompress is spooled in the same way.

mod cache;
mod change;
mod decompress;
mod filter;
mod follow;
mod growth;
mod gunzip;
mod held;
mod index;
mod jobs;
mod options;
mod ordered;
mod reader;
mod runs;
mod scan;
mod search;
mod snapshot;
mod source;
mod spool;
mod state;
#[cfg(test)]
mod tests;

pub use change::Change;
pub use follow::News;
pub use gunzip::Gunzip;
pub use held::held;
pub use jobs::{Opening, Reply, Request};
pub use options::FileOptions;
pub use reader::{CUT_AFTER, CUT_BEFORE, Line, Lines, Window};
pub use search::{Found, MATCH, Match, PARTIAL, SearchOptions};
pub use snapshot::{Answer, FileError};

use crate::job::{self, AnyJob, Job, JobState, Waker};
use crate::search::lines::LinePatterns;
use filter::{FilteredLines, View};
use snapshot::Snapshot;
use source::{Disk, MAX_MADE, Made};
use spool::Feed;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// Maximum number of threads that index or search a file: more of them wait for memory.
const MAX_THREADS: usize = 4;

/// How long a write of another process may be in progress: the system reports the write before its bytes are visible.
const WRITE_SETTLE_TIME: Duration = Duration::from_millis(100);

/// Age by the system's clock above which a write is no longer in progress.
const WRITE_AGE_LIMIT: Duration = Duration::from_millis(500);

/// Information on a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// Size in bytes.
    pub size: u64,
    /// Number of lines, or an estimate.
    pub lines: u64,
    /// Whether the number of lines is exact.
    pub exact: bool,
    /// Bytes from the start of the file that are indexed.
    pub indexed: u64,
    /// Memory of the index in bytes.
    pub index_memory: usize,
}

/// The state of a file in one process. It contains the filter of a filtered file, and that its own file: so these types
/// are in one module.
type Own = state::FileState<Filter>;

/// A content and its origin.
type Current = state::Current<Filter>;

/// A filter, and the host's view of its lines.
type FilterView = (Arc<Filter>, Arc<View>);

/// The kept lines of a file, and the file that they come from.
struct Filter {
    /// The filtered file. Only this filter refreshes it.
    source: Arc<Document>,
    kept: Arc<FilteredLines>,
    /// Held while the source is checked, which is short.
    looking: Mutex<()>,
}

/// An open file. Several threads may use it at the same time.
pub struct Document {
    path: PathBuf,
    options: FileOptions,
    /// The state in the process that opened the file. A forked child has a state of its own.
    first: Own,
    /// Whether this document belongs to a filter, which alone uses it. It needs no index.
    is_source: bool,
}

impl Document {
    fn open_at(path: PathBuf, options: FileOptions) -> Result<Document, String> {
        let (current, feed) = Current::open(&path, &options)?;
        let document = Document::of(path, options, current);
        let started = document.start_spool(feed).and_then(|()| document.start_index());
        started.map_err(|trouble| trouble.message)?;
        Ok(document)
    }

    fn of(path: PathBuf, options: FileOptions, current: Current) -> Document {
        Document { path, options, first: Own::new(current), is_source: false }
    }

    /// Returns the state of the file in this process.
    fn own(&self) -> Result<&Own, FileError> {
        let (own, is_new) = self.first.own(&self.options)?;
        if is_new {
            // Start the index, as after opening the file.
            self.start_index()?;
        }
        Ok(own)
    }

    /// Returns the snapshot; fails if the file has become shorter.
    fn checked(&self) -> Result<Arc<Snapshot>, FileError> {
        let snapshot = self.own()?.snapshot();
        snapshot.check()?;
        if snapshot.source().grows_by_itself() {
            self.start_index()?;
        }
        Ok(snapshot)
    }

    /// Returns the snapshot for a call that starts a job: without waiting for a server, and without starting the index.
    fn at_hand(&self) -> Result<Arc<Snapshot>, FileError> {
        let snapshot = self.own()?.snapshot();
        snapshot.check_at_hand()?;
        Ok(snapshot)
    }

    fn threads(&self) -> usize {
        match self.options.threads {
            0 => job::parallelism().min(MAX_THREADS),
            threads => threads.min(MAX_THREADS),
        }
    }

    /// Returns information on the file.
    pub fn info(&self) -> Result<Info, FileError> {
        let snapshot = self.checked()?;
        let complete = snapshot.check()?;
        let (lines, exact) = snapshot.line_count()?;
        let exact = exact && complete;
        let index = snapshot.index();
        let (indexed, index_memory) = (index.upto().offset, index.memory());
        Ok(Info { size: snapshot.size(), lines, exact, indexed, index_memory })
    }

    /// Reads up to `count` lines from line `first` on, counted from 1, into `out`.
    pub fn lines(
        &self,
        first: u64,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<Answer<()>, FileError> {
        self.checked()?.lines(first, count, window, out)
    }

    /// Reads the line that holds an offset, `before` lines before it and `after` lines from it on, into `out`.
    pub fn around(
        &self,
        offset: u64,
        before: usize,
        after: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<(), FileError> {
        self.checked()?.around(offset, before, after, window, out)
    }

    /// Reads the last `count` lines into `out`.
    pub fn last(&self, count: usize, window: Window, out: &mut Lines) -> Result<(), FileError> {
        self.checked()?.last(count, window, out)
    }

    /// Returns the number of the line that holds an offset, counted from 1.
    pub fn line_at(&self, offset: u64) -> Result<Answer<u64>, FileError> {
        self.checked()?.line_at(offset)
    }

    /// Returns the start offset of a line; lines are counted from 1.
    pub fn offset_of(&self, line: u64) -> Result<Answer<u64>, FileError> {
        self.checked()?.offset_of(line)
    }

    /// Passes `len` bytes from an offset on to `take` in pieces, fewer only at the end of the file. Returns their
    /// number.
    pub fn read(&self, offset: u64, len: u64, take: impl FnMut(&[u8])) -> Result<u64, FileError> {
        self.checked()?.read(offset, len, take)
    }

    /// Returns the job that indexes the file: the running one, or a new one if the file has grown past it. The unit of
    /// progress is the byte. For an incomplete filter it is the job that continues the filter, or waits for its lines.
    pub fn index(&self) -> Result<Arc<Job<()>>, FileError> {
        if let Some((filter, _)) = &self.own()?.current().filter
            && !filter.is_filled()?
        {
            return self.fill();
        }
        self.index_known()
    }

    /// Returns the job that indexes the known part of the file.
    fn index_known(&self) -> Result<Arc<Job<()>>, FileError> {
        let own = self.own()?;
        let (snapshot, mut indexing) = (own.snapshot(), own.indexing());
        if snapshot.source().grows_by_itself() {
            // Accept what has arrived until now, if no call has done so. A reader reports the error, if there is one.
            let _ = snapshot.check_at_hand();
        }
        if let Some((of, job, ended)) = &*indexing
            && Arc::ptr_eq(of, &snapshot)
            && (job.poll().state == JobState::Running && !snapshot.has_ended(ended)
                || snapshot.is_indexed())
        {
            return Ok(Arc::clone(job));
        }
        let (made, threads) = (Arc::clone(&snapshot), self.threads());
        let ended = Arc::<AtomicBool>::default();
        let shared = Arc::clone(&ended);
        let job =
            Arc::new(job::start(move |worker| made.build_index(worker, worker, threads, &shared)));
        *indexing = Some((snapshot, Arc::clone(&job), ended));
        Ok(job)
    }

    /// Starts the job that fills the spool. That job also makes the index.
    fn start_spool(&self, feed: Option<Feed>) -> Result<(), FileError> {
        let own = self.own()?;
        let snapshot = own.snapshot();
        let filled = Arc::clone(&snapshot);
        let job = feed.map(|feed| Arc::new(job::start(move |worker| feed.run(&filled, worker))));
        *own.indexing() = job.map(|job| (snapshot, job, Arc::default()));
        Ok(())
    }

    /// Indexes the new part of the file: at once if it is small, otherwise by a job unless the options forbid it.
    fn start_index(&self) -> Result<(), FileError> {
        if self.is_source {
            return Ok(());
        }
        let snapshot = self.own()?.snapshot();
        snapshot.index_the_rest()?;
        if !snapshot.is_indexed() && !self.options.no_index {
            self.index_known()?;
        }
        Ok(())
    }

    /// Starts a job that searches the known part of the file.
    pub fn search(
        &self,
        patterns: LinePatterns,
        options: SearchOptions,
    ) -> Result<Job<Found>, FileError> {
        let (snapshot, threads) = (self.at_hand()?, self.threads());
        Ok(job::start(move |worker| snapshot.search(&patterns, options, threads, worker)))
    }

    /// Returns the offset in the filtered file of a byte of this filter; `None` if this file is not a filter, or after
    /// its end.
    pub fn origin(&self, offset: u64) -> Result<Option<u64>, FileError> {
        Ok(self.at_hand()?.source().origin(offset))
    }

    /// Checks the file for changes, accepts them and returns the change.
    ///
    /// If another file has the path, growth of the old file is reported first, so that a rotation loses nothing.
    pub fn refresh(&self) -> Result<Change, FileError> {
        let own = self.own()?;
        let current = own.current();
        if let Some((filter, view)) = &current.filter {
            return self.refresh_filter(filter, view);
        }
        let change = self.look(true)?;
        if let (Change::Grown, Some(spool)) = (change, &current.spool) {
            spool.mark_reported();
            return Ok(change);
        }
        match change {
            Change::Same => return Ok(change),
            Change::Grown => {
                let stat = current.snapshot.stat()?;
                current.snapshot.accept(stat)?;
            }
            Change::Truncated | Change::Replaced => {
                let fresh = match (current.disk, self.is_elsewhere(current.identity)) {
                    (Some(disk), false) => {
                        Current::of(disk, current.identity, &self.options).map(|same| (same, None))
                    }
                    _ => Current::open(&self.path, &self.options),
                };
                let (fresh, feed) = fresh.map_err(|reason| {
                    let message = format!("{}: {reason}", self.path.display());
                    FileError { changed: true, ..FileError::of(message) }
                })?;
                own.replace(fresh);
                self.start_spool(feed)?;
            }
        }
        *own.suspect() = None;
        // In a rotation another change may follow this one.
        own.followers().iter().for_each(Waker::wake);
        self.start_index()?;
        Ok(change)
    }

    /// Returns the change of a file that the system makes while it is read, by reading it again. An unreachable file is
    /// unchanged.
    fn look_at_made(&self, made: &Made) -> Change {
        let again = Disk::open(&self.path).and_then(|(disk, _)| disk.read_all(MAX_MADE));
        match again {
            Ok(all) if all.as_ref() != Some(&made.0) => Change::Replaced,
            _ => Change::Same,
        }
    }

    /// Returns whether the path leads to another file. A deleted or unreachable file is not another one.
    fn is_elsewhere(&self, identity: source::Identity) -> bool {
        source::look_at(&self.path).is_ok_and(|(now, _)| now != identity)
    }

    /// Returns the change since the last refresh. With `confirm`, an unchanged file gets the current time as that of
    /// its last check.
    fn look(&self, confirm: bool) -> Result<Change, FileError> {
        let own = self.own()?;
        let current = own.current();
        if let Some(spool) = &current.spool {
            return Ok(spool.look(&self.path));
        }
        if let Some(made) = &current.made {
            return Ok(self.look_at_made(made));
        }
        let snapshot = &current.snapshot;
        let (known, now) = (snapshot.size(), snapshot.stat()?);
        if now.size < known {
            return Ok(Change::Truncated);
        }
        if now.size > known {
            return Ok(if snapshot.is_same()? { Change::Grown } else { Change::Replaced });
        }
        if current.disk.is_some() && self.is_elsewhere(current.identity) {
            return Ok(Change::Replaced);
        }
        let print = snapshot.print();
        let has_same_times = (now.written, now.changed) == (print.stat.written, print.stat.changed);
        if has_same_times && !print.is_fresh {
            return Ok(Change::Same);
        }
        if !snapshot.is_same()? {
            return Ok(Change::Replaced);
        }
        // A new mode, owner, link or name is not a change of the content.
        let has_new_attributes = now.written == print.stat.written
            && (now.attributes != print.stat.attributes || !self.path.exists());
        let latest = now.latest().filter(|_| !has_same_times);
        let Some(latest) = latest.filter(|_| !print.is_whole() && !has_new_attributes) else {
            if confirm {
                snapshot.confirm(now);
            }
            return Ok(Change::Same);
        };
        // A write is in progress. If it appends, the size will show it soon; otherwise existing bytes have changed.
        if SystemTime::now().duration_since(latest).is_ok_and(|age| age >= WRITE_AGE_LIMIT) {
            return Ok(Change::Replaced);
        }
        let mut suspect = own.suspect();
        let (when, since) = *suspect.get_or_insert((latest, Instant::now()));
        if when != latest {
            *suspect = Some((latest, Instant::now()));
        } else if since.elapsed() >= WRITE_SETTLE_TIME {
            return Ok(Change::Replaced);
        }
        Ok(Change::Same)
    }

    /// Returns whether the file may change soon without a report of the system.
    fn is_restless(&self) -> Result<bool, FileError> {
        let own = self.own()?;
        let current = own.current();
        if let Some((filter, _)) = &current.filter {
            return filter.is_restless();
        }
        if current.spool.is_some() {
            let is_running = |job: &Arc<Job<()>>| job.poll().state == JobState::Running;
            return Ok(own.indexing().as_ref().is_some_and(|(_, job, _)| is_running(job)));
        }
        Ok(own.suspect().is_some())
    }

    /// Returns the size in bytes that the file has after the change; 0 if a filter would have to match all lines for
    /// that.
    fn size_after(&self, change: Change) -> Result<u64, FileError> {
        let current = self.own()?.current();
        if let Some((filter, view)) = &current.filter {
            let is_known = change == Change::Grown || view.is_cut();
            return Ok(if is_known { filter.size() } else { 0 });
        }
        if change == Change::Replaced
            && self.is_elsewhere(current.identity)
            && let Ok(metadata) = std::fs::metadata(&self.path)
        {
            return Ok(metadata.len());
        }
        Ok(current.snapshot.stat()?.size)
    }

    /// Returns the native memory in bytes that the file holds or may come to hold.
    pub fn memory(&self) -> usize {
        size_of::<Document>() + self.own().map_or(0, |own| own.snapshot().memory())
    }
}
