//! The annotations are sound, and an editor that reads them finds the mistakes of a user of rille.

use crate::hosts::find_programs;
use crate::root;
use crate::support::{missing, say};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn checker() -> Option<PathBuf> {
    let found = find_programs("RILLE_EMMYLUA", &["emmylua_check"]).into_iter().next();
    if found.is_none() {
        let how = "cargo install --locked emmylua_check, or set RILLE_EMMYLUA";
        missing("annotations", "no emmylua_check on PATH", how);
    }
    found
}

fn check(checker: &Path, config: &Path, workspace: &Path) -> (Output, String) {
    let output = Command::new(checker)
        .arg("--config")
        .arg(config)
        .args(["--output-format", "github"])
        .arg(workspace)
        .output()
        .expect("emmylua_check to run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, text)
}

#[test]
fn annotations_are_sound() {
    let Some(checker) = checker() else { return };
    let (output, text) = check(&checker, &root().join(".emmyrc.json"), &root().join("lua"));
    let faults: Vec<_> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert!(output.status.success() && faults.is_empty(), "{}", faults.join("\n"));
    say("annotations: sound");
}

#[test]
fn an_editor_finds_what_a_user_gets_wrong() {
    let Some(checker) = checker() else { return };
    let workspace = root().join("target/under-test/annotations");
    fs::create_dir_all(&workspace).expect("a directory is made");
    let user = fs::read_to_string(root().join("test/rust/annotations/user.lua")).expect("user.lua");
    fs::write(workspace.join("user.lua"), &user).expect("a file is written");
    let config = workspace.join(".emmyrc.json");
    let settings = format!(
        "{{ \"runtime\": {{ \"version\": \"LuaJIT\" }}, \"workspace\": {{ \"library\": [{:?}] }} }}",
        root().join("lua")
    );
    fs::write(&config, settings).expect("a file is written");
    let (_, text) = check(&checker, &config, &workspace);
    let line_of = |report: &str| report.split_once("line=")?.1.split(',').next()?.parse().ok();
    let mut found: Vec<usize> = text.lines().filter_map(line_of).collect();
    found.sort_unstable();
    found.dedup();
    let planted = user.lines().enumerate().filter(|(_, line)| line.ends_with("-- mistake"));
    let planted: Vec<_> = planted.map(|(number, _)| number + 1).collect();
    assert_eq!(found, planted, "{text}");
    say("annotations: every planted mistake is found");
}
