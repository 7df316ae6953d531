//! Texts, a diff by dynamic programming, and the programs that are oracles.

use crate::diff::{Hunk, Lines};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A generator of numbers that repeats exactly.
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % bound
    }

    /// Returns a text of numbered lines, in which a function starts now and then.
    pub fn text(&mut self, count: usize) -> String {
        let mut text = String::new();
        for i in 0..count {
            match self.below(8) {
                0 => text += &format!("func{i}(int argument) {{ \t\r\n"),
                1 if i % 3 == 0 => text += "\n",
                2 => text += &format!("_größe_{i} {}\n", "ä long line ".repeat(self.below(12))),
                _ => text += &format!("\tline {i};\n"),
            }
        }
        self.end(text)
    }

    /// Returns a text with some lines deleted, inserted and replaced.
    pub fn edited(&mut self, text: &str, edits: usize) -> String {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        for i in 0..edits {
            let at = self.below(lines.len() + 1);
            let new = format!("new {i} {}\n", self.below(1_000_000));
            match self.below(3) {
                0 if at < lines.len() => drop(lines.remove(at)),
                1 if at < lines.len() => lines[at] = new,
                _ => lines.insert(at, new),
            }
        }
        let all = lines.iter().map(|line| line.trim_end_matches('\n').to_owned() + "\n").collect();
        self.end(all)
    }

    /// Removes the last line feed of one text in four.
    fn end(&mut self, mut text: String) -> String {
        if self.below(4) == 0 && text.ends_with('\n') {
            text.pop();
        }
        text
    }
}

/// Returns the hunks of a longest common subsequence of the lines.
pub fn diff(a: &Lines<'_>, b: &Lines<'_>) -> Vec<Hunk> {
    let (n, m) = (a.len(), b.len());
    let mut longest = vec![vec![0u32; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[i][j] = match a.get(i) == b.get(j) {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut hunks, mut i, mut j): (Vec<Hunk>, _, _) = (Vec::new(), 0, 0);
    while i < n || j < m {
        if i < n && j < m && a.get(i) == b.get(j) {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let is_deleted = i < n && (j == m || longest[i + 1][j] >= longest[i][j + 1]);
        match hunks.last_mut() {
            Some(last) if last.a_stop() == i as u64 && last.b_stop() == j as u64 => {}
            _ => hunks.push(Hunk { a_first: i as u32, a_count: 0, b_first: j as u32, b_count: 0 }),
        }
        let last = hunks.last_mut().expect("just pushed");
        match is_deleted {
            true => (last.a_count, i) = (last.a_count + 1, i + 1),
            false => (last.b_count, j) = (last.b_count + 1, j + 1),
        }
    }
    hunks
}

/// Splits a text.
pub fn lines(text: &str) -> Lines<'_> {
    Lines::new(text.as_bytes()).expect("a short text")
}

/// A directory for the files of one test, removed at its end.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Directory {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("rille-diff-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the temporary directory can be written");
        Directory(path)
    }

    pub fn write(&self, name: &str, text: &[u8]) {
        std::fs::write(self.0.join(name), text).expect("the temporary directory can be written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).expect("the file exists")
    }

    /// Runs a program in the directory and returns its status and output; `None` if it is not installed, where that may be.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Option<(i32, Vec<u8>)> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.0);
        // Settings of the user would change what Git writes, and a repository around the directory, too.
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_CEILING_DIRECTORIES", self.0.parent()?);
        match command.output() {
            Ok(done) => Some((done.status.code().unwrap_or(-1), done.stdout)),
            Err(error) => {
                let is_required =
                    std::env::var_os("RILLE_REQUIRE_HOSTS").is_some_and(|value| value == "1");
                assert!(!is_required, "{program}: {error}");
                println!("skipped: comparisons with {program}: {error}");
                None
            }
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
