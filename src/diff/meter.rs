//! The meter: counts steps and memory of a comparison, and says when to stop.

use super::{DiffError, Limits};
use std::time::Instant;

/// Number of steps between two looks at the clock: some hundred microseconds.
const STEPS_PER_CHECK: usize = 1 << 16;

pub(super) struct Meter<'l> {
    limits: Limits<'l>,
    /// Steps until the next look at the clock.
    left: usize,
    /// Whether the deadline has passed.
    pub(super) is_late: bool,
    /// Memory in use, in bytes.
    held: usize,
    /// Number of steps so far.
    pub(super) steps: usize,
}

impl<'l> Meter<'l> {
    pub(super) fn new(limits: Limits<'l>) -> Meter<'l> {
        Meter { limits, left: 0, is_late: false, held: 0, steps: 0 }
    }

    /// Counts steps, and returns whether to go on; otherwise the deadline has passed.
    #[inline]
    pub(super) fn go_on(&mut self, steps: usize) -> Result<bool, DiffError> {
        self.steps += steps;
        if self.left > steps {
            self.left -= steps;
            return Ok(!self.is_late);
        }
        self.check()
    }

    #[cold]
    fn check(&mut self) -> Result<bool, DiffError> {
        self.left = STEPS_PER_CHECK;
        if (self.limits.is_cancelled)() {
            return Err(DiffError::Cancelled);
        }
        self.is_late =
            self.is_late || self.limits.deadline.is_some_and(|deadline| deadline <= Instant::now());
        Ok(!self.is_late)
    }

    /// Counts memory before it is requested.
    pub(super) fn hold<T>(&mut self, count: usize) -> Result<(), DiffError> {
        self.held = self.held.saturating_add(count.saturating_mul(size_of::<T>()));
        if self.held > self.limits.memory_limit {
            return Err(DiffError::MemoryLimit(self.limits.memory_limit));
        }
        Ok(())
    }

    /// Counts memory that was freed.
    pub(super) fn release<T>(&mut self, count: usize) {
        self.held -= count * size_of::<T>();
    }
}
