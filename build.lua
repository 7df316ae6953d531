-- Builds the library: lazy.nvim runs this file when it installs or updates rille, `nvim -l build.lua` runs it by hand, and
-- a hook of vim.pack by `dofile`. Cargo downloads the crates in Cargo.lock and verifies their checksums; nothing else is
-- downloaded.
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

local function start(on_line, on_exit)
  return vim.system(command, {
    cwd = directory,
    env = {
      CARGO_ENCODED_RUSTFLAGS = flags(),
      -- The directory where the Lua side searches, whatever Cargo's target directory is for other projects.
      CARGO_TARGET_DIR = target,
    },
    stderr = function(_, data)
      for line in (data or ""):gmatch("[^\r\n]+") do
        said[#said + 1] = line
        on_line(line)
      end
    end,
  }, on_exit)
end

local function nothing() end

--- Builds and waits for the end: for `nvim -l`, and for callers in a coroutine, which show the lines that it yields.
local function wait()
  local job, shown = start(nothing), 0
  while coroutine.isyieldable() and not job:is_closing() do
    shown = math.max(shown, #said)
    coroutine.yield(said[shown] or "building rille")
  end
  local message = outcome(job:wait().code)
  if message then
    error(message, 0)
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

--- Builds while the editor continues, shows the progress, and notifies the user of the end.
local function go_on()
  if vim.g.rille_building then
    return notify("rille: the library is being built already", vim.log.levels.INFO)
  end
  vim.g.rille_building = true
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
  notify("rille: building the library; it takes a minute or two", vim.log.levels.INFO)
  start(
    vim.schedule_wrap(function(line)
      if vim.g.rille_building then
        progress("running", line)
      end
    end),
    vim.schedule_wrap(function(result)
      vim.g.rille_building = nil
      local message = outcome(result.code)
      progress(message and "failed" or "success", message and "failed" or "done")
      if not message then
        vim.g.rille_built = os.time()
        local again = package.loaded["rille.core.ffi"] or package.loaded["rille"]
        local what = again and "rille: the library is built; restart Neovim to use it"
          or "rille: the library is built"
        return notify(what, vim.log.levels.INFO)
      end
      -- The output is long: `:messages` contains all of it, and one line stays on the screen.
      for line in message:gmatch("[^\n]+") do
        vim.api.nvim_echo({ { line:sub(1, vim.o.columns - 2) } }, true, {})
        vim.cmd("redraw")
      end
      notify("rille: the build failed, see `:messages`; again: `:Rille build`", vim.log.levels.ERROR)
    end)
  )
end

local is_script = arg ~= nil and type(arg[0]) == "string" and arg[0]:find("build%.lua$") ~= nil
local is_waited_for = is_script or coroutine.isyieldable()

if vim.fn.executable(command[1]) == 1 then
  if is_waited_for then
    wait()
  else
    go_on()
  end
elseif is_waited_for then
  error(
    "rille: cargo is needed to build the library, see https://rustup.rs; without it the fallback in Lua runs",
    0
  )
else
  notify("rille: install cargo (https://rustup.rs), then `:Rille build`", vim.log.levels.ERROR)
end
