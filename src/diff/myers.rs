//! Myers' algorithm in linear space, with a cut-off.
//!
//! E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. Two searches, from the start and from the end, meet
//! on a shortest path; what is before that point and what is after it are compared in turn, on a stack of their own.
//!
//! # What does it cost?
//!
//! Time is the product of the lines and the differences, at most. The cut-off bounds the differences that one search
//! follows by the root of the number of lines, or by 256 if that is more: after that it continues from the point that is
//! furthest. So texts without anything in common take time in proportion to `n * sqrt(n)`, and memory is linear.

use super::DiffError;
use super::changes::Matches;
use super::meter::Meter;
use crate::memory;

/// Number of differences from which on a search may end early.
const MIN_CUT_OFF: usize = 256;

/// Number of matching lines in a row that make a point good enough for an early end.
const GOOD_RUN: i32 = 20;

/// The value of a diagonal that was not reached by the search from the start, and of one by that from the end.
const UNREACHED: i32 = i32::MIN / 2;
const UNREACHED_BACK: i32 = i32::MAX / 2;

/// Two ranges of lines, each a start and an end.
#[derive(Clone, Copy, Debug)]
struct Region {
    a: (usize, usize),
    b: (usize, usize),
    /// Whether it is searched without the cut-off.
    minimal: bool,
}

/// Where a region is cut, and whether each part is to be searched without the cut-off.
struct Cut {
    a: i32,
    b: i32,
    first_minimal: bool,
    second_minimal: bool,
}

/// Two texts without lines that only one of them has.
pub(super) struct Myers<'t> {
    a: &'t [u32],
    b: &'t [u32],
    /// The furthest line of `a` that the search from the start has reached on each diagonal.
    forward: Vec<i32>,
    /// The furthest line that the search from the end has reached.
    backward: Vec<i32>,
    cut_off: usize,
}

/// Finds the matching lines of two texts. `places` are the lines of `a` and `b` in `matches`.
pub(super) fn myers(
    a: &[u32],
    b: &[u32],
    places: (&[u32], &[u32]),
    minimal: bool,
    matches: &mut Matches,
    meter: &mut Meter,
) -> Result<(), DiffError> {
    let mut search = Myers {
        a,
        b,
        forward: Vec::new(),
        backward: Vec::new(),
        cut_off: (a.len() + b.len()).isqrt().max(MIN_CUT_OFF),
    };
    let mut regions = vec![Region { a: (0, a.len()), b: (0, b.len()), minimal }];
    let mut held = 0;
    while let Some(mut region) = regions.pop() {
        region = search.trim(region, places, matches, meter)?;
        let (n, m) = (region.a.1 - region.a.0, region.b.1 - region.b.0);
        if n == 0 || m == 0 {
            continue;
        }
        if search.forward.is_empty() {
            // The first region is the largest one.
            held = n + m + 3;
            meter.hold::<[i32; 2]>(held)?;
            search.forward = memory::filled(0, held)?;
            search.backward = memory::filled(0, held)?;
        }
        let Some(cut) = search.cut(region, meter)? else { continue };
        let (a, b) = (region.a.0 + cut.a as usize, region.b.0 + cut.b as usize);
        memory::reserve(&mut regions, 2)?;
        regions.push(Region {
            a: (a, region.a.1),
            b: (b, region.b.1),
            minimal: cut.second_minimal,
        });
        regions.push(Region { a: (region.a.0, a), b: (region.b.0, b), minimal: cut.first_minimal });
    }
    meter.release::<[i32; 2]>(held);
    Ok(())
}

