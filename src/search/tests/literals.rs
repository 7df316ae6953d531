//! Compares lists of literals with the simplest search, and checks their costs.

use super::*;
use proptest::prelude::*;

/// Returns the hits by trying each literal at each position.
fn plain(list: &[Vec<u8>], options: &LiteralOptions, text: &[u8]) -> Vec<Hit> {
    let (mut at, mut hits) = (0, Vec::new());
    let same = |a: &[u8], b: &[u8]| {
        if options.ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
    };
    while at < text.len() {
        let here = list.iter().enumerate().filter(|(_, literal)| {
            text[at..].get(..literal.len()).is_some_and(|piece| same(piece, literal))
        });
        let best = if options.longest {
            here.min_by_key(|(id, literal)| (usize::MAX - literal.len(), *id))
        } else {
            here.min_by_key(|(id, _)| *id)
        };
        match best {
            Some((id, literal)) => {
                hits.push(Hit { span: Span { start: at, stop: at + literal.len() }, id });
                at += literal.len();
            }
            None => at += 1,
        }
    }
    hits
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"abAB\xC3\xFF"[..]), 1..4)
}

proptest! {
    #[test]
    fn hits_are_those_of_the_plainest_search(
        list in prop_oneof![
            prop::collection::vec(piece(), 0..12),
            prop::collection::vec(piece(), 1..2),
        ],
        text in prop_oneof![
            prop::collection::vec(prop::sample::select(&b"abAB\xC3\xFF"[..]), 0..60),
            // Hits are rare, so that whole lanes are skipped.
            prop::collection::vec(prop::sample::select(&b"ab................................"[..]), 0..400),
        ],
        (ignore_case, longest, memory_limit) in any::<(bool, bool, bool)>(),
    ) {
        let options = LiteralOptions { ignore_case, longest, memory_limit: memory_limit as usize };
        let slices: Vec<&[u8]> = list.iter().map(|literal| &literal[..]).collect();
        let literals = Literals::new(&slices, &options).unwrap();
        let expected = plain(&list, &options, &text);
        prop_assert_eq!(literals.hits(&text, 0).collect::<Vec<_>>(), &expected[..]);
        prop_assert_eq!(literals.find(&text, 0), expected.first().copied());
        prop_assert_eq!(literals.find(&text, text.len() + 1), None);
    }
}

proptest! {
    #[test]
    fn hits_backward_are_those_of_the_plainest_search(
        list in prop::collection::vec(prop::collection::vec(prop::sample::select(&b"abAB"[..]), 1..6), 1..12),
        text in prop::collection::vec(prop::sample::select(&b"abABx"[..]), 0..120),
        (ignore_case, longest) in any::<(bool, bool)>(),
        from in 0..20_usize,
    ) {
        let options = LiteralOptions { ignore_case, longest, memory_limit: 0 };
        let slices: Vec<&[u8]> = list.iter().map(|literal| &literal[..]).collect();
        let literals = Literals::new(&slices, &options).unwrap();
        let (backward, mut window) = (literals.backward().unwrap(), Window::default());
        let (mut at, mut hits) = (0, Vec::new());
        while let Some(hit) = backward.next(&text, at, &mut window) {
            at = hit.span.stop;
            hits.push(hit);
        }
        prop_assert_eq!(hits, plain(&list, &options, &text));
        // A search from anywhere, with a window of another place.
        let expected = literals.find(&text, from.min(text.len()));
        prop_assert_eq!(backward.next(&text, from, &mut Window::default()), expected);
    }
}

