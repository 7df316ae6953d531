//! Sets of patterns, searched for in one pass.

use super::list::{OwnedList, list};
use super::regex::rille_regex_options;
use super::*;
use crate::search::RegexSet;
use std::sync::Arc;

/// A list of patterns that is searched for in one pass, to find which of them match a text.
pub struct rille_regexset {
    pub(super) set: Arc<RegexSet>,
    bytes: usize,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_regexset>();
};

impl rille_regexset {
    /// Returns a handle for a compiled list.
    fn give(set: Arc<RegexSet>) -> *mut rille_regexset {
        let bytes = set.memory();
        Handle::give(rille_regexset { set, bytes })
    }
}

impl Measured for rille_regexset {
    const GAUGE: &'static Gauge = &crate::capi::gauge::REGEXSET;

    /// The scratch memory of a thread: what it needs to search, and the start of its cache of states.
    const HIDDEN: usize = 64 << 10;

    /// The compiled patterns, by the size that their engine reports. The scratch memory of threads is not included.
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Compiles a list of patterns and writes the result to `out`.
///
/// `text` has all patterns one after the other, `len` bytes; `ends` has the end offset of each, `count` ascending
/// numbers. `options` may be NULL; its memory limit is for all patterns together. A list without patterns matches
/// nothing.
///
/// Returns RILLE_OK, RILLE_EARG (an option is unknown, or an end offset is wrong), RILLE_EPATTERN (a pattern is wrong;
/// the message says which, counted from 1, and the error block has the offset of the error in that pattern) or
/// RILLE_ELIMIT (the compiled patterns would exceed their memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_new(
    text: *const u8,
    len: usize,
    ends: *const u32,
    count: u32,
    options: *const rille_regex_options,
    out: *mut *mut rille_regexset,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or `count` numbers, NULL or options, and NULL or a place for the
    // pointer.
    boundary(err, || unsafe {
        let (patterns, options) = (list(text, len, ends, count)?, super::options(options)?.read()?);
        let out = place(out, "out")?;
        out.write(rille_regexset::give(Arc::new(RegexSet::new(&patterns, &options)?)));
        Ok(RILLE_OK)
    })
}

/// The result of a job of rille_regexset_start.
type Compiled = Result<Arc<RegexSet>, PatternError>;

/// Starts a job that compiles a list of patterns as rille_regexset_new does, on another thread, and writes it to `out`. The
/// list is copied. Take the result with rille_regexset_take when the job is done.
///
/// Returns RILLE_OK or RILLE_EARG (an option is unknown, or an end offset is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_start(
    text: *const u8,
    len: usize,
    ends: *const u32,
    count: u32,
    options: *const rille_regex_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or `count` numbers, NULL or options, and NULL or a place for the
    // pointer.
    boundary(err, || unsafe {
        let (patterns, options) = (list(text, len, ends, count)?, super::options(options)?.read()?);
        let out = place(out, "out")?;
        let patterns = OwnedList::copy(&patterns)?;
        let compile = move || RegexSet::new(&patterns.texts(), &options).map(Arc::new);
        let bytes = |compiled: &Compiled| compiled.as_ref().map_or(0, |set| set.memory());
        out.write(Outcome::<Compiled>::start(compile, bytes));
        Ok(RILLE_OK)
    })
}

/// Writes the list of patterns that a job of rille_regexset_start has compiled to `out`: a new object for each call,
/// which may outlive the job.
///
/// Returns what rille_regexset_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or
/// has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_take(
    job: *const rille_job,
    out: *mut *mut rille_regexset,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Compiled>::take(job, "a compilation of a list of patterns", |compiled| {
                out.write(rille_regexset::give(compiled.clone()?));
                Ok(RILLE_OK)
            })
        })
    }
}

/// Frees a list of patterns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_free(set: *mut rille_regexset) {
    // SAFETY: the caller passes NULL or a live list, and uses it no more.
    boundary_get((), || unsafe { Handle::free(set) })
}

/// Returns the native memory of a list of patterns in bytes, without the scratch memory of searches; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_bytes(set: *const rille_regexset) -> f64 {
    // SAFETY: the caller passes NULL or a live handle.
    boundary_get(0.0, || unsafe { Handle::peek(set) }.map_or(0.0, |set| set.bytes as f64))
}

/// Returns the number of patterns; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_len(set: *const rille_regexset) -> u32 {
    // SAFETY: the caller passes NULL or a live list.
    boundary_get(0, || unsafe { Handle::peek(set) }.map_or(0, |set| set.set.len() as u32))
}

/// Tests whether any of the patterns matches a text. The search stops as soon as the answer is known.
///
/// Returns RILLE_OK (one matches) or RILLE_NONE (none does).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_test(
    set: *const rille_regexset,
    text: *const u8,
    len: usize,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, and NULL or `len` bytes.
    unsafe {
        boundary_at(set, err, |set| {
            Ok(if set.set.test(slice(text, len)?) { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Finds the patterns that match a text.
///
/// Writes their indices in the list, counted from 0 and ascending, to `out_ids`, and their number to `out_count`. A
/// `capacity` of rille_regexset_len is always enough.
///
/// Returns RILLE_OK, RILLE_NONE (none matches, and 0 was written) or RILLE_ESHORT (`capacity` is below the number of
/// patterns).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regexset_matches(
    set: *const rille_regexset,
    text: *const u8,
    len: usize,
    out_ids: *mut u32,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or `len` bytes, and NULL or places for what is written.
    unsafe {
        boundary_at(set, err, |set| {
            let text = slice(text, len)?;
            if (capacity as usize) < set.set.len() {
                let message = format!(
                    "there are {} patterns, and the output has room for {capacity}",
                    set.set.len()
                );
                return Err(Failure::new(RILLE_ESHORT, message));
            }
            let out = places(out_ids, capacity as usize, "out_ids")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            set.set.matches(text, |id| {
                out[count].write(id as u32);
                count += 1;
            });
            out_count.write(count as u32);
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}
