//! Patterns, literals and streams over any bytes: nothing panics, and functions that must agree return the same.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run search` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::search::{LiteralOptions, Literals, PatternOptions, Output, Regex, Stream, explain_pcre, from_lua};
use std::sync::Arc;

/// Returns the output of a stream that is fed in pieces of a length.
fn streamed(literals: &Arc<Literals>, text: &[u8], len: usize) -> Vec<u8> {
    let mut stream = Stream::literals(Arc::clone(literals), &[b"<>"], u64::MAX);
    let mut bytes = Vec::new();
    let mut output = Output::new(&mut bytes);
    for chunk in text.chunks(len) {
        stream.feed(chunk, &mut output).expect("a stream of literals has no limit");
    }
    stream.finish(&mut output).expect("a stream of literals has no limit");
    output.keep();
    bytes
}

fuzz_target!(|input: (u8, &[u8], Vec<&[u8]>, &[u8])| {
    let (flags, pattern, list, text) = input;

    // A pattern: whatever it is, the functions return.
    let _ = (explain_pcre(pattern), from_lua(pattern));
    let flag = |bit: u8| flags >> bit & 1 == 1;
    let options = PatternOptions {
        ignore_case: flag(0),
        multi_line: flag(1),
        dot_all: flag(2),
        verbose: flag(3),
        bytes: flag(4),
        anchored: flag(5),
        memory_limit: 1 << 18,
    };
    if let Ok(regex) = Regex::new(pattern, &options) {
        let first = regex.find(text, 0);
        assert_eq!(regex.test(text, 0), first.is_some());
        let (mut count, mut last) = (0, None);
        for span in regex.matches(text, 0, false) {
            assert!(span.start <= span.stop && span.stop <= text.len());
            assert!(last < Some((span.start, span.stop)), "matches go forward");
            last = Some((span.start, span.stop));
            count += 1;
        }
        assert_eq!(regex.count(text, 0), count);
    }

    // Literals: each hit is one of them, the text between hits contains none, and a stream returns the same for all chunks.
    let options = LiteralOptions { ignore_case: flag(6), longest: flag(7), memory_limit: 0 };
    let Ok(literals) = Literals::new(&list, &options) else { return };
    for hit in literals.hits(text, 0) {
        let found = &text[hit.span.start..hit.span.stop];
        let literal = list[hit.id];
        assert!(if options.ignore_case { found.eq_ignore_ascii_case(literal) } else { found == literal });
    }
    let mut whole = Vec::new();
    let mut output = Output::new(&mut whole);
    literals.replace(text, &[b"<>"], usize::MAX, &mut output).expect("memory");
    output.keep();
    let literals = Arc::new(literals);
    for len in [1, 3, text.len().max(1)] {
        assert_eq!(streamed(&literals, text, len), whole);
    }
});
