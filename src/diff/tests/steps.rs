//! The number of steps on texts that are hard for some algorithm.

use super::*;

/// Returns a text of numbered lines.
fn text(lines: usize, line: impl FnMut(usize) -> String) -> Vec<u8> {
    (0..lines).map(line).collect::<String>().into_bytes()
}

/// Checks that comparing two texts takes at most `per_line` steps a line.
fn assert_steps(name: &str, a: &[u8], b: &[u8], per_line: usize) {
    let lines = Lines::count(a) + Lines::count(b);
    for algorithm in [Algorithm::Histogram, Algorithm::Myers] {
        let (diff, steps) = counted(a, b, &with(algorithm));
        assert!(steps <= per_line * lines, "{name}, {algorithm:?}: {} a line", steps / lines);
        assert_in_order(&diff.hunks);
        assert!(applied(a, b, &diff.hunks) == b);
    }
}

#[test]
fn a_common_line_between_unmatched_ones_takes_linear_time() {
    let half = |side: char| {
        text(40_000, |line| if line % 2 == 0 { "\n".into() } else { format!("{side}{line}\n") })
    };
    assert_steps("every 2nd line blank", &half('a'), &half('b'), 30);
    let unique = |side: char| {
        text(
            20_000,
            |line| if line % 2 == 0 { format!("{line}\n") } else { format!("{side}{line}\n") },
        )
    };
    assert_steps("every 2nd line changed", &unique('a'), &unique('b'), 260);
}

#[test]
fn texts_with_little_in_common_take_bounded_time() {
    let mut random = Random(11);
    let (a, b) = (random.text(10_000, 2), random.text(10_000, 2));
    assert_steps("random of 2", &a, &b, 1200);
    let mut letters = |_| format!("{}\n", random.below(64));
    let (a, b) = (text(10_000, &mut letters), text(10_000, &mut letters));
    assert_steps("random of 64", &a, &b, 1200);
    let (a, b) = (
        text(20_000, |line| format!("{line}\n")),
        text(20_000, |line| format!("{}\n", 20_000 - line)),
    );
    assert_steps("reversed", &a, &b, 1200);
    let a = text(50_000, |line| format!("{line}\n"));
    let mut order: Vec<usize> = (0..50_000).collect();
    for line in (1..order.len()).rev() {
        order.swap(line, random.below(line + 1));
    }
    assert_steps("shuffled", &a, &text(50_000, |line| format!("{}\n", order[line])), 1200);
    assert_steps("nothing in common", &a, &text(50_000, |line| format!("b{line}\n")), 10);
    assert_steps("reindented", &a, &text(50_000, |line| format!("  {line}\n")), 10);
}

#[test]
fn edits_in_long_texts_take_linear_time() {
    let mut random = Random(12);
    let line = |line: usize| match line % 7 {
        0 => "\n".to_owned(),
        3 => "  }\n".to_owned(),
        _ => format!("  line {}\n", line % 50_000),
    };
    let a = text(100_000, line);
    let few = random.edited(&a, 60, 25);
    assert_steps("60 edits", &a, &few, 20);
    let many = random.edited(&a, 20_000, 25);
    assert_steps("20,000 edits", &a, &many, 300);
    assert_steps("all lines equal", &b"x\n".repeat(50_000), &b"x\n".repeat(50_500), 200);
}
