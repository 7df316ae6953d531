--- Compiled lists, of patterns or of literals: compiles them in C, caches them, and makes their objects.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local caches = require("rille.core.cache")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")

local EPATTERN, ELIMIT = tonumber(C.RILLE_EPATTERN), tonumber(C.RILLE_ELIMIT)

local M = {}

--- An object of a compiled list.
---@class rille.list
---@field package handle ffi.cdata*?
---@field package shared rille.shared
---@field package n integer length of the list

--- The functions of one kind of lists.
---@class rille.lists
---@field new fun(text: string, ends: ffi.cdata*, count: integer, options: ffi.cdata*): rille.list?, string?, integer? compiles a packed list, or returns it from the cache
---@field take fun(job: ffi.cdata*, count: integer): rille.list?, string?, integer? returns the result of a job as `new` does
---@field clone fun(self: rille.list): rille.list returns another object of the list, which stays open when this one is closed
---@field close fun(self: rille.list) frees the memory, unless another object of the list is in use

--- Returns the functions for a class of compiled lists. Those of C have the names of its prefix.
---@param class table
---@param name string the public function that makes an object
---@param prefix string as "rille_literals"
---@return rille.lists
function M.kind(class, name, prefix)
  local err, out = failure.block(), ffi.new(prefix .. " *[1]")
  local new, take = C[prefix .. "_new"], C[prefix .. "_take"]
  local cache = caches.new(C[prefix .. "_free"], C[prefix .. "_bytes"])

  local function object(shared, count)
    return setmetatable({ handle = shared.handle, shared = shared, n = count }, class)
  end

  --- Returns the object of a handle that C has just written. With a key it is added to the cache.
  local function compiled(status, count, bits, key)
    if status == EPATTERN or status == ELIMIT then
      return failure.typed(err)
    elseif status < 0 then
      failure.raise(err, name)
    end
    return object(cache.share(out[0], bits, key), count)
  end

  local lists = {}

  function lists.new(text, ends, count, options)
    local bits = options.flags
    local key = options.memory_limit == 0 and caches.key(text, ends, count) or nil
    local shared = key and cache.recall(bits, key)
    if shared then
      return object(shared, count)
    end
    return compiled(new(text, #text, ends, count, options, out, err), count, bits, key)
  end

  function lists.take(job, count)
    return compiled(take(job, out, err), count)
  end

  function lists.clone(self)
    self.shared.users = self.shared.users + 1
    return object(self.shared, self.n)
  end

  function lists.close(self)
    if type(self) ~= "table" then
      handles.refuse(self, 4)
    elseif self.handle then
      self.handle = nil
      cache.release(self.shared)
    end
  end

  return lists
end

return M
