//! Memory that the system may refuse.
//!
//! # Why is this not left to the standard library?
//!
//! A list of the standard library that cannot grow ends the process, which is the host's. So whatever grows with what a
//! host gives, or with what a file or a directory has, asks here first: a text's result, the batches of a job, the blocks of
//! a session, the index of a file.
//!
//! # How does a refusal reach the host?
//!
//! As an `Err` where functions fail anyway. Where they do not, `must` unwinds with [`NoMemory`]: the boundary and the
//! runner of jobs catch panics in any case, and make a status or a failed job of this one. Nothing is poisoned by it, so
//! memory has to be asked for before anything is half changed.
//!
//! # What still ends the process?
//!
//! Small pieces, and those that crates take by themselves: the compilers of patterns and lists of literals, caches of
//! searches, zstd. Their sizes have bounds. Before a compilation `spare` asks for as much as it may take, so that it
//! begins only if the system would give that.

use std::any::Any;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::io;
use std::panic::resume_unwind;

/// The system has no memory for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory {
    /// How much was asked for, in bytes.
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
    /// For so many values of a type.
    fn of<T>(count: usize) -> NoMemory {
        NoMemory { bytes: count.saturating_mul(size_of::<T>()) }
    }

    /// What a panic is about, if it is a refusal and no mistake.
    pub(crate) fn in_panic(panic: &(dyn Any + Send)) -> Option<NoMemory> {
        panic.downcast_ref().copied()
    }
}

/// Reserves room for `more` values after those of a list.
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) -> Result<(), NoMemory> {
    list.try_reserve(more).map_err(|_| NoMemory::of::<T>(list.len().saturating_add(more)))
}

/// Makes room for `more` values in a queue.
pub(crate) fn reserve_queue<T>(queue: &mut VecDeque<T>, more: usize) -> Result<(), NoMemory> {
    queue.try_reserve(more).map_err(|_| NoMemory::of::<T>(queue.len().saturating_add(more)))
}

/// An empty list with room for `count` values and no more.
pub(crate) fn with_room<T>(count: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| NoMemory::of::<T>(count))?;
    Ok(list)
}

/// A list of the same value, so many times.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(count)?;
    list.resize(count, value);
    Ok(list)
}

/// Changes the length of a list, with the same value in all new places.
pub(crate) fn resize<T: Clone>(list: &mut Vec<T>, len: usize, value: T) -> Result<(), NoMemory> {
    reserve(list, len.saturating_sub(list.len()))?;
    list.resize(len, value);
    Ok(())
}

/// Makes room for `more` entries in a map.
pub(crate) fn reserve_map<K: Eq + Hash, V, S: BuildHasher>(
    map: &mut HashMap<K, V, S>,
    more: usize,
) -> Result<(), NoMemory> {
    map.try_reserve(more).map_err(|_| NoMemory::of::<(K, V)>(map.len().saturating_add(more)))
}

/// Makes room for `more` values in a set.
pub(crate) fn reserve_set<T: Eq + Hash, S: BuildHasher>(
    set: &mut HashSet<T, S>,
    more: usize,
) -> Result<(), NoMemory> {
    set.try_reserve(more).map_err(|_| NoMemory::of::<T>(set.len().saturating_add(more)))
}

/// Adds a value to a list.
pub(crate) fn push<T>(list: &mut Vec<T>, value: T) -> Result<(), NoMemory> {
    reserve(list, 1)?;
    list.push(value);
    Ok(())
}

/// Adds values to a list.
pub(crate) fn append<T: Copy>(list: &mut Vec<T>, values: &[T]) -> Result<(), NoMemory> {
    reserve(list, values.len())?;
    list.extend_from_slice(values);
    Ok(())
}

/// A copy of some values.
pub(crate) fn copy<T: Copy>(values: &[T]) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(values.len())?;
    list.extend_from_slice(values);
    Ok(list)
}

/// A list of what an iterator has, whose length it knows.
pub(crate) fn collect<T>(values: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, NoMemory> {
    let mut list = with_room(values.len())?;
    list.extend(values);
    Ok(list)
}

/// Asks whether the system would give so many bytes, in front of work whose own requests cannot be refused.
pub(crate) fn spare(bytes: usize) -> Result<(), NoMemory> {
    let room = with_room::<u8>(bytes)?;
    // Otherwise the compiler may see that nobody uses it, and ask for nothing.
    drop(std::hint::black_box(room));
    Ok(())
}

/// What there is memory for; otherwise unwinds to the boundary, or to the runner of the job.
pub(crate) fn must<T>(asked: Result<T, NoMemory>) -> T {
    asked.unwrap_or_else(|refused| refuse(refused))
}

/// Unwinds to the boundary, or to the runner of the job.
#[cold]
pub(crate) fn refuse(refused: NoMemory) -> ! {
    // No hook: it is not a mistake, and nothing is to be printed.
    resume_unwind(Box::new(refused))
}