impl Myers<'_> {
    /// Records the matching lines at both ends of a region, and returns the rest.
    fn trim(
        &self,
        mut region: Region,
        places: (&[u32], &[u32]),
        matches: &mut Matches,
        meter: &mut Meter,
    ) -> Result<Region, DiffError> {
        let (a, b) = (&self.a[region.a.0..region.a.1], &self.b[region.b.0..region.b.1]);
        let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let (a, b) = (&a[start..], &b[start..]);
        let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        let starts = (region.a.0..region.a.0 + start).zip(region.b.0..);
        let ends = (region.a.1 - end..region.a.1).zip(region.b.1 - end..);
        for (a, b) in starts.chain(ends) {
            matches.a[places.0[a] as usize] = true;
            matches.b[places.1[b] as usize] = true;
        }
        region.a = (region.a.0 + start, region.a.1 - end);
        region.b = (region.b.0 + start, region.b.1 - end);
        meter.go_on(start + end + 1)?;
        Ok(region)
    }

    /// Returns where to cut a region whose first lines differ and whose last lines differ, or `None` if the deadline has
    /// passed.
    fn cut(&mut self, region: Region, meter: &mut Meter) -> Result<Option<Cut>, DiffError> {
        let a = &self.a[region.a.0..region.a.1];
        let b = &self.b[region.b.0..region.b.1];
        let (n, m) = (a.len() as i32, b.len() as i32);
        let (forward, backward) = (&mut self.forward[..], &mut self.backward[..]);
        // A diagonal is the difference of the lines of `a` and of `b`, from -m to n, and has two neighbours.
        let place = |diagonal: i32| (diagonal + m + 1) as usize;
        let end = n - m;
        let is_odd = end % 2 != 0;
        // The diagonals that each search has reached.
        let (mut low, mut high) = (0, 0);
        let (mut back_low, mut back_high) = (end, end);
        forward[place(-1)..=place(1)].copy_from_slice(&[UNREACHED, 0, UNREACHED]);
        backward[place(end - 1)..=place(end + 1)].copy_from_slice(&[
            UNREACHED_BACK,
            n,
            UNREACHED_BACK,
        ]);
        // Neither end matches, so the searches start at once.
        for cost in 1.. {
            let mut run = 0;
            let mut steps = 0;
            widen(forward, &mut low, &mut high, (-m, n), place, UNREACHED);
            for diagonal in (low..=high).step_by(2) {
                let at = place(diagonal);
                let mut x = forward[at + 1].max(forward[at - 1] + 1);
                if x > n || x - diagonal > m {
                    // A neighbour is at an edge, and better than anything here.
                    x = forward[at];
                }
                if x < 0 {
                    continue;
                }
                let y = x - diagonal;
                let same = common_start(&a[x as usize..], &b[y as usize..]);
                run = run.max(same);
                steps += same as usize;
                x += same;
                forward[at] = x;
                if is_odd && (back_low..=back_high).contains(&diagonal) && backward[at] <= x {
                    meter.go_on(steps)?;
                    return Ok(Some(both_minimal(x, diagonal)));
                }
            }
            widen(backward, &mut back_low, &mut back_high, (-m, n), place, UNREACHED_BACK);
            for diagonal in (back_low..=back_high).step_by(2) {
                let at = place(diagonal);
                let mut x = backward[at - 1].min(backward[at + 1] - 1);
                if x < 0 || x < diagonal {
                    x = backward[at];
                }
                if x > n {
                    continue;
                }
                let y = x - diagonal;
                let same = common_end(&a[..x as usize], &b[..y as usize]);
                run = run.max(same);
                steps += same as usize;
                x -= same;
                backward[at] = x;
                if !is_odd && (low..=high).contains(&diagonal) && x <= forward[at] {
                    meter.go_on(steps)?;
                    return Ok(Some(both_minimal(x, diagonal)));
                }
            }
            steps += ((high - low) + (back_high - back_low)) as usize / 2 + 2;
            if !meter.go_on(steps)? {
                return Ok(None);
            }
            if region.minimal || cost < MIN_CUT_OFF {
                continue;
            }
            let searched = Searched { a, b, forward, backward, low, high, back_low, back_high };
            if run >= GOOD_RUN
                && let Some(cut) = searched.good(cost as i32)
            {
                return Ok(Some(cut));
            }
            if cost >= self.cut_off
                && let Some(cut) = searched.furthest()
            {
                return Ok(Some(cut));
            }
        }
        Ok(None)
    }
}

/// Extends the range of diagonals of a search by one on each side, or narrows it at the edge of the region.
#[inline]
fn widen(
    values: &mut [i32],
    low: &mut i32,
    high: &mut i32,
    edges: (i32, i32),
    place: impl Fn(i32) -> usize,
    unreached: i32,
) {
    if *low > edges.0 {
        *low -= 1;
        values[place(*low) - 1] = unreached;
    } else {
        *low += 1;
    }
    if *high < edges.1 {
        *high += 1;
        values[place(*high) + 1] = unreached;
    } else {
        *high -= 1;
    }
}

