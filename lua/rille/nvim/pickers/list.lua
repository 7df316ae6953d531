--- The picker for pickers.
local lazy = require("rille.core.lazy")
local catalogue = require("rille.nvim.catalogue")
local open = require("rille.nvim.pick").open
local registry = require("rille.nvim.picker.registry")

local M = {}

--- Cells of the column of names.
local NAME_CELLS = 20

local function parts(item)
  return { item.text .. (" "):rep(NAME_CELLS - #item.text), { (item.about:gsub("`", "")), "RillePath" } }
end

--- Opens a picker for all pickers; the chosen one opens.
---@param opts rille.nvim.open.options
function M.open(opts)
  local items = {}
  for _, entry in ipairs(catalogue.list) do
    if entry.name ~= "pickers" then
      items[#items + 1] = { text = entry.name, about = entry.about }
    end
  end
  for _, name in ipairs(registry.names()) do
    items[#items + 1] = { text = name, about = registry.get(name).title or "" }
  end
  open({
    title = "Pickers",
    kind = "pickers",
    query = opts.query,
    items = items,
    parts = parts,
    preview = false,
    -- `resume` opens the picker that was chosen.
    forgotten = true,
    go = function(item)
      lazy.load("rille.nvim.pickers.open").open(item.text, {})
    end,
  })
end

return M
