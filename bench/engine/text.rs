//! Benches of reversal, validation, repair and counting.

use crate::measure::{Bench, EQUAL};
use crate::texts::{KB, MB, Text, ascii, mixed};
use bstr::ByteSlice;
use rille::text::{self, Unit, kernel};
use std::mem::MaybeUninit;

pub fn rows(bench: &mut Bench) {
    bench.title("text: reversal");
    reverse_bytes(bench);
    for size in [11, KB, 64 * KB, MB, 16 * MB] {
        for (text, chars, graphemes) in [(ascii(size), 15.0, 20.0), (mixed(size), 5.0, 3.0)] {
            let goal = |times| (size == MB).then_some(times);
            // bstr reverses in place, which saves a second block of memory. It works on the result of the previous call:
            // this text, or this text reversed.
            bench
                .row("reverse chars", &text)
                .rille(|text, out| usize::from(text::reverse(text, Unit::Char, uninit(out))))
                .peer("bstr", goal(chars), |_, out| {
                    out.reverse_chars();
                    1
                })
                .run();
            bench
                .row("reverse graphemes", &text)
                .rille(|text, out| usize::from(text::reverse(text, Unit::Grapheme, uninit(out))))
                .peer("bstr", goal(graphemes), |_, out| {
                    out.reverse_graphemes();
                    1
                })
                .run();
        }
    }
    bench.title("text: validity");
    for size in [11, KB, MB] {
        [ascii(size), mixed(size)].iter().for_each(|text| validate(bench, text));
    }
    repair(bench);
    bench.title("text: counts");
    for size in [11, KB, MB, 16 * MB] {
        [ascii(size), mixed(size)].iter().for_each(|text| count(bench, text));
    }
}

fn reverse_bytes(bench: &mut Bench) {
    for size in [11, KB, 64 * KB, MB, 16 * MB] {
        let text = ascii(size);
        bench
            .row("reverse bytes", &text)
            .rille(|text, out| usize::from(text::reverse(text, Unit::Byte, uninit(out))))
            .limit("memcpy", (size == MB).then_some(0.85), copy)
            .peer("std, in place", None, |_, out| {
                out.reverse();
                1
            })
            .run();
    }
    // The goal is set for AVX2, even if this machine has more.
    for kernel in kernel::available() {
        let text = ascii(MB);
        bench
            .row(&format!("reverse bytes by {}", kernel.name()), &text)
            .rille(|text, out| {
                kernel.reverse_bytes(text, uninit(out));
                0
            })
            .limit("memcpy", (kernel.name() == "avx2").then_some(0.85), copy)
            .run();
    }
}

fn validate(bench: &mut Bench, text: &Text) {
    bench
        .row("validate", text)
        .rille(|text, _| text::validate(text))
        .peer("simdutf8::compat", (text.bytes.len() >= KB).then_some(EQUAL), |text, _| {
            simdutf8::compat::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len)
        })
        .peer("std", None, |text, _| {
            std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len)
        })
        .run();
}

fn repair(bench: &mut Bench) {
    let mut text = mixed(MB);
    text.name = "a bad byte in 1 KB, 1 MB".into();
    text.bytes.iter_mut().skip(500).step_by(KB).for_each(|byte| *byte = 0xff);
    // Both allocate a new vector.
    bench
        .row("repair", &text)
        .rille(|text, _| {
            let len = text::repair_len(text).unwrap_or(text.len());
            let mut repaired = Vec::with_capacity(len);
            text::repair(text, &mut repaired.spare_capacity_mut()[..len])
        })
        .peer("std, from_utf8_lossy", None, |text, _| String::from_utf8_lossy(text).len())
        .run();
}

fn count(bench: &mut Bench, text: &Text) {
    let large = text.bytes.len() == MB;
    // Checked here rather than when measured: std may assume what rille does not.
    let valid: &str = std::str::from_utf8(&text.bytes).expect("the texts are valid");
    bench
        .row("count chars", text)
        .rille(|text, _| text::count(text, Unit::Char))
        .limit("memcpy", large.then_some(0.85), copy)
        .peer("std, chars().count()", None, move |_, _| std::hint::black_box(valid).chars().count())
        .run();
    bench
        .row("count utf16", text)
        .rille(|text, _| text::count(text, Unit::Utf16))
        .limit("memcpy", large.then_some(0.85), copy)
        .peer("std, sum of len_utf16", large.then_some(20.0), move |_, _| {
            std::hint::black_box(valid).chars().map(char::len_utf16).sum()
        })
        .peer("std, encode_utf16", large.then_some(20.0), move |_, _| {
            std::hint::black_box(valid).encode_utf16().count()
        })
        .run();
    bench
        .row("count lines", text)
        .rille(|text, _| text::count(text, Unit::Line))
        .peer("bstr", None, |text, _| text.lines().count())
        .run();
    bench
        .row("count graphemes", text)
        .rille(|text, _| text::count(text, Unit::Grapheme))
        .peer("bstr", None, |text, _| text.graphemes().count())
        .run();
    bench
        .row("count words", text)
        .rille(|text, _| text::count(text, Unit::Word))
        .peer("bstr", None, |text, _| text.words().count())
        .run();
}

fn copy(text: &[u8], out: &mut [u8]) -> usize {
    out.copy_from_slice(text);
    0
}

/// Returns output memory in the form that rille takes.
fn uninit(out: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the layout is the same, and rille stores nothing that is uninitialised.
    unsafe { &mut *(std::ptr::from_mut(out) as *mut [MaybeUninit<u8>]) }
}
