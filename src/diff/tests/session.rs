use super::{Random, applied, assert_in_order};
use crate::diff::session::Session;
use crate::diff::{DiffOptions, Hunk, Limits, diff};

fn session(base: &[u8]) -> Session {
    Session::new(base, DiffOptions::default(), usize::MAX).unwrap()
}

/// The text of a session as a list, edited in the plainest way.
struct Model {
    lines: Vec<Vec<u8>>,
    is_ended: bool,
}

impl Model {
    fn new(text: &[u8]) -> Model {
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line).to_vec());
        Model { lines: lines.collect(), is_ended: text.last().is_none_or(|&last| last == b'\n') }
    }

    fn edit(&mut self, first: usize, removed: usize, lines: &[&[u8]]) {
        self.lines.splice(first..first + removed, lines.iter().map(|line| line.to_vec()));
        // An empty last line has an end.
        self.is_ended |= self.lines.last().is_none_or(Vec::is_empty);
    }

    fn text(&self) -> Vec<u8> {
        let mut text = self.lines.join(&b'\n');
        if self.is_ended && !self.lines.is_empty() {
            text.push(b'\n');
        }
        text
    }
}

fn all(session: &Session) -> Vec<Hunk> {
    session.hunks(0, usize::MAX).collect()
}

/// Edits a text at random, and returns how many times the session said that it was exact.
fn edit_at_random(base: &[u8], pool: &[&[u8]], edits: usize, seed: u64) -> usize {
    let (mut session, mut model) = (session(base), Model::new(base));
    let (mut random, mut exact) = (Random(seed), 0);
    for round in 0..edits {
        let count = model.lines.len();
        let first = random.below(count + 1);
        let removed = random.below(3.min(count - first + 1));
        let (unique, other) = (format!("typed {round}"), random.below(1 << 20));
        let mut lines: Vec<&[u8]> = Vec::new();
        for at in 0..random.below(4) {
            lines.push(if (other + at) % 3 == 0 {
                unique.as_bytes()
            } else {
                pool[(other / 7 + at) % pool.len()]
            });
        }
        session.edit(first, removed, &lines.join(&b'\n'), lines.len()).unwrap();
        model.edit(first, removed, &lines);
        let text = model.text();
        assert_eq!(session.text().unwrap(), text, "round {round}");
        let hunks = all(&session);
        assert_in_order(&hunks);
        assert_eq!(applied(base, &text, &hunks), text);
        if session.is_exact() {
            let whole = diff(base, &text, &DiffOptions::default(), &Limits::default()).unwrap();
            assert_eq!(hunks, whole.hunks, "round {round}");
            exact += 1;
        }
    }
    exact
}

#[test]
fn an_ordinary_file_is_exact_after_each_edit() {
    let (small, large) = (
        &include_bytes!("../../../CONTRIBUTING.md")[..],
        &include_bytes!("../../../doc/rille.txt")[..],
    );
    for (base, edits, seeds) in [(small, 300, 4), (large, 100, 3)] {
        let pool: Vec<&[u8]> = base.split(|&byte| byte == b'\n').collect();
        for seed in 1..=seeds {
            assert_eq!(edit_at_random(base, &pool, edits, seed), edits);
        }
    }
}

#[test]
fn edits_within_a_hunk_are_those_of_a_comparison() {
    // Few lines of the base are left after some rounds, so that most edits are within hunks.
    let base: Vec<u8> = (0..60).flat_map(|i| format!("line {}\n", i % 20).into_bytes()).collect();
    let pool: Vec<String> = (0..30).map(|i| format!("new {i}")).chain(["line 3".into()]).collect();
    let pool: Vec<&[u8]> = pool.iter().map(|line| line.as_bytes()).collect();
    for seed in 1..60 {
        assert_eq!(edit_at_random(&base, &pool, 120, seed), 120);
    }
}

#[test]
fn texts_of_few_different_lines_stay_valid() {
    let pool: [&[u8]; 4] = [b"a", b"b", b"", b"c"];
    for seed in 1..200 {
        let mut random = Random(seed);
        let count = random.below(40);
        let mut base: Vec<u8> = Vec::new();
        for _ in 0..count {
            base.extend_from_slice(pool[random.below(4)]);
            base.push(b'\n');
        }
        if seed % 3 == 0 {
            base.extend_from_slice(b"no end");
        }
        edit_at_random(&base, &pool, 60, seed);
    }
}
