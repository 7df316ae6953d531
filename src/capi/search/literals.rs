//! Lists of literals, searched for in one pass.

use super::list::{OwnedList, list};
use super::*;
use crate::search::{Hit, LiteralOptions, Literals};
use std::sync::Arc;

/// Ignore the case of ASCII letters.
pub const RILLE_LITERALS_IGNORE_CASE: u32 = 1;
/// Where several literals start, the longest matches instead of the first in the list.
pub const RILLE_LITERALS_LONGEST: u32 = 2;

/// Options of a list of literals.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_literals_options {
    /// sizeof(rille_literals_options).
    pub size: u32,
    /// Any of the RILLE_LITERALS_ constants, combined.
    pub flags: u32,
    /// Maximum size in bytes of the fast automaton; 0 for 16 MiB. If it does not fit, a smaller one of half the speed
    /// is used.
    pub memory_limit: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_literals_options {}

const _: () = assert!(size_of::<rille_literals_options>() == 16);

/// A list of literals, searched for in one pass.
pub struct rille_literals {
    /// Shared with its streams, which may outlive it.
    pub(in crate::capi) literals: Arc<Literals>,
    bytes: usize,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_literals>();
};

impl rille_literals {
    /// Returns a handle for a list.
    fn give(literals: Arc<Literals>) -> *mut rille_literals {
        let bytes = literals.memory();
        Handle::give(rille_literals { literals, bytes })
    }
}

impl rille_literals_options {
    fn read(self) -> Result<LiteralOptions, Failure> {
        if self.flags & !(RILLE_LITERALS_IGNORE_CASE | RILLE_LITERALS_LONGEST) != 0
            || self.reserved != 0
        {
            let message =
                format!("unknown flags {:#x}; combine RILLE_LITERALS_ constants", self.flags);
            return Err(Failure::new(RILLE_EARG, message));
        }
        Ok(LiteralOptions {
            ignore_case: self.flags & RILLE_LITERALS_IGNORE_CASE != 0,
            longest: self.flags & RILLE_LITERALS_LONGEST != 0,
            memory_limit: self.memory_limit as usize,
        })
    }
}

impl Measured for rille_literals {
    const GAUGE: &'static Gauge = &crate::capi::gauge::LITERALS;

    /// The automaton, by the size that its engine reports. A search takes no memory.
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Compiles a list of literals and writes it to `out`.
///
/// `text` has all literals one after the other, `len` bytes; `ends` has the end offset of each, `count` strictly
/// ascending numbers: no literal may be empty. A list without literals matches nothing. Where several literals start,
/// the first one in the list matches unless the options say otherwise.
///
/// Returns RILLE_OK, RILLE_EARG (an option is unknown, or an end offset is wrong), RILLE_EPATTERN (a literal is empty;
/// the message says which, counted from 1) or RILLE_ELIMIT (there are too many literals).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_new(
    text: *const u8,
    len: usize,
    ends: *const u32,
    count: u32,
    options: *const rille_literals_options,
    out: *mut *mut rille_literals,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or `count` numbers, NULL or options, and NULL or a place for the
    // pointer.
    boundary(err, || unsafe {
        let literals = list(text, len, ends, count)?;
        let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
        out.write(rille_literals::give(Arc::new(Literals::new(&literals, &options)?)));
        Ok(RILLE_OK)
    })
}

/// The result of a job of rille_literals_start.
type Compiled = Result<Arc<Literals>, PatternError>;

/// Starts a job that compiles a list of literals as rille_literals_new does, on another thread, and writes it to `out`.
/// The list is copied. Take the result with rille_literals_take when the job is done.
///
/// Returns RILLE_OK or RILLE_EARG (an option is unknown, or an end offset is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_start(
    text: *const u8,
    len: usize,
    ends: *const u32,
    count: u32,
    options: *const rille_literals_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or `count` numbers, NULL or options, and NULL or a place for the
    // pointer.
    boundary(err, || unsafe {
        let literals = list(text, len, ends, count)?;
        let (options, out) = (super::options(options)?.read()?, place(out, "out")?);
        let literals = OwnedList::copy(&literals)?;
        let compile = move || Literals::new(&literals.texts(), &options).map(Arc::new);
        let bytes = |compiled: &Compiled| compiled.as_ref().map_or(0, |made| made.memory());
        out.write(Outcome::<Compiled>::start(compile, bytes));
        Ok(RILLE_OK)
    })
}

/// Writes the list of literals that a job of rille_literals_start has compiled to `out`: a new object for each call,
/// which may outlive the job.
///
/// Returns what rille_literals_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or
/// has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_take(
    job: *const rille_job,
    out: *mut *mut rille_literals,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Compiled>::take(job, "a compilation of literals", |compiled| {
                out.write(rille_literals::give(compiled.clone()?));
                Ok(RILLE_OK)
            })
        })
    }
}

/// Frees a list of literals. Streams made from it continue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_free(literals: *mut rille_literals) {
    // SAFETY: the caller passes NULL or a live list, and uses it no more.
    boundary_get((), || unsafe { Handle::free(literals) })
}

/// Returns the native memory of a list of literals in bytes, without the scratch memory of searches; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_bytes(literals: *const rille_literals) -> f64 {
    boundary_get(0.0, || {
        // SAFETY: the caller passes NULL or a live handle.
        unsafe { Handle::peek(literals) }.map_or(0.0, |literals| literals.bytes as f64)
    })
}

