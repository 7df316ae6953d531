--- The picker: a prompt, the rows that match its query, and a preview of the selected row.
---
--- Items come from a source (`rille.nvim.picker.source.corpus`, `rille.nvim.picker.source.search`): it receives the text of the prompt
--- and reports changes; then the visible rows are drawn. Only those become text in a buffer.
local config = require("rille.nvim.config")
local actions = require("rille.nvim.picker.actions")
local highlights = require("rille.nvim.picker.highlights")
local history = require("rille.nvim.picker.history")
local icons = require("rille.nvim.picker.icons")
local list = require("rille.nvim.picker.list")
local mode = require("rille.nvim.picker.mode")
local places = require("rille.nvim.picker.places")
local preview = require("rille.nvim.picker.preview")
local prompt = require("rille.nvim.picker.prompt")
local text = require("rille.nvim.text")
local view = require("rille.nvim.picker.view")
local window = require("rille.nvim.picker.window")

local api = vim.api
local uv = vim.uv or vim.loop

--- Milliseconds that an action typed ahead waits for rows that a source may still find.
local WAIT_MS = 200

---@class rille.nvim.source.state
---@field count integer rows that can be shown
---@field total integer number of matches
---@field size? integer number of items searched
---@field busy boolean whether results may still arrive
---@field stale boolean whether the rows are those of an earlier query
---@field version integer changes whenever the rows change
---@field failure? string
---@field note? string why not all rows are shown

---@class rille.nvim.source
---@field open fun(self)
---@field start fun(self, query: string)
---@field more fun(self)
---@field state fun(self): rille.nvim.source.state
---@field row fun(self, i: integer): rille.nvim.list.row
---@field item fun(self, i: integer): any, any the item, and a key that identifies it
---@field all fun(self, visit: fun(item: any, key: any), done: fun())
---@field close fun(self)

---@class rille.nvim.picker.spec
---@field title string
---@field kind string the kind of history to use
---@field query string
---@field source fun(on_news: fun()): rille.nvim.source
---@field place fun(item: any): rille.nvim.place?
---@field preview boolean|fun(item: any): any
---@field icons? boolean rows begin with a path
---@field on_choice? fun(item: any, info: rille.nvim.choice)
---@field go? fun(item: any, how: rille.nvim.how) called instead of going to the place
---@field once? string why it cannot be opened again
---@field forgotten? boolean `resume` opens the previous picker instead

---@class rille.nvim.choice
---@field how rille.nvim.how
---@field marked any[] all marked items, in order
---@field index? integer index of the item in the list

---@class rille.nvim.picker
---@field spec rille.nvim.picker.spec
---@field source rille.nvim.source
---@field windows rille.nvim.windows
---@field list rille.nvim.list
---@field preview rille.nvim.preview
---@field cursor integer the selected row
---@field top integer the first row that is shown
local Picker = {}
Picker.__index = Picker

local M = {}

---@type rille.nvim.picker? the open picker
M.current = nil
---@type table? the picker that `resume` opens again
local last

--- Opens a picker. A picker that is already open is closed without a choice.
---@param spec rille.nvim.picker.spec
---@param resumed? { cursor: integer, marked: table[] }
---@return rille.nvim.picker?
function M.open(spec, resumed)
  if vim.fn.getcmdwintype() ~= "" then
    -- No window can be opened from the command-line window.
    text.notify("close the command-line window first")
    return nil
  end
  local over = M.current
  local origin = over and over.windows and over.windows:has(api.nvim_get_current_win()) and over.origin
    or mode.capture()
  if over then
    over:give_way()
  end
  highlights.define()
  local self =
    setmetatable({ spec = spec, cursor = 1, top = 1, marked = {}, queued = {}, drawn = {} }, Picker)
  self.wanted = resumed and resumed.cursor
  self.marked = resumed and resumed.marked or {}
  self.origin = origin
  self.source = spec.source(function()
    self:news()
  end)
  local ok, message = pcall(function()
    self:show()
    M.current = self
    self.source:open()
    self.source:start(spec.query)
  end)
  if not ok then
    -- The caller gets the error, so no other callback follows.
    self.finished = true
    self:release()
    mode.when_normal(function()
      self:hide()
      mode.restore(origin)
    end)
    error(text.reason(message), 0)
  end
  self:news()
  return self
end

