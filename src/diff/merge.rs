//! Three-way merges, which decide as `git merge-file` does.
//!
//! Changes of one side are taken, equal changes of both are taken once, and changes that overlap or touch are a conflict. In
//! the style `Merge` a conflict is reduced to the lines in which both sides differ from each other, and conflicts with
//! at most three lines between them, or none with a letter or digit, are joined.
//!
//! # What does it cost?
//!
//! Two diffs, a diff of the sides of each conflict, and a copy of the text. Memory is linear in the number of changes.

use super::{DiffError, Hunk, Lines};
use crate::memory::{self, NoMemory};

/// How conflicts are shown in the merged text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConflictStyle {
    /// Both sides between markers, reduced to the lines that differ.
    #[default]
    Merge,
    /// Both sides and the base between markers.
    Diff3,
}

/// Which side is taken in place of a conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Favor {
    /// None: conflicts are shown.
    #[default]
    None,
    /// The lines of ours.
    Ours,
    /// The lines of theirs.
    Theirs,
    /// The lines of ours, then those of theirs.
    Union,
}

/// How texts are merged.
#[derive(Clone, Copy, Debug, Default)]
pub struct MergeOptions<'a> {
    /// How conflicts are shown.
    pub style: ConflictStyle,
    /// Which side is taken in place of a conflict.
    pub favor: Favor,
    /// The names after the markers of ours, base and theirs; an empty name is left out.
    pub names: [&'a [u8]; 3],
}

/// Consecutive lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineRange {
    /// The first line, 0-based.
    pub first: u32,
    /// The number of lines.
    pub count: u32,
}

impl LineRange {
    fn new(first: i64, count: i64) -> LineRange {
        LineRange { first: first as u32, count: count as u32 }
    }

    fn stop(&self) -> u32 {
        // Modulo 2^32, as the first line of a side may lie before the text until a region is joined to another.
        self.first.wrapping_add(self.count)
    }

    fn of<'a>(&self, lines: &Lines<'a>) -> &'a [u8] {
        lines.range(self.first as usize, self.count as usize)
    }

    /// Extends the range to the end of another one.
    fn extend(&mut self, other: &LineRange) {
        self.count = other.stop().wrapping_sub(self.first);
    }
}

/// A conflict: its bytes in the merged text, markers included, and the lines that it was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// Where it starts in the merged text.
    pub start: u32,
    /// Where it ends in the merged text.
    pub stop: u32,
    /// The lines of the base; if the conflict is a part of a larger one, those of the larger one.
    pub base: LineRange,
    /// The lines of ours.
    pub ours: LineRange,
    /// The lines of theirs.
    pub theirs: LineRange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Ours,
    Theirs,
    Conflict,
    /// Both sides have the same lines: those of ours are kept.
    Equal,
}

/// A region in which the merged text is not simply the lines of ours.
#[derive(Clone, Copy, Debug)]
struct Region {
    source: Source,
    base: LineRange,
    ours: LineRange,
    theirs: LineRange,
}

/// A function that returns the hunks between two texts.
pub type DiffLines<'f> = dyn FnMut(&Lines<'_>, &Lines<'_>) -> Result<Vec<Hunk>, DiffError> + 'f;

/// Appends the changes from `base` to `ours` and to `theirs`, merged, to `out`; returns the conflicts, whose offsets count
/// from where `out` ended. Nothing is written in case of an error.
pub fn merge3(
    base: &Lines<'_>,
    ours: &Lines<'_>,
    theirs: &Lines<'_>,
    options: &MergeOptions<'_>,
    diff: &mut DiffLines<'_>,
    out: &mut Vec<u8>,
) -> Result<Vec<Conflict>, DiffError> {
    let (our_hunks, their_hunks) = (diff(base, ours)?, diff(base, theirs)?);
    let mut regions = combine(&our_hunks, &their_hunks, ours, theirs)?;
    if options.style == ConflictStyle::Merge {
        regions = refine(&regions, ours, theirs, diff)?;
        join_near(&mut regions, ours);
    }
    let start = out.len();
    let merged = Writer { base, ours, theirs, options, start }.write(&regions, out);
    if merged.is_err() {
        out.truncate(start);
    }
    merged
}

