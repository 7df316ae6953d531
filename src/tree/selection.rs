//! A directory tree: what of it is found, and going through it.
//!
//! # On which threads?
//!
//! On that of the job, and on threads of the pool that have nothing else to do (see [`traverse`](crate::tree::traverse)). Without
//! one it takes only longer.
//!
//! # What is done when?
//!
//! [`Prepared::new`] runs in the host's call: it reads the environment and the working directory, and parses globs, so that
//! mistakes in them are told at once. [`Prepared::compile`] runs in the job: it reads and compiles everything else.

use crate::io_error;
use crate::job::JobError;
use crate::tree::paths::Kind;
use crate::tree::rules::{Environment, GoOn, Level, Present, Rules, Verdict};
use crate::tree::walk::{Refused, WalkOptions};
use bstr::ByteSlice;
use ignore::Match;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What was found: a path in two parts, that of the root as it was given, and what is below it.
pub(in crate::tree) struct Found<'p> {
    /// With a slash at its end, or nothing.
    pub(in crate::tree) root: &'p [u8],
    pub(in crate::tree) rest: &'p [u8],
    pub(in crate::tree) kind: Kind,
    /// What opens it.
    pub(in crate::tree) path: &'p Path,
}

/// Gets the path of an ignore file, as it is shown, and what is wrong with it.
pub(in crate::tree) type Fail<'f> = &'f mut dyn FnMut(&[u8], &str);

/// What one thread does with what is found.
pub(in crate::tree) trait Visit {
    /// Whether a file may take so long that others should help with those beside it.
    const SHARES_FILES: bool;

    /// Looks at what was found, and tells whether to go on.
    fn see(&mut self, found: &Found<'_>) -> Result<bool, JobError>;

    /// Takes note of what could not be read: a path in two parts, and why.
    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, JobError>;

    /// Tells whether the job goes on. It is asked for each entry, be it ignored or not.
    fn go_on(&self) -> Result<(), JobError>;

    /// How long what was found may wait to be published, or nothing if nothing waits.
    fn patience(&self) -> Option<Duration>;

    /// Publishes what waits.
    fn flush(&mut self) -> Result<(), JobError>;
}

/// Makes what each thread does.
pub(in crate::tree) trait Crew: Send + Sync + 'static {
    /// What a thread does.
    type Visitor<'c>: Visit;

    /// Makes it, on the thread that does it.
    fn visitor(&self) -> Self::Visitor<'_>;
}

/// The root as it was given, as it is shown, and as it is opened.
#[derive(Clone, Debug)]
pub(in crate::tree) struct Root {
    given: Vec<u8>,
    /// With a slash at its end; nothing for "." and if paths are relative to the root.
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
        // Now, for a message at once; it may still vanish later.
        std::fs::read_dir(given).map_err(|error| refuse(&io_error::message(&error)))?;
        let absolute = std::path::absolute(given);
        let absolute = absolute.map_err(|error| refuse(&io_error::message(&error)))?;
        let mut shown = root.to_vec();
        if relative || root == b"." {
            shown.clear();
        } else if !root.ends_with(b"/") {
            shown.push(b'/');
        }
        Ok(Root { given: root.to_vec(), shown, relative, absolute })
    }

    /// Both parts of a path as it is shown, given what is below the root.
    pub(in crate::tree) fn show<'p>(&'p self, rest: &'p [u8]) -> (&'p [u8], &'p [u8]) {
        if rest.is_empty() { (&self.given, b"") } else { (&self.shown, rest) }
    }

    /// The absolute path of one that begins as shown paths do, or in the working directory.
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

/// What is known before the job begins.
pub(in crate::tree) struct Prepared {
    pub(in crate::tree) root: Root,
    overrides: OverrideBuilder,
    types: TypesBuilder,
    /// Nothing if nothing is ignored.
    environment: Option<Environment>,
    hidden: bool,
    follow: bool,
    same_file_system: bool,
    sort: bool,
    max_depth: usize,
}

/// Where a file is that may be in a tree.
pub(in crate::tree) enum Place {
    /// It is not below the root.
    Outside,
    /// The walk passes it over.
    LeftOut,
    /// The walk finds it by this path.
    Found(Vec<u8>),
}

