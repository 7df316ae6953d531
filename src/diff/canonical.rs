//! The canonical form of lines, for comparisons that ignore white space, case or line ends: two lines are equal if their
//! canonical forms are.

use super::{DiffError, DiffOptions, Space};
use crate::memory;
use crate::text;
use memchr::memchr;
use std::borrow::Cow;

/// Returns whether a byte is white space within a line.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Returns the length of a line without the white space at its end.
fn without_trailing(line: &[u8]) -> usize {
    line.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1)
}

/// Appends the canonical form of a line, given without its line feed, which never makes it longer.
fn append(line: &[u8], options: &DiffOptions, out: &mut Vec<u8>) {
    match options.ignore_space {
        Space::Compared if options.ignore_eol => {
            out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        }
        Space::Compared => out.extend_from_slice(line),
        Space::Trailing => out.extend_from_slice(&line[..without_trailing(line)]),
        Space::Amount => {
            let mut rest = &line[..without_trailing(line)];
            while let Some(space) = rest.iter().position(|&byte| is_space(byte)) {
                out.extend_from_slice(&rest[..space]);
                out.push(b' ');
                rest = &rest[space..];
                rest = &rest[rest.iter().take_while(|&&byte| is_space(byte)).count()..];
            }
            out.extend_from_slice(rest);
        }
        Space::All => out.extend(line.iter().copied().filter(|&byte| !is_space(byte))),
    }
}

/// Returns the canonical form of a text: as many lines, each with a line feed, unless only case is ignored.
pub(super) fn canonical(text: &[u8], options: &DiffOptions) -> Result<Vec<u8>, DiffError> {
    let folded = match options.ignore_case {
        true => {
            let mut folded = Vec::new();
            text::append_folded(text, &mut folded)?;
            Cow::Owned(folded)
        }
        false => Cow::Borrowed(text),
    };
    if options.ignore_space == Space::Compared && !options.ignore_eol {
        return Ok(folded.into_owned());
    }
    let mut out = memory::with_room(folded.len() + 1)?;
    let mut rest = &folded[..];
    while !rest.is_empty() {
        let stop = memchr(b'\n', rest).unwrap_or(rest.len());
        append(&rest[..stop], options, &mut out);
        out.push(b'\n');
        rest = &rest[rest.len().min(stop + 1)..];
    }
    Ok(out)
}

/// Returns whether two lines are equal.
pub(super) fn equal(a: &[u8], b: &[u8], options: &DiffOptions) -> Result<bool, DiffError> {
    Ok(a == b || options.is_loose() && canonical(a, options)? == canonical(b, options)?)
}
