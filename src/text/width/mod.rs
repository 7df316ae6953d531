//! Width in display cells.
//!
//! # How wide is a text?
//!
//! As wide as its grapheme clusters together, each of which is drawn in cells of its own. A cluster takes the cells of
//! its scalars together but never more than two, which is what terminals agree on whether they know of clusters or
//! not: an emoji of several people, a flag, a syllable of conjoining jamo take two, `é` in two scalars one.
//!
//! | A scalar that is | takes |
//! |---|--:|
//! | East Asian Wide or Fullwidth | 2 |
//! | East Asian Ambiguous: Greek in old fonts, box drawing, `…`, private use (icons) | 1, or 2 on demand |
//! | a combining or enclosing mark, ZWJ, a zero width space, a variation selector, another format character | 0 |
//! | a vowel or final consonant of conjoining Hangul | 0 |
//! | a soft hyphen, an Arabic number sign (format characters that are drawn) | 1 |
//! | a line or paragraph separator, a control character | 0 |
//! | a regional indicator (two of them are a flag and take 2) | 1 |
//! | a maximal invalid subsequence, always | 1 |
//! | anything else | 1 |
//!
//! U+FE0F behind an emoji that is narrow by itself makes it 2 cells wide, as in `❤️` and in keycaps. U+FE0E makes
//! nothing narrow, since hardly a terminal does. A terminal acts upon control characters and draws nothing: they take
//! no cell, but for the tab, which goes to the next tab stop. A text is one line: a line end is a control character.
//!
//! # What does Neovim show?
//!
//! [`Style::Neovim`] is its `strdisplaywidth()`, [`Style::Strwidth`] its `nvim_strwidth()`, in version 0.11 or later:
//! a cluster takes the cells of its first scalar; a lam and the alef behind it are one cluster; a control character is shown as `^A` or `<80>`, an invalid byte as
//! `<ff>`, a format character as `<200b>`. `test/width_neovim_spec.lua` holds both against the Neovim that it runs in;
//! what differs is told at [`Style`].
//!
//! # What does it cost?
//!
//! Printable ASCII goes at about 20 GB/s; another scalar takes about two nanoseconds, one of a flag or of joined emoji
//! six, and a cluster that needs the state machine of UAX #29 (conjoining jamo, viramas) some forty.

mod runs;
mod table;
mod walk;

use table::Class;
pub(super) use walk::{Piece, Pieces, Prefix, pieces, prefix};

/// Whose idea of width it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// What terminals do.
    #[default]
    Terminal,
    /// What Neovim 0.11 or later shows: its `strdisplaywidth()`, in a window that does not wrap.
    ///
    /// Deliberately different are:
    /// - what is no UTF-8 but is decoded by Neovim: surrogates, overlong forms and forms above U+10FFFF are one character
    ///   there and invalid bytes here; an invalid byte that follows a prepended character (U+0600) is swallowed there;
    /// - what is younger than Neovim's tables: characters that were not assigned, and rules of segmentation (a virama
    ///   joins the consonant behind it in Unicode 18 even where nothing stands before it);
    /// - what a person has set: `isprint`, `display`, `emoji`, `setcellwidths()`, `noarabicshape` or `termbidi` (a lam and
    ///   the alef behind it are then two cells); `ambiwidth` is an option here too.
    ///
    /// Neovim before 0.11 agrees where a cluster is one character with combining ones behind it, but for East Asian
    /// marks that stand alone and reserved ranges, which are wide there.
    Neovim,
    /// Its `nvim_strwidth()`: the same, but a tab or another ASCII control character is one cell. It differs as before, and
    /// where a mark follows an invalid byte, to which it belongs here as in what Neovim shows.
    Strwidth,
}

/// How width is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WidthOptions {
    /// Whose idea of width it is.
    pub style: Style,
    /// Whether ambiguous characters take two cells.
    pub ambiguous_wide: bool,
    /// Cells from one tab stop to the next; at least 1.
    pub tabstop: u32,
    /// The column at which the text begins, 0-based: tab stops are counted from column 0.
    pub column: u32,
}

impl Default for WidthOptions {
    fn default() -> WidthOptions {
        WidthOptions { style: Style::Terminal, ambiguous_wide: false, tabstop: 8, column: 0 }
    }
}

/// The display cells that `text` takes.
#[inline]
pub fn width(text: &[u8], options: &WidthOptions) -> usize {
    let printable = printable_run(text);
    if printable == text.len() {
        return printable;
    }
    walk::width(text, options)
}

/// Length of the printable ASCII at the start: bytes that are a cell each.
#[inline]
fn printable_run(text: &[u8]) -> usize {
    const BLOCK: usize = 16;
    let mut run = 0;
    for block in text.chunks_exact(BLOCK) {
        // Without a way out before the end of the block, so that the compiler makes it vectors.
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

/// The first byte of eight, from the lowest, that is no printable ASCII; 8 if all are.
#[inline]
fn unprintable_in(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    // The top bit of a byte tells: not ASCII, DEL (which carries into it), below the space. A carry goes up only, to
    // bytes behind the first one found.
    let above = word | word.wrapping_add(ONES);
    let below = !((word | HIGH) - (ONES << 5));
    ((above | below) & HIGH).trailing_zeros() as usize / 8
}

fn is_printable(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x7F - b' '
}

/// The cells of every class, for one style and one width of ambiguous characters.
pub(super) struct Cells {
    /// Of a scalar that begins a cluster.
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

    /// Those of `options`.
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
