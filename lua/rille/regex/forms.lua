--- The accepted forms of a pattern for lines, checked the same way by all functions that take one, on both backends.

local FORMS = "must be a string, a rille.regex, rille.literals or a list of these, got "

---@alias rille.line_pattern string|rille.regex|rille.literals

local function is_compiled(pattern)
  return type(pattern) == "table" and (pattern.is_rille_regex or pattern.is_rille_literals) or false
end

local function kind(value)
  return type(value) == "table" and value.is_rille_regexset and "rille.regexset; pass its list of patterns"
    or type(value)
end

--- Returns a list of patterns, none of them closed, or raises an error at the caller of the public function.
---@param what rille.line_pattern|rille.line_pattern[]
---@param name string the public function and the argument
---@param level integer stack level of the error, seen from here
---@return rille.line_pattern[]
return function(what, name, level)
  local list = (type(what) == "string" or is_compiled(what)) and { what } or what
  if type(list) ~= "table" or list.is_rille_regexset then
    error(("%s %s%s"):format(name, FORMS, kind(list)), level)
  end
  local count = table.maxn(list)
  if count == 0 then
    error(("%s %san empty list"):format(name, FORMS), level)
  end
  for i = 1, count do
    local pattern = list[i]
    if type(pattern) ~= "string" and not is_compiled(pattern) then
      error(("%s[%d] %s%s"):format(name, i, FORMS, kind(pattern)), level)
    elseif type(pattern) == "table" and not (pattern.handle or pattern.list) then
      error("rille: closed", level)
    end
  end
  return list
end
