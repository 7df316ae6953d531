//! The line matcher: decides which lines match, and where, for grep, file search, count, filter and navigation.
//!
//! # What does a pattern see of a line?
//!
//! A text of its own, without its LF or CR LF: `^` and `$` match at its ends, and nothing outside it is visible. Only with
//! `multi_line` is the whole text searched; `$` then matches before each LF and CR LF, and a lone CR does not end a line.
//!
//! # Why is it fast?
//!
//! Lines are rarely searched one by one. A second form of the pattern, which matches no line feed and for which `^` and `$`
//! are the ends of lines, searches whole buffers; where every match contains one of a few literals, a search for these does.
//! Both find every matching line, and some that do not match. Such a candidate is then searched as a text of its own, in the
//! same search that finds the spans: the spans of a reported line are always those of the pattern itself.
//!
//! # When does it notice cancellation?
//!
//! About once per millisecond, in lines of megabytes as well: see `stepped.rs`. Compiling checks between the patterns of a
//! list; compiling one pattern cannot be interrupted.
//!
//! # What does it cost?
//!
//! Each pattern is parsed once, when it is passed, and compiled once, by the job. The second form is compiled only when a
//! text needs it: one with a lone CR, or with several lines and CR LF.

mod compiled;
mod inner;
mod patterns;
mod rewrite;
mod seeker;
mod stepped;
#[cfg(test)]
mod tests;

pub use compiled::LineMatcher;
pub use patterns::{Case, LineOptions, LinePatterns, PatternSource};
pub use seeker::{Candidate, Seeker};

/// Returns a line without its LF or CR LF.
pub fn trim_line_terminator(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}
