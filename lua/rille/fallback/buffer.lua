--- The buffer in pure Lua: a growing block of memory owned by the garbage collector.
local ffi = require("ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")

local array = ffi.typeof("uint8_t[?]")

--- The same interface as the native `rille.buffer`.
local Buffer = { is_rille_buffer = true }
Buffer.__index = Buffer

class.named(Buffer, "rille.buffer", function(self)
  return self.memory and class.number(self.length, "byte")
end)

local dot = require("rille.core.dot")

local M = {}

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  end
  if not self.memory then
    error("rille: closed", 3)
  end
  return self.memory
end

---@param capacity? integer bytes to reserve
---@return rille.buffer
function M.new(capacity)
  capacity = bytes.size(capacity or 0, "rille.buffer: capacity")
  return setmetatable({ memory = array(capacity), capacity = capacity, length = 0, reserved = 0 }, Buffer)
end

function Buffer:reset()
  open(self)
  self.length, self.reserved = 0, 0
  return self
end

function Buffer:len()
  open(self)
  return self.length
end

function Buffer:ptr()
  return ffi.cast("const uint8_t *", open(self))
end

function Buffer:tostring()
  return ffi.string(open(self), self.length)
end

function Buffer:put(s)
  open(self)
  bytes.sink(self, s, "rille.buffer:put")
  local text = bytes.string(s, "rille.buffer:put")
  ffi.copy(self:reserve(#text), text, #text)
  return self:commit(#text)
end

function Buffer:reserve(len)
  local memory = open(self)
  local needed = self.length + bytes.size(len, "rille.buffer:reserve: len")
  if needed > self.capacity then
    local capacity = math.max(needed, self.capacity * 2)
    local grown = array(capacity)
    ffi.copy(grown, memory, self.length)
    self.memory, self.capacity, memory = grown, capacity, grown
  end
  self.reserved = len
  return memory + self.length, len
end

function Buffer:commit(len)
  open(self)
  if bytes.size(len, "rille.buffer:commit: len") > self.reserved then
    local message = "rille.buffer:commit: cannot commit %d bytes: %d are reserved"
    error(message:format(len, self.reserved), 2)
  end
  self.length, self.reserved = self.length + len, 0
  return self
end

function Buffer:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.memory = nil
end

return M
