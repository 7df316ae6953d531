//! The comparison: from two texts to hunks.

use super::canonical::canonical;
use super::changes::{Matches, groups, hunks};
use super::histogram::histogram;
use super::intern::{Tokens, intern};
use super::lines::Lines;
use super::meter::Meter;
use super::prune::{Counts, compare_pruned};
use super::side::Side;
use super::slide::slide;
use super::{Algorithm, DiffError, DiffOptions, Hunk, Limits, MAX_LINES};
use memchr::{memchr, memrchr};

/// The difference between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The hunks, in order. Between two hunks there is at least one line.
    pub hunks: Vec<Hunk>,
    /// Whether the texts were compared to the end; otherwise the deadline passed, and some hunks are larger than need be.
    pub exact: bool,
}

impl Diff {
    /// Returns the memory of the hunks in bytes.
    pub fn memory_usage(&self) -> usize {
        self.hunks.capacity() * size_of::<Hunk>()
    }
}

/// Number of bytes that are compared at once.
const BLOCK: usize = 64;

/// Returns the bytes of the lines at the start of both texts that are equal.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, b_blocks) = (a.as_chunks::<BLOCK>().0, b.as_chunks::<BLOCK>().0);
    let blocks = a_blocks.iter().zip(b_blocks).take_while(|(a, b)| a == b).count() * BLOCK;
    let rest = a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count();
    let len = blocks + rest;
    if len == a.len() && len == b.len() {
        return len;
    }
    memrchr(b'\n', &a[..len]).map_or(0, |feed| feed + 1)
}

/// Returns the bytes of the lines at the end of both texts that are equal; both start with a line.
pub(super) fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, b_blocks) = (a.as_rchunks::<BLOCK>().1, b.as_rchunks::<BLOCK>().1);
    let blocks = a_blocks.iter().rev().zip(b_blocks.iter().rev()).take_while(|(a, b)| a == b);
    let blocks = blocks.count() * BLOCK;
    let (a_rest, b_rest) = (&a[..a.len() - blocks], &b[..b.len() - blocks]);
    let rest = a_rest.iter().rev().zip(b_rest.iter().rev()).take_while(|(a, b)| a == b);
    let len = blocks + rest.count();
    let is_start = |text: &[u8]| text.len() == len || text[text.len() - len - 1] == b'\n';
    if is_start(a) && is_start(b) {
        return len;
    }
    memchr(b'\n', &a[a.len() - len..]).map_or(0, |feed| len - feed - 1)
}

/// Compares two texts line by line.
pub fn diff(a: &[u8], b: &[u8], options: &DiffOptions, limits: &Limits) -> Result<Diff, DiffError> {
    compare(a, b, options, &mut Meter::new(*limits))
}

pub(super) fn compare(
    a: &[u8],
    b: &[u8],
    options: &DiffOptions,
    meter: &mut Meter,
) -> Result<Diff, DiffError> {
    meter.go_on(0)?;
    let start = common_prefix(a, b);
    let stop = common_suffix(&a[start..], &b[start..]);
    let (a_middle, b_middle) = (&a[start..a.len() - stop], &b[start..b.len() - stop]);
    let mut exact = true;
    if a_middle.is_empty() && b_middle.is_empty() {
        return Ok(Diff { hunks: Vec::new(), exact });
    }
    let first = Lines::count(&a[..start]);
    if first > MAX_LINES / 2 {
        return Err(DiffError::TooLong(format!(
            "the texts have {first} lines in common before the first difference; the maximum is {}",
            MAX_LINES / 2
        )));
    }
    let (a_lines, b_lines) = (Lines::new(a_middle)?, Lines::new(b_middle)?);
    meter.hold::<u32>(a_lines.len() + b_lines.len())?;
    let tokens = match options.is_loose() {
        false => intern(&a_lines, &b_lines, meter)?,
        true => {
            meter.hold::<u8>(a_middle.len() + b_middle.len() + 2)?;
            let (a, b) = (canonical(a_middle, options)?, canonical(b_middle, options)?);
            let (a, b) = (Lines::new(&a)?, Lines::new(&b)?);
            intern(&a, &b, meter)?
        }
    };
    let Some(Tokens { a: a_tokens, b: b_tokens, count }) = tokens else {
        // Nothing was compared but both ends.
        let whole = Hunk {
            a_first: first as u32,
            a_count: a_lines.len() as u32,
            b_first: first as u32,
            b_count: b_lines.len() as u32,
        };
        return Ok(Diff { hunks: vec![whole], exact: false });
    };
    let mut matches = Matches::new(a_tokens.len(), b_tokens.len(), meter)?;
    find((&a_tokens, &b_tokens), count, options.algorithm, &mut matches, meter)?;
    exact &= !meter.is_late;
    let mut a_groups = groups(&matches.a, meter)?;
    let mut b_groups = groups(&matches.b, meter)?;
    drop(matches);
    let (lines, indent) = (a.len().max(b.len()), options.indent_heuristic);
    let mut a_side = Side::new(a, start, &a_lines, &a_tokens, options);
    slide(&mut a_side, &mut a_groups, &b_groups, lines, indent, meter)?;
    let mut b_side = Side::new(b, start, &b_lines, &b_tokens, options);
    slide(&mut b_side, &mut b_groups, &a_groups, lines, indent, meter)?;
    Ok(Diff { hunks: hunks(&a_groups, &b_groups, first, meter)?, exact })
}

/// Finds the matching tokens of two lists of tokens below `count`.
pub(super) fn find(
    (a, b): (&[u32], &[u32]),
    count: usize,
    algorithm: Algorithm,
    matches: &mut Matches,
    meter: &mut Meter,
) -> Result<(), DiffError> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a_rest, b_rest) = (&a[start..], &b[start..]);
    let end = a_rest.iter().rev().zip(b_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    matches.add(0, 0, start);
    matches.add(a.len() - end, b.len() - end, end);
    let region = [start, a.len() - end, start, b.len() - end];
    let mut counts = Counts::new(count, meter)?;
    match algorithm {
        Algorithm::Histogram => histogram((a, b), region, &mut counts, matches, meter),
        Algorithm::Myers => compare_pruned((a, b), region, false, &mut counts, matches, meter),
        Algorithm::Minimal => compare_pruned((a, b), region, true, &mut counts, matches, meter),
    }
}
