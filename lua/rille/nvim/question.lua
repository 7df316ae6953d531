--- A question that is answered by a key, in a floating window above a picker: the command line may be hidden.
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Asks a question, and waits for a key.
---@param question string
---@return boolean yes whether the key is `y`; every other key means no
function M.ask(question)
  local text = " " .. text_of.cut(text_of.shown(question), math.max(10, vim.o.columns - 12)) .. " (y/n) "
  local buf = api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  api.nvim_buf_set_lines(buf, 0, -1, false, { text })
  local width = math.min(text_of.cells(text), math.max(1, vim.o.columns - 2))
  local win = api.nvim_open_win(buf, false, {
    relative = "editor",
    row = math.max(0, math.floor(vim.o.lines / 2) - 2),
    col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1),
    width = width,
    height = 1,
    style = "minimal",
    border = "rounded",
    zindex = 100,
    focusable = false,
    noautocmd = true,
  })
  vim.cmd("redraw")
  local read, key = pcall(vim.fn.getcharstr)
  pcall(api.nvim_win_close, win, true)
  return read and (key == "y" or key == "Y")
end

return M
