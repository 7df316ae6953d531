--- `rille.regexset`.
local t = ...
local rille = require("rille")

t.test("patterns must be a list of strings", function()
  t.raises("rille.regexset: patterns must be a list of strings, got nil", rille.regexset)
end)

if rille.backend ~= "native" then
  return t.test("regexset reports that it needs the native library", function()
    local set, message = rille.regexset({ "a" })
    t.eq(set, nil)
    t.ok(message:find("needs the native library", 1, true), message)
  end)
end

t.test("matches returns ids in ascending order", function()
  local set = rille.regexset({ "foo", "b.r", "^x", "é$", "foo" })
  t.eq(set:matches("a foo bar é"), { 1, 2, 4, 5 })
  t.eq(set:matches("x"), { 3 })
  t.eq(set:matches("nothing"), {})
  t.eq(set:matches(""), {})
  t.eq(set:test("bar"), true)
  t.eq(set:test("nothing"), false)
  t.eq(set:len(), 5)
  set:close()
  set:close()
  t.raises("rille: closed", set.matches, set, "x")
  t.raises("rille: closed", set.test, set, "x")
end)

t.test("flags are for all patterns", function()
  local set = rille.regexset({ "foo", "BAR" }, "i")
  t.eq(set:matches("FOO bar"), { 1, 2 })
  t.eq(rille.regexset({ "b", "a" }, { anchored = true }):matches("ab"), { 2 })
end)

t.test("an empty list matches nothing, and an empty pattern everything", function()
  local set = rille.regexset({})
  t.eq(set:matches("a"), {})
  t.eq(set:test("a"), false)
  t.eq(set:len(), 0)
  t.eq(rille.regexset({ "x", "" }):matches("a"), { 2 })
  t.eq(rille.regexset({ "" }):test(""), true)
end)

t.test("many patterns", function()
  local patterns, expected = {}, {}
  for i = 1, 1000 do
    patterns[i] = ("p%d$"):format(i % 10)
    if i % 10 == 7 then
      expected[#expected + 1] = i
    end
  end
  t.eq(rille.regexset(patterns):matches("some p7"), expected)
end)

t.test("an error names the pattern and the position in it", function()
  t.eq({ rille.regexset({ "a", "b(" }) }, { nil, "pattern 2 of 2: unclosed group", 2 })
  local set, message = rille.regexset({ "\\w{500}", "\\w{500}" }, { memory_limit = 100000 })
  t.eq(set, nil)
  t.ok(message:find("more than 100000 bytes", 1, true), message)
  t.raises("rille.regexset: patterns%[2%] must be a string, got number", rille.regexset, { "a", 1 })
  t.raises("rille.regexset:test: s must be a string", function()
    rille.regexset({ "a" }):test()
  end)
end)
