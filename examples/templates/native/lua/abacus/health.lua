--- `:checkhealth abacus`
local M = {}

function M.check()
  vim.health.start("abacus")
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.10 or later is needed, this is " .. tostring(vim.version()))
  end
  local backend, reason = require("abacus").backend()
  if backend == "native" then
    vim.health.ok("the native library runs")
  else
    vim.health.warn(
      "the fallback in Lua runs: " .. reason,
      { "Run `cargo build --release` in the plugin's directory." }
    )
  end
end

return M
