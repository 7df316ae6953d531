--- Conversion of positions between units, in pure Lua.
local bytes = require("rille.bytes")
local lazy = require("rille.core.lazy")
local positions_of = require("rille.text.positions")
local segment = require("rille.fallback.segment")
local units = require("rille.text.units")

local byte = string.byte
local decode, next_segment = segment.decode, segment.next

local TABSTOP = 8
local NEEDS_TABLES = "needs the native library"

--- For each unit, a function that steps over the character or cluster at a byte: takes the text, the byte and the position
--- there, and returns the next byte and the number of units passed. Steps by bytes go by characters, as no position is
--- inside one.
local steps = {
  byte = function(s, at)
    local _, stop = decode(s, at)
    return stop + 1, stop + 1 - at
  end,
  char = function(s, at)
    local _, stop = decode(s, at)
    return stop + 1, 1
  end,
  utf16 = function(s, at)
    local code_point, stop = decode(s, at)
    return stop + 1, code_point > 0xFFFF and 2 or 1
  end,
  grapheme = function(s, at)
    return next_segment(segment.machine("grapheme"), s, at) + 1, 1
  end,
  -- ASCII only, as `width` measures it by default.
  cell = function(s, at, index)
    local b = byte(s, at)
    if b == 9 then
      return at + 1, TABSTOP - (index - 1) % TABSTOP
    end
    return at + 1, (b < 32 or b == 127) and 0 or 1
  end,
}

--- Returns whether tables that only the native library has are needed.
local function needs_tables(s, from, to)
  return (from == "cell" or to == "cell") and s:find("[\128-\255]") ~= nil
end

--- Returns a place in a text: the byte and the position in a unit at which it begins, both 1-based.
local function new_walk(s, unit)
  return { s = s, step = steps[unit], byte = 1, index = 1 }
end

local function rewind(walk)
  walk.byte, walk.index = 1, 1
end

--- Returns the byte at which the unit at a position begins.
local function seek(walk, position)
  if position < walk.index then
    rewind(walk)
  end
  local s, step = walk.s, walk.step
  local length, at, index = #s, walk.byte, walk.index
  while at <= length do
    local after, count = step(s, at, index)
    if index + count > position then
      break
    end
    at, index = after, index + count
  end
  walk.byte, walk.index = at, index
  return at
end

--- Returns the position of the unit that contains a byte at which a character begins.
local function locate(walk, target)
  if target < walk.byte then
    rewind(walk)
  end
  local s, step = walk.s, walk.step
  local length, at, index = #s, walk.byte, walk.index
  while at <= length do
    local after, count = step(s, at, index)
    if after > target then
      break
    end
    at, index = after, index + count
  end
  walk.byte, walk.index = at, index
  return index
end

---@class rille.fallback.text
local M = {}

--- Converts a position from one unit to another.
---@param s rille.source
---@param at integer position in the unit `from`, 1-based
---@param from rille.unit.position
---@param to rille.unit.position
---@return integer? position in the unit `to`, 1-based
---@return string? message if the native library is needed: for cells of text that is not ASCII
function M.offset(s, at, from, to, opts)
  if opts ~= nil then
    return lazy.load("rille.text.measured").offset(s, at, from, to, opts)
  end
  units.check(from, units.offset, "rille.text.offset: from")
  units.check(to, units.offset, "rille.text.offset: to")
  local text = bytes.string(s, "rille.text.offset")
  at = positions_of.one(at, "rille.text.offset: position")
  if needs_tables(text, from, to) then
    return nil, NEEDS_TABLES
  end
  return (locate(new_walk(text, to), seek(new_walk(text, from), at)))
end

--- Converts a list of positions from one unit to another, with one scan of the text if they ascend.
---@param s rille.source
---@param positions integer[] positions in the unit `from`, 1-based, see `offset`
---@param from rille.unit.position
---@param to rille.unit.position
---@param results? integer[] a list to fill instead of a new one; it may be `positions`
---@return integer[]? results in the unit `to`, 1-based
---@return string? message if the native library is needed: for cells of text that is not ASCII
function M.offsets(s, positions, from, to, results)
  units.check(from, units.offset, "rille.text.offsets: from")
  units.check(to, units.offset, "rille.text.offsets: to")
  local text = bytes.string(s, "rille.text.offsets")
  local n = positions_of.list(positions, results, "rille.text.offsets")
  for i = 1, n do
    positions_of.one(positions[i], "rille.text.offsets: positions", i)
  end
  if needs_tables(text, from, to) then
    return nil, NEEDS_TABLES
  end
  local before, after = new_walk(text, from), new_walk(text, to)
  results = results or {}
  for i = 1, n do
    results[i] = locate(after, seek(before, positions[i]))
  end
  for i = #results, n + 1, -1 do
    results[i] = nil
  end
  return results
end

return M
