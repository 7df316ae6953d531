--- Notifiers have no pure-Lua form, as jobs have none: Lua has no threads.
local M = {}

---@return nil
---@return string message
function M.new()
  return nil, "rille.notifier needs the native library; rille.health() tells why it is not there"
end

return M
