//! A directory tree to traverse: its root, its ignore rules, and which entries are found.
//!
//! # On which threads is it traversed?
//!
//! On that of the job, and on idle threads of the pool (see [`traverse`](crate::tree::traverse)). Without idle threads it
//! only takes longer.
//!
//! # What happens when?
//!
//! [`Prepared::new`] runs in the host's call: it reads the environment and the working directory, and parses globs, so
//! that errors in them are reported at once. [`Prepared::compile`] runs in the job: it reads and compiles everything
//! else.

use crate::io_error;
use crate::job::JobError;
use crate::tree::options::{Refused, WalkOptions};
use crate::tree::paths::Kind;
use crate::tree::rules::{Environment, GoOn, Level, Present, Rules, Verdict};

use bstr::ByteSlice;
use ignore::Match;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A found entry: its path in two parts, the root as it was passed and the rest below it.
pub(in crate::tree) struct Found<'p> {
    /// The root with a slash at its end, or empty.
    pub(in crate::tree) root: &'p [u8],
    pub(in crate::tree) rest: &'p [u8],
    pub(in crate::tree) kind: Kind,
    /// The path by which the entry can be opened.
    pub(in crate::tree) path: &'p Path,
}

/// Receives the path of an ignore file, as it is shown to the host, and the message about a fault
/// in it.
pub(in crate::tree) type Fail<'f> = &'f mut dyn FnMut(&[u8], &str);

/// Processes found entries, on one thread.
pub(in crate::tree) trait Visit {
    /// Whether a file may take so long that other threads should help with the files next to it.
    const SHARES_FILES: bool;

    /// Processes an entry, and returns whether to continue.
    fn see(&mut self, found: &Found<'_>) -> Result<bool, JobError>;

    /// Processes an entry that cannot be read: its path in two parts, and why. Returns whether to continue.
    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, JobError>;

    /// Returns an error if the job is cancelled. It is called for each entry, ignored or not.
    fn go_on(&self) -> Result<(), JobError>;

    /// Returns how long unpublished results may still wait, or none if there are none.
    fn patience(&self) -> Option<Duration>;

    /// Publishes the results that wait.
    fn flush(&mut self) -> Result<(), JobError>;
}

/// Creates a visitor for each thread.
pub(in crate::tree) trait Crew: Send + Sync + 'static {
    /// The visitor of a thread.
    type Visitor<'c>: Visit;

    /// Creates a visitor, on the thread that uses it.
    fn visitor(&self) -> Self::Visitor<'_>;
}

/// The root as it was passed, as it is shown in results, and as it is opened.
#[derive(Clone, Debug)]
pub(in crate::tree) struct Root {
    given: Vec<u8>,
    /// With a slash at its end; empty for "." and if paths are relative to the root.
    shown: Vec<u8>,
    relative: bool,
    absolute: PathBuf,
}

impl Root {
    fn new(root: &[u8], relative: bool) -> Result<Root, Refused> {
        let refuse = |error: &dyn std::fmt::Display| {
            Refused::Root(format!("{}: {error}", String::from_utf8_lossy(root)))
        };
        let given = root.to_path().map_err(|error| refuse(&error))?;
        // Now, so that the error is reported at once; the directory may still vanish later.
        std::fs::read_dir(given).map_err(|error| refuse(&io_error::message(&error)))?;
        let absolute = std::path::absolute(given);
        let absolute = absolute.map_err(|error| refuse(&io_error::message(&error)))?;
        let mut shown = bytes(given).into_owned();
        if relative || root == b"." {
            shown.clear();
        } else if !shown.ends_with(b"/") {
            shown.push(b'/');
        }
        Ok(Root { given: root.to_vec(), shown, relative, absolute })
    }

