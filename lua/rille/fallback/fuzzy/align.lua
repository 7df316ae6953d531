--- Finds the best match of a term in a text and scores it: fzf's model in pure Lua, equal to src/fuzzy/fzf/align.rs.
local chars = require("rille.fallback.fuzzy.chars")

local max, min = math.max, math.min
local WHITE, DELIMITER, NON_WORD = chars.WHITE, chars.DELIMITER, chars.NON_WORD
local LOWER, UPPER, NUMBER = chars.LOWER, chars.UPPER, chars.NUMBER

local MATCH, GAP_START, GAP_EXTENSION, BOUNDARY, FIRST = 16, -3, -1, 8, 2
local CAMEL, CONSECUTIVE = BOUNDARY + GAP_EXTENSION, -(GAP_START + GAP_EXTENSION)
local MAX_PRODUCT, MAX_TERM_CHARS = 100 * 1024, 1000
local UNDERSCORE = 95

local M = {}

---@class rille.fuzzy.model
---@field ascii integer[] class of each ASCII character, from 0
---@field bonus integer[][] bonus of a character, by the class of the character before it and its own
---@field first integer class of the imagined character before an item
---@field white integer

local function bonus_of(before, class, white, delimiter)
  if class == WHITE or before == WHITE then
    return white
  elseif before == DELIMITER then
    return delimiter
  elseif before == NON_WORD then
    return BOUNDARY
  elseif before == LOWER and class == UPPER then
    return CAMEL
  elseif before ~= NUMBER and class == NUMBER then
    return CAMEL
  elseif class == NON_WORD or class == DELIMITER then
    return BOUNDARY
  end
  return 0
end

local models = {}

--- Returns the bonuses of a scheme.
---@param scheme? "default"|"path"|"history"
---@return rille.fuzzy.model
function M.model(scheme)
  scheme = scheme or "default"
  if models[scheme] then
    return models[scheme]
  end
  local white = scheme == "default" and BOUNDARY + 2 or BOUNDARY
  local delimiter = scheme == "history" and BOUNDARY or BOUNDARY + 1
  local separators = package.config:sub(1, 1) == "\\" and "[/\\]" or "/"
  local delimiters = scheme == "path" and separators or "[/,:;|]"
  local model = { ascii = {}, bonus = {}, first = scheme == "path" and DELIMITER or WHITE, white = white }
  for code = 0, 127 do
    local c = string.char(code)
    local class = NON_WORD
    if c:find("%l") then
      class = LOWER
    elseif c:find("%u") then
      class = UPPER
    elseif c:find("%d") then
      class = NUMBER
    elseif c:find("[\t-\r ]") then
      class = WHITE
    elseif c:find(delimiters) then
      class = DELIMITER
    end
    model.ascii[code] = class
  end
  for before = WHITE, NUMBER do
    model.bonus[before] = {}
    for class = WHITE, NUMBER do
      model.bonus[before][class] = bonus_of(before, class, white, delimiter)
    end
  end
  models[scheme] = model
  return model
end

--- Returns the bonus of the character at `at`.
local function bonus_at(model, view, at)
  local classes = view.classes
  return model.bonus[at > 1 and classes[at - 1] or model.first][classes[at]]
end

--- Returns the next place of a character, from `at` on.
local function next_of(codes, n, code, at)
  while at <= n do
    if codes[at] == code then
      return at
    end
    at = at + 1
  end
end

