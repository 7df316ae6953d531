//! Unified diffs, beside those of Git.

use super::support::{Directory, Random, diff, lines};
use crate::diff::Hunk;
use crate::diff::script::check;
use crate::diff::unified::{UnifiedOptions, unified};

fn write(a: &str, b: &str, hunks: &[Hunk], options: &UnifiedOptions<'_>) -> String {
    let (a, b) = (lines(a), lines(b));
    assert_eq!(check(hunks, &a, &b), Ok(()));
    let mut out = Vec::new();
    unified(&a, &b, hunks, options, &mut out).expect("enough memory");
    String::from_utf8(out).expect("the texts are UTF-8")
}

fn of(a: &str, b: &str, options: &UnifiedOptions<'_>) -> String {
    write(a, b, &diff(&lines(a), &lines(b)), options)
}

#[test]
fn equal_texts_have_an_empty_diff() {
    let names = UnifiedOptions { names: Some((b"a", b"b")), ..Default::default() };
    assert_eq!(of("a\nb\n", "a\nb\n", &names), "");
    assert_eq!(of("", "", &names), "");
}

#[test]
fn counts_of_one_are_left_out_and_empty_ranges_stand_after_a_line() {
    let none = UnifiedOptions { context: 0, ..Default::default() };
    assert_eq!(of("a\nb\n", "a\nx\nb\n", &none), "@@ -1,0 +2 @@\n+x\n");
    assert_eq!(of("", "x\ny\n", &none), "@@ -0,0 +1,2 @@\n+x\n+y\n");
    assert_eq!(of("x\n", "", &none), "@@ -1 +0,0 @@\n-x\n");
}

#[test]
fn a_last_line_without_a_line_feed_is_marked_where_it_is() {
    let options = UnifiedOptions::default();
    let mark = "\\ No newline at end of file\n";
    assert_eq!(of("a", "a\n", &options), format!("@@ -1 +1 @@\n-a\n{mark}+a\n"));
    assert_eq!(of("a\n", "a", &options), format!("@@ -1 +1 @@\n-a\n+a\n{mark}"));
    assert_eq!(of("a", "b", &options), format!("@@ -1 +1 @@\n-a\n{mark}+b\n{mark}"));
    assert_eq!(of("a\nb", "b", &options), format!("@@ -1,2 +1 @@\n-a\n b\n{mark}"));
}

#[test]
fn names_are_quoted_as_git_quotes_them() {
    let name = |name: &[u8]| {
        let text =
            of("a\n", "", &UnifiedOptions { names: Some((name, b"b")), ..Default::default() });
        text.lines().next().map(str::to_owned)
    };
    assert_eq!(name(b"a/plain.c").as_deref(), Some("--- a/plain.c"));
    assert_eq!(name(b"a/two words").as_deref(), Some("--- a/two words\t"));
    assert_eq!(name(b"a/\t\"\\\n\x01").as_deref(), Some(r#"--- "a/\t\"\\\n\001""#));
    assert_eq!(name("a/é".as_bytes()).as_deref(), Some(r#"--- "a/\303\251""#));
}

/// Returns the hunks of a diff that Git has written without context.
fn hunks_of(text: &str) -> Vec<Hunk> {
    let range = |range: &str| {
        let (first, count) = range[1..].split_once(',').unwrap_or((&range[1..], "1"));
        let count: u32 = count.parse().expect("a number");
        (first.parse::<u32>().expect("a number") - u32::from(count > 0), count)
    };
    let headers = text.lines().filter(|line| line.starts_with("@@ "));
    headers
        .map(|line| {
            let mut words = line.split(' ').skip(1);
            let (a_first, a_count) = range(words.next().expect("a range"));
            let (b_first, b_count) = range(words.next().expect("a range"));
            Hunk { a_first, a_count, b_first, b_count }
        })
        .collect()
}

#[test]
fn diffs_are_those_of_git_byte_for_byte() {
    let directory = Directory::new();
    let mut random = Random(1);
    for case in 0..30 {
        let a = {
            let count = random.below(120);
            random.text(count)
        };
        let b = {
            let edits = 1 + random.below(12);
            random.edited(&a, edits)
        };
        let (a_name, b_name) = match random.below(3) {
            0 => ("one two", "b"),
            1 if !cfg!(windows) => ("a\"b", "ü\\"),
            _ => ("a", "b"),
        };
        directory.write(a_name, a.as_bytes());
        directory.write(b_name, b.as_bytes());
        let git = |context: &str| {
            let run = directory.run("git", &["diff", "--no-index", context, a_name, b_name]);
            run.map(|(_, text)| String::from_utf8(text).expect("Git cuts no character"))
        };
        let Some(bare) = git("-U0") else {
            return;
        };
        let hunks = hunks_of(&bare);
        for context in [0, 1, 3, 8] {
            let expected = git(&format!("-U{context}")).expect("it has run before");
            // Without the lines that only Git writes.
            let expected = expected.find("--- ").map_or("", |at| &expected[at..]);
            let names = (format!("a/{a_name}"), format!("b/{b_name}"));
            let names = Some((names.0.as_bytes(), names.1.as_bytes()));
            let options = UnifiedOptions { context, names, headings: true };
            assert_eq!(write(&a, &b, &hunks, &options), expected, "case {case}");
        }
    }
}

#[test]
fn git_and_patch_apply_what_is_written() {
    let directory = Directory::new();
    let mut random = Random(2);
    for case in 0..20 {
        let a = random.text(60);
        let b = random.edited(&a, 8);
        let (a_lines, b_lines) = (lines(&a), lines(&b));
        let names = Some((&b"a/text"[..], &b"b/text"[..]));
        let options = UnifiedOptions { names, ..Default::default() };
        let patch = write(&a, &b, &diff(&a_lines, &b_lines), &options);
        directory.write("text", a.as_bytes());
        directory.write("patch", patch.as_bytes());
        if patch.is_empty() {
            continue;
        }
        let program = ["git", "patch"][random.below(2)];
        let arguments: &[&str] = match program {
            "git" => &["apply", "patch"],
            _ => &["-s", "-p1", "--binary", "-i", "patch"],
        };
        if let Some((status, _)) = directory.run(program, arguments) {
            assert_eq!(status, 0, "case {case}: {program}\n{patch}");
            assert_eq!(directory.read("text"), b.as_bytes(), "case {case}: {program}");
        }
    }
}

#[test]
fn hunks_that_are_not_those_of_the_texts_are_refused() {
    let (a, b) = (lines("a\nb\nc\n"), lines("a\nx\nc\n"));
    let hunk = |a_first, a_count, b_first, b_count| Hunk { a_first, a_count, b_first, b_count };
    let says = |hunks: &[Hunk]| check(hunks, &a, &b).expect_err("it is refused");
    assert_eq!(check(&[hunk(1, 1, 1, 1)], &a, &b), Ok(()));
    assert!(says(&[hunk(3, 1, 3, 1)]).contains("not within the texts"));
    assert!(says(&[hunk(u32::MAX, u32::MAX, 0, 0)]).contains("not within the texts"));
    assert!(says(&[hunk(1, 1, 1, 1), hunk(1, 1, 1, 1)]).contains("does not follow"));
    assert!(says(&[hunk(1, 1, 0, 1)]).contains("equally many lines before"));
    assert!(says(&[hunk(1, 1, 1, 0)]).contains("after the last hunk"));
}
