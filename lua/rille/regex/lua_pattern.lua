--- Recognises patterns that were written for `string.find`: in a regular expression, `%d` is a percent sign and a `d`.
local M = {}

--- Returns a hint, to be appended to a message, for a pattern that looks like a Lua pattern; nil for any other.
---@param pattern string
---@return string?
function M.hint(pattern)
  -- A percent sign with a class, or one that escapes a special character. With a backslash it is a regular expression.
  if pattern:find("\\", 1, true) then
    return nil
  end
  local class = pattern:match("%%[acdlpsuwxACDLPSUWX]") or pattern:match("%%[%^%$%(%)%.%[%]%*%+%-%?]")
  return class
    and (" (%s has its meaning in Lua patterns only; rille.regex.from_lua translates them)"):format(class)
end

return M
