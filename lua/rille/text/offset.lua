--- Conversion of positions between units: a byte to its UTF-16 column, a grapheme cluster to its byte.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local lazy = require("rille.core.lazy")
local failure = require("rille.core.error")
local positions_of = require("rille.text.positions")
local units = require("rille.text.units")

local of = bytes.of
local position, list = positions_of.one, positions_of.list
local err = failure.block()
local out = ffi.new("uint32_t[1]")
local options = ffi.new("rille_offset_options", { size = ffi.sizeof("rille_offset_options") })
local numbers = ffi.typeof("uint32_t[?]")
local UNITS = units.ids(C, units.offset)

-- An extension of LuaJIT that some hosts omit.
local has_new_table, new_table = pcall(require, "table.new")

--- Maximum number of positions converted in memory that is kept for the next list.
local MAX_KEPT_POSITIONS = 2 ^ 16
local kept_in, kept_out, kept_len = numbers(256), numbers(256), 256

local function room(n)
  if n <= kept_len then
    return kept_in, kept_out
  elseif n > MAX_KEPT_POSITIONS then
    return numbers(n), numbers(n)
  end
  while kept_len < n do
    kept_len = kept_len * 2
  end
  kept_in, kept_out = numbers(kept_len), numbers(kept_len)
  return kept_in, kept_out
end

---@class rille.text
local M = {}

--- Converts a position from one unit to another, for example from bytes to the UTF-16 columns of a language server.
---
--- A position inside a character or a grapheme cluster counts as its start, one beyond the end as one past the end. An
--- invalid sequence is one character.
---@param s rille.source
---@param at integer position in the unit `from`, 1-based
---@param from rille.unit.position
---@param to rille.unit.position
---@param opts? rille.width_options with `measure`: a position in cells is then 1 more than the distance from the start of the text
---@return integer? position in the unit `to`, 1-based
---@return string? message if the text is too long
function M.offset(s, at, from, to, opts)
  if opts ~= nil then
    return lazy.load("rille.text.measured").offset(s, at, from, to, opts)
  end
  options.from = UNITS[from] or units.check(from, units.offset, "rille.text.offset: from")
  options.to = UNITS[to] or units.check(to, units.offset, "rille.text.offset: to")
  local ptr, len = of(s, "rille.text.offset")
  at = position(at, "rille.text.offset: position")
  if C.rille_text_offset(ptr, len, at - 1, options, out, err) < 0 then
    return failure.limit(err, "rille.text.offset")
  end
  return out[0] + 1
end

--- Converts a list of positions from one unit to another, with one scan of the text if they ascend.
---
--- Cost: a few nanoseconds a position on top of the scan.
---@param s rille.source
---@param positions integer[] positions in the unit `from`, 1-based, see `offset`
---@param from rille.unit.position
---@param to rille.unit.position
---@param results? integer[] a list to fill instead of a new one; it may be `positions`
---@return integer[]? results in the unit `to`, 1-based
---@return string? message if the text is too long
function M.offsets(s, positions, from, to, results)
  options.from = UNITS[from] or units.check(from, units.offset, "rille.text.offsets: from")
  options.to = UNITS[to] or units.check(to, units.offset, "rille.text.offsets: to")
  local ptr, len = of(s, "rille.text.offsets")
  local n = list(positions, results, "rille.text.offsets")
  local input, found = room(n)
  for i = 1, n do
    input[i - 1] = position(positions[i], "rille.text.offsets: positions", i) - 1
  end
  if C.rille_text_offsets(ptr, len, input, n, options, found, err) < 0 then
    return failure.limit(err, "rille.text.offsets")
  end
  results = results or (has_new_table and new_table(n, 0) or {})
  for i = 1, n do
    results[i] = found[i - 1] + 1
  end
  for i = #results, n + 1, -1 do
    results[i] = nil
  end
  return results
end

return M
