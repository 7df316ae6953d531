//! Compares the search with a naive one, and tests unusual files.

use crate::job::{AnyJob, Job, JobState, MAX_UNTAKEN_BYTES};
use crate::search::lines::PatternSource;
use crate::tree::grep::{Case, Chunk, GrepOptions, MAX_LINE_BYTES, grep};
use crate::tree::tests::{Tree, shown};
use crate::tree::walk::{self, Refused};
use crate::tree::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

/// A result, with the fields that most tests compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    path: String,
    line: u64,
    offset: u64,
    kind: u32,
    text: String,
    spans: Vec<[u32; 2]>,
}

fn collect(job: &Job<Chunk>) -> (JobState, Vec<Hit>) {
    let mut hits = Vec::new();
    loop {
        assert!(job.wait(LONG), "the search does not end");
        let state = job.poll().state;
        while let Some(chunk) = job.take() {
            let batch = &chunk.batch;
            let text = |start: u32, stop: u32| {
                String::from_utf8_lossy(&batch.text()[start as usize..stop as usize]).into_owned()
            };
            hits.extend(batch.lines()[chunk.from..].iter().map(|line| Hit {
                path: text(line.path_start, line.path_stop),
                line: line.line as u64,
                offset: line.offset as u64,
                kind: line.kind,
                text: text(line.start, line.stop),
                spans: batch.spans()[line.span as usize..][..line.span_count as usize].to_vec(),
            }));
        }
        if state != JobState::Running {
            return (state, hits);
        }
    }
}

/// Returns the results of a search, sorted by path, without the root in their paths.
fn found(tree: &Tree, options: &GrepOptions<'_>) -> Vec<Hit> {
    let sorted = walk::WalkOptions { sort: true, hidden: true, ..Default::default() };
    let (state, mut hits) = collect(&grep(tree.root(), &sorted, options).unwrap());
    assert_eq!(state, JobState::Done);
    let cut = tree.root().len() + 1;
    hits.iter_mut().for_each(|hit| hit.path = hit.path[cut..].to_owned());
    hits
}

fn texts(tree: &Tree, options: &GrepOptions<'_>) -> Vec<String> {
    found(tree, options).into_iter().map(|hit| hit.text).collect()
}

fn text(pattern: &str) -> PatternSource<'_> {
    PatternSource::Text(pattern.as_bytes())
}

fn patterns<'o>(patterns: &[&'o str]) -> GrepOptions<'o> {
    let patterns = patterns.iter().map(|pattern| text(pattern)).collect();
    GrepOptions { patterns, ..GrepOptions::default() }
}

fn write(tree: &Tree, name: &str, content: impl AsRef<[u8]>) {
    fs::write(tree.0.join(name), content).unwrap();
}

/// Adds every matching line in the files below a directory to `hits`.
fn naive(directory: &Path, pattern: &regex::Regex, hits: &mut Vec<Hit>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            naive(&path, pattern, hits);
            continue;
        }
        let content = fs::read_to_string(&path).unwrap();
        let mut offset = 0;
        for (number, line) in content.split_inclusive('\n').enumerate() {
            let text = line.strip_suffix('\n').unwrap_or(line);
            let spans: Vec<_> = pattern
                .find_iter(text)
                .map(|found| [found.start() as u32, found.end() as u32])
                .collect();
            if !spans.is_empty() {
                let (path, text) = (shown(&path), text.to_owned());
                let line = number as u64 + 1;
                hits.push(Hit { path, line, offset, kind: Found::Match as u32, text, spans });
            }
            offset += line.len() as u64;
        }
    }
}

