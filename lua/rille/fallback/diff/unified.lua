--- Unified diffs in pure Lua, byte for byte as `git diff` and `diff -u` write them.
local lines = require("rille.fallback.diff.lines")

local byte, find, format, gsub, match, sub =
  string.byte, string.find, string.format, string.gsub, string.match, string.sub
local get = lines.get

local MARK = "\n\\ No newline at end of file\n"

--- Maximum length of a function heading in bytes.
local MAX_HEADING_BYTES = 80

local ESCAPES = {
  ["\a"] = "\\a",
  ["\b"] = "\\b",
  ["\t"] = "\\t",
  ["\n"] = "\\n",
  ["\v"] = "\\v",
  ["\f"] = "\\f",
  ["\r"] = "\\r",
  ['"'] = '\\"',
  ["\\"] = "\\\\",
}

local function escape(c)
  return ESCAPES[c] or format("\\%03o", byte(c))
end

local function name_line(sign, name)
  local quoted = gsub(name, '[%z\1-\31\127-\255"\\]', escape)
  local shown = quoted ~= name and '"' .. quoted .. '"' or name
  return sign .. shown .. (find(name, " ", 1, true) and "\t" or "") .. "\n"
end

--- Returns the range of an `@@` line: the count only if it is not 1, and without lines the line before them.
local function range(first, count)
  first = first + (count > 0 and 1 or 0)
  return count == 1 and tostring(first) or first .. "," .. count
end

--- Returns the heading of the last line before a line that starts with a letter, `_` or `$`; `known` if there is none after line
--- `searched`.
local function heading(a, before, searched, known)
  for i = before, searched + 1, -1 do
    local line = get(a, i)
    if find(line, "^[A-Za-z_$]") then
      line = match(sub(line, 1, MAX_HEADING_BYTES), "^(.-)[ \t\n\r]*$")
      local valid, position = require("rille.fallback.text").validate(line)
      return " " .. (valid and line or sub(line, 1, position - 1))
    end
  end
  return known
end

--- Returns the pieces of a unified diff.
---@param a rille.fallback.diff.lines
---@param b rille.fallback.diff.lines
---@param numbers integer[] four for each hunk, from index 0 on
---@param count integer number of hunks
---@param given table options, as the reader returns them
---@return string[]
return function(a, b, numbers, count, given)
  local out = {}
  if count == 0 then
    return out
  end
  local function put(sign, line, is_marked)
    out[#out + 1] = sign
    out[#out + 1] = line
    if byte(line, -1) ~= 10 then
      out[#out + 1] = is_marked and MARK or "\n"
    end
  end
  if given.names then
    out[1] = name_line("--- ", given.names[1])
    out[2] = name_line("+++ ", given.names[2])
  end
  local context, index, searched, title = given.context, 0, 0, ""
  while index < count do
    local first = index
    -- Changes whose contexts touch share a header.
    while
      index + 1 < count
      and numbers[4 * index + 4] - numbers[4 * index] - numbers[4 * index + 1] <= 2 * context
    do
      index = index + 1
    end
    local lead = math.min(context, numbers[4 * first])
    local a_stop = numbers[4 * index] + numbers[4 * index + 1]
    local b_stop = numbers[4 * index + 2] + numbers[4 * index + 3]
    local trail = math.min(context, a.count - a_stop)
    local at_a, at_b = numbers[4 * first] - lead, numbers[4 * first + 2] - lead
    if given.headings then
      title = heading(a, at_a, searched, title)
      searched = math.max(searched, at_a)
    end
    out[#out + 1] = ("@@ -%s +%s @@%s\n"):format(
      range(at_a, a_stop + trail - at_a),
      range(at_b, b_stop + trail - at_b),
      #title > 1 and title or ""
    )
    for i = first, index do
      local at = 4 * i
      while at_a < numbers[at] do
        at_a, at_b = at_a + 1, at_b + 1
        put(" ", get(a, at_a), byte(get(b, at_b), -1) ~= 10)
      end
      for _ = 1, numbers[at + 1] do
        at_a = at_a + 1
        put("-", get(a, at_a), true)
      end
      for _ = 1, numbers[at + 3] do
        at_b = at_b + 1
        put("+", get(b, at_b), true)
      end
    end
    for _ = 1, trail do
      at_a, at_b = at_a + 1, at_b + 1
      put(" ", get(a, at_a), byte(get(b, at_b), -1) ~= 10)
    end
    index = index + 1
  end
  return out
end
