//! Code points in the form in which they are compared, and their classes.

use crate::text::decode;
use icu_casemap::CaseMapperBorrowed;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, WhiteSpace};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Flag of the code of an invalid sequence, whose bytes are the lower 24 bits. It equals no character and no other
/// invalid sequence.
const INVALID: u32 = 1 << 31;

/// The class of a character, which determines bonuses. The order matters: characters up to `Delimiter` belong to no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// White space.
    White,
    /// Punctuation, symbols and invalid sequences.
    NonWord,
    /// A field separator: `/`, and in some schemes `,`, `:`, `;` and `|`.
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

/// Returns the code of the character at `at`, and its length in bytes.
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

/// Folds a code point for comparison without regard to case, by Unicode's simple folding, which maps one code point to
/// one.
#[inline]
pub fn fold(code: u32) -> u32 {
    if code < 0x80 {
        return if code.wrapping_sub(u32::from(b'A')) < 26 { code | 0x20 } else { code };
    }
    map(code, |c| CaseMapperBorrowed::new().simple_fold(c))
}

/// Returns whether the character is a capital, which makes a term of a query case-sensitive.
pub fn is_capital(code: u32) -> bool {
    map(code, |c| CaseMapperBorrowed::new().simple_lowercase(c)) != code
}

/// Returns the base letter of a character, or the character if it has none. The base is the first code point of the
/// canonical, or otherwise the compatibility decomposition, if only marks follow it (accents, fullwidth and halfwidth
/// forms, superscripts, subscripts, mathematical letters), or the letter that a letter with a stroke, a small capital or
/// a turned letter derives from.
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
    if let Some(letter) = made_from(base) {
        return letter;
    }
    let small = CaseMapperBorrowed::new().simple_lowercase(base);
    match made_from(small) {
        Some(letter) if small != base => return letter.to_ascii_uppercase(),
        _ => {}
    }
    let mut parts = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(std::iter::once(base));
    match parts.next() {
        Some(first) if first != base && !is_white(first.into()) => {
            if parts.all(|part| is_mark(part.into())) { base_of(first) } else { base }
        }
        _ => base,
    }
}

/// Returns the letter that a letter derives from, by [`MADE_FROM`].
fn made_from(c: char) -> Option<char> {
    let at = BASES.binary_search_by_key(&u32::from(c), |&(made, _)| made).ok()?;
    Some(BASES[at].1.into())
}

/// Returns whether the character is a mark on or under the character before it. Letters written above others are not
/// marks.
#[inline]
pub fn is_mark(code: u32) -> bool {
    code >= 0x300
        && CodePointMapData::<GeneralCategory>::new().get32(code) == GeneralCategory::NonspacingMark
        && char::from_u32(code).is_none_or(|c| made_from(c).is_none())
}

/// Returns whether the character is white space.
#[inline]
pub fn is_white(code: u32) -> bool {
    match code {
        0..0x80 => code == 0x20 || code.wrapping_sub(9) < 5,
        _ => CodePointSetData::new::<WhiteSpace>().contains32(code),
    }
}

/// Returns the class of a code point beyond ASCII.
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

