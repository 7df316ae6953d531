--- Views whose buffer Neovim reads itself, as `:noautocmd edit` does: the view closes, and the buffer has the whole file.
local bind = require("rille.nvim.viewer.bind")
local paths = require("rille.nvim.paths")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Window options that a view has set.
local WINDOW = {
  "wrap",
  "list",
  "spell",
  "number",
  "relativenumber",
  "signcolumn",
  "foldcolumn",
  "foldmethod",
  "winbar",
  "statuscolumn",
  "statusline",
}

--- Restores the options of a buffer that Neovim has read.
local function give_back(buf, path)
  bind.unbind(buf)
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    vim.api.nvim_win_call(win, function()
      for _, name in ipairs(WINDOW) do
        vim.cmd("setlocal " .. name .. "<")
      end
    end)
  end
  local options = vim.bo[buf]
  options.buftype, options.bufhidden, options.modifiable = "", "", true
  options.swapfile = vim.go.swapfile
  options.undolevels = -123456
  if vim.api.nvim_buf_get_name(buf):find("^rille://") then
    local other = paths.buffer(path)
    if other and other ~= buf then
      vim.api.nvim_buf_call(buf, function()
        vim.cmd("buffer " .. other)
      end)
      vim.api.nvim_buf_delete(buf, { force = true })
      return
    end
    vim.api.nvim_buf_set_name(buf, path)
    vim.api.nvim_buf_call(buf, function()
      vim.cmd("noautocmd silent edit!")
    end)
  end
  options.filetype = vim.filetype.match({ buf = buf, filename = path }) or ""
end

--- Watches for Neovim reading the buffer of a view.
---@param view rille.nvim.viewer.view
function M.watch(view)
  local function look()
    vim.schedule(function()
      if view.closed or status.views[view.buf] ~= view then
        return
      end
      local is_loaded = vim.api.nvim_buf_is_valid(view.buf) and vim.api.nvim_buf_is_loaded(view.buf)
      view:close()
      if is_loaded and not view.input.is_once then
        give_back(view.buf, view.path)
      end
    end)
  end
  vim.api.nvim_buf_attach(view.buf, false, { on_reload = look, on_detach = look })
end

return M
