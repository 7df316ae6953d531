//! Tests of the contracts of files below the boundary, against a simple reader.

#[cfg(unix)]
mod change;
mod fault;
mod filter;
mod follow;
mod growth;
mod reader;
pub(super) mod search;
mod spool;

use super::snapshot::AHEAD;
use super::source::{Source, Stat};
use super::*;
use bstr::ByteSlice;
use proptest::prelude::*;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

const LONG: Duration = Duration::from_secs(60);

/// A temporary directory of one test. Dropping it removes it.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Directory {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rille-file-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary directory");
        Directory(path)
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a file in it");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn open(path: &Path, options: FileOptions) -> Document {
    Document::open(<[u8]>::from_path(path).unwrap(), options).expect("a file that opens")
}

pub(super) fn end(job: &dyn AnyJob) -> JobState {
    assert!(job.wait(LONG), "the job does not end");
    job.poll().state
}

/// A source without a file: of any size, and with faults.
struct Scripted {
    size: AtomicU64,
    /// Returns the byte at an offset.
    at: fn(u64) -> u8,
    /// The offset at which reading fails.
    broken: Option<u64>,
}

impl Source for Scripted {
    fn stat(&self) -> io::Result<Stat> {
        Ok(Stat { size: self.size.load(Ordering::Relaxed), ..Stat::default() })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.size.load(Ordering::Relaxed).saturating_sub(offset);
        let len = buffer.len().min(left as usize);
        if self.broken.is_some_and(|broken| (offset..offset + len as u64).contains(&broken)) {
            return Err(io::Error::other("the disk is on fire"));
        }
        for (i, byte) in buffer[..len].iter_mut().enumerate() {
            *byte = (self.at)(offset + i as u64);
        }
        Ok(len)
    }
}

pub(super) fn made(size: u64, at: fn(u64) -> u8, broken: Option<u64>) -> Document {
    let source = Scripted { size: AtomicU64::new(size), at, broken };
    let snapshot = Arc::new(Snapshot::new(Box::new(source), 1 << 20).expect("a source"));
    let options = FileOptions { no_index: true, ..FileOptions::default() };
    Document::of(PathBuf::new(), options, Current::nowhere(snapshot))
}

/// Returns the lines of a text: the start of each, and its text.
fn plain_lines(text: &[u8]) -> Vec<(usize, &[u8])> {
    let mut at = 0;
    text.split_inclusive(|&byte| byte == b'\n')
        .map(|line| {
            let start = at;
            at += line.len();
            let bare =
                line.strip_suffix(b"\n").map(|bare| bare.strip_suffix(b"\r").unwrap_or(bare));
            (start, bare.unwrap_or(line))
        })
        .collect()
}

