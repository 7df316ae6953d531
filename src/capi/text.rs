//! The noun `text`: pure functions on bytes that are mostly UTF-8.

use super::boundary::{boundary, narrow, output, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use crate::text::{self, Unit};

/// What is counted, or kept whole by a reversal.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_unit {
    /// One byte.
    RILLE_UNIT_BYTE = 0,
    /// One Unicode scalar value, or one maximal invalid subsequence.
    RILLE_UNIT_CHAR = 1,
    /// One 16-bit unit of the text as UTF-16.
    RILLE_UNIT_UTF16 = 2,
    /// One extended grapheme cluster (UAX #29): what a person calls a character.
    RILLE_UNIT_GRAPHEME = 3,
    /// One word (UAX #29): a segment that holds a letter, a digit or an ideograph.
    RILLE_UNIT_WORD = 4,
    /// One line, ended by LF, CR LF or the end of the text.
    RILLE_UNIT_LINE = 5,
}

/// The unit of a number from C, which may be any.
fn unit(number: u32) -> Result<Unit, Failure> {
    Unit::ALL.into_iter().find(|&unit| c_unit(unit) as u32 == number).ok_or_else(|| {
        Failure::new(RILLE_EARG, format!("{number} is no unit; they are the RILLE_UNIT_ constants"))
    })
}

fn c_unit(unit: Unit) -> rille_unit {
    match unit {
        Unit::Byte => rille_unit::RILLE_UNIT_BYTE,
        Unit::Char => rille_unit::RILLE_UNIT_CHAR,
        Unit::Utf16 => rille_unit::RILLE_UNIT_UTF16,
        Unit::Grapheme => rille_unit::RILLE_UNIT_GRAPHEME,
        Unit::Word => rille_unit::RILLE_UNIT_WORD,
        Unit::Line => rille_unit::RILLE_UNIT_LINE,
    }
}

/// Reverses a text by bytes, chars or grapheme clusters.
///
/// Writes exactly `len` bytes to `out`: the units of the text from last to first, the bytes of each in their own order.
/// `unit` is RILLE_UNIT_BYTE, RILLE_UNIT_CHAR or RILLE_UNIT_GRAPHEME. A maximal invalid UTF-8 subsequence is one char
/// and keeps its bytes in order. `out` may not overlap the text.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL, they overlap, or there is no reversal by that unit), RILLE_ETOOBIG
/// or RILLE_ESHORT (`capacity` is below `len`). Any thread may call it at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_reverse(
    text: *const u8,
    len: usize,
    unit: u32,
    out: *mut u8,
    capacity: usize,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, and NULL or `capacity` bytes to write.
        let (text, out) = unsafe {
            let text = slice(text, len)?;
            (text, output(out, capacity, len, text)?)
        };
        let unit = self::unit(unit)?;
        if text::reverse(text, unit, out) {
            Ok(RILLE_OK)
        } else {
            Err(Failure::new(RILLE_EARG, "a text is reversed by bytes, chars or grapheme clusters"))
        }
    })
}

/// Tells whether a text is valid UTF-8.
///
/// Writes the length in bytes of the longest valid prefix to `out_valid`: `len` if all of it is valid, else the 0-based
/// offset of the first maximal invalid subsequence.
///
/// Returns RILLE_OK (valid), RILLE_INVALID (not valid), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Any thread may
/// call it at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_validate(
    text: *const u8,
    len: usize,
    out_valid: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_valid) = unsafe { (slice(text, len)?, place(out_valid, "out_valid")?) };
        let valid = text::validate(text);
        out_valid.write(valid as u32);
        Ok(if valid == text.len() { RILLE_OK } else { RILLE_INVALID })
    })
}

/// Tells how long a text will be after rille_text_repair.
///
/// Writes that length in bytes to `out_len`. It is above `len` by up to twice the number of invalid bytes.
///
/// Returns RILLE_OK (the text is valid: repair would copy it as it is), RILLE_INVALID (there is something to repair),
/// RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG (the text or the result is longer than 4 GiB - 1). Any thread may
/// call it at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_repair_len(
    text: *const u8,
    len: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let repaired = text::repair_len(text);
        out_len.write(narrow(repaired.unwrap_or(text.len()), "the repaired text")?);
        Ok(if repaired.is_none() { RILLE_OK } else { RILLE_INVALID })
    })
}

/// Replaces each maximal invalid subsequence of a text by U+FFFD, so that the result is valid UTF-8.
///
/// Writes the result to `out` and its length in bytes to `out_len`. How much room it needs is told by
/// rille_text_repair_len; three times `len` is always enough. `out` may not overlap the text.
///
/// Returns RILLE_OK (the text was valid and has been copied), RILLE_INVALID (something was replaced), RILLE_EARG (a
/// pointer is NULL or they overlap), RILLE_ETOOBIG or RILLE_ESHORT (`capacity` is below what is needed). Any thread may
/// call it at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_repair(
    text: *const u8,
    len: usize,
    out: *mut u8,
    capacity: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let repaired = text::repair_len(text);
        let needed = repaired.unwrap_or(text.len());
        let written = narrow(needed, "the repaired text")?;
        // SAFETY: the caller gives NULL or `capacity` bytes to write.
        text::repair(text, unsafe { output(out, capacity, needed, text) }?);
        out_len.write(written);
        Ok(if repaired.is_none() { RILLE_OK } else { RILLE_INVALID })
    })
}

/// Counts the units of a text.
///
/// Writes the number to `out_count`. `unit` is any of the RILLE_UNIT_ constants. A maximal invalid UTF-8 subsequence
/// counts as one char and one UTF-16 unit. A line ends in LF or CR LF, the last one also at the end of the text; the
/// empty text has no line.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the unit is unknown) or RILLE_ETOOBIG. Any thread may call it at
/// any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_count(
    text: *const u8,
    len: usize,
    unit: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_count) = unsafe { (slice(text, len)?, place(out_count, "out_count")?) };
        out_count.write(text::count(text, self::unit(unit)?) as u32);
        Ok(RILLE_OK)
    })
}
