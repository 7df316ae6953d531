//! Myers' algorithm in linear space for the units of lines, in memory that is kept between calls.
//!
//! E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. It takes the same steps as the fallback in Lua, so
//! that both return the same spans. Regions that remain are kept in a list, so no input makes the stack deep.

use crate::memory::{self, NoMemory};

/// Memory of the search.
#[derive(Default)]
pub(super) struct Linear {
    /// The furthest unit of `a` that the search from the start has reached on each diagonal.
    forward: Vec<i32>,
    /// The same for the search from the end.
    backward: Vec<i32>,
    regions: Vec<Region>,
}

/// A start and an end in `a`, and in `b`.
pub(super) type Region = [u32; 4];

/// The value of a diagonal that no search has reached.
const UNREACHED: i32 = -2;
const UNREACHED_BACK: i32 = i32::MAX - 1;

impl Linear {
    /// Returns the memory that it holds in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        (self.forward.capacity() + self.backward.capacity()) * size_of::<i32>()
            + self.regions.capacity() * size_of::<Region>()
    }

    /// Appends the regions without a common unit to `hunks`, in order and apart. `is_equal` compares a unit of `a`, of which
    /// there are `n`, with one of `b`, of which there are `m`. After `max_steps` the regions that remain are hunks as a
    /// whole; it returns whether there were none.
    pub(super) fn diff(
        &mut self,
        (n, m): (usize, usize),
        max_steps: u64,
        is_equal: impl Fn(usize, usize) -> bool,
        hunks: &mut Vec<Region>,
    ) -> Result<bool, NoMemory> {
        let (mut steps, mut exact) = (max_steps, true);
        self.regions.clear();
        memory::push(&mut self.regions, [0, n as u32, 0, m as u32])?;
        while let Some([mut a, mut a_stop, mut b, mut b_stop]) = self.regions.pop() {
            while a < a_stop && b < b_stop && is_equal(a as usize, b as usize) {
                (a, b) = (a + 1, b + 1);
            }
            while a < a_stop && b < b_stop && is_equal(a_stop as usize - 1, b_stop as usize - 1) {
                (a_stop, b_stop) = (a_stop - 1, b_stop - 1);
            }
            let region = [a, a_stop, b, b_stop];
            if a == a_stop && b == b_stop {
                continue;
            }
            if a < a_stop && b < b_stop && exact {
                if let Some((x, y)) = self.middle(region, &mut steps, &is_equal)? {
                    memory::reserve(&mut self.regions, 2)?;
                    self.regions.push([x, a_stop, y, b_stop]);
                    self.regions.push([a, x, b, y]);
                    continue;
                }
                exact = false;
            }
            match hunks.last_mut() {
                Some(last) if last[1] == a && last[3] == b => (last[1], last[3]) = (a_stop, b_stop),
                _ => memory::push(hunks, region)?,
            }
        }
        Ok(exact)
    }

    /// Returns where two shortest paths, one from each corner of a region, meet; `None` if there are no steps left.
    fn middle(
        &mut self,
        [a, a_stop, b, b_stop]: Region,
        steps: &mut u64,
        is_equal: impl Fn(usize, usize) -> bool,
    ) -> Result<Option<(u32, u32)>, NoMemory> {
        let (n, m) = ((a_stop - a) as i32, (b_stop - b) as i32);
        let held = (n + m + 3) as usize;
        if self.forward.len() < held {
            memory::resize(&mut self.forward, held, 0)?;
            memory::resize(&mut self.backward, held, 0)?;
        }
        let (forward, backward) = (&mut self.forward[..held], &mut self.backward[..held]);
        let same = |x: i32, y: i32| is_equal(a as usize + x as usize, b as usize + y as usize);
        let found = |x: i32, y: i32| Ok(Some((a + x as u32, b + y as u32)));
        // A diagonal is the difference of both places; these are its lowest and highest number, and where the searches start.
        let place = |diagonal: i32| (diagonal + m + 1) as usize;
        let end = n - m;
        let is_odd = end % 2 != 0;
        let (mut low, mut high, mut back_low, mut back_high) = (0, 0, end, end);
        (forward[place(0)], backward[place(end)]) = (0, n);
        let mut used = 0;
        while used < *steps {
            if low > -m {
                low -= 1;
                forward[place(low - 1)] = UNREACHED;
            } else {
                low += 1;
            }
            if high < n {
                high += 1;
                forward[place(high + 1)] = UNREACHED;
            } else {
                high -= 1;
            }
            for diagonal in (low..=high).rev().step_by(2) {
                let at = place(diagonal);
                let (below, above) = (forward[at - 1], forward[at + 1]);
                let start = if below >= above { below + 1 } else { above };
                let mut x = start;
                while x < n && x - diagonal < m && same(x, x - diagonal) {
                    x += 1;
                }
                used += 1 + (x - start) as u64;
                forward[at] = x;
                if is_odd && (back_low..=back_high).contains(&diagonal) && backward[at] <= x {
                    *steps = steps.saturating_sub(used);
                    return found(x, x - diagonal);
                }
            }
            if back_low > -m {
                back_low -= 1;
                backward[place(back_low - 1)] = UNREACHED_BACK;
            } else {
                back_low += 1;
            }
            if back_high < n {
                back_high += 1;
                backward[place(back_high + 1)] = UNREACHED_BACK;
            } else {
                back_high -= 1;
            }
            for diagonal in (back_low..=back_high).rev().step_by(2) {
                let at = place(diagonal);
                let (below, above) = (backward[at - 1], backward[at + 1]);
                let start = if below < above { below } else { above - 1 };
                let mut x = start;
                while x > 0 && x - diagonal > 0 && same(x - 1, x - diagonal - 1) {
                    x -= 1;
                }
                used += 1 + (start - x) as u64;
                backward[at] = x;
                if !is_odd && (low..=high).contains(&diagonal) && x <= forward[at] {
                    *steps = steps.saturating_sub(used);
                    return found(x, x - diagonal);
                }
            }
        }
        Ok(None)
    }
}
