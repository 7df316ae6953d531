//! The best of real paths, by sessions and by brute force.

use super::Row;
use super::plain;
use super::query::Query;
use super::score::{Scheme, Scorer};
use super::session::{Options, Session};
use ignore::WalkBuilder;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Paths of each test.
const COUNT: usize = 24_000;

/// Files of the registry, of the toolchain and of the system, a part of each, and those again in another place until there
/// are enough.
fn paths() -> Vec<Vec<u8>> {
    let home = |name: &str, folder: &str| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from)
    };
    let registry = home("CARGO_HOME", ".cargo").join("registry/src");
    let roots = [registry, home("RUSTUP_HOME", ".rustup"), "/usr".into()];
    let mut paths = Vec::new();
    for (number, root) in roots.iter().enumerate() {
        let mut walk = WalkBuilder::new(root);
        walk.standard_filters(false).sort_by_file_name(|a, b| a.cmp(b));
        let files = walk.build().flatten();
        let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let cut = if number == 1 { root.as_os_str().len() + 1 } else { 0 };
        let path = |entry: ignore::DirEntry| entry.path().as_os_str().as_bytes()[cut..].to_vec();
        paths.extend(files.take(COUNT / roots.len()).map(path));
    }
    let found = paths.len();
    assert!(found > 1000, "only {found} files");
    for at in 0..COUNT.saturating_sub(found) {
        let again = [format!("again {}/", at / found).as_bytes(), &paths[at]].concat();
        paths.push(again);
    }
    paths
}

#[test]
fn the_best_of_real_paths() {
    let paths = paths();
    let queries = [
        "s",
        "rs",
        "lib",
        "main",
        "init",
        "mtchr",
        "config",
        "README",
        "usrlibpy",
        "src/lib.rs",
        "zqxjkv",
        "tests mod .rs$",
        "lib !test",
        "'mod .rs$",
        "mod .h$ | .rs$",
        "^/usr",
        "a\\ b",
    ];
    for scheme in [Scheme::Default, Scheme::Path] {
        for threads in [1, 0] {
            let options = Options { scheme, threads, ..Options::default() };
            let session = Session::new(options.clone());
            session.push(paths.iter().map(|path| &path[..]));
            let mut scorer = Scorer::new(scheme);
            for (at, text) in queries.iter().enumerate() {
                // Half of the queries for each number of threads, as brute force takes its time.
                if at % 2 != usize::from(threads == 0) {
                    continue;
                }
                let query = Query::new(text.as_bytes(), options.query);
                let all = plain::rank(&mut scorer, &query, paths.iter().map(|path| &path[..]));
                for limit in [1, 100, 3000] {
                    session.forget();
                    let found = session.query(text.as_bytes(), limit);
                    assert_eq!((found.total, found.searched), (all.len(), paths.len()), "{text}");
                    let best = all.iter().take(limit);
                    let best = best.map(|row| Row { index: row.index, score: row.score });
                    assert!(found.rows.iter().copied().eq(best), "{text}, the best {limit}");
                }
            }
        }
    }
}
