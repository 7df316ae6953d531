--- Checks of arguments, for both backends: a mistake of the programmer is an error at the line that made it.
local M = {}

--- Raises an error unless the value is a string. The FFI would also accept nil, which is a NULL pointer.
---@param value any
---@param name string the function
---@param argument string
function M.text(value, name, argument)
  if type(value) ~= "string" then
    error(("%s: %s must be a string, got %s"):format(name, argument, type(value)), 3)
  end
end

--- Raises an error unless the value is an integer from 0 on. Returns it.
---@param value any
---@param name string the function
---@param argument string
---@return integer
function M.count(value, name, argument)
  if type(value) ~= "number" or not (value >= 0 and value <= 2 ^ 53) or value % 1 ~= 0 then
    error(("%s: %s must be an integer >= 0, got %s"):format(name, argument, tostring(value)), 3)
  end
  return value
end

--- Raises an error that the object is closed.
function M.closed()
  error("abacus.counter: closed", 3)
end

return M
