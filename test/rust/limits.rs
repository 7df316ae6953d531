//! Resources that the system refuses: threads, descriptors, files. Jobs report that and end.
//!
//! Limits belong to a process, so each test here starts this program again for a test of its own. That test would
//! disturb others, and is ignored unless it is requested.

use crate::hosts::process::{Running, Scratch, run};
use rille::file::{Change, Document, Lines, News, SearchOptions, Window};
use rille::job::{self, AnyJob, Job, JobError, JobState, Worker};
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::search::{LiteralOptions, Literals};
use rille::tree::grep::{self, Chunk, grep};
use rille::tree::walk::{self, Refused, walk};
use rille::tree::{Found, Kind, Paths};
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const LONG: Duration = Duration::from_secs(60);

/// The variable with the path of the tree.
const TREE: &str = "RILLE_TEST_TREE";

pub(crate) fn child(name: &str, tree: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a path of this program"));
    command.args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"]).env(TREE, tree);
    command
}

/// Runs a test in a process of its own.
pub(crate) fn alone(name: &str, tree: &Path) {
    let (status, report) = run(&mut child(name, tree), LONG).expect("this program to run");
    let passed = status.is_some_and(|status| status.success()) && report.contains("1 passed");
    assert!(passed, "{name}: {status:?}\n{report}");
}

pub(crate) fn tree() -> PathBuf {
    std::env::var_os(TREE).expect("it is started by another test").into()
}

/// Creates a tree of some directories with files, each of which has one matching line.
pub(crate) fn make_tree(files: usize) -> Scratch {
    let scratch = Scratch::new();
    for number in 0..files {
        let directory = scratch.path().join(format!("{}/{}", number % 7, number % 50));
        fs::create_dir_all(&directory).expect("a directory is made");
        fs::write(directory.join(number.to_string()), "a needle\n").expect("a file is written");
    }
    scratch
}

pub(crate) fn limit(resource: libc::__rlimit_resource_t, most: u64) {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: the limit is read and nothing written.
    assert_eq!(unsafe { libc::setrlimit(resource, &raw const limit) }, 0);
}

pub(crate) fn start_walk(root: &Path, sort: bool) -> Result<Job<Paths>, Refused> {
    let options = walk::WalkOptions { sort, hidden: true, ..Default::default() };
    walk(root.to_str().expect("a path in UTF-8").as_bytes(), &options)
}

pub(crate) fn start_grep(root: &Path, sort: bool) -> Result<Job<Chunk>, Refused> {
    let tree = walk::WalkOptions { sort, hidden: true, ..Default::default() };
    let options =
        grep::GrepOptions { patterns: vec![PatternSource::Text(b"needle")], ..Default::default() };
    grep(root.to_str().expect("a path in UTF-8").as_bytes(), &tree, &options)
}

/// Takes all results until the job is over, and returns its state.
pub(crate) fn finish<T: Send + 'static>(job: &Job<T>, mut take: impl FnMut(T)) -> JobState {
    loop {
        assert!(job.wait(LONG), "the job does not end");
        let state = job.poll().state;
        while let Some(result) = job.take() {
            take(result);
        }
        if state != JobState::Running {
            return state;
        }
    }
}

/// Returns the state of a walk, the number of its files, and its errors.
pub(crate) fn count_paths(job: &Job<Paths>) -> (JobState, usize, Vec<String>) {
    let (mut files, mut errors) = (0, Vec::new());
    let state = finish(job, |paths| {
        for entry in paths.entries() {
            match entry.kind {
                Kind::Error => {
                    errors.push(String::from_utf8_lossy(paths.message(entry)).into_owned())
                }
                _ => files += 1,
            }
        }
    });
    (state, files, errors)
}

/// Returns the state of a search, the number of its matches, and its errors.
pub(crate) fn count_lines(job: &Job<Chunk>) -> (JobState, usize, Vec<String>) {
    let (mut lines, mut errors) = (0, Vec::new());
    let state = finish(job, |chunk| {
        for line in chunk.batch.lines() {
            let text = &chunk.batch.text()[line.start as usize..line.stop as usize];
            match line.kind {
                kind if kind == Found::Error as u32 => {
                    errors.push(String::from_utf8_lossy(text).into_owned());
                }
                _ => lines += 1,
            }
        }
    });
    (state, lines, errors)
}

#[test]
fn too_few_descriptors() {
    alone("limits::with_few_descriptors", make_tree(300).path());
}