fn check(batch: &Lines, expected: &[(usize, &[u8])], window: Window) {
    assert_eq!(batch.lines.len(), expected.len());
    for (at, (offset, whole)) in expected.iter().enumerate() {
        let line = batch.lines[at];
        let from = whole.len().min(window.from as usize);
        let to = whole.len().min(from + window.most);
        assert_eq!(batch.text(at), &whole[from..to]);
        assert_eq!((line.offset, line.length), (*offset as f64, whole.len() as f64));
        assert_eq!(line.flags & CUT_BEFORE != 0, from > 0);
        assert_eq!(line.flags & CUT_AFTER != 0, to < whole.len());
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(prop::sample::select(&b"ab\n\r\0\xFF"[..]), 0..40),
        (1..2000_usize).prop_map(|n| b"a line of some length\r\n".repeat(n)),
        (1..3000_usize).prop_map(|n| b"\n".repeat(n)),
        (1..200_000_usize).prop_map(|n| vec![b'x'; n]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(40)))]
    #[test]
    fn reading_is_that_of_the_plainest_reader(
        text in text(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 12),
        (from, most) in (0..30_u64, 0..70_usize),
        threads in 1..4_usize,
    ) {
        let directory = Directory::new();
        let path = directory.file("text", &text);
        let document = open(&path, FileOptions { threads, ..FileOptions::default() });
        prop_assert_eq!(end(&*document.index().unwrap()), JobState::Done);
        let lines = plain_lines(&text);
        let info = document.info().unwrap();
        prop_assert_eq!((info.size, info.lines, info.exact), (text.len() as u64, lines.len() as u64, true));
        let (window, whole) = (Window { from, most }, Window { from: 0, most: usize::MAX });
        let mut batch = Lines::default();
        for place in places {
            let number = place.index(lines.len() + 2);
            let count = place.index(7);
            let answer = document.lines(number as u64, count, window, &mut batch).unwrap();
            if number == 0 || number > lines.len() {
                prop_assert_eq!(answer, Answer::Absent);
                prop_assert_eq!(document.offset_of(number as u64).unwrap(), Answer::Absent);
            } else {
                prop_assert_eq!(answer, Answer::Known(()));
                prop_assert!(batch.first == Some(number as u64));
                let expected = &lines[number - 1..lines.len().min(number - 1 + count)];
                check(&batch, expected, window);
                let offset = Answer::Known(lines[number - 1].0 as u64);
                prop_assert_eq!(document.offset_of(number as u64).unwrap(), offset);
            }
            document.last(count, whole, &mut batch).unwrap();
            check(&batch, &lines[lines.len().saturating_sub(count)..], whole);
            prop_assert!(batch.lines.is_empty() || batch.first == Some((lines.len() - batch.lines.len() + 1) as u64));

            let offset = place.index(text.len() + 1);
            let holder = lines.iter().rposition(|(start, _)| *start <= offset && offset < text.len());
            let expected = holder.map_or(Answer::Absent, |at| Answer::Known(at as u64 + 1));
            prop_assert_eq!(document.line_at(offset as u64).unwrap(), expected);
            if let Some(holder) = holder {
                document.around(offset as u64, count, 3, whole, &mut batch).unwrap();
                check(&batch, &lines[holder.saturating_sub(count)..lines.len().min(holder + 3)], whole);
            }
            let mut bytes = Vec::new();
            let len = place.index(1 << 20) as u64;
            document.read(offset as u64, len, |piece| bytes.extend_from_slice(piece)).unwrap();
            prop_assert_eq!(&bytes[..], &text[offset..text.len().min(offset + len as usize)]);
        }
    }
}

#[test]
fn what_the_index_does_not_know_yet_is_not_guessed() {
    let line = |offset: u64| if offset % 64 == 63 { b'\n' } else { b'x' };
    let size = 16 << 20;
    let document = made(size, line, None);
    let info = document.info().unwrap();
    assert_eq!((info.lines, info.exact, info.indexed), (size / 64, false, 0), "the estimate");
    assert_eq!(document.offset_of(1000).unwrap(), Answer::Known(999 * 64));
    let behind = AHEAD / 64 + 10;
    assert_eq!(document.offset_of(behind).unwrap(), Answer::Unknown);
    assert_eq!(document.line_at(behind * 64).unwrap(), Answer::Unknown);
    let mut batch = Lines::default();
    assert_eq!(document.lines(behind, 1, Window::default(), &mut batch).unwrap(), Answer::Unknown);
    document.last(3, Window::default(), &mut batch).unwrap();
    assert_eq!((batch.lines.len(), batch.first), (3, None), "lines without numbers");
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    assert_eq!(document.offset_of(behind).unwrap(), Answer::Known((behind - 1) * 64));
    assert!(document.info().unwrap().exact);
    document.last(3, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.first, Some(size / 64 - 2));
}

