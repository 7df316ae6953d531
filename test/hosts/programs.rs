//! Hosts that run a Lua file and exit: LuaJIT itself, Neovim and LÖVE.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{
    TIMEOUT, apply, begin, environment, file, find_programs, judge, missing,
    process::{Scratch, run},
};

/// Runs all specs in one host process; panics unless it exits cleanly.
#[track_caller]
fn specs(host: &str, about: &str, command: &mut Command, extra: &[(&'static str, &str)]) {
    let since = begin();
    let home = Scratch::new();
    let mut variables = environment(host, home.path());
    variables.extend(extra.iter().map(|(name, value)| (*name, Some((*value).to_owned()))));
    apply(command, &variables);
    let (status, report) = run(command, TIMEOUT).expect("the host starts");
    let ended =
        status.map_or_else(|| format!("stopped after {TIMEOUT:?}"), |status| status.to_string());
    judge(host, about, &format!("{report}[{ended}]"), since);
    // The specs may all have passed and the host still have crashed at its exit.
    assert!(
        status.is_some_and(|s| s.success()),
        "{host} ({about}): all passed, then {ended}:\n{report}"
    );
}

/// Returns the first words of a program's version, from the line that starts with `name`.
pub(super) fn version(program: &Path, flag: &str, name: &str) -> String {
    let said = run(Command::new(program).arg(flag), Duration::from_secs(60));
    let (_, text) = said.unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    let line = text.lines().find(|line| line.starts_with(name));
    let line = line
        .unwrap_or_else(|| panic!("{} {flag} does not name {name}:\n{text}", program.display()));
    line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn luajit() {
    let found = find_programs("RILLE_LUAJIT", &["luajit2", "luajit"]);
    if found.is_empty() {
        missing("luajit", "no luajit on PATH", "apt install luajit2, or set RILLE_LUAJIT");
    }
    for program in found {
        let about = version(&program, "-v", "LuaJIT");
        let script = file("hosts/luajit.lua");
        specs("luajit", &about, Command::new(&program).arg(&script), &[]);
        specs("luajit-nojit", &about, Command::new(&program).arg("-joff").arg(&script), &[]);
        let fallback = [("RILLE_BACKEND", "lua"), ("RILLE_EXPECT", "lua")];
        specs("luajit-fallback", &about, Command::new(&program).arg(&script), &fallback);
    }
}

#[test]
fn neovim() {
    match find_programs("RILLE_NVIM", &["nvim"]).first() {
        Some(program) => in_neovim(program),
        None => missing("nvim", "no nvim on PATH", "run .ci/get-modern-hosts and set RILLE_NVIM"),
    }
}

#[test]
fn neovim_old() {
    match find_programs("RILLE_NVIM_OLD", &[]).first() {
        Some(program) => in_neovim(program),
        None => missing(
            "nvim (old)",
            "RILLE_NVIM_OLD is not set",
            "run .ci/get-modern-hosts --suite trixie and set it",
        ),
    }
}

/// Runs the specs in the editor's own Lua state, then in one in a thread of the editor.
fn in_neovim(program: &PathBuf) {
    let about = version(program, "--version", "NVIM");
    for host in ["nvim", "nvim-thread"] {
        let mut command = Command::new(program);
        command.args(["--clean", "--headless"]);
        if has_script_mode(&about) {
            command.arg("-l").arg(file("hosts/neovim.lua"));
        } else {
            // Through Lua, since a path in a Vim command has to be escaped.
            let load = "lua dofile(os.getenv('RILLE_ROOT') .. '/test/hosts/neovim.lua')";
            command.args(["-c", load, "-c", "qa!"]);
        }
        specs(host, &about, &mut command, &[]);
    }
    // Only a script can wait for the loop.
    if has_script_mode(&about) {
        let glue = file("hosts/glue/nvim.lua");
        let glue = [("RILLE_SPECS", glue.to_str().expect("paths of the tree are UTF-8"))];
        let mut command = Command::new(program);
        command.args(["--clean", "--headless", "-l"]).arg(file("hosts/neovim.lua"));
        specs("nvim-glue", &about, &mut command, &glue);
        in_child(program, &about);
    }
}

/// Tests the plugin in child processes that one Neovim controls as a user would: by keys, and by reading the screen.
fn in_child(program: &Path, about: &str) {
    let text = |path: &Path| path.to_str().expect("paths of the tree are UTF-8").to_owned();
    let list: Vec<_> = crate::specs_in("test/neovim").iter().map(|spec| text(spec)).collect();
    let mut command = Command::new(program);
    command.args(["--clean", "--headless", "-l"]).arg(file("hosts/neovim.lua"));
    let extra = [("RILLE_SPECS", &*list.join(":")), ("RILLE_CHILD", &*text(program))];
    specs("nvim-plugin", about, &mut command, &extra);
}

/// Whether Neovim supports `-l`, which came with 0.9.
fn has_script_mode(version: &str) -> bool {
    is_since(version, [0, 9])
}

/// Whether a version of Neovim is this one or a later one.
pub(super) fn is_since(version: &str, minimum: [u32; 2]) -> bool {
    let numbers = version.trim_start_matches("NVIM v").split(['.', '-']);
    let numbers: Vec<u32> = numbers.map_while(|part| part.parse().ok()).collect();
    numbers.as_slice() >= &minimum[..]
}

#[test]
fn love() {
    in_love("love", &[]);
}

#[test]
fn love_nojit() {
    in_love("love-nojit", &[("RILLE_JIT", "off")]);
}

#[test]
fn love_thread() {
    in_love("love-thread", &[]);
}

#[test]
fn love_glue() {
    let glue = file("hosts/glue/love.lua");
    in_love("love-glue", &[("RILLE_SPECS", glue.to_str().expect("paths of the tree are UTF-8"))]);
}

#[track_caller]
fn in_love(host: &str, extra: &[(&'static str, &str)]) {
    let Some(program) = find_programs("RILLE_LOVE", &["love"]).into_iter().next() else {
        return missing(host, "no love on PATH", "apt install love, or set RILLE_LOVE");
    };
    let about = version(&program, "--version", "LOVE");
    // Its event queue is SDL's, which needs a screen unless configured otherwise.
    let mut variables = vec![("SDL_VIDEODRIVER", "dummy"), ("SDL_AUDIODRIVER", "dummy")];
    variables.extend(extra);
    specs(host, &about, Command::new(program).arg(file("hosts/love")), &variables);
}
