//! Pure functions on text: reversal, validation, repair, counting, positions between units, segments, case,
//! normalisation, and the layout in display cells.
//!
//! # What is a unit?
//!
//! A unit is what a function counts or keeps whole: a byte, a character, a word; see [`Unit`]. Offsets are always in
//! bytes.
//!
//! # How is invalid UTF-8 treated?
//!
//! Every function accepts it. A maximal invalid subsequence (the rule of the WHATWG decoder, which
//! `String::from_utf8_lossy` and `bstr` apply too) is one character, one UTF-16 unit and one U+FFFD after [`repair`], and
//! is segmented as U+FFFD. Reversal keeps its bytes in their order.
//!
//! # What does it cost?
//!
//! Every function is linear in its input. Bytes, characters, UTF-16 units and lines go through SIMD kernels at a large
//! fraction of memory bandwidth. Grapheme clusters, case and normalisation do too while the text is ASCII, and run at 0.3
//! to 1 GB/s otherwise; words, sentences and line breaks run at that speed on any text. Results are written to memory of
//! the caller. The first use of a segmenter or a case mapping builds its tables, which takes up to a millisecond and about
//! 100 KB; after that only [`offsets`] of unsorted positions and the normalisation of very long runs of combining marks
//! allocate.
//!
//! # Which version of Unicode?
//!
//! One for all functions: [`UNICODE_VERSION`], the version of ICU4X's data. `conformance` runs Unicode's own test files.
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
mod sink;
#[cfg(test)]
mod tests;
mod truncate;
mod utf8;
mod width;
mod wrap;

pub(crate) use case::append_folded;
pub use case::{CASE_GROWTH, Case, equal_fold, map_case, map_case_len};
pub use count::count;
pub(crate) use decode::decode;
pub use machine::is_alphanumeric;
pub use normalize::{Form, normalize, normalize_len, normalized};
pub use offset::{offset, offsets};
pub use reverse::reverse;
pub(crate) use segment::segment_stop;
pub use segment::{Batch, segments};
pub use sink::Span;
pub use truncate::{Align, Cut, Ellipsis, Side, pad, truncate};
pub use utf8::{repair, repair_len, validate};
pub use width::{Style, WidthOptions, width};
pub use wrap::{Line, wrap};

/// The Unicode version of all tables.
pub const UNICODE_VERSION: &str = "18.0";

/// A unit of text, which is counted, or kept whole by a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One byte.
    Byte,
    /// One Unicode scalar value, or one maximal invalid subsequence.
    Char,
    /// One 16-bit code unit of the text as UTF-16; language servers count in these.
    Utf16,
    /// One extended grapheme cluster (UAX #29): what a reader sees as one character.
    Grapheme,
    /// One word (UAX #29): a segment that contains a letter, a digit or an ideograph. White space and punctuation between
    /// words are not words.
    Word,
    /// One line, ended by LF or CR LF; the last one may end with the text instead. `""` has no line, `"a\n"` has one.
    Line,
    /// One display cell of a terminal, by the default [`WidthOptions`].
    Cell,
    /// One sentence (UAX #29), with the white space that follows it.
    Sentence,
    /// The text between two places at which a line may be broken (UAX #14), with the white space that follows it.
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

/// Returns a vector of `len` bytes, all of them written by `fill`.
#[cfg(test)]
fn filled(len: usize, fill: impl FnOnce(&mut [std::mem::MaybeUninit<u8>])) -> Vec<u8> {
    filled_with(len, fill)
}

/// [`filled`] with elements of any type.
#[cfg(test)]
#[allow(unsafe_code)]
fn filled_with<T>(len: usize, fill: impl FnOnce(&mut [std::mem::MaybeUninit<T>])) -> Vec<T> {
    let mut all = Vec::with_capacity(len);
    fill(&mut all.spare_capacity_mut()[..len]);
    // SAFETY: `fill` has written the whole capacity, which is what the tests check; the sanitizer and valgrind runs
    // would report a byte that it left out.
    unsafe { all.set_len(len) };
    all
}
