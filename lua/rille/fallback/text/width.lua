--- Width and padding in pure Lua, for ASCII.
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local layout = require("rille.text.layout")
local ascii = require("rille.fallback.ascii")

local floor, min = math.floor, math.min
local options = {}

---@class rille.fallback.text
local M = {}

--- Returns the number of display cells of the text, as one line.
---@param s rille.source
---@param opts? rille.width_options
---@return integer? cells
---@return string? message unless the text is ASCII
function M.width(s, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.width(s, opts)
  end
  local text = bytes.string(s, "rille.text.width")
  layout.read.width(opts, "rille.text.width", options)
  if not ascii.is_ascii(text) then
    return nil, ascii.NEEDS_LIBRARY
  end
  return (ascii.width(text, options, options.column))
end

--- Returns the padded text.
local function padded(text, cells, fill)
  local function at(left)
    return ascii.width(text, options, options.column + left)
  end
  local missing = math.max(0, cells - at(0))
  local left = ({ [0] = 0, missing, floor(missing / 2) })[options.align]
  -- A tab may be wider at a column further right.
  local over = left
  if left > 0 and left + at(left) > cells then
    left = 0
    while over - left > 1 do
      local middle = floor((left + over) / 2)
      if middle + at(middle) <= cells then
        left = middle
      else
        over = middle
      end
    end
  end
  local right = missing == 0 and 0 or cells - left - min(cells - left, at(left))
  return fill:rep(left) .. text .. fill:rep(right)
end

--- Returns the fill text, or nil if measuring it needs the native library's tables, and whether it is one cell wide.
local function fill_of(opts)
  local fill = opts and opts.fill or " "
  if ascii.is_ascii(fill) then
    return fill, #fill > 0 and fill ~= "\t" and ascii.width(fill, { style = 0, tabstop = 8 }, 0) == 1
  end
  return nil, true
end

--- Returns the text padded with spaces to `cells` cells. A text that is already that wide is returned unchanged.
---@param s rille.source
---@param cells integer
---@param opts? rille.pad_options
---@return string?
---@return string? message unless the text is ASCII
function M.pad(s, cells, opts)
  local text = bytes.string(s, "rille.text.pad")
  layout.cells(cells, 0, "rille.text.pad")
  layout.read_cells.pad(opts, "rille.text.pad", options)
  local fill, single = fill_of(opts)
  if not single then
    layout.refuse_fill(opts.fill, "rille.text.pad")
  elseif not (fill and ascii.is_ascii(text)) then
    return nil, ascii.NEEDS_LIBRARY
  end
  return (padded(text, cells, fill))
end

--- Appends the padded text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer
---@param opts? rille.pad_options
---@return integer? len bytes appended
---@return string? message unless the text is ASCII
function M.pad_into(buffer, s, cells, opts)
  bytes.sink(buffer, s, "rille.text.pad_into")
  local text = bytes.string(s, "rille.text.pad_into")
  layout.cells(cells, 0, "rille.text.pad_into")
  layout.read_cells.pad(opts, "rille.text.pad_into", options)
  local fill, single = fill_of(opts)
  if not single then
    layout.refuse_fill(opts.fill, "rille.text.pad_into")
  elseif not (fill and ascii.is_ascii(text)) then
    return nil, ascii.NEEDS_LIBRARY
  end
  local result = padded(text, cells, fill)
  buffer:put(result)
  return #result
end

return M
