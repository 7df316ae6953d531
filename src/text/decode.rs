//! Decoding single characters, and finding where they begin, in bytes that may be invalid UTF-8.

/// The code point that an invalid sequence decodes to.
const REPLACEMENT: u32 = 0xFFFD;

/// Returns the code point and the length in bytes of the character at `at`, which must be in the text and the start of a
/// character. A maximal invalid subsequence decodes to U+FFFD.
#[inline]
pub(crate) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let rest = &text[at..];
    let bytes = match rest.first_chunk::<4>() {
        Some(&bytes) => bytes,
        None => {
            // The text is padded with zeroes, which continue no sequence.
            let mut bytes = [0; 4];
            bytes[..rest.len()].copy_from_slice(rest);
            bytes
        }
    };
    let [a, b, c, d] = bytes.map(u32::from);
    let tail = |byte: u32| byte & 0xC0 == 0x80;
    match a {
        0..0x80 => (a, 1),
        0xC2..0xE0 if tail(b) => ((a & 0x1F) << 6 | b & 0x3F, 2),
        0xE0..0xF0 => {
            let code = (a & 0x0F) << 12 | (b & 0x3F) << 6;
            // Overlong forms and surrogates are invalid from their second byte on.
            if !tail(b) || code < 0x800 || code & 0xF800 == 0xD800 {
                (REPLACEMENT, 1)
            } else if tail(c) {
                (code | c & 0x3F, 3)
            } else {
                (REPLACEMENT, 2)
            }
        }
        0xF0..0xF5 => {
            let code = (a & 0x07) << 18 | (b & 0x3F) << 12;
            if !tail(b) || !(0x10000..0x110000).contains(&code) {
                (REPLACEMENT, 1)
            } else if !tail(c) {
                (REPLACEMENT, 2)
            } else if !tail(d) {
                (REPLACEMENT, 3)
            } else {
                (code | (c & 0x3F) << 6 | d & 0x3F, 4)
            }
        }
        _ => (REPLACEMENT, 1),
    }
}

/// The properties of a character that its first byte determines, for [`quick`]: the length (0 if it begins none), its
/// bits of the code point, the shifts of the code point and of the error bits, and the lowest valid code point.
#[derive(Clone, Copy)]
struct Lead {
    len: u8,
    mask: u8,
    shift: u8,
    wrong: u8,
    least: u32,
}

/// Indexed by the upper five bits of the byte.
static LEADS: [Lead; 32] = {
    let none = Lead { len: 0, mask: 0, shift: 0, wrong: 0, least: u32::MAX };
    let mut leads = [none; 32];
    let mut bits = 0;
    while bits < 32 {
        leads[bits] = match bits {
            0..16 => Lead { len: 1, mask: 0x7F, shift: 18, wrong: 6, least: 0 },
            24..28 => Lead { len: 2, mask: 0x1F, shift: 12, wrong: 4, least: 0x80 },
            28..30 => Lead { len: 3, mask: 0x0F, shift: 6, wrong: 2, least: 0x800 },
            30 => Lead { len: 4, mask: 0x07, shift: 0, wrong: 0, least: 0x1_0000 },
            _ => none,
        };
        bits += 1;
    }
    leads
};

/// [`decode`] without a branch on the character's length, which is unpredictable where scripts change with each word.
#[inline]
pub(super) fn quick(text: &[u8], at: usize) -> (u32, usize) {
    let Some(&bytes) = text[at..].first_chunk::<4>() else { return decode(text, at) };
    let [a, b, c, d] = bytes.map(u32::from);
    let lead = LEADS[(a >> 3) as usize];
    let code = (a & u32::from(lead.mask)) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | d & 0x3F;
    let code = code >> lead.shift;
    // The upper two bits of each continuation byte; those that belong to the character have to be 10.
    let marks = ((b & 0xC0) >> 2 | (c & 0xC0) >> 4 | d >> 6) ^ 0b10_1010;
    let wrong = marks >> lead.wrong != 0
        || code < lead.least
        || code & 0x1F_F800 == 0xD800
        || code > 0x10_FFFF;
    if wrong { decode(text, at) } else { (code, lead.len.into()) }
}

/// Returns the start of the character that contains the byte at `at`, or the text's length if `at` is past its end.
#[inline]
pub(super) fn char_start(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        None => text.len(),
        Some(byte) if byte & 0xC0 != 0x80 => at,
        Some(_) => start_before(text, at),
    }
}

/// [`char_start`] of a continuation byte: the lead before it if that character reaches this far, otherwise `at` itself.
fn start_before(text: &[u8], at: usize) -> usize {
    // A character has at most four bytes, and a byte that is not a continuation byte always begins one.
    let lead = (at.saturating_sub(3)..at).rev().find(|&before| text[before] & 0xC0 != 0x80);
    lead.filter(|&lead| lead + decode(text, lead).1 > at).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Start, length and code point of each character, by the standard library.
    fn plain(text: &[u8]) -> Vec<(usize, usize, u32)> {
        let mut chars = Vec::new();
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                chars.push((at, c.len_utf8(), c as u32));
                at += c.len_utf8();
            }
            if !chunk.invalid().is_empty() {
                chars.push((at, chunk.invalid().len(), REPLACEMENT));
                at += chunk.invalid().len();
            }
        }
        chars
    }

    fn agree(text: &[u8]) {
        for (start, len, code) in plain(text) {
            assert_eq!(decode(text, start), (code, len), "{start} in {text:x?}");
            assert_eq!(quick(text, start), (code, len), "{start} in {text:x?}");
            for at in start..start + len {
                assert_eq!(char_start(text, at), start, "{at} in {text:x?}");
            }
        }
        assert_eq!(char_start(text, text.len()), text.len());
        assert_eq!(char_start(text, usize::MAX), text.len());
    }

    #[test]
    fn every_pair_of_bytes_before_continuations() {
        for a in 0..=255 {
            for b in (0..=255).step_by(crate::emulated::ONE_IN) {
                agree(&[a, b]);
                agree(&[a, b, 0x80, 0x80, 0x80]);
                agree(&[0xE2, a, b, 0x80]);
            }
        }
    }

    #[test]
    fn every_char() {
        for c in ('\0'..=char::MAX).step_by(crate::emulated::ONE_IN) {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes();
            assert_eq!(decode(bytes, 0), (c as u32, bytes.len()));
            let padded = [bytes, &[0; 4]].concat();
            assert_eq!(quick(&padded, 0), (c as u32, bytes.len()));
        }
    }

    proptest! {
        #[test]
        fn any_bytes(text in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xC0u8, 0xE0..0xF5u8], 0..60)) {
            agree(&text);
        }
    }
}