--- Opens the windows and installs mappings and autocommands.
function Picker:show()
  local spec = self.spec
  self.with_preview = spec.preview ~= false and config.get("picker.preview")
  self.windows = window.open(spec.title, self.with_preview)
  self.list = list.new(self.windows)
  self.preview = preview.new(self.windows, type(spec.preview) == "function" and spec.preview or nil)
  self.prompt = prompt.new(self.windows, spec.query, function(query)
    self:ask(query)
  end)
  self.icon = spec.icons and config.get("picker.icons") and icons.provider() or nil
  actions.map(self, self.windows.buffers.prompt)
  self:watch()
  vim.bo[self.windows.buffers.prompt].filetype = "rille"
  mode.insert()
end

--- Ends the picker when the user leaves its windows, and follows the size of the screen.
function Picker:watch()
  self.group = api.nvim_create_augroup("rille.picker", {})
  local function on(events, fn, buffer)
    api.nvim_create_autocmd(events, { group = self.group, buffer = buffer, callback = fn })
  end
  on("VimResized", function()
    self.windows:fit()
    self.drawn = {}
    self.preview:again()
    self:news()
  end)
  on("WinEnter", function()
    local win = api.nvim_get_current_win()
    if self.windows and win ~= self.windows.prompt and self.windows:has(win) then
      -- At once, so that no key reaches that window.
      api.nvim_set_current_win(self.windows.prompt)
      vim.cmd("startinsert!")
      return
    end
    vim.schedule(function()
      if
        not self.finished
        and not self.windows:has(api.nvim_get_current_win())
        and vim.fn.getcmdwintype() == ""
      then
        self:cancel()
      end
    end)
  end)
  local function gone()
    if self.origin.kind ~= "insert" then
      -- At once: the user's window must not stay in the insert mode of |i_CTRL-O|.
      vim.cmd.stopinsert()
    end
    vim.schedule(function()
      self:cancel()
    end)
  end
  on("WinClosed", function(event)
    local win = tonumber(event.match)
    if win == self.windows.prompt or win == self.windows.list then
      gone()
    end
  end)
  for _, name in ipairs({ "prompt", "list" }) do
    on("BufWipeout", gone, self.windows.buffers[name])
  end
  on("VimLeavePre", function()
    -- The event loop does not run again.
    self:give_way()
    self.yielded()
  end)
end

--- Draws the picker again after a change. An error ends the picker, so that it is reported once.
function Picker:news()
  if self.finished or not self.windows then
    return
  end
  self:guard(view.render)
end

--- Calls a function with the picker; an error ends the picker and is reported.
---@param fn fun(picker: rille.nvim.picker)
function Picker:guard(fn)
  local ok, message = pcall(fn, self)
  if not ok then
    self:cancel()
    text.notify(text.reason(message))
  end
end

--- Returns whether the rows are those of the current query: not those of an earlier one, nor none because none arrived yet.
---@param state rille.nvim.source.state
---@return boolean
local function settled(state)
  return not state.stale and (state.count > 0 or not state.busy)
end

--- Runs an action on the current text of the prompt, which has the keys that were typed ahead.
---@param action fun(picker: rille.nvim.picker)
function Picker:act(action)
  if self.finished then
    return
  end
  self.prompt:changed()
  self:guard(action)
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