/// A tree to go through.
pub(in crate::tree) struct Tree {
    pub(in crate::tree) root: Root,
    /// The absolute path of the root, with a slash at its end, and `/` as its separator.
    pub(in crate::tree) base: Vec<u8>,
    /// The same without a look at links.
    given: Vec<u8>,
    overrides: Override,
    types: Types,
    /// Nothing if nothing is ignored.
    rules: Option<Rules>,
    /// The rules of the directories above the root.
    pub(in crate::tree) above: Option<Arc<Level>>,
    hidden: bool,
    pub(in crate::tree) follow: bool,
    /// The file system to stay on.
    pub(in crate::tree) device: Option<Device>,
    pub(in crate::tree) sort: bool,
    pub(in crate::tree) max_depth: usize,
}

impl Prepared {
    /// Looks at the options and at the process.
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

    /// Compiles globs and types, and reads the rules from above the root. Paths of ignore files in which something is wrong,
    /// and what that is, go to `fail`.
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
            let report = &mut |path: &Path, message: &str| fail(&bytes(path), message);
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
    /// Whether ignore files are read.
    pub(in crate::tree) fn has_rules(&self) -> bool {
        self.rules.is_some()
    }

    /// The rules of a directory, given those of the one above it and its path with a slash at its end.
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
                None => fail(&path, message),
            }
        };
        rules.level(above.clone(), &os_path(path), path.len(), present, go_on, report)
    }

    /// Whether an entry of a directory is left out. The path is absolute.
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

    /// Whether the walk would find a file with an absolute path. The file need not be there.
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
            // What is not there yet is what the path says.
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

/// Whether a name alone makes its file a hidden one.
pub(in crate::tree) fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".")
}

/// The file system of a path.
#[cfg(unix)]
pub(in crate::tree) type Device = u64;
#[cfg(not(unix))]
pub(in crate::tree) type Device = PathBuf;

/// What tells one directory from another.
#[cfg(unix)]
pub(in crate::tree) type Identity = (u64, u64);
#[cfg(not(unix))]
pub(in crate::tree) type Identity = PathBuf;

/// The file system of what is there.
#[cfg(unix)]
pub(in crate::tree) fn device(path: &Path) -> io::Result<Device> {
    path.metadata().map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata))
}

/// The volume of what is there, by the name that its path begins with.
#[cfg(not(unix))]
pub(in crate::tree) fn device(path: &Path) -> io::Result<Device> {
    path.canonicalize().map(|path| path.components().take(1).collect())
}

/// What tells the directory from others.
#[cfg(unix)]
pub(in crate::tree) fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// What tells the directory from others: its path without links.
#[cfg(not(unix))]
pub(in crate::tree) fn identity(path: &Path) -> io::Result<Identity> {
    path.canonicalize()
}

/// The bytes of a path, with `/` as its separator.
pub(in crate::tree) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    #[cfg(unix)]
    return Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
    #[cfg(not(unix))]
    return Cow::Owned(path.to_string_lossy().replace('\\', "/").into_bytes());
}

/// The path that has these bytes.
pub(in crate::tree) fn os_path(bytes: &[u8]) -> Cow<'_, Path> {
    #[cfg(unix)]
    return Cow::Borrowed(Path::new(
        <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes),
    ));
    // A path that begins with `\\?\` may have no other separators.
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
    // Paths begin below the root.
    let mut builder = OverrideBuilder::new("");
    for (at, glob) in globs.iter().enumerate() {
        let wrong = |error: String| {
            Refused::Pattern(format!("glob {} of {}: {error}", at + 1, globs.len()))
        };
        let text = glob.to_str().map_err(|_| wrong("it is not UTF-8".to_owned()))?;
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
    Ok(builder)
}

// Counts what is compiled on each thread: nothing on the host's.
#[cfg(test)]
thread_local! { pub(in crate::tree) static COMPILED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) } }

fn count_compiled() {
    #[cfg(test)]
    COMPILED.set(COMPILED.get() + 1);
}
