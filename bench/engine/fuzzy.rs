//! Benches of fuzzy sessions over a million paths, compared with frizbee and nucleo on the same paths with as many
//! threads, and fzf and fzy as processes.
//!
//! frizbee scores everything and sorts it; nucleo's matcher gets the paths divided among as many threads, and its matches
//! are sorted. fzf and fzy read the paths from a file first, which is a part of their time.

use crate::measure::{Bench, Reach, median};
use crate::paths;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use rille::fuzzy::SessionOptions;
use rille::fuzzy::session::{Session, latest};
use rille::job::AnyJob;
use rille::tree::walk;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const QUERIES: [&str; 24] = [
    "s",
    "rs",
    "lib",
    "fzf",
    "main",
    "init",
    "mtchr",
    "utils",
    "config",
    "README",
    "Makefile",
    "usrlibpy",
    "zqxjkv",
    "qqqqqq",
    "src/main.rs",
    "algo_test.go",
    "__init__.py",
    "MatchRes",
    "docs/README",
    "tomlcargo",
    "src test .rs$",
    "lib !test",
    "'config .py$",
    "main .go$ | .rs$",
];

/// The queries, typed character by character.
const TYPED: [&str; 6] = ["config", "main.rs", "matcher", "src test .rs$", "usrlibpy", "README"];

const LIMIT: usize = 100;
const ROUNDS: usize = 7;

