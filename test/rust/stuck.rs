//! Jobs that wait or hang must not block other jobs.
//!
//! Such jobs affect the pool of the whole process, so each test here runs in a process of its own, as those of `limits`
//! do.

use crate::limits::*;
use crate::support::say;
use rille::file::{Change, Document, FileOptions, SearchOptions};
use rille::fuzzy::Session;
use rille::job::{self, AnyJob, Job, JobState, Notifier, Step, Waker, Worker};
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::search::{LiteralOptions, Literals};
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

fn literal(text: &str) -> LinePatterns {
    let literals = Literals::new(&[text.as_bytes()], &LiteralOptions::default());
    let source = PatternSource::Literals(Arc::new(literals.expect("a literal")));
    LinePatterns::new(&[source], &LineOptions::default()).expect("a pattern")
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < LONG, "{what}");
        sleep(Duration::from_millis(1));
    }
}

/// Returns the names of the threads of this process.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let name = |task: fs::DirEntry| fs::read_to_string(task.path().join("comm")).ok();
    tasks.filter_map(|task| name(task.ok()?)).map(|name| name.trim().to_owned()).collect()
}

/// Returns the number of threads of the pool.
fn pool_threads() -> usize {
    let names = threads();
    let numbers = names.iter().filter_map(|name| name.strip_prefix("rille-")?.parse::<u32>().ok());
    numbers.count()
}

/// Runs a job of each kind to its end, in a tree with 20 files.
pub(crate) fn every_kind_still_runs(root: &Path) {
    assert_eq!(count_paths(&start_walk(root, false).unwrap()), (JobState::Done, 20, Vec::new()));
    assert_eq!(count_lines(&start_grep(root, false).unwrap()), (JobState::Done, 20, Vec::new()));
    let path = root.join("0/0/0");
    let document = Arc::new(open_file(&path).unwrap());
    let searched = document.search(literal("needle"), SearchOptions::default()).unwrap();
    let mut total = 0;
    assert_eq!(finish(&searched, |found| total = found.total), JobState::Done);
    assert_eq!(total, 1);
    assert_eq!(finish(&*document.index().unwrap(), |()| ()), JobState::Done);
    let (kept, filtered) = document.filter(literal("needle"), false).unwrap();
    assert_eq!(finish(&filtered, |()| ()), JobState::Done);
    assert_eq!(last_line(&kept), b"a needle");
    let spool = FileOptions { spool: true, ..FileOptions::default() };
    let spooled = Document::open(b"/proc/self/status", spool).unwrap();
    assert_eq!(finish(&*spooled.index().unwrap(), |()| ()), JobState::Done);
    let followed = document.follow().unwrap();
    let mut file = File::options().append(true).open(&path).unwrap();
    file.write_all(b"more\n").unwrap();
    follow_until(&document, &followed, Change::Grown);
    file.set_len(9).unwrap();
    let session = Session::new(Default::default());
    let walk = start_walk(root, false).unwrap();
    session.feed(&walk);
    until("the feed does not end", || walk.poll().state == JobState::Done);
    assert_eq!(session.len(), 20);
    let mut total = 0;
    let ranked = session.start(b"0", 10);
    assert_eq!(finish(&ranked, |ranking| total = ranking.total), JobState::Done);
    assert_eq!(total, session.query(b"0", 10).total);
}

/// Returns a directory of the test's own, beside the tree.
fn beside() -> crate::hosts::process::Scratch {
    crate::hosts::process::Scratch::new()
}

#[test]
fn a_thousand_followers_have_no_threads() {
    alone("stuck::with_many_followers", make_tree(20).path());
}

