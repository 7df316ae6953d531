//! Ignore rules: .gitignore, .ignore, .git/info/exclude and the user's exclude file.
//!
//! # Which rule wins?
//!
//! As in ripgrep: .ignore overrides .gitignore, which overrides .git/info/exclude, which overrides the user's exclude
//! file. Among files of one kind, the one in the nearest directory wins, and within a file the last line that matches.
//! All but .ignore apply only within a repository, which is a directory with a .git or .jj in it, and not within
//! repositories inside of that.
//!
//! # What does a pattern match?
//!
//! What it matches in git: names are bytes that need not be UTF-8, `{a,b}` has no special meaning, there are classes such
//! as `[[:alpha:]]`, and escapes in brackets and before spaces. The remaining differences:
//!
//! - `**` directly after a name, as in `foo**/bar`, is a single star, as git's manual says. Git itself reads it as any
//!   number of directories.
//! - Tracked files are ignored like others, as the index is not read. Git does not read .ignore files.
//! - Patterns are case-sensitive, whatever `core.ignoreCase` says. Git's settings are read from the files of the user and
//!   of the system, without the files that they include, and not from those of the repository.
//! - An ignore file may be a symbolic link.
//!
//! # What is an error?
//!
//! An ignore file that exists and cannot be read, and a line that can match nothing: a `[` without a `]`, a backslash at
//! its end, an unknown class, a range that goes backwards. The other lines still apply.
//!
//! # What does it cost?
//!
//! A line is parsed in less than a microsecond; nothing is compiled. A directory without ignore files has no rules of its own.

mod excludes;
mod files;
mod glob;
mod pattern;

pub(crate) use excludes::Environment;
pub(crate) use files::GoOn;
pub(crate) use pattern::Verdict;

use crate::io_error;
use crate::job::JobError;
use crate::tree::paths::Kind;
use bstr::ByteSlice;
use files::Content;
use once_cell::sync::OnceCell;
use pattern::Patterns;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Maximum number of faults reported per file.
const MAX_REPORTS: usize = 8;

/// Number of lines after which the job checks whether it is cancelled.
const LINES_AT_ONCE: usize = 256;

/// Receives the path of an ignore file and the message about a fault in it.
pub(crate) type Report<'r> = &'r mut dyn FnMut(&Path, &str);

/// Which ignore files and repository markers a directory contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Present {
    /// .ignore
    pub(crate) ignore: bool,
    /// .gitignore
    pub(crate) git_ignore: bool,
    /// .git
    pub(crate) git: bool,
    /// .jj
    pub(crate) jj: bool,
}

impl Present {
    /// For a directory that was not listed: it may contain any of them.
    pub(crate) const UNKNOWN: Present =
        Present { ignore: true, git_ignore: true, git: true, jj: true };

    /// Records the name of an entry.
    pub(crate) fn see(&mut self, name: &[u8], kind: Kind) {
        if name.first() != Some(&b'.') {
            return;
        }
        let is_file = matches!(kind, Kind::File | Kind::Link);
        match name {
            b".ignore" => self.ignore |= is_file,
            b".gitignore" => self.git_ignore |= is_file,
            b".git" => self.git = true,
            b".jj" => self.jj = true,
            _ => {}
        }
    }
}

/// The rules shared by all directories.
pub(crate) struct Rules {
    environment: Environment,
    /// The user's exclude file, read when the first repository is found.
    everywhere: OnceCell<Patterns>,
}

/// The rules of a directory and, by `above`, of those above it. A directory without rules shares those of the one above.
pub(crate) struct Level {
    above: Option<Arc<Level>>,
    /// Length of the directory's path, including its last slash.
    cut: usize,
    is_repository: bool,
    /// Whether this directory or one above it is a repository.
    in_repository: bool,
    ignore: Patterns,
    git_ignore: Patterns,
    exclude: Patterns,
}

impl Rules {
    pub(crate) fn new(environment: Environment) -> Rules {
        Rules { environment, everywhere: OnceCell::new() }
    }

    /// Returns the rules of all directories above `directory`, an absolute path without links, and without a slash at its
    /// end unless it is the file system's root.
    pub(crate) fn above(
        &self,
        directory: &Path,
        go_on: GoOn<'_>,
        report: Report<'_>,
    ) -> Result<Option<Arc<Level>>, JobError> {
        let parents: Vec<&Path> = directory.ancestors().skip(1).collect();
        // Git's rules from above the nearest repository do not apply.
        let is_repository =
            |path: &&Path| is_there(&path.join(".git")) || is_there(&path.join(".jj"));
        let mut nearest = None;
        for (number, path) in std::iter::once(directory).chain(parents.iter().copied()).enumerate()
        {
            go_on()?;
            if is_repository(&path) {
                nearest = Some(number);
                break;
            }
        }
        let mut level = None;
        for (number, path) in parents.iter().enumerate().rev() {
            let git = nearest.is_some_and(|nearest| number < nearest);
            let present = Present { ignore: true, git_ignore: git, git, jj: git };
            level = self.level(level, path, length(path), present, go_on, report)?;
        }
        Ok(level)
    }

