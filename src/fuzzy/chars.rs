//! Chars as they are compared, and what kind of char each is.

use crate::text::decode;
use icu_casemap::CaseMapperBorrowed;
use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, WhiteSpace};
use icu_properties::{CodePointMapData, CodePointSetData};
use once_cell::race::OnceBox;

/// Set in the code of an invalid sequence, whose bytes are in the lower 24 bits: it is like no char and like no other
/// sequence.
const INVALID: u32 = 1 << 31;

/// What a char is to the scores. The order matters: what is at most `Delimiter` is no part of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// White space.
    White,
    /// Punctuation, symbols, invalid sequences.
    NonWord,
    /// What parts fields: `/`, and in some schemes `,`, `:`, `;` and `|`.
    Delimiter,
    /// A small letter.
    Lower,
    /// A capital letter.
    Upper,
    /// A letter without case.
    Letter,
    /// A number.
    Number,
}

/// Number of classes.
pub const CLASSES: usize = 7;

/// The code of the char at `at` and its length in bytes.
#[inline]
pub fn code(text: &[u8], at: usize) -> (u32, usize) {
    let (code, len) = decode(text, at);
    if code == 0xFFFD && text[at..at + len] != *"\u{FFFD}".as_bytes() {
        let bytes = &text[at..at + len];
        return (
            bytes
                .iter()
                .fold(INVALID, |code, &byte| code << 8 & 0xFF_FFFF | INVALID | u32::from(byte)),
            len,
        );
    }
    (code, len)
}

/// The char folded for comparison without regard to case: Unicode's simple folding, which keeps one char one char.
#[inline]
pub fn fold(code: u32) -> u32 {
    if code < 0x80 {
        return if code.wrapping_sub(u32::from(b'A')) < 26 { code | 0x20 } else { code };
    }
    map(code, |c| CaseMapperBorrowed::new().simple_fold(c))
}

/// Whether the char is a capital, which makes a query's term mind case.
pub fn is_capital(code: u32) -> bool {
    map(code, |c| CaseMapperBorrowed::new().simple_lowercase(c)) != code
}

/// The char without its accents: what its canonical decomposition begins with, if nothing but marks follow, or the
/// letter that a letter with a stroke, a hook or a tail is made from.
#[inline]
pub fn base(code: u32) -> u32 {
    if code < 0x80 { code } else { map(code, base_of) }
}

fn base_of(c: char) -> char {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let mut base = c;
    loop {
        base = match decomposition.decompose(base) {
            Decomposed::Singleton(same) => same,
            Decomposed::Expansion(first, second) if is_mark(second.into()) => first,
            _ => break,
        };
    }
    static LETTERS: OnceBox<Vec<(char, char)>> = OnceBox::new();
    let letters = LETTERS.get_or_init(|| {
        let pairs = MADE_FROM.split(' ').map(|pair| pair.chars());
        Box::new(pairs.filter_map(|mut c| Some((c.next()?, c.next()?))).collect())
    });
    let letter =
        |c: char| letters.binary_search_by_key(&c, |&(made, _)| made).ok().map(|at| letters[at].1);
    if let Some(letter) = letter(base) {
        return letter;
    }
    let small = CaseMapperBorrowed::new().simple_lowercase(base);
    match letter(small) {
        Some(letter) if small != base => letter.to_ascii_uppercase(),
        _ => base,
    }
}

/// Whether the char is a mark that stands on or under the one before it.
#[inline]
pub fn is_mark(code: u32) -> bool {
    code >= 0x300
        && CodePointMapData::<GeneralCategory>::new().get32(code) == GeneralCategory::NonspacingMark
}

/// Whether the char is white space.
#[inline]
pub fn is_white(code: u32) -> bool {
    match code {
        0..0x80 => code == 0x20 || code.wrapping_sub(9) < 5,
        _ => CodePointSetData::new::<WhiteSpace>().contains32(code),
    }
}

/// The class of a char beyond ASCII.
pub fn class_beyond_ascii(code: u32) -> Class {
    let category = CodePointMapData::<GeneralCategory>::new().get32(code);
    match category {
        GeneralCategory::LowercaseLetter => Class::Lower,
        GeneralCategory::UppercaseLetter => Class::Upper,
        _ if GeneralCategoryGroup::Number.contains(category) => Class::Number,
        _ if GeneralCategoryGroup::Letter.contains(category) => Class::Letter,
        _ if is_white(code) => Class::White,
        _ => Class::NonWord,
    }
}

