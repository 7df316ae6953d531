//! The committed header and cdef are what cbindgen renders from `src/capi`, and the header compiles everywhere.

use crate::{bless, root};
use cbindgen::{Builder, Config};
use std::process::Command;

/// The first lines of the header: what a C programmer reads before anything else.
const PREFACE: &str = "\
/*
 * rille: the native text engine for LuaJIT hosts. The C interface.
 *
 * Generated from src/capi by `BLESS=1 cargo test`; do not edit.
 *
 * Link with -lrille, or load the shared library at run time and compare rille_abi() with RILLE_ABI first.
 *
 * Calls. A function returns a status: RILLE_OK, a positive note, or a negative failure (enum rille_status). It writes
 * its outputs only when it does not fail, and the error block only when it does; the block may be NULL. Functions
 * without a status are getters and cannot fail. Nothing that the library does ends the process or prints.
 *
 * Text is a pointer to bytes and their number; no NUL ends it, and a NUL in it is a byte like any other. NULL with a
 * length of 0 is the empty text. Texts and results are at most 4 GiB - 1 long. Text need not be valid UTF-8: a maximal
 * invalid subsequence, as the WHATWG decoder cuts it, counts as one char. Offsets are in bytes, 0-based, and ranges
 * are half-open.
 *
 * Memory. Input is read during the call and never kept. Output goes to memory of the caller, which may be
 * uninitialised, and has to be aligned for what is written there. Each side frees what it allocated: an object that
 * rille_x_new made is freed by rille_x_free, which takes NULL too.
 *
 * Objects. Each carries its kind. A function that is given an object of another kind returns RILLE_EARG, and the message
 * names both; a getter returns what it returns for NULL, and rille_x_free does nothing. The same holds for an object that
 * was freed, for as long as fewer than 256 others have been freed after it; later, using it is undefined.
 *
 * Options. The first field of a struct of options is its size, sizeof of the struct that the program was compiled with. A
 * library that is newer knows the sizes of all earlier versions and reads no further; any other size is RILLE_EARG. Zeros
 * in all other fields are the defaults.
 *
 * Threads. Every function may be called from any thread. Calls on one object may overlap when both take it as const;
 * else one at a time.
 */
";

fn config() -> Config {
    Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml")
}

fn render(config: Config) -> String {
    let mut text = Vec::new();
    Builder::new()
        .with_config(config)
        .with_crate(root())
        // The crates of other systems were never downloaded on a machine that is new.
        .with_only_target_dependencies(true)
        .generate()
        .expect("cbindgen to render src/capi")
        .write(&mut text);
    String::from_utf8(text).expect("a header in UTF-8")
}

fn header() -> String {
    let mut config = config();
    config.header = Some(PREFACE.to_owned());
    render(config)
}

/// The declarations alone, in the C that LuaJIT's `ffi.cdef` reads: no preprocessor, no comments.
fn cdef() -> String {
    let mut config = config();
    config.cpp_compat = false;
    config.include_guard = None;
    config.sys_includes.clear();
    config.documentation = false;
    let mut abi = None;
    let mut lines = Vec::new();
    for line in render(config).lines() {
        match line.strip_prefix("#define ").and_then(|define| define.split_once(' ')) {
            Some((name, value)) => {
                if name == "RILLE_ABI" {
                    abi = Some(value.to_owned());
                }
                let unsigned = value.parse::<i32>().is_err();
                let ty = if unsigned { "uint32_t" } else { "int" };
                lines.push(format!("static const {ty} {name} = {value};"));
            }
            None => {
                assert!(!line.starts_with('#'), "ffi.cdef has no preprocessor: {line}");
                lines.push(line.to_owned());
            }
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    let abi = abi.expect("RILLE_ABI among the constants");
    format!(
        "-- Generated from src/capi by `BLESS=1 cargo test`; do not edit.\n\
         return {{\n  abi = {abi},\n  \
         -- Declares what include/rille.h does. The last type marks a Lua state in which that is done.\n  \
         cdef = [[\n{}\ntypedef struct rille_abi_{abi} rille_abi_{abi};\n]],\n}}\n",
        lines.join("\n").trim()
    )
}

#[test]
fn committed_header_is_fresh() {
    bless("include/rille.h", &header());
}

#[test]
fn committed_cdef_is_fresh() {
    bless("lua/rille/cdef.lua", &cdef());
}

#[test]
fn header_compiles_alone_as_c99_and_as_cpp() {
    for (compiler, language) in
        [("cc", &["-std=c99", "-x", "c"]), ("c++", &["-std=c++11", "-x", "c++"])]
    {
        let output = Command::new(compiler)
            .args(["-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
            .args(language)
            .arg(root().join("include/rille.h"))
            .output()
            .unwrap_or_else(|error| panic!("{compiler}: {error}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
