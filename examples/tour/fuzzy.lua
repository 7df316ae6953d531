-- Fuzzy matching: a short list in one call, a session that is searched at every key, and single texts.
local rille = require("rille")
local measure = require("tour.measure")
local show = require("tour.print")

local MB, MOST_LINES = 2 ^ 20, 20000
local QUERY, EXACT = "softwlic", "'software !warranty"

local function lines_of(s)
  local lines, n = {}, 0
  for line in s:gmatch("[^\n]+") do
    n = n + 1
    lines[n] = line
    if n == MOST_LINES then
      break
    end
  end
  return lines
end

-- Returns a session together with the lines it was filled with.
local function corpus_of(s)
  local lines, corpus = lines_of(s), rille.fuzzy()
  corpus:push(lines)
  return { lines = lines, corpus = corpus }
end

-- Returns the number of matches and the best ones, as text.
local function summary(r)
  local parts = { r.total }
  for i = 1, r.count do
    parts[#parts + 1] = r:index(i) .. "=" .. r:score(i)
  end
  return table.concat(parts, " ")
end

local TEN = { limit = 10 }

-- The Lua versions --------------------------------------------------------------------------------------------------

-- The obvious first version: a pattern with a gap between its characters, and a sort by the length of the match.
local function by_pattern(query, lines)
  local pattern = query:gsub(".", "%0.-"):sub(1, -3)
  local found = {}
  for i, line in ipairs(lines) do
    local from, to = line:lower():find(pattern)
    if from then
      found[#found + 1] = { i, to - from }
    end
  end
  table.sort(found, function(a, b)
    return a[2] < b[2] or a[2] == b[2] and a[1] < b[1]
  end)
  return #found
end

local function by_find(lines)
  local count = 0
  for _, line in ipairs(lines) do
    local small = line:lower()
    if small:find("software", 1, true) and not small:find("warranty", 1, true) then
      count = count + 1
    end
  end
  return count
end

-- The tasks --------------------------------------------------------------------------------------------------------

local filter = {
  name = "a list",
  full_name = "fuzzy, a list",
  call = "rille.fuzzy.filter(q, list)",
  prepare = lines_of,
  run = function(lines)
    return summary(rille.fuzzy.filter(QUERY, lines, TEN))
  end,
  judge = function(pure, lines)
    return summary(pure.fuzzy.filter(QUERY, lines, TEN))
  end,
  naive = function(lines)
    return by_pattern(QUERY, lines)
  end,
}
local query = {
  name = "a corpus",
  full_name = "fuzzy, a corpus",
  call = "f:query(q, { limit = 10 })",
  prepare = corpus_of,
  run = function(input)
    return summary(input.corpus:query(QUERY, TEN))
  end,
  judge = function(pure, input)
    return summary(pure.fuzzy.filter(QUERY, input.lines, TEN))
  end,
  naive = function(input)
    return by_pattern(QUERY, input.lines)
  end,
}
local exact = {
  name = "exact, not",
  full_name = "exact, a corpus",
  call = EXACT,
  prepare = corpus_of,
  run = function(input)
    return input.corpus:query(EXACT, TEN).total
  end,
  judge = function(_, input)
    return by_find(input.lines)
  end,
  naive = function(input)
    return by_find(input.lines)
  end,
}
local match = {
  name = "each line",
  full_name = "fuzzy, each line",
  call = "rille.fuzzy.match(q, line)",
  prepare = lines_of,
  run = function(lines)
    local sum = 0
    for i = 1, #lines do
      sum = sum + (rille.fuzzy.match(QUERY, lines[i]) or 0)
    end
    return sum
  end,
  judge = function(pure, lines)
    local sum = 0
    for i = 1, #lines do
      sum = sum + (pure.fuzzy.match(QUERY, lines[i]) or 0)
    end
    return sum
  end,
  naive = function(lines)
    local pattern = QUERY:gsub(".", "%0.-"):sub(1, -3)
    local sum = 0
    for i = 1, #lines do
      sum = sum + (lines[i]:lower():find(pattern) and 1 or 0)
    end
    return sum
  end,
}

local M = { checked = { filter, query, exact, match } }

function M.show(docs)
  show.call_head("Fuzzy matching of the lines in 1 MB", "f = rille.fuzzy(); f:push(lines)")
  for _, job in ipairs(M.checked) do
    show.call_row(measure.contest(job, docs, MB))
  end
end

return M
