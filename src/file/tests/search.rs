//! Searches, compared with matching each line separately.

use crate::file::scan::{MAX_WHOLE_LINE_BYTES, OVERLAP};
use crate::file::tests::{Directory, end, open};
use crate::file::*;
use crate::search::lines::{LineOptions, PatternSource, trim_line_terminator};
use crate::search::{LiteralOptions, Literals, Regex};
use proptest::prelude::*;

/// The patterns of a search, and how to find them in a single line.
#[derive(Clone)]
pub(in crate::file) enum Query {
    Regex(Arc<Regex>),
    Literals(Arc<Literals>),
}

pub(in crate::file) fn regex(pattern: &str) -> Query {
    let regex = Regex::new(pattern.as_bytes(), &crate::search::PatternOptions::default());
    Query::Regex(Arc::new(regex.expect("a pattern")))
}

pub(in crate::file) fn literals(list: &[&str]) -> Query {
    let list: Vec<&[u8]> = list.iter().map(|literal| literal.as_bytes()).collect();
    Query::Literals(Arc::new(Literals::new(&list, &LiteralOptions::default()).expect("literals")))
}

impl From<Query> for LinePatterns {
    fn from(query: Query) -> LinePatterns {
        let source = match query {
            Query::Regex(regex) => PatternSource::Regex(regex),
            Query::Literals(literals) => PatternSource::Literals(literals),
        };
        LinePatterns::new(&[source], &LineOptions::default()).expect("it is compiled already")
    }
}

/// Returns all matches of a job, and its last batch.
fn run(job: &Job<Found>) -> (Vec<Match>, Found) {
    assert_eq!(end_of(job), (JobState::Done, None));
    let (mut matches, mut last) = (Vec::new(), Found::default());
    while let Some(found) = job.take() {
        matches.extend_from_slice(&found.matches);
        last = found;
    }
    (matches, last)
}

/// Waits for the end of a job without taking its results.
fn end_of(job: &Job<Found>) -> (JobState, Option<String>) {
    let until = Instant::now() + Duration::from_secs(60);
    while job.poll().state == JobState::Running {
        assert!(Instant::now() < until, "the job does not end");
        std::thread::yield_now();
    }
    (job.poll().state, job.failure())
}

