--- The picker: a prompt, the rows that match its query, and a preview of the selected row.
---
--- Items come from a source (`rille.nvim.picker.source.corpus`, `rille.nvim.picker.source.search`): it receives the text of the prompt
--- and reports changes; then the visible rows are drawn. Only those become text in a buffer.
local config = require("rille.nvim.config")
local actions = require("rille.nvim.picker.actions")
local highlights = require("rille.nvim.picker.highlights")
local history = require("rille.nvim.picker.history")
local icons = require("rille.nvim.picker.icons")
local layout = require("rille.nvim.picker.layout")
local list = require("rille.nvim.picker.list")
local mode = require("rille.nvim.picker.mode")
local preview = require("rille.nvim.picker.preview")
local prompt = require("rille.nvim.picker.prompt")
local recent = require("rille.nvim.picker.recent")
local text = require("rille.nvim.text")
local view = require("rille.nvim.picker.view")
local window = require("rille.nvim.picker.window")

local api = vim.api

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
---@field start fun(self, query: string): boolean? returns true if the rows stay, as they are the same
---@field more fun(self)
---@field state fun(self): rille.nvim.source.state
---@field row fun(self, i: integer): rille.nvim.list.row
---@field item fun(self, i: integer): any, any the item, and a key that identifies it
---@field all fun(self, visit: fun(item: any, key: any), done: fun())
---@field list? fun(self, done: fun(items: any[])) calls `done` with the items of all rows, which is faster
---@field refresh? fun(self): boolean reads the items again; returns whether that is possible
---@field matches fun(self): any[] the items of all matches, at once
---@field close fun(self)

---@class rille.nvim.picker.spec
---@field title string
---@field kind string the kind of history to use
---@field query string
---@field source fun(on_news: fun()): rille.nvim.source
---@field place fun(item: any): rille.nvim.place?
---@field preview boolean|fun(item: any, show: fun(shown: rille.nvim.preview.shown)): any
---@field icons? boolean rows begin with a path
---@field on_choice? fun(item: any, how: rille.nvim.how?, query: string?, info: rille.nvim.choice)
---@field creates? boolean `on_choice` is called without a row too
---@field on_move? fun(item: any)
---@field on_close? fun()
---@field keys? table<string, rille.nvim.pick.key>
---@field freeze? rille.nvim.freeze how its rows are refined
---@field selected? integer the row that is selected at first
---@field layout? rille.nvim.picker.layout
---@field handle? rille.nvim.pick.handle
---@field go? fun(item: any, how: rille.nvim.how) called instead of going to the place
---@field once? string why it cannot be opened again
---@field forgotten? boolean `resume` opens the previous picker instead

---@class rille.nvim.picker.layout
---@field name? rille.nvim.layout.choice
---@field rows? integer number of items, for "select"
---@field cells? integer display cells of the widest item, for "select"

--- How the rows of a search become the items of a picker that refines them.
---@class rille.nvim.freeze
---@field text? fun(item: any): string
---@field put? fun(buffer: string.buffer, item: any): boolean puts what `text` returns into a buffer; false if that has several lines
---@field parts? fun(item: any): (string|rille.nvim.part[])?
---@field key? fun(item: any): any a key that identifies an item, the same as that of the search
---@field fuzzy? rille.fuzzy.options

---@class rille.nvim.choice
---@field how? rille.nvim.how
---@field query? string the text in the prompt
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
for _, part in ipairs({ "selection", "refine", "ending" }) do
  for name, method in pairs(require("rille.nvim.picker." .. part)) do
    Picker[name] = method
  end
end

local M = {}

---@type rille.nvim.picker? the open picker
M.current = nil

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
  self.wanted = resumed and resumed.cursor or spec.selected
  self.marked = resumed and resumed.marked or {}
  self.origin = origin
  if spec.handle then
    spec.handle.picker = self
  end
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
  -- A key may change it, also for when the picker is resumed.
  spec.layout = spec.layout or {}
  spec.layout.name = spec.layout.name or config.get("picker.layouts")[spec.kind]
  self.windows = window.open(spec.title, self.with_preview, spec.layout)
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

--- Returns the title.
---@return string
function Picker:titled()
  return self.spec.title .. (self.frozen and " (refined)" or "")
end

--- Ends the picker when the user leaves its windows, and follows the size of the screen.
function Picker:watch()
  self.group = api.nvim_create_augroup("rille.picker", {})
  local function on(events, fn, buffer)
    api.nvim_create_autocmd(events, { group = self.group, buffer = buffer, callback = fn })
  end
  on("VimResized", function()
    self:resize()
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

--- Runs an action on the current text of the prompt, which has the keys that were typed ahead.
---@param action fun(picker: rille.nvim.picker)
function Picker:act(action)
  if self.finished then
    return
  end
  self.prompt:changed()
  self:guard(action)
end

--- Replaces the query by an older or newer one of the history.
---@param by integer
function Picker:remember(by)
  if self.frozen then
    -- The history has the queries of the search.
    return
  end
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
  if self.source:start(query) then
    self.query = query
  end
  self:news()
end

--- Reads the items again. Marks are removed, as they may be of items that are gone; the selection stays on its row.
function Picker:refresh()
  local source = self.source
  if self.finished or not source.refresh or not source:refresh() then
    return
  end
  self.marked, self.marks = {}, (self.marks or 0) + 1
  self.preview:again()
  self:news()
end

--- Draws everything again, in windows of other sizes.
---@param with_preview? boolean whether there is a preview; as before by default
function Picker:resize(with_preview)
  self.windows:fit(with_preview)
  self.drawn = {}
  self.preview:again()
  self:news()
end

--- Shows or hides the preview.
function Picker:toggle_preview()
  if self.spec.preview ~= false then
    self.with_preview = not self.with_preview
    self:resize(self.with_preview)
  end
end

--- Makes the windows fill the screen, or restores their layout.
function Picker:maximize()
  self.windows.maximized = not self.windows.maximized
  self:resize()
end

--- Switches to the next layout.
function Picker:next_layout()
  local windows = self.windows
  windows.layout.name, windows.maximized = layout.after(windows:layout_name()), false
  self:resize()
end

--- Closes all jobs and handles.
function Picker:release()
  if not self.spec.forgotten then
    recent.add({
      spec = self.spec,
      query = self.prompt and self:main_query(),
      cursor = self.frozen and self.frozen.cursor or self.cursor,
      marked = self.marked,
    })
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
  if self.frozen then
    self.frozen.source:close()
  end
end

--- Opens a picker again, as it was left.
---@param left rille.nvim.picker.left
---@return rille.nvim.picker?
function M.reopen(left)
  if left.spec.once then
    text.notify(left.spec.once, vim.log.levels.WARN)
    return nil
  end
  return M.open(vim.tbl_extend("force", left.spec, { query = left.query or "" }), left)
end

--- Opens the last picker again, or the last one of a kind, as it was left.
---@param kind? string
---@return rille.nvim.picker?
function M.resume(kind)
  local left = recent.last(kind)
  if not left then
    text.notify(
      kind and ("there is no picker `%s` to resume"):format(kind) or "there is nothing to resume",
      vim.log.levels.WARN
    )
    return nil
  end
  return M.reopen(left)
end

return M