#[test]
#[ignore = "it counts the threads of its process; a_thousand_followers_have_no_threads runs it"]
fn with_many_followers() {
    let (root, scratch) = (tree(), beside());
    let path = |number: usize| scratch.path().join(number.to_string());
    for number in 0..20 {
        fs::write(path(number), "a line\n").unwrap();
    }
    let documents: Vec<_> =
        (0..20).map(|number| Arc::new(open_file(&path(number)).unwrap())).collect();
    let follows: Vec<_> = (0..1000).map(|at| documents[at % 20].follow().unwrap()).collect();
    every_kind_still_runs(&root);
    let names = threads();
    assert!(names.len() <= job::parallelism() + 10, "{names:?}");
    assert_eq!(names.iter().filter(|name| *name == "rille-watch").count(), 1, "{names:?}");
    assert!(follows.iter().all(|job| job.poll().state == JobState::Running));
    // All followers get a report of the change.
    for number in 0..20 {
        File::options().append(true).open(path(number)).unwrap().write_all(b"b\n").unwrap();
    }
    for job in &follows {
        assert!(job.wait(LONG) && job.take().is_some_and(|news| news.change == Change::Grown));
    }
}

#[test]
fn pipes_without_a_writer_do_not_stop_other_jobs() {
    alone("stuck::with_many_pipes", make_tree(20).path());
}

#[test]
#[ignore = "it takes threads; pipes_without_a_writer_do_not_stop_other_jobs runs it"]
fn with_many_pipes() {
    let (root, scratch) = (tree(), beside());
    let path = |number: usize| scratch.path().join(number.to_string());
    let pipes: Vec<_> = (0..130)
        .map(|number| {
            let path = path(number).to_str().unwrap().to_owned();
            let name = CString::new(&*path).unwrap();
            // SAFETY: the path ends with a zero byte.
            assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
            let options = FileOptions { spool: true, ..FileOptions::default() };
            Document::open(path.as_bytes(), options).unwrap()
        })
        .collect();
    every_kind_still_runs(&root);
    let mut writer = File::options().write(true).open(path(7)).unwrap();
    writer.write_all(b"it comes\n").unwrap();
    drop(writer);
    assert_eq!(finish(&*pipes[7].index().unwrap(), |()| ()), JobState::Done);
    assert_eq!(last_line(&pipes[7]), b"it comes");
}

#[test]
fn untaken_results_do_not_stop_other_jobs() {
    for kind in ["grep", "search", "walk"] {
        let scratch = make_tree(20);
        let mut command = child("stuck::with_many_full_jobs", scratch.path());
        command.env("RILLE_TEST_KIND", kind);
        // Each of a hundred jobs has to find some megabytes.
        let limit = 5 * LONG;
        let (status, report) =
            crate::hosts::process::run(&mut command, limit).expect("this program");
        let passed = status.is_some_and(|status| status.success()) && report.contains("1 passed");
        assert!(passed, "{kind}: {status:?}\n{report}");
    }
}

#[test]
#[ignore = "it takes threads; untaken_results_do_not_stop_other_jobs runs it"]
fn with_many_full_jobs() {
    let (root, scratch) = (tree(), beside());
    let first = scratch.path().join(format!("{:0>240}", 0));
    let kind = std::env::var("RILLE_TEST_KIND").unwrap();
    let text = match &*kind {
        "grep" => format!("{:x>30000}needle\n", "").repeat(7),
        "search" => "needle\n".repeat(60_000),
        _ => String::new(),
    };
    fs::write(&first, text).unwrap();
    let links = if kind == "walk" { 20_000 } else { 30 };
    for number in 1..links {
        fs::hard_link(&first, scratch.path().join(format!("{number:0>240}"))).unwrap();
    }
    let document = open_file(&first).unwrap();
    let jobs: Vec<Box<dyn AnyJob>> = (0..130)
        .map(|_| -> Box<dyn AnyJob> {
            match &*kind {
                "grep" => Box::new(start_grep(scratch.path(), false).unwrap()),
                "search" => {
                    Box::new(document.search(literal("e"), SearchOptions::default()).unwrap())
                }
                _ => Box::new(start_walk(scratch.path(), false).unwrap()),
            }
        })
        .collect();
    every_kind_still_runs(&root);
    for job in &jobs {
        assert!(job.wait(LONG));
        assert_eq!(job.poll().state, JobState::Running, "it is not full");
    }
    drop(jobs);
    every_kind_still_runs(&root);
}

