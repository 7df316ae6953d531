//! Compares ignore rules with git, and tests ignore files that are not files or have faults.
//!
//! `RILLE_SEED` repeats a run, `RILLE_REPOSITORIES` sets the number of repositories.

use crate::emulated::cases;
use crate::tree::selection::{COMPILED, Prepared};
use crate::tree::tests::{Tree, collect, shown};
use crate::tree::walk::{WalkOptions, walk};
use crate::tree::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn names(tree: &Tree, options: &WalkOptions<'_>) -> Vec<String> {
    let cut = tree.root().len() + 1;
    let found = collect(&walk(tree.root(), options).unwrap()).1;
    let files = found.into_iter().filter(|(_, kind, _)| *kind != Kind::Error);
    let mut names: Vec<_> = files.map(|(path, ..)| path[cut..].to_owned()).collect();
    names.sort();
    names
}

fn errors(tree: &Tree, options: &WalkOptions<'_>) -> Vec<(String, String)> {
    let found = collect(&walk(tree.root(), options).unwrap()).1;
    let errors = found.into_iter().filter(|(_, kind, _)| *kind == Kind::Error);
    let mut errors: Vec<_> = errors.map(|(path, _, message)| (path, message)).collect();
    errors.sort();
    errors
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    fn pick<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.below(list.len())]
    }
}

const NAMES: &[&str] =
    &["a", "b", "ab", "a.o", "b.log", "{a,b}", ".h", "build", "x y", "a]", "é", "a-b", "1"];
const PARTS: &[&str] = &[
    "a",
    "b",
    "ab",
    "*",
    "?",
    "*.o",
    "*.log",
    "b*",
    "[ab]",
    "[!a]",
    "[[:alpha:]]",
    "[[:digit:]]*",
    "{a,b}",
    "build",
    ".h",
    "x\\ y",
    "a[]]",
    "a[\\]]",
    "\\a",
    "[a",
    "[a-",
    "é",
    "a?b",
    "[z-a]",
    "*a*",
    "a\\",
    "??",
    "[^b]*",
    "x y ",
    "***",
];

fn pattern(random: &mut Random) -> String {
    let mut text = random.pick(&["", "", "", "!", "\\!", "#"]).to_owned();
    text += random.pick(&["", "", "/", "**/", "//"]);
    text += random.pick(PARTS);
    for _ in 0..random.below(3) {
        text += random.pick(&["/", "/", "/**/", "//"]);
        text += random.pick(PARTS);
    }
    text + random.pick(&["", "", "/", "/**", "**//", " ", "\\ ", "\t"])
}

fn patterns(random: &mut Random) -> String {
    let mut text = random.pick(&["", "", "\u{FEFF}"]).to_owned();
    for _ in 0..=random.below(6) {
        let pattern = pattern(random);
        // Git reads `**` directly after a name as any number of directories, unlike its manual.
        let bytes = pattern.as_bytes();
        let quirk = pattern.match_indices("**").any(|(at, _)| at > 0 && bytes[at - 1] != b'/');
        if !quirk {
            text += &pattern;
            text += random.pick(&["\n", "\n", "\r\n"]);
        }
    }
    text
}

