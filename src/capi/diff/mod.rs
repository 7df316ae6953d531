//! The noun `diff`: the changes from one text to another.

mod session;

use super::boundary::{Handle, Zeroed, boundary, boundary_at, boundary_get, options, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use super::job::rille_job;
use super::outcome::Outcome;
use crate::diff::{
    self, Algorithm, DEFAULT_MEMORY_LIMIT, Diff, DiffError, DiffOptions, Hunk, Limits, Space,
};
use crate::memory;
use std::ptr::null;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub mod patch;

pub mod merge;

pub mod inline;

/// How matching lines are found.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_diff_algorithm {
    /// Rare lines first, as git diff --histogram does: hunks that read well.
    RILLE_DIFF_HISTOGRAM = 0,
    /// A shortest edit script, with a cut-off where the texts differ too much to find one in reasonable time.
    RILLE_DIFF_MYERS = 1,
    /// A shortest edit script. The time is the product of lines and differences: set a deadline.
    RILLE_DIFF_MINIMAL = 2,
}

/// Which white space matters when lines are compared. White space is space, tab and carriage return.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_diff_space {
    /// All of it.
    RILLE_DIFF_SPACE_RESPECT = 0,
    /// Not that at the end of a line, as git diff --ignore-space-at-eol. Neither does a line feed that is missing at the end
    /// of a text; this holds for the next two as well.
    RILLE_DIFF_SPACE_TRAILING = 1,
    /// Not how much there is, and not that at the end of a line, as git diff -b.
    RILLE_DIFF_SPACE_AMOUNT = 2,
    /// None of it, as git diff -w.
    RILLE_DIFF_SPACE_IGNORE = 3,
}

/// Lines that differ only in case are equal. The mapping is Unicode's full case folding.
pub const RILLE_DIFF_IGNORE_CASE: u32 = 1;
/// LF, CR LF and the end of the text are the same as the end of a line.
pub const RILLE_DIFF_IGNORE_EOL: u32 = 2;
/// Do not move hunks to where the indentation suggests; by default those that can be moved are, as git does.
pub const RILLE_DIFF_NO_INDENT_HEURISTIC: u32 = 4;

/// Options of a diff. Set `size` to sizeof(rille_diff_options).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_diff_options {
    /// sizeof(rille_diff_options).
    pub size: u32,
    /// One of rille_diff_algorithm.
    pub algorithm: u32,
    /// One of rille_diff_space.
    pub space: u32,
    /// Any of the constants RILLE_DIFF_IGNORE_CASE, RILLE_DIFF_IGNORE_EOL and RILLE_DIFF_NO_INDENT_HEURISTIC, combined.
    pub flags: u32,
    /// Milliseconds after which the rest is not compared any more and counts as changed; 0 for no deadline.
    pub deadline: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// Maximum memory in bytes beyond the texts, and beyond the result; that of a job includes its copy of the texts. 0 for 1 GiB.
    pub memory_limit: i64,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_diff_options {}

const _: () = assert!(
    size_of::<rille_diff_options>() == 32
        && std::mem::offset_of!(rille_diff_options, memory_limit) == 24
);

use rille_diff_algorithm::*;
use rille_diff_space::*;

const ALGORITHMS: [(rille_diff_algorithm, Algorithm); 3] = [
    (RILLE_DIFF_HISTOGRAM, Algorithm::Histogram),
    (RILLE_DIFF_MYERS, Algorithm::Myers),
    (RILLE_DIFF_MINIMAL, Algorithm::Minimal),
];

const SPACES: [(rille_diff_space, Space); 4] = [
    (RILLE_DIFF_SPACE_RESPECT, Space::Compared),
    (RILLE_DIFF_SPACE_TRAILING, Space::Trailing),
    (RILLE_DIFF_SPACE_AMOUNT, Space::Amount),
    (RILLE_DIFF_SPACE_IGNORE, Space::All),
];

/// What was read from the options of C.
#[derive(Clone, Copy)]
struct Task {
    options: DiffOptions,
    deadline: Option<Duration>,
    memory_limit: usize,
}