/// Letters that Unicode does not decompose, each with the letter that its Unicode name mentions: letters with a stroke, a
/// hook or a tail, small capitals, barred, turned, reversed and open letters, letters that stand above others; and ß, ı,
/// ȷ, ɑ and the ideographic full stop. Capitals are found by their small letters. By code point.
static MADE_FROM: &str = "ßs øo đd ħh ıi ŀl łl ŧt ƀb ƃb ƈc ƌd ƒf ƙk ƚl ƞn ƥp ƫt ƭt ƴy ƶz ǝe ǥg ȡd ȥz ȴl ȵn ȶt ȷj ȼc ȿs ɀz ɇe ɉj ɋq \
    ɍr ɏy ɐa ɑa ɓb ɔo ɕc ɖd ɗd ɘe ɛe ɜe ɝe ɞe ɟj ɠg ɡg ɢG ɥh ɦh ɨi ɪI ɫl ɬl ɭl ɯm ɰm ɱm ɲn ɳn ɴN ɵo ɹr ɺr ɻr \
    ɼr ɽr ɾr ɿr ʀR ʁR ʂs ʄj ʇt ʈt ʉu ʋv ʌv ʍw ʎy ʏY ʐz ʑz ʗc ʙB ʚe ʛG ʜH ʝj ʞk ʟL ʠq ʮh ʯh ͣa ͤe ͥi ͦo ͧu ͨc \
    ͩd ͪh ͫm ͬr ͭt ͮv ͯx ᫌg ᫍr ᫎt ᴀA ᴃB ᴄC ᴅD ᴇE ᴈe ᴉi ᴊJ ᴋK ᴌL ᴍM ᴎN ᴏO ᴐO ᴑo ᴒo ᴓo ᴖo ᴗo ᴘP ᴙR ᴚR ᴛT ᴜU ᴝu \
    ᴞu ᴟm ᴠV ᴡW ᴢZ ᵬb ᵭd ᵮf ᵯm ᵰn ᵱp ᵲr ᵳr ᵴs ᵵt ᵶz ᵷg ᵹg ᵽp ᶀb ᶁd ᶂf ᶃg ᶄk ᶅl ᶆm ᶇn ᶈp ᶉr ᶊs ᶌv ᶍx ᶎz ᶏa ᶑd \
    ᶒe ᶓe ᶔe ᶖi ᶗo ᶙu ᷘd ᷚg ᷜk ᷝl ᷠn ᷣr ᷤs ᷥs ᷦz ᷨb ᷫf ᷬl ᷭo ᷮp ᷰu ᷱw ᷲa ᷳo ᷴu ẚa ẜs ẝs ỿy ↄc ⱡl ⱥa ⱦt ⱨh ⱪk \
    ⱬz ⱱv ⱳw ⱴv ⱶh ⱸe ⱹr ⱺo ⱻE 。. ꜰF ꜱS ꜿc ꝁk ꝃk ꝅk ꝇl ꝉl ꝋo ꝍo ꝑp ꝓp ꝕp ꝗq ꝙq ꝛr ꝟv ꝣz ꝺd ꝼf ꝿg ꞁl ꞃr ꞅs ꞇt \
    ꞎl ꞑn ꞓc ꞔc ꞕh ꞗb ꞙf ꞡg ꞣk ꞥn ꞧr ꞩs ꞯQ ꞹu ꟈd ꟊs ꟑg ꟶh ꟺM ꬲe ꬳe ꬴe ꬶg ꬷl ꬸl ꬹl ꬺm ꬻn ꬽo ꬾo ꬿo ꭅr ꭆR ꭉr ꭋr \
    ꭌr ꭎu ꭏu ꭒu ꭖx ꭗx ꭘx ꭙx ꭚy ꭨr 𝼁g 𝼂G 𝼃k 𝼄L 𝼆y 𝼈r 𝼉t 𝼍t 𝼏c 𝼐K 𝼑l 𝼓l 𝼕r 𝼖r 𝼚i 𝼛o 𝼝c 𝼞s";

/// Number of pairs in [`MADE_FROM`].
const PAIRS: usize = 308;

