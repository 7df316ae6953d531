//! The committed help is the output of its generator for the template, the annotations and the examples; the examples
//! run on both backends.

use crate::{bless, library, root};
use mlua::{Function, Lua, MultiValue, Table, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Adds the Lua modules of a directory to `out`, as paths in the tree.
fn modules(directory: &Path, out: &mut Vec<String>) {
    let entries = fs::read_dir(directory).expect("a directory of modules");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("fallback") {
                modules(&path, out);
            }
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            let path = path.strip_prefix(root()).expect("a path of the tree");
            out.push(path.to_str().expect("a path in UTF-8").to_owned());
        }
    }
}

fn generated() -> String {
    // SAFETY: the code is ours; modules that it reads tables of may ask for what only an unsafe state has.
    let lua = unsafe { Lua::unsafe_new() };
    let read = |lua: &Lua, path: String| match fs::read(root().join(path)) {
        Ok(text) => lua.create_string(text).map(Some),
        Err(_) => Ok(None),
    };
    let read = lua.create_function(read).expect("a function");
    let generate: Function =
        lua.load(root().join("tools/generate.lua")).eval().expect("the generator loads");
    let mut paths = Vec::new();
    modules(&root().join("lua"), &mut paths);
    generate.call((read, paths)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn help_is_current() {
    bless("doc/rille.txt", &generated());
}

/// `BLESS=1` writes files that the generator reads, so the help may need a second run.
#[test]
fn examples_run_on_both_backends_and_fallback_is_current() {
    bless("doc/fallback.lua", &availability());
}

/// Returns a Lua state that runs rille on one backend, and the lines that it prints.
fn backend(native: bool) -> (Lua, Arc<Mutex<Vec<String>>>) {
    // SAFETY: the code is ours; it loads `ffi`, which only an unsafe state has.
    let lua = unsafe { Lua::unsafe_new() };
    let directory = root().join("lua");
    let package: Table = lua.globals().get("package").expect("package");
    let path = format!("{0}/?.lua;{0}/?/init.lua", directory.display());
    package.set("path", path).expect("package.path is set");
    let name = if native { "native" } else { "lua" };
    let getenv = format!(
        "local get, own = os.getenv, {{ RILLE_LIB = {:?}, RILLE_BACKEND = {name:?} }}
         os.getenv = function(name) return own[name] or get(name) end
         rille = require('rille')",
        library().display().to_string()
    );
    lua.load(getenv).exec().expect("rille loads");
    let printed = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&printed);
    let print = move |lua: &Lua, values: MultiValue| {
        let tostring: Function = lua.globals().get("tostring")?;
        let texts: mlua::Result<Vec<String>> =
            values.into_iter().map(|value: Value| tostring.call(value)).collect();
        sink.lock().unwrap().push(texts?.join("\t"));
        Ok(())
    };
    let print = lua.create_function(print).expect("a function");
    lua.globals().set("print", print).expect("a global is set");
    (lua, printed)
}

/// Returns the output of some code, or the message of its error.
fn run((lua, printed): &(Lua, Arc<Mutex<Vec<String>>>), code: &str) -> Result<Vec<String>, String> {
    printed.lock().unwrap().clear();
    lua.load(code).set_name("=example").exec().map_err(|error| error.to_string())?;
    Ok(printed.lock().unwrap().clone())
}

const NEEDS: &str = "needs the native library";

/// Returns whether the fallback prints the same as the library; where it does not, it must report that.
fn answers(name: &str, native: &[String], lua: Result<Vec<String>, String>) -> bool {
    match lua {
        Ok(printed) if printed == native => true,
        Ok(printed) => {
            let says = printed.iter().any(|line| line.contains(NEEDS));
            assert!(says, "{name}: the fallback prints {printed:?}, the library {native:?}");
            false
        }
        Err(message) => {
            assert!(message.contains(NEEDS), "{name}: the fallback fails with {message}");
            false
        }
    }
}

/// Runs all examples on both backends. Returns the availability of each function in the fallback, as a Lua table.
fn availability() -> String {
    let (native, fallback) = (backend(true), backend(false));
    let examples: Vec<Table> =
        native.0.load(root().join("doc/examples.lua")).eval().expect("a list of examples");
    let mut found = BTreeMap::new();
    for example in examples {
        let names: String = example.get(1).expect("names");
        let code: String = example.get(2).expect("code");
        if example.get::<Option<String>>("host").expect("a host or nothing").is_some() {
            // A spec of that host runs it.
            continue;
        }
        let printed = run(&native, &code).unwrap_or_else(|error| panic!("{names}: {error}"));
        let says = code.lines().filter_map(|line| line.split_once("--> "));
        let says: Vec<_> = says.map(|(_, text)| text).collect();
        assert_eq!(printed, says, "{names}");
        let mut has = "none";
        // Only the name of the backend may differ.
        if names == "rille.health" || answers(&names, &printed, run(&fallback, &code)) {
            has = "full";
        }
        let unicode: Option<String> = example.get("unicode").expect("code or nothing");
        if let Some(code) = unicode.filter(|_| has == "full") {
            let printed = run(&native, &code).unwrap_or_else(|error| panic!("{names}: {error}"));
            if !answers(&names, &printed, run(&fallback, &code)) {
                has = "ascii";
            }
        }
        for name in names.split(' ') {
            assert!(found.insert(name.to_owned(), has).is_none(), "{name} has two examples");
        }
    }
    let lines: Vec<_> =
        found.iter().map(|(name, has)| format!("  [\"{name}\"] = \"{has}\",\n")).collect();
    format!(
        "-- Generated by `BLESS=1 cargo test`, which runs doc/examples.lua on both backends; do not edit.\nreturn {{\n{}}}\n",
        lines.concat()
    )
}
