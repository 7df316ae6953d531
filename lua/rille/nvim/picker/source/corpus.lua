--- The source of most pickers: a session of items in the library, ranked by the query that is typed.
local rille = require("rille")
local feeder = require("rille.nvim.picker.source.feeder")
local jobs = require("rille.nvim.picker.source.job")
local ranges = require("rille.nvim.picker.row").ranges

local uv = vim.uv or vim.loop

--- Number of results requested at first, and the factor by which it grows when the selection nears the end.
local LIMIT, MORE = 100, 8
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
---@field format? fun(item: any): string
---@field item? fun(text: string, index: integer): any makes an item from its text
---@field fuzzy? rille.fuzzy.options

--- Makes a source of items.
---@param opts rille.nvim.corpus.options
---@param on_news fun() called when something has changed
---@return rille.nvim.corpus
function M.new(opts, on_news)
  local self = setmetatable({ on_news = on_news, limit = LIMIT, query = "", asked = -1, version = 0 }, Corpus)
  self.fuzzy = rille.fuzzy(opts.fuzzy)
  self.feeder = feeder.new({
    fuzzy = self.fuzzy,
    format = opts.format,
    limit = rille.backend == "lua" and LUA_ITEMS or nil,
    on_fed = function()
      self:fed()
    end,
    on_error = function(message)
      self.spoiled = message
      on_news()
    end,
  })
  self.items, self.make = opts.items, opts.item
  return self
end

--- Starts adding the items.
function Corpus:open()
  self.feeder:feed(self.items)
  self:fed()
end

--- Searches for the items that match a query.
---@param query string
function Corpus:start(query)
  self.query, self.limit = query, LIMIT
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
    if found and (found.done or query ~= self.found_query or found.searched >= last.searched) then
      self.found, self.found_query, self.version = found, query, self.version + 1
    end
    if state ~= "running" then
      jobs.release(self)
      self.took = (uv.hrtime() - since) / 1e6
      self.failure = state == "failed" and why or nil
    end
    self.on_news()
  end)
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
    stale = not (self.spoiled or self.failure) and self.found_query ~= self.query,
    version = self.version,
    failure = self.spoiled or self.failure,
    note = self.feeder.cut and ("only the first %d items"):format(LUA_ITEMS) or nil,
  }
end

--- Returns a row for display.
---@param i integer from 1 to the count
---@return rille.nvim.list.row
function Corpus:row(i)
  local found = self.found
  return { text = found:text(i), ranges = self.found_query == "" and {} or ranges(found:positions(i)) }
end

--- Returns the item of a row: the element of the list, or its text.
---@param i integer
---@return any item
---@return integer|string key its index if that is always the same, otherwise its text: walks find files in any order
function Corpus:item(i)
  local index = self.found:index(i)
  local item = self.feeder.kept[index]
  if item ~= nil then
    return item, index
  end
  local text = self.found:text(i)
  if self.make then
    return self.make(text, index), index
  end
  return text, text
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
  self.found = nil
  self.fuzzy:close()
  self.fuzzy = nil
end

return M