#[test]
fn every_match_of_a_tree_is_found_once() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for pattern in ["rille", r"\bfn \w+\(", "the|and|not", "^use ", r"\w+$", "é|…", "zqzq not"] {
        let oracle = regex::Regex::new(pattern).unwrap();
        for directory in ["src", "lua", "test"] {
            let root = root.join(directory);
            let mut expected = Vec::new();
            naive(&root, &oracle, &mut expected);
            expected.sort();
            for sort in [false, true] {
                let tree =
                    walk::WalkOptions { sort, hidden: true, no_ignore: true, ..Default::default() };
                let job = grep(root.to_str().unwrap().as_bytes(), &tree, &patterns(&[pattern]));
                let (state, mut hits) = collect(&job.unwrap());
                assert_eq!(state, JobState::Done);
                hits.sort();
                assert!(
                    hits == expected,
                    "{pattern} in {directory}: {} and {}",
                    hits.len(),
                    expected.len()
                );
            }
        }
    }
}

#[test]
fn what_a_pattern_means() {
    let tree = Tree::new();
    write(&tree, "a", "foo bar\nFoo\nfoobar\r\na.b\n\nlast foo");
    let base = patterns(&["foo"]);
    assert_eq!(texts(&tree, &base), ["foo bar", "foobar", "last foo"]);
    let options = GrepOptions { case: Case::Ignore, ..base.clone() };
    assert_eq!(texts(&tree, &options), ["foo bar", "Foo", "foobar", "last foo"]);
    let options = GrepOptions { case: Case::Smart, ..base.clone() };
    assert_eq!(texts(&tree, &options).len(), 4);
    for pattern in ["Foo", "[F]oo", "[A-F]oo", r"\x46oo"] {
        let options = GrepOptions { case: Case::Smart, ..patterns(&[pattern]) };
        assert_eq!(texts(&tree, &options), ["Foo"], "{pattern}");
    }
    let options = GrepOptions { case: Case::Smart, ..patterns(&[r"\p{Lu}oo|\Woo"]) };
    assert_eq!(texts(&tree, &options).len(), 4);
    let options = GrepOptions { word: true, ..base.clone() };
    assert_eq!(texts(&tree, &options), ["foo bar", "last foo"]);
    let options = GrepOptions { invert: true, ..base.clone() };
    assert_eq!(texts(&tree, &options), ["Foo", "a.b", ""]);
    assert!(found(&tree, &options).iter().all(|hit| hit.spans.is_empty()));
    let options = GrepOptions { fixed: true, ..patterns(&["a.b", "(", "o b"]) };
    assert_eq!(texts(&tree, &options), ["foo bar", "a.b"]);
    assert_eq!(texts(&tree, &patterns(&["^$", "^Foo$"])), ["Foo", ""]);
    let options = GrepOptions { multi_line: true, ..patterns(&[r"bar\s+F(?s:.)o"]) };
    let hits = found(&tree, &options);
    assert_eq!(hits[0].text, "foo bar\nFoo");
    assert_eq!((hits[0].line, hits[0].spans[0], hits.len()), (1, [4, 11], 1));
    let hit = &found(&tree, &base)[1];
    assert_eq!((hit.line, hit.offset, hit.text.as_str()), (3, 12, "foobar"));
    assert_eq!(found(&tree, &patterns(&["o"]))[0].spans, [[1, 2], [2, 3]]);
}

#[test]
fn context_and_limits() {
    let tree = Tree::new();
    for name in ["a", "b", "c"] {
        write(&tree, name, "1\n2\nhit\n4\n5\nhit\n7\nhit\n");
    }
    let base = patterns(&["hit"]);
    let hits = found(&tree, &GrepOptions { context: 1, ..base.clone() });
    let lines: Vec<_> =
        hits.iter().filter(|hit| hit.path == "a").map(|hit| (hit.line, hit.kind)).collect();
    assert_eq!(lines, [(2, 1), (3, 0), (4, 1), (5, 1), (6, 0), (7, 1), (8, 0)]);
    let hits = found(&tree, &GrepOptions { limit_per_file: 2, ..base.clone() });
    assert_eq!(hits.iter().map(|hit| hit.line).collect::<Vec<_>>(), [3, 6, 3, 6, 3, 6]);
    let hits = found(&tree, &GrepOptions { limit: 4, ..base.clone() });
    assert_eq!(hits.len(), 5);
    assert_eq!(
        (hits[4].kind, hits[4].text.as_str()),
        (3, "limit of 4 lines reached: there are more")
    );
    // Exactly as many lines as the limit do not exceed it.
    assert_eq!(found(&tree, &GrepOptions { limit: 9, ..base.clone() }).len(), 9);
    for _ in 0..20 {
        let options = GrepOptions { limit: 4, ..base.clone() };
        let (_, hits) = collect(&grep(tree.root(), &Default::default(), &options).unwrap());
        assert_eq!(hits.iter().filter(|hit| hit.kind == 0).count(), 4);
        assert_eq!(hits.iter().filter(|hit| hit.kind == 3).count(), 1);
    }
}