/// Combines the changes of both sides.
fn combine(
    mut our_hunks: &[Hunk],
    mut their_hunks: &[Hunk],
    ours: &Lines<'_>,
    theirs: &Lines<'_>,
) -> Result<Vec<Region>, NoMemory> {
    let mut regions = Vec::new();
    // The line of the other side for a line of the base, after all changes so far.
    let (mut our_shift, mut their_shift) = (0, 0);
    loop {
        match (our_hunks.first(), their_hunks.first()) {
            (None, None) => break,
            (Some(x), y) if y.is_none_or(|y| x.a_stop() < u64::from(y.a_first)) => {
                let base = LineRange { first: x.a_first, count: x.a_count };
                let theirs = LineRange::new(i64::from(x.a_first) + their_shift, x.a_count.into());
                let ours = LineRange { first: x.b_first, count: x.b_count };
                append(&mut regions, Region { source: Source::Ours, base, ours, theirs })?;
                our_shift = x.b_stop() as i64 - x.a_stop() as i64;
                our_hunks = &our_hunks[1..];
            }
            (x, Some(y)) if x.is_none_or(|x| y.a_stop() < u64::from(x.a_first)) => {
                let base = LineRange { first: y.a_first, count: y.a_count };
                let ours = LineRange::new(i64::from(y.a_first) + our_shift, y.a_count.into());
                let theirs = LineRange { first: y.b_first, count: y.b_count };
                append(&mut regions, Region { source: Source::Theirs, base, ours, theirs })?;
                their_shift = y.b_stop() as i64 - y.a_stop() as i64;
                their_hunks = &their_hunks[1..];
            }
            (Some(x), Some(y)) => {
                let our_lines = LineRange { first: x.b_first, count: x.b_count };
                let their_lines = LineRange { first: y.b_first, count: y.b_count };
                let is_same = (x.a_first, x.a_count, x.b_count)
                    == (y.a_first, y.a_count, y.b_count)
                    && our_lines.of(ours) == their_lines.of(theirs);
                if !is_same {
                    append(&mut regions, overlap(x, y))?;
                }
                (our_shift, their_shift) =
                    (x.b_stop() as i64 - x.a_stop() as i64, y.b_stop() as i64 - y.a_stop() as i64);
                let (our_stop, their_stop) = (x.a_stop(), y.a_stop());
                if our_stop >= their_stop {
                    their_hunks = &their_hunks[1..];
                }
                if their_stop >= our_stop {
                    our_hunks = &our_hunks[1..];
                }
            }
            // The arms above cover one side without hunks.
            (Some(_), None) | (None, Some(_)) => unreachable!("a side without hunks has no order"),
        }
    }
    Ok(regions)
}

/// Returns the conflict of two hunks that overlap or touch: the lines of the base of both, and what each side has for
/// these.
fn overlap(x: &Hunk, y: &Hunk) -> Region {
    let first = x.a_first.min(y.a_first);
    let stop = x.a_stop().max(y.a_stop()) as u32;
    let side = |hunk: &Hunk| {
        let before = hunk.a_first - first;
        let after = stop - hunk.a_stop() as u32;
        // Before the text if the side has deleted more lines than that; then the region is joined to the one before it.
        LineRange { first: hunk.b_first.wrapping_sub(before), count: before + hunk.b_count + after }
    };
    let base = LineRange { first, count: stop - first };
    Region { source: Source::Conflict, base, ours: side(x), theirs: side(y) }
}

/// Appends a region; one that touches the region before it becomes a part of that.
fn append(regions: &mut Vec<Region>, region: Region) -> Result<(), NoMemory> {
    match regions.last_mut() {
        Some(last)
            if region.ours.first <= last.ours.stop()
                || region.theirs.first <= last.theirs.stop() =>
        {
            if last.source != region.source {
                last.source = Source::Conflict;
            }
            last.base.extend(&region.base);
            last.ours.extend(&region.ours);
            last.theirs.extend(&region.theirs);
            Ok(())
        }
        _ => memory::push(regions, region),
    }
}

/// Reduces conflicts to the lines in which both sides differ.
fn refine(
    regions: &[Region],
    ours: &Lines<'_>,
    theirs: &Lines<'_>,
    diff: &mut DiffLines<'_>,
) -> Result<Vec<Region>, DiffError> {
    let mut refined = memory::with_room(regions.len())?;
    for region in regions {
        let Region { ours: our_range, theirs: their_range, .. } = *region;
        if region.source != Source::Conflict || our_range.count == 0 || their_range.count == 0 {
            memory::push(&mut refined, *region)?;
            continue;
        }
        let (a, b) = (Lines::new(our_range.of(ours))?, Lines::new(their_range.of(theirs))?);
        let hunks = diff(&a, &b)?;
        if hunks.is_empty() {
            memory::push(&mut refined, Region { source: Source::Equal, ..*region })?;
        }
        for hunk in hunks {
            let ours = LineRange { first: our_range.first + hunk.a_first, count: hunk.a_count };
            let theirs = LineRange { first: their_range.first + hunk.b_first, count: hunk.b_count };
            memory::push(&mut refined, Region { ours, theirs, ..*region })?;
        }
    }
    Ok(refined)
}

/// Maximum number of lines between two conflicts that are joined.
const MAX_JOINED_LINES: u32 = 3;

/// Joins conflicts that have few lines between them, or none with a letter or digit.
fn join_near(regions: &mut Vec<Region>, ours: &Lines<'_>) {
    regions.dedup_by(|next, kept| {
        if kept.source != Source::Conflict || next.source != Source::Conflict {
            return false;
        }
        let first = kept.ours.stop();
        let between = LineRange { first, count: next.ours.first - first };
        let is_joined = between.count <= MAX_JOINED_LINES
            || !between.of(ours).iter().any(u8::is_ascii_alphanumeric);
        if is_joined {
            kept.ours.extend(&next.ours);
            kept.theirs.extend(&next.theirs);
            if kept.base != next.base {
                kept.base.extend(&next.base);
            }
        }
        is_joined
    });
}

