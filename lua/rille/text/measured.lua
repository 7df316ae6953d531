--- Wrapping, truncation and positions in units that the caller measures, such as pixels of a proportional font, for both
--- backends.
local bytes = require("rille.bytes")
local layout = require("rille.text.layout")
local rille = require("rille")

local byte, sub = string.byte, string.sub

---@alias rille.measure (fun(cluster: string): number)|table<string, number>
---@alias rille.kerning (fun(left: string, right: string): number)|table<string, table<string, number>>

local M = {}

--- The strings of single bytes.
local CHARS = {}
for i = 0, 255 do
  CHARS[i] = string.char(i)
end

--- Widths by cluster, by the function that has measured them.
local known = setmetatable({}, { __mode = "k" })

--- Kerning by the left and the right cluster, by the function that has returned it.
local known_pairs = setmetatable({}, { __mode = "k" })

--- Maximum number of pairs that are kept for a function.
local MAX_PAIRS = 65536

--- The clusters of the last text: their number, where each starts, its left edge and its right edge. They are reused.
local count, starts, lefts, rights = 0, {}, {}, {}

--- Returns the width of a cluster.
local function measured(measure, memo, cluster, name)
  local width
  if type(measure) == "table" then
    width = measure[cluster] or measure.default or 0
  else
    width = measure(cluster)
  end
  if type(width) ~= "number" or width ~= width then
    error(("%s: measure must return a number for %q, got %s"):format(name, cluster, tostring(width)), 5)
  end
  if memo then
    memo[cluster] = width
  end
  return width
end

--- Asks for the kerning of two clusters, and keeps it.
local function keep_kerning(kerning, own, left, right)
  local rights_of = own.lefts[left]
  if not rights_of then
    rights_of = {}
    own.lefts[left] = rights_of
  end
  if not rights_of[right] then
    rights_of[right], own.count = kerning(left, right) or 0, own.count + 1
  end
end

--- Returns the table in which the kerning of a function is kept.
local function kept_kerning(kerning)
  local own = known_pairs[kerning]
  if not own or own.count > MAX_PAIRS then
    own = { lefts = {}, count = 0 }
    known_pairs[kerning] = own
  end
  return own
end

--- The clusters whose width or kerning is unknown, each with the one before it, or false.
local unknown = {}

--- Measures the clusters of a text by tables of widths and kerning. Returns the width of the text, and how many elements of
--- `unknown` it has written. Other code is not called in this loop, which would keep LuaJIT from compiling it well.
---@param pairs_of? table<string, table<string, number>> kerning
---@param gap? number kerning of other pairs; nil if it has to be asked for
local function measure_known(text, step, state, memo, default, pairs_of, gap)
  local starts, lefts, rights = starts, lefts, rights -- luacheck: ignore 431
  local n, x, previous, misses = 0, 0, false, 0
  for from, to in step, state do
    local first, width, moved = byte(text, from), 0, 0
    if first == 10 or first == 13 then
      previous = false
    else
      local cluster = from == to and CHARS[first] or sub(text, from, to)
      width = memo[cluster] or default
      if pairs_of and previous then
        local rights_of = pairs_of[previous]
        moved = rights_of and rights_of[cluster] or gap
      end
      if type(width) ~= "number" or not moved then
        unknown[misses + 1], unknown[misses + 2] = previous, cluster
        width, moved, misses = 0, 0, misses + 2
      end
      previous = cluster
    end
    n, x = n + 1, x + moved
    starts[n], lefts[n] = from, x
    x = x + width
    rights[n] = x
  end
  count = n
  starts[n + 1], lefts[n + 1] = #text + 1, x
  return x, misses
end

--- Measures the clusters of a text. A line end has no width.
---@param text string
---@param opts { measure: rille.measure, kerning?: rille.kerning }
---@param name string
---@return number? width of the text as one line
---@return string? message
local function clusters(text, opts, name)
  local measure, kerning = opts.measure, opts.kerning
  local memo, default, pairs_of, gap, own = measure, nil, kerning, 0, nil
  if type(measure) == "function" then
    memo = known[measure]
    if not memo then
      memo = {}
      known[measure] = memo
    end
  else
    default = measure.default or 0
  end
  if type(kerning) == "function" then
    own = kept_kerning(kerning)
    pairs_of, gap = own.lefts, nil
  end
  while true do
    local step, state = rille.text.segments(text, "grapheme")
    if not step then
      return nil, name .. ": " .. tostring(state)
    end
    local x, misses = measure_known(text, step, state, memo, default, pairs_of, gap)
    if misses == 0 then
      return x
    end
    for i = 1, misses, 2 do
      local previous, cluster = unknown[i], unknown[i + 1]
      if type(memo[cluster] or default) ~= "number" then
        measured(measure, default == nil and memo or nil, cluster, name)
      end
      if own and previous then
        keep_kerning(kerning, own, previous, cluster)
      end
    end
  end
end