#[test]
#[ignore = "it takes all descriptors; too_few_descriptors runs it"]
fn with_few_descriptors() {
    let root = tree();
    limit(libc::RLIMIT_NOFILE, 32);
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    // No descriptor is left: each call is refused at once, or reports a directory that it could not open.
    assert!(
        matches!(start_walk(&root, false), Err(Refused::Root(message)) if message.contains("Too many open files"))
    );
    assert!(matches!(start_grep(&root, true), Err(Refused::Root(_))));
    let mut refused = 0;
    for free in 1..=12 {
        taken.pop();
        for sort in [false, true] {
            let (state, files, errors) =
                count_paths(&start_walk(&root, sort).expect("one is free"));
            assert_eq!(state, JobState::Done);
            let right = errors.iter().all(|error| error == "Too many open files");
            assert!(
                right && (files == 300) == errors.is_empty(),
                "{free} free: {files} files, {errors:?}"
            );
            refused += errors.len();
            let (state, lines, errors) =
                count_lines(&start_grep(&root, sort).expect("one is free"));
            assert_eq!(state, JobState::Done);
            let right = errors.iter().all(|error| error == "Too many open files");
            assert!(
                right && (lines == 300) == errors.is_empty(),
                "{free} free: {lines} lines, {errors:?}"
            );
            refused += errors.len();
            if free == 12 {
                assert_eq!((files, lines), (300, 300));
            }
        }
    }
    assert!(refused > 0);
}

pub(crate) fn open_file(path: &Path) -> Result<Document, String> {
    Document::open(path.to_str().expect("a path in UTF-8").as_bytes(), Default::default())
}

pub(crate) fn last_line(document: &Document) -> Vec<u8> {
    let mut batch = Lines::default();
    document.last(1, Window::default(), &mut batch).expect("a file that can be read");
    batch.text(0).to_vec()
}

/// Waits for a report of the wanted change, and refreshes on all other reports.
pub(crate) fn follow_until(document: &Document, job: &Job<News>, wanted: Change) {
    let until = Instant::now() + LONG;
    loop {
        assert!(Instant::now() < until && job.wait(LONG), "no report arrived");
        let news = job.take().unwrap_or_else(|| panic!("{:?}", job.failure()));
        if news.change == wanted {
            return;
        }
        document.refresh().expect("what is known already");
    }
}

#[test]
fn too_few_descriptors_for_a_file() {
    alone("limits::with_few_descriptors_for_a_file", make_tree(1).path());
}

#[test]
#[ignore = "it takes all descriptors; too_few_descriptors_for_a_file runs it"]
fn with_few_descriptors_for_a_file() {
    let path = tree().join("log");
    fs::write(&path, "one needle\n").expect("a file is written");
    let mut writer = File::options().append(true).open(&path).expect("it can be opened");
    let document = Arc::new(open_file(&path).expect("it can be opened"));
    limit(libc::RLIMIT_NOFILE, 32);
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let message = open_file(&path).err().expect("a refusal");
    assert!(message.ends_with("/log: Too many open files"), "{message}");
    // An open file needs no further descriptors. The system cannot report changes, so the job checks once a second:
    // with one or two free descriptors as well.
    for free in 0..=2 {
        let job = document.follow().expect("it can be followed");
        writeln!(writer, "{free} needles").expect("a line is written");
        follow_until(&document, &job, Change::Grown);
        assert_eq!(document.refresh(), Ok(Change::Grown));
        assert_eq!(last_line(&document), format!("{free} needles").as_bytes());
        let needle = Literals::new(&[b"needle".as_slice()], &LiteralOptions::default());
        let needle = PatternSource::Literals(Arc::new(needle.expect("a literal")));
        let query = LinePatterns::new(&[needle], &LineOptions::default()).expect("a pattern");
        let options = SearchOptions { count: true, ..SearchOptions::default() };
        let search = document.search(query, options).expect("it can be searched");
        let mut total = 0;
        assert_eq!(finish(&search, |found| total = found.total), JobState::Done);
        assert_eq!(total, free + 2);
        job.cancel();
        assert_eq!(finish(&job, |_| ()), JobState::Cancelled);
        taken.pop();
    }
    // Another file in its place cannot be opened: the old one stays until that is possible.
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let job = document.follow().expect("it can be followed");
    let other = path.with_file_name("other");
    taken.pop();
    fs::write(&other, "another one\n").expect("a file is written");
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    fs::rename(&other, &path).expect("it is renamed");
    follow_until(&document, &job, Change::Replaced);
    let trouble = document.refresh().expect_err("no descriptor");
    assert!(
        trouble.changed && trouble.message.ends_with("/log: Too many open files"),
        "{trouble:?}"
    );
    assert_eq!(last_line(&document), b"2 needles");
    taken.clear();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(last_line(&document), b"another one");
    job.cancel();
}

#[test]
fn permission_that_is_lost() {
    let scratch = make_tree(1);
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o777))
        .expect("a directory of ours");
    alone("limits::without_permission", scratch.path());
}

