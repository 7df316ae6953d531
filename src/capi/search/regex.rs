//! One compiled pattern.

use super::*;
use crate::search::{PatternOptions, Regex, Replacer, Slots, Template};
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::Arc;

/// Flag i: ignore case.
pub const RILLE_REGEX_IGNORE_CASE: u32 = 1;
/// Flag m: ^ and $ also match at the start and the end of each line.
pub const RILLE_REGEX_MULTI_LINE: u32 = 2;
/// Flag s: . also matches a line feed.
pub const RILLE_REGEX_DOT_ALL: u32 = 4;
/// Flag x: ignore white space and comments in the pattern.
pub const RILLE_REGEX_VERBOSE: u32 = 8;
/// Flag b: Unicode is off; a character is a byte, and classes are ASCII only.
pub const RILLE_REGEX_BYTES: u32 = 16;
/// A match must start where the search starts.
pub const RILLE_REGEX_ANCHORED: u32 = 32;

/// Every flag.
const FLAGS: u32 = 63;

/// Written by rille_regex_captures for both ends of a group that did not participate.
pub const RILLE_UNSET: u32 = 0xFFFF_FFFF;

/// Options of a pattern.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_regex_options {
    /// sizeof(rille_regex_options).
    pub size: u32,
    /// Any of the RILLE_REGEX_ constants, combined.
    pub flags: u32,
    /// Maximum number of bytes of the compiled pattern; 0 for 10 MiB.
    pub memory_limit: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_regex_options {}

const _: () = assert!(size_of::<rille_regex_options>() == 16);

impl rille_regex_options {
    pub(super) fn read(self) -> Result<PatternOptions, Failure> {
        if self.flags & !FLAGS != 0 || self.reserved != 0 {
            let message =
                format!("unknown flags {:#x}; combine RILLE_REGEX_ constants", self.flags);
            return Err(Failure::new(RILLE_EARG, message));
        }
        let flag = |flag| self.flags & flag != 0;
        Ok(PatternOptions {
            ignore_case: flag(RILLE_REGEX_IGNORE_CASE),
            multi_line: flag(RILLE_REGEX_MULTI_LINE),
            dot_all: flag(RILLE_REGEX_DOT_ALL),
            verbose: flag(RILLE_REGEX_VERBOSE),
            bytes: flag(RILLE_REGEX_BYTES),
            anchored: flag(RILLE_REGEX_ANCHORED),
            memory_limit: self.memory_limit as usize,
        })
    }
}

/// A compiled pattern. It searches in linear time for any pattern and any text.
pub struct rille_regex {
    /// Shared with its streams, which may outlive it.
    pub(in crate::capi) regex: Arc<Regex>,
    names: Box<[Option<CString>]>,
    bytes: usize,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_regex>();
};

impl rille_regex {
    /// Returns a handle for a compiled pattern.
    fn give(regex: Arc<Regex>) -> *mut rille_regex {
        let name = |name: Option<&str>| name.and_then(|name| CString::new(name).ok());
        let names = regex.names().map(name).collect();
        let bytes = regex.memory();
        Handle::give(rille_regex { regex, names, bytes })
    }
}

impl Measured for rille_regex {
    const GAUGE: &'static Gauge = &crate::capi::gauge::REGEX;

    /// The scratch memory of a thread: what it needs to search, and the start of its cache of states. For few patterns also an
    /// automaton for short texts, of at most as much.
    const HIDDEN: usize = 64 << 10;

    /// The compiled pattern, by the size that its engine reports. The scratch memory of threads is not known, and not
    /// included.
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Compiles the `len` bytes at `pattern` and writes the result to `out`.
///
/// The syntax is that of the Rust crate regex: Perl's syntax without look-around and back-references.
///
/// Returns RILLE_OK, RILLE_EPATTERN (the pattern is wrong; the error block has the offset of the error in it) or
/// RILLE_ELIMIT (the compiled pattern would exceed its memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_new(
    pattern: *const u8,
    len: usize,
    options: *const rille_regex_options,
    out: *mut *mut rille_regex,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the pointer.
        let (pattern, options, out) =
            unsafe { (slice(pattern, len)?, super::options(options)?.read()?, place(out, "out")?) };
        out.write(rille_regex::give(Arc::new(Regex::new(pattern, &options)?)));
        Ok(RILLE_OK)
    })
}

/// The result of a job of rille_regex_start.
type Compiled = Result<Arc<Regex>, PatternError>;

