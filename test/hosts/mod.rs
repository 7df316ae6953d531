//! Runs the same Lua specs in every host that rille supports.
//!
//! Each test here starts one host, lets `test/support/runner.lua` run all specs in it and reads the result from the runner's last
//! line. The library under test has the `testing` feature, so that the promise never to crash the host on a panic is
//! tested in each of them, not only in the embedded one.
//!
//! A host that this machine lacks is not a failure, but is always reported: the reason goes to the real stderr, which
//! `cargo test` does not capture, and `RILLE_REQUIRE_HOSTS=1` (as CI sets it) turns it into a failure. `.ci/hosts`
//! installs them all.

use crate::support::{missing, say};
use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

#[cfg(unix)]
mod course;
mod embedded;
#[cfg(target_os = "linux")]
mod love;
#[cfg(unix)]
pub(crate) mod nginx;
pub(crate) mod process;
mod programs;
#[cfg(unix)]
mod resty;

/// Maximum time of a host for all specs. It bounds a hang and does not measure speed.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The number of tests by outcome, from the last line of the runner's report.
#[derive(Debug, PartialEq)]
struct Counts {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "passed={} failed={} skipped={}", self.passed, self.failed, self.skipped)
    }
}

/// Reads the counts from a report. `None` means that the host ended before the runner did.
///
/// The line need not be the very last one: some hosts print something of their own when they exit.
fn counts(host: &str, report: &str) -> Option<Counts> {
    let prefix = format!("rille-specs: host={host} ");
    let line = report.lines().rev().find_map(|line| line.trim().strip_prefix(&prefix))?;
    let mut fields = line.split_whitespace();
    let mut field = |name| fields.next()?.strip_prefix(name)?.parse().ok();
    Some(Counts {
        passed: field("passed=")?,
        failed: field("failed=")?,
        skipped: field("skipped=")?,
    })
}

/// Returns the time at which a host starts: after the library is built, which does not count as time of the host.
fn begin() -> Instant {
    crate::testing_library();
    Instant::now()
}

/// Panics unless the report has passes and no failures, and prints one line about it.
#[track_caller]
fn judge(host: &str, about: &str, report: &str, since: Instant) {
    let Some(counts) = counts(host, report) else {
        panic!("{host} ({about}): the runner did not reach its end:\n{report}");
    };
    say(&format!("{host}: {counts} ({about}, {:.2} s)", since.elapsed().as_secs_f64()));
    // Plugins of others that are missing are listed one by one.
    for line in report.lines().filter(|line| host == "nvim-plugin" && line.starts_with("skip ")) {
        say(&format!("  {line}"));
    }
    // The failures come last, too: a log that is cut in its middle still has them.
    let failures = failures(report);
    assert_eq!(counts.failed, 0, "{host} ({about}):\n{report}\n\nfailed:\n{failures}");
    assert!(counts.passed > 0, "{host} ({about}): no test ran:\n{report}");
    assert_eq!(
        skipped_in_vain(host, report),
        [""; 0],
        "{host} ({about}): see may_skip in test/hosts/mod.rs"
    );
}

