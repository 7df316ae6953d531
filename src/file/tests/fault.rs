//! Faults while jobs search and filter: the results reported until then are right.

use crate::file::tests::search::{literals, regex};
use crate::file::tests::{Directory, end, made, open};
use crate::file::*;
use std::fs::File;
use std::path::Path;

/// Length in bytes of each line of a [`log`].
const LINE: u64 = 32;

/// Creates a file in which each line has its number and a match. Also returns a descriptor to shorten it.
fn log(directory: &Directory, lines: u64) -> (PathBuf, File) {
    let text: String =
        (1..=lines).map(|number| format!("line {number:>11}, with a needle\n")).collect();
    assert_eq!(text.len() as u64, lines * LINE);
    let path = directory.file("log", text.as_bytes());
    let file = File::options().write(true).open(&path).unwrap();
    (path, file)
}

/// Takes all matches and checks the place of each. Returns their number, the state of the job and its failure.
fn take(job: &Job<Found>) -> (u64, JobState, Option<String>) {
    let mut count = 0;
    loop {
        assert!(job.wait(Duration::from_secs(60)), "the job does not end");
        let state = job.poll().state;
        while let Some(found) = job.take() {
            for place in found.matches.iter() {
                let line = place.line_offset as u64 / LINE;
                assert_eq!(place.line_offset as u64, line * LINE);
                assert_eq!(place.offset as u64, line * LINE + 25);
                assert!(place.length == 6 && place.kind == MATCH);
                assert!(place.line == 0.0 || place.line as u64 == line + 1, "{place:?}");
            }
            count += found.matches.len() as u64;
        }
        if state != JobState::Running {
            return (count, state, job.failure());
        }
    }
}

#[test]
fn a_file_that_is_truncated_again_and_again_while_it_is_searched() {
    // There are more matches than may wait to be taken, so every search still runs when its file becomes shorter.
    const LINES: u64 = 600_000;
    let directory = Directory::new();
    for (threads, backward) in [(1, false), (3, false), (1, true), (3, true)] {
        let (path, file) = log(&directory, LINES);
        let document = open(&path, FileOptions { threads, ..FileOptions::default() });
        let mut left = LINES;
        // In the middle of a line as well.
        for (next, more) in [(500_000, 0), (420_000, 11), (350_000, LINE - 1)] {
            end(&*document.index().unwrap());
            let options = SearchOptions { backward, ..SearchOptions::default() };
            let job = document.search(regex("needle").into(), options).unwrap();
            while !job.poll().ready {
                std::thread::yield_now();
            }
            file.set_len(next * LINE + more).unwrap();
            let (count, state, message) = take(&job);
            assert_eq!(state, JobState::Failed, "{count} of {left}");
            assert!(
                message.as_ref().is_some_and(|message| message.contains("truncated from ")),
                "{message:?}"
            );
            assert!(count > 0 && count < left);
            let refused = document.search(regex("x").into(), SearchOptions::default()).err();
            assert!(refused.is_some_and(|trouble| trouble.changed));
            assert_eq!(document.refresh(), Ok(Change::Truncated));
            left = next + u64::from(more == LINE - 1);
            let (count, state, _) =
                take(&document.search(literals(&["needle"]).into(), options).unwrap());
            assert_eq!((count, state), (left, JobState::Done), "the remaining matches are found");
        }
    }
}

/// Shortens a file while a job reads it, and checks that the job fails with the right message.
fn shorten(file: &File, job: &dyn AnyJob, failure: impl Fn() -> Option<String>) {
    let until = Instant::now() + Duration::from_secs(60);
    while job.poll().done < 100 * LINE {
        assert!(Instant::now() < until && job.poll().state == JobState::Running);
        std::thread::yield_now();
    }
    file.set_len(500 * LINE).unwrap();
    while job.poll().state == JobState::Running {
        assert!(Instant::now() < until, "the job does not end");
        std::thread::yield_now();
    }
    let message = failure();
    let right = message
        .as_ref()
        .is_some_and(|message| message.contains("truncated from 1099511627776 bytes"));
    assert!(job.poll().state == JobState::Failed && right, "{message:?}");
}

#[test]
fn a_file_that_is_truncated_while_it_is_counted_and_filtered() {
    let directory = Directory::new();
    for threads in [1, 3] {
        let (path, file) = log(&directory, 1000);
        let document =
            open(&path, FileOptions { threads, no_index: true, ..FileOptions::default() });
        let long = || {
            // A terabyte of zeros after the lines takes minutes to read.
            file.set_len(1 << 40).unwrap();
            assert_eq!(document.refresh(), Ok(Change::Grown));
        };
        for lines in [false, true] {
            long();
            let options = SearchOptions { count: !lines, lines, ..SearchOptions::default() };
            let job = document.search(regex("needle$").into(), options).unwrap();
            shorten(&file, &job, || job.failure());
            assert_eq!(document.refresh(), Ok(Change::Truncated));
        }
        long();
        let (kept, job) = document.filter(regex("needle$").into(), false).unwrap();
        shorten(&file, &job, || job.failure());
        assert!(kept.info().unwrap_err().changed, "lines of a truncated file");
        assert_eq!(document.refresh(), Ok(Change::Truncated));
        let (kept, job) = document.filter(regex("needle$").into(), false).unwrap();
        assert_eq!((end(&job), kept.info().unwrap().lines), (JobState::Done, 500));
    }
}

