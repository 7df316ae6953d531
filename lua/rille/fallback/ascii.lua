--- Display cells and line breaking of ASCII in pure Lua. Other text needs tables that only the native library has.
local byte, find = string.byte, string.find

local M = {}

M.NEEDS_LIBRARY = "needs the native library"

local TAB, LF, CR, SPACE, DELETE = 9, 10, 13, 32, 127

--- Returns whether the text is ASCII.
---@param s string
---@return boolean
function M.is_ascii(s)
  return not find(s, "[\128-\255]")
end

-- The cells of a control character, by style.
local CONTROL = { [0] = 0, 2, 1 }
local STRWIDTH = 2

--- Returns the cells of a byte at a column.
local function cells_of(code, column, layout)
  if code >= SPACE and code < DELETE then
    return 1
  elseif code == TAB and layout.style ~= STRWIDTH then
    return layout.tabstop - column % layout.tabstop
  end
  return CONTROL[layout.style]
end

--- Returns the cells of `s[from..to]`, if the text before it ends at `column`.
---@param s string
---@param layout rille.layout as lua/rille/text/layout.lua fills it
---@param column integer
---@param from? integer
---@param to? integer
---@return integer
function M.width(s, layout, column, from, to)
  from, to = from or 1, to or #s
  if not find(s, "[^ -~]", from) then
    return to - from + 1
  end
  local at = column
  for i = from, to do
    at = at + cells_of(byte(s, i), at, layout)
  end
  return at - column
end

--- Returns the last byte of the grapheme cluster that starts at `i`: only CR LF has two bytes.
local function stop_of(s, i)
  return byte(s, i) == CR and byte(s, i + 1) == LF and i + 1 or i
end

--- Returns the end of the longest prefix of `s` that takes at most `room` cells.
---@return integer stop
---@return integer cells
function M.head(s, room, layout)
  local first = layout.column
  local stop, at = 0, first
  while stop < #s do
    local last, column = stop_of(s, stop + 1), at
    for i = stop + 1, last do
      column = column + cells_of(byte(s, i), column, layout)
    end
    if column - first > room then
      break
    end
    stop, at = last, column
  end
  return stop, at - first
end

--- Returns the start of the longest suffix of `s` after byte `head` that takes at most `room` cells from `column` on.
---@return integer start
function M.tail(s, head, room, column, layout)
  local tabstop = layout.tabstop
  local function next_stop(at)
    return at - at % tabstop + tabstop
  end
  -- From the back: cells up to the first tab, and after it, where the column is a multiple of the tab stop.
  local before, after, least = 0, nil, 0
  local start, i = #s + 1, #s
  while i > head and least <= room do
    local code = byte(s, i)
    if code == TAB and layout.style ~= STRWIDTH then
      after = after and next_stop(before) + after or before
      before, least = 0, least + 1
    else
      local cells = cells_of(code, 0, layout)
      if code == LF and i > head + 1 and byte(s, i - 1) == CR then
        cells, i = 2 * cells, i - 1
      end
      before, least = before + cells, least + cells
    end
    if (after and next_stop(column + before) - column + after or before) <= room then
      start = i
    end
    i = i - 1
  end
  return start
end

-- The line-breaking classes of UAX #14 that occur in ASCII.
local CLASS = {}
for code = 0, 127 do
  CLASS[code] = "AL"
end
for code = 0, 31 do
  CLASS[code] = "CM"
end
local function class(name, chars)
  for i = 1, #chars do
    CLASS[byte(chars, i)] = name
  end
end
class("CM", "\127")
class("BK", "\10\11\12\13")
class("SP", " ")
class("BA", "\t|")
class("EX", "!?")
class("QU", "\"'")
class("PR", "$+\\")
class("PO", "%")
class("OP", "([{")
class("CP", ")]")
class("CL", "}")
class("IS", ",.:;")
class("HY", "-")
class("SY", "/")
class("NU", "0123456789")

local function set(names)
  local members = {}
  for name in names:gmatch("%u+") do
    members[name] = true
  end
  return members
end

