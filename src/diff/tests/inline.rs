//! Inline diffs.

use super::support::Random;
use crate::diff::inline::{InlineDiff, InlineSpan, InlineUnit};
use crate::diff::linear::Linear;

/// Returns both texts with their changes in brackets.
fn shown(a: &str, b: &str, unit: InlineUnit) -> (String, String) {
    let mut diff = InlineDiff::default();
    assert_eq!(diff.compare(a.as_bytes(), b.as_bytes(), unit), Ok(true));
    let mark = |text: &str, range: fn(&InlineSpan) -> (u32, u32)| {
        let (mut marked, mut done) = (String::new(), 0);
        for span in diff.spans() {
            let (start, stop) = range(span);
            let (start, stop) = (start as usize, stop as usize);
            marked += &format!("{}[{}]", &text[done..start], &text[start..stop]);
            done = stop;
        }
        marked + &text[done..]
    };
    (mark(a, |span| (span.a_start, span.a_stop)), mark(b, |span| (span.b_start, span.b_stop)))
}

#[test]
fn words_are_marked_and_not_letters() {
    let word = |a: &str, b: &str, marked_a: &str, marked_b: &str| {
        assert_eq!(shown(a, b, InlineUnit::Word), (marked_a.into(), marked_b.into()));
    };
    word("", "", "", "");
    word("same", "same", "same", "same");
    word("", "new", "[]", "[new]");
    word("return x.foo(a)", "return x.bar(a)", "return x.[foo](a)", "return x.[bar](a)");
    word("let count = 1;", "let total = 1;", "let [count] = 1;", "let [total] = 1;");
    word("old_name = 1", "new_name = 1", "[old_name] = 1", "[new_name] = 1");
    // Words that follow each other are one change.
    word("the quick fox", "the slow dog", "the [quick fox]", "the [slow dog]");
    // An insertion starts after white space.
    word("f(a, c)", "f(a, b, c)", "f(a, []c)", "f(a, [b, ]c)");
    word("one three", "one two three", "one []three", "one [two ]three");
    word("größe = 1", "größer = 1", "[größe] = 1", "[größer] = 1");
    word("naïve.x", "naïve.y", "naïve.[x]", "naïve.[y]");
    word("日本", "日本語", "日本[]", "日本[語]");
}

#[test]
fn characters_that_match_by_chance_are_part_of_a_change() {
    let char = |a: &str, b: &str, marked_a: &str, marked_b: &str| {
        assert_eq!(shown(a, b, InlineUnit::Char), (marked_a.into(), marked_b.into()));
    };
    char("kitten", "sitting", "[k]itt[en]", "[s]itt[ing]");
    char("abc", "xbz", "[abc]", "[xbz]");
    char("e\u{301}", "e", "e[\u{301}]", "e[]");
    let graphemes = shown("ae\u{301}b", "aeb", InlineUnit::Grapheme);
    assert_eq!(graphemes, ("a[e\u{301}]b".into(), "a[e]b".into()));
    assert_eq!(shown("a\r\n", "a\n", InlineUnit::Grapheme), ("a[\r\n]".into(), "a[\n]".into()));
}

#[test]
fn what_is_not_marked_is_equal() {
    let pieces = [
        "a",
        "B1",
        "_",
        " ",
        "  ",
        "\t",
        ".",
        "(",
        "é",
        "日",
        "e\u{301}",
        "\r\n",
        "\n",
        "👩\u{200d}👩",
    ];
    let bytes = [&b"\xff"[..], b"\xe2\x82", b"\x80"];
    let mut random = Random(6);
    let mut diff = InlineDiff::default();
    for case in 0..1500 {
        let mut text = |start: &[u8]| {
            let mut text = start.to_vec();
            for _ in 0..random.below(14) {
                match random.below(12) {
                    0 => text.extend_from_slice(bytes[random.below(3)]),
                    _ => text.extend_from_slice(pieces[random.below(pieces.len())].as_bytes()),
                }
            }
            text
        };
        let start = text(b"");
        let (mut a, mut b, end) = (text(&start), text(&start), text(b""));
        a.extend_from_slice(&end);
        b.extend_from_slice(&end);
        for unit in InlineUnit::ALL {
            assert_eq!(diff.compare(&a, &b, unit), Ok(true));
            let (mut a_done, mut b_done) = (0, 0);
            let ends = InlineSpan {
                a_start: a.len() as u32,
                a_stop: a.len() as u32,
                b_start: b.len() as u32,
                b_stop: b.len() as u32,
            };
            for (i, span) in diff.spans().iter().chain([&ends]).enumerate() {
                let same_a = &a[a_done..span.a_start as usize];
                let same_b = &b[b_done..span.b_start as usize];
                assert_eq!(same_a, same_b, "case {case}: {unit:?} {a:?} {b:?}");
                assert!(i == 0 || !same_a.is_empty() || *span == ends, "spans do not touch");
                assert!(span.a_stop >= span.a_start && span.b_stop >= span.b_start);
                (a_done, b_done) = (span.a_stop as usize, span.b_stop as usize);
            }
            assert_eq!(diff.spans().is_empty(), a == b);
        }
    }
}