#[test]
#[ignore = "it becomes another user; permission_that_is_lost runs it"]
fn without_permission() {
    // SAFETY: no memory is involved. No permission applies to root, so it becomes another user, who owns all files
    // here.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setuid(700_000_000 + std::process::id()), 0);
        }
    }
    let directory = tree().join("logs");
    fs::create_dir(&directory).expect("a directory is made");
    let path = directory.join("log");
    fs::write(&path, "one\n").expect("a file is written");
    let permit = |path: &Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
    };
    let mut writer = File::options().append(true).open(&path).expect("it can be opened");
    let document = Arc::new(open_file(&path).expect("it can be opened"));
    // A process that has the file open keeps it and sees its changes; no other process can open it.
    permit(&path, 0);
    let message = open_file(&path).err().expect("a refusal");
    assert!(message.ends_with("/log: Permission denied"), "{message}");
    let job = document.follow().expect("it can be followed");
    writer.write_all(b"two\n").expect("a line is written");
    follow_until(&document, &job, Change::Grown);
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(last_line(&document), b"two");
    // An unreadable file takes its place.
    let other = directory.join("other");
    fs::write(&other, "another one\n").expect("a file is written");
    permit(&other, 0);
    fs::rename(&other, &path).expect("it is renamed");
    follow_until(&document, &job, Change::Replaced);
    let trouble = document.refresh().expect_err("it may not be read");
    assert!(trouble.changed && trouble.message.ends_with("/log: Permission denied"), "{trouble:?}");
    assert_eq!(last_line(&document), b"two");
    permit(&path, 0o600);
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(last_line(&document), b"another one");
    job.cancel();
    assert_eq!(finish(&job, |_| ()), JobState::Cancelled);
    // An unreadable directory: its content is not known, and the system reports nothing.
    let mut writer = File::options().append(true).open(&path).expect("it can be opened");
    permit(&directory, 0);
    let message = open_file(&path).err().expect("a refusal");
    assert!(message.ends_with("/log: Permission denied"), "{message}");
    assert_eq!(document.refresh(), Ok(Change::Same));
    let job = document.follow().expect("it can be followed");
    writer.write_all(b"last words\n").expect("a line is written");
    follow_until(&document, &job, Change::Grown);
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(last_line(&document), b"last words");
    permit(&directory, 0o700);
    job.cancel();
}

#[test]
fn a_host_that_ends_in_the_middle() {
    let scratch = make_tree(2000);
    for (round, way) in ["return", "exit", "abort"].into_iter().cycle().take(12).enumerate() {
        let mut command = child("limits::that_ends_in_the_middle", scratch.path());
        command.env("RILLE_TEST_END", way).env("RILLE_TEST_WAIT", (round * 700).to_string());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut running = Running::start(&mut command, false).expect("this program to run");
        let status = running.wait(LONG).unwrap_or_else(|| panic!("it hangs after {way}"));
        use std::os::unix::process::ExitStatusExt;
        match way {
            "abort" => assert_eq!(status.signal(), Some(libc::SIGABRT)),
            "exit" => assert_eq!(status.code(), Some(7)),
            _ => assert!(status.success(), "{status}"),
        }
    }
}

#[test]
#[ignore = "it ends the process; a_host_that_ends_in_the_middle runs it"]
fn that_ends_in_the_middle() {
    let (root, way) = (tree(), std::env::var("RILLE_TEST_END").expect("a way"));
    let wait: u64 = std::env::var("RILLE_TEST_WAIT").expect("a time").parse().expect("a number");
    let endless = |worker: &Worker<Paths>| -> Result<(), JobError> {
        loop {
            worker.publish(Paths::default(), 1000)?;
        }
    };
    let searches: Vec<_> = (0..10).map(|round| start_grep(&root, round % 2 == 0)).collect();
    let walks: Vec<_> = (0..10).map(|round| start_walk(&root, round % 2 == 0)).collect();
    let jobs: Vec<_> = (0..10).map(|_| job::start(endless)).collect();
    std::thread::sleep(Duration::from_micros(wait));
    match way.as_str() {
        "exit" => std::process::exit(7),
        "abort" => std::process::abort(),
        _ => std::mem::forget((searches, walks, jobs)),
    }
}

#[test]
fn a_hundred_thousand_files() {
    let scratch = Scratch::new();
    for directory in 0..100 {
        let directory = scratch.path().join(directory.to_string());
        fs::create_dir(&directory).expect("a directory is made");
        // Links, because some file systems take a millisecond for each file.
        for (name, count, content) in [("a", 10, "a needle\n"), ("b", 990, "")] {
            let first = directory.join(name);
            fs::write(&first, content).expect("a file is written");
            for number in 1..count {
                let link = directory.join(format!("{name}{number}"));
                fs::hard_link(&first, link).expect("a link is made");
            }
        }
    }
    for sort in [false, true] {
        let walk = start_walk(scratch.path(), sort).expect("the tree can be opened");
        assert_eq!(count_paths(&walk), (JobState::Done, 100_000, Vec::new()));
        assert_eq!(walk.poll().done, 100_000);
        let grep = start_grep(scratch.path(), sort).expect("the tree can be opened");
        assert_eq!(count_lines(&grep), (JobState::Done, 1000, Vec::new()));
        assert_eq!(grep.poll().done, 100_000);
    }
}
