--- Inline diffs in pure Lua: which bytes of two texts differ. It takes the same steps as the native library.
local myers = require("rille.fallback.diff.myers")
local segment = require("rille.fallback.segment")

local byte, find, sub = string.byte, string.find, string.sub
local min, max = math.min, math.max

--- Maximum length in bytes of a match with a word that may count as a chance match.
local MAX_CHANCE_BYTES = 8

--- Returns the end of a word with characters outside of ASCII: that of Unicode's rules, but before punctuation of ASCII.
local function word_stop(s, at)
  local stop = segment.next(segment.machine("word"), s, at)
  local punctuation = find(s, "[%z\1-/:-@%[-%^`{-\127]", at)
  return punctuation and punctuation <= stop and max(punctuation - 1, at) or stop
end

--- Functions that return the last byte of the unit that starts at a byte.
local stops = {}

function stops.char(s, at)
  local _, stop = segment.decode(s, at)
  return stop
end

function stops.grapheme(s, at)
  local first, second = byte(s, at, at + 1)
  if first < 128 and (not second or second < 128) and not (first == 13 and second == 10) then
    return at
  end
  return (segment.next(segment.machine("grapheme"), s, at))
end

function stops.word(s, at)
  local _, stop = find(s, "^[%w_]+", at)
  if stop then
    return (byte(s, stop + 1) or 0) >= 128 and word_stop(s, at) or stop
  end
  _, stop = find(s, "^[ \t]+", at)
  if stop then
    return stop
  elseif find(s, "^\r\n", at) then
    return at + 1
  end
  return byte(s, at) < 128 and at or word_stop(s, at)
end

--- Returns whether there is a boundary between two bytes whatever is around them.
local boundaries = {}

function boundaries.word(s, at)
  return find(s, "^[%z\1-/:-@%[-%^`{-\127][%w_]", at)
end

function boundaries.char(s, at)
  return find(s, "^[%z\1-\127][%z\1-\127]", at) and sub(s, at, at + 1) ~= "\r\n"
end

boundaries.grapheme = boundaries.char

