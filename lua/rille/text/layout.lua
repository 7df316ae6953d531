--- The options of all functions that measure in display cells, for both backends.

local M = {}

--- Options of width.
---@class rille.width_options
---@field style? "terminal"|"neovim"|"strwidth" how width is measured: as by terminals (the default), as by Neovim 0.11
--- or later (`strdisplaywidth()`), or as by its `nvim_strwidth()`
---@field ambiguous? 1|2 cells of a character whose East Asian Width is Ambiguous; 1 by default
---@field tabstop? integer cells from one tab stop to the next; 8 by default
---@field column? integer 0-based column at which the text starts, for its tabs; 0 by default. In a wrapped text every
--- line starts there

---@class rille.truncate_options: rille.width_options
---@field side? "right"|"left"|"middle" which part of the text is cut; the right one by default
---@field ellipsis? string what replaces it; `…` by default

---@class rille.pad_options: rille.width_options
---@field align? "left"|"right"|"center" where the text is placed; at the left by default
---@field fill? string what fills the other cells; one cell wide, by default a space

---@class rille.wrap_options: rille.width_options
---@field keep_long_words? boolean whether a word that is longer than a line stays whole

local function set(...)
  local names = { "ambiguous", "column", "style", "tabstop", ... }
  table.sort(names)
  local known = { list = table.concat(names, ", ") }
  for _, name in ipairs(names) do
    known[name] = true
  end
  return known
end

-- The options that each function accepts.
M.WIDTH = set()
M.TRUNCATE = set("ellipsis", "side")
M.PAD = set("align", "fill")
M.WRAP = set("keep_long_words")

-- The constants of C, by name.
local STYLES = { terminal = 0, neovim = 1, strwidth = 2, list = "terminal, neovim, strwidth" }
local SIDES = { right = 0, left = 1, middle = 2, list = "right, left, middle" }
local ALIGNS = { left = 0, right = 1, center = 2, list = "left, right, center" }

local LARGEST = 2 ^ 32 - 1

local function show(value)
  return type(value) == "string" and "'" .. value .. "'" or tostring(value)
end

--- Checks an integer. The error is raised at the caller's caller's caller.
local function whole(value, least, what, name)
  if type(value) ~= "number" or not (value >= least and value <= LARGEST) or value % 1 ~= 0 then
    local message = "%s: %s must be a whole number from %d to 4294967295, got %s"
    error(message:format(name, what, least, show(value)), 4)
  end
  return value
end

local function choice(value, known, what, name)
  local id = known[value]
  if value == "list" or not id then
    error(("%s: unknown %s %s (known: %s)"):format(name, what, show(value), known.list), 4)
  end
  return id
end

-- Tables whose keys have been checked, since iterating over them is not compiled by every LuaJIT.
local checked = setmetatable({}, { __mode = "k" })

local function check(opts, known, name)
  if type(opts) ~= "table" then
    error(name .. ": opts must be a table, got " .. type(opts), 4)
  end
  for key in pairs(opts) do
    if key == "list" or not known[key] then
      error(("%s: unknown option %s (known: %s)"):format(name, show(key), known.list), 4)
    end
  end
  checked[opts] = known
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

--- Reads the options into the fields of `layout`: a table, or the C struct, as C's constants.
---@param layout rille.layout|ffi.cdata*
---@param opts? table
---@param known table one of the sets above
---@param name string the public function, for the error of its caller
---@return rille.layout|ffi.cdata* layout
function M.read(layout, opts, known, name)
  if opts == nil then
    layout.style, layout.ambiguous, layout.tabstop, layout.column = 0, 1, 8, 0
    layout.side, layout.align, layout.keep_long_words = 0, 0, 0
    return layout
  end
  if checked[opts] ~= known then
    check(opts, known, name)
  end
  local style, ambiguous, tabstop, column = opts.style, opts.ambiguous, opts.tabstop, opts.column
  if ambiguous ~= nil and ambiguous ~= 1 and ambiguous ~= 2 then
    error(("%s: ambiguous must be 1 or 2, got %s"):format(name, show(ambiguous)), 3)
  end
  layout.style = style == nil and 0 or choice(style, STYLES, "style", name)
  layout.ambiguous = ambiguous or 1
  layout.tabstop = tabstop == nil and 8 or whole(tabstop, 1, "tabstop", name)
  layout.column = column == nil and 0 or whole(column, 0, "column", name)
  if known == M.TRUNCATE then
    local side, ellipsis = opts.side, opts.ellipsis
    layout.side = side == nil and 0 or choice(side, SIDES, "side", name)
    if ellipsis ~= nil and type(ellipsis) ~= "string" then
      error(("%s: ellipsis must be a string, got %s"):format(name, type(ellipsis)), 3)
    end
  elseif known == M.PAD then
    local align, fill = opts.align, opts.fill
    layout.align = align == nil and 0 or choice(align, ALIGNS, "align", name)
    if fill ~= nil and type(fill) ~= "string" then
      error(("%s: fill must be a string, got %s"):format(name, type(fill)), 3)
    end
  elseif known == M.WRAP then
    local keep = opts.keep_long_words
    if keep ~= nil and type(keep) ~= "boolean" then
      error(("%s: keep_long_words must be a boolean, got %s"):format(name, type(keep)), 3)
    end
    layout.keep_long_words = keep and 1 or 0
  end
  return layout
end

--- Checks a number of cells.
---@param cells integer
---@param least integer 0 or 1
---@param name string the public function, for the error of its caller
---@return integer
function M.cells(cells, least, name)
  return (whole(cells, least, "cells", name))
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
  -- The end of a list with holes is undefined: there must be no further numeric key after it.
  local key = next(list, length > 0 and length or nil)
  while key ~= nil do
    if type(key) == "number" and (key > length or key < 1 or key % 1 ~= 0) then
      error(("%s: list has no element %d, but one at %s"):format(name, length + 1, key), 3)
    end
    key = next(list, key)
  end
  return length
end

--- Raises the error for a fill that is not one cell wide.
---@param fill string
---@param name string the public function, for the error of its caller
function M.refuse_fill(fill, name)
  error(("%s: fill must be one cell wide, got %s"):format(name, show(fill)), 3)
end

return M
