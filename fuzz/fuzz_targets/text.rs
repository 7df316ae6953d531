//! Any bytes through every function of `text`, against the plainest oracle there is.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run text` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::text::{self, Unit};
use std::mem::MaybeUninit;

fn reversed(bytes: &[u8], unit: Unit) -> Vec<u8> {
    let mut out = vec![MaybeUninit::new(0); bytes.len()];
    assert!(text::reverse(bytes, unit, &mut out));
    // SAFETY: every byte was made initialised.
    out.into_iter().map(|byte| unsafe { byte.assume_init() }).collect()
}

/// The chars of any bytes, a maximal invalid subsequence being one.
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
    assert_eq!(text::count(bytes, Unit::Line), bytes.split_inclusive(|byte| *byte == b'\n').count());
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
    // SAFETY: every byte was made initialised.
    let repaired: Vec<u8> = out.into_iter().map(|byte| unsafe { byte.assume_init() }).collect();
    assert_eq!(repaired, lossy.as_bytes());
});
