--- Truncating texts to a width.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local failure = require("rille.core.error")
local layout = require("rille.text.layout")
local memory = require("rille.core.result")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local cut = ffi.new("rille_cut[1]")
local options = ffi.new("rille_layout_options", { size = ffi.sizeof("rille_layout_options") })
local ELLIPSIS = "…"

-- Arrays for lists as C takes them, kept for the next one.
local slices_of, cuts_of = ffi.typeof("rille_slice[?]"), ffi.typeof("rille_cut[?]")
local slices, cuts, room = slices_of(64), cuts_of(64), 64

--- Sets the ellipsis and returns it: it must stay referenced until the call is over.
local function set_ellipsis(opts)
  local ellipsis = opts and opts.ellipsis or ELLIPSIS
  options.ellipsis, options.ellipsis_len = ellipsis, #ellipsis
  return ellipsis
end

--- Writes the truncated text; `from` is the text again, as a pointer that allows arithmetic.
local function put(to, from, len, c, ellipsis)
  ffi.copy(to, from, c.head)
  ffi.copy(to + c.head, ellipsis, c.ellipsis)
  ffi.copy(to + c.head + c.ellipsis, from + c.tail, len - c.tail)
end

local pointer = ffi.typeof("const uint8_t *")

---@class rille.text
local M = {}

--- Returns the text, cut to at most `cells` cells including the ellipsis that replaces what is cut.
---
--- Grapheme clusters stay whole. A string that fits is returned unchanged; an ellipsis that does not fit is omitted.
---@param s rille.source
---@param cells integer
---@param opts? rille.truncate_options
---@return string?
---@return string? message if the text is too long
function M.truncate(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.truncate(s, cells, opts)
  end
  local ptr, len = of(s, "rille.text.truncate")
  options.cells = layout.cells(cells, 0, "rille.text.truncate")
  layout.read.truncate(opts, "rille.text.truncate", options)
  local ellipsis = set_ellipsis(opts)
  if C.rille_text_truncate(ptr, len, options, cut, err) < 0 then
    return failure.limit(err, "rille.text.truncate")
  end
  local c = cut[0]
  if c.head == len then
    return type(s) == "string" and s or bytes.string(s, "rille.text.truncate")
  end
  local size = c.head + c.ellipsis + (len - c.tail)
  if size > memory.MAX_SCRATCH_BYTES then
    return memory.string(size, M.truncate_into, s, cells, opts)
  end
  local result = memory.scratch(size)
  put(result, ffi.cast(pointer, ptr), len, c, ellipsis)
  return ffi.string(result, size)
end

--- Appends the truncated text to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer
---@param opts? rille.truncate_options
---@return integer? len bytes appended
---@return string? message if the text is too long
function M.truncate_into(buffer, s, cells, opts)
  sink(buffer, s, "rille.text.truncate_into")
  local ptr, len = of(s, "rille.text.truncate_into")
  options.cells = layout.cells(cells, 0, "rille.text.truncate_into")
  layout.read_cells.truncate(opts, "rille.text.truncate_into", options)
  local ellipsis = set_ellipsis(opts)
  if C.rille_text_truncate(ptr, len, options, cut, err) < 0 then
    return failure.limit(err, "rille.text.truncate_into")
  end
  local c = cut[0]
  local size = c.head + c.ellipsis + (len - c.tail)
  put(buffer:reserve(size), ffi.cast(pointer, ptr), len, c, ellipsis)
  buffer:commit(size)
  return size
end

--- Computes in one call how to truncate each text of a list.
local function cut_list(list, length)
  if length > room then
    room = math.max(length, 2 * room)
    slices, cuts = slices_of(room), cuts_of(room)
  end
  for i = 1, length do
    local s = list[i]
    local slice = slices[i - 1]
    slice.ptr, slice.len = s, #s
  end
  return C.rille_text_truncate_list(slices, length, options, cuts, err)
end

--- Truncates each text of a list as `truncate` does: the rows of a picker in one call.
---@param list string[]
---@param cells integer
---@param opts? rille.truncate_options
---@return string[]?
---@return string? message if a text is too long
function M.truncate_list(list, cells, opts)
  local length = layout.strings(list, "rille.text.truncate_list")
  options.cells = layout.cells(cells, 0, "rille.text.truncate_list")
  layout.read_cells.truncate(opts, "rille.text.truncate_list", options)
  local ellipsis = set_ellipsis(opts)
  if cut_list(list, length) < 0 then
    return failure.limit(err, "rille.text.truncate_list")
  end
  local result = {}
  for i = 1, length do
    local s, c = list[i], cuts[i - 1]
    if c.head < #s then
      local size = c.head + c.ellipsis + (#s - c.tail)
      if size > memory.MAX_SCRATCH_BYTES then
        s = M.truncate(s, cells, opts)
      else
        local row = memory.scratch(size)
        put(row, ffi.cast(pointer, s), #s, c, ellipsis)
        s = ffi.string(row, size)
      end
    end
    result[i] = s
  end
  return result
end

--- Appends each text of a list, truncated and followed by a line feed, to a buffer, without creating strings.
---@param buffer string.buffer|rille.buffer
---@param list string[]
---@param cells integer
---@param opts? rille.truncate_options
---@return integer? len bytes appended
---@return string? message if a text is too long
function M.truncate_list_into(buffer, list, cells, opts)
  sink(buffer, list, "rille.text.truncate_list_into")
  local length = layout.strings(list, "rille.text.truncate_list_into")
  options.cells = layout.cells(cells, 0, "rille.text.truncate_list_into")
  layout.read_cells.truncate(opts, "rille.text.truncate_list_into", options)
  local ellipsis = set_ellipsis(opts)
  if cut_list(list, length) < 0 then
    return failure.limit(err, "rille.text.truncate_list_into")
  end
  local size = 0
  for i = 1, length do
    local c = cuts[i - 1]
    size = size + c.head + c.ellipsis + (#list[i] - c.tail) + 1
  end
  local to = buffer:reserve(size)
  for i = 1, length do
    local s, c = list[i], cuts[i - 1]
    put(to, ffi.cast(pointer, s), #s, c, ellipsis)
    to = to + (c.head + c.ellipsis + (#s - c.tail))
    to[0] = 10
    to = to + 1
  end
  buffer:commit(size)
  return size
end

return M
