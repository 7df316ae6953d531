//! The exports of the library: every function passes the boundary, and source, header and binary agree on the
//! names.

use crate::{library, root, testing_library};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::{Expr, FnArg, Item, ItemFn, ReturnType, Stmt, Type};

/// Names that only the feature `testing` exports.
pub const TESTING: [&str; 8] = [
    "rille_test_job",
    "rille_test_job_take",
    "rille_test_panic",
    "rille_test_panic_buffer",
    "rille_test_panic_get",
    "rille_test_panic_regex",
    "rille_test_refuse",
    "rille_test_refused",
];

pub fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a source directory");
    let paths = entries.map(|entry| entry.expect("an entry of a source directory").path());
    let mut files: Vec<PathBuf> = paths
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// Every `extern "C"` function of the crate, with the file that defines it.
pub fn exports() -> Vec<(PathBuf, ItemFn)> {
    let mut exports = Vec::new();
    for path in rust_files(&root().join("src")) {
        let source = fs::read_to_string(&path).expect("a source file");
        for item in syn::parse_file(&source).expect("a source file that parses").items {
            if let Item::Fn(function) = item
                && function.sig.abi.is_some()
            {
                exports.push((path.clone(), function));
            }
        }
    }
    assert!(exports.len() > 10, "the exports are somewhere else than this test looks");
    exports
}

fn names(wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let exports = exports();
    exports
        .iter()
        .map(|(_, function)| function.sig.ident.to_string())
        .filter(|name| wanted(name))
        .collect()
}

/// A thread of the pool may hold the lock of a static when the process forks, and the child would wait for it for ever.
#[test]
fn no_static_has_a_lock_that_a_fork_could_leave_locked() {
    const LOCKS: [&str; 7] =
        ["Mutex<", "RwLock<", "OnceCell<", "OnceLock<", "LazyLock<", "Lazy<", "Once "];
    let mut found = Vec::new();
    for path in rust_files(&root().join("src")) {
        let source = fs::read_to_string(&path).expect("a source file");
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let statics = code.lines().filter(|line| line.trim_start().starts_with("static "));
        let locked = statics.filter(|line| LOCKS.iter().any(|lock| line.contains(lock)));
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        let named = path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("tests"));
        if !is_test && !named {
            found.extend(locked.map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    assert!(found.is_empty(), "use once_cell::race, or a state for each process: {found:#?}");
}

/// Returns the function that a body calls, if the body is one call, bare or in an `unsafe` block.
fn only_call(block: &syn::Block) -> Option<String> {
    let [Stmt::Expr(expression, None)] = block.stmts.as_slice() else { return None };
    match expression {
        Expr::Unsafe(inner) => only_call(&inner.block),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        },
        _ => None,
    }
}

#[test]
fn every_export_is_one_call_of_the_boundary() {
    let capi = root().join("src/capi");
    for (path, function) in exports() {
        let name = &function.sig.ident;
        assert!(path.starts_with(&capi), "{name} is defined outside of src/capi");
        // A getter may prepare a static before its call: nothing else may stand beside the call.
        let mut block = (*function.block).clone();
        block.stmts.retain(|statement| !matches!(statement, Stmt::Item(Item::Static(_))));
        let call = only_call(&block).unwrap_or_default();
        assert!(
            ["boundary", "boundary_at", "boundary_get", "boundary_on"].contains(&call.as_str()),
            "the body of {name} is not one call of the boundary"
        );
        let documented = function.attrs.iter().any(|attribute| attribute.path().is_ident("doc"));
        assert!(documented, "{name} has no documentation");
    }
}

#[test]
fn signatures_keep_to_what_luajit_compiles() {
    for (_, function) in exports() {
        let name = &function.sig.ident;
        assert!(function.sig.inputs.len() <= 7, "{name} has more than seven parameters");
        let mut types: Vec<&Type> = Vec::new();
        for input in &function.sig.inputs {
            let FnArg::Typed(input) = input else { panic!("{name} takes self") };
            types.push(&input.ty);
        }
        if let ReturnType::Type(_, output) = &function.sig.output {
            types.push(output);
        }
        for ty in types {
            let plain = match ty {
                Type::Ptr(_) => true,
                Type::Path(path) => ["u32", "i32", "i64", "usize", "f64"]
                    .iter()
                    .any(|plain| path.path.is_ident(plain)),
                _ => false,
            };
            assert!(
                plain,
                "{name} has a parameter or result that is neither a pointer nor a plain number"
            );
        }
    }
}

/// Names that a shared library defines for others.
fn defined(library: &Path) -> BTreeSet<String> {
    let output =
        Command::new("nm").args(["-D", "--defined-only"]).arg(library).output().expect("nm to run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names in UTF-8");
    text.lines().filter_map(|line| line.split(' ').next_back()).map(str::to_owned).collect()
}

#[test]
fn the_library_exports_what_the_header_declares_and_no_more() {
    let header = fs::read_to_string(root().join("include/rille.h")).expect("the header");
    let declared = names(|name| !TESTING.contains(&name));
    for name in &declared {
        assert!(name.starts_with("rille_"), "{name} lacks the prefix");
        assert!(header.contains(&format!("{name}(")), "{name} is not in the header");
    }
    let in_header: BTreeSet<String> = header
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '('))
        .filter_map(|word| word.split_once('(').map(|(name, _)| name))
        .filter(|name| name.starts_with("rille_") && *name != "rille_abi(")
        .map(str::to_owned)
        .collect();
    assert_eq!(in_header, declared);
    assert_eq!(defined(library()), declared);
}

#[test]
fn the_exports_that_panic_are_in_the_testing_library_only() {
    let mut expected = names(|_| true);
    assert_eq!(defined(testing_library()), expected);
    expected.retain(|name| !TESTING.contains(&name.as_str()));
    assert_eq!(defined(library()), expected);
}

#[test]
fn types_and_constants_of_the_header_have_the_prefix() {
    let header = fs::read_to_string(root().join("include/rille.h")).expect("the header");
    for line in header.lines() {
        let name = if let Some(rest) = line.strip_prefix("typedef ") {
            let declared = rest.split(['{', ';']).next().unwrap_or_default();
            declared.trim_end().rsplit(' ').next().unwrap_or_default()
        } else if let Some(rest) = line.strip_prefix("#define ") {
            rest.split(' ').next().unwrap_or_default()
        } else {
            continue;
        };
        assert!(
            name.starts_with("rille_") || name.starts_with("RILLE_"),
            "{name} lacks the prefix"
        );
    }
}
