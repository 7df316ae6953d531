mod apply;
mod blocks;
mod compare;
mod git;
mod inline;
mod lines;
mod merge;
mod session;
mod steps;
mod support;
mod unified;

use super::compare::compare;
use super::meter::Meter;
use super::*;

/// A generator of numbers that repeat in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    /// Returns lines of `letters` different kinds; the last one may lack its line feed.
    fn text(&mut self, lines: usize, letters: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..lines {
            let letter = self.below(letters);
            text.extend_from_slice(&b"        "[..letter % 5]);
            text.push(b'a' + letter as u8);
            text.push(b'\n');
        }
        if self.below(4) == 0 {
            text.pop();
        }
        text
    }

    /// Returns the text with some lines deleted, inserted or replaced.
    fn edited(&mut self, text: &[u8], edits: usize, letters: usize) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> =
            text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        for _ in 0..edits {
            let at = self.below(lines.len() + 1);
            let count = self.below(4).min(lines.len() - at);
            let new = self.below(4);
            let new = self.text(new, letters);
            let new = new.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec);
            lines.splice(at..at + count, new);
        }
        let last = lines.len().saturating_sub(1);
        for line in lines.iter_mut().take(last).filter(|line| !line.ends_with(b"\n")) {
            line.push(b'\n');
        }
        lines.concat()
    }
}

/// Compares two texts with the default limits, and returns the steps too.
fn counted(a: &[u8], b: &[u8], options: &DiffOptions) -> (Diff, usize) {
    let mut meter = Meter::new(Limits::default());
    let diff = compare(a, b, options, &mut meter).unwrap();
    (diff, meter.steps)
}

fn with(algorithm: Algorithm) -> DiffOptions {
    DiffOptions { algorithm, ..DiffOptions::default() }
}

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Histogram, Algorithm::Myers, Algorithm::Minimal];

/// Replaces lines of `a` as the hunks say.
fn applied(a: &[u8], b: &[u8], hunks: &[Hunk]) -> Vec<u8> {
    let (a, b) = (Lines::new(a).unwrap(), Lines::new(b).unwrap());
    let (mut out, mut at) = (Vec::new(), 0);
    for hunk in hunks {
        out.extend_from_slice(a.range(at, hunk.a_first as usize - at));
        out.extend_from_slice(b.range(hunk.b_first as usize, hunk.b_count as usize));
        at = (hunk.a_first + hunk.a_count) as usize;
    }
    out.extend_from_slice(a.range(at, a.len() - at));
    out
}

/// Checks the order of hunks: ascending, with the same lines between them, at least one.
fn assert_in_order(hunks: &[Hunk]) {
    let (mut a, mut b) = (0, 0);
    for (index, hunk) in hunks.iter().enumerate() {
        assert!(hunk.a_count + hunk.b_count > 0, "{hunks:?}");
        assert!(index == 0 || hunk.a_first > a, "{hunks:?}");
        assert_eq!(hunk.a_first - a, hunk.b_first - b, "{hunks:?}");
        (a, b) = (hunk.a_first + hunk.a_count, hunk.b_first + hunk.b_count);
    }
}

/// The number of lines that are deleted or inserted.
fn cost(hunks: &[Hunk]) -> u32 {
    hunks.iter().map(|hunk| hunk.a_count + hunk.b_count).sum()
}
