--- Fuzzy matching in pure Lua: the same results, on the host's thread. A search runs in small parts, one each time it is
--- polled.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local dot = require("rille.core.dot")
local length = require("rille.core.strings").length
local options = require("rille.fuzzy.options")
local in_parts = require("rille.fuzzy.job")
local matchers = require("rille.fallback.fuzzy.matcher")
local rankings = require("rille.fallback.fuzzy.rank")

--- Number of items between two checks of the clock.
local STEP = 100
--- Maximum seconds of work per poll.
local PART = 0.002
--- Approximate bytes that an item takes in addition to its text.
local OVERHEAD = 40

---@class rille.fuzzy.lua_result: rille.fuzzy.result
local Result = {}
Result.__index = Result

class.named(Result, "rille.fuzzy.result", function(self)
  return ("%s of %s"):format(class.number(self.count, "row"), class.number(self.total, "match"))
end)

local function row(self, i, name)
  return self.rows[options.index(i, self.count, "rille.fuzzy.result:" .. name)]
end

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  end
  if self.closed then
    error("rille: closed", 3)
  end
end

function Result:index(i)
  return row(self, i, "index").index
end

function Result:score(i)
  return row(self, i, "score").score
end

local function is_there(self)
  local fuzzy = self.fuzzy
  if fuzzy and fuzzy.closed then
    error("rille: closed", 3)
  end
  return not fuzzy or fuzzy.cleared == self.cleared
end

function Result:text(i)
  local index = row(self, i, "text").index
  if is_there(self) then
    return self.list[index]
  end
end

function Result:text_into(buffer, i)
  bytes.sink(buffer, nil, "rille.fuzzy.result:text_into")
  local index = row(self, i, "text_into").index
  if is_there(self) then
    local text = self.list[index]
    buffer:put(text)
    return #text
  end
end

