--- LÖVE's file system and `Data` for rille.
local ffi = require("ffi")
local bytes = require("rille.bytes")
local library = require("rille.love.library")
local rille = require("rille")

---@class rille.love
local M = {}

--- Maximum number of bytes of the files of an archive that are read for a search.
local MAX_PACKED_BYTES = 64 * 2 ^ 20

--- Returns a text, for example the content of a buffer with the result of an `_into` form, as a new `ByteData`.
---@param s rille.source not empty, as LÖVE has no empty `Data`
---@return any data a `love.ByteData`
function M.data(s)
  local ptr, len = bytes.of(s, "rille.love.data")
  if len == 0 then
    error("rille.love.data: s is empty, and LÖVE has no empty Data", 2)
  elseif type(ptr) == "string" then
    return require("love.data").newByteData(ptr)
  end
  local data = require("love.data").newByteData(len)
  ffi.copy(
    ffi.cast("uint8_t *", data:getPointer()),
    type(ptr) == "cdata" and ptr or ffi.cast("const uint8_t *", ptr),
    len
  )
  return data
end

--- Returns the kind of a path of LÖVE, and its path in the system's file system if it is not in an archive.
---@return string? kind "file", "directory" or nil and a message
---@return string? real_path
local function locate(path, name)
  if type(path) ~= "string" then
    error(("%s: path must be a string, got %s"):format(name, type(path)), 3)
  end
  local filesystem = library.file_system()
  if not filesystem then
    error(name .. ": this host has no love.filesystem", 3)
  end
  local info = filesystem.getInfo(path)
  if not info then
    return nil, path .. ": no such file or directory in the game or its save directory"
  elseif info.type == "file" then
    return "file", library.real_path(filesystem, path)
  end
  -- The root itself is in several places; a directory of the game comes first.
  local base = (path == "" or path == "/") and filesystem.getSource() or filesystem.getRealDirectory(path)
  -- An archive is a file, which can be read; a directory cannot.
  local file = base and io.open(base, "rb")
  local is_archive = file and file:read(0) ~= nil
  if file then
    file:close()
  end
  return "directory", base and not is_archive and (base .. "/" .. path):gsub("/+$", "") or nil
end

--- Opens a file by its path in LÖVE: in the save directory, or in the game.
---
--- A file in an archive is read by LÖVE and copied to the save directory first, below `rille-files/`: at most 2 GiB.
---@param path string
---@param opts? rille.file.options
---@return rille.file?
---@return string? message
function M.file(path, opts)
  local kind, real = locate(path, "rille.love.file")
  if kind == nil then
    return nil, real
  elseif kind == "directory" then
    return nil, path .. ": is a directory"
  elseif not real then
    local filesystem = library.file_system()
    local content, message = filesystem.read(path)
    if not content then
      return nil, path .. ": " .. tostring(message)
    end
    local name = "rille-files/" .. path
    filesystem.createDirectory(name:match("^(.*)/"))
    real, message = library.save(filesystem, name, content)
    if not real then
      return nil, path .. ": " .. message
    end
  end
  return rille.file(real, opts)
end

--- Walks a directory by its path in LÖVE. LÖVE merges the directories of the game and the save directory; this walks the
--- one that comes first: that of the save directory, except for the root `""`, which is the game. An archive cannot be walked.
---@param path string
---@param opts? rille.walk.options
---@return rille.job?
---@return string? message
function M.walk(path, opts)
  local kind, real = locate(path, "rille.love.walk")
  if kind == nil then
    return nil, real
  elseif kind ~= "directory" then
    return nil, path .. ": is not a directory"
  elseif not real then
    return nil, path .. ": is in an archive; list it with love.filesystem.getDirectoryItems"
  end
  return rille.walk(real, opts)
end

--- Reads the files of a directory in an archive; returns the texts by path, or nil and why not.
local function packed(path)
  local filesystem, texts, total = library.file_system(), {}, 0
  local function add(directory)
    for _, item in ipairs(filesystem.getDirectoryItems(directory)) do
      local at = directory == "" and item or directory .. "/" .. item
      local info = filesystem.getInfo(at)
      if info and info.type == "directory" then
        local ok, message = add(at)
        if not ok then
          return nil, message
        end
      elseif info then
        total = total + (info.size or 0)
        if total > MAX_PACKED_BYTES then
          return nil, path .. ": has more than 64 MiB in an archive; search a smaller directory"
        end
        texts[at] = filesystem.read(at)
      end
    end
    return true
  end
  local ok, message = add((path:gsub("/+$", "")))
  return ok and texts or nil, message
end

--- Searches a directory by its path in LÖVE, as `walk` finds it. The files of an archive are read by LÖVE on this thread first, at
--- most 64 MiB: their paths are those in LÖVE.
---@param pattern rille.line_pattern|rille.line_pattern[]
---@param path string
---@param opts? rille.grep.options
---@return rille.job?
---@return string? message
---@return integer? position
function M.grep(pattern, path, opts)
  local kind, real = locate(path, "rille.love.grep")
  if kind == nil then
    return nil, real
  elseif kind ~= "directory" then
    return nil, path .. ": is not a directory"
  elseif real then
    return rille.grep(pattern, real, opts)
  end
  local texts, message = packed(path)
  if not texts then
    return nil, message
  end
  -- The root is an empty directory, so that only the texts are searched.
  local filesystem, own = library.file_system(), {}
  filesystem.createDirectory("rille-empty")
  for key, value in pairs(opts or {}) do
    own[key] = value
  end
  own.texts = texts
  return rille.grep(pattern, filesystem.getSaveDirectory() .. "/rille-empty", own)
end

return M