--- Returns the score of matching all characters within a span of the text, each as early as possible, and appends
--- their places to `places`.
local function span(model, view, term, from, to, places)
  local codes, wanted = view.codes, term.chars
  local row, score, chunk, in_gap = 1, 0, nil, false
  for at = from, to do
    if codes[at] == wanted[row] then
      local own = bonus_at(model, view, at)
      local first = chunk or own
      if chunk and own >= BOUNDARY and own > chunk then
        first = own
      end
      local bonus = chunk and max(own, first, CONSECUTIVE) or own
      chunk = first
      score = score + MATCH + (row == 1 and bonus * FIRST or bonus)
      in_gap = false
      row = row + 1
      if places then
        places[#places + 1] = at
      end
    else
      score = score + (in_gap and GAP_EXTENSION or GAP_START)
      in_gap, chunk = true, nil
    end
  end
  return max(score, 0)
end

--- Scores the first span of text with all characters in order, shortened from its start as far as possible.
local function shortest(model, view, term, places)
  local codes, n, wanted = view.codes, view.n, term.chars
  local to = 0
  for i = 1, term.n do
    to = next_of(codes, n, wanted[i], to + 1)
    if not to then
      return nil
    end
  end
  local from = to + 1
  for i = term.n, 1, -1 do
    repeat
      from = from - 1
    until codes[from] == wanted[i]
  end
  return span(model, view, term, from, to, places)
end

local function single(model, view, term, places)
  local codes, code = view.codes, term.chars[1]
  local best, best_at = -1, nil
  for at = 1, view.n do
    if codes[at] == code then
      local bonus = bonus_at(model, view, at)
      if bonus > best then
        best, best_at = bonus, at
      end
    end
  end
  if places then
    places[#places + 1] = best_at
  end
  return MATCH + best * FIRST
end

--- Walks back through the matrix from the best score, and appends the places of matched characters to `places`.
local function trace(scores, together, firsts, width, from, best_at, places)
  local row, column, prefer = #firsts, best_at, true
  while true do
    local here = row
    local first = firsts[row] - from
    local at = row * width + column
    local score = scores[at]
    local diagonal = row > 1 and column >= first and scores[at - width - 1] or 0
    local left = column > first and scores[at - 1] or 0
    if score > diagonal and (score > left or score == left and prefer) then
      places[#places + 1] = from + column
      if row == 1 then
        return
      end
      row = row - 1
    end
    prefer = (together[at] or 0) > 1
      or here < #firsts and column + 1 < width and (together[(here + 1) * width + column + 1] or 0) > 0
    column = column - 1
  end
end

--- Returns the score of the best match of all characters in order. Rows of the matrix are characters of the term;
--- columns are characters of the text from the first match to the last.
local function best(model, view, term, firsts, places)
  local codes, wanted, rows = view.codes, term.chars, term.n
  local from, to = firsts[1], view.n
  while codes[to] ~= wanted[rows] do
    to = to - 1
  end
  local width = to - from + 1
  local bonuses = {}
  for column = 0, width - 1 do
    bonuses[column] = bonus_at(model, view, from + column)
  end
  local scores, together = {}, {}
  local most, most_at = 0, 0
  for row = 1, rows do
    local code, in_gap, left = wanted[row], false, 0
    local start = firsts[row] - from
    for column = start, width - 1 do
      local at = row * width + column
      local gap = left + (in_gap and GAP_EXTENSION or GAP_START)
      local hit, run = 0, 0
      if codes[from + column] == code then
        local own = bonuses[column]
        if row == 1 then
          hit, run = MATCH + own * FIRST, 1
        else
          local before = at - width - 1
          hit, run = scores[before] + MATCH, together[before] + 1
          local bonus = own
          if run > 1 then
            local chunk = bonuses[column + 1 - run]
            if own >= BOUNDARY and own > chunk then
              run = 1
            else
              bonus = max(own, CONSECUTIVE, chunk)
            end
          end
          if hit + bonus < gap then
            hit, run = hit + own, 0
          else
            hit = hit + bonus
          end
        end
      end
      if row == 1 then
        in_gap = run == 0
        left = run == 1 and hit or max(gap, 0)
      else
        in_gap = hit < gap
        left = max(hit, gap, 0)
      end
      if row == rows and left > most then
        most, most_at = left, column
      end
      scores[at], together[at] = left, run
    end
  end
  if places then
    trace(scores, together, firsts, width, from, most_at, places)
  end
  return most
end

local function is_large(view, term)
  return term.n > MAX_TERM_CHARS or view.n * term.n > MAX_PRODUCT
end

local function fuzzy(model, view, term, places)
  if is_large(view, term) then
    return shortest(model, view, term, places)
  end
  local codes, n, wanted = view.codes, view.n, term.chars
  local firsts, at = {}, 0
  for i = 1, term.n do
    at = next_of(codes, n, wanted[i], at + 1)
    if not at then
      return nil
    end
    firsts[i] = at
  end
  if term.n == 1 then
    return single(model, view, term, places)
  end
  return best(model, view, term, firsts, places)
end

--- Removes as few characters from a term as let the rest match. Returns the rest as a term, and the number removed.
local function reduce(view, term)
  local codes, n, wanted = view.codes, view.n, term.chars
  local function reached(from, code)
    return from and next_of(codes, n, code, from + 1)
  end
  -- The length of text needed to match the first characters of the term with some of them removed, or nil.
  local reach = {}
  for typos = 0, term.typos do
    local row = { [0] = typos == 0 and 0 or nil }
    for i = 1, term.n do
      local kept = reached(row[i - 1], wanted[i])
      local dropped = typos > 0 and reach[typos - 1][i - 1] or nil
      row[i] = kept and dropped and min(kept, dropped) or kept or dropped
    end
    reach[typos] = row
    if row[term.n] then
      local left, at = {}, typos
      for i = term.n, 1, -1 do
        if reached(reach[at][i - 1], wanted[i]) == reach[at][i] then
          table.insert(left, 1, wanted[i])
        else
          at = at - 1
        end
      end
      return { kind = "fuzzy", chars = left, n = #left }, typos
    end
  end
end

--- Iterates over all places of a term in a text, including overlapping ones.
local function places_of(view, term)
  local codes, n, wanted, count = view.codes, view.n, term.chars, term.n
  local overlaps = term.overlaps
  if not overlaps then
    overlaps = { 0 }
    local matched = 0
    for i = 2, count do
      while matched > 0 and wanted[matched + 1] ~= wanted[i] do
        matched = overlaps[matched]
      end
      matched = wanted[matched + 1] == wanted[i] and matched + 1 or matched
      overlaps[i] = matched
    end
    term.overlaps = overlaps
  end
  local at, matched = 0, 0
  return function()
    while at < n do
      at = at + 1
      while matched > 0 and (matched == count or wanted[matched + 1] ~= codes[at]) do
        matched = overlaps[matched]
      end
      if wanted[matched + 1] == codes[at] then
        matched = matched + 1
      end
      if matched == count then
        return at + 1 - count
      end
    end
  end
end

local function word_score(model, view, term, from, bonus)
  local codes, after = view.codes, from + term.n
  local score, less = bonus, bonus - BOUNDARY + 1
  if codes[from - 1] == UNDERSCORE then
    score, less = score - less - 1, 1
  end
  if codes[after] == UNDERSCORE then
    score = score - less
  end
  return score + MATCH * term.n + model.white * (term.n + 1)
end

local function exact(model, view, term)
  local is_word, classes = term.kind == "word", view.classes
  local best_from, most = nil, -1
  for from in places_of(view, term) do
    local bonus = from == 1 and model.white or bonus_at(model, view, from)
    local after = from + term.n
    local stands = not is_word
      or bonus >= BOUNDARY
        and (from == 1 or classes[from - 1] <= DELIMITER)
        and (after > view.n or classes[after] <= DELIMITER)
    if stands then
      if bonus > most then
        best_from, most = from, bonus
      end
      if bonus >= BOUNDARY then
        break
      end
    end
  end
  if not best_from then
    return nil
  elseif is_word then
    return best_from, word_score(model, view, term, best_from, most)
  end
  return best_from, span(model, view, term, best_from, best_from + term.n - 1)
end

--- Returns the place and score of a term that is bound to the beginning of a text, to its end, or to both.
local function anchored(model, view, term)
  local wanted, count, classes = term.chars, term.n, view.classes
  local from, to = 1, view.n
  if not chars.is_white(wanted[1]) then
    while classes[from] == WHITE do
      from = from + 1
    end
  end
  if not chars.is_white(wanted[count]) then
    while to > 0 and classes[to] == WHITE do
      to = to - 1
    end
  end
  if term.kind == "equal" and to - from + 1 ~= count then
    return nil
  elseif term.kind == "suffix" then
    from = to - count + 1
  end
  if from < 1 then
    return nil
  end
  for i = 1, count do
    if view.codes[from + i - 1] ~= wanted[i] then
      return nil
    end
  end
  if term.kind == "equal" then
    return from, (MATCH + model.white) * count + (FIRST - 1) * model.white
  end
  return from, span(model, view, term, from, from + count - 1)
end

--- Returns the best match of a term.
---@param model rille.fuzzy.model
---@param view rille.fuzzy.view
---@param term rille.fuzzy.term
---@param places? integer[] receives the places of its characters, in no order
---@return integer? score
---@return integer? typos how many characters of the term it lacks
function M.find(model, view, term, places)
  if term.kind == "fuzzy" then
    local score = fuzzy(model, view, term, places)
    if score then
      return score, 0
    elseif term.typos == 0 or is_large(view, term) then
      return nil
    end
    local reduced, typos = reduce(view, term)
    if not reduced then
      return nil
    end
    return fuzzy(model, view, reduced, places), typos
  end
  local from, score
  if term.kind == "exact" or term.kind == "word" then
    from, score = exact(model, view, term)
  else
    from, score = anchored(model, view, term)
  end
  if not from then
    return nil
  end
  if places then
    for i = 0, term.n - 1 do
      places[#places + 1] = from + i
    end
  end
  return score, 0
end

return M
