--- The source of most pickers: a session of items in the library, ranked by the query that is typed.
local rille = require("rille")
local feeder = require("rille.nvim.picker.source.feeder")
local format = require("rille.nvim.picker.format")
local jobs = require("rille.nvim.picker.source.job")
local ranges = require("rille.nvim.picker.row").ranges

local uv = vim.uv or vim.loop

--- Number of results requested at first, and the factor by which it grows when the selection nears the end.
local LIMIT, MORE, ALL = 100, 8, 2 ^ 32 - 1
--- While items are being added, milliseconds between repetitions of the query, and the minimum of that interval as a
--- multiple of the time that the query takes.
local AGAIN_MS, SHARE = 50, 4
--- Maximum number of items for the pure-Lua engine: more would block the editor.
local LUA_ITEMS = 50000
--- Milliseconds per slice of work on all results.
local SLICE_MS = 3

---@class rille.nvim.corpus: rille.nvim.source
local Corpus = {}
Corpus.__index = Corpus

local M = {}

---@class rille.nvim.corpus.options
---@field items any[]|rille.job|fun(add: fun(more: any[]|string), done: fun()): any
---@field text? fun(item: any): string returns the text of an item that is matched
---@field put? fun(buffer: string.buffer, item: any): boolean puts that text into a buffer; false if it has several lines
---@field parts? fun(item: any): (string|rille.nvim.part[])? returns what a row shows instead of that text
---@field item? fun(text: string, index: integer): any makes an item from its text
---@field fuzzy? rille.fuzzy.options
---@field sort? boolean false: the matches keep the order of the items
---@field boosts? integer[] boosts of the first items, which `items` adds at once
---@field are_paths? boolean the texts are paths
---@field strip? fun(query: string): string returns the part of the prompt that is matched
---@field first? integer number of rows requested at first
---@field key? fun(item: any): any returns a key that identifies an item; its index by default
---@field highlight? string a query whose matches are highlighted instead, for items that are the answer to it

--- Makes a source of items.
---@param opts rille.nvim.corpus.options
---@param on_news fun() called when something has changed
---@return rille.nvim.corpus
function M.new(opts, on_news)
  local self = setmetatable({ opts = opts, on_news = on_news, query = "", version = 0 }, Corpus)
  self.first = math.max(LIMIT, opts.first or 0)
  self.items, self.make, self.limit = opts.items, opts.item, self.first
  self:renew()
  return self
end

--- Makes a new, empty session.
function Corpus:renew()
  self.asked = -1
  self.fuzzy = rille.fuzzy(self.opts.fuzzy)
  self.feeder = feeder.new({
    fuzzy = self.fuzzy,
    format = self.opts.text,
    put = self.opts.put,
    limit = rille.backend == "lua" and LUA_ITEMS or nil,
    on_fed = function()
      self:fed()
    end,
    on_error = function(message)
      self.spoiled = message
      self.on_news()
    end,
  })
end

--- Starts adding the items.
function Corpus:open()
  self.feeder:feed(self.items)
  local boosts = self.opts.boosts
  if boosts and #boosts > 0 and #boosts <= self.fuzzy:len() then
    self.fuzzy:boost(boosts)
  end
  self:fed()
end

--- Closes the session whose rows are shown, if another one has replaced it.
function Corpus:forget()
  local shown = self.shown
  if shown and shown.fuzzy ~= self.fuzzy then
    shown.feeder:close()
    shown.fuzzy:close()
  end
  self.shown = nil
end

--- Reads the items again. The rows stay until the new ones are found.
---@return boolean whether that is possible: the results of a job have been taken
function Corpus:refresh()
  if not self.fuzzy or (type(self.items) == "table" and type(self.items.take) == "function") then
    return false
  end
  jobs.release(self)
  self.feeder:close()
  if not (self.shown and self.shown.fuzzy == self.fuzzy) then
    self.fuzzy:close()
  end
  self.replaced, self.spoiled, self.failure = self.found ~= nil, nil, nil
  self:renew()
  self:open()
  return true
end

--- Searches for the items that match a query.
---@param query string
---@return boolean? same whether that is the current query, so that the rows are those of it
function Corpus:start(query)
  query = self.opts.strip and self.opts.strip(query) or query
  if self.opts.strip and self.found and query == self.query then
    return true
  end
  self.query, self.limit = query, self.first
  if self.opts.sort == false and query ~= "" then
    self.limit = ALL
  end
  self:ask()
end

--- Requests more results, if there are any.
function Corpus:more()
  local found = self.found
  if found and found.done and found.total > found.count and not self.wait then
    self.limit = self.limit * MORE
    self:ask()
  end
end

function Corpus:ask()
  jobs.release(self)
  local since, query = uv.hrtime(), self.query
  self.asked = self.fuzzy:len()
  local job, message = self.fuzzy:start(query, { limit = self.limit })
  if not job then
    self.failure = message
    return self.on_news()
  end
  self.failure, self.job = nil, job
  self.wait = jobs.follow(job, function(_, state, why)
    -- Before the job is closed, as the results belong to it.
    local found, last = self.fuzzy:results(), self.found
    -- When the query is repeated because of new items, the old rows stay until it has searched as many items as before.
    local enough = found
      and (found.done or not self.replaced and (query ~= self.found_query or found.searched >= last.searched))
    if enough then
      self:forget()
      self.replaced, self.shown = false, { fuzzy = self.fuzzy, feeder = self.feeder }
      self.found, self.found_query, self.version = found, query, self.version + 1
      self.order = self.opts.sort == false and query ~= "" and self:in_order(found) or nil
    end
    if state ~= "running" then
      jobs.release(self)
      self.took = (uv.hrtime() - since) / 1e6
      self.failure = state == "failed" and why or nil
    end
    self.on_news()
  end)