#[test]
fn one_line_of_4_gigabytes_is_read_by_windows() {
    let size = (4 << 30) + 500;
    let at = |offset: u64| match offset {
        100 | 4_294_967_500 => b'\n',
        offset => b'a' + (offset % 26) as u8,
    };
    let document = made(size, at, None);
    let mut batch = Lines::default();
    let window = Window { from: 3 << 30, most: 10 };
    // The end of the long line is not known without an index, and the call does not wait for that.
    assert_eq!(document.lines(2, 5, window, &mut batch).unwrap(), Answer::Known(()));
    let line = batch.lines[0];
    assert_eq!((batch.lines.len(), line.offset, line.length), (1, 101.0, -1.0));
    assert!(batch.more && line.flags == CUT_BEFORE | CUT_AFTER);
    let from = 101 + (3_u64 << 30);
    assert_eq!(batch.text(0), (from..from + 10).map(at).collect::<Vec<_>>());
    document.last(1, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.lines[0].length, 499.0 - 204.0);
    document.around(1 << 31, 0, 1, Window { from: 0, most: 5 }, &mut batch).unwrap();
    assert_eq!(batch.lines[0].flags, CUT_BEFORE | CUT_AFTER, "the start is too far away");
}

#[test]
fn a_disk_error_is_a_message_and_the_bytes_before_it_stay_readable() {
    let line = |offset: u64| if offset % 100 == 99 { b'\n' } else { b'x' };
    let document = made(64 << 20, line, Some(40 << 20));
    let job = document.index().unwrap();
    assert_eq!(end(&*job), JobState::Failed);
    let message = job.failure().unwrap();
    assert!(message.contains("the disk is on fire at offset 41"), "{message}");
    let known = document.info().unwrap();
    assert!(!known.exact && known.indexed == 40 << 20, "{known:?}");
    assert_eq!(document.offset_of(400_000).unwrap(), Answer::Known(399_999 * 100));
    let mut batch = Lines::default();
    let trouble = document.around(40 << 20, 0, 1, Window::default(), &mut batch).unwrap_err();
    assert!(!trouble.changed && trouble.message.contains("on fire"), "{trouble:?}");
    // The next call starts a job that tries again.
    assert_eq!(end(&*document.index().unwrap()), JobState::Failed);
}

#[test]
fn growth_extends_the_index_and_the_rest_starts_afresh() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\ntwo\nthr");
    let document = open(&path, FileOptions::default());
    assert_eq!(document.refresh(), Ok(Change::Same));
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(b"ee\nfour\n").unwrap();
    assert_eq!(document.info().unwrap().lines, 3, "nothing changes without a refresh");
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(document.info().unwrap().lines, 4);
    let mut batch = Lines::default();
    document.lines(3, 9, Window::default(), &mut batch).unwrap();
    assert_eq!((batch.text(0), batch.text(1)), (&b"three"[..], &b"four"[..]));

    // copytruncate, checked while the file is short.
    file.set_len(0).unwrap();
    let trouble = document.lines(1, 1, Window::default(), &mut batch).unwrap_err();
    assert!(
        trouble.changed && trouble.message.contains("truncated from 19 bytes to 0"),
        "{trouble:?}"
    );
    assert_eq!(document.refresh(), Ok(Change::Truncated));
    assert_eq!(document.info().unwrap().lines, 0);
    file.write_all(b"new\n").unwrap();
    assert_eq!(document.refresh(), Ok(Change::Grown));

    // copytruncate, checked when the file is long again.
    file.set_len(0).unwrap();
    file.write_all(b"another content\n").unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(document.info().unwrap().size, 16);

    // Rotation: the growth of the old file is reported first.
    file.write_all(b"last words\n").unwrap();
    fs::rename(&path, directory.0.join("log.1")).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(document.refresh(), Ok(Change::Same), "there is no other file yet");
    fs::write(&path, b"fresh\n").unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    document.lines(1, 9, Window::default(), &mut batch).unwrap();
    assert_eq!((batch.lines.len(), batch.text(0)), (1, &b"fresh"[..]));

    // Deleted: an open file stays readable.
    fs::remove_file(&path).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Same));
    document.lines(1, 9, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.text(0), b"fresh");
}

