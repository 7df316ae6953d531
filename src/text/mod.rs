//! Pure functions on text: reversal, validation, repair, counting, positions between units, segments, case,
//! normalisation, and the layout in display cells.
//!
//! # What is a unit?
//!
//! The thing that is counted or kept whole: see [`Unit`]. Offsets are bytes everywhere.
//!
//! # What of invalid UTF-8?
//!
//! It is legal everywhere. A maximal invalid subsequence (the rule of the WHATWG decoder, which
//! `String::from_utf8_lossy` and `bstr` apply too) is one char, one UTF-16 unit and one U+FFFD after [`repair`], and
//! takes part in segmentation as U+FFFD. Reversal keeps its bytes in their order.
//!
//! # What does it cost?
//!
//! Every function is linear in its input. Bytes, chars, UTF-16 units and lines go through SIMD kernels at a good part
//! of the memory's speed; grapheme clusters, case and normalisation do so while the text is ASCII, and go at 0.3 to 1 GB/s
//! where it is not, as words, sentences and line breaks do in any text. Results go to memory of the caller. The first use
//! of a segmenter or of a case mapping makes its tables, which takes up to a millisecond and about 100 KB; else only
//! [`offsets`] in disorder and the normalisation of very long runs of combining marks allocate.
//!
//! # Which Unicode?
//!
//! One for everything: [`UNICODE_VERSION`], that of the data in ICU4X. `conformance` runs Unicode's own test files.

mod case;
mod count;
mod decode;
pub mod kernel;
mod lines;
mod machine;
mod normalize;
mod offset;
mod output;
mod reverse;
mod segment;
#[cfg(test)]
mod tests;
mod truncate;
mod utf8;
mod width;
mod wrap;

pub use case::{CASE_GROWTH, Case, equal_fold, map_case, map_case_len};
pub use count::count;
pub(crate) use decode::decode;
pub use machine::is_alphanumeric;
pub use normalize::{Form, normalize, normalize_len, normalized};
pub use offset::{offset, offsets};
pub use reverse::reverse;
pub use segment::{Batch, Span, segments};
pub use truncate::{Align, Cut, Ellipsis, Side, pad, truncate};
pub use utf8::{repair, repair_len, validate};
pub use width::{Style, WidthOptions, width};
pub use wrap::{Line, wrap};

/// The version of Unicode that all tables are of.
pub const UNICODE_VERSION: &str = "18.0";

/// What is counted, or kept whole by a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One byte.
    Byte,
    /// One Unicode scalar value, or one maximal invalid subsequence.
    Char,
    /// One 16-bit unit of the text as UTF-16, which is what language servers count in.
    Utf16,
    /// One extended grapheme cluster (UAX #29): what a person calls a character.
    Grapheme,
    /// One word (UAX #29): a segment with a letter, a digit or an ideograph in it. White space and punctuation
    /// between words are no words.
    Word,
    /// One line. It ends in LF or CR LF, the last one also at the end of the text; `""` has no line, `"a\n"` one.
    Line,
    /// One display cell of a terminal, by the default [`WidthOptions`].
    Cell,
    /// One sentence (UAX #29), with the white space behind it.
    Sentence,
    /// What stands between two places at which a line may be broken (UAX #14), with the white space behind it.
    Linebreak,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 9] = [
        Unit::Byte,
        Unit::Char,
        Unit::Utf16,
        Unit::Grapheme,
        Unit::Word,
        Unit::Line,
        Unit::Cell,
        Unit::Sentence,
        Unit::Linebreak,
    ];
}

/// A vector of `len` bytes that `fill` has written from end to end.
#[cfg(test)]
fn filled(len: usize, fill: impl FnOnce(&mut [std::mem::MaybeUninit<u8>])) -> Vec<u8> {
    filled_with(len, fill)
}

/// [`filled`] of anything.
#[cfg(test)]
#[allow(unsafe_code)]
fn filled_with<T>(len: usize, fill: impl FnOnce(&mut [std::mem::MaybeUninit<T>])) -> Vec<T> {
    let mut all = Vec::with_capacity(len);
    fill(&mut all.spare_capacity_mut()[..len]);
    // SAFETY: the capacity is there and `fill` has written it, which is what the tests are about; the sanitizer and
    // valgrind runs would tell if it had not.
    unsafe { all.set_len(len) };
    all
}
