--- Truncation in pure Lua, for ASCII.
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local layout = require("rille.text.layout")
local ascii = require("rille.fallback.ascii")

local ceil, sub = math.ceil, string.sub
local options = {}
local ELLIPSIS = "…"
local RIGHT, MIDDLE = 0, 2

---@class rille.fallback.text
local M = {}

--- Returns the ellipsis and its cells, or no cells if measuring it needs the native library's tables.
local function ellipsis_of(opts)
  local ellipsis = opts and opts.ellipsis or ELLIPSIS
  if ellipsis == ELLIPSIS then
    return ellipsis, options.ambiguous
  elseif ascii.is_ascii(ellipsis) then
    return ellipsis, ascii.width(ellipsis, options, options.column)
  end
  return ellipsis, nil
end

--- Returns the truncated text, or nil if that needs the native library's tables.
local function truncated(text, cells, ellipsis, ellipsis_cells)
  if not (ellipsis_cells and ascii.is_ascii(text)) then
    return nil
  elseif ascii.width(text, options, options.column) <= cells then
    return text
  elseif ellipsis_cells > cells then
    ellipsis, ellipsis_cells = "", 0
  end
  local room = cells - ellipsis_cells
  if options.side == RIGHT then
    return sub(text, 1, (ascii.head(text, room, options))) .. ellipsis
  end
  local head, taken = 0, 0
  if options.side == MIDDLE then
    head, taken = ascii.head(text, ceil(room / 2), options)
  end
  local column = options.column + taken + ellipsis_cells
  local start = ascii.tail(text, head, room - taken, column, options)
  return sub(text, 1, head) .. ellipsis .. sub(text, start)
end

--- Returns the text, truncated to at most `cells` cells including the ellipsis that replaces what is cut.
---@param s rille.source
---@param cells integer
---@param opts? rille.truncate_options
---@return string?
---@return string? message unless the text is ASCII
function M.truncate(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.truncate(s, cells, opts)
  end
  local text = bytes.string(s, "rille.text.truncate")
  layout.cells(cells, 0, "rille.text.truncate")
  layout.read.truncate(opts, "rille.text.truncate", options)
  local result = truncated(text, cells, ellipsis_of(opts))
  if not result then
    return nil, ascii.NEEDS_LIBRARY
  end
  return result
end

--- Appends the truncated text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer
---@param opts? rille.truncate_options
---@return integer? len bytes appended
---@return string? message unless the text is ASCII
function M.truncate_into(buffer, s, cells, opts)
  bytes.sink(buffer, s, "rille.text.truncate_into")
  local text = bytes.string(s, "rille.text.truncate_into")
  layout.cells(cells, 0, "rille.text.truncate_into")
  layout.read_cells.truncate(opts, "rille.text.truncate_into", options)
  local result = truncated(text, cells, ellipsis_of(opts))
  if not result then
    return nil, ascii.NEEDS_LIBRARY
  end
  buffer:put(result)
  return #result
end

--- Returns every text of a list truncated, or nil if that needs the native library's tables.
local function rows(list, length, cells, opts)
  local ellipsis, ellipsis_cells = ellipsis_of(opts)
  local result = {}
  for i = 1, length do
    result[i] = truncated(list[i], cells, ellipsis, ellipsis_cells)
    if not result[i] then
      return nil
    end
  end
  return result
end

--- Returns the texts of a list, each truncated as by `truncate`.
---@param list string[]
---@param cells integer
---@param opts? rille.truncate_options
---@return string[]?
---@return string? message unless every text is ASCII
function M.truncate_list(list, cells, opts)
  local length = layout.strings(list, "rille.text.truncate_list")
  layout.cells(cells, 0, "rille.text.truncate_list")
  layout.read_cells.truncate(opts, "rille.text.truncate_list", options)
  local result = rows(list, length, cells, opts)
  if not result then
    return nil, ascii.NEEDS_LIBRARY
  end
  return result
end

--- Appends each text of a list, truncated and ended by a line feed, to a buffer.
---@param buffer string.buffer|rille.buffer
---@param list string[]
---@param cells integer
---@param opts? rille.truncate_options
---@return integer? len bytes appended
---@return string? message unless every text is ASCII
function M.truncate_list_into(buffer, list, cells, opts)
  bytes.sink(buffer, list, "rille.text.truncate_list_into")
  local length = layout.strings(list, "rille.text.truncate_list_into")
  layout.cells(cells, 0, "rille.text.truncate_list_into")
  layout.read_cells.truncate(opts, "rille.text.truncate_list_into", options)
  local result = rows(list, length, cells, opts)
  if not result then
    return nil, ascii.NEEDS_LIBRARY
  end
  result[length + 1] = ""
  local text = table.concat(result, "\n")
  buffer:put(text)
  return #text
end

return M