/// On Windows the new file gets the time of creation of the old one, by which it was recognised there.
#[test]
fn a_file_that_is_created_again_under_its_name_is_another_one() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let document = open(&path, FileOptions::default());
    for content in ["two\n", "three\n"] {
        fs::rename(&path, directory.0.join(content.trim_end())).unwrap();
        fs::write(&path, content).unwrap();
        assert_eq!(document.refresh(), Ok(Change::Replaced), "{content}");
        let mut batch = Lines::default();
        document.lines(1, 9, Window::default(), &mut batch).unwrap();
        assert_eq!(batch.text(0), content.trim_end().as_bytes());
        assert_eq!(document.refresh(), Ok(Change::Same));
    }
}

#[test]
fn overwritten_bytes_are_other_content() {
    let directory = Directory::new();
    let path = directory.file("text", &b"0123456789\n".repeat(10_000));
    let document = open(&path, FileOptions::default());
    let mut file = fs::File::options().write(true).open(&path).unwrap();
    // In the middle, which the fingerprint does not cover: it takes a while until the write cannot be an append in
    // progress.
    io::Seek::seek(&mut file, io::SeekFrom::Start(50_000)).unwrap();
    file.write_all(b"\n").unwrap();
    let until = Instant::now() + LONG;
    while document.refresh().unwrap() != Change::Replaced {
        assert!(Instant::now() < until, "nobody sees it");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(document.info().unwrap().lines, 10_001);
    assert_eq!(document.refresh(), Ok(Change::Same));
}

#[test]
fn what_has_no_size_is_refused() {
    let directory = Directory::new();
    let refused = |path: &Path| {
        Document::open(<[u8]>::from_path(path).unwrap(), FileOptions::default())
            .err()
            .expect("a refusal")
    };
    assert!(refused(&directory.0).ends_with(": it is a directory"), "{}", refused(&directory.0));
    assert!(refused(&directory.0.join("none")).ends_with(": No such file or directory"));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    let directory = Directory::new();
    let refused = |path: &Path| {
        Document::open(<[u8]>::from_path(path).unwrap(), FileOptions::default())
            .err()
            .expect("a refusal")
    };
    assert!(refused(Path::new("/dev/null")).contains("it is a device"));
    if cfg!(target_os = "linux") {
        let memory = refused(Path::new("/proc/self/mem"));
        assert!(memory.contains("/proc/self/mem: Input/output error"), "{memory}");
    }
    let pipe = directory.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|made| made.success()));
    assert!(refused(&pipe).contains("it is a pipe"));
}

#[test]
fn a_truncation_ends_the_index_with_a_sentence() {
    let directory = Directory::new();
    let path = directory.file("text", b"");
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let document = open(&path, FileOptions::default());
    let mut batch = Lines::default();
    document.last(5, Window { from: 0, most: 9 }, &mut batch).unwrap();
    assert_eq!(batch.text(0), [0; 9], "a terabyte of nothing is open at once");
    let job = document.index().unwrap();
    while job.poll().done == 0 {
        std::thread::yield_now();
    }
    file.set_len(1 << 20).unwrap();
    assert_eq!(end(&*job), JobState::Failed);
    assert!(
        job.failure().unwrap().contains("truncated from 1099511627776 bytes"),
        "{:?}",
        job.failure()
    );
    assert_eq!(document.refresh(), Ok(Change::Truncated));
    assert_eq!(document.info().unwrap().size, 1 << 20);
}

/// Takes the next report.
fn news(job: &Job<News>) -> News {
    assert!(job.wait(LONG), "no report arrived");
    job.take().unwrap_or_else(|| panic!("{:?}", job.failure()))
}

