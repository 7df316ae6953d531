--- The part of long lines that a view shows, and the motions inside of a line.
local bytes = require("rille.nvim.viewer.bytes")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Shows each line from another byte on, and puts the cursor to a byte of its line, counted from 0.
local function move_to_column(view, column, inside)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local entry = view.page[line]
  if not entry then
    return
  end
  if column ~= view.column then
    if page.selecting() or page.pending() then
      if not selection.show_from(view, column) then
        return operator.refuse(view, "the lines of the selection are too long to show another part of them")
      end
    else
      view.column = column
      view:load(entry.at)
    end
  end
  view:go(entry.at + inside)
end

--- Whether more than the line of the cursor would be shown from elsewhere by a block.
local function is_block()
  return vim.fn.mode() == "\22"
end

--- The column that a byte of a line is shown from.
local function column_of(view, inside)
  return inside < view.columns and 1 or math.max(inside - math.floor(view.columns / 2) + 1, 1)
end

---@param view rille.nvim.viewer.view
function M.begin(view)
  if view.column == 1 then
    vim.cmd("normal! 0")
  elseif is_block() then
    operator.refuse(view, "a block stays in the part of the lines that is shown")
  else
    operator.run(view, "exclusive", function()
      return move_to_column(view, 1, 0)
    end)
  end
end

--- Goes to the last byte of the line that begins at a position.
local function to_stop(view, at, following)
  local tail = view.source:slice(math.max(following - 6, at), following - 1) or ""
  tail = tail:gsub("\r?\n$", "")
  local feed = math.max(following - 6, at) + #tail
  local char = tail:match("[%z\1-\127\192-\255][\128-\191]*$") or tail:sub(-1)
  local inside = math.max(feed - #char - at, 0)
  return move_to_column(view, column_of(view, inside), inside)
end

---@param view rille.nvim.viewer.view
function M.stop_of_line(view)
  local entry = view.page[vim.api.nvim_win_get_cursor(0)[1]]
  if not entry or not entry.behind or vim.v.count > 1 or page.pending() or is_block() then
    -- Under an operator the cursor goes no further than to what is shown; the rest is put in afterwards.
    view.to_end = true
    vim.cmd("normal! " .. vim.v.count1 .. "$")
    return
  end
  local following, message = bytes.next_line(view, entry.at)
  if following then
    to_stop(view, entry.at, following)
    if page.selecting() then
      vim.cmd("normal! $")
    end
  elseif page.selecting() then
    operator.refuse(view, message)
  else
    local at = entry.at
    work.run(view, "jump", view.source:index(), "looking for the end of the line", function(state)
      following = state == "done" and bytes.next_line(view, at)
      if following and view:go(at) then
        to_stop(view, at, following)
      end
    end)
  end
end

--- `|`: a byte of a long line, and a column of the screen in others.
---@param view rille.nvim.viewer.view
function M.column(view)
  local count = vim.v.count1
  local entry = view.page[vim.api.nvim_win_get_cursor(0)[1]]
  if not entry or view.column == 1 and not entry.behind or is_block() then
    vim.cmd("normal! " .. count .. "|")
    return
  end
  local inside = math.min(count, entry.length or count) - 1
  operator.run(view, "exclusive", function()
    return move_to_column(view, column_of(view, inside), inside)
  end)
end

--- Moves the part of the lines that is shown when the cursor comes to its end.
---@param view rille.nvim.viewer.view
function M.follow(view)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local entry = view.page[cursor[1]]
  if not entry or is_block() then
    return
  end
  local col, edge = cursor[2], math.floor(view.columns / 10)
  local here = entry.at + view.column - 1 + entry.lead + col
  if entry.behind and col > view.columns - edge then
    move_to_column(view, view.column + math.floor(view.columns / 2), here - entry.at)
  elseif view.column > 1 and col < edge then
    move_to_column(view, math.max(view.column - math.floor(view.columns / 2), 1), here - entry.at)
  end
end

return M