impl rille_diff_options {
    fn read(&self) -> Result<Task, Failure> {
        let algorithm = ALGORITHMS.iter().find(|(known, _)| *known as u32 == self.algorithm);
        let &(_, algorithm) = algorithm.ok_or_else(|| {
            let message = format!("unknown algorithm {}", self.algorithm);
            Failure::new(RILLE_EARG, message + "; it must be one of rille_diff_algorithm")
        })?;
        let space = SPACES.iter().find(|(known, _)| *known as u32 == self.space);
        let &(_, ignore_space) = space.ok_or_else(|| {
            let message = format!("unknown space {}", self.space);
            Failure::new(RILLE_EARG, message + "; it must be one of rille_diff_space")
        })?;
        if self.flags >= RILLE_DIFF_NO_INDENT_HEURISTIC << 1 {
            let message = format!("unknown flags {:#x}; combine RILLE_DIFF_ constants", self.flags);
            return Err(Failure::new(RILLE_EARG, message));
        } else if self.reserved != 0 {
            let message = format!("reserved is {}; it must be 0", self.reserved);
            return Err(Failure::new(RILLE_EARG, message));
        }
        let memory_limit = u64::try_from(self.memory_limit).map_err(|_| {
            Failure::new(RILLE_EARG, format!("memory_limit is {}, below 0", self.memory_limit))
        })?;
        let has = |flag| self.flags & flag != 0;
        Ok(Task {
            options: DiffOptions {
                algorithm,
                ignore_space,
                ignore_case: has(RILLE_DIFF_IGNORE_CASE),
                ignore_eol: has(RILLE_DIFF_IGNORE_EOL),
                indent_heuristic: !has(RILLE_DIFF_NO_INDENT_HEURISTIC),
            },
            deadline: (self.deadline > 0).then(|| Duration::from_millis(self.deadline.into())),
            memory_limit: match memory_limit {
                0 => DEFAULT_MEMORY_LIMIT,
                limit => usize::try_from(limit).unwrap_or(usize::MAX),
            },
        })
    }
}

impl Task {
    /// Calls `body` with the limits, whose deadline counts from now on.
    fn with_limits<T>(
        &self,
        is_cancelled: &dyn Fn() -> bool,
        body: impl FnOnce(&Limits) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let deadline = self.deadline.and_then(|after| Instant::now().checked_add(after));
        body(&Limits { deadline, memory_limit: self.memory_limit, is_cancelled })
    }

    fn run(&self, a: &[u8], b: &[u8], is_cancelled: &dyn Fn() -> bool) -> Compared {
        let compare = |limits: &Limits| Ok(diff::diff(a, b, &self.options, limits)?);
        let Diff { hunks, exact } = self.with_limits(is_cancelled, compare)?;
        Ok(Arc::new(Hunks { hunks: hunks.into_iter().map(rille_hunk::from).collect(), exact }))
    }
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Failure {
        let status = match error {
            DiffError::TooLong(_) => RILLE_ETOOBIG,
            DiffError::MemoryLimit(_) => RILLE_ELIMIT,
            DiffError::NoMemory(_) => RILLE_ENOMEM,
            DiffError::Cancelled => RILLE_EJOB,
        };
        Failure::new(status, error.to_string())
    }
}

/// A hunk: lines of the first text that are replaced by lines of the second one. Lines are counted from 0. Where the count is 0,
/// the hunk stands before the line `first`, which may be one past the last line.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct rille_hunk {
    /// First line of the first text.
    pub a_first: u32,
    /// Number of lines of the first text.
    pub a_count: u32,
    /// First line of the second text.
    pub b_first: u32,
    /// Number of lines of the second text.
    pub b_count: u32,
}

const _: () = assert!(size_of::<rille_hunk>() == 16);

impl From<Hunk> for rille_hunk {
    fn from(hunk: Hunk) -> rille_hunk {
        let Hunk { a_first, a_count, b_first, b_count } = hunk;
        rille_hunk { a_first, a_count, b_first, b_count }
    }
}

struct Hunks {
    hunks: Vec<rille_hunk>,
    exact: bool,
}

impl Hunks {
    fn memory_usage(&self) -> usize {
        self.hunks.capacity() * size_of::<rille_hunk>()
    }
}

/// The result of a job of rille_diff_start.
type Compared = Result<Arc<Hunks>, Failure>;

/// The hunks of two texts, in order. The texts are not kept.
pub struct rille_diff {
    hunks: Arc<Hunks>,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_diff>();
};

impl Measured for rille_diff {
    const GAUGE: &'static Gauge = &gauge::DIFF;