/// Returns the number of random trees to try.
fn repositories() -> u64 {
    variable("RILLE_REPOSITORIES").unwrap_or(cases(200).into())
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// Makes a directory a repository.
fn make_repository(directory: &Path) {
    for part in ["objects", "refs", "info"] {
        fs::create_dir_all(directory.join(".git").join(part)).unwrap();
    }
    fs::write(directory.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
}

/// Directories below one, with files in them.
fn fill(random: &mut Random, top: &Path) -> Vec<PathBuf> {
    let mut directories = vec![top.to_owned()];
    for _ in 0..random.below(8) {
        let directory = directories[random.below(directories.len())].join(random.pick(NAMES));
        if !directory.exists() {
            fs::create_dir(&directory).unwrap();
            directories.push(directory);
        }
    }
    for directory in &directories {
        for _ in 0..random.below(6) {
            let file = directory.join(random.pick(NAMES));
            if fs::symlink_metadata(&file).is_ok() {
                continue;
            }
            // Git lists a link as a file, whatever it leads to.
            #[cfg(unix)]
            if random.below(4) == 0 {
                let target = random.pick(&[".", "..", "a", "build", "b.log", "none", "/dev/null"]);
                std::os::unix::fs::symlink(target, file).unwrap();
                continue;
            }
            fs::write(file, "").unwrap();
        }
    }
    directories
}

/// The files of a repository that git does not ignore, in repositories below it as well.
fn listed(repository: &Path) -> BTreeSet<String> {
    let git = Command::new("git")
        .args(["ls-files", "-coz", "--exclude-standard"])
        .current_dir(repository)
        .output()
        .expect("git");
    assert!(git.status.success(), "{git:?}");
    let text = String::from_utf8(git.stdout).unwrap();
    let mut files = BTreeSet::new();
    for path in text.split('\0').filter(|path| !path.is_empty()) {
        match path.strip_suffix('/') {
            Some(inner) => files
                .extend(listed(&repository.join(inner)).iter().map(|file| format!("{path}{file}"))),
            None => _ = files.insert(path.to_owned()),
        }
    }
    files
}

fn seeded() -> Random {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = variable("RILLE_SEED").unwrap_or(clock.as_nanos() as u64 | 1);
    println!("RILLE_SEED={seed}");
    Random(seed | 1)
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|name| name.starts_with('.'))
}

#[cfg(unix)]
#[test]
fn random_repositories_are_walked_as_git_lists_them() {
    let mut random = seeded();
    for number in 0..repositories() {
        let tree = Tree::new();
        make_repository(&tree.0);
        let mut lists = String::new();
        for (at, directory) in fill(&mut random, &tree.0).iter().enumerate() {
            if random.below(2) == 0 {
                let text = patterns(&mut random);
                lists += &format!("{}: {text:?}\n", directory.display());
                fs::write(directory.join(".gitignore"), text).unwrap();
            }
            // A repository within, to which the rules outside of it do not apply.
            if at > 0 && random.below(8) == 0 {
                lists += &format!("{} is a repository\n", directory.display());
                make_repository(directory);
            }
        }
        let text = patterns(&mut random);
        lists += &format!("exclude: {text:?}\n");
        fs::write(tree.0.join(".git/info/exclude"), text).unwrap();
        let options = WalkOptions { hidden: true, sort: number % 2 == 0, ..WalkOptions::default() };
        let mut ours: BTreeSet<_> = names(&tree, &options).into_iter().collect();
        ours.retain(|path| !path.split('/').any(|name| name == ".git"));
        let theirs = listed(&tree.0);
        let differs: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(differs.is_empty(), "repository {number}: {differs:?}\n{lists}");
        // Without hidden files there are the same others.
        let seen = names(&tree, &WalkOptions { hidden: false, ..options });
        let seen: BTreeSet<_> = seen.into_iter().filter(|path| !is_hidden(path)).collect();
        ours.retain(|path| !is_hidden(path));
        assert_eq!(seen, ours, "repository {number}, without hidden files\n{lists}");
    }
}

/// Repeats the test above in a process whose user has a global ignore file.
#[cfg(unix)]
#[test]
fn random_repositories_are_walked_as_git_lists_them_with_a_list_of_the_user() {
    let mut random = seeded();
    for _ in 0..4 {
        let home = Tree::new();
        let (list, settings) = (home.0.join("list"), home.0.join("settings"));
        let text = patterns(&mut random);
        fs::write(&list, &text).unwrap();
        fs::write(&settings, format!("[core]\n\texcludesFile = {}\n", shown(&list))).unwrap();
        let test = "tree::tests::ignore::random_repositories_are_walked_as_git_lists_them";
        let program = crate::emulated::this_program();
        let output = Command::new(&program[0])
            .args(&program[1..])
            .args(["--exact", test])
            .env("GIT_CONFIG_GLOBAL", &settings)
            .env("RILLE_REPOSITORIES", "25")
            .env("RILLE_SEED", (random.below(usize::MAX) | 1).to_string())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{text:?}: {printed}");
    }
}

#[cfg(unix)]
#[test]
fn lines_of_an_ignore_file_count_as_if_they_came_last_in_gitignore() {
    let mut random = seeded();
    for number in 0..repositories() / 4 {
        let tree = Tree::new();
        make_repository(&tree.0);
        fill(&mut random, &tree.0);
        let (first, last) = (patterns(&mut random), patterns(&mut random));
        let last = last.trim_start_matches('\u{FEFF}');
        fs::write(tree.0.join(".gitignore"), &first).unwrap();
        fs::write(tree.0.join(".ignore"), last).unwrap();
        let options = WalkOptions { hidden: true, ..WalkOptions::default() };
        let mut ours: BTreeSet<_> = names(&tree, &options).into_iter().collect();
        ours.retain(|path| !path.starts_with(".git/"));
        fs::write(tree.0.join(".gitignore"), format!("{first}\n{last}")).unwrap();
        let theirs = listed(&tree.0);
        let differs: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(differs.is_empty(), "repository {number}: {differs:?}\n{first:?}\n{last:?}");
    }
}

/// Whether a name matches a pattern of chars, `?` and `*`.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (Some((b'*', rest)), _) => {
            matches(rest, name) || !name.is_empty() && matches(pattern, &name[1..])
        }
        (Some((wanted, pattern)), Some((byte, name))) => {
            (*wanted == b'?' || wanted == byte) && matches(pattern, name)
        }
        (None, None) => true,
        _ => false,
    }
}