#[test]
fn encodings_and_binary_files() {
    let tree = Tree::new();
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    write(&tree, "a", "\u{FEFF}grün\n");
    write(&tree, "b", utf16("rot\ngrün\n", false));
    write(&tree, "c", utf16("grün", true));
    write(&tree, "d", b"gr\xFCn\n");
    write(&tree, "e", b"\0\ngr\xC3\xBCn\n");
    let base = patterns(&["^grün$"]);
    let hits = found(&tree, &base);
    let paths: Vec<_> = hits.iter().map(|hit| (hit.path.as_str(), hit.line)).collect();
    assert_eq!(paths, [("a", 1), ("b", 2), ("c", 1)]);
    assert_eq!(found(&tree, &GrepOptions { binary: true, ..base }).len(), 4);
    // A match, and far after it a zero byte.
    let tree = Tree::new();
    write(
        &tree,
        "late",
        ["hit\n".to_owned(), "x\n".repeat(100_000), "\0hit\n".to_owned()].concat(),
    );
    let hits = found(&tree, &patterns(&["hit"]));
    assert_eq!(hits.iter().map(|hit| hit.kind).collect::<Vec<_>>(), [0, 3]);
    assert!(hits[1].text.starts_with("a zero byte at offset "), "{}", hits[1].text);
}

#[test]
fn a_line_that_is_too_long_is_an_error_and_the_search_continues() {
    let tree = Tree::new();
    write(&tree, "a", "x".repeat(MAX_LINE_BYTES * 2));
    write(&tree, "b", "x\n");
    let hits = found(&tree, &patterns(&["x"]));
    assert_eq!(hits.iter().map(|hit| hit.kind).collect::<Vec<_>>(), [2, 0]);
    assert!(hits[0].text.contains("a line is longer than"), "{}", hits[0].text);
    // A file with a hole of 4 GB, without a line feed.
    let tree = Tree::new();
    let file = fs::File::create(tree.0.join("hole")).unwrap();
    file.set_len(4 << 30).unwrap();
    let since = Instant::now();
    assert_eq!(found(&tree, &patterns(&["x"])), []);
    let hits = found(&tree, &GrepOptions { binary: true, ..patterns(&["x"]) });
    assert_eq!(hits.iter().map(|hit| hit.kind).collect::<Vec<_>>(), [2]);
    assert!(since.elapsed() < LONG);
}

