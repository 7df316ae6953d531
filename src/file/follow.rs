//! Following a file: a job that reports each change.
//!
//! # Who looks?
//!
//! The system reports changes in the directory of the file, where it has inotify; a report wakes the job, which checks
//! the file. The job also checks once a second without a report, because some file systems report nothing and the
//! number of watches is limited.
//!
//! # What does it cost?
//!
//! No thread between two checks, and one watch for all files of a directory. Thousands of files may be followed.

use super::{Change, Document, FileError};
use crate::job::{self, Job, JobError, NameWatch, Step, Worker};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Interval between two checks when nothing wakes the job.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Interval between two checks while a write may still be in progress.
const SETTLE_INTERVAL: Duration = Duration::from_millis(50);

/// Minimum interval between two checks whether the watched directory is still the same one.
const DIRECTORY_CHECK_INTERVAL: Duration = Duration::from_millis(900);

/// A reported change of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The change that the next refresh will report, unless the file changes again.
    pub change: Change,
    /// Current size of the file in bytes.
    pub size: u64,
}

/// The state of a job that follows a file, kept between two checks.
struct Follower {
    document: Weak<Document>,
    watch: Option<(NameWatch, Instant)>,
    /// The last report and the content that it was about: a host that has not refreshed yet does not get the same
    /// report again.
    reported: Option<(News, (usize, u64))>,
}

impl Document {
    /// Starts a job that reports changes of the file, until it is cancelled or the file is freed. The next refresh
    /// accepts a reported change. A spooled file cannot be followed: the job of its index reports growth. A filter
    /// reports new lines.
    pub fn follow(self: &Arc<Document>) -> Result<Job<News>, FileError> {
        let current = self.own()?.current();
        let refuse = |message: &str| Err(FileError::of(message.to_owned()));
        let is_filter = current.filter.is_some();
        let root = match &current.filter {
            Some((filter, _)) => filter.root()?,
            None => current,
        };
        if root.spool.is_some() && !is_filter {
            return refuse("a spooled file cannot be followed; watch its index job instead");
        } else if root.disk.is_none() && root.spool.is_none() {
            return refuse("only a file on a disk can be followed, or a filter of one");
        }
        let job = follow(self);
        let mut followers = self.own()?.followers();
        followers.retain(|follower| !follower.is_gone());
        followers.push(job.waker());
        drop(followers);
        Ok(job)
    }
}

/// Starts a job that reports changes of `document` until the document is freed. The unit of progress is the report.
///
/// While a report waits to be taken there is no further one: a refresh after taking it covers all later changes.
fn follow(document: &Arc<Document>) -> Job<News> {
    let mut follower = Follower { document: Arc::downgrade(document), watch: None, reported: None };
    job::repeat(move |worker| follower.look(worker))
}

impl Follower {
    fn look(&mut self, worker: &Worker<News>) -> Result<Step, JobError> {
        let Some(document) = self.document.upgrade() else { return Ok(Step::Over) };
        // Watch before checking, so that no change between the two is missed.
        self.watch(&document, worker);
        let current = document.own()?.current();
        // A filter grows without a refresh, so its size does not identify the content.
        let size = if current.filter.is_some() { 0 } else { current.snapshot.size() };
        // Before checking: a refresh during the check would make a change that was reported look like another one.
        let of = (Arc::as_ptr(&current.snapshot) as usize, size);
        let looked = match &current.filter {
            Some((filter, view)) => filter.news(view, worker),
            None => document.look(false),
        };
        let is_restless = document.is_restless();
        drop((document, current));
        // The file has changed since this check began: the next one sees how.
        let has_changed = |trouble: &FileError| trouble.changed;
        if looked.as_ref().is_err_and(has_changed) || is_restless.as_ref().is_err_and(has_changed) {
            return Ok(Step::Rest(SETTLE_INTERVAL));
        }
        let (change, is_restless) = (looked?, is_restless?);
        if change != Change::Same && !worker.has_results() {
            let Some(document) = self.document.upgrade() else { return Ok(Step::Over) };
            if let Ok(size) = document.size_after(change) {
                let news = News { change, size };
                if self.reported != Some((news, of)) {
                    self.reported = Some((news, of));
                    worker.advance(1);
                    worker.publish(news, size_of::<News>())?;
                }
            }
        }
        Ok(Step::Rest(if is_restless { SETTLE_INTERVAL } else { CHECK_INTERVAL }))
    }

    /// Requests change reports for the file from the system, where available.
    fn watch(&mut self, document: &Document, worker: &Worker<News>) {
        match &mut self.watch {
            Some((_, since)) if since.elapsed() < DIRECTORY_CHECK_INTERVAL => {}
            Some((watch, since)) => {
                watch.renew();
                *since = Instant::now();
            }
            None => {
                let path = &document.path;
                if let (Some(directory), Some(name)) = (path.parent(), path.file_name()) {
                    let watch = NameWatch::new(directory, name, worker.waker());
                    self.watch = Some((watch, Instant::now()));
                }
            }
        }
    }
}
