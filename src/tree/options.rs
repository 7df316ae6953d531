//! The options of a walk, and why one is refused.

use crate::search::PatternError;

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
