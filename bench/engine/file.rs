//! Benches of large files, compared with a bare loop of reads, and with ripgrep where it is
//! installed.

use crate::logs::{self, Log, NEEDLE};
use crate::measure::{Bench, Contender, EQUAL};
use rille::file::{Document, FileOptions, Found, Lines, SearchOptions, Window};
use rille::job::{AnyJob, Job, JobState};
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::search::{LiteralOptions, Literals, Regex};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const GIB: u64 = 1 << 30;
const NAME: &str = "file";

/// Environment variable of the child that measures memory: the file to work on.
const CHILD: &str = "RILLE_BENCH_FILE";

/// Does the work of the child and exits, if this is the child. To be called before anything else allocates.
pub fn be_child() {
    if let Some(path) = std::env::var_os(CHILD) {
        work(Path::new(&path));
    }
}

pub fn rows(bench: &mut Bench) {
    if !bench.wants(NAME) {
        return;
    }
    bench.title("file: a log of 1 GiB");
    let log = logs::make(if bench.quick() { 8 << 20 } else { GIB });
    index(bench, &log);
    search(bench, &log);
    read(bench, &log);
    wait(bench, &log);
    memory(bench, &log);
}

fn open(log: &Log, options: FileOptions) -> Document {
    Document::open(log.path.as_os_str().as_encoded_bytes(), options).expect("the log")
}

fn end(job: &dyn AnyJob) {
    while job.poll().state == JobState::Running {
        job.wait(Duration::from_secs(60));
    }
    assert_eq!(job.poll().state, JobState::Done, "{:?}", job.failure());
}

fn index(bench: &mut Bench, log: &Log) {
    let full = |threads| {
        let document = open(log, FileOptions { no_index: true, threads, ..FileOptions::default() });
        end(&*document.index().unwrap());
        document.info().expect("the log").lines
    };
    let pread = |from: u64, to: u64| {
        let (file, mut buffer, mut at) =
            (File::open(&log.path).expect("the log"), vec![0; 256 << 10], from);
        while at < to
            && let read @ 1.. = file.read_at(&mut buffer, at).expect("the log")
        {
            at += read as u64;
        }
        at
    };
    bench.race(
        "file index, 1 thread",
        log.size as usize,
        &mut [
            Contender { name: "rille", reach: None, run: &mut || full(1) },
            Contender {
                name: "limit: bare pread loop",
                reach: Some(1.0 / 1.15),
                run: &mut || pread(0, log.size),
            },
        ],
    );
    bench.race(
        "file index, 2 threads",
        log.size as usize,
        &mut [
            Contender { name: "rille", reach: None, run: &mut || full(2) },
            Contender { name: "rille, 1 thread", reach: Some(1.6), run: &mut || full(1) },
            Contender {
                name: "limit: 2 pread loops",
                reach: None,
                run: &mut || {
                    std::thread::scope(|scope| {
                        scope.spawn(|| pread(0, log.size / 2));
                        pread(log.size / 2, log.size)
                    })
                },
            },
        ],
    );
    let document = open(log, FileOptions { no_index: true, ..FileOptions::default() });
    end(&*document.index().unwrap());
    let info = document.info().expect("the log");
    assert_eq!((info.lines, info.exact), (log.lines, true));
    let each = info.index_memory as f64 / (log.lines as f64 / 1024.0);
    bench.figure("file index, memory", "of 1,024 lines", each, "B", 64.0);
}

/// Takes all results of a search; returns the number of lines with matches.
fn lines(job: &Job<Found>) -> u64 {
    let mut lines = 0;
    loop {
        let state = job.poll().state;
        while let Some(found) = job.take() {
            lines = found.lines;
        }
        if state != JobState::Running {
            assert_eq!(state, JobState::Done, "{:?}", job.failure());
            return lines;
        }
        job.wait(Duration::from_secs(60));
    }
}

fn regex(pattern: &str) -> LinePatterns {
    let regex = Regex::new(pattern.as_bytes(), &rille::search::PatternOptions::default());
    patterns(PatternSource::Regex(Arc::new(regex.expect("a pattern"))))
}

fn literal(text: &str) -> LinePatterns {
    let literals = Literals::new(&[text.as_bytes()], &LiteralOptions::default());
    patterns(PatternSource::Literals(Arc::new(literals.expect("a literal"))))
}

