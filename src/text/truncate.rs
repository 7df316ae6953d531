//! Truncating a text to a width, and padding it to one.

use super::width::{Piece, Prefix, WidthOptions, pieces, prefix, width};

/// Where a text is truncated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// At the end: the beginning stays.
    #[default]
    Right,
    /// At the beginning: the end stays.
    Left,
    /// In the middle. If the remaining cells are odd, the beginning has one more.
    Middle,
}

/// A truncated text: `text[..head]`, the ellipsis, `text[tail..]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// End of the part kept from the beginning.
    pub head: usize,
    /// Start of the part kept from the end; equal to `head` if nothing is cut.
    pub tail: usize,
    /// Whether the ellipsis is between them.
    pub ellipsis: bool,
    /// Width of the whole in cells.
    pub cells: usize,
}

/// The text shown in place of what is cut, with its width.
#[derive(Clone, Copy, Debug)]
pub struct Ellipsis {
    cells: usize,
}

impl Ellipsis {
    /// Measures an ellipsis; the result can be used for many texts.
    pub fn new(ellipsis: &[u8], options: &WidthOptions) -> Ellipsis {
        Ellipsis { cells: width(ellipsis, options) }
    }
}

/// Truncates `text` to at most `cells` cells including the ellipsis, if it is wider than that.
///
/// Keeps as many whole grapheme clusters as fit, so one cell may stay free before a wide one. An ellipsis wider than
/// `cells` is left out.
///
/// Cost: truncating at the end reads only the part that stays, the other two read the whole text twice. Memory is
/// allocated only for a text with tabs that is truncated at the beginning or in the middle: the text after the ellipsis
/// then begins at another column, and its tabs have other widths.
pub fn truncate(
    text: &[u8],
    cells: usize,
    side: Side,
    ellipsis: Ellipsis,
    options: &WidthOptions,
) -> Cut {
    let whole = |cells| Cut { head: text.len(), tail: text.len(), ellipsis: false, cells };
    let fits = ellipsis.cells <= cells;
    let taken = if fits { ellipsis.cells } else { 0 };
    let room = cells - taken;
    let (head, tail) = match side {
        Side::Right => {
            let head = prefix(text, room, options);
            // Without the ellipsis more fits, possibly the whole text.
            let more =
                prefix(&text[head.end..], cells - head.cells, &options_after(head.cells, options));
            if head.end + more.end == text.len() {
                return whole(head.cells + more.cells);
            }
            (head, Tail { start: text.len(), cells: 0 })
        }
        Side::Left | Side::Middle => {
            let total = width(text, options);
            if total <= cells {
                return whole(total);
            }
            let head = match side {
                Side::Middle => prefix(text, room.div_ceil(2), options),
                // Not even clusters of no width.
                _ => Prefix { end: 0, cells: 0 },
            };
            let back = room - head.cells;
            let tail = if memchr::memchr(b'\t', &text[head.end..]).is_some() {
                tail_with_tabs(text, head, back, head.cells + taken, options)
            } else {
                tail(text, head, back, total - head.cells, options)
            };
            (head, tail)
        }
    };
    Cut { head: head.end, tail: tail.start, ellipsis: fits, cells: head.cells + taken + tail.cells }
}

/// The options for text that begins after `cells` cells.
fn options_after(cells: usize, options: &WidthOptions) -> WidthOptions {
    let column = options.column.saturating_add(u32::try_from(cells).unwrap_or(u32::MAX));
    WidthOptions { column, ..*options }
}

/// The end of a text, in whole clusters.
#[derive(Clone, Copy)]
struct Tail {
    start: usize,
    cells: usize,
}

/// Returns the longest suffix of `text` after `head` that takes at most `back` of its `total` cells, if it has no tab.
fn tail(text: &[u8], head: Prefix, back: usize, total: usize, options: &WidthOptions) -> Tail {
    let Some(before) = total.checked_sub(back + 1) else {
        return Tail { start: head.end, cells: total };
    };
    // Skip just too few cells, then one more cluster, which therefore has a width.
    let rest = &text[head.end..];
    let gone = prefix(rest, before, options);
    let next = pieces(&rest[gone.end..], options).next().map_or((0, 0), |piece| match piece.run {
        true => (1, 1),
        false => (piece.end, piece.cells),
    });
    Tail { start: head.end + gone.end + next.0, cells: total - gone.cells - next.1 }
}

