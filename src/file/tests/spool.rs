//! Tests of pipes and archives.

use crate::file::decompress::Codec;
use crate::file::reader::Lines;
use crate::file::snapshot::Snapshot;
use crate::file::spool::{Feed, Spool, Unpack};
use crate::file::tests::{Directory, end};
use crate::file::{Change, Current, Document, FileOptions, Window};
use crate::job::{self, AnyJob, Job, JobState};
use bstr::ByteSlice;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

fn pack(packing: Codec, text: &[u8]) -> Vec<u8> {
    match packing {
        Codec::Gzip => gzip(text),
        Codec::Zstd => zstd(text),
    }
}

fn options() -> FileOptions {
    FileOptions { spool: true, unpack: true, ..FileOptions::default() }
}

fn open(path: &Path, options: FileOptions) -> Document {
    Document::open(<[u8]>::from_path(path).unwrap(), options).expect("a file that opens")
}

fn content(document: &Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.read(0, u64::MAX, |piece| bytes.extend_from_slice(piece)).unwrap();
    bytes
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let limit = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Creates a pipe with a name, which Windows does not have.
fn pipe(directory: &Directory, name: &str) -> PathBuf {
    let path = directory.file(name, b"");
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().is_ok_and(|made| made.success()));
    path
}

/// Returns text that compresses neither too well nor too badly.
fn log(lines: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut state = 1_u64;
    for number in 0..lines {
        state = state * 48_271 % 0x7fff_ffff;
        writeln!(text, "{number} {state:x} a line of a log {}", ".".repeat(state as usize % 50))
            .unwrap();
    }
    text
}

fn packing() -> impl Strategy<Value = Codec> {
    prop::sample::select(&[Codec::Gzip, Codec::Zstd][..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(24)))]
    #[test]
    fn an_archive_of_many_parts_is_the_text(
        packing in packing(),
        parts in prop::collection::vec(0..3000_usize, 1..5),
        (zeros, skipped) in (0..2000_usize, 0..100_usize),
        piped in any::<bool>(),
    ) {
        let directory = Directory::new();
        let texts: Vec<Vec<u8>> = parts.iter().map(|&lines| log(lines)).collect();
        let mut archive = Vec::new();
        if packing == Codec::Zstd {
            archive.extend_from_slice(b"\x53\x2A\x4D\x18");
            archive.extend_from_slice(&(skipped as u32).to_le_bytes());
            archive.resize(archive.len() + skipped, b'?');
        }
        texts.iter().for_each(|text| archive.extend(pack(packing, text)));
        if packing == Codec::Gzip {
            archive.resize(archive.len() + zeros, 0);
        }
        let len = archive.len() as u64;
        let piped = piped && cfg!(unix);
        let (document, writer) = if piped {
            let path = pipe(&directory, "pipe");
            let document = open(&path, options());
            (document, Some(std::thread::spawn(move || fs::write(path, archive).unwrap())))
        } else {
            (open(&directory.file("archive", &archive), options()), None)
        };
        let job = document.index().unwrap();
        prop_assert_eq!(end(&*job), JobState::Done);
        if let Some(writer) = writer {
            writer.join().unwrap();
        }
        let progress = job.poll();
        prop_assert_eq!((progress.done, progress.total), (len, if piped { 0 } else { len }));
        let text = texts.concat();
        prop_assert!(content(&document) == text);
        let info = document.info().unwrap();
        let lines = text.lines().count() as u64;
        prop_assert_eq!((info.size, info.lines, info.exact), (text.len() as u64, lines, true));
        let mut batch = Lines::default();
        document.lines(lines / 2 + 1, 1, Window::default(), &mut batch).unwrap();
        if let Some(line) = text.lines().nth(lines as usize / 2) {
            prop_assert_eq!(batch.text(0), line);
        }
    }

    #[test]
    fn a_damaged_archive_fails_with_a_sentence_and_keeps_what_came_before(
        packing in packing(),
        lines in 1..20_000_usize,
        place in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let directory = Directory::new();
        let (first, second) = (log(100), log(lines));
        let archive = [pack(packing, &first), pack(packing, &second)].concat();
        let whole = [&first[..], &second].concat();
        // The first part is complete.
        let begin = pack(packing, &first).len();
        let place = begin + place.index(archive.len() - begin);
        let mut broken = archive.clone();
        if cut { broken.truncate(place) } else { broken[place] ^= 0x41 }
        let document = open(&directory.file("archive", &broken), options());
        let job = document.index().unwrap();
        let (state, kept) = (end(&*job), content(&document));
        if state == JobState::Done {
            // Cut between its parts, or damaged where only a name or a time is stored.
            prop_assert!(kept == whole || (cut && place == begin && kept == first));
            return Ok(());
        }
        let message = job.failure().unwrap();
        prop_assert!(kept.starts_with(&first), "{}", message);
        if cut {
            prop_assert!(whole.starts_with(&kept));
            prop_assert!(message.contains("archive ends too early"), "{}", message);
        }
        prop_assert!(message.contains("the bytes unpacked so far can be read"), "{}", message);
        let info = document.info().unwrap();
        prop_assert_eq!((info.size, info.exact), (kept.len() as u64, false));
        prop_assert_eq!(info.lines, kept.lines().count() as u64);
    }
}

