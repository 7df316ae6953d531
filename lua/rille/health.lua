--- `:checkhealth rille`: the backend, where the library was found or searched for, and mistakes in the configuration.
local M = {}

local BUILD =
  "Build the library: `:Rille build`, `nvim -l build.lua` in rille's directory, or `cargo build --release` there."

local function editor(health)
  health.start("rille: Neovim")
  if vim.fn.has("nvim-0.10") == 1 then
    health.ok("Neovim " .. tostring(vim.version()))
  else
    health.error("Neovim 0.10 or later is needed, this is " .. tostring(vim.version()))
  end
end

--- Reports the backend in use.
---@param found rille.health
local function engine(health, found)
  health.start("rille: engine")
  if found.backend == "native" then
    health.ok(("the native library runs: %s"):format(found.path))
    if found.library == found.version then
      health.ok(("version %s, ABI %d"):format(found.version, found.abi))
    else
      health.warn(
        ("the library is version %s, the Lua code %s; their ABI is the same"):format(
          found.library,
          found.version
        ),
        { BUILD }
      )
    end
    local outdated = require("rille.nvim.library").outdated()
    if outdated then
      health.warn(outdated)
    end
    health.info("kernels for this processor: " .. found.cpu)
  else
    health.warn("the fallback in pure Lua runs: slower, and without walk, grep, jobs and files", {
      BUILD,
      "Or let the environment variable RILLE_LIB name the file of the library.",
    })
    if #found.tried == 0 then
      health.info("the reason: " .. tostring(found.reason))
    end
  end
  if found.jit then
    health.ok(found.luajit .. ", the JIT compiler is on")
  else
    health.warn(found.luajit .. ", the JIT compiler is off", { "`:lua jit.on()`, unless you turned it off" })
  end
end

--- Reports where the library was searched for.
---@param found rille.health
local function search(health, found)
  if #found.tried == 0 then
    return
  end
  health.start("rille: places searched for the library")
  for i, tried in ipairs(found.tried) do
    local path = tried.path == "rille" and "the loader of the system" or tried.path
    health.info(("%d. %s: %s"):format(i, path, tried.reason))
  end
end

local function configuration(health)
  health.start("rille: configuration")
  local config = require("rille.nvim.config")
  local faults = config.faults()
  for _, fault in ipairs(faults) do
    health.warn(fault, { "See |rille-config|." })
  end
  if #faults == 0 then
    health.ok("no mistakes in the configuration")
  end
  for _, option in ipairs(config.options) do
    local value = config.get(option[1])
    if not vim.deep_equal(value, option[2]) then
      health.info(("%s = %s"):format(option[1], vim.inspect(value, { newline = " ", indent = "" })))
    end
  end
end

local function memory(health)
  local stats = require("rille").stats()
  local lines = {}
  for kind, count in vim.spairs(stats.handles) do
    if count > 0 then
      lines[#lines + 1] = ("%d × %s, %.1f MB"):format(count, kind, stats.bytes[kind] / 2 ^ 20)
    end
  end
  health.start("rille: live handles")
  health.info(#lines > 0 and table.concat(lines, "; ") or "none")
end

--- Called by `:checkhealth`.
function M.check()
  local health = vim.health
  local found = require("rille").health()
  editor(health)
  engine(health, found)
  search(health, found)
  configuration(health)
  memory(health)
end

return M
