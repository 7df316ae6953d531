//! Wrapping to a width.

use super::layout::rille_layout_options;
use super::width::cells;
use super::*;

/// One line of a wrapped text.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct rille_line {
    /// Start offset in bytes.
    pub start: u32,
    /// End offset in bytes, before white space and a line end, which belong to no line.
    pub stop: u32,
    /// Start offset in bytes of the next line; the length of the text after the last line.
    pub next: u32,
    /// Width of the line in cells.
    pub cells: u32,
}

const _: () = assert!(size_of::<rille_line>() == 16);

/// Breaks a text into lines that take at most `options->cells` cells, at the break opportunities of UAX #14 (strict, and
/// without a dictionary for Thai, Lao, Khmer and Burmese).
///
/// Writes up to `capacity` lines to `out` and their number to `out_count`. If the number is `capacity`, there may be
/// more: continue with `options->start` as the `next` of the last line, until that is the length of the text. The empty
/// text has no line, and `"a\n"` has one. A word that is longer than a line is cut between grapheme clusters, unless
/// `keep_long_words` is set; a single cluster that is wider than a line is a line. Only `cells`, `keep_long_words`,
/// `start` and the options of rille_text_width are used.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong, `cells` or `capacity` is 0, or `start` is beyond the end).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_wrap(
    text: *const u8,
    len: usize,
    options: *const rille_layout_options,
    out: *mut rille_line,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or places for the results.
        let (text, layout) = unsafe { (slice(text, len)?, rille_layout_options::read(options)?) };
        // SAFETY: as above.
        let out_count = unsafe { place(out_count, "out_count") }?;
        let refuse = |message: &'static str| Err(Failure::new(RILLE_EARG, message));
        check_cells(&layout)?;
        if capacity == 0 {
            return refuse("capacity is 0; it must be at least 1");
        } else if layout.start as usize > len {
            return refuse("start is beyond the end of the text");
        }
        // SAFETY: the caller passes NULL or room for `capacity` lines.
        let out = unsafe { places(out, capacity as usize, "out") }?;
        let keep = layout.keep_long_words != 0;
        let start = layout.start as usize;
        let lines = text::wrap(text, start, layout.cells as usize, keep, &layout.options()?);
        let mut count = 0;
        for (line, out) in lines.zip(out) {
            out.write(rille_line {
                start: line.start as u32,
                stop: line.stop as u32,
                next: line.next as u32,
                cells: cells(line.cells)?,
            });
            count += 1;
        }
        out_count.write(count);
        Ok(RILLE_OK)
    })
}

/// Refuses a layout without cells.
pub(super) fn check_cells(layout: &rille_layout_options) -> Result<(), Failure> {
    if layout.cells == 0 {
        return Err(Failure::new(RILLE_EARG, "cells is 0; it must be at least 1"));
    }
    Ok(())
}
