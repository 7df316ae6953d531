//! Runs the specs in tests/*_spec.lua in each host, and on each backend: in `luajit` and `nvim` on PATH, or in the programs that the
//! variables HOST_LUAJIT and HOST_NVIM list.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Returns the library that Cargo has built for the tests.
fn library() -> PathBuf {
    let tests = env::current_exe().expect("this program");
    let name = format!("{}abacus{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = tests.with_file_name(name);
    assert!(library.is_file(), "{} is missing", library.display());
    library
}

/// Runs the specs in each program that the variable lists, with the arguments and the runner.
fn run(variable: &str, default: &str, version: &str, args: &[&str]) {
    let given = env::var_os(variable).unwrap_or_else(|| default.into());
    for program in env::split_paths(&given) {
        if Command::new(&program).arg(version).output().is_err() {
            let why = format!("skipped: no {}; install {default} or set {variable}", program.display());
            assert!(env::var_os("CI").is_none(), "{why}");
            eprintln!("{why}");
            continue;
        }
        for backend in ["native", "lua"] {
            let output = Command::new(&program)
                .args(args)
                .arg("tests/run.lua")
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .env("ABACUS_LIB", library())
                .env("ABACUS_BACKEND", backend)
                .output()
                .expect("the host runs");
            let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(output.status.success(), "{} ({backend}):\n{printed}", program.display());
            println!("{printed}");
        }
    }
}

#[test]
fn specs_pass_in_luajit() {
    run("HOST_LUAJIT", "luajit", "-v", &[]);
}

#[test]
fn specs_pass_in_neovim() {
    run("HOST_NVIM", "nvim", "--version", &["--clean", "--headless", "-l"]);
}
