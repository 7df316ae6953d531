//! Which lines of the two sides match.

use super::meter::Meter;
use super::{DiffError, Hunk};
use crate::memory;

/// The lines that match, in order: the first matching line of `a` matches that of `b`, and so on. At first none does.
pub(super) struct Matches {
    pub(super) a: Vec<bool>,
    pub(super) b: Vec<bool>,
}

impl Matches {
    pub(super) fn new(a: usize, b: usize, meter: &mut Meter) -> Result<Matches, DiffError> {
        meter.hold::<bool>(a + b)?;
        Ok(Matches { a: memory::filled(false, a)?, b: memory::filled(false, b)? })
    }

    /// Records that `count` lines from `a` on match those from `b` on.
    pub(super) fn add(&mut self, a: usize, b: usize, count: usize) {
        self.a[a..a + count].fill(true);
        self.b[b..b + count].fill(true);
    }
}

/// Consecutive lines of one side that do not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Number of matching lines before it.
    pub(super) at: i64,
    pub(super) count: i64,
}

/// Returns the groups of one side.
pub(super) fn groups(matches: &[bool], meter: &mut Meter) -> Result<Vec<Group>, DiffError> {
    let starts = matches.iter().zip(std::iter::once(&true).chain(matches));
    let count = starts.filter(|&(is_match, was_match)| !is_match && *was_match).count();
    meter.hold::<Group>(count)?;
    let mut groups = memory::with_room(count)?;
    let (mut at, mut start) = (0, 0);
    for (index, _) in matches.iter().enumerate().filter(|&(_, &is_match)| is_match) {
        if start < index {
            groups.push(Group { at, count: (index - start) as i64 });
        }
        at += 1;
        start = index + 1;
    }
    if start < matches.len() {
        groups.push(Group { at, count: (matches.len() - start) as i64 });
    }
    Ok(groups)
}

/// Returns the hunks of two lists of groups. The line numbers count from `first` on.
pub(super) fn hunks(
    a: &[Group],
    b: &[Group],
    first: usize,
    meter: &mut Meter,
) -> Result<Vec<Hunk>, DiffError> {
    meter.hold::<Hunk>(a.len() + b.len())?;
    let mut hunks = memory::with_room(a.len() + b.len())?;
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let (mut a_before, mut b_before) = (first as i64, first as i64);
    while let Some(at) = [a.peek(), b.peek()].into_iter().flatten().map(|group| group.at).min() {
        let a_count = a.next_if(|group| group.at == at).map_or(0, |group| group.count);
        let b_count = b.next_if(|group| group.at == at).map_or(0, |group| group.count);
        hunks.push(Hunk {
            a_first: (a_before + at) as u32,
            a_count: a_count as u32,
            b_first: (b_before + at) as u32,
            b_count: b_count as u32,
        });
        a_before += a_count;
        b_before += b_count;
    }
    hunks.shrink_to_fit();
    Ok(hunks)
}
