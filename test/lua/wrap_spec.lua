--- Wrapping, the same in every host; other text than ASCII only with the library.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local native = rille.backend == "native"

t.test("lines end at break opportunities", function()
  t.eq(text.wrap("the quick brown fox", 9), { "the quick", "brown fox" })
  t.eq(text.wrap("the quick  brown fox", 10), { "the quick", "brown fox" })
  t.eq(text.wrap("well-known/path", 11), { "well-known/", "path" })
  t.eq(text.wrap("(a) $10.00 b", 4, { keep_long_words = true }), { "(a)", "$10.00", "b" })
  t.eq(text.wrap("a -v --flag", 4), { "a -v", "--", "flag" })
end)

t.test("line ends are those of UAX #14", function()
  t.eq(text.wrap("", 5), {})
  t.eq(text.wrap("a\n", 5), { "a" })
  t.eq(text.wrap("\n\n", 5), { "", "" })
  t.eq(text.wrap("a \r\n b\rc\fd\ve", 5), { "a", " b", "c", "d", "e" })
  t.eq(text.wrap("   ", 2), { "" })
end)

t.test("long words are cut or kept", function()
  t.eq(text.wrap("a abcdefg b", 3), { "a", "abc", "def", "g b" })
  t.eq(text.wrap("a abcdefg b", 3, { keep_long_words = true }), { "a", "abcdefg", "b" })
  t.eq(text.wrap("abc", 1), { "a", "b", "c" })
end)

t.test("wide text is wrapped by its cells and clusters", function()
  if not native then
    t.skip("needs the native library")
  end
  t.eq(text.wrap("日本語、テスト", 6), { "日本", "語、テ", "スト" })
  t.eq(text.wrap("日本", 1), { "日", "本" })
  t.eq(text.wrap("👩‍👩‍👧👧", 2), { "👩‍👩‍👧", "👧" })
  t.eq(text.wrap("no\194\160break here", 8), { "no\194\160break", "here" })
  t.eq(text.wrap("größer größer", 8), { "größer", "größer" })
  t.eq(text.wrap("ab\255\255cd", 3), { "ab\255", "\255cd" })
end)

t.test("spans are positions", function()
  t.eq(text.wrap_spans("the quick brown fox", 9), { 1, 9, 11, 19 })
  t.eq(text.wrap_spans("a\n\nb", 9), { 1, 1, 3, 2, 4, 4 })
  t.eq(text.wrap_spans("", 9), {})
end)

t.test("more lines than fit into a batch", function()
  local words = {}
  for i = 1, 1000 do
    words[i] = ("w%03d"):format(i % 1000)
  end
  for _, n in ipairs({ 255, 256, 257, 511, 512, 513, 1000 }) do
    local s = table.concat(words, " ", 1, n)
    local lines = text.wrap(s, 4)
    t.eq(#lines, n)
    t.eq(lines[n], words[n])
    t.eq(table.concat(lines, " "), s)
    local buffer = rille.buffer()
    t.eq(text.wrap_into(buffer, s, 4), #s + 1)
    t.eq(buffer:tostring(), table.concat(lines, "\n") .. "\n")
    t.eq(#text.wrap_spans(s, 4), 2 * n)
  end
end)

t.test("a very long word takes no longer than others", function()
  t.eq(#text.wrap(("x"):rep(200000), 50), 4000)
  t.eq(#text.wrap(("x"):rep(200000), 50, { keep_long_words = true }), 1)
end)

t.test("tabs are counted from the column", function()
  t.eq(text.wrap("a\tb c", 9), { "a\tb", "c" })
  t.eq(text.wrap("a\tb c", 4, { column = 6 }), { "a\tb", "c" })
end)

t.test("every kind of text is wrapped", function()
  local s = "the quick brown fox"
  local lines = { "the quick", "brown fox" }
  t.eq(text.wrap(rille.buffer():put(s), 9), lines)
  t.eq(text.wrap(rille.bytes(ffi.new("uint8_t[?]", #s, s), #s), 9), lines)
  local found, string_buffer = pcall(require, "string.buffer")
  if found then
    t.eq(text.wrap(string_buffer.new():put(s), 9), lines)
    local sb = string_buffer.new()
    t.eq(text.wrap_into(sb, s, 9), 20)
    t.eq(sb:tostring(), "the quick\nbrown fox\n")
  end
end)

t.test("wrong arguments are errors that name them", function()
  for _, wrong in ipairs({ 0, -1, 0.5, "9", {} }) do
    t.raises("rille.text.wrap: cells must be a whole number from 1", text.wrap, "a", wrong)
  end
  t.refuses(
    "rille.text.wrap: option 'keep_long_words' must be a boolean, got 1",
    text.wrap,
    "a",
    1,
    { keep_long_words = 1 }
  )
  t.refuses(
    "rille.text.wrap: unknown option 'side' (known: ambiguous, column, keep_long_words, kerning, measure, style, tabstop)",
    text.wrap,
    "a",
    1,
    { side = 1 }
  )
  t.raises("rille.text.wrap_into: buffer must be", text.wrap_into, 1, "a", 1)
  t.raises("rille.text.wrap_spans: s must be a string", text.wrap_spans, 1, 1)
end)