end

--- Returns the rows in the order of the items.
---@param found rille.fuzzy.result
---@return integer[]
function Corpus:in_order(found)
  local rows, order, n = {}, {}, 0
  for i = 1, found.count do
    rows[found:index(i)] = i
  end
  for index = 1, self.fuzzy:len() do
    local i = rows[index]
    if i then
      n = n + 1
      order[n] = i
    end
  end
  return order
end

--- Schedules a repetition of the query, after items were added.
function Corpus:fed()
  if not self.fuzzy then
    return
  elseif self.asked <= 0 and self.fuzzy:len() > 0 and not self.wait then
    -- The first rows are requested at once.
    self:ask()
  end
  if not self.timer then
    self.timer = uv.new_timer()
    self:tick()
  end
end

--- Repeats the query from time to time until all items are added and searched.
function Corpus:tick()
  if not self.fuzzy then
    return
  end
  local feeding = self.feeder:feeding()
  local len = self.fuzzy:len()
  if len ~= self.asked and not self.wait then
    self:ask()
  end
  if feeding or len ~= self.asked or self.wait then
    local pause = len == 0 and 2 or math.max(AGAIN_MS, (self.took or 0) * SHARE)
    self.timer:start(math.floor(pause), 0, function()
      vim.schedule(function()
        self:tick()
      end)
    end)
  else
    self.timer:close()
    self.timer = nil
  end
  self.on_news()
end

--- Returns the state of the source.
---@return rille.nvim.source.state
function Corpus:state()
  local found = self.found
  return {
    count = found and found.count or 0,
    total = found and found.total or 0,
    size = self.fuzzy:len(),
    -- All items may be added before the last of them have been searched.
    busy = self.wait ~= nil or self.feeder:feeding() or self.asked ~= self.fuzzy:len(),
    stale = not (self.spoiled or self.failure) and (self.replaced or self.found_query ~= self.query),
    version = self.version,
    failure = self.spoiled or self.failure,
    note = self.feeder.cut and ("only the first %d items"):format(LUA_ITEMS) or nil,
  }
end

--- Returns a row for display.
---@param i integer from 1 to the count
---@return rille.nvim.list.row
function Corpus:row(i)
  local found, opts = self.found, self.opts
  local at = self.order and self.order[i] or i
  local text, query = found:text(at), opts.highlight or self.found_query
  if not opts.parts and not opts.highlight then
    local matches = query == "" and {} or ranges(found:positions(at))
    return { text = text, ranges = matches, is_path = opts.are_paths }
  end
  local function find(shown)
    self.scratch = self.scratch or rille.fuzzy(opts.fuzzy)
    return format.matches(query, shown, self.scratch)
  end
  local places = query == "" and {} or opts.highlight and find(text) or ranges(found:positions(at))
  local parts = opts.parts and opts.parts((self:item(i)))
  return parts and format.row(parts, text, places, find) or { text = text, ranges = places }
end

--- Returns the item of a row: the element of the list, or its text.
---@param i integer
---@return any item
---@return integer|string key its index if that is always the same, otherwise its text: walks find files in any order
function Corpus:item(i)
  i = self.order and self.order[i] or i
  local index = self.found:index(i)
  local item = self.shown.feeder.kept[index]
  if item ~= nil then
    local key = self.opts.key
    return item, key and key(item) or index
  end
  local text = self.found:text(i)
  if self.make then
    return self.make(text, index), index
  end
  return text, text
end

--- Returns the text of a row that is matched.
---@param i integer
---@return string
function Corpus:text(i)
  return self.found:text(self.order and self.order[i] or i)
end

--- Calls `visit(item, key)` for all matches, some in each turn of the event loop, then `done`. The picker may be closed
--- meanwhile; this source must not.
---@param visit fun(item: any, key: any)
---@param done fun()
function Corpus:all(visit, done)
  local i = 1
  local timer
  local function slice()
    local till = uv.hrtime() + SLICE_MS * 1e6
    while self.found and i <= self.found.count do
      visit(self:item(i))
      i = i + 1
      if uv.hrtime() >= till then
        timer:start(1, 0, vim.schedule_wrap(slice))
        return
      end
    end
    timer:close()
    done()
  end
  local on_news = self.on_news
  local function begin()
    if self:state().busy then
      return
    elseif self.found and self.found.total > self.found.count and self.limit < self.found.total then
      self.limit = self.found.total
      return self:ask()
    end
    self.on_news = on_news
    timer = uv.new_timer()
    slice()
  end
  self.on_news = begin
  begin()
end

--- Returns all matches of the current query, best first, also of those items that the rows do not show yet. This call
--- searches, and takes as long.
---@return any[]
function Corpus:matches()
  local found = self.fuzzy and self.fuzzy:query(self.query, { limit = self.fuzzy:len() })
  local list = {}
  if not found then
    return list
  end
  local order, kept = self.opts.sort == false and self.query ~= "" and self:in_order(found), self.feeder.kept
  for i = 1, found.count do
    local at = order and order[i] or i
    local index = found:index(at)
    local item = kept[index]
    if item == nil then
      local text = found:text(at)
      item = self.make and self.make(text, index) or text
    end
    list[i] = item
  end
  return list
end

--- Closes all jobs and handles. A second call does nothing.
function Corpus:close()
  if not self.fuzzy then
    return
  end
  jobs.release(self)
  if self.timer then
    self.timer:close()
    self.timer = nil
  end
  self.feeder:close()
  self:forget()
  self.found = nil
  if self.scratch then
    self.scratch:close()
    self.scratch = nil
  end
  self.fuzzy:close()
  self.fuzzy = nil
end

return M
