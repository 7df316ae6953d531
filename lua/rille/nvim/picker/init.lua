--- The picker: a prompt, the rows that match what is typed, and a preview of the selected one.
---
--- What is picked from is a source (`rille.nvim.picker.corpus`, `rille.nvim.picker.search`): it is told the text of the
--- prompt and tells of news; then the rows that can be seen are drawn, and nothing else becomes text of the editor's.
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

--- How long keys that were typed ahead wait for rows that a source may still find.
local WAIT_MS = 200

---@class rille.nvim.source.state
---@field count integer rows that can be shown
---@field total integer how many match
---@field size? integer among how many
---@field busy boolean whether that may change by itself
---@field stale boolean whether the rows are those of an earlier query
---@field version integer another number whenever the rows are others
---@field failure? string
---@field note? string what limits the rows

---@class rille.nvim.source
---@field open fun(self)
---@field start fun(self, query: string)
---@field more fun(self)
---@field state fun(self): rille.nvim.source.state
---@field row fun(self, i: integer): rille.nvim.list.row
---@field item fun(self, i: integer): any, any the item, and what tells it from all others
---@field all fun(self, visit: fun(item: any, key: any), done: fun())
---@field close fun(self)

---@class rille.nvim.picker.spec
---@field title string
---@field kind string whose history it has
---@field query string
---@field source fun(on_news: fun()): rille.nvim.source
---@field place fun(item: any): rille.nvim.place?
---@field preview boolean|fun(item: any): any
---@field icons? boolean rows begin with a path
---@field on_choice? fun(item: any, info: rille.nvim.choice)
---@field go? fun(item: any, how: rille.nvim.how) instead of going to the place
---@field once? string why it cannot be opened again
---@field forgotten? boolean `resume` opens the picker before it

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

---@type rille.nvim.picker? the one that is open
M.current = nil
---@type table? what `resume` opens again
local last

--- Opens a picker; one that is open ends without a choice.
---@param spec rille.nvim.picker.spec
---@param resumed? { cursor: integer, marked: table[] }
---@return rille.nvim.picker?
function M.open(spec, resumed)
  if vim.fn.getcmdwintype() ~= "" then
    -- No window can be opened from there.
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
    -- The caller gets the error, and so no other end.
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

--- Makes the windows, and all that answers to the user.
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

--- Ends when the user goes elsewhere, and follows the size of the screen.
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
      -- At once, so that no key gets there.
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
      -- At once: the user's window must not get the insert mode of |i_CTRL-O|.
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
    -- There is no later turn of the loop.
    self:give_way()
    self.yielded()
  end)
end

--- Something has changed: shows it. An error in here ends the picker, so that it comes once.
function Picker:news()
  if self.finished or not self.windows then
    return
  end
  self:guard(view.render)
end

--- Runs something of the picker; an error ends the picker and is said.
---@param fn fun(picker: rille.nvim.picker)
function Picker:guard(fn)
  local ok, message = pcall(fn, self)
  if not ok then
    self:cancel()
    text.notify(text.reason(message))
  end
end

--- Whether the rows are those of what is typed, and not of an earlier query or none because none came yet.
---@param state rille.nvim.source.state
---@return boolean
local function settled(state)
  return not state.stale and (state.count > 0 or not state.busy)
end

--- Runs an action on what the prompt says now: keys that were typed ahead are in it already.
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

--- Selects a row that can be seen.
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

--- The wheel, over the list or the preview.
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

--- Marks the selected row, or takes its mark away.
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

--- Marks all that match; if all are marked already, none.
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

--- Visits all that match what is typed, once that is known.
function Picker:everything(visit, done)
  self:when_settled(function()
    self.source:all(visit, done)
  end)
end

--- Runs something when the rows are those of what is typed, and after what was to be run before.
---@param run fun()
---@param enough? fun(state: rille.nvim.source.state): boolean whether there are the rows that it needs; it does not wait
---   for them long
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

--- Waits a moment for the rows of what is typed, before something that ends the picker: what was typed after it is meant
--- for whatever comes then, and must not get into the prompt. The editor's events are served meanwhile.
function Picker:settle()
  vim.wait(WAIT_MS, function()
    return self.finished or settled(self.source:state())
  end, 1)
end

--- Ends with the selected item.
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

--- Ends with a quickfix list of what is marked, or else of all that match.
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

--- An older or newer query of this kind of picker.
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

--- Asks the source for something else.
---@param query string
function Picker:ask(query)
  -- What was to be done with the rows of another query is of no use.
  self.wanted, self.queued = nil, {}
  self.source:start(query)
  self:news()
end

--- Shows the preview, or hides it.
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

--- What the caller gets if nothing is chosen.
function Picker:nothing()
  local on_choice = self.spec.on_choice
  if on_choice then
    on_choice(nil, { how = "edit", marked = {} })
  end
end

--- Ends without a choice.
function Picker:cancel()
  self:finish(function()
    self:nothing()
  end)
end

--- Ends the picker; every way out comes through here or `give_way`. Jobs and handles are given back at once; the windows
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
    -- Whoever is elsewhere on purpose stays there.
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
    -- The user goes on inserting: the mode has been the same all the time.
    finally()
    mode.resume_insert(origin)
    return report()
  end
  local cursor = not inside and api.nvim_win_get_cursor(win) or nil
  mode.when_normal(function()
    if cursor and api.nvim_win_is_valid(win) then
      -- Leaving insert mode has moved it.
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

--- Ends at once, without a change of mode and without a choice, as another picker opens or the editor ends.
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
  -- It may open a picker itself.
  vim.schedule(self.yielded)
end

--- Gives all jobs and handles back.
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

--- Closes the windows. From the command-line window none can be closed: then they close after it.
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
