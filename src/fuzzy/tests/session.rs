//! Tests that sessions return the same as ranking by brute force, however items are added.

use crate::fuzzy::SessionOptions;
use crate::fuzzy::fzf::brute_force;
use crate::fuzzy::fzf::query::{self, Query};
use crate::fuzzy::fzf::score::{Scheme, Scorer};
use crate::fuzzy::session::*;
use crate::fuzzy::{Ranking, Row};
use crate::job::{self, AnyJob, Job, JobState};
use crate::tree::walk;
use proptest::prelude::*;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

/// Returns the ranking by brute force.
fn expected(items: &[Vec<u8>], query: &str, limit: usize, options: &SessionOptions) -> Ranking {
    let query = Query::new(query.as_bytes(), options.query);
    let mut scorer = Scorer::new(options.scheme);
    let all = brute_force::rank(&mut scorer, &query, items.iter().map(|item| &item[..]));
    let score = |score| if query.orders() { score } else { 0 };
    let rows = all.iter().take(limit).map(|row| Row { index: row.index, score: score(row.score) });
    Ranking { total: all.len(), searched: items.len(), rows: rows.collect() }
}

/// Waits for the end of a search, and returns its last ranking.
fn finish(search: &Job<Ranking>) -> Ranking {
    let mut last = None;
    loop {
        assert!(search.wait(LONG), "the search does not end");
        let state = search.poll().state;
        last = latest(search).or(last);
        if state != JobState::Running {
            assert_eq!(state, JobState::Done, "{:?}", search.failure());
            return last.expect("a ranking");
        }
    }
}

fn session(items: &[Vec<u8>], options: SessionOptions) -> Session {
    let session = Session::new(options);
    assert_eq!(session.push(items.iter().map(|item| &item[..])), (items.len(), None));
    session
}

fn strings(items: &[&str]) -> Vec<Vec<u8>> {
    items.iter().map(|item| item.as_bytes().to_vec()).collect()
}

/// Paths that share directories, and items that are not paths.
fn items() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let part = prop::sample::select(vec![
        "src",
        "lib",
        "main",
        "init",
        "README",
        "Makefile",
        "test",
        "util",
        "a",
        "b",
        "s",
        ".",
        "_",
        "fooBar",
        "x1",
        "日本",
        "é",
        " ",
        "K",
        "matcher",
        "really_quite_a_long_name_that_goes_on_and_on_and_on",
    ]);
    let name = prop::collection::vec(part.clone(), 0..4).prop_map(|parts| parts.concat());
    let ending = prop::sample::select(vec!["", ".rs", ".go", ".lua", ".c", "/", "\0", "\n"]);
    let directories = prop::collection::vec(part, 0..5).prop_map(|parts| parts.join("/"));
    let slash = prop::sample::select(vec!["/", "", "//"]);
    let item = (slash.clone(), directories, slash, name, ending).prop_map(
        |(root, directories, slash, name, ending)| {
            format!("{root}{directories}{slash}{name}{ending}").into_bytes()
        },
    );
    let odd = prop::collection::vec(any::<u8>(), 0..12);
    prop::collection::vec(prop_oneof![12 => item, 1 => odd], 0..120)
}

pub(in crate::fuzzy) fn queries() -> Vec<&'static str> {
    vec![
        "",
        " ",
        "s",
        "rs",
        "lib",
        "main",
        "init",
        "mtchr",
        "utils",
        "README",
        "Makefile",
        "srcmainrs",
        "qq",
        "src/main.rs",
        "fB",
        "x1",
        "a b",
        "src test .rs$",
        "lib !test",
        "'main .rs$",
        "main .go$ | .rs$",
        "^src",
        "^src/main.rs$",
        "!src",
        "!'ma",
        "'main'",
        "日",
        "é",
        "k",
        "/",
        "//",
        "a\\ ",
        "ss",
        "really_quite_a_long_name_that",
        "! | ^ $",
        "b/s",
        ".",
    ]
}

