//! Inline diffs: the changed bytes of two lines.

use super::*;
use crate::capi::boundary::boundary_on;
use crate::diff::inline::{InlineDiff, InlineSpan, InlineUnit};
use crate::text::Unit;

/// The bytes in which two texts differ, and the memory in which they are found. Used again and again, it allocates nothing for texts
/// that are not longer than those before.
#[derive(Default)]
pub struct rille_inline {
    diff: InlineDiff,
    exact: bool,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_inline>();
};

impl Measured for rille_inline {
    const GAUGE: &'static Gauge = &gauge::INLINE;

    fn bytes(&self) -> usize {
        self.diff.memory_usage()
    }
}

/// Bytes of the first text that are replaced by bytes of the second one; one of both may be empty.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct rille_inline_span {
    /// Start in the first text, 0-based.
    pub a_start: u32,
    /// End in the first text.
    pub a_stop: u32,
    /// Start in the second text.
    pub b_start: u32,
    /// End in the second text.
    pub b_stop: u32,
}

const _: () = {
    assert!(size_of::<rille_inline_span>() == 16 && size_of::<InlineSpan>() == 16);
    assert!(std::mem::offset_of!(InlineSpan, a_start) == 0);
    assert!(std::mem::offset_of!(InlineSpan, a_stop) == 4);
    assert!(std::mem::offset_of!(InlineSpan, b_start) == 8);
    assert!(std::mem::offset_of!(InlineSpan, b_stop) == 12);
};

/// Makes an object for inline diffs and writes it to `out`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_new(
    out: *mut *mut rille_inline,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the pointer.
        unsafe { place(out, "out")? }.write(Handle::give(rille_inline::default()));
        Ok(RILLE_OK)
    })
}

/// Frees an object for inline diffs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_free(diff: *mut rille_inline) {
    // SAFETY: the caller passes NULL or a live object, and uses it no more.
    boundary_get((), || unsafe { Handle::free(diff) })
}

/// Finds the bytes in which two lines, or two blocks of lines, differ, by words (RILLE_UNIT_WORD), characters (RILLE_UNIT_CHAR) or
/// grapheme clusters (RILLE_UNIT_GRAPHEME).
///
/// Words are those of editors: letters, digits and underscores; outside of ASCII, words of UAX #29. Changes with only blanks, or with
/// a match by chance, between them are one span. The time is bounded by about 10 ms beyond what it takes to read the texts: what was
/// not compared by then counts as changed, and rille_inline_exact returns 0.
///
/// Returns RILLE_OK, RILLE_NONE (the texts are equal) or RILLE_EARG (the unit is another one).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_compare(
    diff: *mut rille_inline,
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
    unit: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live object that nothing else uses meanwhile, and NULL or texts of these lengths.
    unsafe {
        boundary_on(diff, err, |diff| {
            let (a, b) = (slice(a, a_len)?, slice(b, b_len)?);
            let unit = match crate::capi::text::unit(unit)? {
                Unit::Word => InlineUnit::Word,
                Unit::Char => InlineUnit::Char,
                Unit::Grapheme => InlineUnit::Grapheme,
                other => {
                    let message = format!("unit {other:?} is not one of an inline diff");
                    return Err(Failure::new(RILLE_EARG, message));
                }
            };
            diff.exact = diff.diff.compare(a, b, unit)?;
            Ok(if diff.diff.spans().is_empty() { RILLE_NONE } else { RILLE_OK })
        })
    }
}

/// Returns the number of spans of the last comparison; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_count(diff: *const rille_inline) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live object that nobody changes meanwhile.
        unsafe { Handle::peek(diff) }.map_or(0, |diff| diff.diff.spans().len() as u32)
    })
}

/// Returns 1 if the last comparison was made to the end; otherwise 0, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_exact(diff: *const rille_inline) -> u32 {
    // SAFETY: the caller passes NULL or a live object that nobody changes meanwhile.
    boundary_get(0, || unsafe { Handle::peek(diff) }.map_or(0, |diff| diff.exact.into()))
}

/// Returns the spans of the last comparison, in order, valid until the next one; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_inline_spans(diff: *const rille_inline) -> *const rille_inline_span {
    boundary_get(null(), || {
        // SAFETY: the caller passes NULL or a live object that nobody changes meanwhile.
        unsafe { Handle::peek(diff) }.map_or(null(), |diff| diff.diff.spans().as_ptr().cast())
    })
}
