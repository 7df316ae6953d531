--- The units that text is counted and cut in.
---@alias rille.unit "byte" | "char" | "utf16" | "grapheme" | "word" | "line" | "cell"
local M = {
  ---@type rille.unit[]
  count = { "byte", "char", "utf16", "grapheme", "word", "line", "cell" },
  ---@type rille.unit[]
  reverse = { "byte", "char", "grapheme" },
}

--- Raises an error at the caller's caller unless `unit` is one of `known`.
---@param unit rille.unit
---@param known rille.unit[]
---@param name string the public function, for the error
---@return rille.unit
function M.check(unit, known, name)
  for i = 1, #known do
    if known[i] == unit then
      return unit
    end
  end
  local said = type(unit) == "string" and "'" .. unit .. "'" or type(unit)
  error(("%s: unknown unit %s (known: %s)"):format(name, said, table.concat(known, ", ")), 3)
end

return M
