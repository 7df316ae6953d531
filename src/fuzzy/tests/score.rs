//! Tests of scores that fzf cannot confirm: typos, columns, invalid UTF-8, and sizes.

use crate::fuzzy::fzf::bonus::{BOUNDARY, CAMEL, FIRST, GAP_START, MATCH};
use crate::fuzzy::fzf::brute_force::{Row, rank};
use crate::fuzzy::fzf::query::{Case, Query, QueryOptions};
use crate::fuzzy::fzf::score::{Scheme, Scorer, TYPO, length};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

fn query(text: &str, options: QueryOptions) -> Query {
    Query::new(text.as_bytes(), options)
}

fn score(item: &[u8], text: &str, options: QueryOptions) -> Option<i32> {
    Scorer::new(Scheme::Default).score(&query(text, options), item)
}

fn positions(item: &[u8], text: &str, options: QueryOptions) -> Option<Vec<u32>> {
    let all = 0..item.len() as u32;
    let mut positions = Vec::new();
    let query = query(text, options);
    Scorer::new(Scheme::Default).positions(&query, item, &[all], &mut positions)?;
    Some(positions)
}

const PLAIN: QueryOptions = QueryOptions { case: Case::Smart, normalize: false, typos: 0 };
const TYPOS: QueryOptions = QueryOptions { typos: 2, ..PLAIN };
const ACCENTS: QueryOptions = QueryOptions { normalize: true, ..PLAIN };

#[test]
fn typos_rank_below_what_has_none() {
    for (item, text, typos) in [
        ("config", "config", 0),
        ("config", "confug", 1),
        ("config", "cofnig", 1),
        ("config", "configg", 1),
        ("src/fuzzy/session.rs", "fuzzysesssion", 1),
        ("configuration", "cnofigurtaion", 2),
    ] {
        let with = score(item.as_bytes(), text, TYPOS).unwrap();
        assert_eq!(-with.div_euclid(TYPO), typos, "{text}: {with}");
        let without = score(item.as_bytes(), text, PLAIN);
        assert_eq!(without.is_some(), typos == 0, "{text}");
    }
    // One of four characters of a term may be missing, or two of eight.
    assert_eq!(score(b"configuration", "cnofgqi", TYPOS), None);
    assert_eq!(score(b"abc", "abx", TYPOS), None);
    assert!(score(b"abc", "abcx", TYPOS).is_some());
    assert_eq!(score(b"abc", "'abcx", TYPOS), None);
    assert!(score(b"abc", "!abcx", TYPOS).is_some());
    let items: [&[u8]; 3] = [b"config", b"a-very-long-c-o-n-f-i-g-g", b"nothing"];
    let rows = rank(&mut Scorer::new(Scheme::Default), &query("configg", TYPOS), items);
    assert_eq!(rows.iter().map(|row| row.index).collect::<Vec<_>>(), [1, 0]);
    assert!(rows[1].score < 0 && rows[0].score > 0);
    assert_eq!(positions(b"x config", "configg", TYPOS).unwrap(), [2, 3, 4, 5, 6, 7]);
}

/// Returns the minimum number of characters to remove from the term for the rest to match.
fn lacking(item: &[u8], term: &[u8]) -> usize {
    let mut common = vec![0; term.len() + 1];
    for a in item {
        let mut diagonal = 0;
        for (at, b) in term.iter().enumerate() {
            let above = common[at + 1];
            common[at + 1] = if a == b { diagonal + 1 } else { above.max(common[at]) };
            diagonal = above;
        }
    }
    term.len() - common[term.len()]
}

/// Runs a test over generated cases, and asserts that at least one in four compared something.
fn over<S: Strategy>(cases: S, compared: impl Fn(S::Value) -> Result<bool, TestCaseError>) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let (count, mut runner) = (Cell::new(0), TestRunner::new(config));
    let test = |case| {
        count.set(count.get() + u32::from(compared(case)?));
        Ok(())
    };
    runner.run(&cases, test).unwrap_or_else(|why| panic!("{why}"));
    assert!(count.get() >= runner.config().cases / 4, "only {} cases", count.get());
}

#[test]
fn as_many_typos_as_have_to_be() {
    over(("[abc/]{8,60}", "[abc]{1,13}"), |(item, term): (String, String)| {
        let options = QueryOptions { typos: 3, ..PLAIN };
        let allowed = (term.len() / 4).min(3);
        let least = lacking(item.as_bytes(), term.as_bytes());
        let found = score(item.as_bytes(), &term, options);
        prop_assert_eq!(found.is_some(), least <= allowed);
        let Some(found) = found else { return Ok(false) };
        prop_assert_eq!(-found.div_euclid(TYPO), least as i32);
        let positions = positions(item.as_bytes(), &term, options).unwrap();
        prop_assert_eq!(positions.len(), term.len() - least);
        Ok(true)
    });
}

