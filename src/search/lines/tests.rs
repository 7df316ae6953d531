//! Compares the line matcher with a search of each line on its own.

use super::*;
use crate::job::JobError;
use crate::search::{LiteralOptions, Literals, PatternError, PatternOptions, Regex, Span};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn regex(pattern: &str, options: &PatternOptions) -> Option<Arc<Regex>> {
    Regex::new(pattern.as_bytes(), options).ok().map(Arc::new)
}

fn literals(list: &[&str], options: &LiteralOptions) -> PatternSource<'static> {
    let list: Vec<&[u8]> = list.iter().map(|literal| literal.as_bytes()).collect();
    PatternSource::Literals(Arc::new(Literals::new(&list, options).expect("literals")))
}

fn text(pattern: &str) -> PatternSource<'_> {
    PatternSource::Text(pattern.as_bytes())
}

fn compile(sources: &[PatternSource<'_>], options: &LineOptions) -> LineMatcher {
    let patterns = LinePatterns::new(sources, options).expect("right patterns");
    patterns.compile(&|| false).expect("small patterns")
}

fn refused(sources: &[PatternSource<'_>], options: &LineOptions) -> PatternError {
    match LinePatterns::new(sources, options) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error,
    }
}

fn never() -> bool {
    false
}

fn spans(seeker: &mut Seeker<'_>, text: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    let see = |span| {
        spans.push(span);
        true
    };
    seeker.spans(text, 0, see).expect("it is not cancelled");
    spans
}

/// Returns the offset and the spans of each matching line; checks that steps shorter and longer than lines agree.
fn lines(matcher: &LineMatcher, text: &[u8]) -> Vec<(usize, Vec<Span>)> {
    let found = lines_by(matcher.seeker(&never), text);
    for step in [1, 7, 100] {
        let by_steps = lines_by(matcher.seeker(&never).with_step(step), text);
        assert_eq!(by_steps, found, "in steps of {step}: {:?}", text.escape_ascii().to_string());
    }
    found
}

fn lines_by(mut seeker: Seeker<'_>, text: &[u8]) -> Vec<(usize, Vec<Span>)> {
    let (mut at, mut found) = (0, Vec::new());
    while at < text.len() {
        let Some(candidate) = seeker.candidate(text, at).unwrap() else { break };
        assert!(candidate.start >= at && candidate.stop > candidate.start, "{candidate:?} at {at}");
        assert!(candidate.start == 0 || text[candidate.start - 1] == b'\n');
        let line = trim_line_terminator(&text[candidate.start..candidate.stop]);
        let in_line = spans(&mut seeker, line);
        let (matches, count) = (seeker.test(text, &candidate), seeker.count(line));
        assert_eq!((matches, count), (Ok(!in_line.is_empty()), Ok(in_line.len())));
        if !in_line.is_empty() {
            found.push((candidate.start, in_line));
        }
        at = candidate.stop;
    }
    found
}

/// Returns the same by searching each line on its own.
fn naive(text: &[u8], find: impl Fn(&[u8]) -> Vec<Span>) -> Vec<(usize, Vec<Span>)> {
    let (mut start, mut found) = (0, Vec::new());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let spans = find(trim_line_terminator(line));
        if !spans.is_empty() {
            found.push((start, spans));
        }
        start += line.len();
    }
    found
}

fn check(exact: &Arc<Regex>, text: &[u8]) {
    let matcher = compile(&[PatternSource::Regex(Arc::clone(exact))], &LineOptions::default());
    let expected = naive(text, |line| exact.matches(line, 0, false).collect());
    assert_eq!(lines(&matcher, text), expected, "{:?}", text.escape_ascii().to_string());
}

#[test]
fn lines_are_those_that_match_alone() {
    let text = b"foo\r\nbar\n\n  \r\n\r\nx\xFF\xC3\nfoo\rbar\r\r\nend foo".as_slice();
    for pattern in [
        "^foo$",
        "foo",
        "bar$",
        "^$",
        r"\Afoo\z",
        r"o\z",
        r"\s+$",
        "(?m)^bar$",
        "(?R)bar$",
        "(?Rm)^bar$",
        "a\nb|end",
        r"[\n]foo|x",
        r"\bfoo\b",
        r"\Bo",
        r"^\s*$",
        r"(?-u:\xFF)",
        r"[^a]$",
        r"x(?-u:.).",
        ".",
        "a{0}$",
        "o\n",
        r"\D\z",
    ] {
        for (anchored, bytes) in [(false, false), (true, false), (false, true)] {
            let options = PatternOptions { anchored, bytes, ..PatternOptions::default() };
            check(&regex(pattern, &options).expect(pattern), text);
        }
    }
}

