--- Segments, the same in every host and on both backends.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

local NATIVE = rille.backend == "native"

local function pieces(s, unit)
  local list = {}
  for from, to in text.segments(s, unit) do
    list[#list + 1] = s:sub(from, to)
  end
  return list
end

t.test("grapheme clusters", function()
  t.eq(
    pieces("ae\204\129\r\n👩‍👩‍👧🇩🇪z", "grapheme"),
    { "a", "e\204\129", "\r\n", "👩‍👩‍👧", "🇩🇪", "z" }
  )
  t.eq(pieces("a\226\130z", "grapheme"), { "a", "\226\130", "z" })
end)

t.test("words, without the text between them", function()
  t.eq(pieces("Don't stop, it's 3.14 __ !", "word"), { "Don't", "stop", "it's", "3.14" })
  t.eq(pieces("日本, テスト", "word"), { "日", "本", "テスト" })
  t.eq(pieces(" ,! ", "word"), {})
end)

t.test("lines, without their ends", function()
  t.eq(pieces("a\nb\r\n\nc", "line"), { "a", "b", "", "c" })
  t.eq(pieces("a\n", "line"), { "a" })
  t.eq(pieces("\r\n\r\ra\r", "line"), { "", "\r\ra\r" })
  local spans = {}
  for from, to in text.segments("a\n\nb", "line") do
    spans[#spans + 1] = { from, to }
  end
  t.eq(spans, { { 1, 1 }, { 3, 2 }, { 4, 4 } })
end)

t.test("sentences and line-break segments", function()
  if not NATIVE then
    for _, unit in ipairs({ "sentence", "linebreak" }) do
      t.eq({ text.segments("a", unit) }, { nil, "needs the native library" })
      t.eq({ text.count("a", unit) }, { nil, "needs the native library" })
    end
    return
  end
  t.eq(pieces("It is 3.5 m. Yes? No.\nNew", "sentence"), { "It is 3.5 m. ", "Yes? ", "No.\n", "New" })
  t.eq(
    pieces("It is well-known, 100%. 日本\nx", "linebreak"),
    { "It ", "is ", "well-", "known, ", "100%. ", "日", "本\n", "x" }
  )
end)

t.test("an empty text has no segments", function()
  for _, unit in ipairs({ "grapheme", "word", "line" }) do
    t.eq(pieces("", unit), {})
  end
end)

t.test("many segments, over many batches, as many as count returns", function()
  local s = ("größer 日本,\r\nand e\204\129 👩‍👩‍👧. "):rep(400)
  local units = NATIVE and { "grapheme", "word", "line", "sentence", "linebreak" }
    or { "grapheme", "word", "line" }
  for _, unit in ipairs(units) do
    local n, last = 0, 0
    for from, to in text.segments(s, unit) do
      t.ok(from > last and to >= from - 1)
      n, last = n + 1, to
    end
    t.eq(n, text.count(s, unit), unit)
  end
  local joined = {}
  for from, to in text.segments(s, "grapheme") do
    joined[#joined + 1] = s:sub(from, to)
  end
  t.ok(table.concat(joined) == s)
end)

t.test("loops inside of loops and loops that are left early", function()
  local s, words = ("one two three\n"):rep(100), 0
  for _ = 1, 50 do
    for from, to in text.segments(s, "line") do
      local line = s:sub(from, to)
      for first, last in text.segments(line, "word") do
        words = words + 1
        if line:sub(first, last) == "two" then
          break
        end
      end
    end
  end
  t.eq(words, 50 * 100 * 2)
end)

t.test("an iterator that has ended stays there", function()
  local step, state = text.segments("a b", "word")
  t.eq({ step(state) }, { 1, 1 })
  t.eq({ step(state) }, { 3, 3 })
  for _ = 1, 3 do
    t.eq(step(state), nil)
  end
  local other, its = text.segments("c d", "word")
  t.eq(step(state), nil)
  t.eq({ other(its) }, { 1, 1 })
end)

t.test("views and buffers", function()
  local bytes = "one two"
  local view = rille.bytes(ffi.cast("const uint8_t *", bytes), #bytes)
  local buffer, found = rille.buffer():put(bytes), {}
  for from, to in text.segments(view, "word") do
    found[#found + 1] = { from, to }
  end
  for from, to in text.segments(buffer, "word") do
    found[#found + 1] = { from, to }
  end
  t.eq(found, { { 1, 3 }, { 5, 7 }, { 1, 3 }, { 5, 7 } })
  buffer:close()
end)

t.test("a text that shrinks meanwhile ends the loop", function()
  local buffer, n = rille.buffer():put(("a "):rep(2000)), 0
  for _ in text.segments(buffer, "word") do
    n = n + 1
    if n == 5 then
      buffer:reset():put("a")
    end
  end
  t.ok(n >= 5 and n <= 2000)
  buffer:close()
end)

t.test("wrong arguments are errors that name them", function()
  t.raises(
    "segments: unknown unit 'char' %(known: grapheme, word, sentence, line, linebreak%)",
    text.segments,
    "a",
    "char"
  )
  t.raises("segments: unknown unit nil", text.segments, "a")
  t.raises("segment_spec%.lua:%d+: rille%.text%.segments: s must be a string", function()
    text.segments(nil, "word") -- luacheck: ignore
    return nil
  end)
end)
