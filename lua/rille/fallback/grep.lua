--- Searches of a tree have no pure-Lua form: Lua cannot list a folder.
local read = require("rille.grep_options")

local M = {}

---@param pattern string|string[]
---@param root string
---@param opts? rille.grep.options
---@return nil
---@return string message
function M.new(pattern, root, opts)
  read(pattern, root, opts)
  return nil, "rille.grep needs the native library; rille.health() tells why it is not there"
end

return M
