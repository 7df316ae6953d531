//! Runs the Lua benches of a directory in the embedded LuaJIT, with the library in its release build.

use crate::texts;
use mlua::{Function, Lua, LuaString, Table, ffi};
use regex::bytes::Regex;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Runs the Lua files in `bench/<directory>`, each in a Lua state of its own.
pub fn run(directory: &str) {
    // Lua files name each other relative to this directory. Cargo already starts benches in it.
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the directory of the crate");
    let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new("bench").join(directory))
        .expect("a directory of benches")
        .map(|entry| entry.expect("an entry of the directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "bench/{directory} has no Lua file");
    println!("{directory}: rille {}", env!("CARGO_PKG_VERSION"));
    let released = library("release", &[]);
    state(&released).and_then(|lua| same_texts(&lua)).expect("bench.lua draws texts");
    for file in files {
        // Only the library built for tests has jobs that do nothing.
        let own =
            file.ends_with("jobs.lua").then(|| library("testing", &["--features", "testing"]));
        state(own.as_ref().unwrap_or(&released))
            .and_then(|lua| lua.load(file.as_path()).exec())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

fn state(library: &Path) -> mlua::Result<Lua> {
    // SAFETY: the benches are ours; they need `ffi`, which only an unsafe state has.
    let lua = unsafe { Lua::unsafe_new() };
    let globals = lua.globals();
    let arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    globals.set("arg", lua.create_sequence_from(arguments)?)?;
    // SAFETY: the function follows the protocol of the Lua stack.
    globals.set("rille_bench_length", unsafe { lua.create_c_function(length) }?)?;

    globals.set("rille_bench_crate", lua.create_function(crate_regex)?)?;

    let package: Table = globals.get("package")?;
    let path: String = package.get("path")?;
    package.set("path", format!("lua/?.lua;lua/?/init.lua;{path}"))?;
    let backend: Table = globals.get::<Function>("require")?.call("rille.core.backend")?;
    backend.get::<Table>("paths")?.push(library.to_str())?;
    Ok(lua)
}

/// Counts the matches that the crate regex finds, called from Rust: the peer of search.
fn crate_regex(_: &Lua, (pattern, text): (LuaString, LuaString)) -> mlua::Result<usize> {
    static LAST: Mutex<Option<(String, Regex)>> = Mutex::new(None);
    let pattern = pattern.to_str()?.to_owned();
    let mut last = LAST.lock().expect("no panic before");
    if last.as_ref().is_none_or(|(known, _)| *known != pattern) {
        let regex = Regex::new(&pattern).map_err(mlua::Error::external)?;
        *last = Some((pattern, regex));
    }
    let (_, regex) = last.as_ref().expect("just set");
    Ok(regex.find_iter(&text.as_bytes()).count())
}

/// Checks that both languages generate the same texts, so that their tables are comparable.
fn same_texts(lua: &Lua) -> mlua::Result<()> {
    let bench: Table = lua.load(r#"return dofile("bench/common/bench.lua")"#).eval()?;
    for (name, text) in [
        ("ascii", texts::ascii(texts::KB)),
        ("mixed", texts::mixed(texts::KB)),
        ("mixed", texts::mixed(texts::MB)),
    ] {
        let drawn: mlua::LuaString = bench.get::<Function>(name)?.call(text.bytes.len())?;
        assert!(drawn.as_bytes() == text.bytes, "texts.rs and bench.lua differ: {}", text.name);
    }
    Ok(())
}

/// Returns the length of a string through the Lua C API: the classic way from Lua to native code, in its simplest form.
unsafe extern "C-unwind" fn length(lua: *mut ffi::lua_State) -> c_int {
    let mut len = 0;
    // SAFETY: Lua passes a live state with a stack of at least 20 slots.
    unsafe {
        ffi::luaL_checklstring(lua, 1, &mut len);
        ffi::lua_pushinteger(lua, len as ffi::lua_Integer);
    }
    1
}

/// Builds the library without what Cargo adds for benches: theirs has the features of dev-dependencies. It shares the
/// directories of the tests' builds.
fn library(directory: &str, features: &[&str]) -> PathBuf {
    let program = std::env::current_exe().expect("a path of this program");
    // <target>/release/deps/<bench>
    let target =
        program.ancestors().nth(3).expect("a target directory").join("under-test").join(directory);
    let built = Command::new(env!("CARGO"))
        .args(["rustc", "--release", "--lib", "--crate-type", "cdylib", "--quiet", "--target-dir"])
        .arg(&target)
        .args(features)
        .status()
        .expect("cargo to run");
    assert!(built.success(), "the library could not be built");
    let name = format!("{}rille{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target.join("release").join(name)
}
