//! Detection of patterns in text that arrives in chunks.

use super::literals::rille_literals;
use super::regexset::rille_regexset;
use super::*;
use crate::capi::boundary::boundary_on;
use crate::search::{Scan, ScanFinished, ScanOptions};
use std::sync::Arc;

/// Options of a scan.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_scanner_options {
    /// sizeof(rille_scanner_options).
    pub size: u32,
    /// Maximum number of bytes of the automaton; 0 for 16 MiB.
    pub memory_limit: u32,
    /// Maximum number of bytes of the text to scan; 0 for all. Below 2^53.
    pub max_bytes: i64,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_scanner_options {}

const _: () = assert!(
    size_of::<rille_scanner_options>() == 16
        && std::mem::offset_of!(rille_scanner_options, max_bytes) == 8
);

impl rille_scanner_options {
    fn read(self) -> Result<ScanOptions, Failure> {
        let max_bytes = u64::try_from(self.max_bytes).map_err(|_| {
            Failure::new(RILLE_EARG, format!("max_bytes is {}, below 0", self.max_bytes))
        })?;
        Ok(ScanOptions { memory_limit: self.memory_limit as usize, max_bytes })
    }
}

/// Detection of the patterns of a set, or of literals, in text that arrives in chunks. A match may cross any border: the
/// patterns found do not depend on where the text is cut. No text is kept.
pub struct rille_scanner {
    scan: Scan,
}

const _: () = {
    const fn movable<T: Send>() {}
    movable::<rille_scanner>();
};

impl Measured for rille_scanner {
    const GAUGE: &'static Gauge = &crate::capi::gauge::SCAN;

    /// The places of the patterns, and the automaton for the scan that has built it.
    fn bytes(&self) -> usize {
        self.scan.memory()
    }
}

impl From<ScanFinished> for Failure {
    fn from(_: ScanFinished) -> Failure {
        Failure::new(RILLE_EARG, "the text of the scan is finished; reset it")
    }
}

/// Creates a scan for the patterns of a set, and writes it to `out`. The set may be freed while the scan lives. Scans of the
/// same set share the automaton, which the first one builds: that may take a tenth of a second. `options` may be NULL.
///
/// Returns RILLE_OK, RILLE_EARG (an option is wrong), RILLE_EPATTERN (a pattern has a Unicode word boundary, which cannot be
/// searched for across chunks: write (?-u:\b)) or RILLE_ELIMIT (the automaton would exceed its memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_new_regexset(
    set: *const rille_regexset,
    options: *const rille_scanner_options,
    out: *mut *mut rille_scanner,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live set, NULL or options, and NULL or a place for the pointer.
    unsafe {
        boundary_at(set, err, |set| {
            let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
            out.write(Handle::give(rille_scanner { scan: Scan::of_set(&set.set, &options)? }));
            Ok(RILLE_OK)
        })
    }
}

/// Creates a scan for literals, and writes it to `out`. It finds all literals that occur, also overlapping ones. The list
/// may be freed while the scan lives. `options` may be NULL.
///
/// Returns RILLE_OK, RILLE_EARG (an option is wrong) or RILLE_ELIMIT (the automaton would exceed its memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_new_literals(
    literals: *const rille_literals,
    options: *const rille_scanner_options,
    out: *mut *mut rille_scanner,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or options, and NULL or a place for the pointer.
    unsafe {
        boundary_at(literals, err, |literals| {
            let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
            let scan = Scan::of_literals(&literals.literals, &options)?;
            out.write(Handle::give(rille_scanner { scan }));
            Ok(RILLE_OK)
        })
    }
}

/// The result of a job of rille_scanner_start_regexset or rille_scanner_start_literals.
type Compiled = Result<Scan, PatternError>;

fn start(compile: impl FnOnce() -> Compiled + Send + 'static) -> *mut rille_job {
    let bytes = |compiled: &Compiled| compiled.as_ref().map_or(0, Scan::memory);
    Outcome::<Compiled>::start(compile, bytes)
}

/// Starts a job that creates a scan as rille_scanner_new_regexset does, on another thread, and writes it to `out`. The set may
/// be freed meanwhile. Take the scan with rille_scanner_take when the job is done. `options` may be NULL.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_start_regexset(
    set: *const rille_regexset,
    options: *const rille_scanner_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live set, NULL or options, and NULL or a place for the pointer.
    unsafe {
        boundary_at(set, err, |set| {
            let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
            let set = Arc::clone(&set.set);
            out.write(start(move || Scan::of_set(&set, &options)));
            Ok(RILLE_OK)
        })
    }
}

/// Starts a job that creates a scan as rille_scanner_new_literals does, on another thread, and writes it to `out`. The list
/// may be freed meanwhile. Take the scan with rille_scanner_take when the job is done. `options` may be NULL.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_start_literals(
    literals: *const rille_literals,
    options: *const rille_scanner_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or options, and NULL or a place for the pointer.
    unsafe {
        boundary_at(literals, err, |literals| {
            let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
            let literals = Arc::clone(&literals.literals);
            out.write(start(move || Scan::of_literals(&literals, &options)));
            Ok(RILLE_OK)
        })
    }
}

