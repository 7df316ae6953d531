//! The normalisation forms of UAX #15: NFC, NFD, NFKC and NFKD.
//!
//! ICU4X (`icu_normalizer`) does the work. Leading ASCII, which is normalised in every form, is skipped first; then the
//! quick check finds how much of the text is already in the form; the rest is normalised piece by piece between invalid
//! sequences, which stay as they are and combine with nothing.

use super::output::{Length, Memory, Output};
use super::utf8::pieces;
use bstr::ByteSlice;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::mem::MaybeUninit;

/// A normalisation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition: the form of most existing text.
    Nfc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility composition: also replaces variants such as `ﬁ` and `①` by plain characters.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 4] = [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd];

    /// Returns the maximum growth: a text in this form has at most this many times the bytes of the original.
    pub fn growth(self) -> usize {
        match self {
            Form::Nfc | Form::Nfd => 3,
            Form::Nfkc | Form::Nfkd => 11,
        }
    }

    fn split(self, text: &str) -> usize {
        match self {
            Form::Nfc => ComposingNormalizerBorrowed::new_nfc().split_normalized(text).0.len(),
            Form::Nfd => DecomposingNormalizerBorrowed::new_nfd().split_normalized(text).0.len(),
            Form::Nfkc => ComposingNormalizerBorrowed::new_nfkc().split_normalized(text).0.len(),
            Form::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().split_normalized(text).0.len(),
        }
    }

    fn write(self, text: &str, out: &mut impl Output) {
        // These outputs never return an error.
        let _ = match self {
            Form::Nfc => ComposingNormalizerBorrowed::new_nfc().normalize_to(text, out),
            Form::Nfd => DecomposingNormalizerBorrowed::new_nfd().normalize_to(text, out),
            Form::Nfkc => ComposingNormalizerBorrowed::new_nfkc().normalize_to(text, out),
            Form::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().normalize_to(text, out),
        };
    }
}

/// Returns the length in bytes of the longest prefix that is in the form, whatever follows it: `text.len()` if
/// [`normalize`] would copy the text unchanged.
///
/// Cost: that of a search for a non-ASCII byte while the text is ASCII, then 1 to 2 GB/s.
pub fn normalized(text: &[u8], form: Form) -> usize {
    let ascii = text.find_non_ascii_byte().unwrap_or(text.len());
    // The last ASCII character may combine with what follows, so it is checked again.
    let start = if ascii == text.len() { ascii } else { ascii.saturating_sub(1) };
    let mut at = start;
    for (valid, invalid) in strings(&text[start..]) {
        let prefix = form.split(valid);
        at += prefix;
        if prefix < valid.len() {
            return at;
        }
        at += invalid.len();
    }
    at
}

/// Returns the length in bytes of what [`normalize`] will write.
pub fn normalize_len(text: &[u8], form: Form) -> usize {
    let mut length = Length::default();
    write(text, form, &mut length);
    length.0
}

/// Writes `text` in a normalisation form to `out`; returns the number of bytes written.
///
/// Panics if `out` is too short: [`Form::growth`] times the text's length is always enough.
pub fn normalize(text: &[u8], form: Form, out: &mut [MaybeUninit<u8>]) -> usize {
    let mut memory = Memory::new(out);
    write(text, form, &mut memory);
    memory.len
}

fn write(text: &[u8], form: Form, out: &mut impl Output) {
    let (ready, rest) = text.split_at(normalized(text, form));
    out.put(ready);
    for (valid, invalid) in strings(rest) {
        form.write(valid, out);
        out.put(invalid);
    }
}

/// [`pieces`] with the valid parts as strings.
fn strings(text: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    pieces(text).map(|(valid, invalid)| {
        (simdutf8::basic::from_utf8(valid).expect("a valid piece"), invalid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::filled;
    use proptest::prelude::*;

    fn to_form(text: &[u8], form: Form) -> Vec<u8> {
        let len = normalize_len(text, form);
        filled(len, |out| assert_eq!(normalize(text, form, out), len))
    }

    /// Normalises each valid part separately, by ICU4X.
    fn plain(text: &[u8], form: Form) -> Vec<u8> {
        let mut all = Vec::new();
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            let form = match form {
                Form::Nfc => ComposingNormalizerBorrowed::new_nfc().normalize(valid),
                Form::Nfd => DecomposingNormalizerBorrowed::new_nfd().normalize(valid),
                Form::Nfkc => ComposingNormalizerBorrowed::new_nfkc().normalize(valid),
                Form::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().normalize(valid),
            };
            all.extend(form.bytes());
            all.extend(chunk.invalid());
        }
        all
    }

    #[test]
    fn the_normalised_prefix_is_found() {
        assert_eq!(normalized(b"plain", Form::Nfkd), 5);
        assert_eq!(normalized("größer".as_bytes(), Form::Nfc), 8);
        assert_eq!(normalized("größer".as_bytes(), Form::Nfd), 2);
        assert_eq!(normalized("ae\u{301}".as_bytes(), Form::Nfc), 1);
        assert_eq!(normalized(b"a\xFF\xE2\x82b", Form::Nfc), 5);
    }

    #[test]
    fn an_invalid_sequence_joins_with_nothing() {
        assert_eq!(to_form(b"e\xFF\xCC\x81e\xCC\x81", Form::Nfc), b"e\xFF\xCC\x81\xC3\xA9");
    }

    proptest! {
        #[test]
        fn as_icu_normalizes(pieces in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "a", "e", "\u{301}", "\u{327}", "é", "한", "ᄀ", "ᅡ", "ᆨ", "ﬁ", "①", "\u{fdfa}", "Å", "日", "plain ASCII",
            ]).prop_map(|piece| piece.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ], 0..30)) {
            let text = pieces.concat();
            for form in Form::ALL {
                let ours = to_form(&text, form);
                prop_assert_eq!(normalized(&text, form) == text.len(), ours == text);
                prop_assert_eq!(ours, plain(&text, form));
            }
        }
    }
}
