//! Benches of jobs: walks and searches of the largest tree available, the time until a job stops,
//! and its memory.
//!
//! The tree is `/usr`, or the directory in RILLE_BENCH_TREE; a quick pass uses the crate's own directory. Peers are the
//! crate `ignore` alone, and `rg` as an editor starts it, whose output is read to its end; without `rg` on PATH its rows
//! are omitted.

use crate::measure::{Bench, EQUAL};
use crate::texts::{MB, Text, ascii};
use bstr::ByteSlice;
use grep_matcher::Matcher;
use grep_regex::RegexMatcher;
use ignore::{WalkBuilder, WalkState};
use rille::job::{self, AnyJob, Job, JobState, MAX_UNTAKEN_BYTES};
use rille::search;
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::tree::grep::{self, Chunk, grep};
use rille::tree::walk::{self, walk};
use rille::tree::{Found, Kind, Paths};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub fn rows(bench: &mut Bench) {
    let scratch = Scratch::new();
    bench.limits_title("jobs: memory");
    // First, as a process rarely returns memory to the system.
    memory(bench, &scratch);
    let own = env!("CARGO_MANIFEST_DIR").to_owned();
    let usual = if bench.quick() { own } else { "/usr".to_owned() };
    let root = std::env::var("RILLE_BENCH_TREE").unwrap_or(usual);
    let rg = Command::new("rg").arg("--version").output().ok();
    let rg = rg
        .map(|output| output.stdout.lines().next().unwrap_or_default().to_str_lossy().into_owned());
    match &rg {
        Some(version) => bench.title(&format!("jobs: the tree {root}, against {version}")),
        None => {
            bench.title(&format!("jobs: the tree {root}; no rg on PATH, its rows are left out"))
        }
    }
    let has_rg = rg.is_some();
    walks(bench, &root, has_rg);
    for (name, pattern) in [
        ("grep of a rare literal", "EINPROGRESS"),
        ("grep of a regex", r"\w+ing_\w+ed\b"),
        ("grep of three words", "deprecated|obsolete|unsupported"),
    ] {
        searches(bench, &root, has_rg, name, pattern);
    }
    bench.title("jobs: which engine finds the lines");
    for (name, pattern) in [
        ("a literal", "zqzqzq"),
        ("three words", "zqzqzq|unsupportedly|deprecatingly"),
        ("a word pattern", r"\b\w+zqing\b"),
    ] {
        engines(bench, name, pattern);
    }
    bench.limits_title("jobs: limits");
    first_results(bench, &root);
    cancels(bench, &root, &scratch);
}

/// Returns the tree as the subject of a row. Its number of bytes is not meaningful.
fn tree(root: &str) -> Text {
    Text { name: root.to_owned(), bytes: Vec::new() }
}

fn walks(bench: &mut Bench, root: &str, has_rg: bool) {
    let text = tree(root);
    let row = bench.row("walk", &text).rille(|_, _| found(&start_walk(root)).len()).peer(
        "ignore, which only counts",
        Some(1.0),
        |_, _| ignore_alone(root),
    );
    let row = if has_rg {
        row.peer("rg --files", Some(1.0), |_, _| {
            rg(root, &["--files", "-0"]).find_iter(b"\0").count()
        })
    } else {
        row
    };
    row.run();
}

fn start_walk(root: &str) -> Job<Paths> {
    walk(root.as_bytes(), &walk::WalkOptions::default()).expect("the tree can be walked")
}

/// Returns the files that a walk finds, in batches; other entries are skipped, as rg lists files only.
fn found(job: &Job<Paths>) -> Files {
    let mut files = Files(Vec::new());
    finish(job, |paths| files.0.push(paths));
    files
}

struct Files(Vec<Paths>);

impl Files {
    fn len(&self) -> usize {
        let files = self.0.iter().flat_map(|paths| paths.entries());
        files.filter(|entry| entry.kind == Kind::File).count()
    }
}

/// Takes all results of a job as they arrive.
fn finish<T: Send + 'static>(job: &Job<T>, mut take: impl FnMut(T)) {
    loop {
        job.wait(Duration::from_secs(60));
        let state = job.poll().state;
        while let Some(result) = job.take() {
            take(result);
        }
        if state != JobState::Running {
            assert_eq!(state, JobState::Done, "{:?}", job.failure());
            return;
        }
    }
}

/// Returns the number of files that the crate `ignore` finds alone, with as many threads.
fn ignore_alone(root: &str) -> usize {
    let count = AtomicUsize::new(0);
    WalkBuilder::new(root).threads(job::parallelism()).build_parallel().run(|| {
        Box::new(|entry| {
            let kind = entry.ok().and_then(|entry| entry.file_type());
            count
                .fetch_add(usize::from(kind.is_some_and(|kind| kind.is_file())), Ordering::Relaxed);
            WalkState::Continue
        })
    });
    count.into_inner()
}

