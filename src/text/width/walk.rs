//! Iteration over a text by clusters and their widths; everything that deals with cells is built on it.
//!
//! A loop over scalars finds most clusters alone: a scalar that begins a cluster in any context, and the marks after it.
//! It hands over to the state machine of clusters where more than one preceding scalar matters, which is rare except in
//! flags and joined emoji.

use super::cells::{Cells, Style, WidthOptions};
use super::printable::{is_printable, printable_run};
use super::table::{Class, Kind};
use crate::text::machine::Machine;

/// A stretch of text and its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::text) struct Piece {
    /// Where it ends, which is where the next one begins.
    pub end: usize,
    pub cells: usize,
    /// Whether each of its bytes is a cluster of one cell; otherwise it is one cluster.
    pub run: bool,
    /// Whether it is a tab that advances to a tab stop, so that its width depends on its column.
    pub tab: bool,
}

/// Iterates over the pieces of `text` in order.
pub(in crate::text) fn pieces<'t>(text: &'t [u8], options: &WidthOptions) -> Pieces<'t> {
    let column = options.column as usize;
    let tabstop = options.tabstop.max(1) as usize;
    Pieces { text, at: 0, column, tabstop, cells: Cells::of(options) }
}

/// Iterator returned by [`pieces`].
#[derive(Clone)]
pub(in crate::text) struct Pieces<'t> {
    text: &'t [u8],
    at: usize,
    /// The column at which the next piece begins.
    column: usize,
    tabstop: usize,
    cells: &'static Cells,
}

/// Returns the sum of the cells of all pieces.
#[inline(never)]
pub(super) fn width(text: &[u8], options: &WidthOptions) -> usize {
    walk(text, options, usize::MAX).cells
}

/// A prefix of a text, in whole clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::text) struct Prefix {
    pub end: usize,
    pub cells: usize,
}

/// Returns the longest prefix of `text` that takes at most `limit` cells.
///
/// Cost: that of the width of the prefix, however long the text is.
#[inline(never)]
pub(in crate::text) fn prefix(text: &[u8], limit: usize, options: &WidthOptions) -> Prefix {
    walk(text, options, limit)
}

/// [`prefix`] in a loop that reads most scalars once.
#[inline(always)]
fn walk(text: &[u8], options: &WidthOptions, limit: usize) -> Prefix {
    let mut pieces = pieces(text, options);
    let first = pieces.column;
    let end_column = first.saturating_add(limit);
    // Counted so far: up to `at`, in `column`. The last scalar counted begins at `open`, if more of its cluster may
    // follow; otherwise `open` is `at`.
    let (mut at, mut column, mut open) = (0, first, 0);
    let prefix = |end, column| Prefix { end, cells: column - first };
    while at < text.len() {
        if is_printable(text[at]) {
            let room = end_column - column;
            let rest = &text[at..];
            let run = printable_run(&rest[..rest.len().min(room.saturating_add(1))]);
            if run > room {
                return prefix(at + room, end_column);
            }
            column += run;
            at += run;
            open = at - 1;
            continue;
        }
        let next = Scalar::at(text, at);
        if next.class.kind() == Kind::Plain {
            if at == open + LAM_LEN && lam_takes(pieces.cells, || Scalar::at(text, open), next) {
                // Both are one glyph, which has been counted: `open` stays, as marks may follow.
                at += next.len;
                continue;
            }
            let cells = usize::from(pieces.cells.first[usize::from(next.class.0)]);
            if cells > end_column - column {
                return prefix(at, column);
            }
            column += cells;
            open = at;
            at += next.len;
            continue;
        }
        // A control, or something that may belong to the open cluster: then that cluster is measured again as a whole.
        if open < at && next.class.kind() != Kind::Control {
            column -= Scalar::at(text, open).cells(pieces.cells);
            at = open;
        }
        let (end, cells) = if next.class.kind() == Kind::Complex && next.code != INVALID {
            complex_cluster(text, at, pieces.cells)
        } else {
            (pieces.at, pieces.column) = (at, column);
            let piece = pieces.next().expect("the text is not over");
            (piece.end, piece.cells)
        };
        if cells > end_column - column {
            return prefix(at, column);
        }
        column += cells;
        at = end;
        open = at;
    }
    prefix(at, column)
}

/// Returns end and cells of the cluster at `start`, which the loop over marks cannot measure.
#[inline(never)]
fn complex_cluster(text: &[u8], start: usize, table: &Cells) -> (usize, usize) {
    let rest = &text[start..];
    let (len, cells) = emoji(rest, table).unwrap_or_else(|| {
        let mut len = state_machine_len(rest);
        while let Some(before) = len.checked_sub(LAM_LEN)
            && let Some(next) = Scalar::get(rest, len)
            && lam_takes(table, || Scalar::at(rest, before), next)
        {
            len += state_machine_len(&rest[len..]);
        }
        (len, cluster_cells(&rest[..len], table))
    });
    (start + len, cells)
}

