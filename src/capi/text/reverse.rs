//! Reversal.

use super::*;

/// Reverses a text by bytes, characters or grapheme clusters.
///
/// Writes exactly `len` bytes to `out`: the units of the text from last to first, the bytes of each in their own order.
/// `unit` is RILLE_UNIT_BYTE, RILLE_UNIT_CHAR or RILLE_UNIT_GRAPHEME. A maximal invalid UTF-8 subsequence is one
/// character and keeps its bytes in order. `out` may not overlap the text.
///
/// Returns RILLE_OK, RILLE_EARG (they overlap, or there is no reversal by that unit) or RILLE_ESHORT (`capacity` is
/// below `len`).
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
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or `capacity` bytes to write.
        let (text, out) = unsafe {
            let text = slice(text, len)?;
            (text, output(out, capacity, len, text)?)
        };
        let unit = super::unit(unit)?;
        if text::reverse(text, unit, out) { Ok(RILLE_OK) } else { Err(no_such_unit()) }
    })
}

pub(super) fn no_such_unit() -> Failure {
    Failure::new(RILLE_EARG, "a text is reversed by bytes, characters or grapheme clusters")
}