/// Returns what rg prints. Its errors go to another stream.
fn rg(root: &str, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("rg");
    command.args(["--no-config", "--no-messages", "--color=never"]).args(arguments).arg(root);
    command.stdin(Stdio::null()).output().expect("rg to run").stdout
}

fn searches(bench: &mut Bench, root: &str, has_rg: bool, name: &str, pattern: &str) {
    let text = tree(root);
    let arguments = ["--no-mmap", "--no-heading", "-H", "-n", "-0", "-e", pattern];
    if has_rg && bench.wants(name) {
        same_lines(name, lines_of(&start_grep(root, pattern)), lines_of_rg(&rg(root, &arguments)));
    }
    let row = bench.row(name, &text).rille(|_, _| {
        let mut count = 0;
        finish(&start_grep(root, pattern), |chunk| count += matches(&chunk));
        count
    });
    let row = if has_rg {
        row.peer("rg --no-mmap", Some(EQUAL), |_, _| {
            let output = rg(root, &arguments);
            output.lines().filter(|line| line.contains(&0)).count()
        })
    } else {
        row
    };
    row.run();
}

fn start_grep(root: &str, pattern: &str) -> Job<Chunk> {
    let options = grep::GrepOptions {
        patterns: vec![PatternSource::Text(pattern.as_bytes())],
        ..Default::default()
    };
    grep(root.as_bytes(), &walk::WalkOptions::default(), &options)
        .expect("the tree can be searched")
}

fn matches(chunk: &Chunk) -> usize {
    let lines = &chunk.batch.lines()[chunk.from..];
    lines.iter().filter(|line| line.kind == Found::Match as u32).count()
}

/// Path and number of each line, in order.
type Lines = Vec<(Vec<u8>, u64)>;

fn lines_of(job: &Job<Chunk>) -> Lines {
    let mut list = Lines::new();
    finish(job, |chunk| {
        let lines = chunk.batch.lines().iter();
        list.extend(lines.filter(|line| line.kind == Found::Match as u32).map(|line| {
            let path = line.path_start as usize..line.path_stop as usize;
            (chunk.batch.text()[path].to_vec(), line.line as u64)
        }));
    });
    list.sort();
    list
}

/// Returns the same from the output of rg: a path, a zero byte, a number, a colon. A warning has no zero byte.
fn lines_of_rg(output: &[u8]) -> Lines {
    let mut list: Lines = output
        .split_str("\n")
        .filter_map(|line| {
            let (path, rest) = line.split_once_str("\0")?;
            let number = rest.split_str(":").next()?.to_str().ok()?.parse().ok()?;
            Some((path.to_vec(), number))
        })
        .collect();
    list.sort();
    list
}

/// Ends the bench if one result has a line that the other lacks.
fn same_lines(name: &str, ours: Lines, theirs: Lines) {
    let odd = |list: &Lines, other: &Lines| -> Vec<String> {
        let missing = list.iter().filter(|line| other.binary_search(line).is_err());
        missing.take(5).map(|(path, line)| format!("{}:{line}", path.as_bstr())).collect()
    };
    let (more, less) = (odd(&ours, &theirs), odd(&theirs, &ours));
    assert!(
        ours == theirs,
        "{name}: {} lines and {} of rg; only here {more:?}, only there {less:?}",
        ours.len(),
        theirs.len()
    );
    println!("{name}: all {} lines are those of rg", ours.len());
}

/// Compares the crates that grep is built on with rille's own search, for a pattern that does not occur: a search of files
/// mostly skips over text without matches.
fn engines(bench: &mut Bench, name: &str, pattern: &str) {
    let text = ascii(16 * MB);
    let sources = [PatternSource::Text(pattern.as_bytes())];
    let lines = LinePatterns::new(&sources, &LineOptions::default()).expect("a right pattern");
    let lines = lines.compile(&|| false).expect("a right pattern");
    let grep_regex = RegexMatcher::new_line_matcher(pattern).expect("a right pattern");
    let regex =
        search::Regex::new(pattern.as_bytes(), &Default::default()).expect("a right pattern");
    let words: Vec<&[u8]> = pattern.split('|').map(str::as_bytes).collect();
    let literals = search::Literals::new(&words, &Default::default()).expect("a right list");
    bench
        .row(name, &text)
        .rille(|text, _| {
            let found = lines.seeker(&|| false).candidate(text, 0);
            usize::from(found.is_ok_and(|found| found.is_some()))
        })
        .peer("grep-regex", Some(1.0), |text, _| {
            usize::from(grep_regex.find_candidate_line(text).is_ok_and(|found| found.is_some()))
        })
        .peer("rille.regex", None, |text, _| usize::from(regex.test(text, 0)))
        .peer("rille.literals", None, |text, _| usize::from(literals.find(text, 0).is_some()))
        .run();
}