-- No break before these, even after spaces (LB 13), or if no space is between (LB 19, 21).
local NEVER_BEFORE = set("CL CP EX SY")
local JOINED_BEFORE = set("QU BA HY")
-- The other pairs that stay together: LB 23, 24, 25, 28, 29, 30.
local PAIRS = {
  AL = set("AL NU PR PO OP"),
  NU = set("AL NU PR PO OP"),
  PR = set("AL NU"),
  PO = set("AL NU"),
  IS = set("AL NU"),
  CP = set("AL NU"),
  HY = set("NU"),
}

--- Returns the class of the next character that is not a combining one, from byte `i` on, and its position.
local function next_class(s, i)
  while i <= #s and CLASS[byte(s, i)] == "CM" do
    i = i + 1
  end
  return CLASS[byte(s, i)], i
end

--- Returns whether a number follows `s[i]`, an opening bracket: LB 25.
local function opens_number(s, i)
  local following, at = next_class(s, i + 1)
  if following == "IS" then
    following = next_class(s, at + 1)
  end
  return following == "NU"
end

--- Returns the last break opportunity of the line that starts at `from`, up to the one before byte `limit`, or the first
--- one after that if `beyond` is set. The end of the text and the place after a line end always are one.
---@return integer? start first byte after the break
function M.break_before(s, from, limit, beyond)
  local found
  local before, solid, number, initial = nil, nil, 0, true
  local i = from
  while i <= #s do
    if i > limit and not beyond then
      return found
    end
    local code = byte(s, i)
    local this = CLASS[code]
    if this == "CM" and (before == nil or before == "SP") then
      this = "AL"
    end
    if this == "CM" then -- luacheck: ignore 542
      -- It belongs to the character before it.
    else
      if i > from and this ~= "SP" and this ~= "BK" then
        local breaks
        if NEVER_BEFORE[this] or solid == "OP" then
          breaks = false
        elseif before == "SP" then
          breaks = this ~= "IS" or next_class(s, i + 1) == "NU"
        elseif this == "IS" or before == "QU" or JOINED_BEFORE[this] then
          breaks = false
        elseif before == "HY" and initial and this == "AL" then
          breaks = false
        elseif PAIRS[before] and PAIRS[before][this] then
          breaks = false
        elseif number == 1 and (this == "NU" or this == "PO" or this == "PR") then
          breaks = false
        elseif number == 2 and (this == "PO" or this == "PR") then
          breaks = false
        else
          breaks = not ((before == "PR" or before == "PO") and this == "OP" and opens_number(s, i))
        end
        if breaks then
          if i > limit then
            return beyond and i or found
          end
          found = i
        end
      end
      if this == "HY" then
        initial = before == nil or before == "SP"
      end
      if this == "NU" then
        number = 1
      elseif number == 1 and (this == "CL" or this == "CP") then
        number = 2
      elseif number ~= 1 or (this ~= "SY" and this ~= "IS") then
        number = 0
      end
      before = this
      if this ~= "SP" then
        solid = this
      end
    end
    i = i + 1
    if this == "BK" then
      i = stop_of(s, i - 1) + 1
      break
    end
  end
  if i <= limit or beyond then
    return i
  end
  return found
end

--- Returns the last byte of the line that starts at byte `from`, and where the next line starts.
---@return integer stop
---@return integer next
function M.line(s, from, cells, layout)
  local at, i, over = layout.column, from, nil
  while i <= #s do
    local last, code = stop_of(s, i), byte(s, i)
    if code >= LF and code <= CR then
      i = last + 1
      break
    end
    at = at + cells_of(code, at, layout)
    if at - layout.column > cells and i > from and code ~= SPACE and code ~= TAB then
      over = i
      break
    end
    i = last + 1
  end
  if over then
    i = M.break_before(s, from, over, false)
      or (layout.keep_long_words == 1 and M.break_before(s, from, over, true) or over)
  end
  local stop = i - 1
  while stop >= from and find(s, "^[ \t\n\v\f\r]", stop) do
    stop = stop - 1
  end
  return stop, i
end

return M
