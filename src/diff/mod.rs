//! Differences between two texts, line by line.
//!
//! # What is it for?
//!
//! Signs of changed lines in an editor, patches, and merges: a diff is a list of [`Hunk`]s, each of which replaces some
//! lines of the first text by some lines of the second one.
//!
//! # What does it cost?
//!
//! Memory is linear in the number of lines, at most [`MAX_LINES`] a text. Texts are read in place.

pub mod apply;
mod canonical;
mod changes;
mod compare;
mod histogram;
mod indent;
pub mod inline;
mod intern;
mod linear;
pub mod lines;
pub mod merge;
mod meter;
mod myers;
mod options;
mod prune;
pub mod script;
pub mod session;
mod side;
mod slide;
#[cfg(test)]
mod tests;
pub mod unified;
mod units;

use crate::memory::NoMemory;
use std::fmt;

pub use compare::{Diff, diff};
pub use lines::Lines;
pub use options::{Algorithm, DEFAULT_MEMORY_LIMIT, DiffOptions, Limits, Space};
pub use session::Session;

/// Maximum number of lines of a text: 2^30, so that a sum of two line numbers fits into 32 bits with a sign.
pub const MAX_LINES: usize = 1 << 30;

/// A replacement of lines of the first text by lines of the second one. Line indices are 0-based; a count of 0 stands
/// before the line at the index, which may be one past the last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hunk {
    /// Index of the first line of the first text that is replaced.
    pub a_first: u32,
    /// Number of lines of the first text that are replaced.
    pub a_count: u32,
    /// Index of the first line of the second text that replaces them.
    pub b_first: u32,
    /// Number of lines of the second text that replace them.
    pub b_count: u32,
}

/// Why two texts were not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffError {
    /// A text has more than 4 GiB - 1 bytes, or more than [`MAX_LINES`] lines.
    TooLong(String),
    /// The memory limit, in bytes, would be exceeded.
    MemoryLimit(usize),
    /// The system refused memory.
    NoMemory(NoMemory),
    /// The caller cancelled the comparison.
    Cancelled,
}

impl fmt::Display for DiffError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DiffError::TooLong(message) => out.write_str(message),
            DiffError::MemoryLimit(limit) => write!(out, "memory limit of {limit} bytes reached"),
            DiffError::NoMemory(refused) => refused.fmt(out),
            DiffError::Cancelled => out.write_str("cancelled"),
        }
    }
}

impl From<NoMemory> for DiffError {
    fn from(refused: NoMemory) -> DiffError {
        DiffError::NoMemory(refused)
    }
}