/// Returns a job whose results fill its queue at once.
fn full() -> Job<()> {
    job::start(|worker: &Worker<()>| {
        worker.publish((), job::MAX_UNTAKEN_BYTES)?;
        worker.publish((), 1)
    })
}

#[test]
fn one_more_job_that_waits_than_may_fails_with_a_sentence() {
    alone("stuck::with_all_jobs_that_may_wait", make_tree(1).path());
}

#[test]
#[ignore = "it has a thousand threads; one_more_job_that_waits_than_may_fails_with_a_sentence runs it"]
fn with_all_jobs_that_may_wait() {
    let jobs: Vec<_> = (0..1024).map(|_| full()).collect();
    until("they do not wait", || pool_threads() >= 1024);
    until("they are not full", || job::waiting() == 1024 * job::MAX_UNTAKEN_BYTES as i64);
    // Jobs that do not wait still run, and the one job above the limit fails with a message.
    let other = job::start(|worker: &Worker<u32>| worker.publish(7, 4));
    let mut taken = 0;
    assert_eq!(finish(&other, |number| taken = number), JobState::Done);
    assert_eq!(taken, 7);
    let mut failed = Vec::new();
    for _ in 0..2 {
        let more = full();
        until("it waits although there are too many", || more.poll().state != JobState::Running);
        assert_eq!((more.poll().state, more.take()), (JobState::Failed, Some(())));
        failed.extend(more.failure());
    }
    assert!(
        failed.iter().all(|message| message.starts_with("1024 jobs already wait")),
        "{failed:?}"
    );
    for job in &jobs {
        assert_eq!(finish(job, |()| ()), JobState::Done);
    }
    // Surplus threads end.
    let rest = job::parallelism();
    until("there are too many threads", || pool_threads() <= rest);
}

/// Returns a job that reads from a pipe without data, as from a server that does not answer, and then continues.
/// Writing to the returned end of the pipe releases it.
fn stuck() -> (Job<u32>, File) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let (started, sign) = mpsc::channel();
    let job = job::start(move |worker: &Worker<u32>| {
        worker.publish(1, 4)?;
        let _ = started.send(());
        let _ = reader.read(&mut [0]);
        worker.publish(2, 4)
    });
    if sign.recv_timeout(LONG).is_err() {
        assert_eq!(job.poll().state, JobState::Failed, "it does not start");
    }
    (job, File::from(std::os::fd::OwnedFd::from(writer)))
}

/// Returns the time that an empty job takes.
pub(crate) fn empty_job() -> Duration {
    let since = Instant::now();
    assert_eq!(finish(&job::start(|_: &Worker<()>| Ok(())), |()| ()), JobState::Done);
    since.elapsed()
}

#[test]
fn a_cancelled_job_that_hangs_is_abandoned() {
    alone("stuck::with_jobs_that_hang", make_tree(20).path());
}

