//! Character boundaries: an empty match must not be inside a character.

/// Returns whether `at` is inside a character or a maximal invalid subsequence of `text`, and not between
/// two of them.
pub(super) fn splits(text: &[u8], at: usize) -> bool {
    if at == 0 || at >= text.len() || !is_continuation(text[at]) {
        return false;
    }
    // The first byte of the sequence is at most three bytes before, and its only byte that is not a continuation byte.
    let Some(lead) = (at.saturating_sub(3)..at).rev().find(|&i| !is_continuation(text[i])) else {
        return false;
    };
    let piece = &text[lead..text.len().min(lead + 4)];
    let len = piece.utf8_chunks().next().map_or(0, |chunk| {
        chunk.valid().chars().next().map_or(chunk.invalid().len(), char::len_utf8)
    });
    at < lead + len
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the boundaries between characters, by decoding the whole text.
    fn borders(text: &[u8]) -> Vec<usize> {
        let (mut at, mut borders) = (0, vec![0]);
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                at += c.len_utf8();
                borders.push(at);
            }
            if !chunk.invalid().is_empty() {
                at += chunk.invalid().len();
                borders.push(at);
            }
        }
        borders
    }

    proptest! {
        #[test]
        fn borders_are_those_of_the_decoder(
            text in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xC0u8, 0xC0..0xF8u8], 0..12)
        ) {
            let borders = borders(&text);
            for at in 0..=text.len() {
                prop_assert_eq!(!splits(&text, at), borders.contains(&at), "at {}", at);
            }
        }
    }
}