/// Returns the parts of a report about tests that failed: their first lines, and the indented lines of their errors.
fn failures(report: &str) -> String {
    let mut failed = false;
    let lines = report.lines().filter(|line| {
        failed = line.starts_with("FAIL ") || failed && line.starts_with("  ");
        failed
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the lines of a report about tests that were skipped for a reason that does not apply in this host.
fn skipped_in_vain<'a>(host: &str, report: &'a str) -> Vec<&'a str> {
    let required = env::var_os("RILLE_REQUIRE_HOSTS").is_some_and(|value| value == "1");
    report
        .lines()
        .filter(|line| line.starts_with("skip "))
        .filter(|line| {
            let reason = line.rsplit(": ").next().unwrap_or_default();
            !may_skip(host, reason, required)
        })
        .collect()
}

/// Whether a test may be skipped in a host for this reason. An unknown reason never counts: otherwise a host in which all
/// tests but one are skipped would pass.
fn may_skip(host: &str, reason: &str, required: bool) -> bool {
    let fallback = host.ends_with("fallback");
    match reason {
        "the JIT is off" => host.ends_with("nojit"),
        "needs the right to mount" => ["luajit", "nvim-plugin"].contains(&host) && !required,
        "there is no luajit" => host == "nvim-plugin" && !required,
        "this is no Neovim with an editor" => host != "nvim",
        "needs the native library and a process that may be forked" => host != "luajit",
        "needs the library with the feature `testing`" => fallback,
        "one plain find for each would take seconds" => fallback,
        // Not all hosts have a recent LuaJIT, or a recent Neovim.
        "this LuaJIT has no string.buffer" => true,
        "this Neovim knows no grapheme clusters" => host == "nvim",
        "nothing is mounted at /dev/pts" => true,
        "there is no tmux" | "this Neovim has no parsers" => host == "nvim-plugin" && !required,
        _ if host == "nvim-plugin" => ["of RILLE_PLUGINS", "came with Neovim", "needs Neovim"]
            .iter()
            .any(|why| reason.contains(why)),
        // Only the process of the tests has several Lua states, on threads of their own.
        _ if reason.contains("of this process") || reason.contains("in this process") => {
            host.starts_with("embedded")
        }
        _ => fallback && (reason.contains("native library") || reason.contains("the fallback")),
    }
}

#[test]
fn a_host_may_not_leave_out_what_it_can_run() {
    let report = "\
        skip jit_spec.lua: a loop: the JIT is off\n\
        skip job_spec.lua: jobs: needs the library with the feature `testing`\n\
        skip gc_spec.lua: handles are native: the fallback has none\n\
        skip regex_spec.lua: a cache: other Lua states use rille in this process\n\
        skip text_spec.lua: all of it: no reason given\n\
        rille-specs: host=luajit passed=1 failed=0 skipped=5\n";
    let vain = |host| {
        let lines = skipped_in_vain(host, report);
        lines.iter().filter_map(|line| line.split(['_', ' ']).nth(1)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(vain("luajit"), "jit job gc regex text");
    assert_eq!(vain("luajit-nojit"), "job gc regex text");
    assert_eq!(vain("luajit-fallback"), "jit regex text");
    assert_eq!(vain("embedded"), "jit job gc text");
    assert_eq!(vain("nvim-plugin"), "jit job gc regex text");
    assert!(may_skip("nvim-plugin", "there is no tmux", false));
    assert!(!may_skip("nvim-plugin", "there is no tmux", true));
}

/// Returns the environment of every host that is a process of its own: where the library, the modules and the specs are.
///
/// Everything else is inherited, except variables that would make it leave the tree or read a user's home.
fn environment(host: &str, home: &Path) -> Vec<(&'static str, Option<String>)> {
    let text = |path: &Path| Some(path.to_str().expect("paths of the tree are UTF-8").to_owned());
    let specs: Vec<_> = crate::specs().iter().map(|spec| text(spec).unwrap()).collect();
    let mut all = vec![
        ("LUA_PATH", Some(lua_path() + ";;")),
        ("RILLE_ROOT", text(crate::root())),
        ("RILLE_LIB", text(crate::testing_library())),
        ("RILLE_HOST", Some(host.to_owned())),
        ("RILLE_SPECS", Some(specs.join(":"))),
        ("RILLE_TESTING", Some("1".to_owned())),
        ("RILLE_EXPECT", Some("native".to_owned())),
        ("RILLE_BACKEND", None),
        ("RILLE_JIT", None),
    ];
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
        all.push((name, text(&home.join(name))));
    }
    for name in ["VIM", "VIMINIT", "VIMRUNTIME", "MYVIMRC", "NVIM", "NVIM_APPNAME"] {
        all.push((name, None));
    }
    all
}

/// Sets or removes the variables of [`environment`].
fn apply(command: &mut Command, environment: &[(&str, Option<String>)]) {
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Returns the search path of the tree's Lua modules.
fn lua_path() -> String {
    let lua = crate::root().join("lua");
    let lua = lua.to_str().expect("paths of the tree are UTF-8");
    format!("{lua}/?.lua;{lua}/?/init.lua")
}

/// Returns the path of a file in `test/`.
fn file(name: &str) -> PathBuf {
    crate::root().join("test").join(name)
}

/// Returns every distinct program that the environment variable or the names on PATH lead to, the variable's first.
pub(crate) fn find_programs(variable: &str, names: &[&str]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut known = Vec::new();
    let path = env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<_> = env::split_paths(&path).collect();
    // Directories of servers, which are often not in a user's PATH.
    if directories.iter().any(|directory| directory == Path::new("/usr/bin")) {
        directories.push(PathBuf::from("/usr/sbin"));
    }
    let on_path =
        names.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name)));
    let given = env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(given) = &given {
        assert!(given.is_file(), "{variable}={} is no file", given.display());
    }
    for program in given.into_iter().chain(on_path).filter(|program| program.is_file()) {
        let real = program.canonicalize().unwrap_or_else(|_| program.clone());
        if !known.contains(&real) {
            known.push(real);
            found.push(program);
        }
    }
    found
}