#[test]
fn long_lines_are_found_like_short_ones() {
    let tree = Tree::new();
    for name in ["ascii", "mixed"] {
        let word = if name == "ascii" { "word " } else { "wörd " };
        // Matches across the boundaries of the pieces that are searched in one step, each with something at its ends.
        let lines = [10, 20_000, 70_000, 200_000, 5].map(|count| {
            format!("first {}middle=7 {}last", word.repeat(count), word.repeat(count))
        });
        write(&tree, name, lines.join("\n") + "\n\nno more");
    }
    let line = patterns(&["x"]);
    for (pattern, options) in [
        (r"middle=\d", line.clone()),
        (r"^first|\blast$", line.clone()),
        (r"\w+=7|la.t", line.clone()),
        (r"(?i)MIDDLE=\d", GrepOptions { case: Case::Ignore, ..line.clone() }),
        (r"\b(?:middle)\b", GrepOptions { word: true, ..line.clone() }),
        ("^$|first w.r", line.clone()),
        (r"last\n+no", GrepOptions { multi_line: true, ..line.clone() }),
        (r"\w+d (?:last|middle)", GrepOptions { multi_line: true, ..line.clone() }),
        ("nothing.*nothing", line.clone()),
    ] {
        let given = if options.word { "middle" } else { pattern };
        let oracle = regex::RegexBuilder::new(pattern).multi_line(true).build().unwrap();
        let mut expected = Vec::new();
        for name in ["ascii", "mixed"] {
            let text = fs::read_to_string(tree.0.join(name)).unwrap();
            let found = oracle.find_iter(&text).map(|found| (name.to_owned(), found.range()));
            expected.extend(found);
        }
        let options = GrepOptions { patterns: vec![text(given)], ..options };
        let hits = found(&tree, &options);
        let seen: Vec<_> = hits
            .iter()
            .flat_map(|hit| {
                let place = |at: u32| hit.offset as usize + at as usize;
                let spans = hit.spans.iter();
                spans.map(move |span| (hit.path.clone(), place(span[0])..place(span[1])))
            })
            .collect();
        assert_eq!(seen, expected, "{pattern}");
    }
}

#[test]
fn mistakes_are_told_at_once() {
    let tree = Tree::with(&["a"]);
    let refused = |options: &GrepOptions<'_>| match grep(tree.root(), &Default::default(), options)
    {
        Err(Refused::LinePattern(error)) => error.message,
        _ => panic!("the search was accepted"),
    };
    assert_eq!(refused(&patterns(&["a", "b("])), "pattern 2 of 2: unclosed group");
    let options =
        GrepOptions { patterns: vec![PatternSource::Text(b"\xFF")], ..GrepOptions::default() };
    assert!(refused(&options).starts_with("the pattern is not valid UTF-8"));
    let line_feed = "the pattern contains a line feed, which no line does; set multiline";
    assert_eq!(refused(&patterns(&["a", r"(xy|\n)+"])), format!("pattern 2 of 2: {line_feed}"));
    assert_eq!(refused(&patterns(&["a\nb"])), line_feed);
    let zero = "the pattern contains a zero byte, which no text file does; set binary";
    assert_eq!(refused(&patterns(&[r"a\x00"])), zero);
    let fixed = GrepOptions { fixed: true, ..patterns(&["("]) };
    assert!(grep(tree.root(), &Default::default(), &fixed).is_ok());
    // A fault that only the compiler notices makes the job fail.
    let job = grep(tree.root(), &Default::default(), &patterns(&[r"(\w{1000}){1000}"])).unwrap();
    assert_eq!(collect(&job).0, JobState::Failed);
    assert!(job.failure().unwrap().contains("limit"), "{:?}", job.failure());
    let missing = [tree.root(), b"/x"].concat();
    let job = grep(&missing, &Default::default(), &patterns(&["a"]));
    assert!(matches!(job.err(), Some(Refused::Root(_))));
}

#[test]
fn texts_in_memory_stand_for_their_files() {
    let tree = Tree::with(&["a", "b"]);
    write(&tree, "a", "saved\n");
    write(&tree, "b", "saved\n");
    let path = [tree.root(), b"/a"].concat();
    let texts = vec![(path.as_slice(), &b"one\nunsaved\n"[..]), (b"new", b"unsaved")];
    let options = GrepOptions { texts, ..patterns(&["saved"]) };
    for sort in [false, true] {
        let tree_options = walk::WalkOptions { sort, ..Default::default() };
        let (_, hits) = collect(&grep(tree.root(), &tree_options, &options).unwrap());
        let seen: Vec<_> = hits.iter().map(|hit| (hit.text.as_str(), hit.line)).collect();
        assert_eq!(seen, [("unsaved", 2), ("unsaved", 1), ("saved", 1)]);
        assert_eq!(hits[1].path, "new");
    }
}

