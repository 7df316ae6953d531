--- `require` for modules that are loaded at their first use, perhaps hours after the start. It reports when no file can be
--- opened by then; a failed attempt leaves no state that would hide the reason from the next one. A tree that was found
--- through a relative path is remembered by its absolute one, so that the program may change its working directory.
local backend = require("rille.core.backend")

local M = {}

local WINDOWS = package.config:sub(1, 1) == "\\"

--- Returns whether a path is absolute on this system.
local function is_absolute(path)
  if WINDOWS then
    return path:find("^%a:[/\\]") ~= nil or path:find("^[/\\][/\\]") ~= nil
  end
  return path:sub(1, 1) == "/"
end

--- Returns the first bytes of a file, or nil if it cannot be opened.
local function head_of(path)
  local file = io.open(path, "rb")
  local head = file and (file:read(3) or "")
  return head, file and file:close()
end

--- Returns the directory with the directory `rille` of this tree, as `require` has found it, and the ending of the files; nil
--- if it is not in the file system, as in an archive that the host reads.
local function find_tree()
  local source = debug and debug.getinfo and debug.getinfo(1, "S").source or ""
  local directory = source:match("^@(.*)rille[/\\]core[/\\]lazy%.lua$")
  if directory and is_absolute(directory) and head_of(source:sub(2)) then
    return directory, ".lua"
  end
  -- Bytecode does not say where it is, or says where it was compiled. A host with loaders of its own may have another
  -- file in mind than the one that `package.path` leads to.
  local name = (backend.parent or "") .. "rille.core.lazy"
  local found = package.searchpath and package.searchpath(name, package.path)
  if
    found and (source == "@" .. found or (#package.loaders <= 4 and (head_of(found)) == "\27LJ")) --
  then
    return found:match("^(.*)rille[/\\]core[/\\]lazy(%.[^/\\]*)$")
  end
end

--- Returns the working directory, with a slash at its end, or nil if the system does not report it.
local function working_directory()
  local answered, path = pcall(function()
    local ffi = require("ffi")
    -- Under a name of ours, as the program may declare the function too.
    local name = WINDOWS and "_getcwd" or "getcwd"
    pcall(ffi.cdef, ('char *rille_lua_getcwd(char *, size_t) __asm__("%s");'):format(name))
    local buffer = ffi.new("char[?]", 4096)
    return ffi.C.rille_lua_getcwd(buffer, 4096) ~= nil and ffi.string(buffer)
  end)
  return answered and path and path:gsub("[/\\]?$", "/", 1) or nil
end

--- The directory with the directory `rille` of this tree, with a slash at its end; nil if it is not in the file system.
---@type string?
M.directory = nil

--- The entries of `package.path` for this tree, if the program's own entry is a relative path.
local entries

do
  local directory, ending = find_tree()
  if directory and not is_absolute(directory) then
    local base = working_directory()
    if base then
      -- In Windows a path that begins with one separator is of the current drive.
      local is_of_drive = directory:find("^[/\\]")
      directory = is_of_drive and (base:match("^%a:") or "") .. directory
        or base .. directory:gsub("^%.[/\\]", "")
      entries = ("%s?%s;%s?/init%s;"):format(directory, ending, directory, ending)
    end
  end
  M.directory = directory
end

--- The file with the version of the Lua code.
local VERSION_FILE = M.directory and M.directory .. "rille/core/backend.lua"

--- A file that always exists.
local ANY_FILE = package.config:sub(1, 1) == "\\" and "NUL" or "/dev/null"

--- Reasons by error number; these numbers are the same on all systems.
local NO_DESCRIPTOR = {
  [23] = "no file descriptor is left in the whole system (ENFILE)",
  [24] = "no file descriptor is left in this process (EMFILE, see RLIMIT_NOFILE)",
}

--- Forgets the modules of rille that are being loaded. `require` marks a module before it runs it and leaves the mark after
--- an error, so that the next `require` would only say "loop or previous error".
function M.forget()
  for name, value in pairs(package.loaded) do
    -- The mark is a userdata or, in newer versions of LuaJIT, a number; no module of rille is one of these.
    if
      (type(value) == "userdata" or type(value) == "number") and (name == "rille" or name:find("^rille%."))
    then
      package.loaded[name] = nil
    end
  end
end

--- Returns the message for a module that cannot be read, or nil if the reason is not a temporary one.
---@param name string
---@param number integer? the system's error number
---@return string?
function M.sentence(name, number)
  local reason = NO_DESCRIPTOR[number]
  return reason
    and ("rille: %s, so the module '%s' cannot be loaded; close one and try again"):format(reason, name)
end

--- Returns a message if an update has replaced the Lua code since it was loaded: a module of the new version would call what the
--- loaded ones do not have.
---@return string?
local function replaced()
  local file = VERSION_FILE and io.open(VERSION_FILE, "rb")
  local version = file and (file:read("*a") or ""):match('version = "([^"]+)"')
  if file then
    file:close()
  end
  if version and version ~= backend.version then
    return ("rille: version %s of the Lua code is running and version %s is on disk now, restart the host to use it"):format(
      backend.version,
      version
    )
  end
end

--- Returns the system's error number if no file can be opened now.
---@return integer?
local function error_number()
  local file, _, number = io.open(ANY_FILE, "rb")
  return not (file and file:close()) and number or nil
end

--- Loads a module; returns it, or nil and why it failed, and true as the third value if a later attempt may succeed.
---@param name string
---@return any module
---@return string? message
---@return boolean? again
function M.try(name)
  if package.loaded[name] == nil then
    local message = replaced()
    if message then
      return nil, message, true
    end
  end
  local path = package.path
  package.path = entries and entries .. path or path
  local loaded, module = pcall(require, name)
  package.path = path
  if loaded then
    return module
  end
  M.forget()
  local sentence = M.sentence(name, error_number())
  if sentence then
    return nil, sentence, true
  end
  -- LuaJIT's own message when it is out of memory.
  return nil, tostring(module), tostring(module):find("not enough memory", 1, true) ~= nil
end

--- Loads a module; raises an error with the reason if that fails.
---@param name string
---@return any module
function M.load(name)
  local module, message = M.try(name)
  if not module then
    error(message, 0)
  end
  return module
end

return M