/// Starts a job that compiles a pattern as rille_regex_new does, on another thread, and writes it to `out`. The pattern is
/// copied. Take the result with rille_regex_take when the job is done.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_start(
    pattern: *const u8,
    len: usize,
    options: *const rille_regex_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the pointer.
        let (pattern, options, out) =
            unsafe { (slice(pattern, len)?, super::options(options)?.read()?, place(out, "out")?) };
        let pattern = copied(pattern)?;
        let compile = move || Regex::new(&pattern, &options).map(Arc::new);
        let bytes = |compiled: &Compiled| compiled.as_ref().map_or(0, |regex| regex.memory());
        out.write(Outcome::<Compiled>::start(compile, bytes));
        Ok(RILLE_OK)
    })
}

/// Writes the pattern that a job of rille_regex_start has compiled to `out`: a new object for each call, which may
/// outlive the job.
///
/// Returns what rille_regex_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or
/// has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_take(
    job: *const rille_job,
    out: *mut *mut rille_regex,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Compiled>::take(job, "a compilation of a pattern", |compiled| {
                out.write(rille_regex::give(compiled.clone()?));
                Ok(RILLE_OK)
            })
        })
    }
}

/// Frees a pattern. Streams made from it continue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_free(regex: *mut rille_regex) {
    // SAFETY: the caller passes NULL or a live pattern, and uses it no more.
    boundary_get((), || unsafe { Handle::free(regex) })
}

/// Returns the native memory of a compiled pattern in bytes, without the scratch memory of searches; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_bytes(regex: *const rille_regex) -> f64 {
    // SAFETY: the caller passes NULL or a live handle.
    boundary_get(0.0, || unsafe { Handle::peek(regex) }.map_or(0.0, |regex| regex.bytes as f64))
}

/// Returns the number of groups of the pattern, without the whole match; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_groups(regex: *const rille_regex) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live pattern.
        unsafe { Handle::peek(regex) }.map_or(0, |regex| regex.regex.groups() as u32)
    })
}

/// Returns the name of a group, terminated by a NUL; NULL if the group has no name, if there is no such group, or for
/// NULL. Group 0 is the whole match and has no name. The string is valid while the pattern is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_name(regex: *const rille_regex, group: u32) -> *const c_char {
    boundary_get(null(), || {
        // SAFETY: the caller passes NULL or a live pattern.
        let regex = unsafe { Handle::peek(regex) };
        let name = regex.and_then(|regex| regex.names.get(group as usize)?.as_ref());
        name.map_or(null(), |name| name.as_ptr())
    })
}

