//! Case mapping: upper case, lower case, and case folding for comparison without regard to case.
//!
//! The mappings are Unicode's full ones for no particular language: `ß` becomes `SS`, `İ` becomes `i` and a dot, a final
//! sigma `ς`. ICU4X (`icu_casemap`) is asked once for each character that changes at all; the results are kept in tables,
//! with one look-up per character. Only the mapping of sigma depends on the surrounding text.
//!
//! Invalid sequences stay as they are.

use super::decode::decode;
use super::output::{Appended, Length, Memory, Output};
use crate::memory::{self, NoMemory, must};
use bstr::ByteSlice;
use icu_casemap::CaseMapperBorrowed;
use icu_locale_core::LanguageIdentifier;
use icu_properties::CodePointSetData;
use icu_properties::props::{CaseIgnorable, Cased};
use once_cell::race::OnceBox;
use std::borrow::Cow;
use std::mem::MaybeUninit;

/// A case mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
    /// Case folding: texts that differ only in case become equal. Not meant for display.
    Fold,
}

impl Case {
    /// Every mapping.
    pub const ALL: [Case; 3] = [Case::Upper, Case::Lower, Case::Fold];
}

/// Maximum growth: a mapped text has at most this many times the bytes of the original.
pub const CASE_GROWTH: usize = 3;

/// Returns the length in bytes of what [`map_case`] will write.
pub fn map_case_len(text: &[u8], case: Case) -> usize {
    let mut length = Length::default();
    map(text, case, &mut length);
    length.0
}

/// Writes `text` in upper or lower case or folded to `out`; returns the number of bytes written.
///
/// Cost: ASCII runs at a large fraction of memory bandwidth, other text at about 0.5 GB/s; [`map_case_len`] costs the same.
///
/// Panics if `out` is too short: [`CASE_GROWTH`] times the text's length is always enough.
pub fn map_case(text: &[u8], case: Case, out: &mut [MaybeUninit<u8>]) -> usize {
    let mut memory = Memory::new(out);
    map(text, case, &mut memory);
    memory.len
}

/// Appends the folded text to a list.
pub(crate) fn append_folded(text: &[u8], out: &mut Vec<u8>) -> Result<(), NoMemory> {
    memory::reserve(out, map_case_len(text, Case::Fold))?;
    map(text, Case::Fold, &mut Appended(out));
    Ok(())
}

/// Whether two texts are equal once folded. Allocates nothing and stops at the first difference.
pub fn equal_fold(a: &[u8], b: &[u8]) -> bool {
    let (mut a, mut b) = (Folded::new(a), Folded::new(b));
    loop {
        if a.waiting == 0 && b.waiting == 0 && !a.skip_ascii(&mut b) {
            return false;
        }
        match (a.peek(), b.peek()) {
            (0, 0) => return true,
            (0, _) | (_, 0) => return false,
            (x, y) => {
                let len = x.min(y);
                if a.take(len) != b.take(len) {
                    return false;
                }
            }
        }
    }
}

/// Number of bytes tested for ASCII at once.
const BLOCK: usize = 16;

/// ASCII is mapped in pieces of at most this many bytes, which stay in the cache between the search for the end of the
/// ASCII and its mapping.
const PIECE: usize = 16 << 10;

const SIGMA: u32 = 'Σ' as u32;
const FINAL_SIGMA: Mapped = Mapped::new("ς");

fn map(text: &[u8], case: Case, out: &mut impl Output) {
    let table = Table::of(case);
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.first_chunk::<BLOCK>().is_some_and(|block| block.is_ascii()) {
            let piece = &rest[..rest.len().min(PIECE)];
            let ascii = &piece[..piece.find_non_ascii_byte().unwrap_or(piece.len())];
            match case {
                Case::Upper => out.put_mapped(ascii, |byte| byte.to_ascii_uppercase()),
                Case::Lower | Case::Fold => out.put_mapped(ascii, |byte| byte.to_ascii_lowercase()),
            }
            at += ascii.len();
            continue;
        }
        let end = text.len().min(at + BLOCK);
        while at < end {
            let (code, len) = decode(text, at);
            match table.get(code) {
                None => out.put_short(eight(&text[at..], len), len),
                Some(_) if case == Case::Lower && code == SIGMA && is_final(text, at) => {
                    out.put_short(FINAL_SIGMA.bytes, FINAL_SIGMA.len.into());
                }
                Some(mapped) => out.put_short(mapped.bytes, mapped.len.into()),
            }
            at += len;
        }
    }
}

/// The first `len` bytes, and the rest.
#[inline]
fn eight(text: &[u8], len: usize) -> [u8; 8] {
    text.first_chunk::<8>().copied().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        bytes[..len].copy_from_slice(&text[..len]);
        bytes
    })
}

