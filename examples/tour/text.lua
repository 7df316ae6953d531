-- Reversing, repairing, validating and counting text.
local text = require("rille").text
local measure = require("tour.measure")
local show = require("tour.print")

local KB, MB, LARGEST = 2 ^ 10, 2 ^ 20, measure.LARGEST

-- The obvious first version. Each step copies all the result so far.
local function prepend(s)
  local r = ""
  for i = 1, #s do
    r = s:sub(i, i) .. r
  end
  return r
end

local function loop_over_bytes(s)
  local t = {}
  for i = #s, 1, -1 do
    t[#t + 1] = s:sub(i, i)
  end
  return table.concat(t)
end

local function loop_over_chars(s)
  local t, n = {}, 0
  for c in s:gmatch(".[\128-\191]*") do
    n = n + 1
    t[n] = c
  end
  for i = 1, math.floor(n / 2) do
    t[i], t[n - i + 1] = t[n - i + 1], t[i]
  end
  return table.concat(t)
end

-- Reverses the bytes of each multi-byte character, then the whole text.
local function gsub_and_reverse(s)
  return (s:gsub("[\192-\255][\128-\191]+", string.reverse):reverse())
end

local function count_matches(pattern)
  return function(s)
    local n = 0
    for _ in s:gmatch(pattern) do
      n = n + 1
    end
    return n
  end
end

local function count_lines(s)
  return count_matches("\n")(s) + (s:find("\n", -1, true) and 0 or 1)
end

-- `astral` is the number of units of a character of four bytes: 2 for UTF-16.
local function count_by_match(astral)
  return function(s)
    local n = 0
    for c in s:gmatch(".[\128-\191]*") do
      n = n + (#c == 4 and astral or 1)
    end
    return n
  end
end

-- LuaJIT compiles loops over bytes best: no pattern comes close.
local function count_by_byte(astral)
  return function(s)
    local n = 0
    for i = 1, #s do
      local b = s:byte(i)
      if b < 128 or b > 191 then
        n = n + (b < 240 and 1 or astral)
      end
    end
    return n
  end
end

-- Like most hand-written versions it accepts surrogates and overlong forms.
local function valid_by_byte(s)
  local i = 1
  while i <= #s do
    local b = s:byte(i)
    local more = b < 0x80 and 0 or b < 0xC2 and 9 or b < 0xE0 and 1 or b < 0xF0 and 2 or b < 0xF5 and 3 or 9
    if i + more > #s then
      return false, i
    end
    for j = i + 1, i + more do
      local continuation = s:byte(j)
      if continuation < 0x80 or continuation > 0xBF then
        return false, i
      end
    end
    i = i + 1 + more
  end
  return true
end

local function repair_each_char(s)
  local t = {}
  for c in s:gmatch(".[\128-\191]*") do
    t[#t + 1] = valid_by_byte(c) and c or "\239\191\189"
  end
  return table.concat(t)
end

-- Returns the task of a function of rille.text and its rivals.
local function task(name, verb, unit, naive, best)
  local run, into = text[verb], text[verb .. "_into"]
  return {
    name = name,
    full_name = name == verb and name or verb .. " " .. name,
    run = function(s)
      return run(s, unit)
    end,
    into = into and function(buffer, s)
      return into(buffer, s, unit)
    end,
    judge = function(pure, s)
      return pure.text[verb](s, unit)
    end,
    naive = naive,
    best = best,
  }
end

local reverse_bytes = task("bytes", "reverse", "byte", loop_over_bytes, string.reverse)
local reverse_chars = task("chars", "reverse", "char", loop_over_chars, gsub_and_reverse)
local reverse_graphemes = task("graphemes", "reverse", "grapheme", loop_over_chars)
local repair = task("repair", "repair", nil, repair_each_char)
local answering = {
  task("validate", "validate", nil, valid_by_byte),
  task("chars", "count", "char", count_by_match(1), count_by_byte(1)),
  task("UTF-16", "count", "utf16", count_by_match(2), count_by_byte(2)),
  task("graphemes", "count", "grapheme", count_by_match(1)),
  task("words", "count", "word", count_matches("%w+")),
  task("lines", "count", "line", count_lines),
}
reverse_bytes.prepend = prepend

local M = {}

M.checked = { reverse_bytes, reverse_chars, reverse_graphemes, repair, unpack(answering) }

local function contests(job, sources, sizes)
  for _, source in ipairs(sources) do
    for _, size in ipairs(sizes) do
      show.row(measure.contest(job, source, size), #sizes > 1 and size)
    end
  end
end

function M.show(docs, mixed, broken)
  show.head("Reverse, byte by byte", 'text.reverse(s, "byte")   text.reverse_into(buffer, s, "byte")')
  contests(reverse_bytes, { docs }, { KB, 64 * KB, MB, LARGEST })
  show.head("Reverse, char by char", 'text.reverse(s, "char")')
  contests(reverse_chars, { docs, mixed }, { KB, MB, LARGEST })
  show.head("Reverse, grapheme cluster by grapheme cluster", "text.reverse(s)")
  contests(reverse_graphemes, { docs, mixed }, { KB, MB, LARGEST })
  show.head("Repair 1 MB", "text.repair(s)   text.repair_into(buffer, s)")
  contests(repair, { mixed, broken }, { MB })
  show.head("Validate and count 1 MB", 'text.validate(s)   text.count(s, "char")', true)
  for _, job in ipairs(answering) do
    contests(job, { docs, mixed }, { MB })
  end
end

return M
