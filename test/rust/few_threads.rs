//! Threads that the system refuses: with none, one, two or three left, a job of each kind finishes with the right
//! results or fails with a message. None ends the process, and none waits for ever.

use crate::hosts::process::run;
use crate::limits::*;
use crate::stuck::until;
use crate::support::missing;
use rille::file::{Change, Document, FileOptions, SearchOptions};
use rille::fuzzy::Session;
use rille::job::{self, AnyJob, Job, JobState, Worker};
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::search::{LiteralOptions, Literals};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// The variable with the number of threads that the child may start.
const MORE: &str = "RILLE_TEST_THREADS";

/// Start of the message of a job for which no thread could be started.
const REFUSED: &str = "no thread could be started for the job: ";

/// Runs a test for each number of remaining threads.
fn with_each_number(name: &str) {
    // No limit applies to root, so the child becomes another user, who has no other processes.
    // SAFETY: the call only returns a number.
    if unsafe { libc::geteuid() } != 0 {
        let how = "run the tests as root, who can be another user for a while";
        return missing("threads that are refused", "this user has other processes", how);
    }
    for more in 0..=4 {
        let scratch = make_tree(300);
        let mut command = child(name, scratch.path());
        command.env(MORE, more.to_string());
        let (status, report) = run(&mut command, LONG).expect("this program to run");
        let passed = status.is_some_and(|status| status.success()) && report.contains("1 passed");
        assert!(passed, "{more} threads more: {status:?}\n{report}");
    }
}

/// Limits the number of threads that the child may start, and returns it.
fn become_another_user() -> u64 {
    let more: u64 = std::env::var(MORE).expect("a number").parse().expect("a number");
    // The threads of the test runner exist already.
    let own = fs::read_dir("/proc/self/task").expect("the threads of this process").count() as u64;
    limit(libc::RLIMIT_NPROC, own + more);
    // SAFETY: no memory is involved. A user of this process alone, in tests that run at the same time as well.
    assert_eq!(unsafe { libc::setuid(700_000_000 + std::process::id()) }, 0);
    more
}

/// Checks that a job has ended; if there is no thread for it, that it says so. Returns whether it has run.
fn ended(more: u64, job: &dyn AnyJob, what: &str) -> bool {
    until(what, || job.poll().state != JobState::Running);
    match (job.poll().state, more) {
        (JobState::Failed, 0) => {
            let message = job.failure().expect("a reason");
            assert!(message.starts_with(REFUSED), "{what}: {message}");
            false
        }
        (state, _) => {
            assert_eq!((state, more > 0), (JobState::Done, true), "{what}: {:?}", job.failure());
            true
        }
    }
}

fn literal(text: &str) -> LinePatterns {
    let literals = Literals::new(&[text.as_bytes()], &LiteralOptions::default());
    let source = PatternSource::Literals(Arc::new(literals.expect("a literal")));
    LinePatterns::new(&[source], &LineOptions::default()).expect("a pattern")
}

#[test]
fn jobs_of_each_kind_with_few_threads() {
    with_each_number("few_threads::with_few_threads");
}

#[test]
#[ignore = "it becomes another user; jobs_of_each_kind_with_few_threads runs it"]
fn with_few_threads() {
    let (root, log) =
        (tree(), std::env::temp_dir().join(format!("rille-few-{}", std::process::id())));
    // The first call of C silences the panic hook of the process.
    let hook = std::panic::take_hook();
    // SAFETY: no job is freed.
    unsafe { call("rille_job_free", &[0]) };
    std::panic::set_hook(hook);
    let more = become_another_user();
    fs::write(&log, "a needle\nand more\n".repeat(100_000)).expect("a file is written");
    // More jobs than there are threads at any time.
    for _ in 0..3 {
        for sort in [false, true] {
            let walk = start_walk(&root, sort).expect("the tree can be opened");
            if ended(more, &walk, "walk") {
                assert_eq!(count_paths(&walk), (JobState::Done, 300, Vec::new()));
            }
            let grep = start_grep(&root, sort).expect("the tree can be opened");
            if ended(more, &grep, "grep") {
                assert_eq!(count_lines(&grep), (JobState::Done, 300, Vec::new()));
            }
        }
        of_a_file(more, &log);
        of_a_session(more, &root);
        of_functions(more, &log);
    }
    fs::remove_file(&log).expect("a file of ours");
    if more == 0 {
        return;
    }
    let many: Vec<Job<u32>> = (0..200)
        .map(|number| job::start(move |worker: &Worker<u32>| worker.publish(number, 4)))
        .collect();
    for (number, job) in many.iter().enumerate() {
        let mut found = Vec::new();
        assert_eq!(finish(job, |result| found.push(result)), JobState::Done);
        assert_eq!(found, [number as u32]);
    }
}

