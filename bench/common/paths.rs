//! Collects the paths for the benches of fuzzy matching: real paths of this machine.
//!
//! Every file of the system and of the toolchain, as its absolute path, in the order of a walk; then the same files again
//! under made-up projects, until there are enough. All are distinct.

use ignore::WalkBuilder;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Words for the names of projects.
const NAMES: [&str; 24] = [
    "apollo",
    "borealis",
    "cascade",
    "driftwood",
    "ember",
    "falcon",
    "granite",
    "harbor",
    "ivory",
    "juniper",
    "kestrel",
    "lantern",
    "meridian",
    "nimbus",
    "orchard",
    "pioneer",
    "quarry",
    "raven",
    "summit",
    "tundra",
    "umbra",
    "vertex",
    "willow",
    "zephyr",
];

/// Directories for third-party code in projects.
const DIRECTORIES: [&str; 5] = ["vendor", "third_party", "packages", "deps", "external/src"];

/// Calls `give` with `count` paths, one after another.
pub fn each(count: usize, mut give: impl FnMut(&[u8])) {
    let home = |name: &str, directory: &str| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        std::env::var_os(name).map_or_else(|| home.join(directory), PathBuf::from)
    };
    let registry = home("CARGO_HOME", ".cargo").join("registry/src");
    let toolchain = home("RUSTUP_HOME", ".rustup");
    let roots = [registry, "/usr".into(), "/etc".into(), "/var/lib".into(), toolchain];
    let mut files: Vec<(usize, Vec<u8>)> = Vec::new();
    for root in roots {
        let mut walk = WalkBuilder::new(&root);
        walk.standard_filters(false).sort_by_file_name(|a, b| a.cmp(b));
        let cut = root.as_os_str().len() + 1;
        for entry in walk.build().flatten() {
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                files.push((cut, entry.path().as_os_str().as_bytes().to_vec()));
            }
        }
    }
    assert!(files.len() > 10_000, "a system with more files than {} is wanted", files.len());
    let mut left = count;
    for (_, path) in files.iter().take(left) {
        give(path);
    }
    left = left.saturating_sub(files.len());
    let mut path = Vec::new();
    for copy in 0.. {
        let (name, directory) = (NAMES[copy % NAMES.len()], DIRECTORIES[copy % DIRECTORIES.len()]);
        let round = copy / NAMES.len();
        let project = if round == 0 {
            format!("{name}/{directory}/")
        } else {
            format!("{name}-{round}/{directory}/")
        };
        for (cut, file) in files.iter().take(left) {
            path.clear();
            path.extend_from_slice(project.as_bytes());
            path.extend_from_slice(&file[*cut..]);
            give(&path);
        }
        left = left.saturating_sub(files.len());
        if left == 0 {
            return;
        }
    }
}

/// Returns `count` paths.
pub fn paths(count: usize) -> Vec<Vec<u8>> {
    let mut paths = Vec::with_capacity(count);
    each(count, |path| paths.push(path.to_vec()));
    paths
}
