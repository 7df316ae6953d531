//! Options of the functions that measure in display cells.

use super::*;
use crate::text::{Align, Ellipsis, Side, Style, WidthOptions};

/// How the width of a text is measured.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_style {
    /// As terminals do. A grapheme cluster takes the sum of the cells of its scalar values, but at most two: 2 for an
    /// East Asian Wide or Fullwidth character, 0 for a combining mark, a format character or a control character, 1 for
    /// any other character and for a maximal invalid subsequence. U+FE0F makes an emoji 2 cells wide. A tab goes to the
    /// next tab stop.
    RILLE_STYLE_TERMINAL = 0,
    /// As Neovim (0.11 or later) displays text, by its strdisplaywidth(): a cluster takes the cells of its first scalar
    /// value; an Arabic lam and the following alef are one cell; ^A for a control character, <ff> for an invalid byte,
    /// <200b> for a format character. It differs where Neovim decodes invalid UTF-8 (surrogates, overlong forms, forms
    /// above U+10FFFF), where an invalid byte follows a prepended character, for characters and rules of segmentation
    /// that are newer than Neovim's tables, and where isprint, display, emoji, noarabicshape, termbidi, setcellwidths()
    /// or a window that wraps change the display.
    RILLE_STYLE_NEOVIM = 1,
    /// As Neovim's nvim_strwidth(): like RILLE_STYLE_NEOVIM, but a tab or another ASCII control character is one cell.
    /// It has the same differences, and differs where a mark follows an invalid byte: here the mark belongs to that
    /// byte.
    RILLE_STYLE_STRWIDTH = 2,
}

/// Which part of a text is cut.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_side {
    /// The end is cut off.
    RILLE_SIDE_RIGHT = 0,
    /// The start is cut off.
    RILLE_SIDE_LEFT = 1,
    /// The middle is cut out.
    RILLE_SIDE_MIDDLE = 2,
}

/// The alignment of a text in its cells.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_align {
    /// Align left.
    RILLE_ALIGN_LEFT = 0,
    /// Align right.
    RILLE_ALIGN_RIGHT = 1,
    /// Center; an odd cell is added at the right.
    RILLE_ALIGN_CENTER = 2,
}

/// Options of the functions that measure in display cells. Set `size`; zeros in the other fields are the defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_layout_options {
    /// sizeof(rille_layout_options).
    pub size: u32,
    /// Cells to truncate, pad or wrap to; ignored by rille_text_width.
    pub cells: u32,
    /// One of the RILLE_STYLE_ constants.
    pub style: u32,
    /// Cells of a character whose East Asian Width is Ambiguous: 1 or 2; 0 for 1.
    pub ambiguous: u32,
    /// Cells between tab stops; 0 means 8.
    pub tabstop: u32,
    /// The 0-based column at which the text starts; in a wrapped text every line starts there.
    pub column: u32,
    /// rille_text_truncate: one of the RILLE_SIDE_ constants.
    pub side: u32,
    /// rille_text_pad: one of the RILLE_ALIGN_ constants.
    pub align: u32,
    /// rille_text_wrap: not 0 if a word longer than a line must not be cut.
    pub keep_long_words: u32,
    /// rille_text_wrap: the start offset, which must be the start of a line.
    pub start: u32,
    /// rille_text_truncate: the replacement of the text that is cut; NULL for U+2026, "…". It is not copied and must
    /// stay in place during the call.
    pub ellipsis: *const u8,
    /// Length of the ellipsis in bytes. With 0 and a pointer that is not NULL, there is no ellipsis.
    pub ellipsis_len: usize,
}

const _: () = {
    assert!(std::mem::offset_of!(rille_layout_options, cells) == 4);
    assert!(std::mem::offset_of!(rille_layout_options, start) == 36);
    assert!(std::mem::offset_of!(rille_layout_options, ellipsis) == 40);
    assert!(size_of::<rille_layout_options>() == 40 + 2 * size_of::<usize>());
};

// SAFETY: numbers and a pointer, the size first.
unsafe impl Zeroed for rille_layout_options {}

