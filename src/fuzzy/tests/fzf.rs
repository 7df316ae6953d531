//! Compares with fzf: with the assertions of its tests and, where it is installed, with the order in which it lists
//! items.

use crate::fuzzy::fzf::bonus::*;
use crate::fuzzy::fzf::brute_force::rank;
use crate::fuzzy::fzf::query::{Case, Query, QueryOptions};
use crate::fuzzy::fzf::score::{Scheme, Scorer};
use std::cmp::Reverse;
use std::io::Write;
use std::process::{Command, Stdio};

const WHITE: i32 = BOUNDARY + 2;
const DELIMITER: i32 = BOUNDARY + 1;

/// Returns score and extent in bytes of a match of one term, and checks its positions.
fn matched(options: QueryOptions, item: &str, query: &str) -> Option<(usize, usize, i32)> {
    let (mut scorer, query) = (Scorer::new(Scheme::Default), Query::new(query.as_bytes(), options));
    let mut positions = vec![7];
    let all = 0..item.len() as u32;
    let score = scorer.positions(&query, item.as_bytes(), &[all], &mut positions);
    assert_eq!(score, scorer.score(&query, item.as_bytes()), "{item}");
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    assert!(positions.iter().all(|&at| item.is_char_boundary(at as usize)), "{positions:?}");
    let score = score?;
    let last = *positions.last()? as usize;
    let len = item[last..].chars().next().unwrap().len_utf8();
    Some((positions[0] as usize, last + len, score))
}

fn check(case: Case, item: &str, query: &str, expected: (usize, usize, i32)) {
    let options = QueryOptions { case, ..QueryOptions::default() };
    assert_eq!(matched(options, item, query), Some(expected), "{query} in {item}");
}

/// The assertions of algo_test.go about FuzzyMatchV2.
#[test]
fn fuzzy_as_fzf_tests() {
    let ignored =
        |item, query, start, stop, score| check(Case::Ignore, item, query, (start, stop, score));
    let respected =
        |item, query, start, stop, score| check(Case::Respect, item, query, (start, stop, score));
    let (gap, more) = (GAP_START, GAP_EXTENSION);
    ignored("fooBarbaz1", "oBZ", 2, 9, MATCH * 3 + CAMEL + gap + more * 3);
    ignored("foo bar baz", "fbb", 0, 9, MATCH * 3 + WHITE * FIRST + WHITE * 2 + 2 * gap + 4 * more);
    ignored("/AutomatorDocument.icns", "rdoc", 9, 13, MATCH * 4 + CAMEL + CONSECUTIVE * 2);
    ignored("/man1/zshcompctl.1", "zshc", 6, 10, MATCH * 4 + DELIMITER * FIRST + DELIMITER * 3);
    ignored(
        "/.oh-my-zsh/cache",
        "zshc",
        8,
        13,
        MATCH * 4 + BOUNDARY * FIRST + BOUNDARY * 2 + gap + DELIMITER,
    );
    ignored(".vimrc", ".vimrc", 0, 6, MATCH * 6 + WHITE * (FIRST + 5));
    ignored("/.vimrc", ".vimrc", 1, 7, MATCH * 6 + DELIMITER * (FIRST + 5));
    ignored("a.vimrc", ".vimrc", 1, 7, MATCH * 6 + BOUNDARY * (FIRST + 5));
    ignored("ab0123 456", "12356", 3, 10, MATCH * 5 + CONSECUTIVE * 3 + gap + more);
    ignored(
        "abc123 456",
        "12356",
        3,
        10,
        MATCH * 5 + CAMEL * FIRST + CAMEL * 2 + CONSECUTIVE + gap + more,
    );
    ignored(
        "foo/bar/baz",
        "fbb",
        0,
        9,
        MATCH * 3 + WHITE * FIRST + DELIMITER * 2 + 2 * gap + 4 * more,
    );
    ignored("fooBarBaz", "fbb", 0, 7, MATCH * 3 + WHITE * FIRST + CAMEL * 2 + 2 * gap + 2 * more);
    ignored("foo barbaz", "fbb", 0, 8, MATCH * 3 + WHITE * FIRST + WHITE + gap * 2 + more * 3);
    ignored("fooBar Baz", "foob", 0, 4, MATCH * 4 + WHITE * FIRST + WHITE * 3);
    ignored(
        "xFoo-Bar Baz",
        "foo-b",
        1,
        6,
        MATCH * 5 + CAMEL * FIRST + CAMEL * 2 + NON_WORD + BOUNDARY,
    );
    respected("fooBarbaz", "oBz", 2, 9, MATCH * 3 + CAMEL + gap + more * 3);
    respected(
        "Foo/Bar/Baz",
        "FBB",
        0,
        9,
        MATCH * 3 + WHITE * FIRST + DELIMITER * 2 + gap * 2 + more * 4,
    );
    respected("FooBarBaz", "FBB", 0, 7, MATCH * 3 + WHITE * FIRST + CAMEL * 2 + gap * 2 + more * 2);
    respected("FooBar Baz", "FooB", 0, 4, MATCH * 4 + WHITE * FIRST + WHITE * 2 + WHITE);
    respected("foo-bar", "o-ba", 2, 6, MATCH * 4 + BOUNDARY * 3);
    for (item, query) in [("fooBarbaz", "oBZ"), ("Foo Bar Baz", "fbb"), ("fooBarbaz", "fooBarbazz")]
    {
        let options = QueryOptions { case: Case::Respect, ..QueryOptions::default() };
        assert_eq!(matched(options, item, query), None, "{query} in {item}");
    }
}

