//! The indent heuristic: how well a place between two lines divides a text, judged by indentation and blank lines.
//!
//! Michael Haggerty's heuristic, which git uses by default; he chose the weights by experiment, from hunks placed by
//! people (<https://github.com/mhagger/diff-slider-tools>). The score of a hunk is the sum of those of its two borders.

use super::DiffError;
use super::side::Side;

/// Indentations above this count as this.
const MAX_INDENT: i64 = 200;

/// Maximum number of blank lines that are looked at, on each side.
const MAX_BLANKS: i64 = 20;

/// Penalties.
const AT_START: i64 = 1;
const AT_END: i64 = 21;
const PER_BLANK: i64 = -30;
const PER_BLANK_AFTER: i64 = 6;
/// Penalties if the line after the border is indented more than the one before it, less, or less than both neighbours;
/// without blank lines in between, and with some.
const INDENTED: [i64; 2] = [-4, 10];
const OUTDENTED: [i64; 2] = [24, 17];
const DEDENTED: [i64; 2] = [23, 17];

/// The weight of less indentation, in penalties.
const INDENT_WEIGHT: i64 = 60;

/// How bad a border, or two of them, is.
#[derive(Clone, Copy)]
pub(super) struct Score {
    indent: i64,
    penalty: i64,
}

/// Returns the columns of white space at the start of a line, or `None` if it is blank.
fn indent(line: &[u8]) -> Option<i64> {
    let mut columns = 0;
    for &byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            b'\n' | b'\r' => {}
            _ => return Some(columns),
        }
        if columns >= MAX_INDENT {
            return Some(MAX_INDENT);
        }
    }
    None
}

/// Returns the number of blank lines from a line on, and the indentation of the first line that is not blank.
fn after_blanks(side: &mut Side, first: i64, step: i64) -> Result<(i64, Option<i64>), DiffError> {
    for blanks in 0..MAX_BLANKS {
        match side.line(first + blanks * step)?.map(indent) {
            Some(None) => {}
            Some(Some(columns)) => return Ok((blanks, Some(columns))),
            None => return Ok((blanks, None)),
        }
    }
    Ok((MAX_BLANKS, Some(0)))
}

impl Score {
    /// Returns the score of the border before a line.
    pub(super) fn of(side: &mut Side, line: i64) -> Result<Score, DiffError> {
        let here = side.line(line)?;
        let own = here.and_then(indent);
        let (blanks_before, before) = after_blanks(side, line - 1, -1)?;
        let (blanks_after, after) = after_blanks(side, line + 1, 1)?;
        let mut penalty = 0;
        if before.is_none() && blanks_before == 0 {
            penalty += AT_START;
        }
        if here.is_none() {
            penalty += AT_END;
        }
        let blanks_after = if own.is_none() { 1 + blanks_after } else { 0 };
        let blanks = blanks_before + blanks_after;
        penalty += PER_BLANK * blanks + PER_BLANK_AFTER * blanks_after;
        let columns = own.or(after);
        if let (Some(columns), Some(before)) = (columns, before)
            && columns != before
        {
            let weights = if columns > before {
                INDENTED
            } else if after.is_some_and(|after| after > columns) {
                OUTDENTED
            } else {
                DEDENTED
            };
            penalty += weights[usize::from(blanks != 0)];
        }
        Ok(Score { indent: columns.unwrap_or(-1), penalty })
    }

    pub(super) fn plus(self, other: Score) -> Score {
        Score { indent: self.indent + other.indent, penalty: self.penalty + other.penalty }
    }

    /// Returns whether this score is at least as good as another one.
    pub(super) fn is_as_good(&self, other: &Score) -> bool {
        let indent = (self.indent - other.indent).signum();
        INDENT_WEIGHT * indent + self.penalty - other.penalty <= 0
    }
}