#[test]
fn a_long_literal_that_never_ends_is_not_read_for_each_hit() {
    for (len, ignore_case) in [(9_000, false), (9_000, true), (100_000, false), (100_000, true)] {
        let long = b"ab\n".repeat(len / 3);
        let never = [&long[..], b"x"].concat();
        let options = LiteralOptions { ignore_case, ..LiteralOptions::default() };
        let literals = Literals::new(&[&never, b"B\n", b"b"], &options).unwrap();
        // Reading it again for each hit would take some billions of steps.
        let text = b"ab\n".repeat(200_000);
        let since = std::time::Instant::now();
        let hits: Vec<Hit> = literals.hits(&text, 0).collect();
        assert_eq!(hits.len(), 200_000);
        let id = if ignore_case { 1 } else { 2 };
        assert!(
            hits.iter().enumerate().all(|(at, hit)| hit.span.start == 3 * at + 1 && hit.id == id)
        );
        let took = since.elapsed();
        assert!(took < std::time::Duration::from_secs(10), "{len} bytes: {took:?}");
    }
}

#[test]
fn the_size_of_a_dfa_is_predicted_within_a_tenth() {
    // 16 letters and a digit are as many classes plus some gaps: just above a power of two.
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    for (letters, ignore_case) in [(&letters[..16], false), (&letters[..12], true)] {
        let mut seed = 1u32;
        let mut letter = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            letters[seed as usize / 65_536 % letters.len()]
        };
        let words: Vec<[u8; 8]> = (0..1000).map(|_| std::array::from_fn(|_| letter())).collect();
        let list: Vec<&[u8]> = words.iter().map(|word| &word[..]).collect();
        let expected = DfaCost::of(&list, ignore_case).bytes;
        let options = LiteralOptions { ignore_case, ..LiteralOptions::default() };
        let literals = Literals::new(&list, &options).unwrap();
        let Engine::Dfa(dfa) = &literals.engine else { panic!("no DFA") };
        // Its memory apart from the table: its matches, and a few states of its own.
        let rows = dfa.memory_usage() - 32 * list.len();
        assert!(
            rows * 9 / 10 < expected && expected < rows * 11 / 10,
            "{expected} expected, {rows} taken, ignore_case {ignore_case}"
        );
        let options = LiteralOptions { memory_limit: expected - 1, ..options };
        assert!(!Literals::new(&list, &options).unwrap().is_dfa());
        let options = LiteralOptions { memory_limit: expected, ..options };
        assert!(Literals::new(&list, &options).unwrap().is_dfa());
    }
}

/// Whether the time of `work` grows in proportion to the size rather than to its square, which would be 64 times as much
/// for 8 times the size. Several tries and a floor allow for other processes on the machine.
fn grows_in_proportion(size: usize, work: impl Fn(usize)) -> bool {
    let time = |size: usize| {
        let start = std::time::Instant::now();
        work(size);
        start.elapsed()
    };
    let floor = std::time::Duration::from_millis(20);
    (0..6).any(|_| time(8 * size) < 24 * time(size) + floor)
}

fn made(literals: Vec<Vec<u8>>, options: &LiteralOptions) -> Literals {
    let list: Vec<&[u8]> = literals.iter().map(|literal| &literal[..]).collect();
    Literals::new(&list, options).unwrap()
}

#[test]
fn a_periodic_literal_is_made_in_linear_time() {
    let periodic = |size| b"ab\n".repeat(size / 3);
    let with_end = |size: usize, end: u8| {
        let mut literal = periodic(size);
        literal.push(end);
        literal
    };
    for ignore_case in [false, true] {
        for longest in [false, true] {
            let options = LiteralOptions { ignore_case, longest, memory_limit: 0 };
            let linear = |kind: &str, list: &dyn Fn(usize) -> Vec<Vec<u8>>| {
                let linear = grows_in_proportion(8000, |size| drop(made(list(size), &options)));
                assert!(linear, "{kind}, {options:?}");
            };
            linear("one", &|size| vec![periodic(size)]);
            linear("a shared prefix", &|size| (0..4).map(|n| with_end(size / 4, n)).collect());
            linear("a shared suffix", &|size| {
                (0..4u8).map(|n| [&[n][..], &periodic(size / 4)].concat()).collect()
            });
        }
    }
}

