--- The options of a walk, which a search has as well.

---@class rille.walk.options
---@field hidden? boolean hidden files and folders as well
---@field ignore? boolean leave out what .gitignore and its relatives name; true by default
---@field globs? string[] only paths that one of these matches; a leading "!" leaves out
---@field types? string[] only files of these types, by ripgrep's names; a leading "!" leaves out
---@field max_depth? integer how deep to go; 1 is what is in the root itself
---@field follow? boolean go through symbolic links
---@field same_file_system? boolean stay on the root's file system
---@field sort? boolean each folder in the order of its names; takes about twice as long
---@field folders? boolean tell of folders as well
---@field relative? boolean paths are relative to the root; without, they begin with it

local SWITCHES = {
  hidden = true,
  follow = true,
  same_file_system = true,
  sort = true,
  folders = true,
  relative = true,
}

local KNOWN = "hidden, ignore, follow, same_file_system, sort, folders, relative = true | false; globs, types = list of strings; "
  .. "max_depth = number from 1 on"

--- Reads the options, or raises an error at the caller's caller.
---@param opts? rille.walk.options
---@param name string the public function
---@param more? string further options that are known and were read before, for the message
---@return table<string, boolean> flags
---@return integer max_depth 0 for no limit
---@return string[] globs
---@return string[] types
return function(opts, name, more)
  if opts ~= nil and type(opts) ~= "table" then
    error(("%s: opts must be a table, got %s"):format(name, type(opts)), 3)
  end
  local flags, max_depth, globs, types = {}, 0, {}, {}
  for key, value in pairs(opts or {}) do
    if SWITCHES[key] and type(value) == "boolean" then
      flags[key] = value
    elseif key == "ignore" and type(value) == "boolean" then
      flags.no_ignore = not value
    elseif key == "globs" and type(value) == "table" then
      globs = value
    elseif key == "types" and type(value) == "table" then
      types = value
    elseif
      key == "max_depth"
      and type(value) == "number"
      and value >= 1
      and value < 2 ^ 32
      and value % 1 == 0
    then
      max_depth = value
    else
      local message = "%s: wrong option %s = %s (known: %s)"
      error(message:format(name, tostring(key), tostring(value), KNOWN .. (more or "")), 3)
    end
  end
  return flags, max_depth, globs, types
end
