--- Regular expressions without the native library: always fail. A linear-time engine in Lua would be too slow to use.

local read = require("rille.regex.options")

---@class rille.fallback.regex
local M = {}

local function needs_native(name)
  return function(pattern)
    if type(pattern) ~= "string" then
      error(name .. ": pattern must be a string, got " .. type(pattern), 2)
    end
    return nil, name .. " needs the native library; rille.health() says why it is not loaded"
  end
end

M.escape = needs_native("rille.regex.escape")
M.from_lua = needs_native("rille.regex.from_lua")
M.explain_pcre = needs_native("rille.regex.explain_pcre")

local regex = needs_native("rille.regex")

return setmetatable(M, {
  __call = function(_, pattern, flags)
    local none, message = regex(pattern)
    read(flags, "rille.regex")
    return none, message
  end,
})
