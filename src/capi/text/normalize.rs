//! Normalisation forms.

use super::*;
use crate::text::Form;

/// A normalisation form of UAX #15.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_form {
    /// Canonical composition, the form of most text.
    RILLE_FORM_NFC = 0,
    /// Canonical decomposition.
    RILLE_FORM_NFD = 1,
    /// Compatibility composition.
    RILLE_FORM_NFKC = 2,
    /// Compatibility decomposition.
    RILLE_FORM_NFKD = 3,
}

/// Converts a number from C to a form.
pub(super) fn form(number: u32) -> Result<Form, Failure> {
    Form::ALL.into_iter().find(|&form| c_form(form) as u32 == number).ok_or_else(|| {
        Failure::new(
            RILLE_EARG,
            format!("unknown normalisation form {number}; it must be one of rille_form"),
        )
    })
}

fn c_form(form: Form) -> rille_form {
    match form {
        Form::Nfc => rille_form::RILLE_FORM_NFC,
        Form::Nfd => rille_form::RILLE_FORM_NFD,
        Form::Nfkc => rille_form::RILLE_FORM_NFKC,
        Form::Nfkd => rille_form::RILLE_FORM_NFKD,
    }
}

/// Computes the length of the prefix of a text that is already in a normalisation form.
///
/// Writes the length in bytes of the longest such prefix to `out_prefix`: `len` if rille_text_normalize would copy the
/// text unchanged. `form` is a RILLE_FORM_ constant. For ASCII it costs no more than reading the text.
///
/// Returns RILLE_OK or RILLE_EARG (the form is unknown).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_normalized(
    text: *const u8,
    len: usize,
    form: u32,
    out_prefix: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_prefix) = unsafe { (slice(text, len)?, place(out_prefix, "out_prefix")?) };
        out_prefix.write(text::normalized(text, self::form(form)?) as u32);
        Ok(RILLE_OK)
    })
}

/// Computes the length of the result of rille_text_normalize.
///
/// Writes that length in bytes to `out_len`. It costs as much as normalising, and is not needed if the output is large
/// enough for any text: three times `len` for NFC and NFD, eleven times for NFKC and NFKD.
///
/// Returns RILLE_OK, RILLE_EARG (the form is unknown) or RILLE_ETOOBIG (the text or the result is longer than 4 GiB -
/// 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_normalize_len(
    text: *const u8,
    len: usize,
    form: u32,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let needed = text::normalize_len(text, self::form(form)?);
        out_len.write(narrow(needed, "the normalised text")?);
        Ok(RILLE_OK)
    })
}

/// Normalises a text.
///
/// Writes the result to `out` and its length in bytes to `out_len`. `form` is a RILLE_FORM_ constant. With room for
/// three times `len` (NFC, NFD) or eleven times (NFKC, NFKD) the text is normalised once; with less it is normalised
/// first to check whether the room is enough. Invalid UTF-8 stays unchanged and joins with nothing. `out` may not
/// overlap the text.
///
/// Returns RILLE_OK, RILLE_EARG (they overlap, or the form is unknown) or RILLE_ESHORT (`capacity` is too small).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_normalize(
    text: *const u8,
    len: usize,
    form: u32,
    out: *mut u8,
    capacity: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_len) = unsafe { (slice(text, len)?, place(out_len, "out_len")?) };
        let form = self::form(form)?;
        // SAFETY: the caller passes NULL or `capacity` bytes to write.
        let out = unsafe {
            room(out, capacity, form.growth(), text, || text::normalize_len(text, form))?
        };
        out_len.write(text::normalize(text, form, out) as u32);
        Ok(RILLE_OK)
    })
}