/// Returns the length of the cluster at the front, by the state machine.
#[cold]
fn state_machine_len(text: &[u8]) -> usize {
    Machine::graphemes().walk(text, 0).next().map_or(text.len(), |cluster| cluster.stop)
}

const ZERO_WIDTH_JOINER: u32 = 0x200D;

/// Returns length and cells of the cluster at the front if it is a flag or of emoji, as most complex clusters are:
/// starting the state machine for each of them would take longer than Neovim does.
fn emoji(text: &[u8], table: &Cells) -> Option<(usize, usize)> {
    let first = Scalar::at(text, 0);
    let (mut end, mut cells, mut before) = (first.len, first.cells(table), first);
    if is_regional_indicator(first.code) {
        let second = Scalar::get(text, end).filter(|next| is_regional_indicator(next.code))?;
        cells = joined(table, cells, before, second, true);
        end += second.len;
        // A third regional indicator begins another cluster.
        let ends = Scalar::get(text, end).is_none_or(|next| {
            matches!(next.class.kind(), Kind::Plain | Kind::Control)
                || is_regional_indicator(next.code)
        });
        return ends.then_some((end, cells));
    }
    let is_base = |scalar: &Scalar| scalar.code >= 0x80 && scalar.class.emoji();
    if !is_base(&first) {
        return None;
    }
    loop {
        let Some(mut next) = Scalar::get(text, end) else { return Some((end, cells)) };
        match (next.code, next.class.kind()) {
            // The marks used with emoji: presentation, skin tone, tags.
            (VARIATION_SELECTOR_16 | 0x1_F3FB..=0x1_F3FF | 0xE_0020..=0xE_007F, _) => {}
            (ZERO_WIDTH_JOINER, _) => {
                // Of no width itself, and not a base for a variation selector.
                end += next.len;
                next = Scalar::get(text, end).filter(is_base)?;
            }
            (_, Kind::Plain | Kind::Control) => return Some((end, cells)),
            _ if is_regional_indicator(next.code) => return Some((end, cells)),
            _ => return None,
        }
        cells = joined(table, cells, before, next, end == first.len);
        end += next.len;
        before = next;
    }
}

fn is_regional_indicator(code: u32) -> bool {
    (0x1_F1E6..=0x1_F1FF).contains(&code)
}

/// Returns the cells of a cluster.
fn cluster_cells(cluster: &[u8], table: &Cells) -> usize {
    let first = Scalar::at(cluster, 0);
    let mut cells = first.cells(table);
    let (mut at, mut before) = (first.len, first);
    while at < cluster.len() {
        let next = Scalar::at(cluster, at);
        cells = joined(table, cells, before, next, at == first.len);
        at += next.len;
        before = next;
    }
    cells
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        let &byte = self.text.get(self.at)?;
        let ascii = if byte < 0x80 { self.ascii(byte) } else { None };
        let piece = ascii.unwrap_or_else(|| self.cluster());
        self.at = piece.end;
        self.column += piece.cells;
        Some(piece)
    }
}

/// Maximum bytes in a run, so that a search for a nearby cell need not read to the end of a long text.
const MAX_RUN_BYTES: usize = 256;

impl Pieces<'_> {
    /// Returns the ASCII at the front, as far as no mark after it can change it.
    #[inline]
    fn ascii(&self, byte: u8) -> Option<Piece> {
        let rest = &self.text[self.at..];
        let mut run = printable_run(&rest[..rest.len().min(MAX_RUN_BYTES)]);
        if rest.get(run).is_some_and(|next| !next.is_ascii()) {
            run = run.saturating_sub(1);
        }
        if run > 0 {
            return Some(Piece { end: self.at + run, cells: run, run: true, tab: false });
        }
        let single = |cells, tab| Piece { end: self.at + 1, cells, run: false, tab };
        match (byte, rest.get(1), self.cells.style) {
            (b'\t', _, Style::Terminal | Style::Neovim) => {
                Some(single(self.tabstop - self.column % self.tabstop, true))
            }
            (b'\r', Some(b'\n'), style) => {
                let cells = 2 * control(style);
                Some(Piece { end: self.at + 2, cells, run: false, tab: false })
            }
            (0..b' ' | 0x7F, _, style) => Some(single(control(style), false)),
            _ => None,
        }
    }

    /// Returns the cluster at the front, which is neither an ASCII control character nor certain to be a single byte.
    fn cluster(&self) -> Piece {
        let text = self.text;
        let first = Scalar::at(text, self.at);
        let mut end = self.at + first.len;
        let mut cells = first.cells(self.cells);
        let (mut kind, mut before) = (first.class.kind(), first);
        if first.code == INVALID {
            // Segmentation treats it as U+FFFD.
            kind = Kind::Plain;
        }
        let mut marks = false;
        while kind != Kind::Control && end < text.len() {
            if kind == Kind::Complex {
                let (end, cells) = complex_cluster(text, self.at, self.cells);
                return Piece { end, cells, run: false, tab: false };
            }
            let next = Scalar::at(text, end);
            kind = next.class.kind();
            match kind {
                Kind::Plain if lam_takes(self.cells, || before, next) => {
                    marks = true;
                    end += next.len;
                    before = next;
                }
                Kind::Plain | Kind::Control => break,
                _ if next.code == INVALID => break,
                Kind::Mark => {
                    cells = joined(self.cells, cells, before, next, !marks);
                    marks = true;
                    end += next.len;
                    before = next;
                }
                Kind::Complex => {}
            }
        }
        Piece { end, cells, run: false, tab: false }
    }
}