#[test]
fn the_line_feed_before_broken_utf8_is_no_char_of_the_line() {
    for pattern in
        [r"(?-u:.)\B(?Rm:$)", r"(?-u:.)\b{start-half}", r"(?-u:.)\b{end-half}", r"(?-u:.)\B"]
    {
        let exact = regex(pattern, &PatternOptions::default()).expect(pattern);
        for text in [
            &b"\n\xA9\n"[..],
            b"a\n\xA9\n",
            b"a\n\x80\xA9\xA9\n",
            b"\n\xA9\xA9\xA9\xA9\n",
            b"\n\xA9a\n",
            b"\n\xA9-\n",
        ] {
            check(&exact, text);
        }
    }
    // The line is found as a candidate, and only the search of the line alone decides that it does not match.
    let exact = regex(r"(?-u:.)\B(?Rm:$)", &PatternOptions::default()).expect("a pattern");
    let matcher = compile(&[PatternSource::Regex(exact)], &LineOptions::default());
    let mut seeker = matcher.seeker(&never);
    let candidate =
        seeker.candidate(b"\n\xA9\n", 0).unwrap().expect("a candidate, or the test proves nothing");
    assert_eq!(seeker.test(b"\n\xA9\n", &candidate), Ok(false));
}

/// Parts of patterns. Many combinations are invalid; the tests use the valid ones.
const PARTS: [&str; 26] = [
    "a",
    "b",
    "ab",
    ".",
    "^",
    "$",
    r"\n",
    r"\r",
    r"\s",
    r"\w",
    "[^a]",
    r"\b",
    r"\B",
    r"\A",
    r"\z",
    "|",
    "a*",
    "(?:",
    ")",
    "(?m:^)",
    "(?Rm:$)",
    "(?-u:.)",
    r"\b{start}",
    r"\b{end-half}",
    r"\b{start-half}",
    r"\w+ab",
];

fn pattern(parts: &'static [&'static str]) -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(parts), 1..7);
    pieces.prop_filter_map("no pattern", |pieces| {
        let pattern = pieces.concat();
        regex(&pattern, &PatternOptions::default()).map(|_| pattern)
    })
}

