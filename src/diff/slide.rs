//! Where hunks stand that could stand at several places.
//!
//! A hunk that inserts `b`, `a` after an `a` could as well insert `a`, `b` before it: it can slide. As in git, each hunk
//! slides down as far as it goes, unless on its way it meets a hunk of the other text, with which it then forms one
//! change; or unless the indentation suggests another place. Hunks that meet become one.

use super::DiffError;
use super::changes::Group;
use super::indent::Score;
use super::meter::Meter;
use super::side::Side;

/// Maximum number of places that are scored by their indentation.
const MAX_SCORED: i64 = 100;

/// Maximum number of steps for each line.
const STEPS_PER_LINE: usize = 64;

/// Moves the groups of one side to their places. `lines` is at least the number of lines of the text.
pub(super) fn slide(
    side: &mut Side,
    groups: &mut Vec<Group>,
    other: &[Group],
    lines: usize,
    has_indent: bool,
    meter: &mut Meter,
) -> Result<(), DiffError> {
    let mut slide = Slide { side, groups, kept: 0, next: 0, before: 0, other, near: 0, steps: 0 };
    let max_steps = lines.saturating_mul(STEPS_PER_LINE);
    while slide.next < slide.groups.len() {
        let mut group = slide.groups[slide.next];
        slide.next += 1;
        let before = slide.steps;
        if slide.steps <= max_steps {
            slide.place(&mut group, max_steps, has_indent)?;
        }
        meter.go_on(slide.steps - before + 1)?;
        slide.groups[slide.kept] = group;
        slide.kept += 1;
        slide.before += group.count;
    }
    let kept = slide.kept;
    groups.truncate(kept);
    Ok(())
}

struct Slide<'s, 'a> {
    side: &'s mut Side<'a>,
    /// Those that are placed are the first `kept` ones; those still to be placed start at `next`.
    groups: &'s mut Vec<Group>,
    kept: usize,
    next: usize,
    /// Number of lines of the groups that are placed.
    before: i64,
    other: &'s [Group],
    /// The group of the other side that was looked up last.
    near: usize,
    steps: usize,
}

impl Slide<'_, '_> {
    /// Moves a group to its place, and takes up the groups that it meets.
    fn place(
        &mut self,
        group: &mut Group,
        max_steps: usize,
        has_indent: bool,
    ) -> Result<(), DiffError> {
        let (mut top, mut beside);
        loop {
            let count = group.count;
            while self.up(group)? {}
            top = group.at;
            beside = self.has_other(top).then_some(top);
            while self.down(group)? {
                if self.has_other(group.at) {
                    beside = Some(group.at);
                }
            }
            if group.count == count || self.steps > max_steps {
                break;
            }
        }
        if let Some(at) = beside {
            group.at = at;
        } else if has_indent && group.at > top {
            group.at = self.best(*group, top)?;
        }
        Ok(())
    }

    /// Moves a group up by one line, if it can.
    fn up(&mut self, group: &mut Group) -> Result<bool, DiffError> {
        self.steps += 1;
        let start = group.at + self.before;
        if !self.side.same(start - 1, start + group.count - 1)? {
            return Ok(false);
        }
        group.at -= 1;
        while let Some(last) = self.kept.checked_sub(1)
            && self.groups[last].at == group.at
        {
            let met = self.groups[last].count;
            self.kept = last;
            self.before -= met;
            group.count += met;
        }
        Ok(true)
    }

    /// Moves a group down by one line, if it can.
    fn down(&mut self, group: &mut Group) -> Result<bool, DiffError> {
        self.steps += 1;
        let start = group.at + self.before;
        if !self.side.same(start, start + group.count)? {
            return Ok(false);
        }
        group.at += 1;
        while let Some(met) = self.groups.get(self.next)
            && met.at == group.at
        {
            group.count += met.count;
            self.next += 1;
        }
        Ok(true)
    }

    /// Returns whether the other side has a group at a place.
    fn has_other(&mut self, at: i64) -> bool {
        while self.other.get(self.near).is_some_and(|other| other.at < at) {
            self.near += 1;
        }
        while self.near > 0 && self.other[self.near - 1].at >= at {
            self.near -= 1;
        }
        self.other.get(self.near).is_some_and(|other| other.at == at)
    }

    /// Returns the place of a group between `top` and where it is, its lowest place, that the indentation suggests.
    fn best(&mut self, group: Group, top: i64) -> Result<i64, DiffError> {
        // A place further up than this repeats one of those below.
        let first = top.max(group.at - group.count - 1).max(group.at - MAX_SCORED);
        let mut best = (first, None);
        for at in first..=group.at {
            let start = at + self.before;
            let score =
                Score::of(self.side, start)?.plus(Score::of(self.side, start + group.count)?);
            self.steps += 1;
            if best.1.is_none_or(|known| score.is_as_good(&known)) {
                best = (at, Some(score));
            }
        }
        Ok(best.0)
    }
}