struct Writer<'w> {
    base: &'w Lines<'w>,
    ours: &'w Lines<'w>,
    theirs: &'w Lines<'w>,
    options: &'w MergeOptions<'w>,
    /// Where the merged text starts in the output.
    start: usize,
}

impl Writer<'_> {
    fn write(&self, regions: &[Region], out: &mut Vec<u8>) -> Result<Vec<Conflict>, DiffError> {
        let mut conflicts = Vec::new();
        let mut done = 0;
        for region in regions.iter().filter(|region| region.source != Source::Equal) {
            let before = LineRange { first: done, count: region.ours.first - done };
            memory::append(out, before.of(self.ours))?;
            let takes = match (region.source, self.options.favor) {
                (Source::Ours | Source::Equal, _) | (Source::Conflict, Favor::Ours) => {
                    Some((true, false))
                }
                (Source::Theirs, _) | (Source::Conflict, Favor::Theirs) => Some((false, true)),
                (Source::Conflict, Favor::Union) => Some((true, true)),
                (Source::Conflict, Favor::None) => None,
            };
            match takes {
                Some((ours, theirs)) => {
                    if ours {
                        memory::append(out, region.ours.of(self.ours))?;
                    }
                    if ours && theirs {
                        self.end_line(region.ours.of(self.ours), self.is_cr_lf(region), out)?;
                    }
                    if theirs {
                        memory::append(out, region.theirs.of(self.theirs))?;
                    }
                }
                None => {
                    let start = self.offset(out)?;
                    self.write_conflict(region, out)?;
                    let stop = self.offset(out)?;
                    let Region { base, ours, theirs, .. } = *region;
                    memory::push(&mut conflicts, Conflict { start, stop, base, ours, theirs })?;
                }
            }
            done = region.ours.stop();
        }
        let rest = LineRange { first: done, count: self.ours.len() as u32 - done };
        memory::append(out, rest.of(self.ours))?;
        self.offset(out)?;
        Ok(conflicts)
    }

    /// Returns the number of bytes written, which must fit into 32 bits.
    fn offset(&self, out: &[u8]) -> Result<u32, DiffError> {
        let message = "the merged text would have more than 4 GiB - 1 bytes";
        u32::try_from(out.len() - self.start).map_err(|_| DiffError::TooLong(message.into()))
    }

    fn write_conflict(&self, region: &Region, out: &mut Vec<u8>) -> Result<(), NoMemory> {
        let is_cr_lf = self.is_cr_lf(region);
        let [our_name, base_name, their_name] = self.options.names;
        let marker = |out: &mut Vec<u8>, sign: u8, name: &[u8]| {
            memory::reserve(out, name.len() + 10)?;
            out.extend_from_slice(&[sign; 7]);
            if !name.is_empty() {
                out.push(b' ');
                out.extend_from_slice(name);
            }
            out.extend_from_slice(if is_cr_lf { b"\r\n" } else { b"\n" });
            Ok(())
        };
        let put = |out: &mut Vec<u8>, lines: &[u8]| {
            memory::append(out, lines)?;
            self.end_line(lines, is_cr_lf, out)
        };
        marker(out, b'<', our_name)?;
        put(out, region.ours.of(self.ours))?;
        if self.options.style == ConflictStyle::Diff3 {
            marker(out, b'|', base_name)?;
            put(out, region.base.of(self.base))?;
        }
        marker(out, b'=', b"")?;
        put(out, region.theirs.of(self.theirs))?;
        marker(out, b'>', their_name)
    }

    /// Appends a line feed to lines that lack the last one.
    fn end_line(&self, lines: &[u8], is_cr_lf: bool, out: &mut Vec<u8>) -> Result<(), NoMemory> {
        match lines.last() {
            None | Some(b'\n') => Ok(()),
            _ => memory::append(out, if is_cr_lf { b"\r\n" } else { b"\n" }),
        }
    }

    /// Returns whether the lines before a region end with CR LF in both sides, or those of the base if both have none.
    fn is_cr_lf(&self, region: &Region) -> bool {
        let ours = ends_with_cr_lf(self.ours, region.ours.first.saturating_sub(1) as usize);
        let sides = match ours {
            Some(false) => ours,
            _ => ends_with_cr_lf(self.theirs, region.theirs.first.saturating_sub(1) as usize),
        };
        match sides {
            Some(false) => false,
            _ => ends_with_cr_lf(self.base, 0).unwrap_or(false),
        }
    }
}

/// Returns whether a line ends with CR LF; for a last line without an end, whether the line before it does. `None` if no line
/// says it.
fn ends_with_cr_lf(lines: &Lines<'_>, index: usize) -> Option<bool> {
    let index = index.min(lines.len().checked_sub(1)?);
    let line = match lines.get(index) {
        line if line.ends_with(b"\n") => line,
        _ => lines.get(index.checked_sub(1)?),
    };
    Some(line.ends_with(b"\r\n"))
}
