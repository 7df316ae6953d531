//! Hits of literals, and the options that determine which literal wins.

use super::Span;

/// Options of a search for literals. By default the first one in the list wins where several begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct LiteralOptions {
    /// ASCII letters match in either case.
    pub ignore_case: bool,
    /// The longest literal wins where several begin.
    pub longest: bool,
    /// Maximum bytes of the DFA, the fast form; 0 for 16 MiB.
    pub memory_limit: usize,
}

impl LiteralOptions {
    pub(super) fn limit(&self) -> usize {
        if self.memory_limit == 0 { DEFAULT_MEMORY_LIMIT } else { self.memory_limit }
    }
}

/// Default memory limit of the fast form, in bytes.
const DEFAULT_MEMORY_LIMIT: usize = 16 << 20;

/// A hit: the span of a literal, and which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Span of the literal in the text.
    pub span: Span,
    /// Its index in the list.
    pub id: usize,
}
