--- The source of the grep picker: a search of the tree for each text that is typed. The previous search is cancelled; its
--- results stay until the new one finds something or ends.
local rille = require("rille")
local await = require("rille.nvim.await")
local release = require("rille.nvim.picker.source.job").release
local narrow = require("rille.nvim.picker.narrow")
local pattern_error = require("rille.nvim.text").pattern_error

--- Maximum lines taken in one turn of the event loop, maximum bytes kept of each line, bytes kept before the first match of
--- a longer line, and maximum highlighted matches of a line.
local SLICE, BYTES, BEFORE, MATCHES = 100, 1000, 100, 50

---@class rille.nvim.search: rille.nvim.source
local Search = {}
Search.__index = Search

local M = {}

---@class rille.nvim.search.options
---@field root string
---@field grep rille.grep.options
---@field limit integer
---@field texts? fun(directory?: string): table<string, string>, integer unsaved texts by path below the directory of the search, and how many are too large to be passed
---@field large? string the note about those that are too large, with `%d` for their number
---@field is_narrowed? boolean false: all of the prompt is the pattern
---@field prepare? fun(done: fun()): fun() what has to be done before the first search; returns a function that stops it
---@field item? fun(item: table) changes an item that was found

--- Makes a source that searches a directory tree.
---@param opts rille.nvim.search.options
---@param on_news fun() called when something has changed
---@return rille.nvim.search
function M.new(opts, on_news)
  return setmetatable({ opts = opts, on_news = on_news, rows = {}, version = 0 }, Search)
end

--- Starts what has to be done before the first search, which then follows.
function Search:open()
  if self.opts.prepare then
    self.preparing = true
    self.stop = self.opts.prepare(function()
      self.preparing = false
      if self.query then
        self:start(self.query)
      end
    end)
  end
end

--- Returns the next byte from `at` on that begins a character.
local function boundary(text, at)
  for _ = 1, 3 do
    local byte = text:byte(at)
    if not byte or byte < 0x80 or byte >= 0xC0 then
      break
    end
    at = at + 1
  end
  return at
end

--- Returns the part of a found line to keep, around its first match, and the position of that part in the line.
local function line(batch, i, prefix)
  local count = batch:spans(i)
  local first, last = 1, 0
  if count > 0 then
    first, last = batch:span(i, 1)
  end
  local from = last > BYTES and math.max(1, first - BEFORE) or 1
  local text, shift = batch:text(i, BYTES, from), 0
  if from > 1 then
    local begin = boundary(text, 1)
    text = "…" .. text:sub(begin)
    shift = #"…" - (from - 1) - (begin - 1)
  end
  local spans = {}
  for k = 1, math.min(count, MATCHES) do
    local start, stop = batch:span(i, k)
    if start + shift > #text then
      break
    end
    spans[#spans + 1], spans[#spans + 2] = start + shift, math.min(stop + shift, #text)
  end
  return {
    path = prefix .. batch:path(i),
    lnum = batch:line(i),
    col = first,
    offset = batch:offset(i),
    text = text,
    spans = spans,
  }
end

--- Searches for a pattern.
---@param query string
function Search:start(query)
  release(self)
  self.query, self.capped, self.whole = query, nil, nil
  if self.preparing then
    self.stale = true
    return self.on_news()
  end
  local narrowed = self.opts.is_narrowed == false
      and { pattern = query, globs = {}, types = {}, directories = {} }
    or narrow.parse(query, self.opts.root)
  if narrowed.pattern == "" then
    self.rows, self.failure, self.stale, self.version = {}, nil, false, self.version + 1
    return self.on_news()
  end
  local opts, directory = narrow.options(narrowed, self.opts.grep)
  opts.limit = self.opts.limit
  if self.opts.texts then
    opts.texts, self.large = self.opts.texts(directory)
  end
  local root = directory and self.opts.root:gsub("/$", "") .. "/" .. directory or self.opts.root
  local prefix = directory and directory .. "/" or ""
  local job, message, position = rille.grep(narrowed.pattern, root, opts)
  -- Which one of the words in the prompt is wrong is seen there.
  message = message and message:gsub("^%a+ %d+ of %d+: ", "")
  self.failure, self.stale = message and pattern_error(message, position), job ~= nil
  if not job then
    return self.on_news()
  end
  local fresh, stopped, rows = true, false, {}
  self.job = job
  self.wait = await(job, function(_, state, why)
    local batch = job:take(SLICE)
    for i = 1, batch and batch.count or 0 do
      local kind = batch:kind(i)
      if kind == "match" then
        local item = line(batch, i, prefix)
        if self.opts.item then
          self.opts.item(item)
        end
        rows[#rows + 1] = item
      elseif kind == "stopped" then
        -- The search of one binary file has stopped, or the whole search. This may arrive before the last lines.
        stopped = true
      end
    end
    if fresh and (#rows > 0 or (state ~= "running" and not batch)) then
      fresh, self.rows, self.stale = false, rows, false
    end
    self.capped = stopped and #rows >= self.opts.limit
    self.version = self.version + 1
    if state ~= "running" and not batch then
      release(self)
      if state == "failed" then
        self.failure = why
      end
    end
    self.on_news()
    local whole = self.whole
    if whole and not self.wait then
      self.whole = nil
      whole()
    end
    return batch ~= nil
  end)
end

--- Searches again.
---@return boolean
function Search:refresh()
  self:start(self.query)
  return true
end

--- Returns the lines that have been found.
---@return table[]
function Search:matches()
  return vim.list_slice(self.rows)
end

function Search.more() end

--- Returns the state of the source.
---@return rille.nvim.source.state
function Search:state()
  local count = #self.rows
  return {
    count = count,
    total = count,
    busy = self.wait ~= nil or (self.preparing and self.query ~= ""),
    stale = self.stale or false,
    version = self.version,
    failure = self.failure,
    note = self.capped and ("showing the first %d"):format(self.opts.limit) or (self.large or 0) > 0 and (
      self.opts.large or "%d as saved, too large"
    ):format(self.large) or nil,
  }
end

--- Returns a row for display: a line without its indentation.
---@param i integer
---@return rille.nvim.list.row
function Search:row(i)
  local item = self.rows[i]
  local indent = #item.text:match("^%s*")
  local ranges = {}
  for k, at in ipairs(item.spans) do
    ranges[k] = at - indent
  end
  return {
    text = item.text:sub(indent + 1),
    ranges = ranges,
    lead = { item.path, (":%d: "):format(item.lnum) },
  }
end

--- Returns a key for a line that was found, when it is needed: keys of 100,000 lines would be as many strings.
---@param item table
---@return string
function M.key(item)
  return (item.bufnr or item.path) .. ":" .. item.lnum
end

--- Returns the line of a row, and a key that identifies it.
---@param i integer
function Search:item(i)
  local item = self.rows[i]
  return item, M.key(item)
end

--- Calls `done` with a list of all lines found, once the search has ended: for 100,000 of them a call each takes too long.
---@param done fun(items: table[])
function Search:list(done)
  if self.wait then
    self.whole = function()
      self:list(done)
    end
    return
  end
  done(self:matches())
end

--- Calls `visit(item, key)` for all lines found, then `done`.
function Search:all(visit, done)
  if self.wait then
    self.whole = function()
      self:all(visit, done)
    end
    return
  end
  for i = 1, #self.rows do
    visit(self:item(i))
  end
  done()
end

function Search:close()
  release(self)
  if self.stop then
    self.stop()
  end
end

return M
