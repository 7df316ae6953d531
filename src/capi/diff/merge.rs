//! Three-way merges.

use super::patch::{append_to, holds_text};
use super::*;
use crate::capi::boundary::{on, required};
use crate::capi::buffer::rille_buffer;
use crate::capi::error::rille_status;
use crate::diff::Lines;
use crate::diff::merge::{Conflict, ConflictStyle, Favor, MergeOptions, merge3};

/// How the conflicts of a merge are shown.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_merge_style {
    /// Both sides between markers, reduced to the lines that differ from each other.
    RILLE_MERGE_PLAIN = 0,
    /// Both sides and the base between markers.
    RILLE_MERGE_DIFF3 = 1,
}

/// Which side a merge takes in place of a conflict.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_merge_favor {
    /// None: conflicts are shown.
    RILLE_MERGE_SHOW = 0,
    /// The lines of ours.
    RILLE_MERGE_OURS = 1,
    /// The lines of theirs.
    RILLE_MERGE_THEIRS = 2,
    /// The lines of ours, then those of theirs.
    RILLE_MERGE_UNION = 3,
}

use rille_merge_favor::*;
use rille_merge_style::*;

const STYLES: [(rille_merge_style, ConflictStyle); 2] =
    [(RILLE_MERGE_PLAIN, ConflictStyle::Merge), (RILLE_MERGE_DIFF3, ConflictStyle::Diff3)];

const FAVORS: [(rille_merge_favor, Favor); 4] = [
    (RILLE_MERGE_SHOW, Favor::None),
    (RILLE_MERGE_OURS, Favor::Ours),
    (RILLE_MERGE_THEIRS, Favor::Theirs),
    (RILLE_MERGE_UNION, Favor::Union),
];

/// What is merged, and how. Set `size` to sizeof(rille_merge).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_merge {
    /// sizeof(rille_merge).
    pub size: u32,
    /// One of rille_merge_style.
    pub style: u32,
    /// One of rille_merge_favor.
    pub favor: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// The text that both sides were made from.
    pub base: *const u8,
    /// Its length in bytes.
    pub base_len: usize,
    /// The text of our side.
    pub ours: *const u8,
    /// Its length in bytes.
    pub ours_len: usize,
    /// The text of their side.
    pub theirs: *const u8,
    /// Its length in bytes.
    pub theirs_len: usize,
    /// The name after the markers of ours; NULL for none.
    pub ours_name: *const u8,
    /// Its length in bytes.
    pub ours_name_len: usize,
    /// The name after the markers of the base; NULL for none.
    pub base_name: *const u8,
    /// Its length in bytes.
    pub base_name_len: usize,
    /// The name after the markers of theirs; NULL for none.
    pub theirs_name: *const u8,
    /// Its length in bytes.
    pub theirs_name_len: usize,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_merge {}

/// A conflict of a merge. Lines are counted from 0; where a count is 0, the lines stand before the line `first`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct rille_conflict {
    /// Where it starts in the merged text, in bytes, its markers included.
    pub start: u32,
    /// Where it ends.
    pub stop: u32,
    /// First line of the base. Conflicts that are parts of a larger one all have its lines of the base.
    pub base_first: u32,
    /// Number of lines of the base.
    pub base_count: u32,
    /// First line of ours.
    pub ours_first: u32,
    /// Number of lines of ours.
    pub ours_count: u32,
    /// First line of theirs.
    pub theirs_first: u32,
    /// Number of lines of theirs.
    pub theirs_count: u32,
}

const _: () = assert!(size_of::<rille_conflict>() == 32);

