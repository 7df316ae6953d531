--- rille.text in pure Lua, for when no library can be loaded. The results equal those of the native library: test/rust/tables.rs
--- generates the segmenters' tables from the crate that the native library uses.
local lazy = require("rille.core.lazy")

local bytes = require("rille.bytes")
local units = require("rille.text.units")
local segment = require("rille.fallback.segment")

local concat = table.concat
local find, gsub, rep, reverse, sub = string.find, string.gsub, string.rep, string.reverse, string.sub
local decode, next_segment = segment.decode, segment.next

local REPLACEMENT = "\239\191\189"

-- Returns the number of bytes before the first one that is not ASCII. (One anchored match is three times as fast as
-- searching for a byte that is not ASCII, which retries the pattern at each byte.)
local function ascii_prefix(s)
  local _, stop = find(s, "^[^\128-\255]*")
  return stop
end

-- Returns where the first invalid sequence starts, or nil.
local function first_invalid(s)
  local i, length = ascii_prefix(s) + 1, #s
  while i <= length do
    local code_point, stop = decode(s, i)
    if code_point < 0 then
      return i
    end
    i = stop + 1
  end
end

-- Reverses the bytes of the first character in a run (a lead byte with all continuation bytes after it); the other
-- continuation bytes are each a character of their own. Reversing the whole text then restores the order of the first.
local function turn_char(run)
  local _, stop = decode(run, 1)
  if stop == #run then
    return reverse(run)
  end
  return reverse(sub(run, 1, stop)) .. sub(run, stop + 1)
end

local function reverse_chars(s)
  if ascii_prefix(s) == #s then
    return reverse(s)
  end
  return reverse((gsub(s, "[\192-\255][\128-\191]+", turn_char)))
end

-- Clusters are joined in batches, because one table for all of them would take many times the memory of the text.
local BATCH = 4096

