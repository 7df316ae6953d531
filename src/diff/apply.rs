//! Applies hunks to a text, and takes them back.

use super::{DiffError, Hunk, Lines};
use crate::memory;

/// Number of unchanged lines before and after a hunk that must be those of the diff.
const CONTEXT_LINES: usize = 3;

/// Why hunks were not applied. Nothing has been written then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplyError {
    /// The text differs from that of the diff.
    Mismatch {
        /// The hunk that does not fit, 0-based.
        hunk: usize,
        /// The line of the text that differs, 0-based; one past the last line if the text ends too early.
        line: usize,
    },
    /// The text is too long, or there is no memory.
    Diff(DiffError),
}

impl From<DiffError> for ApplyError {
    fn from(error: DiffError) -> ApplyError {
        ApplyError::Diff(error)
    }
}

impl From<memory::NoMemory> for ApplyError {
    fn from(refused: memory::NoMemory) -> ApplyError {
        ApplyError::Diff(refused.into())
    }
}

/// Appends `text` with one hunk, or with all of them, applied to `out`. In `reverse` the text is the second one of the diff,
/// and hunks are undone.
///
/// The text may differ from that of the diff away from the applied hunks, but the lines of each hunk and three lines around
/// it must be at their places. The hunks must have passed `check` for `a` and `b`. A line without a line feed gets
/// one if lines follow.
pub fn apply(
    text: &[u8],
    (a, b): (&Lines<'_>, &Lines<'_>),
    hunks: &[Hunk],
    only: Option<usize>,
    reverse: bool,
    out: &mut Vec<u8>,
) -> Result<(), ApplyError> {
    let (old, new) = if reverse { (b, a) } else { (a, b) };
    let lines = Lines::new(text)?;
    let applied = match only {
        Some(index) => index..index + 1,
        None => 0..hunks.len(),
    };
    let directed = |index: usize| if reverse { hunks[index].reversed() } else { hunks[index] };
    let mut needed = text.len() + applied.len() + 1;
    for index in applied.clone() {
        let hunk = directed(index);
        if let Some(line) = first_mismatch(&lines, old, &hunk) {
            return Err(ApplyError::Mismatch { hunk: index, line });
        }
        needed += new.range(hunk.b_first as usize, hunk.b_count as usize).len();
    }
    memory::reserve(out, needed)?;
    let (start, mut done) = (out.len(), 0);
    let mut put = |piece: &[u8]| {
        if !piece.is_empty() && out.len() > start && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.extend_from_slice(piece);
    };
    for index in applied {
        let hunk = directed(index);
        put(lines.range(done, hunk.a_first as usize - done));
        put(new.range(hunk.b_first as usize, hunk.b_count as usize));
        done = hunk.a_stop() as usize;
    }
    put(lines.range(done, lines.len() - done));
    Ok(())
}

/// Returns the first line of a text that is not as a hunk of another text expects it.
fn first_mismatch(lines: &Lines<'_>, old: &Lines<'_>, hunk: &Hunk) -> Option<usize> {
    let first = (hunk.a_first as usize).saturating_sub(CONTEXT_LINES);
    let stop = hunk.a_stop() as usize + CONTEXT_LINES;
    let differs = |&at: &usize| at >= lines.len() || lines.get(at) != old.get(at);
    let found = (first..stop.min(old.len())).find(differs);
    // A hunk near the end of its text fits only there.
    found.or_else(|| (stop > old.len() && lines.len() > old.len()).then_some(old.len()))
}
