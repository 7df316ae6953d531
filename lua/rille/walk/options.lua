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

local M = {}

---@type table<string, rille.option>
M.fields = {
  hidden = { "boolean", default = false },
  ignore = { "boolean", default = true },
  globs = { "strings" },
  types = { "strings" },
  max_depth = { "integer", min = 1, default = 0 },
  follow = { "boolean", default = false },
  same_file_system = { "boolean", default = false },
  sort = { "boolean", default = false },
  directories = { "boolean", default = false },
  relative = { "boolean", default = false },
}

M.read = require("rille.core.options").reader(M.fields)

return M
