--- One view: a buffer that holds a part of a file, the page, which moves with its windows.
---
--- Every line of the page knows its position in the file, so nothing here waits for the index of lines: it only tells
--- numbers. A motion of Neovim's own never gets to the end of a page, as `keep` extends it before.
local say = require("rille.nvim.viewer.status").say

local View = {}
View.__index = View

--- Lines that a page has around its windows when it is made; those it is extended by, when fewer than `NEAR` are left; and
--- those from which on it is cut at the other side.
local MARGIN, NEAR, MOST = 300, 150, 2400

--- Lines that may be selected. They are all in the buffer then.
local SELECTED = 200000

---@class rille.nvim.viewer.line
---@field at integer position of its begin in the file
---@field length? integer bytes of it all, if that is known
---@field lead integer bytes in front of what is shown that are the rest of a character
---@field behind boolean whether it has more than what is shown

---@class rille.nvim.viewer.view
---@field buf integer
---@field path string
---@field doc rille.file
---@field source rille.file what is shown: the file, or what a filter has kept of it
---@field page rille.nvim.viewer.line[] the lines of the buffer
---@field first? integer number of the page's first line, if that is known
---@field at_end boolean whether the page has the last line of what is known
---@field column integer byte of each line that is shown first
---@field columns integer bytes of each line that are shown
---@field trouble? string why the file cannot be read now
---@field jumps integer[] positions that jumps began at
---@field jump integer which of them is next
---@field marks table<string, integer>

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

--- The windows that show it, the current one first.
function View:windows()
  local windows = vim.fn.win_findbuf(self.buf)
  local current = vim.api.nvim_get_current_win()
  table.sort(windows, function(a, b)
    return a == current or (b ~= current and a < b)
  end)
  return windows
end

--- A character that a text begins or ends in the middle of is left out of what is shown.
local function whole(text, begins, ends)
  local from, to = 1, #text
  if not begins then
    while from <= 4 and from <= to and text:byte(from) >= 0x80 and text:byte(from) < 0xc0 do
      from = from + 1
    end
  end
  if not ends then
    local at = to
    while at > from and to - at < 3 and text:byte(at) >= 0x80 and text:byte(at) < 0xc0 do
      at = at - 1
    end
    local byte = text:byte(at) or 0
    local len = byte >= 0xf0 and 4 or byte >= 0xe0 and 3 or byte >= 0xc0 and 2 or 1
    if at + len - 1 > to then
      to = at - 1
    end
  end
  return text:sub(from, to), from - 1
end

--- Calls a method of the source. What goes wrong is told in the window's bar, and once as a message.
function View:read(method, ...)
  local result, message, reason = self.source[method](self.source, ...)
  if result == nil and message and reason ~= "pending" then
    self:fail(message, reason)
  elseif result ~= nil then
    self.trouble = nil
  end
  return result, reason
end

function View:fail(message, reason)
  local known = self.trouble == message
  self.trouble = message
  if not known then
    say(message)
  end
  if reason == "changed" and not known and self.on_changed then
    vim.schedule(function()
      self:on_changed()
    end)
  end
end

--- What of each line is read.
function View:window()
  return { from_column = self.column, max_bytes = self.columns }
end