--- Returns the lengths of the start and the end that both texts share, up to a boundary.
local function common(a, b, unit)
  local is_boundary = boundaries[unit]
  local shorter, same = min(#a, #b), 0
  while same < shorter and byte(a, same + 1) == byte(b, same + 1) do
    same = same + 1
  end
  local start = 0
  for at = same - 1, 1, -1 do
    if is_boundary(a, at) then
      start = at
      break
    end
  end
  shorter, same = shorter - start, 0
  while same < shorter and byte(a, #a - same) == byte(b, #b - same) do
    same = same + 1
  end
  for at = #a - same + 1, #a - 1 do
    if is_boundary(a, at) then
      return start, #a - at
    end
  end
  return start, 0
end

--- Splits a text from byte `from` to `to` into units.
local function split(text, from, to, unit, known)
  local s, stop_of = sub(text, 1, to), stops[unit]
  local starts, ids, places, changed, count = {}, {}, {}, {}, 0
  while from <= to do
    local stop = stop_of(s, from)
    count = count + 1
    local piece = sub(s, from, stop)
    local id = known.ids[piece]
    if not id then
      known.count = known.count + 1
      id = known.count
      known.ids[piece] = id
    end
    starts[count], ids[count], places[count], changed[count] = from, id, count, false
    from = stop + 1
  end
  starts[count + 1] = to + 1
  return { text = text, starts = starts, ids = ids, places = places, changed = changed, count = count }
end

local function is_word_at(text, at)
  return find(text, "^[%w_\128-\255]", at) ~= nil
end

--- Returns how well a change of the units from `from` to `stop - 1` reads: see the native library.
local function boundary_score(side, from, stop)
  local text, first, past = side.text, side.starts[from], side.starts[stop]
  local score = 0
  if first == 1 or find(text, "^[ \t\n\f\r][^ \t\n\f\r]", first - 1) then
    score = 2
  end
  for i = 1, 2 do
    local at = i == 1 and first or past
    if at == 1 or at > #text or not (is_word_at(text, at - 1) and is_word_at(text, at)) then
      score = score + 1
    end
  end
  return score
end

--- Returns by how many units to move an insertion or deletion, which may be anywhere from unit `low` to before `high`.
local function best_move(side, from, stop, low, high)
  local ids, at, past = side.ids, from, stop
  while past < high and ids[at] == ids[past] do
    at, past = at + 1, past + 1
  end
  local best, best_score = at, boundary_score(side, at, past)
  while at > low and ids[at - 1] == ids[past - 1] do
    at, past = at - 1, past - 1
    local score = boundary_score(side, at, past)
    if score > best_score then
      best, best_score = at, score
    end
  end
  return best - from
end

--- Moves each insertion and deletion to the best of the places where it could be. A hunk has the first unit and the one after
--- the last in both texts.
local function slide(a, b, hunks)
  for i, hunk in ipairs(hunks) do
    local before, after = hunks[i - 1], hunks[i + 1]
    local move = 0
    if hunk[1] == hunk[2] then
      local high = after and after[3] - 1 or b.count + 1
      move = best_move(b, hunk[3], hunk[4], before and before[4] + 1 or 1, high)
    elseif hunk[3] == hunk[4] then
      local high = after and after[1] - 1 or a.count + 1
      move = best_move(a, hunk[1], hunk[2], before and before[2] + 1 or 1, high)
    end
    for k = 1, 4 do
      hunk[k] = hunk[k] + move
    end
  end
end

local function length(side, from, stop)
  return side.starts[stop] - side.starts[from]
end

--- Returns whether only blanks, or a chance match, are between two hunks.
local function is_joined(a, b, first, second, unit)
  local len = length(a, first[2], second[1])
  local a_len, b_len = length(a, first[1], first[2]), length(b, first[3], first[4])
  local next_a, next_b = length(a, second[1], second[2]), length(b, second[3], second[4])
  local most, next_most = max(a_len, b_len), max(next_a, next_b)
  if unit ~= "word" then
    return len <= most and len <= next_most
  elseif second[1] - first[2] == 1 and find(a.text, "^[ \t]", a.starts[first[2]]) then
    -- A run of blanks is one unit.
    return (a_len > 0 and next_a > 0) or (b_len > 0 and next_b > 0)
  end
  return len <= MAX_CHANCE_BYTES and 2 * len <= most and 2 * len <= next_most
end

--- Joins hunks that have only blanks, or a chance match, between them.
local function join(a, b, hunks, unit)
  local joined, count = {}, 0
  for _, hunk in ipairs(hunks) do
    while count > 0 and is_joined(a, b, joined[count], hunk, unit) do
      hunk[1], hunk[3] = joined[count][1], joined[count][3]
      joined[count] = nil
      count = count - 1
    end
    count = count + 1
    joined[count] = hunk
  end
  return joined, count
end

local function hunks_of(a, b)
  local hunks, at_a, at_b = {}, 1, 1
  while at_a <= a.count or at_b <= b.count do
    if a.changed[at_a] or b.changed[at_b] then
      local hunk = { at_a, at_a, at_b, at_b }
      while a.changed[hunk[2]] do
        hunk[2] = hunk[2] + 1
      end
      while b.changed[hunk[4]] do
        hunk[4] = hunk[4] + 1
      end
      hunks[#hunks + 1] = hunk
      at_a, at_b = hunk[2], hunk[4]
    else
      at_a, at_b = at_a + 1, at_b + 1
    end
  end
  return hunks
end

--- Compares two texts. Returns four offsets for each span, from index 0 on.
---@param a string
---@param b string
---@param unit "word"|"char"|"grapheme"
---@return integer[] numbers
---@return integer count
---@return boolean exact
return function(a, b, unit)
  local start, stop = common(a, b, unit)
  local known = { ids = {}, count = 0 }
  local a_side = split(a, start + 1, #a - stop, unit, known)
  local b_side = split(b, start + 1, #b - stop, unit, known)
  local exact = myers.mark(
    { a_side.ids, a_side.places, a_side.changed },
    { b_side.ids, b_side.places, b_side.changed },
    myers.MAX_INLINE_STEPS
  )
  local hunks = hunks_of(a_side, b_side)
  slide(a_side, b_side, hunks)
  local joined, count = join(a_side, b_side, hunks, unit)
  local numbers = {}
  for i = 1, count do
    local hunk, at = joined[i], 4 * i - 4
    numbers[at], numbers[at + 1] = a_side.starts[hunk[1]] - 1, a_side.starts[hunk[2]] - 1
    numbers[at + 2], numbers[at + 3] = b_side.starts[hunk[3]] - 1, b_side.starts[hunk[4]] - 1
  end
  return numbers, count, exact
end
