//! The share of slow tests that runs in an emulator.

/// Of the inputs of a slow test, an emulator tries one in so many; elsewhere all are tried. `.ci/cross/unit` sets the
/// variable. The number is prime, so that inputs at regular distances are not all left out.
pub(crate) const ONE_IN: usize = if option_env!("RILLE_EMULATED").is_some() { 17 } else { 1 };

/// Returns the number of cases of a property test to try, given that of a machine without an emulator.
pub(crate) const fn cases(all: u32) -> u32 {
    all.div_ceil(ONE_IN as u32)
}

/// Returns the words of a command that runs this test program again: the program, after the emulator that the variable
/// RILLE_EMULATOR names, as the system cannot start it otherwise.
pub(crate) fn this_program() -> Vec<std::ffi::OsString> {
    let program = std::env::current_exe().expect("the path of this program").into();
    std::env::var_os("RILLE_EMULATOR").into_iter().chain([program]).collect()
}
