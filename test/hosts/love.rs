//! LÖVE games as players get them: a directory, a `.love` archive and a fused program, with rille and its library inside.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{find_programs, missing, process::run};
use crate::{library, root};

/// Starts rille in the main thread, or in eight threads at once, and prints what each says.
const MAIN: &str = r#"
local NAME = love.filesystem.getInfo("lib") and "lib.rille" or "rille"
local CODE = [[
local name, channel = ...
local rille = require(name)
assert(rille == require("rille") and rille.text.reverse("añb") == "bña" and rille.fuzzy())
require("love.data")
assert(rille.text.count(love.data.newByteData("abc"), "char") == 3)
assert(require("rille.love").update(1) == 0)
local health = rille.health()
local last = health.tried[#health.tried - (health.path and 0 or 1)]
channel:push(("%s %s %s"):format(health.backend, tostring(health.path), last.path .. ": " .. last.reason))
]]
function love.load(arguments)
  local count = tonumber(arguments[1])
  local channel, threads = love.thread.newChannel(), {}
  for i = 1, count do
    threads[i] = love.thread.newThread(CODE)
  end
  for i = 1, count do
    threads[i]:start(NAME, channel)
  end
  if count == 0 then
    loadstring(CODE)(NAME, channel)
  end
  for i = 1, count do
    threads[i]:wait()
    print(threads[i]:getError() or "no error")
  end
  while channel:getCount() > 0 do
    print(channel:pop())
  end
  for _, name in ipairs(love.filesystem.getDirectoryItems("")) do
    if name:find("tmp-", 1, true) then
      print("left: " .. name)
    end
  end
  love.event.quit()
end
function love.errorhandler(message)
  print(message)
  return function() return 1 end
end
"#;

struct Game {
    love: PathBuf,
    scratch: PathBuf,
}

impl Game {
    /// Makes a game whose copy of `lua/rille` is at `place`, with the library in it or without.
    fn new(name: &str, place: &str, has_library: bool) -> Option<Game> {
        let Some(love) = find_programs("RILLE_LOVE", &["love"]).into_iter().next() else {
            missing(name, "no love on PATH", "apt install love, or set RILLE_LOVE");
            return None;
        };
        let scratch = root().join("target/under-test/love").join(name);
        let _ = fs::remove_dir_all(&scratch);
        let modules = scratch.join("game").join(place);
        fs::create_dir_all(modules.parent().expect("a directory")).expect("a directory is made");
        let lua = root().join("lua/rille");
        let status = Command::new("cp").arg("-r").arg(lua).arg(&modules).status();
        assert!(status.expect("cp to run").success());
        if has_library {
            let to = modules.join(library().file_name().expect("a name"));
            fs::copy(library(), &to).expect("the library is copied");
            // Debug information would only make the archive larger; a machine without `strip` takes it along.
            let _ = Command::new("strip").arg("--strip-debug").arg(&to).status();
        }
        fs::copy(root().join("test/hosts/love/conf.lua"), scratch.join("game/conf.lua"))
            .expect("a file is copied");
        fs::write(scratch.join("game/main.lua"), MAIN).expect("a file is written");
        Some(Game { love, scratch })
    }

    /// Starts the game, at a path below the scratch directory, and returns the lines that it prints.
    fn start(&self, program: &Path, arguments: &[&Path], threads: u32) -> Vec<String> {
        let mut command = Command::new(program);
        command.args(arguments).arg(threads.to_string()).current_dir(&self.scratch);
        for name in ["RILLE_LIB", "RILLE_BACKEND", "LUA_PATH", "LUA_CPATH", "LD_LIBRARY_PATH"] {
            command.env_remove(name);
        }
        command.env("XDG_DATA_HOME", self.scratch.join("data")).env("HOME", &self.scratch);
        command.env("SDL_VIDEODRIVER", "dummy").env("SDL_AUDIODRIVER", "dummy");
        let (status, printed) = run(&mut command, Duration::from_secs(120)).expect("love starts");
        assert!(status.is_some_and(|status| status.success()), "{printed}");
        printed.lines().map(str::to_owned).collect()
    }

    fn run(&self, place: &str, threads: u32) -> Vec<String> {
        self.start(&self.love, &[&self.scratch.join(place)], threads)
    }

    /// Packs the game; returns the archive.
    fn pack(&self) -> Vec<u8> {
        let mut files = Vec::new();
        files_in(&self.scratch.join("game"), &mut files);
        let list: Vec<_> = files
            .iter()
            .map(|path| {
                let name =
                    path.strip_prefix(self.scratch.join("game")).expect("a file of the game");
                let name = name.to_str().expect("a name in UTF-8").to_owned();
                (name, fs::read(path).expect("a file is read"))
            })
            .collect();
        let archive = zip(&list);
        fs::write(self.scratch.join("game.love"), &archive).expect("an archive is written");
        archive
    }

    fn saved(&self) -> PathBuf {
        let name = format!("librille-{}.so", env!("CARGO_PKG_VERSION"));
        self.scratch.join("data/love/game").join(name)
    }
}

fn files_in(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_in(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// Returns a zip archive of stored files.
fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let table: Vec<u32> = (0..256u32)
        .map(|byte| {
            (0..8)
                .fold(byte, |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
        })
        .collect();
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let crc = !content
            .iter()
            .fold(!0u32, |crc, byte| table[usize::from(crc as u8 ^ byte)] ^ (crc >> 8));
        let size = u32::try_from(content.len()).expect("a small file");
        let offset = u32::try_from(out.len()).expect("a small archive");
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x50];
        for number in [crc, size, size] {
            fields.extend(number.to_le_bytes());
        }
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = (files.len() as u16).to_le_bytes();
    let end = u32::try_from(out.len()).expect("a small archive");
    let size = u32::try_from(directory.len()).expect("a small directory");
    out.extend(directory);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend([count, count].concat());
    out.extend(size.to_le_bytes());
    out.extend(end.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn a_game_in_a_directory_uses_the_library_in_it() {
    for place in ["rille", "lib/rille", "lua/rille"] {
        let Some(game) = Game::new("directory", place, true) else { return };
        if place == "lua/rille" {
            let main =
                "love.filesystem.setRequirePath('lua/?.lua;lua/?/init.lua')\n".to_owned() + MAIN;
            fs::write(game.scratch.join("game/main.lua"), main).expect("a file is written");
        }
        let path =
            game.scratch.join("game").join(place).join(library().file_name().expect("a name"));
        let path = path.display();
        assert_eq!(game.run("game", 0), [format!("native {path} {path}: loaded")]);
        assert!(!game.saved().exists());
    }
}

#[test]
fn a_packed_game_and_a_fused_one_copy_the_library_to_the_save_directory() {
    let Some(game) = Game::new("packed", "rille", true) else { return };
    let archive = game.pack();
    let saved = game.saved();
    let expected = [format!("native {0} {0}: loaded", saved.display())];
    assert_eq!(game.run("game.love", 0), expected);
    let content = fs::read(&saved).expect("the library was saved");
    let modified =
        |path: &Path| fs::metadata(path).and_then(|data| data.modified()).expect("a time");
    // The same file is not written again; another one, of the same length, is.
    let before = modified(&saved);
    assert_eq!(game.run("game.love", 0), expected);
    assert_eq!(modified(&saved), before);
    let mut other = content.clone();
    *other.last_mut().expect("a byte") ^= 1;
    fs::write(&saved, &other).expect("a file is written");
    assert_eq!(game.run("game.love", 0), expected);
    assert!(fs::read(&saved).expect("a file") == content);
    fs::write(&saved, &content[..100]).expect("a file is written");
    assert_eq!(game.run("game.love", 0), expected);
    assert!(fs::read(&saved).expect("a file") == content);

    let fused = game.scratch.join("fused");
    let mut program = fs::read(&game.love).expect("love is a program");
    program.extend(archive);
    fs::write(&fused, program).expect("a program is written");
    assert!(Command::new("chmod").arg("+x").arg(&fused).status().expect("chmod to run").success());
    let printed = game.start(&fused, &[], 0);
    assert!(
        printed[0].starts_with("native ") && printed[0].contains("/data/fused/librille-"),
        "{printed:?}"
    );
}

#[test]
fn eight_threads_that_start_at_once_share_one_copy() {
    let Some(game) = Game::new("threads", "lib/rille", true) else { return };
    game.pack();
    let saved = game.saved();
    let mut expected = vec!["no error".to_owned(); 8];
    expected.extend(vec![format!("native {0} {0}: loaded", saved.display()); 8]);
    assert_eq!(game.run("game.love", 8), expected);
    fs::write(&saved, "a part").expect("a file is written");
    assert_eq!(game.run("game.love", 8), expected);
}

#[test]
fn a_game_without_the_library_runs_on_the_fallback_and_says_why() {
    let Some(game) = Game::new("without", "rille", false) else { return };
    game.pack();
    for place in ["game", "game.love"] {
        let reason =
            "librille.so: is not in the game: copy it into the directory rille of the Lua modules";
        assert_eq!(game.run(place, 0), [format!("lua nil {reason}")]);
    }
}

/// The bench for LÖVE with a screen, which counts the faults of lines in a font of LÖVE.
#[test]
fn a_layout_in_a_font_of_love_breaks_no_rule_at_any_width_and_makes_no_garbage() {
    let name = "LÖVE with a screen";
    let Some(love) = find_programs("RILLE_LOVE", &["love"]).into_iter().next() else {
        return missing(name, "no love on PATH", "apt install love, or set RILLE_LOVE");
    };
    let Some(screen) = find_programs("RILLE_XVFB_RUN", &["xvfb-run"]).into_iter().next() else {
        return missing(name, "no xvfb-run on PATH", "apt install xvfb xauth");
    };
    let data = root().join("target/under-test/love/screen");
    let mut command = Command::new(screen);
    command.arg("-a").arg(love).arg(root().join("bench/love"));
    command.env("RILLE_ROOT", root()).env("RILLE_LIB", library()).env("XDG_DATA_HOME", &data);
    command.env("SDL_AUDIODRIVER", "dummy").env_remove("SDL_VIDEODRIVER");
    let (status, printed) = run(&mut command, Duration::from_secs(120)).expect("xvfb-run starts");
    assert!(status.is_some_and(|status| status.success()), "{printed}");
    for part in [
        "rille.love.layout: Japanese rules broken at 0, clusters cut at 0 of 171 widths",
        ", 0 bytes of garbage in 20,000 calls",
    ] {
        assert!(printed.contains(part), "{part:?} is missing:\n{printed}");
    }
}