/// Its assertions about the other algorithms.
#[test]
fn exact_as_fzf_tests() {
    let ignored =
        |item, query, start, stop, score| check(Case::Ignore, item, query, (start, stop, score));
    ignored("fooBarbaz", "'oBA", 2, 5, MATCH * 3 + CAMEL + CONSECUTIVE);
    ignored("/AutomatorDocument.icns", "'rdoc", 9, 13, MATCH * 4 + CAMEL + CONSECUTIVE * 2);
    ignored("/man1/zshcompctl.1", "'zshc", 6, 10, MATCH * 4 + DELIMITER * (FIRST + 3));
    ignored("/.oh-my-zsh/cache", "'zsh/c", 8, 13, MATCH * 5 + BOUNDARY * (FIRST + 3) + DELIMITER);
    ignored("foobar foob", "'oo", 1, 3, MATCH * 2 + CONSECUTIVE);
    let score = MATCH * 3 + WHITE * FIRST + WHITE * 2;
    ignored("fooBarbaz", "^Foo", 0, 3, score);
    ignored("foOBarBaZ", "^foo", 0, 3, score);
    ignored("f-oBarbaz", "^f-o", 0, 3, score);
    ignored(" fooBar", "^foo", 1, 4, score);
    ignored(" fooBar", "^\\ fo", 0, 3, score);
    ignored("fooBarbaz", "baz$", 6, 9, MATCH * 3 + CONSECUTIVE * 2);
    ignored("fooBarBaZ", "baz$", 6, 9, (MATCH + CAMEL) * 3 + CAMEL * (FIRST - 1));
    ignored("fooBarbaz ", "baz$", 6, 9, MATCH * 3 + CONSECUTIVE * 2);
    ignored("fooBarbaz ", "baz\\ $", 6, 10, MATCH * 4 + CONSECUTIVE * 2 + WHITE);
    let equal = (MATCH + WHITE) * 3 + WHITE;
    for (item, start) in [("AbC", 0), ("AbC  ", 0), (" AbC ", 1), ("  AbC", 2)] {
        check(Case::Smart, item, "^AbC$", (start, start + 3, equal));
    }
    for (case, item, query) in [
        (Case::Smart, "ABC", "^AbC$"),
        (Case::Respect, "fooBarbaz", "'oBA"),
        (Case::Respect, "fooBarbaz", "'fooBarbazz"),
        (Case::Respect, "fooBarbaz", "^Foo"),
        (Case::Ignore, "fooBarBaz", "^baz"),
        (Case::Ignore, "     fo", "^foo"),
        (Case::Respect, "fooBarbaz", "Baz$"),
        (Case::Respect, "fooBarbaz", "Foo$"),
    ] {
        assert_eq!(
            matched(QueryOptions { case, ..QueryOptions::default() }, item, query),
            None,
            "{query} in {item}"
        );
    }
}