fn both_minimal(x: i32, diagonal: i32) -> Cut {
    Cut { a: x, b: x - diagonal, first_minimal: true, second_minimal: true }
}

/// Returns the number of equal tokens at the start of both.
#[inline]
fn common_start(a: &[u32], b: &[u32]) -> i32 {
    a.iter().zip(b).take_while(|(a, b)| a == b).count() as i32
}

/// Returns the number of equal tokens at the end of both.
#[inline]
fn common_end(a: &[u32], b: &[u32]) -> i32 {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count() as i32
}

/// The state of both searches in a region.
struct Searched<'s> {
    a: &'s [u32],
    b: &'s [u32],
    forward: &'s [i32],
    backward: &'s [i32],
    low: i32,
    high: i32,
    back_low: i32,
    back_high: i32,
}

impl Searched<'_> {
    /// Returns the points that the search from the start has reached.
    fn reached(&self) -> impl Iterator<Item = (i32, i32)> {
        let m = self.b.len() as i32;
        (self.low..=self.high).step_by(2).filter_map(move |diagonal| {
            let x = self.forward[(diagonal + m + 1) as usize];
            (x >= 0).then_some((x, x - diagonal))
        })
    }

    /// Returns the points that the search from the end has reached.
    fn reached_back(&self) -> impl Iterator<Item = (i32, i32)> {
        let (n, m) = (self.a.len() as i32, self.b.len() as i32);
        (self.back_low..=self.back_high).step_by(2).filter_map(move |diagonal| {
            let x = self.backward[(diagonal + m + 1) as usize];
            (x <= n).then_some((x, x - diagonal))
        })
    }

    /// Returns whether a point is in the region, and not where the search started or is to end.
    fn is_inside(&self, (x, y): (i32, i32)) -> bool {
        let (n, m) = (self.a.len() as i32, self.b.len() as i32);
        (0..=n).contains(&x) && (0..=m).contains(&y) && (1..n + m).contains(&(x + y))
    }

    /// Returns the best point that is far from where the search started, and next to a long run of matching lines.
    fn good(&self, cost: i32) -> Option<Cut> {
        let (n, m) = (self.a.len() as i32, self.b.len() as i32);
        let run = GOOD_RUN as usize;
        let start = self
            .reached()
            .filter(|&(x, y)| {
                x >= GOOD_RUN && x < n && y >= GOOD_RUN && y < m && {
                    let (x, y) = (x as usize, y as usize);
                    x + y - x.abs_diff(y) > 4 * cost as usize
                        && self.a[x - run..x] == self.b[y - run..y]
                }
            })
            .max_by_key(|&(x, y)| x + y - (x - y).abs());
        if let Some((a, b)) = start {
            return Some(Cut { a, b, first_minimal: true, second_minimal: false });
        }
        let back = |(x, y): (i32, i32)| (n - x) + (m - y) - ((n - x) - (m - y)).abs();
        let end = self
            .reached_back()
            .filter(|&(x, y)| {
                x > 0 && x <= n - GOOD_RUN && y > 0 && y <= m - GOOD_RUN && {
                    let (x, y) = (x as usize, y as usize);
                    back((x as i32, y as i32)) > 4 * cost
                        && self.a[x..x + run] == self.b[y..y + run]
                }
            })
            .max_by_key(|&point| back(point));
        end.map(|(a, b)| Cut { a, b, first_minimal: false, second_minimal: true })
    }

    /// Returns the furthest point of either search.
    fn furthest(&self) -> Option<Cut> {
        let all = self.a.len() as i32 + self.b.len() as i32;
        let start =
            self.reached().filter(|&point| self.is_inside(point)).max_by_key(|(x, y)| x + y);
        let end =
            self.reached_back().filter(|&point| self.is_inside(point)).min_by_key(|(x, y)| x + y);
        let done = |(x, y): (i32, i32)| x + y;
        match (start, end) {
            (Some(start), end) if end.is_none_or(|end| done(start) > all - done(end)) => {
                Some(Cut { a: start.0, b: start.1, first_minimal: true, second_minimal: false })
            }
            (_, Some(end)) => {
                Some(Cut { a: end.0, b: end.1, first_minimal: false, second_minimal: true })
            }
            _ => None,
        }
    }
}
