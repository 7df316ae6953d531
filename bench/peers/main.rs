//! rille as Lua sees it against what people use without it: `cargo bench --bench peers [-- FILTER]`.
//!
//! A noun has a Lua file here, which is found by itself.

#[path = "../common/script.rs"]
mod script;
#[path = "../common/texts.rs"]
mod texts;

fn main() {
    script::run("peers");
}
