--- A view: a buffer that holds a part of a file, the page, which moves with its windows.
---
--- Every line of the page has its position in the file, so nothing here waits for the index of lines, which is only needed
--- for line numbers. Neovim's own motions never reach the end of a page, as `keep` extends it first.
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")

local View = {}
View.__index = View

page.extend(View)

--- Number of lines that a new page has before and after its windows.
local MARGIN = page.MARGIN

--- Maximum number of lines that can be selected. All of them are then in the buffer.
local SELECTED = 200000

---@class rille.nvim.viewer.line
---@field at integer position of its start in the file
---@field length? integer its length in bytes, if that is known
---@field lead integer bytes before the visible part that belong to a character cut off there
---@field continues boolean whether it continues after the visible part

---@class rille.nvim.viewer.view
---@field buf integer
---@field path string
---@field doc rille.file
---@field source rille.file what is shown: the file, or the lines that a filter has kept
---@field page rille.nvim.viewer.line[] the lines of the buffer
---@field first? integer number of the page's first line, if that is known
---@field at_end boolean whether the page has the last known line
---@field column integer first visible byte of each line
---@field columns integer number of visible bytes of each line
---@field trouble? string why the file cannot be read at present
---@field jumps integer[] the jump list: positions in the file
---@field jump integer index of the next one
---@field marks table<string, integer> positions in the file

--- Makes a view of a file in a buffer, which shows at most `columns` bytes of each line.
---@param buf integer
---@param path string
---@param doc rille.file
---@param columns integer
---@return rille.nvim.viewer.view
function View.new(buf, path, doc, columns)
  return setmetatable({
    buf = buf,
    path = path,
    doc = doc,
    source = doc,
    page = {},
    at_end = false,
    column = 1,
    columns = columns,
    jumps = {},
    jump = 1,
    marks = {},
  }, View)
end

--- Returns the windows that show the view, the current one first.
function View:windows()
  local windows = vim.fn.win_findbuf(self.buf)
  local current = vim.api.nvim_get_current_win()
  table.sort(windows, function(a, b)
    return a == current or (b ~= current and a < b)
  end)
  return windows
end

--- Returns the position in the source of a place in the buffer (0-based column).
function View:position(line, col)
  local entry = self.page[line]
  return entry and entry.at + self.column - 1 + entry.lead + (col or 0)
end

--- Returns the position of the cursor.
function View:here()
  local win = self:windows()[1]
  if not win then
    return self.place and self:kept_at(self.place) or 1
  elseif #self.page == 0 then
    return 1
  end
  local cursor = vim.api.nvim_win_get_cursor(win)
  return self:position(cursor[1], cursor[2]) or 1
end

--- Returns the position in the file of a position in the source.
---@param position integer
---@return integer
function View:origin(position)
  return self.filtered and self.source:origin(position) or position
end

--- Returns the position in the source of a position in the file: with a filter, the next kept line from there on, or the
--- last kept line if there is none.
---@param position integer
---@return integer
function View:kept_at(position)
  if not self.filtered then
    return position
  end
  local low, high = 1, math.max(self.source:size() or 1, 1)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local origin = self.source:origin(middle)
    if not origin or origin >= position then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

--- Moves the cursor to a position in the page; a line that is not visible is scrolled to the middle of the window.
function View:set_cursor(win, line, position, where)
  local entry = self.page[line]
  local col = position - entry.at - (self.column - 1) - entry.lead
  local height = vim.api.nvim_win_get_height(win)
  vim.api.nvim_win_call(win, function()
    local top, bottom = vim.fn.line("w0"), vim.fn.line("w$")
    vim.api.nvim_win_set_cursor(win, { line, math.max(col, 0) })
    if where == "last" then
      vim.fn.winrestview({ topline = math.max(line - height + 1, 1) })
    elseif line < top or line > bottom or where == "center" then
      vim.cmd("normal! zz")
    end
  end)
end

