--- Ownership of native handles: each is freed once, by `close` or by the garbage collector.
local ffi = require("ffi")
local pressure = require("rille.core.pressure")

local grown, shrunk = pressure.grown, pressure.shrunk

local dot = require("rille.core.dot")

local M = {}

--- Returns the handle of an object, or raises an error at the public method's caller if it is closed.
---@param self { handle: ffi.cdata*? }
---@return ffi.cdata*
function M.open(self)
  if type(self) ~= "table" then
    error(dot .. type(self), 3)
  end
  local handle = self.handle
  if not handle then
    M.refuse(self, 4)
  end
  return handle
end

--- Raises the error for a method whose object has no handle: the object is closed, or it is an argument.
---@param self any
---@param level integer stack level of the error, for the caller of the method
function M.refuse(self, level)
  -- Objects have a metatable; a list or a table of options, which is an argument, has none.
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), level)
  end
  error("rille: closed", level)
end

--- Returns the functions that own and close handles of one kind.
---
--- The finaliser is a Lua closure, and the C function is resolved now: the bare function as finaliser crashes once the
--- namespace is collected, and when a Lua state is closed nothing can be looked up any more.
---@param free ffi.cdata* the C function that frees a handle
---@return fun(handle: ffi.cdata*): ffi.cdata* own takes ownership of a new handle
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
    if type(self) ~= "table" then
      error(dot .. type(self), 2)
    end
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
