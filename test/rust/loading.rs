//! How the Lua side finds the library. Without one it reports why and continues in pure Lua.

use crate::{library, root};
use mlua::{Lua, Table};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod again;
mod search;
mod versions;

/// A copy of the Lua tree without a library beside it, so that only the intended candidates exist.
struct Tree {
    directory: PathBuf,
}

impl Tree {
    fn new(name: &str) -> Tree {
        let directory = root().join("target/under-test/loading").join(name);
        let _ = fs::remove_dir_all(&directory);
        copy(&root().join("lua"), &directory.join("lua"));
        Tree { directory }
    }

    /// Runs Lua code in a state of its own that finds rille in this tree.
    fn run(&self, variables: &[(&str, &Path)], code: &str) {
        // SAFETY: the code is ours; it loads `ffi`, which only an unsafe state has.
        let lua = unsafe { Lua::unsafe_new() };
        let lua_directory = self.directory.join("lua");
        let path = format!("{0}/?.lua;{0}/?/init.lua", lua_directory.display());
        let package: Table = lua.globals().get("package").expect("package");
        package.set("path", path).expect("package.path is set");
        package
            .set("cpath", self.directory.join("cpath/?.so").to_str())
            .expect("package.cpath is set");
        let environment = lua.create_table().expect("a table");
        for (name, value) in variables {
            environment.set(*name, value.to_str()).expect("a variable is set");
        }
        lua.globals().set("environment", environment).expect("a global is set");
        lua.load(ISOLATION).exec().expect("the state is isolated");
        lua.load(code).set_name("=loading").exec().unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The variables of the test alone, and a system's loader that does not know rille: cargo adds the directory of its own
/// build to the loader's path, from which the process cannot remove it.
const ISOLATION: &str = r#"
    os.getenv = function(name) return environment[name] end
    ffi = require("ffi")
    local load = ffi.load
    ffi.load = function(path, ...) return load(path:find("/") and path or "rille-of-nobody", ...) end
"#;

/// Returns the same isolation for a test without variables.
pub(crate) fn isolation() -> String {
    format!("environment = {{}}\n{ISOLATION}")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory is made");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file is copied");
        }
    }
}

/// Compiles a line of C to a shared library.
fn foreign_library(tree: &Tree, name: &str, source: &str) -> PathBuf {
    let (c, so) =
        (tree.directory.join(format!("{name}.c")), tree.directory.join(format!("{name}.so")));
    fs::write(&c, source).expect("a source file is written");
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&so).arg(&c).status();
    assert!(status.expect("cc to run").success());
    so
}

/// Returns the first place below a tree where its library is searched: that of an archive.
fn packaged() -> String {
    let target = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ => "unknown-linux-gnu",
    };
    let extension = library().extension().and_then(|extension| extension.to_str()).expect("one");
    format!(
        "lib/{}-{target}/librille-{}.{extension}",
        std::env::consts::ARCH,
        crate::install::abi()
    )
}