/// Appends the changes from a base to two texts, merged, to `out`, as `git merge-file` does: changes of one side are taken, equal
/// changes of both are taken once, and changes that overlap or touch are a conflict.
///
/// Appends a rille_conflict for each conflict to `conflicts`, another buffer, or NULL. Their offsets count from the start of the
/// merged text. No text may lie in a buffer.
///
/// Returns RILLE_OK, RILLE_NONE (there are conflicts), RILLE_EARG (an option is wrong, both buffers are the same, or a text lies in
/// one) or RILLE_ETOOBIG (a text has too many lines, or a result would be too long).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_merge3(
    merge: *const rille_merge,
    out: *mut rille_buffer,
    conflicts: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a valid struct, and buffers that are NULL or live and that nothing else uses meanwhile.
    boundary(err, || unsafe {
        let given = required(merge, "merge")?;
        let texts = [
            slice(given.base, given.base_len)?,
            slice(given.ours, given.ours_len)?,
            slice(given.theirs, given.theirs_len)?,
        ];
        let options = given.read()?;
        if out == conflicts && !out.is_null() {
            let message = "out and conflicts are the same buffer; use two";
            return Err(Failure::new(RILLE_EARG, message));
        }
        let run = |out: &mut rille_buffer| {
            if texts.iter().any(|text| out.holds(text)) {
                return Err(holds_text());
            }
            let mut found = Vec::new();
            append_to(out, |out| {
                found = merged(texts, &options, out)?;
                Ok(RILLE_OK)
            })?;
            Ok(found)
        };
        if conflicts.is_null() {
            return on(out, |out| Ok(status_of(&run(out)?)));
        }
        // The conflicts first: they are refused before anything is appended.
        on(conflicts, |conflicts| {
            if texts.iter().any(|text| conflicts.holds(text)) {
                return Err(holds_text());
            }
            on(out, |out| {
                let before = out.content().len();
                let found = run(out)?;
                let written = append_to(conflicts, |conflicts| append(&found, conflicts));
                if written.is_err() {
                    out.content().truncate(before);
                }
                written
            })
        })
    })
}

impl rille_merge {
    /// Returns the options.
    ///
    /// # Safety
    ///
    /// The names are null or as long as they say.
    unsafe fn read<'a>(&self) -> Result<MergeOptions<'a>, Failure> {
        let style = STYLES.iter().find(|(known, _)| *known as u32 == self.style);
        let &(_, style) = style.ok_or_else(|| {
            let message = format!("unknown style {}", self.style);
            Failure::new(RILLE_EARG, message + "; it must be one of rille_merge_style")
        })?;
        let favor = FAVORS.iter().find(|(known, _)| *known as u32 == self.favor);
        let &(_, favor) = favor.ok_or_else(|| {
            let message = format!("unknown favor {}", self.favor);
            Failure::new(RILLE_EARG, message + "; it must be one of rille_merge_favor")
        })?;
        if self.reserved != 0 {
            let message = format!("reserved is {}; it must be 0", self.reserved);
            return Err(Failure::new(RILLE_EARG, message));
        }
        // SAFETY: the caller vouches for the names.
        let names = unsafe {
            [
                slice(self.ours_name, self.ours_name_len)?,
                slice(self.base_name, self.base_name_len)?,
                slice(self.theirs_name, self.theirs_name_len)?,
            ]
        };
        Ok(MergeOptions { style, favor, names })
    }
}

fn merged(
    [base, ours, theirs]: [&[u8]; 3],
    options: &MergeOptions<'_>,
    out: &mut Vec<u8>,
) -> Result<Vec<Conflict>, Failure> {
    let (base, ours, theirs) = (Lines::new(base)?, Lines::new(ours)?, Lines::new(theirs)?);
    // As `git merge-file` compares.
    let how = DiffOptions {
        algorithm: Algorithm::Myers,
        indent_heuristic: false,
        ..DiffOptions::default()
    };
    let mut diff = |a: &Lines<'_>, b: &Lines<'_>| {
        Ok(diff::diff(a.text(), b.text(), &how, &Limits::default())?.hunks)
    };
    Ok(merge3(&base, &ours, &theirs, options, &mut diff, out)?)
}

fn status_of(conflicts: &[Conflict]) -> rille_status {
    if conflicts.is_empty() { RILLE_OK } else { RILLE_NONE }
}

/// Appends conflicts to a buffer as the structs of C.
fn append(conflicts: &[Conflict], out: &mut Vec<u8>) -> Result<rille_status, Failure> {
    memory::reserve(out, conflicts.len().saturating_mul(size_of::<rille_conflict>()))?;
    for conflict in conflicts {
        let Conflict { start, stop, base, ours, theirs } = *conflict;
        let ranges = [base, ours, theirs].map(|range| [range.first, range.count]);
        for number in [start, stop].into_iter().chain(ranges.into_iter().flatten()) {
            out.extend_from_slice(&number.to_ne_bytes());
        }
    }
    Ok(status_of(conflicts))
}
