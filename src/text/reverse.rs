//! Reversal of a text by bytes, characters or grapheme clusters.

use super::segment::{self, Piece};
use super::{Unit, kernel, utf8};
use std::mem::MaybeUninit;

/// Bytes per chunk when reversing characters, so that the validity check leaves the text in the first-level cache.
const CHUNK: usize = 8 << 10;

/// Writes the units of `text` to `out` in reverse order; the bytes within each unit keep their order.
///
/// `out` must be as long as `text` and is written in full. Units are bytes, characters or grapheme clusters. For others it
/// returns `false` and writes nothing: no known use of a reversal by lines or words says what to do with the separators.
///
/// Reversing twice by clusters or characters restores the original only for valid text: the bytes `80 C2` are two invalid
/// sequences, but `C2 80` is a valid character.
///
/// Panics if the lengths differ.
pub fn reverse(text: &[u8], unit: Unit, out: &mut [MaybeUninit<u8>]) -> bool {
    assert_eq!(text.len(), out.len(), "a reversal is as long as the text");
    match unit {
        Unit::Byte => kernel::reverse_bytes(text, out),
        Unit::Char => chars(text, out),
        Unit::Grapheme => graphemes(text, out),
        Unit::Utf16 | Unit::Word | Unit::Line | Unit::Cell | Unit::Sentence | Unit::Linebreak => {
            return false;
        }
    }
    true
}

fn chars(mut text: &[u8], out: &mut [MaybeUninit<u8>]) {
    let mut back = Back { free: out };
    while !text.is_empty() {
        let (chunk, rest) = text.split_at(boundary(text, CHUNK));
        let out = back.take(chunk.len());
        if chunk.is_ascii() {
            kernel::reverse_bytes(chunk, out);
        } else if let Ok(chunk) = simdutf8::basic::from_utf8(chunk) {
            kernel::reverse_chars(chunk, out);
        } else {
            let mut back = Back { free: out };
            for (valid, invalid) in utf8::pieces(chunk) {
                if let Ok(valid) = simdutf8::basic::from_utf8(valid) {
                    kernel::reverse_chars(valid, back.take(valid.len()));
                }
                back.put(invalid);
            }
        }
        text = rest;
    }
}

/// Returns the last offset up to `limit` that splits neither a character nor a maximal invalid subsequence.
///
/// Both have at most four bytes, and only their first byte is not a continuation byte, so the cut is before the last such
/// byte; after four continuation bytes in a row no character can be incomplete.
fn boundary(text: &[u8], limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    (limit - 3..=limit).rev().find(|&at| text[at] & 0xC0 != 0x80).unwrap_or(limit)
}

fn graphemes(text: &[u8], out: &mut [MaybeUninit<u8>]) {
    let mut back = Back { free: out };
    for piece in segment::graphemes(text) {
        match piece {
            Piece::Bytes(bytes) => kernel::reverse_bytes(bytes, back.take(bytes.len())),
            Piece::Cluster(cluster) => back.put(cluster),
        }
    }
}

/// An output that is filled from its end.
struct Back<'o> {
    free: &'o mut [MaybeUninit<u8>],
}

impl<'o> Back<'o> {
    /// Returns the last `len` free bytes.
    fn take(&mut self, len: usize) -> &'o mut [MaybeUninit<u8>] {
        let free = std::mem::take(&mut self.free);
        let (free, taken) = free.split_at_mut(free.len() - len);
        self.free = free;
        taken
    }

    fn put(&mut self, bytes: &[u8]) {
        self.take(bytes.len()).write_copy_of_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::filled;
    use proptest::prelude::*;

    fn reversed(text: &[u8], unit: Unit) -> Vec<u8> {
        filled(text.len(), |out| assert!(reverse(text, unit, out)))
    }

    /// The characters of any bytes, by the simplest means.
    fn plain_chars(text: &[u8]) -> Vec<u8> {
        let mut pieces = Vec::new();
        for chunk in text.utf8_chunks() {
            pieces.extend(
                chunk
                    .valid()
                    .char_indices()
                    .map(|(at, c)| &chunk.valid().as_bytes()[at..at + c.len_utf8()]),
            );
            pieces.push(chunk.invalid());
        }
        pieces.into_iter().rev().collect::<Vec<_>>().concat()
    }

    #[test]
    fn each_unit_keeps_its_own_bytes_in_order() {
        let text = "a\u{e9}e\u{301}\r\nb";
        assert_eq!(reversed(text.as_bytes(), Unit::Char), "b\n\r\u{301}e\u{e9}a".as_bytes());
        assert_eq!(reversed(text.as_bytes(), Unit::Grapheme), "b\r\ne\u{301}\u{e9}a".as_bytes());
        assert_eq!(reversed(b"abc", Unit::Byte), b"cba");
        assert_eq!(reversed(b"a\xE2\x82b", Unit::Char), b"b\xE2\x82a");
    }

    #[test]
    fn other_units_are_refused_and_nothing_is_written() {
        for unit in
            [Unit::Utf16, Unit::Word, Unit::Line, Unit::Cell, Unit::Sentence, Unit::Linebreak]
        {
            let mut out = [MaybeUninit::new(7)];
            assert!(!reverse(b"a", unit, &mut out));
        }
    }

    #[test]
    fn chunks_cut_no_char_and_no_invalid_sequence() {
        // Every kind of sequence at every position around the end of a chunk.
        for unit in ["a", "\u{e9}", "\u{20ac}", "\u{1f600}"].map(str::as_bytes).iter().chain(&[
            &b"\x80\x80\x80\x80\x80"[..],
            b"\xF0\x9F\x98",
            b"\xE2\x82",
            b"\xFF",
        ]) {
            for offset in 0..8 {
                let mut text = vec![b'x'; CHUNK - offset];
                text.extend_from_slice(&unit.repeat(4));
                text.extend_from_slice(&[b'y'; CHUNK]);
                assert!(
                    reversed(&text, Unit::Char) == plain_chars(&text),
                    "{unit:x?} {offset} before the border"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn chars_of_any_bytes(text in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xC0u8, 0xE0..0xF5u8], 0..300)) {
            prop_assert_eq!(reversed(&text, Unit::Char), plain_chars(&text));
        }

        #[test]
        fn clusters_of_valid_text_come_back(text in any::<String>()) {
            for unit in [Unit::Byte, Unit::Char] {
                let once = reversed(text.as_bytes(), unit);
                prop_assert_eq!(&reversed(&once, unit), text.as_bytes());
            }
        }
    }
}
