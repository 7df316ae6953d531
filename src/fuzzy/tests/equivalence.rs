//! Compares sessions with brute force: on small alphabets, where every case of the model is frequent, and on the paths of
//! this machine.
//!
//! Each test prints its seed. `RILLE_SEED` repeats a run, `RILLE_FUZZY_QUERIES` sets the number of queries,
//! `RILLE_FUZZY_ITEMS` sets the maximum number of real paths in a session.

use crate::emulated::ONE_IN;
use crate::fuzzy::Row;
use crate::fuzzy::SessionOptions;
use crate::fuzzy::fzf::brute_force;
use crate::fuzzy::fzf::query::{self, Case, Query};
use crate::fuzzy::fzf::score::{Scheme, Scorer, TYPO};
use crate::fuzzy::session::Session;
use std::time::{SystemTime, UNIX_EPOCH};

/// A random number generator: splitmix64.
pub(in crate::fuzzy) struct Random(u64);

impl Random {
    /// Creates a generator, and prints its seed with the name of the test.
    fn new(test: &str) -> Random {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed = variable("RILLE_SEED").unwrap_or_else(now);
        println!("{test}: RILLE_SEED={seed}");
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns true in `share` of a hundred cases.
    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        (1..list.len()).for_each(|at| list.swap(at, self.below(at + 1)));
    }
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}={value} is not a number")))
}

const SCHEMES: [Scheme; 3] = [Scheme::Default, Scheme::Path, Scheme::History];

fn options(random: &mut Random) -> SessionOptions {
    let case = random.pick(&[Case::Smart, Case::Smart, Case::Ignore, Case::Respect]);
    let query = query::QueryOptions { case, normalize: random.percent(20), typos: 0 };
    let (scheme, threads) = (random.pick(&SCHEMES), 1 + random.below(8));
    SessionOptions { query, scheme, threads, ..SessionOptions::default() }
}

/// Sessions over the same items with different numbers of threads, and the results of brute force.
struct Compared {
    items: Vec<Vec<u8>>,
    /// Number of items pushed into the sessions.
    pushed: usize,
    sessions: Vec<Session>,
    options: SessionOptions,
    scorer: Scorer,
    /// Number of session queries compared.
    queries: usize,
}

impl Compared {
    fn new(items: Vec<Vec<u8>>, options: SessionOptions, sessions: usize) -> Compared {
        let with = |number: usize| {
            let threads = 1 + (options.threads - 1 + 3 * number) % 8;
            Session::new(SessionOptions { threads, ..options.clone() })
        };
        let sessions = (0..sessions).map(with).collect();
        let scorer = Scorer::new(options.scheme);
        Compared { items, pushed: 0, sessions, options, scorer, queries: 0 }
    }

    fn push(&mut self, upto: usize) {
        let upto = upto.clamp(self.pushed, self.items.len());
        let more = &self.items[self.pushed..upto];
        for session in &self.sessions {
            session.push(more.iter().map(|item| &item[..]));
        }
        self.pushed = upto;
    }

    /// Compares one query in each session, with several limits.
    fn compare(&mut self, text: &[u8], limits: &[usize]) {
        let query = Query::new(text, self.options.query);
        let items = self.items[..self.pushed].iter().map(|item| &item[..]);
        let all = brute_force::rank(&mut self.scorer, &query, items);
        let score = |score| if query.orders() { score } else { 0 };
        for (at, &limit) in limits.iter().enumerate() {
            let session = &self.sessions[at % self.sessions.len()];
            let found = session.query(text, limit);
            self.queries += 1;
            let best = all.iter().take(limit);
            let best = best.map(|row| Row { index: row.index, score: score(row.score) });
            let (counts, expected) = ((found.total, found.searched), (all.len(), self.pushed));
            let differs = found.rows.iter().copied().zip(best.clone()).position(|(a, b)| a != b);
            if counts == expected && differs.is_none() && found.rows.len() == best.len() {
                continue;
            }
            let shown = |row: Option<Row>| {
                let text = |row: Row| String::from_utf8_lossy(&self.items[row.index as usize]);
                row.map(|row| format!("{} {:?}", row.score, text(row)))
            };
            let at = differs.unwrap_or(found.rows.len().min(best.len()));
            panic!(
                "{:?}, limit {limit}, {:?}: {counts:?}, expected {expected:?}; row {at}: {:?}, expected {:?}",
                String::from_utf8_lossy(text),
                session.options(),
                shown(found.rows.get(at).copied()),
                shown(best.clone().nth(at))
            );
        }
    }
}

