--- A native buffer for results whose length is unknown in advance: filled by one call, read at once. (If the length is
--- known, use `rille.core.result`.)
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

--- Returns the buffer, empty.
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

--- Frees the memory of a large result.
local function trim(len)
  if len > memory.MAX_SCRATCH_BYTES then
    close(kept)
  end
end

--- Returns the contents of the buffer as a string.
---@param name string the public function, for the error
---@return string
function M.string(name)
  local handle = kept.handle
  local len = C.rille_buffer_len(handle)
  if len > memory.MAX_STRING_BYTES then
    trim(len)
    error(memory.too_long(name), 3)
  end
  local result = ffi.string(C.rille_buffer_ptr(handle), len)
  trim(len)
  return result
end

--- Appends the contents of the buffer to a string.buffer.
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