/// Returns all matches, found by matching each line separately.
fn plain(query: &Query, text: &[u8]) -> Vec<Match> {
    let (mut offset, mut all) = (0, Vec::new());
    for (number, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let spans: Vec<_> = match query {
            Query::Regex(regex) => regex.matches(trim_line_terminator(line), 0, false).collect(),
            Query::Literals(literals) => {
                literals.hits(trim_line_terminator(line), 0).map(|hit| hit.span).collect()
            }
        };
        all.extend(spans.into_iter().map(|span| Match {
            offset: (offset + span.start) as f64,
            line_offset: offset as f64,
            line: number as f64 + 1.0,
            length: (span.stop - span.start) as u32,
            kind: MATCH,
        }));
        offset += line.len();
    }
    all
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(prop::sample::select(&b"foo bar\n\r\0\xFF"[..]), 0..60),
        (1..3000_usize).prop_map(|n| b"nothing to see in this line\r\n".repeat(n)),
        (1..2000_usize).prop_map(|n| b"\n".repeat(n)),
        (1..MAX_WHOLE_LINE_BYTES - 100).prop_map(|n| vec![b'.'; n]),
        Just(b"here is a needle, and foo, in a line\n".to_vec()),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| {
        // No line is too long here.
        let (mut text, mut since) = (Vec::new(), 0);
        for piece in pieces {
            let tail = piece.iter().rposition(|&byte| byte == b'\n').map(|at| piece.len() - at);
            since = tail.unwrap_or(since + piece.len());
            if since >= MAX_WHOLE_LINE_BYTES - 100 {
                text.push(b'\n');
                since = piece.len();
            }
            text.extend_from_slice(&piece);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(60)))]
    #[test]
    fn matches_are_those_of_the_plainest_search(
        text in text(),
        which in 0..11_usize,
        (threads, backward, indexed) in (1..4_usize, any::<bool>(), any::<bool>()),
        (from, limit) in (any::<Option<prop::sample::Index>>(), 0..50_u64),
    ) {
        let query = [
            regex("needle"), regex("fo+"), regex(r"^\w+"), regex(r"$"), regex(r"\bin\b.*$"), regex(r"[^x]\r?$"), regex("a*"),
            regex(r"[a-z]+ing|needle,"), literals(&["needle", "foo"]), literals(&["o"]), literals(&["bar\nfoo", "line"]),
        ][which].clone();
        let directory = Directory::new();
        let path = directory.file("text", &text);
        let document = open(&path, FileOptions { threads, no_index: !indexed, ..FileOptions::default() });
        if indexed {
            end(&*document.index().unwrap());
        }
        let from = from.map(|from| from.index(text.len() + 1) as u64);
        let options = SearchOptions { from, backward, limit, ..SearchOptions::default() };
        let (matches, last) = run(&document.search(query.clone().into(), options).unwrap());
        let mut expected = plain(&query, &text);
        if let Some(from) = from {
            expected.retain(|found| (found.offset < from as f64) == backward);
        }
        if backward {
            expected.reverse();
        }
        let all = expected.len();
        if limit > 0 {
            expected.truncate(limit as usize);
        }
        prop_assert_eq!(matches.len(), expected.len(), "{} in all", all);
        // The lines of so short a text have numbers without a job.
        prop_assert_eq!(&matches, &expected);
        let mut lines: Vec<u64> = expected.iter().map(|found| found.line as u64).collect();
        lines.dedup();
        prop_assert_eq!((last.total, last.lines), (expected.len() as u64, lines.len() as u64));

        let options = SearchOptions { count: true, ..SearchOptions::default() };
        let (matches, last) = run(&document.search(query.clone().into(), options).unwrap());
        let expected = plain(&query, &text);
        let mut lines: Vec<u64> = expected.iter().map(|found| found.line as u64).collect();
        lines.dedup();
        prop_assert_eq!((matches.len(), last.total, last.lines), (0, expected.len() as u64, lines.len() as u64));
        let options = SearchOptions { lines: true, ..SearchOptions::default() };
        let (_, last) = run(&document.search(query.clone().into(), options).unwrap());
        prop_assert_eq!((last.total, last.lines), (0, lines.len() as u64));
    }
}

#[test]
fn long_lines_are_searched_in_pieces() {
    let mut text = b"short needle\n".to_vec();
    for n in 0..20 {
        text.extend_from_slice(&vec![b'.'; MAX_WHOLE_LINE_BYTES - 1000 + 317 * n]);
        text.extend_from_slice(b" needle");
    }
    text.extend_from_slice(b"\r\nneedle");
    let directory = Directory::new();
    let document = open(&directory.file("text", &text), FileOptions::default());
    let bounded = [
        regex("needle"),
        regex(r"\bneedle\b"),
        regex("needle$"),
        regex("^short|^needle"),
        literals(&["needle"]),
    ];
    for query in bounded {
        let (matches, _) =
            run(&document.search(query.clone().into(), SearchOptions::default()).unwrap());
        assert_eq!(matches, plain(&query, &text));
        let backward = SearchOptions { backward: true, ..SearchOptions::default() };
        let (mut matches, _) = run(&document.search(query.clone().into(), backward).unwrap());
        matches.reverse();
        assert_eq!(matches, plain(&query, &text));
        let count = SearchOptions { count: true, ..SearchOptions::default() };
        let (_, last) = run(&document.search(query.clone().into(), count).unwrap());
        assert_eq!(last.total, plain(&query, &text).len() as u64);
    }
    // A line whose match may be longer than the overlap is reported.
    let query = regex(r"\.+ needle");
    let (matches, last) =
        run(&document.search(query.clone().into(), SearchOptions::default()).unwrap());
    assert_eq!((matches[0].kind, matches[0].line), (PARTIAL, 2.0));
    assert!(last.total > 0 && matches[1..].iter().all(|found| found.kind == MATCH));
    const { assert!(OVERLAP < MAX_WHOLE_LINE_BYTES - 1000, "otherwise the test proves nothing") };
}