/// Returns a term of a few characters of `alphabet`, or a part of an item.
fn dense_term(random: &mut Random, alphabet: &[&str], item: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    if random.percent(40) && !item.is_empty() {
        let from = random.below(item.len());
        let len = 1 + random.below(6);
        text.extend(&item[from..item.len().min(from + len)]);
    } else {
        for _ in 0..1 + random.below(5) {
            text.extend(random.pick(alphabet).as_bytes());
        }
    }
    operators(random, &escaped(&text))
}

fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in text {
        if byte == b' ' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// Puts operators of the query language around a term, or most of the time none.
fn operators(random: &mut Random, text: &[u8]) -> Vec<u8> {
    let (before, after) = match random.below(100) {
        0..60 => ("", ""),
        60..70 => ("'", ""),
        70..78 => ("", "$"),
        78..86 => ("^", ""),
        86..89 => ("'", "'"),
        89..91 => ("^", "$"),
        91..95 => ("!", ""),
        95..97 => ("!^", ""),
        _ => ("!", "$"),
    };
    [before.as_bytes(), text, after.as_bytes()].concat()
}

/// Items of few different characters, so that every case of the model is frequent: several directories with the same
/// names, white space at both ends, items that begin as the terms do.
#[test]
fn dense_items_are_ranked_as_by_brute_force() {
    let mut random = Random::new("dense");
    let alphabets: [&[&str]; 7] = [
        &["a", "b", "/", "_"],
        &["B", "c", "/", "_", "1"],
        &["i", "l", "b", "/", " ", "s", "r"],
        &["a", "A", "/", ".", " "],
        &["a", "b", "/", ",", "-", "\t"],
        &["a", "b", "/", ":"],
        &["a", "é", "e", "\u{301}", "/", "ab/"],
    ];
    let wanted = variable("RILLE_FUZZY_QUERIES").map_or(60 * 24 / ONE_IN, |count| count as usize);
    let mut queries = 0;
    while queries < wanted {
        let alphabet = random.pick(&alphabets);
        let (count, longest) = (60 + random.below(340), 3 + random.below(18));
        let mut items: Vec<Vec<u8>> = Vec::new();
        for at in 0..count {
            let mut item = Vec::new();
            // The directory of the last item, or of another one.
            if at > 0 && random.percent(60) {
                let other = &items[if random.percent(70) { at - 1 } else { random.below(at) }];
                item.extend(&other[..memchr::memrchr(b'/', other).map_or(0, |at| at + 1)]);
            }
            let len = random.below(longest);
            (0..len).for_each(|_| item.extend(random.pick(alphabet).as_bytes()));
            items.push(item);
            // Many of one kind, so that some can be skipped.
            if random.percent(3) {
                let item = items[at].clone();
                items.extend(std::iter::repeat_n(item, 40));
            }
        }
        random.shuffle(&mut items[count / 2..]);
        let options = options(&mut random);
        let mut compared = Compared::new(items, options, 2);
        for _ in 0..6 {
            let more = random.below(compared.items.len());
            compared.push(if random.percent(20) { usize::MAX } else { compared.pushed + more });
            let mut text = Vec::new();
            for number in 0..1 + random.below(2) {
                if number > 0 {
                    text.extend(if random.percent(15) { b" | ".as_slice() } else { b" " });
                }
                let item = compared.items[random.below(compared.items.len())].clone();
                text.extend(dense_term(&mut random, alphabet, &item));
            }
            let limits =
                [1, 2, 7, 50].map(|limit| if random.percent(5) { limit + 1 } else { limit });
            compared.compare(&text, &limits);
            // One character less, and the same query again.
            if random.percent(30) {
                compared.compare(&text[..text.len() - 1], &limits[..1]);
                compared.compare(&text, &limits[1..2]);
            }
        }
        queries += compared.queries;
    }
    println!("dense: {queries} queries");
}

fn compare_all(items: Vec<String>, scheme: Scheme, case: Case, queries: &[&str]) {
    let items = items.into_iter().map(String::into_bytes).collect();
    let query = query::QueryOptions { case, ..query::QueryOptions::default() };
    let options = SessionOptions { query, scheme, threads: 1, ..SessionOptions::default() };
    let mut compared = Compared::new(items, options, 1);
    compared.push(usize::MAX);
    for text in queries {
        for limit in [1, 2, 5, 6, 7, 50, 200] {
            compared.sessions[0].forget();
            compared.compare(text.as_bytes(), &[limit]);
        }
    }
}

/// Two runs of one directory within a word of items: the bound of the first run's names was used for the second run too.
#[test]
fn a_run_is_not_judged_by_another_run_of_its_directory() {
    let runs = ["/lib/os/xt/a.md", "/lib/os/xt/sub/README", "/lib/os/xt/list.py"];
    for scheme in SCHEMES {
        let items = (1001..=1100).map(|n| format!("/project/number{n}/list.py"));
        let fillers = (0..28).map(|n| format!("/home/n{n}/x"));
        let items = items.chain(fillers).chain(runs.map(str::to_owned));
        compare_all(items.collect(), scheme, Case::Smart, &["list.", "lis", "os list.", "listpy"]);
    }
}

/// Items stored without a directory recorded only their first two bytes, so that they counted as items in which no
/// component begins as the term does.
#[test]
fn an_item_stored_whole_is_judged_by_all_its_components() {
    for scheme in SCHEMES {
        let items = (0..100).map(|n| format!("/project/number{n}/list.py"));
        let others = (0..4900).map(|n| format!("/directory{n}/README"));
        let whole = ["/src/list.py", "/list/src.py", "/a/list/b.py"].map(str::to_owned);
        let items = items.chain(others).chain(whole);
        compare_all(items.collect(), scheme, Case::Smart, &["list.", "list", "lispy"]);
    }
}

/// The first character is at the beginning of an item, where its bonus is highest, and the rest after a delimiter: more
/// than the bound of items in which no component begins as the term does.
#[test]
fn a_match_at_the_start_outweighs_the_gap_after_it() {
    let few = |item: &str| std::iter::repeat_n(item.to_owned(), 40);
    for scheme in SCHEMES {
        let items = few(" i/liblibs s s ").chain(["i/liblibrl".to_owned()]).collect();
        compare_all(items, scheme, Case::Smart, &["iliblib", "il", "ilib"]);
        let items = few("BcBB").chain(["Bc/B_cB1c".to_owned()]).collect();
        compare_all(items, scheme, Case::Respect, &["BB", "BBc"]);
    }
}

/// Asserts that the best item is found after many longer items with the same score.
fn best_is_found(others: &str, best: &str, queries: &[&str]) {
    for scheme in SCHEMES {
        let items = std::iter::repeat_n(others.to_owned(), 200).chain([best.to_owned()]);
        compare_all(items.collect(), scheme, Case::Smart, queries);
    }
}

#[test]
fn what_follows_punctuation_may_earn_as_much_as_what_follows_a_slash() {
    for mark in [":", ",", ";", "|", ".", "-", "_", "#", " "] {
        best_is_found("/li/aaaaaaaaaaa", &format!("/x{mark}li"), &["li", "lia", "'li", "l"]);
        best_is_found("/li/aaaaaaaaaaa", &format!("x{mark}li/b"), &["li", "lib", "li$"]);
    }
}

#[test]
fn a_directory_far_above_an_item_may_begin_as_the_term() {
    best_is_found("/aaa/b/c/d/e/f/li", "/li/x/y/z", &["li", "lix", "liz"]);
    best_is_found("/aaa/b/c/d/e/f/li/g", "/x/li/y/z/w", &["li", "liw", "lig"]);
}

#[test]
fn the_first_matching_term_of_a_group_determines_the_score() {
    for queries in [["^a | b$", "b$ | ^a"], ["^\\ a | b$", "x$ | ^a"]] {
        for (others, best) in [("ab", " ab"), (" axb", " ab"), ("a b ", "ab "), ("\tab", " ab\t")] {
            best_is_found(others, best, &queries);
        }
    }
}

/// Terms at the edges of items whose scores add up to more than the penalty of a typo.
#[test]
fn what_many_terms_earn_is_cut_off_where_typos_begin() {
    let directory = format!("{}/", "a".repeat(999));
    let query = format!("^{directory} ").repeat(45);
    for items in
        [vec![format!("{directory}b"), directory.clone()], vec![directory.clone(), "b".to_owned()]]
    {
        compare_all(items, Scheme::Default, Case::Smart, &[&query, &format!("{query} b")]);
    }
    let scorer = &mut Scorer::new(Scheme::Default);
    let query = Query::new(query.as_bytes(), query::QueryOptions::default());
    assert_eq!(scorer.score(&query, directory.as_bytes()), Some(TYPO - 1));
}

#[cfg(unix)]
mod real {
    use super::*;
    use ignore::WalkBuilder;
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;

    /// Maximum number of paths to list below each root.
    const ENOUGH: usize = 400_000;

    /// Returns paths of the system, of the registry and of the toolchain.
    fn paths(most: usize) -> Vec<Vec<u8>> {
        let home = |name: &str, directory: &str| {
            let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
            std::env::var_os(name).map_or_else(|| home.join(directory), PathBuf::from)
        };
        let registry = home("CARGO_HOME", ".cargo").join("registry/src");
        let roots = ["/usr".into(), registry, home("RUSTUP_HOME", ".rustup")];
        let mut paths = Vec::new();
        for (number, root) in roots.iter().enumerate() {
            let mut walk = WalkBuilder::new(root);
            walk.standard_filters(false).sort_by_file_name(|a, b| a.cmp(b));
            let files = walk.build().flatten();
            let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
            // Paths of the toolchain are relative.
            let cut = if number == 2 { root.as_os_str().len() + 1 } else { 0 };
            let path =
                |entry: ignore::DirEntry| entry.path().as_os_str().as_bytes()[cut..].to_vec();
            paths.extend(files.take(most.min(ENOUGH)).map(path));
        }
        assert!(paths.len() > 1000, "only {} files", paths.len());
        // Repeat the paths in another directory until there are enough.
        let found = paths.len();
        for at in 0..most.saturating_sub(found) {
            let again = [format!("again {}/", at / found).as_bytes(), &paths[at]].concat();
            paths.push(again);
        }
        paths
    }

    /// Returns the items of a session: a consecutive part of the paths, one in ten, or shuffled.
    fn tree(random: &mut Random, paths: &[Vec<u8>], most: usize) -> Vec<Vec<u8>> {
        let count =
            if most >= 500_000 { most } else { most / 10 + random.below(most * 9 / 10 + 1) };
        let count = count.min(paths.len());
        let every = if random.percent(30) { (paths.len() / count).clamp(1, 10) } else { 1 };
        let span = count * every;
        let from = random.below(paths.len() - span + 1);
        let mut items: Vec<Vec<u8>> =
            paths[from..from + span].iter().step_by(every).cloned().collect();
        if random.percent(40) {
            random.shuffle(&mut items);
        }
        // As in a picker: relative to the directory of most of them.
        if random.percent(30) {
            let cut = items[items.len() / 2].iter().take(40).rposition(|&byte| byte == b'/');
            let head = items[items.len() / 2][..cut.map_or(0, |at| at + 1)].to_vec();
            for item in &mut items {
                if item.len() > head.len() && item.starts_with(&head) {
                    item.drain(..head.len());
                }
            }
        }
        items
    }

    /// Returns characters of a path in their order: at beginnings of words, consecutive, or anywhere.
    fn term(random: &mut Random, path: &[u8]) -> Vec<u8> {
        let (mut text, mut at) = (Vec::new(), random.below(path.len()));
        if random.percent(60) {
            at = path[..at]
                .iter()
                .rposition(|byte| !byte.is_ascii_alphanumeric())
                .map_or(0, |at| at + 1);
        }
        for _ in 0..1 + random.below(8) {
            let Some(&byte) = path.get(at) else { break };
            text.push(byte);
            at += 1;
            match random.below(100) {
                0..60 => {}
                60..85 => {
                    let rest = &path[at.min(path.len())..];
                    at += rest
                        .iter()
                        .position(|byte| !byte.is_ascii_alphanumeric())
                        .map_or(1, |at| at + 1);
                }
                _ => at += random.below(12),
            }
        }
        if random.percent(25) {
            let at = random.below(text.len());
            text[at] = text[at].to_ascii_uppercase();
        } else if random.percent(60) {
            text.make_ascii_lowercase();
        }
        let text = match random.below(100) {
            0..4 => path[path.len() - 1 - random.below(path.len().min(6))..].to_vec(),
            4..8 => path[..1 + random.below(path.len().min(12))].to_vec(),
            _ => text,
        };
        operators(random, &escaped(&text))
    }

    fn query(random: &mut Random, items: &[Vec<u8>]) -> Vec<u8> {
        let path = loop {
            let path = &items[random.below(items.len())];
            if !path.is_empty() {
                break path;
            }
        };
        let mut text = Vec::new();
        let terms = random.pick(&[1, 1, 1, 2, 2, 3, 4]);
        for number in 0..terms {
            if number > 0 {
                text.extend(if random.percent(10) { b" | ".as_slice() } else { b" " });
            }
            text.extend(term(random, path));
        }
        text
    }

    const LIMITS: [usize; 14] = [1, 2, 3, 5, 6, 7, 10, 20, 50, 100, 200, 1000, 3000, 10_000];

    #[test]
    fn real_paths_are_ranked_as_by_brute_force() {
        let mut random = Random::new("real");
        let wanted = variable("RILLE_FUZZY_QUERIES").map_or(2000 / ONE_IN, |count| count as usize);
        let most = variable("RILLE_FUZZY_ITEMS").unwrap_or(2500) as usize;
        let paths = paths(most.max(20_000));
        let (mut queries, mut trees) = (0, 0);
        while queries < wanted {
            let items = tree(&mut random, &paths, most);
            let options = options(&mut random);
            let mut compared = Compared::new(items, options, 2);
            let pushes = 1 + random.below(4);
            for push in 1..=pushes {
                let count = compared.items.len() * push / pushes;
                compared.push(count.max(1));
                for _ in 0..6 {
                    let text = query(&mut random, &compared.items[..compared.pushed]);
                    let mut limits = [0; 4];
                    limits.fill_with(|| random.pick(&LIMITS));
                    if random.percent(30) {
                        compared.sessions.iter().for_each(Session::forget);
                    }
                    if random.percent(40) {
                        // As typed, with a step back.
                        let from = 1 + random.below(text.len());
                        for stop in from.max(text.len().saturating_sub(4))..text.len() {
                            compared.compare(&text[..stop], &limits[..2]);
                        }
                        compared.compare(&text, &limits);
                        compared.compare(&text[..from], &limits[2..]);
                    } else {
                        compared.compare(&text, &limits);
                    }
                }
            }
            (queries, trees) = (queries + compared.queries, trees + 1);
        }
        println!("real: {queries} queries of {trees} trees of up to {most} paths");
    }
}
