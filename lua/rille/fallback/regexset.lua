--- Sets of patterns have no pure-Lua form, as patterns have none.
local M = {}

---@param patterns string[]
---@return nil
---@return string message
function M.new(patterns)
  if type(patterns) ~= "table" then
    error("rille.regexset: patterns must be a list of strings, got " .. type(patterns), 2)
  end
  return nil, "rille.regexset needs the native library; rille.health() tells why it is not there"
end

return M
