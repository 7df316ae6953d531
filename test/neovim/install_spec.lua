--- Installation: the recipe of doc/neovim.md for vim.pack, lazy.nvim, and `nvim -l build.lua`. Cargo is replaced by a script
--- that records its arguments and copies the tests' library to the place of the built one.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")
local library = os.getenv("RILLE_LIB")

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function run(...)
  local result = vim.system({ ... }):wait()
  t.eq(result.code, 0, table.concat({ ... }, " ") .. "\n" .. (result.stderr or ""))
  return result
end

--- Makes a directory with a repository of the plugin and a Cargo that exits with `status` and puts the library into `where`
--- below its target directory; returns it and the environment for a Neovim in it.
local function scratch(status, where)
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory .. "/bin", "p")
  vim.fn.mkdir(directory .. "/rille/doc", "p")
  for _, part in ipairs({ "plugin", "lua", "tools", "build.lua" }) do
    run("cp", "-r", root .. "/" .. part, directory .. "/rille")
  end
  write(directory .. "/rille/.gitignore", "/target\n")
  local git = { "git", "-C", directory .. "/rille", "-c", "user.name=x", "-c", "user.email=x@example.org" }
  for _, words in ipairs({ { "init", "-q", "-b", "main" }, { "add", "-A" }, { "commit", "-q", "-m", "x" } }) do
    run(unpack(vim.list_extend(vim.deepcopy(git), words)))
  end
  local lines = {
    "#!/bin/sh",
    ('echo "$PWD: $*" >> %s/cargo.log'):format(directory),
    "echo '   Compiling rille' >&2",
    ('printf "%%s" "$CARGO_ENCODED_RUSTFLAGS" > %s/flags'):format(directory),
    "out=${CARGO_TARGET_DIR:-target}/" .. (where or "release"),
    "mkdir -p $out",
    ("cp %s $out/librille.so"):format(library),
    "exit " .. (status or 0),
  }
  write(directory .. "/bin/cargo", table.concat(lines, "\n") .. "\n")
  run("chmod", "+x", directory .. "/bin/cargo")
  return directory,
    {
      PATH = directory .. "/bin:" .. os.getenv("PATH"),
      RILLE_LIB = "",
      LUA_PATH = "",
      XDG_DATA_HOME = directory .. "/data",
      XDG_CONFIG_HOME = directory .. "/config",
      XDG_STATE_HOME = directory .. "/state",
      XDG_CACHE_HOME = directory .. "/cache",
    }
end

local BUILD = "rustc --release --locked --lib --crate-type cdylib"

