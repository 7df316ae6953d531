--- Lists of strings for C: all strings in one text, and the end offset of each.
local ffi = require("ffi")
local bytes = require("rille.bytes")

local array = ffi.typeof("uint32_t[?]")

local M = {}

-- Lua does not define where a list with holes ends: `#list` may be any border.
local maxn = table.maxn

--- Returns the length of a list, or raises an error that names its first hole.
---@param list any[]
---@param name string the public function and the argument
---@param level integer stack level of the error
---@return integer
function M.length(list, name, level)
  local count = #list
  if maxn(list) > count then
    for i = 1, count do
      if list[i] == nil then
        count = i - 1
        break
      end
    end
    error(("%s[%d] is nil, but the list continues after it"):format(name, count + 1), level)
  end
  return count
end

--- Packs a list, so that it is passed in one call.
---@param list string[]
---@param name string the public function and the argument, for the error
---@param level? integer stack level of the error, for the caller of the public function; 3 by default
---@return string text
---@return ffi.cdata* ends uint32_t[count]
---@return integer count
function M.pack(list, name, level)
  level = level or 3
  if type(list) ~= "table" then
    error(name .. " must be a list of strings, got " .. type(list), level)
  end
  local count = M.length(list, name, level + 1)
  local ends, at = array(count), 0
  for i = 1, count do
    local item = list[i]
    if type(item) ~= "string" then
      error(("%s[%d] must be a string, got %s"):format(name, i, type(item)), level)
    end
    at = at + #item
    if at > bytes.MAX_BYTES then
      error(name .. " has more than 4 GiB - 1", level)
    end
    ends[i - 1] = at
  end
  return table.concat(list, "", 1, count), ends, count
end

return M
