//! The noun `file`: files of any size.
//!
//! # What is it for?
//!
//! Viewers of logs and of whatever else is too large for an editor: a [`Document`] is open at once, whatever its size, and
//! reads lines from its end, from any offset, and by number as far as the index has come. The index is made by a
//! [job] beside that, as searches and filters are.
//!
//! # What does it cost?
//!
//! Opening reads some kilobytes. Reading a line reads what is between it and the last mark of the index before it, about
//! 1,024 lines, in some microseconds. The index takes 16 bytes for these, the block cache 4 MiB, a job some buffers of
//! 256 KiB for each thread: nothing grows with the file but the index.
//!
//! # Why is nothing mapped?
//!
//! Because whoever truncates a mapped file ends the process that has mapped it. A positioned read gives less.
//!
//! # What if the file changes?
//!
//! What it grows by is not looked at until [`Document::refresh`] tells of it; then the index goes on where it was. If it is
//! truncated, each call fails with a sentence until it is refreshed; if another file is put in its place, the one that was
//! opened is read until then. What is written over what was there, without a change of the size, is seen by `refresh` and
//! not before: by what is in it if the file has at most 64 KiB, otherwise by its times, or at its first and last 32 KiB.
//!
//! # What are its limits?
//!
//! A line ends with LF or CR LF; text is bytes of any encoding. A file that the system makes while it is read, as those in
//! `/proc` and `/sys`, is read whole when it is opened, up to 4 MiB. A file that is a pipe or a device has no size and is refused,
//! unless the options say that it is to be spooled, as archives are that are to be unpacked: a job reads it into a temporary
//! file, and what has arrived can be read.

mod cache;
mod decompress;
mod filter;
mod follow;
mod growth;
mod held;
mod index;
mod jobs;
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

pub use follow::News;
pub use held::held;
pub use jobs::{Opening, Reply, Request};
pub use reader::{CUT_BEFORE, CUT_BEHIND, Line, Lines, Window};
pub use search::{Found, MATCH, Match, PARTIAL, SearchOptions};
pub use snapshot::{Answer, FileError};

use crate::job::{self, AnyJob, Job, JobState, Waker};
use crate::search::lines::LinePatterns;
use snapshot::Snapshot;
use source::{Disk, MAX_MADE, Made};
use spool::Feed;
use state::{Current, FileState as Own};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime};

/// Threads that make an index or search, at most: more than these wait for memory.
const MAX_THREADS: usize = 4;

/// How long a write of another process may be on its way: the system tells of it before its bytes are there.
const WRITE_SETTLE_TIME: Duration = Duration::from_millis(100);

/// How old a write is that cannot be on its way, by the system's clock.
const WRITE_AGE_LIMIT: Duration = Duration::from_millis(500);

/// How a file is opened.
#[derive(Clone, Debug, Default)]
pub struct FileOptions {
    /// Do not start the index until it is asked for.
    pub no_index: bool,
    /// Bytes of the block cache; 0 for 4 MiB.
    pub cache: usize,
    /// Threads of the index and of each search; 0 for as many as there are processors, at most 4.
    pub threads: usize,
    /// Read what has no size, such as a pipe, into a temporary file.
    pub spool: bool,
    /// Unpack gzip and zstd, known by their first bytes, into a temporary file.
    pub unpack: bool,
    /// Bytes of the temporary file at most; 0 for 16 GiB.
    pub spool_limit: u64,
    /// Where the temporary file is; the system's directory for these if it is none.
    pub spool_directory: Option<PathBuf>,
}

impl FileOptions {
    fn capacity(&self) -> usize {
        if self.cache == 0 { cache::DEFAULT_CAPACITY } else { self.cache }
    }
}

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as it was.
    Same,
    /// There is more of it, and what was known is still true.
    Grown,
    /// It has become shorter: it is read anew.
    Truncated,
    /// Another file has its path, or its content is another one: it is read anew.
    Replaced,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// Bytes.
    pub size: u64,
    /// Lines, or an estimate of them.
    pub lines: u64,
    /// Whether that is exact.
    pub exact: bool,
    /// Bytes that the index knows.
    pub indexed: u64,
    /// Bytes of the index.
    pub index_memory: usize,
}

