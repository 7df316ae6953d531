//! Streams over patterns, and sets of patterns: the output does not depend on the chunks, and a set reports the same
//! patterns as each pattern alone.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run stream` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::search::{PatternOptions, Output, Regex, RegexSet, Stream, Template};
use std::sync::Arc;

/// Returns the output of a stream for a text that is fed in pieces, or the error.
fn streamed(regex: &Arc<Regex>, longest: usize, text: &[u8], len: usize) -> Option<Result<Vec<u8>, String>> {
    let template = Template::new(b"<$0>", regex).expect("a template");
    let mut stream = Stream::regex(Arc::clone(regex), template, Some(longest), u64::MAX)?;
    let mut bytes = Vec::new();
    let mut output = Output::new(&mut bytes);
    let mut result = Ok(());
    for chunk in text.chunks(len) {
        result = result.and_then(|()| stream.feed(chunk, &mut output));
    }
    result = result.and_then(|()| stream.finish(&mut output));
    assert!(stream.hold_back() <= 4 * longest + 64, "it holds back {}", stream.hold_back());
    output.keep();
    Some(result.map(|()| bytes).map_err(|error| format!("{error:?}")))
}

fuzz_target!(|input: (u8, u8, Vec<&[u8]>, &[u8])| {
    let (flags, longest, patterns, text) = input;
    let flag = |bit: u8| flags >> bit & 1 == 1;
    let options = PatternOptions {
        ignore_case: flag(0),
        multi_line: flag(1),
        dot_all: flag(2),
        verbose: false,
        bytes: flag(4),
        anchored: false,
        memory_limit: 1 << 18,
    };
    let patterns: Vec<&[u8]> = patterns.into_iter().take(8).collect();
    let regexes: Option<Vec<Regex>> =
        patterns.iter().map(|pattern| Regex::new(pattern, &options).ok()).collect();
    if let (Ok(set), Some(regexes)) = (RegexSet::new(&patterns, &options), &regexes) {
        let mut found = vec![false; patterns.len()];
        set.matches(text, |id| found[id] = true);
        assert_eq!(set.test(text), found.contains(&true));
        for (regex, found) in regexes.iter().zip(found) {
            assert_eq!(regex.test(text, 0), found);
        }
    }
    for regex in regexes.into_iter().flatten().map(Arc::new) {
        let longest = usize::from(longest).max(1);
        let Some(whole) = streamed(&regex, longest, text, text.len().max(1)) else { continue };
        for len in [1, 2, 7] {
            assert_eq!(streamed(&regex, longest, text, len).as_ref(), Some(&whole), "in pieces of {len}");
        }
    }
});