fn spans_of(regex: &regex::Regex, line: &[u8]) -> Vec<Span> {
    let line = std::str::from_utf8(line).unwrap();
    regex.find_iter(line).map(|found| Span { start: found.start(), stop: found.end() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(200)))]

    #[test]
    fn lines_of_any_text_are_those_that_match_alone(
        pattern in pattern(&PARTS),
        text in prop_oneof![
            prop::collection::vec(prop::sample::select(&b"ab \r\n\n\xFF\xC3\xA9\xA9"[..]), 0..40),
            prop::collection::vec(prop::sample::select(&b"ab ....\r\n\n"[..]), 100..300),
            prop::collection::vec(prop::sample::select(&b"ab ..............................\xC3\xA9\n"[..]), 200..400),
        ],
        (ignore_case, multi_line, dot_all, anchored) in any::<(bool, bool, bool, bool)>(),
    ) {
        let options = PatternOptions { ignore_case, multi_line, dot_all, anchored, ..PatternOptions::default() };
        check(&regex(&pattern, &options).expect("it was taken before"), &text);
    }

    #[test]
    fn lines_are_those_of_another_engine(
        pattern in pattern(&PARTS),
        text in prop::collection::vec(prop::sample::select(vec!["a", "b", " ", "\n", "\r\n", "é", "abab", "."]), 0..60),
        (ignore, word) in any::<(bool, bool)>(),
    ) {
        let given = if word { format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}") } else { pattern.clone() };
        let oracle = regex::RegexBuilder::new(&given).multi_line(true).case_insensitive(ignore).build();
        // The only part that is invalid in a pattern for text.
        prop_assume!(oracle.is_ok());
        let oracle = oracle.unwrap();
        let text = text.concat().into_bytes();
        let case = if ignore { Case::Ignore } else { Case::Respect };
        let options = LineOptions { case, word, ..LineOptions::default() };
        // A pattern with a line feed is an error, so it is passed in a form that is not.
        let exact = regex(&pattern, &PatternOptions::default()).unwrap();
        let matcher = compile(&[PatternSource::Regex(exact)], &options);
        prop_assert_eq!(lines(&matcher, &text), naive(&text, |line| spans_of(&oracle, line)));
    }

    #[test]
    fn matches_over_lines_are_those_of_another_engine(
        pattern in pattern(&PARTS[..22]),
        text in prop::collection::vec(prop::sample::select(vec!["a", "b", " ", "\n", "é", "abab", "."]), 0..120),
        word in any::<bool>(),
    ) {
        let given = if word { format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}") } else { pattern.clone() };
        let oracle = regex::RegexBuilder::new(&given).multi_line(true).build();
        prop_assume!(oracle.is_ok());
        let text = text.concat().into_bytes();
        let options = LineOptions { word, multi_line: true, ..LineOptions::default() };
        let matcher = compile(&[self::text(&pattern)], &options);
        let expected = spans_of(&oracle.unwrap(), &text);
        for step in [1, 7, 1000] {
            prop_assert_eq!(&spans(&mut matcher.seeker(&never).with_step(step), &text), &expected);
        }
    }

    #[test]
    fn over_lines_a_cr_before_an_lf_is_part_of_the_end(
        // None of them matches a CR or an LF.
        pattern in pattern(&["a", "b", "ab", "^", "$", r"\w", r"\b", r"\A", r"\z", "|", "a*", "(?:", ")", r"\w+", "c"]),
        text in prop::collection::vec(prop::sample::select(vec!["a", "b", "\r\n", "\n", "\r\n", "ab", "\rb", "."]), 0..60),
        (lone, feeds) in any::<(bool, bool)>(),
        step in prop::sample::select(vec![1, 7, 1000]),
    ) {
        // A CR that is not before an LF does not end a line.
        let mut text = text.concat();
        if !lone {
            text = text.replace("\rb", "c");
        }
        if !feeds {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        let oracle = regex::RegexBuilder::new(&pattern).multi_line(true).build().unwrap();
        // The same text with LF only, and the position of each offset in it.
        let (mut plain, mut places) = (String::new(), Vec::new());
        for (at, c) in text.char_indices() {
            let before_feed = text[at + 1..].starts_with('\n');
            if c != '\r' || !before_feed {
                let ends = c == '\n' && at > 0 && text[..at].ends_with('\r');
                places.push(if ends { at - 1 } else { at });
                plain.push(c);
            }
        }
        places.push(text.len());
        let expected: Vec<Span> = spans_of(&oracle, plain.as_bytes())
            .into_iter()
            .map(|span| Span { start: places[span.start], stop: places[span.stop] })
            .collect();
        let matcher = compile(&[self::text(&pattern)], &LineOptions { multi_line: true, ..LineOptions::default() });
        let mut found = spans(&mut matcher.seeker(&never).with_step(step), text.as_bytes());
        // Between CR and LF is an offset at which an empty pattern matches.
        found.retain(|span| span.start != span.stop || !(text[..span.start].ends_with('\r') && text[span.start..].starts_with('\n')));
        prop_assert_eq!(found, expected, "{:?}", text);
    }

    #[test]
    fn all_forms_of_a_pattern_find_the_same(
        list in prop::collection::vec("[abAB.]{1,3}", 1..5),
        text in "([abAB .]|\r?\n){0,60}",
        (ignore_case, longest, word, many) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
        let text = text.as_bytes();
        if many {
            // Enough literals that the automaton searches; some do not occur in the text.
            let others: Vec<String> = (0..70).map(|n| format!("zz{n}")).collect();
            let others: Vec<&'static str> = others.into_iter().map(|other| &*other.leak()).collect();
            list.extend(others);
        }
        let given = literals(&list, &LiteralOptions { ignore_case, longest, ..LiteralOptions::default() });
        if longest {
            list.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
        }
        let case = if ignore_case { Case::Ignore } else { Case::Respect };
        let options = LineOptions { word, case, ..LineOptions::default() };
        let texts: Vec<_> = list.iter().map(|literal| self::text(literal)).collect();
        let expected = lines(&compile(&texts, &LineOptions { fixed: true, ..options }), text);
        let escaped: Vec<String> = list.iter().map(|literal| regex_syntax::escape(literal)).collect();
        let patterns: Vec<_> = escaped.iter().map(|pattern| self::text(pattern)).collect();
        prop_assert_eq!(&lines(&compile(&patterns, &options), text), &expected);
        let joined = regex(&escaped.join("|"), &PatternOptions { ignore_case, ..PatternOptions::default() }).unwrap();
        let respect = LineOptions { word, ..LineOptions::default() };
        prop_assert_eq!(&lines(&compile(&[PatternSource::Regex(joined)], &respect), text), &expected);
        prop_assert_eq!(&lines(&compile(std::slice::from_ref(&given), &respect), text), &expected);
        let over = LineOptions { multi_line: true, ..respect };
        let (one, other) = (compile(&[given], &over), compile(&patterns, &LineOptions { multi_line: true, ..options }));
        prop_assert_eq!(spans(&mut one.seeker(&never), text), spans(&mut other.seeker(&never), text));
    }
}

