//! Link arguments of the shared library, and nothing else.
//!
//! Generated files (the header, the cdef) are made and checked by the tests, so that building the library needs
//! no generator.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => link("-Wl,-install_name,@rpath/librille.dylib"),
        Ok("windows") => {}
        _ => {
            // The number is the major version of the ABI that programs link against.
            link("-Wl,-soname,librille.so.0");
            // A host may drop its last reference while a finaliser, a thread or an exit handler still has to
            // run code of the library: it stays mapped for the life of the process.
            link("-Wl,-z,nodelete");
        }
    }
}

fn link(argument: &str) {
    println!("cargo:rustc-cdylib-link-arg={argument}");
}
