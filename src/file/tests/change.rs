//! Tests of changes of a file: each way of overwriting it, and files whose size the system does not report.

use crate::file::tests::{Directory, end, open};
use crate::file::*;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

/// Number of lines of a file that is too large for its fingerprint to cover it whole.
const LARGE: usize = 20_000;
const SMALL: usize = 2_000;

fn text(lines: usize) -> Vec<u8> {
    b"0123456789\n".repeat(lines)
}

fn line(document: &Document, number: u64) -> Vec<u8> {
    let mut batch = Lines::default();
    document.lines(number, 1, Window::default(), &mut batch).unwrap();
    batch.text(0).to_vec()
}

fn writer(path: &Path) -> File {
    File::options().write(true).open(path).unwrap()
}

#[test]
fn a_middle_that_was_overwritten_a_second_ago_is_seen_by_the_first_refresh() {
    let directory = Directory::new();
    let path = directory.file("log", &text(LARGE));
    let document = open(&path, FileOptions::default());
    end(&*document.index().unwrap());
    let middle = LARGE as u64 / 2;
    assert_eq!(line(&document, middle + 1), b"0123456789");
    writer(&path).write_all_at(b"overwrites", middle * 11).unwrap();
    std::thread::sleep(WRITE_AGE_LIMIT + Duration::from_millis(50));
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(line(&document, middle + 1), b"overwrites");
    assert_eq!(document.refresh(), Ok(Change::Same));
    // With the write time set back, as `touch -d` does: the time of that change remains.
    let old = fs::metadata(&path).unwrap().modified().unwrap();
    let file = writer(&path);
    file.write_all_at(b"once again", middle * 11).unwrap();
    file.set_modified(old).unwrap();
    std::thread::sleep(WRITE_AGE_LIMIT + Duration::from_millis(50));
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(line(&document, middle + 1), b"once again");
}

#[test]
fn overwritten_bytes_of_a_small_file_are_noticed_at_once() {
    let directory = Directory::new();
    let path = directory.file("log", &text(SMALL));
    let document = open(&path, FileOptions::default());
    let old = fs::metadata(&path).unwrap().modified().unwrap();
    for round in 0..50 {
        // Within the clock tick in which the file was opened or refreshed, and with the same write time.
        let fresh = format!("{round:010}");
        let file = writer(&path);
        file.write_all_at(fresh.as_bytes(), 11 * 1000).unwrap();
        file.set_modified(old).unwrap();
        assert_eq!(document.refresh(), Ok(Change::Replaced), "{round}");
        assert_eq!(line(&document, 1001), fresh.as_bytes());
        assert_eq!(document.refresh(), Ok(Change::Same), "{round}");
    }
    // Truncated, and grown again to the same size.
    let mut file = writer(&path);
    file.set_len(0).unwrap();
    file.write_all(&b"abcdefghij\n".repeat(SMALL)).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(line(&document, 1), b"abcdefghij");
    // Another file of the same size in its place.
    let other = directory.file("other", &text(SMALL));
    fs::rename(other, &path).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(line(&document, 1), b"0123456789");
}

#[test]
fn a_large_file_that_was_truncated_and_has_grown_to_its_size_is_another_one() {
    let directory = Directory::new();
    let path = directory.file("log", &text(LARGE));
    let document = open(&path, FileOptions::default());
    let mut other = text(LARGE);
    let middle = other.len() / 2;
    other[middle] = b'x';
    let mut file = writer(&path);
    file.set_len(0).unwrap();
    file.write_all(&other).unwrap();
    std::thread::sleep(WRITE_AGE_LIMIT + Duration::from_millis(50));
    assert_eq!(document.refresh(), Ok(Change::Replaced));
}

