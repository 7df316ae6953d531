//! Wrapping a text into lines of a given width, by UAX #14.
//!
//! # Where may a line end?
//!
//! At the break opportunities of UAX #14 in its strict form, without a dictionary: a script written without spaces (Thai,
//! Lao, Khmer, Burmese; not ideographs and kana) has none within a run of letters. White space at the end of a line belongs
//! to no line and takes no cells. Line ends are those of UAX #14: LF, CR LF, and CR, VT, FF, NEL, LS, PS. `""` has no line,
//! `"a\n"` has one.
//!
//! # What if a word is longer than a line?
//!
//! It is split at the last grapheme cluster that fits, or stays whole on a line of its own. A cluster wider than the line
//! is always a line.
//!
//! # What does a line depend on?
//!
//! Only on the text from its own start on, as if the text began there. So a caller can continue from the start of any
//! line, and an edit changes no earlier line except the last one before it.

use super::machine::Machine;
use super::width::{WidthOptions, pieces, width};

/// One line, in byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Offset where it begins.
    pub start: usize,
    /// Offset where it ends, without white space and line end.
    pub stop: usize,
    /// Offset where the next one begins; after the last line, the end of the text.
    pub next: usize,
    /// Its width in cells.
    pub cells: usize,
}

/// Iterates over the lines of `text` from `start` on, which must be the start of a line. No line is wider than `cells`,
/// except a single wider cluster, or a long word with `keep_long_words`.
///
/// Every line begins at the column of `options`. Cost: a line that fits without wrapping costs as much as its width, others
/// about 0.15 GB/s.
pub fn wrap<'t>(
    text: &'t [u8],
    start: usize,
    cells: usize,
    keep_long_words: bool,
    options: &WidthOptions,
) -> impl Iterator<Item = Line> + use<'t> {
    let options = *options;
    let mut start = start.min(text.len());
    std::iter::from_fn(move || {
        let rest = &text[start..];
        if rest.is_empty() {
            return None;
        }
        let next = match fit(rest, cells, &options) {
            Fit::Line { next } => next,
            Fit::Over { at } => last_break(rest, at, &options).unwrap_or_else(|| {
                if keep_long_words { first_break(rest, at, &options) } else { at }
            }),
        };
        let stop = content(&rest[..next]);
        let cells = width(&rest[..stop], &options);
        let line = Line { start, stop: start + stop, next: start + next, cells };
        start = line.next;
        Some(line)
    })
}

enum Fit {
    /// The text fits up to a line end, after which the next line begins, or up to its own end.
    Line { next: usize },
    /// The cluster at this offset does not fit; it is not white space and not the first one.
    Over { at: usize },
}

fn fit(text: &[u8], cells: usize, options: &WidthOptions) -> Fit {
    let (mut start, mut taken) = (0, 0usize);
    for piece in pieces(text, options) {
        let bytes = &text[start..piece.end];
        taken += piece.cells;
        if piece.run {
            if taken > cells {
                // The first byte that has no cell, or the first one after white space there.
                let free = (cells + piece.cells).saturating_sub(taken).max(usize::from(start == 0));
                let word = bytes.get(free..).and_then(|over| over.iter().position(|&b| b != b' '));
                if let Some(word) = word {
                    return Fit::Over { at: start + free + word };
                }
            }
        } else if is_line_end(bytes) {
            return Fit::Line { next: piece.end };
        } else if taken > cells && start > 0 && !is_white(bytes) {
            // A cluster may end in white space (a prepended mark and a space), which takes no cells here.
            let content = content(bytes);
            if content == bytes.len() || width(&text[..start + content], options) > cells {
                return Fit::Over { at: start };
            }
        }
        start = piece.end;
    }
    Fit::Line { next: text.len() }
}

/// Maximum number of bytes that the segmenter may read past a place to decide whether a line may end there. The rules look
/// at a few characters; without a limit a word of a megabyte would be read to its end for each of its lines.
const LOOKAHEAD: usize = 256;

/// Returns the last break opportunity up to `at` that splits no cluster, if there is one.
fn last_break(text: &[u8], at: usize, options: &WidthOptions) -> Option<usize> {
    let mut end = text.len().min(at + LOOKAHEAD);
    while end < text.len() && text[end] & 0xC0 == 0x80 {
        end += 1;
    }
    breaks(&text[..end], options).take_while(|&found| found <= at).last()
}

