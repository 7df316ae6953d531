--- The selection and the marks of a picker, and what its keys do with them.
local history = require("rille.nvim.picker.history")
local places = require("rille.nvim.picker.places")

local api = vim.api
local uv = vim.uv or vim.loop

--- Milliseconds that an action typed ahead waits for rows that a source may still find.
local WAIT_MS = 200

--- The methods of `rille.nvim.picker` for this.
---@class rille.nvim.picker
local Picker = {}

--- Returns whether the rows are those of the current query: not those of an earlier one, nor none because none arrived yet.
---@param state rille.nvim.source.state
---@return boolean
local function settled(state)
  return not state.stale and (state.count > 0 or not state.busy)
end

--- Moves the selection.
---@param by integer rows
---@param around? boolean from one end to the other
function Picker:move(by, around)
  self:when_settled(function()
    local count = self.source:state().count
    local to = self.cursor + by
    if around and count > 0 and (to < 1 or to > count) then
      to = to < 1 and count or 1
    end
    self.cursor = math.max(1, math.min(to, count))
    self:news()
  end, function(state)
    -- Rows may still come.
    return self.cursor + by <= state.count or by == math.huge
  end)
end

--- Selects a visible row.
---@param row integer from 1 on
---@return boolean whether there is one
function Picker:select(row)
  local at = self.top + row - 1
  if at > self.source:state().count then
    return false
  end
  self.cursor = at
  self:news()
  return true
end

--- Scrolls the list or the preview, whichever is under the mouse.
function Picker:wheel(by)
  local win = vim.fn.getmousepos().winid
  if win == self.windows.preview then
    api.nvim_win_call(win, function()
      vim.cmd(
        "normal! "
          .. math.abs(by)
          .. api.nvim_replace_termcodes(by > 0 and "<C-e>" or "<C-y>", true, true, true)
      )
    end)
  elseif self.windows:has(win) then
    self:move(by)
  end
end

--- Toggles the mark of the selected row.
function Picker:mark()
  self:when_settled(function()
    if self.source:state().count == 0 then
      return
    end
    local item, key = self.source:item(self.cursor)
    self.marks = (self.marks or 0) + 1
    for i, mark in ipairs(self.marked) do
      if mark.key == key then
        table.remove(self.marked, i)
        return
      end
    end
    self.marked[#self.marked + 1] = { item = item, key = key }
  end)
end

--- Marks all matches; if all are marked already, removes all marks.
function Picker:mark_all()
  local marked = {}
  self:everything(function(item, key)
    marked[#marked + 1] = { item = item, key = key }
  end, function()
    if not self.finished then
      self.marked = #marked > #self.marked and marked or {}
      self.marks = (self.marks or 0) + 1
      self:news()
    end
  end)
end

--- Visits all matches of the current query, once they are known.
function Picker:everything(visit, done)
  self:when_settled(function()
    self.source:all(visit, done)
  end)
end

--- Calls `run` when the rows are those of the current query, after earlier calls that are still waiting.
---@param run fun()
---@param enough? fun(state: rille.nvim.source.state): boolean whether there are enough rows for it; waits for them at most
---   WAIT_MS
function Picker:when_settled(run, enough)
  if #self.queued == 0 and settled(self.source:state()) then
    return run()
  end
  local till = uv.hrtime() + WAIT_MS * 1e6
  self.queued[#self.queued + 1] = {
    run = run,
    ready = function(state)
      return settled(state) and (not enough or not state.busy or enough(state) or uv.hrtime() >= till)
    end,
  }
end

--- Waits up to WAIT_MS for the rows of the current query, before an action that ends the picker: keys typed after it are
--- meant for what follows and must not get into the prompt. The editor handles events meanwhile.
function Picker:settle()
  vim.wait(WAIT_MS, function()
    return self.finished or settled(self.source:state())
  end, 1)
end

--- Returns the marked items, in the order in which they were marked.
---@return any[]
function Picker:marked_items()
  return vim.tbl_map(function(mark)
    return mark.item
  end, self.marked)
end

--- Returns the selected item, or nil if there is no row.
---@return any item
---@return any key
function Picker:selected()
  if self.cursor <= self.source:state().count then
    return self.source:item(self.cursor)
  end
end

--- Runs a function of the caller with the selected and the marked items.
---@param run fun(picker: rille.nvim.pick.handle, item: any, marked: any[])
function Picker:run(run)
  self:settle()
  if self.finished then
    return
  end
  self:when_settled(function()
    run(self.spec.handle, (self:selected()), self:marked_items())
  end)
end

--- Ends the picker with the selected item. Without a row, only a caller's `on_choice` is called, for what was typed.
---@param how rille.nvim.how
function Picker:choose(how)
  self:settle()
  if self.finished then
    return
  end
  self:when_settled(function()
    local spec, query = self.spec, self.prompt.query
    local item, key = self:selected()
    if item == nil and not (spec.on_choice and spec.creates) then
      return
    end
    local marked = self:marked_items()
    history.add(spec.kind, self:main_query())
    if spec.on_choice then
      return self:finish(function()
        local index = type(key) == "number" and key or nil
        spec.on_choice(item, how, query, { how = how, query = query, marked = marked, index = index })
      end)
    end
    self:finish(function()
      for _, chosen in ipairs(#marked > 0 and marked or { item }) do
        if spec.go then
          spec.go(chosen, how)
        elseif spec.place(chosen) then
          places.go(spec.place(chosen), how)
        end
      end
    end, true)
  end)
end

--- Ends the picker with a quickfix list of the marked items, or of all matches if none are marked.
function Picker:quickfix()
  self:settle()
  if self.finished then
    return
  end
  local found = {}
  local function add(item)
    local place = self.spec.place(item)
    if place then
      found[#found + 1] = place
    end
  end
  local title = self.spec.title .. (self:main_query() ~= "" and ": " .. self:main_query() or "")
  history.add(self.spec.kind, self:main_query())
  local function done()
    if self.finished then
      return
    elseif #found == 0 then
      return self:cancel()
    end
    local on_choice = self.spec.on_choice
    self:finish(function()
      places.quickfix(found, title)
      if on_choice then
        on_choice(nil, nil, nil, { marked = {} })
      end
    end, true)
  end
  if #self.marked > 0 then
    for _, mark in ipairs(self.marked) do
      add(mark.item)
    end
    return done()
  end
  self:everything(add, done)
end

return Picker
