--- The buffer: output memory that is reused, outside of the garbage collector's heap.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local grown = require("rille.core.pressure").grown

local err = failure.block()
local out_handle = ffi.new("rille_buffer *[1]")
local out_ptr = ffi.new("uint8_t *[1]")

local open = handles.open
local own, close = handles.kind(C.rille_buffer_free)

--- The output of `_into` forms. It has the methods of LuaJIT's string.buffer that these forms need: both are accepted.
---@class rille.buffer
---@field package handle ffi.cdata*?
local Buffer = { is_rille_buffer = true }
Buffer.__index = Buffer

class.named(Buffer, "rille.buffer", function(self)
  return self.handle and class.number(self:len(), "byte")
end)

local M = {}

--- Returns an empty buffer.
---@param capacity? integer bytes to reserve
---@return rille.buffer
function M.new(capacity)
  if C.rille_buffer_new(bytes.size(capacity or 0, "rille.buffer: capacity"), out_handle, err) < 0 then
    failure.raise(err, "rille.buffer")
  end
  return setmetatable({ handle = own(out_handle[0]) }, Buffer)
end

--- Empties the buffer and keeps its memory.
---@return rille.buffer self
function Buffer:reset()
  if C.rille_buffer_reset(open(self), err) < 0 then
    failure.raise(err, "rille.buffer:reset")
  end
  return self
end

--- Returns the length of the content in bytes.
---@return integer
function Buffer:len()
  return C.rille_buffer_len(open(self))
end

--- Returns a pointer to the content, valid until the next call that changes the buffer.
---@return ffi.cdata* ptr const uint8_t *
function Buffer:ptr()
  return C.rille_buffer_ptr(open(self))
end

--- Returns the content as a new string.
---@return string
function Buffer:tostring()
  local handle = open(self)
  return ffi.string(C.rille_buffer_ptr(handle), C.rille_buffer_len(handle))
end

--- Appends a text.
---@param s rille.source
---@return rille.buffer self
function Buffer:put(s)
  local handle = open(self)
  bytes.sink(self, s, "rille.buffer:put")
  local ptr, len = bytes.of(s, "rille.buffer:put")
  if C.rille_buffer_append(handle, ptr, len, err) < 0 then
    failure.raise(err, "rille.buffer:put")
  end
  grown()
  return self
end

--- Reserves `len` bytes after the content. Fill them, then call `commit`.
---@param len integer bytes
---@return ffi.cdata* ptr uint8_t *, valid until the next call that changes the buffer
---@return integer len bytes
function Buffer:reserve(len)
  local handle = open(self)
  bytes.size(len, "rille.buffer:reserve: len")
  if C.rille_buffer_reserve(handle, len, out_ptr, err) < 0 then
    failure.raise(err, "rille.buffer:reserve")
  end
  local ptr = out_ptr[0]
  grown()
  return ptr, len
end

--- Adds the first `len` bytes of the last reservation to the content.
---@param len integer bytes
---@return rille.buffer self
function Buffer:commit(len)
  local handle = open(self)
  bytes.size(len, "rille.buffer:commit: len")
  if C.rille_buffer_commit(handle, len, err) < 0 then
    failure.raise(err, "rille.buffer:commit")
  end
  return self
end

--- Frees the memory now. The garbage collector does not know its size. A second call does nothing.
Buffer.close = close

return M
