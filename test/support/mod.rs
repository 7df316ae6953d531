//! Shared functions of the tests: paths, the libraries under test, and committed files that are generated.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Returns the directory of the crate.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the shared library as `make` builds it: release profile, no features.
pub fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| build("release", ""))
}

/// Returns the same library with the feature `testing`: exports that panic on purpose.
pub fn testing_library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| build("testing", "--features testing"))
}

/// Returns every Lua spec that runs in all hosts, in order of name.
pub fn specs() -> Vec<PathBuf> {
    [specs_in("test/jit"), specs_in("test/lua")].concat()
}

/// Returns every Lua spec in a directory, in order of name.
pub fn specs_in(directory: &str) -> Vec<PathBuf> {
    let mut specs: Vec<_> = fs::read_dir(root().join(directory))
        .expect("a directory of specs")
        .map(|entry| entry.expect("an entry of the directory").path())
        .filter(|path| path.to_string_lossy().ends_with("_spec.lua"))
        .collect();
    specs.sort();
    specs
}

/// Compares a committed file with its generated content, or writes it when `BLESS` is set.
pub fn bless(path: &str, rendered: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, rendered).unwrap_or_else(|error| panic!("{path}: {error}"));
    } else {
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == rendered, "{path} is stale: `BLESS=1 cargo test` rewrites it");
    }
}

/// Builds the shared library in a separate target directory, as `cargo test` puts its own build into the usual one.
fn build(directory: &str, flags: &str) -> PathBuf {
    let target = root().join("target/under-test").join(directory);
    let output =
        make(&target).arg(format!("CARGOFLAGS=--quiet {flags}")).output().expect("make to run");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let name = format!("{}rille{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target.join("release").join(name)
}

/// Returns a `make` command with a target directory, without the compiler variables of the shell that runs the tests.
pub fn make(target: &Path) -> Command {
    let mut command = Command::new("make");
    command.current_dir(root()).env("CARGO", env!("CARGO")).env("CARGO_TARGET_DIR", target);
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "PREFIX",
        "DESTDIR",
        "LIBDIR",
        "INCLUDEDIR",
        "LUADIR",
    ] {
        command.env_remove(name);
    }
    command
}

/// Writes a line that is visible even when the test passes: only the output of the printing macros is captured.
pub fn say(line: &str) {
    // In one call, since tests print at the same time. A closed stderr must not fail the test.
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Reports that a program is not installed and how to install it: a visible skip, or a failure with
/// `RILLE_REQUIRE_HOSTS=1`.
#[track_caller]
pub fn missing(what: &str, why: &str, how: &str) {
    let note = format!("skipped: {what}: {why}; {how}");
    assert!(std::env::var_os("RILLE_REQUIRE_HOSTS").is_none_or(|value| value != "1"), "{note}");
    say(&note);
}
