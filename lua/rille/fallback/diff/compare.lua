--- Compares two texts line by line, in pure Lua.
local myers = require("rille.fallback.diff.myers")
local number = require("rille.fallback.diff.lines").number
local slide = require("rille.fallback.diff.slide").both

local clock = os.clock

local M = {}

--- Returns the lines that the other text has, too, and marks the others as changed.
local function shared(lines, other)
  local is_in_other = {}
  for i = 1, other.count do
    is_in_other[other.ids[i]] = true
  end
  local ids, places, changed, count = {}, {}, {}, 0
  for i = 1, lines.count do
    local id = lines.ids[i]
    local is_shared = is_in_other[id] == true
    changed[i] = not is_shared
    if is_shared then
      count = count + 1
      ids[count], places[count] = id, i
    end
  end
  lines.changed = changed
  return ids, places
end

--- Compares two texts. Returns four numbers for each hunk, from index 0 on: 0-based first line and number of lines in each
--- text.
---@param a rille.fallback.diff.lines
---@param b rille.fallback.diff.lines
---@param given table options, as the reader returns them
---@return integer[] numbers
---@return integer count
---@return boolean exact
function M.hunks(a, b, given)
  number(a, b, given)
  local a_ids, a_places = shared(a, b)
  local b_ids, b_places = shared(b, a)
  local is_late
  if given.deadline > 0 then
    local stop = clock() + given.deadline / 1000
    is_late = function()
      return clock() > stop
    end
  end
  local exact = myers.mark(
    { a_ids, a_places, a.changed },
    { b_ids, b_places, b.changed },
    myers.MAX_LINE_STEPS,
    is_late
  )
  slide(a, b, given.indent_heuristic)
  local numbers, count, at_a, at_b = {}, 0, 1, 1
  local a_changed, b_changed = a.changed, b.changed
  while at_a <= a.count or at_b <= b.count do
    if a_changed[at_a] or b_changed[at_b] then
      local a_first, b_first = at_a, at_b
      while a_changed[at_a] do
        at_a = at_a + 1
      end
      while b_changed[at_b] do
        at_b = at_b + 1
      end
      local at = 4 * count
      numbers[at], numbers[at + 1] = a_first - 1, at_a - a_first
      numbers[at + 2], numbers[at + 3] = b_first - 1, at_b - b_first
      count = count + 1
    else
      at_a, at_b = at_a + 1, at_b + 1
    end
  end
  return numbers, count, exact
end

return M
