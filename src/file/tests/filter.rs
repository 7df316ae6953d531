//! Filters, compared with matching each line separately.

use crate::file::tests::search::{literals, regex};
use crate::file::tests::{Directory, end, open};
use crate::file::*;
use crate::search::lines::trim_line_terminator;
use bstr::ByteSlice;
use proptest::prelude::*;

pub(in crate::file) fn all(document: &Document) -> Vec<u8> {
    let (size, mut bytes) = (document.info().unwrap().size, Vec::new());
    document.read(0, size, |piece| bytes.extend_from_slice(piece)).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(40)))]
    #[test]
    fn a_filter_is_the_file_of_its_lines(
        lines in prop::collection::vec(prop::sample::select(vec!["foo\n", "bar\r\n", "\n", "foo bar", "x\n"]), 0..4000),
        long in prop::collection::vec((0..2_usize, 0..20_000_usize), 0..3),
        (threads, invert, which) in (1..4_usize, any::<bool>(), 0..3_usize),
    ) {
        let mut text = lines.concat().into_bytes();
        for (with, len) in long {
            text.extend(std::iter::repeat_n(b'.', len));
            text.extend_from_slice([&b"foo\n"[..], b"\n"][with]);
            text.extend_from_slice(lines.concat().as_bytes());
        }
        let query = [regex("foo$"), literals(&["foo"]), regex("^$")][which].clone();
        let expected: Vec<u8> = text
            .split_inclusive(|&byte| byte == b'\n')
            .filter(|line| {
                let line = trim_line_terminator(line);
                let found = match which {
                    0 => line.ends_with(b"foo"),
                    1 => line.find(b"foo").is_some(),
                    _ => line.is_empty(),
                };
                found != invert
            })
            .flatten()
            .copied()
            .collect();
        let directory = Directory::new();
        let parent = open(&directory.file("text", &text), FileOptions { threads, ..FileOptions::default() });
        let (document, job) = parent.filter(query.into(), invert).unwrap();
        prop_assert_eq!(end(&job), JobState::Done);
        prop_assert_eq!(all(&document), &expected[..]);
        end(&*document.index().unwrap());
        let info = document.info().unwrap();
        prop_assert!(info.exact);
        prop_assert_eq!(info.lines as usize, expected.split_inclusive(|&byte| byte == b'\n').count());
        for offset in (0..expected.len()).step_by(977) {
            let origin = document.origin(offset as u64).unwrap().unwrap() as usize;
            prop_assert_eq!(text[origin], expected[offset]);
            let mut bytes = Vec::new();
            document.read(offset as u64, 5, |piece| bytes.extend_from_slice(piece)).unwrap();
            prop_assert_eq!(&bytes[..], &expected[offset..expected.len().min(offset + 5)]);
        }
        // A filter of a filter, and a search in it.
        let (second, job) = document.filter(regex("bar").into(), false).unwrap();
        prop_assert_eq!(end(&job), JobState::Done);
        prop_assert!(all(&second).split_inclusive(|&byte| byte == b'\n').all(|line| line.find(b"bar").is_some()));
    }
}

#[test]
fn a_filter_of_a_truncated_file_says_so() {
    let directory = Directory::new();
    let path = directory.file("text", &b"foo\nbar\n".repeat(10_000));
    let parent = open(&path, FileOptions::default());
    let (document, job) = parent.filter(regex("foo").into(), false).unwrap();
    assert_eq!(end(&job), JobState::Done);
    assert_eq!(document.info().unwrap().lines, 10_000);
    std::fs::File::options().write(true).open(&path).unwrap().set_len(3).unwrap();
    let trouble = document.info().unwrap_err();
    assert!(
        trouble.changed && trouble.message.contains("truncated from 80000 bytes to 3"),
        "{trouble:?}"
    );
}

#[test]
fn the_end_of_a_piece_of_a_long_line_is_not_the_end_of_the_line() {
    let directory = Directory::new();
    let long = [&vec![b'.'; 50_000][..], b"x\n"].concat();
    let text = [&long[..], b"..\n", &long, &[b'.'; 9000]].concat();
    let parent = open(&directory.file("text", &text), FileOptions::default());
    for (pattern, kept) in [(r"\.$", &text[2 * long.len() + 3..]), (r"x$", &long)] {
        let (document, job) = parent.filter(regex(pattern).into(), false).unwrap();
        assert_eq!(end(&job), JobState::Done);
        let lines = all(&document);
        assert!(lines.ends_with(kept), "{pattern}: {} bytes", lines.len());
        let right = if pattern == "x$" { 2 * long.len() } else { 3 + 9000 };
        assert_eq!(lines.len(), right, "{pattern}");
    }
}
