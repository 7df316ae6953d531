--- Pickers with a name, which `:Rille` opens.
local M = {}

--- What a name may consist of.
M.PATTERN = "^%a[%w_-]*$"

---@type table<string, rille.nvim.pick.options>
local named = {}

--- Gives a picker a name. A later one replaces an earlier one.
---@param opts rille.nvim.pick.options with a `name`
function M.add(opts)
  named[opts.name] = opts
end

--- Returns the options of a picker.
---@param name string
---@return rille.nvim.pick.options?
function M.get(name)
  return named[name]
end

--- Returns all names, sorted.
---@return string[]
function M.names()
  local names = vim.tbl_keys(named)
  table.sort(names)
  return names
end

return M
