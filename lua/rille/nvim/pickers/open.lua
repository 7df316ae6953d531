--- Opens a picker by its name.
local lazy = require("rille.core.lazy")
local catalogue = require("rille.nvim.catalogue")
local registry = require("rille.nvim.picker.registry")

local M = {}

--- Returns a function that opens the picker of a name with options, or nil.
---@param name string
---@return fun(opts: rille.nvim.open.options)?
function M.opener(name)
  local entry, opts = catalogue.get(name), registry.get(name)
  if entry and not entry.run then
    return function(given)
      lazy.load("rille.nvim.pickers")[name]({ query = given.query })
    end
  elseif entry then
    return function(given)
      lazy.load("rille.nvim.pickers." .. entry.run[1])[entry.run[2]](given, unpack(entry.run, 3))
    end
  elseif opts then
    return function(given)
      lazy.load("rille.nvim.pick").pick(vim.tbl_extend("force", opts, { query = given.query or opts.query }))
    end
  end
end

--- Returns the names of all pickers, sorted.
---@return string[]
function M.names()
  local list = {}
  for _, entry in ipairs(catalogue.list) do
    list[#list + 1] = entry.name
  end
  vim.list_extend(list, registry.names())
  table.sort(list)
  return list
end

--- Opens the picker of a name.
---@param name string
---@param opts rille.nvim.open.options
---@return boolean known
function M.open(name, opts)
  local opener = M.opener(name)
  if opener then
    opener(opts)
  end
  return opener ~= nil
end

return M
