--- Runs the tests in this Neovim: nvim --clean --headless -l tests/run.lua
---
--- rille is looked for in $RILLE_DIR, and otherwise beside this plugin.
local root = vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h"))
local rille = vim.fn.fnamemodify(vim.env.RILLE_DIR or (root .. "/../rille"), ":p")
if vim.fn.isdirectory(rille .. "/lua/rille") == 0 then
  print(("no rille in %s: clone it there, or set RILLE_DIR"):format(rille))
  os.exit(1)
end
vim.opt.runtimepath:prepend({ root, rille })
vim.cmd("runtime plugin/jotter.lua")
assert(
  not package.loaded.jotter and not package.loaded.rille,
  "the plugin loads modules at their first use only"
)

local passed, failed = 0, 0
local t = {}

--- Runs one test.
function t.test(name, body)
  local ok, message = xpcall(body, debug.traceback)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print(("FAILED %s: %s"):format(name, message))
  end
  vim.g.jotter = nil
  require("jotter").setup()
  vim.cmd("silent! cclose | silent! only")
end

--- Compares values, tables by content.
function t.same(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(("expected %s, got %s"):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

--- Waits until `condition` returns true.
function t.wait(what, condition)
  if not vim.wait(10000, condition, 5) then
    error("after 10 seconds still waiting for " .. what, 2)
  end
end

--- Returns a new directory with files.
---@param files table<string, string> contents by name
function t.directory(files)
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory, "p")
  for name, text in pairs(files) do
    local file = assert(io.open(directory .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
  return directory
end

--- Returns the messages that `vim.notify` gets during a call.
function t.notified()
  local shown = {}
  vim.notify = function(text) ---@diagnostic disable-line: duplicate-set-field
    shown[#shown + 1] = text
  end
  return shown
end

for _, spec in ipairs({ "search", "plugin" }) do
  assert(loadfile(("%s/tests/%s_spec.lua"):format(root, spec)))(t)
end
print(("jotter: %d passed, %d failed in Neovim %s"):format(passed, failed, tostring(vim.version())))
os.exit(failed == 0 and passed > 0 and 0 or 1)
