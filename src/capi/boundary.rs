//! The boundary that every export passes: panics become statuses, pointers become slices, and structs of options are
//! read. Handles have a file of their own.
//!
//! # What happens on a panic?
//!
//! [`boundary`] catches it, writes its message to the error block and returns `RILLE_EPANIC`. [`boundary_on`] (a handle
//! that the call may change) and [`boundary_at`] (a handle that it only reads, as other calls may at the same time)
//! also poison the handle, so that the next call on it returns `RILLE_EPOISONED`. Nothing is printed: a silent panic
//! hook replaces the hook of Rust's runtime, of which this shared library has its own copy. (A Rust program that links
//! the crate uses the core and never comes here, so its own hook stays.)
//!
//! # What does it cost?
//!
//! Too little to measure next to the FFI call itself: one load for the hook, and `catch_unwind` is free until something
//! panics.

use super::error::{Failure, rille_error, rille_status, rille_status::*};
use super::gauge::Measured;
pub(super) use super::handle::Handle;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Maximum length of a text and of a result in bytes: the maximum of a `uint32_t`, or of a Rust slice where
/// that is less.
const MAX_TEXT_BYTES: usize =
    if usize::BITS > 32 { u32::MAX as usize } else { isize::MAX as usize };

/// Runs the body of an export that can fail, and returns its status.
pub(super) fn boundary(
    err: *mut rille_error,
    body: impl FnOnce() -> Result<rille_status, Failure>,
) -> i32 {
    be_quiet();
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(status)) => return status as i32,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure::from_panic(panic),
    };
    // SAFETY: by the contract of every export, `err` is null or an error block of the caller.
    unsafe { failure.report(err) }
}

/// Runs the body of a getter, which cannot fail: after a panic it returns `fallback`.
pub(super) fn boundary_get<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    be_quiet();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// Runs the body of an export on a handle that it may change.
///
/// # Safety
///
/// `handle` is null or a live handle that no other thread uses during the call.
pub(super) unsafe fn boundary_on<T: Measured>(
    handle: *mut T,
    err: *mut rille_error,
    body: impl FnOnce(&mut T) -> Result<rille_status, Failure>,
) -> i32 {
    // SAFETY: the caller vouches for the handle.
    boundary(err, || unsafe { on(handle, body) })
}

/// Runs the body of an export on a handle that it only reads; other calls may read it at the same time.
///
/// # Safety
///
/// `handle` is null or a live handle that no other thread changes during the call.
pub(super) unsafe fn boundary_at<T: Measured + Sync>(
    handle: *const T,
    err: *mut rille_error,
    body: impl FnOnce(&T) -> Result<rille_status, Failure>,
) -> i32 {
    // SAFETY: the caller vouches for the handle.
    boundary(err, || unsafe { at(handle, body) })
}

/// Does the same as [`boundary_on`] inside a boundary, for an export that changes two handles.
///
/// # Safety
///
/// As for [`boundary_on`]; and no other argument of the same call is the same handle.
pub(super) unsafe fn on<T: Measured>(
    handle: *mut T,
    body: impl FnOnce(&mut T) -> Result<rille_status, Failure>,
) -> Result<rille_status, Failure> {
    // SAFETY: the caller vouches that it is null or live.
    unsafe { Handle::of(handle) }?.with(body)
}

/// Does the same as [`boundary_at`] inside a boundary.
///
/// # Safety
///
/// As for [`boundary_at`].
pub(super) unsafe fn at<T: Measured + Sync>(
    handle: *const T,
    body: impl FnOnce(&T) -> Result<rille_status, Failure>,
) -> Result<rille_status, Failure> {
    // SAFETY: the caller vouches that it is null or live.
    unsafe { Handle::of(handle) }?.look(body)
}

/// Returns the `len` bytes at `text` as a slice; NULL with a length of 0 is the empty text.
///
/// # Safety
///
/// Unless it is null, `text` points to `len` bytes that nobody changes during the call.
pub(super) unsafe fn slice<'a>(text: *const u8, len: usize) -> Result<&'a [u8], Failure> {
    match (text.is_null(), len) {
        (_, _) if len > MAX_TEXT_BYTES => Err(bad_text(len)),
        (true, 0) => Ok(&[]),
        (true, _) => Err(bad_text(len)),
        // SAFETY: not null, not too long, and the caller vouches for the bytes.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(text, len) }),
    }
}

/// Returns why a text is refused. Failures are created apart: formatting them would use registers and stack in every
/// call.
#[cold]
#[inline(never)]
fn bad_text(len: usize) -> Failure {
    if len > MAX_TEXT_BYTES {
        let message = format!("the text has {len} bytes; the maximum is 4 GiB - 1");
        return Failure::new(RILLE_ETOOBIG, message);
    }
    Failure::new(RILLE_EARG, format!("the text is NULL, but its length is {len}"))
}

/// Returns the first `len` bytes of the output at `out`, which has `capacity` bytes, for a result made from `source`.
///
/// # Safety
///
/// Unless it is null, `out` points to `capacity` bytes that the caller may write and nobody else uses during the call.
/// They may be uninitialised.
pub(super) unsafe fn output<'a>(
    out: *mut u8,
    capacity: usize,
    len: usize,
    source: &[u8],
) -> Result<&'a mut [MaybeUninit<u8>], Failure> {
    if capacity < len {
        let message = format!("the output has {capacity} bytes, and the result needs {len}");
        return Err(Failure::new(RILLE_ESHORT, message));
    }
    if len == 0 {
        return Ok(&mut []);
    }
    if out.is_null() {
        return Err(Failure::new(
            RILLE_EARG,
            format!("the output is NULL, but its capacity is {capacity}"),
        ));
    }
    let from = source.as_ptr().addr();
    if from < out.addr().saturating_add(len) && out.addr() < from + source.len() {
        return Err(Failure::new(
            RILLE_EARG,
            "the output overlaps the text; the result needs memory of its own",
        ));
    }
    // SAFETY: not null, long enough, apart from the source, and the caller vouches for the memory.
    Ok(unsafe { std::slice::from_raw_parts_mut(out.cast(), len) })
}

