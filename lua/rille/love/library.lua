--- Finds the library in a game: beside rille's Lua modules, in the game's directory or archive. The system's loader cannot read
--- archives, so a library in a `.love` or in a fused game is copied to the save directory.
local backend = require("rille.core.backend")

--- Returns the parts of LÖVE that are needed, or nil in other hosts. In a `love.thread` they may not be loaded yet.
local function file_system()
  local found, filesystem = pcall(require, "love.filesystem")
  return found and type(filesystem) == "table" and filesystem.getSaveDirectory and filesystem or nil
end

local function read(path)
  local file = io.open(path, "rb")
  local content = file and file:read("*a")
  return content, file and file:close()
end

--- Returns a name that no other thread or process uses at the same time: the address of a new table is that of no other one.
local function unique()
  local one = {}
  return (("%s-%d-%d"):format(tostring(one), os.time(), os.clock() * 1e6):gsub("[^%w]", ""))
end

--- Writes a file of the save directory. LÖVE makes that directory at the first write, and fails if several threads are there at
--- once.
local function write(filesystem, name, path, content)
  local message
  for _ = 1, 100 do
    local file = io.open(path, "wb")
    if file then
      local written, why = file:write(content)
      return file:close() and written, why
    end
    local made, why = filesystem.write(name, content)
    if made then
      return true
    end
    message = why
    local found, timer = pcall(require, "love.timer")
    if found and type(timer) == "table" then
      timer.sleep(0.01)
    end
  end
  return nil, message
end

--- Writes a file of the save directory that has this content, unless it is there: the path is never one of a part of it.
---@param filesystem table love.filesystem
---@param name string
---@param content string
---@return string? path
---@return string? message
local function save(filesystem, name, content)
  local path = filesystem.getSaveDirectory() .. "/" .. name
  if read(path) == content then
    return path
  end
  local temporary = name .. ".tmp-" .. unique()
  local from = filesystem.getSaveDirectory() .. "/" .. temporary
  local written, message = write(filesystem, temporary, from, content)
  if not written or read(from) ~= content then
    filesystem.remove(temporary)
    return nil, "cannot be written to the save directory: " .. tostring(message or "the disk may be full")
  end
  local renamed, why = os.rename(from, path)
  if not renamed and read(path) ~= content then
    -- Windows does not rename over a file.
    os.remove(path)
    renamed, why = os.rename(from, path)
  end
  filesystem.remove(temporary)
  -- Another thread may have been faster.
  if renamed or read(path) == content then
    return path
  end
  return nil, "cannot be renamed in the save directory: " .. tostring(why)
end

--- Returns the directories of the game that may have the library: of the modules, next to them, and the root.
local function places()
  local source = debug.getinfo(1, "S").source:gsub("\\", "/")
  local directory = source:match("^@?(.*)rille/love/library%.lua$") or ""
  local parent = directory:match("^(.*/)[^/]+/$") or ""
  return { directory .. "rille/", directory, directory .. "lib/", parent, parent .. "lib/", "" }
end

--- Returns the path of a file of the game in the real file system, or nil if it is in an archive.
local function real_path(filesystem, path)
  local directory = filesystem.getRealDirectory(path)
  local real = directory and directory .. "/" .. path
  local file = real and io.open(real, "rb")
  return file and file:close() and real
end

--- Returns a candidate for the library, or nil outside of LÖVE.
---@param names string[] names of the file
---@return rille.candidate?
local function find(names)
  local filesystem = file_system()
  if not filesystem then
    return nil
  end
  for _, place in ipairs(places()) do
    for _, name in ipairs(names) do
      local path = place .. name
      if filesystem.getInfo(path, "file") then
        local real = real_path(filesystem, path)
        if real then
          return { path = real }
        end
        local content, message = filesystem.read(path)
        if content then
          -- Another name than that in the game, as LÖVE looks into the save directory first.
          local saved = name:gsub("^[^.]+", "%0-" .. backend.version, 1)
          path, message = save(filesystem, saved, content)
        end
        return message and { path = place .. name, refused = message } or { path = path }
      end
    end
  end
  return {
    path = names[1],
    refused = "is not in the game: copy it into the directory rille of the Lua modules",
  }
end

return { find = find, save = save, real_path = real_path, file_system = file_system }
