--- Sets of patterns without the native library: always fail, as regular expressions do.
local M = {}

---@param patterns string[]
---@return nil
---@return string message
function M.new(patterns)
  if type(patterns) ~= "table" then
    error("rille.regexset: patterns must be a list of strings, got " .. type(patterns), 2)
  end
  return nil, "rille.regexset needs the native library; rille.health() says why it is not loaded"
end

return M
