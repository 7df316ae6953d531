--- Regular expressions have no pure-Lua form: one that takes linear time would be slower than any use of it.

---@class rille.fallback.regex
local M = {}

local function needs_native(name)
  return function(pattern)
    if type(pattern) ~= "string" then
      error(name .. ": pattern must be a string, got " .. type(pattern), 2)
    end
    return nil, name .. " needs the native library; rille.health() tells why it is not there"
  end
end

M.escape = needs_native("rille.regex.escape")
M.from_lua = needs_native("rille.regex.from_lua")
M.explain_pcre = needs_native("rille.regex.explain_pcre")

local regex = needs_native("rille.regex")

return setmetatable(M, {
  __call = function(_, pattern)
    return regex(pattern)
  end,
})
