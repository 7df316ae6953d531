//! The cost of a call from Lua: `cargo bench --bench boundary [-- FILTER]`.
//!
//! It measures short calls through the public Lua functions against calls that do nothing, their garbage, and whether they
//! compile. Each noun has a Lua file here, which is found automatically.

#[path = "../common/script.rs"]
mod script;
#[path = "../common/texts.rs"]
mod texts;

fn main() {
    script::run("boundary");
}
