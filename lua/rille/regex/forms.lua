--- The accepted forms of a pattern for lines, checked the same way by both backends.

local length = require("rille.core.strings").length

local FORMS = "must be a string, a rille.regex, rille.literals or a list of these, got "

---@alias rille.line_pattern string|rille.regex|rille.literals

local function is_compiled(pattern)
  return type(pattern) == "table" and (pattern.is_rille_regex or pattern.is_rille_literals) or false
end

--- Returns a list of patterns, or raises an error at the caller of the public function.
---@param what rille.line_pattern|rille.line_pattern[]
---@param name string the public function and the argument
---@param level integer stack level of the error, seen from here
---@return rille.line_pattern[]
return function(what, name, level)
  if type(what) == "string" or is_compiled(what) then
    return { what }
  elseif type(what) ~= "table" then
    error(("%s %s%s"):format(name, FORMS, type(what)), level)
  end
  local count = length(what, name, level + 1)
  if count == 0 then
    error(("%s %san empty list"):format(name, FORMS), level)
  end
  for i = 1, count do
    local pattern = what[i]
    if type(pattern) ~= "string" and not is_compiled(pattern) then
      error(("%s[%d] %s%s"):format(name, i, FORMS, type(pattern)), level)
    end
  end
  return what
end
