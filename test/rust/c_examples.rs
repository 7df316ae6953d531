//! The five programs of examples/c: built by the command of their README with every compiler and language, and used.

use crate::support::missing;
use crate::{library, root};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAMS: [&str; 5] = ["reverse", "grep", "follow", "fuzzy", "pages"];

/// Returns an empty directory.
fn directory(name: &str) -> PathBuf {
    let directory = root().join("target/under-test/c-examples").join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory is made");
    directory
}

/// Builds a program by the command of the README, with the library under test in place of the installed one.
fn build(name: &str, compiler: &str, flags: &[&str], directory: &Path) -> PathBuf {
    let readme = fs::read_to_string(root().join("examples/c/README.md")).expect("the README");
    let command =
        readme.lines().find(|line| line.starts_with("cc ")).expect("a command in the README");
    let home = library().parent().expect("the directory of the library").to_str().expect("UTF-8");
    let command = command.replace("grep", name).replace("\"$PWD/target/release\"", home);
    let mut words: Vec<_> =
        command.replace("target/release", home).split(' ').map(str::to_owned).collect();
    let program = directory.join(name);
    assert_eq!(words.pop().as_deref(), Some(name));
    let output = Command::new(compiler)
        .args(flags)
        .args(["-pedantic", "-Wall", "-Wextra", "-Werror"])
        .args(&words[1..])
        .arg(&program)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} with {compiler} {flags:?}: {errors}");
    program
}

/// Runs a program with an input, and returns its exit code and its output.
fn run(program: &Path, arguments: &[&str], input: &str, directory: &Path) -> (i32, String) {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("the program reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let code = output.status.code().expect("no signal ended the program");
    (code, String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn every_program_builds_with_each_compiler_and_language() {
    let directory = directory("builds");
    for (compiler, languages) in [
        ("cc", ["-xc -std=c99", "-xc -std=c17"]),
        ("c++", ["-xc++ -std=c++11", "-xc++ -std=c++17"]),
        ("clang", ["-xc -std=c99", "-xc++ -std=c++17"]),
    ] {
        if compiler == "clang" && Command::new(compiler).arg("--version").output().is_err() {
            missing("the C examples in clang", "no clang on PATH", "apt install clang");
            continue;
        }
        for language in languages {
            for name in PROGRAMS {
                let flags: Vec<_> = language.split(' ').collect();
                build(name, compiler, &flags, &directory);
            }
        }
    }
}

#[test]
fn reverse_keeps_what_a_reader_sees_together() {
    let directory = directory("reverse");
    let program = build("reverse", "cc", &[], &directory);
    let text = "e\u{301}x\u{1F1E9}\u{1F1EA}";
    assert_eq!(run(&program, &[], text, &directory), (0, "\u{1F1E9}\u{1F1EA}xe\u{301}".to_owned()));
    assert_eq!(run(&program, &[], "", &directory), (0, String::new()));
}

#[test]
fn grep_prints_lines_and_exits_as_grep_does() {
    let directory = directory("grep");
    let program = build("grep", "cc", &[], &directory);
    let tree = directory.join("tree");
    fs::create_dir(&tree).expect("a directory is made");
    for (name, text) in [("a.txt", "one\ntwo three\n"), ("b.txt", "three\r\n"), ("c.txt", "four\n")]
    {
        fs::write(tree.join(name), text).expect("a file is written");
    }
    let found = "tree/a.txt:2: two three\ntree/b.txt:1: three\n";
    assert_eq!(run(&program, &["thre+", "tree"], "", &directory), (0, found.to_owned()));
    assert_eq!(run(&program, &["five", "tree"], "", &directory), (1, String::new()));
    assert_eq!(run(&program, &["fi(ve", "tree"], "", &directory), (2, String::new()));
    assert_eq!(run(&program, &["five", "nowhere"], "", &directory), (2, String::new()));
}

#[test]
fn follow_prints_each_new_line_once_and_starts_again_after_a_truncation() {
    let directory = directory("follow");
    let program = build("follow", "cc", &[], &directory);
    let log = directory.join("log");
    let first: String = (1..=25).map(|line| format!("line {line}\n")).collect();
    fs::write(&log, first).expect("the log is written");
    let mut child = Command::new(&program)
        .arg(&log)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("a line").expect("UTF-8");
    for line in 16..=25 {
        assert_eq!(next(), format!("line {line}"));
    }
    let mut file = OpenOptions::new().append(true).open(&log).expect("the log opens");
    for line in 26..=40 {
        // Not a line before its end is there.
        write!(file, "line ").expect("the log grows");
        writeln!(file, "{line}").expect("the log grows");
        assert_eq!(next(), format!("line {line}"));
    }
    File::create(&log)
        .expect("the log is truncated")
        .write_all(b"anew\n")
        .expect("the log is written");
    assert_eq!(next(), "anew");
    drop(child.stdin.take());
    assert!(child.wait().expect("the program ends").success());
}

#[test]
fn fuzzy_prints_the_best_lines_with_their_positions() {
    let directory = directory("fuzzy");
    let program = build("fuzzy", "cc", &[], &directory);
    let items = "src/main.rs\ntest/main_test.rs\nREADME.md\n";
    let best = "src/[m][a][i][n].rs\ntest/[m][a][i][n]_test.rs\n2 of 3\n";
    assert_eq!(run(&program, &["main"], items, &directory), (0, best.to_owned()));
    // More than one block of input.
    let many: String = (0..20_000).map(|number| format!("item {number}\n")).collect();
    let (code, text) = run(&program, &["'19999$"], &many, &directory);
    assert_eq!((code, text.as_str()), (0, "item [1][9][9][9][9]\n1 of 20000\n"));
}

#[test]
fn pages_are_counted_from_either_end() {
    let directory = directory("pages");
    let program = build("pages", "cc", &[], &directory);
    let text: String = (1..=100_000).map(|line| format!("line {line}\n")).collect();
    fs::write(directory.join("big"), text).expect("the file is written");
    let page = |first: u32| -> String {
        (first..first + 24).map(|line| format!("line {line}\n")).collect()
    };
    assert_eq!(run(&program, &["big", "1"], "", &directory), (0, page(1)));
    assert_eq!(run(&program, &["big", "4000"], "", &directory), (0, page(95_977)));
    assert_eq!(run(&program, &["big", "-1"], "", &directory), (0, page(99_977)));
    assert_eq!(run(&program, &["big", "-2"], "", &directory), (0, page(99_953)));
    assert_eq!(run(&program, &["big", "9000"], "", &directory), (0, String::new()));
    assert_eq!(run(&program, &["nowhere", "1"], "", &directory), (1, String::new()));
}
