--- Native and fallback return the same results, for generated, hostile and invalid input.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("native against fallback", function()
    t.skip("needs the native library beside it")
  end)
end

local native = require("rille.text")
local fallback = require("rille.fallback.text")

--- Pieces that are hard to segment and decode.
local PIECES = {
  "a",
  "B",
  " ",
  "\t",
  "\n",
  "\r",
  "\r\n",
  ".",
  ",",
  "'",
  "_",
  "3",
  "3.14",
  "don't",
  "\0",
  "\127",
  "é",
  "ß",
  "İ",
  "e\204\129",
  "\204\129",
  "א",
  "ב",
  "ж",
  "क",
  "्",
  "ष",
  "ि",
  "ก",
  "ำ",
  "ခ",
  "ກ",
  "한",
  "ᄀ",
  "ᅡ",
  "ᆨ",
  "日",
  "本",
  "テ",
  "ス",
  "ひ",
  "カ",
  "ー",
  "…",
  "€",
  "½",
  "Ⅷ",
  "①",
  "\u{200d}",
  "\u{200b}",
  "\u{fe0f}",
  "\u{feff}",
  "😀",
  "👩",
  "👩‍👩‍👧",
  "🏽",
  "🇩",
  "🇪",
  "🏴",
  "\u{e0067}",
  "\u{10ffff}",
  "\u{fffd}",
  "\u{378}",
  "\128",
  "\191",
  "\192",
  "\193",
  "\194",
  "\224",
  "\224\160",
  "\224\159",
  "\226\130",
  "\237\160\128",
  "\237\159",
  "\240\144",
  "\240\143",
  "\240\159\152",
  "\244\143\191",
  "\244\144",
  "\245",
  "\255",
} -- stylua: ignore

--- A generator written here, so that every host tests the same input.
local seed = 20261120
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local function sample()
  local kind, parts = random(4), {}
  for i = 1, random(40) do
    parts[i] = kind == 1 and string.char(random(256) - 1) or PIECES[random(#PIECES)]
  end
  local s = table.concat(parts)
  return kind == 4 and ("plain ascii "):rep(random(30)) .. s or s
end

local function show(s)
  return (s:sub(1, 100):gsub("[^%w]", function(c)
    return ("\\x%02X"):format(c:byte())
  end))
end

local NEEDS_LIBRARY = "needs the native library"

local function agree(s)
  for _, unit in ipairs({ "byte", "char", "utf16", "grapheme", "word", "line" }) do
    local a, b = native.count(s, unit), fallback.count(s, unit)
    t.ok(a == b, ("count of %s in %s: native %d, fallback %d"):format(unit, show(s), a, b))
  end
  local cells, refusal = fallback.count(s, "cell")
  t.ok(cells == native.count(s, "cell") or refusal == NEEDS_LIBRARY, "cells of " .. show(s))
  for _, unit in ipairs({ "byte", "char", "grapheme" }) do
    t.ok(native.reverse(s, unit) == fallback.reverse(s, unit), ("reverse by %s of %s"):format(unit, show(s)))
  end
  for _, unit in ipairs({ "grapheme", "word", "line" }) do
    local step, state = fallback.segments(s, unit)
    for from, to in native.segments(s, unit) do
      local first, last = step(state)
      if from ~= first or to ~= last then
        error(("segments by %s of %s at %d"):format(unit, show(s), from))
      end
    end
    t.ok(step(state) == nil, ("more segments by %s of %s"):format(unit, show(s)))
  end
  for _, name in ipairs({ "upper", "lower", "fold", "normalize" }) do
    local answer, message = fallback[name](s)
    t.ok(answer == native[name](s) or message == NEEDS_LIBRARY, name .. " of " .. show(s))
  end
  local a, at = native.validate(s)
  local b, bt = fallback.validate(s)
  t.ok(a == b and at == bt, "validate of " .. show(s))
  t.ok(native.repair(s) == fallback.repair(s), "repair of " .. show(s))
end

t.test("3,000 generated texts", function()
  for _ = 1, 3000 do
    agree(sample())
  end
end)

t.test("positions in generated texts, between every two units", function()
  local units = { "byte", "char", "utf16", "grapheme" }
  for _ = 1, 200 do
    local s, positions = sample():sub(1, 120), {}
    for i = 1, random(12) do
      positions[i] = random(#s + 5)
    end
    for _, from in ipairs(units) do
      for _, to in ipairs(units) do
        local name = ("from %s to %s in %s"):format(from, to, show(s))
        t.eq(native.offsets(s, positions, from, to), fallback.offsets(s, positions, from, to), name)
      end
    end
  end
end)

t.test("every pair of hard pieces", function()
  for _, first in ipairs(PIECES) do
    for _, second in ipairs(PIECES) do
      agree(first .. second)
    end
  end
end)

t.test("long texts, across every block of the kernels", function()
  for i = 1, 30 do
    local parts = {}
    for n = 1, 1500 + i do
      parts[n] = PIECES[random(#PIECES)]
    end
    agree(table.concat(parts))
    agree(("x"):rep(16384 - i) .. table.concat(parts, "", 1, 40) .. ("y"):rep(100))
  end
end)

t.test("the same errors", function()
  local function message(fn, ...)
    local ok, text = pcall(fn, ...)
    t.ok(not ok)
    return (tostring(text):gsub("^[^ ]+:%d+: ", ""))
  end
  for _, arguments in ipairs({ { nil, "char" }, { 12, "char" }, { "a", "foo" }, { "a" }, { {}, "char" } }) do
    t.eq(
      message(native.count, arguments[1], arguments[2]),
      message(fallback.count, arguments[1], arguments[2])
    )
  end
  t.eq(message(native.reverse, "a", "word"), message(fallback.reverse, "a", "word"))
  t.eq(message(native.reverse_into, 1, "a"), message(fallback.reverse_into, 1, "a"))
end)

t.test("the same errors of the parts", function()
  local function message(fn, ...)
    local ok, text = pcall(fn, ...)
    t.ok(not ok)
    return (tostring(text):gsub("^[^ ]+:%d+: ", ""))
  end
  for name, arguments in pairs({
    offset = {
      { "a", 0, "byte", "char" },
      { "a", 1, "word", "char" },
      { "a", 1, "byte" },
      { 1, 1, "byte", "byte" },
    },
    offsets = {
      { "a", { 0 }, "byte", "char" },
      { "a", { 1, [3] = 1 }, "byte", "char" },
      { "a", 1, "byte", "char" },
    },
    segments = { { "a", "char" }, { 1, "word" }, { "a" } },
    upper = { {}, { 1 } },
    fold_into = { { 1, "a" }, { {}, "a" } },
    equal_fold = { { 1, "a" }, { "a", {} } },
    normalize = { { "a", "nfc" }, { 1 } },
    normalize_into = { { 1, "a" }, { 1, "a", "x" } },
  }) do
    for _, given in ipairs(arguments) do
      t.eq(message(native[name], unpack(given, 1, 4)), message(fallback[name], unpack(given, 1, 4)), name)
    end
  end
end)

t.test("both backends have the same functions", function()
  -- Functions of a part exist once one of them has been used.
  for _, name in ipairs({ "offset", "segments", "upper", "normalize" }) do
    t.ok(native[name] and fallback[name], name)
  end
  for name in pairs(native) do
    t.eq(type(fallback[name]), type(native[name]), name)
  end
  for name in pairs(fallback) do
    t.eq(type(native[name]), type(fallback[name]), name)
  end
end)