fn of_a_file(more: u64, log: &Path) {
    let document = Arc::new(open_file(log).expect("it can be opened"));
    if ended(more, &*document.index().expect("a file"), "index") {
        assert_eq!(document.info().expect("a file").lines, 200_000);
    }
    let options = SearchOptions { count: true, ..SearchOptions::default() };
    let search = document.search(literal("needle"), options).expect("a file");
    if ended(more, &search, "search") {
        let mut total = 0;
        finish(&search, |found| total = found.total);
        assert_eq!(total, 100_000);
    }
    let (kept, filter) = document.filter(literal("needle"), false).expect("a file");
    if ended(more, &filter, "filter") {
        assert_eq!(kept.info().expect("a file").size, 900_000);
    }
    let spool = FileOptions { spool: true, ..FileOptions::default() };
    let spooled = Document::open(b"/proc/self/status", spool).expect("it can be opened");
    if ended(more, &*spooled.index().expect("a file"), "spool") {
        assert!(spooled.info().expect("a file").size > 100);
    }
    let followed = document.follow().expect("it can be followed");
    if more == 0 {
        assert!(!ended(more, &followed, "follow"));
        return;
    }
    let before = document.info().expect("a file").size;
    let mut file = File::options().append(true).open(log).expect("it can be opened");
    file.write_all(b"more\n").expect("a line is written");
    follow_until(&document, &followed, Change::Grown);
    assert_eq!(document.refresh(), Ok(Change::Grown));
    file.set_len(before).expect("it is cut");
    follow_until(&document, &followed, Change::Truncated);
    followed.cancel();
    until("it follows on", || followed.poll().state == JobState::Cancelled);
    come_back();
}

/// Waits until the thread of a cancelled job is free again. On a busy machine that may be later than the job is
/// abandoned; if it is the only thread, other jobs are refused until then.
fn come_back() {
    let run = || finish(&job::start(|_: &Worker<()>| Ok(())), |()| ());
    until("no thread comes back", || run() == JobState::Done);
}

fn of_a_session(more: u64, root: &Path) {
    let session = Session::new(Default::default());
    let walk = start_walk(root, false).expect("the tree can be opened");
    session.feed(&walk);
    if ended(more, &walk, "feed") {
        assert_eq!(session.len(), 300);
    }
    let items: Vec<Vec<u8>> = (0..50_000).map(|n| format!("item {n}").into_bytes()).collect();
    session.push(items.iter().map(|item| &item[..]));
    // The host's own thread is enough.
    let total = session.query(b"item", 10).total;
    assert_eq!(total, 50_000);
    let ranked = session.start(b"item", 10);
    if ended(more, &ranked, "ranking") {
        let mut seen = 0;
        finish(&ranked, |ranking| seen = ranking.total);
        assert_eq!(seen, total);
    }
}

/// Returns the address of a value, for a call of C.
fn word<T: ?Sized>(of: &T) -> u64 {
    std::ptr::from_ref(of).expose_provenance() as u64
}

/// Calls a function of C by its prototype.
///
/// # Safety
///
/// `words` are arguments that the header permits for the function.
unsafe fn call(name: &str, words: &[u64]) -> i64 {
    let known = crate::prototypes::all().iter().find(|prototype| prototype.name == name);
    // SAFETY: the caller keeps to the header.
    unsafe { (known.expect("a function of the library").call)(words) }
}

/// Starts the job form of a function, runs it, and calls `then` with the job if there is a thread for it.
fn by_form(more: u64, name: &str, arguments: &[u64], then: impl FnOnce(u64)) {
    let job = std::cell::Cell::new(0_u64);
    let mut words = arguments.to_vec();
    words.extend([job.as_ptr().expose_provenance() as u64, 0]);
    let mut progress = std::cell::Cell::new([0_u64; 3]);
    // A buffer with the size and the alignment of an error block.
    let mut error = std::cell::Cell::new([0_u64; 32]);
    let (at, told) = (progress.as_ptr().expose_provenance(), error.as_ptr().expose_provenance());
    // SAFETY: the arguments are alive, and there is room for what is written.
    unsafe {
        assert_eq!(call(name, &words), 0, "{name}");
        until(name, || {
            call("rille_job_poll", &[job.get(), at as u64, 0]) == 0 && progress.get()[0] as u32 != 0
        });
        if more == 0 {
            assert_eq!(call("rille_job_failure", &[job.get(), told as u64]), -9, "{name}");
            let bytes = error.get_mut().map(u64::to_ne_bytes).concat();
            assert!(String::from_utf8_lossy(&bytes).contains(REFUSED), "{name}");
        } else {
            assert_eq!(progress.get_mut()[0] as u32, 1, "{name}: {arguments:?}");
            then(job.get());
        }
        call("rille_job_free", &[job.get()]);
    }
}

