--- Case and normalisation, the same in every host and on both backends: the fallback supports only ASCII, and reports that.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

local NATIVE = rille.backend == "native"
local NEEDS = { nil, "needs the native library" }

--- Compares a result; in the fallback, expects its error where the answer needs Unicode tables.
local function eq(actual, expected)
  t.eq(actual, NATIVE and { expected } or NEEDS)
end

t.test("upper, lower and fold of ASCII", function()
  local s = "Hello, World! [`{@} 42\0\127"
  t.eq(text.upper(s), "HELLO, WORLD! [`{@} 42\0\127")
  t.eq(text.lower(s), "hello, world! [`{@} 42\0\127")
  t.eq(text.fold(s), "hello, world! [`{@} 42\0\127")
  t.eq(text.upper(""), "")
  local long = ("aB c"):rep(100000)
  t.ok(text.upper(long) == ("AB C"):rep(100000))
  t.ok(text.lower(rille.bytes(ffi.cast("const uint8_t *", long), #long)) == ("ab c"):rep(100000))
end)

t.test("the special cases of Unicode", function()
  eq({ text.upper("Straße ﬃ") }, "STRASSE FFI")
  eq({ text.lower("İSTANBUL ISPARTA") }, "i\204\135stanbul isparta")
  eq({ text.lower("ΟΔΥΣΣΕΥΣ ΣΑΣ.") }, "οδυσσευς σας.")
  eq({ text.fold("Straße ΣΑΣ") }, "strasse σασ")
  eq({ text.upper("größer \255日本 ǆ") }, "GRÖSSER \255日本 Ǆ")
  eq({ text.lower("ÀÉ𐐀Ⅷ") }, "àé𐐨ⅷ")
end)

t.test("long results and short scratch memory", function()
  if NATIVE then
    local s = ("ΐ"):rep(200000)
    t.ok(text.upper(s) == ("\206\153\204\136\204\129"):rep(200000))
    local large = ("ß"):rep(12 * 2 ^ 20)
    t.ok(text.upper(large) == ("S"):rep(24 * 2 ^ 20))
  end
end)

t.test("equal_fold is the equality of folded texts", function()
  t.eq(text.equal_fold("Hello", "hELLO"), true)
  t.eq(text.equal_fold("Hello", "hELLO!"), false)
  t.eq(text.equal_fold("@", "`"), false)
  t.eq(text.equal_fold("", ""), true)
  t.eq(text.equal_fold("größer", "größer"), true)
  eq({ text.equal_fold("Straße", "STRASSE") }, true)
  eq({ text.equal_fold("ΣΊΣΥΦΟΣ", "σίσυφος") }, true)
  eq({ text.equal_fold("\226\132\170", "k") }, true)
  eq({ text.equal_fold("é", "e") }, false)
  eq({ text.equal_fold("\255", "\254") }, false)
end)

t.test("normalisation", function()
  t.eq(text.normalize("plain"), "plain")
  t.eq(text.normalize("plain", "NFKD"), "plain")
  t.eq(text.normalize("größer"), "größer")
  eq({ text.normalize("e\204\129") }, "é")
  eq({ text.normalize("é", "NFD") }, "e\204\129")
  eq({ text.normalize("ﬁ①", "NFC") }, "ﬁ①")
  eq({ text.normalize("ﬁ①", "NFKC") }, "fi1")
  eq({ text.normalize("ﬁÅ", "NFKD") }, "fiA\204\138")
  eq({ text.normalize("한", "NFD") }, "\225\132\146\225\133\161\225\134\171")
  eq({ text.normalize("e\255\204\129e\204\129") }, "e\255\204\129é")
end)

t.test("a text that is normalised already is returned unchanged", function()
  for _, form in ipairs({ "NFC", "NFD", "NFKC", "NFKD" }) do
    local s = "plain " .. form
    t.ok(rawequal(text.normalize(s, form), s))
    t.eq(text.normalize(rille.bytes(ffi.cast("const uint8_t *", s), #s), form), s)
    t.eq(text.normalize("", form), "")
  end
end)

t.test("long texts that change", function()
  if NATIVE then
    local s = ("e\204\129"):rep(500000)
    t.ok(text.normalize(s) == ("é"):rep(500000))
    t.ok(text.normalize(("\239\183\186"):rep(100000), "NFKD"):len() == 3300000)
  end
end)

t.test("_into appends to a rille buffer and returns the number of bytes", function()
  local buffer = rille.buffer():put("> ")
  t.eq(text.upper_into(buffer, "ab"), 2)
  t.eq(text.lower_into(buffer, "AB"), 2)
  t.eq(text.fold_into(buffer, "Ab"), 2)
  t.eq(text.normalize_into(buffer, "ok"), 2)
  t.eq(buffer:tostring(), "> ABababok")
  local long = ("x"):rep(2 ^ 19)
  t.eq(text.upper_into(buffer, long), 2 ^ 19)
  t.eq(text.normalize_into(buffer, long), 2 ^ 19)
  t.eq(buffer:len(), 10 + 2 ^ 20)
  buffer:reset()
  eq({ text.upper_into(buffer, "ß") }, 2)
  eq({ text.normalize_into(buffer, "e\204\129") }, 2)
  eq({ text.normalize_into(buffer, ("e\204\129"):rep(2 ^ 19), "NFC") }, 2 ^ 20)
  t.eq(buffer:len(), NATIVE and 4 + 2 ^ 20 or 0)
  buffer:close()
end)

t.test("_into appends to a string.buffer and returns the number of bytes", function()
  local found, string_buffer = pcall(require, "string.buffer")
  if not found then
    t.skip("this LuaJIT has no string.buffer")
  end
  local buffer = string_buffer.new():put("> ")
  t.eq(text.upper_into(buffer, "ab"), 2)
  t.eq(text.normalize_into(buffer, "ok"), 2)
  eq({ text.lower_into(buffer, "É") }, 2)
  t.eq(buffer:tostring(), NATIVE and "> ABoké" or "> ABok")
end)

t.test("unicode_version is that of the tables", function()
  t.eq(text.unicode_version, "18.0")
end)

t.test("wrong arguments are errors that name them", function()
  t.raises("normalize: unknown form 'nfc' %(known: NFC, NFD, NFKC, NFKD%)", text.normalize, "a", "nfc")
  t.raises("normalize_into: unknown form number", text.normalize_into, rille.buffer(), "a", 1)
  t.raises("upper: s must be a string", text.upper, nil)
  t.raises("lower_into: buffer must be", text.lower_into, "s", "a")
  t.raises("equal_fold: a must be a string", text.equal_fold, nil, "a")
  t.raises("equal_fold: b must be a string", text.equal_fold, "a", 1)
  t.raises("case_spec%.lua:%d+: rille%.text%.fold: s must be", function()
    text.fold(1) -- luacheck: ignore
    return nil
  end)
  local same = rille.buffer():put("a")
  t.raises("must not be the same buffer", text.upper_into, same, same)
end)