--- Replaces the elements of a list, if there is one, by those of another, and returns it.
local function refill(list, elements)
  if not (list and elements) then
    return elements
  end
  for i = 1, math.max(#list, #elements) do
    list[i] = elements[i]
  end
  return list
end

function Result:positions(i, res)
  if res ~= nil and type(res) ~= "table" then
    error("rille.fuzzy.result:positions: res must be a table, got " .. type(res), 2)
  end
  local index = row(self, i, "positions").index
  if is_there(self) then
    local _, positions = self.matcher:match(self.list[index])
    return refill(res, positions)
  end
end

local function result(ranking, limit, list, matcher, fuzzy)
  local rows, total = ranking:best(limit)
  local self = { rows = rows, count = #rows, total = total, searched = ranking.searched, done = ranking.done }
  self.list, self.matcher, self.fuzzy, self.cleared = list, matcher, fuzzy, fuzzy and fuzzy.cleared
  return setmetatable(self, Result)
end

--- A search that makes progress when it is polled, with the methods of `rille.job`.
---@class rille.fuzzy.lua_job
local Job = {}
Job.__index = Job

class.named(Job, "rille.job", function(self)
  if not self.is_closed then
    return ("%s, %d of %d"):format(self.state, self.ranking.searched, #self.ranking.list)
  end
end)

local function alive(job)
  if type(job) ~= "table" or not getmetatable(job) then
    error(dot .. type(job), 3)
  end
  if job.is_closed then
    error("rille: closed", 3)
  end
end

local function go_on(job, seconds)
  local ranking, fuzzy = job.ranking, job.fuzzy
  if job.state == "running" and (fuzzy.closed or fuzzy.job ~= job) then
    job.state = "cancelled"
  end
  local since = os.clock()
  while job.state == "running" do
    ranking:step(STEP)
    job.ready_since = job.ready_since or since
    if ranking.done then
      job.state = "done"
    elseif os.clock() - since >= seconds then
      break
    end
  end
end

local function progress_of(job)
  return job.state, job.ranking.searched, nil, #job.ranking.list
end

function Job:poll()
  alive(self)
  go_on(self, PART)
  return progress_of(self)
end

function Job:ready()
  alive(self)
  go_on(self, PART)
  return self.taken ~= self.ranking.searched or self.taken_state ~= self.state and self.state == "done"
end

function Job:wait(ms)
  alive(self)
  if ms ~= nil and (type(ms) ~= "number" or ms < 0 or ms ~= ms) then
    error("rille.job:wait: ms must be a number of milliseconds, got " .. tostring(ms), 2)
  end
  go_on(self, ms and ms / 1000 or math.huge)
  return progress_of(self)
end

function Job:take(n)
  alive(self)
  if n ~= nil and (type(n) ~= "number" or not (n >= 1 and n <= 2 ^ 31) or n % 1 ~= 0) then
    error("rille.job:take: n must be a number of results from 1 on, got " .. tostring(n), 2)
  end
  if self.state == "cancelled" or self.taken == self.ranking.searched and self.taken_state == self.state then
    return nil
  end
  self.taken, self.taken_state = self.ranking.searched, self.state
  local found = result(self.ranking, self.limit, self.ranking.list, self.ranking.matcher, self.fuzzy)
  found.cleared = self.cleared
  if self.fuzzy.job == self then
    self.fuzzy.latest = found
  end
  return found
end

function Job:cancel()
  alive(self)
  if self.state == "running" then
    self.state = "cancelled"
  end
end

function Job:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.is_closed = true
end

function Job:closed()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  return self.is_closed or false
end

---@class rille.lua_fuzzy: rille.fuzzy
local Fuzzy = {}
Fuzzy.__index = Fuzzy

class.named(Fuzzy, "rille.fuzzy", function(self)
  return not self.closed and class.number(#self.list, "item")
end)

---@class rille.fuzzy.lua_module: rille.fuzzy.module
local M = {}

local function new(_, opts)
  local self = { opts = options.session(opts, "rille.fuzzy"), cleared = 0 }
  self.list, self.boosts, self.bytes, self.closed = {}, {}, 0, false
  return setmetatable(self, Fuzzy)
end

--- Adds an item, unless that would exceed the memory limit.
local function add(self, item)
  local memory_limit = self.opts.memory_limit
  local weight = self.bytes + #item + OVERHEAD
  if memory_limit and weight > memory_limit then
    return false
  end
  self.bytes = weight
  self.list[#self.list + 1] = item
  return true
end

local function add_lines(self, text)
  local at = 1
  while at <= #text do
    local stop = text:find("\n", at, true) or #text + 1
    local last = stop - 1
    if stop <= #text and text:byte(last) == 13 and last >= at then
      last = last - 1
    end
    if not add(self, text:sub(at, last)) then
      return false
    end
    at = stop + 1
  end
  return true
end

local function add_list(self, items, first, count)
  for i = first, first + count - 1 do
    if not add(self, items[i]) then
      return false
    end
  end
  return true
end

--- Returns the results of `push`.
local function pushed(self, added)
  if added then
    return #self.list
  end
  return nil, ("memory limit of %d bytes reached"):format(self.opts.memory_limit)
end

function Fuzzy:push(items)
  open(self)
  local is_list, count = options.items(items, "rille.fuzzy:push")
  local added
  if is_list then
    added = add_list(self, items, 1, count)
  else
    added = add_lines(self, bytes.string(items, "rille.fuzzy:push"))
  end
  return pushed(self, added)
end

function Fuzzy:push_job(items)
  open(self)
  local function push_strings(list, first, count)
    open(self)
    return pushed(self, add_list(self, list, first, count))
  end
  -- No tail call, which would have no error level of its own.
  local job = in_parts.push(items, "rille.fuzzy:push_job", push_strings, function(text)
    open(self)
    return pushed(self, add_lines(self, text))
  end)
  return job
end

--- Raises an error: pure Lua has no walks to take items from.
function Fuzzy:feed(job)
  open(self)
  error("rille.fuzzy:feed: job must be a job, got " .. type(job), 2)
end

function Fuzzy:feeding()
  open(self)
  return false
end

function Fuzzy:len()
  open(self)
  return #self.list
end

function Fuzzy:clear()
  open(self)
  self.cleared, self.job, self.latest = self.cleared + 1, nil, nil
  self.list, self.boosts, self.bytes = {}, {}, 0
end

function Fuzzy:text(i)
  open(self)
  return self.list[options.index(i, 2 ^ 32 - 1, "rille.fuzzy:text")]
end

function Fuzzy:boost(list, first)
  open(self)
  local count, from = options.boosts(list, first, "rille.fuzzy:boost")
  local boosts = {}
  for index, boost in pairs(self.boosts) do
    boosts[index] = boost
  end
  for i = 1, count do
    boosts[from + i - 1] = math.floor(list[i] + 0.5)
  end
  self.boosts = boosts
end

function Fuzzy:stats()
  open(self)
  local directories, count = {}, 0
  for _, item in ipairs(self.list) do
    local directory = item:match("^.*/") or ""
    if not directories[directory] then
      directories[directory], count = true, count + 1
    end
  end
  return { items = #self.list, directories = count, bytes = self.bytes }
end

function Fuzzy:query(query, opts)
  open(self)
  options.query(query, "rille.fuzzy:query")
  local limit = options.search(opts, "rille.fuzzy:query").limit
  local matcher, message = matchers.new(query, self.opts)
  if not matcher then
    return nil, message
  end
  local ranking = rankings.new(matcher, self.list, self.boosts)
  ranking:step(#self.list)
  return result(ranking, limit, self.list, matcher, self)
end

function Fuzzy:start(query, opts)
  open(self)
  options.query(query, "rille.fuzzy:start")
  local limit = options.search(opts, "rille.fuzzy:start").limit
  local matcher, message = matchers.new(query, self.opts)
  if not matcher then
    return nil, message
  end
  local ranking = rankings.new(matcher, self.list, self.boosts)
  local job = { fuzzy = self, ranking = ranking, limit = limit, state = "running", cleared = self.cleared }
  self.job, self.latest = setmetatable(job, Job), nil
  return job
end

function Fuzzy:results(res)
  open(self)
  if res ~= nil and not (getmetatable(res) == Result and res.fuzzy == self) then
    error("rille.fuzzy:results: res must be a result of this session, got " .. tostring(res), 2)
  end
  local job = self.job
  if job and not job.is_closed then
    go_on(job, PART)
    if job.ranking.searched > 0 or job.state == "done" then
      job:take()
    end
  end
  return self.latest
end

function Fuzzy:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.closed = true
  self.list, self.boosts, self.job, self.latest = {}, {}, nil, nil
end

function M.match(query, s, opts)
  options.query(query, "rille.fuzzy.match")
  opts = options.match(opts, "rille.fuzzy.match")
  local matcher, message = matchers.new(query, opts)
  if not matcher then
    return nil, message
  end
  return matcher:match(bytes.string(s, "rille.fuzzy.match"))
end

function M.filter(query, list, opts)
  options.query(query, "rille.fuzzy.filter")
  local count = options.list(list, "rille.fuzzy.filter")
  opts = options.filter(opts, "rille.fuzzy.filter")
  local matcher, message = matchers.new(query, opts)
  if not matcher then
    return nil, message
  end
  local ranking = rankings.new(matcher, list)
  ranking:step(count)
  return result(ranking, opts.limit or count, list, matcher)
end

function M.filter_job(query, list, opts)
  local name = "rille.fuzzy.filter_job"
  options.query(query, name)
  if type(list) ~= "table" then
    error(("%s: list must be a list of strings, got %s"):format(name, type(list)), 2)
  end
  opts = options.filter(opts, name)
  local matcher, message = matchers.new(query, opts)
  if not matcher then
    return nil, message
  end
  local count = length(list, name .. ": list", 3)
  local limit = opts.limit or count
  local ranking = rankings.new(matcher, list)
  return in_parts.new(count, function(job)
    local first = ranking.searched + 1
    local last = math.min(count, ranking.searched + STEP)
    local wrong = in_parts.not_a_string(list, first, last)
    if wrong then
      in_parts.fail(job, ("%s: list[%d] must be a string, got %s"):format(name, wrong, type(list[wrong])))
      return false
    end
    ranking:step(STEP)
    job.done = ranking.searched
    if ranking.done then
      return true, result(ranking, limit, list, matcher)
    end
    return false
  end)
end

return setmetatable(M, { __call = new })
