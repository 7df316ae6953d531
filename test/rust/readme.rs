//! Every example of the README and of the pages in `doc` runs, and prints what its comments promise.

use crate::hosts::{find_programs, nginx::kind};
use crate::support::{missing, say};
use crate::{library, root};
use mlua::{Lua, MultiValue, Table, Value};
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// Returns the code blocks of the README and of the pages in `doc` whose info string is accepted.
fn blocks_of(accepts: impl Fn(&str) -> bool) -> Vec<String> {
    let pages = fs::read_dir(root().join("doc")).expect("the directory of documents");
    let mut pages: Vec<_> = pages.map(|entry| entry.expect("an entry").path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.push(root().join("README.md"));
    pages.sort();
    let mut blocks = Vec::new();
    for page in pages {
        let page = fs::read_to_string(page).expect("a page");
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            if let Some(info) = line.strip_prefix("```") {
                let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
                if accepts(info) {
                    blocks.push(block.join("\n") + "\n");
                }
            }
        }
    }
    blocks
}

/// Returns the code blocks with this info string.
fn blocks(info: &str) -> Vec<String> {
    let blocks = blocks_of(|found| found == info);
    assert!(!blocks.is_empty(), "no page has a `{info}` block");
    blocks
}

/// The info strings of blocks that a test runs or reads. A block of another kind would be run by nobody.
const KINDS: [&str; 15] = [
    "c",
    "json",
    "lua",
    "lua config",
    "lua filter",
    "lua lazy",
    "lua love",
    "lua nvim",
    "lua pack",
    "lua picker",
    "lua resty",
    "nginx",
    "sh",
    "sh c",
    "text",
];

#[test]
fn every_block_is_of_a_kind_that_a_test_runs() {
    let _ = blocks_of(|info| {
        assert!(KINDS.contains(&info), "no test runs blocks of the kind `{info}`");
        false
    });
}

#[test]
fn every_lua_block_is_lua() {
    let lua = Lua::new();
    for block in blocks_of(|info| info.starts_with("lua")) {
        let function = lua.load(&block).into_function();
        if let Err(error) = function {
            // An entry of a plugin manager's list is an expression.
            let value = lua.load(format!("return {block}")).into_function();
            assert!(value.is_ok(), "{error}\n{block}");
        }
    }
}

/// Returns the promised output of a block: the text after each `-->`, line by line.
fn promised(block: &str) -> Vec<&str> {
    block.lines().filter_map(|line| line.split_once("--> ").map(|(_, text)| text)).collect()
}

#[test]
fn lua_examples_print_what_they_say() {
    for block in blocks("lua") {
        // SAFETY: the code is ours; it loads `ffi`, which only an unsafe state has.
        let lua = unsafe { Lua::unsafe_new() };
        let directory = root().join("lua");
        let package: Table = lua.globals().get("package").expect("package");
        package
            .set("path", format!("{0}/?.lua;{0}/?/init.lua", directory.display()))
            .expect("package.path is set");
        lua.globals().set("library", library().to_str()).expect("a global is set");
        lua.load("local get = os.getenv; os.getenv = function(name) return name == 'RILLE_LIB' and library or get(name) end")
            .exec()
            .expect("the library is named");
        let printed = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&printed);
        let print = move |lua: &Lua, values: MultiValue| {
            let tostring: mlua::Function = lua.globals().get("tostring")?;
            let texts: mlua::Result<Vec<String>> =
                values.into_iter().map(|value: Value| tostring.call(value)).collect();
            sink.lock().unwrap().push(texts?.join("\t"));
            Ok(())
        };
        lua.globals()
            .set("print", lua.create_function(print).expect("a function"))
            .expect("a global is set");
        lua.load(&block)
            .set_name("=README")
            .exec()
            .unwrap_or_else(|error| panic!("{error}\n{block}"));
        assert_eq!(*printed.lock().unwrap(), promised(&block), "{block}");
    }
}

/// The C example, compiled and run by the README's own lines, in a directory that looks like the checkout after `make`.
#[test]
fn c_example_prints_what_it_says() {
    let directory = root().join("target/under-test/readme");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(directory.join("target")).expect("a directory is made");
    let [example] = blocks("c").try_into().expect("one C example");
    fs::write(directory.join("program.c"), example).expect("the example is written");
    let made = library().parent().expect("the directory of the library");
    for (from, to) in [(&*root().join("include"), "include"), (made, "target/release")] {
        std::os::unix::fs::symlink(from, directory.join(to)).expect("a link is made");
    }
    let [lines] = blocks("sh c").try_into().expect("one block of lines for C");
    let lines = lines.strip_prefix("make ").expect("the first line is make, which has run");
    let (_, lines) = lines.split_once('\n').expect("more lines");
    let run = Command::new("sh")
        .args(["-ec", lines])
        .current_dir(&directory)
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .expect("sh to run");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout), blocks("text")[0]);
}

