//! Tests of the width of texts and clusters, against the segmenter of ICU4X and simple loops.

use super::table::Class;
use super::*;
use icu_segmenter::GraphemeClusterSegmenter;
use proptest::prelude::*;

/// Generates texts that are hard to measure, segment and break, with invalid bytes and tabs among them.
pub(in crate::text) fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        " ",
        "  ",
        "-",
        "(",
        ")",
        "\"",
        "1",
        ",",
        ".",
        "/",
        "$",
        "%",
        "word",
        "the quick brown",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\x1B",
        "\x7F",
        "\u{85}",
        "\u{A0}",
        "\u{AD}",
        "é",
        "ß",
        "e\u{301}",
        "\u{301}",
        "\u{308}",
        "\u{600}",
        "ж",
        "Ω",
        "…",
        "─",
        "\u{E0A0}",
        "日",
        "本",
        "、",
        "「",
        "」",
        "テ",
        "ー",
        "ｶ",
        "ﾞ",
        "한",
        "ᄀ",
        "ᅡ",
        "ᆨ",
        "क",
        "\u{94D}",
        "ष",
        "\u{93F}",
        "\u{93E}",
        "ก",
        "\u{E33}",
        "ำ",
        "\u{200B}",
        "\u{200C}",
        "\u{200D}",
        "\u{2028}",
        "\u{3000}",
        "\u{FE0E}",
        "\u{FE0F}",
        "\u{20E3}",
        "😀",
        "👩",
        "❤",
        "☺",
        "🏽",
        "🇩",
        "🇪",
        "🏴",
        "\u{E0067}",
        "\u{E007F}",
        "\u{FEFF}",
        "\u{378}",
        "ل",
        "ا",
        "لا",
        "أ",
        "\u{64E}",
        "🅰",
        "\u{16D63}",
        "\u{16D67}",
        "\u{FFFD}",
        "\u{FFFE}",
        "\u{10FFFF}",
    ]);
    let valid = piece.prop_map(|piece| piece.as_bytes().to_vec());
    let invalid = prop::sample::select(vec![
        &b"\x80"[..],
        b"\xE2\x82",
        b"\xF0\x9F\x98",
        b"\xC0",
        b"\xED\xA0\x80",
    ]);
    let any = any::<char>().prop_map(|c| c.to_string().into_bytes());
    let one = prop_oneof![12 => valid, 1 => invalid.prop_map(<[u8]>::to_vec), 1 => any];
    prop::collection::vec(one, 0..30).prop_map(|pieces| pieces.concat())
}

fn cells(text: &str, style: Style) -> usize {
    width(text.as_bytes(), &WidthOptions { style, ..WidthOptions::default() })
}

#[test]
fn cells_of_each_kind_of_character() {
    for (text, terminal, neovim, strwidth) in [
        ("", 0, 0, 0),
        ("hello", 5, 5, 5),
        ("größer", 6, 6, 6),
        ("日本語", 6, 6, 6),
        ("ｶﾞ", 2, 1, 1),
        ("e\u{301}", 1, 1, 1),
        ("\u{301}", 0, 1, 1),
        ("👩\u{200D}👩\u{200D}👧", 2, 2, 2),
        ("👍🏽", 2, 2, 2),
        ("🇩🇪", 2, 2, 2),
        ("🇩", 1, 2, 2),
        ("🇩🇪🇩", 3, 4, 4),
        ("❤", 1, 1, 1),
        ("❤\u{FE0F}", 2, 2, 2),
        ("❤\u{200D}❤\u{FE0F}", 2, 1, 1),
        ("😀\u{FE0E}", 2, 2, 2),
        ("1\u{FE0F}\u{20E3}", 2, 1, 1),
        ("a\u{FE0F}", 1, 1, 1),
        ("한", 2, 2, 2),
        ("ᄒ\u{1161}\u{11AB}", 2, 2, 2),
        ("क\u{94D}ष", 2, 1, 1),
        ("กำ", 2, 1, 1),
        ("\u{AD}", 1, 1, 1),
        ("\u{200B}", 0, 6, 6),
        ("a\u{200D}b", 2, 2, 2),
        ("\u{600}1", 2, 2, 2),
        ("\x01", 0, 2, 1),
        ("\x7F", 0, 2, 1),
        ("\u{85}", 0, 4, 4),
        ("\r\n", 0, 4, 2),
        ("a\tb", 9, 9, 3),
        ("…─\u{E0A0}", 3, 3, 3),
    ] {
        let found =
            [Style::Terminal, Style::Neovim, Style::Strwidth].map(|style| cells(text, style));
        assert_eq!(found, [terminal, neovim, strwidth], "{text:?}");
    }
}

