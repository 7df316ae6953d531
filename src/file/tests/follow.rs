//! Jobs that follow files: their reports, and that they end with the file and free their wakers.

use crate::file::tests::{Directory, open};
use crate::file::*;
use std::fs::File;
use std::io::Write;

const LONG: Duration = Duration::from_secs(60);

fn append(path: &std::path::Path, text: &str) {
    let mut file = File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn the_same_change_is_not_reported_again_each_second() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let document = Arc::new(open(&path, FileOptions::default()));
    let job = document.follow().unwrap();
    append(&path, "two\n");
    assert!(job.wait(LONG));
    assert_eq!(job.take(), Some(News { change: Change::Grown, size: 8 }));
    // There is no refresh, and the job checks once a second meanwhile.
    assert!(!job.wait(Duration::from_millis(2500)), "{:?}", job.take());
    assert_eq!(job.poll().done, 1);
    // A new change is reported, with or without a refresh.
    append(&path, "three\n");
    assert!(job.wait(LONG));
    assert_eq!(job.take(), Some(News { change: Change::Grown, size: 14 }));
    assert_eq!(document.refresh(), Ok(Change::Grown));
    append(&path, "four\n");
    assert!(job.wait(LONG));
    assert_eq!(job.take(), Some(News { change: Change::Grown, size: 19 }));
}

#[test]
fn followers_that_have_ended_leave_nothing() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let document = Arc::new(open(&path, FileOptions::default()));
    for _ in 0..100 {
        let job = document.follow().unwrap();
        drop(job);
    }
    let until = Instant::now() + LONG;
    let count = || {
        let _ = document.follow().unwrap();
        document.own().unwrap().followers().len()
    };
    while count() > 10 {
        assert!(Instant::now() < until, "{} wakers are kept", count());
        std::thread::yield_now();
    }
    // Freeing the file ends the job that follows it.
    let job = document.follow().unwrap();
    drop(document);
    let until = Instant::now() + LONG;
    while job.poll().state == JobState::Running {
        assert!(Instant::now() < until, "it follows what nobody has");
        std::thread::yield_now();
    }
    assert_eq!(job.poll().state, JobState::Done);
}