/// An open file. Threads may use it at the same time.
pub struct Document {
    path: PathBuf,
    options: FileOptions,
    /// What the process that opened it knows of it. A child has a state of its own.
    first: Own,
    /// Whether a filter is made from it, and nobody else has it. It needs no index.
    is_source: bool,
}

impl Document {
    /// Opens a file. The message tells what is wrong with it, and with which.
    pub fn open(path: &[u8], options: FileOptions) -> Result<Document, String> {
        Opening::new(path, options)?.open()
    }

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

    /// What this process knows of it.
    fn own(&self) -> Result<&Own, FileError> {
        let (own, is_new) = self.first.own(&self.options)?;
        if is_new {
            // As after opening it.
            self.start_index()?;
        }
        Ok(own)
    }

    /// The snapshot, unless it has become shorter.
    fn checked(&self) -> Result<Arc<Snapshot>, FileError> {
        let snapshot = self.own()?.snapshot();
        snapshot.check()?;
        if snapshot.source().grows_by_itself() {
            self.start_index()?;
        }
        Ok(snapshot)
    }

    /// The same for calls that start a job: without a wait for a server, and without a look at what is new.
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

    /// What is known of it now.
    pub fn info(&self) -> Result<Info, FileError> {
        let snapshot = self.checked()?;
        let complete = snapshot.check()?;
        let (lines, exact) = snapshot.line_count()?;
        let exact = exact && complete;
        let index = snapshot.index();
        let (indexed, index_memory) = (index.upto().offset, index.memory());
        Ok(Info { size: snapshot.size(), lines, exact, indexed, index_memory })
    }

    /// Lines from a number on, from 1 on.
    pub fn lines(
        &self,
        first: u64,
        count: usize,
        window: Window,
        out: &mut Lines,
    ) -> Result<Answer<()>, FileError> {
        self.checked()?.lines(first, count, window, out)
    }

    /// The line that holds an offset, `before` lines in front of it, and `after` from it on.
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

    /// The last lines.
    pub fn last(&self, count: usize, window: Window, out: &mut Lines) -> Result<(), FileError> {
        self.checked()?.last(count, window, out)
    }

    /// Number of the line that holds an offset, from 1 on.
    pub fn line_at(&self, offset: u64) -> Result<Answer<u64>, FileError> {
        self.checked()?.line_at(offset)
    }

    /// Where a line begins, by its number from 1 on.
    pub fn offset_of(&self, line: u64) -> Result<Answer<u64>, FileError> {
        self.checked()?.offset_of(line)
    }

    /// Bytes from an offset on, given in pieces; fewer than wanted only at the end. Tells how many there were.
    pub fn read(&self, offset: u64, len: u64, take: impl FnMut(&[u8])) -> Result<u64, FileError> {
        self.checked()?.read(offset, len, take)
    }

    /// The job that makes the index: the one that runs, or another one if the file has more than that has seen. Its unit of
    /// progress is the byte. Of a filter that does not have all lines yet it is one that waits for these, or goes on with them.
    pub fn index(&self) -> Result<Arc<Job<()>>, FileError> {
        if let Some((filter, _)) = &self.own()?.current().filter
            && !filter.is_filled()?
        {
            return self.fill();
        }
        self.index_known()
    }

