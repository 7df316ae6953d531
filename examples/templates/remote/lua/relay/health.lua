--- `:checkhealth relay`
local M = {}

function M.check()
  local relay = require("relay")
  vim.health.start("relay")
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.10 or later is needed, this is " .. tostring(vim.version()))
  end
  local version, message = relay.request("version")
  if version then
    vim.health.ok(("%s runs, version %s"):format(relay.program(), version))
  else
    vim.health.error(message)
  end
end

return M
