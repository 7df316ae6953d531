--- Checking options of the public functions: unknown names and wrong types are errors that list the known ones.
local M = {}

--- Checks options and returns them, or raises an error at the caller of the public function.
---@param opts any
---@param name string the public function
---@param known table<string, string> types of each option, separated by "|"
---@return table
function M.read(opts, name, known)
  if opts == nil then
    return {}
  elseif type(opts) ~= "table" then
    error(("%s: opts must be a table, got %s"):format(name, type(opts)), 3)
  end
  for key, value in pairs(opts) do
    local types = known[key]
    if not types or not ("|" .. types .. "|"):find("|" .. type(value) .. "|", 1, true) then
      local list = {}
      for other, kind in pairs(known) do
        list[#list + 1] = ("%s = %s"):format(other, (kind:gsub("|", " or ")))
      end
      table.sort(list)
      error(
        ("%s: wrong option %s = %s (known: %s)"):format(
          name,
          tostring(key),
          tostring(value),
          table.concat(list, "; ")
        ),
        3
      )
    end
  end
  return opts
end

return M