    /// The job that makes the index of what is known now.
    fn index_known(&self) -> Result<Arc<Job<()>>, FileError> {
        let own = self.own()?;
        let (snapshot, mut indexing) = (own.snapshot(), own.indexing());
        if snapshot.source().grows_by_itself() {
            // What has arrived until now, if nobody has asked for it. A failure is told by whoever reads.
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
        let told = Arc::clone(&ended);
        let job =
            Arc::new(job::start(move |worker| made.build_index(worker, worker, threads, &told)));
        *indexing = Some((snapshot, Arc::clone(&job), ended));
        Ok(job)
    }

    /// Starts to fill the spool. Its job makes the index as well.
    fn start_spool(&self, feed: Option<Feed>) -> Result<(), FileError> {
        let own = self.own()?;
        let snapshot = own.snapshot();
        let filled = Arc::clone(&snapshot);
        let job = feed.map(|feed| Arc::new(job::start(move |worker| feed.run(&filled, worker))));
        *own.indexing() = job.map(|job| (snapshot, job, Arc::default()));
        Ok(())
    }

    /// Makes the index of what is new: at once if that is little, else by a job if the options say so.
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

    /// Searches what is known of the file.
    pub fn search(
        &self,
        patterns: LinePatterns,
        options: SearchOptions,
    ) -> Result<Job<Found>, FileError> {
        let (snapshot, threads) = (self.at_hand()?, self.threads());
        Ok(job::start(move |worker| snapshot.search(&patterns, options, threads, worker)))
    }

    /// Where a byte of the lines that a filter keeps stands in the file that was filtered; nothing for other files, and behind
    /// the end.
    pub fn origin(&self, offset: u64) -> Result<Option<u64>, FileError> {
        Ok(self.at_hand()?.source().origin(offset))
    }

    /// Looks at what has become of the file, and takes it to be so from now on.
    ///
    /// Where another file has the path, what the old one had grown by is told first, so that nothing is lost in a rotation.
    pub fn refresh(&self) -> Result<Change, FileError> {
        let own = self.own()?;
        let current = own.current();
        if let Some((filter, view)) = &current.filter {
            return self.refresh_filter(filter, view);
        }
        let change = self.look(true)?;
        if let (Change::Grown, Some(spool)) = (change, &current.spool) {
            spool.tell();
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
        // In a rotation another change waits behind this one.
        own.followers().iter().for_each(Waker::wake);
        self.start_index()?;
        Ok(change)
    }

    /// Starts a job that has news whenever the file has changed, until it is cancelled or nobody has the file any more. A
    /// refresh then takes the change to be so. What is spooled is not followed: the job of its index tells when it has grown.
    /// A filter has news when it has lines.
    pub fn follow(self: &Arc<Document>) -> Result<Job<News>, FileError> {
        let current = self.own()?.current();
        let refuse = |message: &str| Err(FileError::of(message.to_owned()));
        let is_filter = current.filter.is_some();
        let root = match &current.filter {
            Some((filter, _)) => filter.root()?,
            None => current,
        };
        if root.spool.is_some() && !is_filter {
            return refuse(
                "what is spooled or unpacked grows by the job of its index: that has the news",
            );
        } else if root.disk.is_none() && root.spool.is_none() {
            return refuse("only a file on a disk can be followed, or a filter of one");
        }
        let job = follow::follow(self);
        let mut followers = self.own()?.followers();
        followers.retain(|follower| !follower.is_gone());
        followers.push(job.waker());
        drop(followers);
        Ok(job)
    }

    /// What has become of a file that is made while it is read: it is read again. One that is out of reach stays as it was.
    fn look_at_made(&self, made: &Made) -> Change {
        let again = Disk::open(&self.path).and_then(|(disk, _)| disk.read_all(MAX_MADE));
        match again {
            Ok(all) if all.as_ref() != Some(&made.0) => Change::Replaced,
            _ => Change::Same,
        }
    }

    /// Whether the path leads to another file. One that is deleted or out of reach is not another one.
    fn is_elsewhere(&self, identity: Option<(u64, u64)>) -> bool {
        let now = std::fs::metadata(&self.path);
        now.is_ok_and(|now| source::identity(&now) != identity)
    }

    /// What has become of the file since the last refresh. With `confirm`, what is still the same is known to be so as of now.
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
        // The mode, the owner, a link or a new name: nothing of these is content.
        let has_new_attributes = now.written == print.stat.written
            && (now.attributes != print.stat.attributes || !self.path.exists());
        let latest = now.latest().filter(|_| !has_same_times);
        let Some(latest) = latest.filter(|_| !print.is_whole() && !has_new_attributes) else {
            if confirm {
                snapshot.confirm(now);
            }
            return Ok(Change::Same);
        };
        // Somebody writes. If what is written is at the end, the size will soon tell; if not, something is another than it was.
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

    /// Whether it may change soon and nobody tells of it.
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

    /// Bytes that the file has now, or the one that takes its place; 0 if a filter has to look at all lines for that.
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

    /// Native memory that it holds or may come to hold, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Document>() + self.own().map_or(0, |own| own.snapshot().memory())
    }
}