#[test]
fn a_cut_zstd_archive_returns_the_bytes_that_it_held_back() {
    let (directory, text) = (Directory::new(), log(20_000));
    let mut archive = zstd(&text);
    archive.truncate(archive.len() - 10);
    let document = open(&directory.file("archive", &archive), options());
    assert_eq!(end(&*document.index().unwrap()), JobState::Failed);
    // All blocks but the last one, of at most 128 KiB.
    assert!(content(&document).len() + (128 << 10) >= text.len());
}

#[cfg(unix)]
#[test]
fn a_pipe_can_be_read_while_it_is_written() {
    let directory = Directory::new();
    let path = pipe(&directory, "pipe");
    let document = open(&path, FileOptions { unpack: false, ..options() });
    let job = document.index().unwrap();
    let notifier = job::Notifier::new().unwrap();
    job.watch(&notifier);
    assert_eq!((document.info().unwrap().size, document.refresh()), (0, Ok(Change::Same)));
    let mut writer = File::options().write(true).open(&path).unwrap();
    writer.write_all(b"one\ntw").unwrap();
    until("the notifier was not signalled", || notifier.drain());
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(document.refresh(), Ok(Change::Same));
    let info = document.info().unwrap();
    assert_eq!((info.size, info.lines, info.exact, info.indexed), (6, 2, false, 6));
    assert_eq!((job.poll().state, job.poll().done, job.poll().total), (JobState::Running, 6, 0));
    writer.write_all(b"o\nthree").unwrap();
    drop(writer);
    assert_eq!(end(&*job), JobState::Done);
    let mut batch = Lines::default();
    document.lines(2, 9, Window::default(), &mut batch).unwrap();
    assert_eq!((batch.text(0), batch.text(1)), (&b"two"[..], &b"three"[..]));
    assert!(document.info().unwrap().exact);
    assert_eq!(document.refresh(), Ok(Change::Grown));
    assert_eq!(document.refresh(), Ok(Change::Same));
    assert!(Arc::ptr_eq(&job, &document.index().unwrap()), "it is not read again");
}