fn map(code: u32, map: impl FnOnce(char) -> char) -> u32 {
    char::from_u32(code).map_or(code, |c| map(c).into())
}

/// Small letters that Unicode does not decompose though its name for them is "small letter X with" something, and the
/// three that everybody takes for a letter: ß, ı and ȷ. By code point.
static MADE_FROM: &str = "ßs øo đd ħh ıi ŀl łl ŧt ƀb ƃb ƈc ƌd ƒf ƙk ƚl ƞn ƥp ƫt ƭt ƴy ƶz ǥg ȡd ȥz ȴl ȵn ȶt ȷj ȼc ȿs ɀz ɇe ɉj ɋq ɍr ɏy ɓb \
    ɕc ɖd ɗd ɠg ɦh ɨi ɫl ɬl ɭl ɱm ɲn ɳn ɼr ɽr ɾr ʂs ʈt ʋv ʐz ʑz ʝj ʠq ᵬb ᵭd ᵮf ᵯm ᵰn ᵱp ᵲr ᵳr ᵴs ᵵt ᵶz ᵽp ᶀb ᶁd ᶂf \
    ᶃg ᶄk ᶅl ᶆm ᶇn ᶈp ᶉr ᶊs ᶌv ᶍx ᶎz ᶏa ᶑd ᶒe ᶖi ᶙu ẚa ỿy ⱡl ⱥa ⱦt ⱨh ⱪk ⱬz ⱱv ⱳw ⱴv ⱸe ⱺo ꝁk ꝃk ꝅk ꝉl ꝋo ꝍo ꝑp ꝓp \
    ꝕp ꝗq ꝙq ꝟv ꞎl ꞑn ꞓc ꞔc ꞕh ꞗb ꞙf ꞡg ꞣk ꞥn ꞧr ꞩs ꞹu ꟈd ꟊs ꬴe ꬷl ꬸl ꬹl ꬺm ꬻn ꭉr ꭎu ꭒu ꭖx ꭗx ꭘx ꭙx ꭚy 𝼉t 𝼑l 𝼓l 𝼖r \
    𝼚i 𝼛o 𝼝c 𝼞s";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_sequences_are_like_themselves_only() {
        let codes: Vec<u32> =
            [b"\xFF".as_slice(), b"\xFE", b"\xE2\x82", b"\xE2", "\u{FFFD}".as_bytes()]
                .iter()
                .map(|text| code(text, 0).0)
                .collect();
        for (at, one) in codes.iter().enumerate() {
            assert!(codes[at + 1..].iter().all(|other| other != one), "{codes:x?}");
            assert_eq!((fold(*one), base(*one)), (*one, *one));
            assert_eq!(class_beyond_ascii(*one), Class::NonWord);
            assert!(!is_white(*one) && !is_mark(*one) && !is_capital(*one));
        }
        assert_eq!(code(b"\xE2\x82x", 0).1, 2);
        assert_eq!(code("\u{FFFD}".as_bytes(), 0), (0xFFFD, 3));
    }

    #[test]
    fn folding_and_accents() {
        let folded = |c: char| char::from_u32(fold(c.into())).unwrap();
        assert_eq!(
            ['Ä', 'ẞ', 'Σ', 'ς', 'K', 'Z', '[', 'İ'].map(folded),
            ['ä', 'ß', 'σ', 'σ', 'k', 'z', '[', 'İ']
        );
        let base = |c: char| char::from_u32(base(c.into())).unwrap();
        let accents =
            ['ç', 'Ó', 'ệ', 'ø', 'Ø', 'ǿ', 'ł', 'đ', 'ß', 'ı', 'ά', 'Å', 'a', '日', '각', 'é'];
        assert_eq!(
            accents.map(base),
            ['c', 'O', 'e', 'o', 'O', 'o', 'l', 'd', 's', 'i', 'α', 'A', 'a', '日', '각', 'e']
        );
        assert!(
            MADE_FROM.split(' ').is_sorted()
                && MADE_FROM.split(' ').all(|pair| pair.chars().count() == 2)
        );
    }

    #[test]
    fn classes() {
        for (c, class) in [
            ('é', Class::Lower),
            ('É', Class::Upper),
            ('日', Class::Letter),
            ('٣', Class::Number),
            ('\u{A0}', Class::White),
            ('\u{3000}', Class::White),
            ('…', Class::NonWord),
        ] {
            assert_eq!(class_beyond_ascii(c.into()), class, "{c}");
        }
    }
}
