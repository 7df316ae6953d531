//! Validation and repair of UTF-8.

use super::*;

/// Validates UTF-8.
///
/// Writes the length in bytes of the longest valid prefix to `out_valid`: `len` if all of it is valid, otherwise the
/// 0-based offset of the first maximal invalid subsequence.
///
/// Returns RILLE_OK (valid) or RILLE_INVALID (not valid).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_validate(
    text: *const u8,
    len: usize,
    out_valid: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_valid) = unsafe { (slice(text, len)?, place(out_valid, "out_valid")?) };
        let valid = text::validate(text);
        out_valid.write(valid as u32);
        Ok(if valid == text.len() { RILLE_OK } else { RILLE_INVALID })
    })
}

/// Computes the length of the result of rille_text_repair.
///
/// Writes that length in bytes to `out_len`. It exceeds `len` by at most twice the number of invalid bytes.
///
/// Returns RILLE_OK (the text is valid: repair would copy it unchanged), RILLE_INVALID (there is something to repair)
/// or RILLE_ETOOBIG (the text or the result is longer than 4 GiB - 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_repair_len(
    text: *const u8,
    len: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let repaired = text::repair_len(text);
        out_len.write(narrow(repaired.unwrap_or(text.len()), "the repaired text")?);
        Ok(if repaired.is_none() { RILLE_OK } else { RILLE_INVALID })
    })
}

/// Replaces each maximal invalid subsequence of a text by U+FFFD, so that the result is valid UTF-8.
///
/// Writes the result to `out` and its length in bytes to `out_len`. rille_text_repair_len computes the required size;
/// three times `len` is always enough. `out` may not overlap the text.
///
/// Returns RILLE_OK (the text was valid and was copied), RILLE_INVALID (something was replaced), RILLE_EARG (they
/// overlap) or RILLE_ESHORT (`capacity` is too small).
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
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let repaired = text::repair_len(text);
        let needed = repaired.unwrap_or(text.len());
        let written = narrow(needed, "the repaired text")?;
        // SAFETY: the caller passes NULL or `capacity` bytes to write.
        text::repair(text, unsafe { output(out, capacity, needed, text) }?);
        out_len.write(written);
        Ok(if repaired.is_none() { RILLE_OK } else { RILLE_INVALID })
    })
}
