--- The options of files, as both backends read them.
local reader = require("rille.core.options").reader

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

local function is_not_empty(text)
  return text ~= ""
end

--- Reads the options for opening a file. An integer that is not set is 0.
M.open = reader({
  index = { "boolean", default = true },
  cache = { "integer", min = 1, default = 0 },
  threads = { "integer", min = 1, max = 64, default = 0 },
  spool = { "boolean", default = false },
  unpack = { "boolean", default = false },
  spool_limit = { "integer", min = 1, bound = M.LARGEST, default = 0 },
  spool_directory = { "string", fits = is_not_empty, about = "a non-empty string", default = "" },
})

local read_window = reader({
  from_column = { "integer", min = 1, bound = M.LARGEST, default = 1 },
  max_bytes = { "integer", min = 1, max = 2 ^ 30, default = 2 ^ 16 },
})

local window = {}

--- Reads the window of lines.
---@param opts? rille.file.window
---@param name string the public function
---@param level? integer of an error raised by the calling function, 2 by default
---@return integer from offset
---@return integer max_bytes
function M.window(opts, name, level)
  read_window(opts, name, window, (level or 2) + 1)
  return window.from_column - 1, window.max_bytes
end

---@class rille.file.search.options
---@field from? integer start position: forward each match starts there or after it, backward each starts before it
---@field backward? boolean return the last match first
---@field limit? integer maximum number of matches

M.search = reader({
  from = { "integer", min = 1, bound = M.LARGEST },
  backward = { "boolean", default = false },
  limit = { "integer", min = 1, default = 0 },
})

M.count = reader({ lines = { "boolean", default = false } })

M.filter = reader({ invert = { "boolean", default = false } })

--- Checks a line number, a position or a count, and returns it.
---@param value integer
---@param name string the public function and its argument
---@param least? integer minimum, 1 by default
---@return integer
function M.number(value, name, least)
  if type(value) ~= "number" or not (value >= (least or 1) and value <= M.LARGEST) or value % 1 ~= 0 then
    error(("%s must be an integer from %d on, got %s"):format(name, least or 1, tostring(value)), 3)
  end
  return value
end

return M
