//! Counting the units of a text.

use super::{Unit, WidthOptions, kernel, segment, width};

/// Returns the number of units in `text`.
///
/// It equals the number of segments that an iterator over the unit would return, so `""` has 0 of any unit. The number of
/// cells is the [`width`].
#[inline]
pub fn count(text: &[u8], unit: Unit) -> usize {
    match unit {
        Unit::Byte => text.len(),
        Unit::Char => kernel::count_chars(text),
        Unit::Utf16 => kernel::count_utf16(text),
        Unit::Grapheme => graphemes(text),
        Unit::Line => lines(text),
        Unit::Word | Unit::Sentence | Unit::Linebreak => segments(text, unit),
        Unit::Cell => cells(text),
    }
}

// A function of its own, so that the fast units do not pay for the stack frame of the state machines.
#[inline(never)]
fn graphemes(text: &[u8]) -> usize {
    if text.is_ascii() && memchr::memchr(b'\r', text).is_none() {
        return text.len();
    }
    segment::graphemes(text).map(|piece| piece.clusters()).sum()
}

#[inline(never)]
fn cells(text: &[u8]) -> usize {
    width(text, &WidthOptions::default())
}

#[inline(never)]
fn segments(text: &[u8], unit: Unit) -> usize {
    segment::count(text, unit)
}

/// Counts line feeds, plus the last line if it has none. A lone CR does not end a line, and a CR LF contains one LF.
fn lines(text: &[u8]) -> usize {
    let unended = text.last().is_some_and(|&last| last != b'\n');
    kernel::count_newlines(text) + usize::from(unended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_lf_or_with_the_text() {
        for (text, lines) in [
            ("", 0),
            ("a", 1),
            ("a\n", 1),
            ("a\nb", 2),
            ("\n\n", 2),
            ("a\r\nb\r\n", 2),
            ("a\rb", 1),
        ] {
            assert_eq!(count(text.as_bytes(), Unit::Line), lines, "{text:?}");
        }
    }

    #[test]
    fn words_are_what_people_call_words() {
        for (text, words) in [
            ("", 0),
            ("  , !", 0),
            ("Don't panic, it's 3.14!", 4),
            ("snake_case camelCase", 2),
            ("naïve café", 2),
            ("日本, テスト", 3),
            ("__ 👩 ½", 1),
        ] {
            assert_eq!(count(text.as_bytes(), Unit::Word), words, "{text:?}");
        }
    }

    #[test]
    fn an_invalid_sequence_is_one_unit_except_a_word() {
        // A lead with two of its three followers is one maximal invalid subsequence; two lone followers are two.
        let text = b"a\xF0\x9F\x98b\x80\x80";
        assert_eq!(count(text, Unit::Char), 5);
        assert_eq!(count(text, Unit::Utf16), 5);
        assert_eq!(count(text, Unit::Grapheme), 5);
        assert_eq!(count(text, Unit::Word), 2);
        assert_eq!(count(text, Unit::Byte), 7);
    }

    #[test]
    fn utf16_counts_surrogate_pairs() {
        assert_eq!(count("a\u{e9}\u{20ac}\u{1f600}".as_bytes(), Unit::Utf16), 5);
    }
}
