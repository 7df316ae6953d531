//! Compares the walk with a naive one, and tests unusual trees.

mod grep;
// Windows runs no comparison with git, which ignores case there.
#[cfg_attr(windows, allow(dead_code))]
mod ignore;

use crate::job::{self, AnyJob, Job, JobState};
use crate::tree::selection::{self, Crew, Prepared, Visit};
use crate::tree::traverse::traverse;
use crate::tree::walk::{Refused, WalkOptions, walk};
use crate::tree::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

/// Returns a path as results have it: with `/` on every system.
pub(in crate::tree) fn shown(path: &Path) -> String {
    String::from_utf8(selection::bytes(path).into_owned()).unwrap()
}

/// A temporary directory, removed when dropped.
pub(in crate::tree) struct Tree(pub PathBuf);

impl Tree {
    pub fn new() -> Tree {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("rille-walk-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Tree(path)
    }

    pub fn with(files: &[&str]) -> Tree {
        let tree = Tree::new();
        for file in files {
            let path = tree.0.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        tree
    }

    pub fn root(&self) -> &[u8] {
        self.0.to_str().unwrap().as_bytes()
    }

    /// Returns the results of a walk, without the root, and with the messages of errors.
    fn found(&self, options: &WalkOptions<'_>) -> Vec<(String, Kind, String)> {
        let (state, list) = collect(&walk(self.root(), options).unwrap());
        assert_eq!(state, JobState::Done);
        let cut = self.root().len() + 1;
        list.into_iter()
            .map(|(path, kind, message)| (path[cut..].to_owned(), kind, message))
            .collect()
    }

    fn names(&self, options: &WalkOptions<'_>) -> Vec<String> {
        let mut names: Vec<_> = self.found(options).into_iter().map(|(path, ..)| path).collect();
        if !options.sort {
            names.sort();
        }
        names
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(in crate::tree) fn collect(job: &Job<Paths>) -> (JobState, Vec<(String, Kind, String)>) {
    let mut list = Vec::new();
    loop {
        assert!(job.wait(LONG));
        let state = job.poll().state;
        while let Some(paths) = job.take() {
            for entry in paths.entries() {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                list.push((text(paths.path(entry)), entry.kind, text(paths.message(entry))));
            }
        }
        if state != JobState::Running {
            return (state, list);
        }
    }
}

/// Adds the path of everything below a directory that is not a directory itself.
fn naive(directory: &Path, list: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            naive(&entry.path(), list);
        } else {
            list.insert(entry.path());
        }
    }
}

#[test]
fn everything_is_found_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for directory in ["src", "lua", "test"] {
        let root = root.join(directory);
        let mut expected = BTreeSet::new();
        naive(&root, &mut expected);
        let expected: Vec<_> = expected.into_iter().map(|path| shown(&path)).collect();
        for sort in [false, true] {
            let options =
                WalkOptions { hidden: true, no_ignore: true, sort, ..WalkOptions::default() };
            let job = walk(root.to_str().unwrap().as_bytes(), &options).unwrap();
            let (state, mut found) = collect(&job);
            found.sort_by(|a, b| Path::new(&a.0).cmp(Path::new(&b.0)));
            assert_eq!(state, JobState::Done);
            assert_eq!(found.into_iter().map(|(path, ..)| path).collect::<Vec<_>>(), expected);
            assert_eq!(job.poll().done as usize, expected.len());
        }
    }
}

#[test]
fn ignored_and_hidden_files() {
    let tree = Tree::with(&["a.rs", "b.lua", ".hidden", "sub/c.rs", "sub/d.log", "sub/deep/e.rs"]);
    fs::write(tree.0.join(".ignore"), "*.log\n").unwrap();
    let default = WalkOptions::default();
    assert_eq!(tree.names(&default), ["a.rs", "b.lua", "sub/c.rs", "sub/deep/e.rs"]);
    let options = WalkOptions { no_ignore: true, ..default.clone() };
    assert_eq!(tree.names(&options), ["a.rs", "b.lua", "sub/c.rs", "sub/d.log", "sub/deep/e.rs"]);
    let options = WalkOptions { hidden: true, max_depth: 1, ..default.clone() };
    assert_eq!(tree.names(&options), [".hidden", ".ignore", "a.rs", "b.lua"]);
    let options = WalkOptions { globs: vec![b"*.rs", b"!deep"], ..default.clone() };
    assert_eq!(tree.names(&options), ["a.rs", "sub/c.rs"]);
    let options = WalkOptions { types: vec![b"lua"], ..default.clone() };
    assert_eq!(tree.names(&options), ["b.lua"]);
    let options = WalkOptions { types: vec![b"!rust"], ..default.clone() };
    assert_eq!(tree.names(&options), ["b.lua"]);
    let options = WalkOptions { directories: true, sort: true, ..default };
    assert_eq!(
        tree.names(&options),
        ["a.rs", "b.lua", "sub", "sub/c.rs", "sub/deep", "sub/deep/e.rs"]
    );
}

#[test]
fn mistakes_are_reported_at_once() {
    let tree = Tree::with(&["file"]);
    let refused = |root: &[u8], options: &WalkOptions<'_>| walk(root, options).err().unwrap();
    let missing = [tree.root(), b"/nothing"].concat();
    let Refused::Root(message) = refused(&missing, &WalkOptions::default()) else { panic!() };
    assert!(message.ends_with("/nothing: No such file or directory"), "{message}");
    let file = [tree.root(), b"/file"].concat();
    let Refused::Root(message) = refused(&file, &WalkOptions::default()) else { panic!() };
    assert!(message.ends_with("/file: Not a directory"), "{message}");
    assert!(matches!(refused(b"", &WalkOptions::default()), Refused::Root(_)));
    assert!(matches!(refused(b"a\0b", &WalkOptions::default()), Refused::Root(_)));
    let options = WalkOptions { globs: vec![b"*", b"a[", b"*"], ..WalkOptions::default() };
    let Refused::Pattern(message) = refused(tree.root(), &options) else { panic!() };
    assert!(message.starts_with("glob 2 of 3: "), "{message}");
    let options = WalkOptions { types: vec![b"!nonsense"], ..WalkOptions::default() };
    let Refused::Pattern(message) = refused(tree.root(), &options) else { panic!() };
    assert!(message.starts_with("type 1 of 1: unknown type nonsense"), "{message}");
}

#[test]
fn roots_are_shown_as_they_were_passed() {
    let shown = |root: &[u8]| {
        let globs = vec![b"rille.h".as_slice(), b"build.rs"];
        let options = WalkOptions { max_depth: 1, sort: true, globs, ..WalkOptions::default() };
        collect(&walk(root, &options).unwrap()).1[0].0.clone()
    };
    // The working directory of the tests is that of the crate.
    assert_eq!(shown(b"include"), "include/rille.h");
    assert_eq!(shown(b"include/"), "include/rille.h");
    assert_eq!(shown(b"."), "build.rs");
    assert_eq!(shown(b"./include"), "./include/rille.h");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_odd_names() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let tree = Tree::with(&["sub/file", "line\nbreak", " "]);
    symlink("sub", tree.0.join("link")).unwrap();
    symlink("..", tree.0.join("sub/loop")).unwrap();
    symlink("nowhere", tree.0.join("broken")).unwrap();
    std::os::unix::net::UnixListener::bind(tree.0.join("socket")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9");
    fs::write(tree.0.join(name), "").unwrap();
    let mut found = tree.found(&WalkOptions::default());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let kinds: Vec<_> = found.iter().map(|(path, kind, _)| (path.as_str(), *kind)).collect();
    let expected = [
        (" ", Kind::File),
        ("broken", Kind::Link),
        ("caf\u{FFFD}", Kind::File),
        ("line\nbreak", Kind::File),
        ("link", Kind::Link),
        ("socket", Kind::Other),
        ("sub/file", Kind::File),
        ("sub/loop", Kind::Link),
    ];
    assert_eq!(kinds, expected);
    for sort in [false, true] {
        let found = tree.found(&WalkOptions { follow: true, sort, ..WalkOptions::default() });
        let mut errors: Vec<_> = found.iter().filter(|(_, kind, _)| *kind == Kind::Error).collect();
        errors.sort_by(|a, b| a.0.cmp(&b.0));
        let paths: Vec<_> = errors.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(paths, ["broken", "link/loop", "sub/loop"]);
        assert_eq!(errors[0].2, "No such file or directory");
        assert!(errors[1].2.starts_with("link loop: it leads back to "), "{}", errors[1].2);
        assert!(found.iter().any(|(path, ..)| path == "link/file"));
    }
}

#[cfg(unix)]
#[test]
fn unreadable_directories_are_reported_and_passed_over() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::with(&["a/file", "b/file", "c/file"]);
    let closed = tree.0.join("b");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let found = tree.found(&WalkOptions { sort: true, ..WalkOptions::default() });
    let readable = fs::read_dir(&closed).is_ok();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    // As root, every directory can be read.
    if !readable {
        let error = ("b".to_owned(), Kind::Error, "Permission denied".to_owned());
        assert_eq!(found[1], error);
        assert_eq!(found.len(), 3);
    }
}

#[test]
fn a_tree_that_vanishes_ends_only_the_walk() {
    for _ in 0..20 {
        let tree = Tree::new();
        for directory in 0..50 {
            let path = tree.0.join(format!("{directory}/sub"));
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("file"), "").unwrap();
        }
        let job = walk(tree.root(), &WalkOptions::default()).unwrap();
        drop(tree);
        assert_eq!(collect(&job).0, JobState::Done);
    }
}

