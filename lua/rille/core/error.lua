--- The error block of C, and how a failed call becomes a Lua error.
local ffi = require("ffi")
local C = require("rille.core.ffi")

local TOO_BIG = tonumber(C.RILLE_ETOOBIG)

local M = {}

--- The reasons for which a file cannot be read, by their statuses: none of them is a mistake of the program.
---@type table<integer, rille.file.reason>
M.REASONS = {
  [tonumber(C.RILLE_EFORK)] = "forked",
  [tonumber(C.RILLE_EIO)] = "failed",
  [tonumber(C.RILLE_ECHANGED)] = "changed",
}

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

--- What a function gives whose input or result is above the limits: nil and the message. Any other failure is an error of
--- the public function's caller. To be called last: `return failure.limit(err, name)`.
---@param err ffi.cdata* rille_error
---@param name string the public function
---@return nil
---@return string message
function M.limit(err, name)
  if err.status == TOO_BIG then
    return nil, name .. ": " .. ffi.string(err.message, err.length)
  end
  return M.raise(err, name)
end

return M
