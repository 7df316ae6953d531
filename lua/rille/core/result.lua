--- Memory for results that become Lua strings at once.
---
--- Up to KEPT bytes they are built in memory that is kept for the next one. Above, they are built in a buffer: the
--- collector's own memory would be cleared first, which takes longer than the work.
local ffi = require("ffi")
local new_buffer = require("rille.buffer").new

local M = { KEPT = 2 ^ 20 }

local array = ffi.typeof("uint8_t[?]")
local kept, kept_len = array(4096), 4096

--- The longest string of LuaJIT is a little below.
M.LONGEST_STRING = 2 ^ 31 - 256

--- Room for `len` bytes, KEPT at most, until the next call.
---@param len integer
---@return ffi.cdata* uint8_t[?]
function M.scratch(len)
  if len > kept_len then
    while kept_len < len do
      kept_len = kept_len * 2
    end
    kept = array(kept_len)
  end
  return kept
end

--- What a function appends to a buffer, as a string.
---@param len integer bytes to reserve
---@param into fun(buffer: rille.buffer, ...): integer?, string? gives nil and a message when it fails
---@return string?
---@return string? message
function M.string(len, into, ...)
  local buffer = new_buffer(len)
  local appended, message = into(buffer, ...)
  if appended and appended > M.LONGEST_STRING then
    appended, message = nil, "the result is longer than the 2 GiB of a Lua string; append it to a buffer"
  end
  local result = appended and buffer:tostring() or nil
  buffer:close()
  return result, message
end

--- What to say when a string of a length cannot be.
---@param name string the public function
---@return string
function M.too_long(name)
  return name .. ": a Lua string holds less than 2 GiB; use " .. name .. "_into"
end

return M