/// Measures the time from the start of a search to its first results, for a word that occurs everywhere.
fn first_results(bench: &mut Bench, root: &str) {
    let name = "first results of a grep";
    if !bench.wants(name) {
        return;
    }
    let mut times: Vec<f64> = (0..bench.times(50))
        .map(|_| {
            let since = Instant::now();
            let job = start_grep(root, "the");
            assert!(job.wait(Duration::from_secs(10)) && job.take().is_some(), "no results");
            let took = since.elapsed().as_secs_f64() * 1e3;
            job.cancel();
            until_over(&job);
            took
        })
        .collect();
    times.sort_by(f64::total_cmp);
    bench.figure(name, "median", times[times.len() / 2], "ms", 10.0);
    bench.figure(name, "worst", times[times.len() - 1], "ms", 10.0);
}

fn until_over(job: &dyn AnyJob) {
    while job.poll().state == JobState::Running {
        std::thread::sleep(Duration::from_micros(20));
    }
}

/// Starts a job of one kind.
type Start<'a> = &'a dyn Fn() -> Box<dyn AnyJob>;

/// Measures the time from cancelling a job until it has stopped, at random moments.
fn cancels(bench: &mut Bench, root: &str, scratch: &Scratch) {
    let huge = scratch.0.join("huge-lines");
    std::fs::create_dir_all(&huge).expect("a directory is made");
    let line = |seed: &str| seed.repeat(7 * MB / seed.len()) + "\n";
    std::fs::write(huge.join("ascii"), line("some words and no more ").repeat(4)).expect("a file");
    std::fs::write(huge.join("mixed"), line("größere Wörter, 日本語 ").repeat(4)).expect("a file");
    let huge = huge.to_str().expect("a path in UTF-8");
    let start = |root: &str, pattern: &str, binary| -> Box<dyn AnyJob> {
        let patterns = vec![PatternSource::Text(pattern.as_bytes())];
        let options = grep::GrepOptions { patterns, binary, ..Default::default() };
        let tree = walk::WalkOptions { no_ignore: true, ..Default::default() };
        Box::new(grep(root.as_bytes(), &tree, &options).expect("the tree can be searched"))
    };
    let slow = r"\b\w+\s+\w+ingly\s+\w+\b";
    let kinds: [(&str, Start<'_>); 6] = [
        ("cancel of a walk", &|| Box::new(start_walk(root))),
        ("cancel of a grep, literal", &|| start(root, "EINPROGRESS", false)),
        ("cancel of a grep, slow regex", &|| start(root, slow, false)),
        ("cancel of a grep, slow, binary files", &|| start(root, slow, true)),
        ("cancel of a grep, lines of 7 MB", &|| start(huge, slow, true)),
        ("cancel of a grep, 7 MB, all in words", &|| start(huge, r"(\w+\W+){20}[0-9]", true)),
    ];
    for (name, start) in kinds {
        if !bench.wants(name) {
            continue;
        }
        let mut state = 1_u64;
        let mut times: Vec<f64> = (0..bench.times(300))
            .map(|_| {
                state = state * 48271 % 0x7fff_ffff;
                let job = start();
                std::thread::sleep(Duration::from_micros(state % 40_000));
                let since = Instant::now();
                job.cancel();
                until_over(&*job);
                since.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        bench.figure(name, "median", times[times.len() / 2], "ms", 10.0);
        bench.figure(name, "worst", times[times.len() - 1], "ms", 10.0);
    }
}

/// Measures how much the process grows while ten million matches wait to be taken.
fn memory(bench: &mut Bench, scratch: &Scratch) {
    let name = "grep of 10 M matches, none taken";
    if !bench.wants(name) || resident().is_none() {
        return;
    }
    let directory = scratch.0.join("matches");
    std::fs::create_dir_all(&directory).expect("a directory is made");
    for part in 0..10 {
        std::fs::write(directory.join(part.to_string()), "x\n".repeat(MB)).expect("a file");
    }
    let before = resident().unwrap_or_default();
    let job = start_grep(directory.to_str().expect("a path in UTF-8"), "x");
    let peak = (0..bench.times(100)).fold(0.0_f64, |peak, _| {
        std::thread::sleep(Duration::from_millis(10));
        peak.max(resident().unwrap_or_default())
    });
    assert_eq!(job.poll().state, JobState::Running, "it did not wait");
    let limit = MAX_UNTAKEN_BYTES as f64 / MB as f64;
    bench.figure(name, "more resident", peak - before, "MB", limit + 16.0);
}

/// Returns the resident memory of the process in megabytes, if the system reports it.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().map(|kilobytes: f64| kilobytes / 1024.0).ok()
}

/// A directory that is removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        let path: &Path = &std::env::temp_dir();
        Scratch(path.join(format!("rille-bench-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