#[cfg(unix)]
#[test]
fn pipes_that_wait_leave_the_threads_to_others_and_are_cancelled() {
    let directory = Directory::new();
    let wait = |number: usize| {
        let path = pipe(&directory, &format!("pipe-{number}"));
        let document = open(&path, options());
        (File::options().write(true).open(path).unwrap(), document)
    };
    let mut pipes: Vec<_> = (0..job::parallelism() * 2 + 1).map(wait).collect();
    for (writer, document) in &mut pipes {
        writer.write_all(b"something").unwrap();
        until("it does not arrive", || document.info().unwrap().size == 9);
    }
    let text = log(100_000);
    let plain = open(&directory.file("text", &text), FileOptions::default());
    assert_eq!(end(&*plain.index().unwrap()), JobState::Done, "no thread is left");
    for (_writer, document) in &pipes {
        let job = document.index().unwrap();
        assert_eq!(job.poll().state, JobState::Running);
        job.cancel();
        assert_eq!(end(&*job), JobState::Cancelled);
        assert_eq!(content(document), b"something");
        assert!(!document.info().unwrap().exact);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_dropped_ends_its_job() {
    let directory = Directory::new();
    let path = pipe(&directory, "pipe");
    let document = open(&path, options());
    let mut writer = File::options().write(true).open(&path).unwrap();
    writer.write_all(b"something").unwrap();
    until("it does not arrive", || document.info().unwrap().size == 9);
    drop(document);
    // The last reader is gone. Rust programs ignore SIGPIPE.
    until("somebody still reads", || writer.write_all(b".").is_err());
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let directory = Directory::new();
    let zeros = vec![0; 32 << 20];
    for packing in [Codec::Gzip, Codec::Zstd] {
        let path = directory.file("bomb", &pack(packing, &zeros));
        let document = open(&path, FileOptions { spool_limit: 1_000_000, ..options() });
        let job = document.index().unwrap();
        assert_eq!(end(&*job), JobState::Failed);
        let message = job.failure().unwrap();
        assert!(message.starts_with("spool limit of 1000000 bytes reached"), "{message}");
        assert_eq!(document.info().unwrap().size, 1_000_000);
    }
}

#[cfg(unix)]
#[test]
fn a_device_without_an_end_stops_at_the_limit() {
    let document = open(Path::new("/dev/zero"), FileOptions { spool_limit: 5000, ..options() });
    assert_eq!(end(&*document.index().unwrap()), JobState::Failed);
    assert_eq!(content(&document), [0; 5000]);
}

#[cfg(unix)]
#[test]
fn special_files_are_read_or_refused_with_a_reason() {
    let null = open(Path::new("/dev/null"), options());
    assert_eq!(end(&*null.index().unwrap()), JobState::Done);
    let info = null.info().unwrap();
    assert_eq!((info.size, info.lines, info.exact), (0, 0, true));
    if cfg!(target_os = "linux") {
        let version = open(Path::new("/proc/version"), options());
        assert_eq!(end(&*version.index().unwrap()), JobState::Done);
        assert_eq!(content(&version), fs::read("/proc/version").unwrap());
        let refused = Document::open(b"/proc/self/mem", options()).err().expect("a refusal");
        assert!(refused.ends_with("/proc/self/mem: Input/output error"), "{refused}");
    }
    let directory = Directory::new();
    let refused = |path: &Path, options: FileOptions| {
        Document::open(<[u8]>::from_path(path).unwrap(), options).err().expect("a refusal")
    };
    assert!(
        refused(&directory.file("x", b"").with_file_name(""), options())
            .ends_with(": it is a directory")
    );
    let waiting = pipe(&directory, "pipe");
    let message = refused(&waiting, FileOptions { spool: false, ..options() });
    assert!(
        message.contains("it is a pipe, which has no size; set the option spool to read it"),
        "{message}"
    );
    let nowhere = FileOptions { spool_directory: Some("/nowhere/at all".into()), ..options() };
    let message = refused(&waiting, nowhere);
    assert!(message.contains("no temporary file in /nowhere/at all: No such file"), "{message}");
    // A file that is neither is read unchanged and in place.
    let plain = open(&directory.file("text", b"one\ntwo"), options());
    assert!(plain.own().unwrap().current().disk.is_some() && plain.info().unwrap().exact);
}

#[test]
fn an_archive_that_is_replaced_is_unpacked_anew() {
    let directory = Directory::new();
    let path = directory.file("log.gz", &gzip(b"one\ntwo\n"));
    let document = open(&path, options());
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    assert_eq!(document.refresh(), Ok(Change::Grown));
    let other = directory.file("other", &gzip(b"three\n"));
    fs::rename(other, &path).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    assert_eq!(content(&document), b"three\n");
    fs::remove_file(&path).unwrap();
    document.refresh().unwrap();
    assert_eq!(document.refresh(), Ok(Change::Same));
    assert_eq!(content(&document), b"three\n");
    fs::write(&path, b"no archive any more\n").unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(content(&document), b"no archive any more\n");
}

/// Returns a document whose spool is written to a given file.
#[cfg(target_os = "linux")]
fn spooled_to(file: File, source: &Path) -> (Document, Arc<Job<()>>) {
    let spool = Arc::new(Spool::of(file, None));
    let snapshot = Arc::new(Snapshot::new(Box::new(Arc::clone(&spool)), 1 << 20).unwrap());
    let feed = Feed {
        spool: Arc::clone(&spool),
        source: File::open(source).unwrap(),
        packing: Unpack::No,
        total: 0,
        limit: u64::MAX,
        directory: "/somewhere".into(),
    };
    let current = Current { spool: Some(spool), ..Current::nowhere(snapshot) };
    let document = Document::of(source.to_owned(), options(), current);
    document.start_spool(Some(feed)).unwrap();
    let job = document.index().unwrap();
    (document, job)
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_is_a_sentence() {
    let directory = Directory::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (document, job) = spooled_to(full, &directory.file("text", b"one\ntwo\n"));
    assert_eq!(end(&*job), JobState::Failed);
    let message = job.failure().unwrap();
    assert_eq!(
        message,
        "No space left on device: the temporary file in /somewhere ends after 0 bytes, which can be read"
    );
    assert_eq!(document.info().unwrap().size, 0);
}

/// Runs one test of this program again in a child with limits of the shell.
#[cfg(target_os = "linux")]
fn in_a_child(limit: &str, test: &str) {
    let line = format!("ulimit {limit} && exec \"$@\" --exact file::tests::spool::{test}");
    let output = Command::new("sh")
        .args(["-c", &line, "sh"])
        .args(crate::emulated::this_program())
        .env("RILLE_TEST_CHILD", test)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && report.contains("1 passed"), "{:?} {report}", output.status);
}

#[cfg(target_os = "linux")]
fn is_child(test: &str) -> bool {
    std::env::var_os("RILLE_TEST_CHILD").is_some_and(|child| child == test)
}

#[test]
#[cfg(target_os = "linux")]
fn a_limit_of_the_size_of_files_does_not_end_the_process() {
    let name = "a_limit_of_the_size_of_files_does_not_end_the_process";
    if !is_child(name) {
        return in_a_child("-f 2048", name);
    }
    // A mebibyte, or two where the shell counts in kibibytes; a process that writes more gets SIGXFSZ.
    let document = open(Path::new("/dev/zero"), options());
    let job = document.index().unwrap();
    assert_eq!(end(&*job), JobState::Failed);
    let message = job.failure().unwrap();
    assert!(message.starts_with("File too large: the temporary file in "), "{message}");
    let size = document.info().unwrap().size;
    assert!(size == 1 << 20 || size == 2 << 20, "{size}");
    assert_eq!(content(&document), vec![0; size as usize]);
}

#[test]
#[cfg(target_os = "linux")]
fn without_descriptors_it_is_refused_and_later_it_is_not() {
    let name = "without_descriptors_it_is_refused_and_later_it_is_not";
    if !is_child(name) {
        return in_a_child("-n 64", name);
    }
    let directory = Directory::new();
    let path = directory.file("log.gz", &gzip(b"one\ntwo\n"));
    let mut taken: Vec<File> = std::iter::from_fn(|| File::open(&path).ok()).collect();
    let refused = || Document::open(<[u8]>::from_path(&path).unwrap(), options()).err();
    assert!(refused().unwrap().ends_with(": Too many open files"), "{:?}", refused());
    taken.pop();
    let message = refused().unwrap();
    assert!(
        message.contains("no temporary file in ") && message.ends_with(": Too many open files"),
        "{message}"
    );
    taken.pop();
    let document = open(&path, options());
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    assert_eq!(content(&document), b"one\ntwo\n");
    assert!(refused().is_some());
    drop(document);
    until("descriptors are lost", || refused().is_none());
}

#[test]
#[cfg(target_os = "linux")]
fn the_temporary_file_has_no_name_and_is_not_inherited() {
    let directory = Directory::new();
    let path = directory.file("log.gz", &gzip(b"one\n"));
    let inside = path.with_file_name("spool");
    fs::create_dir(&inside).unwrap();
    let document = open(&path, FileOptions { spool_directory: Some(inside.clone()), ..options() });
    assert_eq!(end(&*document.index().unwrap()), JobState::Done);
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);
    let listing = Command::new("ls").args(["-l", "/proc/self/fd"]).output().unwrap();
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let own = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let own: Vec<_> = own.filter_map(|entry| fs::read_link(entry.path()).ok()).collect();
    assert!(own.iter().any(|target| target.starts_with(&inside)), "it is not where it was to be");
    assert!(!listing.contains(inside.to_str().unwrap()), "{listing}");
}

#[test]
fn a_filter_of_a_damaged_archive_does_not_say_that_its_count_is_exact() {
    let directory = Directory::new();
    let mut archive = gzip(&log(3000));
    archive.truncate(archive.len() - 20);
    let document = open(&directory.file("log.gz", &archive), options());
    let job = document.index().unwrap();
    assert_eq!(end(&*job), JobState::Failed);
    assert!(!document.info().unwrap().exact);
    let count = |invert| {
        let pattern = crate::file::tests::search::regex("7");
        let (filter, job) = document.filter(pattern.into(), invert).unwrap();
        assert_eq!(end(&job), JobState::Done);
        end(&*filter.index().unwrap());
        let info = filter.info().unwrap();
        let (second, job) =
            filter.filter(crate::file::tests::search::regex("").into(), false).unwrap();
        assert_eq!(end(&job), JobState::Done);
        assert_eq!(second.info().unwrap().exact, info.exact, "a filter of the filter");
        info
    };
    let (info, rest) = (count(false), count(true));
    assert!(info.lines > 0 && rest.lines > 0);
    assert_eq!((info.exact, rest.exact), (false, false));
}

#[test]
fn a_filter_of_a_pipe_grows_with_it() {
    let directory = Directory::new();
    let path = pipe(&directory, "pipe");
    let document = open(&path, options());
    let mut writer = File::options().write(true).open(&path).unwrap();
    writer.write_all(b"foo 1\nbar\n").unwrap();
    until("it arrives", || document.info().unwrap().size == 10);
    let pattern = crate::file::tests::search::regex("foo");
    let (filter, job) = document.filter(pattern.into(), false).unwrap();
    assert_eq!(end(&job), JobState::Done);
    assert_eq!(content(&filter), b"foo 1\n");
    assert!(!filter.info().unwrap().exact, "there may be more");
    let filter = Arc::new(filter);
    let news = filter.follow().unwrap();
    writer.write_all(b"foo 2\n").unwrap();
    assert!(news.wait(LONG));
    assert_eq!(news.take().map(|news| (news.change, news.size)), Some((Change::Grown, 12)));
    assert_eq!(filter.refresh(), Ok(Change::Grown));
    // The growth of the source is still to be reported to its host.
    assert_eq!(document.refresh(), Ok(Change::Grown));
    // The spool continues for the filter.
    drop(document);
    writer.write_all(b"bar\nfoo 3").unwrap();
    drop(writer);
    until("the job ends", || {
        filter.refresh().unwrap();
        filter.info().unwrap().exact
    });
    assert_eq!(content(&filter), b"foo 1\nfoo 2\nfoo 3");
    assert_eq!(filter.info().unwrap().lines, 3);
}
