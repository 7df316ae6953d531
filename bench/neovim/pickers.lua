--- How long do single steps of the pickers take, in the editor's own process? Nothing is drawn on a terminal.
---
---   RILLE_LIB=target/release/librille.so nvim --clean --headless -l bench/neovim/pickers.lua [WORD]
---
--- With a word only rows whose name contains it.
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(arg[0], ":p"))))
vim.opt.runtimepath:prepend(root)
package.path = root .. "/lua/?.lua;" .. root .. "/lua/?/init.lua;" .. package.path
local uv = vim.uv
local only = arg[1] or ""
vim.o.columns, vim.o.lines, vim.o.swapfile, vim.o.shada = 120, 40, false, ""

local scratch = vim.fn.tempname()
vim.fn.mkdir(scratch .. "/nvim/rille", "p")
vim.fn.setenv("XDG_STATE_HOME", scratch)
vim.api.nvim_set_current_dir(scratch)

local nvim = require("rille.nvim")
local picker = require("rille.nvim.picker")
assert(require("rille").backend == "native", "no native library: set RILLE_LIB")

local function now()
  return uv.hrtime() / 1e6
end

local function wait(condition)
  assert(vim.wait(60000, condition, 0), "this never came")
end

--- Prints a row: the median of measured milliseconds, the 95th percentile, and the goal for the median.
local function row(name, times, reach)
  table.sort(times)
  local median, late = times[math.ceil(#times / 2)], times[math.ceil(#times * 0.95)]
  local verdict = median <= reach and "reached" or "LOST"
  print(("%-58s %8.3f %8.3f %8.1f  %s"):format(name, median, late, reach, verdict))
end

--- The longest time between two turns of the event loop since the last call, in milliseconds.
local longest, last = 0, now()
local ticks = uv.new_timer()
ticks:start(1, 1, function()
  longest, last = math.max(longest, now() - last), now()
end)
local function gap()
  local value = longest
  longest, last = 0, now()
  return value
end

local function wanted(name)
  return name:find(only, 1, true) ~= nil
end

--- Returns whether the rows are those of the query and all of them are found.
local function settled(handle)
  local state = picker.current.source:state()
  return not state.stale and not state.busy and picker.current.query == handle:query()
end

print(("%-58s %8s %8s %8s"):format("", "median", "p95", "reach, ms"))

if wanted("refine") then
  -- 100,000 hits of a search, frozen; then one letter after the other.
  vim.fn.writefile(
    vim.fn.map(vim.fn.range(100000), [['needle ' .. v:val .. ' in a line of text that is long enough']]),
    scratch .. "/hits.txt"
  )
  nvim.setup({ grep = { limit = 100000 }, picker = { preview = false } })
  nvim.grep({ query = "needle" })
  wait(function()
    local state = picker.current.source:state()
    return state.count == 100000 and not state.busy
  end)
  local handle = picker.current.spec.handle
  vim.wait(200)
  gap()
  local start = now()
  picker.current:refine()
  wait(function()
    return picker.current.frozen ~= nil and settled(handle)
  end)
  local froze, stalled = now() - start, gap()
  local times = {}
  gap()
  for _ = 1, 5 do
    for _, query in ipairs({ "7", "77", "77 l", "77 lon", "77 long", "77 lon", "77 l", "77", "7", "" }) do
      start = now()
      handle:query(query)
      wait(function()
        return settled(handle)
      end)
      times[#times + 1] = now() - start
      vim.wait(20)
    end
  end
  row("refine over 100,000 hits: key to rows", times, 10)
  row("refine over 100,000 hits: longest gap while typing", { gap() }, 8)
  row("refine over 100,000 hits: longest gap while they freeze", { stalled }, 8)
  print(("    freezing them took %.0f ms"):format(froze))
  handle:close()
  wait(function()
    return picker.current == nil
  end)
end

if wanted("formatted") then
  local items = {}
  for i = 1, 1000 do
    items[i] = { text = ("item %d of many"):format(i), i = i }
  end
  vim.o.columns, vim.o.lines = 200, 72
  nvim.setup({ picker = { height = 1, width = 1, preview = false } })
  local handle = nvim.pick({
    items = items,
    query = "item",
    format = function(item)
      return {
        { ("%4d "):format(item.i), "RilleLine" },
        { "kind ", "Type" },
        { item.text, "Function" },
        { " a container", "RillePath" },
        { " place:12", "Comment" },
      }
    end,
  })
  wait(function()
    return settled(handle)
  end)
  local render, times = require("rille.nvim.picker.view").render, {}
  local height = picker.current.list:height()
  assert(height >= 60, height)
  -- As many rows as are promised.
  picker.current.list.height = function()
    return 60
  end
  for i = 1, 200 do
    picker.current.drawn = {}
    local start = now()
    render(picker.current)
    times[i] = now() - start
  end
  row("60 formatted rows with five highlighted parts", times, 1)
  handle:close()
  wait(function()
    return picker.current == nil
  end)
end

if wanted("workspace") then
  nvim.setup({ picker = { preview = false } })
  vim.cmd.edit(scratch .. "/code.txt")
  local asked = {}
  vim.lsp.start({
    name = "fake",
    root_dir = scratch,
    cmd = function()
      return {
        request = function(method, params, callback)
          if method == "workspace/symbol" then
            asked[params.query] = now()
          end
          vim.schedule(function()
            callback(
              nil,
              method == "initialize" and { capabilities = { workspaceSymbolProvider = true } } or {}
            )
          end)
          return true, #asked + 1
        end,
        notify = function()
          return true
        end,
        is_closing = function()
          return false
        end,
        terminate = function() end,
      }
    end,
  })
  wait(function()
    local client = vim.lsp.get_clients({ bufnr = 0 })[1]
    return client and client.initialized
  end)
  nvim.open("workspace_symbols", {})
  local handle, times = picker.current.spec.handle, {}
  for i = 1, 100 do
    local query, start = "name" .. i, now()
    handle:query(query)
    wait(function()
      return asked[query]
    end)
    times[i] = asked[query] - start
    vim.wait(10)
  end
  row("workspace symbols: key to request sent", times, 5)
  handle:close()
  wait(function()
    return picker.current == nil
  end)
end

if wanted("frecency") then
  local lines, time = {}, os.time()
  for i = 1, 10000 do
    lines[i] = ("%.3f\t%d\t%s/src/part%d/file%05d.lua"):format(
      time - i * 60,
      time - i * 60,
      scratch,
      i % 97,
      i
    )
  end
  vim.fn.writefile(lines, scratch .. "/nvim/rille/frecency")
  vim.fn.mkdir(scratch .. "/src")
  local frecency = require("rille.nvim.frecency")
  local top, all, saved, done = {}, {}, {}, {}
  for i = 1, 50 do
    local start = now()
    frecency.below(scratch .. "/", 200)
    top[i] = now() - start
    start = now()
    frecency.below(scratch .. "/", 2000)
    all[i] = now() - start
    local name = ("%s/src/new%d.lua"):format(scratch, i)
    vim.fn.writefile({}, name)
    table.insert(package.loaded.rille_visits, { name, time })
    start = now()
    frecency.save()
    saved[i] = now() - start
    wait(function()
      return #package.loaded.rille_visits == 0
    end)
    done[i] = now() - start
  end
  row("frecency, 10,000 entries: load for smart, the first 200", top, 3)
  row("frecency, 10,000 entries: load for recent, the first 2,000", all, 3)
  row("frecency, 10,000 entries: save, on the main thread", saved, 3)
  row("frecency, 10,000 entries: save, in the background", done, 1000)
end
