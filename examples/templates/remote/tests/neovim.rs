//! Runs tests/spec.lua in Neovim: `nvim` on PATH, or each of the programs in the variable HOST_NVIM.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn the_plugin_works_in_neovim() {
    let given = env::var_os("HOST_NVIM").unwrap_or_else(|| "nvim".into());
    for nvim in env::split_paths(&given) {
        if Command::new(&nvim).arg("--version").output().is_err() {
            let why = format!("skipped: no {}; install Neovim or set HOST_NVIM", nvim.display());
            assert!(env::var_os("CI").is_none(), "{why}");
            eprintln!("{why}");
            continue;
        }
        let output = Command::new(&nvim)
            .args(["--clean", "--headless", "-l", "tests/spec.lua"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("RELAY_PROGRAM", env!("CARGO_BIN_EXE_relay"))
            .output()
            .expect("nvim runs");
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{}:\n{printed}", nvim.display());
        println!("{printed}");
    }
}

#[test]
fn the_lua_code_has_the_version_of_the_program() {
    let lua = Path::new(env!("CARGO_MANIFEST_DIR")).join("lua/relay/init.lua");
    let lua = std::fs::read_to_string(lua).expect("the Lua code");
    let line = format!("M.version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(lua.contains(&line), "lua/relay/init.lua must have the line: {line}");
}
