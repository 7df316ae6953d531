//! A scan finds the same patterns however its text is divided into chunks: those of `RegexSet::matches` of the whole.

use crate::search::*;
use proptest::prelude::*;

/// Returns the patterns that a scan finds in the chunks, in two ways: all together, and those of each chunk.
fn scanned(scan: &mut Scan, chunks: &[&[u8]]) -> Vec<usize> {
    scan.reset();
    let mut all = Vec::new();
    for (i, chunk) in chunks.iter().enumerate() {
        let new = scan.feed(chunk, i + 1 == chunks.len()).expect("no end before this");
        assert!(new.is_sorted());
        all.extend(new.iter().map(|&id| id as usize));
    }
    assert_eq!(scan.feed(b"", false), Err(ScanFinished));
    all.sort_unstable();
    let matches: Vec<usize> = scan.matches().collect();
    assert_eq!(all, matches);
    matches
}

/// Calls `check` with every division of a text into two and three chunks, and with the whole.
fn each_division(text: &[u8], mut check: impl FnMut(&[&[u8]])) {
    check(&[text]);
    for i in 0..=text.len() {
        check(&[&text[..i], &text[i..]]);
        for j in i..=text.len() {
            check(&[&text[..i], &text[i..j], &text[j..]]);
        }
    }
}

fn found(set: &RegexSet, text: &[u8]) -> Vec<usize> {
    let mut ids = Vec::new();
    set.matches(text, |id| ids.push(id));
    ids
}

/// The end of the first match of a pattern: the shortest prefix of the text whose match need not see more.
fn first_end(pattern: &str, text: &[u8], options: &PatternOptions) -> Option<u64> {
    let engine = regex_automata::meta::Builder::new()
        .configure(options.engine(regex_automata::MatchKind::All).utf8_empty(!options.bytes))
        .build_many_from_hir(&[options.parse(pattern.as_bytes()).unwrap()])
        .unwrap();
    let mut ends: Vec<usize> = Vec::new();
    for start in 0..=text.len() {
        for end in start..=text.len() {
            let input = regex_automata::Input::new(text)
                .range(start..end)
                .anchored(regex_automata::Anchored::Yes);
            // Leftmost in the range may end earlier than the range; each end is a range of its own.
            if engine.find(input).is_some_and(|found| found.end() == end) {
                ends.push(end);
            }
        }
    }
    ends.into_iter().min().map(|end| end as u64)
}

const PIECES: [&str; 30] = [
    "a",
    "b",
    "ab",
    ".",
    "[^a]",
    r"[a-cé]",
    "[0-9]+",
    "a*",
    "(?:a|bc)",
    "^",
    "$",
    "(?m:^)",
    "(?m:$)",
    r"\A",
    r"\z",
    r"(?-u:\b)",
    r"(?-u:\B)",
    "a{2,3}",
    "x+?",
    "é",
    "[α-ω]",
    r"(?-u:\xFF)",
    r"\n",
    r"\r\n",
    "(?i:B)",
    r"\s",
    "b?",
    "(?s:.)",
    r"(?-u:[\x80-\xBF])",
    "",
];

fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4)
        .prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 14] = [
        b"a",
        b"b",
        b"ab",
        b"c",
        b"x",
        "é".as_bytes(),
        "α".as_bytes(),
        b"\xFF",
        b"\xC3",
        b"\x80",
        b"\n",
        b"\r\n",
        b" ",
        b"1",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(32)))]

    #[test]
    fn every_division_finds_what_the_set_finds_in_the_whole(
        patterns in prop::collection::vec(pattern(), 0..5),
        text in text(),
        flags in 0..8_usize,
    ) {
        let options = PatternOptions {
            ignore_case: flags & 1 != 0,
            multi_line: flags & 2 != 0,
            anchored: flags == 4,
            ..PatternOptions::default()
        };
        let list: Vec<&[u8]> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
        let set = RegexSet::new(&list, &options).unwrap();
        let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
        let expected = found(&set, &text);
        let mut ends = None;
        each_division(&text, |chunks| {
            assert_eq!(scanned(&mut scan, chunks), expected, "{patterns:?} in {chunks:?}");
            let now: Vec<_> = (0..set.len()).map(|id| scan.first(id)).collect();
            assert_eq!(*ends.get_or_insert_with(|| now.clone()), now, "{patterns:?} in {chunks:?}");
        });
    }

    #[test]
    fn bytes_without_unicode_are_divided_anywhere(
        patterns in prop::collection::vec(prop::sample::select(&[r"\b", r"\B", "a", ".", "^", "$", r"\w+", "[^a]", ""][..]), 1..5),
        text in text(),
    ) {
        let options = PatternOptions { bytes: true, ..PatternOptions::default() };
        let list: Vec<&[u8]> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
        let set = RegexSet::new(&list, &options).unwrap();
        let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
        each_division(&text, |chunks| assert_eq!(scanned(&mut scan, chunks), found(&set, &text), "{chunks:?}"));
    }

    #[test]
    fn the_first_end_is_that_of_the_earliest_match(pattern in prop::sample::select(&["a", "ab", "a+b", "b{2}", "a$", "[a-cé]1", "x|ab", "(?m:^)b"][..]), text in text()) {
        let options = PatternOptions::default();
        let set = RegexSet::new(&[pattern.as_bytes()], &options).unwrap();
        let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
        each_division(&text, |chunks| {
            scanned(&mut scan, chunks);
            assert_eq!(scan.first(0), first_end(pattern, &text, &options), "{pattern} in {chunks:?}");
        });
    }

    #[test]
    fn literals_are_found_wherever_the_text_is_divided(
        list in prop::collection::vec("[abAB]{1,4}", 0..6),
        text in "[abcAB]{0,12}",
        ignore_case: bool,
        slow: bool,
    ) {
        let items: Vec<&[u8]> = list.iter().map(|item| item.as_bytes()).collect();
        let literals = Literals::new(&items, &LiteralOptions { ignore_case, ..LiteralOptions::default() }).unwrap();
        let fold = |text: &str| if ignore_case { text.to_lowercase() } else { text.to_owned() };
        let whole = fold(&text);
        let expected: Vec<usize> = (0..list.len()).filter(|&id| whole.contains(&fold(&list[id]))).collect();
        // The smaller automaton is chosen where the DFA does not fit.
        let memory_limit = if slow { 1600 } else { 0 };
        let Ok(mut scan) = Scan::of_literals(&literals, &ScanOptions { memory_limit, max_bytes: 0 }) else {
            prop_assert!(slow);
            return Ok(());
        };
        each_division(text.as_bytes(), |chunks| {
            assert_eq!(scanned(&mut scan, chunks), expected, "{list:?} in {chunks:?}");
            for &id in &expected {
                let end = whole.find(&fold(&list[id])).unwrap() + list[id].len();
                assert_eq!(scan.first(id), Some(end as u64));
            }
        });
    }

    #[test]
    fn max_bytes_gives_the_matches_that_end_within_it(text in text(), max in 1..20_u64) {
        let patterns = ["a", "ab", r"(?-u:\b)a", "b$", "[a-cé]+", "c"];
        let list: Vec<&[u8]> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
        let set = RegexSet::new(&list, &PatternOptions::default()).unwrap();
        let mut whole = Scan::of_set(&set, &ScanOptions::default()).unwrap();
        scanned(&mut whole, &[&text]);
        let mut scan = Scan::of_set(&set, &ScanOptions { max_bytes: max, memory_limit: 0 }).unwrap();
        each_division(&text, |chunks| {
            scanned(&mut scan, chunks);
            for id in 0..set.len() {
                assert_eq!(scan.first(id), whole.first(id).filter(|&end| end <= max), "{id} in {chunks:?}, {max}");
            }
            assert_eq!(scan.limited(), text.len() as u64 > max);
        });
    }
}

#[test]
fn a_match_that_nothing_can_change_is_found_in_its_own_chunk() {
    let set =
        RegexSet::new(&[b"abc", b"abc$", br"abc(?-u:\b)"], &PatternOptions::default()).unwrap();
    let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
    assert_eq!(scan.feed(b"ab", false), Ok(&[][..]));
    assert_eq!(scan.feed(b"c", false), Ok(&[0][..]));
    assert_eq!(scan.feed(b".", false), Ok(&[2][..]));
    assert_eq!(scan.feed(b"abc", true), Ok(&[1][..]));
    assert_eq!((scan.first(0), scan.first(1), scan.first(2)), (Some(3), Some(7), Some(3)));
}

#[test]
fn a_unicode_word_boundary_is_refused_with_a_proposal() {
    for pattern in [r"\bcat", r"cat\B", r"\b{start}cat"] {
        let set = RegexSet::new(&[b"dog", pattern.as_bytes()], &PatternOptions::default()).unwrap();
        let error = Scan::of_set(&set, &ScanOptions::default()).err().expect("a refusal");
        assert!(
            error.message.contains("pattern 2 of 2 has a Unicode word boundary")
                && error.message.contains(r"(?-u:\b)")
                && !error.too_big,
            "{error:?}"
        );
    }
    let bytes = PatternOptions { bytes: true, ..PatternOptions::default() };
    assert!(
        Scan::of_set(&RegexSet::new(&[br"\bcat\b"], &bytes).unwrap(), &ScanOptions::default())
            .is_ok()
    );
}

