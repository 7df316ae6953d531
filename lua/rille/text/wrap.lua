--- Wrapping to a width, by the line breaking of Unicode (UAX #14).
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local choose_measured = require("rille.text.choose_measured")
local failure = require("rille.core.error")
local layout = require("rille.text.layout")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local count = ffi.new("uint32_t[1]")
local options = ffi.new("rille_layout_options", { size = ffi.sizeof("rille_layout_options") })

-- Number of lines fetched at once.
local BATCH = 256
local lines = ffi.new("rille_line[?]", BATCH)

--- Fetches the next lines; returns their number, 0 at the end of the text, below 0 after an error.
local function fetch(ptr, len)
  if options.start >= len then
    return 0
  elseif C.rille_text_wrap(ptr, len, options, lines, BATCH, count, err) < 0 then
    return -1
  end
  options.start = lines[count[0] - 1].next
  return count[0]
end

local pointer = ffi.typeof("const uint8_t *")

---@class rille.text
local M = {}

--- Wraps the text and returns its lines, each at most `cells` cells wide.
---
--- A line ends at a line-break opportunity of UAX #14 or at a line end of the text, and contains neither the line end
--- nor the white space before it. A word that is longer than a line is cut between grapheme clusters, unless
--- `keep_long_words` is set. The empty text has no line, `"a\n"` one.
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return string[]?
---@return string? message if the text is too long
function M.wrap(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.wrap(s, cells, opts)
  end
  local ptr, len = of(s, "rille.text.wrap")
  options.cells, options.start = layout.cells(cells, 1, "rille.text.wrap"), 0
  layout.read.wrap(opts, "rille.text.wrap", options)
  local from = ffi.cast(pointer, ptr)
  local result, at = {}, 0
  repeat
    local fetched = fetch(ptr, len)
    if fetched < 0 then
      return failure.limit(err, "rille.text.wrap")
    end
    for i = 0, fetched - 1 do
      local line = lines[i]
      result[at + i + 1] = ffi.string(from + line.start, line.stop - line.start)
    end
    at = at + fetched
  until fetched < BATCH
  return result
end

--- Wraps the text and returns a flat list of the first and the last byte of each line. For an empty line the last byte
--- is the one before the first.
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return integer[]? positions from, to, from, to, …
---@return string? message if the text is too long
function M.wrap_spans(s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    return measured.wrap_spans(s, cells, opts)
  end
  local ptr, len = of(s, "rille.text.wrap_spans")
  options.cells, options.start = layout.cells(cells, 1, "rille.text.wrap_spans"), 0
  layout.read.wrap(opts, "rille.text.wrap_spans", options)
  local result, at = {}, 0
  repeat
    local fetched = fetch(ptr, len)
    if fetched < 0 then
      return failure.limit(err, "rille.text.wrap_spans")
    end
    for i = 0, fetched - 1 do
      result[at + 1], result[at + 2] = lines[i].start + 1, lines[i].stop
      at = at + 2
    end
  until fetched < BATCH
  return result
end

--- Appends the lines, each ended by a line feed, to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return integer? len bytes appended
---@return string? message if the text is too long
function M.wrap_into(buffer, s, cells, opts)
  local measured = choose_measured(opts)
  if measured then
    bytes.sink(buffer, s, "rille.text.wrap_into")
    return measured.wrap_into(buffer, s, cells, opts)
  end
  sink(buffer, s, "rille.text.wrap_into")
  local ptr, len = of(s, "rille.text.wrap_into")
  options.cells, options.start = layout.cells(cells, 1, "rille.text.wrap_into"), 0
  layout.read.wrap(opts, "rille.text.wrap_into", options)
  local from = ffi.cast(pointer, ptr)
  local total = 0
  repeat
    local fetched = fetch(ptr, len)
    if fetched < 0 then
      return failure.limit(err, "rille.text.wrap_into")
    end
    local size = 0
    for i = 0, fetched - 1 do
      size = size + (lines[i].stop - lines[i].start) + 1
    end
    local to = buffer:reserve(size)
    for i = 0, fetched - 1 do
      local line = lines[i]
      local length = line.stop - line.start
      ffi.copy(to, from + line.start, length)
      to[length] = 10
      to = to + (length + 1)
    end
    buffer:commit(size)
    total = total + size
  until fetched < BATCH
  return total
end

return M