fn patterns(source: PatternSource<'_>) -> LinePatterns {
    LinePatterns::new(&[source], &LineOptions::default()).expect("it is compiled already")
}

fn search(bench: &mut Bench, log: &Log) {
    let has_ripgrep = Command::new("rg").arg("--version").output().is_ok();
    if !has_ripgrep {
        println!("file search: no row, as there is no rg");
        return;
    }
    let document = open(log, FileOptions::default());
    end(&*document.index().unwrap());
    let rows = [
        ("a rare literal", NEEDLE, literal(NEEDLE), 1.0),
        ("a rare literal as a regex", NEEDLE, regex(NEEDLE), 1.0),
        (r"\w+ing\b", r"\b\w+ing\b", regex(r"\b\w+ing\b"), EQUAL),
        ("dotted IPv4", r"\b10\.7\.\d+\.\d+\b", regex(r"\b10\.7\.\d+\.\d+\b"), EQUAL),
        ("[a-z]+ed .*upstream", "[a-z]+ed .*upstream", regex("[a-z]+ed .*upstream"), EQUAL),
    ];
    for (name, pattern, query, reach) in rows {
        let ripgrep = || {
            let run = Command::new("rg")
                .args(["--no-mmap", "--no-config", "-c", pattern])
                .arg(&log.path)
                .output();
            let answer = run.expect("rg").stdout;
            String::from_utf8_lossy(&answer).trim().parse().unwrap_or(0)
        };
        let options = SearchOptions { lines: true, ..SearchOptions::default() };
        bench.race(
            &format!("file count {name}"),
            log.size as usize,
            &mut [
                Contender {
                    name: "rille",
                    reach: None,
                    run: &mut || lines(&document.search(query.clone(), options).expect("the log")),
                },
                Contender { name: "rg --no-mmap -c", reach: Some(reach), run: &mut || ripgrep() },
            ],
        );
    }
}

