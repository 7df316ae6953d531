//! Benches of line diffs, compared with imara-diff and similar on the same texts.
//!
//! The results that are compared are the number of deleted and inserted lines, where all find a shortest script; elsewhere each
//! algorithm has its own, and only rille's hunks are checked. The peers get the texts, as rille does: splitting and interning
//! lines is a part of the work. Histogram is compared with imara's histogram, and with similar's Myers, which has none.

use crate::measure::{Bench, Contender, EQUAL};
use imara_diff::{Algorithm as Imara, Diff as ImaraDiff, InternedInput};
use rille::diff::{self, Algorithm, DiffOptions, Limits};
use std::fmt::Write;

/// Two texts, and whether all algorithms find a script of the same cost.
struct Pair {
    name: &'static str,
    a: String,
    b: String,
    is_plain: bool,
    /// The time of imara and of similar in units of rille's that is to be reached at least.
    goals: (f64, f64),
}

/// Lehmer's generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 as usize % bound
    }
}

/// Returns a text like source code: about half of the lines occur once.
fn source(lines: usize, random: &mut Random) -> Vec<String> {
    let line = |line: usize, random: &mut Random| match random.below(8) {
        0 => String::new(),
        1 => "    }".to_owned(),
        2 => "        return nil".to_owned(),
        3 => format!("    local value = {}", random.below(50)),
        _ => format!("    call_number_{line}(argument, {})", random.below(1000)),
    };
    (0..lines).map(|number| line(number, random)).collect()
}

fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{line}").expect("memory");
    }
    text
}

/// Returns the lines with `edits` changes of up to three lines.
fn edited(lines: &[String], edits: usize, random: &mut Random) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len() + 3 * edits);
    let mut places: Vec<usize> = (0..edits).map(|_| random.below(lines.len())).collect();
    places.sort_unstable();
    let mut at = 0;
    for place in places.into_iter().filter(|&place| place >= 1) {
        if place < at {
            continue;
        }
        out.extend_from_slice(&lines[at..place]);
        at = (place + random.below(3)).min(lines.len());
        out.extend((0..1 + random.below(3)).map(|n| format!("    new {place} {n}")));
    }
    out.extend_from_slice(&lines[at..]);
    out
}

fn pairs(quick: bool) -> Vec<Pair> {
    let mut random = Random(1);
    let mut all = Vec::new();
    let scale = if quick { 10 } else { 1 };
    for (name, lines, edits, goals) in [
        ("2,000 lines, 5 edits", 2_000, 5, (1.3, 2.0)),
        ("12,000 lines, 60 edits", 12_000, 60, (1.3, 1.3)),
        ("160,000 lines, 300 edits", 160_000, 300, (1.6, 1.1)),
        ("160,000 lines, 34,000 edits", 160_000, 34_000, (EQUAL, 2.0)),
        ("1,000,000 lines, 2,000 edits", 1_000_000, 2_000, (1.6, 1.1)),
    ] {
        let lines = source(lines / scale, &mut random);
        let other = edited(&lines, edits / scale, &mut random);
        all.push(Pair { name, a: joined(&lines), b: joined(&other), is_plain: false, goals });
    }
    let mut text = |lines: usize, line: &mut dyn FnMut(usize, &mut Random) -> String| {
        let lines: Vec<String> = (0..lines / scale).map(|at| line(at, &mut random)).collect();
        joined(&lines)
    };
    let mut add = |name, a: String, b: String, is_plain| {
        all.push(Pair { name, a, b, is_plain, goals: (EQUAL, EQUAL) });
    };
    for (name, letters) in [("random of 64 lines", 64), ("random of 2 lines", 2)] {
        let mut letter = |_, random: &mut Random| format!("line {}", random.below(letters));
        add(name, text(10_000, &mut letter), text(10_000, &mut letter), false);
    }
    let mut half = |side: char| {
        text(40_000, &mut |at, _| if at % 2 == 0 { String::new() } else { format!("{side} {at}") })
    };
    add("every 2nd line blank, others new", half('a'), half('b'), true);
    add(
        "all lines reindented",
        text(10_000, &mut |at, _| format!("line {at}")),
        text(10_000, &mut |at, _| format!("    line {at}")),
        true,
    );
    let last = 20_000 / scale;
    add(
        "reversed",
        text(20_000, &mut |at, _| format!("line {at}")),
        text(20_000, &mut |at, _| format!("line {}", last - at)),
        false,
    );
    add(
        "shuffled",
        text(50_000, &mut |at, _| format!("line {}", at * 7_919 % 50_021)),
        text(50_000, &mut |at, _| format!("line {}", at * 104_729 % 50_021)),
        false,
    );
    add(
        "nothing in common",
        text(100_000, &mut |at, _| format!("line {at}")),
        text(100_000, &mut |at, _| format!("other {at}")),
        true,
    );
    all
}

fn ours(pair: &Pair, algorithm: Algorithm) -> usize {
    let options = DiffOptions { algorithm, ..DiffOptions::default() };
    let (a, b) = (pair.a.as_bytes(), pair.b.as_bytes());
    let diff = diff::diff(a, b, &options, &Limits::default()).expect("a diff");
    diff.hunks.iter().map(|hunk| (hunk.a_count + hunk.b_count) as usize).sum()
}

fn imara(pair: &Pair, algorithm: Imara) -> usize {
    let input = InternedInput::new(pair.a.as_str(), pair.b.as_str());
    let mut diff = ImaraDiff::compute(algorithm, &input);
    diff.postprocess_lines(&input);
    (diff.count_additions() + diff.count_removals()) as usize
}

fn similar(pair: &Pair) -> usize {
    let diff = similar::TextDiff::from_lines(&pair.a, &pair.b);
    let ops = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    ops.map(|op| op.old_range().len() + op.new_range().len()).sum()
}

pub fn rows(bench: &mut Bench) {
    if !bench.wants_part("diff") {
        return;
    }
    bench.title("diff: lines of two texts");
    for pair in &pairs(bench.quick()) {
        let len = pair.a.len() + pair.b.len();
        let plain = |cost: usize| if pair.is_plain { cost as u64 } else { 0 };
        for (algorithm, peer, name) in [
            (Algorithm::Histogram, Imara::Histogram, "histogram"),
            (Algorithm::Myers, Imara::Myers, "myers"),
        ] {
            let name = format!("diff, {name}, {}", pair.name);
            let mut rille = || plain(ours(pair, algorithm));
            let mut imara = || plain(imara(pair, peer));
            let mut similar = || plain(similar(pair));
            let mut ways = vec![
                Contender { name: "rille", reach: None, run: &mut rille },
                Contender { name: "imara-diff", reach: Some(pair.goals.0), run: &mut imara },
            ];
            if algorithm == Algorithm::Myers {
                let reach = Some(pair.goals.1);
                ways.push(Contender { name: "similar", reach, run: &mut similar });
            }
            bench.race(&name, len, &mut ways);
        }
    }
}