--- Ends the picker with the selected item.
---@param how rille.nvim.how
function Picker:choose(how)
  self:settle()
  if self.finished then
    return
  end
  self:when_settled(function()
    if self.source:state().count == 0 then
      return
    end
    local item, key = self.source:item(self.cursor)
    local marked = vim.tbl_map(function(mark)
      return mark.item
    end, self.marked)
    history.add(self.spec.kind, self.prompt.query)
    local spec = self.spec
    if spec.on_choice then
      return self:finish(function()
        spec.on_choice(item, { how = how, marked = marked, index = type(key) == "number" and key or nil })
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
  local title = self.spec.title .. (self.prompt.query ~= "" and ": " .. self.prompt.query or "")
  history.add(self.spec.kind, self.prompt.query)
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
        on_choice(nil, { how = "edit", marked = {} })
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

--- Replaces the query by an older or newer one of the history.
---@param by integer
function Picker:remember(by)
  self.past = self.past or vim.list_extend(history.list(self.spec.kind), { self.prompt.query })
  self.at = math.max(1, math.min((self.at or #self.past) + by, #self.past))
  local query = self.past[self.at]
  if query ~= self.prompt.query then
    self.prompt:set(query)
    self:ask(query)
  end
end

--- Searches for another query.
---@param query string
function Picker:ask(query)
  -- Actions waiting for the rows of the previous query are dropped.
  self.wanted, self.queued = nil, {}
  self.source:start(query)
  self:news()
end

--- Shows or hides the preview.
function Picker:toggle_preview()
  if self.spec.preview == false then
    return
  end
  self.with_preview = not self.with_preview
  self.windows:fit(self.with_preview)
  self.drawn = {}
  self.preview:again()
  self:news()
end

--- Calls the caller's function for a picker that ends without a choice.
function Picker:nothing()
  local on_choice = self.spec.on_choice
  if on_choice then
    on_choice(nil, { how = "edit", marked = {} })
  end
end

--- Ends the picker without a choice.
function Picker:cancel()
  self:finish(function()
    self:nothing()
  end)
end

--- Ends the picker; every way to end it goes through here or `give_way`. Jobs and handles are closed at once; the windows
--- close when the mode is Normal, so that no cursor moves and no autocommand sees another mode, and then `run` is called.
--- A second call does nothing.
---@param run fun()
---@param jumps? boolean `run` moves the cursor of the user's window
function Picker:finish(run, jumps)
  if self.finished then
    return
  end
  self.finished = true
  self:release()
  local origin, win = self.origin, api.nvim_get_current_win()
  local inside = not self.windows or self.windows:has(win) or not api.nvim_win_is_valid(win)
  local function finally()
    self:hide()
    -- If the user has gone to another window, stay there.
    local here = api.nvim_get_current_win()
    if inside and here ~= origin.win and api.nvim_win_is_valid(origin.win) then
      pcall(api.nvim_set_current_win, origin.win)
    end
  end
  local function report()
    local ok, message = pcall(run)
    if not ok then
      text.notify(text.reason(message))
    end
  end
  if origin.kind == "insert" and inside and not jumps and api.nvim_win_is_valid(origin.win) then
    -- Inserting continues: the mode has not changed.
    finally()
    mode.resume_insert(origin)
    return report()
  end
  local cursor = not inside and api.nvim_win_get_cursor(win) or nil
  mode.when_normal(function()
    if cursor and api.nvim_win_is_valid(win) then
      -- Leaving insert mode has moved the cursor.
      pcall(api.nvim_win_set_cursor, win, cursor)
    end
    finally()
    if jumps then
      report()
      mode.restore(origin, true)
    else
      if inside then
        mode.restore(origin)
      end
      report()
    end
  end)
end

--- Ends the picker at once, without a change of mode and without a choice, because another picker opens or Neovim exits.
function Picker:give_way()
  if self.finished then
    self.yielded = self.yielded or function() end
    return
  end
  self.finished = true
  self:release()
  self:hide()
  local called = false
  function self.yielded()
    if not called then
      called = true
      self:nothing()
    end
  end
  -- The callback may open a picker itself.
  vim.schedule(self.yielded)
end

--- Closes all jobs and handles.
function Picker:release()
  if not self.spec.forgotten then
    last = {
      spec = self.spec,
      query = self.prompt and self.prompt.query,
      cursor = self.cursor,
      marked = self.marked,
    }
  end
  if M.current == self then
    M.current = nil
  end
  if self.group then
    pcall(api.nvim_del_augroup_by_id, self.group)
  end
  if self.preview then
    self.preview:close()
  end
  self.source:close()
end

--- Closes the windows. In the command-line window no window can be closed: they then close after it.
function Picker:hide()
  local windows = self.windows
  self.windows = nil
  if windows and not windows:close() then
    api.nvim_create_autocmd("CmdwinLeave", {
      once = true,
      callback = vim.schedule_wrap(function()
        windows:close()
      end),
    })
  end
end

--- Opens the last picker again, as it was left.
---@return rille.nvim.picker?
function M.resume()
  if not last then
    text.notify("there is nothing to resume", vim.log.levels.WARN)
  elseif last.spec.once then
    text.notify(last.spec.once, vim.log.levels.WARN)
  else
    local spec = vim.tbl_extend("force", last.spec, { query = last.query or "" })
    return M.open(spec, last)
  end
end

return M
