//! Compares searches with the crate regex and with straightforward code.

mod prefix;
mod stream;

use super::*;
use proptest::prelude::*;

/// Pieces of patterns. Most sequences of them are valid; they cover look-around, groups and empty matches.
const PIECES: [&str; 26] = [
    "a", "b", "ab", ".", "\\w", "\\b", "\\B", "^", "$", "(a)", "(b|)", "(?:ab)*", "a*", "a+?",
    "b??", "[ab]", "[^a]", "é", "\\s", "|", "\\d{2}", "(?m:^)", "(?m:$)", "(?i:B)", "\\p{L}", "x",
];

fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES), 0..6).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    let pieces = ["a", "b", "ab", "é", " ", "\n", "12", "😀", "B", "x", "-"];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..20)
        .prop_map(|pieces| pieces.concat())
}

fn spans(regex: &Regex, text: &[u8]) -> Vec<(usize, usize)> {
    regex.matches(text, 0, false).map(|span| (span.start, span.stop)).collect()
}

/// Returns the spans fetched in batches of `batch`, each by a call of its own.
fn spans_in_batches(regex: &Regex, text: &[u8], batch: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    loop {
        let (from, after) = found.last().map_or((0, false), |&(_, stop)| (stop, true));
        let before = found.len();
        let matches = regex.matches(text, from, after).take(batch);
        found.extend(matches.map(|span| (span.start, span.stop)));
        if found.len() < before + batch {
            return found;
        }
    }
}

fn replaced(regex: &Regex, text: &[u8], template: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = Output::new(&mut bytes);
    let template = &Template::new(template.as_bytes(), regex).expect("a template");
    Replacer { regex, template, limit: usize::MAX }.replace(text, &mut out).expect("memory");
    out.keep();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(500)))]

    #[test]
    fn matches_are_those_of_the_crate(pattern in pattern(), text in text(), batch in 1..4usize) {
        let oracle = ::regex::Regex::new(&pattern);
        prop_assume!(oracle.is_ok());
        let oracle = oracle.unwrap();
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default()).expect("the same syntax");
        let expected: Vec<_> = oracle.find_iter(&text).map(|m| (m.start(), m.end())).collect();
        prop_assert_eq!(spans(&regex, text.as_bytes()), &expected[..]);
        prop_assert_eq!(spans_in_batches(&regex, text.as_bytes(), batch), expected);
        for from in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
            let expected = oracle.find_at(&text, from).map(|m| Span { start: m.start(), stop: m.end() });
            prop_assert_eq!(regex.find(text.as_bytes(), from), expected);
            prop_assert_eq!(regex.test(text.as_bytes(), from), expected.is_some());
            let count = regex.matches(text.as_bytes(), from, false).count();
            prop_assert_eq!(regex.count(text.as_bytes(), from), count);
        }
    }

    #[test]
    fn captures_are_those_of_the_crate(pattern in pattern(), text in text()) {
        let oracle = ::regex::Regex::new(&pattern);
        prop_assume!(oracle.is_ok());
        let oracle = oracle.unwrap();
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default()).expect("the same syntax");
        let mut matches = regex.matches(text.as_bytes(), 0, false);
        for captures in oracle.captures_iter(&text) {
            let expected: Vec<_> =
                captures.iter().flat_map(|m| [m.map(|m| m.start()), m.map(|m| m.end())]).collect();
            let slots = matches.next_captures().expect("as many matches");
            let found: Vec<_> = slots.iter().map(|slot| slot.map(|slot| slot.get())).collect();
            prop_assert_eq!(found, expected);
        }
        prop_assert!(matches.next_captures().is_none());
    }

    #[test]
    fn bytes_are_searched_as_the_crate_does(
        pattern in pattern(),
        text in prop::collection::vec(prop::sample::select(&b"ab\xC3\xA9\n\xFF 12"[..]), 0..20),
    ) {
        let oracle = ::regex::bytes::RegexBuilder::new(&pattern).unicode(false).build();
        prop_assume!(oracle.is_ok());
        let oracle = oracle.unwrap();
        let options = PatternOptions { bytes: true, ..PatternOptions::default() };
        let regex = Regex::new(pattern.as_bytes(), &options).expect("the same syntax");
        let expected: Vec<_> = oracle.find_iter(&text).map(|m| (m.start(), m.end())).collect();
        prop_assert_eq!(spans(&regex, &text), expected);
    }

    #[test]
    fn invalid_text_is_searched_and_no_char_is_split(
        pattern in pattern(),
        text in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xC0u8, 0xC0..0xF8u8, Just(b'a')], 0..20),
    ) {
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default());
        prop_assume!(regex.is_ok());
        let regex = regex.unwrap();
        let mut last = 0;
        for (start, stop) in spans(&regex, &text) {
            prop_assert!(last <= start && start <= stop && stop <= text.len());
            prop_assert!(!super::chars::splits(&text, start) || start < stop);
            last = stop;
        }
    }

    #[test]
    fn replacements_are_those_of_the_crate(pattern in pattern(), text in text()) {
        let oracle = ::regex::Regex::new(&pattern);
        prop_assume!(oracle.is_ok());
        let oracle = oracle.unwrap();
        let regex = Regex::new(pattern.as_bytes(), &PatternOptions::default()).expect("the same syntax");
        let mut templates = vec!["", "-", "<$0>", "$$x$0"];
        if regex.groups() > 0 {
            templates.push("[${1}|$0]");
        }
        for template in templates {
            let expected = oracle.replace_all(&text, template);
            prop_assert_eq!(replaced(&regex, text.as_bytes(), template), expected.as_bytes());
        }
    }

    #[test]
    fn no_pattern_and_no_template_panics(pattern in any::<Vec<u8>>(), text in any::<Vec<u8>>(), ascii in "[ -~]{0,12}") {
        for pattern in [&pattern[..], ascii.as_bytes()] {
            let options = PatternOptions { memory_limit: 1 << 16, ..PatternOptions::default() };
            match Regex::new(pattern, &options) {
                Ok(regex) => {
                    let _ = (spans(&regex, &text), Template::new(&text, &regex).is_ok());
                    let _ = Template::new(ascii.as_bytes(), &regex).is_ok();
                }
                Err(error) => prop_assert!(error.offset.is_none_or(|at| at <= pattern.len())),
            }
        }
    }
}

#[test]
fn an_anchored_match_begins_where_the_search_does() {
    let options = PatternOptions { anchored: true, ..PatternOptions::default() };
    let regex = Regex::new(b"a|", &options).unwrap();
    assert_eq!(spans(&regex, b"aab"), [(0, 1), (1, 2)]);
    assert_eq!(regex.find(b"baa", 0), Some(Span { start: 0, stop: 0 }));
    assert_eq!(regex.find(b"baa", 4), None);
}

#[test]
fn a_pattern_is_searched_by_several_threads_at_once() {
    let regex = Regex::new(b"(\\w+)@(\\w+)", &PatternOptions::default()).unwrap();
    let text = "one two@three ".repeat(200);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(regex.matches(text.as_bytes(), 0, false).count(), 200);
                    assert!(regex.matches(text.as_bytes(), 3, false).next_captures().is_some());
                }
            });
        }
    });
}