/// Returns the first break opportunity after `at`.
fn first_break(text: &[u8], at: usize, options: &WidthOptions) -> usize {
    breaks(text, options).find(|&found| found > at).unwrap_or(text.len())
}

/// Iterates over the break opportunities of `text` that split no grapheme cluster; hardly any do.
fn breaks(text: &[u8], options: &WidthOptions) -> impl Iterator<Item = usize> {
    let mut pieces = pieces(text, options);
    let mut piece = pieces.next();
    Machine::linebreaks().walk(text, 0).map(|segment| segment.stop).filter(move |&found| {
        while piece.is_some_and(|piece| piece.end < found) {
            piece = pieces.next();
        }
        piece.is_some_and(|piece| piece.run || piece.end == found)
    })
}

/// Returns the length of a line without its line end and the white space before that.
fn content(line: &[u8]) -> usize {
    let mut len = line.len();
    loop {
        let from = len.saturating_sub(3);
        // A white space character has one to three bytes.
        let Some(size) = (1..=len - from).find(|&size| {
            let last = &line[len - size..len];
            is_white(last) || is_line_end(last)
        }) else {
            return len;
        };
        len -= size;
    }
}

fn is_line_end(cluster: &[u8]) -> bool {
    matches!(
        cluster,
        b"\n"
            | b"\r\n"
            | b"\r"
            | b"\x0B"
            | b"\x0C"
            | b"\xC2\x85"
            | b"\xE2\x80\xA8"
            | b"\xE2\x80\xA9"
    )
}

