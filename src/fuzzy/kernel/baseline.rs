//! The short functions, in the instructions that every CPU of the architecture has: they are too short for a call through a
//! table. `plain` describes each of them.

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(super) use super::neon::*;
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
)))]
pub(super) use super::plain::*;
#[cfg(target_arch = "x86_64")]
pub(super) use super::sse2::*;