proptest! {
    #[test]
    fn as_by_brute_force(
        items in items(),
        query in prop::sample::select(queries()),
        limit in 0..30_usize,
        scheme in prop::sample::select(vec![Scheme::Default, Scheme::Path, Scheme::History]),
        case in prop::sample::select(vec![query::Case::Smart, query::Case::Ignore, query::Case::Respect]),
        normalize in any::<bool>(),
        typos in 0..2_u8,
    ) {
        let options = SessionOptions {
            query: query::QueryOptions { case, normalize, typos },
            scheme,
            ..SessionOptions::default()
        };
        let session = session(&items, options.clone());
        let expected = expected(&items, query, limit, &options);
        prop_assert_eq!(&session.query(query.as_bytes(), limit), &expected);
        prop_assert_eq!(&finish(&session.start(query.as_bytes(), limit)), &expected);
    }

    #[test]
    fn items_come_out_as_they_went_in(items in items()) {
        let session = session(&items, SessionOptions::default());
        prop_assert_eq!(session.len(), items.len());
        for (index, item) in items.iter().enumerate() {
            let mut text = Vec::new();
            prop_assert!(session.text(index, &mut text));
            prop_assert_eq!(&text, item);
        }
        prop_assert!(!session.text(items.len(), &mut Vec::new()));
    }
}

#[test]
fn a_walk_feeds_a_session() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let options = walk::WalkOptions { sort: true, ..walk::WalkOptions::default() };
    let session = Session::new(SessionOptions::default());
    let walk = walk::walk(root.as_bytes(), &options).unwrap();
    session.feed(&walk);
    while walk.poll().state == JobState::Running {
        assert!(walk.wait(LONG));
    }
    assert_eq!((walk.poll().state, walk.take().is_none()), (JobState::Done, true));
    let again = walk::walk(root.as_bytes(), &options).unwrap();
    let mut index = 0;
    while again.wait(LONG) {
        let Some(paths) = again.take() else { break };
        for entry in paths.entries() {
            let mut text = Vec::new();
            assert!(session.text(index, &mut text));
            assert_eq!(text, paths.path(entry));
            index += 1;
        }
    }
    assert!(index > 10 && session.len() == index);
    let found = session.query(b"fuzzy session.rs$", 1);
    let mut text = Vec::new();
    assert!(found.total > 0 && session.text(found.rows[0].index as usize, &mut text));
    assert!(text.ends_with(b"src/fuzzy/session.rs"));
}

#[test]
fn a_feed_ends_with_its_session_or_its_budget() {
    let root = env!("CARGO_MANIFEST_DIR").as_bytes();
    let walk = walk::walk(root, &walk::WalkOptions::default()).unwrap();
    Session::new(SessionOptions::default()).feed(&walk);
    while walk.poll().state == JobState::Running {
        walk.wait(LONG);
    }
    assert_eq!(walk.failure().unwrap(), "the session it feeds is closed");

    let session =
        Session::new(SessionOptions { memory_limit: 20_000, ..SessionOptions::default() });
    let walk = walk::walk(root, &walk::WalkOptions::default()).unwrap();
    session.feed(&walk);
    while walk.poll().state == JobState::Running {
        walk.wait(LONG);
    }
    assert_eq!(walk.failure().unwrap(), "memory limit of 20000 bytes reached");
    assert!(session.stats().bytes <= 20_000);
}

#[test]
fn a_memory_limit_holds_for_any_items() {
    let memory_limit = 3 << 20;
    let session = Session::new(SessionOptions { memory_limit, ..SessionOptions::default() });
    let big = vec![b'x'; 1 << 20];
    let mut refused = false;
    for number in 0..10_000_000 {
        let item = format!("directory {}/file {number}", number / 7);
        let (count, why) = session.push([item.as_bytes()]);
        assert!(session.stats().bytes <= memory_limit);
        if count == 0 {
            assert_eq!(why, Some(Refused::MemoryLimit(memory_limit)));
            assert_eq!(session.len(), number);
            refused = true;
            break;
        }
    }
    assert!(refused);
    assert_eq!(session.push([&big[..]]), (0, Some(Refused::MemoryLimit(memory_limit))));
    session.clear();
    assert_eq!((session.len(), session.push([&big[..], b"a"])), (0, (2, None)));
}

#[test]
fn boosts_add_to_scores_and_leave_the_order_of_an_empty_query() {
    let items = strings(&["src/a.rs", "src/b.rs", "src/c.rs", "other"]);
    let session = session(&items, SessionOptions::default());
    session.boost(1, &[-5, 7]).expect("memory");
    let plain = expected(&items, "src", 9, &SessionOptions::default());
    let row = |index: usize, boost| Row { index: index as u32, score: plain.rows[0].score + boost };
    assert_eq!(session.query(b"src", 9).rows, [row(2, 7), row(0, 0), row(1, -5)]);
    assert_eq!(session.query(b"", 9), expected(&items, "", 9, &SessionOptions::default()));
    assert_eq!(session.query(b"!src", 9), expected(&items, "!src", 9, &SessionOptions::default()));
    session.boost(2, &[0]).expect("memory");
    assert_eq!(session.query(b"src", 1).rows, [row(0, 0)]);
    session.clear();
    session.push(items.iter().map(|item| &item[..]));
    assert_eq!(session.query(b"src", 9), plain);
}