/// Whether the sigma at `at` ends a word: a cased letter precedes it and none follows, ignoring case-ignorable
/// characters in between, such as an apostrophe or an accent.
fn is_final(text: &[u8], at: usize) -> bool {
    let (cased, ignorable) =
        (CodePointSetData::new::<Cased>(), CodePointSetData::new::<CaseIgnorable>());
    let sigma = 'Σ'.len_utf8();
    let before = text[..at].chars().rev().find(|&c| !ignorable.contains(c));
    let after = text[at + sigma..].chars().find(|&c| !ignorable.contains(c));
    before.is_some_and(|c| cased.contains(c)) && !after.is_some_and(|c| cased.contains(c))
}

/// The mapping of one character: up to three characters, in at most six bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mapped {
    bytes: [u8; 8],
    len: u8,
}

impl Mapped {
    const fn new(text: &str) -> Mapped {
        let mut bytes = [0; 8];
        let (start, _) = bytes.split_at_mut(text.len());
        start.copy_from_slice(text.as_bytes());
        Mapped { bytes, len: text.len() as u8 }
    }
}

/// Number of code points in a page of the table.
const PAGE: usize = 64;

/// The mapping of every character.
struct Table {
    /// The page number of each group of 64 code points. In page 0 nothing changes.
    pages: Vec<u8>,
    /// The pages: for each character the index in `mapped` plus 1, or 0 if it does not change.
    places: Vec<u16>,
    mapped: Vec<Mapped>,
}

impl Table {
    /// Returns the table of a case. It is built without a lock, which a fork could leave locked: two threads may build it.
    fn of(case: Case) -> &'static Table {
        static UPPER: OnceBox<Table> = OnceBox::new();
        static LOWER: OnceBox<Table> = OnceBox::new();
        static FOLD: OnceBox<Table> = OnceBox::new();
        let mapper = CaseMapperBorrowed::new();
        let root = LanguageIdentifier::UNKNOWN;
        match case {
            Case::Upper => {
                UPPER.get_or_init(|| Table::boxed(|c| mapper.uppercase_to_string(c, &root)))
            }
            Case::Lower => {
                LOWER.get_or_init(|| Table::boxed(|c| mapper.lowercase_to_string(c, &root)))
            }
            Case::Fold => FOLD.get_or_init(|| Table::boxed(|c| mapper.fold_string(c))),
        }
    }

    fn boxed(map: impl Fn(&str) -> Cow<'_, str>) -> Box<Table> {
        Box::new(Table::new(map))
    }

    fn new(map: impl Fn(&str) -> Cow<'_, str>) -> Table {
        let mut table = Table {
            pages: must(memory::filled(0, 0x110000 / PAGE)),
            places: must(memory::filled(0, PAGE)),
            mapped: Vec::new(),
        };
        let cased = CodePointSetData::new::<Cased>();
        for c in cased.iter_ranges().flatten().filter_map(char::from_u32) {
            let mut bytes = [0; 4];
            let c_text: &str = c.encode_utf8(&mut bytes);
            let mapped = map(c_text);
            if mapped == c_text {
                continue;
            }
            let page = &mut table.pages[c as usize / PAGE];
            if *page == 0 {
                let number = table.places.len() / PAGE;
                *page = u8::try_from(number).expect("fewer than 256 pages with case");
                must(memory::reserve(&mut table.places, PAGE));
                table.places.resize(table.places.len() + PAGE, 0);
            }
            must(memory::push(&mut table.mapped, Mapped::new(&mapped)));
            let place = &mut table.places[usize::from(*page) * PAGE + c as usize % PAGE];
            *place = u16::try_from(table.mapped.len()).expect("fewer chars with case");
        }
        table
    }

    #[inline]
    fn get(&self, code: u32) -> Option<&Mapped> {
        let page = usize::from(self.pages[code as usize / PAGE]);
        let place = usize::from(self.places[page * PAGE + code as usize % PAGE]);
        self.mapped.get(place.wrapping_sub(1))
    }
}

/// Iterator over the bytes of a text as folding would write them.
struct Folded<'t> {
    text: &'t [u8],
    table: &'static Table,
    /// Bytes of the last character that have not been returned yet, in the low bytes.
    bytes: u64,
    waiting: u32,
}

