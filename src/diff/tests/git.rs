//! git as the oracle: where hunks stand, and that our hunks cost no more.

use super::support::Directory;
use super::*;

/// Returns git's hunks, or `None` if there is no git.
fn by_git(a: &[u8], b: &[u8], options: &[&str]) -> Option<Vec<Hunk>> {
    let directory = Directory::new();
    directory.write("a", a);
    directory.write("b", b);
    let mut arguments = vec!["diff", "--no-index", "-U0", "--text", "--no-color"];
    arguments.extend(options);
    arguments.extend(["a", "b"]);
    let (_, text) = directory.run("git", &arguments)?;
    let text = String::from_utf8_lossy(&text);
    let header = |line: &str| {
        let (a, b) = line.strip_prefix("@@ -")?.split_once(" @@")?.0.split_once(" +")?;
        let part = |part: &str| {
            let (first, count) = part.split_once(',').unwrap_or((part, "1"));
            let (first, count): (u32, u32) = (first.parse().unwrap(), count.parse().unwrap());
            (if count == 0 { first } else { first - 1 }, count)
        };
        let ((a_first, a_count), (b_first, b_count)) = (part(a), part(b));
        Some(Hunk { a_first, a_count, b_first, b_count })
    };
    Some(text.lines().filter_map(header).collect())
}

#[test]
fn hunks_are_those_of_git() {
    let mut random = Random(7);
    let mut others = Vec::new();
    for round in 0..120 {
        let a = random.text(30 + round, 25);
        let edits = 1 + random.below(4);
        let b = random.edited(&a, edits, 25);
        for (algorithm, name) in [
            (Algorithm::Histogram, "--histogram"),
            (Algorithm::Myers, "--diff-algorithm=myers"),
            (Algorithm::Minimal, "--minimal"),
        ] {
            let indent_heuristic = round % 2 == 0;
            let indent =
                if indent_heuristic { "--indent-heuristic" } else { "--no-indent-heuristic" };
            let Some(expected) = by_git(&a, &b, &[name, indent]) else { return };
            assert!(applied(&a, &b, &expected) == b);
            let options = DiffOptions { indent_heuristic, ..with(algorithm) };
            let found = diff(&a, &b, &options, &Limits::default()).unwrap().hunks;
            if found != expected {
                others.push((round, name));
            }
            if algorithm == Algorithm::Minimal {
                assert_eq!(cost(&found), cost(&expected));
            }
        }
    }
    // Several scripts are equally short there, and git takes another one.
    let known = [
        (53, "--diff-algorithm=myers"),
        (53, "--minimal"),
        (65, "--diff-algorithm=myers"),
        (65, "--minimal"),
    ];
    assert_eq!(others, known);
}
