--- Memory for results that are converted to Lua strings at once.
---
--- Results of up to MAX_SCRATCH_BYTES are built in a block that is kept for the next one. Longer ones are built in a buffer:
--- a new block of the garbage collector would be cleared first, which takes longer than the work.
local ffi = require("ffi")
local new_buffer = require("rille.buffer").new

local M = { MAX_SCRATCH_BYTES = 2 ^ 20 }

local array = ffi.typeof("uint8_t[?]")
local kept, kept_len = array(4096), 4096

--- Maximum bytes of a string; LuaJIT's own limit is a little above.
M.MAX_STRING_BYTES = 2 ^ 31 - 256

--- Returns room for `len` bytes, at most MAX_SCRATCH_BYTES, valid until the next call.
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

--- Calls a function that appends to a buffer, and returns what it appended as a string.
---@param len integer bytes to reserve
---@param into fun(buffer: rille.buffer, ...): integer?, string? returns nil and a message when it fails
---@return string?
---@return string? message
function M.string(len, into, ...)
  local buffer = new_buffer(len)
  local appended, message = into(buffer, ...)
  if appended and appended > M.MAX_STRING_BYTES then
    appended, message = nil, "the result is longer than the 2 GiB of a Lua string; append it to a buffer"
  end
  local result = appended and buffer:tostring() or nil
  buffer:close()
  return result, message
end

--- Returns the message for a string that is too long.
---@param name string the public function
---@return string
function M.too_long(name)
  return name .. ": a Lua string holds less than 2 GiB; use " .. name .. "_into"
end

return M
