//! Conversion of positions between units.

use super::*;

/// The units between which positions are converted.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_offset_options {
    /// sizeof(rille_offset_options).
    pub size: u32,
    /// The unit of the positions: RILLE_UNIT_BYTE, RILLE_UNIT_CHAR, RILLE_UNIT_UTF16, RILLE_UNIT_GRAPHEME or
    /// RILLE_UNIT_CELL.
    pub from: u32,
    /// The unit of the results, one of the same units.
    pub to: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_offset_options {}

const _: () = assert!(size_of::<rille_offset_options>() == 12);

pub(super) fn no_such_unit() -> Failure {
    let message = "positions count bytes, characters, UTF-16 units, grapheme clusters or cells";
    Failure::new(RILLE_EARG, message)
}

/// Converts a position from one unit to another, for example from bytes to the UTF-16 columns of a language server.
///
/// Writes the result to `out`. Positions are 0-based. A position inside a character or a cluster counts as its start; a
/// position beyond the end of the text counts as the end, which is the number of units. An invalid UTF-8 sequence is
/// one character. Cells are those of rille_text_width without options; a character without cells is at the next cell.
///
/// Returns RILLE_OK or RILLE_EARG (positions are not counted in that unit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_offset(
    text: *const u8,
    len: usize,
    position: u32,
    options: *const rille_offset_options,
    out: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the number.
        let (text, options, out) =
            unsafe { (slice(text, len)?, super::options(options)?, place(out, "out")?) };
        let (from, to) = (super::unit(options.from)?, super::unit(options.to)?);
        let offset = text::offset(text, position as usize, from, to).ok_or_else(no_such_unit)?;
        out.write(offset as u32);
        Ok(RILLE_OK)
    })
}

/// Converts a list of positions from one unit to another, as rille_text_offset does for one.
///
/// Writes `count` results to `out`, in the order of the positions. Ascending positions take one scan of the text
/// together; otherwise a copy may be sorted first. `out` may not overlap the positions.
///
/// Returns RILLE_OK or RILLE_EARG (they overlap, or positions are not counted in that unit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_offsets(
    text: *const u8,
    len: usize,
    positions: *const u32,
    count: u32,
    options: *const rille_offset_options,
    out: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, and NULL or options.
        let (text, options) = unsafe { (slice(text, len)?, super::options(options)?) };
        let (from, to) = (super::unit(options.from)?, super::unit(options.to)?);
        // SAFETY: the caller passes NULL or `count` positions, and NULL or places for as many results.
        let (positions, out) = unsafe { lists(positions, out, count as usize)? };
        match text::offsets(text, positions, from, to, out) {
            Ok(true) => Ok(RILLE_OK),
            Ok(false) => Err(no_such_unit()),
            Err(refused) => Err(refused.into()),
        }
    })
}

/// Returns the positions, and the places for the results.
///
/// # Safety
///
/// Unless they are null, `positions` points to `count` numbers that nobody changes during the call, and `out` to memory
/// for as many that the caller may write.
unsafe fn lists<'a>(
    positions: *const u32,
    out: *mut u32,
    count: usize,
) -> Result<(&'a [u32], &'a mut [std::mem::MaybeUninit<u32>]), Failure> {
    // SAFETY: the caller vouches for the numbers.
    let positions = unsafe { values(positions, count, "positions") }?;
    if positions.as_ptr().addr().abs_diff(out.addr()) < size_of_val(positions) {
        return Err(Failure::new(RILLE_EARG, "the output overlaps the positions"));
    }
    // SAFETY: apart from the positions, and the caller vouches for the rest.
    Ok((positions, unsafe { places(out, count, "out") }?))
}
