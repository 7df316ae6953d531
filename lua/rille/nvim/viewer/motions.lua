--- Jumps of a view: the actions of its keys that go to a place in the file.
local jumps = require("rille.nvim.viewer.jumps")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Maximum count of a key: Neovim reduces a larger one to this number.
local MAX_COUNT = 999999999

--- Returns the count of a key, or nil and a message to the user if it is too large for Neovim.
---@param view rille.nvim.viewer.view
---@param command string the command to suggest instead
---@return integer?
local function count_of(view, command)
  if vim.v.count < MAX_COUNT then
    return vim.v.count
  end
  operator.refuse(view, ("a count ends at %s: type `%s`"):format(status.grouped(MAX_COUNT - 1), command))
end

--- Goes to line `n` of the file, or of the lines kept by a filter, as soon as its position is known.
---@param view rille.nvim.viewer.view
---@param text rille.file
---@param n integer
---@param go fun(position: integer): boolean? goes to the position
---@return boolean? moved false if it has not, and has said why
local function to_line_of(view, text, n, go)
  local position, _, reason = text:offset_of(n)
  if position then
    return go(position)
  elseif reason ~= "pending" then
    return view:go_last()
  elseif view:indexed_soon(text) then
    return to_line_of(view, text, n, go)
  elseif page.pending() then
    return operator.refuse(view, "the lines are not counted yet: wait a moment")
  end
  view:wait_for_index(text, ("going to line %d"):format(n), function()
    to_line_of(view, text, n, go)
  end)
end

--- Goes to a line by its number in the file. If the filter has dropped that line, goes to the next one kept.
---@param view rille.nvim.viewer.view
---@param n integer
---@return boolean?
function M.to_line(view, n)
  return to_line_of(view, view.doc, n, function(position)
    return view:go(view:kept_at(position))
  end)
end

--- Goes to a line by its number among the lines that are shown.
---@param view rille.nvim.viewer.view
---@param n integer
---@return boolean?
function M.to_shown_line(view, n)
  return to_line_of(view, view.source, n, function(position)
    return view:go(position)
  end)
end

--- Goes to a place in the file.
---@param view rille.nvim.viewer.view
---@param place { lnum: integer?, col: integer?, offset: integer? }
function M.to_place(view, place)
  local inside = (place.col or 1) - 1
  jumps.push(view)
  if place.offset then
    view:go(view:kept_at(place.offset + inside))
  else
    to_line_of(view, view.doc, place.lnum or 1, function(position)
      return view:go(view:kept_at(position + inside))
    end)
  end
end

--- Goes to the line whose number is the count; without a count, calls `elsewhere`.
local function to_count(view, elsewhere)
  local count = count_of(view, ":{number}")
  if not count then
    return
  end
  jumps.push(view)
  operator.run(view, "line", function()
    if count > 0 then
      return M.to_line(view, count)
    end
    return elsewhere()
  end)
end

--- Goes to the first line, or to the line whose number is the count.
---@param view rille.nvim.viewer.view
function M.first(view)
  to_count(view, function()
    return view:go(1)
  end)
end

--- Goes to the last line, or to the line whose number is the count.
---@param view rille.nvim.viewer.view
function M.last(view)
  to_count(view, function()
    return view:go_last()
  end)
end

--- Goes to a percentage of the file: of its lines if their number is known, otherwise of its bytes.
---@param view rille.nvim.viewer.view
function M.percent(view)
  local count = vim.v.count
  if count == 0 then
    vim.cmd("silent! normal! %")
    return
  end
  count = math.min(count, 100)
  jumps.push(view)
  operator.run(view, "line", function()
    if view.exact then
      return M.to_shown_line(view, math.max(math.floor((count * view.lines + 99) / 100), 1))
    end
    local position = math.max(math.floor(view.size * count / 100), 1)
    local _, entries = view:from(position, 1)
    return view:go(entries[1] and entries[1].at or position)
  end)
end

--- Goes to a byte of the file.
---@param view rille.nvim.viewer.view
---@param position integer
---@return boolean?
function M.to_byte(view, position)
  return view:go(view:kept_at(math.min(math.max(position, 1), math.max(view.doc:size() or 1, 1))))
end

--- Goes to the byte of the file whose number is the count.
---@param view rille.nvim.viewer.view
function M.byte(view)
  local count = count_of(view, ":goto {byte}")
  if count then
    jumps.push(view)
    operator.run(view, "exclusive", function()
      return M.to_byte(view, count)
    end)
  end
end

--- Moves along Neovim's own jump list to other buffers; its jumps in this buffer are rows of the page and are skipped.
local function leave(view, keys)
  local cursor = vim.api.nvim_win_get_cursor(0)
  pcall(vim.cmd, ([[execute "normal! %s"]]):format(keys))
  if vim.api.nvim_get_current_buf() == view.buf then
    pcall(vim.api.nvim_win_set_cursor, 0, cursor)
  end
end

--- Goes back to the previous jump.
---@param view rille.nvim.viewer.view
function M.back(view)
  if not jumps.travel(view, -vim.v.count1) then
    leave(view, "\\<C-o>")
  end
end

--- Goes forward to the next jump.
---@param view rille.nvim.viewer.view
function M.forward(view)
  if not jumps.travel(view, vim.v.count1) then
    leave(view, "1\\<C-i>")
  end
end

--- Returns the next typed character; <Esc> for <C-c>.
local function typed_char()
  local fine, char = pcall(vim.fn.getcharstr)
  return fine and char or "\27"
end

--- Sets a mark in the file, where Neovim would set it in the page.
---@param view rille.nvim.viewer.view
function M.mark(view)
  local message = jumps.set(view, typed_char())
  if message then
    status.say(message)
  end
end

--- Goes to a mark.
---@param view rille.nvim.viewer.view
---@param key string
function M.to_mark(view, key)
  local position, message = jumps.position_of(view, typed_char())
  if not position then
    operator.refuse(view, message)
    return
  end
  jumps.push(view)
  operator.run(view, key == "'" and "line" or "exclusive", function()
    return view:go(position)
  end)
end

--- Selects the previous selection again.
---@param view rille.nvim.viewer.view
function M.reselect(view)
  selection.again(view)
end

return M
