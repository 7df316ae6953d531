//! Handles: the objects that the opaque pointers of C refer to.
//!
//! # What does a wrong pointer do?
//!
//! Every handle begins with a tag, the address of its kind's [`Gauge`]. A call compares the tag with the expected one,
//! which costs one load and one compare. A handle of another kind is `RILLE_EARG`, and the message names both kinds.
//!
//! A freed handle loses its tag. The values of freed handles are dropped, but the memory of the last [`QUARANTINE`]
//! ones is kept, so that a second free or a late call reads memory of the library and fails with a message. The memory
//! of a handle that was freed earlier may belong to another owner; then the tag is almost always wrong, but that is not
//! guaranteed.

use super::error::{Failure, rille_status, rille_status::*};
use super::gauge::{Gauge, Measured, is_gauge};
use crate::memory::NoMemory;
use std::any::Any;
use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// Number of freed handles whose memory is kept. Each takes some hundred bytes.
pub(super) const QUARANTINE: usize = 256;

/// The tag of a freed handle. Only its address matters.
static FREED: Gauge = Gauge::new("freed");

/// The start of every handle, the same for all kinds.
#[repr(C)]
struct Header {
    /// The gauge of the kind, or [`FREED`]. First, so that it can be read before the kind is known.
    tag: AtomicPtr<Gauge>,
    /// The gauge of the kind, also after the handle was freed.
    gauge: &'static Gauge,
    /// Frees the memory of a freed handle.
    release: unsafe fn(*mut Header),
    poisoned: AtomicBool,
}

/// The object that an opaque pointer of C refers to; C and the signatures here see it as a `*mut T`.
///
/// It counts itself in `rille_stats`, with the native memory that its value holds.
#[repr(C)]
pub(super) struct Handle<T: Measured> {
    /// First, so that a pointer to the handle is one to the header.
    header: Header,
    value: UnsafeCell<ManuallyDrop<T>>,
}

fn tag_of(gauge: &'static Gauge) -> *mut Gauge {
    std::ptr::from_ref(gauge).cast_mut()
}

impl<T: Measured> Handle<T> {
    /// Moves `value` to a handle for C, which [`Handle::free`] frees.
    pub(super) fn give(value: T) -> *mut T {
        T::GAUGE.opened(value.bytes(), T::HIDDEN);
        let header = Header {
            tag: AtomicPtr::new(tag_of(T::GAUGE)),
            gauge: T::GAUGE,
            release: release::<T>,
            poisoned: AtomicBool::new(false),
        };
        let value = UnsafeCell::new(ManuallyDrop::new(value));
        Box::into_raw(Box::new(Handle { header, value })).cast()
    }

    /// Drops the value of a handle from [`Handle::give`]. Ignores null, a freed handle and a handle of another kind.
    ///
    /// # Safety
    ///
    /// `handle` is null or a handle that is in no other call.
    pub(super) unsafe fn free(handle: *mut T) {
        // SAFETY: the caller vouches that it is null or a handle.
        let Ok(live) = (unsafe { Handle::of(handle) }) else { return };
        let (tag, freed) = (tag_of(T::GAUGE), tag_of(&FREED));
        if live.header.tag.compare_exchange(tag, freed, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            // SAFETY: the tag was that of this kind and was taken away by this call alone, so the value is ours.
            let value = unsafe { ManuallyDrop::take(&mut *live.value.get()) };
            T::GAUGE.closed(value.bytes(), T::HIDDEN);
            // SAFETY: from `give`, and nobody but the quarantine has it from here on.
            unsafe { quarantine(handle.cast()) };
            drop(value);
        }
    }

    /// Returns the handle at a pointer, if it is a live one of this kind.
    ///
    /// # Safety
    ///
    /// `handle` is null or a handle of any kind, which may have been freed.
    pub(super) unsafe fn of<'h>(handle: *const T) -> Result<&'h Handle<T>, Failure> {
        let handle = handle.cast::<Handle<T>>();
        if handle.is_null()
            || !handle.is_aligned()
            // SAFETY: not null and aligned, and the caller vouches for a header.
            || unsafe { (*handle.cast::<Header>()).tag.load(Ordering::Acquire) } != tag_of(T::GAUGE)
        {
            // SAFETY: as above.
            return Err(unsafe { refuse::<T>(handle.cast()) });
        }
        // SAFETY: the tag says that it is a live handle of this kind.
        Ok(unsafe { &*handle })
    }

