--- Conversion of positions between units, the same in every host and on both backends.
local t = ...
local rille = require("rille")
local text = rille.text

--- Bytes: a 1, é 2-3, e 4, accent 5-6, smiley 7-10, CR LF 11-12, z 13.
local SAMPLE = "aée\204\129😀\r\nz"
local UNITS = { "byte", "char", "utf16", "grapheme" }

t.test("a position in one unit becomes one in another", function()
  t.eq(text.offset(SAMPLE, 7, "byte", "utf16"), 5)
  t.eq(text.offset(SAMPLE, 7, "byte", "char"), 5)
  t.eq(text.offset(SAMPLE, 7, "byte", "grapheme"), 4)
  t.eq(text.offset(SAMPLE, 11, "byte", "utf16"), 7)
  t.eq(text.offset(SAMPLE, 11, "byte", "grapheme"), 5)
  t.eq(text.offset(SAMPLE, 5, "utf16", "byte"), 7)
  t.eq(text.offset(SAMPLE, 7, "utf16", "byte"), 11)
  t.eq(text.offset(SAMPLE, 6, "grapheme", "byte"), 13)
  t.eq(text.offset(SAMPLE, 4, "grapheme", "utf16"), 5)
end)

t.test("a position inside a character or a cluster is that of its start", function()
  t.eq(text.offset(SAMPLE, 3, "byte", "byte"), 2)
  t.eq(text.offset(SAMPLE, 9, "byte", "utf16"), 5)
  t.eq(text.offset(SAMPLE, 6, "utf16", "byte"), 7)
  t.eq(text.offset(SAMPLE, 6, "utf16", "char"), 5)
  t.eq(text.offset(SAMPLE, 5, "byte", "grapheme"), 3)
  t.eq(text.offset(SAMPLE, 12, "byte", "grapheme"), 5)
end)

t.test("a position past the end is one past the end", function()
  for _, from in ipairs(UNITS) do
    for _, to in ipairs(UNITS) do
      local past = text.count(SAMPLE, to) + 1
      for _, beyond in ipairs({ 0, 1, 1000, 2 ^ 31, 2 ^ 32, 2 ^ 53, math.huge }) do
        t.eq(text.offset(SAMPLE, text.count(SAMPLE, from) + 1 + beyond, from, to), past)
      end
      t.eq(text.offset("", 1, from, to), 1)
    end
  end
end)

t.test("an invalid sequence is one character", function()
  local s = "a\226\130z\128\128\240\159\152"
  t.eq(text.offset(s, 3, "byte", "char"), 2)
  t.eq(text.offset(s, 3, "byte", "byte"), 2)
  t.eq(text.offset(s, 4, "byte", "utf16"), 3)
  t.eq(text.offset(s, 6, "byte", "utf16"), 5)
  t.eq(text.offset(s, 9, "byte", "utf16"), 6)
  t.eq(text.offset(s, 6, "char", "byte"), 7)
end)

t.test("converting there and back returns every start unchanged", function()
  local s = ("größer 日本 👩‍👩‍👧 \255\226\130 e\204\129\r\n"):rep(3)
  for _, unit in ipairs(UNITS) do
    for position = 1, text.count(s, unit) + 1 do
      local at = text.offset(s, position, unit, "byte")
      local back = text.offset(s, at, "byte", unit)
      if unit == "grapheme" or unit == "char" then
        t.eq(back, position)
      else
        t.ok(back <= position and text.offset(s, back, unit, "byte") == at, unit .. " " .. position)
      end
    end
  end
end)

t.test("a list in one call, in any order", function()
  local positions, reversed, expected, last = {}, {}, {}, {}
  for i = 1, 15 do
    positions[i], reversed[16 - i] = i, i
    expected[i] = text.offset(SAMPLE, i, "byte", "utf16")
    last[16 - i] = expected[i]
  end
  t.eq(text.offsets(SAMPLE, positions, "byte", "utf16"), expected)
  t.eq(text.offsets(SAMPLE, reversed, "byte", "utf16"), last)
  t.eq(text.offsets(SAMPLE, {}, "byte", "utf16"), {})
  t.eq(text.offsets(SAMPLE, { 7, 7, 1, 99, 7 }, "byte", "grapheme"), { 4, 4, 1, 7, 4 })
end)