--- Returns the width of clusters on a line of their own.
local function span(first, last)
  return last >= first and rights[last] - lefts[first] or 0
end

--- Returns the index of the cluster that contains a byte, or one past the last.
local function cluster_at(position)
  local low, high = 1, count + 1
  while low < high do
    local middle = math.floor((low + high + 1) / 2)
    if starts[middle] <= position then
      low = middle
    else
      high = middle - 1
    end
  end
  return low
end

local function check_width(width, name)
  if type(width) ~= "number" or width < 0 or width ~= width then
    error(("%s: width must be a number >= 0, got %s"):format(name, tostring(width)), 4)
  end
end

local read_into = {}
local function read(which, opts, name)
  -- `wrap` and `wrap_spans` call another function that calls this one.
  layout.read[which](opts, name, read_into, which == "wrap" and 4 or 3)
  return read_into
end

local PIECES = { keep_long_words = true }

--- White space of several bytes at which a line may end, and whether it ends a line. No-break spaces are excluded.
local WHITE =
  { ["\194\133"] = true, ["\225\154\128"] = false, ["\226\129\159"] = false, ["\227\128\128"] = false }
for last = 128, 169 do
  if last <= 138 and last ~= 135 or last >= 168 then
    WHITE["\226\128" .. CHARS[last]] = last >= 168
  end