--- Returns how Cargo was called: the directory and the arguments.
local function calls(directory)
  local list = {}
  for line in io.lines(directory .. "/cargo.log") do
    list[#list + 1] = line
  end
  return list
end

--- Waits until a message contains a text.
local function says(nvim, text)
  nvim:wait(function(wanted)
    return vim.fn.execute("messages"):find(wanted, 1, true) ~= nil
  end, text)
end

--- Returns the path of the library that the child has loaded.
local function loaded(nvim)
  return nvim:lua(function()
    return vim.uv.fs_realpath(require("rille").health().path)
  end)
end

t.test("the recipe for vim.pack builds the library, and the plugin is there at once", function()
  if vim.fn.has("nvim-0.12") == 0 then
    t.skip("vim.pack came with Neovim 0.12")
  end
  local page = table.concat(vim.fn.readfile(root .. "/doc/neovim.md"), "\n")
  local recipe = page:match("\n```lua pack\n(.-)\n```\n")
  local directory, env = scratch()
  recipe = recipe:gsub("https://example.org/rille", directory .. "/rille")
  recipe = recipe:gsub("vim%.pack%.add(%b())", function(arguments)
    return "vim.pack.add(" .. arguments:sub(2, -2) .. ", { confirm = false })"
  end)
  -- A clean start ignores the user's packages.
  local packages = "let &packpath ..= ',' .. stdpath('data') .. '/site'"
  local nvim = child.start({ env = env, plugin = false, before = packages })
  nvim:lua(recipe)
  -- The editor is not blocked in the meantime.
  says(nvim, "rille: the library is built")
  local path = directory .. "/data/nvim/site/pack/core/opt/rille"
  t.eq(calls(directory), { path .. ": " .. BUILD })
  t.eq(loaded(nvim), vim.uv.fs_realpath(path .. "/target/release/librille.so"))
  t.eq(nvim:lua([[return vim.fn.exists(":Rille")]]), 2)
  t.eq(nvim:stop(), 0)
end)

t.test("lazy.nvim builds it automatically", function()
  local lazy
  for directory in (os.getenv("RILLE_PLUGINS") or ""):gmatch("[^:]+") do
    if vim.fn.isdirectory(directory .. "/lazy.nvim") == 1 then
      lazy = directory .. "/lazy.nvim"
    end
  end
  if not lazy then
    t.skip("lazy.nvim is not in a directory of RILLE_PLUGINS")
  end
  local directory, env = scratch()
  local nvim = child.start({ env = env, plugin = false })
  nvim:lua(function(where, from)
    vim.o.runtimepath = where .. "," .. vim.o.runtimepath
    require("lazy").setup({ { url = from .. "/rille", name = "rille" } }, { rocks = { enabled = false } })
  end, lazy, directory)
  local path = directory .. "/data/nvim/lazy/rille"
  t.eq(calls(directory), { path .. ": " .. BUILD })
  t.eq(loaded(nvim), vim.uv.fs_realpath(path .. "/target/release/librille.so"))
  t.eq(nvim:stop(), 0)
end)

t.test("building by hand", function()
  local directory, env = scratch()
  local program = os.getenv("RILLE_CHILD")
  local result = vim
    .system({ program, "--clean", "-l", directory .. "/rille/build.lua" }, { env = env, cwd = "/" })
    :wait()
  t.eq(result.code, 0, result.stderr)
  t.eq(calls(directory), { directory .. "/rille: " .. BUILD })
end)

t.test("a build that fails shows what Cargo said", function()
  local directory, env = scratch(101)
  local nvim = child.start({ env = env, plugin = false })
  nvim:lua([[dofile(...)]], directory .. "/rille/build.lua")
  says(nvim, "Compiling rille")
  nvim:sees("rille: the build failed, see `:messages`; again: `:Rille build`", 24)
  t.eq(nvim:stop(), 0)
  local program = os.getenv("RILLE_CHILD")
  local result = vim
    .system({ program, "--clean", "-l", directory .. "/rille/build.lua" }, { env = env })
    :wait()
  t.eq(result.code, 1)
  t.ok(result.stderr:find("rille: the library could not be built%s+Compiling rille"), result.stderr)
end)

t.test("without cargo a build was reported in :messages alone", function()
  local directory, env = scratch()
  -- No directory of PATH has a cargo.
  env.PATH = directory
  local nvim = child.start({ env = env, plugin = false })
  nvim:lua([[dofile(...)]], directory .. "/rille/build.lua")
  nvim:sees("rille: install cargo (https://rustup.rs), then `:Rille build`", 24)
  t.eq(nvim:stop(), 0)
end)

t.test("a build blocked the editor, and one that ended was not reported", function()
  local directory, env = scratch()
  local gate = directory .. "/gate"
  local script = table.concat(vim.fn.readfile(directory .. "/bin/cargo"), "\n")
  script = script:gsub("mkdir", ("while ! test -e %s; do sleep 0.02; done\nmkdir"):format(gate), 1)
  write(directory .. "/bin/cargo", script .. "\n")
  local nvim = child.start({ env = env, plugin = false })
  nvim:cmd("set runtimepath+=" .. directory .. "/rille")
  nvim:cmd("runtime plugin/rille.lua")
  nvim:cmd("Rille build")
  says(nvim, "rille: building the library")
  nvim:type("ihello<Esc>")
  nvim:wait([[return vim.api.nvim_get_current_line() == "hello"]])
  nvim:cmd("Rille build")
  says(nvim, "rille: the library is being built already")
  write(gate, "")
  says(nvim, "rille: the library is built")
  t.eq(#calls(directory), 1)
  t.eq(loaded(nvim), vim.uv.fs_realpath(directory .. "/rille/target/release/librille.so"))
  t.eq(nvim:stop(), 0)
end)

t.test("a library that was loaded before an update was not reported", function()
  local directory, env = scratch()
  local nvim = child.start({ env = env, plugin = false })
  nvim:cmd("set runtimepath+=" .. directory .. "/rille")
  nvim:cmd("runtime plugin/rille.lua")
  nvim:cmd("Rille build")
  says(nvim, "rille: the library is built")
  nvim:cmd("Rille view " .. directory .. "/rille/build.lua")
  nvim:wait([[return require("rille.nvim.viewer").of() ~= nil]])
  local function health()
    nvim:cmd("Rille health")
    return nvim:lua([[return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")]])
  end
  local sentence = "was loaded before an update; restart Neovim to use the new one"
  t.ok(not health():find(sentence, 1, true))
  -- Replaced as by cargo: the name then belongs to another file.
  vim.fn.delete(directory .. "/rille/target/release/librille.so")
  nvim:cmd("Rille build")
  says(nvim, "rille: the library is built; restart Neovim to use it")
  t.ok(health():find("the library that runs " .. sentence, 1, true))
  -- The loaded version keeps running, including modules that were not used before.
  nvim:lua([[require("rille.nvim.library").hold()]])
  run("rm", "-r", directory .. "/rille/lua")
  t.eq(
    nvim:lua([[return require("rille").regex("a"):test("cat") and package.loaded["rille.walk"] ~= nil]]),
    true
  )
  t.eq(nvim:stop(), 0)
end)

t.test("it is built where the Lua side looks, wherever cargo builds other projects", function()
  local directory, env = scratch()
  env.CARGO_TARGET_DIR = directory .. "/elsewhere"
  env.RUSTFLAGS = "-C target-cpu=native"
  local program = os.getenv("RILLE_CHILD")
  local result = vim
    .system({ program, "--clean", "-l", directory .. "/rille/build.lua" }, { env = env, cwd = "/" })
    :wait()
  t.eq(result.code, 0, result.stderr)
  t.eq(vim.fn.filereadable(directory .. "/rille/target/release/librille.so"), 1)
  t.eq(vim.fn.isdirectory(directory .. "/elsewhere"), 0)
  -- The user's flags are kept, and the library contains no path of the builder.
  local flags = vim.split(table.concat(vim.fn.readfile(directory .. "/flags")), "\31")
  t.eq({ flags[1], flags[2] }, { "-C", "target-cpu=native" })
  t.ok(vim.tbl_contains(flags, ("--remap-path-prefix=%s=~"):format(vim.uv.os_homedir())), vim.inspect(flags))
  t.eq(flags[#flags], ("--remap-path-prefix=%s/rille=rille"):format(directory))
end)

t.test("a library that was built for another system is a failure", function()
  local directory, env = scratch(0, "aarch64-unknown-linux-gnu/release")
  local program = os.getenv("RILLE_CHILD")
  local result = vim
    .system({ program, "--clean", "-l", directory .. "/rille/build.lua" }, { env = env, cwd = "/" })
    :wait()
  t.eq(result.code, 1)
  t.ok(result.stderr:find("rille: cargo has built for another system: there is no ", 1, true), result.stderr)
end)
