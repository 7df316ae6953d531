--- Three-way merges in pure Lua, which decide as `git merge-file` does.
local compare = require("rille.fallback.diff.compare")
local lines = require("rille.fallback.diff.lines")

local byte, find, rep, sub = string.byte, string.find, string.rep, string.sub
local get, range = lines.get, lines.range

--- Maximum number of lines between two conflicts that are joined.
local MAX_JOINED_LINES = 3

--- How lines are compared: as `git merge-file` compares them.
local OPTIONS = { whitespace = "respect", case = "respect", eol = "respect", deadline = 0 }

--- A region in which the merged text is not simply the lines of ours. The numbers are a 0-based first line and the one after the
--- last.
---@class rille.fallback.diff.region
---@field source "ours"|"theirs"|"conflict"|"equal"
---@field base integer[]
---@field ours integer[]
---@field theirs integer[]

--- Returns the hunks of two texts as a list of { a_first, a_stop, b_first, b_stop }.
local function diff(a, b)
  local numbers, count = compare.hunks(a, b, OPTIONS)
  local hunks = {}
  for i = 1, count do
    local at = 4 * i - 4
    local a_first, b_first = numbers[at], numbers[at + 2]
    hunks[i] = { a_first, a_first + numbers[at + 1], b_first, b_first + numbers[at + 3] }
  end
  return hunks
end