#[test]
fn a_search_stops_at_the_limit_of_untaken_results() {
    let tree = Tree::new();
    for file in 0..10 {
        write(&tree, &file.to_string(), "x\n".repeat(1_000_000));
    }
    for sort in [false, true] {
        let options = walk::WalkOptions { sort, ..Default::default() };
        let job = grep(tree.root(), &options, &patterns(&["x"])).unwrap();
        // A busy machine may take long to get there; then allow it as much time to go further.
        let until = Instant::now() + LONG;
        while job.memory_usage() < MAX_UNTAKEN_BYTES {
            assert!(Instant::now() < until, "it stops before");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(300));
        let mut taken = 0;
        while let Some(chunk) = job.take() {
            taken += chunk.memory_usage();
            if taken > 2 * MAX_UNTAKEN_BYTES {
                break;
            }
            job.cancel();
        }
        // Each thread may have a batch that it could not publish.
        assert!(
            (MAX_UNTAKEN_BYTES..MAX_UNTAKEN_BYTES + (1 << 20)).contains(&taken),
            "{taken} bytes"
        );
    }
}

#[test]
fn cancelling_stops_a_search() {
    let tree = Tree::new();
    let file = fs::File::create(tree.0.join("hole")).unwrap();
    file.set_len(20 << 30).unwrap();
    // With lines, so that it is not an error: the hole is searched as a text of zero bytes up to its first line feed.
    write(&tree, "lines", "some words and no more\n".repeat(4_000_000));
    // So many that a search to the end would take minutes.
    for number in 0..5000 {
        fs::hard_link(tree.0.join("lines"), tree.0.join(format!("lines {number}"))).unwrap();
    }
    for sort in [false, true] {
        let options = walk::WalkOptions { sort, ..Default::default() };
        let pattern = GrepOptions { binary: true, ..patterns(&[r"\w+ing\b"]) };
        let job = grep(tree.root(), &options, &pattern).unwrap();
        let until = Instant::now() + LONG;
        while job.poll().done < 2 {
            assert!(Instant::now() < until, "it does not start");
            std::thread::sleep(Duration::from_millis(1));
        }
        job.cancel();
        while job.poll().state == JobState::Running {
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(job.poll().state, JobState::Cancelled);
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_files_that_go_are_no_danger() {
    let tree = Tree::with(&["a"]);
    let pipe = std::ffi::CString::new(tree.0.join("pipe").to_str().unwrap()).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(pipe.to_str().unwrap())
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(found(&tree, &patterns(&["a"])).len(), 1);
    for _ in 0..20 {
        let tree = Tree::with(&["a", "b/c", "b/d", "e/f/g"]);
        let job = grep(tree.root(), &Default::default(), &patterns(&["."])).unwrap();
        drop(tree);
        assert_eq!(collect(&job).0, JobState::Done);
    }
}

#[test]
fn texts_in_memory_are_searched_only_where_their_files_would_be() {
    let tree = Tree::with(&["a.lua", ".git/x"]);
    write(&tree, ".gitignore", "ignored.lua\n");
    let rests = ["a.lua", "new.lua", "a.txt", "ignored.lua", ".hidden.lua", "deep/b.lua"];
    let paths = rests.map(|rest| [tree.root(), b"/", rest.as_bytes()].concat());
    let texts = paths.iter().map(|path| (path.as_slice(), &b"unsaved"[..])).collect();
    let options = GrepOptions { texts, ..patterns(&["unsaved"]) };
    let searched = |tree_options: &walk::WalkOptions<'_>| {
        let (_, hits) = collect(&grep(tree.root(), tree_options, &options).unwrap());
        hits.len()
    };
    // A glob includes hidden and ignored texts, as it does files.
    assert_eq!(searched(&walk::WalkOptions { globs: vec![b"*.lua"], ..Default::default() }), 5);
    // A type includes hidden texts.
    assert_eq!(searched(&walk::WalkOptions { types: vec![b"lua"], ..Default::default() }), 4);
    assert_eq!(searched(&walk::WalkOptions { max_depth: 1, ..Default::default() }), 3);
    assert_eq!(searched(&walk::WalkOptions { hidden: true, ..Default::default() }), 5);
    assert_eq!(searched(&walk::WalkOptions { no_ignore: true, ..Default::default() }), 5);
}
