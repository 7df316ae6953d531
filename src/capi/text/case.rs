//! Case mapping.

use super::*;
use crate::text::{CASE_GROWTH, Case};

/// A case mapping.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_case {
    /// Capital letters.
    RILLE_CASE_UPPER = 0,
    /// Small letters.
    RILLE_CASE_LOWER = 1,
    /// Folded: texts that differ only in case become equal. Not for display.
    RILLE_CASE_FOLD = 2,
}

/// Converts a number from C to a mapping.
pub(super) fn mapping(number: u32) -> Result<Case, Failure> {
    Case::ALL.into_iter().find(|&case| c_case(case) as u32 == number).ok_or_else(|| {
        let message = format!("unknown case mapping {number}; it must be one of rille_case");
        Failure::new(RILLE_EARG, message)
    })
}

fn c_case(case: Case) -> rille_case {
    match case {
        Case::Upper => rille_case::RILLE_CASE_UPPER,
        Case::Lower => rille_case::RILLE_CASE_LOWER,
        Case::Fold => rille_case::RILLE_CASE_FOLD,
    }
}

/// Computes the length of the result of rille_text_case.
///
/// Writes that length in bytes to `out_len`. `mapping` is a RILLE_CASE_ constant. It costs as much as the mapping
/// itself, and is not needed if the output has three times `len` bytes, which is always enough.
///
/// Returns RILLE_OK, RILLE_EARG (the mapping is unknown) or RILLE_ETOOBIG (the text or the result is longer than 4 GiB
/// - 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_case_len(
    text: *const u8,
    len: usize,
    mapping: u32,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let needed = text::map_case_len(text, self::mapping(mapping)?);
        out_len.write(narrow(needed, "the mapped text")?);
        Ok(RILLE_OK)
    })
}

/// Maps a text to upper or lower case or folds it, by Unicode's full mappings without a language.
///
/// Writes the result to `out` and its length in bytes to `out_len`. `mapping` is a RILLE_CASE_ constant. With room for
/// three times `len` the text is read once; with less it is first read to check whether the room is enough. Invalid
/// UTF-8 stays unchanged. `out` may not overlap the text.
///
/// Returns RILLE_OK, RILLE_EARG (they overlap, or the mapping is unknown) or RILLE_ESHORT (`capacity` is too small).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_case(
    text: *const u8,
    len: usize,
    mapping: u32,
    out: *mut u8,
    capacity: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let case = self::mapping(mapping)?;
        // SAFETY: the caller passes NULL or `capacity` bytes to write.
        let out =
            unsafe { room(out, capacity, CASE_GROWTH, text, || text::map_case_len(text, case))? };
        out_len.write(text::map_case(text, case, out) as u32);
        Ok(RILLE_OK)
    })
}

/// Compares two texts without regard to case, by folding both.
///
/// Writes 1 (equal) or 0 (different) to `out_equal`. Nothing is allocated, and the comparison ends at the first
/// difference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_equal_fold(
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
    out_equal: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or so many bytes for each text, and NULL or a place for the number.
        let (a, b, out_equal) =
            unsafe { (slice(a, a_len)?, slice(b, b_len)?, place(out_equal, "out_equal")?) };
        out_equal.write(text::equal_fold(a, b).into());
        Ok(RILLE_OK)
    })
}
