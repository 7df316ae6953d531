--- Pure functions on text. Every text may contain invalid UTF-8: a maximal invalid subsequence is one character.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local memory = require("rille.core.result")
local units = require("rille.text.units")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local out = ffi.new("uint32_t[1]")

local COUNT, REVERSE = units.ids(C, units.count), units.ids(C, units.reverse)
local MAX_SCRATCH_BYTES, scratch = memory.MAX_SCRATCH_BYTES, memory.scratch

--- Returns a string of `len` bytes that the `_into` form makes.
local function long_string(len, name, into, s, unit)
  if len > memory.MAX_STRING_BYTES then
    error(memory.too_long(name), 3)
  end
  return memory.string(len, into, s, unit)
end

---@class rille.text
---@field unicode_version string the Unicode version of all tables
local M = { unicode_version = ffi.string(C.rille_unicode_version()) }

--- Returns the text reversed, unit by unit.
---
--- Cost: bytes and characters run at the speed of memory, clusters too while the text is ASCII. From about 64 KB on,
--- creating the string takes several times as long as the reversal: see `reverse_into`.
---@param s rille.source
---@param unit? "byte"|"char"|"grapheme" what stays whole; grapheme clusters by default
---@return string
function M.reverse(s, unit)
  local id = REVERSE[unit or "grapheme"] or units.check(unit, units.reverse, "rille.text.reverse")
  local ptr, len = of(s, "rille.text.reverse")
  if len > MAX_SCRATCH_BYTES then
    return long_string(len, "rille.text.reverse", M.reverse_into, s, unit)
  end
  local result = scratch(len)
  if C.rille_text_reverse(ptr, len, id, result, len, err) < 0 then
    failure.raise(err, "rille.text.reverse")
  end
  return ffi.string(result, len)
end

--- Appends the reversed text to a buffer, without creating a string.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param unit? "byte"|"char"|"grapheme" what stays whole; grapheme clusters by default
---@return integer len bytes appended
function M.reverse_into(buffer, s, unit)
  local id = REVERSE[unit or "grapheme"] or units.check(unit, units.reverse, "rille.text.reverse_into")
  sink(buffer, s, "rille.text.reverse_into")
  local ptr, len = of(s, "rille.text.reverse_into")
  if C.rille_text_reverse(ptr, len, id, buffer:reserve(len), len, err) < 0 then
    failure.raise(err, "rille.text.reverse_into")
  end
  buffer:commit(len)
  return len
end

--- Returns whether the text is valid UTF-8.
---@param s rille.source
---@return boolean valid
---@return integer? position byte at which the first invalid sequence starts, 1-based
function M.validate(s)
  local ptr, len = of(s, "rille.text.validate")
  local status = C.rille_text_validate(ptr, len, out, err)
  if status == 0 then
    return true
  elseif status < 0 then
    failure.raise(err, "rille.text.validate")
  end
  return false, out[0] + 1
end

--- Returns the text with each maximal invalid subsequence replaced by U+FFFD. A valid string is returned unchanged.
---@param s rille.source
---@return string
function M.repair(s)
  local ptr, len = of(s, "rille.text.repair")
  local status = C.rille_text_repair_len(ptr, len, out, err)
  if status == 0 then
    return type(s) == "string" and s or bytes.string(s, "rille.text.repair")
  elseif status < 0 then
    failure.raise(err, "rille.text.repair")
  end
  local needed = out[0]
  if needed > MAX_SCRATCH_BYTES then
    return long_string(needed, "rille.text.repair", M.repair_into, s)
  end
  local result = scratch(needed)
  if C.rille_text_repair(ptr, len, result, needed, out, err) < 0 then
    failure.raise(err, "rille.text.repair")
  end
  return ffi.string(result, needed)
end

--- Appends the repaired text to a buffer, without creating a string.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer len bytes appended
function M.repair_into(buffer, s)
  sink(buffer, s, "rille.text.repair_into")
  local ptr, len = of(s, "rille.text.repair_into")
  local status = C.rille_text_repair_len(ptr, len, out, err)
  if status < 0 then
    failure.raise(err, "rille.text.repair_into")
  elseif status == 0 then
    ffi.copy(buffer:reserve(len), ptr, len)
    buffer:commit(len)
    return len
  end
  local needed = out[0]
  if C.rille_text_repair(ptr, len, buffer:reserve(needed), needed, out, err) < 0 then
    failure.raise(err, "rille.text.repair_into")
  end
  buffer:commit(needed)
  return needed
end

--- Returns the number of units in the text. `""` has none; `"a\n"` is one line, and so is `"a"`.
---@param s rille.source
---@param unit rille.unit
---@return integer
function M.count(s, unit)
  local id = COUNT[unit] or units.check(unit, units.count, "rille.text.count")
  local ptr, len = of(s, "rille.text.count")
  if C.rille_text_count(ptr, len, id, out, err) < 0 then
    failure.raise(err, "rille.text.count")
  end
  return out[0]
end

return require("rille.text.parts")(M, "rille.text.")
