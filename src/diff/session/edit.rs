//! An edit of a session: which lines are compared again.

use super::blocks::{Extent, Place};
use super::dictionary::Token;
use super::{Session, Step, steps};
use crate::diff::compare::{common_prefix, common_suffix};
use crate::diff::{DiffError, Hunk, Limits, Lines, diff};
use crate::memory;
use std::ops::Range;

/// Lines on both sides of an edit that are compared with it: as many as the indent heuristic looks at.
const CONTEXT: usize = 24;

/// Factor by which a window grows.
const GROWTH: usize = 4;

/// Number of lines of both texts above which a window grows no more: then the session is not exact. Some 50 µs.
const MAX_GROWN: usize = 1024;

/// Maximum number of lines of a window, of both texts together.
const MAX_WINDOW: usize = 8192;

/// The part of both texts that is compared again, 0-based.
#[derive(Clone, Copy)]
struct Window {
    /// The steps whose hunks are in it.
    first_step: usize,
    end_step: usize,
    /// The end of the hunk before it.
    before: Extent,
    /// Its first lines.
    first: Extent,
    /// The lines after it.
    end: Extent,
    /// The next hunk: its step, and its first lines.
    next: Option<(Step, Extent)>,
}

impl Window {
    fn len(&self) -> usize {
        (self.end.a - self.first.a + self.end.b - self.first.b) as usize
    }
}

impl Session {
    /// Replaces `removed` lines of the text from `first` on, 0-based, by `count` lines: those of `lines`, which has a line feed
    /// between each two of them and none at the end. After an error nothing has changed. The range must be within the text.
    ///
    /// A text whose last line has no line feed stays one, unless that line becomes empty.
    pub fn edit(
        &mut self,
        mut first: usize,
        mut removed: usize,
        lines: &[u8],
        count: usize,
    ) -> Result<(), DiffError> {
        self.check_memory(lines.len() + count * size_of::<Token>())?;
        let is_cut = !self.is_ended && first + removed == self.lines();
        let mut text = Vec::new();
        // The line before becomes the last one, or is no longer the last one.
        if is_cut && first > 0 && (count == 0 || removed == 0) {
            (first, removed) = (first - 1, removed + 1);
            self.append_lines(first..first + 1, &mut text)?;
            if text.last() != Some(&b'\n') {
                memory::push(&mut text, b'\n')?;
            }
        }
        if count > 0 {
            memory::append(&mut text, lines)?;
            memory::push(&mut text, b'\n')?;
        }
        let mut is_ended = self.is_ended;
        if is_cut && !text.is_empty() {
            text.pop();
            if matches!(text.last(), None | Some(b'\n')) {
                text.push(b'\n');
                is_ended = true;
            }
        }
        let mut new = Vec::new();
        let taken = text.split_inclusive(|&byte| byte == b'\n').try_for_each(|line| {
            memory::reserve(&mut new, 1)?;
            new.push(self.dictionary.take(line)?);
            Ok(())
        });
        let replaced = taken.and_then(|()| self.replace(first, removed, &new));
        // The lines that have left the text, or that have not come into it.
        for &token in replaced.as_ref().unwrap_or(&new) {
            self.dictionary.release(token);
        }
        replaced?;
        self.is_ended = is_ended || self.text.len() == 0;
        self.version += 1;
        Ok(())
    }

    /// Replaces tokens of the text, compares the window around them, and returns the tokens that were there.
    fn replace(
        &mut self,
        first: usize,
        removed: usize,
        new: &[Token],
    ) -> Result<Vec<Token>, DiffError> {
        let end = first + removed;
        let mut old = Vec::new();
        self.text.copy(first..end, &mut old)?;
        if old == new {
            return Ok(old);
        }
        if let Some((place, step)) = self.within_hunk(first, &old, new) {
            self.text.replace(first..end, new)?;
            self.steps.set(place, step);
            return Ok(old);
        }
        let (window, hunks, is_exact) = self.compare(first, end, new)?;
        let mut steps = steps(&hunks, window.before)?;
        if let Some((next, start)) = window.next {
            let after = hunks.last().map_or(window.before.a, |hunk| hunk.a_first + hunk.a_count);
            steps.push(Step { kept: start.a - after, ..next });
        }
        let end_step = window.end_step + usize::from(window.next.is_some());
        let of_steps = self.steps.prepare(window.first_step..end_step, &steps)?;
        self.text.replace(first..end, new)?;
        self.steps.commit(of_steps, &steps);
        self.is_exact = is_exact;
        Ok(old)
    }

