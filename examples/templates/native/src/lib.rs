//! Counts words: the native half of a Lua plugin.
//!
//! - `counter`: what the library does, in safe Rust. Lua and C are not mentioned.
//! - `capi`: the C functions, each of a few lines: pointers in, one call of `counter`, results out.
//! - `boundary`: what all C functions share: panics become errors, and errors are written to memory of the caller.
//!
//! Only the last two have `unsafe` code.

#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
// In C, types are lower case too.
#![allow(non_camel_case_types)]

pub mod boundary;
pub mod capi;
#[deny(unsafe_code)]
pub mod counter;
