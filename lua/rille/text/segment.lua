--- Segments: iterators over grapheme clusters, words, sentences, lines and line-break segments.
---
--- C returns spans in batches, in arrays that are reused: an iteration that runs to its end returns its array to the pool,
--- one that is left early leaves it to the collector. A segment creates no garbage.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local units = require("rille.text.units")

local of = bytes.of
local err = failure.block()
local out_count, out_next = ffi.new("uint32_t[1]"), ffi.new("uint32_t[1]")
local array = ffi.typeof("uint32_t[?]")
local UNITS = units.ids(C, units.segments)
local MORE = tonumber(C.RILLE_MORE)

-- Written before each call that uses it, so that nested loops do not affect each other.
local options = ffi.new("rille_segment_options", { size = ffi.sizeof("rille_segment_options") })

--- Number of spans in an array.
local CAPACITY = 512
--- Number of spans in the first batch. It is small, as many loops end after their first rounds and many texts are short.
local FIRST = 32

local pool, pooled = {}, 0

local function take()
  local n = pooled
  if n > 0 then
    local numbers = pool[n]
    pool[n] = nil
    pooled = n - 1
    return numbers
  end
  return array(2 * CAPACITY)
end

local function release(numbers)
  if pooled < 16 then
    pooled = pooled + 1
    pool[pooled] = numbers
  end
end

--- The state of an iteration.
---@class rille.segments
---@field package s rille.source
---@field package unit integer
---@field package numbers ffi.cdata*? spans of the batch
---@field package i integer segments of the batch returned so far
---@field package n integer segments in the batch
---@field package next integer offset at which the next batch begins
---@field package more boolean whether there is a next batch

--- Fetches a batch; returns whether that succeeded. The text's address is read each time, as a buffer may have moved.
local function fetch(state, capacity)
  local ptr, len = of(state.s, "rille.text.segments")
  options.unit, options.from, options.capacity = state.unit, state.next, capacity
  local status = C.rille_text_segments(ptr, len, options, state.numbers, out_count, out_next, err)
  if status < 0 then
    return false
  end
  state.i, state.n, state.next, state.more = 0, out_count[0], out_next[0], status == MORE
  return true
end

--- Returns the first and the last byte of the next segment.
---@param state rille.segments
local function step(state)
  local i = state.i
  if i == state.n then
    if state.more and not fetch(state, CAPACITY) then
      failure.raise(err, "rille.text.segments")
    end
    i = state.i
    if i == state.n then
      local numbers = state.numbers
      if numbers then
        state.numbers = nil
        release(numbers)
      end
      return nil
    end
  end
  state.i = i + 1
  local numbers = state.numbers
  return numbers[2 * i] + 1, numbers[2 * i + 1]
end

---@class rille.text
local M = {}

--- Iterates over the segments of a text: `for from, to in rille.text.segments(s, "word") do … end`.
---
--- Clusters, sentences and line-break segments follow each other without a gap. The text between words, and the LF or
--- CR LF of lines, belong to no segment; `to` is `from - 1` for an empty line.
---
--- Cost: lines of usual length take about twice as long as reading memory, everything else runs at 0.5 to 0.8 GB/s,
--- grapheme clusters of ASCII faster. If the text changes meanwhile the segments are wrong, but safe.
---@param s rille.source
---@param unit rille.unit.segment
---@return (fun(state: rille.segments): integer?, integer?)? iterator of positions of the first and the last byte
---@return rille.segments|string state or the message if the text is too long
function M.segments(s, unit)
  local id = UNITS[unit] or units.check(unit, units.segments, "rille.text.segments")
  of(s, "rille.text.segments")
  local state = { s = s, unit = id, numbers = take(), i = 0, n = 0, next = 0, more = false }
  if not fetch(state, FIRST) then
    return failure.limit(err, "rille.text.segments")
  end
  return step, state
end

return M