#[test]
fn an_automaton_above_the_limit_is_refused() {
    let set = RegexSet::new(&[b"(?-u:[ab]*a[ab]{20}c)"], &PatternOptions::default()).unwrap();
    let error = Scan::of_set(&set, &ScanOptions::default()).err().expect("a refusal");
    assert!(error.too_big && error.message.contains("takes more than 16777216 bytes"), "{error:?}");
    let small = RegexSet::new(&[b"abc"], &PatternOptions::default()).unwrap();
    assert!(Scan::of_set(&small, &ScanOptions { memory_limit: 100, max_bytes: 0 }).is_err());
    assert!(Scan::of_set(&small, &ScanOptions::default()).is_ok());
    // The automaton is there, and too big for this one all the same.
    assert!(Scan::of_set(&small, &ScanOptions { memory_limit: 100, max_bytes: 0 }).is_err());
    let nested: Vec<String> = (1..3000).map(|len| "a".repeat(len)).collect();
    let nested: Vec<&[u8]> = nested.iter().map(|text| text.as_bytes()).collect();
    let literals = Literals::new(&nested, &LiteralOptions::default()).unwrap();
    assert!(
        Scan::of_literals(&literals, &ScanOptions::default()).err().expect("a refusal").too_big
    );
}

#[test]
fn an_automaton_below_a_huge_limit_requested_memory_for_all_of_it() {
    let options = ScanOptions { memory_limit: usize::MAX, max_bytes: 0 };
    let literals = Literals::new(&[b"two", b"words"], &LiteralOptions::default()).unwrap();
    assert_eq!(scanned(&mut Scan::of_literals(&literals, &options).unwrap(), &[b"two"]), [0]);
    let set = RegexSet::new(&[b"a+b", b"c"], &PatternOptions::default()).unwrap();
    assert_eq!(scanned(&mut Scan::of_set(&set, &options).unwrap(), &[b"aa", b"b"]), [0]);
    // Larger than the first attempt to build it may be.
    let set = RegexSet::new(&[b"(?-u:[ab]*a[ab]{12}c)"], &PatternOptions::default()).unwrap();
    let text = [b"a".as_slice(), &[b'b'; 12], b"c"].concat();
    assert_eq!(scanned(&mut Scan::of_set(&set, &options).unwrap(), &[&text]), [0]);
}

#[test]
fn a_text_in_which_everything_matches_costs_no_more() {
    let text = "ab".repeat(50_000);
    let list: Vec<String> = (1..200).map(|len| "ab".repeat(100)[..len].to_owned() + "x").collect();
    let mut list: Vec<&[u8]> = list.iter().map(|text| text.as_bytes()).collect();
    let whole = "ab".repeat(100);
    list.extend((1..200).map(|len| &whole.as_bytes()[..len]));
    let literals = Literals::new(&list, &LiteralOptions::default()).unwrap();
    let mut scan = Scan::of_literals(&literals, &ScanOptions::default()).unwrap();
    for chunk in text.as_bytes().chunks(1) {
        scan.feed(chunk, false).unwrap();
    }
    assert_eq!(scan.matches().count(), 199);
    // Each of 200 states has up to 100 literals.
    assert!(scan.looked <= 200 * 100, "{}", scan.looked);

    let patterns: Vec<String> = (1..60).map(|n| format!("[ab]{{{n}}}$")).collect();
    let patterns: Vec<&[u8]> = patterns.iter().map(|text| text.as_bytes()).collect();
    let set =
        RegexSet::new(&patterns, &PatternOptions { bytes: true, ..PatternOptions::default() })
            .unwrap();
    let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
    for chunk in text.as_bytes().chunks(1) {
        scan.feed(chunk, false).unwrap();
    }
    assert_eq!(scan.matches().count(), 0);
    assert!(scan.looked <= 60 * 60 && scan.settled.len() <= 61, "{}", scan.looked);
}

#[test]
fn a_reset_takes_no_memory() {
    let set = RegexSet::new(&[b"a", b"b+", b"ab"], &PatternOptions::default()).unwrap();
    let mut scan = Scan::of_set(&set, &ScanOptions::default()).unwrap();
    scanned(&mut scan, &[b"ab", b"bab"]);
    let memory = scan.memory();
    for _ in 0..100 {
        scanned(&mut scan, &[b"ab", b"bab"]);
    }
    assert_eq!(scan.memory(), memory);
    let again = Scan::of_set(&set, &ScanOptions::default()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&scan.automaton, &again.automaton));
}