    /// Returns both parts of a path as shown in results, by its part below the root.
    pub(in crate::tree) fn show<'p>(&'p self, rest: &'p [u8]) -> (&'p [u8], &'p [u8]) {
        if rest.is_empty() { (&self.given, b"") } else { (&self.shown, rest) }
    }

    /// Returns the absolute path of a path that begins with the shown root, or is relative to the working directory or
    /// the root.
    pub(in crate::tree) fn locate(&self, path: &[u8]) -> Option<Vec<u8>> {
        let below = path.strip_prefix(&self.shown[..]).filter(|_| !self.shown.is_empty());
        let path = match below {
            Some(rest) => self.absolute.join(rest.to_path().ok()?),
            None if self.relative => self.absolute.join(path.to_path().ok()?),
            None => std::path::absolute(path.to_path().ok()?).ok()?,
        };
        Some(bytes(&path).into_owned())
    }
}

/// The settings of a traversal, read before the job begins.
pub(in crate::tree) struct Prepared {
    pub(in crate::tree) root: Root,
    overrides: OverrideBuilder,
    types: TypesBuilder,
    /// None if ignore files are not read.
    environment: Option<Environment>,
    hidden: bool,
    follow: bool,
    same_file_system: bool,
    sort: bool,
    max_depth: usize,
}

/// Whether a file is found in a tree.
pub(in crate::tree) enum Place {
    /// The file is not below the root.
    Outside,
    /// The walk skips the file.
    LeftOut,
    /// The walk finds the file by this path.
    Found(Vec<u8>),
}

/// A tree to traverse.
pub(in crate::tree) struct Tree {
    pub(in crate::tree) root: Root,
    /// The absolute path of the root, with links resolved, a slash at its end, and `/` as its separator.
    pub(in crate::tree) base: Vec<u8>,
    /// The same, with links not resolved.
    given: Vec<u8>,
    overrides: Override,
    types: Types,
    /// None if ignore files are not read.
    rules: Option<Rules>,
    /// The rules of the directories above the root.
    pub(in crate::tree) above: Option<Arc<Level>>,
    hidden: bool,
    pub(in crate::tree) follow: bool,
    /// The file system to stay on, if any.
    pub(in crate::tree) device: Option<Device>,
    pub(in crate::tree) sort: bool,
    pub(in crate::tree) max_depth: usize,
}

impl Prepared {
    /// Reads the options, the working directory and the environment.
    pub(in crate::tree) fn new(
        root: &[u8],
        options: &WalkOptions<'_>,
    ) -> Result<Prepared, Refused> {
        Ok(Prepared {
            root: Root::new(root, options.relative)?,
            overrides: overrides(&options.globs)?,
            types: types(&options.types)?,
            environment: (!options.no_ignore).then(Environment::read),
            hidden: options.hidden,
            follow: options.follow,
            same_file_system: options.same_file_system,
            sort: options.sort,
            max_depth: if options.max_depth == 0 { usize::MAX } else { options.max_depth },
        })
    }

    /// Compiles globs and types, and reads the ignore files above the root. `fail` receives the faults in ignore files.
    pub(in crate::tree) fn compile(
        self,
        go_on: GoOn<'_>,
        fail: Fail<'_>,
    ) -> Result<Arc<Tree>, JobError> {
        let wrong = |error: ignore::Error| JobError::Failed(error.to_string());
        count_compiled();
        let overrides = self.overrides.build().map_err(wrong)?;
        let types = self.types.build().map_err(wrong)?;
        let rules = self.environment.map(Rules::new);
        let given = with_slash(&self.root.absolute);
        let (mut base, mut above) = (given.clone(), None);
        if let Some(rules) = &rules
            && let Ok(real) = self.root.absolute.canonicalize()
        {
            let report = &mut |path: &Path, message: &str| fail(shown(&bytes(path)), message);
            above = rules.above(&real, go_on, report)?;
            base = with_slash(&real);
        }
        let device = if self.same_file_system { device(&os_path(&base)).ok() } else { None };
        Ok(Arc::new(Tree {
            root: self.root,
            base,
            given,
            overrides,
            types,
            rules,
            above,
            hidden: self.hidden,
            follow: self.follow,
            device,
            sort: self.sort,
            max_depth: self.max_depth,
        }))
    }
}