pub fn rows(bench: &mut Bench) {
    if !bench.wants_part("fuzzy") {
        return;
    }
    let count = if bench.quick() { 100_000 } else { 1_000_000 };
    let items = paths::paths(count);
    let raw: usize = items.iter().map(Vec::len).sum();
    let threads = rille::job::parallelism();
    println!(
        "\nfuzzy: {count} paths of {:.1} bytes, the best {LIMIT}, {threads} threads, {} kernels, milliseconds",
        raw as f64 / count as f64,
        rille::fuzzy::kernel_name()
    );
    let session = Session::new(SessionOptions::default());
    let mut rates = Vec::new();
    for _ in 0..if bench.quick() { 1 } else { 5 } {
        session.clear();
        let since = Instant::now();
        session.push(items.iter().map(|item| &item[..]));
        rates.push(count as f64 / since.elapsed().as_secs_f64() / 1e6);
    }
    fresh(bench, &session, &items, threads);
    if !bench.quick() {
        processes(&session, &items);
    }
    typed(bench, &session);
    let bytes = session.stats().bytes as f64;
    let above = (bytes - raw as f64) / count as f64;
    bench.promise("memory above the raw text, an item", above, "bytes", Reach::Most(60.0));
    bench.promise("memory in all, an item", bytes / count as f64, "bytes", Reach::Most(160.0));
    bench.promise("pushed in a second", median(&rates), "million", Reach::Least(10.0));
    drop(session);
    feed(bench);
    host(bench);
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Returns the median of some rounds.
fn time(rounds: usize, mut round: impl FnMut() -> f64) -> f64 {
    median(&(0..rounds).map(|_| round()).collect::<Vec<_>>())
}

/// Measures each query from scratch.
fn fresh(bench: &mut Bench, session: &Session, items: &[Vec<u8>], threads: usize) {
    let texts: Vec<&str> =
        items.iter().map(|item| std::str::from_utf8(item).unwrap_or_default()).collect();
    println!(
        "{:20} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "", "matches", "rille", "frizbee", "nucleo", "times"
    );
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for query in QUERIES {
        // Each contender runs all its rounds before the next one begins, as a user does not type in two of them
        // alternately.
        let rounds = if bench.quick() { 1 } else { ROUNDS };
        let (mut total, mut peer) = (0, 0);
        let times = [
            time(rounds, || {
                session.forget();
                let since = Instant::now();
                total = session.query(query.as_bytes(), LIMIT).total;
                millis(since)
            }),
            time(rounds, || {
                let since = Instant::now();
                let mut matcher = frizbee::Matcher::from_query(query, &frizbee::Config::default());
                peer = matcher.match_list_parallel(&texts, threads).len();
                millis(since)
            }),
            time(rounds.min(3), || {
                let since = Instant::now();
                black_box(nucleo(query, &texts, threads));
                millis(since)
            }),
        ];
        // It does not support "or".
        assert!(
            query.contains('|') || total == peer,
            "{query}: {total} matches, frizbee has {peer}"
        );
        let [rille, frizbee, nucleo] = times;
        if !bench.quick() {
            let times = frizbee / rille;
            println!(
                "{query:20} {total:>9} {rille:>9.2} {frizbee:>9.2} {nucleo:>9.1} {times:>7.2}"
            );
        }
        ours.push(rille);
        theirs.push(frizbee);
    }
    let ratio = median(&theirs) / median(&ours);
    let most = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
    bench.promise("a fresh query, median against frizbee's", ratio, "times", Reach::Least(3.5));
    let ratio = most(&theirs[..20]) / most(&ours[..20]);
    bench.promise(
        "the slowest of one term, against frizbee's",
        ratio,
        "times",
        Reach::Least(30.0 / 16.0),
    );
    bench.promise("the slowest query of all", most(&ours), "ms", Reach::Most(16.0));
}

fn nucleo(query: &str, texts: &[&str], threads: usize) -> Vec<(u32, usize)> {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Never);
    let part = texts.len().div_ceil(threads);
    let mut all = std::thread::scope(|scope| {
        let parts: Vec<_> = texts
            .chunks(part)
            .enumerate()
            .map(|(number, texts)| {
                let pattern = &pattern;
                scope.spawn(move || {
                    let (mut matcher, mut chars) = (Matcher::new(Config::DEFAULT), Vec::new());
                    let mut found = Vec::new();
                    for (at, text) in texts.iter().enumerate() {
                        let text = Utf32Str::new(text, &mut chars);
                        if let Some(score) = pattern.score(text, &mut matcher) {
                            found.push((score, number * part + at));
                        }
                    }
                    found
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("a part")).collect::<Vec<_>>()
    });
    all.sort_unstable_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
    all
}

fn processes(session: &Session, items: &[Vec<u8>]) {
    let file = std::env::temp_dir().join(format!("rille-bench-{}", std::process::id()));
    if std::fs::write(&file, items.join(&b'\n')).is_err() {
        return;
    }
    for (program, option) in [("fzf", "--filter"), ("fzy", "--show-matches")] {
        for query in ["init", "mtchr"] {
            let Ok(input) = std::fs::File::open(&file) else { continue };
            let since = Instant::now();
            let run = Command::new(program)
                .arg(format!("{option}={query}"))
                .stdin(input)
                .stdout(Stdio::null())
                .status();
            if run.is_ok() {
                let theirs = millis(since);
                session.forget();
                let since = Instant::now();
                session.query(query.as_bytes(), LIMIT);
                println!("{query:20} {:>9.2} {program} as a process {theirs:.0}", millis(since));
            }
        }
    }
    let _ = std::fs::remove_file(file);
}

/// Measures each further character of a word.
fn typed(bench: &mut Bench, session: &Session) {
    let mut times = Vec::new();
    let rounds = if bench.quick() { 1 } else { 5 };
    for text in [TYPED; 5][..rounds].as_flattened() {
        session.forget();
        for end in 1..=text.len() {
            let since = Instant::now();
            black_box(session.query(&text.as_bytes()[..end], LIMIT));
            if end > 1 {
                times.push(millis(since));
            }
        }
    }
    bench.promise("the next character of a word, median", median(&times), "ms", Reach::Most(1.0));
}

/// Waits for a job whose results are taken elsewhere.
fn finish(job: &dyn AnyJob) {
    while job.poll().state == rille::job::JobState::Running {
        job.wait(Duration::from_secs(1));
    }
}

/// Measures a walk that feeds a session, against the walk alone.
fn feed(bench: &mut Bench) {
    let options =
        walk::WalkOptions { hidden: true, no_ignore: true, ..walk::WalkOptions::default() };
    let root = b"/usr";
    let (mut alone, mut fed) = (Vec::new(), Vec::new());
    for _ in 0..if bench.quick() { 1 } else { 5 } {
        let since = Instant::now();
        let job = walk::walk(root, &options).expect("a walk");
        let mut count = 0;
        while job.wait(Duration::from_secs(1)) {
            match job.take() {
                Some(paths) => count += paths.len(),
                None => break,
            }
        }
        alone.push(millis(since));
        let since = Instant::now();
        let session = Session::new(SessionOptions::default());
        let job = walk::walk(root, &options).expect("a walk");
        session.feed(&job);
        finish(&job);
        fed.push(millis(since));
        assert!(session.len() <= count && session.len() + count / 100 >= count);
    }
    let ratio = median(&alone) / median(&fed);
    bench.promise(
        "a walk that feeds a session, of the walk's speed",
        ratio,
        "times",
        Reach::Least(1.0),
    );
}

/// Measures the longest time of any call on the host's thread while another thread adds items.
fn host(bench: &mut Bench) {
    let count = if bench.quick() { 100_000 } else { 10_000_000 };
    let session = Session::new(SessionOptions::default());
    let mut longest = (0.0, "nothing");
    let mut firsts = Vec::new();
    std::thread::scope(|scope| {
        let pushing = scope.spawn(|| {
            let mut items = Vec::new();
            paths::each(count, |path| {
                items.push(path.to_vec());
                if items.len() == 512 {
                    session.push(items.iter().map(|item| &item[..]));
                    items.clear();
                }
            });
            session.push(items.iter().map(|item| &item[..]));
        });
        let mut time = |what: &'static str, took: f64| {
            if took > longest.0 {
                longest = (took, what);
            }
        };
        let mut text = Vec::new();
        let mut rounds = 0;
        while !pushing.is_finished() || rounds < 3 {
            for query in ["m", "ma", "mai", "main", "mtchr", "rs"] {
                let since = Instant::now();
                let search = session.start(query.as_bytes(), LIMIT);
                time("start", millis(since));
                for _ in 0..8 {
                    search.wait(Duration::from_millis(4));
                    let now = Instant::now();
                    let ranking = latest(&search);
                    time("results", millis(now));
                    for row in ranking.iter().flat_map(|ranking| &ranking.rows).take(40) {
                        let now = Instant::now();
                        text.clear();
                        session.text(row.index as usize, &mut text);
                        time("text", millis(now));
                    }
                }
                let now = Instant::now();
                black_box(session.len());
                time("len", millis(now));
            }
            rounds += 1;
        }
    });
    for query in ["s", "init", "mtchr", "config", "zqxjkv", "lib !test", "usrlibpy"] {
        session.forget();
        let since = Instant::now();
        let search = session.start(query.as_bytes(), LIMIT);
        while latest(&search).is_none() {
            search.wait(Duration::from_secs(1));
        }
        firsts.push(millis(since));
        finish(&search);
    }
    let since = Instant::now();
    session.clear();
    if millis(since) > longest.0 {
        longest = (millis(since), "clear");
    }
    let most = firsts.iter().copied().fold(0.0, f64::max);
    bench.promise(
        &format!("first rows of {count} items, slowest query"),
        most,
        "ms",
        Reach::Most(16.0),
    );
    let what = format!("the longest call of the host ({}) with {count} items", longest.1);
    bench.promise(&what, longest.0, "ms", Reach::Most(2.0));
}