/// Reads a struct of options; null means the defaults. The struct of an older program is shorter, and its missing
/// fields get their defaults.
///
/// # Safety
///
/// Unless it is null, `options` points to a `T` of the caller's version of the library, whose first field is a
/// `uint32_t` with the size of it. A `T` may be all zeros.
pub(super) unsafe fn options<T: Zeroed>(options: *const T) -> Result<T, Failure> {
    // SAFETY: `Zeroed` promises that this is a value.
    let mut known: T = unsafe { std::mem::zeroed() };
    if options.is_null() {
        return Ok(known);
    }
    // SAFETY: not null, and the first field is the size.
    let size = unsafe { options.cast::<u32>().read_unaligned() };
    if !T::SIZES.contains(&size) {
        return Err(bad_size::<T>(size));
    }
    // SAFETY: the size is at most that of a `T`, and the caller vouches for as many bytes.
    unsafe {
        std::ptr::copy_nonoverlapping(options.cast::<u8>(), (&raw mut known).cast(), size as usize);
    }
    Ok(known)
}

/// Reads a struct that has no defaults: null is refused.
///
/// # Safety
///
/// As for [`options`].
pub(super) unsafe fn required<T: Zeroed>(given: *const T, name: &str) -> Result<T, Failure> {
    if given.is_null() {
        return Err(Failure::new(RILLE_EARG, format!("{name} is NULL")));
    }
    // SAFETY: the caller vouches for it.
    unsafe { options(given) }
}

#[cold]
#[inline(never)]
fn bad_size<T: Zeroed>(size: u32) -> Failure {
    let name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
    let known: Vec<String> = T::SIZES.iter().map(u32::to_string).collect();
    let message = format!(
        "the size of the options is {size}, and this library knows {}; set it to sizeof({name})",
        known.join(", ")
    );
    Failure::new(RILLE_EARG, message)
}

/// Options for which all zeros, and any other bits, are a valid value.
///
/// # Safety
///
/// The above holds: a `repr(C)` struct of plain numbers and pointers, whose first field is the `u32` of its size. Each
/// of the sizes is the end of a field and at most the size of the struct.
pub(super) unsafe trait Zeroed: Sized {
    /// The size of the struct in each version of the library. A version that adds fields adds a size.
    const SIZES: &'static [u32] = &[size_of::<Self>() as u32];
}

/// Returns the place for one result, which is checked before the work and written after it.
///
/// # Safety
///
/// Unless it is null, `place` points to memory for a `T` that the caller may write and nobody else uses during the
/// call. It may be uninitialised.
pub(super) unsafe fn place<'a, T>(
    place: *mut T,
    what: &str,
) -> Result<&'a mut MaybeUninit<T>, Failure> {
    if place.is_null() || !place.is_aligned() {
        return Err(bad_array(place, 1, what));
    }
    // SAFETY: not null, and the caller vouches that it is ours to write.
    Ok(unsafe { &mut *place.cast() })
}

/// Returns the places for `count` consecutive results, like [`place`].
///
/// # Safety
///
/// Unless it is null, `places` points to memory for `count` values that the caller may write and nobody else uses during
/// the call. It may be uninitialised.
pub(super) unsafe fn places<'a, T>(
    places: *mut T,
    count: usize,
    what: &str,
) -> Result<&'a mut [MaybeUninit<T>], Failure> {
    if count == 0 {
        return Ok(&mut []);
    }
    if places.is_null() || !places.is_aligned() {
        return Err(bad_array(places, count, what));
    }
    // SAFETY: not null, aligned, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts_mut(places.cast(), count) })
}

/// Returns an array of `count` values from the caller as a slice.
///
/// # Safety
///
/// Unless it is null, `values` points to `count` values that nobody changes during the call.
pub(super) unsafe fn values<'a, T: Copy>(
    values: *const T,
    count: usize,
    what: &str,
) -> Result<&'a [T], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    if values.is_null() || !values.is_aligned() {
        return Err(bad_array(values, count, what));
    }
    // SAFETY: not null, aligned, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts(values, count) })
}

/// Returns why an array from the caller is refused.
#[cold]
#[inline(never)]
fn bad_array<T>(array: *const T, count: usize, what: &str) -> Failure {
    let message = if !array.is_null() {
        format!("{what} is not aligned to {} bytes", align_of::<T>())
    } else if count == 1 {
        format!("{what} is NULL")
    } else {
        format!("{what} is NULL, but its count is {count}")
    };
    Failure::new(RILLE_EARG, message)
}

/// Converts a length to the `uint32_t` of C; fails if it is too large.
pub(super) fn narrow(len: usize, what: &str) -> Result<u32, Failure> {
    u32::try_from(len).map_err(|_| {
        Failure::new(
            RILLE_ETOOBIG,
            format!("{what} would have {len} bytes; the maximum is 4 GiB - 1"),
        )
    })
}

/// Silences the panic hook of the library's own runtime, once.
///
/// Unit tests run inside a Rust program, whose hook reports why a test failed and has to stay.
fn be_quiet() {
    // No once-cell: a fork while another thread initialises it would leave the child waiting for ever.
    static QUIET: AtomicBool = AtomicBool::new(cfg!(test));
    if !QUIET.load(Ordering::Acquire) {
        std::panic::set_hook(Box::new(|_| {}));
        QUIET.store(true, Ordering::Release);
    }
}
