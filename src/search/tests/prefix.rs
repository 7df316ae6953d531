//! Searches in short texts by a literal prefix, compared with the crate regex.

use super::super::prefix::Prefix;
use super::super::*;
use super::spans;
use proptest::prelude::*;
use regex_automata::Input;

/// Continuations of the prefix `ab`, of which many fail, some after all of the text.
const TAILS: [&str; 12] = [
    "(\\d+)",
    "(a|b)c",
    ".*z",
    "(?s:.*)z",
    "(x|(y))?-",
    "$",
    "\\b",
    "a*",
    "",
    "é+",
    "(?<n>\\w)\\W",
    "{2,3}(c)",
];
const HEADS: [&str; 7] = ["ab", "(ab)", "\\bab", "(?m:^)ab", "(?:abc|abd)", "(?i:a)b", "é(b)"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn matches_after_failed_places_are_those_of_the_crate(
        head in prop::sample::select(&HEADS),
        tail in prop::sample::select(&TAILS),
        pieces in prop::collection::vec(
            prop::sample::select(&["ab", "abab", "c", "d", "z", "-", "1", "é", "éb", "\n", "x", "y"]), 0..24),
        from in 0..9usize,
    ) {
        let (pattern, text) = (format!("{head}{tail}"), pieces.concat());
        let oracle = ::regex::Regex::new(&pattern).expect("a pattern");
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default()).expect("the same syntax");
        let expected: Vec<_> = oracle.find_iter(&text).map(|m| (m.start(), m.end())).collect();
        prop_assert_eq!(spans(&regex, text.as_bytes()), expected);
        let from = (from.min(text.len())..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap();
        let captures = oracle.captures_at(&text, from);
        let expected = captures.as_ref().map(|all| {
            all.iter().flat_map(|m| [m.map(|m| m.start()), m.map(|m| m.end())]).collect::<Vec<_>>()
        });
        let mut matches = regex.matches(text.as_bytes(), from, false);
        let slots = matches.next_captures().map(|all| all.iter().map(|at| at.map(|at| at.get())).collect::<Vec<_>>());
        prop_assert_eq!(&slots, &expected);
        // Some searches use the engine, and then those that follow an automaton.
        for _ in 0..4 {
            prop_assert_eq!(regex.test(text.as_bytes(), from), expected.is_some());
            let span = regex.find(text.as_bytes(), from).map(|span| vec![Some(span.start), Some(span.stop)]);
            prop_assert_eq!(span, expected.as_ref().map(|all| all[..2].to_vec()));
        }
    }
}

#[test]
fn a_match_after_many_places_without_one_is_found() {
    let regex = Regex::new(b"item/(\\d+)", &PatternOptions::default()).unwrap();
    for places in 0..12 {
        for padding in [0, 4000, 5000] {
            let text = [&"x".repeat(padding), &"item/x ".repeat(places)[..], "item/42."].concat();
            let start = padding + 7 * places;
            assert_eq!(spans(&regex, text.as_bytes()), [(start, start + 7)], "{places}, {padding}");
            let found = Span { start, stop: start + 7 };
            assert_eq!(regex.find(text.as_bytes(), 0), Some(found), "{places}, {padding}");
            let mut matches = regex.matches(text.as_bytes(), 0, false);
            let slots = matches.next_captures().expect("a match");
            assert_eq!(slots[2].map(|at| at.get()), Some(start + 5));
            assert!(matches.next_captures().is_none());
        }
    }
}

#[test]
fn an_automaton_that_would_be_big_is_not_built_and_matches_are_found() {
    for pattern in ["item/(\\w{30})", "item\\b(\\w+)?", "item/[^x]{200}y"] {
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default()).unwrap();
        let oracle = ::regex::Regex::new(pattern).unwrap();
        let text = format!("an item, item/{} item/é{}y", "é".repeat(40), "a".repeat(199));
        let expected = oracle.find(&text).map(|m| Span { start: m.start(), stop: m.end() });
        for _ in 0..5 {
            assert_eq!(regex.find(text.as_bytes(), 0), expected, "{pattern}");
            assert!(!regex.test(b"an ite", 0));
        }
    }
}

#[test]
fn an_automaton_is_built_for_simple_patterns_that_are_used_often() {
    for (pattern, is_built) in [
        ("item/(\\d+)", true),
        ("item/[0-9a-f]{8}-(?:x|yz)*", true),
        ("item/\\w+", false),
        ("item/[^x]{200}", false),
        ("item\\b\\d", false),
    ] {
        let hir = PatternOptions::default().parse(pattern.as_bytes()).unwrap();
        let prefix = Prefix::new(&hir).expect("item");
        let find = || prefix.find(b"no such thing", 0, false, || Some(hir.clone()));
        assert_eq!((find(), find()), (None, None), "{pattern}");
        assert_eq!(find(), is_built.then_some(None), "{pattern}");
    }
}

#[test]
fn an_anchored_pattern_with_a_prefix_matches_only_where_the_search_starts() {
    let options = PatternOptions { anchored: true, ..PatternOptions::default() };
    let regex = Regex::new(b"item/(\\d+)", &options).unwrap();
    assert_eq!(regex.find(b"an item/42", 0), None);
    assert_eq!(regex.find(b"an item/42", 3), Some(Span { start: 3, stop: 10 }));
    assert!(!regex.test(b"an item/42", 2));
}

#[test]
fn places_without_a_match_do_not_make_a_search_quadratic() {
    let hir = PatternOptions::default().parse(b"(?s)ab(.*)z").unwrap();
    let prefix = Prefix::new(&hir).expect("ab");
    let text = "ab".repeat(1000);
    let mut ranges = Vec::new();
    let found = prefix.search(Input::new(&text), |input| {
        ranges.push((input.get_range(), input.get_anchored().is_anchored()));
        None::<()>
    });
    assert_eq!(found, None);
    let expected =
        [(0..2000, true), (2..2000, true), (4..2000, true), (6..2000, true), (7..2000, false)];
    assert_eq!(ranges, expected);
}

#[test]
fn a_prefix_is_what_all_matches_begin_with() {
    for (pattern, expected) in [
        ("item/(\\d+)", true),
        ("(?:foobar|foobaz)+", true),
        ("(?:foo|bar)\\d", false),
        ("(?:ab)?cd*", false),
        ("(?:ab)*", false),
        ("\\bab*", false),
        ("\\bab\\d", true),
        ("(?i)ab\\d", false),
        ("ab", false),
    ] {
        let hir = PatternOptions::default().parse(pattern.as_bytes()).unwrap();
        assert_eq!(Prefix::new(&hir).is_some(), expected, "{pattern}");
    }
}
