--- `:checkhealth jotter`
local M = {}

local function check_rille()
  local loaded, rille = pcall(require, "rille")
  if not loaded then
    vim.health.error("rille is not installed", { "Install it: https://example.org/rille" })
  elseif rille.backend == "native" then
    vim.health.ok("rille " .. rille.version .. " with its native library")
  else
    vim.health.error(
      "rille's native library is not loaded, which the search needs",
      { "See `:checkhealth rille`." }
    )
  end
end

function M.check()
  vim.health.start("jotter")
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.10 or later is needed, this is " .. tostring(vim.version()))
  end
  check_rille()
  local options, faults = require("jotter.config").get()
  for _, fault in ipairs(faults) do
    vim.health.warn(fault, { "See |jotter-options|." })
  end
  local directory = vim.fs.normalize(options.directory)
  if vim.fn.isdirectory(directory) == 1 then
    vim.health.ok("notes are in " .. directory)
  else
    vim.health.warn(directory .. " is no directory", { "Set the option `directory`, see |jotter-options|." })
  end
end

return M
