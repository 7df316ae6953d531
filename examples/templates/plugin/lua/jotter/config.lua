--- The options: `vim.g.jotter`, or the argument of `require("jotter").setup()`. Mistakes raise no error: `:checkhealth jotter` lists
--- them, and the defaults are used.
local M = {}

---@class jotter.options
---@field directory? string where the notes are
---@field globs? string[] which files are searched
---@field limit? integer maximum number of matches

---@type table<string, any>
M.defaults = { directory = "~/notes", globs = { "*.md", "*.txt" }, limit = 1000 }

local given ---@type jotter.options?

--- Returns what is wrong with a value, or nil.
local function fault(name, value)
  local default = M.defaults[name]
  if default == nil then
    local known = vim.tbl_keys(M.defaults)
    table.sort(known)
    return ("unknown option '%s' (known: %s)"):format(name, table.concat(known, ", "))
  elseif type(value) ~= type(default) then
    return ("option '%s' must be a %s, got %s"):format(name, type(default), type(value))
  elseif name == "limit" and (value < 1 or value % 1 ~= 0) then
    return ("option 'limit' must be an integer >= 1, got %s"):format(value)
  end
end

--- Returns all options and the list of mistakes.
---@return table<string, any> options
---@return string[] faults
function M.get()
  local options, faults = vim.deepcopy(M.defaults), {}
  for _, source in ipairs({ vim.g.jotter or {}, given or {} }) do
    if type(source) ~= "table" then
      faults[#faults + 1] = "vim.g.jotter must be a table, got " .. type(source)
      source = {}
    end
    for name, value in pairs(source) do
      local message = fault(name, value)
      if message then
        faults[#faults + 1] = message
      else
        options[name] = value
      end
    end
  end
  table.sort(faults)
  return options, faults
end

--- Sets options, which take precedence over `vim.g.jotter`.
---@param options? jotter.options
function M.set(options)
  given = options
end

return M
