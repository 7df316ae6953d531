//! Benches of positions between units, segments, case and normalisation.

use crate::measure::{Bench, EQUAL};
use crate::texts::{KB, MB, Text, ascii, mixed};
use bstr::ByteSlice;
use rille::text::{self, Case, Form, Span, Unit};
use std::mem::MaybeUninit;

pub fn rows(bench: &mut Bench) {
    bench.title("text: positions");
    for text in [ascii(90), mixed(90), ascii(MB), mixed(MB)] {
        offsets(bench, &text);
    }
    bench.title("text: segments");
    for (text, graphemes) in [(ascii(MB), 20.0), (mixed(MB), 4.0)] {
        segments(bench, &text, graphemes);
    }
    lines(bench);
    bench.title("text: case and normalisation");
    for text in [ascii(MB), mixed(MB)] {
        case(bench, &text);
        normalize(bench, &text);
    }
}

/// Converts twenty bytes to UTF-16 columns. The peer counts each from the start of the line, so it gets a single line.
fn offsets(bench: &mut Bench, text: &Text) {
    let count = 20;
    let positions: Vec<u32> = (0..count).map(|n| n * text.bytes.len() as u32 / count).collect();
    let mut row = bench.row("20 offsets to utf16", text).rille(|text, _| {
        let mut out = [MaybeUninit::uninit(); 20];
        text::offsets(text, &positions, Unit::Byte, Unit::Utf16, &mut out).expect("memory");
        sum(&out)
    });
    if text.bytes.len() < KB {
        // Checked here rather than when measured: std may assume what rille does not.
        let valid: &str = std::str::from_utf8(&text.bytes).expect("the texts are valid");
        let positions = &positions;
        row = row.peer("std, from the start", None, move |_, _| {
            let units = |&position: &u32| {
                let text = std::hint::black_box(valid);
                let start = text.floor_char_boundary(position as usize);
                text[..start].chars().map(char::len_utf16).sum::<usize>()
            };
            positions.iter().map(units).sum()
        });
    } else {
        row = row.limit("count of it all", None, |text, _| text::count(text, Unit::Utf16));
    }
    row.run();
}

fn sum(out: &[MaybeUninit<u32>]) -> usize {
    // SAFETY: `offsets` has written them all.
    out.iter().map(|offset| unsafe { offset.assume_init() } as usize).sum()
}

/// Counts segments by way of their spans.
fn spans(text: &[u8], unit: Unit) -> usize {
    let mut out = [const { MaybeUninit::<Span>::uninit() }; 512];
    let (mut count, mut next) = (0, 0);
    while next < text.len() {
        let batch = text::segments(text, unit, next, &mut out).expect("a unit of segments");
        std::hint::black_box(&out);
        (count, next) = (count + batch.count, batch.next);
    }
    count
}

fn segments(bench: &mut Bench, text: &Text, graphemes: f64) {
    bench
        .row("graphemes", text)
        .rille(|text, _| text::count(text, Unit::Grapheme))
        .peer("bstr", Some(graphemes), |text, _| text.graphemes().count())
        .run();
    bench
        .row("spans of graphemes", text)
        .rille(|text, _| spans(text, Unit::Grapheme))
        .peer("bstr", None, |text, _| text.graphemes().count())
        .run();
    bench
        .row("spans of words", text)
        .rille(|text, _| spans(text, Unit::Word))
        .limit("bstr", None, |text, _| text.words().count())
        .run();
    bench
        .row("spans of sentences", text)
        .rille(|text, _| spans(text, Unit::Sentence))
        .limit("bstr", None, |text, _| text.sentences().count())
        .run();
    bench
        .row("spans of linebreaks", text)
        .rille(|text, _| spans(text, Unit::Linebreak))
        .peer("icu_segmenter", None, |text, _| {
            let segmenter =
                icu_segmenter::LineSegmenter::new_neo_for_non_complex_scripts(Default::default());
            segmenter.segment_utf8(text).count() - 1
        })
        .run();
}

fn lines(bench: &mut Bench) {
    let text = ascii(64 * MB);
    bench
        .row("spans of lines", &text)
        .rille(|text, _| spans(text, Unit::Line))
        .limit("memchr, each LF", Some(0.5), |text, _| {
            memchr::memchr_iter(b'\n', text).fold(0, usize::wrapping_add)
        })
        .limit("memchr, absent byte", None, |text, _| memchr::memchr(0, text).unwrap_or(0))
        .run();
}

fn case(bench: &mut Bench, text: &Text) {
    bench
        .row("length in lower case", text)
        .rille(|text, _| text::map_case_len(text, Case::Lower))
        .peer("std, to_lowercase", None, |text, _| {
            std::str::from_utf8(text).expect("the texts are valid").to_lowercase().len()
        })
        .run();
    let upper = text.bytes.to_uppercase();
    bench
        .row("equal_fold", text)
        .rille(|text, _| usize::from(text::equal_fold(text, &upper)))
        // A common substitute, but not the same: by lower case, `ß` and its upper case `SS` differ.
        .limit("bstr, lower of both", None, |text, _| {
            usize::from(text.to_lowercase() == upper.to_lowercase())
        })
        .run();
}

fn normalize(bench: &mut Bench, text: &Text) {
    let ascii = text.bytes.is_ascii();
    bench
        .row("check for NFC", text)
        .rille(|text, _| text::normalized(text, Form::Nfc))
        .limit("memcpy", ascii.then_some(EQUAL), |text, out| {
            out.copy_from_slice(text);
            0
        })
        .run();
    bench
        .row("normalize to NFC", text)
        .rille(|text, out| {
            // SAFETY: the layout is the same, and rille stores nothing that is uninitialised.
            let out = unsafe { &mut *(std::ptr::from_mut(out) as *mut [MaybeUninit<u8>]) };
            text::normalize(text, Form::Nfc, out)
        })
        .limit("memcpy", None, |text, out| {
            out.copy_from_slice(text);
            0
        })
        .run();
}
