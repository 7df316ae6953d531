--- Case mapping: upper, lower, folding, and comparison without regard to case. Unicode's full mappings, for no language.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local memory = require("rille.core.result")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local out = ffi.new("uint32_t[1]")

--- Maximum growth: a mapped text has at most this many times the bytes of the original. With that room C walks it once.
local GROWTH = 3

--- Maximum bytes to reserve without knowing the length of the result: for more, the result is measured first.
local MAX_RESERVED_BYTES = 2 ^ 26

local MAX_SCRATCH_BYTES, scratch = memory.MAX_SCRATCH_BYTES, memory.scratch

local function to_buffer(buffer, s, mapping, name, max_reserved)
  local ptr, len = of(s, name)
  local room = len * GROWTH
  if room > max_reserved then
    if C.rille_text_case_len(ptr, len, mapping, out, err) < 0 then
      return failure.limit(err, name)
    end
    room = out[0]
  end
  if C.rille_text_case(ptr, len, mapping, buffer:reserve(room), room, out, err) < 0 then
    return failure.limit(err, name)
  end
  buffer:commit(out[0])
  return out[0]
end

local function to_string(s, mapping, name)
  local ptr, len = of(s, name)
  local room = len * GROWTH
  if room > MAX_SCRATCH_BYTES then
    return memory.string(0, to_buffer, s, mapping, name, MAX_RESERVED_BYTES)
  end
  local result = scratch(room)
  if C.rille_text_case(ptr, len, mapping, result, room, out, err) < 0 then
    return failure.limit(err, name)
  end
  return ffi.string(result, out[0])
end

local UPPER, LOWER = tonumber(C.RILLE_CASE_UPPER), tonumber(C.RILLE_CASE_LOWER)
local FOLD = tonumber(C.RILLE_CASE_FOLD)

---@class rille.text
local M = {}

--- Returns the text in upper case: `"STRASSE"` for `"Straße"`.
---@param s rille.source
---@return string?
---@return string? message if the text or the result is too long
function M.upper(s)
  return to_string(s, UPPER, "rille.text.upper")
end

--- Appends the text in upper case to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended
---@return string? message if the text or the result is too long
function M.upper_into(buffer, s)
  sink(buffer, s, "rille.text.upper_into")
  return to_buffer(buffer, s, UPPER, "rille.text.upper_into", MAX_SCRATCH_BYTES)
end

--- Returns the text in lower case. A sigma at the end of a word becomes a final sigma.
---@param s rille.source
---@return string?
---@return string? message if the text or the result is too long
function M.lower(s)
  return to_string(s, LOWER, "rille.text.lower")
end

--- Appends the text in lower case to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended
---@return string? message if the text or the result is too long
function M.lower_into(buffer, s)
  sink(buffer, s, "rille.text.lower_into")
  return to_buffer(buffer, s, LOWER, "rille.text.lower_into", MAX_SCRATCH_BYTES)
end

--- Returns the text case-folded: texts that differ only in case become equal. Use it for keys and comparisons, not for
--- display.
---@param s rille.source
---@return string?
---@return string? message if the text or the result is too long
function M.fold(s)
  return to_string(s, FOLD, "rille.text.fold")
end

--- Appends the folded text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended
---@return string? message if the text or the result is too long
function M.fold_into(buffer, s)
  sink(buffer, s, "rille.text.fold_into")
  return to_buffer(buffer, s, FOLD, "rille.text.fold_into", MAX_SCRATCH_BYTES)
end

--- Returns whether two texts are equal except for case, as `fold(a) == fold(b)`, without creating strings.
---@param a rille.source
---@param b rille.source
---@return boolean?
---@return string? message if a text is too long
function M.equal_fold(a, b)
  local a_ptr, a_len = of(a, "rille.text.equal_fold", "a")
  local b_ptr, b_len = of(b, "rille.text.equal_fold", "b")
  if C.rille_text_equal_fold(a_ptr, a_len, b_ptr, b_len, out, err) < 0 then
    return failure.limit(err, "rille.text.equal_fold")
  end
  return out[0] == 1
end

return M
