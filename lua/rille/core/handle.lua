--- The native part of an object: freed once, by `close` or else by the collector.
local ffi = require("ffi")
local pressure = require("rille.core.pressure")

local grown, shrunk = pressure.grown, pressure.shrunk

local dot = require("rille.core.dot")

local M = {}

--- The handle of an object, or an error of the public method's caller if it is closed.
---@param self { handle: ffi.cdata*? }
---@return ffi.cdata*
function M.open(self)
  if type(self) ~= "table" then
    error(dot .. type(self), 3)
  end
  local handle = self.handle
  if not handle then
    error("rille: closed", 3)
  end
  return handle
end

--- How the handles of one kind are owned.
---
--- The finaliser is a Lua closure, and the function of C is resolved now: the bare function as finaliser crashes once the
--- namespace is collected, and at the end of a Lua state nothing can be looked up any more.
---@param free ffi.cdata* the function of C that frees one
---@return fun(handle: ffi.cdata*): ffi.cdata* own a new handle
---@return fun(self: { handle: ffi.cdata*? }) close the method; a second call does nothing
function M.kind(free)
  local function finalise(handle)
    free(handle)
  end
  local function own(handle)
    local owned = ffi.gc(handle, finalise)
    grown()
    return owned
  end
  local function close(self)
    local handle = self.handle
    if handle then
      self.handle = nil
      ffi.gc(handle, nil)
      free(handle)
      shrunk()
    end
  end
  return own, close
end

return M
