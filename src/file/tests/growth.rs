//! Filters of files that grow, are truncated or replaced, compared with newly made filters.

use crate::file::tests::filter::all;
use crate::file::tests::search::{Query, literals, regex};
use crate::file::tests::{Directory, end, open};
use crate::file::*;
use bstr::ByteSlice;
use proptest::prelude::*;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// An event of a file between two checks.
#[derive(Clone)]
enum Event {
    /// Bytes are appended, with lines or parts of lines.
    Grow(Vec<Vec<u8>>),
    /// The file becomes shorter, by so many thousandths of its size.
    Truncate(usize),
    /// Another file takes the path.
    Replace(Vec<Vec<u8>>),
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = |name: &str, pieces: &[Vec<u8>]| {
            let text = pieces.concat();
            write!(f, "{name} {} bytes {:?}", text.len(), text[..text.len().min(60)].as_bstr())
        };
        match self {
            Event::Grow(pieces) => text("grow by", pieces),
            Event::Replace(pieces) => text("replace by", pieces),
            Event::Truncate(part) => write!(f, "truncate to {part} / 1000"),
        }
    }
}

fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec!["\u{FEFF}", "foo", "\r", "\n", "\r\n", "fo", "o", "bar\n", "foo\nx", "föö\n", "x"])
            .prop_map(|text| text.as_bytes().to_vec()),
        // A character in two halves.
        1 => Just(vec![0xC3]),
        1 => Just(vec![0xB6]),
        1 => (0..900_usize).prop_map(|count| b"foo\nbar\nbaz\n".repeat(count)),
        1 => (0..9000_usize).prop_map(|len| vec![b'.'; len]),
    ];
    prop::collection::vec(piece, 0..12)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => pieces().prop_map(Event::Grow),
        1 => (0..1000_usize).prop_map(Event::Truncate),
        1 => pieces().prop_map(Event::Replace),
    ]
}

fn query(which: usize) -> Query {
    match which {
        0 => regex("foo$"),
        1 => literals(&["foo", "bar"]),
        2 => regex("^$"),
        3 => regex("f(o|ö)+$|[.]$"),
        _ => regex("bar|^x"),
    }
}

fn happen(path: &Path, event: &Event) {
    match event {
        Event::Grow(pieces) => {
            let mut file = File::options().append(true).open(path).unwrap();
            pieces.iter().for_each(|piece| file.write_all(piece).unwrap());
        }
        Event::Truncate(part) => {
            let file = File::options().write(true).open(path).unwrap();
            let len = file.metadata().unwrap().len();
            file.set_len(len * *part as u64 / 1000).unwrap();
        }
        Event::Replace(pieces) => {
            let other = path.with_extension("other");
            std::fs::write(&other, pieces.concat()).unwrap();
            std::fs::rename(&other, path).unwrap();
        }
    }
}

