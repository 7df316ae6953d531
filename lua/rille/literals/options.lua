--- The options of literals, for both backends.
local bytes = require("rille.bytes")

---@class rille.literals.options
---@field case? "respect"|"ignore" whether the case of ASCII letters matters; "respect" by default
---@field match? "first"|"longest" which literal matches where several start: by default the first in the list
---@field memory_limit? integer maximum number of bytes of the fast form, 16 MiB by default; larger lists use a smaller, slower form

local KNOWN = "case = 'respect' | 'ignore', match = 'first' | 'longest', memory_limit = bytes"

--- Reads the options, or raises an error at the caller's caller.
---@param opts? rille.literals.options
---@param name string the public function
---@param level integer of errors, for the caller of the public function
---@return boolean ignore_case
---@return boolean longest
---@return integer memory_limit 0 for the default
return function(opts, name, level)
  if opts == nil then
    return false, false, 0
  elseif type(opts) ~= "table" then
    error(name .. ": opts must be a table, got " .. type(opts), level)
  end
  local ignore_case, longest, limit = false, false, 0
  for key, value in pairs(opts) do
    if key == "case" and (value == "respect" or value == "ignore") then
      ignore_case = value == "ignore"
    elseif key == "match" and (value == "first" or value == "longest") then
      longest = value == "longest"
    elseif key == "memory_limit" and type(value) == "number" then
      limit = math.max(1, bytes.size(value, name .. ": memory_limit"))
    else
      local message = "%s: wrong option %s = %s (known: %s)"
      error(message:format(name, tostring(key), tostring(value), KNOWN), level)
    end
  end
  return ignore_case, longest, limit
end