--- The lines of a batch, as texts and as entries of the page.
local function lines_of(batch)
  local texts, entries = {}, {}
  for n = 1, batch.count do
    local before, behind = batch:cut(n)
    local text, lead = whole(batch:text(n), not before, not behind)
    texts[#texts + 1] = text
    entries[#entries + 1] = { at = batch:offset(n), length = batch:length(n), lead = lead, behind = behind }
  end
  return texts, entries
end

--- Up to `count` lines from that which holds a position on.
function View:from(position, count)
  local batch, reason = self:read("around", position, 0, count, self:window())
  if not batch then
    return {}, {}, reason
  end
  local texts, entries = lines_of(batch)
  return texts, entries, nil, batch.more
end

--- Up to `count` lines in front of that which begins at a position. A line whose begin is too far away is none.
function View:before(position, count)
  while count >= 1 do
    -- Where lines begin is asked apart: in a window further right each line has something before.
    local batch = self:read("around", position, count, 0, { max_bytes = 1 })
    if not batch then
      return {}, {}
    end
    local partial = batch.count > 0 and (batch:cut(1)) and 1 or 0
    local start, found = partial == 0 and batch.count > 0 and batch:offset(1), batch.count
    if partial == 1 and batch.count > 1 then
      start, found = batch:offset(2), batch.count - 1
    end
    if batch.more then
      -- It ended before it was at the position.
      count = math.floor(count / 4)
    elseif not start then
      return {}, {}
    else
      batch = self:read("around", start, 0, found, self:window())
      if not batch then
        return {}, {}
      end
      if not batch.more then
        return lines_of(batch)
      end
      count = math.floor(math.min(count, found) / 4)
    end
  end
  return {}, {}
end

--- What `locked_edit` does.
---@type fun()?
local pending_edit

--- Called by `View:edit`, below |:lockmarks|.
function View.locked_edit()
  pending_edit()
end

--- Replaces lines of the buffer: those from `from` on, counted from 0, up to and without `to`. What the quickfix list knows
--- are lines of the file: Neovim would move them along with the page.
function View:edit(from, to, texts)
  local options = vim.bo[self.buf]
  options.modifiable = true
  pending_edit = function()
    vim.api.nvim_buf_set_lines(self.buf, from, to, false, texts)
  end
  vim.cmd("lockmarks lua require('rille.nvim.viewer.view').locked_edit()")
  pending_edit = nil
  options.modifiable, options.modified = false, false
end

--- Puts other lines into the page. Nothing of it stays.
function View:replace(texts, entries)
  self.page, self.first = entries, nil
  self:edit(0, -1, texts)
  self:number()
end

--- Whether the person selects something.
local function selecting()
  return vim.fn.mode():find("^[vV\22]") ~= nil
end

--- Changes the begin of the page by `edit`, and moves what is on the screen along: `by` lines down, or up if negative.
function View:shift(by, edit)
  local views = {}
  for _, win in ipairs(self:windows()) do
    views[win] = vim.api.nvim_win_call(win, vim.fn.winsaveview)
  end
  local anchor = selecting() and vim.fn.getpos("v") or nil
  edit()
  for win, view in pairs(views) do
    view.lnum, view.topline = math.max(view.lnum + by, 1), math.max(view.topline + by, 1)
    if anchor and win == vim.api.nvim_get_current_win() then
      -- The other end of the selection is moved by going there.
      vim.cmd("normal! o")
      vim.api.nvim_win_set_cursor(win, { anchor[2] + by, math.max(anchor[3] - 1, 0) })
      vim.cmd("normal! o")
    end
    vim.api.nvim_win_call(win, function()
      vim.fn.winrestview(view)
    end)
  end
end

--- Adds up to `count` lines in front. Tells whether there were any.
function View:grow_up(count)
  local head = self.page[1]
  if not head or head.at == 1 then
    return false
  end
  local texts, entries = self:before(head.at, count)
  if #texts == 0 then
    return false
  end
  self:shift(#texts, function()
    self:edit(0, 0, texts)
    self.page = vim.list_extend(entries, self.page)
    self.first = self.first and self.first - #texts
  end)
  return true
end

--- Adds up to `count` lines behind, and what the last one has grown by. Tells whether there were any.
function View:grow_down(count)
  local last = #self.page
  local tail = self.page[last]
  if not tail then
    return false
  end
  local texts, entries, reason, more = self:from(tail.at, count + 1)
  if #texts == 0 then
    return false
  end
  if entries[1].length ~= tail.length then
    self:edit(last - 1, last, { texts[1] })
    self.page[last] = entries[1]
  end
  table.remove(texts, 1)
  table.remove(entries, 1)
  self.at_end = #texts < count and not more and not reason and self.page[last].length ~= nil
  if #texts == 0 then
    return false
  end
  self:edit(last, last, texts)
  vim.list_extend(self.page, entries)
  return true
end

--- Keeps enough lines around what a window shows, and not too many.
function View:keep(win)
  if #self.page == 0 or vim.api.nvim_win_get_buf(win) ~= self.buf then
    return
  end
  local top, bottom = vim.fn.line("w0", win), vim.fn.line("w$", win)
  if top <= NEAR and self:grow_up(MARGIN) then
    bottom = vim.fn.line("w$", win)
  end
  if #self.page - bottom < NEAR and not self.at_end then
    self:grow_down(MARGIN)
  end
  if #self.page > MOST and not selecting() then
    self:trim(vim.fn.line("w0", win), vim.fn.line("w$", win))
  end
end

--- Drops lines that are far from the lines `top` to `bottom`.
function View:trim(top, bottom)
  local behind = math.min(bottom + MOST / 3, #self.page)
  if behind < #self.page then
    self:edit(behind, #self.page, {})
    for i = #self.page, behind + 1, -1 do
      self.page[i] = nil
    end
    self.at_end = false
  end
  local before = top - MOST / 3
  if before > 0 then
    self:shift(-before, function()
      self:edit(0, before, {})
      self.page = vim.list_slice(self.page, before + 1)
      self.first = self.first and self.first + before
    end)
  end
end

--- Asks for the number of the first line, as long as it is not known.
---@return boolean news whether it is known now and was not before
function View:number()
  if self.first or not self.page[1] then
    return false
  end
  self.first = self.source:line_at(self.page[1].at)
  return self.first ~= nil
end

--- The line of the buffer that holds a position of the source, if the page has it.
function View:locate(position)
  local page = self.page
  if #page == 0 or position < page[1].at then
    return nil
  end
  local low, high = 1, #page
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if page[middle].at <= position then
      low = middle
    else
      high = middle - 1
    end
  end
  local last = page[low]
  if low == #page and not self.at_end and (not last.length or position > last.at + last.length + 1) then
    return nil
  end
  return low
end

--- The position in the source of a place in the buffer, the column counted from 0.
function View:position(line, col)
  local entry = self.page[line]
  return entry and entry.at + self.column - 1 + entry.lead + (col or 0)
end

--- The position under the cursor.
function View:here()
  local win = self:windows()[1]
  if not win or #self.page == 0 then
    return 1
  end
  local cursor = vim.api.nvim_win_get_cursor(win)
  return self:position(cursor[1], cursor[2]) or 1
end

--- Puts the cursor to a position that the page has, in the middle of the window if it is out of sight.
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
---@param where? "last"|"center" the line at the bottom of the window, or in its middle
---@return boolean
function View:go(position, where)
  local win = self:windows()[1]
  if not win then
    return false
  end
  local line = self:locate(position)
  if not line and selecting() then
    line = self:stretch(position)
    if not line then
      say(("a selection has at most %d lines"):format(SELECTED))
      return false
    end
  end
  local entry = line and self.page[line]
  -- A line that is shown in part is shown where the position is.
  local inside = entry and position - entry.at + 1 or 1
  local seen = entry and inside >= self.column and (inside < self.column + self.columns or not entry.behind)
  if not seen then
    if not entry then
      local _, entries = self:from(position, 1)
      inside = entries[1] and position - entries[1].at + 1 or 1
    end
    local column = inside <= self.columns and 1 or inside - math.floor(self.columns / 2)
    if not entry or column ~= self.column then
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

--- Extends the page until it has a position, which may be far away, but does not let go of what is selected.
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

--- Makes the page anew around a position.
---@return boolean
function View:load(position)
  local win = self:windows()[1]
  local height = win and vim.api.nvim_win_get_height(win) or vim.o.lines
  local texts, entries, reason = self:from(position, MARGIN + height)
  if #texts == 0 then
    if self.trouble or reason then
      return false
    end
    return self:load_last()
  end
  local above, entries_above = self:before(entries[1].at, MARGIN + height)
  self.at_end = false
  self:replace(vim.list_extend(above, texts), vim.list_extend(entries_above, entries))
  return true
end

--- Makes the page anew of the last lines.
---@return boolean
function View:load_last()
  local batch = self:read("last", 1, self:window())
  if not batch then
    self.at_end = not self.trouble
    self:replace({}, {})
    return false
  end
  local texts, entries = lines_of(batch)
  local above, entries_above = self:before(entries[1].at, MARGIN + vim.o.lines)
  self:replace(vim.list_extend(above, texts), vim.list_extend(entries_above, entries))
  self.at_end = true
  return true
end

--- Goes to the last line.
function View:go_last()
  if selecting() or self.at_end then
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

--- Whether the cursor is at the last line there is.
function View:is_last()
  local win = self:windows()[1]
  return win ~= nil and self.at_end and vim.api.nvim_win_get_cursor(win)[1] >= #self.page
end

--- Remembers where a jump begins.
function View:push()
  local here = self:here()
  for i = #self.jumps, self.jump, -1 do
    self.jumps[i] = nil
  end
  if self.jumps[#self.jumps] ~= here then
    self.jumps[#self.jumps + 1] = here
  end
  self.jump = #self.jumps + 1
  self.marks["'"] = here
end

--- Goes along the jumps.
---@return boolean moved
function View:travel(by)
  if by < 0 and self.jump > #self.jumps then
    self:push()
    self.jump = #self.jumps
  end
  local position = self.jumps[self.jump + by]
  if not position then
    return false
  end
  self.jump = self.jump + by
  return self:go(position)
end

--- What is shown is another text: what was known of the page is forgotten.
---@param source rille.file
---@param position integer
function View:switch(source, position)
  self.source = source
  self.column, self.jumps, self.jump = 1, {}, 1
  if not self:load(position) then
    return
  end
  local win, line = self:windows()[1], self:locate(position)
  if win and line then
    self:set_cursor(win, line, position, "center")
  end
end

return View
