--- The visible part of long lines, and the motions inside a line.
local bytes = require("rille.nvim.viewer.bytes")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Shows each line from another byte on, and moves the cursor to a byte of its line (0-based).
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

--- Returns whether the selection is blockwise: it covers other lines too, in columns that depend on the visible part.
local function is_block()
  return vim.fn.mode() == "\22"
end

--- Returns the first byte of each line to show so that a byte of the cursor's line is visible.
local function column_of(view, inside)
  return inside < view.columns and 1 or math.max(inside - math.floor(view.columns / 2) + 1, 1)
end

--- Moves to the first byte of the line.
---@param view rille.nvim.viewer.view
function M.begin(view)
  if view.column == 1 then
    vim.cmd("normal! 0")
  elseif is_block() then
    operator.refuse(view, "a blockwise selection cannot leave the shown part of the lines")
  else
    operator.run(view, "exclusive", function()
      return move_to_column(view, 1, 0)
    end)
  end
end

--- Moves to the last byte of the line that starts at a position.
local function to_stop(view, at, following)
  local tail = view.source:slice(math.max(following - 6, at), following - 1) or ""
  tail = tail:gsub("\r?\n$", "")
  local feed = math.max(following - 6, at) + #tail
  local char = tail:match("[%z\1-\127\192-\255][\128-\191]*$") or tail:sub(-1)
  local inside = math.max(feed - #char - at, 0)
  return move_to_column(view, column_of(view, inside), inside)
end

--- Moves to the last byte of the line.
---@param view rille.nvim.viewer.view
function M.stop_of_line(view)
  local entry = view.page[vim.api.nvim_win_get_cursor(0)[1]]
  if not entry or not entry.continues or vim.v.count > 1 or page.pending() or is_block() then
    -- Under an operator the cursor stays in the visible part; the rest of the line is added afterwards.
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
    work.run(view, "jump", view.source:index(), "searching for the end of the line", function(state)
      following = state == "done" and bytes.next_line(view, at)
      if following and view:go(at) then
        to_stop(view, at, following)
      end
    end)
  end
end

--- Moves as `|` does: to a byte of a long line, to a screen column in other lines.
---@param view rille.nvim.viewer.view
function M.column(view)
  local count = vim.v.count1
  local entry = view.page[vim.api.nvim_win_get_cursor(0)[1]]
  if not entry or view.column == 1 and not entry.continues or is_block() then
    vim.cmd("normal! " .. count .. "|")
    return
  end
  local inside = math.min(count, entry.length or count) - 1
  operator.run(view, "exclusive", function()
    return move_to_column(view, column_of(view, inside), inside)
  end)
end

--- Moves the visible part of the lines when the cursor reaches its edge.
---@param view rille.nvim.viewer.view
function M.follow(view)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local entry = view.page[cursor[1]]
  if not entry or is_block() then
    return
  end
  local col, edge = cursor[2], math.floor(view.columns / 10)
  local here = entry.at + view.column - 1 + entry.lead + col
  if entry.continues and col > view.columns - edge then
    move_to_column(view, view.column + math.floor(view.columns / 2), here - entry.at)
  elseif view.column > 1 and col < edge then
    move_to_column(view, math.max(view.column - math.floor(view.columns / 2), 1), here - entry.at)
  end
end

return M
