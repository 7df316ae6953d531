--- The list of a picker's or a view's keys, in a floating window that the next key closes.
local config = require("rille.nvim.config")

local api = vim.api

local M = {}

--- Returns the lines of the list: the keys as the user has set them, and their descriptions.
---@param group "picker"|"view"
---@param own? table<string, string|false> keys of one picker and their descriptions, which come first; false removes a key
---@return string[]
function M.lines(group, own)
  local chosen, rows, width = config.get(group .. ".keys"), {}, 0
  for key, about in vim.spairs(own or {}) do
    if about then
      rows[#rows + 1] = { key, about }
      width = math.max(width, #key)
    end
  end
  for _, key in ipairs(require(config.key_lists[group]).list) do
    local keys = chosen[key.name]
    if keys == nil then
      keys = key.keys
    end
    keys = vim.tbl_filter(function(one)
      return not own or own[one] == nil
    end, type(keys) == "table" and keys or { keys or nil })
    if #keys > 0 then
      local text = table.concat(keys, " ")
      rows[#rows + 1] = { text, key.about }
      width = math.max(width, #text)
    end
  end
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = (" %-" .. width .. "s  %s"):format(row[1], row[2])
  end
  return lines
end

--- Shows the keys until another key is typed. That key then has its usual effect, except `<Esc>` and `q`, which only close
--- the list.
---@param group "picker"|"view"
---@param own? table<string, string|false> keys of one picker and their descriptions
function M.show(group, own)
  local lines = M.lines(group, own)
  local width, height = 20, math.min(#lines, math.max(1, vim.o.lines - vim.o.cmdheight - 3))
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line) + 1)
  end
  width = math.min(width, math.max(1, vim.o.columns - 2))
  local buf = api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  local win = api.nvim_open_win(buf, false, {
    relative = "editor",
    row = math.max(0, math.floor((vim.o.lines - height) / 2) - 1),
    col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1),
    width = width,
    height = height,
    style = "minimal",
    border = "rounded",
    title = " Keys ",
    zindex = 100,
    focusable = false,
    noautocmd = true,
  })
  vim.wo[win].wrap = false
  vim.cmd("redraw")
  local read, key = pcall(vim.fn.getcharstr)
  pcall(api.nvim_win_close, win, true)
  if read and key ~= "\27" and key ~= "q" then
    api.nvim_feedkeys(key, "i", false)
  end
end

return M
