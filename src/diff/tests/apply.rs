//! Hunks applied and taken back.

use super::support::{Random, diff, lines};
use crate::diff::Lines;
use crate::diff::apply::{ApplyError, apply};

/// Applies a hunk, or all, of the diff of `a` and `b` to a text.
fn run(
    text: &str,
    a: &str,
    b: &str,
    only: Option<usize>,
    reverse: bool,
) -> Result<String, ApplyError> {
    let (a, b) = (lines(a), lines(b));
    let mut out = b"before:".to_vec();
    let done = apply(text.as_bytes(), (&a, &b), &diff(&a, &b), only, reverse, &mut out);
    let out = String::from_utf8(out).expect("the texts are UTF-8");
    let result = out.strip_prefix("before:").expect("it is kept").to_owned();
    match done {
        Ok(()) => Ok(result),
        Err(error) => {
            assert_eq!(result, "", "nothing is half done");
            Err(error)
        }
    }
}

#[test]
fn all_hunks_make_the_second_text_and_the_reverse_makes_the_first() {
    let mut random = Random(3);
    for _ in 0..200 {
        let a = {
            let count = random.below(30);
            random.text(count)
        };
        let b = random.edited(&a, 5);
        assert_eq!(run(&a, &a, &b, None, false).as_deref(), Ok(&*b));
        assert_eq!(run(&b, &a, &b, None, true).as_deref(), Ok(&*a));
    }
}

#[test]
fn hunks_applied_from_the_last_to_the_first_make_the_second_text() {
    let mut random = Random(4);
    for _ in 0..100 {
        // More lines than contexts touch.
        let a = random.text(200);
        let b = random.edited(&a, 3);
        let count = diff(&lines(&a), &lines(&b)).len();
        let mut text = a.clone();
        let near = diff(&lines(&a), &lines(&b))
            .windows(2)
            .any(|pair| u64::from(pair[1].a_first) - pair[0].a_stop() < 3);
        if near {
            continue;
        }
        for index in (0..count).rev() {
            text = run(&text, &a, &b, Some(index), false).expect("it fits");
        }
        assert_eq!(text, b);
    }
}

#[test]
fn a_hunk_of_a_changed_text_fits_where_its_lines_and_context_are_unchanged() {
    let a = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let b = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
    let mismatch = |text: &str| match run(text, a, b, Some(0), false) {
        Err(ApplyError::Mismatch { hunk: 0, line }) => line,
        other => panic!("{other:?}"),
    };
    let changed = a.replace("1\n", "one\n").replace("9\n", "nine");
    let result = changed.replace("5", "five");
    assert_eq!(run(&changed, a, b, Some(0), false), Ok(result));
    for line in 1..8 {
        let number = (line + 1).to_string();
        assert_eq!(mismatch(&a.replace(&number, "other")), line);
    }
    // Too short, and shifted.
    assert_eq!(mismatch("1\n2\n3\n4\n5\n6\n"), 6);
    assert_eq!(mismatch(&format!("0\n{a}")), 1);
    assert_eq!(mismatch(""), 1);
}

#[test]
fn a_hunk_at_the_end_fits_only_at_the_end() {
    let (a, b) = ("1\n2\n", "1\n2\n3\n");
    let error = run("1\n2\nmore\n", a, b, Some(0), false);
    assert_eq!(error, Err(ApplyError::Mismatch { hunk: 0, line: 2 }));
    let error = run("1\n2", a, b, Some(0), false);
    assert_eq!(error, Err(ApplyError::Mismatch { hunk: 0, line: 1 }));
}

#[test]
fn a_hunk_that_does_not_fit_among_others_leaves_nothing() {
    let a = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let b = "one\n2\n3\n4\n5\n6\n7\n8\nnine\n";
    let text = a.replace('8', "eight");
    let error = run(&text, a, b, None, false);
    assert_eq!(error, Err(ApplyError::Mismatch { hunk: 1, line: 7 }));
}

#[test]
fn a_line_gets_a_line_feed_before_lines_that_follow_it() {
    // As if white space did not matter.
    let (a, b): (Lines<'_>, Lines<'_>) = (lines("x"), lines("x\ny"));
    let hunk = crate::diff::Hunk { a_first: 1, a_count: 0, b_first: 1, b_count: 1 };
    let mut out = Vec::new();
    assert_eq!(apply(b"x", (&a, &b), &[hunk], None, false, &mut out), Ok(()));
    assert_eq!(out, b"x\ny");
}
