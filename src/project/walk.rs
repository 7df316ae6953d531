//! The walk: every file of a tree, without what is ignored.

use super::paths::{Kind, Paths};
use super::tree::{Tree, Visit};
use crate::job::{self, Job, Stop, Worker};
use bstr::ByteSlice;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, Error, WalkBuilder};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Paths of a batch, at most, and of the first one: each may have twice as many as the one before. Large ones as somebody is
/// woken for each; small ones first as somebody waits for them.
const BATCH: usize = 1024;
const FIRST: usize = 128;

/// How long a path waits for its batch to become full.
const PATIENCE: Duration = Duration::from_millis(4);

/// What to find.
#[derive(Clone, Debug, Default)]
pub struct Options<'o> {
    /// Hidden files and folders as well.
    pub hidden: bool,
    /// Do not look at .gitignore, .ignore, .git/info/exclude and the user's own list.
    pub no_ignore: bool,
    /// Go through symbolic links.
    pub follow: bool,
    /// Stay on the file system of the root.
    pub same_file_system: bool,
    /// One thread, each folder in the order of its names' bytes.
    pub sort: bool,
    /// Tell of folders as well.
    pub folders: bool,
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
}

/// Starts a walk. Its unit of progress is the path.
///
/// Everything that depends on the process is read here: the working directory for a relative root, the environment for
/// the user's own list of what to ignore. The job itself looks at neither, as the host may change them meanwhile.
pub fn walk(root: &[u8], options: &Options<'_>) -> Result<Job<Paths>, Refused> {
    // The crate below lets a thread that finds nothing to do sleep for a millisecond: one more has the processor meanwhile.
    let (shown, tree) = prepare(root, options, job::parallelism() + 1)?;
    let folders = options.folders;
    Ok(job::start(move |worker| {
        tree.visit(&|| Visitor::new(worker, &shown, folders))?;
        worker.go_on()
    }))
}

/// What is common to all that goes through a tree.
pub(super) fn prepare(
    root: &[u8],
    options: &Options<'_>,
    threads: usize,
) -> Result<(Shown, Tree), Refused> {
    let shown = Shown::new(root)?;
    let mut builder = WalkBuilder::new(&shown.absolute);
    builder
        .hidden(!options.hidden)
        .parents(!options.no_ignore)
        .ignore(!options.no_ignore)
        .git_ignore(!options.no_ignore)
        .git_global(!options.no_ignore)
        .git_exclude(!options.no_ignore)
        .follow_links(options.follow)
        .same_file_system(options.same_file_system)
        .max_depth((options.max_depth > 0).then_some(options.max_depth))
        .overrides(overrides(&shown.absolute, &options.globs)?)
        .types(types(&options.types)?);
    if options.sort {
        builder.sort_by_file_name(|a, b| a.cmp(b));
    }
    Ok((shown, Tree::new(&mut builder, options.sort, threads)))
}

/// The root as it is opened and as it is shown.
pub(super) struct Shown {
    absolute: PathBuf,
    /// Bytes of `absolute` that are replaced.
    cut: usize,
    /// What they are replaced by.
    pub(super) root: Vec<u8>,
}

impl Shown {
    fn new(root: &[u8]) -> Result<Shown, Refused> {
        let refuse = |error: &dyn std::fmt::Display| {
            Refused::Root(format!("{}: {error}", String::from_utf8_lossy(root)))
        };
        let given = root.to_path().map_err(|error| refuse(&error))?;
        // Now, for a message at once; it may still vanish later.
        std::fs::read_dir(given).map_err(|error| refuse(&plain(&error)))?;
        let absolute = std::path::absolute(given).map_err(|error| refuse(&error))?;
        let text = <[u8]>::from_path(&absolute).unwrap_or_default();
        let slash = usize::from(!text.ends_with(b"/"));
        let mut shown = root.to_vec();
        if root == b"." {
            shown.clear();
        } else if !root.ends_with(b"/") {
            shown.push(b'/');
        }
        Ok(Shown { cut: text.len() + slash, absolute, root: shown })
    }

    /// A path without the root.
    pub(super) fn rest<'p>(&self, path: &'p Path) -> &'p [u8] {
        <[u8]>::from_path(path).unwrap_or_default().get(self.cut..).unwrap_or_default()
    }
}

