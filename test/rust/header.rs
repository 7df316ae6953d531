//! The committed header and cdef are the output of cbindgen for `src/capi`; the header compiles as C and C++, and its
//! examples run.

use crate::{bless, library, root};
use cbindgen::{Builder, Config};
use std::fs;
use std::process::Command;

mod sections;

fn config() -> Config {
    Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml")
}

/// Returns the output of cbindgen, without the constants of the engines that the C types are made of.
fn render(mut config: Config) -> String {
    let text = generate(config.clone());
    let names = sections::names(&text);
    let foreign: Vec<_> = names.into_iter().filter(|name| !is_ours(name)).collect();
    if foreign.is_empty() {
        return text;
    }
    config.export.exclude.extend(foreign);
    generate(config)
}

fn is_ours(name: &str) -> bool {
    name.starts_with("rille_") || name.starts_with("RILLE_")
}

fn generate(config: Config) -> String {
    let mut text = Vec::new();
    Builder::new()
        .with_config(config)
        .with_crate(root())
        // On a new machine the crates for other systems were never downloaded.
        .with_only_target_dependencies(true)
        .generate()
        .expect("cbindgen to render src/capi")
        .write(&mut text);
    String::from_utf8(text).expect("a header in UTF-8")
}

fn template() -> String {
    fs::read_to_string(root().join("src/capi/header.in")).expect("the template of the header")
}

/// Returns a configuration without the text around the declarations, which `sections` writes.
fn bare_config() -> Config {
    let mut config = config();
    config.cpp_compat = false;
    config.include_guard = None;
    config.sys_includes.clear();
    config
}

fn header() -> String {
    sections::arrange(&render(bare_config()), &template())
}

/// Returns the declarations alone, in the C that LuaJIT's `ffi.cdef` reads: no preprocessor, no comments.
fn cdef() -> String {
    let mut config = bare_config();
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
    bless("lua/rille/core/cdef.lua", &cdef());
}

#[test]
fn flags_are_in_ascending_order() {
    let header = header();
    let flags = header.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        let noun = name.split('_').nth(1)?;
        Some((noun, name, value.split(' ').next()?.parse::<u32>().ok()?))
    });
    let mut before = ("", 0);
    for (noun, name, value) in flags {
        if value.is_power_of_two() && name != "RILLE_ABI" {
            assert!(before.0 != noun || before.1 < value, "{name} is {value}, after {}", before.1);
            before = (noun, value);
        }
    }
}

#[test]
fn header_compiles_alone_as_c99_and_as_cpp() {
    for (compiler, language) in
        [("cc", &["-std=c99", "-x", "c"]), ("c++", &["-std=c++17", "-x", "c++"])]
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

#[test]
fn every_section_has_an_example_that_prints_what_it_says() {
    let directory = root().join("target/under-test/header");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory is made");
    let template = template();
    let (preface, sections) = sections::parse(&template);
    let prelude: Vec<_> = preface.iter().filter_map(|line| line.strip_prefix("    ")).collect();
    assert!(prelude.len() > 2, "the preface says what the examples include");
    for section in sections {
        let example = section.example();
        assert!(!example.is_empty(), "the section \"{}\" has no example", section.title);
        let program = format!(
            "{}\nint main(void) {{\n{example}    return 0;\n}}\n// The last line.\n",
            prelude.join("\n")
        );
        fs::write(directory.join("header.c"), program).expect("the example is written");
        let compiled = Command::new("cc")
            .args([
                "-std=c99",
                "-Wall",
                "-Wextra",
                "-Werror",
                "header.c",
                "-o",
                "../header-example",
            ])
            .arg("-I")
            .arg(root().join("include"))
            .arg(library())
            .current_dir(&directory)
            .output()
            .expect("cc to run");
        assert!(
            compiled.status.success(),
            "{}: {}",
            section.title,
            String::from_utf8_lossy(&compiled.stderr)
        );
        let run = Command::new("../header-example")
            .env("LD_LIBRARY_PATH", library().parent().expect("a directory"))
            .current_dir(&directory)
            .output()
            .expect("the example to run");
        let says = example.lines().filter_map(|line| line.split_once("     //> "));
        let says: String = says.map(|(_, text)| format!("{text}\n")).collect();
        assert!(run.status.success(), "{}: {:?}", section.title, run.status);
        assert_eq!(String::from_utf8_lossy(&run.stdout), says, "{}", section.title);
    }
}
