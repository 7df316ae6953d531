//! The boundary: every C function of the library, and nothing else.
//!
//! # What are the rules here?
//!
//! - A function is `int32_t rille_<noun>_<verb>(receiver, inputs…, outputs…, rille_error *err)`. Its status is zero for
//!   success, positive for success with a note, negative for failure. Plain getters return a number or a pointer.
//! - Text comes in as a pointer and a length, results go to memory of the caller, and only on success. No struct
//!   travels by value, no callback exists, no input pointer is kept.
//! - The body of every export is one call of [`boundary`](boundary::boundary) or one of its sisters: a panic ends there
//!   as `RILLE_EPANIC`. `test/rust/exports.rs` proves it from the source.
//!
//! # Where does a new function go?
//!
//! In the file of its noun, as thin as those here: check the pointers, call the core, write the result. What C
//! programmers read is its doc comment, which the header takes over word for word; so it speaks of C, not of Rust.
//!
//! The names are those of C (`rille_buffer`, `RILLE_OK`) in Rust too: one noun, one name.

#![allow(unsafe_code, non_camel_case_types)]

pub mod boundary;
pub mod gauge;
mod handle;
#[cfg(feature = "testing")]
pub mod refusal;
#[cfg(feature = "testing")]
pub mod testing;

// In the order of the sections of the header.
pub mod error;

pub mod library;

pub mod stats;

pub mod buffer;

pub mod text;

pub mod search;

pub mod job;

mod outcome;

pub mod notifier;

pub mod listener;

pub mod gunzip;

pub mod walk;

pub mod grep;

pub mod file;
pub mod fuzzy;

pub mod diff;
