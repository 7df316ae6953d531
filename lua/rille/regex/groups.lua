--- The groups of a match as Lua values. Slots are the offsets that C writes: two for each group, the whole match first.
local ffi = require("ffi")
local new_table = require("rille.core.new_table")

local sub = string.sub
local UNSET = 2 ^ 32 - 1

local M = {}

--- Returns an object from which pieces of a text are made: a string, or a pointer to bytes. `ptr` is from `bytes.of`.
local function pieces(s, ptr)
  return (type(s) == "string" or type(ptr) == "cdata") and ptr or s:tostring()
end

local function piece(text, start, stop)
  if type(text) == "string" then
    return sub(text, start + 1, stop)
  end
  return ffi.string(text + start, stop - start)
end

--- Returns the string of a group, or false if it did not participate.
local function group(text, slots, at)
  local start, stop = slots[at], slots[at + 1]
  return stop ~= UNSET and piece(text, start, stop)
end

local function list_of_groups(text, slots, at, groups)
  local list = {}
  for i = 1, groups do
    list[i] = group(text, slots, at + 2 * i)
  end
  return list
end

--- Returns the strings of a match as string.match does: its groups, or the whole match if there are none.
local function strings(text, slots, at, groups)
  if groups == 0 then
    return group(text, slots, at)
  elseif groups == 1 then
    return group(text, slots, at + 2)
  elseif groups == 2 then
    return group(text, slots, at + 2), group(text, slots, at + 4)
  elseif groups == 3 then
    return group(text, slots, at + 2), group(text, slots, at + 4), group(text, slots, at + 6)
  end
  return unpack(list_of_groups(text, slots, at, groups), 1, groups)
end

--- Writes the string of a group to a table, by its number and its name.
local function fill_group(res, text, slots, at, shared, i)
  local found = group(text, slots, at + 2 * i)
  res[i] = found
  local name = shared.names[i]
  if name then
    res[name] = found
  end
end

--- Writes the strings of a match to a table: `[0]` the whole match, `[1]` the first group, and named groups by name. Without a
--- loop for few groups, as LuaJIT does not compile one within the loop of a caller.
local function fill(res, text, slots, at, shared)
  local groups = shared.groups
  res[0] = group(text, slots, at)
  if groups >= 1 then
    fill_group(res, text, slots, at, shared, 1)
  end
  if groups >= 2 then
    fill_group(res, text, slots, at, shared, 2)
  end
  if groups >= 3 then
    fill_group(res, text, slots, at, shared, 3)
    for i = 4, groups do
      fill_group(res, text, slots, at, shared, i)
    end
  end
  if res[groups + 1] ~= nil then
    -- What a match of another pattern has left.
    for i = groups + 1, #res do
      res[i] = nil
    end
  end
  return res
end

--- Writes the positions of a group to a table, by its number and its name. Uses the table of an earlier match again.
local function put_group(captures, slots, i, name)
  local start, stop = slots[2 * i], slots[2 * i + 1]
  local found = captures[i]
  if stop == UNSET then
    found = false
  elseif type(found) == "table" then
    found[1], found[2] = start + 1, stop
  else
    found = { start + 1, stop }
  end
  captures[i] = found
  if name then
    captures[name] = found
  end
end

--- Returns a table of the positions of the groups of a match, by number and name: a new one, or `res`.
local function positions(slots, shared, res)
  local groups, names = shared.groups, shared.names
  local captures = res or new_table(groups > 0 and groups or 1, shared.named)
  put_group(captures, slots, 0)
  if groups >= 1 then
    put_group(captures, slots, 1, names[1])
  end
  if groups >= 2 then
    put_group(captures, slots, 2, names[2])
  end
  if groups >= 3 then
    for i = 3, groups do
      put_group(captures, slots, i, names[i])
    end
  end
  return captures
end

M.pieces, M.piece, M.group, M.list, M.strings = pieces, piece, group, list_of_groups, strings
M.fill, M.positions = fill, positions

return M