/// Its assertions about accents and long texts. Here the extent is in bytes.
#[test]
fn accents_and_long_texts_as_fzf_tests() {
    let options = QueryOptions { case: Case::Ignore, normalize: true, typos: 0 };
    let samba = "Só Danço Samba";
    for query in ["So", "^So", "'So"] {
        assert_eq!(matched(options, samba, query), Some((0, 3, 62)), "{query}");
    }
    assert_eq!(matched(options, samba, "sodc"), Some((0, 9, 97)));
    for query in ["danco", "^danco", "danco$", "'danco", "^danco$"] {
        assert_eq!(matched(options, "Danço", query), Some((0, 6, 140)), "{query}");
    }
    let long = format!("{}z{}", "x".repeat(65_535), "x".repeat(65_534));
    check(Case::Respect, &long, "zx", (65_535, 65_537, MATCH * 2 + CONSECUTIVE));
    let long = format!("{} Minímal example", "x".repeat(30_000));
    assert_eq!(matched(options, &long, "minim"), Some((30_001, 30_007, 140)));
    assert_eq!(matched(options, &long, "'minim"), Some((30_001, 30_007, 140)));
}

/// The positions are those of fzf: of equally good ways, the one that its walk back takes.
#[test]
fn positions_as_fzf_walks_back() {
    for (item, query, expected) in [
        ("core_color/view/server.txt", "co/", vec![0, 1, 10]),
        ("junegunn", "jg", vec![0, 4]),
        ("a/ab/abc", "abc", vec![5, 6, 7]),
        ("foo bar foo", "foo 'bar", vec![0, 1, 2, 4, 5, 6]),
        ("foo bar", "o 'oo !x", vec![1, 2]),
        ("foo bar", "zz | bar foo", vec![0, 1, 2, 4, 5, 6]),
        // Ties.
        ("ABBB_/AB", "ba", vec![1, 6]),
        ("Abbba/bba", "bbb", vec![1, 6, 7]),
        ("_BAAAab/AB", "aa", vec![3, 8]),
        ("BBBBB__/AB", "ba", vec![0, 8]),
        ("/BAaa/_Bab", "aba", vec![2, 7, 8]),
        ("a/_Aa/__B", "ab", vec![0, 8]),
        ("BAaa_/aB", "aa", vec![1, 6]),
        ("abb/baBB/", "aab", vec![0, 5, 6]),
        ("bB__AbAbB", "baba", vec![0, 4, 5, 6]),
        ("b__baaBBaAb/", "aaaa", vec![4, 5, 8, 9]),
        ("_BAaba_/AbA", "baba", vec![1, 2, 4, 5]),
        ("AABb/_AB/b", "aab", vec![0, 1, 2]),
        ("b/BBAAAAb", "aab", vec![6, 7, 8]),
        ("_bbAAABA", "bbba", vec![1, 2, 6, 7]),
    ] {
        let query = Query::new(query.as_bytes(), QueryOptions::default());
        let mut positions = Vec::new();
        let all = 0..item.len() as u32;
        Scorer::new(Scheme::Default)
            .positions(&query, item.as_bytes(), &[all], &mut positions)
            .unwrap();
        assert_eq!(positions, expected, "{item}");
    }
}

/// Items for every special case of the model.
fn items() -> Vec<String> {
    let words = [
        "src",
        "main",
        "Core",
        "config",
        "parser",
        "fooBar",
        "HTTPServer",
        "x1",
        "42",
        "utils",
        "é",
        "Ünder",
        "日本",
        "README",
        "a",
        "ß",
        "ÀB",
        "m4in",
    ];
    let between = ["/", "/", "/", "_", "-", ".", " ", "", ":", ",", "  ", "|", ";"];
    let mut seed = 12_345u32;
    let mut next = |n: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % n
    };
    let mut items: Vec<String> = (0..2_000)
        .map(|_| {
            let mut item = ["", "", "/", " ", "./", "~", ".", "  "][next(8)].to_owned();
            for _ in 0..1 + next(6) {
                item.push_str(words[next(words.len())]);
                item.push_str(between[next(between.len())]);
            }
            item + ["", "", " ", ".rs", ".go", "_test.py"][next(6)]
        })
        .collect();
    items.extend(["a", "ab", "aa", "aXb", "//", "..", "AaBb", "  co", "$", "|"].map(str::to_owned));
    items.push("ab".repeat(60_000) + "/main.rs");
    items
}

