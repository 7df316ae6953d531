--- A cache of compiled patterns, sets and lists of literals, shared between objects. The key is the content; the number of
--- entries and their bytes are limited.
---
--- There are two generations: when the young one is full it becomes the old one, and the entries of the previous old one
--- that were not used meanwhile are dropped. A dropped entry stays alive while an object uses it.
local ffi = require("ffi")
local handles = require("rille.core.handle")

--- A compiled entry, shared by all objects with the same content.
---@class rille.shared
---@field handle ffi.cdata*
---@field users integer number of objects that use it and are not closed
---@field group? integer the flags, if it is in the cache
---@field key? string the content, as a key
---@field bytes? number its size for the limit

--- Maximum number of entries in a generation, and maximum bytes of one: native memory and keys.
local COUNT, BYTES = 64, 8 * 2 ^ 20

local M = {}

--- Returns the key of a packed list. No two lists have the same key: the ends determine the length of the text.
---@param text string
---@param ends ffi.cdata* uint32_t[count]
---@param count integer
---@return string
function M.key(text, ends, count)
  return ffi.string(ends, 4 * count) .. text
end

--- Returns a new cache of handles of one kind.
---@param free ffi.cdata* the C function that frees a handle
---@param bytes ffi.cdata* the C function that returns a handle's memory in bytes
---@return { share: function, recall: function, release: function }
function M.new(free, bytes)
  local own, close = handles.kind(free)
  local young, old, count, size = {}, {}, 0, 0
  local cache = {}

  local function remember(shared, group, key)
    if count == COUNT or size + shared.bytes > BYTES then
      old, young, count, size = young, {}, 0, 0
    end
    local things = young[group]
    if not things then
      things = {}
      young[group] = things
    end
    things[key] = shared
    count, size = count + 1, size + shared.bytes
  end

  local function forget(shared)
    local group, key = shared.group, shared.key
    if group and young[group] and young[group][key] == shared then
      young[group][key] = nil
      count, size = count - 1, size - shared.bytes
    elseif group and old[group] and old[group][key] == shared then
      old[group][key] = nil
    end
  end

  --- Takes ownership of a new handle, with one user, and caches it if there is a key.
  ---@param handle ffi.cdata*
  ---@param group integer
  ---@param key? string
  ---@return rille.shared
  function cache.share(handle, group, key)
    local shared = { handle = own(handle), users = 1 }
    if key then
      shared.bytes = bytes(shared.handle) + #key
      if shared.bytes <= BYTES then
        shared.group, shared.key = group, key
        remember(shared, group, key)
      end
    end
    return shared
  end

  --- Returns the cached entry of a content and adds a user to it, or returns nil.
  ---@param group integer
  ---@param key string
  ---@return rille.shared?
  function cache.recall(group, key)
    local things = young[group]
    local shared = things and things[key]
    if not shared then
      things = old[group]
      shared = things and things[key]
      if not shared then
        return nil
      end
      things[key] = nil
      remember(shared, group, key)
    end
    shared.users = shared.users + 1
    return shared
  end

  --- Removes a user. The last one frees the entry and removes it from the cache.
  ---@param shared rille.shared
  function cache.release(shared)
    shared.users = shared.users - 1
    if shared.users == 0 then
      forget(shared)
      close(shared)
    end
  end

  return cache
end

return M
