//! Options of width, and the cells of each class of characters under them.

use super::table::Class;

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

/// The cells of every class, for one style and one width of ambiguous characters.
pub(in crate::text) struct Cells {
    /// Cells of a scalar that begins a cluster.
    pub(super) first: [u8; 256],
    pub(super) style: Style,
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
    pub(in crate::text) fn of(options: &WidthOptions) -> &'static Cells {
        static ALL: [[Cells; 2]; 3] = [
            [Cells::new(Style::Terminal, false), Cells::new(Style::Terminal, true)],
            [Cells::new(Style::Neovim, false), Cells::new(Style::Neovim, true)],
            [Cells::new(Style::Strwidth, false), Cells::new(Style::Strwidth, true)],
        ];
        &ALL[options.style as usize][usize::from(options.ambiguous_wide)]
    }
}
