//! Tests that a cancelled search stops soon, by counting its calls of `stop` instead of measuring time.

use crate::fuzzy::SessionOptions;
use crate::fuzzy::corpus::{BLOCK, Corpus};
use crate::fuzzy::fzf::query::{self, MAX_TERMS, Query};
use crate::fuzzy::history::Reusable;
use crate::fuzzy::search::{self, Plan, View};
use std::cell::Cell;
use std::sync::Arc;

fn plan(items: &[String], query: &str, options: SessionOptions) -> Arc<Plan> {
    let mut corpus = Corpus::default();
    items.iter().for_each(|item| corpus.push(item.as_bytes()).unwrap());
    let view = View {
        snapshot: Arc::new(corpus.snapshot().expect("memory")),
        boosts: Arc::default(),
        boosted: 0,
        prior: Reusable::default(),
    };
    let query = Query::new(query.as_bytes(), options.query);
    Arc::new(Plan::new(query, options, 9, 1, view))
}

/// Returns how often a search calls `stop`, which returns true the first time after `stop_after` calls.
fn looks(items: &[String], query: &str, options: &SessionOptions, stop_after: usize) -> usize {
    let plan = plan(items, query, options.clone());
    let looks = Cell::new(0);
    let stop = || looks.replace(looks.get() + 1) == stop_after;
    search::run(&plan, &stop, &mut |_| {});
    let is_stopped = plan.known().best.is_none();
    assert_eq!(is_stopped, looks.get() > stop_after, "{query}");
    looks.get()
}

/// Asserts that a search calls `stop` at least `least` times, and never again after it returned true.
fn looks_at_least(least: usize, items: &[String], query: &str, options: &SessionOptions) {
    let all = looks(items, query, options, usize::MAX);
    assert!(all >= least, "{query}: {all} looks, {least} expected");
    for stop_after in [0, 1, 2, all / 3, all / 2, all - 2, all - 1] {
        assert_eq!(looks(items, query, options, stop_after), stop_after + 1, "{query}");
    }
}

#[test]
fn a_search_checks_for_cancellation_between_blocks_and_terms() {
    let items: Vec<String> = (0..3 * BLOCK).map(|n| format!("src/{n}.rs")).collect();
    looks_at_least(3, &items, "s", &SessionOptions::default());
    for (term, between) in [("s", " "), ("'s", " "), ("rs$", " "), ("!x", " "), ("'q", " | ")] {
        let query = [term; MAX_TERMS].join(between);
        looks_at_least(3 * MAX_TERMS, &items, &query, &SessionOptions::default());
    }
}

/// Items that need the scorer, wherever they are in a word.
#[test]
fn a_search_checks_for_cancellation_between_items_without_a_fast_path() {
    let named = |name: &dyn Fn(usize) -> String| -> Vec<String> { (0..BLOCK).map(name).collect() };
    let options = SessionOptions::default();
    let accents = named(&|n| if n % 8 == 0 { format!("s/{n}") } else { format!("é/s{n}") });
    looks_at_least(BLOCK / 8 * 7, &accents, "s", &options);
    let columns = SessionOptions { delimiter: Some(b':'), ..SessionOptions::default() };
    looks_at_least(BLOCK, &named(&|n| format!("s:{n}")), "s", &columns);
    let typos = query::QueryOptions { typos: 1, ..query::QueryOptions::default() };
    let typos = SessionOptions { query: typos, ..SessionOptions::default() };
    looks_at_least(BLOCK, &named(&|n| format!("sources/{n}")), "sourxes", &typos);
    looks_at_least(BLOCK, &named(&|n| format!("src/{n} a")), "'a'", &options);
    looks_at_least(BLOCK, &named(&|n| format!(" src/{n}")), "^src", &options);
    // The scorer computes the scores of exact terms, and of long names.
    let same = named(&|_| "a_src_b".to_owned());
    looks_at_least(BLOCK, &same, "'src", &options);
    let long = "s".repeat(600);
    let long = named(&|_| long.clone());
    looks_at_least(2000, &long[..2000], "s", &options);
}

#[test]
fn a_search_stops_before_it_scores() {
    let items: Vec<String> = (0..3 * BLOCK).map(|n| format!("src/{n}.rs")).collect();
    let plan = plan(&items, "s", SessionOptions::default());
    // A search checks before each block and before its term, and filters two blocks before it scores their items.
    let asked = Cell::new(0);
    let stop = || asked.replace(asked.get() + 1) == 4;
    search::run(&plan, &stop, &mut |_| panic!("the search continues"));
    assert_eq!(asked.get(), 5);
    let ranking = plan.ranking().unwrap();
    assert_eq!((ranking.total, ranking.rows), (2 * BLOCK, Vec::new()));
    assert!(plan.known().best.is_none());
}
