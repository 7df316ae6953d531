//! The walk: finds the files of a tree, except ignored ones.

use crate::job::{self, Job, JobError, Worker};
pub use crate::tree::options::{Refused, WalkOptions};
use crate::tree::paths::{Kind, Paths};
use crate::tree::selection::{Crew, Found, Prepared, Visit};
use crate::tree::traverse::traverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Maximum number of paths in a batch, and in the first batch; each batch may have twice as many as the one before. Later
/// batches are large, as each wakes the host; the first ones are small, as the user waits for them.
const MAX_BATCH_PATHS: usize = 1024;
const FIRST_BATCH_PATHS: usize = 128;

/// Maximum time that a path waits for its batch to be published.
const MAX_BATCH_DELAY: Duration = Duration::from_millis(4);

/// Starts a walk of the tree below `root`. Progress is counted in paths.
///
/// Everything that depends on the process is read by this call: the working directory for a relative root, and the
/// environment for the user's exclude file. The job itself reads neither, as the host may change them meanwhile.
pub fn walk(root: &[u8], options: &WalkOptions<'_>) -> Result<Job<Paths>, Refused> {
    let prepared = Prepared::new(root, options)?;
    let directories = options.directories;
    Ok(job::start(move |worker| {
        let crew = Walkers { worker: worker.clone(), directories };
        let mut first = crew.visitor();
        let mut faults = Vec::new();
        let tree = prepared.compile(&|| worker.go_on(), &mut |path, message| {
            faults.push((path.to_vec(), message.to_owned()));
        })?;
        for (path, message) in faults {
            first.fail(b"", &path, &message)?;
        }
        first.flush()?;
        traverse(&tree, &Arc::new(crew))?;
        worker.go_on()
    }))
}

/// The state shared by all threads of a walk.
struct Walkers {
    worker: Worker<Paths>,
    directories: bool,
}

impl Crew for Walkers {
    type Visitor<'c> = Visitor<'c>;

    fn visitor(&self) -> Visitor<'_> {
        Visitor::new(&self.worker, self.directories)
    }
}

/// The results of one thread.
struct Visitor<'w> {
    worker: &'w Worker<Paths>,
    directories: bool,
    batch: Paths,
    /// Maximum number of paths in this batch.
    most: usize,
    since: Instant,
    /// Number of entries until the time is checked.
    until_look: u32,
}

impl<'w> Visitor<'w> {
    fn new(worker: &'w Worker<Paths>, directories: bool) -> Visitor<'w> {
        let (batch, since) = (Paths::default(), Instant::now());
        Visitor { worker, directories, batch, most: FIRST_BATCH_PATHS, since, until_look: 0 }
    }

    fn push(
        &mut self,
        root: &[u8],
        rest: &[u8],
        kind: Kind,
        message: &str,
    ) -> Result<bool, JobError> {
        self.batch.push(root, rest, kind, message.as_bytes());
        // Checking the time for each entry would take a noticeable part of the time of a walk.
        if self.until_look == 0 {
            self.until_look = 32;
            if self.since.elapsed() >= MAX_BATCH_DELAY {
                self.flush()?;
                return Ok(true);
            }
        }
        self.until_look -= 1;
        if self.batch.len() >= self.most {
            self.flush()?;
        }
        Ok(true)
    }
}

impl Visit for Visitor<'_> {
    const SHARES_FILES: bool = false;

    fn see(&mut self, found: &Found<'_>) -> Result<bool, JobError> {
        if found.kind == Kind::Directory && !self.directories {
            return Ok(true);
        }
        self.push(found.root, found.rest, found.kind, "")
    }

    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, JobError> {
        self.push(root, rest, Kind::Error, message)
    }

    fn go_on(&self) -> Result<(), JobError> {
        self.worker.go_on()
    }

    fn patience(&self) -> Option<Duration> {
        (!self.batch.is_empty()).then(|| MAX_BATCH_DELAY.saturating_sub(self.since.elapsed()))
    }

    fn flush(&mut self) -> Result<(), JobError> {
        self.since = Instant::now();
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = self.batch.copy()?;
        self.batch.clear();
        self.most = (2 * self.most).min(MAX_BATCH_PATHS);
        self.worker.advance(batch.len() as u64);
        let weight = batch.memory_usage();
        self.worker.publish(batch, weight)
    }
}