/// The matched characters spell the term, whatever the bytes around them.
#[test]
fn positions_spell_the_term() {
    let parts: [&[u8]; 11] =
        [b"a", b"a", b"a", b"B", b"B", b"/", "é".as_bytes(), b"\xFF", b"\xC3", b"\0", b"Z"];
    let part = prop::sample::select(parts.to_vec());
    let item = prop::collection::vec(part, 0..40).prop_map(|parts: Vec<&[u8]>| parts.concat());
    over((item, "[abé]{1,4}"), |(item, term): (Vec<u8>, String)| {
        let Some(positions) = positions(&item, &term, PLAIN) else { return Ok(false) };
        prop_assert!(positions.is_sorted_by(|a, b| a < b));
        let spelt: String = positions
            .iter()
            .map(|&at| match item[at as usize] {
                byte @ 0..0x80 => char::from(byte.to_ascii_lowercase()),
                _ => 'é',
            })
            .collect();
        prop_assert_eq!(spelt, term);
        Ok(true)
    });
}

proptest! {
    /// As a fuzzy term, a substring scores at least the sum of its characters without bonuses.
    #[test]
    fn exact_is_one_way_to_match(item in "[abAB/ _.1]{0,20}", term in "[ab/1]{1,5}") {
        let fuzzy = score(item.as_bytes(), &term, PLAIN);
        let exact = score(item.as_bytes(), &format!("'{term}"), PLAIN);
        prop_assert_eq!(exact.is_some(), item.to_lowercase().contains(&term));
        prop_assert!(exact.map(|_| MATCH * term.len() as i32) <= fuzzy);
        prop_assert_eq!(fuzzy.is_none(), score(item.as_bytes(), &format!("!'{term}"), PLAIN).is_some());
    }
}

/// fzf ranks the same way: `xABB` before `AbABB` for the fuzzy term, but not for the exact one.
#[test]
fn a_way_that_begins_better_hides_one_that_ends_better() {
    let together = MATCH * 3 + CAMEL * FIRST + CAMEL * 2;
    assert_eq!(score(b"AbABB", "'abb", PLAIN), Some(together));
    assert_eq!(score(b"xABB", "abb", PLAIN), Some(together));
    let apart = MATCH * 3 + (BOUNDARY + 2) * (FIRST + 1) + GAP_START;
    assert_eq!(score(b"AbABB", "abb", PLAIN), Some(apart));
}

#[test]
fn words() {
    for (item, text, found) in [
        ("a-foo-b", "'foo'", Some(2)),
        ("foo", "'foo'", Some(0)),
        ("xfoo foo", "'foo'", Some(5)),
        ("xfoo", "'foo'", None),
        ("foox", "'foo'", None),
        ("aFoo", "'foo'", None),
        ("foo1", "'foo'", None),
    ] {
        let positions = positions(item.as_bytes(), text, PLAIN);
        assert_eq!(positions.map(|positions| positions[0]), found, "{item}");
    }
    // Next to an underscore a word scores less.
    let scores =
        ["foo", "a/foo", "a_foo", "a_foo_b"].map(|item| score(item.as_bytes(), "'foo'", PLAIN));
    assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
}

#[test]
fn columns() {
    let (item, columns) = (b"src/main.rs:12:let main = 1", [0..11, 15..27]);
    let mut scorer = Scorer::new(Scheme::Default);
    let mut positions = Vec::new();
    let mut found = |text: &str, columns: &[_]| {
        let score = scorer.positions(&query(text, PLAIN), item, columns, &mut positions);
        assert_eq!(score, scorer.score_columns(&query(text, PLAIN), item, columns));
        score.map(|_| positions.clone())
    };
    assert_eq!(found("'main", &columns).unwrap(), [4, 5, 6, 7]);
    assert_eq!(found("'main", &columns[1..]).unwrap(), [19, 20, 21, 22]);
    assert_eq!(found("^let rs$", &columns).unwrap(), [9, 10, 15, 16, 17]);
    assert_eq!(found("12", &columns), None);
    assert_eq!(found("rslet", &columns), None);
    assert_eq!(found("main", &[]), None);
    assert!(found("!main", &[]).unwrap().is_empty());
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(positions(b"a\0b\xFFc\nd", "abcd", PLAIN).unwrap(), [0, 2, 4, 6]);
    assert_eq!(positions(b"x\0y", "'\0", PLAIN).unwrap(), [1]);
    let invalid = Query::new(b"\xFF", PLAIN);
    let mut scorer = Scorer::new(Scheme::Default);
    assert!(scorer.score(&invalid, b"a\xFFb").is_some());
    assert!(scorer.score(&invalid, b"a\xFEb").is_none());
    assert!(scorer.score(&invalid, "a\u{FFFD}b".as_bytes()).is_none());
    assert_eq!(scorer.score(&Query::new(b"", PLAIN), b""), Some(0));
    assert_eq!(scorer.score(&Query::new(b"a", PLAIN), b""), None);
    assert!(scorer.score(&Query::new(b"!a", PLAIN), b"").is_some());
}

