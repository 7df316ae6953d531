--- Regular expressions have no pure-Lua form: one that takes linear time would be slower than any use of it.

---@class rille.fallback.regex
local M = {}

local NEEDS = "rille.regex needs the native library; rille.health() tells why it is not there"

--- A pattern that matches exactly `s`. The same function as the native one, for texts that are valid UTF-8.
---@param s string
---@return string
function M.escape(s)
  if type(s) ~= "string" then
    error("rille.regex.escape: s must be a string, got " .. type(s), 2)
  end
  return (s:gsub("[%s%-#&~\\.+*?()|%[%]{}^$]", "\\%0"))
end

return setmetatable(M, {
  __call = function(_, pattern)
    if type(pattern) ~= "string" then
      error("rille.regex: pattern must be a string, got " .. type(pattern), 2)
    end
    return nil, NEEDS
  end,
})