#[test]
fn columns() {
    let items = strings(&["a.rs:12:main", "main.rs:1:other", "b.rs", ":main:"]);
    let with = |columns: &[u32]| {
        let columns = columns.to_vec();
        session(
            &items,
            SessionOptions { delimiter: Some(b':'), columns, ..SessionOptions::default() },
        )
    };
    let found = |session: &Session, query: &str| {
        let mut rows: Vec<u32> =
            session.query(query.as_bytes(), 9).rows.iter().map(|row| row.index).collect();
        rows.sort_unstable();
        rows
    };
    assert_eq!(found(&with(&[]), "main"), [0, 1, 3]);
    assert_eq!(found(&with(&[0]), "main"), [1]);
    assert_eq!(found(&with(&[2]), "main"), [0]);
    assert_eq!(found(&with(&[2, 0]), "main rs"), [0, 1]);
    assert_eq!(found(&with(&[2, 0]), "^main$"), [0]);
    // No match spans two columns.
    assert!(found(&with(&[]), "rs12").is_empty());
    assert_eq!(with(&[1, 2]).positions(b"mn", 0), Some(vec![8, 11]));
    assert_eq!(with(&[1]).positions(b"mn", 0), None);
}

#[test]
fn a_search_that_is_done_has_counted_every_item() {
    let items = tree(20_000);
    let session = session(&items, SessionOptions { threads: 4, ..SessionOptions::default() });
    // The second query finds all of its results among those that are known.
    for query in ["a", "a", "a1", "", "nothing has this"] {
        let search = session.start(query.as_bytes(), 10);
        finish(&search);
        let progress = search.poll();
        assert_eq!((progress.done, progress.total), (20_000, 20_000), "{query}");
    }
    // Items that are added while it runs are counted once.
    let search = session.start(b"a1", 10);
    session.push(items.iter().map(Vec::as_slice));
    finish(&search);
    let progress = search.poll();
    assert_eq!(progress.done, progress.total);
    assert!((20_000..=40_000).contains(&progress.total), "{progress:?}");
}

#[test]
fn a_new_search_ends_the_last_one() {
    let items: Vec<Vec<u8>> =
        (0..50_000).map(|n| format!("directory{}/some file {n}", n / 9).into_bytes()).collect();
    let session = session(&items, SessionOptions::default());
    for held in [false, true] {
        // While all threads are blocked, no search finishes before the next one starts.
        let hold = |worker: &job::Worker<()>| loop {
            worker.go_on()?;
            std::thread::sleep(Duration::from_millis(1));
        };
        let count = if held { 2 * job::parallelism() } else { 0 };
        let busy: Vec<_> = (0..count).map(|_| job::start(hold)).collect();
        let searches: Vec<_> = (0..50).map(|_| session.start(b"smfl", 100)).collect();
        drop(busy);
        let (last, before) = searches.split_last().unwrap();
        let found = finish(last);
        assert_eq!((found.total, found.searched), (items.len(), items.len()));
        for search in before {
            while search.poll().state == JobState::Running {
                search.wait(LONG);
            }
            // The searches that finished before the next one started are complete.
            match search.poll().state {
                JobState::Done if !held => assert_eq!(latest(search).unwrap().total, items.len()),
                state => assert_eq!(state, JobState::Cancelled),
            }
        }
    }
    // Results of an interrupted search are kept for reuse, and dropping a session stops its searches.
    let search = session.start(b"smfl", 100);
    drop(session);
    while search.poll().state == JobState::Running {
        search.wait(LONG);
    }
}

#[test]
fn odd_items_and_queries() {
    let mut items = strings(&["", " ", "\0", "a\0b", "/", "//", "\n", "a/"]);
    items.push(vec![0xFF; 3]);
    items.push(b"\xE2\x82/x".to_vec());
    items.push([b"x/".repeat(40_000), b"main.rs".to_vec()].concat());
    items.push([b"y".repeat(1 << 20), b"main.rs".to_vec()].concat());
    items.push([b"y".repeat(70_000), b"/main.rs".to_vec()].concat());
    items.push(b"z".repeat(300));
    let session = session(&items, SessionOptions::default());
    let long = "z".repeat(256);
    let longer = "z".repeat(10_000);
    let spaced = "z ".repeat(50);
    let operators = "! ^ $ ' | ".repeat(1_000);
    let queries = [
        "", "main", "\0", "/", "x", "rs$", "^y", "'main", "a", "!x", &long, &longer, &spaced,
        &operators,
    ];
    for query in queries {
        let expected = expected(&items, query, 100, &SessionOptions::default());
        let head = &query[..query.len().min(20)];
        assert!(session.query(query.as_bytes(), 100) == expected, "{head}");
        assert_eq!(
            session.query(query.as_bytes(), 3).rows,
            expected.rows[..expected.rows.len().min(3)]
        );
    }
    assert_eq!(session.query(b"\xFF", 9).total, 1);
    assert_eq!(session.positions(b"\xFF", 8), Some(vec![0]));
    assert_eq!(session.positions(b"x", 9), Some(vec![3]));
    assert_eq!((session.positions(b"q", 9), session.positions(b"q", 99)), (None, None));
}

