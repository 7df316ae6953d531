//! Versions that do not belong together, and an update while rille runs: a clear sentence in each direction.

use super::{FALLBACK, Tree, foreign_library};
use crate::library;
use std::fs;

/// Changes a file of the tree.
fn edit(tree: &Tree, path: &str, from: &str, to: &str) {
    let path = tree.directory.join("lua/rille/core").join(path);
    let text = fs::read_to_string(&path).expect("a module");
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replace(from, to)).expect("a module is written");
}

/// Gives the Lua code of the tree another version.
fn set_version(tree: &Tree, version: &str) {
    edit(tree, "backend.lua", env!("CARGO_PKG_VERSION"), version);
}

/// Gives the Lua code of the tree another ABI.
fn set_abi(tree: &Tree, abi: u32) {
    let known = crate::install::abi();
    edit(tree, "cdef.lua", &format!("abi = {known}"), &format!("abi = {abi}"));
    edit(tree, "cdef.lua", &format!("rille_abi_{known}"), &format!("rille_abi_{abi}"));
}

#[test]
fn a_library_with_an_older_or_newer_abi_is_refused_with_what_to_do() {
    for (abi, sentence) in [
        (
            999,
            "it has ABI 999, and this Lua code needs ABI %d: the library is newer, update the Lua code",
        ),
        (
            0,
            "it has ABI 0, and this Lua code needs ABI %d: the library is older, it must be that of version",
        ),
    ] {
        let tree = Tree::new(&format!("abi-{abi}"));
        let source =
            format!("unsigned rille_abi(void);\nunsigned rille_abi(void) {{ return {abi}; }}\n");
        let library = foreign_library(&tree, "abi", &source);
        let code = format!(
            r#"{FALLBACK}
            assert(reasons[1]:find(({sentence:?}):format(health.abi), 1, true), reasons[1])"#
        );
        tree.run(&[("RILLE_LIB", &library)], &code);
    }
}

#[test]
fn an_older_library_with_the_same_abi_is_refused_as_it_may_lack_functions() {
    let tree = Tree::new("older-library");
    set_version(&tree, "0.10.0");
    tree.run(
        &[("RILLE_LIB", library())],
        &format!(
            r#"{FALLBACK}
            local wanted = "it is version {} and this Lua code is version 0.10.0: the library is older, build or install it again"
            assert(reasons[1]:find(wanted, 1, true), reasons[1])"#,
            env!("CARGO_PKG_VERSION")
        ),
    );
}

#[test]
fn a_newer_library_with_the_same_abi_runs_and_both_versions_are_named() {
    let tree = Tree::new("newer-library");
    set_version(&tree, "0.0.9");
    tree.run(
        &[("RILLE_LIB", library())],
        &format!(
            r#"
            local health = require("rille").health()
            assert(health.backend == "native" and health.version == "0.0.9" and health.library == "{}", health.reason)
            "#,
            env!("CARGO_PKG_VERSION")
        ),
    );
}

#[test]
fn a_second_version_in_one_lua_state_is_refused_and_the_first_one_runs_on() {
    let tree = Tree::new("second-version");
    set_abi(&tree, 999);
    let first = Tree::new("first-version");
    first.run(
        &[("RILLE_LIB", library())],
        &format!(
            r#"
            local text = require("rille").text
            assert(require("rille").backend == "native" and text.count("abc", "char") == 3)
            for name in pairs(package.loaded) do
                if name == "rille" or name:find("^rille%.") then package.loaded[name] = nil end
            end
            package.path = package.path:gsub("first%-version", "second-version")
            {FALLBACK}
            assert(health.reason:find("another version of rille is already loaded in this Lua state, restart the host", 1, true), health.reason)
            assert(text.count("abcd", "char") == 4)
            "#
        ),
    );
}

/// Each Lua state of a process has its own modules, and thus its own library.
#[test]
fn two_versions_in_two_lua_states_of_a_process_do_not_meet() {
    let place = super::packaged();
    for name in ["state-one", "state-two"] {
        let tree = Tree::new(name);
        let file = tree.directory.join(&place);
        fs::create_dir_all(file.parent().expect("a directory")).expect("a directory is made");
        fs::copy(library(), &file).expect("the library is copied");
        let code = format!(
            r#"
            local health = require("rille").health()
            assert(health.path == {file:?}, health.path)
            assert(require("rille").regex("b+"):find("abb") == 2)
            "#
        );
        tree.run(&[], &code);
    }
}

#[test]
fn a_noun_that_is_first_used_after_an_update_was_loaded_from_the_new_version() {
    let tree = Tree::new("update");
    let backend = tree.directory.join("lua/rille/core/backend.lua");
    for is_native in [true, false] {
        let text = fs::read_to_string(&backend).expect("a module");
        let missing = tree.directory.join("nowhere.so");
        let code = format!(
            r#"
            local rille = require("rille")
            if {is_native} then assert(rille.backend == "native") end
            assert(not {is_native} or rille.text.count("abc", "char") == 3)
            local from = assert(io.open({backend:?}, "rb"))
            local text = from:read("*a")
            from:close()
            local to = assert(io.open({backend:?}, "wb"))
            to:write((text:gsub('version = "[^"]+"', 'version = "99.0.0"')))
            to:close()
            for _ = 1, 2 do
                for _, key in ipairs({{ "regex", "walk" }}) do
                    local found, message = pcall(function() return rille[key] end)
                    local wanted = "version {version} of the Lua code is running and version 99.0.0 is on disk now, restart the host"
                    assert(not found and message:find(wanted, 1, true), message)
                end
            end
            -- What was loaded before runs on.
            assert(not {is_native} or rille.text.count("abc", "char") == 3)
            "#,
            version = env!("CARGO_PKG_VERSION")
        );
        tree.run(&[("RILLE_LIB", if is_native { library() } else { &missing })], &code);
        fs::write(&backend, text).expect("a module is written");
    }
}

/// A library that is replaced while it runs, as `install` and `make install` do it: by a new file of the same name.
#[test]
fn a_library_that_is_replaced_while_it_is_loaded_runs_on() {
    let tree = Tree::new("replaced");
    let file = tree.directory.join(super::packaged());
    fs::create_dir_all(file.parent().expect("a directory")).expect("a directory is made");
    fs::copy(library(), &file).expect("the library is copied");
    tree.run(
        &[],
        &format!(
            r#"
            local rille = require("rille")
            assert(rille.backend == "native")
            local to = assert(io.open({file:?} .. ".new", "wb"))
            to:write("another version")
            to:close()
            assert(os.rename({file:?} .. ".new", {file:?}))
            assert(rille.regex("b+"):find("abb") == 2 and rille.text.count("abc", "char") == 3)
            collectgarbage()
            "#
        ),
    );
}