#[test]
fn neovim_example_runs() {
    let Some(nvim) = find_programs("RILLE_NVIM", &["nvim"]).into_iter().next() else {
        return missing(
            "README in Neovim",
            "no nvim on PATH",
            "run .ci/get-modern-hosts and set RILLE_NVIM",
        );
    };
    let file = root().join("target/under-test/readme.lua");
    fs::create_dir_all(file.parent().expect("a directory")).expect("a directory is made");
    let [example] = blocks("lua nvim").try_into().expect("one example for Neovim");
    fs::write(&file, format!("vim.opt.runtimepath:append({:?})\n{example}", root()))
        .expect("a file is written");
    let run = Command::new(nvim)
        .args(["--clean", "--headless", "-l"])
        .arg(&file)
        .env("RILLE_LIB", library())
        .output()
        .expect("nvim to run");
    let printed =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && printed.trim() == "0", "{printed}");
    say("README in Neovim: passed");
}

/// The parts of `love.graphics` that the examples use, and a function that shows some frames.
const LOVE_WITHOUT_SCREEN: &str = "
local function nothing() end
local font = { getWidth = function(_, s) return #s end, getHeight = function() return 10 end }
love.graphics = { getFont = function() return font end, print = nothing, line = nothing }
local function frames()
  for _ = 1, 500 do
    if love.update then love.update() end
    if love.draw then love.draw() end
    love.timer.sleep(0.001)
  end
  love.update, love.draw = nil, nil
end
";

#[test]
fn love_examples_print_what_they_say() {
    let Some(love) = find_programs("RILLE_LOVE", &["love"]).into_iter().next() else {
        return missing("README in LÖVE", "no love on PATH", "apt install love, or set RILLE_LOVE");
    };
    let game = root().join("target/under-test/readme-game");
    let _ = fs::remove_dir_all(&game);
    fs::create_dir_all(&game).expect("a directory is made");
    let from = root().join("lua/rille");
    let status = Command::new("cp").arg("-r").arg(from).arg(&game).status().expect("cp to run");
    assert!(status.success());
    let name = library().file_name().expect("a name");
    fs::copy(library(), game.join("rille").join(name)).expect("the library is copied");
    let conf = "function love.conf(t) t.modules.window, t.modules.graphics, t.modules.audio = false, false, false end\n";
    fs::write(game.join("conf.lua"), conf).expect("a file is written");
    let examples = blocks("lua love");
    let mut main = LOVE_WITHOUT_SCREEN.to_owned();
    for example in &examples {
        main += &format!("do\n{example}end\nframes()\n");
    }
    fs::write(game.join("main.lua"), main + "love.event.quit()\n").expect("a file is written");
    let run = Command::new(love)
        .arg(&game)
        .env_remove("RILLE_LIB")
        .env_remove("LUA_PATH")
        .env("SDL_VIDEODRIVER", "dummy")
        .env("SDL_AUDIODRIVER", "dummy")
        .output()
        .expect("love to run");
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    let promised: Vec<_> = examples.iter().flat_map(|example| promised(example)).collect();
    let printed: Vec<_> = printed.lines().collect();
    assert_eq!(printed, promised, "{}", String::from_utf8_lossy(&run.stderr));
    say("README in LÖVE: passed");
}

#[test]
fn nginx_example_is_a_sound_configuration() {
    let found = find_programs("RILLE_NGINX", &["openresty", "nginx"]);
    let Some((nginx, kind)) = found.iter().find_map(|program| Some((program, kind(program)?)))
    else {
        return missing(
            "README in nginx",
            "no nginx with the Lua module",
            "apt install nginx-extras",
        );
    };
    let prefix = root().join("target/under-test/readme-nginx");
    fs::create_dir_all(prefix.join("logs")).expect("a directory is made");
    let [example] = blocks("nginx").try_into().expect("one example for nginx");
    let lua = root().join("lua");
    let example =
        example.replace("/opt/rille/share/lua/5.1", lua.to_str().expect("a path in UTF-8"));
    let mut configuration = kind.load;
    configuration += "pid nginx.pid;\nevents {}\nenv RILLE_LIB;\n";
    fs::write(prefix.join("nginx.conf"), configuration + &example).expect("a file is written");
    let run = Command::new(nginx)
        .arg("-p")
        .arg(&prefix)
        .args(["-c", "nginx.conf", "-t"])
        .env("RILLE_LIB", library())
        .output()
        .expect("nginx to run");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    say("README in nginx: passed");
}
