--- Visual selections in a view. While text is selected, the rows of the page stay in place; when the visible part of the
--- lines moves, the other end of the selection is stored as a position.
local page = require("rille.nvim.viewer.page")

local M = {}

--- Moves the cursor to a position whose line the page contains, or as near to it as the visible part of the line allows.
---@param view rille.nvim.viewer.view
---@param win integer
---@param position integer
function M.place(view, win, position)
  local line = view:locate(position)
  local entry = line and view.page[line]
  if entry then
    local text = vim.api.nvim_buf_get_lines(view.buf, line - 1, line, false)[1] or ""
    local col = position - entry.at - (view.column - 1) - entry.lead
    vim.api.nvim_win_set_cursor(win, { line, math.min(math.max(col, 0), math.max(#text - 1, 0)) })
  end
end

--- Returns the position of the other end of the selection.
---@param view rille.nvim.viewer.view
---@return integer?
function M.anchor(view)
  local pos, known = vim.fn.getpos("v"), view.anchor
  if known and known.pos[2] == pos[2] and known.pos[3] == pos[3] then
    return known.position
  end
  return view:position(pos[2], pos[3] - 1)
end

--- Moves the other end of the selection to a position.
local function set_anchor(view, position)
  local win = vim.api.nvim_get_current_win()
  local cursor = vim.api.nvim_win_get_cursor(win)
  vim.cmd("normal! o")
  M.place(view, win, position)
  vim.cmd("normal! o")
  vim.api.nvim_win_set_cursor(win, cursor)
  view.anchor = { position = position, pos = vim.fn.getpos("v") }
end

--- Shows the same rows from another byte of each line on.
---@param view rille.nvim.viewer.view
---@param column integer
---@return boolean
function M.show_from(view, column)
  local anchor = page.selecting() and M.anchor(view)
  local before, count = view.column, #view.page
  local texts, entries, at = {}, {}, view.page[1].at
  view.column = column
  while #entries < count do
    -- The last known line is read again, to find where the next one starts.
    local known = #entries > 0 and 1 or 0
    local more, read = view:from(at, count - #entries + known)
    if #read <= known then
      view.column = before
      return false
    end
    for i = known + 1, #read do
      texts[#texts + 1], entries[#entries + 1] = more[i], read[i]
    end
    at = entries[#entries].at
  end
  view:shift(0, function()
    view:edit(0, -1, texts)
    view.page = entries
  end)
  if anchor then
    set_anchor(view, anchor)
  end
  return true
end

--- Stores the selection, for `gv` and for ranges of commands.
---@param view rille.nvim.viewer.view
---@param mode string
function M.remember(view, mode)
  local from, to = vim.fn.getpos("'<"), vim.fn.getpos("'>")
  local first = view:position(from[2], mode == "V" and 0 or from[3] - 1)
  local last = view:position(to[2], mode == "V" and 0 or to[3] - 1)
  if first and last then
    view.marks["<"], view.marks[">"] = view:origin(first), view:origin(last)
    view.selected_as = mode
  end
end

--- Selects the stored selection again.
---@param view rille.nvim.viewer.view
function M.again(view)
  local from, to = view.marks["<"], view.marks[">"]
  if from and to and view:go(view:kept_at(from)) then
    vim.cmd("normal! " .. (view.selected_as or "v"))
    view:go(view:kept_at(to))
  end
end

return M
