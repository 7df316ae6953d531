--- Literal file names: nothing here treats a name as a pattern or expands a variable in it.
local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

--- Returns the absolute form of a path, with `/` between its parts. Only a leading `~` is expanded.
---@param path string
---@param base? string the directory of a relative path; the working directory by default
---@return string? absolute nil if the path is relative and there is no working directory
function M.absolute(path, base)
  if path == "~" or path:find("^~[/\\]") then
    path = uv.os_homedir() .. path:sub(2)
  end
  if not (path:find("^/") or path:find("^%a:[/\\]") or path:find("^\\\\")) then
    base = base or uv.cwd()
    if not base then
      return nil
    end
    path = base .. "/" .. path
  end
  path = vim.fs.normalize(path, { expand_env = false })
  -- Removes `.` and `..` as far as that is possible in the text alone.
  path = path:gsub("/%./", "/"):gsub("/%.$", "")
  path = path == "" and "/" or path
  return #path > 1 and path:gsub("/$", "") or path
end

--- Returns the path for an argument of the command line: the argument itself if such a file exists; otherwise `\` before
--- special characters is removed, and `%`, `#`, `~`, `<cfile>` and variables are expanded.
---@param argument string
---@return string
function M.named(argument)
  local literal = argument:gsub("\\([^%w_/.])", "%1")
  for _, name in ipairs({ argument, literal }) do
    local path = M.absolute(name)
    if path and uv.fs_lstat(path) then
      return path
    end
  end
  local expanded
  if argument:find("^[%%#<]") then
    expanded = vim.fn.expand(argument)
  elseif argument:find("%$") then
    expanded = vim.fs.normalize(argument)
  else
    expanded = literal
  end
  return M.absolute(expanded) or expanded
end

--- Returns whether two paths lead to the same file, through any links or mounts.
---@param a string
---@param b string
---@return boolean
function M.is_same_file(a, b)
  local one, other = uv.fs_stat(a), uv.fs_stat(b)
  return one ~= nil and other ~= nil and one.dev == other.dev and one.ino == other.ino
end

--- Returns the kind of a path that an editor cannot open or would block on: "fifo", "socket", "char", or "none" if no file
--- can have such a name; otherwise nil.
---@param path string
---@return string?
function M.special(path)
  if path:find("%z") then
    return "none"
  end
  local stat = uv.fs_stat(path)
  local kind = stat and stat.type
  return (kind == "fifo" or kind == "socket" or kind == "char") and kind or nil
end

--- Returns the buffer whose name is exactly this absolute path.
---@param path string
---@return integer? buf nil if there is none
function M.buffer(path)
  -- Other functions treat a name as a pattern; these two do not.
  return not path:find("%z") and vim.fn.bufexists(path) == 1 and vim.fn.bufadd(path) or nil
end

--- Returns the view of a buffer, which holds only a part of its file.
---@param buf integer
---@return rille.nvim.viewer.view?
function M.view(buf)
  local status = package.loaded["rille.nvim.viewer.status"]
  return status and status.views[buf] or nil
end

--- Returns the buffer that views a file, by whatever name it was opened.
---@param path string
---@return integer?
function M.viewing(path)
  local status = package.loaded["rille.nvim.viewer.status"]
  for buf, view in pairs(status and status.views or {}) do
    if view.path == path or M.is_same_file(view.path, path) then
      return buf
    end
  end
end

--- Returns the loaded buffer of a path, if it contains the text of the whole file.
---@param path string
---@return integer?
function M.loaded(path)
  local buf = M.buffer(path)
  return buf and api.nvim_buf_is_loaded(buf) and not M.view(buf) and buf or nil
end

return M