#[test]
fn the_first_batch_is_small_and_later_ones_grow() {
    let tree = Tree::new();
    for number in 0..1000 {
        fs::write(tree.0.join(number.to_string()), "").unwrap();
    }
    let job = walk(tree.root(), &WalkOptions { sort: true, ..WalkOptions::default() }).unwrap();
    while job.poll().state == JobState::Running {
        std::thread::sleep(Duration::from_millis(1));
    }
    let lens: Vec<_> = std::iter::from_fn(|| job.take()).map(|paths| paths.len()).collect();
    let mut most = 128;
    for len in &lens {
        assert!(*len <= most, "{lens:?}");
        most *= 2;
    }
    assert_eq!(lens.iter().sum::<usize>(), 1000);
}

#[cfg(target_os = "linux")]
#[test]
fn processes_come_and_go_while_they_are_walked() {
    let options = WalkOptions { max_depth: 3, hidden: true, ..WalkOptions::default() };
    let (state, found) = collect(&walk(b"/proc", &options).unwrap());
    assert_eq!(state, JobState::Done);
    assert!(found.len() > 100);
}

#[cfg(unix)]
#[test]
fn cancelling_stops_a_walk() {
    // Each directory leads to the next one in two ways: a complete walk would take hours.
    let tree = Tree::new();
    for depth in 0..32 {
        let directory = tree.0.join(depth.to_string());
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("0"), "").unwrap();
        for name in ["a", "b"] {
            std::os::unix::fs::symlink(format!("../{}", depth + 1), directory.join(name)).unwrap();
        }
    }
    let root = [tree.root(), b"/0"].concat();
    for sort in [false, true] {
        let job =
            walk(&root, &WalkOptions { follow: true, sort, ..WalkOptions::default() }).unwrap();
        let mut found = 0;
        while found < 1000 {
            assert!(job.wait(LONG));
            found += job.take().expect("the walk continues").entries().len();
        }
        job.cancel();
        let until = Instant::now() + LONG;
        while job.poll().state == JobState::Running {
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(job.poll().state, JobState::Cancelled);
    }
}

