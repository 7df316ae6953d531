--- The arguments of a session's methods, for both backends.
local M = {}

local MAX_LINES = 2 ^ 31

local function is_line(value)
  return type(value) == "number" and value >= 0 and value < MAX_LINES and value % 1 == 0
end

--- Raises an error at the caller of `rille.diff.session:edit` unless its arguments are right.
---@param first any
---@param last any
---@param lines any
---@param count integer number of lines of the text
function M.check(first, last, lines, count)
  if not is_line(first) or not is_line(last) or first < 1 or last < first - 1 or last > count then
    local message = "rille.diff.session:edit: lines %s to %s are not in the text, which has %d lines"
    error(message:format(tostring(first), tostring(last), count), 3)
  elseif type(lines) ~= "table" then
    error("rille.diff.session:edit: lines must be a list of strings, got " .. type(lines), 3)
  end
  for i = 1, #lines do
    local line = lines[i]
    if type(line) ~= "string" then
      error(("rille.diff.session:edit: lines[%d] must be a string, got %s"):format(i, type(line)), 3)
    elseif line:find("\n", 1, true) then
      error(("rille.diff.session:edit: lines[%d] has a line feed; pass each line alone"):format(i), 3)
    end
  end
end

--- Returns the lines as one text, with a line feed between each two of them.
---@param lines string[]
---@return string
function M.join(lines)
  return #lines == 1 and lines[1] or table.concat(lines, "\n")
end

--- Returns the lines of `rille.diff.session:hunks`, 0-based.
---@param first? any
---@param last? any
---@return integer first
---@return integer last
function M.window(first, last)
  first, last = first or 1, last or MAX_LINES - 1
  if not is_line(first) or not is_line(last) or first < 1 then
    local message = "rille.diff.session:hunks: first and last must be line numbers, got %s and %s"
    error(message:format(tostring(first), tostring(last)), 3)
  end
  return first - 1, last - 1
end

return M
