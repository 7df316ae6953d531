//! Width in display cells.
//!
//! # How wide is a text?
//!
//! As wide as its grapheme clusters together, each of which is drawn in cells of its own. A cluster takes the sum of the
//! cells of its scalars, but at most two, which terminals agree on whether or not they support clusters: an emoji of
//! several people, a flag, a syllable of conjoining jamo take two, `é` in two scalars one.
//!
//! | A scalar that is | takes |
//! |---|--:|
//! | East Asian Wide or Fullwidth | 2 |
//! | East Asian Ambiguous: Greek in old fonts, box drawing, `…`, private use (icons) | 1, or 2 by option |
//! | a combining or enclosing mark, ZWJ, a zero width space, a variation selector, another format character | 0 |
//! | a vowel or final consonant of conjoining Hangul | 0 |
//! | a soft hyphen, an Arabic number sign (format characters that are drawn) | 1 |
//! | a line or paragraph separator, a control character | 0 |
//! | a regional indicator (two of them are a flag and take 2) | 1 |
//! | a maximal invalid subsequence, always | 1 |
//! | anything else | 1 |
//!
//! U+FE0F after a narrow emoji makes it 2 cells wide, as in `❤️` and in keycaps. U+FE0E makes nothing narrow, since hardly
//! any terminal supports it. A terminal acts upon control characters and draws nothing: they take no cell, except the
//! tab, which advances to the next tab stop. A text is one line: a line end is a control character.
//!
//! # What does Neovim show?
//!
//! [`Style::Neovim`] is its `strdisplaywidth()`, [`Style::Strwidth`] its `nvim_strwidth()`, in version 0.11 or later: a
//! cluster takes the cells of its first scalar; a lam and the alef after it are one cluster; a control character is shown
//! as `^A` or `<80>`, an invalid byte as `<ff>`, a format character as `<200b>`. `test/lua/width_neovim_spec.lua` compares
//! both with the Neovim that it runs in; [`Style`] lists the differences.
//!
//! # What does it cost?
//!
//! Printable ASCII runs at about 20 GB/s; any other scalar takes about two nanoseconds, one of a flag or of joined emoji
//! six, and a cluster that needs the state machine of UAX #29 (conjoining jamo, viramas) about forty.

mod runs;
mod table;
mod walk;

use table::Class;
pub(super) use walk::{Piece, Pieces, Prefix, pieces, prefix};

/// The program whose width rules apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Terminals.
    #[default]
    Terminal,
    /// Neovim 0.11 or later: its `strdisplaywidth()`, in a window that does not wrap.
    ///
    /// Deliberately different are:
    /// - bytes that are not UTF-8 but that Neovim decodes: surrogates, overlong forms and forms above U+10FFFF are one
    ///   character there and invalid bytes here; an invalid byte after a prepended character (U+0600) is absorbed there;
    /// - what is newer than Neovim's tables: characters that were not assigned, and rules of segmentation (a virama joins
    ///   the consonant after it in Unicode 18 even where nothing precedes it);
    /// - user settings: `isprint`, `display`, `emoji`, `setcellwidths()`, `noarabicshape` or `termbidi` (a lam and the alef
    ///   after it are then two cells); `ambiwidth` is an option here too.
    ///
    /// Neovim before 0.11 agrees where a cluster is one character followed by combining ones, except for East Asian marks
    /// that stand alone and reserved ranges, which are wide there.
    /// marks that stand alone and reserved ranges, which are wide there.
    Neovim,
    /// Neovim's `nvim_strwidth()`: as `Neovim`, but a tab or another ASCII control character is one cell. The same
    /// differences apply, and one more: a mark after an invalid byte belongs to it here, as in `Neovim`.
    Strwidth,
}

/// Options for measuring width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WidthOptions {
    /// The program whose width rules apply.
    pub style: Style,
    /// Whether East Asian Ambiguous characters take two cells.
    pub ambiguous_wide: bool,
    /// Cells between tab stops; at least 1.
    pub tabstop: u32,
    /// The column at which the text begins, 0-based; tab stops are counted from column 0.
    pub column: u32,
}

impl Default for WidthOptions {
    fn default() -> WidthOptions {
        WidthOptions { style: Style::Terminal, ambiguous_wide: false, tabstop: 8, column: 0 }
    }
}

/// Returns the number of display cells that `text` takes.
#[inline]
pub fn width(text: &[u8], options: &WidthOptions) -> usize {
    let printable = printable_run(text);
    if printable == text.len() {
        return printable;
    }
    walk::width(text, options)
}

/// Returns the length of the printable ASCII at the start: bytes that are one cell each.
#[inline]
fn printable_run(text: &[u8]) -> usize {
    const BLOCK: usize = 16;
    let mut run = 0;
    for block in text.chunks_exact(BLOCK) {
        // No exit before the end of the block, so that the compiler vectorises it.
        if !block.iter().fold(true, |all, &byte| all & is_printable(byte)) {
            break;
        }
        run += BLOCK;
    }
    while let Some(&word) = text[run..].first_chunk() {
        match unprintable_in(u64::from_le_bytes(word)) {
            8 => run += 8,
            at => return run + at,
        }
    }
    run + text[run..].iter().take_while(|&&byte| is_printable(byte)).count()
}

/// Returns the index of the first of eight bytes, from the lowest, that is not printable ASCII; 8 if all are.
#[inline]
fn unprintable_in(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    // The top bit of a byte is set if it is not ASCII, is DEL (which carries into it), or is below the space. A carry only
    // goes up, to bytes after the first one found.
    let above = word | word.wrapping_add(ONES);
    let below = !((word | HIGH) - (ONES << 5));
    ((above | below) & HIGH).trailing_zeros() as usize / 8
}

fn is_printable(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x7F - b' '
}

/// The cells of every class, for one style and one width of ambiguous characters.
pub(super) struct Cells {
    /// Cells of a scalar that begins a cluster.
    first: [u8; 256],
    style: Style,
}

impl Cells {
    const fn new(style: Style, ambiguous_wide: bool) -> Cells {
        let mut first = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let class = Class(byte as u8);
            let narrow = match style {
                Style::Terminal => class.terminal(),
                Style::Neovim | Style::Strwidth => class.neovim(),
            };
            let wide = ambiguous_wide && class.ambiguous() && narrow == 1;
            first[byte] = if wide { 2 } else { narrow };
            byte += 1;
        }
        Cells { first, style }
    }

    /// Returns the table for `options`.
    fn of(options: &WidthOptions) -> &'static Cells {
        static ALL: [[Cells; 2]; 3] = [
            [Cells::new(Style::Terminal, false), Cells::new(Style::Terminal, true)],
            [Cells::new(Style::Neovim, false), Cells::new(Style::Neovim, true)],
            [Cells::new(Style::Strwidth, false), Cells::new(Style::Strwidth, true)],
        ];
        &ALL[options.style as usize][usize::from(options.ambiguous_wide)]
    }
}

#[cfg(test)]
pub(super) mod tests;
