--- Conversion of line patterns to the form that C takes.
local ffi = require("ffi")
local forms = require("rille.regex.forms")

local array = ffi.typeof("rille_pattern[?]")
local const_bytes = ffi.typeof("const uint8_t *")

local M = {}

--- Reads a pattern or a list of patterns, or raises an error at the caller of the public function. The array points to the
--- patterns, which must stay alive while it is in use.
---@param what rille.line_pattern|rille.line_pattern[]
---@param name string the public function and the argument
---@return ffi.cdata* patterns rille_pattern[count]
---@return integer count
function M.read(what, name)
  local list = forms(what, name, 4)
  local patterns = array(#list)
  for i = 1, #list do
    local pattern, entry = list[i], patterns[i - 1]
    if type(pattern) == "string" then
      entry.text, entry.len = const_bytes(pattern), #pattern
    else
      entry[pattern.is_rille_regex and "regex" or "literals"] = pattern.handle
    end
  end
  return patterns, #list
end

return M