#[test]
#[ignore = "it takes all threads; a_cancelled_job_that_hangs_is_abandoned runs it"]
fn with_jobs_that_hang() {
    let mut held = Vec::new();
    for count in [1, 2, 7] {
        let before = held.len();
        // One after the other, because only so many threads are started before some are abandoned.
        for number in 0..count {
            let (job, writer) = stuck();
            let notifier = Notifier::new().unwrap();
            job.watch(&notifier);
            notifier.drain();
            assert_eq!(job.poll().state, JobState::Running);
            let since = Instant::now();
            job.cancel();
            // By waiting, by polling, and by the notifier alone.
            match number % 3 {
                0 => {
                    assert_eq!(job.take(), Some(1));
                    assert!(job.wait(LONG), "the waiting host was not woken");
                }
                1 => until("it still runs", || job.poll().state != JobState::Running),
                _ => until("the notifier is silent", || notifier.drain()),
            }
            let took = since.elapsed();
            assert!(took >= job::ABANDONED_AFTER, "{took:?}: it had no time to stop");
            assert_eq!((job.poll().state, job.failure()), (JobState::Cancelled, None));
            say(&format!("a job that hangs was cancelled after {took:?}"));
            held.push((job, writer, number % 3 == 0));
        }
        let took = empty_job();
        say(&format!("with {} jobs that hang an empty one took {took:?}", held.len()));
        assert!(held.len() == before + count && took < Duration::from_secs(10));
        every_kind_still_runs(&tree());
    }
    // Until there are too many of them.
    let most = 16 + job::parallelism();
    let refused = loop {
        let (job, writer) = stuck();
        if job.poll().state == JobState::Failed {
            break job.failure().expect("a reason");
        }
        job.cancel();
        until("it still runs", || job.poll().state != JobState::Running);
        held.push((job, writer, false));
        assert!(held.len() <= most, "{} jobs hang", held.len());
    };
    say(&format!("{} jobs hang when one is refused", held.len()));
    assert!(held.len() >= 16, "{} jobs hang", held.len());
    assert!(refused.contains("cancelled jobs of rille wait for the system"), "{refused}");
    let again = job::start(|_: &Worker<()>| Ok(()));
    until("it waits for ever", || again.poll().state == JobState::Failed);
    // They return; what they publish then is dropped.
    let mut jobs = Vec::new();
    for (job, writer, taken) in held {
        drop(writer);
        jobs.push((job, taken));
    }
    let rest = job::parallelism();
    until("they do not come back", || pool_threads() <= rest);
    for (job, taken) in jobs {
        assert_eq!(job.poll().state, JobState::Cancelled);
        assert_eq!((job.take(), job.take()), ((!taken).then_some(1), None));
    }
    every_kind_still_runs(&tree());
}

#[test]
fn jobs_queued_after_hanging_ones_still_run() {
    alone("stuck::with_a_queue", make_tree(1).path());
}

#[test]
#[ignore = "it takes all threads; jobs_queued_after_hanging_ones_still_run runs it"]
fn with_a_queue() {
    // As many as there are threads; other jobs were queued before these are cancelled, or arrive later.
    let hanging: Vec<_> = (0..job::parallelism()).map(|_| stuck()).collect();
    let queued: Vec<_> = (0..5).map(|_| job::start(|_: &Worker<()>| Ok(()))).collect();
    assert!(queued.iter().all(|job| job.poll().state == JobState::Running));
    // Closed: there are no handles any more.
    let writers: Vec<File> = hanging.into_iter().map(|(_, writer)| writer).collect();
    for job in &queued {
        assert_eq!(finish(job, |()| ()), JobState::Done);
    }
    drop(writers);
}

#[test]
fn a_search_is_cancelled_while_its_pattern_is_compiled() {
    alone("stuck::with_a_large_pattern", make_tree(20).path());
}

#[test]
#[ignore = "it takes threads; a_search_is_cancelled_while_its_pattern_is_compiled runs it"]
fn with_a_large_pattern() {
    use rille::tree::{grep, walk};
    let root = tree();
    let pattern = br"\w{2000}|\W{2000}";
    let options =
        grep::GrepOptions { patterns: vec![PatternSource::Text(pattern)], ..Default::default() };
    let path = root.to_str().unwrap().as_bytes();
    let jobs: Vec<_> = (0..job::parallelism())
        .map(|_| grep::grep(path, &walk::WalkOptions::default(), &options).unwrap())
        .collect();
    jobs.iter().for_each(|job| job.cancel());
    let since = Instant::now();
    for job in &jobs {
        until("it still runs", || job.poll().state == JobState::Cancelled);
    }
    say(&format!("compiling was given up after {:?}", since.elapsed()));
    every_kind_still_runs(&root);
}

