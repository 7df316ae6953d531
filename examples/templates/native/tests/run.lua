--- Runs the specs: `luajit tests/run.lua`, or `nvim --clean --headless -l tests/run.lua`.
---
--- ABACUS_BACKEND=native or lua chooses the backend; ABACUS_LIB is the file of the library.
local host = rawget(_G, "vim") and "Neovim" or "LuaJIT"
local specs = { "counter", "library", "same_answers" }
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
if host == "Neovim" then
  vim.opt.runtimepath:prepend(vim.fn.getcwd())
  specs[#specs + 1] = "neovim"
end

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
end

local function show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for key, entry in pairs(value) do
    parts[#parts + 1] = show(key) .. "=" .. show(entry)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- Compares values, tables by content.
function t.same(actual, expected)
  if show(actual) ~= show(expected) then
    error(("expected %s, got %s"):format(show(expected), show(actual)), 2)
  end
end

--- Calls a function that must raise an error with this text.
function t.raises(text, fn, ...)
  local ok, message = pcall(fn, ...)
  if ok or not tostring(message):find(text, 1, true) then
    error(("expected the error '%s', got %s"):format(text, ok and "none" or tostring(message)), 2)
  end
end

for _, spec in ipairs(specs) do
  assert(loadfile("tests/" .. spec .. "_spec.lua"))(t)
end
local backend = require("abacus").backend()
print(("abacus: %d passed, %d failed in %s, backend %s"):format(passed, failed, host, backend))
os.exit(failed == 0 and passed > 0 and 0 or 1)
