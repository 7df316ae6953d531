--- The page of a view: the lines of the file that its buffer holds. Reads them, replaces them, and extends and cuts the page
--- as its windows move.
local say = require("rille.nvim.viewer.status").say

--- Methods added to the class of views.
local View = {}

--- Number of lines that a new page has before and after its windows, and by which it is extended; it is extended when fewer
--- than `NEAR` lines are left; above `MAX_LINES` lines it is trimmed at the other end.
local MARGIN, NEAR, MAX_LINES = 300, 150, 2400

local M = { MARGIN = MARGIN }

--- Removes an incomplete character from each end of a text that was cut.
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

--- Calls a method of the source. An error is shown in the window's bar, and once as a message.
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

--- Returns the part of each line to read.
function View:window()
  return { from_column = self.column, max_bytes = self.columns }
end

--- Returns the lines of a batch, as texts and as entries of the page.
function M.lines_of(batch)
  local texts, entries = {}, {}
  for n = 1, batch.count do
    local cut_before, cut_after = batch:cut(n)
    local text, lead = whole(batch:text(n), not cut_before, not cut_after)
    texts[#texts + 1] = text
    entries[#entries + 1] =
      { at = batch:offset(n), length = batch:length(n), lead = lead, continues = cut_after }
  end
  return texts, entries
end

--- Returns up to `count` lines, starting with the line that contains a position.
function View:from(position, count)
  local batch, reason = self:read("around", position, 0, count, self:window())
  if not batch then
    return {}, {}, reason
  end
  local texts, entries = M.lines_of(batch)
  return texts, entries, nil, batch.more
end

--- Returns up to `count` lines before the line that starts at a position, or none if the previous line starts too far away.
function View:before(position, count)
  while count >= 1 do
    -- Line starts are read separately: in a window scrolled right, the text of each line is preceded by a part not read.
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
      -- The batch ended before the position.
      count = math.floor(count / 4)
    elseif not start then
      return {}, {}
    else
      batch = self:read("around", start, 0, found, self:window())
      if not batch then
        return {}, {}
      end
      if not batch.more then
        return M.lines_of(batch)
      end
      count = math.floor(math.min(count, found) / 4)
    end
  end
  return {}, {}
end

--- The function that `locked_edit` calls.
---@type fun()?
local pending_edit

--- Called by `View:edit` under |:lockmarks|.
function M.locked_edit()
  pending_edit()
end

--- Replaces the lines of the buffer from `from` up to but not including `to` (0-based). Entries of the quickfix list refer
--- to lines of the file, so |:lockmarks| keeps Neovim from moving them along with the page.
function View:edit(from, to, texts)
  local options = vim.bo[self.buf]
  options.modifiable = true
  pending_edit = function()
    vim.api.nvim_buf_set_lines(self.buf, from, to, false, texts)
  end
  vim.cmd("lockmarks lua require('rille.nvim.viewer.page').locked_edit()")
  pending_edit = nil
  options.modifiable, options.modified = false, false
end

--- Replaces all lines of the page.
function View:replace(texts, entries)
  self.page, self.first = entries, nil
  self:edit(0, -1, texts)
  self:number()
end

--- Returns whether text is selected.
function M.selecting()
  return vim.fn.mode():find("^[vV\22]") ~= nil
end

--- Returns whether an operator is pending.
function M.pending()
  return vim.fn.mode(1):find("^no") ~= nil
end

--- Returns whether the rows of the page are in use, by a selection, an operator or a range being typed. Rows can then be
--- added, but not removed.
function M.held()
  return M.selecting() or M.pending() or vim.fn.mode():find("^c") ~= nil
end

--- Changes the start of the page by `edit`, and scrolls the windows by `by` lines: down, or up if negative.
function View:shift(by, edit)
  local views = {}
  for _, win in ipairs(self:windows()) do
    views[win] = vim.api.nvim_win_call(win, vim.fn.winsaveview)
  end
  local anchor = M.selecting() and vim.fn.getpos("v") or nil
  edit()
  if self.anchor then
    self.anchor.pos[2] = self.anchor.pos[2] + by
  end
  for win, view in pairs(views) do
    view.lnum, view.topline = math.max(view.lnum + by, 1), math.max(view.topline + by, 1)
    if anchor and by ~= 0 and win == vim.api.nvim_get_current_win() then
      -- The other end of a selection can only be moved by going there.
      vim.cmd("normal! o")
      vim.api.nvim_win_set_cursor(win, { anchor[2] + by, math.max(anchor[3] - 1, 0) })
      vim.cmd("normal! o")
    end
    vim.api.nvim_win_call(win, function()
      vim.fn.winrestview(view)
    end)
  end
end

--- Adds up to `count` lines at the start. Returns whether there were any.
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

--- Adds up to `count` lines at the end, and text appended to the last line. Returns whether there were new lines.
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

--- Extends or trims the page, so that it has enough lines around those that a window shows, and not too many.
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
  if #self.page > MAX_LINES and not M.held() then
    self:trim(vim.fn.line("w0", win), vim.fn.line("w$", win))
  end
end

--- Removes the lines of the page that are far above `top` or far below `bottom`.
function View:trim(top, bottom)
  local after = math.min(bottom + MAX_LINES / 3, #self.page)
  if after < #self.page then
    self:edit(after, #self.page, {})
    for i = #self.page, after + 1, -1 do
      self.page[i] = nil
    end
    self.at_end = false
  end
  local before = top - MAX_LINES / 3
  if before > 0 then
    self:shift(-before, function()
      self:edit(0, before, {})
      self.page = vim.list_slice(self.page, before + 1)
      self.first = self.first and self.first + before
    end)
  end
end

--- Looks up the number of the page's first line, if it is not known yet.
---@return boolean news whether it has become known
function View:number()
  if self.first or not self.page[1] then
    return false
  end
  self.first = self.source:line_at(self.page[1].at)
  return self.first ~= nil
end

--- Returns the line of the buffer that contains a position of the source, or nil if the page does not.
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

--- Adds these methods to the class of views.
---@param class table
function M.extend(class)
  for name, method in pairs(View) do
    class[name] = method
  end
end

return M
