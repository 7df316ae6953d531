//! rille from Lua against what people use without it: `cargo bench --bench peers [-- FILTER]`.
//!
//! Each noun has a Lua file here, which is found automatically.

#[path = "../common/script.rs"]
mod script;
#[path = "../common/texts.rs"]
mod texts;

fn main() {
    script::run("peers");
}
