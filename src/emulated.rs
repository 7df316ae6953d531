//! Tests in an emulator: which share of a slow one is run, and how a test starts its own program again.

use std::ffi::OsString;

/// Of the inputs of a slow test, an emulator tries one in so many; elsewhere all are tried. `.ci/cross/unit` sets the
/// variable. The number is prime, so that inputs at regular distances are not all left out.
pub(crate) const ONE_IN: usize = if option_env!("RILLE_EMULATED").is_some() { 17 } else { 1 };

/// Returns the number of cases of a property test to try, given that of a machine without an emulator.
pub(crate) const fn cases(all: u32) -> u32 {
    all.div_ceil(ONE_IN as u32)
}

/// Returns the words of a command that runs this test program again. Where the system cannot start it without another
/// program, an emulator or a loader, the variable RILLE_RUNNER names that one.
pub(crate) fn this_program() -> Vec<OsString> {
    match std::env::var_os("RILLE_RUNNER") {
        // The path of this program would be that of the loader.
        Some(runner) => std::iter::once(runner).chain(std::env::args_os().take(1)).collect(),
        None => vec![std::env::current_exe().expect("the path of this program").into()],
    }
}