/// Writes the scan that a job has created to `out`: a new object for each call, with a text of its own, which may outlive the
/// job.
///
/// Returns what rille_scanner_new_regexset or rille_scanner_new_literals would return; or RILLE_PENDING (the job still runs),
/// RILLE_NONE (it was cancelled or has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_take(
    job: *const rille_job,
    out: *mut *mut rille_scanner,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Compiled>::take(job, "a compilation of a scan", |compiled| {
                let scan = compiled.as_ref().map_err(Clone::clone)?.successor();
                out.write(Handle::give(rille_scanner { scan }));
                Ok(RILLE_OK)
            })
        })
    }
}

/// Frees a scan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_free(scanner: *mut rille_scanner) {
    // SAFETY: the caller passes NULL or a live scan, and uses it no more.
    boundary_get((), || unsafe { Handle::free(scanner) })
}

/// Scans the next chunk, of any length; if `last` is not 0, the text ends after it. Writes the number of patterns that were
/// found for the first time to `out_count`; rille_scanner_new_ids has their indices.
///
/// A pattern is found with the chunk in which its first match ends, or, if that depends on the text after it, with the next
/// one.
///
/// Returns RILLE_OK, RILLE_NONE (nothing new, and 0 was written) or RILLE_EARG (the text is finished).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_feed(
    scanner: *mut rille_scanner,
    text: *const u8,
    len: usize,
    last: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live scan that nothing else uses meanwhile, NULL or `len` bytes, and NULL or a place
    // for the number.
    unsafe {
        boundary_on(scanner, err, |scanner| {
            let (text, out_count) = (slice(text, len)?, place(out_count, "out_count")?);
            let count = scanner.scan.feed(text, last != 0)?.len();
            out_count.write(count as u32);
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Returns the indices of the patterns that the last call of rille_scanner_feed has found for the first time, counted from 0
/// and ascending, valid until the next call on the scan; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_new_ids(scanner: *const rille_scanner) -> *const u32 {
    boundary_get(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a live scan that nobody changes meanwhile.
        unsafe { Handle::peek(scanner) }
            .map_or(std::ptr::null(), |scanner| scanner.scan.new_ids().as_ptr())
    })
}

/// Writes the indices of all patterns found so far, counted from 0 and ascending, to `out_ids`, and their number to
/// `out_count`. A `capacity` of rille_scanner_len is always enough.
///
/// Returns RILLE_OK, RILLE_NONE (none was found, and 0 was written) or RILLE_ESHORT (`capacity` is below the number of
/// patterns).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_matches(
    scanner: *mut rille_scanner,
    out_ids: *mut u32,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live scan that nothing else uses meanwhile, and NULL or places for what is written.
    unsafe {
        boundary_on(scanner, err, |scanner| {
            let len = scanner.scan.len();
            if (capacity as usize) < len {
                let message =
                    format!("there are {len} patterns, and the output has room for {capacity}");
                return Err(Failure::new(RILLE_ESHORT, message));
            }
            let out = places(out_ids, capacity as usize, "out_ids")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            for id in scanner.scan.matches() {
                out[count].write(id as u32);
                count += 1;
            }
            out_count.write(count as u32);
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Returns the offset in the text at which the first match of a pattern ends, `id` counted from 0; -1 if it was not found, if
/// there is no such pattern, or for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_first(scanner: *const rille_scanner, id: u32) -> f64 {
    boundary_get(-1.0, || {
        // SAFETY: the caller passes NULL or a live scan that nobody changes meanwhile.
        let first =
            unsafe { Handle::peek(scanner) }.and_then(|scanner| scanner.scan.first(id as usize));
        first.map_or(-1.0, |first| first as f64)
    })
}

/// Returns 1 if the text is longer than `max_bytes`, and was scanned up to there only; otherwise 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_limited(scanner: *const rille_scanner) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live scan that nobody changes meanwhile.
        unsafe { Handle::peek(scanner) }.map_or(0, |scanner| scanner.scan.limited().into())
    })
}

/// Returns the number of patterns; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_len(scanner: *const rille_scanner) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live scan that nobody changes meanwhile.
        unsafe { Handle::peek(scanner) }.map_or(0, |scanner| scanner.scan.len() as u32)
    })
}

/// Forgets the text and what was found, and begins with a new text. It allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_reset(
    scanner: *mut rille_scanner,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live scan that nothing else uses meanwhile.
    unsafe {
        boundary_on(scanner, err, |scanner| {
            scanner.scan.reset();
            Ok(RILLE_OK)
        })
    }
}

/// Creates a scan like another one, with a text of its own, and writes it to `out`. Both share what was compiled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_scanner_new_like(
    scanner: *mut rille_scanner,
    out: *mut *mut rille_scanner,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live scan that nothing else uses meanwhile, and NULL or a place for the pointer.
    unsafe {
        boundary_on(scanner, err, |scanner| {
            let out = place(out, "out")?;
            out.write(Handle::give(rille_scanner { scan: scanner.scan.another() }));
            Ok(RILLE_OK)
        })
    }
}
