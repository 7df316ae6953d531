//! Any calls of the C functions with any arguments: each ends with a status. See fuzz/capi.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run capi` from the crate's root.
#![no_main]

#[path = "../capi/mod.rs"]
mod capi;

// Links the library, which contains the functions.
use rille as _;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

fuzz_target!(|bytes: &[u8]| {
    static HOST: OnceLock<capi::Host> = OnceLock::new();
    capi::run(bytes, HOST.get_or_init(|| capi::Host::new("capi-fuzz")));
});