    fn bytes(&self) -> usize {
        self.hunks.memory_usage()
    }
}

/// Compares two texts of `a_len` and `b_len` bytes line by line, and writes the hunks to `out`. A line ends after its line feed;
/// the last one may lack it, and is then another line than one with it. `options` may be NULL.
///
/// Where texts are alike this takes about as long as reading them twice; texts of a megabyte or more, or of different origin, are
/// for rille_diff_start.
///
/// Returns RILLE_OK, RILLE_EARG (an option is wrong), RILLE_ETOOBIG (a text has more than 2^30 lines) or RILLE_ELIMIT (the memory
/// limit would be exceeded).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_new(
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
    options: *const rille_diff_options,
    out: *mut *mut rille_diff,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or texts of these lengths, NULL or options, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let (a, b) = (slice(a, a_len)?, slice(b, b_len)?);
        let (task, out) = (self::options(options)?.read()?, place(out, "out")?);
        let hunks = task.run(a, b, &|| false)?;
        out.write(Handle::give(rille_diff { hunks }));
        Ok(RILLE_OK)
    })
}

/// Starts a job that compares two texts as rille_diff_new does, on another thread, and writes it to `out`. Both texts are copied,
/// which counts for the memory limit. The deadline counts from the start of the work on. Take the hunks with rille_diff_take when
/// the job is done.
///
/// Returns RILLE_OK, RILLE_EARG (an option is wrong) or RILLE_ELIMIT (the copies would exceed the memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_start(
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
    options: *const rille_diff_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or texts of these lengths, NULL or options, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let (a, b) = (slice(a, a_len)?, slice(b, b_len)?);
        let (mut task, out) = (self::options(options)?.read()?, place(out, "out")?);
        let copies = a.len().saturating_add(b.len());
        let refused = DiffError::MemoryLimit(task.memory_limit);
        task.memory_limit = task.memory_limit.checked_sub(copies).ok_or(refused)?;
        let (a, b) = (memory::copy(a)?, memory::copy(b)?);
        out.write(Outcome::<Compared>::start_with(
            move |worker| {
                let mut compared = task.run(&a, &b, &|| worker.is_cancelled());
                if let Err(failure) = &mut compared
                    && failure.status == RILLE_ELIMIT
                {
                    let limit = DiffError::MemoryLimit(task.memory_limit.saturating_add(copies));
                    *failure = limit.into();
                }
                compared
            },
            |compared| compared.as_ref().map_or(0, |hunks| hunks.memory_usage()),
        ));
        Ok(RILLE_OK)
    })
}

/// Writes the hunks that a job of rille_diff_start has found to `out`: a new object for each call, which may outlive the job.
///
/// Returns what rille_diff_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or has failed) or
/// RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_take(
    job: *const rille_job,
    out: *mut *mut rille_diff,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Compared>::take(job, "a comparison of texts", |compared| {
                let hunks = Arc::clone(compared.as_ref().map_err(Failure::clone)?);
                out.write(Handle::give(rille_diff { hunks }));
                Ok(RILLE_OK)
            })
        })
    }
}

/// Frees hunks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_free(diff: *mut rille_diff) {
    // SAFETY: the caller passes NULL or live hunks, and uses them no more.
    boundary_get((), || unsafe { Handle::free(diff) })
}

/// Returns the number of hunks; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_count(diff: *const rille_diff) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or live hunks, which nothing changes.
        unsafe { Handle::peek(diff) }.map_or(0, |diff| diff.hunks.hunks.len() as u32)
    })
}

/// Returns 1 if the texts were compared to the end; 0 if the deadline passed before that, so that some hunks are larger than need
/// be, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_exact(diff: *const rille_diff) -> u32 {
    // SAFETY: the caller passes NULL or live hunks, which nothing changes.
    boundary_get(0, || unsafe { Handle::peek(diff) }.map_or(0, |diff| diff.hunks.exact.into()))
}

/// Returns the hunks, as many as rille_diff_count returns, valid until they are freed; NULL for NULL. They are in order, and
/// between two of them at least one line matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_hunks(diff: *const rille_diff) -> *const rille_hunk {
    boundary_get(null(), || {
        // SAFETY: the caller passes NULL or live hunks, which nothing changes.
        unsafe { Handle::peek(diff) }.map_or(null(), |diff| diff.hunks.hunks.as_ptr())
    })
}