/// Returns the cells of an ASCII control character other than the tab.
fn control(style: Style) -> usize {
    match style {
        Style::Terminal => 0,
        Style::Neovim => 2,
        Style::Strwidth => 1,
    }
}

const VARIATION_SELECTOR_16: u32 = 0xFE0F;

/// Returns the cells of a cluster that had `cells` up to `before`, after adding `next`. `second` is whether `next` is
/// its second scalar.
#[inline(always)]
fn joined(table: &Cells, cells: usize, before: Scalar, next: Scalar, second: bool) -> usize {
    let emoji = next.code == VARIATION_SELECTOR_16 && before.class.emoji();
    match table.style {
        Style::Terminal if emoji => 2,
        Style::Terminal => (cells + next.cells(table)).min(2),
        _ if emoji && second && before.code >= 0x80 => cells.max(2),
        // In Neovim ASCII and invalid bytes never join what precedes them.
        _ if next.code < 0x80 || next.code == INVALID => cells + next.cells(table),
        _ => cells,
    }
}

/// The Arabic letter lam.
const LAM: u32 = 0x644;

/// Its length in bytes.
const LAM_LEN: usize = 2;

/// Whether `next` is an alef that Neovim draws as one glyph with the lam before it, in the cells of the lam. Unicode's
/// segmentation has no such rule, so terminals draw them in a cell each.
#[inline(always)]
fn lam_takes(table: &Cells, before: impl FnOnce() -> Scalar, next: Scalar) -> bool {
    // With madda, with hamza above or below, and alone.
    matches!(next.code, 0x622 | 0x623 | 0x625 | 0x627)
        && !matches!(table.style, Style::Terminal)
        && before().code == LAM
}

/// The code of a maximal invalid subsequence, in place of a code point.
const INVALID: u32 = u32::MAX;

/// One scalar value or maximal invalid subsequence.
#[derive(Clone, Copy)]
struct Scalar {
    code: u32,
    len: usize,
    class: Class,
}

impl Scalar {
    #[inline(always)]
    fn at(text: &[u8], at: usize) -> Scalar {
        let valid = |code, len| Scalar { code, len, class: Class::of(code) };
        let follows = |byte: u8| byte & 0xC0 == 0x80;
        let low = |byte: u8| u32::from(byte & 0x3F);
        match text[at..] {
            [a @ ..0x80, ..] => return valid(u32::from(a), 1),
            [a @ 0xC2..0xE0, b, ..] if follows(b) => {
                return valid(u32::from(a & 0x1F) << 6 | low(b), 2);
            }
            [a @ 0xE0..0xF0, b, c, ..] if follows(b) && follows(c) => {
                let code = u32::from(a & 0xF) << 12 | low(b) << 6 | low(c);
                if code >= 0x800 && code & !0x7FF != 0xD800 {
                    return valid(code, 3);
                }
            }
            [a @ 0xF0..0xF5, b, c, d, ..] if follows(b) && follows(c) && follows(d) => {
                let code = u32::from(a & 7) << 18 | low(b) << 12 | low(c) << 6 | low(d);
                if (0x1_0000..0x11_0000).contains(&code) {
                    return valid(code, 4);
                }
            }
            _ => {}
        }
        let len = invalid_len(&text[at..]);
        Scalar { code: INVALID, len, class: Class::INVALID }
    }

    /// [`Scalar::at`], or `None` past the end of the text.
    fn get(text: &[u8], at: usize) -> Option<Scalar> {
        (at < text.len()).then(|| Scalar::at(text, at))
    }

    /// Returns its cells at the beginning of a cluster.
    #[inline(always)]
    fn cells(self, table: &Cells) -> usize {
        if self.code == INVALID {
            return match table.style {
                Style::Terminal => 1,
                Style::Neovim | Style::Strwidth => 4 * self.len,
            };
        }
        if self.code < 0x20 || self.code == 0x7F {
            return control(table.style);
        }
        usize::from(table.first[usize::from(self.class.0)])
    }
}

/// Returns the length of the maximal invalid subsequence at the front.
#[cold]
fn invalid_len(text: &[u8]) -> usize {
    text.utf8_chunks().next().map_or(1, |chunk| chunk.invalid().len().max(1))
}
