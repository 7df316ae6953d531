--- What a row of the list shows of an item: the part of its text that fits and has the matches in it.
local line = require("rille.nvim.text").line

local M = {}

--- Bytes that follow the last one that is sure to fit: wide enough for the letters of any script.
local SLACK = 4
--- What stays visible in front of a match.
local BEFORE = 8

--- The next byte from `at` on that begins a character.
local function boundary(text, at)
  while at <= #text do
    local byte = text:byte(at)
    if byte < 0x80 or byte >= 0xC0 then
      return at
    end
    at = at + 1
  end
  return at
end

--- Cuts a text to what a row can show. Where the last match would be cut off, the beginning goes instead.
---@param text string
---@param ranges integer[] from and to of each match in turn, 1-based bytes, ascending
---@param width integer cells
---@return string shown without line ends; a zero byte, which Neovim shows as ^@, stands for them
---@return integer shift to add to a position in `text`; what is then below 1 is not shown
function M.fit(text, ranges, width)
  local shift = 0
  -- An empty match may be behind the end.
  if #text > width and #ranges > 0 and ranges[#ranges] > width then
    local from = ranges[#ranges] - width + SLACK
    if from > ranges[1] then
      -- They do not fit all: the first has to be seen.
      from = ranges[1] - BEFORE
    end
    from = boundary(text, math.max(1, from))
    if from > 1 then
      shift = #"…" - (from - 1)
      text = "…" .. text:sub(from, from + width * SLACK)
    end
  end
  if #text > width * SLACK then
    text = text:sub(1, boundary(text, width * SLACK) - 1)
  end
  return line(text), shift
end

--- The end of a path, if all of it would be too long.
---@param path string
---@param width integer cells
---@return string
function M.tail(path, width)
  if #path <= width then
    return line(path)
  end
  return "…" .. line(path:sub(boundary(path, math.min(#path, #path - width + 2))))
end

--- Ranges of neighbours, from single positions in ascending order.
---@param positions integer[]
---@return integer[] ranges
function M.ranges(positions)
  local ranges, n = {}, 0
  for i = 1, #positions do
    local at = positions[i]
    if n > 0 and ranges[n] == at - 1 then
      ranges[n] = at
    else
      ranges[n + 1], ranges[n + 2] = at, at
      n = n + 2
    end
  end
  return ranges
end

return M
