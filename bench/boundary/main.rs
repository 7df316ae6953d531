//! What a call from Lua costs: `cargo bench --bench boundary [-- FILTER]`.
//!
//! The gate of the FFI: short calls through the public Lua functions against calls that do nothing, their garbage, and
//! whether they compile. A noun has a Lua file here, which is found by itself.

#[path = "../common/script.rs"]
mod script;
#[path = "../common/texts.rs"]
mod texts;

fn main() {
    script::run("boundary");
}
