//! The buffer: reusable output memory.

use super::boundary::{Handle, boundary, boundary_get, boundary_on, narrow, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use std::ptr::null;

/// Growing memory that results are appended to. It is reused: making the next result allocates nothing.
pub struct rille_buffer {
    content: Vec<u8>,
    /// Number of bytes of the last reservation; a commit sets it to 0.
    reserved: usize,
}

impl Measured for rille_buffer {
    const GAUGE: &'static Gauge = &gauge::BUFFER;

    fn bytes(&self) -> usize {
        self.content.capacity()
    }
}

impl rille_buffer {
    /// Returns the content for functions that append to it themselves. It ends a reservation.
    pub(super) fn content(&mut self) -> &mut Vec<u8> {
        self.reserved = 0;
        &mut self.content
    }

    /// Returns whether `text` lies in the memory of the buffer, so that appending could move it.
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        let content =
            self.content.as_ptr().addr()..self.content.as_ptr().addr() + self.content.capacity();
        !text.is_empty()
            && text.as_ptr().addr() < content.end
            && content.start < text.as_ptr_range().end.addr()
    }

    /// Makes room for `additional` bytes after the content.
    fn grow(&mut self, additional: usize) -> Result<(), Failure> {
        self.reserved = 0;
        narrow(self.content.len().saturating_add(additional), "the buffer")?;
        self.content.try_reserve(additional).map_err(|_| {
            Failure::new(RILLE_ENOMEM, format!("no memory for {additional} more bytes of a buffer"))
        })
    }
}

/// Makes an empty buffer with room for `capacity` bytes and writes it to `out`.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (above 4 GiB - 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_new(
    capacity: usize,
    out: *mut *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the pointer.
        let out = unsafe { place(out, "out") }?;
        let mut buffer = rille_buffer { content: Vec::new(), reserved: 0 };
        buffer.grow(capacity)?;
        out.write(Handle::give(buffer));
        Ok(RILLE_OK)
    })
}

/// Frees a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_free(buffer: *mut rille_buffer) {
    // SAFETY: the caller passes NULL or a live buffer, and uses it no more.
    boundary_get((), || unsafe { Handle::free(buffer) })
}

/// Returns the length of the content in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_len(buffer: *const rille_buffer) -> u32 {
    boundary_get(0, || {
        // SAFETY: the caller passes NULL or a live buffer that nobody changes meanwhile.
        unsafe { Handle::peek(buffer) }.map_or(0, |buffer| buffer.content.len() as u32)
    })
}

/// Returns the content, rille_buffer_len bytes without a NUL at their end. The pointer is valid until the next call on
/// this buffer that does not take it as const; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_ptr(buffer: *const rille_buffer) -> *const u8 {
    boundary_get(null(), || {
        // SAFETY: the caller passes NULL or a live buffer that nobody changes meanwhile.
        unsafe { Handle::peek(buffer) }.map_or(null(), |buffer| buffer.content.as_ptr())
    })
}

/// Empties the buffer and keeps its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_reset(
    buffer: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live buffer that nothing else uses meanwhile.
    unsafe {
        boundary_on(buffer, err, |buffer| {
            buffer.reserved = 0;
            buffer.content.clear();
            Ok(RILLE_OK)
        })
    }
}

/// Appends the `len` bytes at `text`, which may not lie inside the buffer itself.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (the content would have more than 4 GiB - 1 bytes).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_append(
    buffer: *mut rille_buffer,
    text: *const u8,
    len: usize,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live buffer that nothing else uses meanwhile, and NULL or `len` bytes.
    unsafe {
        boundary_on(buffer, err, |buffer| {
            let text = slice(text, len)?;
            if buffer.holds(text) {
                return Err(Failure::new(
                    RILLE_EARG,
                    "the text lies inside the buffer; append a copy of it",
                ));
            }
            buffer.grow(len)?;
            buffer.content.extend_from_slice(text);
            Ok(RILLE_OK)
        })
    }
}

/// Reserves room for at least `len` bytes after the content and writes its address to `out`. Fill as much of it as you
/// need, then call rille_buffer_commit. The pointer is valid until the next call on this buffer that does not take it
/// as const.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (the content could pass 4 GiB - 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_reserve(
    buffer: *mut rille_buffer,
    len: usize,
    out: *mut *mut u8,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live buffer that nothing else uses meanwhile, and NULL or a place for the pointer.
    unsafe {
        boundary_on(buffer, err, |buffer| {
            let out = place(out, "out")?;
            buffer.grow(len)?;
            buffer.reserved = len;
            out.write(buffer.content.spare_capacity_mut().as_mut_ptr().cast());
            Ok(RILLE_OK)
        })
    }
}

/// Adds the first `len` bytes of the last reservation to the content. They must have been written. The rest of the
/// reservation is released.
///
/// Returns RILLE_OK or RILLE_EARG (`buffer` is NULL, or `len` is more than was reserved).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_buffer_commit(
    buffer: *mut rille_buffer,
    len: usize,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live buffer that nothing else uses meanwhile.
    unsafe {
        boundary_on(buffer, err, |buffer| {
            if len > buffer.reserved {
                let message =
                    format!("cannot commit {len} bytes: {} are reserved", buffer.reserved);
                return Err(Failure::new(RILLE_EARG, message));
            }
            buffer.reserved = 0;
            // The reservation has checked the capacity, and the caller has written the bytes.
            buffer.content.set_len(buffer.content.len() + len);
            Ok(RILLE_OK)
        })
    }
}
