//! The C functions. Their comments become `include/abacus.h`: write them for a C programmer.

// The header says it once for all functions, in cbindgen.toml: a pointer is NULL or valid.
#![allow(clippy::missing_safety_doc)]

use crate::boundary::{
    ABACUS_ABI, ABACUS_ETOOBIG, Failure, Object, abacus_error, boundary, boundary_get, output, slice,
};
use crate::counter::Counter;

/// Counts how often each word occurs. One call at a time, from any thread.
pub struct abacus_counter {
    // C sees a pointer only. What it points to is an `Object<Counter>`.
    _opaque: (),
}

/// A word and its count.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct abacus_row {
    /// The word, without a NUL. Valid until the counter is changed or freed.
    pub word: *const u8,
    /// Its length in bytes.
    pub length: u32,
    /// How often it occurred.
    pub count: u32,
}

/// Returns ABACUS_ABI of the library. Compare it with the header's before any other call.
#[unsafe(no_mangle)]
pub extern "C" fn abacus_abi() -> u32 {
    boundary_get(0, || ABACUS_ABI)
}

/// Creates an empty counter and writes it to `out`. Free it with abacus_counter_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_new(out: *mut *mut abacus_counter, err: *mut abacus_error) -> i32 {
    // SAFETY: the caller vouches for the pointers; `out` is checked before it is written.
    unsafe {
        boundary(err, || {
            output(out, "out")?.write(Object::give(Counter::default()).cast());
            Ok(())
        })
    }
}

/// Frees a counter. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_free(counter: *mut abacus_counter) {
    // SAFETY: the caller vouches for the counter.
    boundary_get((), || unsafe { Object::<Counter>::free(counter.cast()) });
}

/// Adds the words of a text, `len` bytes at `text`, and writes their number to `out_words`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_add(
    counter: *mut abacus_counter,
    text: *const u8,
    len: usize,
    out_words: *mut u32,
    err: *mut abacus_error,
) -> i32 {
    // SAFETY: the caller vouches for the pointers; they are checked for null.
    unsafe {
        boundary(err, || {
            let out_words = output(out_words, "out_words")?;
            let text = slice(text, len)?;
            // At most as many words as bytes, so they fit.
            out_words
                .write(Object::change(counter.cast(), |counter: &mut Counter| Ok(counter.add(text)))? as u32);
            Ok(())
        })
    }
}

/// Writes how often a word occurred, `len` bytes at `word`, to `out_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_count(
    counter: *const abacus_counter,
    word: *const u8,
    len: usize,
    out_count: *mut u32,
    err: *mut abacus_error,
) -> i32 {
    // SAFETY: the caller vouches for the pointers; they are checked for null.
    unsafe {
        boundary(err, || {
            let out_count = output(out_count, "out_count")?;
            let word = slice(word, len)?;
            out_count.write(Object::read(counter.cast(), |counter: &Counter| Ok(counter.count(word)))?);
            Ok(())
        })
    }
}

/// Writes the number of distinct words to `out_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_len(
    counter: *const abacus_counter,
    out_len: *mut u32,
    err: *mut abacus_error,
) -> i32 {
    // SAFETY: the caller vouches for the pointers; they are checked for null.
    unsafe {
        boundary(err, || {
            let out_len = output(out_len, "out_len")?;
            let len = Object::read(counter.cast(), |counter: &Counter| Ok(counter.len()))?;
            out_len.write(u32::try_from(len).map_err(|_| too_many(len))?);
            Ok(())
        })
    }
}

/// Writes the most frequent words to `rows`, which has room for `capacity` of them, and their number to `out_count`. One call
/// fetches all of them: a call from LuaJIT for each would cost more than the work.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abacus_counter_top(
    counter: *const abacus_counter,
    rows: *mut abacus_row,
    capacity: u32,
    out_count: *mut u32,
    err: *mut abacus_error,
) -> i32 {
    // SAFETY: the caller vouches for the pointers; they are checked for null.
    unsafe {
        boundary(err, || {
            let out_count = output(out_count, "out_count")?;
            if capacity == 0 {
                out_count.write(0);
                return Ok(());
            }
            let rows = output(rows, "rows")?;
            let top = Object::read(counter.cast(), |counter: &Counter| {
                let row = |(i, (word, count)): (usize, (&[u8], u32))| {
                    // A word is part of a text, so its length fits.
                    rows.add(i).write(abacus_row { word: word.as_ptr(), length: word.len() as u32, count });
                };
                let top = counter.top(capacity as usize);
                let len = top.len() as u32;
                top.into_iter().enumerate().for_each(row);
                Ok(len)
            })?;
            out_count.write(top);
            Ok(())
        })
    }
}

fn too_many(len: usize) -> Failure {
    Failure::new(ABACUS_ETOOBIG, format!("{len} distinct words; the maximum is 4 Gi - 1"))
}