impl<'t> Folded<'t> {
    fn new(text: &'t [u8]) -> Folded<'t> {
        Folded { text, table: Table::of(Case::Fold), bytes: 0, waiting: 0 }
    }

    /// Skips the ASCII common to both texts; returns whether it was equal. Neither may have pending bytes.
    fn skip_ascii(&mut self, other: &mut Folded<'_>) -> bool {
        while let (Some(a), Some(b)) =
            (self.text.first_chunk::<BLOCK>(), other.text.first_chunk::<BLOCK>())
            && a.is_ascii()
            && b.is_ascii()
        {
            if !a.eq_ignore_ascii_case(b) {
                return false;
            }
            self.text = &self.text[BLOCK..];
            other.text = &other.text[BLOCK..];
        }
        true
    }

    /// Returns the number of pending bytes, after reading a character if there were none: 0 only at the end of the text.
    fn peek(&mut self) -> u32 {
        if self.waiting == 0 && !self.text.is_empty() {
            let (code, len) = decode(self.text, 0);
            let (bytes, waiting) = match self.table.get(code) {
                Some(mapped) => (mapped.bytes, mapped.len.into()),
                None => (eight(self.text, len), len),
            };
            (self.bytes, self.waiting) = (u64::from_le_bytes(bytes), waiting as u32);
            self.text = &self.text[len..];
        }
        self.waiting
    }

    /// Returns the next `len` bytes; at most six are ever pending.
    fn take(&mut self, len: u32) -> u64 {
        let bits = 8 * len;
        let taken = self.bytes & ((1 << bits) - 1);
        self.bytes >>= bits;
        self.waiting -= len;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::filled;
    use proptest::prelude::*;

    fn mapped(text: &[u8], case: Case) -> Vec<u8> {
        let len = map_case_len(text, case);
        assert!(len <= text.len() * CASE_GROWTH);
        filled(len, |out| assert_eq!(map_case(text, case, out), len))
    }

    /// The mapping by ICU4X, applied to each valid part of the text separately.
    fn plain(text: &[u8], case: Case) -> Vec<u8> {
        let (mapper, root) = (CaseMapperBorrowed::new(), LanguageIdentifier::UNKNOWN);
        let mut all = Vec::new();
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            let mapped = match case {
                Case::Upper => mapper.uppercase_to_string(valid, &root),
                Case::Lower => mapper.lowercase_to_string(valid, &root),
                Case::Fold => mapper.fold_string(valid),
            };
            all.extend(mapped.bytes());
            all.extend(chunk.invalid());
        }
        all
    }

    #[test]
    fn special_cases() {
        for (text, upper, lower, fold) in [
            ("Straße", "STRASSE", "straße", "strasse"),
            ("İI", "İI", "i̇i", "i̇i"),
            ("ΣΑΣ ΑΣ. Σ", "ΣΑΣ ΑΣ. Σ", "σας ας. σ", "σασ ασ. σ"),
            (
                "ﬃ \u{390} ŉ",
                "FFI \u{399}\u{308}\u{301} ʼN",
                "ﬃ \u{390} ŉ",
                "ffi \u{3b9}\u{308}\u{301} ʼn",
            ),
            ("ǅ K", "Ǆ K", "ǆ k", "ǆ k"),
        ] {
            assert_eq!(mapped(text.as_bytes(), Case::Upper), upper.as_bytes());
            assert_eq!(mapped(text.as_bytes(), Case::Lower), lower.as_bytes());
            assert_eq!(mapped(text.as_bytes(), Case::Fold), fold.as_bytes());
        }
        assert_eq!(mapped(b"a\xFF\xE2\x82Z", Case::Upper), b"A\xFF\xE2\x82Z");
    }

    #[test]
    fn every_char() {
        let all: String =
            ('\0'..=char::MAX).step_by(crate::emulated::ONE_IN).flat_map(|c| [c, ' ']).collect();
        for case in Case::ALL {
            assert!(mapped(all.as_bytes(), case) == plain(all.as_bytes(), case), "{case:?}");
        }
    }

    #[test]
    fn equal_after_folding() {
        for (a, b) in [
            ("", ""),
            ("straße", "STRASSE"),
            ("ﬃ", "fFI"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("K", "k"),
            ("a long text of ASCII, é", "A LONG TEXT OF ascii, É"),
        ] {
            assert!(equal_fold(a.as_bytes(), b.as_bytes()), "{a} {b}");
            assert!(!equal_fold(a.as_bytes(), format!("{b}x").as_bytes()), "{a} {b}x");
            assert!(!equal_fold(format!("y{a}").as_bytes(), b.as_bytes()), "y{a} {b}");
        }
        assert!(equal_fold(b"A\xFF", b"a\xFF") && !equal_fold(b"\xFF", b"\xFE"));
        assert!(!equal_fold(b"\xFF", "\u{FFFD}".as_bytes()));
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "a",
                "Z",
                "Σ",
                "σ",
                "ς",
                "'",
                ".",
                "\u{301}",
                "\u{ad}",
                " ",
                "1",
                "ß",
                "ẞ",
                "İ",
                "i",
                "ǅ",
                "日",
                "plain ASCII of 24 chars. ",
                "ﬀ",
                "\u{345}",
                "ᾳ",
                "𐐀",
            ])
            .prop_map(|piece| piece.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn as_icu_maps(text in pieces()) {
            for case in Case::ALL {
                prop_assert_eq!(mapped(&text, case), plain(&text, case));
            }
        }

        #[test]
        fn equal_fold_compares_what_fold_writes(a in pieces(), b in pieces()) {
            let folded = mapped(&a, Case::Fold);
            prop_assert!(equal_fold(&a, &folded));
            prop_assert!(equal_fold(&mapped(&a, Case::Upper), &mapped(&folded, Case::Upper)));
            prop_assert_eq!(equal_fold(&a, &b), folded == mapped(&b, Case::Fold));
        }
    }
}
