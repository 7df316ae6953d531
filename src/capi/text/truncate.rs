//! Truncation to a width.

use super::layout::rille_layout_options;
use super::width::cells;
use super::*;
use crate::text::{Ellipsis, Side, WidthOptions};

/// A truncated text: its bytes from 0 to `head`, the ellipsis, and its bytes from `tail` to its end.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct rille_cut {
    /// End of the kept start in bytes; the length of the text if all of it fits.
    pub head: u32,
    /// Start of the kept end in bytes; the length of the text if no end is kept.
    pub tail: u32,
    /// Length in bytes of the ellipsis between them; 0 if the whole text fits, or if the ellipsis does not.
    pub ellipsis: u32,
    /// Width of the result in cells.
    pub cells: u32,
}

const _: () = assert!(size_of::<rille_cut>() == 16);

/// A read-only text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_slice {
    /// The bytes; may be NULL if `len` is 0.
    pub ptr: *const u8,
    /// Number of bytes.
    pub len: usize,
}

/// The options for cutting a text, read once for all texts of a list.
pub(super) struct CutOptions {
    cells: usize,
    side: Side,
    ellipsis: Ellipsis,
    ellipsis_len: u32,
    options: WidthOptions,
}

impl CutOptions {
    /// Returns the options from a layout.
    ///
    /// # Safety
    ///
    /// As for [`rille_layout_options::read`] and [`rille_layout_options::ellipsis`].
    pub(super) unsafe fn read(layout: *const rille_layout_options) -> Result<CutOptions, Failure> {
        // SAFETY: the caller vouches for it.
        let layout = unsafe { rille_layout_options::read(layout) }?;
        let options = layout.options()?;
        // SAFETY: the caller vouches for it.
        let (ellipsis, ellipsis_len) = unsafe { layout.ellipsis(&options) }?;
        Ok(CutOptions {
            cells: layout.cells as usize,
            side: layout.side()?,
            ellipsis,
            ellipsis_len: narrow(ellipsis_len, "the ellipsis")?,
            options,
        })
    }

    pub(super) fn cut(&self, text: &[u8]) -> Result<rille_cut, Failure> {
        let cut = text::truncate(text, self.cells, self.side, self.ellipsis, &self.options);
        Ok(rille_cut {
            head: cut.head as u32,
            tail: cut.tail as u32,
            ellipsis: if cut.ellipsis { self.ellipsis_len } else { 0 },
            cells: cells(cut.cells)?,
        })
    }
}

/// Computes where to cut a text so that it takes at most `options->cells` cells, including the ellipsis that replaces
/// what is cut.
///
/// Writes the kept parts to `out`: as much as there is room for, in whole grapheme clusters. A text that fits is not
/// cut. An ellipsis that is wider than the cells is left out. Only `cells`, `side`, `ellipsis` and the options of
/// rille_text_width are used.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_truncate(
    text: *const u8,
    len: usize,
    options: *const rille_layout_options,
    out: *mut rille_cut,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the result.
        let (text, cut, out) =
            unsafe { (slice(text, len)?, CutOptions::read(options)?, place(out, "out")?) };
        out.write(cut.cut(text)?);
        Ok(RILLE_OK)
    })
}

/// Computes where to cut each of `count` texts, as rille_text_truncate does for one.
///
/// Writes as many results to `out`, in the order of the texts.
///
/// Returns RILLE_OK or RILLE_EARG (an option is wrong).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_truncate_list(
    texts: *const rille_slice,
    count: u32,
    options: *const rille_layout_options,
    out: *mut rille_cut,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or options.
        let cut = unsafe { CutOptions::read(options) }?;
        let count = count as usize;
        // SAFETY: the caller passes NULL or room for `count` results.
        let out = unsafe { places(out, count, "out") }?;
        // SAFETY: the caller passes NULL or `count` slices.
        let texts = unsafe { values(texts, count, "texts") }?;
        // Check all texts before writing anything.
        for text in texts {
            // SAFETY: the caller passes NULL or `len` bytes in each.
            unsafe { slice(text.ptr, text.len) }?;
        }
        for (text, out) in texts.iter().zip(out) {
            // SAFETY: as before.
            out.write(cut.cut(unsafe { slice(text.ptr, text.len) }?)?);
        }
        Ok(RILLE_OK)
    })
}
