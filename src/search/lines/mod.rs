//! The line matcher: the one answer to "which lines match, and where" of grep, file search, count, filter and navigation.
//!
//! # What is a line to a pattern?
//!
//! A text of its own, without its LF or CR LF: `^` and `$` match at its ends, and nothing outside of it is seen. Only with
//! `multi_line` the whole text is searched, and `$` matches before each LF and CR LF; a lone CR ends nothing.
//!
//! # How can that be fast?
//!
//! Lines are rarely looked at one by one. A second form of the pattern, which matches no line feed and for which `^` and `$` are
//! the ends of lines, goes through whole buffers; where every match contains one of a few literals, a search for these does.
//! Both find every line that matches and some that do not. The line alone then decides, in the same search that finds the
//! spans: a line that is reported has its spans by construction.
//!
//! # When does it see that it is cancelled?
//!
//! After pieces of about a millisecond, in lines of megabytes as well: see `stepped.rs`. Compiling asks between the patterns of a
//! list; compiling one cannot be interrupted.
//!
//! # What does it cost?
//!
//! Each pattern is parsed once, when it is given, and compiled once, by the job. The second form is made only when a text
//! needs it: one with a lone CR, or with several lines and CR LF.

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

/// A line without its LF or CR LF.
pub fn trim_line_terminator(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}
