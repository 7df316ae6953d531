--- Memory for results that become Lua strings at once.
local ffi = require("ffi")

local M = {}

local array = ffi.typeof("uint8_t[?]")

--- Up to this many bytes a result is built in memory that is kept for the next one.
M.KEPT = 2 ^ 20
local kept, kept_len = array(4096), 4096

--- The longest string of LuaJIT is a little below.
M.LONGEST_STRING = 2 ^ 31 - 256

--- Room for `len` bytes, until the next call; nil if no string is so long.
---@param len integer
---@return ffi.cdata*? uint8_t[?]
function M.scratch(len)
  if len <= kept_len then
    return kept
  elseif len > M.LONGEST_STRING then
    return nil
  elseif len > M.KEPT then
    return array(len)
  end
  while kept_len < len do
    kept_len = kept_len * 2
  end
  kept = array(kept_len)
  return kept
end

--- What to say when there is none.
---@param name string the public function
---@return string
function M.too_long(name)
  return name .. ": a Lua string holds less than 2 GiB; use " .. name .. "_into"
end

return M