#[test]
fn a_fault_of_the_disk_ends_a_search_with_what_was_found_before_it() {
    let line = |offset: u64| b"line            , with a needle\n"[(offset % LINE) as usize];
    let document = made(8 << 20, line, Some(5 << 20));
    let before = (5 << 20) / LINE;
    let job = document.search(literals(&["needle"]).into(), SearchOptions::default()).unwrap();
    let (count, state, message) = take(&job);
    assert_eq!(state, JobState::Failed);
    assert!(count > 0 && count <= before, "{count} of {before}");
    assert!(
        message.as_ref().is_some_and(|message| message.contains("the disk is on fire at offset 5")),
        "{message:?}"
    );
    let options = SearchOptions { from: Some(4 << 20), limit: 1, ..SearchOptions::default() };
    let (count, state, _) = take(&document.search(literals(&["needle"]).into(), options).unwrap());
    assert_eq!((count, state), (1, JobState::Done), "a limit that is reached before it");
    let (kept, filling) = document.filter(regex("needle").into(), false).unwrap();
    assert_eq!(end(&filling), JobState::Failed);
    assert!(kept.info().unwrap().lines <= before);
}

#[cfg(unix)]
#[test]
fn a_spooled_file_cannot_be_followed() {
    let directory = Directory::new();
    let options = FileOptions { spool: true, ..FileOptions::default() };
    let document = Arc::new(open(Path::new("/dev/null"), options));
    let message = document.follow().err().expect("a refusal").message;
    assert_eq!(message, "a spooled file cannot be followed; watch its index job instead");
    // A followed file that becomes an archive is still reported.
    let path = directory.file("log", b"one\n");
    let document = Arc::new(open(&path, FileOptions { unpack: true, ..FileOptions::default() }));
    let job = document.follow().unwrap();
    let gzip =
        b"\x1F\x8B\x08\0\0\0\0\0\x02\x03\xCB\xCFK\xE5*)\xCF\xE7\x02\0\xE6\x0B\xBA\x12\x08\0\0\0";
    std::fs::rename(directory.file("other", gzip), &path).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while document.refresh().unwrap() != Change::Replaced {
        assert!(Instant::now() < until && job.wait(Duration::from_secs(60)), "no report arrived");
        job.take();
    }
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    document.refresh().unwrap();
    let mut batch = Lines::default();
    document.last(1, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.text(0), b"two");
    job.cancel();
}

#[test]
fn the_index_of_a_filter_includes_lines_that_were_not_requested() {
    let directory = Directory::new();
    let (path, _) = log(&directory, 100_000);
    let document = open(&path, FileOptions::default());
    let (kept, job) = document.filter(regex("needle").into(), false).unwrap();
    assert_eq!(end(&job), JobState::Done);
    assert_eq!(end(&*kept.index().unwrap()), JobState::Done);
    assert_eq!(kept.own().unwrap().snapshot().index().upto().offset, 100_000 * LINE);
}

#[test]
fn growth_at_the_very_end_of_the_index_is_not_passed_over() {
    let directory = Directory::new();
    let (path, file) = log(&directory, 1);
    let document = open(&path, FileOptions::default());
    // A job that has found nothing left to do, and has not ended yet.
    let ending = Arc::new(job::start(|worker: &job::Worker<()>| {
        loop {
            worker.pause(Duration::from_secs(1))?;
        }
    }));
    let ended = Arc::new(AtomicBool::new(true));
    *document.own().unwrap().indexing() =
        Some((document.own().unwrap().snapshot(), Arc::clone(&ending), ended));
    assert!(Arc::ptr_eq(&document.index().unwrap(), &ending), "there is nothing more");
    // More than a call reads itself.
    file.set_len(10 << 20).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Grown));
    let job = document.index().unwrap();
    assert!(!Arc::ptr_eq(&job, &ending), "it looks no more");
    assert_eq!(end(&*job), JobState::Done);
    assert!(document.own().unwrap().snapshot().is_indexed());
    let (_, _, ended) = document.own().unwrap().indexing().clone().unwrap();
    assert!(document.own().unwrap().snapshot().has_ended(&ended));
    ending.cancel();
}
