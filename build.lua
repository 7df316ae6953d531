-- Provides the library: lazy.nvim runs this file when it installs or updates rille, `nvim -l build.lua` runs it by hand, and a
-- hook of vim.pack by `dofile`. It tries, in this order, and says why it went on:
--
--   1. a library that is there and belongs to this version, for example one of a package of the system;
--   2. the one that `:Rille install` downloads, if the option `prebuilt` is true;
--   3. to build it: Cargo downloads the crates in Cargo.lock and verifies their checksums.
--
-- An argument chooses one way: `nvim -l build.lua cargo` and `nvim -l build.lua prebuilt`.
local is_script = arg ~= nil and type(arg[0]) == "string" and arg[0]:find("build%.lua$") ~= nil
local way = ... or is_script and arg[1] or nil
local directory = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p"))
local target = directory .. "/target"
local command = { "cargo", "rustc", "--release", "--locked", "--lib", "--crate-type", "cdylib" }

--- Returns the compiler's flags: they keep the builder's home directory out of the source paths in panic messages. Where
--- several of these prefixes match, the last one applies. The encoded form allows spaces in a path.
local function flags()
  local list = { vim.env.CARGO_ENCODED_RUSTFLAGS or ((vim.env.RUSTFLAGS or ""):gsub(" +", "\31")) }
  local home = vim.uv.os_homedir() or ""
  local crates = (vim.env.CARGO_HOME or home .. "/.cargo") .. "/registry/src"
  for _, remap in ipairs({ { home, "~" }, { crates, "crates" }, { directory, "rille" } }) do
    if #remap[1] > 1 then
      list[#list + 1] = ("--remap-path-prefix=%s=%s"):format(remap[1], remap[2])
    end
  end
  return (table.concat(list, "\31"):gsub("^\31", ""))
end

--- Lines that Cargo has printed until now.
local said = {}

--- Returns why the build has failed, after Cargo has ended.
---@return string? message
local function outcome(code)
  if code ~= 0 then
    return "rille: the library could not be built\n" .. table.concat(said, "\n")
  end
  local name = ({ OSX = "librille.dylib", Windows = "rille.dll" })[jit.os] or "librille.so"
  if not vim.uv.fs_stat(target .. "/release/" .. name) then
    return ("rille: cargo has built for another system: there is no %s/release/%s"):format(target, name)
  end
end

--- Runs a program in this directory.
---@param words string[]
---@param env table<string, string>
---@param on_line fun(line: string) called with each line of its standard error
---@param on_exit fun(code: integer, output: string) with the first line of its output, or the last one of a failure
local function run(words, env, on_line, on_exit)
  local last
  local started, message = pcall(vim.system, words, {
    cwd = directory,
    env = env,
    stderr = function(_, data)
      for line in (data or ""):gmatch("[^\r\n]+") do
        last = line
        on_line(line)
      end
    end,
  }, function(result)
    vim.schedule(function()
      local printed = (result.stdout or ""):match("[^\r\n]+")
      on_exit(result.code, result.code == 0 and printed or last or "")
    end)
  end)
  if not started then
    on_exit(-1, tostring(message))
  end
end

--- Returns the arguments of a Neovim that runs `tools/install.lua`: in a process of its own, as this one may have loaded another
--- version. Its name is not that of a program where the system's loader has started it.
local function tool(...)
  local program = vim.v.progpath
  if not vim.fs.basename(program):find("^nvim") then
    program = vim.fn.exepath("nvim")
  end
  return { program, "--clean", "--headless", "-l", directory .. "/tools/install.lua", ... }
end

local function nothing() end

local OWN = { LUA_PATH = "", LUA_CPATH = "", RILLE_BACKEND = "" }

--- Whether a library is there that belongs to this version. One of Cargo's own output is not asked: Cargo knows if it is current.
local function is_there(go_on, done)
  run(tool("--check"), OWN, nothing, function(code, output)
    if code == 0 then
      return done(output)
    end
    go_on("no library of this version is there")
  end)
end

--- Downloads the library, if the user allows that.
local function download(go_on, done)
  local config, loaded = vim.g.rille, package.loaded["rille.nvim.config"]
  local is_allowed = way == "prebuilt" or type(config) == "table" and config.prebuilt == true
  if loaded and pcall(loaded.get, "prebuilt") then
    is_allowed = is_allowed or loaded.get("prebuilt")
  end
  if not is_allowed then
    return go_on("`prebuilt` is off")
  end
  local words = tool("--user")
  local url = type(config) == "table" and config.url
  if type(url) == "string" and url ~= "" then
    vim.list_extend(words, { "--url", url })
  end
  run(words, OWN, nothing, function(code, output)
    if code == 0 then
      return done(output)
    end
    go_on("the download failed", output)
  end)
end

--- Tries the ways before Cargo; then calls `done` with what provides the library, or `build` with the reasons why none does and
--- with long messages.
local function provide(done, build)
  if way == "cargo" then
    return build({}, {})
  end
  local reasons, messages = {}, {}
  local function went_on(reason, message)
    reasons[#reasons + 1], messages[#messages + 1] = reason, message
  end
  is_there(function(reason)
    went_on(reason)
    download(function(...)
      went_on(...)
      build(reasons, messages)
    end, done)
  end, done)
end

--- Builds with Cargo.
local function start(on_line, on_exit)
  run(command, {
    CARGO_ENCODED_RUSTFLAGS = flags(),
    -- The directory where the Lua side searches, whatever Cargo's target directory is for other projects.
    CARGO_TARGET_DIR = target,
  }, function(line)
    said[#said + 1] = line
    on_line(line)
  end, on_exit)
end

local NO_CARGO =
  "rille: cargo is needed to build the library, see https://rustup.rs; without it the fallback in Lua runs"

--- Provides the library and waits for the end: for `nvim -l`, and for callers in a coroutine, which show the lines that it
--- yields.
local function wait()
  local is_over, failure, shown = false, nil, nil
  local function show(line)
    shown = line
    if not coroutine.isyieldable() then
      print(line)
    end
  end
  local function finish(message)
    is_over, failure = true, message
  end
  provide(function(output)
    show(output)
    finish()
  end, function(reasons, messages)
    for _, line in ipairs(vim.list_extend(vim.deepcopy(reasons), messages)) do
      show("rille: " .. line:gsub("^rille: ", ""))
    end
    if way == "prebuilt" then
      return finish("rille: no library could be downloaded: " .. tostring(messages[1]))
    elseif vim.fn.executable(command[1]) == 0 then
      return finish(NO_CARGO)
    end
    start(function(line)
      shown = line
    end, function(code)
      finish(outcome(code))
    end)
  end)
  while not is_over do
    if coroutine.isyieldable() then
      coroutine.yield(shown or "looking for a library")
    else
      vim.wait(1000, function()
        return is_over
      end, 10)
    end
  end
  if failure then
    error(failure, 0)
  end
end

--- Notifies the user, so that the message is also visible at startup.
local function notify(message, level)
  local function now()
    vim.schedule(function()
      vim.notify(message, level)
    end)
  end
  if vim.v.vim_did_enter == 1 then
    return now()
  end
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = now })
end

--- Shows a long text: `:messages` contains all of it, and one line stays on the screen.
local function list(text)
  local columns = vim.o.columns - 2
  for line in text:gmatch("[^\n]+") do
    for from = 1, #line, columns do
      vim.api.nvim_echo({ { line:sub(from, from + columns - 1) } }, true, {})
      vim.cmd("redraw")
    end
  end
end

--- Notifies of the end.
local function finish(failure, what)
  vim.g.rille_building = nil
  if not failure then
    vim.g.rille_built = os.time()
    local again = package.loaded["rille.core.ffi"] or package.loaded["rille"]
    return notify(what .. (again and "; restart Neovim to use it" or ""), vim.log.levels.INFO)
  end
  list(failure)
  notify("rille: the build failed, see `:messages`; again: `:Rille build`", vim.log.levels.ERROR)
end

--- Builds with Cargo while the editor continues, and shows the progress.
local function build(reasons, long)
  if vim.fn.executable(command[1]) == 0 then
    vim.g.rille_building = nil
    list(table.concat(long, "\n"))
    return notify("rille: install cargo (https://rustup.rs), then `:Rille build`", vim.log.levels.ERROR)
  end
  local messages, id = vim.fn.has("nvim-0.12") == 1, nil
  local function progress(status, line)
    if messages then
      local shown = vim.api.nvim_echo({ { vim.trim(line):sub(1, vim.o.columns - 30) } }, false, {
        kind = "progress",
        id = id,
        source = "rille",
        title = "building rille",
        status = status,
      })
      id = shown ~= -1 and shown or id
    end
  end
  list(table.concat(long, "\n"))
  local why = #reasons > 0 and (" (%s)"):format(reasons[#reasons]) or ""
  notify(("rille: building the library%s; it takes a minute or two"):format(why), vim.log.levels.INFO)
  start(
    vim.schedule_wrap(function(line)
      if vim.g.rille_building then
        progress("running", line)
      end
    end),
    function(code)
      local failure = outcome(code)
      progress(failure and "failed" or "success", failure and "failed" or "done")
      finish(failure, "rille: the library is built")
    end
  )
end

--- Provides the library while the editor continues, and notifies the user of the end.
local function go_on()
  if vim.g.rille_building then
    return notify("rille: the library is being built already", vim.log.levels.INFO)
  end
  vim.g.rille_building = true
  provide(function(output)
    finish(nil, output)
  end, build)
end

if is_script or coroutine.isyieldable() then
  wait()
else
  go_on()
end