#[test]
fn a_lam_and_the_alef_after_it_take_one_cell_in_neovim() {
    for (text, terminal, neovim) in [
        ("سلام", 4, 3),
        ("لا", 2, 1),
        ("لآ", 2, 1),
        ("لأ", 2, 1),
        ("لإ", 2, 1),
        // Alef wasla, lam with a dot, and an alef in front do not form one.
        ("لٱ", 2, 2),
        ("ڵا", 2, 2),
        ("ال", 2, 2),
        // Only one alef joins; marks may follow it but not come between.
        ("لاا", 3, 2),
        ("للا", 3, 2),
        ("لا\u{64E}", 2, 1),
        ("ل\u{64E}ا", 2, 2),
        ("لا\u{64E}لا", 4, 2),
        ("ل\u{200D}ا", 2, 2),
        ("xلاx", 4, 3),
        // A prepended sign joins the pair and whatever belongs to it.
        ("\u{600}لا", 3, 1),
        ("\u{600}لا\u{64E}x", 4, 2),
        ("\u{600}ل\u{64E}ا", 3, 2),
    ] {
        let found =
            [Style::Terminal, Style::Neovim, Style::Strwidth].map(|style| cells(text, style));
        assert_eq!(found, [terminal, neovim, neovim], "{text:?}");
    }
    // Both are truncated together.
    let options = WidthOptions { style: Style::Neovim, ..WidthOptions::default() };
    let text = "xلاy".as_bytes();
    assert_eq!(prefix(text, 1, &options), Prefix { end: 1, cells: 1 });
    assert_eq!(prefix(text, 2, &options), Prefix { end: 5, cells: 2 });
}

#[test]
fn letters_of_blood_groups_are_narrow_and_other_emoji_of_their_plane_wide() {
    for text in ["🅰", "🅱", "🅾", "🅿"] {
        for style in [Style::Terminal, Style::Neovim, Style::Strwidth] {
            assert_eq!(cells(text, style), 1, "{text} {style:?}");
            let options = WidthOptions { style, ambiguous_wide: true, ..WidthOptions::default() };
            assert_eq!(width(text.as_bytes(), &options), 2, "{text} {style:?}");
        }
    }
    assert_eq!(cells("🆎", Style::Neovim), 2);
    assert_eq!(cells("🈁", Style::Neovim), 2);
    // Neutral width and an emoji: narrow in a terminal, wide in Neovim.
    assert_eq!([Style::Terminal, Style::Neovim].map(|style| cells("🌡", style)), [1, 2]);
}

#[test]
fn vowel_signs_of_kirat_rai_take_a_cell_and_those_of_hangul_none() {
    for c in ["\u{16D63}", "\u{16D67}", "\u{16D68}", "\u{16D69}", "\u{16D6A}"] {
        assert_eq!(cells(c, Style::Terminal), 1, "{c:?}");
        assert_eq!(cells(&["\u{16D43}", c].concat(), Style::Terminal), 2, "{c:?} after a letter");
    }
    for c in ["\u{1160}", "\u{11A2}", "\u{11A8}", "\u{11FF}", "\u{D7B0}", "\u{D7FB}"] {
        assert_eq!(cells(c, Style::Terminal), 0, "{c:?}");
    }
}

#[test]
fn an_invalid_sequence_is_one_cell_and_in_neovim_four_for_each_byte() {
    let options = WidthOptions { ambiguous_wide: true, ..WidthOptions::default() };
    assert_eq!(width(b"a\xE2\x82\xFF", &options), 3);
    assert_eq!(width(b"\xFF\xCC\x81", &options), 1);
    let options = WidthOptions { style: Style::Neovim, ..options };
    assert_eq!(width(b"a\xE2\x82\xFF", &options), 13);
}

#[test]
fn ambiguous_characters_are_wide_on_demand() {
    for style in [Style::Terminal, Style::Neovim, Style::Strwidth] {
        let options = WidthOptions { style, ambiguous_wide: true, ..WidthOptions::default() };
        for (text, cells) in
            [("…", 2), ("─", 2), ("\u{E0A0}", 2), ("é", 2), ("a", 1), ("ж", 2), ("e\u{301}", 1)]
        {
            assert_eq!(width(text.as_bytes(), &options), cells, "{text:?} {style:?}");
        }
    }
}