/// A visitor that panics at its twentieth entry, on the job's own thread or on another one.
struct Mistaken {
    worker: job::Worker<Paths>,
    seen: AtomicU32,
}

impl Crew for Mistaken {
    type Visitor<'c> = MistakenVisitor<'c>;

    fn visitor(&self) -> MistakenVisitor<'_> {
        MistakenVisitor(self)
    }
}

struct MistakenVisitor<'c>(&'c Mistaken);

impl Visit for MistakenVisitor<'_> {
    const SHARES_FILES: bool = true;

    fn see(&mut self, _: &crate::tree::selection::Found<'_>) -> Result<bool, job::JobError> {
        // Long enough for other threads to join.
        std::thread::sleep(Duration::from_micros(100));
        assert!(self.0.seen.fetch_add(1, Ordering::Relaxed) < 20, "on purpose");
        Ok(true)
    }

    fn fail(&mut self, _: &[u8], _: &[u8], _: &str) -> Result<bool, job::JobError> {
        Ok(true)
    }

    fn go_on(&self) -> Result<(), job::JobError> {
        self.0.worker.go_on()
    }

    fn patience(&self) -> Option<Duration> {
        None
    }

    fn flush(&mut self) -> Result<(), job::JobError> {
        Ok(())
    }
}

#[test]
fn a_panic_on_any_thread_is_a_failed_job() {
    let root = env!("CARGO_MANIFEST_DIR").as_bytes();
    for round in 0..20 {
        let options = WalkOptions { sort: round % 4 == 0, ..WalkOptions::default() };
        let prepared = Prepared::new(root, &options).unwrap();
        let job = job::start(move |worker: &job::Worker<Paths>| {
            let tree = prepared.compile(&|| worker.go_on(), &mut |_, _| ())?;
            let crew = Mistaken { worker: worker.clone(), seen: AtomicU32::new(0) };
            traverse(&tree, &Arc::new(crew))
        });
        assert_eq!(collect(&job).0, JobState::Failed);
        assert!(job.failure().unwrap().ends_with("please report it: on purpose"));
    }
}

#[test]
fn batches_are_cut_and_joined() {
    let mut source = Paths::default();
    for number in 0..10 {
        source.push(b"root/", number.to_string().as_bytes(), Kind::File, b"why");
    }
    let mut taken = Paths::default();
    taken.take_from(&mut source, 3).expect("memory");
    taken.take_from(&mut source, 4).expect("memory");
    assert_eq!((taken.len(), source.len()), (7, 3));
    for (number, entry) in taken.entries().iter().enumerate() {
        assert_eq!(taken.path(entry), format!("root/{number}").as_bytes());
        assert_eq!(taken.message(entry), b"why");
    }
    taken.clear();
    taken.take_from(&mut source, 100).expect("memory");
    assert_eq!(taken.len(), 3);
    assert!(source.is_empty());
    assert_eq!(taken.path(&taken.entries()[2]), b"root/9");
    taken.take_from(&mut source, 1).expect("memory");
    assert_eq!(taken.len(), 3);
}
