//! Files of any size: opening, the index, jumps, searches, and what they cost the host. The file is written to the system's
//! folder for temporary files, read once so that the system has it in memory, and removed afterwards.

use crate::measure::{Bench, EQUAL};
use crate::texts::{KB, MB, Text};
use rille::file::{Document, Lines, Options, Query, SearchOptions, Window};
use rille::job::{AnyJob, Job, State};
use rille::search::Regex;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const GB: usize = 1 << 30;
const LONG: Duration = Duration::from_secs(120);

/// In the child that measures memory: the file to work on.
const CHILD: &str = "RILLE_BENCH_FILE_CHILD";

/// Three lines have it.
const RARE: &str = "kernel panic in module 0x7f3a";
const REGEX: &str = r"user=\w+ing id=\d{3} ";

/// Removed when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn rows(bench: &mut Bench) {
    if let Some(path) = std::env::var_os(CHILD) {
        return work(Path::new(&path));
    }
    bench.title("file: a log");
    // The file takes a while, so it is all of them or none.
    if !bench.wants("") {
        return;
    }
    let size = if bench.is_quick() { 16 * MB } else { GB };
    let folder = Folder(std::env::temp_dir().join(format!("rille-bench-{}", std::process::id())));
    fs::create_dir_all(&folder.0).expect("a temporary folder");
    let log = folder.0.join("log");
    write_log(&log, size);
    opening(bench, &log);
    indexing(bench, &log, size);
    jumps(bench, &log);
    searches(bench, &log, size);
    answers_while_it_works(bench, &log);
    cancels(bench, &log);
    fs::remove_file(&log).expect("the log to be removed");
    memory(bench, &folder.0);
}

/// 8 MiB of lines of a log, none of which is the same as another.
fn block() -> Vec<u8> {
    let words = include_str!("../common/words.txt").lines().next().unwrap_or_default();
    let words: Vec<&str> = words.split(' ').collect();
    let mut state = 1_u64;
    let mut below = |limit: usize| {
        state = state * 48_271 % 0x7fff_ffff;
        state as usize % limit
    };
    let mut text = Vec::with_capacity(8 * MB + KB);
    while text.len() < 8 * MB {
        let (a, b, c) =
            (words[below(words.len())], words[below(words.len())], words[below(words.len())]);
        let tail = if below(50) == 0 { "ing" } else { "" };
        writeln!(
            text,
            "2026-11-{:02}T{:02}:{:02}:{:02}.{:03}Z {} {a}[{}]: GET /{b}/{c}?page={} user={a}{tail} id={} took {}.{} ms",
            below(28) + 1, below(24), below(60), below(60), below(1000),
            ["INFO", "INFO", "INFO", "WARN", "ERROR"][below(5)],
            below(30_000), below(500), below(10_000), below(900), below(10),
        )
        .expect("memory");
    }
    text.truncate(8 * MB - 1);
    text.push(b'\n');
    text
}

/// The block over and over, with a line between, and one that is rare near the end.
fn write_log(path: &Path, size: usize) {
    let block = block();
    let mut log = BufWriter::new(File::create(path).expect("a file for the log"));
    let blocks = size / block.len();
    for number in 0..blocks {
        writeln!(log, "block {number} of {blocks}").expect("room for the log");
        log.write_all(&block).expect("room for the log");
        if number + 2 == blocks || number == blocks / 2 || number == blocks / 3 {
            writeln!(log, "2026-11-20T00:00:00.000Z ERROR {RARE}").expect("room for the log");
        }
    }
    log.flush().expect("room for the log");
}

fn open(path: &Path, options: Options) -> Document {
    Document::open(path.as_os_str().as_encoded_bytes(), options).expect("the log")
}

fn quiet(threads: usize) -> Options {
    Options { no_index: true, threads, ..Options::default() }
}

fn finish(job: &dyn AnyJob) {
    assert!(job.wait(LONG) && job.poll().state == State::Done, "{:?}", job.failure());
}

