--- Keys that switch options of a search or a walk, which the title shows.
local M = {}

---@class rille.nvim.toggle
---@field name string shown in the title while it is on
---@field key string
---@field about string
---@field option string the option that it sets
---@field on? any value of the option while it is on; true by default
---@field off? any value while it is off; false by default
---@field choose? fun(item: any): any returns the value for the selected item, which the title shows; nil for none
---@field is_filter? boolean the items stay, and the query is asked again

--- Returns whether a toggle is on.
local function is_on(toggle, opts)
  local value = opts[toggle.option]
  if toggle.choose then
    return value ~= nil and value ~= false
  elseif toggle.on == nil then
    return value == true
  end
  return value == toggle.on
end

--- Returns the value for a toggle that is switched on.
local function on(toggle, item)
  if toggle.choose then
    return item ~= nil and toggle.choose(item) or nil
  elseif toggle.on == nil then
    return true
  end
  return toggle.on
end

--- Returns the title with the toggles that are on.
local function titled(title, toggles, opts)
  local names = {}
  for _, toggle in ipairs(toggles) do
    if is_on(toggle, opts) then
      names[#names + 1] = toggle.choose and tostring(opts[toggle.option]) or toggle.name
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
      function(handle, item)
        if is_on(toggle, opts) then
          opts[toggle.option] = toggle.off or false
        else
          opts[toggle.option] = on(toggle, item)
        end
        handle:title(titled(title, toggles, opts))
        if toggle.is_filter then
          handle:query(handle:query())
        else
          handle:refresh()
        end
      end,
      desc = toggle.about,
    }
  end
  return keys, titled(title, toggles, opts)
end

return M
