//! The boundary that every C function passes, and the error block.
//!
//! A panic must not cross into C: [`boundary`] catches it and returns `ABACUS_EPANIC`. Nothing is printed, as the terminal belongs
//! to the host. An object on which a call has panicked may be half changed, so all later calls on it fail.

use std::any::Any;
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Version of this interface. It changes when a function or a struct changes; Lua code of another version refuses the library.
pub const ABACUS_ABI: u32 = 1;

/// Success.
pub const ABACUS_OK: i32 = 0;
/// An argument is wrong.
pub const ABACUS_EARG: i32 = -1;
/// A text or a result is longer than 4 GiB - 1.
pub const ABACUS_ETOOBIG: i32 = -2;
/// Internal error (a bug in this library). The object of the call can only be freed.
pub const ABACUS_EPANIC: i32 = -3;

/// Bytes of a message, its final NUL included.
pub const ABACUS_MESSAGE_SIZE: usize = 120;

/// Why a call has failed: memory of the caller, written only if the call fails. NULL is accepted.
#[repr(C)]
pub struct abacus_error {
    /// The status that the call returned.
    pub status: i32,
    /// Length of the message in bytes, without its NUL.
    pub length: u32,
    /// The message in UTF-8, with a final NUL. A longer one is cut.
    pub message: [c_char; ABACUS_MESSAGE_SIZE],
}

// Lua reads this struct by its declaration: its layout is part of the interface.
const _: () = assert!(size_of::<abacus_error>() == 128 && align_of::<abacus_error>() == 4);

/// A failed call, before it is written to the error block.
#[derive(Debug)]
pub struct Failure {
    status: i32,
    message: String,
}

impl Failure {
    /// Returns a failure with a status and a message.
    pub fn new(status: i32, message: impl Into<String>) -> Failure {
        Failure { status, message: message.into() }
    }

    fn from_panic(panic: &(dyn Any + Send)) -> Failure {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Failure::new(ABACUS_EPANIC, format!("internal error: {}", text.unwrap_or("no message")))
    }

    /// Writes the failure to the error block, and returns its status.
    ///
    /// # Safety
    ///
    /// `err` is null, or points to memory for an error block.
    unsafe fn report(&self, err: *mut abacus_error) -> i32 {
        if !err.is_null() {
            let mut length = self.message.len().min(ABACUS_MESSAGE_SIZE - 1);
            while !self.message.is_char_boundary(length) {
                length -= 1;
            }
            let mut block = abacus_error {
                status: self.status,
                length: length as u32,
                message: [0; ABACUS_MESSAGE_SIZE],
            };
            for (to, from) in block.message.iter_mut().zip(&self.message.as_bytes()[..length]) {
                *to = *from as c_char;
            }
            // SAFETY: not null, and the caller vouches for the memory, which may be uninitialised.
            unsafe { err.write(block) };
        }
        self.status
    }
}

/// Runs the body of a C function, and returns its status.
///
/// # Safety
///
/// `err` is null, or points to memory for an error block.
pub unsafe fn boundary(err: *mut abacus_error, body: impl FnOnce() -> Result<(), Failure>) -> i32 {
    be_quiet();
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return ABACUS_OK,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure::from_panic(&*panic),
    };
    // SAFETY: the caller vouches for `err`.
    unsafe { failure.report(err) }
}

/// Runs the body of a C function that cannot fail. After a panic it returns `otherwise`.
pub fn boundary_get<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    be_quiet();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

/// Silences Rust's report of panics on stderr, which would write into the host's screen. Tests keep it.
fn be_quiet() {
    static QUIET: Once = Once::new();
    if !cfg!(test) {
        QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    }
}

/// A value that C knows by a pointer.
pub struct Object<T> {
    value: T,
    is_broken: bool,
}

impl<T> Object<T> {
    /// Moves a value to the heap. It is freed by [`Object::free`].
    pub fn give(value: T) -> *mut Object<T> {
        Box::into_raw(Box::new(Object { value, is_broken: false }))
    }

    /// Frees an object; null is accepted.
    ///
    /// # Safety
    ///
    /// `object` is null, or comes from [`Object::give`] and is not used any more.
    pub unsafe fn free(object: *mut Object<T>) {
        if !object.is_null() {
            // SAFETY: the caller vouches that it comes from `Box::into_raw`, and is freed once.
            drop(unsafe { Box::from_raw(object) });
        }
    }