#[test]
fn a_list_has_all_forms_and_the_first_one_wins() {
    let compiled =
        regex("B", &PatternOptions { ignore_case: true, ..PatternOptions::default() }).unwrap();
    let list = |first: PatternSource<'static>| {
        [
            first,
            text("a"),
            PatternSource::Regex(Arc::clone(&compiled)),
            literals(&["xyz", "x"], &LiteralOptions::default()),
        ]
    };
    let found = |sources: &[PatternSource<'_>]| {
        lines(&compile(sources, &LineOptions::default()), b"ab\n-\nxyz\n-\nxB")
    };
    let span = |start, stop| Span { start, stop };
    let rest = [(5, vec![span(0, 3)]), (11, vec![span(0, 1), span(1, 2)])];
    assert_eq!(found(&list(text("q")))[0], (0, vec![span(0, 1), span(1, 2)]));
    assert_eq!(found(&list(text("ab|q"))), [&[(0, vec![span(0, 2)])], &rest[..]].concat());
    // An anchored match is at the beginning of the line.
    let anchored =
        regex("b", &PatternOptions { anchored: true, ..PatternOptions::default() }).unwrap();
    let sources = [PatternSource::Regex(anchored), text("q")];
    assert_eq!(
        lines(&compile(&sources, &LineOptions::default()), b"ab\nbb\n"),
        [(3, vec![span(0, 1)])]
    );
}

#[test]
fn smart_case_looks_at_letters_of_all_patterns() {
    let smart = LineOptions { case: Case::Smart, ..LineOptions::default() };
    for (pattern, respects) in [
        ("foo", false),
        ("Foo", true),
        (r"\Soo", false),
        (r"\p{Lu}oo", false),
        (r"\x46oo", true),
        ("[F]oo", true),
        // One end of a range is enough.
        ("[A-_]oo", true),
        ("[!-F]oo", true),
        ("[f-i]oo", false),
        ("É?.oo", true),
    ] {
        let found = lines(&compile(&[text(pattern)], &smart), b"FOO\nfoo\n");
        assert_eq!(found.iter().any(|&(start, _)| start == 0), !respects, "{pattern}");
    }
    let fixed = LineOptions { fixed: true, ..smart };
    for (list, expected) in [(["o", "x"], 2), (["o", "X"], 1), (["o", "\\S"], 1)] {
        assert_eq!(lines(&compile(&list.map(text), &fixed), b"FOO\nfoo\n").len(), expected);
    }
    let upper = literals(&["Foo"], &LiteralOptions::default());
    assert_eq!(lines(&compile(&[text("o"), upper], &smart), b"FOO\nfoo\n").len(), 1);
}

#[test]
fn a_literal_that_is_not_utf8_is_found_in_either_case() {
    for case in [Case::Respect, Case::Ignore] {
        let options = LineOptions { fixed: true, case, ..LineOptions::default() };
        let matcher = compile(&[PatternSource::Text(b"a\xFFe")], &options);
        let expected = if case == Case::Ignore { 2 } else { 1 };
        assert_eq!(lines(&matcher, b"xa\xFFe\n\nA\xFFE\n").len(), expected);
    }
}

