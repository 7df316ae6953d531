//! `src/text/width/runs.rs` is generated from ICU4X's properties, and the committed file is up to date.
//!
//! This file decides how wide a code point is. `BLESS=1 cargo test width` rewrites the generated file.

use icu_properties::props::{
    DefaultIgnorableCodePoint, EastAsianWidth, Emoji, ExtendedPictographic, GeneralCategory,
    GraphemeClusterBreak, HangulSyllableType, IndicConjunctBreak,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::fmt::Write;

const PATH: &str = "src/text/width/runs.rs";

const HEADER: &str = "\
//! The class of every code point, as runs in ascending order: the first code point, and in the last two digits the
//! class. GENERATED from the properties of ICU4X by test/rust/width.rs; do not edit: `BLESS=1 cargo test width` rewrites
//! this file. See `table.rs` for what the bits of a class mean.

";

/// Characters of Prepended_Concatenation_Mark: visible format characters, such as the Arabic number sign.
const PREPENDED: [u32; 13] =
    [0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD];

/// Returns whether Neovim cannot print a code point and shows it as `<xxxx>`: by its own list (`nonprint` in its
/// mbyte.c), which is not a Unicode property.
fn unprintable(c: u32) -> bool {
    matches!(
        c,
        0x70F
            | 0x180B..=0x180E
            | 0x200B..=0x200F
            | 0x202A..=0x202E
            | 0x2060..=0x206F
            | 0xFEFF
            | 0xFFF9..=0xFFFB
            | 0xFFFE..=0xFFFF
    )
}

/// Returns the role of a code point in segmentation: 0 plain, 1 control, 2 mark, 3 complex.
fn kind(c: u32) -> u8 {
    use GraphemeClusterBreak as Break;
    let linker =
        CodePointMapData::<IndicConjunctBreak>::new().get32(c) == IndicConjunctBreak::Linker;
    match CodePointMapData::<Break>::new().get32(c) {
        Break::Other | Break::LV | Break::LVT => 0,
        Break::CR | Break::LF | Break::Control => 1,
        Break::Extend | Break::SpacingMark if !linker => 2,
        _ => 3,
    }
}

/// Returns the cells of a code point in a terminal, as wcwidth() of current systems computes them.
fn terminal(c: u32) -> u8 {
    use GeneralCategory as Category;
    // Not by the break class of the same names: vowel signs of Kirat Rai are segmented as Hangul is, and drawn beside
    // their letter.
    let jamo = matches!(
        CodePointMapData::<HangulSyllableType>::new().get32(c),
        HangulSyllableType::VowelJamo | HangulSyllableType::TrailingJamo
    );
    let invisible = match CodePointMapData::<Category>::new().get32(c) {
        Category::NonspacingMark | Category::EnclosingMark => true,
        Category::Control | Category::LineSeparator | Category::ParagraphSeparator => true,
        // A soft hyphen in the text of a line is displayed.
        Category::Format => c != 0xAD && !PREPENDED.contains(&c),
        Category::Unassigned => CodePointSetData::new::<DefaultIgnorableCodePoint>().contains32(c),
        // Vowels and final consonants of Hangul are drawn in the two cells of the syllable's first consonant.
        _ => jamo,
    };
    if invisible {
        return 0;
    }
    match CodePointMapData::<EastAsianWidth>::new().get32(c) {
        EastAsianWidth::Wide | EastAsianWidth::Fullwidth => 2,
        _ => 1,
    }
}

/// Returns the class of cells in Neovim, when the character begins a cluster: 0 for 1 cell, 1 for 2, 2 for 4 (`<xx>`),
/// 3 for 6 (`<xxxx>`).
fn neovim(c: u32) -> u8 {
    let width = CodePointMapData::<EastAsianWidth>::new().get32(c);
    let category = CodePointMapData::<GeneralCategory>::new().get32(c);
    let wide = matches!(width, EastAsianWidth::Wide | EastAsianWidth::Fullwidth)
        && !matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::Unassigned);
    // Emoji of the supplementary planes are wide there, except for the ambiguous ones: the letters of blood groups.
    let emoji = c >= 0x1_F000
        && width != EastAsianWidth::Ambiguous
        && CodePointSetData::new::<Emoji>().contains32(c);
    match c {
        0x80..=0x9F => 2,
        _ if unprintable(c) => 3,
        // ^A; the table does not describe its cells in nvim_strwidth.
        _ if c < 0x20 || c == 0x7F || wide || emoji => 1,
        _ => 0,
    }
}

/// Returns whether a following U+FE0F makes the code point two cells wide: it has a text and an emoji presentation.
fn emoji(c: u32) -> bool {
    CodePointSetData::new::<Emoji>().contains32(c)
        && (c < 0x80 || CodePointSetData::new::<ExtendedPictographic>().contains32(c))
}

fn class(c: u32) -> u8 {
    let ambiguous = CodePointMapData::<EastAsianWidth>::new().get32(c) == EastAsianWidth::Ambiguous;
    kind(c) | terminal(c) << 2 | neovim(c) << 4 | u8::from(ambiguous) << 6 | u8::from(emoji(c)) << 7
}

#[test]
fn width_classes_are_fresh() {
    let mut runs: Vec<(u32, u8)> = Vec::new();
    for c in 0..=0x10FFFF {
        let class = class(c);
        if runs.last().is_none_or(|&(_, last)| last != class) {
            runs.push((c, class));
        }
    }
    let mut rendered = String::from(HEADER);
    writeln!(rendered, "#[rustfmt::skip]\npub(super) const RUNS: [u32; {}] = [", runs.len())
        .unwrap();
    for line in runs.chunks(8) {
        let line: Vec<String> =
            line.iter().map(|(start, class)| format!("0x{start:06X}{class:02X}")).collect();
        writeln!(rendered, "    {},", line.join(", ")).unwrap();
    }
    rendered.push_str("];\n");
    crate::bless(PATH, &rendered);
}
