--- Loads the functions for the option `measure`, which few programs use.
local lazy = require("rille.core.lazy")

--- Returns these functions, or nil without the option.
---@param opts? rille.width_options
---@return table?
return function(opts)
  return type(opts) == "table" and opts.measure and lazy.load("rille.text.measured") or nil
end
