//! Walks and searches of trees of any files: every file is found once, and every line that contains the needle.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run tree` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::job::{AnyJob, Job, JobState};
use rille::search::lines::PatternSource;
use rille::tree::grep::{self, grep};
use rille::tree::walk::{self, walk};
use rille::tree::{Found, Kind};
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

fn finish<T: Send + 'static>(job: &Job<T>, mut take: impl FnMut(T)) {
    loop {
        let state = job.poll().state;
        while let Some(result) = job.take() {
            take(result);
        }
        if state != JobState::Running {
            return assert_eq!(state, JobState::Done);
        }
        assert!(job.wait(Duration::from_secs(20)), "the job does not end");
    }
}

fuzz_target!(|input: (u8, &[u8], Vec<(u8, &[u8])>)| {
    let (flags, ignore, list) = input;
    let directory = std::env::temp_dir().join(format!("rille-tree-fuzz-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    let mut files = BTreeMap::new();
    for (place, content) in list.into_iter().take(12) {
        let directories = ["", "a", "a/b", "node_modules", ".hidden", "a/.git"];
        let directory = directory.join(directories[usize::from(place) % directories.len()]);
        let names = ["x.lua", "y.txt", "z.rs", ".dot", "build", "long name \u{e9}"];
        fs::create_dir_all(&directory).expect("a directory is made");
        let path = directory.join(names[usize::from(place) / 8 % names.len()]);
        fs::write(&path, content).expect("a file is written");
        files.insert(path, content);
    }
    fs::create_dir_all(&directory).expect("a directory is made");
    for name in [".gitignore", ".ignore"] {
        fs::write(directory.join(name), ignore).expect("a file is written");
        files.insert(directory.join(name), ignore);
    }
    let root = directory.as_os_str().as_encoded_bytes();
    let everything = walk::WalkOptions { hidden: true, no_ignore: true, sort: flags & 1 == 1, ..Default::default() };
    let some = walk::WalkOptions { hidden: flags & 2 == 2, follow: flags & 4 == 4, ..Default::default() };

    let mut seen = BTreeMap::new();
    let job = walk(root, &everything).expect("a walk starts");
    finish(&job, |paths| {
        for entry in paths.entries().iter().filter(|entry| entry.kind == Kind::File) {
            *seen.entry(paths.text()[entry.start as usize..entry.stop as usize].to_vec()).or_insert(0) += 1;
        }
    });
    assert!(seen.values().all(|&count| count == 1), "a path came twice");
    assert_eq!(seen.len(), files.len());
    let mut fewer = 0;
    finish(&walk(root, &some).expect("a walk starts"), |paths| {
        for entry in paths.entries().iter().filter(|entry| entry.kind == Kind::File) {
            let path = &paths.text()[entry.start as usize..entry.stop as usize];
            assert!(seen.contains_key(path), "a path that there is not");
            fewer += 1;
        }
    });
    assert!(fewer <= seen.len());

    let wanted: usize = files
        .values()
        .map(|content| content.split(|&byte| byte == b'\n').filter(|line| line.contains(&b'e')).count())
        .sum();
    let options = grep::GrepOptions { patterns: vec![PatternSource::Text(b"e")], fixed: true, binary: true, ..Default::default() };
    let mut lines = 0;
    finish(&grep(root, &everything, &options).expect("a search starts"), |chunk| {
        lines += chunk.batch.lines().iter().filter(|line| line.kind == Found::Match as u32).count();
    });
    // A text that starts with another encoding's byte-order mark is searched in that encoding.
    let marked = |content: &&[u8]| content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff");
    if !files.values().any(|content| marked(content)) {
        assert_eq!(lines, wanted);
    }
});
