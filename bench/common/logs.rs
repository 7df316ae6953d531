//! Large log files, made for a bench in the system's temporary directory and removed afterwards.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// A log that is removed when it is dropped.
pub struct Log {
    pub path: PathBuf,
    pub size: u64,
    pub lines: u64,
}

/// A word that occurs once in each log, well past the middle.
pub const NEEDLE: &str = "zyxomma_pleonasm";

const WORDS: [&str; 24] = [
    "connection",
    "closed",
    "by",
    "peer",
    "request",
    "served",
    "from",
    "cache",
    "user",
    "logged",
    "in",
    "session",
    "expired",
    "retry",
    "after",
    "timeout",
    "while",
    "reading",
    "upstream",
    "failed",
    "to",
    "parse",
    "header",
    "warning",
];

/// Makes a log of about `size` bytes: lines of 40 to 160 bytes with a time, a level, an address and some words.
pub fn make(size: u64) -> Log {
    let path = std::env::temp_dir().join(format!("rille-bench-{}-{size}.log", std::process::id()));
    let mut out = BufWriter::with_capacity(
        1 << 20,
        File::create(&path).expect("a log in the temporary directory"),
    );
    let (mut state, mut written, mut lines, mut has_needle) = (42_u64, 0_u64, 0, false);
    let mut line = Vec::new();
    while written < size {
        line.clear();
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 33
        };
        let (number, level) =
            (lines, ["info", "info", "info", "warn", "error"][next() as usize % 5]);
        write!(
            line,
            "2026-01-{:02} {number:09} {level} 10.{}.{}.{} ",
            number % 28 + 1,
            next() % 256,
            next() % 256,
            next() % 256
        )
        .expect("a line");
        for _ in 0..next() % 12 + 1 {
            line.extend_from_slice(WORDS[next() as usize % WORDS.len()].as_bytes());
            line.push(b' ');
        }
        if !has_needle && written > size / 8 * 7 {
            line.extend_from_slice(NEEDLE.as_bytes());
            has_needle = true;
        }
        line.push(b'\n');
        out.write_all(&line).expect("room for the log");
        written += line.len() as u64;
        lines += 1;
    }
    out.flush().expect("room for the log");
    Log { path, size: written, lines }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