    /// Calls `body` with a value that it may change. If it panics, the object is broken from then on.
    ///
    /// # Safety
    ///
    /// `object` is null or alive, and no other thread uses it during the call.
    pub unsafe fn change<R>(
        object: *mut Object<T>,
        body: impl FnOnce(&mut T) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        // SAFETY: the caller vouches for it.
        let object = unsafe { object.as_mut() }.ok_or_else(no_object)?;
        object.check()?;
        object.is_broken = true;
        let result = body(&mut object.value);
        object.is_broken = false;
        result
    }

    /// Calls `body` with a value that it reads.
    ///
    /// # Safety
    ///
    /// `object` is null or alive, and no other thread changes it during the call.
    pub unsafe fn read<R>(
        object: *const Object<T>,
        body: impl FnOnce(&T) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        // SAFETY: the caller vouches for it.
        let object = unsafe { object.as_ref() }.ok_or_else(no_object)?;
        object.check()?;
        body(&object.value)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.is_broken {
            return Err(Failure::new(
                ABACUS_EPANIC,
                "an earlier call on this object has failed inside the library",
            ));
        }
        Ok(())
    }
}

fn no_object() -> Failure {
    Failure::new(ABACUS_EARG, "the object is NULL")
}

/// Returns the `len` bytes at `text`. NULL with a length of 0 is the empty text.
///
/// # Safety
///
/// Unless it is null, `text` points to `len` bytes that nobody changes during the call.
pub unsafe fn slice<'a>(text: *const u8, len: usize) -> Result<&'a [u8], Failure> {
    if u32::try_from(len).is_err() || isize::try_from(len).is_err() {
        return Err(Failure::new(
            ABACUS_ETOOBIG,
            format!("the text has {len} bytes; the maximum is 4 GiB - 1"),
        ));
    }
    match (text.is_null(), len) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(Failure::new(ABACUS_EARG, format!("the text is NULL, but its length is {len}"))),
        // SAFETY: not null, not too long, and the caller vouches for the bytes.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(text, len) }),
    }
}

/// Returns `out` if a result can be written to it.
pub fn output<T>(out: *mut T, name: &str) -> Result<*mut T, Failure> {
    if out.is_null() || !out.is_aligned() {
        return Err(Failure::new(ABACUS_EARG, format!("{name} must point to memory for a result")));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn message(err: &abacus_error) -> &str {
        // SAFETY: the block has been written, so its message has a NUL.
        unsafe { CStr::from_ptr(err.message.as_ptr()) }.to_str().unwrap()
    }

    fn empty() -> abacus_error {
        abacus_error { status: 0, length: 0, message: [0; ABACUS_MESSAGE_SIZE] }
    }

    #[test]
    fn a_panic_is_a_status_with_a_message() {
        let mut err = empty();
        // SAFETY: the error block is a local variable.
        let status = unsafe { boundary(&mut err, || panic!("number {}", 7)) };
        assert_eq!((status, err.status), (ABACUS_EPANIC, ABACUS_EPANIC));
        assert_eq!(message(&err), "internal error: number 7");
        assert_eq!(boundary_get(5, || panic!("lost")), 5);
    }

    #[test]
    fn an_object_is_broken_after_a_panic_and_can_be_freed() {
        let object = Object::give(1);
        // SAFETY: the object is alive until the last line; a null error block is accepted.
        unsafe {
            let add = |by| {
                boundary(std::ptr::null_mut(), || {
                    Object::change(object, |n| {
                        *n += by;
                        Ok(())
                    })
                })
            };
            assert_eq!(add(1), ABACUS_OK);
            let panics = boundary(std::ptr::null_mut(), || Object::change(object, |_| panic!("half done")));
            assert_eq!(panics, ABACUS_EPANIC);
            assert_eq!(add(1), ABACUS_EPANIC);
            assert_eq!(Object::read(object, |n| Ok(*n)).unwrap_err().status, ABACUS_EPANIC);
            Object::free(object);
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let mut err = empty();
        // SAFETY: the error block is a local variable.
        unsafe { Failure::new(ABACUS_EARG, "ö".repeat(100)).report(&mut err) };
        assert_eq!((err.length, message(&err)), (118, &*"ö".repeat(59)));
    }
}