#[test]
fn the_cost_of_a_dfa_is_bounded_for_any_list() {
    let periodic = |len: usize| b"ab".iter().copied().cycle().take(len).collect::<Vec<u8>>();
    let options = LiteralOptions::default();
    for (len, dfa) in [(63, true), (64, true), (65, false)] {
        let (one, two) = (periodic(len), b"x".to_vec());
        assert_eq!(Literals::new(&[&one, &two], &options).unwrap().is_dfa(), dfa, "{len} bytes");
    }
    // Many literals of the maximum length: below the memory limit, but each prefix has a long chain.
    let many: Vec<Vec<u8>> =
        (0..9000u32).map(|n| [&n.to_le_bytes()[..3], &periodic(61)].concat()).collect();
    let list: Vec<&[u8]> = many.iter().map(|literal| &literal[..]).collect();
    let cost = DfaCost::of(&list, false);
    assert!(cost.steps > MAX_DFA_STEPS);
    let options = LiteralOptions { memory_limit: usize::MAX, ..options };
    assert!(!Literals::new(&list, &options).unwrap().is_dfa());
}

#[test]
fn duplicate_literals_take_no_extra_memory() {
    let mut list = vec![&b"a"[..]; 2000];
    let long = b"ba".repeat(5000);
    list.insert(1, b"A");
    list.push(&long);
    for ignore_case in [false, true] {
        let options = LiteralOptions { longest: true, ignore_case, memory_limit: 0 };
        let literals = Literals::new(&list, &options).unwrap();
        // 2,000 matches of 4 bytes in each of 10,000 states would be 80 MB.
        assert!(literals.memory() < 2 << 20, "{} bytes", literals.memory());
        assert_eq!(literals.len(), 2002);
        assert_eq!(literals.find(b"xa", 0).unwrap().id, 0);
        assert_eq!(literals.find(b"xA", 0).map(|hit| hit.id), Some(1 - usize::from(ignore_case)));
        assert_eq!(literals.find(&[b"b", &long[..]].concat(), 0).unwrap().id, 2001);
    }
}

#[test]
fn a_hit_at_each_place_of_a_text_is_found_whatever_lane_it_is_in() {
    // Enough first bytes that no prefilter is used.
    let others: Vec<[u8; 2]> = (0..200).map(|n| [b'A' + n / 8, b'0' + n % 8]).collect();
    let mut list = vec![&b"abc"[..]];
    list.extend(others.iter().map(|other| &other[..]));
    let literals = Literals::new(&list, &LiteralOptions::default()).unwrap();
    let Engine::Dfa(dfa) = &literals.engine else { panic!("no DFA") };
    assert!(dfa.prefilter().is_none());
    for at in 0..398 {
        let mut text = [b'.'; 400];
        text[at..at + 3].copy_from_slice(b"abc");
        for from in [0, at.saturating_sub(1), at] {
            let hit = literals.find(&text, from).map(|hit| (hit.span.start, hit.id));
            assert_eq!(hit, Some((at, 0)), "from {from}");
        }
        assert_eq!(literals.find(&text, at + 1), None);
        // The first one wins, though a later one is in an earlier step of another lane.
        if at + 10 < 398 {
            text[at + 10..at + 12].copy_from_slice(b"B3");
            assert_eq!(literals.find(&text, 0).unwrap().span.start, at);
        }
    }
}

#[test]
fn a_long_literal_that_almost_matches_everywhere_is_searched_for_in_linear_time() {
    // Comparing the whole literal at each candidate would take 8,000 steps for each byte.
    let (x, y) = ([&b"a".repeat(8000)[..], b"x"].concat(), [&b"a".repeat(8000)[..], b"y"].concat());
    let literals = Literals::new(&[&x, &y], &LiteralOptions::default()).unwrap();
    assert!(grows_in_proportion(20_000, |size| {
        assert_eq!(literals.find(&b"a".repeat(size), 0), None);
    }));
}

#[test]
fn an_empty_literal_is_refused() {
    let error = Literals::new(&[b"a", b""], &LiteralOptions::default()).err().unwrap();
    assert!(error.message.contains("literal 2 of 2"), "{}", error.message);
}
