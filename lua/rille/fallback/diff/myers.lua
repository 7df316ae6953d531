--- Myers' algorithm in linear space, over lists of numbers: which elements of two lists belong to no common subsequence.
---
--- The boxes that remain to be compared are kept in a list, so that no input makes the call stack deep.
local M = {}

--- Bounds of the work for lines, and for the units of an inline diff, in steps of the innermost loops: below a second with the
--- JIT compiler on. Past it the boxes that remain count as changed as a whole.
M.MAX_LINE_STEPS, M.MAX_INLINE_STEPS = 2 ^ 25, 2 ^ 22

--- Returns where two shortest paths, one from each corner of a box, meet, and the number of steps; nil when `steps` are used up.
--- A box has the elements `a_from` to `a_stop - 1` of `a` and `b_from` to `b_stop - 1` of `b`, none of them empty.
local function middle(a, b, box, forward, backward, steps)
  local a_from, a_stop, b_from, b_stop = box[1], box[2], box[3], box[4]
  -- A diagonal is the place in `a` minus the place in `b`; `shift` makes its number positive.
  local shift = b_stop + 2
  local lowest, highest = a_from - b_stop + shift, a_stop - b_from + shift
  local from, stop = a_from - b_from + shift, a_stop - b_stop + shift
  local is_odd = (from - stop) % 2 ~= 0
  local f_low, f_high, b_low, b_high = from, from, stop, stop
  local used = 0
  forward[from], backward[stop] = a_from, a_stop
  while used < steps do
    if f_low > lowest then
      f_low = f_low - 1
      forward[f_low - 1] = -1
    else
      f_low = f_low + 1
    end
    if f_high < highest then
      f_high = f_high + 1
      forward[f_high + 1] = -1
    else
      f_high = f_high - 1
    end
    for d = f_high, f_low, -2 do
      local below, above = forward[d - 1], forward[d + 1]
      local x = below >= above and below + 1 or above
      local y = x - d + shift
      local x_from = x
      while x < a_stop and y < b_stop and a[x] == b[y] do
        x, y = x + 1, y + 1
      end
      used = used + 1 + x - x_from
      forward[d] = x
      if is_odd and d >= b_low and d <= b_high and backward[d] <= x then
        return x, y, used
      end
    end

    if b_low > lowest then
      b_low = b_low - 1
      backward[b_low - 1] = math.huge
    else
      b_low = b_low + 1
    end
    if b_high < highest then
      b_high = b_high + 1
      backward[b_high + 1] = math.huge
    else
      b_high = b_high - 1
    end
    for d = b_high, b_low, -2 do
      local below, above = backward[d - 1], backward[d + 1]
      local x = below < above and below or above - 1
      local y = x - d + shift
      local x_from = x
      while x > a_from and y > b_from and a[x - 1] == b[y - 1] do
        x, y = x - 1, y - 1
      end
      used = used + 1 + x_from - x
      backward[d] = x
      if not is_odd and d >= f_low and d <= f_high and x <= forward[d] then
        return x, y, used
      end
    end
  end
  return nil, nil, used
end

local function mark(changed, places, from, stop)
  for i = from, stop - 1 do
    changed[places[i]] = true
  end
end

--- Marks the elements of both lists that belong to no longest common subsequence. A side has three fields: the list, the place
--- in the third field for each of its elements, and where the marks go.
---@param a { [1]: integer[], [2]: integer[], [3]: boolean[] }
---@param b { [1]: integer[], [2]: integer[], [3]: boolean[] }
---@param steps integer bound of the work
---@param is_late? fun(): boolean called now and then; once it returns true, the rest is marked as changed
---@return boolean exact false if the bound was reached
function M.mark(a, b, steps, is_late)
  local a_places, a_changed, b_places, b_changed = a[2], a[3], b[2], b[3]
  a, b = a[1], b[1]
  local exact = true
  local boxes, count = { { 1, #a + 1, 1, #b + 1 } }, 1
  local forward, backward = {}, {}
  while count > 0 do
    local box = boxes[count]
    boxes[count], count = nil, count - 1
    local a_from, a_stop, b_from, b_stop = box[1], box[2], box[3], box[4]
    while a_from < a_stop and b_from < b_stop and a[a_from] == b[b_from] do
      a_from, b_from = a_from + 1, b_from + 1
    end
    while a_from < a_stop and b_from < b_stop and a[a_stop - 1] == b[b_stop - 1] do
      a_stop, b_stop = a_stop - 1, b_stop - 1
    end
    if a_from == a_stop or b_from == b_stop then
      mark(a_changed, a_places, a_from, a_stop)
      mark(b_changed, b_places, b_from, b_stop)
    else
      box[1], box[2], box[3], box[4] = a_from, a_stop, b_from, b_stop
      local x, y, used
      if exact and not (is_late and is_late()) then
        x, y, used = middle(a, b, box, forward, backward, steps)
        steps = steps - used
      end
      if x then
        boxes[count + 1] = { x, a_stop, y, b_stop }
        boxes[count + 2] = { a_from, x, b_from, y }
        count = count + 2
      else
        exact = false
        mark(a_changed, a_places, a_from, a_stop)
        mark(b_changed, b_places, b_from, b_stop)
      end
    end
  end
  return exact
end

return M
