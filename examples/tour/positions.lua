-- Positions and display: offsets, width, case, normalisation forms, segments.
local text = require("rille").text
local measure = require("tour.measure")
local show = require("tour.print")

local MB = 2 ^ 20
local CELLS = 40 -- width of a window

-- Returns the lines without their line feeds.
local function lines_of(s)
  local lines, n = {}, 0
  for line in s:gmatch("[^\n]+") do
    n = n + 1
    lines[n] = line
  end
  return lines
end

-- Returns a text and marks in it, every `apart` bytes or at the next character, as diagnostics or matches have them.
local function marked(s, apart)
  local marks, n = {}, 0
  for at = 1, #s, apart do
    local mark = measure.boundary(s, at)
    if mark <= #s and mark ~= marks[n] then
      n = n + 1
      marks[n] = mark
    end
  end
  return { text = s, marks = marks, columns = {} }
end

local function marked_lines(s)
  local list = lines_of(s)
  for i, line in ipairs(list) do
    list[i] = marked(line, 8)
  end
  return list
end

local function marked_text(s)
  return { marked(s, MB / 16) }
end

-- Adds the results of `columns` for all texts to one number.
local function sum_columns(columns)
  return function(texts)
    local sum = 0
    for i = 1, #texts do
      local of = texts[i]
      local list = columns(of.text, of.marks, of.columns)
      for k = 1, #list do
        sum = sum + list[k]
      end
    end
    return sum
  end
end