/// Tests the job forms of functions that compile, handle text, and open and read a file.
fn of_functions(more: u64, log: &Path) {
    let (list, ends, path) = (b"needlestone", [6_u32, 11], log.to_str().expect("UTF-8"));
    let (text, ends) = (word(list), word(&ends));
    by_form(more, "rille_regex_start", &[text, 11, 0], |_| ());
    by_form(more, "rille_regexset_start", &[text, 11, ends, 2, 0], |_| ());
    by_form(more, "rille_literals_start", &[text, 11, ends, 2, 0], |_| ());
    by_form(more, "rille_diff_start", &[text, 11, text, 6, 0], |_| ());
    let literals = std::cell::Cell::new(0_u64);
    let out = literals.as_ptr().expose_provenance() as u64;
    // SAFETY: the arguments are alive, and the list is freed once.
    unsafe {
        assert_eq!(call("rille_literals_new", &[text, 11, ends, 2, 0, out, 0]), 0);
        by_form(more, "rille_scanner_start_literals", &[literals.get(), 0], |_| ());
        call("rille_literals_free", &[literals.get()]);
    }
    // Each task has its size, its verb, and zeros; for verbs with units and widths a zero is invalid.
    for verb in (0..12).filter(|verb| ![4, 8].contains(verb)) {
        let mut task = [0_u64; 7];
        task[0] = 56 | verb << 32;
        by_form(more, "rille_text_start", &[text, 11, word(&task)], |_| ());
    }
    // RILLE_FILE_NO_INDEX: a job that is cancelled with its file may occupy the only thread for longer than the test
    // waits.
    let options = [40_u64 | 1 << 32, 0, 0, 0, 0];
    let open = [path.as_ptr().expose_provenance() as u64, path.len() as u64, word(&options)];
    by_form(more, "rille_file_open_start", &open, |job| {
        let file = std::cell::Cell::new(0_u64);
        let out = file.as_ptr().expose_provenance() as u64;
        // SAFETY: a job that has opened a file, and a place for it.
        assert_eq!(unsafe { call("rille_file_open_take", &[job, out, 0]) }, 0);
        for verb in 0..8 {
            let mut task = [0_u64; 5];
            task[0] = 40 | verb << 32;
            by_form(more, "rille_file_read_start", &[file.get(), word(&task)], |_| ());
        }
        // SAFETY: it is used no more.
        unsafe { call("rille_file_free", &[file.get()]) };
    });
}

#[test]
fn a_job_queued_after_a_waiting_one_reports_that_there_is_no_thread() {
    with_each_number("few_threads::with_a_job_that_waits");
}

#[test]
#[ignore = "it becomes another user; a_job_queued_after_a_waiting_one_reports_that_there_is_no_thread runs it"]
fn with_a_job_that_waits() {
    let more = become_another_user() as usize;
    // As many jobs as there are threads wait for their host.
    let full: Vec<Job<()>> = (0..more)
        .map(|_| {
            job::start(|worker: &Worker<()>| {
                worker.publish((), job::MAX_UNTAKEN_BYTES)?;
                worker.publish((), 1)
            })
        })
        .collect();
    until("they do not wait", || job::waiting() == (more * job::MAX_UNTAKEN_BYTES) as i64);
    let refused = |job: &Job<()>| {
        until("it waits for ever", || job.poll().state == JobState::Failed);
        assert!(job.failure().is_some_and(|message| message.starts_with(REFUSED)));
    };
    // A thread arrives when all wait, or is there already.
    for _ in 0..3 {
        refused(&job::start(|_: &Worker<()>| Ok(())));
    }
    full.iter().for_each(|job| assert_eq!(finish(job, |()| ()), JobState::Done));
    if more == 1 {
        let (go, sign) = std::sync::mpsc::channel::<()>();
        let first = job::start(move |worker: &Worker<()>| {
            let _ = sign.recv();
            worker.publish((), job::MAX_UNTAKEN_BYTES)?;
            worker.publish((), 1)
        });
        let second = job::start(|_: &Worker<()>| Ok(()));
        assert_eq!(second.poll().state, JobState::Running);
        drop(go);
        refused(&second);
        assert_eq!(finish(&first, |()| ()), JobState::Done);
    }
    if more > 0 {
        assert_eq!(finish(&job::start(|_: &Worker<()>| Ok(())), |()| ()), JobState::Done);
    }
}

#[test]
fn memory_that_has_no_room_for_a_thread() {
    alone("few_threads::without_address_space", make_tree(1).path());
}

#[test]
#[ignore = "it takes the memory of its process; memory_that_has_no_room_for_a_thread runs it"]
fn without_address_space() {
    let document = Arc::new(open_file(&tree().join("0/0/0")).expect("it can be opened"));
    let status = fs::read_to_string("/proc/self/status").expect("the state of this process");
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).expect("a size");
    let size: u64 = size.trim().trim_end_matches(" kB").parse().expect("a number");
    // Less than the stack of a thread of the pool, more than the stack of the watcher.
    limit(libc::RLIMIT_AS, (size << 10) + (1 << 20));
    let job = job::start(|_: &Worker<()>| Ok(()));
    let followed = document.follow().expect("it can be followed");
    for job in [&job as &dyn AnyJob, &followed] {
        until("it waits for ever", || job.poll().state == JobState::Failed);
        assert!(job.failure().is_some_and(|message| message.starts_with(REFUSED)));
    }
}
