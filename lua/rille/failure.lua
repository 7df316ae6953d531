--- The error block of C, and how a failed call becomes a Lua error.
local ffi = require("ffi")
require("rille.ffi")

local M = {}

--- A block for a module to hand to its calls: made once, as none is read after the next call.
---@return ffi.cdata* rille_error
function M.block()
  return ffi.new("rille_error")
end

--- Raises the message of a failed call as an error of the public function's caller.
---@param err ffi.cdata* rille_error
---@param name string the public function
function M.raise(err, name)
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

--- What a function gives for what a person typed wrong: nil, the message, and its 1-based position if it has one.
---@param err ffi.cdata* rille_error
---@return nil
---@return string message
---@return integer? position
function M.typed(err)
  local offset = tonumber(err.offset)
  return nil, ffi.string(err.message, err.length), offset >= 0 and offset + 1 or nil
end

return M
