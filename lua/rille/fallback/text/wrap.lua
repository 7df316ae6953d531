--- Wrapping in pure Lua, for ASCII.
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local layout = require("rille.text.layout")
local ascii = require("rille.fallback.ascii")

local options = {}

---@class rille.fallback.text
local M = {}

--- Returns the first and last byte of each line, or nil if that needs the native library's tables.
local function spans(text, cells)
  if not ascii.is_ascii(text) then
    return nil
  end
  local result, from = {}, 1
  while from <= #text do
    local stop, following = ascii.line(text, from, cells, options)
    result[#result + 1] = from
    result[#result + 1] = stop
    from = following
  end
  return result
end

local function lines(text, list)
  local result = {}
  for i = 1, #list, 2 do
    result[#result + 1] = text:sub(list[i], list[i + 1])
  end
  return result
end

--- Wraps the text and returns its lines, each at most `cells` cells wide.
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return string[]?
---@return string? message unless the text is ASCII
function M.wrap(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.wrap(s, cells, opts)
  end
  local text = bytes.string(s, "rille.text.wrap")
  layout.cells(cells, 1, "rille.text.wrap")
  layout.read.wrap(opts, "rille.text.wrap", options)
  local list = spans(text, cells)
  if not list then
    return nil, ascii.NEEDS_LIBRARY
  end
  return lines(text, list)
end

--- Returns the lines as a flat list of positions: the first and the last byte of each line.
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return integer[]? positions from, to, from, to, …
---@return string? message unless the text is ASCII
function M.wrap_spans(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.wrap_spans(s, cells, opts)
  end
  local text = bytes.string(s, "rille.text.wrap_spans")
  layout.cells(cells, 1, "rille.text.wrap_spans")
  layout.read.wrap(opts, "rille.text.wrap_spans", options)
  local list = spans(text, cells)
  if not list then
    return nil, ascii.NEEDS_LIBRARY
  end
  return list
end

--- Appends the lines, each ended by a line feed, to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return integer? len bytes appended
---@return string? message unless the text is ASCII
function M.wrap_into(buffer, s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    bytes.sink(buffer, s, "rille.text.wrap_into")
    return measured.wrap_into(buffer, s, cells, opts)
  end
  bytes.sink(buffer, s, "rille.text.wrap_into")
  local text = bytes.string(s, "rille.text.wrap_into")
  layout.cells(cells, 1, "rille.text.wrap_into")
  layout.read.wrap(opts, "rille.text.wrap_into", options)
  local list = spans(text, cells)
  if not list then
    return nil, ascii.NEEDS_LIBRARY
  end
  local result = lines(text, list)
  result[#result + 1] = ""
  local joined = table.concat(result, "\n")
  buffer:put(joined)
  return #joined
end

return M