--- Appends a region; one that touches the region before it becomes a part of that.
local function append(regions, region)
  local last = regions[#regions]
  if last and (region.ours[1] <= last.ours[2] or region.theirs[1] <= last.theirs[2]) then
    if last.source ~= region.source then
      last.source = "conflict"
    end
    last.base[2], last.ours[2], last.theirs[2] = region.base[2], region.ours[2], region.theirs[2]
  else
    regions[#regions + 1] = region
  end
end

local function text_of(text, span)
  return range(text, span[1] + 1, span[2] - span[1])
end

--- Returns the lines of a side for those of the base in an overlap.
local function side_of(hunk, first, stop)
  return { hunk[3] - (hunk[1] - first), hunk[4] + (stop - hunk[2]) }
end

--- Combines the changes of both sides.
local function combine(our_hunks, their_hunks, ours, theirs)
  local regions, i, j = {}, 1, 1
  -- The line of a side is that of the base plus its shift.
  local our_shift, their_shift = 0, 0
  while our_hunks[i] or their_hunks[j] do
    local x, y = our_hunks[i], their_hunks[j]
    if x and (not y or x[2] < y[1]) then
      append(regions, {
        source = "ours",
        base = { x[1], x[2] },
        ours = { x[3], x[4] },
        theirs = { x[1] + their_shift, x[2] + their_shift },
      })
      our_shift, i = x[4] - x[2], i + 1
    elseif y and (not x or y[2] < x[1]) then
      append(regions, {
        source = "theirs",
        base = { y[1], y[2] },
        ours = { y[1] + our_shift, y[2] + our_shift },
        theirs = { y[3], y[4] },
      })
      their_shift, j = y[4] - y[2], j + 1
    else
      local is_same = x[1] == y[1]
        and x[2] == y[2]
        and x[4] - x[3] == y[4] - y[3]
        and text_of(ours, { x[3], x[4] }) == text_of(theirs, { y[3], y[4] })
      if not is_same then
        local first, stop = math.min(x[1], y[1]), math.max(x[2], y[2])
        append(regions, {
          source = "conflict",
          base = { first, stop },
          ours = side_of(x, first, stop),
          theirs = side_of(y, first, stop),
        })
      end
      our_shift, their_shift = x[4] - x[2], y[4] - y[2]
      if x[2] >= y[2] then
        j = j + 1
      end
      if y[2] >= x[2] then
        i = i + 1
      end
    end
  end
  return regions
end

--- Reduces conflicts to the lines in which both sides differ.
local function refine(regions, ours, theirs)
  local refined = {}
  for _, region in ipairs(regions) do
    local a, b = region.ours, region.theirs
    if region.source ~= "conflict" or a[1] == a[2] or b[1] == b[2] then
      refined[#refined + 1] = region
    else
      local hunks = diff(lines.split(text_of(ours, a)), lines.split(text_of(theirs, b)))
      if not hunks[1] then
        region.source = "equal"
        refined[#refined + 1] = region
      end
      for _, hunk in ipairs(hunks) do
        refined[#refined + 1] = {
          source = "conflict",
          base = { region.base[1], region.base[2] },
          ours = { a[1] + hunk[1], a[1] + hunk[2] },
          theirs = { b[1] + hunk[3], b[1] + hunk[4] },
        }
      end
    end
  end
  return refined
end

--- Joins conflicts that have few lines between them, or none with a letter or digit.
local function join_near(regions, ours)
  local joined = {}
  for _, region in ipairs(regions) do
    local last = joined[#joined]
    local between = last
      and last.source == "conflict"
      and region.source == "conflict"
      and { last.ours[2], region.ours[1] }
    if
      between
      and (between[2] - between[1] <= MAX_JOINED_LINES or not find(text_of(ours, between), "[0-9A-Za-z]"))
    then
      last.ours[2], last.theirs[2], last.base[2] = region.ours[2], region.theirs[2], region.base[2]
    else
      joined[#joined + 1] = region
    end
  end
  return joined
end

--- Returns whether a line (0-based) ends with CR LF; for a last line without an end, whether the line before it does; nil if no
--- line says it.
local function ends_with_cr_lf(text, i)
  i = math.min(i + 1, text.count)
  if i < 1 then
    return nil
  end
  local line = get(text, i)
  if byte(line, -1) ~= 10 then
    if i == 1 then
      return nil
    end
    line = get(text, i - 1)
  end
  return sub(line, -2) == "\r\n"
end

--- Returns the line end of markers.
local function line_end(region, base, ours, theirs)
  local is_cr_lf = ends_with_cr_lf(ours, math.max(region.ours[1] - 1, 0))
  if is_cr_lf ~= false then
    is_cr_lf = ends_with_cr_lf(theirs, math.max(region.theirs[1] - 1, 0))
  end
  if is_cr_lf ~= false then
    is_cr_lf = ends_with_cr_lf(base, 0)
  end
  return is_cr_lf and "\r\n" or "\n"
end

--- Merges two texts that were made from a third one. Returns the pieces of the merged text, eight numbers for each conflict,
--- from index 0 on, and the number of conflicts.
---@param base string
---@param ours string
---@param theirs string
---@param given table options, as the reader returns them
---@return string[] pieces
---@return integer[] numbers
---@return integer count
return function(base, ours, theirs, given)
  base, ours, theirs = lines.split(base), lines.split(ours), lines.split(theirs)
  local regions = combine(diff(base, ours), diff(base, theirs), ours, theirs)
  if given.style == "merge" then
    regions = join_near(refine(regions, ours, theirs), ours)
  end
  local out, length, done, numbers, count = {}, 0, 0, {}, 0
  local function put(piece)
    out[#out + 1] = piece
    length = length + #piece
  end
  local function put_ended(piece, ending)
    put(piece)
    if piece ~= "" and byte(piece, -1) ~= 10 then
      put(ending)
    end
  end
  local names = given.names or { "ours", "base", "theirs" }
  local function marker(sign, name, ending)
    put(rep(sign, 7) .. (name ~= "" and " " .. name or "") .. ending)
  end
  for _, region in ipairs(regions) do
    if region.source ~= "equal" then
      put(range(ours, done + 1, region.ours[1] - done))
      local source = region.source
      if source == "conflict" and given.favor ~= "none" then
        source = given.favor
      end
      local ending = line_end(region, base, ours, theirs)
      local our_text, their_text = text_of(ours, region.ours), text_of(theirs, region.theirs)
      if source == "ours" then
        put(our_text)
      elseif source == "theirs" then
        put(their_text)
      elseif source == "union" then
        put_ended(our_text, ending)
        put(their_text)
      else
        local at = 8 * count
        numbers[at] = length
        marker("<", names[1], ending)
        put_ended(our_text, ending)
        if given.style == "diff3" then
          marker("|", names[2], ending)
          put_ended(text_of(base, region.base), ending)
        end
        marker("=", "", ending)
        put_ended(their_text, ending)
        marker(">", names[3], ending)
        numbers[at + 1] = length
        for i, span in ipairs({ region.base, region.ours, region.theirs }) do
          numbers[at + 2 * i], numbers[at + 2 * i + 1] = span[1], span[2] - span[1]
        end
        count = count + 1
      end
      done = region.ours[2]
    end
  end
  put(range(ours, done + 1, ours.count - done))
  return out, numbers, count
end