const QUERIES: &[&str] = &[
    "src",
    "rs",
    "main",
    "srcmn",
    "cfgprs",
    "fBar",
    "FB",
    "foobar",
    "httpserv",
    "x1",
    "42",
    "1x",
    "/",
    "//",
    "..",
    "_test.py",
    "a/b",
    "m4",
    "aab",
    "'main",
    "'ain",
    "'o",
    "^src",
    "^./",
    "rs$",
    "py$",
    "^a$",
    "!main",
    "!^src",
    "!rs$",
    "!'mn",
    "src main",
    "src | main",
    "main !rs$",
    "^src rs$",
    "main .go$ | .rs$",
    "!a | b",
    "|",
    "$",
    "src\\ main",
    "\\ ",
    "é",
    "日本",
    "un",
    "ÀB",
    "àb",
    "'é",
    "utilsreadmeconfig",
    "conf ser",
    "'src/",
    "'_test",
    "README",
];

/// Returns the items in the order in which fzf lists them, if fzf is installed.
fn listed(items: &[String], query: &str, arguments: &[&str]) -> Option<Vec<String>> {
    let mut fzf = Command::new("fzf")
        .env_remove("FZF_DEFAULT_OPTS")
        .args(["--filter", query])
        .args(arguments)
        // A scheme sets its own tiebreak.
        .arg("--tiebreak=length")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = fzf.stdin.take().unwrap();
    let text = items.join("\n") + "\n";
    let feeding = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = fzf.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

fn version() -> Option<String> {
    let output = Command::new("fzf").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_same_order_as_fzf() {
    let Some(version) = version() else {
        let note = "skipped: the order of fzf: it is not on PATH; install it, or run .ci/hosts";
        let required = std::env::var_os("RILLE_REQUIRE_HOSTS").is_some_and(|value| value == "1");
        assert!(!required, "{note}");
        // Past the capture of the test harness.
        return writeln!(std::io::stderr(), "{note}").unwrap();
    };
    let items = items();
    for (name, scheme) in
        [("default", Scheme::Default), ("path", Scheme::Path), ("history", Scheme::History)]
    {
        let old = version.starts_with("0.3") || version.starts_with("0.4");
        let model = if old { Model::of_fzf_0_38(scheme) } else { Model::new(scheme) };
        let mut scorer = Scorer::with_model(model);
        for (case, flag) in
            [(Case::Smart, None), (Case::Ignore, Some("-i")), (Case::Respect, Some("+i"))]
        {
            if case != Case::Smart && scheme != Scheme::Default {
                continue;
            }
            for normalize in [false, true] {
                let scheme_flag = format!("--scheme={name}");
                let mut arguments = vec![scheme_flag.as_str()];
                arguments.extend(flag);
                arguments.extend((!normalize).then_some("--literal"));
                for query in QUERIES {
                    let listed = listed(&items, query, &arguments).unwrap();
                    let read =
                        Query::new(query.as_bytes(), QueryOptions { case, normalize, typos: 0 });
                    // A one-character term is scored differently, which makes no difference in the scheme `history`.
                    let short = read.groups.iter().flatten().any(|term| term.chars.len() == 1);
                    let mut ranked = rank(&mut scorer, &read, items.iter().map(String::as_bytes));
                    if scheme == Scheme::History && read.orders() {
                        // In this case fzf ignores lengths, whatever the options say.
                        ranked.sort_by_key(|row| (Reverse(row.score), row.index));
                    }
                    let mut ranked: Vec<&str> =
                        ranked.iter().map(|row| items[row.index as usize].as_str()).collect();
                    let mut listed: Vec<&str> = listed.iter().map(String::as_str).collect();
                    if short && scheme != Scheme::History {
                        ranked.sort_unstable();
                        listed.sort_unstable();
                    }
                    let differ = ranked.iter().zip(&listed).position(|(a, b)| a != b);
                    if let Some(at) = differ {
                        panic!(
                            "{query} {arguments:?} at {at}: {:?} {:?}",
                            &ranked[at], &listed[at]
                        );
                    }
                    assert_eq!(ranked.len(), listed.len(), "{query} {arguments:?}");
                }
            }
        }
    }
}
