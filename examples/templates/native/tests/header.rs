//! The committed header and the declarations for Lua are those of the Rust code. `BLESS=1 cargo test` writes them.

use cbindgen::{Builder, Config};
use std::path::Path;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn config() -> Config {
    Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml")
}

fn render(config: Config) -> String {
    let mut text = Vec::new();
    Builder::new()
        .with_config(config)
        .with_src(root().join("src/boundary.rs"))
        .with_src(root().join("src/capi.rs"))
        .generate()
        .expect("declarations of the sources")
        .write(&mut text);
    String::from_utf8(text).expect("text in UTF-8")
}

/// Returns the declarations in the C that `ffi.cdef` reads: without preprocessor and comments.
fn cdef() -> String {
    let mut config = config();
    config.header = None;
    config.include_guard = None;
    config.cpp_compat = false;
    config.documentation = false;
    config.sys_includes.clear();
    let constant = |line: &str| {
        let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        Some(format!("static const int {name} = {value};"))
    };
    let lines: Vec<_> =
        render(config).trim().lines().map(|line| constant(line).unwrap_or_else(|| line.to_owned())).collect();
    format!(
        "-- Generated from src by `BLESS=1 cargo test`; do not edit.\nreturn [[\n{}\n]]\n",
        lines.join("\n")
    )
}

/// Compares a committed file with what it must be, or writes it.
fn bless(path: &str, content: &str) {
    let file = root().join(path);
    if env::var_os("BLESS").is_some() {
        fs::write(&file, content).expect("the file is written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == content, "{path} is stale: `BLESS=1 cargo test` writes it");
}

#[test]
fn the_header_is_fresh() {
    bless("include/abacus.h", &render(config()));
}

#[test]
fn the_declarations_for_lua_are_fresh() {
    bless("lua/abacus/cdef.lua", &cdef());
}

/// An export without the boundary would let a panic into the host, which ends it.
#[test]
fn every_export_passes_the_boundary() {
    let source = fs::read_to_string(root().join("src/capi.rs")).expect("src/capi.rs");
    let exports: Vec<_> = source.split("#[unsafe(no_mangle)]").skip(1).collect();
    assert_eq!(exports.len(), source.matches("extern \"C\" fn").count(), "an export has no `no_mangle`");
    for export in exports {
        let body = export.split("\n}\n").next().expect("a body");
        let name = body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).expect("a name");
        assert!(name.starts_with("abacus_"), "{name}: C has no modules, so names need the prefix");
        let is_guarded = body.contains("boundary(err, ||") || body.contains("boundary_get(");
        assert!(is_guarded, "{name} does not call boundary");
    }
}
