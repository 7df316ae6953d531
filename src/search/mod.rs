//! Search: regular expressions, sets of them, lists of literals, replacement, and replacement in a stream.
//!
//! # What can go wrong while searching?
//!
//! Nothing. Every engine here is linear in the length of the text, whatever the pattern and whatever the text: there is
//! no backtracking, no stack to overflow and no limit that could be met half-way. What can go wrong is compiling a
//! pattern, and that is bounded by [`PatternOptions::memory_limit`].
//!
//! # Whose engines are these?
//!
//! Those of the regex-automata and aho-corasick crates, which ripgrep runs. Their Unicode tables are their own, so
//! that a class like `\p{Greek}` may know another version of Unicode than `rille.text` does.
//!
//! # What of invalid UTF-8?
//!
//! It is legal text. A pattern with Unicode on matches whole chars only, so `.` and `[^a]` match no part of an invalid
//! sequence; `(?-u:\xFF)` and the flag `bytes` match any byte. An empty match never splits a char, and a maximal
//! invalid subsequence counts as one, as everywhere in rille.
//!
//! # Is a compiled pattern safe to share?
//!
//! Yes: searching takes `&self`, and the memory that a search works in comes from a pool inside. The first thread that
//! searches pays a few nanoseconds for it, others some more.

mod chars;
pub mod lines;
mod literals;
mod output;
mod pattern;
mod pcre;
mod regex;
mod replace;
mod set;
mod stream;
#[cfg(test)]
mod tests;
mod translate;

pub use literals::{Hit, LiteralOptions, Literals};
pub use output::{Full, Output};
pub use pattern::{PatternError, PatternOptions};
pub use pcre::{PcreFeature, explain_pcre};
pub use regex::{Matches, Regex, Slots};
pub use replace::{Replacer, Template};
pub use set::RegexSet;
pub use stream::{Stream, StreamError};
pub use translate::{escape, from_lua};

/// Where a match is, in bytes: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub stop: usize,
}

/// Longest text and longest result, in bytes, as everywhere in rille: what a `uint32_t` can tell.
const MAX_TEXT_BYTES: usize =
    if usize::BITS > 32 { u32::MAX as usize } else { isize::MAX as usize };
