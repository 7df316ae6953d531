//! Counters of live handles and of the native memory that they hold, by kind.
//!
//! They are here and not with the nouns, because a handle that is refused is compared with all of them.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// Size of the name of a kind in bytes, its final NUL included.
pub const RILLE_KIND_SIZE: usize = 16;

pub(super) static BUFFER: Gauge = Gauge::new("buffer");
pub(super) static REGEX: Gauge = Gauge::new("regex");
pub(super) static REGEXSET: Gauge = Gauge::new("regexset");
pub(super) static LITERALS: Gauge = Gauge::new("literals");
pub(super) static STREAM: Gauge = Gauge::new("stream");
pub(super) static SCAN: Gauge = Gauge::new("scan");
pub(super) static JOB: Gauge =
    Gauge::with("job", || crate::job::waiting() + RESULTS.load(Ordering::Relaxed));
pub(super) static NOTIFIER: Gauge = Gauge::new("notifier");
pub(super) static LISTENER: Gauge = Gauge::new("listener");
pub(super) static GUNZIP: Gauge = Gauge::new("gunzip");
pub(super) static FILE: Gauge = Gauge::with("file", crate::file::held);
pub(super) static FUZZY: Gauge = Gauge::with("fuzzy", crate::fuzzy::live::held);
pub(super) static MATCHER: Gauge = Gauge::new("matcher");
pub(super) static DIFF: Gauge = Gauge::new("diff");
pub(super) static INLINE: Gauge = Gauge::new("inline");
pub(super) static SESSION: Gauge = Gauge::new("diff_session");

/// The gauges of all kinds. A new kind of handle adds its gauge here.
pub(super) static GAUGES: [&Gauge; 16] = [
    &BUFFER, &REGEX, &REGEXSET, &LITERALS, &STREAM, &SCAN, &JOB, &NOTIFIER, &LISTENER, &GUNZIP,
    &FILE, &FUZZY, &MATCHER, &DIFF, &INLINE, &SESSION,
];

/// Total size in bytes of the results that live jobs with exactly one result hold.
pub(super) static RESULTS: AtomicI64 = AtomicI64::new(0);

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
    /// The gauge of this kind: one of [`GAUGES`].
    const GAUGE: &'static Gauge;

    /// Returns the native memory of the value in bytes. It must be cheap: it is called before and after each call.
    fn bytes(&self) -> usize;

    /// Memory of a handle of this kind in bytes that [`Measured::bytes`] cannot measure, for example of descriptors and
    /// threads' caches. It counts for `rille_held_kib` only.
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
    let kib = (bytes + (JOB.elsewhere)()).max(0) / 1024;
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

    /// Returns the number of live handles of the kind and the bytes of memory that they hold.
    pub(super) fn read(&self) -> (i64, i64) {
        let bytes = self.bytes.load(Ordering::Relaxed) + (self.elsewhere)();
        (self.handles.load(Ordering::Relaxed), bytes)
    }
}

/// Returns the gauge at an address, if it is that of a kind.
pub(super) fn is_gauge(address: *const Gauge) -> Option<&'static Gauge> {
    GAUGES.into_iter().find(|&gauge| std::ptr::eq(gauge, address))
}

/// Returns the address of the total native memory in KiB, the only place of it.
pub(super) fn held_kib() -> *const u32 {
    HELD_KIB.as_ptr().cast_const()
}
