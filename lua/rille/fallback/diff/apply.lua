--- Applies hunks to a text and takes them back, in pure Lua.
local lines = require("rille.fallback.diff.lines")

local byte = string.byte
local get, range = lines.get, lines.range

--- Number of unchanged lines before and after a hunk that must be those of the diff.
local CONTEXT_LINES = 3

--- Returns the first line of a text that is not as a hunk expects it, or nil.
local function mismatch(text, old, first, count)
  local stop = first + count + CONTEXT_LINES
  for i = math.max(first - CONTEXT_LINES, 0) + 1, math.min(stop, old.count) do
    if i > text.count or get(text, i) ~= get(old, i) then
      return i
    end
  end
  -- A hunk near the end of its text fits only there.
  return stop > old.count and text.count > old.count and old.count + 1 or nil
end

--- Returns the pieces of a text with hunks applied; nil, a hunk and a line if that hunk does not fit.
---@param s string
---@param a rille.fallback.diff.lines
---@param b rille.fallback.diff.lines
---@param numbers integer[] four for each hunk, from index 0 on
---@param first integer the first hunk
---@param last integer the last hunk
---@param is_reverse boolean
---@return string[]?
---@return integer? hunk
---@return integer? line
return function(s, a, b, numbers, first, last, is_reverse)
  local text, from, to = lines.split(s), 0, 2
  local old, new = a, b
  if is_reverse then
    old, new, from, to = b, a, 2, 0
  end
  for i = first, last do
    local at = 4 * i - 4
    local line = mismatch(text, old, numbers[at + from], numbers[at + from + 1])
    if line then
      return nil, i, line
    end
  end
  local out, done = {}, 0
  local function put(piece)
    if piece ~= "" then
      local before = out[#out]
      if before and byte(before, -1) ~= 10 then
        out[#out + 1] = "\n"
      end
      out[#out + 1] = piece
    end
  end
  for i = first, last do
    local at = 4 * i - 4
    put(range(text, done + 1, numbers[at + from] - done))
    put(range(new, numbers[at + to] + 1, numbers[at + to + 1]))
    done = numbers[at + from] + numbers[at + from + 1]
  end
  put(range(text, done + 1, text.count - done))
  return out
end
