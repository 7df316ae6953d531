--- Fuzzy matching: fzf's query language, over items stored in the library, single texts and short lists.
local ffi = require("ffi")
local class = require("rille.core.class")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local in_parts = require("rille.fuzzy.job")
local handles = require("rille.core.handle")
local grown = require("rille.core.pressure").grown
local jobs = require("rille.job")
local matchers = require("rille.fuzzy.matcher")
local options = require("rille.fuzzy.options")
local results = require("rille.fuzzy.result")
local scratch = require("rille.core.scratch")

local of, open = bytes.of, handles.open
local found, rows_for, refused = results.found, results.rows, matchers.refused
local err = failure.block()
local out_fuzzy = ffi.new("rille_fuzzy *[1]")
local out_job = ffi.new("rille_job *[1]")
local out = ffi.new("uint32_t[1]")
local out_size = ffi.new("rille_fuzzy_size")
local numbers = ffi.typeof("uint32_t[?]")
--- Statuses that `push` returns instead of raising an error.
local REFUSED =
  { [tonumber(C.RILLE_ELIMIT)] = true, [tonumber(C.RILLE_ETOOBIG)] = true, [tonumber(C.RILLE_ENOMEM)] = true }

local own, close = handles.kind(C.rille_fuzzy_free)

--- Maximum number of strings passed in one call, by pointer and length. A string does not move while a list contains it.
local BATCH = 4096
local pointers = ffi.new("const uint8_t *[?]", BATCH)
local lengths = ffi.new("uint32_t[?]", BATCH)

--- A session: items that stay in the library and are searched while a user types.
---@class rille.fuzzy
---@field package handle ffi.cdata*?
---@field package cleared integer how often the items were cleared
---@field package feeds rille.job[]
---@field package job? rille.job the last search that was started
---@field package latest? rille.fuzzy.result
---@field package read fun(handle: ffi.cdata*, index: integer): string?
local Fuzzy = { close = close }
Fuzzy.__index = Fuzzy

class.named(Fuzzy, "rille.fuzzy", function(self)
  return self.handle and class.number(self:len(), "item")
end)

---@class rille.fuzzy.module
---@overload fun(opts?: rille.fuzzy.corpus_options): rille.fuzzy
local M = {}

--- Makes a session from options that were read.
local function session(opts)
  local anchor = matchers.fill(opts)
  local status = C.rille_fuzzy_new(matchers.given, out_fuzzy, err)
  anchor[0] = anchor[0]
  if status < 0 then
    failure.raise(err, "rille.fuzzy")
  end
  return setmetatable({ handle = own(out_fuzzy[0]), cleared = 0, feeds = {} }, Fuzzy)
end

--- Makes an empty session. Push items or feed it a walk, then query it while the user types.
---@param _ rille.fuzzy.module
---@param opts? rille.fuzzy.corpus_options
---@return rille.fuzzy
local function new(_, opts)
  local read = options.session(opts, "rille.fuzzy")
  return session(read)
end

--- Returns the text of an item, by C's index.
---@package
---@param handle ffi.cdata*
---@param index integer
---@return string?
function Fuzzy.read(handle, index)
  local buffer = scratch.buffer("rille.fuzzy:text")
  local status = C.rille_fuzzy_text(handle, index, buffer, err)
  if status == 0 then
    return scratch.string("rille.fuzzy:text")
  elseif status < 0 then
    failure.raise(err, "rille.fuzzy:text")
  end
end

--- Points the arrays for C at `count` strings of a list, from index `first` on.
local function point(list, first, count)
  for i = 0, count - 1 do
    local s = list[first + i]
    pointers[i], lengths[i] = s, #s
  end
end

--- Returns the result of a call of C that has added items.
local function pushed(status, name)
  if status >= 0 then
    local len = out[0]
    grown()
    return len
  elseif REFUSED[err.status] then
    return nil, ffi.string(err.message, err.length)
  end
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

