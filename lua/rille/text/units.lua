--- The units of text that functions count in and split by.
---@alias rille.unit "byte" | "char" | "utf16" | "grapheme" | "word" | "line" | "cell" | "sentence" | "linebreak"
---@alias rille.unit.position "byte" | "char" | "utf16" | "grapheme" | "cell"
---@alias rille.unit.segment "grapheme" | "word" | "sentence" | "line" | "linebreak"
local M = {
  ---@type rille.unit[]
  count = { "byte", "char", "utf16", "grapheme", "word", "line", "cell", "sentence", "linebreak" },
  ---@type rille.unit[]
  reverse = { "byte", "char", "grapheme" },
  ---@type rille.unit.position[]
  offset = { "byte", "char", "utf16", "grapheme", "cell" },
  ---@type rille.unit.segment[]
  segments = { "grapheme", "word", "sentence", "line", "linebreak" },
  ---@type rille.form[]
  forms = { "NFC", "NFD", "NFKC", "NFKD" },
  --- The functions on text that have a job form.
  jobs = {
    "reverse",
    "validate",
    "repair",
    "count",
    "offset",
    "offsets",
    "width",
    "truncate",
    "pad",
    "wrap",
    "wrap_spans",
    "upper",
    "lower",
    "fold",
    "equal_fold",
    "normalize",
  },
}

--- Returns the C constants of units, by name.
---@param C ffi.namespace*
---@param names string[]
---@return table<string, integer>
function M.ids(C, names)
  local map = {}
  for _, name in ipairs(names) do
    map[name] = C["RILLE_UNIT_" .. name:upper()]
  end
  return map
end

--- Raises an error at the caller's caller unless `unit` is one of `known`.
---@generic T
---@param unit T
---@param known T[]
---@param name string the public function, for the error
---@param what? string the name of the argument, if it is not a unit
---@return T
function M.check(unit, known, name, what)
  for i = 1, #known do
    if known[i] == unit then
      return unit
    end
  end
  local said = type(unit) == "string" and "'" .. unit .. "'" or type(unit)
  error(("%s: unknown %s %s (known: %s)"):format(name, what or "unit", said, table.concat(known, ", ")), 3)
end

return M