end
local WHITE_LAST = {}
for white in pairs(WHITE) do
  WHITE_LAST[byte(white, #white)] = true
end

--- Returns the last byte before the white space at the end of a piece of the text, and whether that has a line end.
local function content(text, from, to)
  local ends_line = false
  while to >= from do
    local last = byte(text, to)
    if last == 32 or last >= 9 and last <= 13 then
      ends_line = ends_line or last >= 10 and last <= 13
      to = to - 1
    elseif not WHITE_LAST[last] then
      break
    else
      local two, three = WHITE[sub(text, to - 1, to)], WHITE[sub(text, to - 2, to)]
      if two == nil and three == nil then
        break
      end
      ends_line = ends_line or two or three or false
      to = to - (two == nil and 3 or 2)
    end
  end
  return to, ends_line
end

--- The pieces of the last text, between which a line may end: the first cluster of each, its last cluster and its last byte
--- without white space, and whether a line ends after it.
local piece_firsts, piece_lasts, piece_stops, piece_ends = {}, {}, {}, {}

--- Adds a piece of the clusters `a` to `c`, whose content ends at the byte `stop`.
local function put_piece(n, a, c, stop, ends_line)
  while c >= a and starts[c] > stop do
    c = c - 1
  end
  piece_firsts[n], piece_lasts[n], piece_stops[n], piece_ends[n] = a, c, stop, ends_line
end

--- Finds the pieces in pure Lua: lines of one cell that keep their words end at every opportunity.
local function ascii_pieces(text)
  local list, message = rille.text.wrap_spans(text, 1, PIECES)
  if not list then
    return nil, message
  end
  local a = 1
  for i = 1, #list / 2 do
    local stop, next_start = list[2 * i], list[2 * i + 1] or #text + 1
    local c = a
    while starts[c + 1] < next_start do
      c = c + 1
    end
    local _, ends_line = content(text, stop + 1, next_start - 1)
    put_piece(i, a, c, stop, ends_line)
    a = c + 1
  end
  return #list / 2
end

--- Finds the pieces of the text whose clusters were measured, and returns their number.
local function pieces(text)
  if rille.backend ~= "native" then
    return ascii_pieces(text)
  end
  local step, state = rille.text.segments(text, "linebreak")
  if not step then
    return nil, state
  end
  local n, a = 0, 1
  local _, to = step(state)
  for c = 1, count do
    local stop = starts[c + 1] - 1
    if stop == to then
      n = n + 1
      local last = byte(text, stop)
      if last > 32 and last < 128 then
        piece_firsts[n], piece_lasts[n], piece_stops[n], piece_ends[n] = a, c, stop, false
      else
        put_piece(n, a, c, content(text, starts[a], stop))
      end
      a = c + 1
    end
    -- An opportunity within a cluster is none.
    while to and to <= stop do
      _, to = step(state)
    end
  end
  return n
end

--- Returns where the lines start and end, as a flat list.
---@param s rille.source
---@param width number
---@param opts rille.wrap_options with `measure`
---@param name string
---@return integer[]? positions from, to, from, to, …
---@return string? message
local function wrap_spans(s, width, opts, name)
  check_width(width, name)
  local keep = read("wrap", opts, name).keep_long_words ~= 0
  local text = bytes.string(s, name)
  local total, message = clusters(text, opts, name)
  local piece_count, why
  if total then
    piece_count, why = pieces(text)
  end
  if not piece_count then
    return nil, message or why
  end
  local lines, n = {}, 0
  -- The first cluster of the line, 0 before its first piece; where the line starts and where it ends so far.
  local first, from, to = 0, 1, 0
  for i = 1, piece_count do
    local a, b = piece_firsts[i], piece_lasts[i]
    if first > 0 and b >= a and rights[b] - lefts[first] > width then
      n, first = n + 2, 0
      lines[n - 1], lines[n] = from, to
    end
    if first == 0 then
      first, from = a, starts[a]
      while not keep and b > first and rights[b] - lefts[first] > width do
        local c = first
        while rights[c + 1] - lefts[first] <= width do
          c = c + 1
        end
        n = n + 2
        lines[n - 1], lines[n] = from, starts[c + 1] - 1
        first, from = c + 1, starts[c + 1]
      end
    end
    to = piece_stops[i]
    if piece_ends[i] or i == piece_count then
      n, first = n + 2, 0
      lines[n - 1], lines[n] = from, to
    end
  end
  return lines
end

--- `rille.text.wrap_spans` with `measure`.
function M.wrap_spans(s, width, opts)
  local lines, message = wrap_spans(s, width, opts, "rille.text.wrap_spans")
  if not lines then
    return nil, message
  end
  return lines
end

--- `rille.text.wrap` with `measure`.
function M.wrap(s, width, opts)
  local list, message = wrap_spans(s, width, opts, "rille.text.wrap")
  if not list then
    return nil, message
  end
  local text, lines = bytes.string(s, "rille.text.wrap"), {}
  for i = 1, #list, 2 do
    lines[(i + 1) / 2] = sub(text, list[i], list[i + 1])
  end
  return lines
end

--- `rille.text.wrap_into` with `measure`.
function M.wrap_into(buffer, s, width, opts)
  local list, message = wrap_spans(s, width, opts, "rille.text.wrap_into")
  if not list then
    return nil, message
  end
  local text, len = bytes.string(s, "rille.text.wrap_into"), 0
  for i = 1, #list, 2 do
    buffer:put(sub(text, list[i], list[i + 1]))
    buffer:put("\n")
    len = len + list[i + 1] - list[i] + 2
  end
  return len
end

--- `rille.text.width` with `measure`.
function M.width(s, opts)
  read("width", opts, "rille.text.width")
  local width, message = clusters(bytes.string(s, "rille.text.width"), opts, "rille.text.width")
  if not width then
    return nil, message
  end
  return width
end

--- `rille.text.truncate` with `measure`.
function M.truncate(s, width, opts)
  local name = "rille.text.truncate"
  check_width(width, name)
  local side = read("truncate", opts, name).side
  local text, ellipsis = bytes.string(s, name), opts.ellipsis or "…"
  local extra, failed = clusters(ellipsis, opts, name)
  local total, message = clusters(text, opts, name)
  if not extra or not total then
    return nil, failed or message
  elseif total <= width then
    return text
  elseif extra > width then
    ellipsis, extra = "", 0
  end
  local room = width - extra
  local head, tail = 0, count + 1
  local head_room = side == 0 and room or side == 2 and room / 2 or -1
  while head < count and span(1, head + 1) <= head_room do
    head = head + 1
  end
  if side ~= 0 then
    local rest = room - span(1, head)
    while tail > head + 1 and span(tail - 1, count) <= rest do
      tail = tail - 1
    end
  end
  return sub(text, 1, starts[head + 1] - 1) .. ellipsis .. sub(text, starts[tail])
end

--- `rille.text.offset` with `measure`: a position in cells is 1 more than the distance from the start of the text.
function M.offset(s, at, from, to, opts)
  local name = "rille.text.offset"
  read("width", opts, name)
  local text = bytes.string(s, name)
  local total, message = clusters(text, opts, name)
  if not total then
    return nil, message
  end
  local position = at
  if from == "cell" then
    if type(at) ~= "number" or at < 1 or at ~= at then
      error(("%s: position must be a number >= 1, got %s"):format(name, tostring(at)), 2)
    end
    local low, high = 1, count + 1
    while low < high do
      local middle = math.floor((low + high + 1) / 2)
      if lefts[middle] <= at - 1 then
        low = middle
      else
        high = middle - 1
      end
    end
    position = starts[low]
  elseif from ~= "byte" then
    position, message = rille.text.offset(text, at, from, "byte")
  end
  if not position then
    return nil, message
  elseif to == "byte" then
    return position
  elseif to == "cell" then
    return 1 + lefts[cluster_at(position)]
  end
  return rille.text.offset(text, position, "byte", to)
end

--- Wraps a text and returns where the lines start and end, and the edges of its clusters, as if on one line.
---@param text string
---@param width number
---@param opts rille.wrap_options with `measure`
---@param name string
---@return integer[]? spans
---@return integer|string count of clusters, or a message
---@return integer[]? starts count + 1 positions; as the following lists, it is written again by the next call
---@return number[]? lefts
---@return number[]? rights
function M.lines(text, width, opts, name)
  local spans, message = wrap_spans(text, width, opts, name)
  if not spans then
    return nil, message --[[@as string]]
  end
  return spans, count, starts, lefts, rights
end

return M
