--- What lines are searched for: text, a compiled pattern, literals, or a list of these.
local ffi = require("ffi")

local array = ffi.typeof("rille_pattern[?]")
local const_bytes = ffi.typeof("const uint8_t *")

---@alias rille.line_pattern string|rille.regex|rille.literals

local M = {}

local FORMS = "must be a string, a rille.regex, rille.literals or a list of these, got "

--- Sets a pattern of an array, and returns whether it is one.
local function set(entry, pattern)
  if type(pattern) == "string" then
    entry.text, entry.len = const_bytes(pattern), #pattern
    return true
  elseif type(pattern) ~= "table" or not (pattern.is_rille_regex or pattern.is_rille_literals) then
    return false
  end
  local handle = pattern.handle
  if not handle then
    error("rille: closed", 4)
  end
  entry[pattern.is_rille_regex and "regex" or "literals"] = handle
  return true
end

--- Reads a pattern or a list of some, or raises an error at the caller of the public function. The array points to the
--- patterns, which therefore have to be alive as long as it is in use.
---@param what rille.line_pattern|rille.line_pattern[]
---@param name string the public function and the argument
---@return ffi.cdata* patterns rille_pattern[count]
---@return integer count
function M.read(what, name)
  local is_list = type(what) == "table" and not (what.is_rille_regex or what.is_rille_literals)
  local count = is_list and #what or 1
  if count == 0 then
    error(("%s %san empty list"):format(name, FORMS), 3)
  end
  local patterns = array(count)
  for i = 1, count do
    local pattern = what
    if is_list then
      pattern = what[i]
    end
    if not set(patterns[i - 1], pattern) then
      local place = is_list and ("[%d]"):format(i) or ""
      error(("%s%s %s%s"):format(name, place, FORMS, type(pattern)), 3)
    end
  end
  return patterns, count
end

return M
