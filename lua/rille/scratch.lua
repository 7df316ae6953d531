--- A native buffer for results of which only the length is known afterwards: filled by one call, read at once.
local ffi = require("ffi")
local C = require("rille.ffi")
local failure = require("rille.failure")

local M = {}

local err = failure.block()
local out_handle = ffi.new("rille_buffer *[1]")
local free = C.rille_buffer_free

--- Up to this many bytes are kept for the next result.
local KEPT = 2 ^ 20

--- The longest string of LuaJIT is a little below.
local LONGEST_STRING = 2 ^ 31 - 256

local handle

local function finalise(buffer)
  free(buffer)
end

--- The buffer, empty.
---@param name string the public function, for the error
---@return ffi.cdata* rille_buffer *
function M.buffer(name)
  if not handle then
    if C.rille_buffer_new(4096, out_handle, err) < 0 then
      failure.raise(err, name)
    end
    handle = ffi.gc(out_handle[0], finalise)
  else
    C.rille_buffer_reset(handle, nil)
  end
  return handle
end

--- Gives the memory of a large result back.
local function trim(len)
  if len > KEPT then
    local buffer = handle
    handle = nil
    ffi.gc(buffer, nil)
    free(buffer)
  end
end

--- What the buffer has, as a string.
---@param name string the public function, for the error
---@return string
function M.string(name)
  local len = C.rille_buffer_len(handle)
  if len > LONGEST_STRING then
    trim(len)
    error(name .. ": a Lua string holds less than 2 GiB; use " .. name .. "_into", 3)
  end
  local result = ffi.string(C.rille_buffer_ptr(handle), len)
  trim(len)
  return result
end

--- Moves what the buffer has to the end of a string.buffer.
---@param buffer string.buffer
---@return integer len bytes
function M.move(buffer)
  local len = C.rille_buffer_len(handle)
  local room = buffer:reserve(len)
  ffi.copy(room, C.rille_buffer_ptr(handle), len)
  buffer:commit(len)
  trim(len)
  return len
end

return M