/// [`tail`] for a text with tabs: `column` is where the suffix will begin, in cells from the beginning of the text.
fn tail_with_tabs(
    text: &[u8],
    head: Prefix,
    back: usize,
    column: usize,
    options: &WidthOptions,
) -> Tail {
    let column = column + options.column as usize;
    let tabstop = options.tabstop.max(1) as usize;
    let stop = |column: usize| (column / tabstop + 1) * tabstop;
    let mut best = Tail { start: text.len(), cells: 0 };
    // From the back: cells up to the first tab, and after it, where the column is a multiple of the tab stop.
    let (mut before, mut after) = (0, None);
    for (start, piece) in singles(&text[head.end..], options).into_iter().rev() {
        if piece.tab {
            after = Some(match after {
                None => before,
                Some(after) => stop(before) + after,
            });
            before = 0;
        } else {
            before += piece.cells;
        }
        let cells = match after {
            None => before,
            Some(after) => stop(column + before) - column + after,
        };
        if cells <= back {
            best = Tail { start: head.end + start, cells };
        }
    }
    best
}

/// Returns every cluster with its start.
fn singles(text: &[u8], options: &WidthOptions) -> Vec<(usize, Piece)> {
    let mut singles = Vec::new();
    let mut start = 0;
    for piece in pieces(text, options) {
        if piece.run {
            singles.extend(
                (start..piece.end).map(|at| (at, Piece { end: at + 1, cells: 1, ..piece })),
            );
        } else {
            singles.push((start, piece));
        }
        start = piece.end;
    }
    singles
}

/// How a text is aligned within a width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// To the left: the padding is on the right.
    #[default]
    Left,
    /// To the right: the padding is on the left.
    Right,
    /// Centered; an odd cell of padding goes to the right.
    Center,
}