/// Refreshes until there is no change, and waits for jobs.
fn settle(document: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    loop {
        let change = document.refresh().unwrap();
        if change != Change::Same {
            changes.push(change);
            continue;
        }
        match document.info() {
            // The next refresh reports what a job has found after this one.
            Ok(info) if info.exact => match document.refresh().unwrap() {
                Change::Same => return changes,
                change => changes.push(change),
            },
            Ok(_) => assert_eq!(end(&*document.index().unwrap()), JobState::Done),
            // A job has found that the last line is no longer kept.
            Err(trouble) => assert!(trouble.changed, "{trouble:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(40)))]
    #[test]
    fn a_filter_that_grows_is_a_filter_made_anew(
        begin in pieces().prop_map(Event::Replace),
        events in prop::collection::vec(event(), 1..10),
        (threads, which, invert) in (1..4_usize, 0..5_usize, any::<bool>()),
        (inner, inner_invert, cancelled) in (0..5_usize, any::<bool>(), any::<bool>()),
    ) {
        let directory = Directory::new();
        let path = directory.file("text", b"");
        happen(&path, &begin);
        let options = FileOptions { threads, ..FileOptions::default() };
        let parent = open(&path, options.clone());
        let (filter, job) = parent.filter(query(which).into(), invert).unwrap();
        if cancelled { job.cancel() }
        end(&job);
        let (second, job) = filter.filter(query(inner).into(), inner_invert).unwrap();
        end(&job);
        for event in events {
            happen(&path, &event);
            let (before, before_second) = (filter.own().unwrap().snapshot(), all_known(&second));
            let changes = settle(&filter);
            let fresh = open(&path, options.clone());
            let (expected, job) = fresh.filter(query(which).into(), invert).unwrap();
            prop_assert_eq!(end(&job), JobState::Done);
            prop_assert_eq!(all(&filter), all(&expected), "after {:?}: {:?}", event, changes);
            let (info, right) = (filter.info().unwrap(), expected.info().unwrap());
            prop_assert!(info.exact);
            prop_assert_eq!((info.size, info.lines), (right.size, right.lines));
            if changes.iter().all(|change| *change == Change::Grown) {
                prop_assert!(Arc::ptr_eq(&before, &filter.own().unwrap().snapshot()));
            }
            // A filter of a filter does not depend on refreshes of the inner one.
            let changes = settle(&second);
            let (nested, job) = expected.filter(query(inner).into(), inner_invert).unwrap();
            prop_assert_eq!(end(&job), JobState::Done);
            prop_assert_eq!(all(&second), all(&nested), "after {:?}: {:?}", event, changes);
            prop_assert_eq!(second.info().unwrap(), Info { index_memory: second.info().unwrap().index_memory, ..nested.info().unwrap() });
            if changes.is_empty() {
                prop_assert!(before_second == Some(all(&second)), "after {:?}", event);
            }
            let size = second.info().unwrap().size;
            for offset in (0..size).step_by(97) {
                let in_first = second.origin(offset).unwrap().unwrap();
                let origin = filter.origin(in_first).unwrap().unwrap();
                let (mut here, mut there) = (0, 1);
                second.read(offset, 1, |byte| here = byte[0]).unwrap();
                fresh.read(origin, 1, |byte| there = byte[0]).unwrap();
                prop_assert_eq!(here, there);
            }
        }
    }
}

/// Returns the bytes of a filter without a refresh, or `None` if it needs one.
fn all_known(document: &Document) -> Option<Vec<u8>> {
    let (size, mut bytes) = (document.info().ok()?.size, Vec::new());
    document.read(0, size, |piece| bytes.extend_from_slice(piece)).ok()?;
    Some(bytes)
}

fn append(path: &Path, text: &str) {
    happen(path, &Event::Grow(vec![text.as_bytes().to_vec()]));
}

/// Returns a filter of a file after its job is done.
fn filtered(parent: &Document, pattern: &str, invert: bool) -> Document {
    let (filter, job) = parent.filter(regex(pattern).into(), invert).unwrap();
    assert_eq!(end(&job), JobState::Done);
    filter
}

fn text_of(document: &Document) -> String {
    String::from_utf8(all(document)).unwrap()
}

#[test]
fn a_filter_grows_whether_its_source_is_refreshed_or_closed() {
    let directory = Directory::new();
    let path = directory.file("log", b"ERROR 1\nINFO 2\n");
    let parent = open(&path, FileOptions::default());
    let filter = filtered(&parent, "^ERROR", false);
    assert_eq!(filter.refresh(), Ok(Change::Same), "nothing has come");
    append(&path, "ERROR 3\nINFO 4\n");
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    assert_eq!(filter.refresh(), Ok(Change::Same));
    let info = filter.info().unwrap();
    assert_eq!((info.lines, info.exact), (2, true));
    // The source is unchanged until it is refreshed.
    assert_eq!(parent.info().unwrap().lines, 2);
    assert_eq!(parent.refresh(), Ok(Change::Grown));
    append(&path, "INFO 5\n");
    assert_eq!(filter.refresh(), Ok(Change::Same), "no line of it is kept");
    drop(parent);
    append(&path, "ERROR 6\n");
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    assert_eq!(text_of(&filter), "ERROR 1\nERROR 3\nERROR 6\n");
}

#[test]
fn a_filter_is_truncated_when_its_last_line_is_no_longer_kept() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\ntwo\nthr");
    let parent = open(&path, FileOptions::default());
    let filter = filtered(&parent, "three", true);
    assert_eq!(text_of(&filter), "one\ntwo\nthr");
    append(&path, "ee\nfour\n");
    assert_eq!(filter.refresh(), Ok(Change::Truncated));
    assert_eq!(text_of(&filter), "one\ntwo\nfour\n");
    assert_eq!(filter.info().unwrap().lines, 3);
    assert_eq!(filter.refresh(), Ok(Change::Same));
    // A last line that is still kept after it has grown makes the filter grow.
    append(&path, "fi");
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    append(&path, "ve\n");
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    assert_eq!(text_of(&filter), "one\ntwo\nfour\nfive\n");
}

#[test]
fn a_rotation_loses_no_line_of_a_filter() {
    let directory = Directory::new();
    let path = directory.file("log", b"ERROR 1\n");
    let parent = open(&path, FileOptions::default());
    let filter = filtered(&parent, "ERROR", false);
    append(&path, "ERROR 2\nINFO 3\n");
    happen(&path, &Event::Replace(vec![b"INFO 4\nERROR 5\n".to_vec()]));
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    assert_eq!(text_of(&filter), "ERROR 1\nERROR 2\n");
    assert_eq!(filter.refresh(), Ok(Change::Replaced));
    assert_eq!(text_of(&filter), "ERROR 5\n");
    assert_eq!(filter.refresh(), Ok(Change::Same));
    std::fs::write(&path, b"ERROR\n").unwrap();
    assert_eq!(filter.refresh(), Ok(Change::Truncated));
    assert_eq!(text_of(&filter), "ERROR\n");
    // No new line was kept, and another file has the path: that is reported at once.
    append(&path, "INFO\n");
    happen(&path, &Event::Replace(vec![b"ERROR 6\n".to_vec()]));
    assert_eq!(filter.refresh(), Ok(Change::Replaced));
    assert_eq!(text_of(&filter), "ERROR 6\n");
}

#[test]
fn a_followed_filter_reports_new_lines() {
    let directory = Directory::new();
    let path = directory.file("log", b"ERROR 1\n");
    let parent = open(&path, FileOptions::default());
    let filter = Arc::new(filtered(&parent, "ERROR", false));
    let second = Arc::new(filtered(&filter, "1$", false));
    drop(parent);
    let (job, nested) = (filter.follow().unwrap(), second.follow().unwrap());
    append(&path, "INFO 2\n");
    assert!(!job.wait(Duration::from_millis(1500)), "{:?}", job.take());
    append(&path, "ERROR 3\n");
    assert!(job.wait(Duration::from_secs(60)));
    assert_eq!(job.take(), Some(News { change: Change::Grown, size: 16 }));
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    append(&path, "ERROR 11\n");
    for (filter, job, size) in [(&filter, &job, 25), (&second, &nested, 17)] {
        assert!(job.wait(Duration::from_secs(60)));
        assert_eq!(job.take(), Some(News { change: Change::Grown, size }));
        assert_eq!(filter.refresh(), Ok(Change::Grown));
        assert_eq!(filter.refresh(), Ok(Change::Same));
    }
    happen(&path, &Event::Replace(vec![b"ERROR 1\n".to_vec()]));
    for (filter, job) in [(filter, job), (second, nested)] {
        assert!(job.wait(Duration::from_secs(60)));
        assert_eq!(job.take(), Some(News { change: Change::Replaced, size: 0 }));
        assert_eq!(filter.refresh(), Ok(Change::Replaced));
        assert_eq!(text_of(&filter), "ERROR 1\n");
        // Freeing the filter ends the job.
        drop(filter);
        let until = Instant::now() + Duration::from_secs(60);
        while job.poll().state == JobState::Running {
            assert!(Instant::now() < until, "it follows what nobody has");
            std::thread::yield_now();
        }
        assert_eq!(job.poll().state, JobState::Done);
    }
}

#[test]
fn a_filter_that_was_cancelled_can_be_continued() {
    let directory = Directory::new();
    let path = directory.file("log", &b"foo\nbar\n".repeat(40_000));
    let parent = open(&path, FileOptions::default());
    let (filter, job) = parent.filter(regex("foo").into(), false).unwrap();
    job.cancel();
    job.wait(Duration::from_secs(60));
    let known = filter.info().unwrap();
    assert!(known.exact == (known.lines == 40_000), "{known:?}");
    append(&path, "foo");
    filter.refresh().unwrap();
    assert_eq!(end(&*filter.index().unwrap()), JobState::Done);
    let info = filter.info().unwrap();
    assert_eq!((info.lines, info.exact), (40_001, true));
}

#[test]
fn a_filter_with_too_many_pieces_is_a_sentence_and_keeps_what_it_has() {
    let directory = Directory::new();
    let path = directory.file("log", &b"a\nb\n".repeat(300_000));
    let parent = open(&path, FileOptions { threads: 1, ..FileOptions::default() });
    let (filter, job) = parent.filter(literals(&["a"]).into(), false).unwrap();
    assert_eq!(end(&job), JobState::Failed);
    let message = "the kept lines form so many runs that the list of them takes more than";
    assert!(job.failure().unwrap().starts_with(message), "{:?}", job.failure());
    let info = filter.info().unwrap();
    assert!(!info.exact && (50_000..300_000).contains(&info.lines), "{info:?}");
    // A filter of another file has room again.
    happen(&path, &Event::Replace(vec![b"a\n".to_vec()]));
    let until = Instant::now() + Duration::from_secs(60);
    while filter.refresh() != Ok(Change::Replaced) {
        assert!(Instant::now() < until, "it waits for what cannot be");
        std::thread::yield_now();
    }
    assert_eq!(text_of(&filter), "a\n");
}

#[test]
fn a_filter_that_is_followed_survives_a_file_that_is_written_anew() {
    let directory = Directory::new();
    let path = directory.file("log", b"ERROR 1\n");
    let filter = Arc::new(filtered(&open(&path, FileOptions::default()), "ERROR", false));
    let job = filter.follow().unwrap();
    for round in 0..500 {
        append(&path, &"ERROR 2\n".repeat(3000));
        std::fs::write(&path, format!("ERROR {round}\n")).unwrap();
        if job.take().is_some() {
            // The file may change again during a refresh.
            let _ = filter.refresh();
        }
        assert_eq!(job.poll().state, JobState::Running, "round {round}: {:?}", job.failure());
    }
}

#[test]
fn a_filter_of_lines_that_are_overwritten_by_longer_ones_is_made_anew() {
    let long = format!("ERROR {}\n", "x".repeat(3000));
    let cases = [
        ("ERROR 10\n", "ERROR 10\n"),
        // More than what is matched while the host waits, so the job finds it.
        (&*long, &*long),
        ("INFO 10\nERROR 2\n", "ERROR 2\n"),
        ("INFO 10 is long\n", ""),
    ];
    for (text, kept) in cases {
        let directory = Directory::new();
        let path = directory.file("log", b"ERROR 1\n");
        let filter = filtered(&open(&path, FileOptions::default()), "ERROR", false);
        // Within the time in which the system may report it as growth.
        std::fs::write(&path, text).unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while filter.refresh().is_err() || text_of(&filter) != kept {
            assert!(Instant::now() < until, "{text:?}: {:?}", text_of(&filter));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
