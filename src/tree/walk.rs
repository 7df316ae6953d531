//! The walk: every file of a tree, without what is ignored.

use crate::job::{self, Job, JobError, Worker};
use crate::search::PatternError;
use crate::tree::paths::{Kind, Paths};
use crate::tree::selection::{Crew, Found, Prepared, Visit};
use crate::tree::traverse::traverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Paths of a batch, at most, and of the first one: each may have twice as many as the one before. Large ones as somebody is
/// woken for each; small ones first as somebody waits for them.
const MAX_BATCH_PATHS: usize = 1024;
const FIRST_BATCH_PATHS: usize = 128;

/// How long a path waits for its batch to become full.
const MAX_BATCH_DELAY: Duration = Duration::from_millis(4);

/// What to find.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions<'o> {
    /// Hidden files and directories as well.
    pub hidden: bool,
    /// Do not look at .gitignore, .ignore, .git/info/exclude and the user's own list.
    pub no_ignore: bool,
    /// Go through symbolic links.
    pub follow: bool,
    /// Stay on the file system of the root.
    pub same_file_system: bool,
    /// One thread, each directory in the order of its names' bytes.
    pub sort: bool,
    /// Tell of directories as well.
    pub directories: bool,
    /// Results have paths that are relative to the root, and so have texts in memory.
    pub relative: bool,
    /// How deep to go; 1 is what is in the root itself, 0 is everything.
    pub max_depth: usize,
    /// Only paths that one of these matches, and none that one with a leading `!` does. They win over what is ignored.
    pub globs: Vec<&'o [u8]>,
    /// Only files of these types, by the names that ripgrep gives them, and none of those with a leading `!`.
    pub types: Vec<&'o [u8]>,
}

/// Why a walk cannot be started.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The root cannot be opened.
    Root(String),
    /// A glob or a type is wrong.
    Pattern(String),
    /// A pattern that lines are searched for is wrong.
    LinePattern(PatternError),
}

/// Starts a walk. Its unit of progress is the path.
///
/// Everything that depends on the process is read here: the working directory for a relative root, the environment for
/// the user's own list of what to ignore. The job itself looks at neither, as the host may change them meanwhile.
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

/// What all threads of a walk share.
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

/// What one thread has found.
struct Visitor<'w> {
    worker: &'w Worker<Paths>,
    directories: bool,
    batch: Paths,
    /// Paths of this batch, at most.
    most: usize,
    since: Instant,
    /// Entries until the clock is looked at.
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
        // A look at the clock for each would cost as much as a small part of finding it.
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
        let batch = self.batch.clone();
        self.batch.clear();
        self.most = (2 * self.most).min(MAX_BATCH_PATHS);
        self.worker.advance(batch.len() as u64);
        let weight = batch.memory_usage();
        self.worker.publish(batch, weight)
    }
}
