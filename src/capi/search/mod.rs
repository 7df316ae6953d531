//! The noun `search`: patterns, lists of patterns and literals, replacement and streams. Each has a file, as in
//! `src/search`.

use super::boundary::{
    Handle, Zeroed, boundary, boundary_at, boundary_get, on, options, place, places, slice, values,
};
use super::buffer::rille_buffer;
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{Gauge, Measured};
use super::job::rille_job;
use super::outcome::Outcome;
use crate::memory;
use crate::search::{Full, Output, PatternError, Span};

pub(super) mod list;

pub mod regex;

pub mod regexset;

pub mod literals;

pub mod pattern;

pub mod stream;

pub mod scan;

pub mod translate;

/// The start and the capacity of a batch of matches.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_scan {
    /// sizeof(rille_scan).
    pub size: u32,
    /// Start offset in the text. ^ and \b see the text before it. If it is beyond the end, there are no matches.
    pub from: u32,
    /// Not 0 if a match has ended at `from`, so that an empty match there is not found twice. To continue after a full
    /// batch, set this to 1 and `from` to the end of the last match.
    pub after: u32,
    /// Capacity of the output in matches.
    pub capacity: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_scan {}

const _: () = assert!(size_of::<rille_scan>() == 16 && align_of::<rille_scan>() == 4);

impl From<PatternError> for Failure {
    fn from(error: PatternError) -> Failure {
        let status = if error.too_big { RILLE_ELIMIT } else { RILLE_EPATTERN };
        Failure { offset: error.offset.map(|at| at as u64), ..Failure::new(status, error.message) }
    }
}

impl From<Full> for Failure {
    fn from(full: Full) -> Failure {
        match full {
            Full::TooBig => {
                Failure::new(RILLE_ETOOBIG, "the result would have more than 4 GiB - 1 bytes")
            }
            Full::NoMemory => Failure::new(RILLE_ENOMEM, "no memory for the result"),
        }
    }
}

/// Returns a copy of a text for a job, which outlives the call.
fn copied(text: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(memory::copy(text)?)
}

/// Appends the output of `make` for `text` to a buffer; if it fails, the buffer is unchanged.
///
/// # Safety
///
/// `out` is null or a live buffer that no other thread uses during the call.
unsafe fn append(
    out: *mut rille_buffer,
    text: &[u8],
    make: impl FnOnce(&mut Output<'_>) -> Result<super::error::rille_status, Failure>,
) -> Result<super::error::rille_status, Failure> {
    // SAFETY: the caller vouches for the buffer.
    unsafe {
        on(out, |out| {
            if out.holds(text) {
                let message = "the text lies inside the output buffer; pass a copy of it";
                return Err(Failure::new(RILLE_EARG, message));
            }
            let mut output = Output::new(out.content());
            let status = make(&mut output)?;
            output.keep();
            Ok(status)
        })
    }
}

/// Writes `numbers` to an output, starting at index `at`.
fn put(out: &mut [std::mem::MaybeUninit<u32>], at: usize, numbers: &[usize]) {
    for (place, &number) in out[at..].iter_mut().zip(numbers) {
        place.write(number as u32);
    }
}
