--- `:checkhealth rille` with a library, with a wrong one and without one; and progress messages.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")

local function report(nvim)
  nvim:cmd("checkhealth rille")
  return nvim:wait(function()
    local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    return text:find("live handles ~\n[^\n]*") and text
  end)
end

local function has(text, part)
  t.ok(text:find(part, 1, true), ("%q is not in\n%s"):format(part, text))
end

t.test("health reports where the library was found", function()
  local nvim = child.start()
  nvim:lua([[_G.kept = require("rille").regex("a")]])
  local text = report(nvim)
  has(text, "OK the native library runs: " .. vim.uv.fs_realpath(os.getenv("RILLE_LIB")))
  has(text, "OK version 0.1.0, ABI ")
  has(text, "kernels for this processor: ")
  has(text, "OK LuaJIT 2.1")
  has(text, "1. " .. os.getenv("RILLE_LIB") .. ": loaded")
  has(text, "OK no mistakes in the configuration")
  has(text, "1 × regex, ")
  t.eq(nvim:stop(), 0)
end)

t.test("health reports why there is no library, and what to do", function()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  vim.fn.writefile({ "no library" }, directory .. "/librille.so")
  for _, part in ipairs({ "plugin", "lua" }) do
    vim.system({ "cp", "-r", root .. "/" .. part, directory }):wait()
  end
  local env = { RILLE_LIB = directory .. "/librille.so", LUA_PATH = "" }
  local nvim = child.start({ env = env, plugin = false, before = "set runtimepath+=" .. directory })
  local text = report(nvim)
  has(text, "WARNING the fallback in pure Lua runs")
  has(text, "`nvim -l build.lua` in rille's directory")
  has(text, ("1. %s/librille.so: the system's loader says: "):format(directory))
  has(text, ("%s/target/release/librille.so: No such file or directory"):format(directory))
  t.eq(nvim:stop(), 0)
end)

t.test("health reports wrong options", function()
  local nvim = child.start()
  nvim:lua([[vim.g.rille = { view = { above = 1e9, colums = 80 }, progress = 3 }]])
  local text = report(nvim)
  has(text, "WARNING vim.g.rille: option 'progress' must be a boolean, got 3")
  has(
    text,
    "WARNING vim.g.rille: unknown option 'view.colums' (known: view.above, view.columns, view.keys, view.number)"
  )
  has(text, "view.above = 1000000000")
  t.eq(nvim:stop(), 0)
end)

t.test("health works from :Rille", function()
  local nvim = child.start()
  nvim:cmd("Rille health")
  nvim:wait(function()
    return vim.bo.filetype == "checkhealth"
  end)
  t.eq(nvim:stop(), 0)
end)

--- Reports progress of long and of short work; returns the messages that the editor received.
local function tell(nvim)
  return nvim:lua(function()
    local told, now = {}, 0
    local notify, echo, hrtime = vim.notify, vim.api.nvim_echo, vim.uv.hrtime
    vim.uv.hrtime = function() -- luacheck: ignore 122
      return now * 1e6
    end
    vim.notify = function(text) -- luacheck: ignore 122
      told[#told + 1] = text
    end
    vim.api.nvim_echo = function(chunks, history, opts) -- luacheck: ignore 122
      told[#told + 1] = ("%s %s %s %s"):format(opts.title, opts.status, opts.percent, chunks[1][1])
      return echo(chunks, history, opts)
    end
    local progress = require("rille.nvim.progress")
    local short = progress.start("short")
    short:report(1, 2)
    short:finish("success")
    local long = progress.start("long")
    now = 450
    long:report(10, 40, "a")
    long:report(20, 40, "b") -- too soon after the last one
    now = 700
    long:report(21, 40, "c")
    long:finish("success", "d")
    vim.notify, vim.api.nvim_echo, vim.uv.hrtime = notify, echo, hrtime -- luacheck: ignore 122
    return told
  end)
end

t.test("progress reports only work that takes long", function()
  local nvim = child.start()
  if vim.fn.has("nvim-0.12") == 1 then
    t.eq(tell(nvim), { "long running 25 a", "long running 52 c", "long success 100 d" })
  else
    t.eq(tell(nvim), { "rille: long 25% a", "rille: long 50% c", "rille: long d" })
  end
  nvim:lua([[vim.g.rille = { progress = false }]])
  t.eq(tell(nvim), {})
  t.eq(nvim:stop(), 0)
end)

t.test("a Progress event cancels", function()
  if vim.fn.has("nvim-0.12") == 0 then
    t.skip("progress messages came with Neovim 0.12")
  end
  local nvim = child.start()
  t.eq(
    nvim:lua(function()
      local cancelled = 0
      local one = require("rille.nvim.progress").start("long", function()
        cancelled = cancelled + 1
      end)
      vim.uv.sleep(450)
      one:report(10, 40)
      vim.api.nvim_echo(
        { { "" } },
        false,
        { kind = "progress", id = one.id, source = "rille", status = "cancel" }
      )
      return cancelled
    end),
    1
  )
  t.eq(nvim:stop(), 0)
end)
