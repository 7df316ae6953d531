//! Any bytes through every function of `text`, compared with the simplest possible implementation.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run text` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::text::{self, Case, Form, Unit};
use std::mem::MaybeUninit;

fn reversed(bytes: &[u8], unit: Unit) -> Vec<u8> {
    let mut out = vec![MaybeUninit::new(0); bytes.len()];
    assert!(text::reverse(bytes, unit, &mut out));
    // SAFETY: every byte was initialised above.
    out.into_iter().map(|byte| unsafe { byte.assume_init() }).collect()
}

/// Returns the bytes that a function writes to memory that is long enough.
fn written(capacity: usize, fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> usize) -> Vec<u8> {
    let mut out = vec![MaybeUninit::new(0); capacity];
    let len = fill(&mut out);
    // SAFETY: every byte was initialised above.
    out[..len].iter().map(|byte| unsafe { byte.assume_init() }).collect()
}

/// Returns the characters of any bytes; a maximal invalid subsequence is one character.
fn chars(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        pieces.extend(valid.char_indices().map(|(at, c)| &valid.as_bytes()[at..at + c.len_utf8()]));
        if !chunk.invalid().is_empty() {
            pieces.push(chunk.invalid());
        }
    }
    pieces
}

fuzz_target!(|bytes: &[u8]| {
    let lossy = String::from_utf8_lossy(bytes);
    let plain = chars(bytes);

    assert_eq!(text::count(bytes, Unit::Char), plain.len());
    assert_eq!(text::count(bytes, Unit::Utf16), lossy.encode_utf16().count());
    assert_eq!(
        text::count(bytes, Unit::Line),
        bytes.split_inclusive(|byte| *byte == b'\n').count()
    );
    for unit in [Unit::Grapheme, Unit::Word] {
        assert_eq!(text::count(bytes, unit), text::count(lossy.as_bytes(), unit));
    }

    assert_eq!(reversed(bytes, Unit::Char), plain.into_iter().rev().collect::<Vec<_>>().concat());
    assert!(reversed(bytes, Unit::Byte).iter().eq(bytes.iter().rev()));
    let mut sorted = (reversed(bytes, Unit::Grapheme), bytes.to_vec());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1);

    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    assert_eq!(text::validate(bytes), valid);
    let len = text::repair_len(bytes).unwrap_or(bytes.len());
    assert_eq!(len, lossy.len());
    let mut out = vec![MaybeUninit::new(0); len];
    assert_eq!(text::repair(bytes, &mut out), len);
    // SAFETY: every byte was initialised above.
    let repaired: Vec<u8> = out.into_iter().map(|byte| unsafe { byte.assume_init() }).collect();
    assert_eq!(repaired, lossy.as_bytes());

    let mut at = 0;
    for char in chars(bytes) {
        for inside in at..at + char.len() {
            let index = text::offset(bytes, inside, Unit::Byte, Unit::Utf16).unwrap();
            assert_eq!(text::offset(bytes, index, Unit::Utf16, Unit::Byte), Some(at));
        }
        at += char.len();
    }
    for unit in [Unit::Grapheme, Unit::Word, Unit::Sentence, Unit::Line, Unit::Linebreak] {
        let (mut next, mut count) = (0, 0);
        while next < bytes.len() {
            let batch = text::segments(bytes, unit, next, &mut [MaybeUninit::uninit(); 3]).unwrap();
            assert!(batch.next > next);
            (next, count) = (batch.next, count + batch.count);
        }
        assert_eq!(count, text::count(bytes, unit));
    }
    for case in [Case::Upper, Case::Lower, Case::Fold] {
        let mapped =
            written(text::CASE_GROWTH * bytes.len(), |out| text::map_case(bytes, case, out));
        assert_eq!(text::map_case_len(bytes, case), mapped.len());
        assert!(case != Case::Fold || text::equal_fold(bytes, &mapped));
    }
    for form in Form::ALL {
        let first = written(form.growth() * bytes.len(), |out| text::normalize(bytes, form, out));
        assert_eq!(text::normalize_len(bytes, form), first.len());
        assert_eq!(text::normalized(bytes, form) == bytes.len(), first == bytes);
        assert_eq!(text::normalized(&first, form), first.len());
    }
});
