--- Opens files larger than the option `view.above` in a view instead of loading them.
---
--- Reading is not taken over for every file, which would change how all files are read: when a buffer is created, the size
--- of its file is checked, and only a buffer of a large file gets an autocommand that reads it.
local lazy = require("rille.core.lazy")
local config = require("rille.nvim.config")

local uv = vim.uv or vim.loop

local M = {}

--- Returns whether another plugin reads files with this name, as those for archives, compressed files and URLs do.
local function is_taken(name)
  local list = vim.api.nvim_get_autocmds({ event = "BufReadCmd" })
  local known, unpacking = pcall(vim.api.nvim_get_autocmds, { event = "BufReadPre", group = "gzip" })
  for _, command in ipairs(vim.list_extend(list, known and unpacking or {})) do
    if not command.buflocal and vim.fn.match(name, vim.fn.glob2regpat(command.pattern)) >= 0 then
      return true
    end
  end
  return false
end

--- Returns whether a file starts as UTF-16, which Neovim reads and a view cannot show.
local function is_utf16(path)
  local fd = uv.fs_open(path, "r", 0)
  local mark = fd and uv.fs_read(fd, 2, 0)
  if fd then
    uv.fs_close(fd)
  end
  return mark == "\255\254" or mark == "\254\255"
end

--- Checks a new buffer, and makes it a view if its file is large.
local function look(buf)
  local above, name = config.get("view.above"), vim.api.nvim_buf_get_name(buf)
  if not above or name == "" or vim.bo[buf].buftype ~= "" or vim.api.nvim_buf_is_loaded(buf) then
    return
  end
  local found = uv.fs_stat(name)
  if not found or found.type ~= "file" or found.size < above or is_taken(name) or is_utf16(name) then
    return
  end
  vim.api.nvim_create_autocmd("BufReadCmd", {
    group = "rille.above",
    buffer = buf,
    nested = true,
    desc = "rille: view the file, as it is large",
    callback = function()
      lazy.load("rille.nvim.viewer").read(buf, vim.api.nvim_buf_get_name(buf))
    end,
  })
end

--- Checks every buffer created after this call, and the buffers named on the command line.
function M.enable()
  local group = vim.api.nvim_create_augroup("rille.above", {})
  vim.api.nvim_create_autocmd("BufNew", {
    group = group,
    desc = "rille: check the size of the file",
    callback = function(event)
      look(event.buf)
    end,
  })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    look(buf)
  end
end

return M
