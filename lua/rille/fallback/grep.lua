--- Grep without the native library: always fails, as Lua cannot list a directory.
local forms = require("rille.regex.forms")
local read = require("rille.grep.options")

local M = {}

---@param pattern rille.line_pattern|rille.line_pattern[]
---@param root string
---@param opts? rille.grep.options
---@return nil
---@return string message
function M.new(pattern, root, opts)
  forms(pattern, "rille.grep: pattern", 3)
  if type(root) ~= "string" then
    error("rille.grep: root must be a string, got " .. type(root), 2)
  end
  read(opts, "rille.grep")
  return nil, "rille.grep needs the native library; rille.health() says why it is not loaded"
end

return M
