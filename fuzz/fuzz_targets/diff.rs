//! Two texts through every algorithm and option: hunks turn the first text into the second one, their order is right, and the
//! minimal ones cost no more than others.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run diff` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::diff::{self, Algorithm, DiffOptions, Hunk, Limits, Lines, Space};

/// Returns the first text with the lines of the second one that the hunks name.
fn applied(a: &[u8], b: &[u8], hunks: &[Hunk]) -> Vec<u8> {
    let (a, b) = (Lines::new(a).expect("lines"), Lines::new(b).expect("lines"));
    let (mut out, mut at) = (Vec::new(), 0);
    for hunk in hunks {
        out.extend_from_slice(a.range(at, hunk.a_first as usize - at));
        out.extend_from_slice(b.range(hunk.b_first as usize, hunk.b_count as usize));
        at = (hunk.a_first + hunk.a_count) as usize;
    }
    out.extend_from_slice(a.range(at, a.len() - at));
    out
}

fn cost(hunks: &[Hunk]) -> u64 {
    hunks.iter().map(|hunk| u64::from(hunk.a_count) + u64::from(hunk.b_count)).sum()
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (flags, a, b) = input;
    let flag = |bit: u8| flags >> bit & 1 == 1;
    // Letters become lines, so that short inputs have many.
    let text = |bytes: &[u8]| match flag(0) {
        true => bytes.to_vec(),
        false => bytes.iter().flat_map(|byte| [b'a' + byte % 5, b'\n']).collect(),
    };
    let (a, b) = (text(a), text(b));
    let spaces = [Space::Compared, Space::Trailing, Space::Amount, Space::All];
    let with = |algorithm| DiffOptions {
        algorithm,
        ignore_space: spaces[usize::from(flags >> 1 & 3)],
        ignore_case: flag(3),
        ignore_eol: flag(4),
        indent_heuristic: flag(5),
    };
    let exact = flags >> 1 & 15 == 0;
    let minimal = diff::diff(&a, &b, &with(Algorithm::Minimal), &Limits::default()).expect("a diff");
    for algorithm in [Algorithm::Histogram, Algorithm::Myers, Algorithm::Minimal] {
        let found = diff::diff(&a, &b, &with(algorithm), &Limits::default()).expect("a diff");
        assert!(found.exact);
        let (old, new) = (Lines::new(&a).expect("lines"), Lines::new(&b).expect("lines"));
        diff::script::check(&found.hunks, &old, &new).expect("hunks in order");
        assert!(cost(&found.hunks) >= cost(&minimal.hunks));
        if exact {
            assert_eq!(applied(&a, &b, &found.hunks), b);
        }
    }
});