    /// Returns the step of a hunk that holds an edit, with its new number of lines, if the edit changes nothing else.
    ///
    /// That is so if the base has none of the old and the new lines, which match nothing, and one of their kind stays between
    /// the lines around them; and if it has neither the first nor the last line of the hunk, before and after the edit, as
    /// such a hunk cannot slide.
    fn within_hunk(&self, first: usize, old: &[Token], new: &[Token]) -> Option<(Place, Step)> {
        let are_own = |tokens: &[Token]| tokens.iter().all(|&token| self.dictionary.is_own(token));
        if self.options.is_loose() || !are_own(old) || !are_own(new) {
            return None;
        }
        let place = self.steps.find(|end| end.b as usize >= first);
        let mut step = self.steps.from(place).next()?;
        let start = (place.before.b + step.kept) as usize;
        let (stop, end) = (start + step.added as usize, first + old.len());
        let is_emptied = new.is_empty() && old.len() == stop - start;
        if start == stop || first < start || end > stop || is_emptied {
            return None;
        }
        let is_own = |line: usize| {
            let token = self.text.from(self.text.at(line)).next();
            token.is_some_and(|token| self.dictionary.is_own(token))
        };
        let (precedes, follows) = (first > start && is_own(first - 1), end < stop && is_own(end));
        // Otherwise lines of the base become neighbours, or are separated, and may match in another way.
        let is_apart = !old.is_empty() && !new.is_empty() || precedes || follows;
        // The lines that become the first and the last one, where those are deleted.
        let has_ends = !new.is_empty() || (first > start || follows) && (end < stop || precedes);
        if !(is_own(start) && is_own(stop - 1) && is_apart && has_ends) {
            return None;
        }
        step.added = (stop - start - old.len() + new.len()) as u32;
        Some((place, step))
    }

    /// Compares the window of an edit, and returns it with its hunks, and whether all hunks are exact then.
    fn compare(
        &self,
        first: usize,
        end: usize,
        new: &[Token],
    ) -> Result<(Window, Vec<Hunk>, bool), DiffError> {
        let (mut context, mut text) = (CONTEXT, Vec::new());
        loop {
            let mut window = self.window(first, end, context);
            let is_small = window.len() + new.len() <= MAX_WINDOW;
            if !is_small {
                window = self.window(first, end, 0);
            }
            let base = self.dictionary.base_text(window.first.a as usize..window.end.a as usize);
            text.clear();
            self.append_lines(window.first.b as usize..first, &mut text)?;
            for &token in new {
                memory::append(&mut text, self.dictionary.text(token))?;
            }
            self.append_lines(end..window.end.b as usize, &mut text)?;
            let mut found = match is_small {
                true => diff(base, &text, &self.options, &Limits::default())?.hunks,
                false => coarse(base, &text),
            };
            for hunk in &mut found {
                hunk.a_first += window.first.a;
                hunk.b_first += window.first.b;
            }
            if !is_small {
                return Ok((window, found, false));
            }
            let is_first = window.first == Extent::default();
            let is_last = window.end.a as usize == self.dictionary.base_count()
                && window.end.b as usize == self.text.len();
            if is_first && is_last {
                return Ok((window, found, true));
            }
            // The lines of the window, as the text has them now, before and after all that is changed.
            let head = found.first().map_or(first, |hunk| first.min(hunk.b_first as usize));
            let tail = found.last().map_or(end, |hunk| {
                let after = (hunk.b_first + hunk.b_count) as usize;
                end.max((after + end - first).saturating_sub(new.len()))
            });
            let is_held = (is_first || self.has_anchor(window.first.b as usize..head))
                && (is_last || self.has_anchor(tail..window.end.b as usize));
            // Once the session is not exact, a larger window does not pay: only a comparison of the whole makes it exact.
            if is_held || !self.is_exact || window.len() > MAX_GROWN {
                let is_exact = is_held && self.is_exact && !self.options.is_loose();
                return Ok((window, found, is_exact));
            }
            context *= GROWTH;
        }
    }

    /// Returns whether one of these lines of the text is there once, and once in the base: no hunk slides past it.
    fn has_anchor(&self, lines: Range<usize>) -> bool {
        let mut tokens = self.text.from(self.text.at(lines.start)).take(lines.len());
        tokens.any(|token| self.dictionary.is_anchor(token))
    }

    /// Finds the window of an edit, with lines of context on both sides.
    fn window(&self, first: usize, end: usize, context: usize) -> Window {
        let low = first.saturating_sub(context) as u32;
        let high = end.saturating_add(context).min(self.text.len()) as u32;
        let place = self.steps.find(|end| end.b >= low);
        let before = place.before;
        let (mut after, mut count, mut start, mut next) = (before, 0, low, None);
        for step in self.steps.from(place) {
            let hunk = Extent { a: after.a + step.kept, b: after.b + step.kept };
            if hunk.b > high {
                next = Some((step, hunk));
                break;
            }
            start = start.min(hunk.b);
            after = Extent { a: hunk.a + step.removed, b: hunk.b + step.added };
            count += 1;
        }
        let stop = high.max(after.b);
        Window {
            first_step: place.index,
            end_step: place.index + count,
            before,
            first: Extent { a: before.a + (start - before.b), b: start },
            end: Extent { a: after.a + (stop - after.b), b: stop },
            next,
        }
    }
}

/// Returns the difference of two texts without their common first and last lines, as at most one hunk.
fn coarse(a: &[u8], b: &[u8]) -> Vec<Hunk> {
    let start = common_prefix(a, b);
    let head = Lines::count(&a[..start]) as u32;
    let (a, b) = (&a[start..], &b[start..]);
    let stop = common_suffix(a, b);
    let count = |text: &[u8]| Lines::count(&text[..text.len() - stop]) as u32;
    let hunk = Hunk { a_first: head, a_count: count(a), b_first: head, b_count: count(b) };
    if a == b { Vec::new() } else { vec![hunk] }
}
