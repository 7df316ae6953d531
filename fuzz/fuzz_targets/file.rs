//! Files of any bytes, including archives: lines, offsets and searches agree with a simple loop over the bytes.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run file` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use rille::file::{Document, FileOptions, SearchOptions};
use rille::job::{AnyJob, JobState};
use rille::search::{LiteralOptions, Literals};
use std::sync::Arc;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

fn over(job: &dyn AnyJob) -> JobState {
    while job.poll().state == JobState::Running {
        assert!(job.wait(LONG), "the job does not end");
    }
    job.poll().state
}

fn all_of(file: &Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.read(0, 1 << 24, |piece| bytes.extend_from_slice(piece)).expect("the file is read");
    bytes
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (flags, needle, content) = input;
    let path = std::env::temp_dir().join(format!("rille-file-fuzz-{}", std::process::id()));
    // Unchanged, or made an archive by its first bytes.
    let archive = flags & 1 == 1;
    let head: &[u8] = match (archive, flags & 2 == 2) {
        (false, _) => b"",
        (true, false) => b"\x1f\x8b\x08\0",
        (true, true) => b"\x28\xb5\x2f\xfd",
    };
    let content = [head, content].concat();
    std::fs::write(&path, &content).expect("a file is written");
    let options = FileOptions { unpack: archive, spool_limit: 1 << 20, cache: 1 << 16, threads: 1, ..Default::default() };
    let name = path.as_os_str().as_encoded_bytes();
    let Ok(file) = Document::open(name, options) else { return };
    let Ok(index) = file.index() else { return };
    let state = over(&*index);
    if let Some(message) = index.failure() {
        assert!(archive && !message.contains("mistake"), "{message}");
        return;
    }
    assert_eq!(state, JobState::Done);
    if archive {
        let _ = file.refresh();
    }
    let content = if archive { all_of(&file) } else { content };
    assert_eq!(all_of(&file), content);
    let feeds = content.iter().filter(|&&byte| byte == b'\n').count();
    let lines = feeds + usize::from(content.last().is_some_and(|&last| last != b'\n'));
    let info = file.info().expect("it is known");
    assert_eq!((info.size, info.lines, info.exact), (content.len() as u64, lines as u64, true));
    if needle.is_empty() || needle.contains(&b'\n') {
        return;
    }
    let literals = Arc::new(Literals::new(&[needle], &LiteralOptions::default()).expect("one literal"));
    let mut wanted = 0;
    // A byte-order mark at the start is not part of the first line, as in grep.
    let text = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&content);
    for line in text.split(|&byte| byte == b'\n') {
        // A line may end with CR LF, which is not part of it.
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        wanted += literals.hits(line, 0).count() as u64;
    }
    let source = [PatternSource::Literals(literals)];
    let patterns = LinePatterns::new(&source, &LineOptions::default()).expect("a pattern");
    let job = file.search(patterns, SearchOptions { count: true, ..Default::default() });
    let job = job.expect("a search starts");
    let mut total = 0;
    while {
        let running = job.poll().state == JobState::Running;
        while let Some(found) = job.take() {
            total = found.total;
        }
        running
    } {
        assert!(job.wait(LONG), "the search does not end");
    }
    // A last line without a line feed may end in a CR.
    let open = content.last() == Some(&b'\r');
    assert!(total == wanted || open && total >= wanted, "{total} instead of {wanted}");
});
