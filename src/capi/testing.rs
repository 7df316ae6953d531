//! Exports that panic on purpose, for the tests alone: behind the feature `testing`, and in no header.

use super::boundary::{boundary, boundary_at, boundary_get, boundary_on};
use super::buffer::rille_buffer;
use super::error::rille_error;
use super::search::regex::rille_regex;

/// Panics, and returns what the boundary makes of it.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_panic(err: *mut rille_error) -> i32 {
    boundary(err, || panic!("on purpose"))
}

/// Panics in a getter, which answers with its fallback, 7.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_panic_get() -> u32 {
    boundary_get(7, || panic!("on purpose"))
}

/// Panics in the middle of a change to a buffer, which is poisoned by that.
///
/// # Safety
///
/// As for `rille_buffer_reset`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_panic_buffer(
    buffer: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live buffer of which this is the only use.
    unsafe { boundary_on(buffer, err, |_| panic!("on purpose")) }
}

/// Panics in the middle of a search, which poisons the pattern although the call only reads it.
///
/// # Safety
///
/// As for `rille_regex_test`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_panic_regex(
    regex: *const rille_regex,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live pattern.
    unsafe { boundary_at(regex, err, |_| panic!("on purpose")) }
}