#[test]
fn matches_before_a_long_line_waited_for_its_end() {
    let mut text = b"needle\n".to_vec();
    text.extend_from_slice(&vec![b'.'; 20 * MAX_WHOLE_LINE_BYTES]);
    text.extend_from_slice(b"needle");
    let directory = Directory::new();
    let document = open(&directory.file("text", &text), FileOptions::default());
    let job = document.search(regex("needle").into(), SearchOptions::default()).unwrap();
    assert_eq!(end_of(&job), (JobState::Done, None));
    let batches: Vec<Found> = std::iter::from_fn(|| job.take()).collect();
    let places: Vec<f64> = batches.iter().map(|found| found.matches[0].offset).collect();
    assert_eq!(places, [0.0, (text.len() - 6) as f64], "a batch for each");
}

#[test]
fn the_lines_of_a_limited_search_are_those_of_its_matches() {
    let directory = Directory::new();
    let document = open(&directory.file("text", b"eee\neee\neee\n"), FileOptions::default());
    for (limit, lines) in [(1, 1), (3, 1), (4, 2), (5, 2), (7, 3), (9, 3)] {
        let options = SearchOptions { limit, ..SearchOptions::default() };
        let (matches, last) = run(&document.search(regex("e").into(), options).unwrap());
        assert_eq!((matches.len() as u64, last.total, last.lines), (limit, limit, lines));
    }
}

#[test]
fn many_backward_matches_are_in_reverse_order() {
    let directory = Directory::new();
    let text = b"e\n".repeat(20_000);
    let document = open(&directory.file("text", &text), FileOptions::default());
    let options = SearchOptions { backward: true, ..SearchOptions::default() };
    let (matches, _) = run(&document.search(regex("e").into(), options).unwrap());
    assert!(matches.iter().map(|found| found.offset as u64).eq((0..20_000).rev().map(|n| 2 * n)));
}

#[test]
fn a_long_line_is_counted_once_and_no_match_in_it_twice() {
    let directory = Directory::new();
    let text = [&vec![b'a'; 10 * MAX_WHOLE_LINE_BYTES + 7][..], b"\naaa\n"].concat();
    let document = open(&directory.file("text", &text), FileOptions::default());
    let query = regex("a{3}");
    let expected = plain(&query, &text);
    let (matches, last) =
        run(&document.search(query.clone().into(), SearchOptions::default()).unwrap());
    assert_eq!(matches, expected);
    assert_eq!((last.total, last.lines), (expected.len() as u64, 2));
    let count = SearchOptions { count: true, ..SearchOptions::default() };
    let (_, last) = run(&document.search(query.clone().into(), count).unwrap());
    assert_eq!((last.total, last.lines), (expected.len() as u64, 2));
    let lines = SearchOptions { lines: true, ..SearchOptions::default() };
    let (_, last) = run(&document.search(query.into(), lines).unwrap());
    assert_eq!((last.total, last.lines), (0, 2));
}