/// Returns `count` paths as in a source tree.
fn tree(count: usize) -> Vec<Vec<u8>> {
    let parts = [
        "src",
        "lib",
        "main",
        "init",
        "matcher",
        "utils",
        "Config",
        "test",
        "docs",
        "x1",
        "caf\u{e9}",
        "a b",
    ];
    let endings = [".rs", ".go", ".py", "", "_test.go", ".Lua"];
    let mut state = 7_usize;
    let mut below = move |limit: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut directory = String::new();
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        if below(6) == 0 {
            let depth = below(5);
            directory = (0..depth).map(|_| format!("{}/", parts[below(parts.len())])).collect();
        }
        let (one, other) = (parts[below(parts.len())], parts[below(parts.len())]);
        items.push(
            format!("{directory}{one}_{other}{}", endings[below(endings.len())]).into_bytes(),
        );
    }
    items
}

/// Keystroke by keystroke, back and forth, while items and boosts are added: always the results of brute force.
#[test]
fn what_was_found_before_changes_nothing() {
    let items = tree(14_000);
    let typed = [
        "s",
        "sr",
        "src",
        "src ",
        "src t",
        "src te",
        "src test",
        "src test .",
        "src test .rs",
        "src test .rs$",
        "src test .rs",
        "src",
        "sr",
        "mtch",
        "mtchr",
        "mtchrs",
        "mtchr",
        "",
        "!s",
        "!sr",
        "m",
        "main$",
        "main",
        "main.g",
        "main .go$",
        "main .go$ | .rs$",
        "main",
        "Con",
        "con",
        "confi",
        "'confi",
        "'config",
        "^src",
        "^src/",
        "^src/m",
        "a\\ b",
        "caf",
        "caf\u{e9}",
        "lib !test",
        "lib !te",
        "lib",
    ];
    for threads in [1, 0] {
        let options = SessionOptions { threads, ..SessionOptions::default() };
        let session = session(&items[..9000], options.clone());
        for (at, query) in typed.iter().enumerate() {
            let count = 9000 + at * 125;
            session.push(items[session.len()..count].iter().map(|item| &item[..]));
            let limit = if at % 5 == 0 { 7 } else { 50 };
            let expected = expected(&items[..count], query, limit, &options);
            if at % 3 == 0 {
                assert_eq!(finish(&session.start(query.as_bytes(), limit)), expected, "{query}");
            }
            assert_eq!(session.query(query.as_bytes(), limit), expected, "{query}");
            // An interrupted search leaves its results in the history.
            drop(session.start(typed[(at + 1) % typed.len()].as_bytes(), limit));
        }
        assert!(session.stats().bytes > 0);
    }
}

#[test]
fn any_number_of_threads_returns_the_same() {
    let items = tree(30_000);
    let sessions = [1, 2, 0]
        .map(|threads| session(&items, SessionOptions { threads, ..SessionOptions::default() }));
    for query in queries() {
        let [one, two, all] =
            sessions.each_ref().map(|session| session.query(query.as_bytes(), 100));
        assert!(one == two && one == all, "{query}");
    }
}

#[test]
fn boosts_count_in_what_was_found_before() {
    let items = tree(9000);
    let session = session(&items, SessionOptions::default());
    let plain = session.query(b"main", 5);
    let last = session.query(b"main", items.len()).rows.pop().unwrap();
    session.boost(last.index as usize, &[10_000]).expect("memory");
    let first = Row { index: last.index, score: last.score + 10_000 };
    let boosted = session.query(b"main", 5);
    assert_eq!((boosted.rows[0], boosted.total), (first, plain.total));
    assert_eq!(boosted.rows[1..], plain.rows[..4]);
    session.boost(last.index as usize, &[0]).expect("memory");
    assert_eq!(session.query(b"main", 5), plain);
}
