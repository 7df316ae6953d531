//! Replacement in text that arrives in chunks.

use super::literals::{rille_literals, rille_replacements};
use super::regex::{rille_regex, rille_replacement};
use super::*;
use crate::capi::boundary::boundary_on;
use crate::search::{Stream, StreamError};
use std::sync::Arc;

/// A replacement in text that arrives in chunks. A match may cross any border: the output does not depend on where the
/// text is cut.
pub struct rille_stream {
    stream: Stream,
}

const _: () = {
    const fn movable<T: Send>() {}
    movable::<rille_stream>();
};

impl Measured for rille_stream {
    const GAUGE: &'static Gauge = &crate::capi::gauge::STREAM;

    /// The text that is held back, and the replacements.
    fn bytes(&self) -> usize {
        self.stream.memory()
    }
}

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Failure {
        match error {
            StreamError::Overlong(offset) => {
                let message = format!(
                    "the match at byte {offset} of the stream, counted from 0, is longer than the declared maximum"
                );
                Failure { offset: Some(offset), ..Failure::new(RILLE_ELIMIT, message) }
            }
            StreamError::Full(full) => full.into(),
            StreamError::Finished => {
                Failure::new(RILLE_EARG, "the stream is finished; make a new one or reset it")
            }
        }
    }
}

fn limit(limit: u32) -> u64 {
    if limit == 0 { u64::MAX } else { limit.into() }
}

/// Creates a stream that replaces the matches of a pattern, and writes it to `out`.
///
/// `how` has the replacement; NULL removes matches. `longest` is the maximum length of a match in bytes, at most 256
/// MiB. It may be 0 for a pattern of bounded length, for example `a{1,9}b`. A pattern like `a+` has no bound: it then
/// sees twice `longest` bytes from each place. A match longer than `longest` ends the stream with RILLE_ELIMIT; text
/// that does not end a match within twice `longest` bytes is not a match.
///
/// The pattern may be freed while the stream lives.
///
/// Returns RILLE_OK, RILLE_EARG (`longest` is needed or too long, or the pattern is anchored) or RILLE_EPATTERN (the
/// template is wrong; the error block has the offset in it).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_new_regex(
    regex: *const rille_regex,
    how: *const rille_replacement,
    longest: u32,
    out: *mut *mut rille_stream,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern, NULL or what is put in, and NULL or a place for the pointer.
    unsafe {
        boundary_at(regex, err, |regex| {
            let (how, out) = (options(how)?, place(out, "out")?);
            let template = how.template(&regex.regex)?;
            let longest = (longest > 0).then_some(longest as usize);
            let stream =
                Stream::regex(Arc::clone(&regex.regex), template, longest, limit(how.limit));
            let stream = stream.ok_or_else(|| {
                let message = if regex.regex.is_anchored() {
                    "an anchored pattern cannot be searched for in a stream"
                } else if longest.is_none() {
                    "a match of this pattern may have any length; set max_match_length"
                } else {
                    "max_match_length must be at most 256 MiB"
                };
                Failure::new(RILLE_EARG, message)
            })?;
            out.write(Handle::give(rille_stream { stream }));
            Ok(RILLE_OK)
        })
    }
}

/// Creates a stream that replaces literals, and writes it to `out`. `how` has the replacements.
///
/// The list may be freed while the stream lives.
///
/// Returns RILLE_OK or RILLE_EARG (the number of replacements is neither 1 nor the number of literals).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_new_literals(
    literals: *const rille_literals,
    how: *const rille_replacements,
    out: *mut *mut rille_stream,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live list, NULL or what is put in, and NULL or a place for the pointer.
    unsafe {
        boundary_at(literals, err, |literals| {
            let (how, out) = (options(how)?, place(out, "out")?);
            let literals = Arc::clone(&literals.literals);
            let replacements = how.read(&literals)?;
            let stream = Stream::literals(literals, &replacements, limit(how.limit));
            out.write(Handle::give(rille_stream { stream }));
            Ok(RILLE_OK)
        })
    }
}

/// Frees a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_free(stream: *mut rille_stream) {
    // SAFETY: the caller passes NULL or a live stream, and uses it no more.
    boundary_get((), || unsafe { Handle::free(stream) })
}

/// Returns the maximum number of bytes that the stream holds back between two chunks; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_hold_back(stream: *const rille_stream) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live stream that nobody changes meanwhile.
        let held = unsafe { Handle::peek(stream) }.map_or(0, |stream| stream.stream.hold_back());
        u32::try_from(held).unwrap_or(u32::MAX)
    })
}

/// Returns the number of replacements so far; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_count(stream: *const rille_stream) -> f64 {
    boundary_get(0.0, || {
        // SAFETY: the caller passes NULL or a live stream that nobody changes meanwhile.
        unsafe { Handle::peek(stream) }.map_or(0.0, |stream| stream.stream.count() as f64)
    })
}

/// Feeds the next chunk, of any length, and appends the output that is decided to `out`.
///
/// Returns RILLE_OK, RILLE_EARG (the chunk lies in `out`, or the stream is finished), RILLE_ETOOBIG (the chunk is too
/// long, or `out` would be) or RILLE_ELIMIT (a match is longer than declared; the error block has its offset in the
/// stream). After a failure of the last three kinds the stream returns the same failure forever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_feed(
    stream: *mut rille_stream,
    text: *const u8,
    len: usize,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live stream, NULL or `len` bytes, and NULL or a live buffer; this call is the only
    // use of the stream and of the buffer.
    unsafe {
        boundary_on(stream, err, |stream| {
            let text = slice(text, len)?;
            append(out, text, |out| {
                stream.stream.feed(text, out)?;
                Ok(RILLE_OK)
            })
        })
    }
}

/// Ends the text, and appends the output of the held-back text to `out`. After that the stream accepts no more text.
///
/// Returns RILLE_OK, RILLE_EARG (the stream is finished already), or as rille_stream_feed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_finish(
    stream: *mut rille_stream,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live stream and NULL or a live buffer, that nothing else uses meanwhile.
    unsafe {
        boundary_on(stream, err, |stream| {
            append(out, &[], |out| {
                stream.stream.finish(out)?;
                Ok(RILLE_OK)
            })
        })
    }
}

/// Forgets the text and the replacements so far, and begins with a new text, also after a failure. It allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_reset(
    stream: *mut rille_stream,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live stream that nothing else uses meanwhile.
    unsafe {
        boundary_on(stream, err, |stream| {
            stream.stream.reset();
            Ok(RILLE_OK)
        })
    }
}

/// Creates a stream like another one, with a text of its own, and writes it to `out`. Both share what was compiled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stream_new_like(
    stream: *mut rille_stream,
    out: *mut *mut rille_stream,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live stream that nothing else uses meanwhile, and NULL or a place for the pointer.
    unsafe {
        boundary_on(stream, err, |stream| {
            let out = place(out, "out")?;
            out.write(Handle::give(rille_stream { stream: stream.stream.another() }));
            Ok(RILLE_OK)
        })
    }
}
