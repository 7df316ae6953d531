//! Counts the native memory of all open files of the process. It changes even while no call runs.

use std::sync::atomic::{AtomicI64, Ordering};

static HELD: AtomicI64 = AtomicI64::new(0);

/// Returns the bytes held by the indexes, block caches and filters of all files.
pub fn held() -> i64 {
    HELD.load(Ordering::Relaxed)
}

/// The memory of one part of a file. Dropping it subtracts its bytes from the total.
#[derive(Debug, Default)]
pub(super) struct Tally(usize);

impl Tally {
    /// Sets the number of bytes that the part holds now.
    pub fn set(&mut self, bytes: usize) {
        HELD.fetch_add(bytes as i64 - self.0 as i64, Ordering::Relaxed);
        self.0 = bytes;
    }
}

impl Clone for Tally {
    fn clone(&self) -> Tally {
        let mut copy = Tally::default();
        copy.set(self.0);
        copy
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.set(0);
    }
}
