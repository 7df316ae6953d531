//! The committed header and cdef are the output of cbindgen for `src/capi`; the header compiles as C and C++, and its
//! examples run.

use crate::support::missing;
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

/// Returns a program that uses each macro of the header: with all structs of defaults, and texts without a cast.
fn macros_in_use() -> String {
    let header = header();
    let mut structs = 0;
    let mut body = String::new();
    for line in header.lines().filter(|line| line.contains("_INIT {")) {
        let name = line.split(['(', ')']).nth(1).expect("the name of the struct");
        let init = line.split(' ').nth(1).expect("the name of the macro");
        structs += 1;
        body += &format!(
            "    {name} v{structs} = {init};\n    {name} w{structs};\n    memset(&w{structs}, 0, sizeof w{structs});\n    \
             w{structs}.size = sizeof w{structs};\n    if (memcmp(&v{structs}, &w{structs}, sizeof w{structs}))\n        \
             return {structs};\n"
        );
    }
    assert_eq!(structs, header.matches("/**< sizeof(rille_").count());
    format!(
        "#include <rille.h>\n#include <stdio.h>\nint main(void) {{\n{body}    uint32_t count = 0;\n    \
         char name[] = \"name\";\n    \
         if (rille_text_count(RILLE_TEXT(name), RILLE_UNIT_BYTE, &count, NULL) || count != 4)\n        return 100;\n    \
         if (rille_text_count(RILLE_LITERAL(\"a\\0b\"), RILLE_UNIT_BYTE, &count, NULL) || count != 3)\n        return 101;\n    \
         puts(RILLE_VERSION);\n    return 0;\n}}\n"
    )
}

#[test]
fn macros_of_the_header_work_in_every_language_and_compiler() {
    let directory = root().join("target/under-test/macros");
    fs::create_dir_all(&directory).expect("a directory is made");
    fs::write(directory.join("macros.c"), macros_in_use()).expect("the program is written");
    for (compiler, languages) in [
        ("cc", ["-xc -std=c99", "-xc -std=c11", "-xc -std=c17"]),
        ("c++", ["-xc++ -std=c++11", "-xc++ -std=c++14", "-xc++ -std=c++17"]),
        ("clang", ["-xc -std=c99", "-xc -std=c11", "-xc++ -std=c++17"]),
    ] {
        if compiler == "clang" && Command::new(compiler).arg("--version").output().is_err() {
            missing("macros of the header in clang", "no clang on PATH", "apt install clang");
            continue;
        }
        for language in languages {
            let output = Command::new(compiler)
                .args(language.split(' '))
                .args([
                    "-pedantic",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "macros.c",
                    "-xnone",
                    "-o",
                    "macros",
                ])
                .arg("-I")
                .arg(root().join("include"))
                .arg(library())
                .current_dir(&directory)
                .output()
                .unwrap_or_else(|error| panic!("{compiler}: {error}"));
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{compiler} {language}: {errors}");
            let run = Command::new(directory.join("macros"))
                .env("LD_LIBRARY_PATH", library().parent().expect("a directory"))
                .output()
                .expect("the program to run");
            assert!(run.status.success(), "{compiler} {language}: {:?}", run.status);
            assert_eq!(
                String::from_utf8_lossy(&run.stdout),
                concat!(env!("CARGO_PKG_VERSION"), "\n")
            );
        }
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
    assert_eq!(prelude, ["#include <rille.h>", "#include <stdio.h>"], "what the examples include");
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