/// [`MADE_FROM`] as a table for binary search. It is built at compile time, so that no thread waits for another to build
/// it: after a fork that thread may not exist.
static BASES: [(u32, u8); PAIRS] = {
    let text = MADE_FROM.as_bytes();
    let mut pairs = [(0, 0); PAIRS];
    let (mut at, mut pair) = (0, 0);
    while at < text.len() {
        let len = text[at].leading_ones() as usize;
        let mut code = text[at] as u32 & (0x7F >> len);
        let mut next = 1;
        while next < len {
            code = code << 6 | text[at + next] as u32 & 0x3F;
            next += 1;
        }
        pairs[pair] = (code, text[at + len]);
        // Skip the base letter and the space after it.
        (at, pair) = (at + len + 2, pair + 1);
    }
    assert!(pair == PAIRS);
    pairs
};

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
        assert!(BASES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(MADE_FROM.split(' ').all(|pair| pair.chars().count() == 2));
        let pair = |&(code, letter): &(u32, u8)| {
            format!("{}{}", char::from_u32(code).unwrap(), char::from(letter))
        };
        assert_eq!(BASES.iter().map(pair).collect::<Vec<_>>().join(" "), MADE_FROM);
    }

    /// Every character of the ranges in which fzf has a base letter, with what it is folded to; `~` where it is not
    /// changed.
    #[test]
    fn every_range_that_fzf_folds_is_folded() {
        const STAYS: char = '~';
        for (name, first, letters) in [
            ("latin 1", 0x00C0, "AAAAAA~CEEEEIIII~NOOOOO~OUUUUY~saaaaaa~ceeeeiiii~nooooo~ouuuuy~y"),
            (
                "latin extended a",
                0x0100,
                "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi~~JjKk~LlLlLlLlLlNnNnNn~~~OoOoOo~~RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs",
            ),
            (
                "latin extended b",
                0x0180,
                "bBBb~~OCcDDDd~E~EFfG~~~IKkl~MNnOOo~~PpR~~~~tTtTUu~VYyZz~~~~~~~~~~~~~~~~~~~~~~AaIiOoUuUuUuUuUueAaAa~~GgGgKkOoOo~~j~~~Gg~~NnAa~~OoAaAaEeEeIiIiOoOoRrRrUuUuSsTt~~HhNd~~ZzAaEeOoOoOoOoYylntj~~ACcLTsz~~BUVEeJjQqRrYy",
            ),
            (
                "ipa extensions",
                0x0250,
                "aa~bocdde~~eeeejggG~~hh~i~Illl~mmmnnNo~~~rrrrrrrRRs~j~~ttu~vvwyYzz~~~~~c~BeGHjkLq~~~~~~~~~~~~~hh",
            ),
            ("combining letters", 0x0363, "aeioucdhmrtvx"),
            ("phonetic extensions", 0x1D00, "A~~BCD~EeiJKLMNOOooo~~ooPRRTUuumVWZ"),
            (
                "modifiers",
                0x1D2C,
                "A~B~DEEGHIJKLMN~O~PRTUWaaa~bde~eeg~km~ooooptuumv~~~~~~iruv~~~~~",
            ),
            (
                "latin extended additional",
                0x1E00,
                "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyasssS~AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy~~~~Yy",
            ),
            (
                "superscripts and subscripts",
                0x2070,
                "0i~~456789+~=()n0123456789+~=()~aeox~hklmnpst",
            ),
            (
                "fullwidth",
                0xFF01,
                "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
            ),
        ] {
            let codes = first..first + letters.chars().count() as u32;
            let folded = |code: u32| match char::from_u32(base(code)) {
                Some(plain) if base(code) != code && plain.is_ascii() => plain,
                _ => STAYS,
            };
            assert_eq!(codes.map(folded).collect::<String>(), letters, "{name}");
        }
        let plain = |c: char| char::from_u32(base(c.into())).unwrap();
        assert_eq!(
            ['ↄ', '｡', 'ｱ', '²', 'ⓐ', '𝒜', 'ﬁ', '½', '\u{A0}', '´', '㎏'].map(plain),
            ['c', '.', 'ア', '2', 'a', 'A', 'ﬁ', '½', '\u{A0}', '´', '㎏']
        );
    }

    #[test]
    fn what_is_plain_stays_plain() {
        for code in (0..=0x10FFFF)
            .step_by(crate::emulated::ONE_IN)
            .filter(|&code| char::from_u32(code).is_some())
        {
            let plain = base(code);
            assert_eq!(base(plain), plain, "{code:x}");
            assert!(!is_mark(code) || plain == code || is_mark(plain), "{code:x}");
        }
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