t.test("a long list in disorder", function()
  local s, positions, expected = SAMPLE:rep(20), {}, {}
  for i = 1, 700 do
    positions[i] = (i * 7919) % 270 + 1
    expected[i] = text.offset(s, positions[i], "utf16", "grapheme")
  end
  t.eq(text.offsets(s, positions, "utf16", "grapheme"), expected)
end)

t.test("results are written to a list of the caller", function()
  local results = { 9, 9, 9, 9 }
  t.ok(rawequal(text.offsets(SAMPLE, { 1, 7 }, "byte", "utf16", results), results))
  t.eq(results, { 1, 5 })
  local positions = { 7, 11 }
  t.eq(text.offsets(SAMPLE, positions, "byte", "char", positions), { 5, 6 })
end)

t.test("wrong arguments are errors that name them", function()
  for _, wrong in ipairs({ 0, -1, 1.5, 0 / 0, "1", true }) do
    t.raises(
      "offset_spec%.lua:%d+: rille%.text%.offset: position must be an integer from 1 on, got",
      function()
        text.offset("a", wrong, "byte", "char")
        return nil
      end
    )
    t.raises("rille%.text%.offsets: positions%[2%] must be an integer from 1 on, got", function()
      text.offsets("a", { 1, wrong }, "byte", "char")
      return nil
    end)
  end
  t.raises("position must be an integer from 1 on, got nil", text.offset, "a", nil, "byte", "char")
  t.raises("offset: from: unknown unit 'word' %(known: byte, char", text.offset, "a", 1, "word", "char")
  t.raises("offset: to: unknown unit nil", text.offset, "a", 1, "byte")
  t.raises("offsets: to: unknown unit 'line'", text.offsets, "a", {}, "byte", "line")
  t.raises("offsets: positions must be a list of integers, got number", text.offsets, "a", 1, "byte", "char")
  t.raises("offsets: results must be a list, got number", text.offsets, "a", { 1 }, "byte", "char", 1)
  t.raises("offset: s must be a string", text.offset, nil, 1, "byte", "char")
end)

t.test("a list with holes is an error that says where", function()
  t.raises("positions%[2%]", text.offsets, "abc", { 1, nil, 3 }, "byte", "char")
  t.raises("positions%[2%]", text.offsets, "abc", { [1] = 1, [3] = 3 }, "byte", "char")
  t.raises("positions%[1%]", text.offsets, "abc", { [5] = 3 }, "byte", "char")
end)

t.test("display cells are those of width", function()
  t.eq(text.offset("a\tb", 3, "byte", "cell"), 9)
  t.eq(text.offset("a\tb", 5, "cell", "byte"), 2)
  t.eq(text.offset("a\tb", 99, "cell", "byte"), 4)
  t.eq(text.offsets("ab\r\nc", { 1, 2, 3, 4 }, "cell", "byte"), { 1, 2, 5, 6 })
  if rille.backend == "lua" then
    t.eq({ text.offset("日本", 4, "byte", "cell") }, { nil, "needs the native library" })
    t.eq({ text.offsets("日本", { 4 }, "cell", "byte") }, { nil, "needs the native library" })
    return
  end
  local s = "日本 👩‍👩‍👧 e\204\129\226\130!"
  for byte = 1, #s + 1 do
    local start = text.offset(s, byte, "byte", "byte")
    local cell = text.offset(s, byte, "byte", "cell")
    t.ok(cell <= text.width(s:sub(1, start - 1)) + 1, byte)
  end
  t.eq(
    text.offsets(s, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, "cell", "grapheme"),
    { 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9 }
  )
end)