local function reverse_graphemes(s)
  if ascii_prefix(s) == #s then
    -- CR LF is the only cluster of more than one ASCII character.
    if find(s, "\r\n", 1, true) then
      s = gsub(s, "\r\n", "\n\r")
    end
    return reverse(s)
  end
  local machine, length = segment.machine("grapheme"), #s
  -- `parts` is filled from the back. Clusters of one byte are collected until a longer one follows, and are then
  -- reversed all at once; `single` is the first of them.
  local parts, top, batches = {}, BATCH, {}
  local from, single = 1, 1
  while from <= length do
    local stop = next_segment(machine, s, from)
    if stop > from then
      if single < from then
        parts[top] = reverse(sub(s, single, from - 1))
        top = top - 1
      end
      parts[top] = sub(s, from, stop)
      top = top - 1
      single = stop + 1
      if top < 2 then
        batches[#batches + 1] = concat(parts, "", top + 1, BATCH)
        top = BATCH
      end
    end
    from = stop + 1
  end
  local result = { reverse(sub(s, single)), concat(parts, "", top + 1, BATCH) }
  for i = #batches, 1, -1 do
    result[#result + 1] = batches[i]
  end
  return concat(result)
end

local reversers = { byte = reverse, char = reverse_chars, grapheme = reverse_graphemes }

-- Repairs a byte with all continuation bytes after it: as in turn_char, only the first character can be valid.
local function repair_run(run)
  local code_point, stop = decode(run, 1)
  local strays = #run - stop
  if code_point < 0 then
    return rep(REPLACEMENT, strays + 1)
  elseif strays > 0 then
    return sub(run, 1, stop) .. rep(REPLACEMENT, strays)
  end
end

local function repair_text(s)
  if not first_invalid(s) then
    return s
  end
  return (gsub(s, "[\128-\255][\128-\191]*", repair_run))
end

local function count_chars(s)
  local count, length = ascii_prefix(s), #s
  local i = count + 1
  while i <= length do
    local _, stop = decode(s, i)
    count = count + 1
    i = stop + 1
  end
  return count
end

local function count_utf16(s)
  local count, length = ascii_prefix(s), #s
  local i = count + 1
  while i <= length do
    local code_point, stop = decode(s, i)
    count = count + (code_point > 0xFFFF and 2 or 1)
    i = stop + 1
  end
  return count
end

local function count_plain(s, needle)
  local count, at = 0, find(s, needle, 1, true)
  while at do
    count = count + 1
    at = find(s, needle, at + #needle, true)
  end
  return count
end

local function count_graphemes(s)
  if ascii_prefix(s) == #s then
    return #s - count_plain(s, "\r\n")
  end
  local machine, length = segment.machine("grapheme"), #s
  local count, from = 0, 1
  while from <= length do
    from = next_segment(machine, s, from) + 1
    count = count + 1
  end
  return count
end

local function count_words(s)
  local machine, length = segment.machine("word"), #s
  local count, from = 0, 1
  while from <= length do
    local stop, word = next_segment(machine, s, from)
    if word then
      count = count + 1
    end
    from = stop + 1
  end
  return count
end

local function count_lines(s)
  local count = count_plain(s, "\n")
  -- Text after the last line feed is a line, too.
  if s ~= "" and sub(s, -1) ~= "\n" then
    count = count + 1
  end
  return count
end

local NEEDS_TABLES = "needs the native library"

-- For units whose rules need tables that only the native library has.
local function cannot_count()
  return nil, NEEDS_TABLES
end

-- Returns the width with default options; text that is not ASCII needs tables that only the native library has.
local function count_cells(s)
  return lazy.load("rille.fallback.text.width").width(s)
end

local counters = {
  byte = string.len,
  char = count_chars,
  utf16 = count_utf16,
  grapheme = count_graphemes,
  word = count_words,
  line = count_lines,
  sentence = cannot_count,
  linebreak = cannot_count,
  cell = count_cells,
}

-- The public functions check their arguments themselves, so that an error points at the caller's line.

---@class rille.fallback.text
---@field unicode_version string the Unicode version of the tables
local M = { unicode_version = "18.0" }

--- Returns the text reversed, unit by unit. Invalid sequences keep the order of their bytes.
---@param s rille.source
---@param unit? "byte"|"char"|"grapheme" what stays whole; grapheme clusters by default
---@return string
function M.reverse(s, unit)
  unit = units.check(unit or "grapheme", units.reverse, "rille.text.reverse")
  local text = bytes.string(s, "rille.text.reverse")
  return (reversers[unit](text))
end

--- Appends the reversed text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param unit? "byte"|"char"|"grapheme" what stays whole; grapheme clusters by default
---@return integer len bytes appended
function M.reverse_into(buffer, s, unit)
  unit = units.check(unit or "grapheme", units.reverse, "rille.text.reverse_into")
  bytes.sink(buffer, s, "rille.text.reverse_into")
  local text = bytes.string(s, "rille.text.reverse_into")
  local result = reversers[unit](text)
  buffer:put(result)
  return #result
end

--- Returns whether the text is valid UTF-8.
---@param s rille.source
---@return boolean valid
---@return integer? position byte at which the first invalid sequence starts, 1-based
function M.validate(s)
  local text = bytes.string(s, "rille.text.validate")
  local position = first_invalid(text)
  if position then
    return false, position
  end
  return true
end

--- Returns the text with each maximal invalid subsequence replaced by U+FFFD. A valid string is returned unchanged.
---@param s rille.source
---@return string
function M.repair(s)
  local text = bytes.string(s, "rille.text.repair")
  return (repair_text(text))
end

--- Appends the repaired text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer len bytes appended
function M.repair_into(buffer, s)
  bytes.sink(buffer, s, "rille.text.repair_into")
  local text = bytes.string(s, "rille.text.repair_into")
  local result = repair_text(text)
  buffer:put(result)
  return #result
end

--- Returns the number of units in the text. `""` has none; `"a\n"` is one line, and so is `"a"`.
---@param s rille.source
---@param unit rille.unit
---@return integer? count nil for sentences and line-break segments, which need the native library
---@return string? message
function M.count(s, unit)
  unit = units.check(unit, units.count, "rille.text.count")
  local text = bytes.string(s, "rille.text.count")
  return counters[unit](text)
end

return require("rille.text.parts")(M, "rille.fallback.text.")