    /// Returns the value for a getter, or `None` if the handle is null, poisoned, freed or of another kind.
    ///
    /// # Safety
    ///
    /// `handle` is null or a handle that no other thread changes while the reference lives.
    pub(super) unsafe fn peek<'h>(handle: *const T) -> Option<&'h T> {
        let handle = handle.cast::<Handle<T>>();
        // SAFETY: not null and aligned, and the caller vouches for a header.
        let sound = !handle.is_null()
            && handle.is_aligned()
            && unsafe {
                let header = &*handle.cast::<Header>();
                header.tag.load(Ordering::Acquire) == tag_of(T::GAUGE)
                    && !header.poisoned.load(Ordering::Acquire)
            };
        // SAFETY: live and of this kind by its tag, and nobody changes the value meanwhile, by the contract of `peek`.
        sound.then(|| unsafe { &**(*handle).value.get() })
    }

    /// Runs a call that may change the value, and poisons the handle if it panics.
    pub(super) fn with(
        &self,
        body: impl FnOnce(&mut T) -> Result<rille_status, Failure>,
    ) -> Result<rille_status, Failure> {
        self.sound()?;
        // SAFETY: one call at a time is the contract of every receiver that is not const.
        let value = unsafe { &mut **self.value.get() };
        let before = value.bytes();
        let result = catch_unwind(AssertUnwindSafe(|| body(&mut *value)));
        T::GAUGE.changed(before, value.bytes());
        result.unwrap_or_else(|panic| self.poison(panic))
    }

    /// Runs a call that only reads the value, and poisons the handle if it panics.
    pub(super) fn look(
        &self,
        body: impl FnOnce(&T) -> Result<rille_status, Failure>,
    ) -> Result<rille_status, Failure> {
        self.sound()?;
        // SAFETY: calls that change the value do not overlap this one, by the contract of a const receiver.
        let value = unsafe { &**self.value.get() };
        catch_unwind(AssertUnwindSafe(|| body(value))).unwrap_or_else(|panic| self.poison(panic))
    }

    /// Refuses the handle if an earlier call on it panicked.
    fn sound(&self) -> Result<(), Failure> {
        if !self.header.poisoned.load(Ordering::Acquire) {
            return Ok(());
        }
        let kind = T::GAUGE.kind;
        let message = format!(
            "an earlier call on this {kind} failed inside the library; free it and make a new one"
        );
        Err(Failure::new(RILLE_EPOISONED, message))
    }

    /// Returns the result of a call that has panicked. If memory was refused, nothing has changed, and the handle is
    /// not poisoned.
    fn poison(&self, panic: Box<dyn Any + Send>) -> Result<rille_status, Failure> {
        let refused = NoMemory::in_panic(&*panic).is_some();
        self.header.poisoned.fetch_or(!refused, Ordering::Release);
        Err(Failure::from_panic(panic))
    }
}

/// Frees the memory of a freed handle, whose value was dropped.
///
/// # Safety
///
/// `header` is that of a `Handle<T>` from [`Handle::give`], and nobody uses it any more.
unsafe fn release<T: Measured>(header: *mut Header) {
    // SAFETY: the caller vouches for it. The value is not dropped a second time.
    drop(unsafe { Box::from_raw(header.cast::<Handle<T>>()) });
}

/// Keeps the memory of a freed handle, and frees the memory of the one that was kept longest.
///
/// # Safety
///
/// `header` is that of a freed handle, and there is no other use of it.
unsafe fn quarantine(header: *mut Header) {
    static RING: [AtomicPtr<Header>; QUARANTINE] =
        [const { AtomicPtr::new(null_mut()) }; QUARANTINE];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let place = NEXT.fetch_add(1, Ordering::Relaxed) % QUARANTINE;
    let oldest = RING[place].swap(header, Ordering::AcqRel);
    if !oldest.is_null() {
        // SAFETY: it came here by an earlier call, and the swap gave it to this one alone.
        unsafe { ((*oldest).release)(oldest) };
    }
}

/// Returns why a pointer is not a live handle of a kind.
///
/// # Safety
///
/// `header` is null or that of a handle of any kind, which may have been freed.
#[cold]
#[inline(never)]
unsafe fn refuse<T: Measured>(header: *const Header) -> Failure {
    let wanted = T::GAUGE.kind;
    if header.is_null() {
        return Failure::new(RILLE_EARG, format!("the {wanted} is NULL"));
    }
    let mut message = format!("this is not a {wanted}, nor any other handle of this library");
    if header.is_aligned() {
        // SAFETY: not null and aligned, and the caller vouches for a header. The gauge is compared before it is used.
        let (tag, gauge) = unsafe {
            (
                (*header).tag.load(Ordering::Acquire),
                (&raw const (*header).gauge).cast::<*const Gauge>(),
            )
        };
        if tag == tag_of(&FREED) {
            // SAFETY: the tag says that it is a freed handle, whose gauge stays.
            if let Some(gauge) = is_gauge(unsafe { gauge.read() }) {
                message = format!("this {} was freed already", gauge.kind);
            }
        } else if let Some(gauge) = is_gauge(tag) {
            message = format!("this is a {}, not a {wanted}", gauge.kind);
        }
    }
    Failure::new(RILLE_EARG, message)
}
