//! Validity of UTF-8 and its repair.

use std::mem::MaybeUninit;
use std::str::Utf8Chunk;

/// U+FFFD, which stands for one maximal invalid subsequence.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Length of the longest valid prefix: `text.len()` if all of `text` is UTF-8, else the offset of the first maximal
/// invalid subsequence.
///
/// Cost: that of simdutf8, whose code this is.
pub fn validate(text: &[u8]) -> usize {
    match simdutf8::compat::from_utf8(text) {
        Ok(_) => text.len(),
        Err(error) => error.valid_up_to(),
    }
}

/// Length in bytes that [`repair`] will write, or `None` if `text` is valid and would come out as it is.
pub fn repair_len(text: &[u8]) -> Option<usize> {
    let valid = validate(text);
    if valid == text.len() {
        return None;
    }
    let chunks = text[valid..].utf8_chunks();
    Some(valid + chunks.map(|chunk| chunk.valid().len() + replacement(&chunk).len()).sum::<usize>())
}

/// Writes `text` with each maximal invalid subsequence replaced by U+FFFD, and tells how many bytes that took.
///
/// Panics if `out` is shorter than that: [`repair_len`] tells the length beforehand.
pub fn repair(text: &[u8], out: &mut [MaybeUninit<u8>]) -> usize {
    let valid = validate(text);
    let mut end = 0;
    let mut put = |bytes: &[u8]| {
        out[end..end + bytes.len()].write_copy_of_slice(bytes);
        end += bytes.len();
    };
    put(&text[..valid]);
    for chunk in text[valid..].utf8_chunks() {
        put(chunk.valid().as_bytes());
        put(replacement(&chunk));
    }
    end
}

/// What follows the valid part of a chunk after repair. The last chunk may have no invalid part.
fn replacement(chunk: &Utf8Chunk<'_>) -> &'static [u8] {
    if chunk.invalid().is_empty() { b"" } else { REPLACEMENT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::filled;
    use proptest::prelude::*;

    fn repaired(text: &[u8]) -> Vec<u8> {
        let len = repair_len(text).unwrap_or(text.len());
        filled(len, |out| assert_eq!(repair(text, out), len))
    }

    #[test]
    fn each_maximal_invalid_subsequence_becomes_one_replacement() {
        assert_eq!(
            repaired(b"a\xE2\x82b\xF0\x9F\x98\xFF\x80"),
            "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}".as_bytes()
        );
        assert_eq!(repaired(b""), b"");
        assert_eq!(repair_len("größer".as_bytes()), None);
    }

    proptest! {
        #[test]
        fn repair_is_from_utf8_lossy(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let lossy = String::from_utf8_lossy(&text);
            prop_assert_eq!(repaired(&text), lossy.as_bytes());
            prop_assert_eq!(validate(&text), match std::str::from_utf8(&text) {
                Ok(text) => text.len(),
                Err(error) => error.valid_up_to(),
            });
        }
    }
}
