//! Memory allocations that the system may refuse.
//!
//! # Why does the standard library not suffice?
//!
//! A collection of the standard library that cannot grow ends the process, which belongs to the host. So every list whose
//! size the caller, a file or a directory determines is allocated here: the result of a text function, the batches of a job,
//! the blocks of a session, the index of a file.
//!
//! # How does a refusal reach the host?
//!
//! As an `Err` where a function can fail anyway. Elsewhere `must` unwinds with [`NoMemory`]: the boundary turns it into a
//! status, and the runner of jobs into a failed job. It poisons no handle, so memory must be requested before anything is
//! half changed.
//!
//! # What still ends the process?
//!
//! Pieces below a page, and allocations of other crates: the compilers of patterns and lists of literals, the caches of
//! searches, zstd. Their sizes are bounded. Before a compilation `spare` requests the maximum that it may take, so that it
//! starts only if the system has that much.

use std::any::Any;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::io;
use std::panic::resume_unwind;

/// The error of an allocation that the system refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory {
    /// The size of the request in bytes.
    pub bytes: usize,
}

impl fmt::Display for NoMemory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the system has no memory for {} bytes", self.bytes)
    }
}

impl From<NoMemory> for io::Error {
    fn from(refused: NoMemory) -> io::Error {
        io::Error::new(io::ErrorKind::OutOfMemory, refused.to_string())
    }
}

impl NoMemory {
    /// Returns the error for `count` values of a type.
    fn of<T>(count: usize) -> NoMemory {
        NoMemory { bytes: count.saturating_mul(size_of::<T>()) }
    }

    /// Returns the refusal that a panic carries; `None` for any other panic.
    pub(crate) fn in_panic(panic: &(dyn Any + Send)) -> Option<NoMemory> {
        panic.downcast_ref().copied()
    }
}

/// Reserves room for `more` values after those of a list.
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) -> Result<(), NoMemory> {
    list.try_reserve(more).map_err(|_| NoMemory::of::<T>(list.len().saturating_add(more)))
}

/// Reserves room for `more` values in a queue.
pub(crate) fn reserve_queue<T>(queue: &mut VecDeque<T>, more: usize) -> Result<(), NoMemory> {
    queue.try_reserve(more).map_err(|_| NoMemory::of::<T>(queue.len().saturating_add(more)))
}

/// Returns an empty list with room for exactly `count` values.
pub(crate) fn with_room<T>(count: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| NoMemory::of::<T>(count))?;
    Ok(list)
}

/// Returns a list of `count` copies of a value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(count)?;
    list.resize(count, value);
    Ok(list)
}

/// Changes the length of a list; new elements are copies of `value`.
pub(crate) fn resize<T: Clone>(list: &mut Vec<T>, len: usize, value: T) -> Result<(), NoMemory> {
    reserve(list, len.saturating_sub(list.len()))?;
    list.resize(len, value);
    Ok(())
}

/// Reserves room for `more` entries in a map.
pub(crate) fn reserve_map<K: Eq + Hash, V, S: BuildHasher>(
    map: &mut HashMap<K, V, S>,
    more: usize,
) -> Result<(), NoMemory> {
    map.try_reserve(more).map_err(|_| NoMemory::of::<(K, V)>(map.len().saturating_add(more)))
}

/// Reserves room for `more` values in a set.
pub(crate) fn reserve_set<T: Eq + Hash, S: BuildHasher>(
    set: &mut HashSet<T, S>,
    more: usize,
) -> Result<(), NoMemory> {
    set.try_reserve(more).map_err(|_| NoMemory::of::<T>(set.len().saturating_add(more)))
}

/// Appends a value to a list.
pub(crate) fn push<T>(list: &mut Vec<T>, value: T) -> Result<(), NoMemory> {
    reserve(list, 1)?;
    list.push(value);
    Ok(())
}

/// Appends values to a list.
pub(crate) fn append<T: Copy>(list: &mut Vec<T>, values: &[T]) -> Result<(), NoMemory> {
    reserve(list, values.len())?;
    list.extend_from_slice(values);
    Ok(())
}

/// Returns a copy of a slice.
pub(crate) fn copy<T: Copy>(values: &[T]) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(values.len())?;
    list.extend_from_slice(values);
    Ok(list)
}

/// Collects an iterator of known length into a list.
pub(crate) fn collect<T>(values: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(values.len())?;
    list.extend(values);
    Ok(list)
}

/// Checks that the system has `bytes` bytes in one piece, before work whose own requests cannot be refused.
pub(crate) fn spare(bytes: usize) -> Result<(), NoMemory> {
    let room = with_room::<u8>(bytes)?;
    // Otherwise the compiler may remove the unused allocation.
    drop(std::hint::black_box(room));
    Ok(())
}

/// Returns the value, or unwinds to the boundary or to the runner of the job.
pub(crate) fn must<T>(asked: Result<T, NoMemory>) -> T {
    asked.unwrap_or_else(|refused| refuse(refused))
}

/// Unwinds to the boundary, or to the runner of the job.
#[cold]
pub(crate) fn refuse(refused: NoMemory) -> ! {
    // Without the panic hook: this is no bug, so nothing is printed.
    resume_unwind(Box::new(refused))
}