/// Tests whether a pattern matches a text at or after the offset `from`.
///
/// ^ and \b see the text before `from`. If `from` is beyond the end of the text, there is no match. The search stops as
/// soon as the answer is known, so it is faster than rille_regex_find.
///
/// Returns RILLE_OK (it matches) or RILLE_NONE (it does not).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_test(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    from: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, and NULL or `len` bytes.
    unsafe {
        boundary_at(regex, err, |regex| {
            let found = regex.regex.test(slice(text, len)?, from as usize);
            Ok(if found { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Finds the first match of a pattern in a text at or after the offset `from`.
///
/// Writes two offsets to `out_span`, the start and the end of the match. ^ and \b see the text before `from`. If `from`
/// is beyond the end of the text, there is no match.
///
/// Returns RILLE_OK or RILLE_NONE (there is no match, and nothing was written).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_find(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    from: u32,
    out_span: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or `len` bytes, and NULL or places for two numbers.
    unsafe {
        boundary_at(regex, err, |regex| {
            let out = places(out_span, 2, "out_span")?;
            let Some(span) = regex.regex.find(slice(text, len)?, from as usize) else {
                return Ok(RILLE_NONE);
            };
            put(out, 0, &[span.start, span.stop]);
            Ok(RILLE_OK)
        })
    }
}

/// Finds a batch of matches in a text, from left to right; matches do not overlap.
///
/// Writes two offsets for each match to `out_spans` and the number of matches to `out_count`. `out_spans` has room for
/// two numbers times the capacity of `scan`, which says where to start; to continue after a full batch, see rille_scan.
///
/// Returns RILLE_OK (there are no more) or RILLE_MORE (the batch is full).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_spans(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    scan: *const rille_scan,
    out_spans: *mut u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or `len` bytes, and NULL or places for what is written.
    unsafe {
        boundary_at(regex, err, |regex| {
            let (text, scan) = (slice(text, len)?, options(scan)?);
            let capacity = scan.capacity as usize;
            let out = places(out_spans, 2 * capacity, "out_spans")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            if capacity > 0 {
                let matches = regex.regex.matches(text, scan.from as usize, scan.after != 0);
                for Span { start, stop } in matches.take(capacity) {
                    put(out, 2 * count, &[start, stop]);
                    count += 1;
                }
            }
            out_count.write(count as u32);
            Ok(if count == capacity { RILLE_MORE } else { RILLE_OK })
        })
    }
}

/// Finds a batch of matches with their groups in a text.
///
/// Writes two offsets for each group of each match to `out_slots`, the whole match first; both are RILLE_UNSET for a
/// group that did not participate. `out_slots` has room for 2 * (1 + rille_regex_groups) numbers times the capacity of
/// `scan`. Writes the number of matches to `out_count`. Finding groups takes several times as long as finding matches:
/// see rille_regex_spans.
///
/// Returns RILLE_OK (there are no more) or RILLE_MORE (the batch is full).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_captures(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    scan: *const rille_scan,
    out_slots: *mut u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or `len` bytes, and NULL or places for what is written.
    unsafe {
        boundary_at(regex, err, |regex| {
            let (text, scan) = (slice(text, len)?, options(scan)?);
            let (capacity, width) = (scan.capacity as usize, 2 * (1 + regex.regex.groups()));
            let out = places(out_slots, width * capacity, "out_slots")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            if capacity > 0 {
                let mut matches = regex.regex.matches(text, scan.from as usize, scan.after != 0);
                while count < capacity
                    && let Some(slots) = matches.next_captures()
                {
                    put_slots(&mut out[count * width..], slots);
                    count += 1;
                }
            }
            out_count.write(count as u32);
            Ok(if count == capacity { RILLE_MORE } else { RILLE_OK })
        })
    }
}

fn put_slots(out: &mut [std::mem::MaybeUninit<u32>], slots: &Slots) {
    for (place, slot) in out.iter_mut().zip(slots) {
        place.write(slot.map_or(RILLE_UNSET, |offset| offset.get() as u32));
    }
}

/// Counts the matches of a pattern in a text from the offset `from` on, and writes their number to `out_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_count(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    from: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or `len` bytes, and NULL or a place for the number.
    unsafe {
        boundary_at(regex, err, |regex| {
            let out_count = place(out_count, "out_count")?;
            let text = slice(text, len)?;
            let count = regex.regex.count(text, from as usize);
            // There is one more position than there are bytes, so a text of 4 GiB - 1 may have one match more than
            // fits.
            out_count.write(u32::try_from(count).unwrap_or(u32::MAX));
            Ok(RILLE_OK)
        })
    }
}

/// The replacement of matches.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_replacement {
    /// sizeof(rille_replacement).
    pub size: u32,
    /// Maximum number of replacements; 0 for all.
    pub limit: u32,
    /// Not 0 for a literal text; 0 for a template: $0 is the match, $1 a group, ${name} a named group, $$ a dollar
    /// sign.
    pub literal: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// The text or the template; NULL for the empty text.
    pub text: *const u8,
    /// Length of the text in bytes.
    pub len: usize,
}

// SAFETY: plain numbers and a pointer, the first of which is the size.
unsafe impl Zeroed for rille_replacement {}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<rille_replacement>() == 32);

impl rille_replacement {
    /// Returns the template for the replacement of a pattern's matches.
    ///
    /// # Safety
    ///
    /// The text is null or has `len` bytes.
    pub(super) unsafe fn template(&self, regex: &Regex) -> Result<Template, Failure> {
        // SAFETY: the caller vouches for the text.
        let text = unsafe { slice(self.text, self.len) }?;
        Ok(if self.literal != 0 { Template::literal(text) } else { Template::new(text, regex)? })
    }
}

/// Replaces the matches of a pattern in a text.
///
/// Appends the text with its matches replaced to `out`, and writes the number of replacements to `out_count`. `how` has
/// the replacement; NULL removes matches. The text may not lie in `out`.
///
/// Returns RILLE_OK, RILLE_NONE (nothing matched, and the text was appended unchanged), RILLE_EPATTERN (the template is
/// wrong or names a group that the pattern does not have; the error block has the offset in the template) or
/// RILLE_ETOOBIG (the text is too long, or `out` would be). Threads may call it at the same time on one pattern, each
/// with a buffer of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_replace(
    regex: *const rille_regex,
    text: *const u8,
    len: usize,
    how: *const rille_replacement,
    out: *mut rille_buffer,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or `len` bytes, NULL or what is put in, NULL or a live buffer
    // that is used by this call only, and NULL or a place for the number.
    unsafe {
        boundary_at(regex, err, |regex| {
            let (text, how) = (slice(text, len)?, options(how)?);
            let out_count = place(out_count, "out_count")?;
            let template = &how.template(&regex.regex)?;
            let limit = if how.limit == 0 { usize::MAX } else { how.limit as usize };
            append(out, text, |out| {
                let count = Replacer { regex: &regex.regex, template, limit }.replace(text, out)?;
                out_count.write(u32::try_from(count).unwrap_or(u32::MAX));
                Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
            })
        })
    }
}
