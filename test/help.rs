//! The committed help of Neovim is what its generator makes of the template and the annotations.

use crate::{bless, root};
use mlua::{Function, Lua};
use std::fs;

#[test]
fn help_is_current() {
    // SAFETY: the code is ours; modules that it reads tables of may ask for what only an unsafe state has.
    let lua = unsafe { Lua::unsafe_new() };
    let read = |lua: &Lua, path: String| match fs::read(root().join(path)) {
        Ok(text) => lua.create_string(text).map(Some),
        Err(_) => Ok(None),
    };
    let read = lua.create_function(read).expect("a function");
    let generate: Function =
        lua.load(root().join("doc/generate.lua")).eval().expect("the generator loads");
    let text: String = generate.call(read).unwrap_or_else(|error| panic!("{error}"));
    bless("doc/rille.txt", &text);
}