/// Returns the number of cells of padding before and after `text` that make it `cells` cells wide; 0 if it is already.
///
/// Tabs in the text advance to their stops from where it then begins, so that the whole never takes more than `cells`.
pub fn pad(text: &[u8], cells: usize, align: Align, options: &WidthOptions) -> (usize, usize) {
    let at = |left: usize| width(text, &options_after(left, options));
    let missing = cells.saturating_sub(at(0));
    let mut left = match align {
        Align::Left => return (0, missing),
        Align::Right => missing,
        Align::Center => missing / 2,
    };
    let mut taken = at(left);
    if left + taken > cells {
        // A tab may be wider at a column further right. As moving the text right never moves its end left, the rightmost
        // place where it fits is found by bisection; at 0 it fits.
        let mut over = left;
        left = 0;
        while over - left > 1 {
            let middle = left + (over - left) / 2;
            if middle + at(middle) <= cells {
                left = middle;
            } else {
                over = middle;
            }
        }
        taken = at(left);
    }
    (left, cells.saturating_sub(left + taken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width::{Style, tests::any_text};
    use proptest::prelude::*;

    fn cut(text: &str, cells: usize, side: Side, ellipsis: &str) -> String {
        let options = WidthOptions::default();
        let cut = truncate(
            text.as_bytes(),
            cells,
            side,
            Ellipsis::new(ellipsis.as_bytes(), &options),
            &options,
        );
        let ellipsis = if cut.ellipsis { ellipsis } else { "" };
        let cut_text = [&text[..cut.head], ellipsis, &text[cut.tail..]].concat();
        assert_eq!(cut.cells, width(cut_text.as_bytes(), &options), "{cut_text:?}");
        cut_text
    }

    #[test]
    fn truncation_keeps_clusters_whole() {
        for (side, expected) in
            [(Side::Right, "hell…"), (Side::Left, "…orld"), (Side::Middle, "he…ld")]
        {
            assert_eq!(cut("hello, world", 5, side, "…"), expected);
            assert_eq!(cut("hello", 5, side, "…"), "hello");
            assert_eq!(cut("", 0, side, "…"), "");
            assert_eq!(cut("a", 0, side, "…"), "");
            assert_eq!(cut("hello", 1, side, "…"), "…");
        }
        assert_eq!(cut("hello, world", 6, Side::Middle, "..."), "he...d");
        assert_eq!(cut("日本語テスト", 6, Side::Right, "…"), "日本…");
        assert_eq!(cut("日本語テスト", 6, Side::Left, "…"), "…スト");
        assert_eq!(cut("日本語テスト", 6, Side::Middle, "…"), "日…ト");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2, Side::Right, "…"), "e\u{301}…");
        assert_eq!(
            cut("👩\u{200D}👩\u{200D}👧🇩🇪x", 4, Side::Right, "…"),
            "👩\u{200D}👩\u{200D}👧…"
        );
    }

    #[test]
    fn an_ellipsis_that_is_too_wide_is_left_out() {
        assert_eq!(cut("hello", 2, Side::Right, "..."), "he");
        assert_eq!(cut("hello", 3, Side::Right, "..."), "...");
        assert_eq!(cut("hello", 3, Side::Left, ""), "llo");
    }

    #[test]
    fn tabs_after_the_ellipsis_end_at_their_stops() {
        assert_eq!(cut("0123456789\tx", 9, Side::Left, "…"), "…456789\tx");
        assert_eq!(cut("0\t\tx", 10, Side::Left, "…"), "…\tx");
        assert_eq!(cut("\t\t\t", 16, Side::Middle, "…"), "\t…\t");
    }

    #[test]
    fn padding_fills_up() {
        let pad =
            |text: &str, cells, align| pad(text.as_bytes(), cells, align, &WidthOptions::default());
        assert_eq!(pad("日本", 7, Align::Left), (0, 3));
        assert_eq!(pad("日本", 7, Align::Right), (3, 0));
        assert_eq!(pad("日本", 7, Align::Center), (1, 2));
        assert_eq!(pad("日本", 3, Align::Center), (0, 0));
        assert_eq!(pad("a\tb", 12, Align::Right), (3, 3));
        assert_eq!(pad("a\tb", 16, Align::Right), (6, 7));
    }

    fn ends(text: &[u8], options: &WidthOptions) -> Vec<usize> {
        singles(text, options).iter().map(|(_, piece)| piece.end).collect()
    }

    fn at_column(text: &[u8], column: usize, options: &WidthOptions) -> usize {
        width(text, &WidthOptions { column: options.column + column as u32, ..*options })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(300)))]

        #[test]
        fn as_much_stays_as_fits(
            text in any_text(), cells in 0usize..30, ellipsis in prop::sample::select(vec!["…", "", "...", "日"]),
            wide in any::<bool>(), column in 0u32..9, tabstop in 1u32..9,
        ) {
            for style in [Style::Terminal, Style::Neovim, Style::Strwidth] {
                let options = WidthOptions { style, ambiguous_wide: wide, column, tabstop };
                let measured = Ellipsis::new(ellipsis.as_bytes(), &options);
                let taken = if measured.cells <= cells { measured.cells } else { 0 };
                let mut boundaries = vec![0];
                boundaries.extend(ends(&text, &options));
                for side in [Side::Right, Side::Left, Side::Middle] {
                    let cut = truncate(&text, cells, side, measured, &options);
                    if width(&text, &options) <= cells {
                        prop_assert_eq!((cut.head, cut.tail), (text.len(), text.len()));
                        prop_assert_eq!(cut.cells, width(&text, &options));
                        continue;
                    }
                    prop_assert_eq!(cut.ellipsis, measured.cells <= cells);
                    let room = cells - taken;
                    let front = if side == Side::Right { room } else { room.div_ceil(2) };
                    let fits = |&&end: &&usize| width(&text[..end], &options) <= front;
                    let head = match side {
                        Side::Left => 0,
                        _ => *boundaries.iter().rfind(fits).unwrap(),
                    };
                    prop_assert_eq!(cut.head, head);
                    let before = width(&text[..head], &options) + taken;
                    let after = |start: usize| at_column(&text[start..], before, &options);
                    let mut tails = boundaries.iter().copied().filter(|&start| start >= head);
                    let tail = match side {
                        Side::Right => text.len(),
                        _ => tails.find(|&start| before + after(start) <= cells).unwrap(),
                    };
                    prop_assert_eq!(cut.tail, tail);
                    prop_assert_eq!(cut.cells, before + after(tail));
                }
            }
        }

        #[test]
        fn padding_gives_the_width_unless_a_tab_cannot(text in any_text(), cells in 0usize..60, column in 0u32..9) {
            let options = WidthOptions { column, ..WidthOptions::default() };
            for align in [Align::Left, Align::Right, Align::Center] {
                let (left, right) = pad(&text, cells, align, &options);
                let whole = left + at_column(&text, left, &options) + right;
                prop_assert_eq!(whole, cells.max(width(&text, &options)));
            }
        }
    }
}