--- Goes to a position of the source.
---@param position integer
---@param where? "last"|"center" shows the line at the bottom of the window, or in its middle
---@return boolean
function View:go(position, where)
  local win = self:windows()[1]
  if not win then
    return false
  end
  local line, held = self:locate(position), page.selecting() or page.pending()
  if not line and held then
    line = self:stretch(position)
    if not line then
      return operator.refuse(self, ("a selection has at most %d lines"):format(SELECTED))
    end
  end
  local entry = line and self.page[line]
  -- A line of which only a part is shown is shown around the position.
  local inside = entry and position - entry.at + 1 or 1
  local seen = entry
    and inside >= self.column
    and (inside < self.column + self.columns or not entry.continues)
  if not seen then
    if not entry then
      local _, entries = self:from(position, 1)
      inside = entries[1] and position - entries[1].at + 1 or 1
    end
    local column = inside <= self.columns and 1 or inside - math.floor(self.columns / 2)
    if entry and held and column ~= self.column then
      if not selection.show_from(self, column) then
        return operator.refuse(self, "the lines of the selection are too long to show another part of them")
      end
      line = self:locate(position)
    elseif not entry or column ~= self.column then
      self.column = column
      if not self:load(position) then
        return false
      end
      line, where = self:locate(position), where or "center"
    end
  end
  if not line then
    return false
  end
  self:set_cursor(win, line, position, where)
  self:keep(win)
  return true
end

--- Extends the page until it contains a position, which may be far away, and keeps the selected lines.
function View:stretch(position)
  local up = self.page[1] and position < self.page[1].at
  while #self.page <= SELECTED do
    local line = self:locate(position)
    if line then
      return line
    end
    if not (up and self:grow_up(5000) or not up and self:grow_down(5000)) then
      return self:locate(position)
    end
  end
end

--- Reads a new page around a position.
---@return boolean
function View:load(position)
  local win = self:windows()[1]
  local height = win and vim.api.nvim_win_get_height(win) or vim.o.lines
  local texts, entries, reason = self:from(position, MARGIN + height)
  if #texts == 0 then
    if self.trouble or reason then
      return false
    end
    if position > 1 then
      return self:load_last()
    end
    -- There is no text yet. Text that arrives later does not move the cursor: it stays at the first line.
    self.at_end = true
    self:replace({}, {})
    return false
  end
  local above, entries_above = self:before(entries[1].at, MARGIN + height)
  self.at_end = false
  self:replace(vim.list_extend(above, texts), vim.list_extend(entries_above, entries))
  return true
end

--- Reads a new page of the last lines.
---@return boolean
function View:load_last()
  local batch = self:read("last", 1, self:window())
  if not batch then
    self.at_end = not self.trouble
    self:replace({}, {})
    return false
  end
  local texts, entries = page.lines_of(batch)
  local above, entries_above = self:before(entries[1].at, MARGIN + vim.o.lines)
  self:replace(vim.list_extend(above, texts), vim.list_extend(entries_above, entries))
  self.at_end = true
  return true
end

--- Goes to the last line.
function View:go_last()
  if page.selecting() or page.pending() or self.at_end then
    local last = self:read("last", 1, { max_bytes = 1 })
    return last ~= nil and last.count > 0 and self:go(last:offset(1), "last")
  end
  self.column = 1
  if not self:load_last() then
    return false
  end
  local win = self:windows()[1]
  if win then
    self:set_cursor(win, #self.page, self.page[#self.page].at, "last")
  end
  return true
end

--- Returns whether the cursor is in the last line.
function View:is_last()
  local win = self:windows()[1]
  return win ~= nil and self.at_end and vim.api.nvim_win_get_cursor(win)[1] >= #self.page
end

--- Shows another source, and discards the page.
---@param source rille.file
---@param position integer
function View:switch(source, position)
  self.source, self.column = source, 1
  if not self:load(position) then
    return
  end
  local win, line = self:windows()[1], self:locate(position)
  if win and line then
    self:set_cursor(win, line, position, "center")
  end
end

return View