impl Shown {
    /// Tells of an error, with the path that stands somewhere in it.
    pub(super) fn explain(
        &self,
        error: &Error,
        path: Option<&Path>,
        tell: &mut dyn FnMut(&[u8], &str),
    ) {
        let rest = path.map_or(&b""[..], |path| self.rest(path));
        match error {
            Error::WithPath { path, err } => self.explain(err, Some(path), tell),
            Error::WithDepth { err, .. } | Error::WithLineNumber { err, .. } => {
                self.explain(err, path, tell);
            }
            Error::Partial(errors) => {
                errors.iter().for_each(|error| self.explain(error, path, tell));
            }
            Error::Loop { ancestor, child } => {
                let ancestor = String::from_utf8_lossy(self.rest(ancestor));
                let root = String::from_utf8_lossy(&self.root);
                tell(self.rest(child), &format!("the link leads back to {root}{ancestor}"));
            }
            Error::Io(error) => tell(rest, &plain(error)),
            other => tell(rest, &other.to_string()),
        }
    }
}

/// The message of the system, without the path that some layers add and the number that Rust adds.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|wrapped| wrapped.source());
    let text = inner.map_or_else(|| error.to_string(), |inner| inner.to_string());
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn overrides(root: &Path, globs: &[&[u8]]) -> Result<Override, Refused> {
    let mut builder = OverrideBuilder::new(root);
    for (at, glob) in globs.iter().enumerate() {
        let wrong = |error: String| {
            Refused::Pattern(format!("glob {} of {}: {error}", at + 1, globs.len()))
        };
        let text = glob.to_str().map_err(|_| wrong("it is not UTF-8".to_owned()))?;
        builder.add(text).map_err(|error| wrong(error.to_string()))?;
    }
    builder.build().map_err(|error| Refused::Pattern(error.to_string()))
}

fn types(names: &[&[u8]]) -> Result<Types, Refused> {
    let mut builder = TypesBuilder::new();
    if names.is_empty() {
        return Ok(Types::empty());
    }
    builder.add_defaults();
    for (at, name) in names.iter().enumerate() {
        let text = String::from_utf8_lossy(name);
        let bare = text.strip_prefix('!').unwrap_or(&text);
        if bare != "all" && !builder.definitions().iter().any(|known| known.name() == bare) {
            return Err(Refused::Pattern(format!(
                "type {} of {}: there is no type {bare}; the names are those of rg --type-list",
                at + 1,
                names.len()
            )));
        }
        match text.strip_prefix('!') {
            Some(bare) => builder.negate(bare),
            None => builder.select(&text),
        };
    }
    builder.build().map_err(|error| Refused::Pattern(error.to_string()))
}

/// What one thread has found.
struct Visitor<'w> {
    worker: &'w Worker<Paths>,
    shown: &'w Shown,
    folders: bool,
    batch: Paths,
    /// Paths of this batch, at most.
    most: usize,
    since: Instant,
    /// Entries until the clock is looked at.
    until_look: u32,
}

impl<'w> Visitor<'w> {
    fn new(worker: &'w Worker<Paths>, shown: &'w Shown, folders: bool) -> Visitor<'w> {
        let (batch, since) = (Paths::default(), Instant::now());
        Visitor { worker, shown, folders, batch, most: FIRST, since, until_look: 0 }
    }

    fn find(&mut self, entry: &DirEntry) {
        let kind = match entry.file_type() {
            // The root itself.
            _ if entry.depth() == 0 => return,
            Some(kind) if kind.is_file() => Kind::File,
            Some(kind) if kind.is_dir() => Kind::Folder,
            Some(kind) if kind.is_symlink() => Kind::Link,
            _ => Kind::Other,
        };
        if kind != Kind::Folder || self.folders {
            self.batch.push(&self.shown.root, self.shown.rest(entry.path()), kind, b"");
        }
    }
}

impl Visit for Visitor<'_> {
    fn see(&mut self, entry: &Result<DirEntry, Error>) -> Result<bool, Stop> {
        self.worker.go_on()?;
        match entry {
            Ok(entry) => self.find(entry),
            Err(error) => {
                let (shown, batch) = (self.shown, &mut self.batch);
                shown.explain(error, None, &mut |rest, message| {
                    batch.push(&shown.root, rest, Kind::Error, message.as_bytes());
                });
            }
        }
        // A look at the clock for each would cost as much as a small part of finding it.
        if self.until_look == 0 {
            self.until_look = 32;
            if self.since.elapsed() >= PATIENCE {
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

    fn flush(&mut self) -> Result<(), Stop> {
        self.since = Instant::now();
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = self.batch.clone();
        self.batch.clear();
        self.most = (2 * self.most).min(BATCH);
        self.worker.advance(batch.len() as u64);
        let weight = batch.weight();
        self.worker.publish(batch, weight)
    }
}