impl rille_layout_options {
    /// Reads the layout at `layout`; null means the defaults.
    ///
    /// # Safety
    ///
    /// As for [`options`].
    pub(super) unsafe fn read(
        layout: *const rille_layout_options,
    ) -> Result<rille_layout_options, Failure> {
        // SAFETY: the caller vouches for it.
        unsafe { options(layout) }
    }

    /// Returns how to measure width by the layout at `layout`.
    ///
    /// # Safety
    ///
    /// As for [`options`].
    #[inline]
    pub(super) unsafe fn width_options(
        layout: *const rille_layout_options,
    ) -> Result<WidthOptions, Failure> {
        // Without options this is the hottest call of all, and should not pay for the frame of reading them.
        #[inline(never)]
        unsafe fn given(layout: *const rille_layout_options) -> Result<WidthOptions, Failure> {
            // SAFETY: the caller vouches for it.
            unsafe { rille_layout_options::read(layout) }?.options()
        }
        if layout.is_null() {
            return Ok(WidthOptions::default());
        }
        // SAFETY: the caller vouches for it.
        unsafe { given(layout) }
    }

    /// Returns how to measure width.
    pub(super) fn options(&self) -> Result<WidthOptions, Failure> {
        let styles = [
            (rille_style::RILLE_STYLE_TERMINAL as u32, Style::Terminal),
            (rille_style::RILLE_STYLE_NEOVIM as u32, Style::Neovim),
            (rille_style::RILLE_STYLE_STRWIDTH as u32, Style::Strwidth),
        ];
        let ambiguous_wide = match self.ambiguous {
            0 | 1 => false,
            2 => true,
            other => {
                let message = format!("ambiguous is {other}; it must be 1 or 2");
                return Err(Failure::new(RILLE_EARG, message));
            }
        };
        Ok(WidthOptions {
            style: choice(self.style, "style", styles)?,
            ambiguous_wide,
            tabstop: if self.tabstop == 0 { 8 } else { self.tabstop },
            column: self.column,
        })
    }

    pub(super) fn side(&self) -> Result<Side, Failure> {
        let sides = [
            (rille_side::RILLE_SIDE_RIGHT as u32, Side::Right),
            (rille_side::RILLE_SIDE_LEFT as u32, Side::Left),
            (rille_side::RILLE_SIDE_MIDDLE as u32, Side::Middle),
        ];
        choice(self.side, "side", sides)
    }

    pub(super) fn align(&self) -> Result<Align, Failure> {
        let aligns = [
            (rille_align::RILLE_ALIGN_LEFT as u32, Align::Left),
            (rille_align::RILLE_ALIGN_RIGHT as u32, Align::Right),
            (rille_align::RILLE_ALIGN_CENTER as u32, Align::Center),
        ];
        choice(self.align, "align", aligns)
    }

    /// Returns the measured ellipsis, and its length in bytes.
    ///
    /// # Safety
    ///
    /// Unless it is null, `ellipsis` points to `ellipsis_len` bytes.
    pub(super) unsafe fn ellipsis(
        &self,
        options: &WidthOptions,
    ) -> Result<(Ellipsis, usize), Failure> {
        let ellipsis = match (self.ellipsis.is_null(), self.ellipsis_len) {
            (true, 0) => "…".as_bytes(),
            // SAFETY: the caller vouches for the bytes.
            (_, len) => unsafe { slice(self.ellipsis, len) }?,
        };
        Ok((Ellipsis::new(ellipsis, options), ellipsis.len()))
    }
}

/// Converts a number from C to a choice.
fn choice<T>(
    number: u32,
    what: &str,
    known: impl IntoIterator<Item = (u32, T)>,
) -> Result<T, Failure> {
    known.into_iter().find(|&(known, _)| known == number).map(|(_, meant)| meant).ok_or_else(|| {
        let prefix = what.to_ascii_uppercase();
        let message = format!("{what} is {number}, which is none of the RILLE_{prefix}_ constants");
        Failure::new(RILLE_EARG, message)
    })
}