/// The expected end of every failed search.
const FALLBACK: &str = r#"
    local rille = require("rille")
    assert(rille.backend == "lua", rille.backend)
    assert(rille.text.reverse("a\195\169b", "char") == "b\195\169a")
    health = rille.health()
    assert(health.backend == "lua" and health.path == nil and health.cpu == nil)
    reasons = {}
    for _, tried in ipairs(health.tried) do reasons[#reasons + 1] = tried.path .. ": " .. tried.reason end
    assert(not health.reason:find("stack traceback"), health.reason)
"#;

#[test]
fn no_library_anywhere() {
    Tree::new("none").run(
        &[],
        &format!(
            r#"{FALLBACK}
            local wanted = {{
                "/lib/[^/]*%-unknown%-linux%-gnu/librille%-%d+%.so", "/lib/[^/]*%-unknown%-linux%-musl/librille%-%d+%.so",
                "/lib/librille", "/lib/[^/]*%-unknown%-linux%-gnu/librille", "/lib/[^/]*%-unknown%-linux%-musl/librille",
                "/target/release/librille", "^rille: the system's loader says",
            }}
            if ffi.os == "OSX" then
                wanted = {{
                    "/lib/[^/]*%-apple%-darwin/librille%-%d+%.dylib", wanted[3], "/lib/[^/]*%-apple%-darwin/librille", wanted[6],
                    "^rille: no librille",
                }}
            end
            assert(#health.tried == #wanted, table.concat(reasons, "\n"))
            for i, pattern in ipairs(wanted) do assert(reasons[i]:find(pattern), reasons[i]) end
            for _, reason in ipairs(reasons) do assert(health.reason:find(reason, 1, true), reason) end
            assert(health.reason:find("cargo build --release", 1, true), health.reason)
            "#
        ),
    );
}

#[test]
fn a_missing_file_is_skipped_with_its_reason() {
    let tree = Tree::new("missing");
    tree.run(
        &[("RILLE_LIB", &tree.directory.join("nowhere.so"))],
        &format!(r#"{FALLBACK} assert(reasons[1]:find("nowhere.so: .*No such file"), reasons[1])"#),
    );
}

#[test]
fn a_file_that_is_no_library_is_skipped_with_its_reason() {
    let tree = Tree::new("text");
    let file = tree.directory.join("text.so");
    fs::write(&file, "this is text").expect("a file is written");
    tree.run(
        &[("RILLE_LIB", &file)],
        &format!(r#"{FALLBACK} assert(reasons[1]:find("text.so: the system's loader says: ", 1, true), reasons[1])"#),
    );
}

#[test]
fn a_library_of_something_else_is_skipped_with_its_reason() {
    let tree = Tree::new("foreign");
    let library = foreign_library(&tree, "foreign", "int nothing(void) { return 0; }\n");
    tree.run(
        &[("RILLE_LIB", &library)],
        &format!(
            r#"{FALLBACK} assert(reasons[1]:find("not a rille library", 1, true), reasons[1])"#
        ),
    );
}

#[test]
fn a_library_of_another_abi_is_skipped_with_its_reason() {
    let tree = Tree::new("abi");
    let library = foreign_library(
        &tree,
        "abi",
        "unsigned rille_abi(void);\nunsigned rille_abi(void) { return 999; }\n",
    );
    tree.run(
        &[("RILLE_LIB", &library)],
        &format!(r#"{FALLBACK} assert(reasons[1]:find("it has ABI 999, and this Lua code needs ABI", 1, true), reasons[1])"#),
    );
}

#[test]
fn the_search_continues_after_a_bad_candidate() {
    let tree = Tree::new("order");
    let place = tree.directory.join(packaged());
    fs::create_dir_all(place.parent().expect("a directory")).expect("a directory is made");
    fs::copy(library(), place).expect("the library is copied");
    tree.run(
        &[("RILLE_LIB", &tree.directory.join("nowhere.so"))],
        r#"
        local rille = require("rille")
        assert(rille.backend == "native")
        local health = rille.health()
        assert(#health.tried == 2 and health.tried[2].reason == "loaded", health.tried[2].reason)
        assert(health.path == health.tried[2].path and health.path:find("/lib/[^/]+/librille%-%d"), health.path)
        "#,
    );
}

#[test]
fn the_library_is_found_in_package_cpath() {
    let tree = Tree::new("cpath");
    fs::create_dir_all(tree.directory.join("cpath")).expect("a directory is made");
    fs::copy(library(), tree.directory.join("cpath/librille.so")).expect("the library is copied");
    tree.run(
        &[],
        r#"
        local rille = require("rille")
        assert(rille.backend == "native", rille.health().reason)
        assert(rille.health().path:find("cpath/librille.so", 1, true))
        "#,
    );
}

#[test]
fn paths_of_host_glue_come_after_the_variable() {
    let tree = Tree::new("glue");
    fs::copy(library(), tree.directory.join("glue.so")).expect("the library is copied");
    let code = format!(
        r#"
        table.insert(require("rille.core.backend").paths, {:?})
        local rille = require("rille")
        assert(rille.backend == "native" and #rille.health().tried == 2)
        "#,
        tree.directory.join("glue.so")
    );
    tree.run(&[("RILLE_LIB", &tree.directory.join("nowhere.so"))], &code);
}

#[test]
fn the_backend_can_be_forced() {
    let tree = Tree::new("forced");
    tree.run(
        &[("RILLE_LIB", library()), ("RILLE_BACKEND", Path::new("lua"))],
        &format!(
            r#"{FALLBACK} assert(#health.tried == 0 and health.reason == "RILLE_BACKEND=lua")"#
        ),
    );
    tree.run(
        &[("RILLE_BACKEND", Path::new("native"))],
        r#"
        local loaded, message = pcall(function() return require("rille").backend end)
        assert(not loaded and message:find("rille: no usable library", 1, true), message)
        "#,
    );
}

#[test]
fn nothing_is_loaded_before_it_is_used() {
    Tree::new("lazy").run(
        &[("RILLE_LIB", library())],
        r#"
        require("rille")
        for name in pairs(package.loaded) do
            local known = name == "rille" or name == "rille.core.backend" or name == "rille.core.lazy"
            assert(known or not name:find("^rille"), name)
        end
        "#,
    );
}

#[test]
fn it_works_without_string_buffer() {
    Tree::new("no-string-buffer").run(
        &[("RILLE_LIB", library())],
        r#"
        package.loaded["string.buffer"] = nil
        package.preload["string.buffer"] = function() error("no such module") end
        local rille = require("rille")
        assert(rille.backend == "native")
        local buffer = rille.buffer()
        assert(rille.text.reverse_into(buffer, "abc") == 3 and buffer:tostring() == "cba")
        local refused, message = pcall(rille.text.count, io.stdout, "char")
        assert(not refused and message:find("got userdata", 1, true), message)
        "#,
    );
}

#[test]
fn the_versions_of_the_crate_and_of_the_lua_code_agree() {
    Tree::new("version").run(
        &[("RILLE_LIB", library())],
        &format!(
            r#"
            local rille = require("rille")
            assert(rille.version == {version:?} and rille.health().library == {version:?}, rille.version)
            "#,
            version = env!("CARGO_PKG_VERSION")
        ),
    );
}
