//! Patches: unified diffs, and hunks that are applied and taken back.

use super::*;
use crate::capi::boundary::{narrow, on, places, required, values};
use crate::capi::buffer::rille_buffer;
use crate::capi::error::rille_status;
use crate::diff::Lines;
use crate::diff::apply::{ApplyError, apply};
use crate::diff::script::check;
use crate::diff::unified::{UnifiedOptions, unified};

/// Two texts, and the hunks from the first to the second one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_patch {
    /// sizeof(rille_patch).
    pub size: u32,
    /// Number of hunks.
    pub count: u32,
    /// The hunks, as rille_diff_hunks returns them.
    pub hunks: *const rille_hunk,
    /// The first text.
    pub a: *const u8,
    /// Its length in bytes.
    pub a_len: usize,
    /// The second text.
    pub b: *const u8,
    /// Its length in bytes.
    pub b_len: usize,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_patch {}

impl rille_patch {
    /// Returns the lines of both texts and the hunks, which are those of the texts.
    ///
    /// # Safety
    ///
    /// The texts and the hunks are null or as long as they say.
    unsafe fn read<'a>(&self) -> Result<(Lines<'a>, Lines<'a>, Vec<Hunk>), Failure> {
        // SAFETY: the caller vouches for all of it.
        let (a, b, hunks) = unsafe {
            let hunks = values(self.hunks, self.count as usize, "the array of hunks")?;
            (slice(self.a, self.a_len)?, slice(self.b, self.b_len)?, hunks)
        };
        let hunks = memory::collect(hunks.iter().map(|&hunk| {
            let rille_hunk { a_first, a_count, b_first, b_count } = hunk;
            Hunk { a_first, a_count, b_first, b_count }
        }))?;
        let (a, b) = (Lines::new(a)?, Lines::new(b)?);
        check(&hunks, &a, &b).map_err(|message| Failure::new(RILLE_EARG, message))?;
        Ok((a, b, hunks))
    }

    /// Returns whether one of the texts lies in the memory of a buffer.
    unsafe fn lies_in(&self, buffer: &rille_buffer) -> Result<bool, Failure> {
        // SAFETY: the caller vouches for the texts.
        let (a, b) = unsafe { (slice(self.a, self.a_len)?, slice(self.b, self.b_len)?) };
        Ok(buffer.holds(a) || buffer.holds(b))
    }
}

/// Returns why an output is refused that has one of the texts.
#[cold]
pub(super) fn holds_text() -> Failure {
    Failure::new(RILLE_EARG, "a text lies in the buffer of the output; use another buffer")
}

/// Appends what `make` writes to a buffer; if it fails, or the buffer would be too long, the buffer is unchanged.
pub(super) fn append_to(
    out: &mut rille_buffer,
    make: impl FnOnce(&mut Vec<u8>) -> Result<rille_status, Failure>,
) -> Result<rille_status, Failure> {
    let content = out.content();
    let before = content.len();
    let made = make(content);
    let made = made.and_then(|status| narrow(content.len(), "the buffer").map(|_| status));
    if made.is_err() {
        content.truncate(before);
    }
    made
}

/// Show the last line before each change that starts with a letter, an underscore or a dollar sign, as Git does.
pub const RILLE_UNIFIED_HEADINGS: u32 = 1;
/// Write no unchanged lines.
pub const RILLE_UNIFIED_NO_CONTEXT: u32 = 2;

/// Number of unchanged lines by default.
const DEFAULT_CONTEXT_LINES: u32 = 3;

/// How a unified diff is written. Set `size` to sizeof(rille_unified_options).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_unified_options {
    /// sizeof(rille_unified_options).
    pub size: u32,
    /// Number of unchanged lines before and after each change; 0 for 3.
    pub context: u32,
    /// RILLE_UNIFIED_HEADINGS and RILLE_UNIFIED_NO_CONTEXT, combined.
    pub flags: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// The name of the first text; if both names are NULL, the diff starts with its first line of `@@`.
    pub a_name: *const u8,
    /// Its length in bytes.
    pub a_name_len: usize,
    /// The name of the second text.
    pub b_name: *const u8,
    /// Its length in bytes.
    pub b_name_len: usize,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_unified_options {}

impl rille_unified_options {
    /// Returns the options.
    ///
    /// # Safety
    ///
    /// The names are null or as long as they say.
    unsafe fn read<'a>(&self) -> Result<UnifiedOptions<'a>, Failure> {
        if self.flags & !(RILLE_UNIFIED_HEADINGS | RILLE_UNIFIED_NO_CONTEXT) != 0 {
            let message =
                format!("unknown flags {:#x}; combine RILLE_UNIFIED_ constants", self.flags);
            return Err(Failure::new(RILLE_EARG, message));
        } else if self.reserved != 0 {
            let message = format!("reserved is {}; it must be 0", self.reserved);
            return Err(Failure::new(RILLE_EARG, message));
        }
        // SAFETY: the caller vouches for both.
        let names =
            unsafe { (slice(self.a_name, self.a_name_len)?, slice(self.b_name, self.b_name_len)?) };
        let is_named = !self.a_name.is_null() || !self.b_name.is_null();
        Ok(UnifiedOptions {
            context: match self.context {
                _ if self.flags & RILLE_UNIFIED_NO_CONTEXT != 0 => 0,
                0 => DEFAULT_CONTEXT_LINES,
                context => context,
            },
            names: is_named.then_some(names),
            headings: self.flags & RILLE_UNIFIED_HEADINGS != 0,
        })
    }
}

