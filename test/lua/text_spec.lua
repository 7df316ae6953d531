--- `rille.text`, the same in every host and on both backends.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

local ZWJ_FAMILY = "👩‍👩‍👧"

t.test("reverse keeps the bytes of each unit in order", function()
  t.eq(text.reverse("héllo", "byte"), "oll\169\195h")
  t.eq(text.reverse("héllo", "char"), "olléh")
  t.eq(text.reverse("e\204\129\r\nb", "char"), "b\n\r\204\129e")
  t.eq(text.reverse("e\204\129\r\nb", "grapheme"), "b\r\ne\204\129")
  t.eq(text.reverse("a" .. ZWJ_FAMILY .. "🇩🇪한z"), "z한🇩🇪" .. ZWJ_FAMILY .. "a")
  t.eq(text.reverse("", "byte"), "")
  t.eq(text.reverse("a\0b"), "b\0a")
end)

t.test("reverse works by grapheme clusters by default", function()
  t.eq(text.reverse("e\204\129x"), text.reverse("e\204\129x", "grapheme"))
end)

t.test("an invalid sequence is one character that keeps its bytes", function()
  t.eq(text.reverse("a\226\130z", "char"), "z\226\130a")
  t.eq(text.reverse("a\240\159\152z"), "z\240\159\152a")
  t.eq(text.reverse("\128\194", "char"), "\194\128")
end)

t.test("long texts go through the kernels", function()
  for _, unit in ipairs({ "byte", "char", "grapheme" }) do
    for _, piece in ipairs({ "x", "é", "€", "😀", "aé€😀" }) do
      local s = piece:rep(3000)
      local once = text.reverse(s, unit)
      t.eq(#once, #s)
      t.ok(text.reverse(once, unit) == s, unit .. " of " .. piece)
    end
  end
end)

t.test("validate returns where the first invalid sequence begins", function()
  t.eq({ text.validate("größer") }, { true })
  t.eq({ text.validate("") }, { true })
  t.eq({ text.validate("ab\255") }, { false, 3 })
  t.eq({ text.validate(("x"):rep(100000) .. "\226\130") }, { false, 100001 })
  t.eq({ text.validate("\237\160\128") }, { false, 1 })
end)

t.test("repair writes one U+FFFD for each maximal invalid subsequence", function()
  t.eq(text.repair("a\255b"), "a\239\191\189b")
  t.eq(text.repair("\226\130\226\130"), ("\239\191\189"):rep(2))
  t.eq(text.repair("\237\160\128"), ("\239\191\189"):rep(3))
  t.eq(text.repair("\240\159\152"), "\239\191\189")
end)

t.test("repair returns a valid string unchanged", function()
  local s = "größer" .. ("."):rep(100)
  t.ok(rawequal(text.repair(s), s))
  t.eq(text.repair(rille.bytes(ffi.cast("const uint8_t *", s), #s)), s)
end)

t.test("count in every unit", function()
  local s = "Naïve café 👩‍👩‍👧!\r\nzwei 3,14\n"
  t.eq(text.count(s, "byte"), #s)
  t.eq(text.count(s, "char"), 29)
  t.eq(text.count(s, "utf16"), 32)
  t.eq(text.count(s, "grapheme"), 24)
  t.eq(text.count(s, "word"), 4)
  t.eq(text.count(s, "line"), 2)
  for _, unit in ipairs({ "byte", "char", "utf16", "grapheme", "word", "line" }) do
    t.eq(text.count("", unit), 0, unit)
  end
end)

t.test("lines end in LF, CR LF or the end of the text", function()
  t.eq(text.count("a", "line"), 1)
  t.eq(text.count("a\n", "line"), 1)
  t.eq(text.count("a\nb", "line"), 2)
  t.eq(text.count("a\rb", "line"), 1)
  t.eq(text.count("\n\n", "line"), 2)
end)

t.test("words contain a letter, a number or an ideograph", function()
  t.eq(text.count("don't panic, it's 3.14 __ !", "word"), 4)
  t.eq(text.count("日本, テスト", "word"), 3)
  t.eq(text.count("½ … 👩", "word"), 1)
end)

t.test("the number of characters is that of the repaired text", function()
  local s = "a\255b\226\130c\240\159\152\128\128é"
  for _, unit in ipairs({ "char", "utf16", "grapheme", "word" }) do
    t.eq(text.count(s, unit), text.count(text.repair(s), unit), unit)
  end
end)

t.test("_into appends to a rille buffer and returns the number of bytes", function()
  local buffer = rille.buffer()
  t.eq(text.reverse_into(buffer, "abc", "byte"), 3)
  t.eq(text.reverse_into(buffer, "é!"), 3)
  t.eq(text.repair_into(buffer, "\255"), 3)
  t.eq(text.repair_into(buffer, "ok"), 2)
  t.eq(text.reverse_into(buffer, ""), 0)
  t.eq(buffer:tostring(), "cba!é\239\191\189ok")
  buffer:close()
end)

t.test("_into appends to a string.buffer and returns the number of bytes", function()
  local found, string_buffer = pcall(require, "string.buffer")
  if not found then
    t.skip("this LuaJIT has no string.buffer")
  end
  local buffer = string_buffer.new():put("> ")
  t.eq(text.reverse_into(buffer, "abc", "char"), 3)
  t.eq(text.repair_into(buffer, "\255"), 3)
  t.eq(buffer:tostring(), "> cba\239\191\189")
end)

t.test("a wrong unit is an error that lists the known ones", function()
  t.raises(
    "rille.text.count: unknown unit 'foo' %(known: byte, char, utf16, grapheme, word, line, cell, sentence, linebreak%)",
    text.count,
    "a",
    "foo"
  )
  t.raises("rille.text.count: unknown unit nil", text.count, "a")
  t.raises("rille.text.count: unknown unit number", text.count, "a", 1)
  t.raises(
    "rille.text.reverse: unknown unit 'word' %(known: byte, char, grapheme%)",
    text.reverse,
    "a",
    "word"
  )
  t.raises("rille.text.reverse_into: unknown unit 'line'", text.reverse_into, rille.buffer(), "a", "line")
end)

t.test("errors point at the caller", function()
  local message = t.raises("text_spec", function()
    text.count(nil, "char") -- luacheck: ignore
    return nil
  end)
  t.ok(message:find("text_spec%.lua:%d+: rille%.text%.count: s must be"), message)
end)

t.test("a value that is not a buffer is an error before any other check", function()
  for _, buffer in ipairs({ 1, "s", {}, io.stdout }) do
    t.raises(
      "rille.text.reverse_into: buffer must be a string.buffer or a rille buffer",
      text.reverse_into,
      buffer,
      "a"
    )
    t.raises("rille.text.repair_into: buffer must be", text.repair_into, buffer, "a")
  end
  local same = rille.buffer():put("a")
  t.raises("must not be the same buffer", text.reverse_into, same, same)
  t.eq(same:tostring(), "a")
end)
