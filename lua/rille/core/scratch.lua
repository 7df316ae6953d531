--- A native buffer for results of which only the length is known afterwards: filled by one call, read at once. (For those
--- whose length is known before there is `rille.core.result`.)
local ffi = require("ffi")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local memory = require("rille.core.result")

local M = {}

local err = failure.block()
local out_handle = ffi.new("rille_buffer *[1]")
local own, close = handles.kind(C.rille_buffer_free)

--- The object whose handle is the buffer.
local kept = {}

--- The buffer, empty.
---@param name string the public function, for the error
---@return ffi.cdata* rille_buffer *
function M.buffer(name)
  if not kept.handle then
    if C.rille_buffer_new(4096, out_handle, err) < 0 then
      failure.raise(err, name)
    end
    kept.handle = own(out_handle[0])
  else
    C.rille_buffer_reset(kept.handle, nil)
  end
  return kept.handle
end

--- Gives the memory of a large result back.
local function trim(len)
  if len > memory.KEPT then
    close(kept)
  end
end

--- What the buffer has, as a string.
---@param name string the public function, for the error
---@return string
function M.string(name)
  local handle = kept.handle
  local len = C.rille_buffer_len(handle)
  if len > memory.LONGEST_STRING then
    trim(len)
    error(memory.too_long(name), 3)
  end
  local result = ffi.string(C.rille_buffer_ptr(handle), len)
  trim(len)
  return result
end

--- Moves what the buffer has to the end of a string.buffer.
---@param buffer string.buffer
---@return integer len bytes
function M.move(buffer)
  local handle = kept.handle
  local len = C.rille_buffer_len(handle)
  ffi.copy(buffer:reserve(len), C.rille_buffer_ptr(handle), len)
  buffer:commit(len)
  trim(len)
  return len
end

return M