#[test]
fn a_child_waits_for_no_lock_of_its_parents_jobs() {
    alone("stuck::that_forks", make_tree(20).path());
}

#[test]
#[ignore = "it forks; a_child_waits_for_no_lock_of_its_parents_jobs runs it"]
fn that_forks() {
    let root = tree();
    let document = Arc::new(open_file(&root.join("0/0/0")).unwrap());
    // Threads that hold every lock of a job as often as possible.
    let busy: Vec<Job<()>> = (0..2)
        .map(|_| {
            job::start(|worker: &Worker<()>| {
                // It waits from time to time, so that others get a thread.
                loop {
                    worker.publish((), 100_000)?;
                    worker.ring();
                }
            })
        })
        .collect();
    let resting: Vec<Job<()>> = (0..100)
        .map(|_| job::repeat(|_: &Worker<()>| Ok(Step::Rest(Duration::from_micros(50)))))
        .collect();
    let wakers: Vec<Waker> = busy.iter().chain(&resting).map(Job::waker).collect();
    let followed = document.follow().unwrap();
    let notifier = Notifier::new().unwrap();
    busy.iter().for_each(|job| job.watch(&notifier));
    for round in 0..40_u64 {
        sleep(Duration::from_micros(round * 97 % 1000));
        busy.iter().for_each(|job| {
            (0..50).for_each(|_| {
                let _ = job.take();
            })
        });
        // SAFETY: the child calls nothing that a lock of another thread could keep it from, which is what is tested; the
        // allocator is made ready by the C library.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let all = || in_child(&root, &busy, &resting, &wakers, &followed, &notifier);
            let right =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(all)).unwrap_or(false);
            // SAFETY: it ends the child alone.
            unsafe { libc::_exit(if right { 0 } else { 1 }) };
        }
        assert!(child > 0);
        let (mut status, since) = (0, Instant::now());
        // SAFETY: it writes to the status, which is there.
        while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
            if since.elapsed() > LONG {
                // SAFETY: it is a child that was not waited for.
                unsafe { libc::kill(child, libc::SIGKILL) };
                panic!("child {round} hangs");
            }
            sleep(Duration::from_millis(1));
        }
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "{round}: {status}");
    }
    // The parent's watches still exist, whatever its children have dropped.
    let mut file = File::options().append(true).open(root.join("0/0/0")).unwrap();
    file.write_all(b"more\n").unwrap();
    follow_until(&document, &followed, Change::Grown);
}

/// Tests in a child that the objects of its parent fail, and that its own jobs run.
fn in_child(
    root: &Path,
    busy: &[Job<()>],
    resting: &[Job<()>],
    wakers: &[Waker],
    followed: &Job<rille::file::News>,
    notifier: &Notifier,
) -> bool {
    let mut right = notifier.is_foreign();
    wakers.iter().for_each(Waker::wake);
    for job in busy.iter().chain(resting) {
        right &= job.poll().state == JobState::Failed && job.wait(LONG) && job.take().is_none();
        right &= job.failure().is_some_and(|message| message.contains("forked"));
        job.cancel();
        job.give_back(());
        job.put_back((), 1);
        job.divert(|()| Ok(()));
        job.watch(notifier);
    }
    right &= followed.poll().state == JobState::Failed && followed.take().is_none();
    // The child's own jobs, for each way to wait.
    right &= count_paths(&start_walk(root, false).unwrap()).0 == JobState::Done;
    let mut left = 3;
    let own = job::repeat(move |worker: &Worker<u32>| {
        left -= 1;
        worker.publish(left, 4)?;
        Ok(if left == 0 { Step::Over } else { Step::Rest(Duration::from_millis(1)) })
    });
    let mut taken = Vec::new();
    right &= finish(&own, |number| taken.push(number)) == JobState::Done && taken == [2, 1, 0];
    let (job, writer) = stuck();
    job.cancel();
    until("it still runs", || job.poll().state == JobState::Cancelled);
    drop(writer);
    right
}