/// What the last of several patterns that matches a path says: whether it has a `!`.
fn last_match(patterns: &[&str], path: &str) -> Option<bool> {
    let is_match = |pattern: &str| {
        if !pattern.contains('/') {
            return matches(pattern.as_bytes(), path.rsplit('/').next().unwrap().as_bytes());
        }
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (Some(part), Some(name)) if matches(part.as_bytes(), name.as_bytes()) => {}
                (None, None) => return true,
                _ => return false,
            }
        }
    };
    let found = patterns.iter().rev().find(|text| is_match(text.trim_start_matches('!')));
    found.map(|text| text.starts_with('!'))
}

/// Whether ripgrep's manual says that an entry is searched, given that its directory is: globs come before anything else,
/// then ignore files, then types, and what is hidden is left out unless one of these asks for it.
fn is_wanted(
    path: &str,
    is_directory: bool,
    hidden: bool,
    globs: &[&str],
    ignored: &[&str],
    types: &[&str],
) -> bool {
    match last_match(globs, path) {
        Some(excluded) => return !excluded,
        None if !is_directory && globs.iter().any(|glob| !glob.starts_with('!')) => return false,
        None => {}
    }
    let by_list = last_match(ignored, path);
    if by_list == Some(false) {
        return false;
    }
    let mut is_asked_for = by_list.is_some();
    if !is_directory && !types.is_empty() {
        let has_type = |name: &str| path.ends_with(&format!(".{name}"));
        let last = types.iter().rev().find(|name| has_type(name.trim_start_matches('!')));
        match last {
            Some(name) if name.starts_with('!') => return false,
            Some(_) => is_asked_for = true,
            None if types.iter().any(|name| !name.starts_with('!')) => return false,
            None => {}
        }
    }
    is_asked_for || hidden || !path.rsplit('/').next().unwrap().starts_with('.')
}

