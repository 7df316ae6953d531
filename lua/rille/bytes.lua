--- The forms in which callers pass text: a string, a string.buffer, a rille buffer or a view of foreign memory.
---
--- Each is read in place. A string or string.buffer is passed as it is: the FFI accepts it where C expects
--- `const uint8_t *`.
local ffi = require("ffi")
local class = require("rille.core.class")

local M = {}

--- A view of memory that rille does not own, accepted wherever a text is. The memory is read during calls that receive the
--- view, and must stay valid until then; the view keeps `ptr` itself alive, not the object that it was cast from.
---@class rille.view
---@field ptr ffi.cdata* const uint8_t *
---@field len integer bytes
---@field package anchor ffi.cdata*
local View = {}
View.__index = View

class.named(View, "rille.bytes", function(self)
  return class.number(self.len, "byte")
end)

---@alias rille.source string | string.buffer | rille.buffer | rille.view | rille.lent

--- An object of the host that lends its memory, as LÖVE's `Data`, `ByteData` and `FileData` do.
---@class rille.lent
---@field getSize fun(self: rille.lent): integer
---@field getPointer fun(self: rille.lent): userdata

local const_bytes = ffi.typeof("const uint8_t *")

--- Maximum length of a text in bytes: 4 GiB - 1.
M.MAX_BYTES = 2 ^ 32 - 1

--- Checks a number of bytes, and returns it.
---@param value integer
---@param name string description of the number, for the error of the caller's caller
---@return integer
function M.size(value, name)
  if type(value) ~= "number" or not (value >= 0 and value <= M.MAX_BYTES) or value % 1 ~= 0 then
    error(name .. " must be a number of bytes from 0 to 4 GiB - 1, got " .. tostring(value), 3)
  end
  return value
end

--- Returns a view of memory that rille does not own, accepted wherever a text is. The memory is read during calls that
--- receive the view, and must stay valid until then.
---@param ptr ffi.cdata* pointer to bytes, or array
---@param len integer bytes
---@return rille.view
function M.view(ptr, len)
  local converted, bytes = pcall(const_bytes, ptr)
  if not converted or type(ptr) ~= "cdata" then
    error("rille.bytes: ptr must be a pointer or an array, got " .. type(ptr), 2)
  end
  M.size(len, "rille.bytes: len")
  if bytes == nil and len > 0 then
    error("rille.bytes: ptr is NULL, but len is " .. len, 2)
  end
  return setmetatable({ ptr = bytes, len = len, anchor = ptr }, View)
end

--- Returns the bytes of the view as a new string.
---@return string
function View:tostring()
  return ffi.string(self.ptr, self.len)
end

local has_string_buffer, string_buffer = pcall(require, "string.buffer")
local string_buffer_reserve = has_string_buffer and string_buffer.new().reserve

local function get_reserve(value)
  return value.reserve
end

--- Returns whether userdata is a string.buffer: checks for its method, as reading the metatable is not compiled, and in a
--- `pcall`, as indexing other userdata may raise an error.
local function is_string_buffer(value)
  if type(value) ~= "userdata" then
    return false
  end
  local indexed, reserve = pcall(get_reserve, value)
  return indexed and reserve == string_buffer_reserve and has_string_buffer
end

local function get_methods(value)
  return value.getSize, value.getFFIPointer or value.getPointer
end

--- Returns the pointer and the length of an object of a host that lends its memory by the methods `getFFIPointer` (or
--- `getPointer`) and `getSize`, as LÖVE's `Data` does; nil for any other userdata.
local function lent(value)
  local indexed, size, pointer = pcall(get_methods, value)
  if not (indexed and type(size) == "function" and type(pointer) == "function") then
    return nil
  end
  local found, ptr = pcall(pointer, value)
  if found and ptr == nil and value.getPointer then
    -- `getFFIPointer` returns nil where the JIT compiler is off.
    found, ptr = pcall(value.getPointer, value)
  end
  if not found then
    return nil
  end
  return const_bytes(ptr), value:getSize()
end

--- Returns the pointer and the length of a text that is not a string. A rille buffer has its own methods for them.
local function foreign(s)
  local kind = type(s)
  if kind == "table" then
    if getmetatable(s) == View then
      return s.ptr, s.len
    elseif s.is_rille_buffer then
      return s:ptr(), s:len()
    end
  elseif is_string_buffer(s) then
    return s, #s
  elseif kind == "userdata" then
    return lent(s)
  end
end

--- Returns whether a value is a text, in any of its forms.
---@param s any
---@return boolean
function M.is_text(s)
  return type(s) == "string" or foreign(s) ~= nil
end

local function refuse(s, name, argument)
  local hint = type(s) == "cdata" and "; wrap it as rille.bytes(ptr, len)" or ""
  local message =
    "%s: %s must be a string, a string.buffer, a rille buffer or rille.bytes(ptr, len), got %s%s"
  error(message:format(name, argument or "s", type(s), hint), 4)
end

--- Returns the pointer and the length of a text, for C.
---@param s rille.source
---@param name string the public function, for the error
---@param argument? string name of the argument, if it is not `s`
---@return string|string.buffer|ffi.cdata* ptr
---@return integer len
function M.of(s, name, argument)
  if type(s) == "string" then
    return s, #s
  end
  local ptr, len = foreign(s)
  if not ptr then
    refuse(s, name, argument)
  end
  return ptr, len
end

--- Returns a text as a Lua string, for the fallback.
---@param s rille.source
---@param name string the public function, for the error
---@param argument? string name of the argument, if it is not `s`
---@return string
function M.string(s, name, argument)
  if type(s) == "string" then
    return s
  end
  local ptr, len = foreign(s)
  if not ptr then
    refuse(s, name, argument)
  end
  return is_string_buffer(s) and s:tostring() or ffi.string(ptr, len)
end

--- Checks the output of an `_into` form. Both kinds have `reserve`, `commit` and `put`.
---@param buffer string.buffer|rille.buffer
---@param s? rille.source must be another object, as making room in a buffer moves its content
---@param name string the public function, for the error
function M.sink(buffer, s, name)
  if not is_string_buffer(buffer) and not (type(buffer) == "table" and buffer.is_rille_buffer) then
    error(name .. ": buffer must be a string.buffer or a rille buffer, got " .. type(buffer), 3)
  end
  if rawequal(buffer, s) then
    error(name .. ": buffer and s must not be the same buffer", 3)
  end
end

return M