local function push_list(handle, list, count)
  local status = C.rille_fuzzy_push(handle, pointers, lengths, 0, out, err)
  local first = 1
  while status == 0 and first <= count do
    local n = math.min(BATCH, count - first + 1)
    point(list, first, n)
    status = C.rille_fuzzy_push(handle, pointers, lengths, n, out, err)
    first = first + n
  end
  return status
end

--- Appends items: the strings of a list, or the lines of a text.
---@param items string[]|rille.source
---@return integer? len number of items now; nil when the memory limit or the system refuses an item: the items before it are added
---@return string? message
function Fuzzy:push(items)
  local handle = open(self)
  local is_list, count = options.items(items, "rille.fuzzy:push")
  local status
  if is_list then
    status = push_list(handle, items, count)
  else
    local ptr, len = of(items, "rille.fuzzy:push")
    status = C.rille_fuzzy_push_lines(handle, ptr, len, out, err)
  end
  return pushed(status, "rille.fuzzy:push")
end

--- The job form of `push`: no call takes longer than a millisecond. The job continues whenever it is polled, and only
--- then; a notifier cannot watch it, and the `await` of a host polls it. `job:result()` returns what `push` returns; after a cancel the items added so far stay.
---@param items string[]|string must not change until the job is over
---@return rille.job
function Fuzzy:push_job(items)
  open(self)
  local function push_strings(list, first, count)
    local handle = open(self)
    point(list, first, count)
    return pushed(C.rille_fuzzy_push(handle, pointers, lengths, count, out, err), "rille.fuzzy:push_job")
  end
  -- No tail call, which would have no error level of its own.
  local job = in_parts.push(items, "rille.fuzzy:push_job", push_strings, function(text)
    return pushed(C.rille_fuzzy_push_lines(open(self), text, #text, out, err), "rille.fuzzy:push_job")
  end)
  return job
end

--- Makes a walk add its paths to the session without passing them through Lua. The walk then has nothing to take; when
--- it is over, all paths are added. It fails when the memory limit refuses a path.
---@param job rille.job from `rille.walk`
function Fuzzy:feed(job)
  local handle = open(self)
  if C.rille_fuzzy_feed(handle, jobs.handle(job, "rille.fuzzy:feed"), err) < 0 then
    failure.raise(err, "rille.fuzzy:feed")
  end
  -- Keeps the job alive: a job that is garbage-collected is cancelled.
  self.feeds[#self.feeds + 1] = job
end

--- Returns whether walks still add items.
---@return boolean feeding
---@return string? message why one has failed, once
function Fuzzy:feeding()
  open(self)
  local running, message, feeds = {}, nil, self.feeds
  for i = 1, #feeds do
    local job = feeds[i]
    if not job:closed() then
      local state, _, reason = job:poll()
      if state == "running" then
        running[#running + 1] = job
      end
      message = message or reason
    end
  end
  self.feeds = running
  return #running > 0, message
end

--- Returns the number of items.
---@return integer
function Fuzzy:len()
  return C.rille_fuzzy_len(open(self))
end

--- Removes all items and boosts, and stops the search. Feeds continue.
function Fuzzy:clear()
  local handle = open(self)
  self.cleared, self.job, self.latest = self.cleared + 1, nil, nil
  if C.rille_fuzzy_clear(handle, err) < 0 then
    failure.raise(err, "rille.fuzzy:clear")
  end
end

--- Returns the text of an item.
---@param i integer its index, from 1 on
---@return string? text nil if there is no such item
function Fuzzy:text(i)
  local handle = open(self)
  return self.read(handle, options.index(i, 2 ^ 32 - 1, "rille.fuzzy:text") - 1)
end

local boosts_of = ffi.new("int32_t[?]", BATCH)

--- Sets boosts, which are added to the scores of items, for example for frequently used files. A matching character
--- scores 16 to 26. The order of an empty query does not change.
---@param list number[] integers, for the items from `first` on
---@param first? integer index of the first item; 1 by default
function Fuzzy:boost(list, first)
  local handle = open(self)
  local count, from = options.boosts(list, first, "rille.fuzzy:boost")
  for done = 0, count - 1, BATCH do
    local n = math.min(BATCH, count - done)
    for i = 0, n - 1 do
      boosts_of[i] = math.floor(list[done + i + 1] + 0.5)
    end
    if C.rille_fuzzy_boost(handle, from - 1 + done, boosts_of, n, err) < 0 then
      failure.raise(err, "rille.fuzzy:boost")
    end
  end
end

---@class rille.fuzzy.stats
---@field items integer
---@field directories integer directories of the items
---@field bytes integer native memory

--- Returns the number of items and the memory of the session.
---@return rille.fuzzy.stats
function Fuzzy:stats()
  if C.rille_fuzzy_stats(open(self), out_size, err) < 0 then
    failure.raise(err, "rille.fuzzy:stats")
  end
  return { items = out_size.items, directories = out_size.directories, bytes = out_size.bytes }
end

--- Searches and returns the best rows. In a host that must not block, use `start`.
---@param query string fzf's extended syntax
---@param opts? { limit?: integer } maximum number of rows, 100 by default: the best ones
---@return rille.fuzzy.result? result nil for a query of more than 64 terms or 8,192 bytes
---@return string? message
function Fuzzy:query(query, opts)
  local handle = open(self)
  options.query(query, "rille.fuzzy:query")
  local limit = math.min(options.search(opts, "rille.fuzzy:query").limit, self:len())
  local rows = rows_for(limit)
  if C.rille_fuzzy_query(handle, query, #query, rows, limit, found, err) < 0 then
    return refused(err, "rille.fuzzy:query")
  end
  return results.new(rows, query, self)
end

--- Returns the rows that a search has found until now, or nil if nothing has changed.
local function fetch(fuzzy, job, handle, query, limit, cleared)
  if not fuzzy.handle then
    return nil
  end
  limit = math.min(limit, C.rille_fuzzy_len(fuzzy.handle))
  local rows = rows_for(limit)
  local status = C.rille_fuzzy_results(handle, rows, limit, found, err)
  if status < 0 then
    failure.raise(err, "rille.fuzzy:results")
  end
  local is_last = fuzzy.job == job
  if status == 0 then
    local latest = results.new(rows, query, fuzzy, is_last and fuzzy.spare or nil)
    latest.cleared = cleared
    if is_last then
      fuzzy.latest = latest
    end
    return latest
  elseif is_last and fuzzy.latest and found.done == 1 then
    fuzzy.latest.done = true
  end
end

--- Starts a search on other threads and stops the previous one.
---@param query string fzf's extended syntax
---@param opts? { limit?: integer } maximum number of rows, 100 by default: the best ones
---@return rille.job? job nil for a query of more than 64 terms or 8,192 bytes; it takes objects of the type `rille.fuzzy.result`, each in
--- place of the one before, which `results` returns too; its progress counts items
---@return string? message
function Fuzzy:start(query, opts)
  local handle = open(self)
  options.query(query, "rille.fuzzy:start")
  local limit = options.search(opts, "rille.fuzzy:start").limit
  if C.rille_fuzzy_start(handle, query, #query, limit, out_job, err) < 0 then
    return refused(err, "rille.fuzzy:start")
  end
  local cleared = self.cleared
  local job = jobs.adopt(out_job[0], function(job, job_handle)
    return fetch(self, job, job_handle, query, limit, cleared)
  end)
  self.job, self.latest = job, nil
  return job
end

--- Returns the rows of the last search: while it runs, the best among the items searched so far.
---@param res? rille.fuzzy.result a result of this session that is no longer needed: new rows may be written to it, which creates no garbage
---@return rille.fuzzy.result? result nil while there is none
function Fuzzy:results(res)
  open(self)
  if res ~= nil and not results.is_of(res, self) then
    error("rille.fuzzy:results: res must be a result of this session, got " .. tostring(res), 2)
  end
  local job = self.job
  if job and not job:closed() then
    self.spare = res
    job:take()
    self.spare = nil
  end
  return self.latest
end

--- Returns the score of a text for a query in fzf's extended syntax; see `rille.fuzzy`.
---@param query string
---@param s rille.source
---@param opts? rille.fuzzy.options
---@return integer? score nil if it does not match, or for a query of more than 64 terms or 8,192 bytes
---@return integer[]|string|nil positions of the matching characters, their first bytes, ascending; or the message for a query that is too large
function M.match(query, s, opts)
  options.query(query, "rille.fuzzy.match")
  if opts ~= nil then
    opts = options.match(opts, "rille.fuzzy.match")
  end
  local matcher, message = matchers.of(query, opts, "rille.fuzzy.match")
  if not matcher then
    return nil, message
  end
  return matcher:match(s, "rille.fuzzy.match")
end

--- Ranks a short list in one call and returns the best rows.
---@param query string
---@param list string[] must not change while texts or positions of the result are read
---@param opts? rille.fuzzy.filter_options
---@return rille.fuzzy.result? result nil for a query of more than 64 terms or 8,192 bytes
---@return string? message
function M.filter(query, list, opts)
  options.query(query, "rille.fuzzy.filter")
  local count = options.list(list, "rille.fuzzy.filter")
  local limit = count
  if opts ~= nil then
    opts = options.filter(opts, "rille.fuzzy.filter")
    limit = math.min(count, opts.limit or count)
  end
  local matcher, message = matchers.of(query, opts, "rille.fuzzy.filter")
  if not matcher then
    return nil, message
  end
  local ptrs, lens = pointers, lengths
  if count * ffi.sizeof("uint32_t") > ffi.sizeof(lengths) then
    ptrs, lens = ffi.new("const uint8_t *[?]", count), numbers(count)
  end
  for i = 1, count do
    local s = list[i]
    ptrs[i - 1], lens[i - 1] = s, #s
  end
  local rows = rows_for(count)
  local status = C.rille_matcher_filter(matcher.handle, ptrs, lens, count, rows, found, err)
  if status < 0 then
    failure.raise(err, "rille.fuzzy.filter")
  end
  found.count = math.min(found.count, limit)
  local ranked = results.new(rows, query)
  ranked.list, ranked.matcher = list, matcher
  return ranked
end

--- The job form of `filter`: no call takes longer than a millisecond. The job copies the strings whenever it is polled,
--- then searches on other threads. `job:result()` returns what `filter` returns.
---@param query string
---@param list string[] must not change until the job is over, and while texts or positions of the result are read
---@param opts? rille.fuzzy.filter_options
---@return rille.job? job nil for a query of more than 64 terms or 8,192 bytes
---@return string? message
function M.filter_job(query, list, opts)
  local name = "rille.fuzzy.filter_job"
  options.query(query, name)
  if type(list) ~= "table" then
    error(("%s: list must be a list of strings, got %s"):format(name, type(list)), 2)
  end
  local read = options.filter(opts, name)
  local limit = read.limit or 2 ^ 32 - 1
  local matcher, message = matchers.of(query, opts and read, name)
  if not matcher then
    return nil, message
  end
  local fuzzy = session(read)
  local copying = in_parts.push(list, name, function(_, first, count)
    point(list, first, count)
    return pushed(C.rille_fuzzy_push(fuzzy.handle, pointers, lengths, count, out, err), name)
  end)
  return in_parts.new(#list, function(job)
    local search = job.search
    if not search then
      local state, done, failed = copying:poll()
      job.done = done
      if state == "failed" then
        in_parts.fail(job, failed)
      elseif state == "done" then
        local len, refusal = copying:result()
        if not len then
          return true, nil, refusal
        end
        job.search = fuzzy:start(query, { limit = limit })
      end
      return false
    end
    local state, _, failed = search:wait(0)
    if state == "failed" then
      return true, nil, failed
    elseif state == "done" then
      search:take()
      local ranked = fuzzy.latest
      ranked.fuzzy, ranked.list, ranked.matcher = nil, list, matcher
      return true, ranked
    end
    return false
  end, function()
    fuzzy:close()
  end)
end

setmetatable(M, { __call = new })
return M
