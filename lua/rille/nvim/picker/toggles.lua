--- Keys that switch options of a search or a walk, which the title shows.
local M = {}

---@class rille.nvim.toggle
---@field name string shown in the title while it is on
---@field key string
---@field about string
---@field option string the option that it sets
---@field on? any value of the option while it is on; true by default
---@field off? any value while it is off; false by default

local function on(toggle)
  if toggle.on == nil then
    return true
  end
  return toggle.on
end

--- Returns the title with the toggles that are on.
local function titled(title, toggles, opts)
  local names = {}
  for _, toggle in ipairs(toggles) do
    if opts[toggle.option] == on(toggle) then
      names[#names + 1] = toggle.name
    end
  end
  return #names > 0 and ("%s [%s]"):format(title, table.concat(names, ", ")) or title
end

--- Returns the keys of a picker for toggles, and its title.
---@param title string
---@param toggles rille.nvim.toggle[]
---@param opts table the options, which the keys change; the picker reads its items again
---@return table<string, rille.nvim.pick.key> keys
---@return string title
function M.keys(title, toggles, opts)
  local keys = {}
  for _, toggle in ipairs(toggles) do
    keys[toggle.key] = {
      function(handle)
        if opts[toggle.option] == on(toggle) then
          opts[toggle.option] = toggle.off or false
        else
          opts[toggle.option] = on(toggle)
        end
        handle:title(titled(title, toggles, opts))
        handle:refresh()
      end,
      desc = toggle.about,
    }
  end
  return keys, titled(title, toggles, opts)
end

return M
