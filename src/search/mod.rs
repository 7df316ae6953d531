//! Search: regular expressions, sets of them, lists of literals, replacement, and replacement and
//! detection in a stream.
//!
//! # What can fail during a search?
//!
//! Nothing. Every engine here is linear in the length of the text, whatever the pattern and the text: there is no
//! backtracking, no stack to overflow and no limit that could be reached half-way. Compiling a pattern can fail; its memory
//! is bounded by [`PatternOptions::memory_limit`].
//!
//! # Which engines are used?
//!
//! Those of the regex-automata and aho-corasick crates, which ripgrep uses too. They have Unicode tables of their own, so
//! a class such as `\p{Greek}` may be of another Unicode version than `rille.text`.
//!
//! # How is invalid UTF-8 treated?
//!
//! As any other text. A pattern with Unicode on matches whole characters only, so `.` and `[^a]` match no part of an invalid
//! sequence; `(?-u:\xFF)` and the flag `bytes` match any byte. An empty match never splits a character, and a maximal
//! invalid subsequence counts as one, as everywhere in rille.
//!
//! # Is a compiled pattern safe to share?
//!
//! Yes: searching takes `&self`, and the scratch memory of a search comes from a pool inside. The first thread that
//! searches pays a few nanoseconds for it, others a little more.

mod backward;
mod chars;
mod hit;
pub mod lines;
mod literals;
mod output;
mod pattern;
mod pcre;
mod prefix;
mod regex;
mod replace;
mod scan;
mod scan_automaton;
mod set;
mod stream;
#[cfg(test)]
mod tests;
mod translate;

pub use hit::{Hit, LiteralOptions};
pub use literals::Literals;
pub use output::{Full, Output};
pub use pattern::{PatternError, PatternOptions};
pub use pcre::{PcreFeature, explain_pcre};
pub use regex::{Matches, Regex, Slots};
pub use replace::{Replacer, Template};
pub use scan::{Scan, ScanFinished, ScanOptions};
pub use set::RegexSet;
pub use stream::{Stream, StreamError};
pub use translate::{escape, from_lua};

/// The span of a match, in bytes: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub stop: usize,
}

/// Maximum bytes of a text and of a result, as everywhere in rille: the range of a `uint32_t`.
const MAX_TEXT_BYTES: usize =
    if usize::BITS > 32 { u32::MAX as usize } else { isize::MAX as usize };
