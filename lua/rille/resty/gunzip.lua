--- Decompression of responses.
local ffi = require("ffi")

local Gunzip = {}
Gunzip.__index = Gunzip

local M = {}

local C, err, own, close, out_handle

--- Maximum number of idle decompressions that are kept, each with about 50 KiB.
local MAX_IDLE = 64

--- Maximum bytes of the buffer of one that is kept.
local MAX_IDLE_BYTES = 256 * 1024

local idle, count = {}, 0

--- Returns a decompression, one of an earlier response if there is one.
function M.take()
  if count > 0 then
    local gunzip = idle[count]
    idle[count], count = nil, count - 1
    return gunzip
  end
  if not C then
    C, err = require("rille.core.ffi"), require("rille.core.error").block()
    own, close = require("rille.core.handle").kind(C.rille_gunzip_free)
    out_handle = ffi.new("rille_gunzip *[1]")
  end
  if C.rille_gunzip_new(out_handle, err) < 0 then
    error(ffi.string(err.message, err.length), 0)
  end
  return setmetatable(
    { handle = own(out_handle[0]), buffer = require("rille").buffer(), largest = 0 },
    Gunzip
  )
end

--- Unpacks the next chunk; returns a buffer, valid until the next call, or nil and what is wrong.
---@param chunk string
---@param last boolean
---@return rille.buffer?
---@return string? message
function Gunzip:feed(chunk, last)
  self.buffer:reset()
  if C.rille_gunzip_feed(self.handle, chunk, #chunk, last and 1 or 0, self.buffer.handle, err) < 0 then
    return nil, ffi.string(err.message, err.length)
  end
  self.largest = math.max(self.largest, self.buffer:len())
  return self.buffer
end

--- Keeps the decompression for a later response.
function Gunzip:give()
  if count == MAX_IDLE or self.largest > MAX_IDLE_BYTES or C.rille_gunzip_reset(self.handle, err) < 0 then
    close(self)
    self.buffer:close()
    return
  end
  self.buffer:reset()
  count = count + 1
  idle[count] = self
end

return M
