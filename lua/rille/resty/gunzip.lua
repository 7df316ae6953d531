--- Decompression of responses.
local ffi = require("ffi")

local Gunzip = {}
Gunzip.__index = Gunzip

local M = {}

local C, err, own, close, out_handle

--- Returns a decompression.
function M.new()
  if not C then
    C, err = require("rille.core.ffi"), require("rille.core.error").block()
    own, close = require("rille.core.handle").kind(C.rille_gunzip_free)
    out_handle = ffi.new("rille_gunzip *[1]")
  end
  if C.rille_gunzip_new(out_handle, err) < 0 then
    error(ffi.string(err.message, err.length), 0)
  end
  return setmetatable({ handle = own(out_handle[0]), buffer = require("rille").buffer() }, Gunzip)
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
  return self.buffer
end

function Gunzip:close()
  close(self)
  self.buffer:close()
end

return M
