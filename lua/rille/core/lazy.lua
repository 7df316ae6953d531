--- `require` for modules that are loaded at their first use, perhaps hours after the start. It reports when no file can be
--- opened by then; a failed attempt leaves no state that would hide the reason from the next one.
local backend = require("rille.core.backend")

local M = {}

--- The file with the version of the Lua code.
local VERSION_FILE = debug.getinfo(1, "S").source:match("^@(.*)lazy%.lua$")
VERSION_FILE = VERSION_FILE and VERSION_FILE .. "backend.lua"

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
  local loaded, module = pcall(require, name)
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