impl Tree {
    /// Returns whether ignore files are read.
    pub(in crate::tree) fn has_rules(&self) -> bool {
        self.rules.is_some()
    }

    /// Returns the rules of a directory, by those of the directory above it and its path with a slash at its end.
    pub(in crate::tree) fn level(
        &self,
        above: &Option<Arc<Level>>,
        path: &[u8],
        present: Present,
        go_on: GoOn<'_>,
        fail: Fail<'_>,
    ) -> Result<Option<Arc<Level>>, JobError> {
        let Some(rules) = &self.rules else { return Ok(None) };
        if present == Present::default() {
            return Ok(above.clone());
        }
        let report = &mut |path: &Path, message: &str| {
            let path = bytes(path);
            match path.strip_prefix(&self.base[..]) {
                Some(rest) => fail(&[self.root.shown.as_slice(), rest].concat(), message),
                None => fail(shown(&path), message),
            }
        };
        rules.level(above.clone(), &os_path(path), path.len(), present, go_on, report)
    }

    /// Returns whether an entry of a directory is skipped. `path` is absolute.
    pub(in crate::tree) fn skips(
        &self,
        level: Option<&Level>,
        path: &[u8],
        is_hidden: bool,
        is_directory: bool,
    ) -> bool {
        let rest = &path[self.base.len()..];
        if !self.overrides.is_empty() {
            match self.overrides.matched(&*os_path(rest), is_directory) {
                Match::None => {}
                verdict => return verdict.is_ignore(),
            }
        }
        let mut is_kept = false;
        if let (Some(rules), Some(level)) = (&self.rules, level) {
            match rules.matched(level, path, is_directory) {
                Some(Verdict::Ignore) => return true,
                Some(Verdict::Keep) => is_kept = true,
                None => {}
            }
        }
        if !self.types.is_empty() {
            match self.types.matched(&*os_path(rest), is_directory) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => is_kept = true,
                Match::None => {}
            }
        }
        is_hidden && !self.hidden && !is_kept
    }

    /// Returns whether the walk would find the file at an absolute path. The file need not exist.
    pub(in crate::tree) fn place_of(
        &self,
        path: &[u8],
        go_on: GoOn<'_>,
    ) -> Result<Place, JobError> {
        let roots = [&self.base, &self.given];
        let Some(rest) = roots.iter().find_map(|root| path.strip_prefix(&root[..])) else {
            return Ok(Place::Outside);
        };
        let (mut path, mut level) = (self.base.clone(), self.above.clone());
        let mut components = rest.split(|byte| *byte == b'/').enumerate().peekable();
        while let Some((number, name)) = components.next() {
            let is_directory = components.peek().is_some();
            if number >= self.max_depth || matches!(name, b"" | b"." | b"..") {
                return Ok(Place::LeftOut);
            }
            level = self.level(&level, &path, Present::UNKNOWN, go_on, &mut |_, _| {})?;
            path.extend_from_slice(name);
            if self.skips(level.as_deref(), &path, is_hidden(name), is_directory) {
                return Ok(Place::LeftOut);
            }
            // A file that does not exist yet is judged by its path alone.
            if let Ok(metadata) = std::fs::symlink_metadata(os_path(&path)) {
                let is_link = metadata.is_symlink();
                let metadata =
                    if is_link && self.follow { metadata_of(&path) } else { Some(metadata) };
                let is_right = |metadata: std::fs::Metadata| {
                    if is_directory { metadata.is_dir() } else { metadata.is_file() }
                };
                if !metadata.is_some_and(is_right) {
                    return Ok(Place::LeftOut);
                }
            }
            if is_directory {
                path.push(b'/');
                let other = |device| Some(device) != self.device;
                if self.device.is_some() && device(&os_path(&path)).is_ok_and(other) {
                    return Ok(Place::LeftOut);
                }
            }
        }
        Ok(Place::Found(path))
    }
}

fn metadata_of(path: &[u8]) -> Option<std::fs::Metadata> {
    std::fs::metadata(os_path(path)).ok()
}

