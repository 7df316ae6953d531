--- The options of files, as both backends read them.

---@class rille.file.options
---@field index? boolean start the index when the file is opened; true by default
---@field cache? integer bytes of the block cache; 4 MiB by default
---@field threads? integer threads of the index and of searches, at most 4; by default one for each processor
---@field spool? boolean copy a file without a size, such as a pipe or a device, to a temporary file, by a job
---@field unpack? boolean decompress gzip and zstd, recognised by their first bytes, to a temporary file, by a job
---@field spool_limit? integer maximum number of bytes of the temporary file; 16 GiB by default
---@field spool_directory? string directory of the temporary file; by default the system's

---@class rille.file.window
---@field from_column? integer first byte of each line, from 1 on
---@field max_bytes? integer maximum number of bytes of each line; 64 KiB by default, at most 1 GiB

local M = {}

--- Maximum offset: larger integers are not exact in Lua.
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

--- The result of `open`: the options, each with its value or default.
---@class rille.file.opening
---@field index boolean
---@field cache integer
---@field threads integer
---@field spool boolean
---@field unpack boolean
---@field spool_limit integer
---@field spool_directory string

--- Reads the options for opening a file, or raises an error at the caller's caller.
---@param opts? rille.file.options
---@param name string the public function
---@return rille.file.opening
function M.open(opts, name)
  local read = {
    index = true,
    cache = 0,
    threads = 0,
    spool = false,
    unpack = false,
    spool_limit = 0,
    spool_directory = "",
  }
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    local known = read[key] ~= nil and type(value) == type(read[key])
    if key == "cache" then
      known = is_integer(value, 1, 2 ^ 32 - 1)
    elseif key == "threads" then
      known = is_integer(value, 1, 64)
    elseif key == "spool_limit" then
      known = is_integer(value, 1, M.LARGEST)
    elseif key == "spool_directory" then
      known = known and value ~= ""
    end
    if not known then
      wrong(
        name,
        key,
        value,
        "index = true | false; cache = bytes; threads = number from 1 on; spool = true | false; "
          .. "unpack = true | false; spool_limit = bytes; spool_directory = path"
      )
    end
    read[key] = value
  end
  return read
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
---@field from? integer start position: forward each match starts there or after it, backward each starts before it
---@field backward? boolean return the last match first
---@field limit? integer maximum number of matches

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

--- Reads a table with a single option, a boolean.
---@param opts? table<string, boolean>
---@param switch string
---@param name string the public function
---@return boolean
function M.switch(opts, switch, name)
  local on = false
  for key, value in pairs(opts == nil and {} or table_of(opts, name)) do
    if key == switch and type(value) == "boolean" then
      on = value
    else
      wrong(name, key, value, switch .. " = true | false")
    end
  end
  return on
end

--- Checks a line number, a position or a count, and returns it.
---@param value integer
---@param name string the public function and its argument
---@param least? integer minimum, 1 by default
---@return integer
function M.number(value, name, least)
  if not is_integer(value, least or 1, M.LARGEST) then
    error(("%s must be an integer from %d on, got %s"):format(name, least or 1, tostring(value)), 3)
  end
  return value
end

return M
