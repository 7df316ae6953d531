//! Validity of UTF-8 and its repair.

use std::mem::MaybeUninit;

/// U+FFFD, which replaces one maximal invalid subsequence.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Returns the length of the longest valid prefix: `text.len()` if all of `text` is UTF-8, otherwise the offset of the
/// first maximal invalid subsequence.
///
/// Cost: that of simdutf8, whose code this is.
pub fn validate(text: &[u8]) -> usize {
    match simdutf8::compat::from_utf8(text) {
        Ok(_) => text.len(),
        Err(error) => error.valid_up_to(),
    }
}

/// Returns the length in bytes of what [`repair`] will write, or `None` if `text` is valid and would not change.
pub fn repair_len(text: &[u8]) -> Option<usize> {
    let valid = validate(text);
    if valid == text.len() {
        return None;
    }
    Some(
        valid
            + pieces(&text[valid..])
                .map(|(valid, invalid)| valid.len() + replacement(invalid).len())
                .sum::<usize>(),
    )
}

/// Writes `text` to `out` with each maximal invalid subsequence replaced by U+FFFD; returns the number of bytes written.
///
/// Panics if `out` is too short: [`repair_len`] returns the length needed.
pub fn repair(text: &[u8], out: &mut [MaybeUninit<u8>]) -> usize {
    let mut end = 0;
    let mut put = |bytes: &[u8]| {
        out[end..end + bytes.len()].write_copy_of_slice(bytes);
        end += bytes.len();
    };
    for (valid, invalid) in pieces(text) {
        put(valid);
        put(replacement(invalid));
    }
    end
}

/// The replacement of an invalid sequence: U+FFFD, or nothing if it is empty (the last piece may have none).
fn replacement(invalid: &[u8]) -> &'static [u8] {
    if invalid.is_empty() { b"" } else { REPLACEMENT }
}

/// Iterates over the valid stretches of `text`, each with the maximal invalid subsequence that ends it; the last one may
/// have none.
///
/// Equivalent to std's `utf8_chunks`, but long valid stretches are checked at simdutf8's speed.
pub(super) fn pieces(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    /// Where errors are this close together (in bytes), starting the SIMD validator for each costs more than it gains.
    const NEAR: usize = 64;

    let mut rest = text;
    std::iter::from_fn(move || {
        let near = rest[..rest.len().min(NEAR)].utf8_chunks().next()?;
        let (valid, invalid) = (near.valid().len(), near.invalid().len());
        // A sequence at the end of the window may continue past it.
        let (valid, invalid) = if invalid > 0 && valid + invalid < NEAR {
            (valid, invalid)
        } else {
            match simdutf8::compat::from_utf8(rest) {
                Ok(_) => (rest.len(), 0),
                Err(error) => {
                    let valid = error.valid_up_to();
                    (valid, error.error_len().unwrap_or(rest.len() - valid))
                }
            }
        };
        let (piece, after) = rest.split_at(valid + invalid);
        rest = after;
        Some(piece.split_at(valid))
    })
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
        fn pieces_are_those_of_std(parts in prop::collection::vec(prop_oneof![
            "[a-zé€😀]{0,90}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..5),
            prop::collection::vec(prop::sample::select(&b"\xF0\x9F\x98\xE2\x82\xC3\x80"[..]), 0..5),
        ], 0..12)) {
            let text = parts.concat();
            let plain = text.utf8_chunks().map(|chunk| (chunk.valid().as_bytes(), chunk.invalid()));
            // Both cut at each invalid sequence; std returns no empty last piece either.
            prop_assert_eq!(pieces(&text).collect::<Vec<_>>(), plain.collect::<Vec<_>>());
        }

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