#[test]
fn tabs_go_to_the_next_stop() {
    for (text, tabstop, column, cells) in [
        ("\t", 8, 0, 8),
        ("\t", 8, 7, 1),
        ("\t", 8, 8, 8),
        ("abc\tx", 4, 0, 5),
        ("日\t\tx", 4, 1, 8),
        ("\t", 1, 5, 1),
    ] {
        let options = WidthOptions { tabstop, column, ..WidthOptions::default() };
        assert_eq!(width(text.as_bytes(), &options), cells, "{text:?} {tabstop} {column}");
    }
}

#[test]
fn printable_runs_end_where_they_should() {
    for len in 0..70 {
        for bad in ["", "\n", "\x7F", "é", "\0", "~"] {
            let text = [&"x ~".repeat(30)[..len], bad, "tail of it"].concat();
            let expected = text.bytes().take_while(|byte| (b' '..0x7F).contains(byte)).count();
            assert_eq!(printable_run(text.as_bytes()), expected, "{len} {bad:?}");
        }
    }
}

/// The clusters as the state machine alone finds them, each with its cells by the documented rule.
fn plain(text: &[u8], options: &WidthOptions) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = GraphemeClusterSegmenter::new_neo().segment_utf8(text).collect();
    if options.style != Style::Terminal {
        // Neovim's own rule: an alef joins the lam before it.
        ends.retain(|&end| {
            let alefs = ["\u{622}", "\u{623}", "\u{625}", "\u{627}"];
            let begins = alefs.iter().any(|alef| text[end..].starts_with(alef.as_bytes()));
            !(begins && text[..end].ends_with("\u{644}".as_bytes()))
        });
    }
    let mut column = options.column as usize;
    let mut clusters = Vec::new();
    for span in ends.windows(2) {
        let cells = plain_cells(&text[span[0]..span[1]], column, options);
        column += cells;
        clusters.push((span[1], cells));
    }
    clusters
}

fn plain_cells(cluster: &[u8], column: usize, options: &WidthOptions) -> usize {
    if cluster == b"\t" && options.style != Style::Strwidth {
        return options.tabstop as usize - column % options.tabstop as usize;
    }
    let mut sum = 0;
    let mut before: Option<char> = None;
    let mut first = true;
    for chunk in cluster.utf8_chunks() {
        for c in chunk.valid().chars() {
            let class = Class::of(c.into());
            let ambiguous = |cells| {
                if options.ambiguous_wide && class.ambiguous() && cells == 1 { 2 } else { cells }
            };
            let emoji =
                c == '\u{FE0F}' && before.is_some_and(|before| Class::of(before.into()).emoji());
            match options.style {
                Style::Terminal if emoji => sum = 2,
                Style::Terminal => sum += usize::from(ambiguous(class.terminal())),
                Style::Strwidth if c.is_ascii_control() => sum += 1,
                _ if first || c.is_ascii() => sum += usize::from(ambiguous(class.neovim())),
                _ if emoji && sum == 1 && !before.unwrap().is_ascii() && cluster.len() >= 3 => {
                    let second = cluster.utf8_chunks().next().unwrap().valid().chars().nth(1);
                    let alone =
                        cluster.utf8_chunks().next().unwrap().valid().chars().next() == before;
                    sum = if second == Some(c) && alone { 2 } else { sum };
                }
                _ => {}
            }
            first = false;
            before = Some(c);
        }
        if !chunk.invalid().is_empty() {
            sum += if options.style == Style::Terminal { 1 } else { 4 * chunk.invalid().len() };
            (first, before) = (false, None);
        }
    }
    if options.style == Style::Terminal { sum.min(2) } else { sum }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(500)))]

    #[test]
    fn pieces_are_the_clusters_with_their_cells(
        text in any_text(), wide in any::<bool>(), tabstop in 1u32..9, column in 0u32..9,
    ) {
        for style in [Style::Terminal, Style::Neovim, Style::Strwidth] {
            let options = WidthOptions { style, ambiguous_wide: wide, tabstop, column };
            let mut found = Vec::new();
            let mut start = 0;
            for piece in pieces(&text, &options) {
                if piece.run {
                    found.extend((start + 1..=piece.end).map(|end| (end, 1)));
                } else {
                    found.push((piece.end, piece.cells));
                }
                start = piece.end;
            }
            prop_assert_eq!(&found, &plain(&text, &options));
            prop_assert_eq!(width(&text, &options), found.iter().map(|(_, cells)| cells).sum::<usize>());
        }
    }
}
