//! A stream's output is the same however its text is divided into chunks, and equals the output of one chunk.

use crate::search::*;
use proptest::prelude::*;
use std::sync::Arc;

/// Returns the output of a stream for the chunks.
fn streamed(stream: Option<Stream>, chunks: &[&[u8]]) -> Result<Vec<u8>, StreamError> {
    let mut stream = stream.expect("a stream that can be");
    let mut bytes = Vec::new();
    let mut fed = 0;
    for chunk in chunks {
        let mut out = Output::new(&mut bytes);
        stream.feed(chunk, &mut out)?;
        out.keep();
        fed += chunk.len();
        assert!(stream.memory() < 1 << 20, "the stream holds too much");
        // No replacement in these tests makes text shorter by more than the match itself.
        assert!(fed <= bytes.len() + stream.hold_back() + stream.count() as usize * 64);
    }
    let mut out = Output::new(&mut bytes);
    stream.finish(&mut out)?;
    out.keep();
    assert_eq!(stream.finish(&mut Output::new(&mut Vec::new())), Err(StreamError::Finished));
    assert_eq!(stream.feed(b"", &mut Output::new(&mut Vec::new())), Err(StreamError::Finished));
    Ok(bytes)
}

/// Returns the text cut at the given places, which are taken modulo its length.
fn cut<'t>(text: &'t [u8], places: &[usize]) -> Vec<&'t [u8]> {
    let mut places: Vec<usize> = places.iter().map(|place| place % (text.len() + 1)).collect();
    places.sort_unstable();
    let (mut chunks, mut from) = (Vec::new(), 0);
    for place in places {
        chunks.push(&text[from..place]);
        from = place;
    }
    chunks.push(&text[from..]);
    chunks
}

fn replaced(regex: &Regex, template: &Template, text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = Output::new(&mut bytes);
    Replacer { regex, template, limit: usize::MAX }.replace(text, &mut out).expect("memory");
    out.keep();
    bytes
}

fn template(regex: &Regex) -> Template {
    let template = if regex.groups() > 0 { "<$1|$0>" } else { "<$0>" };
    Template::new(template.as_bytes(), regex).expect("a template")
}

/// Pieces of patterns without an unbounded repetition.
const BOUNDED: [&str; 22] = [
    "a",
    "b",
    "ab",
    ".",
    "\\w",
    "\\b",
    "\\B",
    "^",
    "$",
    "(a)",
    "(b|)",
    "(?:ab){0,3}",
    "a?",
    "a{1,4}?",
    "[ab]",
    "[^a]",
    "é",
    "|",
    "\\z",
    "(?m:^)",
    "(?m:$)",
    "\\A",
];
const PIECES: [&str; 11] = ["a", "b", "ab", "é", " ", "\n", "12", "😀", "\r\n", "x", "\u{301}"];

fn text(pieces: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(0x80..0xF5u8, 1..3),
    ];
    prop::collection::vec(piece, pieces).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(300)))]

    #[test]
    fn every_split_of_a_small_text_gives_the_output_of_one_piece(
        pieces in prop::collection::vec(prop::sample::select(BOUNDED.to_vec()), 0..5),
        text in text(0..10),
    ) {
        let regex = Arc::new(Regex::new(pieces.concat().as_bytes(), &PatternOptions::default()).unwrap());
        let expected = replaced(&regex, &template(&regex), &text);
        for at in 0..=text.len() {
            let stream = Stream::regex(Arc::clone(&regex), template(&regex), None, u64::MAX);
            let (a, b) = text.split_at(at);
            prop_assert_eq!(streamed(stream, &[a, b]).unwrap(), &expected[..], "at {}", at);
        }
        let stream = Stream::regex(Arc::clone(&regex), template(&regex), None, u64::MAX);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(streamed(stream, &bytes).unwrap(), expected);
    }

    #[test]
    fn any_split_of_a_large_text_gives_the_output_of_one_piece(
        pieces in prop::collection::vec(prop::sample::select(BOUNDED.to_vec()), 1..5),
        text in text(100..300),
        times in prop::sample::select(vec![1usize, 100]),
        places in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let text = text.repeat(times);
        let regex = Arc::new(Regex::new(pieces.concat().as_bytes(), &PatternOptions::default()).unwrap());
        let expected = replaced(&regex, &template(&regex), &text);
        let stream = Stream::regex(Arc::clone(&regex), template(&regex), None, u64::MAX);
        prop_assert!(streamed(stream, &cut(&text, &places)).unwrap() == expected);
    }

    #[test]
    fn patterns_without_a_longest_match_do_so_within_the_declared_one(
        pieces in prop::collection::vec(prop::sample::select(vec!["a+", "\\w*", "(b)*?", "[^ ]+", " ", "\\b", "a", ".*", "x|", "$", "\n"]), 1..4),
        text in text(0..40),
        places in prop::collection::vec(any::<usize>(), 0..6),
        longest in 1..20usize,
    ) {
        let regex = Arc::new(Regex::new(pieces.concat().as_bytes(), &PatternOptions::default()).unwrap());
        let stream = || Stream::regex(Arc::clone(&regex), template(&regex), Some(longest), u64::MAX);
        let one = streamed(stream(), &[&text]);
        prop_assert_eq!(streamed(stream(), &cut(&text, &places)), one.clone());
        prop_assert_eq!(streamed(stream(), &text.chunks(1).collect::<Vec<_>>()), one.clone());
        // Where the whole text is within reach, no match can be cut off.
        let exact = replaced(&regex, &template(&regex), &text);
        let all_short = regex.matches(&text, 0, false).all(|span| span.stop - span.start <= longest);
        if text.len() <= 2 * longest && all_short {
            prop_assert_eq!(one.unwrap(), exact);
        }
    }

    #[test]
    fn literals_do_so(
        list in prop::collection::vec(prop::collection::vec(prop::sample::select(&b"abc"[..]), 1..5), 0..8),
        text in prop::collection::vec(prop::sample::select(&b"abc"[..]), 0..60),
        places in prop::collection::vec(any::<usize>(), 0..6),
        longest in any::<bool>(),
        limit in prop::sample::select(vec![u64::MAX, 0, 2]),
    ) {
        let list: Vec<&[u8]> = list.iter().map(|literal| &literal[..]).collect();
        let options = LiteralOptions { longest, ..LiteralOptions::default() };
        let literals = Arc::new(Literals::new(&list, &options).unwrap());
        let texts: Vec<String> = (0..list.len()).map(|id| format!("<{id}>")).collect();
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let mut expected = Vec::new();
        let mut out = Output::new(&mut expected);
        literals.replace(&text, &texts, limit.try_into().unwrap_or(usize::MAX), &mut out).unwrap();
        out.keep();
        let stream = || Some(Stream::literals(Arc::clone(&literals), &texts, limit));
        for at in 0..=text.len() {
            let (a, b) = text.split_at(at);
            prop_assert_eq!(streamed(stream(), &[a, b]).unwrap(), &expected[..]);
        }
        prop_assert_eq!(streamed(stream(), &cut(&text, &places)).unwrap(), expected);
    }
}

