//! rille: the native text engine for LuaJIT hosts.
//!
//! One shared library with a plain C ABI, one Lua module that calls it through LuaJIT's FFI. This crate is the
//! library; the Lua side lives in `lua/rille`, and the C manual is `include/rille.h`.
//!
//! # Who calls what?
//!
//! ```text
//! lua/rille/<noun>.lua  ->  lua/rille/core/ffi.lua  ->  src/capi/<noun>.rs  ->  src/<noun>/
//! ```
//!
//! A noun has the same name in each layer, and dependencies point down only. The core modules are ordinary
//! safe Rust on `&[u8]` and know nothing of C or Lua. `capi` is the boundary: it turns pointers into slices and
//! panics into statuses, and holds no logic.
//!
//! # What is text here?
//!
//! Bytes that are mostly UTF-8. Invalid UTF-8 is legal input of every function: a maximal invalid subsequence, as
//! the WHATWG decoder and `String::from_utf8_lossy` cut it, counts as one char and is never split.
//!
//! # Where is the unsafe code?
//!
//! In `capi`, which deals with foreign pointers, in `text::kernel`, which holds the SIMD kernels, and in `job::sys`, which
//! makes the three system calls that jobs need and the standard library lacks. It is denied everywhere else.

#![deny(missing_docs, unsafe_code, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

mod capi;
pub mod diff;
#[cfg(test)]
mod emulated;
pub mod file;
pub mod fuzzy;
mod io_error;
pub mod job;
pub mod memory;
pub mod search;
pub mod text;
pub mod tree;
