--- The options of a walk, which are also options of a search.

---@class rille.walk.options
---@field hidden? boolean include hidden files and directories
---@field ignore? boolean skip files and directories named in .gitignore, .ignore and similar files; true by default
---@field globs? string[] only paths that match one of these; a leading "!" excludes
---@field types? string[] only files of these types, by ripgrep's names; a leading "!" excludes
---@field max_depth? integer maximum depth; 1 is the content of the root
---@field follow? boolean follow symbolic links
---@field same_file_system? boolean stay on the root's file system
---@field sort? boolean sort each directory by name; takes about twice as long
---@field directories? boolean include directories
---@field relative? boolean make paths relative to the root; otherwise they start with it

local SWITCHES = {
  hidden = true,
  follow = true,
  same_file_system = true,
  sort = true,
  directories = true,
  relative = true,
}

local KNOWN = "hidden, ignore, follow, same_file_system, sort, directories, relative = true | false; globs, types = list of strings; "
  .. "max_depth = number from 1 on"

--- Reads the options, or raises an error at the caller's caller.
---@param opts? rille.walk.options
---@param name string the public function
---@param more? string further options that are allowed and were read before, for the message
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
