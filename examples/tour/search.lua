-- Search: literals, patterns, lists of both, replacement at once and in a stream.
local rille = require("rille")
local measure = require("tour.measure")
local show = require("tour.print")

local MB, CHUNK = 2 ^ 20, 2 ^ 16

-- None is part of another, and they do not overlap except in very unusual text.
local WORDS = {}
local LIST = "license warranty copyright function return string number version package system library program source "
  .. "default option value error before should different"
for word in LIST:gmatch("%a+") do
  WORDS[#WORDS + 1] = word
end

local the, warranty = rille.literals({ "the" }), rille.literals({ "warranty" })
local words, any_case = rille.literals(WORDS), rille.literals(WORDS, { case = "ignore" })
local alternation = rille.regex(table.concat(WORDS, "|"))
local whole = rille.regex([[\b(?:]] .. table.concat(WORDS, "|") .. [[)\b]], "b")
local ing, ing_of_bytes = rille.regex([[\b\w+ing\b]]), rille.regex([[\b\w+ing\b]], "b")
local shouted = {}
for i, word in ipairs(WORDS) do
  shouted[i] = word:upper()
end

-- Patterns that distinguish kinds of lines.
local PATTERNS = {
  [[error|warning]],
  [[\d+\.\d+\.\d+]],
  [[^\s*#]],
  [[https?://]],
  [[\([cC]\)]],
  [[=\s*"]],
  [[;$]],
  [[--\w]],
}
local LUA_PATTERNS = {
  { "error", "warning" },
  { "%d%.%d+%.%d" },
  { "^%s*#" },
  { "https?://" },
  { "%([cC]%)" },
  { '=%s*"' },
  { ";$" },
  { "%-%-[%w_]" },
}
local kinds = rille.regexset(PATTERNS, "b")

-- The Lua versions --------------------------------------------------------------------------------------------------

-- Finds a literal by `find`, which is C; returns the number of matches and the sum of their positions.
local function find_literal(s, literal)
  local count, sum, from, to = 0, 0, s:find(literal, 1, true)
  while from do
    count, sum = count + 1, sum + from
    from, to = s:find(literal, to + 1, true)
  end
  return count, sum
end

local function count_pattern(pattern)
  return function(s)
    local count = 0
    for _ in s:gmatch(pattern) do
      count = count + 1
    end
    return count
  end
end

local function count_literal(literal)
  return function(s)
    return (find_literal(s, literal))
  end
end

local function sum_pattern(pattern)
  return function(s)
    local sum = 0
    for from in s:gmatch("()" .. pattern) do
      sum = sum + from
    end
    return sum
  end
end

local function count_each(by_literal)
  return function(s)
    local count = 0
    for i = 1, #WORDS do
      count = count + by_literal(s, WORDS[i])
    end
    return count
  end
end

local function count_gsub(s, literal)
  return select(2, s:gsub(literal, "%0"))
end

local function lowered(count)
  return function(s)
    return count(s:lower())
  end
end

local IN_WORD = {}
for b = 0, 255 do
  IN_WORD[b] = string.char(b):find("[%w_]") ~= nil
end

-- `find` is C and finds the rare part; the text around it is then examined.
local function count_ing(s)
  local count, from, to = 0, s:find("ing", 1, true)
  while from do
    if IN_WORD[s:byte(from - 1)] and not IN_WORD[s:byte(to + 1)] then
      count = count + 1
    end
    from, to = s:find("ing", to + 1, true)
  end
  return count
end

local function shout_each(s)
  for i = 1, #WORDS do
    s = s:gsub(WORDS[i], shouted[i])
  end
  return s
end

local function bracket_each(s)
  for i = 1, #WORDS do
    s = s:gsub("%f[%w_]" .. WORDS[i] .. "%f[^%w_]", "<%0>")
  end
  return s
end

local BRACKETED = {}
for _, word in ipairs(WORDS) do
  BRACKETED[word] = "<" .. word .. ">"
end

local function bracket_words(s)
  return (s:gsub("[%w_]+", BRACKETED))
end

local function chunks_of(s)
  local chunks = {}
  for from = 1, #s, CHUNK do
    chunks[#chunks + 1] = s:sub(from, from + CHUNK - 1)
  end
  return chunks
end

local function shout_chunks(chunks)
  local parts = {}
  for i = 1, #chunks do
    parts[i] = shout_each(chunks[i])
  end
  return table.concat(parts)
end

-- Returns the result of a stream as one string.
local function stream_parts(stream, chunks)
  local parts = {}
  for i = 1, #chunks do
    parts[i] = stream:feed(chunks[i])
  end
  parts[#parts + 1] = stream:finish()
  stream:close()
  return table.concat(parts)
end

local function lines_of(s)
  local lines, n = {}, 0
  for line in s:gmatch("[^\n]+") do
    n = n + 1
    lines[n] = line
  end
  return lines
end

local function kinds_by_find(lines)
  local sum = 0
  for i = 1, #lines do
    for kind = 1, #LUA_PATTERNS do
      local patterns = LUA_PATTERNS[kind]
      for k = 1, #patterns do
        if lines[i]:find(patterns[k]) then
          sum = sum + kind
          break
        end
      end
    end
  end
  return sum
end

-- The same with plain `find`, which is C, where it suffices.
local IS_OF_KIND = {
  function(line)
    return line:find("error", 1, true) or line:find("warning", 1, true)
  end,
  function(line)
    return line:find("%d%.%d+%.%d")
  end,
  function(line)
    return line:find("^%s*#")
  end,
  function(line)
    return line:find("http://", 1, true) or line:find("https://", 1, true)
  end,
  function(line)
    return line:find("(c)", 1, true) or line:find("(C)", 1, true)
  end,
  function(line)
    return line:find('"', 1, true) and line:find('=%s*"')
  end,
  function(line)
    return line:byte(-1) == 59
  end,
  function(line)
    return line:find("--", 1, true) and line:find("%-%-[%w_]")
  end,
}

local function kinds_by_plain_find(lines)
  local sum = 0
  for i = 1, #lines do
    for kind = 1, #IS_OF_KIND do
      sum = IS_OF_KIND[kind](lines[i]) and sum + kind or sum
    end
  end
  return sum
end

-- The tasks --------------------------------------------------------------------------------------------------------

local function counting(name, full_name, call, matcher, judge, naive, best)
  return {
    name = name,
    full_name = full_name,
    call = call,
    run = function(s)
      return matcher:count(s)
    end,
    judge = judge,
    naive = naive,
    best = best,
  }
end

local function by_fallback(list, opts)
  return function(pure, s)
    return pure.literals.new(list, opts):count(s)
  end
end

local function by_bytes(_, s)
  return count_ing(s)
end

local function unless_foreign(_, s)
  return not s:find("[\128-\255]") and count_ing(s) or nil
end

local ING = "%f[%w_][%w_]+ing%f[^%w_]"
local each = {
  name = "each the",
  full_name = "each 'the'",
  call = "for i, j in lits:gfind(s)",
  run = function(s)
    local sum = 0
    for from in the:gfind(s) do
      sum = sum + from
    end
    return sum
  end,
  judge = function(_, s)
    return (select(2, find_literal(s, "the")))
  end,
  naive = sum_pattern("the"),
  best = function(s)
    return (select(2, find_literal(s, "the")))
  end,
}
local replacement = {
  name = "20 words",
  full_name = "replace 20 literals",
  call = "lits:replace(s, list)",
  run = function(s)
    return (words:replace(s, shouted))
  end,
  into = function(buffer, s)
    return (words:replace_into(buffer, s, shouted))
  end,
  judge = function(pure, s)
    return (pure.literals.new(WORDS):replace(s, shouted))
  end,
  naive = shout_each,
}
local template = {
  name = "whole",
  full_name = "replace whole words",
  call = 're:replace(s, "<$0>")',
  run = function(s)
    return (whole:replace(s, "<$0>"))
  end,
  into = function(buffer, s)
    return (whole:replace_into(buffer, s, "<$0>"))
  end,
  judge = function(_, s)
    return bracket_words(s)
  end,
  naive = bracket_each,
  best = bracket_words,
}
local stream = {
  name = "64 KB",
  full_name = "stream of 64 KB",
  call = "stream:feed(chunk)",
  prepare = chunks_of,
  run = function(chunks)
    return stream_parts(rille.stream(words, shouted), chunks)
  end,
  into = function(buffer, chunks)
    local replacing, len = rille.stream(words, shouted), 0
    for i = 1, #chunks do
      len = len + replacing:feed_into(buffer, chunks[i])
    end
    len = len + replacing:finish_into(buffer)
    replacing:close()
    return len
  end,
  judge = function(pure, chunks)
    return stream_parts(pure.stream.new(pure.literals.new(WORDS), shouted), chunks)
  end,
  naive = shout_chunks,
}
local set = {
  name = "8 kinds",
  full_name = "kinds of lines",
  call = "regexset:matches(line)",
  prepare = lines_of,
  run = function(lines)
    local sum = 0
    for i = 1, #lines do
      local ids = kinds:matches(lines[i])
      for k = 1, #ids do
        sum = sum + ids[k]
      end
    end
    return sum
  end,
  judge = function(_, lines)
    return kinds_by_find(lines)
  end,
  naive = kinds_by_find,
  best = kinds_by_plain_find,
}

local ignoring = { case = "ignore" }
local M = {
  checked = {
    counting(
      "the",
      "count 'the'",
      "lits:count(s)",
      the,
      by_fallback({ "the" }),
      count_pattern("the"),
      count_literal("the")
    ),
    counting(
      "warranty",
      "count 'warranty'",
      "lits:count(s)",
      warranty,
      by_fallback({ "warranty" }),
      count_pattern("warranty"),
      count_literal("warranty")
    ),
    each,
    counting(
      "-ing",
      "count -ing, Unicode",
      [[\b\w+ing\b  re:count(s)]],
      ing,
      unless_foreign,
      count_pattern(ING),
      false
    ),
    counting(
      "-ing",
      "count -ing, bytes",
      [[… with flag "b"]],
      ing_of_bytes,
      by_bytes,
      count_pattern(ING),
      count_ing
    ),
    counting(
      "20 words",
      "count 20 words",
      "lits:count(s)",
      words,
      by_fallback(WORDS),
      count_each(count_gsub),
      count_each(find_literal)
    ),
    counting(
      "20 words",
      "count 20 by regex",
      "license|…  re:count(s)",
      alternation,
      by_fallback(WORDS),
      count_each(count_gsub),
      count_each(find_literal)
    ),
    counting(
      "any case",
      "count 20 in any case",
      '{case="ignore"}:count(s)',
      any_case,
      by_fallback(WORDS, ignoring),
      lowered(count_each(count_gsub)),
      lowered(count_each(find_literal))
    ),
    replacement,
    template,
    stream,
    set,
  },
}

function M.show(docs)
  show.call_head("Search in 1 MB", "lits = rille.literals(list)   re = rille.regex(pattern)")
  for _, job in ipairs(M.checked) do
    show.call_row(measure.contest(job, docs, MB))
  end
end

return M
