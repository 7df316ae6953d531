//! The histogram algorithm, as JGit and git have it: matches the longest run of lines that includes one that is as rare as
//! possible in the first text, then does the same before and after that run.
//!
//! # What does it cost?
//!
//! About three steps for each line of a region, and regions are halved, as a rule. Where they are not, or where each line
//! occurs more than [`MAX_OCCURRENCES`] times, a region is compared by Myers' algorithm, so that the time is bounded.

use super::DiffError;
use super::changes::Matches;
use super::meter::Meter;
use super::prune::{Counts, compare_pruned};
use crate::memory;

/// Maximum number of occurrences of a line that is tried.
const MAX_OCCURRENCES: u32 = 64;

/// Maximum number of steps for each line of the texts, until the remaining regions are compared by Myers' algorithm.
const STEPS_PER_LINE: usize = 128;

/// The end of a chain of occurrences.
const NONE: u32 = u32::MAX;

/// Two ranges of lines, each a start and an end.
type Region = [usize; 4];

/// The occurrences of a token in the region of `a`.
#[derive(Clone, Copy)]
struct Occurrences {
    first: u32,
    count: u32,
}

/// A run of matching lines.
#[derive(Clone, Copy, Default)]
struct Run {
    a: usize,
    b: usize,
    len: usize,
}

struct Histogram<'t> {
    a: &'t [u32],
    b: &'t [u32],
    /// By token; none outside of a search.
    occurrences: Vec<Occurrences>,
    /// The next occurrence of the token of each line of `a`.
    next: Vec<u32>,
    steps: usize,
}

/// Finds the matching lines of two texts whose first lines differ and whose last lines differ.
pub(super) fn histogram(
    (a, b): (&[u32], &[u32]),
    region: Region,
    counts: &mut Counts,
    matches: &mut Matches,
    meter: &mut Meter,
) -> Result<(), DiffError> {
    let tokens = counts.len();
    meter.hold::<Occurrences>(tokens)?;
    meter.hold::<u32>(a.len())?;
    let none = Occurrences { first: NONE, count: 0 };
    let mut search = Histogram {
        a,
        b,
        occurrences: memory::filled(none, tokens)?,
        next: memory::filled(NONE, a.len())?,
        steps: 0,
    };
    let max_steps = (a.len() + b.len()).saturating_mul(STEPS_PER_LINE);
    let mut regions = vec![region];
    while let Some(region) = regions.pop() {
        let [a_start, a_stop, b_start, b_stop] = region;
        if a_start == a_stop || b_start == b_stop {
            continue;
        }
        let before = search.steps;
        let found = if search.steps > max_steps { None } else { search.longest(region) };
        if !meter.go_on(search.steps - before)? {
            return Ok(());
        }
        let Some(run) = found else {
            compare_pruned((a, b), region, false, counts, matches, meter)?;
            continue;
        };
        if run.len > 0 {
            matches.add(run.a, run.b, run.len);
            memory::reserve(&mut regions, 2)?;
            regions.push([run.a + run.len, a_stop, run.b + run.len, b_stop]);
            regions.push([a_start, run.a, b_start, run.b]);
        }
    }
    meter.release::<Occurrences>(tokens);
    meter.release::<u32>(a.len());
    Ok(())
}

impl Histogram<'_> {
    /// Returns the run of a region to match first, which is empty if no line matches; or `None` if all matching lines are
    /// too frequent.
    fn longest(&mut self, region: Region) -> Option<Run> {
        let [a_start, a_stop, b_start, b_stop] = region;
        for line in (a_start..a_stop).rev() {
            let known = &mut self.occurrences[self.a[line] as usize];
            self.next[line] = known.first;
            *known = Occurrences { first: line as u32, count: known.count + 1 };
        }
        let mut best = Run::default();
        let mut rarest = MAX_OCCURRENCES;
        let mut has_common = false;
        let mut line = b_start;
        while line < b_stop {
            let known = self.occurrences[self.b[line] as usize];
            line = match known.count {
                0 => line + 1,
                count if count > rarest => {
                    has_common = true;
                    line + 1
                }
                _ => {
                    has_common = true;
                    self.extend(region, line, known, &mut best, &mut rarest)
                }
            };
        }
        self.steps += (a_stop - a_start) + (b_stop - b_start);
        for line in a_start..a_stop {
            self.occurrences[self.a[line] as usize] = Occurrences { first: NONE, count: 0 };
        }
        (best.len > 0 || !has_common).then_some(best)
    }

    /// Tries each occurrence of a line of `b`, extended in both directions. Returns the line of `b` to go on with.
    fn extend(
        &mut self,
        [a_start, a_stop, b_start, b_stop]: Region,
        line: usize,
        known: Occurrences,
        best: &mut Run,
        rarest: &mut u32,
    ) -> usize {
        let mut go_on = line + 1;
        let mut at = known.first;
        while at != NONE {
            let (mut a, mut b) = (at as usize, line);
            let mut count = known.count;
            while a > a_start && b > b_start && self.a[a - 1] == self.b[b - 1] {
                (a, b) = (a - 1, b - 1);
                count = count.min(self.occurrences[self.a[a] as usize].count);
            }
            let (mut a_end, mut b_end) = (at as usize + 1, line + 1);
            while a_end < a_stop && b_end < b_stop && self.a[a_end] == self.b[b_end] {
                count = count.min(self.occurrences[self.a[a_end] as usize].count);
                (a_end, b_end) = (a_end + 1, b_end + 1);
            }
            let len = a_end - a;
            self.steps += len;
            go_on = go_on.max(b_end);
            if len > best.len || count < *rarest {
                *best = Run { a, b, len };
                *rarest = count;
            }
            // An occurrence within the run leads to no longer one.
            while at != NONE && (at as usize) < a_end {
                at = self.next[at as usize];
            }
        }
        go_on
    }
}
