--- Start positions of searches, for both backends.
local MAX_BYTES = require("rille.bytes").MAX_BYTES

local M = {}

--- Returns a start position as an offset from 0, or nil if it is not one. A negative position counts from the end, as in
--- `string.find`; one before the start is the start.
---@param init integer
---@param len integer bytes of the text
---@return integer?
function M.offset(init, len)
  if type(init) ~= "number" or init % 1 ~= 0 then
    return nil
  elseif init > 0 then
    return init <= MAX_BYTES and init - 1 or MAX_BYTES
  elseif init < 0 then
    return init + len > 0 and init + len or 0
  end
end

--- Returns the message for a value that is not a start position.
---@param init any
---@return string
function M.wrong(init)
  return ("init must be a position from 1 on, got %s (a negative one counts from the end)"):format(
    tostring(init)
  )
end

return M