/// Returns the number of literals; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_len(literals: *const rille_literals) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live list.
        unsafe { Handle::peek(literals) }.map_or(0, |literals| literals.literals.len() as u32)
    })
}

/// Finds the first hit in a text at or after the offset `from`.
///
/// Writes three numbers to `out_hit`: the start and the end of the hit, and the index of the literal in the list,
/// counted from 0. If `from` is beyond the end of the text, there is no hit.
///
/// Returns RILLE_OK or RILLE_NONE (there is no hit, and nothing was written).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_find(
    literals: *const rille_literals,
    text: *const u8,
    len: usize,
    from: u32,
    out_hit: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or `len` bytes, and NULL or places for three numbers.
    unsafe {
        boundary_at(literals, err, |literals| {
            let out = places(out_hit, 3, "out_hit")?;
            let Some(hit) = literals.literals.find(slice(text, len)?, from as usize) else {
                return Ok(RILLE_NONE);
            };
            put(out, 0, &[hit.span.start, hit.span.stop, hit.id]);
            Ok(RILLE_OK)
        })
    }
}

/// Finds a batch of hits in a text, from left to right; hits do not overlap.
///
/// Writes three numbers for each hit to `out_hits`, as rille_literals_find does, and the number of hits to `out_count`.
/// `out_hits` has room for three numbers times the capacity of `scan`. To continue after a full batch, see rille_scan.
///
/// Returns RILLE_OK (there are no more) or RILLE_MORE (the batch is full).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_spans(
    literals: *const rille_literals,
    text: *const u8,
    len: usize,
    scan: *const rille_scan,
    out_hits: *mut u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or `len` bytes, and NULL or places for what is written.
    unsafe {
        boundary_at(literals, err, |literals| {
            let (text, scan) = (slice(text, len)?, options(scan)?);
            let capacity = scan.capacity as usize;
            let out = places(out_hits, 3 * capacity, "out_hits")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            for Hit { span, id } in literals.literals.hits(text, scan.from as usize).take(capacity)
            {
                put(out, 3 * count, &[span.start, span.stop, id]);
                count += 1;
            }
            out_count.write(count as u32);
            Ok(if count == capacity { RILLE_MORE } else { RILLE_OK })
        })
    }
}

/// Counts the hits in a text from the offset `from` on, and writes their number to `out_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_count(
    literals: *const rille_literals,
    text: *const u8,
    len: usize,
    from: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or `len` bytes, and NULL or a place for the number.
    unsafe {
        boundary_at(literals, err, |literals| {
            let out_count = place(out_count, "out_count")?;
            let count = literals.literals.hits(slice(text, len)?, from as usize).count();
            out_count.write(count as u32);
            Ok(RILLE_OK)
        })
    }
}

/// The replacements of a list of literals.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_replacements {
    /// sizeof(rille_replacements).
    pub size: u32,
    /// Maximum number of hits to replace; 0 for all.
    pub limit: u32,
    /// Number of replacements: one for each literal, or 1 for all of them.
    pub count: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// All replacements one after the other; NULL for the empty text.
    pub text: *const u8,
    /// Length of that text in bytes.
    pub len: usize,
    /// The end offset of each replacement: `count` ascending numbers.
    pub ends: *const u32,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_replacements {}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<rille_replacements>() == 40);

impl rille_replacements {
    /// Returns the replacement of each literal, or of all of them.
    ///
    /// # Safety
    ///
    /// The text and the ends are null or as long as they say.
    pub(super) unsafe fn read<'a>(&self, literals: &Literals) -> Result<Vec<&'a [u8]>, Failure> {
        // SAFETY: the caller vouches for both.
        let replacements = unsafe { list(self.text, self.len, self.ends, self.count) }?;
        if replacements.len() != 1 && replacements.len() != literals.len() {
            let message = format!(
                "there are {} replacements for {} literals; pass one for each, or one for all",
                replacements.len(),
                literals.len()
            );
            return Err(Failure::new(RILLE_EARG, message));
        }
        Ok(replacements)
    }
}

/// Replaces the hits in a text.
///
/// Appends the text with its hits replaced to `out`, and writes the number of hits to `out_count`. `how` has the
/// replacements. The text may not lie in `out`.
///
/// Returns RILLE_OK, RILLE_NONE (there was no hit, and the text was appended unchanged), RILLE_EARG (the number of
/// replacements is neither 1 nor the number of literals) or RILLE_ETOOBIG (the text is too long, or `out` would be).
/// Threads may call it at the same time on one list, each with a buffer of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_literals_replace(
    literals: *const rille_literals,
    text: *const u8,
    len: usize,
    how: *const rille_replacements,
    out: *mut rille_buffer,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or `len` bytes, NULL or what is put in, NULL or a live buffer that
    // is used by this call only, and NULL or a place for the number.
    unsafe {
        boundary_at(literals, err, |literals| {
            let (text, how) = (slice(text, len)?, options(how)?);
            let out_count = place(out_count, "out_count")?;
            let literals = &literals.literals;
            let replacements = how.read(literals)?;
            let limit = if how.limit == 0 { usize::MAX } else { how.limit as usize };
            append(out, text, |out| {
                let count = literals.replace(text, &replacements, limit, out)?;
                out_count.write(count as u32);
                Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
            })
        })
    }
}
