//! Each template of `examples/templates` is copied out of the repository under another name, and passes its own tests there, as it
//! must for a stranger who copies it.
//!
//! They have dependencies of their own, which a first `cargo test` has not downloaded. So this runs with `RILLE_TEMPLATES=1` only, as
//! `.ci/templates` does after it has fetched them.

use crate::hosts::find_programs;
use crate::support::{missing, say};
use crate::{library, root};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

const TEMPLATES: [(&str, &str); 3] =
    [("plugin", "jotter"), ("native", "abacus"), ("remote", "relay")];

/// Whether the templates are built and tested in this run. If not, it says how.
fn is_on(what: &str) -> bool {
    let is_on = env::var_os("RILLE_TEMPLATES").is_some_and(|value| value == "1");
    if !is_on {
        say(&format!("skipped: {what}: .ci/templates runs it, after it has downloaded the crates"));
        // The whole CI must not skip it.
        let steps = fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
        assert!(steps.contains("\n.ci/templates\n"), ".ci/run must call .ci/templates");
    }
    is_on
}

/// Returns a new empty directory outside the repository.
fn outside(name: &str) -> PathBuf {
    let directory = env::temp_dir().join(format!("rille-templates-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory is made");
    directory
}

/// Copies a template with the script, and returns the path of the copy.
fn copy(template: &str, directory: &Path, name: &str) -> PathBuf {
    let copy = directory.join(name);
    let output = Command::new("sh")
        .arg(root().join("examples/templates/new"))
        .arg(template)
        .arg(&copy)
        .output()
        .expect("sh to run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    copy
}

/// Returns all files in a directory and below.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Runs a command in a copy, with the hosts of this run.
fn run(copy: &Path, program: &str, args: &[&str], variables: &[(&str, OsString)]) -> String {
    let began = Instant::now();
    let mut command = Command::new(program);
    command.args(args).current_dir(copy).envs(variables.iter().map(|(name, value)| (name, value)));
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "BLESS",
        "NVIM",
        "VIMRUNTIME",
    ] {
        command.env_remove(name);
    }
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let line = [&[program], args].concat().join(" ");
    assert!(output.status.success(), "`{line}` in {}:\n{printed}", copy.display());
    say(&format!("  {line}: {:.1} s", began.elapsed().as_secs_f64()));
    printed
}

/// Returns the Neovims and LuaJITs of this machine, as the templates' tests read them.
fn hosts() -> [(&'static str, OsString); 2] {
    let mut neovims = find_programs("RILLE_NVIM", &["nvim"]);
    neovims.extend(find_programs("RILLE_NVIM_OLD", &[]));
    let luajits = find_programs("RILLE_LUAJIT", &["luajit"]);
    for (name, found) in [("nvim", &neovims), ("luajit", &luajits)] {
        if found.is_empty() {
            missing(&format!("templates in {name}"), "not on PATH", "run `eval \"$(.ci/hosts)\"`");
        }
    }
    let list = |programs: Vec<PathBuf>| env::join_paths(programs).expect("paths without a colon");
    [("HOST_NVIM", list(neovims)), ("HOST_LUAJIT", list(luajits))]
}

/// Returns the environment of Cargo in a copy: all share a target directory, and nothing is downloaded.
fn cargo_variables() -> Vec<(&'static str, OsString)> {
    let mut variables = hosts().to_vec();
    variables.push(("CARGO_TARGET_DIR", root().join("target/under-test/templates").into()));
    variables.push(("CARGO_NET_OFFLINE", "true".into()));
    if env::var_os("RILLE_REQUIRE_HOSTS").is_some_and(|value| value == "1") {
        variables.push(("CI", "1".into()));
    }
    variables
}

/// Builds a copy by its build hook, in its own target directory, and runs its specs on what the Lua code finds there.
fn installed(template: &str, copy: &Path) {
    let Some(nvim) = find_programs("RILLE_NVIM", &["nvim"]).into_iter().next() else { return };
    let nvim = nvim.to_str().expect("a path in UTF-8");
    let script = ["--clean", "--headless", "-l"];
    let offline = ("CARGO_NET_OFFLINE", "true".into());
    run(copy, nvim, &[&script[..], &["build.lua"]].concat(), &[offline]);
    let specs = if template == "native" { "tests/run.lua" } else { "tests/spec.lua" };
    let backend = ("QUILLNATIVE_BACKEND", "native".into());
    run(copy, nvim, &[&script[..], &[specs]].concat(), &[backend]);
}

#[test]
fn copies_of_the_templates_build_and_pass_their_tests() {
    if !is_on("the templates of examples/templates") {
        return;
    }
    let directory = outside("copies");
    let cargo = env!("CARGO");
    for template in ["remote", "native"] {
        say(&format!("template {template}:"));
        let copy = copy(template, &directory, &format!("quill{template}"));
        let variables = cargo_variables();
        run(&copy, cargo, &["fmt", "--check"], &variables);
        run(
            &copy,
            cargo,
            &["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"],
            &variables,
        );
        run(&copy, cargo, &["build", "--quiet"], &variables);
        let printed = run(&copy, cargo, &["test", "--", "--show-output"], &variables);
        for line in
            printed.lines().filter(|line| line.contains("skipped") || line.contains(" passed, "))
        {
            say(&format!("  {line}"));
        }
        installed(template, &copy);
    }
    fs::remove_dir_all(directory).expect("the copies are removed");
}

#[test]
fn a_copy_of_the_plugin_passes_its_tests_in_each_neovim() {
    if !is_on("the template examples/templates/plugin") {
        return;
    }
    let directory = outside("plugin");
    let copy = copy("plugin", &directory, "quillplugin");
    let [(_, neovims), _] = hosts();
    for nvim in env::split_paths(&neovims).filter(|path| path.is_file()) {
        let variables = [("RILLE_DIR", root().into()), ("RILLE_LIB", library().into())];
        let printed = run(
            &copy,
            nvim.to_str().expect("a path in UTF-8"),
            &["--clean", "--headless", "-l", "tests/run.lua"],
            &variables,
        );
        say(&format!("template plugin: {}", printed.lines().last().unwrap_or_default()));
    }
    fs::remove_dir_all(directory).expect("the copy is removed");
}

#[test]
fn a_renamed_template_does_not_mention_its_old_name() {
    let directory = outside("names");
    for (template, old) in TEMPLATES {
        let copy = copy(template, &directory, &format!("quill{template}"));
        let original = root().join("examples/templates").join(template);
        let (mut names, mut contents) = (BTreeSet::new(), 0);
        for file in files(&copy) {
            let name = file.strip_prefix(&copy).expect("a file of the copy").to_owned();
            let text = fs::read_to_string(&file).expect("a file in UTF-8").to_lowercase();
            assert!(!text.contains(old), "{} mentions {old}", name.display());
            contents += usize::from(text.contains(&format!("quill{template}")));
            names.insert(name);
        }
        assert!(names.iter().all(|name| !name.to_string_lossy().contains(old)), "{names:?}");
        assert!(contents > 5, "{template}: the name is in {contents} files");
        let committed = files(&original).into_iter();
        // What a developer has built or tried in the template itself is not committed.
        let committed = committed.filter(|file| {
            !file.starts_with(original.join("target")) && !file.ends_with("doc/tags")
        });
        assert_eq!(
            names.iter().filter(|name| !name.ends_with("doc/tags")).count(),
            committed.count()
        );
    }
    fs::remove_dir_all(directory).expect("the copies are removed");
}

#[test]
fn a_name_that_cannot_be_a_module_or_a_command_is_refused() {
    let directory = outside("refused");
    for (args, message) in [
        (vec!["plugin"], "usage: "),
        (vec!["rust", "quill"], "unknown template 'rust' (known: plugin, native, remote)"),
        (vec!["plugin", "my-notes"], "lower-case letters and digits, got 'my-notes'"),
        (vec!["plugin", "Notes"], "must start with a lower-case letter, got 'Notes'"),
        (vec!["plugin", "7notes"], "must start with a lower-case letter, got '7notes'"),
        (vec!["plugin", "rille"], "the name 'rille' is taken"),
        (vec!["plugin", "."], "must start with a lower-case letter"),
    ] {
        let output = Command::new("sh")
            .arg(root().join("examples/templates/new"))
            .args(&args)
            .current_dir(&directory)
            .output()
            .expect("sh to run");
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && printed.contains(message), "{args:?}: {printed}");
        assert_eq!(files(&directory), [] as [PathBuf; 0], "{args:?}");
    }
    fs::remove_dir_all(directory).expect("the directory is removed");
}
