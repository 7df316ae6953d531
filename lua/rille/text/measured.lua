--- Wrapping, truncation and positions in units that the caller measures, such as pixels of a proportional font, for both
--- backends.
local bytes = require("rille.bytes")
local layout = require("rille.text.layout")
local rille = require("rille")

local byte, sub, find = string.byte, string.sub, string.find

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

--- Returns how far the second cluster moves towards the first, as a negative number, or away from it.
local function kerned(kerning, left, right)
  if type(kerning) == "function" then
    return kerning(left, right) or 0
  end
  local pairs_of = kerning[left]
  return pairs_of and pairs_of[right] or 0
end

--- Measures the clusters of a text. A line end has no width.
---@param text string
---@param opts { measure: rille.measure, kerning?: rille.kerning }
---@param name string
---@return number? width of the text as one line
---@return string? message
local function clusters(text, opts, name)
  local measure, kerning = opts.measure, opts.kerning
  local memo = measure
  if type(measure) == "function" then
    memo = known[measure]
    if not memo then
      memo = {}
      known[measure] = memo
    end
  end
  local keep = memo ~= measure and memo or nil
  local n, x, previous, at, size = 0, 0, nil, 1, #text
  local function put(from, cluster)
    local width = 0
    if cluster ~= "\n" and cluster ~= "\r\n" and cluster ~= "\r" then
      width = memo[cluster] or measured(measure, keep, cluster, name)
      if kerning and previous then
        x = x + kerned(kerning, previous, cluster)
      end
      previous = cluster
    else
      previous = nil
    end
    n = n + 1
    starts[n], lefts[n] = from, x
    x = x + width
    rights[n] = x
  end
  while at <= size do
    -- Bytes of ASCII are clusters, unless another character follows.
    local stop = (find(text, "[\128-\255\r]", at) or size + 2) - 1
    while at < stop do
      put(at, CHARS[byte(text, at)])
      at = at + 1
    end
    if at <= size then
      -- Until two bytes of ASCII, between which no cluster continues.
      local last = find(text, "[%z\1-\12\14-\127][%z\1-\12\14-\127]", at + 1) or size
      local piece = sub(text, at, last)
      local step, state = rille.text.segments(piece, "grapheme")
      if not step then
        return nil, name .. ": " .. tostring(state)
      end
      for from, to in step, state do
        put(at + from - 1, sub(piece, from, to))
      end
      at = last + 1
    end
  end
  count = n
  starts[n + 1], lefts[n + 1] = size + 1, x
  return x
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
  -- Lines of one cell that keep their words end at every opportunity.
  local list, why = rille.text.wrap_spans(text, 1, PIECES)
  if not total or not list then
    return nil, message or why
  end
  local lines, n = {}, 0
  -- The clusters of the line so far; `last` is 0 before the first piece of a line.
  local first, last, from, to = 1, 0, 1, 0
  local function finish()
    n = n + 2
    lines[n - 1], lines[n] = from, to
    last = 0
  end
  for i = 1, #list, 2 do
    local start, stop = list[i], list[i + 1]
    local a, b = cluster_at(start), cluster_at(stop + 1) - 1
    if last > 0 and (span(first, b) > width and b >= a) then
      finish()
    end
    if last == 0 then
      first, from = a, start
      if not keep then
        while span(first, b) > width and b > first do
          local c = first
          while span(first, c + 1) <= width do
            c = c + 1
          end
          to = starts[c + 1] - 1
          finish()
          first, from = c + 1, starts[c + 1]
        end
      end
    end
    last, to = math.max(b, first), stop
    local next_start = list[i + 2]
    local feed = find(text, "\n", stop + 1, true)
    if not next_start or feed and feed < next_start then
      finish()
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

--- Returns the edges of the clusters between two bytes, from 0 on, for lines that were wrapped: where each starts, and x.
---@param text string
---@param opts { measure: rille.measure, kerning?: rille.kerning }
---@param name string
---@return integer? count
---@return integer[]|string starts count + 1 positions, or a message; reused by the next call
---@return number[]? lefts
---@return number[]? rights
function M.clusters(text, opts, name)
  local total, message = clusters(text, opts, name)
  if not total then
    return nil, message --[[@as string]]
  end
  return count, starts, lefts, rights
end

M.cluster_at = cluster_at

return M