local function columns_by_pattern(s, marks, columns)
  for i, mark in ipairs(marks) do
    local column = 1
    for c in s:sub(1, mark - 1):gmatch(".[\128-\191]*") do
      column = column + (#c == 4 and 2 or 1)
    end
    columns[i] = column
  end
  return columns
end

-- Converts all marks in one pass, if they ascend.
local function columns_by_byte(s, marks, columns)
  local column, at = 1, 1
  for i = 1, #marks do
    for k = at, marks[i] - 1 do
      local b = s:byte(k)
      if b < 128 or b > 191 then
        column = column + (b < 240 and 1 or 2)
      end
    end
    at = marks[i]
    columns[i] = column
  end
  return columns
end

local function sum_lines(number)
  return function(lines)
    local sum = 0
    for i = 1, #lines do
      sum = sum + number(lines[i])
    end
    return sum
  end
end

local function chars(line)
  return select(2, line:gsub("[^\128-\191]", ""))
end

-- Returns a function that asks rille once and caches the result in a Lua table, as pure Lua has no tables of Unicode.
local function known(ask)
  return setmetatable({}, {
    __index = function(answers, s)
      answers[s] = ask(s)
      return answers[s]
    end,
  })
end
local WIDTH, UPPER, FOLD, COMPOSED =
  known(text.width), known(text.upper), known(text.fold), known(text.normalize)

local function clusters(line)
  return require("rille.fallback.text").segments(line, "grapheme")
end

local function cluster_width(line, from, to, column)
  local cluster = line:sub(from, to)
  return cluster == "\t" and 8 - column % 8 or WIDTH[cluster]
end

local function width_by_cluster(line)
  if not line:find("[^\32-\126]") then
    return #line
  end
  local cells = 0
  for from, to in clusters(line) do
    cells = cells + cluster_width(line, from, to, cells)
  end
  return cells
end

local function cut_bytes(line)
  return #line > CELLS and line:sub(1, CELLS - 1) .. "…" or line
end

local function cut_clusters(line)
  if not line:find("[^\32-\126]") then
    return cut_bytes(line)
  end
  local cells, head = 0, 0
  for from, to in clusters(line) do
    cells = cells + cluster_width(line, from, to, cells)
    head = cells < CELLS and to or head
    if cells > CELLS then
      return line:sub(1, head) .. "…"
    end
  end
  return line
end

-- Joins rows with line feeds.
local function cut_lines(cut)
  return function(lines)
    local rows = {}
    for i = 1, #lines do
      rows[i] = cut(lines[i])
    end
    rows[#rows + 1] = ""
    return table.concat(rows, "\n")
  end
end

local function is_ascii(lines)
  for i = 1, #lines do
    if lines[i]:find("[\128-\255]") then
      return false
    end
  end
  return true
end

local function map_chars(ascii, map)
  return function(s)
    return (ascii(s):gsub("[\194-\244][\128-\191]+", map))
  end
end

local function compose_letters(s)
  return (s:gsub("%a[\204\205][\128-\191]", COMPOSED))
end

-- Adds the positions of all segments to one number.
local function sum_segments(segments, unit)
  return function(s)
    local sum = 0
    for from, to in segments(s, unit) do
      sum = sum + from + to
    end
    return sum
  end
end

local function sum_matches(pattern)
  return function(s)
    local sum = 0
    for from, after in s:gmatch(pattern) do
      sum = sum + from + after - 1
    end
    return sum
  end
end

local function sum_found_lines(s)
  local sum, from = 0, 1
  while from <= #s do
    local feed = s:find("\n", from, true) or #s + 1
    local to = feed - 1
    if to >= from and feed <= #s and s:byte(to) == 13 then
      to = to - 1
    end
    sum, from = sum + from + to, feed + 1
  end
  return sum
end

local function offsets(full_name, call, prepare)
  return {
    name = "offsets",
    full_name = full_name,
    call = call,
    prepare = prepare,
    run = sum_columns(function(part, marks, columns)
      return text.offsets(part, marks, "byte", "utf16", columns)
    end),
    judge = function(pure, texts)
      return sum_columns(function(part, marks, columns)
        return pure.text.offsets(part, marks, "byte", "utf16", columns)
      end)(texts)
    end,
    naive = sum_columns(columns_by_pattern),
    best = sum_columns(columns_by_byte),
  }
end

local offsets_in_text = offsets("16 offsets", 'offsets(s, t, "byte", …)', marked_text)
local offsets_in_lines = offsets("offsets, each line", 'offsets(line, t, "byte", …)', marked_lines)

local width = {
  name = "width",
  call = "width(line)",
  prepare = lines_of,
  run = sum_lines(text.width),
  judge = function(pure, lines)
    return is_ascii(lines) and sum_lines(pure.text.width)(lines) or nil
  end,
  naive = sum_lines(chars),
  best = sum_lines(width_by_cluster),
}

local truncate = {
  name = "truncate",
  call = ("truncate_list(lines, %d)"):format(CELLS),
  prepare = lines_of,
  run = function(lines)
    local rows = text.truncate_list(lines, CELLS)
    rows[#rows + 1] = ""
    return table.concat(rows, "\n")
  end,
  into = function(buffer, lines)
    return text.truncate_list_into(buffer, lines, CELLS)
  end,
  judge = function(pure, lines)
    return is_ascii(lines)
        and cut_lines(function(line)
          return pure.text.truncate(line, CELLS)
        end)(lines)
      or nil
  end,
  naive = cut_lines(cut_bytes),
  best = cut_lines(cut_clusters),
}

-- Returns the task of a function from text to text.
local function mapping(name, verb, naive, best)
  local into = text[verb .. "_into"]
  return {
    name = name,
    call = verb .. "(s)",
    run = function(s)
      return text[verb](s)
    end,
    into = function(buffer, s)
      return into(buffer, s)
    end,
    judge = function(pure, s)
      return (pure.text[verb](s))
    end,
    naive = naive,
    best = best,
  }
end

local upper = mapping("upper", "upper", string.upper, map_chars(string.upper, UPPER))
local fold = mapping("fold", "fold", string.lower, map_chars(string.lower, FOLD))
local compose = mapping("NFC", "normalize", compose_letters)

local function iteration(unit, naive, best)
  return {
    name = unit .. "s",
    call = ('segments(s, "%s")'):format(unit),
    run = sum_segments(text.segments, unit),
    judge = function(pure, s)
      return measure.renewed(sum_segments(pure.text.segments, unit))(s)
    end,
    naive = naive,
    best = best,
  }
end

local words = iteration("word", sum_matches("()[%w_]+()"))
local lines = iteration("line", sum_matches("()[^\n]+()"), sum_found_lines)

local M =
  { checked = { offsets_in_text, offsets_in_lines, width, truncate, upper, fold, compose, words, lines } }

for _, job in ipairs(M.checked) do
  job.full_name = job.full_name
    or (job == words or job == lines) and "each " .. job.name:sub(1, -2)
    or job.name
end

function M.show(docs, mixed)
  local apart = { name = "NFD", text = text.normalize(mixed.text, "NFD") }
  show.call_head(
    "Positions, width, case, forms and segments of 1 MB",
    "text.…   text.…_into(buffer, …)"
  )
  for _, entry in ipairs({
    { offsets_in_text, docs, mixed },
    { offsets_in_lines, docs, mixed },
    { width, docs, mixed },
    { truncate, docs, mixed },
    { upper, docs, mixed },
    { fold, mixed },
    { compose, docs, mixed, apart },
    { words, docs, mixed },
    { lines, docs },
  }) do
    for i = 2, #entry do
      show.call_row(measure.contest(entry[1], entry[i], MB))
    end
  end
end

return M
