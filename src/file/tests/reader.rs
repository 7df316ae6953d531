//! Tests of reading the end of a file and around an offset, where not all requested lines fit in a batch.

use crate::file::tests::{Directory, end, made, open};
use crate::file::*;
use bstr::ByteSlice;

/// Returns lines of `len` bytes, each of which begins with its number.
fn numbered(count: usize, len: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(count * (len + 1));
    for number in 1..=count {
        let start = text.len();
        text.extend_from_slice(format!("{number:<8}").as_bytes());
        text.resize(start + len, b'.');
        text.push(b'\n');
    }
    text
}

fn number(batch: &Lines, at: usize) -> usize {
    let text = batch.text(at).to_str().unwrap();
    text[..8].trim_end().parse().unwrap_or_else(|_| panic!("{:?}", &text[..8]))
}

/// Returns the numbers of a batch of consecutive lines.
fn numbers(batch: &Lines) -> std::ops::RangeInclusive<usize> {
    let (first, last) = (number(batch, 0), number(batch, batch.lines.len() - 1));
    let all: Vec<usize> = (0..batch.lines.len()).map(|at| number(batch, at)).collect();
    assert!(all.iter().copied().eq(first..=last), "{all:?}");
    first..=last
}

#[test]
fn the_last_lines_end_with_the_newest_however_long_lines_are() {
    let directory = Directory::new();
    for (count, len) in
        [(50, 40_000), (40_000, 60), (30, 300_000), (300, 8), (9, 5 << 20), (2, 5 << 20)]
    {
        for (ended, no_index) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut text = numbered(count, len);
            if !ended {
                text.pop();
            }
            let document = open(
                &directory.file("log", &text),
                FileOptions { no_index, ..FileOptions::default() },
            );
            if !no_index {
                end(&*document.index().unwrap());
            }
            for window in [Window::default(), Window { from: 0, most: 4 << 20 }] {
                let about =
                    format!("{count} lines of {len} bytes, {ended}, {no_index}, {window:?}");
                let mut batch = Lines::default();
                document.last(count, window, &mut batch).unwrap();
                if len > 4 << 20 && no_index {
                    // The start of the line is not known, but its end is there.
                    assert!(batch.lines.len() == 1 && batch.lines[0].flags & CUT_BEFORE != 0);
                    let line = batch.lines[0];
                    let stop = line.offset + line.length + f64::from(ended);
                    assert_eq!(stop, text.len() as f64, "{about}");
                    continue;
                }
                let mut seen = numbers(&batch);
                assert_eq!(*seen.end(), count, "{about}");
                assert_eq!(batch.more, *seen.start() > 1, "{about}");
                assert!(
                    *seen.start() == 1 || batch.text.len() > 200_000 || len > 1 << 20,
                    "{about}"
                );
                // Backwards, as the help describes, until the first line.
                while *seen.start() > 1 {
                    let offset = batch.lines[0].offset as u64;
                    document.around(offset - 1, *seen.start() - 2, 1, window, &mut batch).unwrap();
                    let earlier = numbers(&batch);
                    assert_eq!(*earlier.end() + 1, *seen.start(), "{about}");
                    seen = earlier;
                }
            }
        }
    }
}

#[test]
fn reading_around_an_offset_includes_its_line() {
    let directory = Directory::new();
    for (count, len) in [(60, 40_000), (30_000, 80), (20, 400_000), (6, 5 << 20)] {
        let text = numbered(count, len);
        for no_index in [true, false] {
            let document = open(
                &directory.file("log", &text),
                FileOptions { no_index, ..FileOptions::default() },
            );
            if !no_index {
                end(&*document.index().unwrap());
            }
            for wanted in [1, 2, count / 2, count] {
                let start = (wanted - 1) * (len + 1);
                // Its first byte, and a later one.
                for offset in [start, start + 7] {
                    let mut batch = Lines::default();
                    let window = Window::default();
                    document.around(offset as u64, count, count, window, &mut batch).unwrap();
                    let seen = numbers(&batch);
                    assert!(seen.contains(&wanted), "line {wanted} is not in {seen:?}, {len}");
                    let is_end = *seen.end() == count;
                    assert!(batch.more || is_end, "{seen:?} of {count} lines of {len} bytes");
                }
            }
        }
    }
}

#[test]
fn a_batch_reads_a_bounded_part_of_the_file() {
    let line = |offset: u64| if offset % 200_000 == 199_999 { b'\n' } else { b'x' };
    let document = made(64 << 20, line, None);
    let mut batch = Lines::default();
    document.lines(1, 1000, Window { from: 0, most: 1 }, &mut batch).unwrap();
    assert!(batch.more && batch.lines.len() < 30, "{} lines", batch.lines.len());
}

#[test]
fn two_lines_of_5_mebibytes_are_found_by_the_index() {
    let directory = Directory::new();
    let document = open(&directory.file("log", &numbered(2, 5 << 20)), FileOptions::default());
    end(&*document.index().unwrap());
    let mut batch = Lines::default();
    document.last(2, Window::default(), &mut batch).unwrap();
    assert_eq!(numbers(&batch), 1..=2);
    document.last(1, Window::default(), &mut batch).unwrap();
    assert_eq!(numbers(&batch), 2..=2);
    document.around((10 << 20) - 5, 0, 1, Window::default(), &mut batch).unwrap();
    assert_eq!(numbers(&batch), 2..=2);
    document.around((10 << 20) - 5, 1, 1, Window::default(), &mut batch).unwrap();
    assert_eq!(numbers(&batch), 1..=2);
    document.around((5 << 20) - 5, 1, 1, Window::default(), &mut batch).unwrap();
    assert_eq!(numbers(&batch), 1..=1);
}
