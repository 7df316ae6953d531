//! Following: a job that tells when a file has changed.
//!
//! # Who looks?
//!
//! The system reports changes in the directory that the file is in, where it has inotify; that wakes the job, which looks at
//! the file. Once a second it looks by itself, as some file systems report nothing, and the system has only so many watches.
//!
//! # What does it cost?
//!
//! No thread between two looks, and one watch for all files of a directory. Thousands of files may be followed.

use super::{Change, Document};
use crate::job::{self, Job, JobError, NameWatch, Step, Worker};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How long it rests if nobody wakes it.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// How long it rests while what has changed may be on its way.
const SETTLE_INTERVAL: Duration = Duration::from_millis(50);

/// How often it looks whether the directory is still the one that is watched, at most.
const DIRECTORY_CHECK_INTERVAL: Duration = Duration::from_millis(900);

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// What the next refresh will tell, unless it changes again.
    pub change: Change,
    /// Bytes that it has now.
    pub size: u64,
}

/// What a job that follows a file has between two looks.
struct Follower {
    document: Weak<Document>,
    watch: Option<(NameWatch, Instant)>,
    /// What was reported last, and of what: who has not refreshed yet need not be told the same again.
    told: Option<(News, (usize, u64))>,
}

/// Starts a job that tells what has become of a file until nobody has it any more. The unit of progress is the piece of news.
///
/// While news wait to be taken there are no more of them: a refresh after taking them sees whatever came meanwhile.
pub(super) fn follow(document: &Arc<Document>) -> Job<News> {
    let mut follower = Follower { document: Arc::downgrade(document), watch: None, told: None };
    job::repeat(move |worker| follower.look(worker))
}

impl Follower {
    fn look(&mut self, worker: &Worker<News>) -> Result<Step, JobError> {
        let Some(document) = self.document.upgrade() else { return Ok(Step::Over) };
        // Before the look, so that nothing happens between the two.
        self.watch(&document, worker);
        let current = document.own()?.current();
        let looked = match &current.filter {
            Some((filter, view)) => filter.news(view, worker),
            None => document.look(false),
        };
        let is_restless = document.is_restless()?;
        // A filter grows by itself.
        let size = if current.filter.is_some() { 0 } else { current.snapshot.size() };
        let of = (Arc::as_ptr(&current.snapshot) as usize, size);
        drop((document, current));
        let change = looked?;
        if change != Change::Same && !worker.has_results() {
            let Some(document) = self.document.upgrade() else { return Ok(Step::Over) };
            if let Ok(size) = document.size_after(change) {
                let news = News { change, size };
                if self.told != Some((news, of)) {
                    self.told = Some((news, of));
                    worker.advance(1);
                    worker.publish(news, size_of::<News>())?;
                }
            }
        }
        Ok(Step::Rest(if is_restless { SETTLE_INTERVAL } else { CHECK_INTERVAL }))
    }

    /// Lets the system report what happens to the file, if it can.
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
