//! Repeated searches for the library: what the next attempt reports after a search that failed or
//! was impossible.

use super::{FALLBACK, Tree};
use crate::library;
use std::fs;

/// Every module of the tree except those that only Neovim can load, as `modules`.
const MODULES: &str = r#"
    modules = {}
    local function add(directory, prefix)
        for name in io.popen("ls '" .. directory .. "'"):lines() do
            local module = name:match("^(.*)%.lua$")
            if not module then
                add(directory .. "/" .. name, prefix .. name .. ".")
            elseif not (prefix .. module):find("^rille%.nvim%.") then
                modules[#modules + 1] = module == "init" and prefix:sub(1, -2) or prefix .. module
            end
        end
    end
    add(lua_directory .. "/rille", "rille.")
    assert(#modules > 40)
"#;

#[test]
fn every_module_says_each_time_why_there_is_no_library() {
    let tree = Tree::new("again");
    let directory = tree.directory.join("lua");
    tree.run(
        &[],
        &format!(
            r#"
            lua_directory = {directory:?}
            {MODULES}
            -- Rotations and their reverses: each module is first, last, and next to others.
            local function order(by)
                local list = {{}}
                for i = 1, #modules do
                    list[i] = modules[(by < 0 and -i or i) % #modules + 1]
                end
                for _ = 1, math.abs(by) do table.insert(list, table.remove(list, 1)) end
                return list
            end
            local sentences = 0
            for by = -#modules, #modules do
                for name in pairs(package.loaded) do
                    if name == "rille" or name:find("^rille%.") then package.loaded[name] = nil end
                end
                if by % 2 == 0 then assert(require("rille").backend == "lua") end
                for _, name in ipairs(order(by)) do
                    for attempt = 1, 2 do
                        local loaded, message = pcall(require, name)
                        if not loaded and not tostring(message):find("attempt to index global 'vim'", 1, true) then
                            sentences = sentences + 1
                            message = tostring(message)
                            assert(message:find("rille: no usable library", 1, true), name .. ": " .. message)
                            assert(message:find("/target/release/librille", 1, true), name .. ": " .. message)
                        end
                    end
                end
            end
            assert(sentences > 1000, sentences)
            "#
        ),
    );
}

#[test]
fn a_process_that_runs_on_the_fallback_stays_with_it() {
    let tree = Tree::new("stays");
    let place = tree.directory.join("lib").join(library().file_name().expect("a name"));
    fs::create_dir_all(place.parent().expect("a directory")).expect("a directory is made");
    tree.run(
        &[],
        &format!(
            r#"{FALLBACK}
            local from = assert(io.open({:?}, "rb"))
            local to = assert(io.open({place:?}, "wb"))
            to:write(from:read("*a"))
            to:close()
            local loaded, message = pcall(require, "rille.core.ffi")
            assert(not loaded and message == health.reason, message)
            assert(not pcall(require, "rille.job") and rille.backend == "lua")
            "#,
            library()
        ),
    );
}

/// The reason may go away, so it must not decide for the life of the process.
#[test]
fn a_library_that_cannot_be_opened_for_lack_of_a_descriptor_is_taken_later() {
    let tree = Tree::new("descriptor");
    tree.run(
        &[("RILLE_LIB", library())],
        r#"
        local open, load = io.open, ffi.load
        for _, lack in ipairs({ { 24, "in this process (EMFILE" }, { 23, "in the whole system (ENFILE" } }) do
            for name in pairs(package.loaded) do
                if name == "rille" or name:find("^rille%.") then package.loaded[name] = nil end
            end
            local rille = require("rille")
            io.open = function(path) return nil, path .. ": too many", lack[1] end
            for _ = 1, 2 do
                for _, key in ipairs({ "backend", "text", "regex", "walk" }) do
                    local found, message = pcall(function() return rille[key] end)
                    assert(not found and message:find("rille: no file descriptor is left " .. lack[2], 1, true), message)
                end
            end
            io.open = open
            assert(rille.backend == "native" and rille.text.count("abc", "char") == 3)
        end
        "#,
    );
}

#[test]
fn memory_that_is_at_an_end_while_loading_is_no_reason_for_the_fallback() {
    Tree::new("memory").run(
        &[("RILLE_LIB", library())],
        r#"
        local rille = require("rille")
        local real = require
        require = function(name)
            if name == "rille.core.ffi" then error("not enough memory", 0) end
            return real(name)
        end
        local found, message = pcall(function() return rille.backend end)
        assert(not found and message == "not enough memory", message)
        require = real
        assert(rille.backend == "native")
        "#,
    );
}
