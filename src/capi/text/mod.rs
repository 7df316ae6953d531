//! The noun `text`: pure functions on bytes that are mostly UTF-8, in a file for each part as in `src/text`.

use super::boundary::{boundary, narrow, output, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use crate::text::{self, Unit};

pub mod reverse;

pub mod utf8;

pub mod count;

/// What is counted, or kept whole by a reversal.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_unit {
    /// One byte.
    RILLE_UNIT_BYTE = 0,
    /// One Unicode scalar value, or one maximal invalid subsequence.
    RILLE_UNIT_CHAR = 1,
    /// One 16-bit unit of the text as UTF-16.
    RILLE_UNIT_UTF16 = 2,
    /// One extended grapheme cluster (UAX #29): what a person calls a character.
    RILLE_UNIT_GRAPHEME = 3,
    /// One word (UAX #29): a segment that holds a letter, a digit or an ideograph.
    RILLE_UNIT_WORD = 4,
    /// One line, ended by LF, CR LF or the end of the text.
    RILLE_UNIT_LINE = 5,
}

/// The unit of a number from C, which may be any.
fn unit(number: u32) -> Result<Unit, Failure> {
    Unit::ALL.into_iter().find(|&unit| c_unit(unit) as u32 == number).ok_or_else(|| no_unit(number))
}

#[cold]
#[inline(never)]
fn no_unit(number: u32) -> Failure {
    Failure::new(RILLE_EARG, format!("{number} is no unit; they are the RILLE_UNIT_ constants"))
}

fn c_unit(unit: Unit) -> rille_unit {
    match unit {
        Unit::Byte => rille_unit::RILLE_UNIT_BYTE,
        Unit::Char => rille_unit::RILLE_UNIT_CHAR,
        Unit::Utf16 => rille_unit::RILLE_UNIT_UTF16,
        Unit::Grapheme => rille_unit::RILLE_UNIT_GRAPHEME,
        Unit::Word => rille_unit::RILLE_UNIT_WORD,
        Unit::Line => rille_unit::RILLE_UNIT_LINE,
    }
}
