--- Width in display cells, and padding to one.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local failure = require("rille.core.error")
local layout = require("rille.text.layout")
local memory = require("rille.core.result")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local out, out_right = ffi.new("uint32_t[1]"), ffi.new("uint32_t[1]")
local options = ffi.new("rille_layout_options", { size = ffi.sizeof("rille_layout_options") })

---@class rille.text
local M = {}

--- Returns the number of display cells of the text, as one line.
---
--- By default it measures as terminals do: a grapheme cluster takes the cells of its characters together, but at most
--- two; an East Asian wide character and an emoji take two; a combining mark, a format character and a control
--- character none; an invalid sequence one; a tab as many as are left to the next tab stop.
---@param s rille.source
---@param opts? rille.width_options
---@return integer? cells
---@return string? message if the text is too long
function M.width(s, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.width(s, opts)
  end
  local ptr, len = of(s, "rille.text.width")
  local how = opts and layout.read.width(opts, "rille.text.width", options) or nil
  if C.rille_text_width(ptr, len, how, out, err) < 0 then
    return failure.limit(err, "rille.text.width")
  end
  return out[0]
end

--- Writes the fill text `count` times at `to`; returns where it ends.
local function fill_cells(to, count, fill)
  if #fill == 1 then
    ffi.fill(to, count, fill:byte())
    return to + count
  end
  for _ = 1, count do
    ffi.copy(to, fill, #fill)
    to = to + #fill
  end
  return to
end

--- Returns the fill text, and whether it is one cell wide.
local function fill_of(opts)
  local fill = opts and opts.fill or " "
  if fill == " " then
    return fill, true
  end
  C.rille_text_width(fill, #fill, nil, out, err)
  return fill, out[0] == 1
end

--- Writes the padded text.
local function put(to, ptr, len, left, right, fill)
  to = fill_cells(to, left, fill)
  ffi.copy(to, ptr, len)
  fill_cells(to + len, right, fill)
end

--- Returns the text padded with spaces to `cells` cells. A text that is already that wide is returned unchanged.
---@param s rille.source
---@param cells integer
---@param opts? rille.pad_options
---@return string?
---@return string? message if the text or the result is too long
function M.pad(s, cells, opts)
  local ptr, len = of(s, "rille.text.pad")
  options.cells = layout.cells(cells, 0, "rille.text.pad")
  layout.read_cells.pad(opts, "rille.text.pad", options)
  local fill, single = fill_of(opts)
  if not single then
    layout.refuse_fill(fill, "rille.text.pad")
  elseif C.rille_text_pad(ptr, len, options, out, out_right, err) < 0 then
    return failure.limit(err, "rille.text.pad")
  end
  local left, right = out[0], out_right[0]
  if left + right == 0 then
    return type(s) == "string" and s or bytes.string(s, "rille.text.pad")
  end
  local size = len + (left + right) * #fill
  if size > memory.MAX_SCRATCH_BYTES then
    return memory.string(size, M.pad_into, s, cells, opts)
  end
  local result = memory.scratch(size)
  put(result, ptr, len, left, right, fill)
  return ffi.string(result, size)
end

--- Appends the text, padded with spaces to `cells` cells, to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer
---@param opts? rille.pad_options
---@return integer? len bytes appended
---@return string? message if the text is too long
function M.pad_into(buffer, s, cells, opts)
  sink(buffer, s, "rille.text.pad_into")
  local ptr, len = of(s, "rille.text.pad_into")
  options.cells = layout.cells(cells, 0, "rille.text.pad_into")
  layout.read_cells.pad(opts, "rille.text.pad_into", options)
  local fill, single = fill_of(opts)
  if not single then
    layout.refuse_fill(fill, "rille.text.pad_into")
  elseif C.rille_text_pad(ptr, len, options, out, out_right, err) < 0 then
    return failure.limit(err, "rille.text.pad_into")
  end
  local left, right = out[0], out_right[0]
  local size = len + (left + right) * #fill
  put(buffer:reserve(size), ptr, len, left, right, fill)
  buffer:commit(size)
  return size
end

return M
