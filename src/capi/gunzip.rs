//! Decompression of gzip data that arrives in chunks.

use super::boundary::{Handle, boundary, boundary_get, boundary_on, on, place, slice};
use super::buffer::rille_buffer;
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use crate::file::Gunzip;
use crate::io_error::message;
use crate::memory;

/// Decompression of gzip data that arrives in chunks, for example the body of a response.
pub struct rille_gunzip {
    gunzip: Gunzip,
    failed: bool,
}

const _: () = {
    const fn movable<T: Send>() {}
    movable::<rille_gunzip>();
};

impl Measured for rille_gunzip {
    const GAUGE: &'static Gauge = &gauge::GUNZIP;

    /// The window and the tables.
    const HIDDEN: usize = 48 << 10;

    fn bytes(&self) -> usize {
        self.gunzip.memory()
    }
}

/// Creates a decompression and writes it to `out`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_gunzip_new(
    out: *mut *mut rille_gunzip,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the pointer.
        let out = unsafe { place(out, "out") }?;
        out.write(Handle::give(rille_gunzip { gunzip: Gunzip::default(), failed: false }));
        Ok(RILLE_OK)
    })
}

/// Frees a decompression.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_gunzip_free(gunzip: *mut rille_gunzip) {
    // SAFETY: the caller passes NULL or a live decompression, and uses it no more.
    boundary_get((), || unsafe { Handle::free(gunzip) })
}

/// Unpacks the next chunk and appends its bytes to `out`; if `last` is not 0, the data ends after it. A chunk may unpack to a
/// thousand times its length.
///
/// Returns RILLE_OK, RILLE_EARG (the chunk lies in `out`), RILLE_ETOOBIG (`out` would be too long) or RILLE_EIO (the data is
/// not gzip, is damaged, or is incomplete). After a failure every call fails until the decompression is reset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_gunzip_feed(
    gunzip: *mut rille_gunzip,
    text: *const u8,
    len: usize,
    last: u32,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live decompression, NULL or `len` bytes, and NULL or a live buffer; this call is the
    // only use of both objects.
    unsafe {
        boundary_on(gunzip, err, |gunzip| {
            let text = slice(text, len)?;
            on(out, |out| {
                if out.holds(text) {
                    let message =
                        "the text lies in the buffer that the result is to be appended to";
                    return Err(Failure::new(RILLE_EARG, message));
                }
                if gunzip.failed {
                    return Err(Failure::new(
                        RILLE_EIO,
                        "the gzip data was found to be damaged before",
                    ));
                }
                gunzip.failed = true;
                let unpacked = gunzip.gunzip.feed(text, last != 0).map_err(|error| {
                    Failure::new(RILLE_EIO, format!("damaged gzip data: {}", message(&error)))
                })?;
                let content = out.content();
                if content.len() + unpacked.len() > u32::MAX as usize {
                    return Err(Failure::new(RILLE_ETOOBIG, "the result would pass 4 GiB - 1"));
                }
                memory::append(content, unpacked)?;
                gunzip.failed = false;
                Ok(RILLE_OK)
            })
        })
    }
}

/// Resets the decompression for new data, also after a failure. It allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_gunzip_reset(
    gunzip: *mut rille_gunzip,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live decompression that nothing else uses meanwhile.
    unsafe {
        boundary_on(gunzip, err, |gunzip| {
            gunzip.gunzip.reset();
            gunzip.failed = false;
            Ok(RILLE_OK)
        })
    }
}
