--- The options of all functions that measure in display cells, for both backends.
local reader = require("rille.core.options").reader

local LARGEST = 2 ^ 32 - 1

local maxn = table.maxn

local M = {}

--- Options of width.
---@class rille.width_options
---@field style? "terminal"|"neovim"|"strwidth" how width is measured: as by terminals (the default), as by Neovim 0.11
--- or later (`strdisplaywidth()`), or as by its `nvim_strwidth()`
---@field ambiguous? 1|2 cells of a character whose East Asian Width is Ambiguous; 1 by default
---@field tabstop? integer cells from one tab stop to the next; 8 by default
---@field column? integer 0-based column at which the text starts, for its tabs; 0 by default. In a wrapped text every
--- line starts there
---@field measure? rille.measure a function that returns the width of a grapheme cluster, or a table of widths with one as
--- `default`: widths are then in its unit, such as pixels, and the options above do not apply. A function is called once for each
--- cluster, and must return the same each time
---@field kerning? rille.kerning with `measure`: a function or a table of tables that returns by how much the second of two clusters
--- moves away from the first, or towards it if negative

---@class rille.truncate_options: rille.width_options
---@field side? "right"|"left"|"middle" which part of the text is cut; the right one by default
---@field ellipsis? string what replaces it; `…` by default

---@class rille.pad_options: rille.width_options
---@field align? "left"|"right"|"center" where the text is placed; at the left by default
---@field fill? string what fills the other cells; one cell wide, by default a space

---@class rille.wrap_options: rille.width_options
---@field keep_long_words? boolean whether a word that is longer than a line stays whole

-- Numbers are those of C. A reader is called for every text, so it checks the names of a table only once.
local function layout(more, measured)
  local fields = {
    style = { values = { "terminal", "neovim", "strwidth" }, numbered = true, default = 0 },
    ambiguous = { values = { 1, 2 }, default = 1 },
    tabstop = { "integer", min = 1, default = 8 },
    column = { "integer", min = 0, default = 0 },
  }
  for _, declared in ipairs({ more, measured }) do
    for key, field in pairs(declared) do
      fields[key] = field
    end
  end
  return reader(fields, true)
end

--- Options of width, truncation and padding as numbers: the C struct, or a table with the same fields.
---@class rille.layout
---@field style integer
---@field ambiguous integer
---@field tabstop integer
---@field column integer
---@field cells integer
---@field side integer
---@field align integer
---@field keep_long_words integer
---@field ellipsis ffi.cdata*|string|nil
---@field ellipsis_len integer

local DECLARED = {
  width = {},
  truncate = {
    side = { values = { "right", "left", "middle" }, numbered = true, default = 0 },
    ellipsis = { "string", unread = true },
  },
  pad = {
    align = { values = { "left", "right", "center" }, numbered = true, default = 0 },
    fill = { "string", unread = true },
  },
  wrap = { keep_long_words = { "boolean", numbered = true, default = 0 } },
}
local MEASURED = {
  measure = { "function", "table", unread = true },
  kerning = { "function", "table", unread = true },
}

--- Read the options of a function into a table or the C struct: `read` with those of measured text, `read_cells` without.
---@type table<string, fun(opts: table?, name: string, into: rille.layout|ffi.cdata*, level?: integer): rille.layout|ffi.cdata*>
M.read, M.read_cells = {}, {}
for verb, declared in pairs(DECLARED) do
  M.read[verb], M.read_cells[verb] = layout(declared, MEASURED), layout(declared)
end

--- Checks a number of cells.
---@param cells integer
---@param least integer 0 or 1
---@param name string the public function, for the error of its caller
---@return integer
function M.cells(cells, least, name)
  if type(cells) ~= "number" or not (cells >= least and cells <= LARGEST) or cells % 1 ~= 0 then
    error(
      ("%s: cells must be a whole number from %d to 4294967295, got %s"):format(name, least, tostring(cells)),
      3
    )
  end
  return cells
end

--- Checks a list of strings.
---@param list string[]
---@param name string the public function, for the error of its caller
---@return integer length
function M.strings(list, name)
  if type(list) ~= "table" then
    error(name .. ": list must be a table of strings, got " .. type(list), 3)
  end
  local length = #list
  for i = 1, length do
    if type(list[i]) ~= "string" then
      error(("%s: list[%d] must be a string, got %s"):format(name, i, type(list[i])), 3)
    end
  end
  -- Lua does not define where a list with holes ends.
  local last = maxn(list)
  if last > length then
    error(("%s: list has no element %d, but one at %s"):format(name, length + 1, last), 3)
  end
  return length
end

--- Raises the error for a fill that is not one cell wide.
---@param fill string
---@param name string the public function, for the error of its caller
function M.refuse_fill(fill, name)
  error(("%s: option 'fill' must be one cell wide, got '%s'"):format(name, fill), 3)
end

return M
