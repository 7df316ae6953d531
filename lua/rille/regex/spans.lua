--- Positions of matches: batches of flat numbers, iterators over them, and all matches of a text at once.
---
--- A scratch array has one user at a time, who returns it when done: a search inside a loop over another search, or inside
--- a replacement function, has its own. One that is not returned, because a loop was left early, is collected as garbage.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local classes = require("rille.core.class")
local failure = require("rille.core.error")
local start_of = require("rille.regex.start")

local of, raise = bytes.of, failure.raise
local err = failure.block()
local out = ffi.new("uint32_t[1]")
local array = ffi.typeof("uint32_t[?]")
local MORE = tonumber(C.RILLE_MORE)

-- Written before each call that uses it, so that nested searches do not affect each other.
local scan = ffi.new("rille_scan", { size = ffi.sizeof("rille_scan") })

local M = {}

--- Number of integers in a scratch array.
local SIZE = 768
M.SIZE = SIZE

--- Matches in the first batch of an iteration. It is small, as many loops end after their first rounds.
local FIRST = 16

local pool, pooled = {}, 0

--- Returns a scratch array of SIZE numbers.
---@return ffi.cdata* uint32_t[SIZE]
function M.take()
  local n = pooled
  if n > 0 then
    local numbers = pool[n]
    pool[n] = nil
    pooled = n - 1
    return numbers
  end
  return array(SIZE)
end

--- Returns a scratch array to the pool.
---@param numbers ffi.cdata*
function M.give(numbers)
  if pooled < 16 then
    pooled = pooled + 1
    pool[pooled] = numbers
  end
end

local take, give = M.take, M.give

--- Returns the handle of an object, or raises an error at the caller of the public function if it is closed.
local function open(self)
  local handle = self.handle
  if not handle then
    error("rille: closed", 4)
  end
  return handle
end

--- Checks a start position and returns it as an offset. A negative one counts from the end, as in `string.find`.
---@param init? integer
---@param len integer bytes of the text
---@param name string the public function, for the error
---@return integer
function M.from(init, len, name)
  if init == nil then
    return 0
  end
  local offset = start_of.offset(init, len)
  if not offset then
    error(name .. ": " .. start_of.wrong(init), 3)
  end
  return offset
end

--- Fetches one batch; returns how many matches it has, and whether there may be more.
---@param fetch function the C function
---@param handle ffi.cdata*
---@param s rille.source
---@param from integer offset
---@param after integer 1 if a match has ended there
---@param numbers ffi.cdata* the output
---@param capacity integer maximum number of matches that fit
---@param name string the public function, for the error
---@return integer count
---@return boolean more
local function batch(fetch, handle, s, from, after, numbers, capacity, name)
  local ptr, len = of(s, name)
  scan.from, scan.after, scan.capacity = from, after, capacity
  local status = fetch(handle, ptr, len, scan, numbers, out, err)
  if status < 0 then
    raise(err, name)
  end
  return out[0], status == MORE
end
M.batch = batch

---@class rille.spans
---@field package numbers ffi.cdata*
---@field package n integer
local Spans = {}
Spans.__index = Spans

classes.named(Spans, "rille.spans", function(self)
  return classes.number(self.n, "match")
end)

---@class rille.spans.identified: rille.spans
local Identified = {}
Identified.__index = Identified
Identified.__tostring = Spans.__tostring

--- Returns the number of matches.
---@return integer
function Spans:count()
  return self.n
end
Identified.count = Spans.count

--- Returns the start and the end of a match.
---@param i integer which one, from 1 on
---@return integer? from nil if there is no such match
---@return integer? to
function Spans:get(i)
  if i >= 1 and i <= self.n then
    local numbers = self.numbers
    return numbers[2 * i - 2] + 1, numbers[2 * i - 1]
  end
end

--- Returns the start, the end and the literal of a match.
---@param i integer which one, from 1 on
---@return integer? from nil if there is no such match
---@return integer? to
---@return integer? id
function Identified:get(i)
  if i >= 1 and i <= self.n then
    local numbers = self.numbers
    return numbers[3 * i - 3] + 1, numbers[3 * i - 2], numbers[3 * i - 1] + 1
  end
end

--- The state of an iteration over batches. It is called for each match.
---@class rille.matches
---@field package owner table the object that has the handle
---@field package s rille.source
---@field package numbers ffi.cdata*?
---@field package i integer matches of the batch returned so far
---@field package n integer matches in the batch
---@field package at integer offset to continue at
---@field package after integer
---@field package more boolean
---@field package capacity integer

--- Fetches a new batch if needed; returns whether there is a next match.
local function advance(fetch, width, name)
  return function(self)
    local numbers = self.numbers
    if not self.more then
      if numbers then
        self.numbers, self.i, self.n = nil, 0, 0
        give(numbers)
      end
      return false
    end
    local n, more = batch(fetch, open(self.owner), self.s, self.at, self.after, numbers, self.capacity, name)
    if n == 0 then
      self.more = false
      return self:advance()
    end
    self.i, self.n, self.more = 0, n, more
    self.at, self.after = numbers[width * (n - 1) + 1], 1
    self.capacity = (SIZE - SIZE % width) / width
    return true
  end
end

local function start(class, owner, s, from)
  local self = { owner = owner, s = s, numbers = take(), i = 0, n = 0, at = from, after = 0 }
  self.more, self.capacity = true, FIRST
  return setmetatable(self, class)
end

--- Returns the functions of a kind of object whose matches are two numbers, or three with an id.
---@param fetch function the C function that fetches a batch
---@param width 2|3
---@param noun string the kind of object, for errors
---@return fun(owner: table, s: rille.source, from: integer): rille.matches gfind
---@return fun(handle: ffi.cdata*, s: rille.source, from: integer): rille.spans spans
function M.functions(fetch, width, noun)
  local Matches = {}
  Matches.__index = Matches
  Matches.advance = advance(fetch, width, noun .. ":gfind")
  if width == 2 then
    function Matches:__call()
      local i = self.i
      if i < self.n or self:advance() then
        i = self.i
        self.i = i + 1
        local numbers = self.numbers
        return numbers[2 * i] + 1, numbers[2 * i + 1]
      end
    end
  else
    function Matches:__call()
      local i = self.i
      if i < self.n or self:advance() then
        i = self.i
        self.i = i + 1
        local numbers = self.numbers
        return numbers[3 * i] + 1, numbers[3 * i + 1], numbers[3 * i + 2] + 1
      end
    end
  end

  local function gfind(owner, s, from)
    return start(Matches, owner, s, from)
  end

  local class, name = width == 2 and Spans or Identified, noun .. ":spans"
  local function spans(handle, s, from)
    local scratch = take()
    local capacity = (SIZE - SIZE % width) / width
    local n, more = batch(fetch, handle, s, from, 0, scratch, capacity, name)
    local numbers = array(width * (more and 4 * capacity or n))
    ffi.copy(numbers, scratch, 4 * width * n)
    give(scratch)
    capacity = 4 * capacity
    while more do
      if n == capacity then
        capacity = 2 * capacity
        local grown = array(width * capacity)
        ffi.copy(grown, numbers, 4 * width * n)
        numbers = grown
      end
      local at = numbers[width * (n - 1) + 1]
      local found
      found, more = batch(fetch, handle, s, at, 1, numbers + width * n, capacity - n, name)
      n = n + found
    end
    return setmetatable({ numbers = numbers, n = n }, class)
  end
  return gfind, spans
end

return M