#[test]
fn a_match_that_is_longer_than_declared_ends_the_stream_wherever_it_is_cut() {
    let regex = Arc::new(Regex::new(b"a+", &PatternOptions::default()).unwrap());
    let text = [&b"xx a aaa "[..], &b"a".repeat(11), b" a"].concat();
    for at in 0..=text.len() {
        let stream = Stream::regex(Arc::clone(&regex), Template::literal(b"-"), Some(10), u64::MAX);
        let (a, b) = text.split_at(at);
        assert_eq!(streamed(stream, &[a, b]), Err(StreamError::Overlong(9)));
        let stream = Stream::regex(Arc::clone(&regex), Template::literal(b"-"), Some(11), u64::MAX);
        assert_eq!(streamed(stream, &[a, b]).unwrap(), b"xx - - - -");
    }
}

#[test]
fn a_match_must_end_within_twice_the_declared_maximum() {
    let regex = Arc::new(Regex::new(b"<[^>]*>", &PatternOptions::default()).unwrap());
    let stream = || Stream::regex(Arc::clone(&regex), Template::literal(b"-"), Some(8), u64::MAX);
    let text = [&b"<a> < "[..], &b"x".repeat(30), b"> <b>"].concat();
    let expected = [&b"- < "[..], &b"x".repeat(30), b"> -"].concat();
    for at in 0..=text.len() {
        let (a, b) = text.split_at(at);
        assert_eq!(streamed(stream(), &[a, b]).unwrap(), expected, "{at}");
    }
    // Each `<` begins a match that is too long to be one, until the end is within reach: 16 bytes from there.
    let text = [&b"<".repeat(50000)[..], b">"].concat();
    for at in [0, 1, 100, 49980, 49999, 50000, 50001] {
        let (a, b) = text.split_at(at);
        assert_eq!(streamed(stream(), &[a, b]), Err(StreamError::Overlong(50001 - 16)), "{at}");
    }
}

#[test]
fn invalid_options_of_a_stream_are_refused() {
    let regex = |pattern: &[u8], anchored| {
        let options = PatternOptions { anchored, ..PatternOptions::default() };
        Arc::new(Regex::new(pattern, &options).unwrap())
    };
    let text = || Template::literal(b"");
    assert!(Stream::regex(regex(b"a+", false), text(), None, 0).is_none());
    assert!(Stream::regex(regex(b"a+", false), text(), Some(MAX_TEXT_BYTES + 1), 0).is_none());
    assert!(Stream::regex(regex(b"a", true), text(), None, 0).is_none());
    assert!(Stream::regex(regex(b"[a&&b]", false), text(), None, 0).is_some());
    let stream = Stream::regex(regex(b"a{5}", false), text(), None, 0).unwrap();
    assert_eq!(stream.hold_back(), 8);
}

#[test]
fn a_match_after_one_that_is_too_long_is_found_wherever_the_search_stops() {
    let regex = Regex::new(b"ay*z", &PatternOptions::default()).unwrap();
    let regex = Arc::new(regex);
    for gap in 0..400 {
        let before = [&b"a"[..], &[b'y'; 50], b"z", &vec![b'.'; gap]].concat();
        let behind = [b'.'; 500];
        let text = [&before[..], b"ayyz", &behind].concat();
        let stream = Stream::regex(Arc::clone(&regex), template(&regex), Some(10), u64::MAX);
        let expected = [&before[..], b"<ayyz>", &behind].concat();
        assert_eq!(streamed(stream, &[&text]).as_deref(), Ok(&expected[..]), "gap of {gap}");
    }
}
