--- The C error block, and the conversion of failed calls to Lua errors.
local ffi = require("ffi")
local C = require("rille.core.ffi")

local TOO_BIG = tonumber(C.RILLE_ETOOBIG)

local M = {}

--- The reasons why a file cannot be read, by status. None of them is a programming error.
---@type table<integer, rille.file.reason>
M.REASONS = {
  [tonumber(C.RILLE_EFORK)] = "forked",
  [tonumber(C.RILLE_EIO)] = "failed",
  [tonumber(C.RILLE_ECHANGED)] = "changed",
}

--- Returns an error block that a module passes to its calls. One is enough, as it is never read after the next call.
---@return ffi.cdata* rille_error
function M.block()
  return ffi.new("rille_error")
end

--- Raises the message of a failed call as an error at the public function's caller.
---@param err ffi.cdata* rille_error
---@param name string the public function
function M.raise(err, name)
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

--- Returns the failure of a call whose input a user typed: nil, the message, and its 1-based position if it has one.
---@param err ffi.cdata* rille_error
---@return nil
---@return string message
---@return integer? position
function M.typed(err)
  local offset = tonumber(err.offset)
  return nil, ffi.string(err.message, err.length), offset >= 0 and offset + 1 or nil
end

--- Returns nil and the message if the input or result of a call exceeds the limits. Raises any other failure as an error at
--- the public function's caller. Must be a tail call: `return failure.limit(err, name)`.
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
