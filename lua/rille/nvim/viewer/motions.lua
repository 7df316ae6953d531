--- Jumps of a view: what its keys do as far as they go to a place of the file.
local jumps = require("rille.nvim.viewer.jumps")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Neovim makes a larger count this one.
local MAX_COUNT = 999999999

--- The count of a key, or nil if it is too large to be known: then that is said.
---@param view rille.nvim.viewer.view
---@param command string what to type instead
---@return integer?
local function count_of(view, command)
  if vim.v.count < MAX_COUNT then
    return vim.v.count
  end
  operator.refuse(view, ("a count ends at %s: type `%s`"):format(status.grouped(MAX_COUNT - 1), command))
end

--- Goes to line `n` of a text, which is the file or the lines that a filter keeps, as soon as its place is known.
---@param view rille.nvim.viewer.view
---@param text rille.file
---@param n integer
---@param go fun(position: integer): boolean? takes the place
---@return boolean? moved false if it has said why not
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

--- Goes to a line by the number that it has in the file. Under a filter that is the next line that is kept.
---@param view rille.nvim.viewer.view
---@param n integer
---@return boolean?
function M.to_line(view, n)
  return to_line_of(view, view.doc, n, function(position)
    return view:go(view:kept_at(position))
  end)
end

--- Goes to a line by its number among those that are shown.
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

--- Goes to a line that has the count as its number, or without a count elsewhere.
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

---@param view rille.nvim.viewer.view
function M.first(view)
  to_count(view, function()
    return view:go(1)
  end)
end

---@param view rille.nvim.viewer.view
function M.last(view)
  to_count(view, function()
    return view:go_last()
  end)
end

--- By lines if their number is known, else by bytes.
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

--- Goes along the jumps of Neovim, which lead to other buffers; those in this one are rows of the page.
local function leave(view, keys)
  local cursor = vim.api.nvim_win_get_cursor(0)
  pcall(vim.cmd, ([[execute "normal! %s"]]):format(keys))
  if vim.api.nvim_get_current_buf() == view.buf then
    pcall(vim.api.nvim_win_set_cursor, 0, cursor)
  end
end

---@param view rille.nvim.viewer.view
function M.back(view)
  if not jumps.travel(view, -vim.v.count1) then
    leave(view, "\\<C-o>")
  end
end

---@param view rille.nvim.viewer.view
function M.forward(view)
  if not jumps.travel(view, vim.v.count1) then
    leave(view, "1\\<C-i>")
  end
end

--- The next character that is typed; <Esc> if that was <C-c>.
local function typed_char()
  local fine, char = pcall(vim.fn.getcharstr)
  return fine and char or "\27"
end

--- Sets a mark: Neovim would put it into the page.
---@param view rille.nvim.viewer.view
function M.mark(view)
  local message = jumps.set(view, typed_char())
  if message then
    status.say(message)
  end
end

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

---@param view rille.nvim.viewer.view
function M.reselect(view)
  selection.again(view)
end

return M
