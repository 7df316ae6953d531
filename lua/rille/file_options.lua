--- The options of files, which both backends read alike.

---@class rille.file.options
---@field index? boolean start the index when the file is opened; true by default
---@field cache? integer bytes of the block cache; 4 MiB by default
---@field threads? integer threads of the index and of searches, 4 at most; as many as there are processors by default

---@class rille.file.window
---@field from_column? integer byte of each line to begin at, from 1 on
---@field max_bytes? integer bytes of each line at most; 64 KiB by default, 1 GiB at most

local M = {}

--- No offset is larger: integers above that are not exact in Lua.
M.LARGEST = 2 ^ 53

local function wrong(name, key, value, known)
  error(("%s: wrong option %s = %s (known: %s)"):format(name, tostring(key), tostring(value), known), 4)
end

local function is_integer(value, least, most)
  return type(value) == "number" and value >= least and value <= most and value % 1 == 0
end

local function table_of(opts, name)
  if type(opts) ~= "table" then
    error(("%s: opts must be a table, got %s"):format(name, type(opts)), 4)
  end
  return opts
end

--- Reads the options of opening, or raises an error at the caller's caller.
---@param opts? rille.file.options
---@param name string the public function
---@return boolean index
---@return integer cache
---@return integer threads
function M.open(opts, name)
  local index, cache, threads = true, 0, 0
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    if key == "index" and type(value) == "boolean" then
      index = value
    elseif key == "cache" and is_integer(value, 1, 2 ^ 32 - 1) then
      cache = value
    elseif key == "threads" and is_integer(value, 1, 64) then
      threads = value
    else
      wrong(name, key, value, "index = true | false; cache = bytes; threads = number from 1 on")
    end
  end
  return index, cache, threads
end

--- Reads the window of lines.
---@param opts? rille.file.window
---@param name string the public function
---@return integer from offset
---@return integer most
function M.window(opts, name)
  local from, most = 0, 2 ^ 16
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    if key == "from_column" and is_integer(value, 1, M.LARGEST) then
      from = value - 1
    elseif key == "max_bytes" and is_integer(value, 1, 2 ^ 30) then
      most = value
    else
      wrong(name, key, value, "from_column = byte from 1 on; max_bytes = number up to 2^30")
    end
  end
  return from, most
end

---@class rille.file.search.options
---@field from? integer position to begin at: forward each match begins there or behind it, backward each begins before it
---@field backward? boolean the last match first
---@field limit? integer most matches

--- Reads the options of a search.
---@param opts? rille.file.search.options
---@param name string the public function
---@return integer? from offset
---@return boolean backward
---@return integer limit 0 for none
function M.search(opts, name)
  local from, backward, limit = nil, false, 0
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    if key == "from" and is_integer(value, 1, M.LARGEST) then
      from = value - 1
    elseif key == "backward" and type(value) == "boolean" then
      backward = value
    elseif key == "limit" and is_integer(value, 1, 2 ^ 32 - 1) then
      limit = value
    else
      wrong(name, key, value, "from = position from 1 on; backward = true | false; limit = number from 1 on")
    end
  end
  return from, backward, limit
end

--- Reads the options of a filter.
---@param opts? { invert?: boolean }
---@param name string the public function
---@return boolean invert
function M.filter(opts, name)
  local invert = false
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    if key == "invert" and type(value) == "boolean" then
      invert = value
    else
      wrong(name, key, value, "invert = true | false")
    end
  end
  return invert
end

--- Checks a number of a line, a position or a count.
---@param value integer
---@param name string the public function and its argument
---@param least? integer 1 by default
---@return integer
function M.number(value, name, least)
  if not is_integer(value, least or 1, M.LARGEST) then
    error(("%s must be an integer from %d on, got %s"):format(name, least or 1, tostring(value)), 3)
  end
  return value
end

return M