#[test]
fn globs_types_and_hidden_files_are_those_of_the_manual() {
    const FILES: &[&str] =
        &["a.lua", "b.lua", "a.c", "b.c", ".h.lua", ".h", "ab", "a.py", "c.lua", "x.txt"];
    const DIRECTORIES: &[&str] = &["a", "ab", ".d", "b"];
    const PATTERNS: &[&str] = &[
        "*.lua", "*.c", "a", "a*", ".*", "?b", "/a", "a/*", "a/b", "b/*.c", "/*.lua", "*",
        "ab/*/*", ".h", ".d", "*.txt",
    ];
    // Each of them has files of the one extension that there are here.
    const TYPES: &[&str] = &["lua", "py", "txt"];
    let mut random = seeded();
    for number in 0..repositories() {
        let tree = Tree::new();
        let mut all = Vec::new();
        let mut directories = vec![String::new()];
        for _ in 0..random.below(6) {
            let above = &directories[random.below(directories.len())];
            let directory = format!("{above}{}/", random.pick(DIRECTORIES));
            if !directories.contains(&directory) {
                fs::create_dir(tree.0.join(&directory)).unwrap();
                directories.push(directory);
            }
        }
        for directory in &directories {
            for _ in 0..1 + random.below(5) {
                let file = format!("{directory}{}", random.pick(FILES));
                if !tree.0.join(&file).exists() {
                    fs::write(tree.0.join(&file), "").unwrap();
                    all.push(file);
                }
            }
        }
        let mut list = |most: usize, from: &[&str]| -> Vec<String> {
            let count = random.below(most);
            let mut one = || random.pick(&["", "", "!"]).to_owned() + random.pick(from);
            (0..count).map(|_| one()).collect()
        };
        let (globs, ignored, types) = (list(4, PATTERNS), list(4, PATTERNS), list(3, TYPES));
        fn texts(list: &[String]) -> Vec<&str> {
            list.iter().map(String::as_str).collect()
        }
        let (globs, ignored, types) = (texts(&globs), texts(&ignored), texts(&types));
        fs::write(tree.0.join(".ignore"), ignored.join("\n")).unwrap();
        all.push(".ignore".to_owned());
        let hidden = random.below(2) == 0;
        let options = WalkOptions {
            hidden,
            globs: globs.iter().map(|glob| glob.as_bytes()).collect(),
            types: types.iter().map(|name| name.as_bytes()).collect(),
            ..WalkOptions::default()
        };
        let mut expected: Vec<String> = all
            .into_iter()
            .filter(|file| {
                let above = file.match_indices('/').map(|(at, _)| (&file[..at], true));
                above
                    .chain([(&file[..], false)])
                    .all(|(path, is)| is_wanted(path, is, hidden, &globs, &ignored, &types))
            })
            .collect();
        expected.sort();
        let case = format!("{number}: hidden {hidden}, {globs:?}, {ignored:?}, {types:?}");
        assert_eq!(names(&tree, &options), expected, "{case}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_by_the_name_of_an_ignore_file_is_not_read() {
    let pipe = |path: &std::path::Path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let tree = Tree::with(&["root/a", "root/deep/b", "root/.git/info/x", ".git/x"]);
    for directory in ["", "root", "root/deep"] {
        pipe(&tree.0.join(directory).join(".gitignore"));
        pipe(&tree.0.join(directory).join(".ignore"));
    }
    pipe(&tree.0.join("root/.git/info/exclude"));
    let root = [tree.root(), b"/root"].concat();
    for sort in [false, true] {
        let options = WalkOptions { sort, ..WalkOptions::default() };
        let (state, mut found) = collect(&walk(&root, &options).unwrap());
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let kinds: Vec<_> = found.iter().map(|(path, kind, _)| (path.as_str(), *kind)).collect();
        let path = |rest: &str| format!("{}/{rest}", String::from_utf8_lossy(&root));
        assert_eq!(state, crate::job::JobState::Done);
        assert_eq!(kinds, [(&*path("a"), Kind::File), (&*path("deep/b"), Kind::File)]);
    }
}

#[test]
fn faults_of_ignore_files_are_reported_with_real_paths_and_lines() {
    let tree = Tree::with(&["sub/x", "sub/y", ".git/x"]);
    fs::write(tree.0.join(".gitignore"), "ok\n[a\n").unwrap();
    fs::write(tree.0.join("sub/.gitignore"), b"caf\xE9\n\\\nx\n[[:no:]]\n").unwrap();
    let path = |name: &str| shown(&tree.0.join(name));
    let own = [
        (path("sub/.gitignore"), "line 2: nothing follows the last backslash: \\".to_owned()),
        (path("sub/.gitignore"), "line 4: unknown class [:no:]: [[:no:]]".to_owned()),
    ];
    let parent = (path(".gitignore"), "line 2: [ without ]: [a".to_owned());
    assert_eq!(
        errors(&tree, &WalkOptions::default())[..],
        [vec![parent.clone()], own.to_vec()].concat()
    );
    // The invalid byte affects no other rule.
    assert_eq!(names(&tree, &WalkOptions::default()), ["sub/y"]);
    let sub = [tree.root(), b"/sub"].concat();
    let found = collect(&walk(&sub, &WalkOptions::default()).unwrap()).1;
    assert!(found.iter().any(|(path, _, message)| (path, message) == (&parent.0, &parent.1)));
}

#[cfg(unix)]
#[test]
fn rules_match_names_that_are_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::with(&["keep", ".git/x"]);
    fs::write(tree.0.join(std::ffi::OsStr::from_bytes(b"caf\xE9")), "").unwrap();
    fs::write(tree.0.join(".gitignore"), b"caf\xE9\n").unwrap();
    assert_eq!(names(&tree, &WalkOptions::default()), ["keep"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_to_the_root_says_so() {
    let tree = Tree::with(&["sub/file"]);
    std::os::unix::fs::symlink("..", tree.0.join("sub/loop")).unwrap();
    let found = errors(&tree, &WalkOptions { follow: true, ..WalkOptions::default() });
    let root = tree.0.to_str().unwrap();
    assert_eq!(
        found,
        [(format!("{root}/sub/loop"), format!("link loop: it leads back to {root}"))]
    );
}

#[test]
fn nothing_is_compiled_on_the_hosts_thread() {
    let tree = Tree::with(&["a.rs", "b.lua"]);
    let options = WalkOptions {
        globs: vec![b"*.rs"],
        types: vec![b"rust"],
        sort: true,
        ..WalkOptions::default()
    };
    let before = COMPILED.get();
    assert_eq!(names(&tree, &options), ["a.rs"]);
    assert_eq!(COMPILED.get(), before);
    Prepared::new(tree.root(), &options).unwrap().compile(&|| Ok(()), &mut |_, _| ()).unwrap();
    assert_eq!(COMPILED.get(), before + 1);
}
