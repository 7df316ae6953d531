--- Sets of patterns without the native library: always fail, as regular expressions do.
local read = require("rille.regex.options")

local M = {}

---@param patterns string[]
---@param flags? string|rille.regex.options
---@return nil
---@return string message
function M.new(patterns, flags)
  if type(patterns) ~= "table" then
    error("rille.regexset: patterns must be a list of strings, got " .. type(patterns), 2)
  end
  read(flags, "rille.regexset")
  return nil, "rille.regexset needs the native library; rille.health() says why it is not loaded"
end

return M
