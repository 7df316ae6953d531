//! Live handles and the native memory they hold, which a garbage collector cannot see.

use super::boundary::{boundary, boundary_get, place};
use super::buffer::rille_buffer;
use super::error::{Failure, rille_error, rille_status::*};
use super::file::rille_file;
use super::fuzzy::matcher::rille_matcher;
use super::fuzzy::rille_fuzzy;
use super::gunzip::rille_gunzip;
use super::job::rille_job;
use super::listener::rille_listener;
use super::notifier::rille_notifier;
use super::search::literals::rille_literals;
use super::search::regex::rille_regex;
use super::search::regexset::rille_regexset;
use super::search::scan::rille_scanner;
use super::search::stream::rille_stream;
use std::ffi::c_char;
use std::ptr::null;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// Size of the name of a kind in bytes, its final NUL included.
pub const RILLE_KIND_SIZE: usize = 16;

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

/// The counters of one kind of handle.
pub struct Gauge {
    /// Name of the kind, shorter than [`RILLE_KIND_SIZE`].
    pub(super) kind: &'static str,
    handles: AtomicI64,
    bytes: AtomicI64,
    /// Returns the memory of this kind that changes while no call runs, in bytes; 0 if there is none.
    elsewhere: fn() -> i64,
}

/// A value of a handle whose memory is counted.
pub trait Measured {
    /// The gauge that counts values of this kind.
    const GAUGE: &'static Gauge;

    /// Returns the native memory of the value in bytes. It must be cheap: it is called before and after each call.
    fn bytes(&self) -> usize;

    /// Memory of a handle of this kind in bytes that [`Measured::bytes`] cannot measure, for example of descriptors and
    /// threads' caches. It counts for [`rille_held_kib`] only.
    const HIDDEN: usize = 0;
}

/// Approximate size of a handle itself in bytes.
const HANDLE: usize = 512;

/// Bytes that a descriptor counts for: a process may have about a thousand, so some dozens that wait for the collector
/// are as bad as some megabytes.
pub(super) const DESCRIPTOR: usize = 256 << 10;

/// Total native memory in bytes that handles hold, including [`Measured::HIDDEN`].
static HELD: AtomicI64 = AtomicI64::new(0);

/// Total native memory in KiB that handles hold, for hosts that read it through a pointer.
static HELD_KIB: AtomicU32 = AtomicU32::new(0);

/// Replaces `before` bytes of a handle by `after` bytes in the total.
pub(super) fn hold(before: usize, after: usize) {
    let change = after as i64 - before as i64;
    let bytes = HELD.fetch_add(change, Ordering::Relaxed) + change;
    let jobs = <rille_job as Measured>::GAUGE;
    let kib = (bytes + (jobs.elsewhere)()).max(0) / 1024;
    HELD_KIB.store(u32::try_from(kib).unwrap_or(u32::MAX), Ordering::Relaxed);
}

impl Gauge {
    pub(super) const fn new(kind: &'static str) -> Gauge {
        Gauge::with(kind, || 0)
    }

    /// Creates a gauge that also counts the bytes that `elsewhere` returns.
    pub(super) const fn with(kind: &'static str, elsewhere: fn() -> i64) -> Gauge {
        assert!(kind.len() < RILLE_KIND_SIZE);
        Gauge { kind, handles: AtomicI64::new(0), bytes: AtomicI64::new(0), elsewhere }
    }

    pub(super) fn opened(&self, bytes: usize, hidden: usize) {
        self.handles.fetch_add(1, Ordering::Relaxed);
        self.changed(0, bytes);
        hold(0, hidden + HANDLE);
    }

    pub(super) fn closed(&self, bytes: usize, hidden: usize) {
        self.handles.fetch_sub(1, Ordering::Relaxed);
        self.changed(bytes, 0);
        hold(hidden + HANDLE, 0);
    }

    pub(super) fn changed(&self, before: usize, after: usize) {
        if before != after {
            self.bytes.fetch_add(after as i64 - before as i64, Ordering::Relaxed);
            hold(before, after);
        }
    }

    fn read(&self) -> rille_stat {
        let mut kind = [0; RILLE_KIND_SIZE];
        for (to, from) in kind.iter_mut().zip(self.kind.bytes()) {
            *to = from as c_char;
        }
        let handles = self.handles.load(Ordering::Relaxed);
        let bytes = self.bytes.load(Ordering::Relaxed) + (self.elsewhere)();
        rille_stat { kind, handles, bytes }
    }
}

/// The gauges of all kinds. A new kind of handle adds its gauge here.
const GAUGES: [&Gauge; 13] = [
    <rille_buffer as Measured>::GAUGE,
    <rille_regex as Measured>::GAUGE,
    <rille_regexset as Measured>::GAUGE,
    <rille_literals as Measured>::GAUGE,
    <rille_stream as Measured>::GAUGE,
    <rille_scanner as Measured>::GAUGE,
    <rille_job as Measured>::GAUGE,
    <rille_notifier as Measured>::GAUGE,
    <rille_listener as Measured>::GAUGE,
    <rille_gunzip as Measured>::GAUGE,
    <rille_file as Measured>::GAUGE,
    <rille_fuzzy as Measured>::GAUGE,
    <rille_matcher as Measured>::GAUGE,
];

/// Returns the gauge at an address, if it is that of a kind.
pub(super) fn is_gauge(address: *const Gauge) -> Option<&'static Gauge> {
    GAUGES.into_iter().find(|&gauge| std::ptr::eq(gauge, address))
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
                unsafe { out.add(at).write(gauge.read()) };
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
    boundary_get(null(), || HELD_KIB.as_ptr().cast_const())
}
