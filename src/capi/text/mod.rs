//! The noun `text`: pure functions on bytes that are mostly UTF-8. Each part has a file, as in `src/text`.

use super::boundary::{Zeroed, boundary, narrow, options, output, place, places, slice, values};
use super::error::{Failure, rille_error, rille_status::*};
use crate::text::{self, Unit};

pub mod reverse;

pub mod utf8;

pub mod count;

pub mod offset;

pub mod segment;

pub mod case;

pub mod normalize;

pub mod layout;

pub mod width;

pub mod truncate;

pub mod wrap;

pub mod job;

/// Units of text.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_unit {
    /// One byte.
    RILLE_UNIT_BYTE = 0,
    /// One Unicode scalar value, or one maximal invalid subsequence.
    RILLE_UNIT_CHAR = 1,
    /// One 16-bit unit of the text as UTF-16.
    RILLE_UNIT_UTF16 = 2,
    /// One extended grapheme cluster (UAX #29): a character as users perceive it.
    RILLE_UNIT_GRAPHEME = 3,
    /// One word (UAX #29): a segment with a letter, a digit or an ideograph.
    RILLE_UNIT_WORD = 4,
    /// One line, terminated by LF, CR LF or the end of the text.
    RILLE_UNIT_LINE = 5,
    /// One display cell of a terminal, as rille_text_width measures without options.
    RILLE_UNIT_CELL = 6,
    /// One sentence (UAX #29) and the white space after it.
    RILLE_UNIT_SENTENCE = 7,
    /// The text between two line-break opportunities (UAX #14), and the white space after it.
    RILLE_UNIT_LINEBREAK = 8,
}

/// Converts a number from C to a unit.
pub(super) fn unit(number: u32) -> Result<Unit, Failure> {
    Unit::ALL.into_iter().find(|&unit| c_unit(unit) as u32 == number).ok_or_else(|| no_unit(number))
}

#[cold]
#[inline(never)]
fn no_unit(number: u32) -> Failure {
    Failure::new(RILLE_EARG, format!("unknown unit {number}; it must be one of rille_unit"))
}

fn c_unit(unit: Unit) -> rille_unit {
    match unit {
        Unit::Byte => rille_unit::RILLE_UNIT_BYTE,
        Unit::Char => rille_unit::RILLE_UNIT_CHAR,
        Unit::Utf16 => rille_unit::RILLE_UNIT_UTF16,
        Unit::Grapheme => rille_unit::RILLE_UNIT_GRAPHEME,
        Unit::Word => rille_unit::RILLE_UNIT_WORD,
        Unit::Line => rille_unit::RILLE_UNIT_LINE,
        Unit::Sentence => rille_unit::RILLE_UNIT_SENTENCE,
        Unit::Linebreak => rille_unit::RILLE_UNIT_LINEBREAK,
        Unit::Cell => rille_unit::RILLE_UNIT_CELL,
    }
}

/// Returns the output for a result that is at most `growth` times as long as the text. If there is that much room,
/// nothing needs to be measured.
///
/// # Safety
///
/// As for [`output`].
unsafe fn room<'a>(
    out: *mut u8,
    capacity: usize,
    growth: usize,
    text: &[u8],
    measure: impl FnOnce() -> usize,
) -> Result<&'a mut [std::mem::MaybeUninit<u8>], Failure> {
    let most = text.len().saturating_mul(growth);
    let len = if most <= capacity && u32::try_from(most).is_ok() {
        most
    } else {
        let needed = measure();
        narrow(needed, "the result")?;
        needed
    };
    // SAFETY: the caller vouches for the memory.
    unsafe { output(out, capacity, len, text) }
}
