//! Width in display cells.

use super::layout::rille_layout_options;
use super::*;

/// Measures a text in display cells, as one line.
///
/// Writes the number of cells to `out_cells`. `options` may be NULL; only its `style`, `ambiguous`, `tabstop` and
/// `column` are used.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option is wrong) or RILLE_ETOOBIG (the text is longer than 4
/// GiB - 1 bytes, or wider than 4 Gi - 1 cells).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_width(
    text: *const u8,
    len: usize,
    options: *const rille_layout_options,
    out_cells: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the number.
        let (text, options, out_cells) = unsafe {
            let text = slice(text, len)?;
            (text, rille_layout_options::width_options(options)?, place(out_cells, "out_cells")?)
        };
        out_cells.write(cells(text::width(text, &options))?);
        Ok(RILLE_OK)
    })
}

/// Computes the padding of a text to `options->cells` cells.
///
/// Writes the cells before the text to `out_left` and the cells after it to `out_right`; both are 0 if the text is at
/// least that wide already. Only `cells`, `align` and the options of rille_text_width are used. Padding before the text
/// moves its start, and tabs are measured from there.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_pad(
    text: *const u8,
    len: usize,
    options: *const rille_layout_options,
    out_left: *mut u32,
    out_right: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or places for the numbers.
        let (text, layout) = unsafe { (slice(text, len)?, rille_layout_options::read(options)?) };
        // SAFETY: as above.
        let (out_left, out_right) =
            unsafe { (place(out_left, "out_left")?, place(out_right, "out_right")?) };
        let (left, right) =
            text::pad(text, layout.cells as usize, layout.align()?, &layout.options()?);
        out_left.write(left as u32);
        out_right.write(right as u32);
        Ok(RILLE_OK)
    })
}

/// Converts a width to the `uint32_t` of C; fails if it is too large.
pub(super) fn cells(cells: usize) -> Result<u32, Failure> {
    u32::try_from(cells).map_err(|_| too_wide(cells))
}

#[cold]
#[inline(never)]
fn too_wide(cells: usize) -> Failure {
    let message = format!("the text takes {cells} cells, more than the maximum of 4 Gi - 1");
    Failure::new(RILLE_ETOOBIG, message)
}