#[test]
fn a_match_as_long_as_what_pieces_have_in_common_is_not_partial() {
    let directory = Directory::new();
    let text = [&vec![b'.'; 2 * MAX_WHOLE_LINE_BYTES][..], &[b'b'; OVERLAP + 1]].concat();
    let document = open(&directory.file("text", &text), FileOptions::default());
    for (more, kinds) in [(0, &[MATCH][..]), (1, &[PARTIAL, MATCH])] {
        let query = regex(&format!("b{{{}}}", OVERLAP + more));
        let (matches, _) = run(&document.search(query.into(), SearchOptions::default()).unwrap());
        assert!(matches.iter().map(|found| found.kind).eq(kinds.iter().copied()), "{matches:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    let directory = Directory::new();
    let long = ".".repeat(5 * MAX_WHOLE_LINE_BYTES);
    for first in ["foo", &format!("foo{long}"), ""] {
        for rest in ["\nfoo\n", ""] {
            let text = format!("\u{FEFF}{first}{rest}");
            let document = open(&directory.file("text", text.as_bytes()), FileOptions::default());
            let job = document.search(regex("^foo").into(), SearchOptions::default()).unwrap();
            let (matches, _) = run(&job);
            let mut expected = plain(&regex("^foo"), &text.as_bytes()[3..]);
            for found in &mut expected {
                found.offset += 3.0;
                found.line_offset += if found.line == 1.0 { 0.0 } else { 3.0 };
            }
            assert_eq!(matches, expected);
            assert_eq!(job.poll().done, text.len() as u64);
            // A filter keeps the mark with that line, and reports the line as whole.
            let end_of_first = if rest.is_empty() { "" } else { "\n" };
            let head = format!("\u{FEFF}{first}{end_of_first}");
            let second = rest.trim_start_matches('\n');
            for (pattern, is_first, is_second) in [
                ("^foo", first.starts_with("foo"), true),
                ("^$", first.is_empty() && !rest.is_empty(), false),
            ] {
                let (filter, job) = document.filter(regex(pattern).into(), false).unwrap();
                assert_eq!(end(&job), JobState::Done);
                let kept = [if is_first { &head } else { "" }, if is_second { second } else { "" }];
                assert_eq!(crate::file::tests::filter::all(&filter), kept.concat().as_bytes());
                end(&*filter.index().unwrap());
                assert!(filter.info().unwrap().exact);
            }
        }
    }
}

#[test]
fn an_empty_match_within_a_char_is_no_match_of_its_line() {
    let directory = Directory::new();
    let document =
        open(&directory.file("text", "aéb\n--\naéb\n".as_bytes()), FileOptions::default());
    let query = regex(r"(?-u:\B)");
    let options = SearchOptions { lines: true, ..SearchOptions::default() };
    let (_, last) = run(&document.search(query.clone().into(), options).unwrap());
    assert_eq!(last.lines, 1);
    let (matches, _) = run(&document.search(query.into(), SearchOptions::default()).unwrap());
    assert!(matches.iter().all(|found| found.line == 2.0) && !matches.is_empty());
}

#[test]
fn a_search_ends_where_it_is_told_to_and_where_the_file_does() {
    let directory = Directory::new();
    let path = directory.file("text", b"");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let document = open(&path, FileOptions { no_index: true, ..FileOptions::default() });
    let job = document.search(regex("needle").into(), SearchOptions::default()).unwrap();
    while job.poll().done == 0 && job.poll().state == JobState::Running {
        std::thread::yield_now();
    }
    job.cancel();
    assert_eq!(end_of(&job).0, JobState::Cancelled);
    // A sparse file is one line without an end.
    let job = document.search(literals(&["needle"]).into(), SearchOptions::default()).unwrap();
    file.set_len(1 << 20).unwrap();
    let (state, message) = end_of(&job);
    assert_eq!(state, JobState::Failed);
    assert!(message.as_ref().is_some_and(|message| message.contains("truncated")), "{message:?}");
    let refused = document.search(regex("x").into(), SearchOptions::default()).err();
    assert!(refused.is_some_and(|trouble| trouble.changed));
}

#[test]
fn more_matches_than_fit_wait_in_order() {
    let text = b"eeeeeeee\n".repeat(100_000);
    let directory = Directory::new();
    let document =
        open(&directory.file("text", &text), FileOptions { threads: 3, ..FileOptions::default() });
    let job = document.search(regex("e").into(), SearchOptions::default()).unwrap();
    let (mut next, mut total) = (0, 0);
    loop {
        let state = {
            job.wait(Duration::from_secs(60));
            job.poll().state
        };
        while let Some(found) = job.take() {
            for place in found.matches.iter() {
                assert_eq!(place.offset, (next / 8 * 9 + next % 8) as f64);
                assert_eq!(place.line, (next / 8 + 1) as f64);
                next += 1;
            }
            total = found.total;
        }
        if state != JobState::Running {
            assert_eq!(state, JobState::Done);
            break;
        }
    }
    assert_eq!((next, total), (800_000, 800_000));
}