#[test]
fn a_change_of_metadata_alone_is_not_a_change() {
    let directory = Directory::new();
    for lines in [SMALL, LARGE] {
        let path = directory.file("log", &text(lines));
        let document = open(&path, FileOptions::default());
        std::thread::sleep(Duration::from_millis(30));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let link = path.with_extension("link");
        fs::hard_link(&path, &link).unwrap();
        let gone = path.with_extension("1");
        fs::rename(&path, &gone).unwrap();
        std::thread::sleep(WRITE_AGE_LIMIT + Duration::from_millis(50));
        for _ in 0..3 {
            assert_eq!(document.refresh(), Ok(Change::Same), "{lines} lines");
        }
        fs::rename(&gone, &path).unwrap();
        fs::remove_file(&link).unwrap();
    }
    // The fingerprint covers a small file whole, so a new time alone is not a change.
    let path = directory.file("log", &text(SMALL));
    let document = open(&path, FileOptions::default());
    writer(&path).set_modified(SystemTime::now() - Duration::from_secs(9)).unwrap();
    assert_eq!(document.refresh(), Ok(Change::Same));
}

#[test]
#[cfg(target_os = "linux")]
fn files_whose_size_is_wrong_open_and_read_right() {
    // One of the files reports a size of 4,096 bytes, the other 0.
    let entries = fs::read_dir("/sys/kernel").unwrap();
    let sys = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let len = fs::metadata(path).map_or(0, |metadata| metadata.len());
            len == 4096 && fs::read(path).is_ok_and(|all| all.len() < 4096)
        })
        .expect("a file that has less than its size");
    for path in [&*sys, Path::new("/proc/self/mounts"), Path::new("/proc/version")] {
        let expected = fs::read(path).unwrap();
        let document = open(path, FileOptions::default());
        let info = document.info().unwrap();
        assert_eq!((info.size, info.exact), (expected.len() as u64, true), "{}", path.display());
        let mut bytes = Vec::new();
        document.read(0, 1 << 20, |piece| bytes.extend_from_slice(piece)).unwrap();
        assert_eq!(bytes, expected);
        let mut batch = Lines::default();
        document.last(1, Window { from: 0, most: 1 << 20 }, &mut batch).unwrap();
        let last = expected.strip_suffix(b"\n").unwrap_or(&expected);
        assert_eq!(batch.text(0), last.rsplit(|&byte| byte == b'\n').next().unwrap());
        assert_eq!(document.refresh(), Ok(Change::Same));
        let trouble = Arc::new(document).follow().err().expect("a refusal");
        assert!(trouble.message.contains("only a file on a disk"), "{trouble:?}");
    }
    // A file whose content is different each time.
    let path = Path::new("/proc/self/stat");
    let document = open(path, FileOptions::default());
    let mut changed = false;
    let until = Instant::now() + Duration::from_secs(60);
    while !changed && Instant::now() < until {
        changed = document.refresh() == Ok(Change::Replaced);
    }
    assert!(changed && document.info().unwrap().size > 0);
}

#[test]
fn a_file_that_is_written_to_while_it_is_opened_is_one_on_the_disk() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\n");
    let stop = Arc::new(AtomicBool::new(false));
    let (own, to) = (Arc::clone(&stop), path.clone());
    let thread = std::thread::spawn(move || {
        let mut file = File::options().append(true).open(to).unwrap();
        while !own.load(std::sync::atomic::Ordering::Relaxed) {
            file.write_all(b"a line\n").unwrap();
        }
    });
    for _ in 0..500 {
        let document = open(&path, FileOptions { no_index: true, ..FileOptions::default() });
        assert!(document.own().unwrap().current().disk.is_some());
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    thread.join().unwrap();
}

#[test]
fn a_report_of_another_file_has_the_size_of_that_file() {
    let directory = Directory::new();
    let path = directory.file("log", b"one\ntwo\nthree\n");
    let document = Arc::new(open(&path, FileOptions::default()));
    let job = document.follow().unwrap();
    let other = directory.file("other", b"four\n");
    fs::rename(other, &path).unwrap();
    assert!(job.wait(Duration::from_secs(60)));
    let news = job.take().unwrap();
    assert_eq!(news, News { change: Change::Replaced, size: 5 });
    assert_eq!(document.refresh(), Ok(Change::Replaced));
    assert_eq!(document.info().unwrap().size, 5);
}
