--- Moves the changed groups of lines to where people expect them. A group of changed lines that starts with the line after it,
--- or ends with the line before it, can be moved by a line without a change of meaning: it is moved to where a group of the
--- other text is, or otherwise to where the indentation suggests a boundary, as Git does.
local M = {}

--- Maximum number of lines by which a group is moved by indentation.
local MAX_SLIDING_LINES = 100
--- Maximum indentation and number of blank lines that are measured.
local MAX_INDENT, MAX_BLANK_LINES = 200, 20

-- The weights that Git's indent heuristic found on a corpus of hand-rated diffs; the smaller sum is the better place.
local START_OF_TEXT, END_OF_TEXT = 1, 21
local TOTAL_BLANK, POST_BLANK = -30, 6
local INDENT, INDENT_WITH_BLANK = -4, 10
local OUTDENT, OUTDENT_WITH_BLANK = 24, 17
local DEDENT, DEDENT_WITH_BLANK = 23, 17
local INDENT_WEIGHT = 60

--- Returns the indentation of a line in columns of tabs of 8; -1 for a blank line.
local function indent_of(text, from, stop)
  local indent = 0
  for i = from, stop do
    local byte = text:byte(i)
    if byte == 32 then
      indent = indent + 1
    elseif byte == 9 then
      indent = indent + 8 - indent % 8
    elseif byte ~= 10 and byte ~= 13 then
      return indent
    end
    if indent >= MAX_INDENT then
      return MAX_INDENT
    end
  end
  return -1
end

--- Adds the badness of a boundary before line `at`: its indentation and its penalty.
local function measure(side, at)
  local indent_at = side.indent_at
  local count = side.count
  local is_end = at > count
  local indent = is_end and -1 or indent_at(at)
  local before, blank_before = -1, 0
  for i = at - 1, 1, -1 do
    before = indent_at(i)
    if before ~= -1 then
      break
    end
    blank_before = blank_before + 1
    if blank_before == MAX_BLANK_LINES then
      before = 0
      break
    end
  end
  local after, blank_after = -1, 0
  for i = at + 1, count do
    after = indent_at(i)
    if after ~= -1 then
      break
    end
    blank_after = blank_after + 1
    if blank_after == MAX_BLANK_LINES then
      after = 0
      break
    end
  end

  local penalty = 0
  if before == -1 and blank_before == 0 then
    penalty = penalty + START_OF_TEXT
  end
  if is_end then
    penalty = penalty + END_OF_TEXT
  end
  local post_blank = indent == -1 and 1 + blank_after or 0
  local total_blank = blank_before + post_blank
  penalty = penalty + TOTAL_BLANK * total_blank + POST_BLANK * post_blank
  local own = indent ~= -1 and indent or after
  local any_blanks = total_blank ~= 0
  -- No penalty at the start or end of the text, and between lines of one indentation.
  if own ~= -1 and before ~= -1 and own ~= before then
    if own > before then
      penalty = penalty + (any_blanks and INDENT_WITH_BLANK or INDENT)
    elseif after ~= -1 and after > own then
      -- The block that follows begins here.
      penalty = penalty + (any_blanks and OUTDENT_WITH_BLANK or OUTDENT)
    else
      penalty = penalty + (any_blanks and DEDENT_WITH_BLANK or DEDENT)
    end
  end
  return own, penalty
end

--- Returns whether a place is at least as good as the best so far.
local function is_no_worse(indent, penalty, best_indent, best_penalty)
  local order = indent > best_indent and 1 or indent < best_indent and -1 or 0
  return INDENT_WEIGHT * order + (penalty - best_penalty) <= 0
end

--- Moves to the next group: the changed lines after the next line that is not changed. Groups are half-open; an empty one lies
--- between two lines that are not changed.
local function next_group(side, stop)
  if stop == side.count + 1 then
    return nil
  end
  local from = stop + 1
  stop = from
  local changed = side.changed
  while changed[stop] do
    stop = stop + 1
  end
  return from, stop