/// A mark at the beginning of a text has no base, so it is a character of its own.
#[test]
fn a_text_that_begins_with_a_mark_does_not_begin_with_what_follows() {
    let item = "\u{301}a".as_bytes();
    assert_eq!(score(item, "^a", ACCENTS), None);
    assert_eq!(score(item, "^a$", ACCENTS), None);
    assert_eq!(positions(item, "a", ACCENTS).unwrap(), [2]);
    assert_eq!(positions("a\u{301}".as_bytes(), "^a$", ACCENTS).unwrap(), [0]);
    assert_eq!(positions(item, "a", PLAIN).unwrap(), [2]);
    // Letters written above others are letters, not marks.
    assert_eq!(positions("gu\u{364}t".as_bytes(), "^guet$", ACCENTS).unwrap(), [0, 1, 2, 4]);
}

#[test]
fn accents_and_case() {
    let decomposed = "Danc\u{327}o\u{301}";
    for text in ["danco", "'danco", "^danco$", "danco$"] {
        assert_eq!(
            positions(decomposed.as_bytes(), text, ACCENTS).unwrap(),
            [0, 1, 2, 3, 6],
            "{text}"
        );
    }
    assert!(score("Danço".as_bytes(), "danco", PLAIN).is_none());
    assert!(score("danco".as_bytes(), "danço", ACCENTS).is_none());
    assert!(score("Ørsted Łódź İstanbul".as_bytes(), "orsted lodz istanbul", ACCENTS).is_some());
    for (item, text, ignored, smart) in [
        ("ΣΊΣΥΦΟΣ", "σίσυφος", true, true),
        ("straße", "STRAẞE", true, false),
        ("Kelvin", "kelvin", true, true),
        ("main", "MAIN", true, false),
    ] {
        let options = QueryOptions { case: Case::Ignore, ..PLAIN };
        assert_eq!(score(item.as_bytes(), text, options).is_some(), ignored, "{text}");
        assert_eq!(score(item.as_bytes(), text, PLAIN).is_some(), smart, "{text}");
    }
}

/// A text of a megabyte and a term of 10,000 characters, in time linear in both.
#[test]
fn sizes() {
    let huge = b"ab".repeat(500_000);
    let long = "ab".repeat(5_000);
    for text in [
        long.clone(),
        format!("'{long}"),
        format!("{long}$"),
        format!("^{long}"),
        format!("'{long}'"),
    ] {
        let expected = !text.ends_with('\'');
        assert_eq!(score(&huge, &text, TYPOS).is_some(), expected, "{}", &text[..9]);
    }
    assert!(score(&huge, &format!("{long}c"), TYPOS).is_none());
    assert_eq!(score(&huge, &format!("'{}c", "ab".repeat(4_000)), TYPOS), None);
    assert_eq!(score(&huge, "!c", PLAIN), Some(0));
    assert!(score(&[b"a".as_slice(), &huge[..], b"c"].concat(), "c", PLAIN).is_some());
    // The gaps cost more than the characters score, but it is a match.
    let gaps = ["a".to_owned(), "x".repeat(200_000), "b".to_owned()].concat();
    assert_eq!(score(gaps.as_bytes(), "ab", PLAIN), Some(0));
    assert_eq!(length(&huge), u16::MAX);
}

#[test]
fn lengths_and_order() {
    for (item, chars) in
        [("", 0), ("  \t ", 0), (" a b ", 3), ("é日\u{A0}", 2), ("\u{3000}x\u{85}", 1)]
    {
        assert_eq!(length(item.as_bytes()), chars, "{item:?}");
    }
    assert_eq!(length(b"a\xFF\xE2\x82\0"), 4);
    let items: [&[u8]; 5] = [b"b/foo.rs", b"foo", b"x", b" foo", b"foo.rs"];
    let mut scorer = Scorer::new(Scheme::Default);
    let mut order = |text: &str| {
        let rows = rank(&mut scorer, &query(text, PLAIN), items);
        rows.iter().map(|row| row.index).collect::<Vec<_>>()
    };
    assert_eq!(order("foo"), [1, 3, 4, 0]);
    assert_eq!(order(""), [0, 1, 2, 3, 4]);
    assert_eq!(order("!rs$"), [1, 2, 3]);
    let (a, b) = (Row { score: 1, length: 2, index: 3 }, Row { score: 1, length: 2, index: 4 });
    assert!(a.key() < b.key());
}
