//! The walk: finds the files of a tree, except ignored ones.

use crate::job::{self, Job, JobError, Worker};
use crate::search::PatternError;
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

/// Options of a walk.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions<'o> {
    /// Include hidden files and directories.
    pub hidden: bool,
    /// Do not read .gitignore, .ignore, .git/info/exclude and the user's exclude file.
    pub no_ignore: bool,
    /// Follow symbolic links.
    pub follow: bool,
    /// Do not leave the file system of the root.
    pub same_file_system: bool,
    /// Use one thread, and list each directory in the byte order of its names.
    pub sort: bool,
    /// Include directories in the results.
    pub directories: bool,
    /// Results have paths relative to the root, and paths of texts in memory are relative to it too.
    pub relative: bool,
    /// Maximum depth: 1 lists only the entries of the root itself, 0 has no limit.
    pub max_depth: usize,
    /// Include only paths that match one of these globs, and exclude those that match one with a leading `!`. Globs
    /// override ignore rules.
    pub globs: Vec<&'o [u8]>,
    /// Include only files of these types, by the names of `rg --type-list`, and exclude those of types with a leading
    /// `!`.
    pub types: Vec<&'o [u8]>,
}

/// Why a walk was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The root cannot be opened.
    Root(String),
    /// A glob or a type is invalid.
    Pattern(String),
    /// A pattern to search lines for is invalid.
    LinePattern(PatternError),
}

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
