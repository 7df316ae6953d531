//! Counting.

use super::*;

/// Counts the units of a text.
///
/// Writes the number to `out_count`. `unit` is any of the RILLE_UNIT_ constants. A maximal invalid UTF-8 subsequence
/// counts as one character and one UTF-16 unit. Words, sentences, lines and line-break segments are those that
/// rille_text_segments finds: a line ends in LF or CR LF, the last one also at the end of the text; the empty text has
/// no line. Cells are counted as by rille_text_width without options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_count(
    text: *const u8,
    len: usize,
    unit: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or a place for the number.
        let (text, out_count) = unsafe { (slice(text, len)?, place(out_count, "out_count")?) };
        out_count.write(text::count(text, super::unit(unit)?) as u32);
        Ok(RILLE_OK)
    })
}
