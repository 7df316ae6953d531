//! What is compared, how, and within which bounds.

use std::time::Instant;

/// How matching lines are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// Rare lines first, as `git diff --histogram` does: hunks that read well. Regions whose lines are all frequent are
    /// compared by [`Algorithm::Myers`].
    #[default]
    Histogram,
    /// A shortest edit script, with a cut-off where texts differ too much to find one in reasonable time.
    Myers,
    /// A shortest edit script, whatever it costs.
    Minimal,
}

/// Which white space is ignored. White space is space, tab and carriage return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// None.
    #[default]
    Compared,
    /// White space at the end of a line, the line feed included.
    Trailing,
    /// The amount of white space, and white space at the end of a line.
    Amount,
    /// All white space.
    All,
}

/// How two texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffOptions {
    /// How matching lines are found.
    pub algorithm: Algorithm,
    /// Which white space is ignored.
    pub ignore_space: Space,
    /// Whether lines that differ only in case are equal.
    pub ignore_case: bool,
    /// Whether line ends are ignored: CR LF, LF, and the end of the text.
    pub ignore_eol: bool,
    /// Whether hunks that can be moved are moved to where the indentation suggests, as git does.
    pub indent_heuristic: bool,
}

impl Default for DiffOptions {
    fn default() -> DiffOptions {
        DiffOptions {
            algorithm: Algorithm::Histogram,
            ignore_space: Space::Compared,
            ignore_case: false,
            ignore_eol: false,
            indent_heuristic: true,
        }
    }
}

impl DiffOptions {
    /// Returns whether lines that differ in their bytes may be equal.
    pub(super) fn is_loose(&self) -> bool {
        self.ignore_space != Space::Compared || self.ignore_case || self.ignore_eol
    }
}

/// Default memory limit of a comparison, in bytes.
pub const DEFAULT_MEMORY_LIMIT: usize = 1 << 30;

/// The bounds of a comparison.
#[derive(Clone, Copy)]
pub struct Limits<'l> {
    /// When to return the hunks found so far, with what was not compared in one hunk.
    pub deadline: Option<Instant>,
    /// Maximum memory in bytes beyond the texts.
    pub memory_limit: usize,
    /// Returns whether to stop without a result.
    pub is_cancelled: &'l dyn Fn() -> bool,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Limits { deadline: None, memory_limit: DEFAULT_MEMORY_LIMIT, is_cancelled: &|| false }
    }
}