/// Returns the median of several measurements of the same work, in seconds.
fn median(times: usize, mut run: impl FnMut(usize)) -> f64 {
    let mut seconds: Vec<f64> = (0..times)
        .map(|round| {
            let since = Instant::now();
            run(round);
            since.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[times / 2]
}

fn read(bench: &mut Bench, log: &Log) {
    let mut batch = Lines::default();
    let hole = Removed(log.path.with_extension("hole"));
    let file = File::create(&hole.0).expect("a sparse file");
    file.set_len(1 << 40).expect("a sparse file");
    file.write_all_at(&b"the end\n".repeat(5000), (1 << 40) - 40_000).expect("some room");
    for (name, path) in [("1 GiB", &log.path), ("a sparse TiB", &hole.0)] {
        let tail = median(51, |_| {
            // Its index is built in the background, and is not waited for.
            let path = path.as_os_str().as_encoded_bytes();
            let document = Document::open(path, FileOptions::default()).expect("the log");
            document.last(50, Window::default(), &mut batch).expect("the log");
            assert_eq!(batch.lines.len(), 50);
        });
        bench.figure("file open + last 50 lines", name, tail * 1e3, "ms", 0.5);
    }
    let document = open(log, FileOptions::default());
    end(&*document.index().unwrap());
    let random = median(2001, |round| {
        let line = (round as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) % log.lines + 1;
        document.lines(line, 1, Window::default(), &mut batch).expect("the log");
        assert_eq!(batch.first, Some(line));
    });
    bench.figure("file random line after indexing", "middle of 2,001", random * 1e6, "us", 25.0);
}

/// Returns the processor time of this thread in seconds. With more busy threads than processors a call takes longer.
fn own_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local variable.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn wait(bench: &mut Bench, log: &Log) {
    // The calls of a viewer while the index is built and a search is running.
    let (mut longest, mut batch) = (0.0_f64, Lines::default());
    let document = open(log, FileOptions::default());
    let job = document.search(regex(r"\b\w+ing\b"), SearchOptions::default()).expect("the log");
    let mut round = 0_u64;
    let (mut longest_work, mut which) = (0.0_f64, "");
    let mut timed = |name: &'static str, call: &mut dyn FnMut()| {
        let (since, work) = (Instant::now(), own_time());
        call();
        let took = since.elapsed().as_secs_f64();
        longest_work = longest_work.max(own_time() - work);
        if took > longest {
            (longest, which) = (took, name);
        }
    };
    let until = Instant::now() + Duration::from_millis(if bench.quick() { 20 } else { 1500 });
    while Instant::now() < until {
        round = round.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let (offset, line) = (round % log.size, round % log.lines + 1);
        timed("lines", &mut || drop(document.lines(line, 60, Window::default(), &mut batch)));
        timed("around", &mut || {
            drop(document.around(offset, 30, 30, Window::default(), &mut batch))
        });
        timed("last", &mut || drop(document.last(60, Window::default(), &mut batch)));
        timed("line_at", &mut || drop(document.line_at(offset)));
        timed("info", &mut || drop(document.info()));
        timed("refresh", &mut || drop(document.refresh()));
        timed("take", &mut || drop((job.poll(), job.take())));
        std::thread::sleep(Duration::from_micros(200));
    }
    bench.figure("file longest call of the host", "its own time", longest_work * 1e3, "ms", 2.0);
    bench.figure("file longest call of the host", which, longest * 1e3, "ms", 2.0);

    let mut late = 0.0_f64;
    for round in 0..30_u64 {
        let document = open(log, FileOptions { no_index: true, ..FileOptions::default() });
        let count = SearchOptions { count: true, ..SearchOptions::default() };
        let job: Box<dyn AnyJob> = match round % 3 {
            0 => Box::new(document.index().unwrap()),
            1 => Box::new(document.search(regex("[a-z]+ed .*upstream"), count).expect("the log")),
            _ => Box::new(document.filter(regex("error"), true).expect("the log").1),
        };
        std::thread::sleep(Duration::from_micros(300 * round));
        let since = Instant::now();
        job.cancel();
        while job.poll().state == JobState::Running {
            std::thread::sleep(Duration::from_micros(50));
        }
        late = late.max(since.elapsed().as_secs_f64());
    }
    bench.figure("file cancel", "latest of 30", late * 1e3, "ms", 10.0);
}

/// Measures the memory that a process takes for a file of 10 GiB above its start: a child of this program works on it.
fn memory(bench: &mut Bench, log: &Log) {
    if !Path::new("/proc/self/status").exists() {
        return println!("file memory: no row, as this system does not report it");
    }
    let size = if bench.quick() { GIB } else { 10 * GIB };
    let islands = Removed(log.path.with_extension("islands"));
    let file = File::create(&islands.0).expect("a sparse file");
    file.set_len(size).expect("a sparse file");
    let mut part = vec![0; 8 << 20];
    File::open(&log.path).and_then(|log| log.read_exact_at(&mut part, 0)).unwrap_or_default();
    // A sparse file, which takes little of the disk: lines of a log, each followed by 56 MiB of nothing.
    for at in (0..size).step_by(64 << 20) {
        file.write_all_at(&part, at).expect("room for some of it");
    }
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).env(CHILD, &islands.0).output().expect("a child").stdout;
    let output = String::from_utf8_lossy(&output).into_owned();
    let above = output.split_whitespace().last().and_then(|mib| mib.parse().ok());
    let above = above.unwrap_or_else(|| panic!("the child says: {output}"));
    bench.figure("file with 10 GiB searched", "memory", above, "MiB", 64.0);
}

struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs the child: opens, indexes, searches, filters and reads, and prints its peak memory above what it had before, in
/// MiB.
fn work(path: &Path) -> ! {
    let status = |key: &str| {
        let status = std::fs::read_to_string("/proc/self/status").expect("what the system knows");
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
    };
    let before = status("VmRSS:");
    let path = path.as_os_str().as_encoded_bytes();
    let document = Document::open(path, FileOptions::default()).expect("the file");
    end(&*document.index().unwrap());
    let job = document.search(regex("[a-z]+ed .*upstream"), SearchOptions::default());
    assert!(lines(&job.expect("the file")) > 0);
    let (kept, job) = document.filter(regex("error"), false).expect("the file");
    end(&job);
    let (count, mut batch) = (document.info().expect("the file").lines, Lines::default());
    for at in 1..1000 {
        document.lines(count * at / 1000, 60, Window::default(), &mut batch).expect("lines");
        kept.last(at as usize, Window::default(), &mut batch).expect("lines");
    }
    println!("{:.1}", status("VmHWM:") - before);
    std::process::exit(0);
}