/// Whether a cluster is white space at which a line may end, which excludes no-break spaces.
fn is_white(cluster: &[u8]) -> bool {
    let mut chars = str::from_utf8(cluster).unwrap_or_default().chars();
    match (chars.next(), chars.next()) {
        (Some('\u{A0}' | '\u{2007}' | '\u{202F}'), None) => false,
        (Some(only), None) => only.is_whitespace(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width::{Style, tests::any_text};
    use icu_segmenter::LineSegmenter;
    use icu_segmenter::options::LineBreakOptions;
    use proptest::prelude::*;

    fn lines(text: &str, cells: usize, keep: bool) -> Vec<&str> {
        wrap(text.as_bytes(), 0, cells, keep, &WidthOptions::default())
            .map(|line| &text[line.start..line.stop])
            .collect()
    }

    #[test]
    fn lines_end_at_opportunities() {
        assert_eq!(lines("the quick brown fox", 9, false), ["the quick", "brown fox"]);
        assert_eq!(lines("the quick  brown fox", 10, false), ["the quick", "brown fox"]);
        assert_eq!(lines("well-known/path", 11, false), ["well-known/", "path"]);
        assert_eq!(lines("(a) $10.00 b", 4, true), ["(a)", "$10.00", "b"]);
        assert_eq!(lines("no\u{A0}break here", 8, false), ["no\u{A0}break", "here"]);
        assert_eq!(lines("日本語、テスト", 6, false), ["日本", "語、テ", "スト"]);
    }

    #[test]
    fn line_ends_are_those_of_uax_14() {
        assert_eq!(lines("", 5, false), [""; 0]);
        assert_eq!(lines("a\n", 5, false), ["a"]);
        assert_eq!(lines("\n\n", 5, false), ["", ""]);
        assert_eq!(
            lines("a \r\n b\rc\u{85}d\u{2028}e\x0Cf", 5, false),
            ["a", " b", "c", "d", "e", "f"]
        );
        assert_eq!(lines("abc   \ndef", 3, false), ["abc", "def"]);
        assert_eq!(lines("   ", 2, false), [""]);
    }

    #[test]
    fn long_words_are_cut_or_kept() {
        assert_eq!(lines("a abcdefg b", 3, false), ["a", "abc", "def", "g b"]);
        assert_eq!(lines("a abcdefg b", 3, true), ["a", "abcdefg", "b"]);
        assert_eq!(lines("日本", 1, false), ["日", "本"]);
        assert_eq!(lines("👩\u{200D}👩\u{200D}👧👧", 1, false), ["👩\u{200D}👩\u{200D}👧", "👧"]);
        assert_eq!(lines("ab", 0, false), ["a", "b"]);
        assert_eq!(lines("ภาษาไทย", 3, false), ["ภาษ", "าไท", "ย"]);
    }

    #[test]
    fn white_space_within_the_last_cluster_takes_no_cells() {
        assert_eq!(lines("brown \u{600} $", 7, false), ["brown \u{600}", "$"]);
        assert_eq!(lines("brown \u{600} $", 6, false), ["brown", "\u{600} $"]);
    }

    #[test]
    fn a_no_break_space_at_the_end_of_a_line_stays_and_takes_a_cell() {
        for space in ['\u{A0}', '\u{2007}', '\u{202F}'] {
            let text = format!("ab{space} cd");
            assert_eq!(lines(&text, 3, false), [&text[..2 + space.len_utf8()], "cd"]);
        }
    }

    #[test]
    fn a_break_may_depend_on_text_far_after_it() {
        // Between a percent sign and a parenthesis a line may end, unless a number follows.
        let marks = "\u{301}".repeat(127);
        for number in ["1", "\u{661}"] {
            for marks in ["", &marks[..10], &marks] {
                let text = format!("a b%({marks}{number}");
                assert_eq!(lines(&text, 4, false)[0], "a", "{} marks", marks.len() / 2);
            }
        }
        assert_eq!(lines(&format!("a b%({marks}x"), 4, false)[0], "a b%");
    }

    #[test]
    fn a_very_long_word_is_wrapped_in_linear_time() {
        let text = "x".repeat(1 << 18);
        assert_eq!(lines(&text, 64, false).len(), 1 << 12);
    }

    /// The next line by trying every cluster boundary, with unlimited lookahead.
    fn plain(text: &[u8], cells: usize, keep: bool, options: &WidthOptions) -> (usize, usize) {
        let mut ends = Vec::new();
        let mut start = 0;
        for piece in pieces(text, options) {
            ends.extend(if piece.run {
                start + 1..piece.end + 1
            } else {
                piece.end..piece.end + 1
            });
            start = piece.end;
        }
        let hard = ends.iter().scan(0, |start, &end| {
            let cluster = *start..end;
            *start = end;
            Some((end, is_line_end(&text[cluster])))
        });
        let hard = hard.filter(|&(_, hard)| hard).map(|(end, _)| end).next();
        let end = hard.unwrap_or(text.len());
        // The first cluster is always taken, however wide it is.
        let fits = |end: usize| {
            let content = content(&text[..end]);
            content <= ends[0] || width(&text[..content], options) <= cells
        };
        if fits(end) {
            return (content(&text[..end]), end);
        }
        let breaks: Vec<usize> =
            LineSegmenter::new_neo_for_non_complex_scripts(LineBreakOptions::default())
                .segment_utf8(text)
                .filter(|found| *found > 0 && *found <= end && ends.contains(found))
                .collect();
        let best = breaks.iter().rev().find(|&&found| fits(found)).copied();
        let next = best.unwrap_or_else(|| {
            if keep {
                return breaks[0];
            }
            // White space that extends past the width stays on the line.
            let fitting = ends.iter().take_while(|&&end| fits(end)).last();
            *fitting.unwrap_or(&ends[0])
        });
        (content(&text[..next]), next)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(300)))]

        #[test]
        fn lines_are_those_of_the_plain_way(
            text in any_text(), cells in 1usize..20, keep in any::<bool>(), wide in any::<bool>(), column in 0u32..9,
        ) {
            for style in [Style::Terminal, Style::Neovim, Style::Strwidth] {
                let options = WidthOptions { style, ambiguous_wide: wide, column, ..WidthOptions::default() };
                let mut at = 0;
                for line in wrap(&text, 0, cells, keep, &options) {
                    prop_assert_eq!(line.start, at);
                    let (stop, next) = plain(&text[at..], cells, keep, &options);
                    prop_assert_eq!((line.stop, line.next), (at + stop, at + next));
                    prop_assert_eq!(line.cells, width(&text[line.start..line.stop], &options));
                    prop_assert_eq!(Some(line), wrap(&text, at, cells, keep, &options).next());
                    at = line.next;
                }
                prop_assert_eq!(at, text.len());
            }
        }
    }
}
