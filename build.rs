//! Sets the link arguments of the shared library, and does nothing else.
//!
//! Generated files (the header, the cdef) are made and checked by the tests, so that building the library needs
//! no generator.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={SOURCE}");
    let abi = abi();
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => link(&format!("-Wl,-install_name,@rpath/librille.{abi}.dylib")),
        Ok("windows") => {}
        _ => {
            // What programs that are linked with the library ask the system's loader for.
            link(&format!("-Wl,-soname,librille.so.{abi}"));
            // A host may drop its last reference while a finaliser, a thread or an exit handler still has to
            // run code of the library: it stays mapped for the life of the process.
            link("-Wl,-z,nodelete");
        }
    }
}

const SOURCE: &str = "src/capi/library.rs";

/// The number of the C interface, from the one place where it is written.
fn abi() -> String {
    let source =
        std::fs::read_to_string(SOURCE).unwrap_or_else(|error| panic!("{SOURCE}: {error}"));
    let number = source
        .lines()
        .find_map(|line| line.strip_prefix("pub const RILLE_ABI: u32 = ")?.strip_suffix(';'));
    match number {
        Some(number) if number.parse::<u32>().is_ok() => number.to_owned(),
        _ => panic!("{SOURCE} has no line `pub const RILLE_ABI: u32 = <number>;`"),
    }
}

fn link(argument: &str) {
    println!("cargo:rustc-cdylib-link-arg={argument}");
}