/// No text is given to these: they have the file.
fn named(name: &str) -> Text {
    Text { name: name.into(), bytes: Vec::new() }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn opening(bench: &mut Bench, log: &Path) {
    let sparse = log.with_file_name("sparse");
    let file = File::create(&sparse).expect("a sparse file");
    file.set_len(10 * GB as u64).expect("a sparse file");
    file.write_all_at(&b"the end\n".repeat(5000), 10 * GB as u64 - 40_000).expect("some room");
    for (name, path) in [("the log", log), ("10 GiB", &sparse)] {
        let mut batch = Lines::default();
        let times = (0..51).map(|_| {
            let since = Instant::now();
            let document = open(path, Options::default());
            document.last(50, Window::default(), &mut batch).expect("lines");
            let took = since.elapsed().as_secs_f64();
            assert_eq!(batch.lines.len(), 50);
            let index = document.index();
            index.cancel();
            assert!(index.wait(LONG));
            took
        });
        let took = median(times.collect());
        bench.within(&format!("open and the last 50 lines, {name}"), took * 1e3, 0.5, "ms");
    }
    fs::remove_file(sparse).expect("it to be removed");
}

fn indexing(bench: &mut Bench, log: &Path, size: usize) {
    let lines = |threads| {
        let document = open(log, quiet(threads));
        finish(&*document.index());
        document.info().expect("what is known").lines as usize
    };
    let mut buffer = vec![0; 256 * KB];
    let pread = || {
        let file = File::open(log).expect("the log");
        let mut at = 0;
        while let Ok(read @ 1..) = file.read_at(&mut buffer, at) {
            at += read as u64;
            black_box(&buffer);
        }
        at as usize
    };
    let count = || {
        let told = Command::new("wc").arg("-l").arg(log).output().expect("wc").stdout;
        String::from_utf8_lossy(&told).split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    bench
        .row("full index, 1 thread", &named("the log"))
        .of(size)
        .rille(move |_, _| lines(1))
        .limit("pread of 256 KiB, 1.15x", Some(1.0 / 1.15), {
            let mut pread = pread;
            move |_, _| pread()
        })
        .peer("wc -l", None, move |_, _| count())
        .run();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    bench
        .row("full index, 2 threads", &named("the log"))
        .of(size)
        .rille(move |_, _| lines(2))
        .peer("1 thread", (processors > 1).then_some(1.6), move |_, _| lines(1))
        .run();
    let document = open(log, quiet(0));
    finish(&*document.index());
    let info = document.info().expect("what is known");
    let each = info.index_memory as f64 / (info.lines as f64 / 1024.0);
    bench.within("index, for 1,024 lines", each, 64.0, "bytes");
}

fn jumps(bench: &mut Bench, log: &Path) {
    let document = open(log, quiet(0));
    finish(&*document.index());
    let (lines, mut batch) = (document.info().expect("what is known").lines, Lines::default());
    let mut state = 1_u64;
    let since = Instant::now();
    for _ in 0..10_000 {
        state = state * 48_271 % 0x7fff_ffff;
        document.lines(state % lines + 1, 1, Window::default(), &mut batch).expect("a line");
        assert_eq!(batch.lines.len(), 1);
    }
    bench.within(
        "a random line, mean of 10,000",
        since.elapsed().as_secs_f64() * 100.0,
        25.0,
        "µs",
    );
}

fn search(document: &Document, pattern: &str) -> Job<rille::file::Found> {
    let regex = Regex::new(pattern.as_bytes(), &Default::default()).expect("a pattern");
    let options = SearchOptions { count: true, ..SearchOptions::default() };
    document.search(Query::Regex(Arc::new(regex)), options).expect("a search")
}

/// Lines that match.
fn count(document: &Document, pattern: &str) -> usize {
    let job = search(document, pattern);
    let mut lines = 0;
    loop {
        assert!(job.wait(LONG));
        let state = job.poll().state;
        while let Some(found) = job.take() {
            lines = found.lines;
        }
        if state != State::Running {
            assert_eq!(state, State::Done, "{:?}", job.failure());
            return lines as usize;
        }
    }
}

fn searches(bench: &mut Bench, log: &Path, size: usize) {
    let has_rg = Command::new("rg").arg("--version").output().is_ok();
    for (name, pattern, reach) in [("a rare literal", RARE, 1.0), ("a regex", REGEX, EQUAL)] {
        for threads in [0, 1] {
            let what = if threads == 0 {
                format!("search for {name}")
            } else {
                format!("search for {name}, 1 thread")
            };
            let text = named("the log");
            let row = bench
                .row(&what, &text)
                .of(size)
                .rille(move |_, _| count(&open(log, quiet(threads)), pattern));
            if has_rg {
                let rg = move |_: &[u8], _: &mut [u8]| {
                    let mut rg = Command::new("rg");
                    let told =
                        rg.args(["--no-config", "--no-mmap", "-c", pattern]).arg(log).output();
                    let told = told.expect("rg").stdout;
                    String::from_utf8_lossy(&told).trim().parse().unwrap_or(0)
                };
                row.peer("rg --no-mmap -c", (threads == 0).then_some(reach), rg).run();
            } else {
                let all = open(log, quiet(threads));
                row.peer("the file opened before", None, move |_, _| count(&all, pattern)).run();
            }
        }
    }
}

/// What the host waits for at most, while index and search run on all processors.
fn answers_while_it_works(bench: &mut Bench, log: &Path) {
    let document = open(log, quiet(0));
    let (mut batch, mut state, mut times) = (Lines::default(), 1_u64, Vec::new());
    let size = document.info().expect("what is known").size;
    for _ in 0..3 {
        let jobs: [Box<dyn AnyJob>; 2] =
            [Box::new(document.index()), Box::new(search(&document, REGEX))];
        for call in 0..6000 {
            state = state * 48_271 % 0x7fff_ffff;
            let place = state * 7919 % size;
            let since = Instant::now();
            match call % 6 {
                0 => drop(black_box(document.lines(
                    place / 100 + 1,
                    60,
                    Window::default(),
                    &mut batch,
                ))),
                1 => document.last(60, Window::default(), &mut batch).expect("lines"),
                2 => document.around(place, 30, 30, Window::default(), &mut batch).expect("lines"),
                3 => drop(black_box(document.line_at(place))),
                4 => drop(black_box(document.refresh().expect("it is there"))),
                _ => drop(black_box((document.info().expect("it is there"), jobs[1].poll()))),
            }
            times.push(since.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[(times.len() as f64 * share) as usize - 1];
    bench.within("a call while jobs run, 99.9 of 100", at(0.999), 2.0, "ms");
    bench.within("a call while jobs run, the longest", at(1.0), 2.0, "ms");
}

fn cancels(bench: &mut Bench, log: &Path) {
    let mut longest = 0.0_f64;
    for round in 0..40 {
        let document = open(log, quiet(0));
        let job: Box<dyn AnyJob> = if round % 2 == 0 {
            Box::new(document.index())
        } else {
            Box::new(search(&document, REGEX))
        };
        std::thread::sleep(Duration::from_micros(500 * (round % 10)));
        let since = Instant::now();
        job.cancel();
        while job.poll().state == State::Running {
            std::hint::spin_loop();
        }
        longest = longest.max(since.elapsed().as_secs_f64() * 1e3);
    }
    bench.within("cancel, the longest of 40", longest, 10.0, "ms");
}

/// What a process takes for a file of 10 GiB above what it has at its start: a child of this program works on it.
fn memory(bench: &mut Bench, folder: &Path) {
    if !Path::new("/proc/self/status").exists() {
        return;
    }
    let size = if bench.is_quick() { GB } else { 10 * GB };
    let path = folder.join("islands");
    let file = File::create(&path).expect("a sparse file");
    file.set_len(size as u64).expect("a sparse file");
    let block = block();
    for at in (0..size).step_by(64 * MB) {
        file.write_all_at(&block, at as u64).expect("room for it");
    }
    let program = std::env::current_exe().expect("this program");
    let told = Command::new(program).env(CHILD, &path).output().expect("a child").stdout;
    let told = String::from_utf8_lossy(&told).into_owned();
    let above = told.split_whitespace().last().and_then(|mib| mib.parse().ok());
    let above = above.unwrap_or_else(|| panic!("the child says: {told}"));
    bench.within(&format!("memory above the start, {} GiB", size / GB), above, 64.0, "MiB");
}

/// The child: opens, indexes, searches and reads, and tells the most memory that it ever had above what it had before.
fn work(path: &Path) {
    let status = |key: &str| {
        let status = fs::read_to_string("/proc/self/status").expect("what the system knows");
        let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0)
            / 1024.0
    };
    let before = status("VmRSS");
    let document = open(path, Options::default());
    finish(&*document.index());
    let lines = document.info().expect("what is known").lines;
    assert!(count(&document, REGEX) > 0);
    let mut batch = Lines::default();
    for at in 1..1000 {
        document.lines(lines * at / 1000, 60, Window::default(), &mut batch).expect("lines");
    }
    println!("{:.1}", status("VmHWM") - before);
    std::process::exit(0);
}