end

local function previous_group(side, from)
  local stop = from - 1
  from = stop
  local changed = side.changed
  while changed[from - 1] do
    from = from - 1
  end
  return from, stop
end

--- Moves a group up by a line, and joins the groups that it then touches.
local function slide_up(side, from, stop)
  local ids, changed = side.ids, side.changed
  if from == 1 or ids[from - 1] ~= ids[stop - 1] then
    return nil
  end
  from, stop = from - 1, stop - 1
  changed[from], changed[stop] = true, false
  while changed[from - 1] do
    from = from - 1
  end
  return from, stop
end

local function slide_down(side, from, stop)
  local ids, changed = side.ids, side.changed
  if stop > side.count or ids[from] ~= ids[stop] then
    return nil
  end
  changed[from], changed[stop] = false, true
  from, stop = from + 1, stop + 1
  while changed[stop] do
    stop = stop + 1
  end
  return from, stop
end

local function first_group(side)
  local stop = 1
  while side.changed[stop] do
    stop = stop + 1
  end
  return 1, stop
end

--- Returns the best end of a group by indentation.
local function best_end(side, earliest, stop, size)
  local shift = math.max(earliest, stop - size - 1, stop - MAX_SLIDING_LINES)
  local best, best_indent, best_penalty
  while shift <= stop do
    local indent_1, penalty_1 = measure(side, shift)
    local indent_2, penalty_2 = measure(side, shift - size)
    local indent, penalty = indent_1 + indent_2, penalty_1 + penalty_2
    if not best or is_no_worse(indent, penalty, best_indent, best_penalty) then
      best, best_indent, best_penalty = shift, indent, penalty
    end
    shift = shift + 1
  end
  return best
end

local function compact(side, other, by_indent)
  local from, stop = first_group(side)
  local o_from, o_stop = first_group(other)
  while from do
    if stop > from then
      local size, earliest, matching
      repeat
        size = stop - from
        matching = nil
        -- Up as far as it goes.
        while true do
          local f, s = slide_up(side, from, stop)
          if not f then
            break
          end
          from, stop = f, s
          o_from, o_stop = previous_group(other, o_from)
        end
        earliest = stop
        if o_stop > o_from then
          matching = stop
        end
        -- Down as far as it goes.
        while true do
          local f, s = slide_down(side, from, stop)
          if not f then
            break
          end
          from, stop = f, s
          o_from, o_stop = next_group(other, o_stop)
          if o_stop > o_from then
            matching = stop
          end
        end
      -- A group that has met another one is larger now, and may go further.
      until size == stop - from
      local target = stop
      if stop > earliest then
        target = matching or by_indent and best_end(side, earliest, stop, size) or stop
      end
      while stop > target do
        from, stop = slide_up(side, from, stop)
        o_from, o_stop = previous_group(other, o_from)
      end
    end
    from, stop = next_group(side, stop)
    if from then
      o_from, o_stop = next_group(other, o_stop)
    end
  end
end

--- Returns a function that measures lines, and remembers what it measured.
---@param text string
---@param starts integer[] where each line starts, and one past the last line
local function indents(text, starts)
  local known = {}
  return function(i)
    local indent = known[i]
    if not indent then
      indent = indent_of(text, starts[i], starts[i + 1] - 1)
      known[i] = indent
    end
    return indent
  end
end

---@class rille.fallback.diff.side
---@field text string
---@field starts integer[] where each line starts, and one past the last line
---@field count integer number of lines
---@field ids integer[] equal lines have equal numbers
---@field changed boolean[]

--- Moves the groups of both texts.
---@param a rille.fallback.diff.side
---@param b rille.fallback.diff.side
---@param by_indent boolean whether to look at the indentation
function M.both(a, b, by_indent)
  a.indent_at, b.indent_at = indents(a.text, a.starts), indents(b.text, b.starts)
  compact(a, b, by_indent)
  compact(b, a, by_indent)
end

return M
