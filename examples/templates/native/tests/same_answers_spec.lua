--- The differential test: both backends get the same random texts, and must return the same.
local t = ...
if require("abacus").backend() ~= "native" then
  return
end
local native = require("abacus.native")
local fallback = require("abacus.fallback")

-- Few words, so that counts are equal and the order matters; and all kinds of bytes between them.
local PIECES =
  { "a", "b", "ab", "B", "_", "7", "ö", "日", "\255", "\128", " ", "\n", "\0", "-", ".", "\127", "@[`{/:" }
local SEED = 1

--- Returns a random text, the same in each run.
local function random_text(length)
  local parts = {}
  for i = 1, length do
    SEED = SEED * 16807 % 2147483647
    parts[i] = PIECES[SEED % #PIECES + 1]
  end
  return table.concat(parts)
end

--- Returns the results of a call, or its error without the place.
local function outcome(object, name, argument)
  local results = { pcall(object[name], object, argument) }
  if not results[1] then
    results[2] = tostring(results[2]):match("abacus.*")
  end
  return results
end

local function compare(a, b, name, argument)
  t.same(outcome(a, name, argument), outcome(b, name, argument))
end

t.test("both backends have the same functions", function()
  local function names(object)
    local list = {}
    for name in pairs(getmetatable(object).__index) do
      list[#list + 1] = name
    end
    table.sort(list)
    return list
  end
  t.same(names(native.counter()), names(fallback.counter()))
end)

t.test("both backends return the same for random texts", function()
  for round = 1, 300 do
    local a, b = native.counter(), fallback.counter()
    for _ = 1, 3 do
      compare(a, b, "add", random_text(round % 40))
    end
    compare(a, b, "len")
    for _, limit in ipairs({ 0, 1, 3, 1000 }) do
      compare(a, b, "top", limit)
    end
    for _, word in ipairs({ "a", "ab", "ö", "", "a b", "\255" }) do
      compare(a, b, "count", word)
    end
    a:close()
    b:close()
  end
end)

t.test("both backends refuse the same", function()
  local a, b = native.counter(), fallback.counter()
  for _, wrong in ipairs({ false, 1.5, -1, 2 ^ 40, "text", {}, 0 / 0, math.huge }) do
    for _, name in ipairs({ "add", "count", "top" }) do
      compare(a, b, name, wrong)
    end
  end
  compare(a, b, "add", nil)
  a:close()
  b:close()
  compare(a, b, "add", "text")
end)
