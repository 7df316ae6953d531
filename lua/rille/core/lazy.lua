--- `require` for what is loaded at its first use, perhaps hours after the start: it says so if no file can be opened by
--- then, and a failed attempt leaves nothing behind that hides the reason from the next one.
local M = {}

--- A file that is always there.
local ANY_FILE = package.config:sub(1, 1) == "\\" and "NUL" or "/dev/null"

--- By the number of the system's error, which is the same on all of them.
local NO_DESCRIPTOR = {
  [23] = "no file descriptor is left in the whole system (ENFILE)",
  [24] = "no file descriptor is left in this process (EMFILE, see RLIMIT_NOFILE)",
}

--- Forgets the modules of rille that are being loaded. `require` marks a module before it runs it, and after an error
--- leaves the mark, so that the next `require` has only "loop or previous error" to say.
function M.forget()
  for name, value in pairs(package.loaded) do
    -- The mark is a userdata or, in younger versions of LuaJIT, a number; no module of rille is one of these.
    if
      (type(value) == "userdata" or type(value) == "number") and (name == "rille" or name:find("^rille%."))
    then
      package.loaded[name] = nil
    end
  end
end

--- The sentence about a module that cannot be read, or nil if the reason is none that goes away by itself.
---@param name string
---@param number integer? of the system's error
---@return string?
function M.sentence(name, number)
  local reason = NO_DESCRIPTOR[number]
  return reason
    and ("rille: %s, so the module '%s' cannot be loaded; close one and try again"):format(reason, name)
end

--- The number of the system's error if no file can be opened now.
---@return integer?
local function error_number()
  local file, _, number = io.open(ANY_FILE, "rb")
  return not (file and file:close()) and number or nil
end

--- The module, or nil and why it cannot be had; true as the third value if a later attempt may succeed.
---@param name string
---@return any module
---@return string? message
---@return boolean? again
function M.try(name)
  local loaded, module = pcall(require, name)
  if loaded then
    return module
  end
  M.forget()
  local sentence = M.sentence(name, error_number())
  if sentence then
    return nil, sentence, true
  end
  -- LuaJIT's own words when its memory is at an end.
  return nil, tostring(module), tostring(module):find("not enough memory", 1, true) ~= nil
end

--- The module, or an error that says why it cannot be had.
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
