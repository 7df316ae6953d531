--- Case mapping in pure Lua, for ASCII. Other characters need tables that only the native library has.
local bytes = require("rille.bytes")

local find, lower, upper = string.find, string.lower, string.upper

local NEEDS_TABLES = "needs the native library"

local function is_ascii(s)
  return not find(s, "[\128-\255]")
end

local function to_string(s, map, name)
  local text = bytes.string(s, name)
  if not is_ascii(text) then
    return nil, NEEDS_TABLES
  end
  return (map(text))
end

local function to_buffer(buffer, s, map, name)
  local text = bytes.string(s, name)
  if not is_ascii(text) then
    return nil, NEEDS_TABLES
  end
  buffer:put(map(text))
  return #text
end

---@class rille.fallback.text
local M = {}

--- Returns the text in upper case.
---@param s rille.source
---@return string? text nil if it is not ASCII
---@return string? message
function M.upper(s)
  return to_string(s, upper, "rille.text.upper")
end

--- Appends the text in upper case to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended, nil if the text is not ASCII
---@return string? message
function M.upper_into(buffer, s)
  bytes.sink(buffer, s, "rille.text.upper_into")
  return to_buffer(buffer, s, upper, "rille.text.upper_into")
end

--- Returns the text in lower case.
---@param s rille.source
---@return string? text nil if it is not ASCII
---@return string? message
function M.lower(s)
  return to_string(s, lower, "rille.text.lower")
end

--- Appends the text in lower case to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended, nil if the text is not ASCII
---@return string? message
function M.lower_into(buffer, s)
  bytes.sink(buffer, s, "rille.text.lower_into")
  return to_buffer(buffer, s, lower, "rille.text.lower_into")
end

--- Returns the folded text: texts that differ only in case become equal.
---@param s rille.source
---@return string? text nil if it is not ASCII
---@return string? message
function M.fold(s)
  return to_string(s, lower, "rille.text.fold")
end

--- Appends the folded text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@return integer? len bytes appended, nil if the text is not ASCII
---@return string? message
function M.fold_into(buffer, s)
  bytes.sink(buffer, s, "rille.text.fold_into")
  return to_buffer(buffer, s, lower, "rille.text.fold_into")
end

--- Returns whether two texts are equal except for case.
---@param a rille.source
---@param b rille.source
---@return boolean? equal nil if it cannot be decided, as one is not ASCII and they differ
---@return string? message
function M.equal_fold(a, b)
  local one = bytes.string(a, "rille.text.equal_fold", "a")
  local other = bytes.string(b, "rille.text.equal_fold", "b")
  if one == other then
    return true
  elseif not is_ascii(one) or not is_ascii(other) then
    return nil, NEEDS_TABLES
  end
  return lower(one) == lower(other)
end

return M
