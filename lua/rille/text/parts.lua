--- Names the module that defines each function of `rille.text`, for both backends. A module is loaded when one of its
--- functions is first used.
local lazy = require("rille.core.lazy")
local PARTS = {
  offset = "offset",
  offsets = "offset",
  segments = "segment",
  upper = "case",
  upper_into = "case",
  lower = "case",
  lower_into = "case",
  fold = "case",
  fold_into = "case",
  equal_fold = "case",
  normalize = "normalize",
  normalize_into = "normalize",
  width = "width",
  pad = "width",
  pad_into = "width",
  truncate = "truncate",
  truncate_into = "truncate",
  truncate_list = "truncate",
  truncate_list_into = "truncate",
  wrap = "wrap",
  wrap_into = "wrap",
  wrap_spans = "wrap",
}

for _, name in ipairs(require("rille.text.units").jobs) do
  PARTS[name .. "_job"] = "job"
end

--- Makes the functions of the parts available in the module `M`.
---@generic T: table
---@param M T
---@param directory string prefix of the parts' module names
---@return T
return function(M, directory)
  return setmetatable(M, {
    __index = function(self, key)
      local part = PARTS[key]
      if part then
        for name, value in pairs(lazy.load(directory .. part)) do
          rawset(self, name, value)
        end
        return rawget(self, key)
      end
    end,
  })
end