#[test]
fn a_follower_gets_reports_of_growth_truncation_and_rotation() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let document = Arc::new(open(&path, FileOptions::default()));
    let job = document.follow().unwrap();
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(b"two\n").unwrap();
    assert_eq!(news(&job), News { change: Change::Grown, size: 8 });
    assert_eq!(document.refresh(), Ok(Change::Grown));
    file.set_len(0).unwrap();
    assert_eq!(news(&job).change, Change::Truncated);
    assert_eq!(document.refresh(), Ok(Change::Truncated));
    file.write_all(b"last words\n").unwrap();
    fs::rename(&path, directory.0.join("log.1")).unwrap();
    fs::write(&path, b"fresh\n").unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&Change::Replaced) {
        news(&job);
        seen.push(document.refresh().unwrap());
    }
    assert!(seen.contains(&Change::Grown), "{seen:?}: the rotation has lost the last words");
    let mut batch = Lines::default();
    document.lines(1, 1, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.text(0), b"fresh");
    job.cancel();
    while job.take().is_some() {}
    assert_eq!(end(&job), JobState::Cancelled);
    // A freed file is not followed any more.
    let job = document.follow().unwrap();
    while document.own().unwrap().followers().len() < 2 {
        std::thread::yield_now();
    }
    let waker = document.own().unwrap().followers()[1].clone();
    drop(document);
    while job.poll().state == JobState::Running {
        waker.wake();
    }
    assert_eq!(job.poll().state, JobState::Done);
}

#[cfg(unix)]
#[test]
fn no_line_of_a_writer_at_full_speed_is_lost_or_doubled() {
    const LINES: u64 = 1_000_000;
    let directory = Directory::new();
    let path = directory.file("log", b"");
    let document = Arc::new(open(&path, FileOptions::default()));
    let job = document.follow().unwrap();
    // Another process, because nothing of this one should help.
    let writer = format!("seq 1 {LINES} >> '{}'", path.display());
    let mut writer = std::process::Command::new("sh").args(["-c", &writer]).spawn().unwrap();
    let (mut next, mut batch) = (1, Lines::default());
    while next <= LINES {
        news(&job);
        while document.refresh().unwrap() == Change::Grown {}
        let (mut offset, size) = (0, document.info().unwrap().size);
        if next > 1 {
            let before = document.lines(next - 1, 1, Window::default(), &mut batch).unwrap();
            if before != Answer::Known(()) {
                // The index is not complete; what it does not know yet is read after the next report.
                end(&*document.index().unwrap());
                document.lines(next - 1, 1, Window::default(), &mut batch).unwrap();
            }
            assert_eq!(batch.text(0), (next - 1).to_string().as_bytes());
            offset = batch.lines[0].offset as u64 + batch.text(0).len() as u64 + 1;
        }
        while offset < size {
            document.around(offset, 0, 4096, Window::default(), &mut batch).unwrap();
            for (at, line) in batch.lines.iter().enumerate() {
                let end = line.offset as u64 + line.length as u64;
                // The last line may be half written.
                if end < size {
                    assert_eq!(batch.text(at), next.to_string().as_bytes());
                    next += 1;
                }
                offset = end + 1;
            }
        }
    }
    assert!(writer.wait().unwrap().success());
    assert!(!matches!(document.refresh(), Ok(Change::Truncated | Change::Replaced)));
    end(&*document.index().unwrap());
    assert_eq!((next - 1, document.info().unwrap().lines), (LINES, LINES));
}

#[test]
fn a_file_that_cannot_be_opened_again_keeps_its_content() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let document = open(&path, FileOptions::default());
    // Another file that cannot be opened: a directory, because root may read everything.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let trouble = document.refresh().unwrap_err();
    assert!(trouble.changed && trouble.message.ends_with(": it is a directory"), "{trouble:?}");
    let mut batch = Lines::default();
    document.lines(1, 1, Window::default(), &mut batch).unwrap();
    assert_eq!(batch.text(0), b"one");
}