/// Appends a unified diff to `out`, byte for byte as `git diff` and `diff -u` write it after their first lines: nothing if
/// there are no hunks. Unchanged lines are those of the first text. `options` may be NULL; no text may lie in `out`.
///
/// Returns RILLE_OK, RILLE_EARG (the hunks are not those of the texts, an option is wrong, or a text lies in `out`) or
/// RILLE_ETOOBIG (a text has too many lines, or `out` would be too long).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_unified(
    patch: *const rille_patch,
    options: *const rille_unified_options,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes structs that are NULL or valid, and NULL or a live buffer that nothing else uses meanwhile.
    boundary(err, || unsafe {
        let patch = required(patch, "patch")?;
        let options = self::options(options)?.read()?;
        on(out, |out| {
            if patch.lies_in(out)? {
                return Err(holds_text());
            }
            let (a, b, hunks) = patch.read()?;
            append_to(out, |out| {
                unified(&a, &b, &hunks, &options, out)?;
                Ok(RILLE_OK)
            })
        })
    })
}

/// Take hunks back: the text is the second one of the diff.
pub const RILLE_APPLY_REVERSE: u32 = 1;

/// Which hunks are applied. Set `size` to sizeof(rille_apply_options).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_apply_options {
    /// sizeof(rille_apply_options).
    pub size: u32,
    /// Number of the hunk, from 1 on; 0 for all of them.
    pub hunk: u32,
    /// RILLE_APPLY_REVERSE, or 0.
    pub flags: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_apply_options {}

/// Appends a text of `len` bytes with one hunk, or with all of them, applied to `out`.
///
/// The text may differ from the first text of the patch away from the hunks, but the lines of each hunk, and three lines
/// before and after it, must be at their places. If a hunk does not fit, nothing is appended, and `out_misfit`, an array of two
/// numbers or NULL, receives the hunk and the line of the text that differs, both counted from 0. `options` may be NULL; no text may
/// lie in `out`.
///
/// Returns RILLE_OK, RILLE_NONE (a hunk does not fit), RILLE_EARG (the hunks are not those of the texts, an option is wrong, there is
/// no such hunk, or a text lies in `out`) or RILLE_ETOOBIG (a text has too many lines, or `out` would be too long).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_apply(
    patch: *const rille_patch,
    text: *const u8,
    len: usize,
    options: *const rille_apply_options,
    out: *mut rille_buffer,
    out_misfit: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes structs that are NULL or valid, a text of this length or NULL, NULL or a live buffer that nothing
    // else uses meanwhile, and NULL or places for two numbers.
    boundary(err, || unsafe {
        let (patch, text) = (required(patch, "patch")?, slice(text, len)?);
        let options = self::options(options)?;
        let misfit = match out_misfit.is_null() {
            true => None,
            false => Some(places(out_misfit, 2, "out_misfit")?),
        };
        if options.flags & !RILLE_APPLY_REVERSE != 0 {
            let message = format!("unknown flags {:#x}; use RILLE_APPLY_REVERSE", options.flags);
            return Err(Failure::new(RILLE_EARG, message));
        } else if options.reserved != 0 {
            let message = format!("reserved is {}; it must be 0", options.reserved);
            return Err(Failure::new(RILLE_EARG, message));
        } else if options.hunk > patch.count {
            let message = format!("there is no hunk {}: there are {}", options.hunk, patch.count);
            return Err(Failure::new(RILLE_EARG, message));
        }
        on(out, |out| {
            if patch.lies_in(out)? || out.holds(text) {
                return Err(holds_text());
            }
            let (a, b, hunks) = patch.read()?;
            let only = options.hunk.checked_sub(1).map(|index| index as usize);
            let is_reverse = options.flags & RILLE_APPLY_REVERSE != 0;
            append_to(out, |out| match apply(text, (&a, &b), &hunks, only, is_reverse, out) {
                Ok(()) => Ok(RILLE_OK),
                Err(ApplyError::Mismatch { hunk, line }) => {
                    if let Some(places) = misfit {
                        places[0].write(hunk as u32);
                        places[1].write(line as u32);
                    }
                    Ok(RILLE_NONE)
                }
                Err(ApplyError::Diff(error)) => Err(error.into()),
            })
        })
    })
}