/// Returns whether a file is hidden by its name.
pub(in crate::tree) fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".")
}

/// Identifies a file system.
#[cfg(unix)]
pub(in crate::tree) type Device = u64;
#[cfg(not(unix))]
pub(in crate::tree) type Device = PathBuf;

/// Identifies a directory.
#[cfg(unix)]
pub(in crate::tree) type Identity = (u64, u64);
#[cfg(not(unix))]
pub(in crate::tree) type Identity = PathBuf;

/// Returns the file system of a path.
#[cfg(unix)]
pub(in crate::tree) fn device(path: &Path) -> io::Result<Device> {
    path.metadata().map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata))
}

/// Returns the volume of a path, which is the first component of its canonical form.
#[cfg(not(unix))]
pub(in crate::tree) fn device(path: &Path) -> io::Result<Device> {
    path.canonicalize().map(|path| path.components().take(1).collect())
}

/// Returns the identity of a directory.
#[cfg(unix)]
pub(in crate::tree) fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Returns the identity of a directory: its path with links resolved.
#[cfg(not(unix))]
pub(in crate::tree) fn identity(path: &Path) -> io::Result<Identity> {
    path.canonicalize()
}

/// Returns the bytes of a path, with `/` as its separator.
pub(in crate::tree) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    #[cfg(unix)]
    return Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
    #[cfg(not(unix))]
    return Cow::Owned(path.to_string_lossy().replace('\\', "/").into_bytes());
}

/// Returns the bytes of a canonical path as they are shown: without the `//?/` with which it begins on Windows.
fn shown(path: &[u8]) -> &[u8] {
    if cfg!(windows) { path.strip_prefix(b"//?/").unwrap_or(path) } else { path }
}

/// Returns the path with these bytes.
pub(in crate::tree) fn os_path(bytes: &[u8]) -> Cow<'_, Path> {
    #[cfg(unix)]
    return Cow::Borrowed(Path::new(
        <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes),
    ));
    // A path that begins with `\\?\` must not contain slashes.
    #[cfg(not(unix))]
    return Cow::Owned(String::from_utf8_lossy(bytes).replace('/', "\\").into());
}

fn with_slash(path: &Path) -> Vec<u8> {
    let mut bytes = bytes(path).into_owned();
    if !bytes.ends_with(b"/") {
        bytes.push(b'/');
    }
    bytes
}

fn overrides(globs: &[&[u8]]) -> Result<OverrideBuilder, Refused> {
    // The paths to match begin below the root.
    let mut builder = OverrideBuilder::new("");
    for (at, glob) in globs.iter().enumerate() {
        let wrong = |error: String| {
            Refused::Pattern(format!("glob {} of {}: {error}", at + 1, globs.len()))
        };
        let text = glob.to_str().map_err(|_| wrong("not UTF-8".to_owned()))?;
        builder.add(text).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(builder)
}

fn types(names: &[&[u8]]) -> Result<TypesBuilder, Refused> {
    let mut builder = TypesBuilder::new();
    if names.is_empty() {
        return Ok(builder);
    }
    builder.add_defaults();
    let definitions = builder.definitions();
    for (at, name) in names.iter().enumerate() {
        let text = String::from_utf8_lossy(name);
        let bare = text.strip_prefix('!').unwrap_or(&text);
        if bare != "all" && !definitions.iter().any(|known| known.name() == bare) {
            return Err(Refused::Pattern(format!(
                "type {} of {}: unknown type {bare}; `rg --type-list` lists the types",
                at + 1,
                names.len()
            )));
        }
        match text.strip_prefix('!') {
            Some(bare) => builder.negate(bare),
            None => builder.select(&text),
        };
    }
    Ok(builder)
}

// Number of compilations on this thread, to check that there are none on the host's thread.
#[cfg(test)]
thread_local! { pub(in crate::tree) static COMPILED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) } }

fn count_compiled() {
    #[cfg(test)]
    COMPILED.set(COMPILED.get() + 1);
}
