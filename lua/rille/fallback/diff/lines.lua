--- The lines of a text, and the numbers that make equal lines equal.

local find, gsub, lower, sub = string.find, string.gsub, string.lower, string.sub

local M = {}

---@class rille.fallback.diff.lines
---@field text string
---@field starts integer[] where each line starts, and one past the last line
---@field count integer number of lines

--- Splits a text. A line ends after its line feed; the last one may lack it.
---@param text string
---@return rille.fallback.diff.lines
function M.split(text)
  local starts, count, from, length = {}, 0, 1, #text
  while from <= length do
    count = count + 1
    starts[count] = from
    from = (find(text, "\n", from, true) or length) + 1
  end
  starts[count + 1] = length + 1
  return { text = text, starts = starts, count = count }
end

--- Returns consecutive lines as one text.
---@param lines rille.fallback.diff.lines
---@param first integer
---@param count integer
---@return string
function M.range(lines, first, count)
  if count <= 0 then
    return ""
  end
  return sub(lines.text, lines.starts[first], lines.starts[first + count] - 1)
end

--- Returns a line with its line feed.
---@param lines rille.fallback.diff.lines
---@param i integer
---@return string
function M.get(lines, i)
  return sub(lines.text, lines.starts[i], lines.starts[i + 1] - 1)
end

--- The forms in which lines without their line feed are compared.
local forms = {
  trailing = function(line)
    return (gsub(line, "[ \t\r]+$", ""))
  end,
  amount = function(line)
    return (gsub(gsub(line, "[ \t\r]+$", ""), "[ \t\r]+", " "))
  end,
  ignore = function(line)
    return (gsub(line, "[ \t\r]+", ""))
  end,
  eol = function(line)
    return (gsub(line, "\r$", ""))
  end,
}

--- Gives equal lines equal numbers, in the field `ids` of each text.
---@param a rille.fallback.diff.lines
---@param b rille.fallback.diff.lines
---@param given table options, as the reader returns them
function M.number(a, b, given)
  local form = forms[given.whitespace] or given.eol == "ignore" and forms.eol
  local fold = given.case == "ignore"
  local known, count = {}, 0
  for _, lines in ipairs({ a, b }) do
    local ids = {}
    for i = 1, lines.count do
      local line = M.get(lines, i)
      line = fold and lower(line) or line
      line = form and form((gsub(line, "\n$", ""))) or line
      local id = known[line]
      if not id then
        count = count + 1
        id = count
        known[line] = id
      end
      ids[i] = id
    end
    lines.ids = ids
  end
end

return M