    /// Returns the rules of a directory: those above it, and its own.
    pub(crate) fn level(
        &self,
        above: Option<Arc<Level>>,
        directory: &Path,
        cut: usize,
        present: Present,
        go_on: GoOn<'_>,
        report: Report<'_>,
    ) -> Result<Option<Arc<Level>>, JobError> {
        if present == Present::default() {
            return Ok(above);
        }
        let dot_git = directory.join(".git");
        let is_repository =
            (present.git && is_there(&dot_git)) || (present.jj && is_there(&directory.join(".jj")));
        let in_repository =
            is_repository || above.as_ref().is_some_and(|level| level.in_repository);
        let mut read = |path: PathBuf| patterns(&path, go_on, report);
        let ignore =
            if present.ignore { read(directory.join(".ignore"))? } else { Patterns::default() };
        let git_ignore = if present.git_ignore && in_repository {
            read(directory.join(".gitignore"))?
        } else {
            Patterns::default()
        };
        let exclude = if present.git && is_repository {
            let common = match files::read(&dot_git, go_on)? {
                Content::Bytes(text) => excludes::common_directory(directory, &text, go_on)?,
                Content::Nothing => Some(dot_git),
                Content::Failed(_) => None,
            };
            match common {
                Some(common) => read(common.join("info/exclude"))?,
                None => Patterns::default(),
            }
        } else {
            Patterns::default()
        };
        if is_repository {
            self.everywhere.get_or_try_init(|| match self.environment.excludes_file(go_on)? {
                Some(path) => read(path),
                None => Ok(Patterns::default()),
            })?;
        }
        let has_rules = [&ignore, &git_ignore, &exclude].iter().any(|list| !list.is_empty());
        if !is_repository && !has_rules {
            return Ok(above);
        }
        let level = Level { above, cut, is_repository, in_repository, ignore, git_ignore, exclude };
        Ok(Some(Arc::new(level)))
    }

    /// Returns the decision of the rules about a path in the directory of a level, if any rule
    /// matches.
    pub(crate) fn matched(
        &self,
        level: &Level,
        path: &[u8],
        is_directory: bool,
    ) -> Option<Verdict> {
        let mut of_git = None;
        let mut outside = false;
        let mut next = Some(level);
        while let Some(level) = next {
            let rest = path.get(level.cut..).unwrap_or_default();
            if let Some(verdict) = level.ignore.matched(rest, is_directory) {
                return Some(verdict);
            }
            if !outside && of_git.is_none() {
                of_git = level.git_ignore.matched(rest, is_directory);
                // It is overridden by all .gitignore files; there is only one .git/info/exclude, in the last of these
                // levels.
                of_git = of_git.or_else(|| level.exclude.matched(rest, is_directory));
                if level.is_repository && of_git.is_none() {
                    let everywhere = self.everywhere.get();
                    of_git = everywhere.and_then(|list| list.matched(rest, is_directory));
                }
            }
            outside |= level.is_repository;
            next = level.above.as_deref();
        }
        of_git
    }
}

/// Returns the length of a path with a slash at its end.
fn length(path: &Path) -> usize {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.len() + usize::from(!bytes.ends_with(b"/") && !bytes.ends_with(b"\\"))
}

fn is_there(path: &Path) -> bool {
    path.metadata().is_ok()
}

/// Reads the patterns of a file, and reports its faults.
fn patterns(path: &Path, go_on: GoOn<'_>, report: Report<'_>) -> Result<Patterns, JobError> {
    let mut patterns = Patterns::default();
    let text = match files::read(path, go_on)? {
        Content::Bytes(text) => text,
        Content::Nothing => return Ok(patterns),
        Content::Failed(error) => {
            report(path, &io_error::message(&error));
            return Ok(patterns);
        }
    };
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let (mut faults, mut count) = (Vec::new(), 0_usize);
    for (number, line) in text.split_str(b"\n").enumerate() {
        if number % LINES_AT_ONCE == 0 {
            go_on()?;
        }
        patterns.add_line(line.strip_suffix(b"\r").unwrap_or(line), &mut faults);
        for fault in faults.drain(..) {
            count += 1;
            if count <= MAX_REPORTS {
                let line = String::from_utf8_lossy(line.trim_ascii_end());
                report(path, &format!("line {}: {fault}: {line}", number + 1));
            }
        }
    }
    if let Some(more) = count.checked_sub(MAX_REPORTS).filter(|more| *more > 0) {
        report(path, &format!("and {more} more faults"));
    }
    Ok(patterns)
}
