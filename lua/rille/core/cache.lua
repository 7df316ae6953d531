--- Compiled things that objects share: patterns, sets, lists of literals. Kept by content, bounded in number and bytes.
---
--- There are two generations: when the young one is full, it becomes the old one, and what was old and was not asked for
--- meanwhile is forgotten. A thing that is forgotten lives on while an object uses it.
local ffi = require("ffi")
local handles = require("rille.core.handle")

--- What all objects of one content share.
---@class rille.shared
---@field handle ffi.cdata*
---@field users integer objects that were made and not closed
---@field group? integer the flags, if it is in the cache
---@field key? string the content
---@field bytes? number what it counts for

--- The most things in a generation, and the most bytes of one: native memory and keys.
local COUNT, BYTES = 64, 8 * 2 ^ 20

local M = {}

--- The key of a packed list. No two lists have the same: the ends tell how long the text is.
---@param text string
---@param ends ffi.cdata* uint32_t[count]
---@param count integer
---@return string
function M.key(text, ends, count)
  return ffi.string(ends, 4 * count) .. text
end

--- Makes a cache of handles of one kind.
---@param free ffi.cdata* the function of C that frees one
---@param bytes ffi.cdata* the function of C that returns its memory
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

  --- Owns a handle that was just made, for one user, and keeps it if there is a key.
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

  --- What is kept of a content, with one user more.
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

  --- Takes a user away. The last one that is closed takes the thing with it.
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
