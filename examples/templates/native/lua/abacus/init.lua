--- abacus: counts words, in a native library or, where none can be loaded, in Lua. The answers are the same.
local M = { version = "0.1.0" }

---@class abacus.row
---@field word string
---@field count integer

local implementation, name, reason

--- Chooses the backend at the first use. ABACUS_BACKEND=lua keeps the library unused; with `native` its absence is an error.
local function load()
  if implementation then
    return implementation
  end
  local wanted = os.getenv("ABACUS_BACKEND")
  if wanted == "lua" then
    name, reason = "lua", "ABACUS_BACKEND is lua"
  else
    local loaded, found = pcall(require, "abacus.native")
    if loaded then
      implementation, name = found, "native"
      return implementation
    elseif wanted == "native" then
      error(found, 0)
    end
    name, reason = "lua", tostring(found)
  end
  implementation = require("abacus.fallback")
  return implementation
end

--- Returns a counter without words. Close it when you are done; the garbage collector closes forgotten ones.
---@return abacus.counter
function M.counter()
  return load().counter()
end

--- Returns which backend runs, and for the fallback why.
---@return "native"|"lua" name
---@return string? reason
function M.backend()
  load()
  return name, reason
end

return M
