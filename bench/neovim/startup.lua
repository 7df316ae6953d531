--- The plugin's cost at Neovim's start when it is not used: the time of sourcing `plugin/rille.lua`, as Neovim's own
--- `--startuptime` reports it, and the difference of whole starts with and without the plugin, measured alternately.
---
---   nvim -l bench/neovim/startup.lua [PROGRAM] [STARTS]
local program = arg[1] or os.getenv("RILLE_NVIM") or "nvim"
local starts = tonumber(arg[2]) or 100
local REACH = 0.1
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(arg[0], ":p"))))

--- Starts Neovim once; returns the milliseconds of the whole start, and of the plugin.
local function start(with)
  local log = vim.fn.tempname()
  local command = { program, "--clean", "--headless", "--startuptime", log, "-c", "qall!" }
  if with then
    vim.list_extend(command, { "--cmd", "let &runtimepath ..= '," .. root .. "'" })
  end
  vim.fn.system(command)
  local plugin, whole
  for line in io.lines(log) do
    local took = line:match("^%S+%s+%S+%s+(%S+): sourcing .*plugin/rille%.lua")
    plugin = took and tonumber(took) or plugin
    local clock = line:match("^(%S+)%s+.*NVIM STARTED")
    whole = clock and tonumber(clock) or whole
  end
  os.remove(log)
  return whole, plugin
end

local function quantile(values, at)
  table.sort(values)
  return values[math.floor(#values * at) + 1]
end

local times = { with = {}, without = {}, plugin = {} }
for i = 1, starts do
  times.without[i] = start(false)
  times.with[i], times.plugin[i] = start(true)
end
assert(#times.plugin == starts, "the plugin was not sourced")
local plugin = quantile(times.plugin, 0.5)
local version = vim.fn.system({ program, "--version" }):match("NVIM (%S+)")
print(("start of Neovim %s, %d starts each, medians in ms"):format(version, starts))
print(("  without the plugin        %6.2f"):format(quantile(times.without, 0.5)))
print(("  with the plugin, unused   %6.2f"):format(quantile(times.with, 0.5)))
print(
  ("  sourcing plugin/rille.lua %6.3f   nine of ten below %.3f"):format(plugin, quantile(times.plugin, 0.9))
)
print(("  reach %.1f: %s"):format(REACH, plugin <= REACH and "reached" or "LOST"))
