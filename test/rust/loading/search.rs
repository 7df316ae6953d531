//! The search for the library: which places, in which order, and which never.

use super::{FALLBACK, Tree, packaged};
use crate::{library, root};
use std::fs;
use std::path::{Path, PathBuf};

/// Puts the library into a place below the tree.
fn put(tree: &Tree, place: &str) -> PathBuf {
    let path = tree.directory.join(place);
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory is made");
    let _ = fs::remove_file(&path);
    fs::copy(library(), &path).expect("the library is copied");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn the_first_of_all_places_is_taken() {
    let tree = Tree::new("places");
    let name = library().file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let packaged = packaged();
    let [_, target, file] =
        packaged.split('/').collect::<Vec<_>>().try_into().expect("lib/target/file");
    let version = env!("CARGO_PKG_VERSION");
    let places = [
        put(&tree, "variable.so"),
        put(&tree, "glue.so"),
        put(&tree, &packaged),
        put(&tree, &format!("lib/{name}")),
        put(&tree, &format!("lib/{target}/{name}")),
        put(&tree, &format!("data/nvim/rille/{version}/{target}/{file}")),
        put(&tree, &format!("target/release/{name}")),
        put(&tree, "cpath/librille.so"),
    ];
    for place in &places {
        let code = format!(
            r#"
            table.insert(require("rille.core.backend").paths, {:?})
            local health = require("rille").health()
            assert(health.path == {:?}, health.path)
            assert(health.tried[#health.tried].path == health.path)
            "#,
            places[1], place
        );
        let data = tree.directory.join("data");
        tree.run(&[("RILLE_LIB", &places[0]), ("XDG_DATA_HOME", &data)], &code);
        fs::remove_file(place).expect("the file is removed");
    }
    tree.run(&[("RILLE_LIB", &places[0])], FALLBACK);
}

#[test]
fn a_library_of_the_working_directory_is_not_taken() {
    let tree = Tree::new("stranger");
    let stranger = put(&tree, "cpath/librille.so");
    // Relative to the working directory, which is that of the crate while the tests run.
    let relative = stranger.strip_prefix(root()).expect("it is below the root");
    assert!(relative.is_file() && std::env::current_dir().expect("one") == root());
    let directory = text(relative.parent().expect("a directory"));
    for entry in
        [format!("{directory}/?.so"), format!("./{directory}/?.so"), format!("{directory}/?.so;;")]
    {
        tree.run(&[], &format!("package.cpath = {entry:?} {FALLBACK}"));
    }
    for path in
        [text(relative).to_owned(), format!("./{}", text(relative)), "librille.so".to_owned()]
    {
        tree.run(
            &[("RILLE_LIB", Path::new(&path))],
            &format!(
                r#"package.cpath = "" {FALLBACK}
                assert(reasons[1] == {path:?} .. ": is not an absolute path", reasons[1])"#
            ),
        );
        tree.run(
            &[],
            &format!(
                r#"package.cpath = "" table.insert(require("rille.core.backend").paths, {path:?}) {FALLBACK}
                assert(reasons[1] == {path:?} .. ": is not an absolute path", reasons[1])"#
            ),
        );
    }
}

/// The system's loader takes a name from the working directory for such entries.
#[test]
#[cfg(target_os = "linux")]
fn the_loader_is_not_used_if_it_would_search_the_working_directory() {
    let tree = Tree::new("loader");
    for (list, is_asked) in [
        ("", true),
        ("/opt/lib", true),
        ("/opt/lib:/usr/lib", true),
        ("/opt/lib;/usr/lib", true),
        (":", false),
        (":/opt/lib", false),
        ("/opt/lib:", false),
        ("/opt/lib::/usr/lib", false),
        ("/opt/lib;;/usr/lib", false),
        (".", false),
        ("/opt/lib:lib", false),
        ("lib:/opt/lib", false),
    ] {
        let code = format!(
            r#"
            local names = {{}}
            ffi.load = function(path) names[#names + 1] = path error("nothing", 0) end
            package.cpath = ""
            {FALLBACK}
            local last = reasons[#reasons]
            if {is_asked} then
                assert(table.concat(names, " "):find("^librille%.so%.%d+ rille$"), table.concat(names, " "))
                assert(last == "rille: the system's loader says: nothing", last)
            else
                assert(#names == 0, names[1])
                assert(last:find("^rille: .*LD_LIBRARY_PATH is empty or relative"), last)
            end
            "#
        );
        tree.run(&[("LD_LIBRARY_PATH", Path::new(list))], &code);
    }
}

#[test]
fn a_lua_tree_on_a_relative_path_brings_its_own_library() {
    let tree = Tree::new("relative");
    let place = packaged();
    put(&tree, &place);
    let directory = tree.directory.strip_prefix(root()).expect("it is below the root");
    let directory = text(directory);
    tree.run(
        &[],
        &format!(
            r#"
            package.path = "{directory}/lua/?.lua;{directory}/lua/?/init.lua"
            local health = require("rille").health()
            assert(health.tried[1].path == "{}/{directory}/{place}" and health.tried[1].reason == "loaded", health.reason)
            "#,
            text(&root().canonicalize().expect("the root exists"))
        ),
    );
}

#[test]
fn a_lua_tree_that_is_required_by_a_longer_name_brings_its_own_library() {
    let tree = Tree::new("longer-name");
    let place = packaged();
    put(&tree, &place);
    let relative = text(tree.directory.strip_prefix(root()).expect("it is below the root"));
    for directory in [relative, text(&tree.directory)] {
        for (name, entries) in
            [("lua.rille", "{0}/?.lua;{0}/?/init.lua"), ("lua.rille.init", "{0}/?.lua")]
        {
            let entries = entries.replace("{0}", directory);
            tree.run(
                &[],
                &format!(
                    r#"
                    package.path = "{entries}"
                    local rille = require("{name}")
                    local health = rille.health()
                    local file = "{}/{relative}/{place}"
                    assert(health.tried[1].path == file and health.tried[1].reason == "loaded", health.reason)
                    assert(require("rille") == rille and require("rille.text") == rille.text)
                    "#,
                    text(&root().canonicalize().expect("the root exists"))
                ),
            );
        }
    }
}

#[test]
fn a_debug_build_is_not_taken_and_the_sentence_says_so() {
    let tree = Tree::new("debug");
    let name = library().file_name().and_then(|name| name.to_str()).expect("a name");
    put(&tree, &format!("target/debug/{name}"));
    tree.run(
        &[],
        &format!(
            r#"{FALLBACK}
            local found
            for _, reason in ipairs(reasons) do
                found = found or reason:find("target/debug/{name}: is a debug build, which is slow", 1, true)
            end
            assert(found, health.reason)
            "#
        ),
    );
}

/// Paths that this system cannot use: absolute paths of other systems count as absolute, too.
#[test]
fn only_absolute_places_are_searched_on_other_systems() {
    let tree = Tree::new("systems");
    for (system, list, entries, found) in [
        ("Windows", "PATH", r".;;C:\\tools;bin;\\\\server\\share", r"C:\\tools/rille.dll"),
        ("OSX", "DYLD_LIBRARY_PATH", ".::/opt/tools:lib", "/opt/tools/librille.%d.dylib"),
    ] {
        let code = format!(
            r#"
            ffi.os = "{system}"
            environment["{list}"] = "{entries}"
            package.cpath = ".\\?.dll;?.so;C:\\clibs\\?.dll;/clibs/?.so"
            local opened = {{}}
            local open = io.open
            io.open = function(path, ...)
                opened[#opened + 1] = path
                return open("/dev/null", ...)
            end
            local abi = require("rille.core.cdef").abi
            local list = require("rille.core.candidates")()
            local last = list[#list]
            assert(last.path == ("{found}"):format(abi) and not last.names and not last.refused, last.path)
            local clibs = list[#list - 1].path
            assert(clibs == ("{system}" == "Windows" and "C:\\clibs\\rille.dll" or "/clibs/librille.so"), clibs)
            for _, path in ipairs(opened) do
                local absolute = path:find("^/") or "{system}" == "Windows" and (path:find("^%a:\\") or path:find("^\\\\"))
                assert(absolute, path)
            end
            -- Modules in Lua are called `.so` on macOS too, the library is not.
            io.open = function(path, ...)
                return path == "/clibs/librille.dylib" and open("/dev/null", ...) or nil
            end
            list = require("rille.core.candidates")()
            clibs = list[#list - 1].path
            assert((clibs == "/clibs/librille.dylib") == ("{system}" == "OSX"), clibs)
            -- Where nothing is found the loader is not asked, and it is said where nothing was.
            io.open = function() return nil end
            list = require("rille.core.candidates")()
            last = list[#list]
            assert(last.path == "rille" and last.refused:find("{list}") or last.refused:find("/usr/local/lib"), last.refused)
            "#
        );
        tree.run(&[], &code);
    }
}
