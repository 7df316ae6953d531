--- Narrowing of a search in its prompt: after ` -- ` follow globs, types and directories of the files to search.
local uv = vim.uv or vim.loop

local M = {}

--- What a prompt asks for.
---@class rille.nvim.narrowed
---@field pattern string
---@field globs string[]
---@field types string[]
---@field directories string[] below the root, without a slash at the end

local function is_directory(root, name)
  local stat = not name:find("[*?%[{!]") and uv.fs_stat(root .. "/" .. name)
  return stat and stat.type == "directory" or false
end

--- Returns a glob for the files of a directory that match another one.
local function below(directory, glob)
  local excluded, own = glob:match("^(!?)(.*)$")
  own = own:gsub("^/", "")
  -- Without a slash a glob is for names at any depth.
  local deep = not own:gsub("/$", ""):find("/", 1, true)
  return ("%s%s/%s%s"):format(excluded, directory, deep and "**/" or "", own)
end

--- Reads a prompt. The last ` -- ` separates; `\--` in a pattern is no separator.
---@param query string
---@param root string
---@return rille.nvim.narrowed
function M.parse(query, root)
  local pattern, rest = query:match("^(.*) %-%-%s(.*)$")
  if not pattern then
    pattern = query:match("^(.*) %-%-$")
    rest = ""
  end
  local narrowed = { pattern = pattern or query, globs = {}, types = {}, directories = {} }
  for word in (pattern and rest or ""):gmatch("%S+") do
    local type_name = word:match("^(!?[%w_+-]+):$")
    local directory = word:match("^%.?/?([^!].-)/*$")
    if type_name then
      table.insert(narrowed.types, type_name)
    elseif directory and (word:find("/$") or is_directory(root, directory)) and not word:find("[*?%[{!]") then
      table.insert(narrowed.directories, directory)
    else
      table.insert(narrowed.globs, word)
    end
  end
  return narrowed
end

--- Returns the options of a search for what a prompt asks for.
---@param narrowed rille.nvim.narrowed
---@param opts rille.grep.options
---@return rille.grep.options
---@return string? directory of the search, below its root
function M.options(narrowed, opts)
  local globs, directory = vim.list_extend({}, opts.globs or {}), nil
  if #narrowed.directories == 1 then
    directory = narrowed.directories[1]
    vim.list_extend(globs, narrowed.globs)
  elseif #narrowed.directories > 1 then
    local has_own = false
    for _, glob in ipairs(narrowed.globs) do
      has_own = has_own or not glob:find("^!")
    end
    for _, one in ipairs(narrowed.directories) do
      -- A glob that excludes is after those that include.
      if not has_own then
        globs[#globs + 1] = one .. "/**"
      end
      for _, glob in ipairs(narrowed.globs) do
        globs[#globs + 1] = below(one, glob)
      end
    end
  else
    vim.list_extend(globs, narrowed.globs)
  end
  local types = vim.list_extend(vim.list_extend({}, opts.types or {}), narrowed.types)
  local more = { globs = #globs > 0 and globs or nil, types = #types > 0 and types or nil }
  return vim.tbl_extend("force", opts, more), directory
end

return M