/// Returns the length of a longest common subsequence.
fn longest(a: &[u8], b: &[u8]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

#[test]
fn the_search_finds_a_shortest_script_and_nothing_else() {
    let mut random = Random(7);
    let mut linear = Linear::default();
    for case in 0..4000 {
        let letters = 2 + random.below(4);
        let mut text = |len: usize| -> Vec<u8> {
            (0..random.below(len + 1)).map(|_| b'a' + random.below(letters) as u8).collect()
        };
        let (a, b) = (text(24), text(24));
        let mut hunks = Vec::new();
        let same = |i: usize, j: usize| a[i] == b[j];
        let exact = linear.diff((a.len(), b.len()), u64::MAX, same, &mut hunks);
        assert_eq!(exact, Ok(true));
        let ends = [a.len() as u32, 0, b.len() as u32, 0];
        let (mut matched, mut a_done, mut b_done) = (0, 0, 0);
        for &[a_start, a_stop, b_start, b_stop] in hunks.iter().chain([&ends]) {
            let same_a = &a[a_done..a_start as usize];
            assert_eq!(same_a, &b[b_done..b_start as usize], "case {case}: {a:?} {b:?}");
            matched += same_a.len();
            (a_done, b_done) = (a_stop as usize, b_stop as usize);
        }
        assert_eq!(matched, longest(&a, &b), "case {case}: {a:?} {b:?}");
    }
}

#[test]
fn the_shared_start_and_end_do_not_change_the_result() {
    // The same texts between words that are not shared.
    let (a, b) = ("one, two two. three", "one, two. two three");
    let spans = |a: String, b: String| {
        let mut diff = InlineDiff::default();
        diff.compare(a.as_bytes(), b.as_bytes(), InlineUnit::Word).expect("enough memory");
        diff.spans().to_vec()
    };
    let alone = spans(a.into(), b.into());
    for (start, end) in [("x ", ""), ("", " x"), ("a, b, ", ", c, d"), ("  ", "\n")] {
        let moved: Vec<InlineSpan> = spans(format!("{start}{a}{end}"), format!("{start}{b}{end}"))
            .iter()
            .map(|span| {
                let len = start.len() as u32;
                let InlineSpan { a_start, a_stop, b_start, b_stop } = *span;
                InlineSpan {
                    a_start: a_start - len,
                    a_stop: a_stop - len,
                    b_start: b_start - len,
                    b_stop: b_stop - len,
                }
            })
            .collect();
        assert_eq!(moved, alone, "{start:?} {end:?}");
    }
}

#[test]
fn long_lines_without_anything_in_common_end_soon_and_are_not_exact() {
    let line = |word: &str| (0..300_000).map(|i| format!("{word}{i} ")).collect::<String>();
    let (a, b) = (line("a"), line("b"));
    let mut diff = InlineDiff::default();
    assert_eq!(diff.compare(a.as_bytes(), b.as_bytes(), InlineUnit::Word), Ok(false));
    let all = InlineSpan { a_start: 0, a_stop: a.len() as u32, b_start: 0, b_stop: b.len() as u32 };
    let [span] = diff.spans() else { panic!("{:?}", diff.spans().len()) };
    assert!(span.a_stop - span.a_start > all.a_stop - 16);
    // A long line with few changes is exact.
    let b = a.replace("a77 ", "b77 ").replace("a299000 ", "");
    assert_eq!(diff.compare(a.as_bytes(), b.as_bytes(), InlineUnit::Word), Ok(true));
    assert_eq!(diff.spans().len(), 2);
}
