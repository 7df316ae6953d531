use super::*;
use std::time::{Duration, Instant};

/// The cost of a shortest edit script, by dynamic programming.
fn shortest(a: &[u8], b: &[u8]) -> u32 {
    let (a, b) = (Lines::new(a).unwrap(), Lines::new(b).unwrap());
    let mut row: Vec<u32> = (0..=b.len() as u32).collect();
    for i in 0..a.len() {
        let mut corner = std::mem::replace(&mut row[0], i as u32 + 1);
        for j in 0..b.len() {
            let best = match a.get(i) == b.get(j) {
                true => corner,
                false => 1 + row[j].min(row[j + 1]),
            };
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}

#[test]
fn hunks_turn_the_first_text_into_the_second() {
    let mut random = Random(1);
    for round in 0..6000 {
        let letters = [1, 2, 3, 5, 25][round % 5];
        let len = random.below([8, 40, 200][round % 3]);
        let a = random.text(len, letters);
        let b = match round % 2 {
            0 => {
                let len = random.below(40);
                random.text(len, letters)
            }
            _ => {
                let edits = random.below(6);
                random.edited(&a, edits, letters)
            }
        };
        for algorithm in ALGORITHMS {
            for indent_heuristic in [false, true] {
                let options = DiffOptions { indent_heuristic, ..with(algorithm) };
                let diff = diff(&a, &b, &options, &Limits::default()).unwrap();
                assert!(diff.exact);
                assert_in_order(&diff.hunks);
                assert!(applied(&a, &b, &diff.hunks) == b, "{a:?} {b:?} {options:?} {diff:?}");
            }
        }
    }
}

#[test]
fn minimal_costs_what_dynamic_programming_finds() {
    let mut random = Random(2);
    for round in 0..3000 {
        let letters = [2, 3, 4, 8][round % 4];
        let (a_len, b_len) = (random.below(30), random.below(30));
        let (a, b) = (random.text(a_len, letters), random.text(b_len, letters));
        let one = diff(&a, &b, &with(Algorithm::Minimal), &Limits::default()).unwrap();
        assert_eq!(cost(&one.hunks), shortest(&a, &b), "{a:?} {b:?} {one:?}");
        let other = diff(&b, &a, &with(Algorithm::Minimal), &Limits::default()).unwrap();
        assert_eq!(cost(&one.hunks), cost(&other.hunks));
    }
    // Longer than the cut-off, which must not apply.
    let (a, b) = (random.text(900, 3), random.text(900, 3));
    let found = diff(&a, &b, &with(Algorithm::Minimal), &Limits::default()).unwrap();
    assert_eq!(cost(&found.hunks), shortest(&a, &b));
}

#[test]
fn texts_above_the_cut_off_are_compared() {
    let mut random = Random(3);
    for letters in [2, 3, 24] {
        let (a, b) = (random.text(3000, letters), random.text(2500, letters));
        for algorithm in [Algorithm::Histogram, Algorithm::Myers] {
            let found = diff(&a, &b, &with(algorithm), &Limits::default()).unwrap();
            assert_in_order(&found.hunks);
            assert!(applied(&a, &b, &found.hunks) == b);
            // As git: the cut-off costs up to a third on texts of two different lines.
            assert!(cost(&found.hunks) < shortest(&a, &b) * 3 / 2);
        }
    }
}

fn of(a: &[u8], b: &[u8], options: &DiffOptions) -> Vec<[u32; 4]> {
    let found = diff(a, b, options, &Limits::default()).unwrap();
    found
        .hunks
        .iter()
        .map(|hunk| [hunk.a_first, hunk.a_count, hunk.b_first, hunk.b_count])
        .collect()
}

#[test]
fn the_ends_of_texts() {
    let options = DiffOptions::default();
    type Case<'a> = (&'a [u8], &'a [u8], &'a [[u32; 4]]);
    let cases: [Case; 10] = [
        (b"", b"", &[]),
        (b"a", b"a", &[]),
        (b"", b"a\n", &[[0, 0, 0, 1]]),
        (b"a\nb\n", b"", &[[0, 2, 0, 0]]),
        (b"a\nb", b"a\nb\n", &[[1, 1, 1, 1]]),
        (b"x\n", b"y x\n", &[[0, 1, 0, 1]]),
        (b"a\nx", b"x", &[[0, 1, 0, 0]]),
        (b"\n\n", b"\n\n\n", &[[2, 0, 2, 1]]),
        (b"a\0b\n", b"a\0c\n", &[[0, 1, 0, 1]]),
        (b"a\nb\nc\n", b"a\nc\n", &[[1, 1, 1, 0]]),
    ];
    for (a, b, hunks) in cases {
        assert_eq!(of(a, b, &options), hunks, "{a:?} {b:?}");
    }
}

#[test]
fn ignored_differences() {
    let plain = DiffOptions::default();
    let space = |ignore_space| DiffOptions { ignore_space, ..plain };
    let (case, eol) =
        (DiffOptions { ignore_case: true, ..plain }, DiffOptions { ignore_eol: true, ..plain });
    let (trailing, amount, all) = (space(Space::Trailing), space(Space::Amount), space(Space::All));
    type Case<'a> = (&'a [u8], &'a [u8], &'a [DiffOptions], &'a [DiffOptions]);
    let cases: [Case; 8] = [
        (b"a\r\n", b"a\n", &[eol, trailing, amount, all], &[plain, case]),
        (b"a", b"a\n", &[eol, trailing, amount, all], &[plain, case]),
        (b"a \t\n", b"a\n", &[trailing, amount, all], &[plain, eol]),
        (b"a  b\n", b"a\tb\n", &[amount, all], &[plain, trailing]),
        (b" a\n", b"a\n", &[all], &[plain, trailing, amount]),
        (b"ab\n", b"a b\n", &[all], &[amount]),
        (b"\xC3\x84b\n", b"\xC3\xA4B\n", &[case], &[plain, all]),
        (b"\r\r\n", b"\n", &[trailing, amount, all], &[eol]),
    ];
    for (a, b, equal, different) in cases {
        for options in equal {
            assert!(of(a, b, options).is_empty(), "{a:?} {b:?} {options:?}");
            let (a, b) = ([b"x\n", a].concat(), [b"y\n", b].concat());
            assert_eq!(of(&a, &b, options), [[0, 1, 0, 1]]);
        }
        for options in different {
            assert_eq!(of(a, b, options), [[0, 1, 0, 1]], "{a:?} {b:?} {options:?}");
        }
    }
}

#[test]
fn a_hunk_slides_down_into_the_common_end() {
    let plain = DiffOptions { indent_heuristic: false, ..DiffOptions::default() };
    // The middle of the second text ends with a line that is the first one of the common end.
    assert_eq!(of(b"1\nk\nu\nz\n", b"2\nk\nu\nu\nz\n", &plain), [[0, 1, 0, 1], [3, 0, 3, 1]]);
    let (a, b) = (b"f {\n  x\n}\n\ng {\n}\n", b"f {\n  x\n}\n\nh {\n  x\n}\n\ng {\n}\n");
    assert_eq!(of(a, b, &plain), [[4, 0, 4, 4]]);
    assert_eq!(of(a, b, &DiffOptions::default()), [[4, 0, 4, 4]]);
}

#[test]
fn a_deadline_returns_valid_hunks() {
    let mut random = Random(4);
    let (a, b) = (random.text(5000, 20), random.text(5000, 20));
    let limits = Limits { deadline: Some(Instant::now()), ..Limits::default() };
    for algorithm in ALGORITHMS {
        let found = diff(&a, &b, &with(algorithm), &limits).unwrap();
        assert!(!found.exact);
        assert!(applied(&a, &b, &found.hunks) == b);
    }
    // The deadline passes in the middle.
    let soon = Some(Instant::now() + Duration::from_millis(5));
    let limits = Limits { deadline: soon, ..Limits::default() };
    let (a, b) = (random.text(40_000, 2), random.text(40_000, 2));
    let found = diff(&a, &b, &with(Algorithm::Minimal), &limits).unwrap();
    assert!(!found.exact);
    assert_in_order(&found.hunks);
    assert!(applied(&a, &b, &found.hunks) == b);
}

#[test]
fn a_comparison_can_be_cancelled_and_is_bounded() {
    let mut random = Random(5);
    let (a, b) = (random.text(5000, 20), random.text(5000, 20));
    let limits = Limits { is_cancelled: &|| true, ..Limits::default() };
    let cancelled = diff(&a, &b, &DiffOptions::default(), &limits);
    assert_eq!(cancelled, Err(DiffError::Cancelled));
    let limits = Limits { memory_limit: 100_000, ..Limits::default() };
    let refused = diff(&a, &b, &DiffOptions::default(), &limits).unwrap_err();
    assert_eq!(refused.to_string(), "memory limit of 100000 bytes reached");
    // Equal texts need no memory.
    assert!(diff(&a, &a, &DiffOptions::default(), &limits).unwrap().hunks.is_empty());
}
