//! Three-way merges, beside those of `git merge-file`.

use super::support::{Directory, Random, diff, lines};
use crate::diff::merge::{Conflict, ConflictStyle, Favor, LineRange, MergeOptions, merge3};

const NAMES: [&[u8]; 3] = [b"ours", b"base", b"theirs"];

fn merge(
    base: &str,
    ours: &str,
    theirs: &str,
    style: ConflictStyle,
    favor: Favor,
) -> (String, Vec<Conflict>) {
    let options = MergeOptions { style, favor, names: NAMES };
    let mut out = b"before:".to_vec();
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let conflicts = merge3(&base, &ours, &theirs, &options, &mut |a, b| Ok(diff(a, b)), &mut out)
        .expect("short texts");
    let out = String::from_utf8(out).expect("the texts are UTF-8");
    (out["before:".len()..].to_owned(), conflicts)
}

fn plain(base: &str, ours: &str, theirs: &str) -> (String, Vec<Conflict>) {
    merge(base, ours, theirs, ConflictStyle::Merge, Favor::None)
}

#[test]
fn changes_of_both_sides_are_taken() {
    let base = "1\n2\n3\n4\n5\n";
    assert_eq!(
        plain(base, "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive"),
        ("one\n2\n3\n4\nfive".into(), vec![])
    );
    assert_eq!(plain(base, base, "2\n"), ("2\n".into(), vec![]));
    assert_eq!(plain(base, "", base), ("".into(), vec![]));
    assert_eq!(plain("", "", ""), ("".into(), vec![]));
}

#[test]
fn equal_changes_are_taken_once() {
    let both = "1\ntwo\n3\n4\n5\nsix\n";
    assert_eq!(plain("1\n2\n3\n4\n5\n", both, both), (both.into(), vec![]));
}

#[test]
fn adjacent_changes_are_a_conflict() {
    let (text, conflicts) = plain("1\n2\n3\n", "one\n2\n3\n", "1\ntwo\n3\n");
    let block = "<<<<<<< ours\none\n2\n=======\n1\ntwo\n>>>>>>> theirs\n";
    assert_eq!(text, format!("{block}3\n"));
    let range = LineRange { first: 0, count: 2 };
    let stop = block.len() as u32;
    assert_eq!(conflicts, [Conflict { start: 0, stop, base: range, ours: range, theirs: range }]);
}

#[test]
fn a_conflict_is_reduced_to_lines_that_differ() {
    let (text, conflicts) = plain("a\n1\nz\n", "a\nx\nours\nz\n", "a\nx\ntheirs\nz\n");
    assert_eq!(text, "a\nx\n<<<<<<< ours\nours\n=======\ntheirs\n>>>>>>> theirs\nz\n");
    assert_eq!(conflicts[0].ours, LineRange { first: 2, count: 1 });
    assert_eq!(conflicts[0].base, LineRange { first: 1, count: 1 });
    assert_eq!(
        &text[conflicts[0].start as usize..conflicts[0].stop as usize][..12],
        "<<<<<<< ours"
    );
}

#[test]
fn a_deletion_over_the_start_of_a_longer_change_of_the_other_side_is_one_conflict() {
    // The lines of ours for the start of their change lie before the text.
    let base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let (_, conflicts) = plain(base, "5\n6\n7\n8\n9\n", "a\nb\n9\n");
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].base, LineRange { first: 0, count: 8 });
    assert_eq!(conflicts[0].ours, LineRange { first: 0, count: 4 });
}

#[test]
fn two_changes_within_a_change_of_the_other_side_are_one_conflict_even_after_a_long_deletion() {
    // The second change of ours, moved to the start of theirs, lies before the text.
    let base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let (text, conflicts) = plain(base, "6\n7\neight\n9\n", "a\n9\n");
    assert_eq!(text, "<<<<<<< ours\n6\n7\neight\n=======\na\n>>>>>>> theirs\n9\n");
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].base, LineRange { first: 0, count: 8 });
}

/// Returns a text of numbered lines, some of them without letters and digits.
fn numbered(random: &mut Random, count: usize) -> String {
    let mut lines: Vec<String> = (0..count)
        .map(|i| match random.below(4) {
            0 => format!("{}\n", "-".repeat(i + 1)),
            _ => format!("line {i}\n"),
        })
        .collect();
    if random.below(4) == 0 {
        lines.iter_mut().for_each(|line| *line = line.replace('\n', "\r\n"));
    }
    let mut text = lines.concat();
    if random.below(6) == 0 {
        text.pop();
    }
    text
}

/// Changes lines to new ones, of which both sides make the same now and then.
fn changed(random: &mut Random, text: &str, edits: usize) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for _ in 0..edits {
        let at = random.below(lines.len() + 1);
        let end = if text.contains('\r') && random.below(8) > 0 { "\r\n" } else { "\n" };
        let count = random.below(3);
        let new = (0..count).map(|i| format!("new {at} {} {i}{end}", random.below(2)));
        let new: Vec<String> = new.collect();
        let removed = random.below(4).min(lines.len() - at);
        lines.splice(at..at + removed, new);
    }
    let last = lines.len().saturating_sub(1);
    for (i, line) in lines.iter_mut().enumerate() {
        if i < last && !line.ends_with('\n') {
            line.push('\n');
        }
    }
    lines.concat()
}

#[test]
fn merges_are_those_of_git_byte_for_byte() {
    let directory = Directory::new();
    let mut random = Random(5);
    for case in 0..150 {
        let count = random.below(24);
        let base = numbered(&mut random, count);
        let (edits, more) = (random.below(4), random.below(4));
        let ours = changed(&mut random, &base, edits);
        let theirs = changed(&mut random, &base, more);
        for (name, text) in [("ours", &ours), ("base", &base), ("theirs", &theirs)] {
            directory.write(name, text.as_bytes());
        }
        let (option, style, favor) = match random.below(5) {
            0 => ("--ours", ConflictStyle::Merge, Favor::Ours),
            1 => ("--theirs", ConflictStyle::Merge, Favor::Theirs),
            2 => ("--union", ConflictStyle::Merge, Favor::Union),
            3 => ("--diff3", ConflictStyle::Diff3, Favor::None),
            _ => ("-q", ConflictStyle::Merge, Favor::None),
        };
        let arguments = ["merge-file", "-p", option, "ours", "base", "theirs"];
        let Some((status, expected)) = directory.run("git", &arguments) else {
            return;
        };
        let (text, conflicts) = merge(&base, &ours, &theirs, style, favor);
        let expected = String::from_utf8(expected).expect("the texts are UTF-8");
        assert_eq!(text, expected, "case {case}: {option}\n{base:?}\n{ours:?}\n{theirs:?}");
        assert_eq!(conflicts.len() as i32, status, "case {case}");
        for conflict in conflicts {
            let block = &text[conflict.start as usize..conflict.stop as usize];
            assert!(block.starts_with("<<<<<<< ours") && block.contains(">>>>>>> theirs"));
        }
    }
}
