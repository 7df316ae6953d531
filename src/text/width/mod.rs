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

mod cells;
mod printable;
mod runs;
mod table;
mod walk;

pub use cells::{Style, WidthOptions};
use printable::printable_run;
pub(super) use walk::{Piece, Pieces, Prefix, pieces, prefix};

/// Returns the number of display cells that `text` takes.
#[inline]
pub fn width(text: &[u8], options: &WidthOptions) -> usize {
    let printable = printable_run(text);
    if printable == text.len() {
        return printable;
    }
    walk::width(text, options)
}

#[cfg(test)]
pub(super) mod tests;
