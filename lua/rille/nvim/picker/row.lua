--- The text shown in a row: the part of the item's text that fits and contains the matches.
local text_of = require("rille.nvim.text")

local cells, line = text_of.cells, text_of.line

local M = {}

--- Bytes to keep past the last one that is certain to fit: enough for the letters of any script.
local SLACK = 4
--- Bytes that stay visible before a match.
local BEFORE = 8

--- Returns the next byte from `at` on that begins a character.
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

--- Truncates a text to fit in a row. Where the last match would be cut off, the beginning is cut instead.
---@param text string
---@param ranges integer[] start and end of each match, flat, 1-based bytes, ascending
---@param width integer cells
---@return string shown without line ends; each is replaced by a zero byte, which Neovim shows as ^@
---@return integer shift to add to a position in `text`; a result below 1 is not shown
function M.fit(text, ranges, width)
  local shift = 0
  -- An empty match may be past the end.
  if #text > width and #ranges > 0 and ranges[#ranges] > width then
    local from = ranges[#ranges] - width + SLACK
    if from > ranges[1] then
      -- They do not all fit: the first one has to be visible.
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

--- Returns a path with its directory cut in the middle if it is too long; the name of the file stays.
---@param path string
---@param ranges integer[] start and end of each match, flat, 1-based bytes, ascending
---@param width integer cells
---@return string shown
---@return integer[] ranges of the matches in it
---@return integer directory number of bytes of the directory in it, its last slash included
function M.path(path, ranges, width)
  local directory = (path:match("^.*/()") or 1) - 1
  local room = width - cells(path:sub(directory + 1)) - 1
  if directory == 0 or #path <= width or cells(path) <= width or room < 4 then
    return path, ranges, directory
  end
  -- Bytes and cells differ for few paths; those are cut a little more.
  local head = boundary(path, math.floor(room / 2) + 1) - 1
  local tail = boundary(path, math.max(head + 1, directory - (room - math.floor(room / 2)) + 1))
  local shift, shown = #"…" - (tail - 1 - head), {}
  for i = 1, #ranges, 2 do
    local from, to = ranges[i], ranges[i + 1]
    -- The part in what is cut is not shown.
    if from <= head then
      shown[#shown + 1], shown[#shown + 2] = from, math.min(to, head)
    end
    if to >= tail then
      shown[#shown + 1], shown[#shown + 2] = math.max(from, tail) + shift, to + shift
    end
  end
  return path:sub(1, head) .. "…" .. path:sub(tail), shown, directory + shift
end

--- Returns the parts of a text that are kept, with `…` for what is cut, and the matches in them.
---@param text string
---@param ranges integer[]
---@param kept integer[] start and end of each part, flat, ascending
local function joined(text, ranges, kept)
  local parts, shown, at = {}, {}, 0
  for k = 1, #kept, 2 do
    local from, to = kept[k], kept[k + 1]
    local is_cut = from > (kept[k - 1] or 0) + 1
    parts[#parts + 1] = (is_cut and "…" or "") .. text:sub(from, to)
    at = at + (is_cut and #"…" or 0)
    for i = 1, #ranges, 2 do
      local first, last = math.max(ranges[i], from), math.min(ranges[i + 1], to)
      if first <= last then
        local n = #shown
        shown[n + 1], shown[n + 2] = first - from + at + 1, last - from + at + 1
      end
    end
    at = at + to - from + 1
  end
  return table.concat(parts), shown
end

--- Returns a path that is shown like another one when its directory is cut in the middle, cut so that the first part in which
--- they differ stays.
---@param path string
---@param other string
---@param ranges integer[]
---@param width integer cells
---@return string shown
---@return integer[] ranges
---@return integer directory number of bytes of the directory in it
function M.distinct(path, other, ranges, width)
  local name, from, at = (path:match("^.*/()") or 1), 1, 1
  while at < name and path:byte(at) == other:byte(at) do
    at = at + 1
    from = path:byte(at - 1) == 0x2F and at or from
  end
  local to = path:find("/", from, true) or 0
  local room = width - cells(path:sub(name)) - cells(path:sub(from, to)) - 2
  -- At least the slash before the name stays.
  if at >= name or to >= name or room < 1 then
    return M.path(path, ranges, width)
  end
  -- The rest is for the end of the directory.
  local tail = math.max(to + 1, boundary(path, math.max(1, name - room)))
  local kept = tail == to + 1 and { from, #path } or { from, to, tail, #path }
  local shown, places = joined(path, ranges, kept)
  return shown, places, #shown - (#path - name + 1)
end

--- Returns a path with the name of the file before its directory, which is cut in the middle if it is too long.
---@param path string
---@param ranges integer[] start and end of each match, flat, 1-based bytes, ascending
---@param width integer cells
---@return string shown
---@return integer[] ranges of the matches in it; one of the slash before the name is not shown
---@return integer? directory where the directory starts in it; nil if there is none
function M.name_first(path, ranges, width)
  local directory, name = path:match("^(.*/)([^/]*)$")
  if not directory or directory == "/" or name == "" then
    return path, ranges, nil
  end
  local of_directory, shown = {}, {}
  for i = 1, #ranges, 2 do
    local from, to = ranges[i], ranges[i + 1]
    if from <= #directory then
      of_directory[#of_directory + 1], of_directory[#of_directory + 2] = from, math.min(to, #directory)
    end
    if to > #directory then
      local n = #shown
      shown[n + 1], shown[n + 2] = math.max(1, from - #directory), to - #directory
    end
  end
  -- As a path without a name, of which the directory is cut.
  local cut, places = M.path(directory, of_directory, width - cells(name) - 1)
  cut = cut:sub(1, -2)
  for i = 1, #places, 2 do
    local n, from, to = #shown, places[i], math.min(places[i + 1], #cut)
    if from <= to then
      shown[n + 1], shown[n + 2] = from + #name + 1, to + #name + 1
    end
  end
  return name .. " " .. cut, shown, #name + 2
end

--- Returns the end of a path that is too long to be shown whole.
---@param path string
---@param width integer cells
---@return string
function M.tail(path, width)
  if #path <= width then
    return line(path)
  end
  return "…" .. line(path:sub(boundary(path, math.min(#path, #path - width + 2))))
end

--- Converts single positions in ascending order to ranges, joining neighbours.
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