#[test]
fn an_error_has_its_offset_in_its_pattern() {
    let options = LineOptions { no_zero: true, ..LineOptions::default() };
    for (list, message, offset) in [
        (&["ab(cd"][..], "unclosed group", 2),
        (&["a", "b(", "("], "pattern 2 of 3: unclosed group", 1),
        (&["a", r"é\p{Nope}"], "pattern 2 of 2: Unicode property not found", 2),
        (&["a\nb"], "the pattern contains a line feed, which no line does; set multiline", 1),
        (
            &["x", r"ab|(xy|\n)+"],
            "pattern 2 of 2: the pattern contains a line feed, which no line does; set multiline",
            7,
        ),
        (&[r"a[\n]"], "the pattern contains a line feed, which no line does; set multiline", 2),
        (&[r"a\x00"], "the pattern contains a zero byte, which no text file does; set binary", 1),
    ] {
        let sources: Vec<_> = list.iter().map(|pattern| text(pattern)).collect();
        let error = refused(&sources, &options);
        assert_eq!((error.message.as_str(), error.offset), (message, Some(offset)));
    }
    let error = refused(&[PatternSource::Text(b"ab\xFF")], &options);
    assert_eq!((error.offset, error.message.contains("not valid UTF-8")), (Some(2), true));
    let fixed = LineOptions { fixed: true, ..options };
    assert_eq!(refused(&[text("a\n")], &fixed).offset, Some(1));
    // With `multi_line` there are line feeds, and compiled patterns may be meant for other texts too.
    let over = LineOptions { multi_line: true, ..options };
    assert!(LinePatterns::new(&[text("a\nb")], &over).is_ok());
    let compiled = [PatternSource::Regex(regex("a\nb", &PatternOptions::default()).unwrap())];
    assert!(LinePatterns::new(&compiled, &options).is_ok());
    let strict = LineOptions { strict: true, ..options };
    assert_eq!(refused(&compiled, &strict).offset, Some(1));
    assert_eq!(refused(&[literals(&["a\n"], &LiteralOptions::default())], &strict).offset, None);
}

#[test]
fn the_search_of_a_long_line_stops_when_cancelled() {
    let text = [b"x".repeat(1 << 21), b"\n".to_vec(), b"xy ".repeat(1 << 19)].concat();
    let many: Vec<String> = (0..100).map(|n| format!("y{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (sources, multi_line) in [
        (vec![self::text(r"\w+z\b")], false),
        (vec![self::text(r"\w+z\b")], true),
        (vec![self::text("[a-z]{3}z")], false),
        (vec![self::text("[a-z]{3}z")], true),
        (vec![literals(&many, &LiteralOptions::default())], false),
        (vec![self::text("y*")], true),
    ] {
        let options = LineOptions { multi_line, ..LineOptions::default() };
        let matcher = compile(&sources, &options);
        let looks = AtomicUsize::new(0);
        let is_cancelled = || looks.fetch_add(1, Ordering::Relaxed) >= 20;
        let mut seeker = matcher.seeker(&is_cancelled);
        let ended = if multi_line {
            seeker.spans(&text, 0, |_| true)
        } else {
            seeker.candidate(&text, 0).map(|_| ())
        };
        assert_eq!(
            ended,
            Err(JobError::Cancelled),
            "{} looks, several lines: {multi_line}",
            looks.load(Ordering::Relaxed)
        );
        assert_eq!(looks.load(Ordering::Relaxed), 21, "it is asked again after it has said so");
    }
}

#[test]
fn compiling_stops_between_patterns_when_cancelled() {
    let sources = [text("a"), text("b"), text("c"), text("d")];
    let patterns = LinePatterns::new(&sources, &LineOptions::default()).unwrap();
    let looks = std::cell::Cell::new(0);
    let is_cancelled = || {
        looks.set(looks.get() + 1);
        looks.get() == 3
    };
    assert!(matches!(patterns.compile(&is_cancelled), Err(JobError::Cancelled)));
    assert_eq!(looks.get(), 3);
    let huge = LinePatterns::new(&[text(r"(\w{1000}){1000}")], &LineOptions::default()).unwrap();
    let Err(JobError::Failed(message)) = huge.compile(&|| false) else { panic!("it was compiled") };
    assert!(message.contains("more than the limit of 100 MiB"), "{message}");
}

#[test]
fn inner_literals_of_a_pattern_are_searched_first() {
    for (pattern, expected) in [
        (r"\w+zqing", true),
        (r"\s+(Sherlock|[A-Z]atso[a-z]|Moriarty)\s+", true),
        (r"(\w+xab){3,}", true),
        (r"\b\w+(foo|bar)?zz\b", true),
        (r"[a-z]{4}\d+", false),
        (r"\w+e?", false),
        ("foo|bar", false),
    ] {
        let matcher = compile(&[text(pattern)], &LineOptions::default());
        let compiled::Engine::Regex(compiled) = &matcher.engine else { panic!("no regex") };
        assert_eq!(compiled.inner.is_some(), expected, "{pattern}");
    }
    let oracle = regex(r"\w+zqing|[0-9]+ab", &PatternOptions::default()).unwrap();
    check(&oracle, b"zqing\naazqing\n1ab\nab\n\nxxzqingzqing 2ab\n");
}
