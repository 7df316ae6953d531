//! Live handles and the native memory they hold, which a garbage collector cannot see.

use super::boundary::{boundary, boundary_get, place};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{GAUGES, Gauge, RILLE_KIND_SIZE, held_kib};
use std::ffi::c_char;
use std::ptr::null;

/// The live objects of one kind in the process, and the memory they hold.
#[repr(C)]
pub struct rille_stat {
    /// Name of the kind of object, for example "buffer", terminated by a NUL.
    pub kind: [c_char; RILLE_KIND_SIZE],
    /// Number of live objects.
    pub handles: i64,
    /// Native memory that they hold, in bytes.
    pub bytes: i64,
}

const _: () = {
    assert!(size_of::<rille_stat>() == 32 && align_of::<rille_stat>() == 8);
    assert!(std::mem::offset_of!(rille_stat, handles) == 16);
    assert!(std::mem::offset_of!(rille_stat, bytes) == 24);
};

impl From<&Gauge> for rille_stat {
    fn from(gauge: &Gauge) -> rille_stat {
        let mut kind = [0; RILLE_KIND_SIZE];
        for (to, from) in kind.iter_mut().zip(gauge.kind.bytes()) {
            *to = from as c_char;
        }
        let (handles, bytes) = gauge.read();
        rille_stat { kind, handles, bytes }
    }
}

/// Writes the live objects and the native memory of each kind, for the whole process.
///
/// `out` gets one entry for each kind and has room for `capacity` of them; `out_count` gets the number of kinds. With a
/// `capacity` of 0 only that number is written, and `out` may be NULL.
///
/// Returns RILLE_OK or RILLE_ESHORT (`capacity` is neither 0 nor enough).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_stats(
    out: *mut rille_stat,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the number.
        let count = unsafe { place(out_count, "out_count") }?;
        if capacity > 0 {
            if (capacity as usize) < GAUGES.len() {
                let message = format!(
                    "there are {} kinds of handle, and the output has room for {capacity}",
                    GAUGES.len()
                );
                return Err(Failure::new(RILLE_ESHORT, message));
            }
            if out.is_null() {
                return Err(Failure::new(
                    RILLE_EARG,
                    format!("the output is NULL, but its capacity is {capacity}"),
                ));
            }
            for (at, gauge) in GAUGES.iter().enumerate() {
                // SAFETY: not null, and the caller passes `capacity` entries, which are enough for all kinds.
                unsafe { out.add(at).write((*gauge).into()) };
            }
        }
        count.write(GAUGES.len() as u32);
        Ok(RILLE_OK)
    })
}

/// Returns a pointer to the current native memory of all live objects of the process in KiB, for hosts with a garbage
/// collector: reading the value costs no call. The memory of files and patterns is estimated, and a descriptor counts
/// for 256 KiB. The pointer is static.
#[unsafe(no_mangle)]
pub extern "C" fn rille_held_kib() -> *const u32 {
    boundary_get(null(), held_kib)
}
