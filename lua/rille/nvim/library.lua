--- Keeps the loaded library and Lua code of one version while an update replaces the files on disk.
local rille = require("rille")

local uv = vim.uv or vim.loop

local M = {}

--- The directory of rille, with a trailing `/`.
local root = debug.getinfo(1, "S").source:sub(2):match("^(.*)lua/rille/nvim/library%.lua$")

--- Returns a string that differs between versions of a file.
local function identity(path)
  local stat = path and uv.fs_stat(path)
  return stat and ("%d:%d:%d:%d"):format(stat.ino, stat.size, stat.mtime.sec, stat.mtime.nsec)
end

local path = rille.health().path
local code = root and root .. "lua/rille/init.lua"
local loaded = { library = identity(path), code = identity(code), at = os.time() }

--- Loads every module now, so that no module of another version is loaded later.
function M.hold()
  if not root then
    return
  end
  for _, file in ipairs(vim.fn.globpath(root .. "lua", "rille/**/*.lua", true, true)) do
    local name = file:sub(#root + 5):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
    if
      not name:find("^rille%.fallback")
      and not name:find("^rille%.resty")
      and not name:find("^rille%.love")
    then
      pcall(require, name)
    end
  end
end

--- Returns a message if the library or the Lua code was loaded before an update and runs until Neovim is restarted.
---@return string? message nil if everything loaded is also what is on disk
function M.outdated()
  local built = vim.g.rille_built
  if path and identity(path) ~= loaded.library or built and built > loaded.at then
    return "the library that runs was loaded before an update; restart Neovim to use the new one"
  elseif identity(code) ~= loaded.code then
    return "the Lua code that runs was loaded before an update; restart Neovim to use the new one"
  end
end

return M
