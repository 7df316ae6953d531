--- Notifiers without the native library: always fail, as Lua has no threads.
local M = {}

---@return nil
---@return string message
function M.new()
  return nil, "rille.notifier needs the native library; rille.health() says why it is not loaded"
end

return M
