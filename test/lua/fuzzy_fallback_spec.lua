--- Native and fallback return the same results, for generated, hostile and invalid queries and items.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("native against fallback", function()
    t.skip("needs the native library beside it")
  end)
end

local native = require("rille.fuzzy")
local fallback = require("rille.fallback.fuzzy")

--- The random generator of the specs: the same numbers in every host.
local seed = 7
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local WORDS = {
  "src",
  "main",
  "Core",
  "fooBar",
  "HTTP",
  "x1",
  "42",
  "a",
  "b",
  "ab",
  "é",
  "Ünder",
  "日本",
  "ß",
  "ẞ",
  "Σ",
  "ς",
  "K",
  "\u{212a}",
  "ø",
  "Ø",
  "ǅ",
  "e\204\129",
  "\204\129",
  "٣",
  "\194\160",
  "\227\128\128",
  "İ",
  "ı",
  "각",
  "\0",
  "\255",
  "\226\130",
  "\239\191\189",
  "\n",
  "①",
  "Ⅷ",
  "🙂",
}
local BETWEEN = { "/", "/", "_", "-", ".", " ", "", "", ":", ",", "  ", "|", ";", "\\", "\t" }
local BEFORE = { "", "", "", "", "'", "!", "^", "!^", "!'", " ", "$", "| " }
local BEHIND = { "", "", "", "", "$", "'", " ", " | ", "\\ ", "$$" }

local function item()
  local parts = {}
  for i = 1, random(6) do
    parts[2 * i - 1] = WORDS[random(#WORDS)]
    parts[2 * i] = BETWEEN[random(#BETWEEN)]
  end
  return table.concat(parts)
end

--- Returns a query: parts of words with operators around them, so that many items match.
local function query()
  local parts = {}
  for i = 1, random(3) do
    local word = WORDS[random(#WORDS)]
    if random(2) == 1 then
      word = word .. (random(3) == 1 and BETWEEN[random(#BETWEEN)] or "") .. WORDS[random(#WORDS)]
    end
    parts[i] = BEFORE[random(#BEFORE)] .. word .. BEHIND[random(#BEHIND)] .. (random(2) == 1 and " " or "")
  end
  return table.concat(parts)
end

local CASES = { "smart", "ignore", "respect" }
local SCHEMES = { "default", "path", "history" }

local function options()
  local opts = {
    case = CASES[random(3)],
    scheme = SCHEMES[random(3)],
    normalize = random(2) == 1,
    typos = random(4) - 1,
  }
  if random(4) == 1 then
    opts.delimiter = random(2) == 1 and ":" or "/"
    if random(2) == 1 then
      opts.columns = { random(3), random(3) }
    end
  end
  return opts
end

--- Returns everything in a result, as plain values.
local function told(r)
  local all = { r.count, r.total, r.searched, r.done }
  for i = 1, r.count do
    all[#all + 1] = { r:index(i), r:score(i), r:text(i), r:positions(i) }
  end
  return all
end

t.test("filter: rows, scores and positions", function()
  for round = 1, 300 do
    local items = {}
    for i = 1, 40 do
      items[i] = item()
    end
    local text, opts = query(), options()
    local said = ("round %d, query %q, case %s, scheme %s"):format(round, text, opts.case, opts.scheme)
    t.eq(told(fallback.filter(text, items, opts)), told(native.filter(text, items, opts)), said)
  end
end)

t.test("sessions return the same rows as filter", function()
  for round = 1, 100 do
    local items = {}
    for i = 1, 100 do
      items[i] = item()
    end
    local text, opts = query(), options()
    local own, lua = native(opts), fallback(opts)
    own:push(items)
    lua:push(items)
    local boosts = {}
    for i = 1, 50 do
      boosts[i] = random(3) == 1 and random(60) - 30 or 0
    end
    own:boost(boosts, 11)
    lua:boost(boosts, 11)
    local limit = { limit = random(60) }
    local said = ("round %d, query %q"):format(round, text)
    t.eq(told(own:query(text, limit)), told(lua:query(text, limit)), said)
    own:close()
  end
end)

t.test("match", function()
  for round = 1, 500 do
    local s, text, opts = item(), query(), options()
    local said = ("round %d, query %q, text %q"):format(round, text, s)
    t.eq({ fallback.match(text, s, opts) }, { native.match(text, s, opts) }, said)
  end
end)

t.test("lines of a text", function()
  for _, text in ipairs({ "", "\n", "a", "a\n", "a\r\nb\r", "\r\n\r\n", "a\r\r\nb", "\n\na" }) do
    local own, lua = native(), fallback()
    t.eq(own:push(text), lua:push(text), text)
    for i = 1, own:len() do
      t.eq(own:text(i), lua:text(i), text)
    end
  end
end)

t.test("a term too large for the best match is matched greedily", function()
  local s = ("x"):rep(60) .. ("ab/"):rep(800)
  local text = ("ab"):rep(60)
  t.eq({ fallback.match(text, s) }, { native.match(text, s) })
  t.eq({ fallback.match(text .. "x", s) }, { native.match(text .. "x", s) })
  text = ("ab/"):rep(400)
  t.eq({ fallback.match(text, s) }, { native.match(text, s) })
end)
