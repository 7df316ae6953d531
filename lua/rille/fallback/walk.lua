--- Walks without the native library: always fail, as Lua cannot list a directory.
local read = require("rille.walk.options").read

local M = {}

---@param root string
---@param opts? rille.walk.options
---@return nil
---@return string message
function M.new(root, opts)
  if type(root) ~= "string" then
    error("rille.walk: root must be a string, got " .. type(root), 2)
  end
  read(opts, "rille.walk")
  return nil, "rille.walk needs the native library; rille.health() says why it is not loaded"
end

return M
