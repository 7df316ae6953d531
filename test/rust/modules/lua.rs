//! The Lua modules, and which of them require which others.
//!
//! A `require` or `lazy.load` of a literal name is a dependency wherever it stands.

use super::graph::Graph;
use std::fs;
use std::path::{Path, PathBuf};

/// The functions that load a module.
const LOADERS: [&str; 3] = ["require", "load", "try"];

/// Reads the modules below a directory of `package.path`.
pub fn graph(root: &Path) -> Graph {
    let mut graph = Graph::default();
    for file in files(root) {
        let from = name_of(file.strip_prefix(root).expect("a file below the directory"));
        let text = fs::read_to_string(&file).expect("a Lua file");
        for (number, line) in text.lines().enumerate() {
            for to in required(line) {
                graph.add(&from, to, &format!("line {}", number + 1));
            }
        }
    }
    graph
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory of modules") {
        let path = entry.expect("an entry of the directory").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            found.push(path);
        }
    }
    found
}

/// Returns the name of the module in a file.
fn name_of(file: &Path) -> String {
    let name = file.with_extension("").to_string_lossy().replace(['/', '\\'], ".");
    name.strip_suffix(".init").unwrap_or(&name).to_owned()
}

/// Returns the modules that a line of code requires by a literal name.
fn required(line: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let quotes: Vec<&str> = line.split('"').collect();
    for pair in quotes.windows(2).step_by(2) {
        let before = pair[0].trim_end_matches(['(', ' ', ',']);
        let loads = LOADERS.iter().any(|loader| before.ends_with(loader));
        if loads && !pair[0].trim_start().starts_with("--") && pair[1].starts_with("rille") {
            names.push(pair[1]);
        }
    }
    names
}
