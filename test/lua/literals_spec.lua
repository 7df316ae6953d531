--- `rille.literals`, the same on both backends.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

local function literals(list, opts)
  return assert(rille.literals(list, opts))
end

local function all(iterator)
  local list = {}
  for from, to, id in iterator do
    list[#list + 1] = { from, to, id }
  end
  return list
end

t.test("find returns the position and the number of a literal", function()
  local lits = literals({ "foo", "bar", "é" })
  t.eq({ lits:find("a bar foo") }, { 3, 5, 2 })
  t.eq({ lits:find("a bar foo", 4) }, { 7, 9, 1 })
  t.eq({ lits:find("xé") }, { 2, 3, 3 })
  t.eq({ lits:find("nothing") }, {})
  t.eq({ lits:find("foo", 4) }, {})
  t.eq({ lits:find("foo", 5) }, {})
  t.eq({ lits:find("foo", 1e12) }, {})
  t.eq(lits:test("a bar"), true)
  t.eq(lits:test("a bar", 4), false)
  t.eq(lits:len(), 3)
  t.raises("rille.literals:find: init must be a position from 1 on, got 0", lits.find, lits, "a", 0)
end)

t.test("the first literal in the list matches, or the longest", function()
  t.eq({ literals({ "ab", "abcd", "bcd" }):find("xabcd") }, { 2, 3, 1 })
  t.eq({ literals({ "ab", "abcd", "bcd" }, { match = "longest" }):find("xabcd") }, { 2, 5, 2 })
  t.eq({ literals({ "abcd", "ab" }, { match = "first" }):find("xabcd") }, { 2, 5, 1 })
  t.eq({ literals({ "ab", "ab" }):find("ab") }, { 1, 2, 1 })
end)

t.test("ASCII letters in either case", function()
  local lits = literals({ "Foo", "É" }, { case = "ignore" })
  t.eq(all(lits:gfind("FOO foo é É")), { { 1, 3, 1 }, { 5, 7, 1 }, { 12, 13, 2 } })
end)

t.test("gfind, spans and count return every hit", function()
  local lits = literals({ "ab", "c" })
  local expected = { { 1, 2, 1 }, { 3, 3, 2 }, { 5, 6, 1 } }
  t.eq(all(lits:gfind("abcxab")), expected)
  t.eq(all(lits:gfind("abcxab", 2)), { expected[2], expected[3] })
  local spans = lits:spans("abcxab")
  t.eq(spans:count(), 3)
  t.eq({ spans:get(2) }, { 3, 3, 2 })
  t.eq({ spans:get(4) }, {})
  t.eq(lits:count("abcxab"), 3)
  t.eq(lits:count("abcxab", 3), 2)
  for _, n in ipairs({ 15, 16, 17, 255, 256, 257, 271, 272, 273, 1023, 1024, 1025, 3000 }) do
    local s = ("cxab"):rep(n)
    t.eq(lits:count(s), 2 * n)
    t.eq(#all(lits:gfind(s)), 2 * n)
    t.eq(lits:spans(s):count(), 2 * n)
    t.eq({ lits:spans(s):get(2 * n) }, { 4 * n - 1, 4 * n, 1 })
  end
end)

t.test("replace by a list, and by one string for all", function()
  local lits = literals({ "cat", "dog" })
  t.eq({ lits:replace("a cat, a dog, a cat", { "dog", "cat" }) }, { "a dog, a cat, a dog", 3 })
  t.eq({ lits:replace("cat dog", "") }, { " ", 2 })
  t.eq({ lits:replace("cat cat cat", "$1", 2) }, { "$1 $1 cat", 2 })
  t.eq({ lits:replace("cat", "x", 0) }, { "cat", 0 })
  t.eq({ lits:replace("cow", "x") }, { "cow", 0 })
  t.raises("list has 1 strings for 2 literals", lits.replace, lits, "cat", { "x" })
  t.raises("list must be a list of strings or a string for all, got nil", lits.replace, lits, "cat")
  t.raises("list%[2%] must be a string, got number", lits.replace, lits, "cat", { "x", 1 })
  t.raises("n must be a whole number", lits.replace, lits, "cat", "x", -1)
  -- Each error names the place of the call.
  for _, list in ipairs({ { "x" }, { "x", 1 }, 7 }) do
    local _, message = pcall(function()
      lits:replace("cat", list)
    end)
    t.ok(message:find("literals_spec.lua:%d+: rille.literals:replace: list"), message)
    _, message = pcall(function()
      local stream = rille.stream(lits, list)
      return stream
    end)
    t.ok(message:find("literals_spec.lua:%d+: rille.stream: "), message)
  end
end)

t.test("replace_into appends to both kinds of buffer", function()
  local lits = literals({ "b" })
  local buffers = { rille.buffer():put("> ") }
  local found, string_buffer = pcall(require, "string.buffer")
  buffers[2] = found and string_buffer.new():put("> ") or nil
  for _, buffer in ipairs(buffers) do
    t.eq({ lits:replace_into(buffer, "abc", "BB") }, { 4, 1 })
    t.eq({ lits:replace_into(buffer, "xyz", "BB") }, { 3, 0 })
    t.eq({ lits:replace_into(buffer, "bb", { "" }, 1) }, { 1, 1 })
    t.eq({ lits:replace_into(buffer, "b", { "" }, 0) }, { 1, 0 })
    t.eq(buffer:tostring(), "> aBBcxyzbb")
  end
end)

t.test("every kind of text", function()
  local lits = literals({ "b\0b" })
  t.eq({ lits:find("ab\0bc") }, { 2, 4, 1 })
  t.eq({ lits:find(rille.bytes(ffi.new("char[5]", "ab\0bc"), 5)) }, { 2, 4, 1 })
  t.eq({ lits:find(rille.buffer():put("ab\0bc")) }, { 2, 4, 1 })
  t.raises("rille.literals:find: s must be a string", lits.find, lits, 1)
end)

t.test("an empty list matches nothing; an empty literal is refused", function()
  t.eq({ literals({}):find("a") }, {})
  t.eq(literals({}):test(""), false)
  t.eq({ literals({}):replace("a", {}) }, { "a", 0 })
  t.eq({ literals({}):replace("a", "x") }, { "a", 0 })
  t.eq({ rille.literals({ "a", "" }) }, { nil, "literal 2 of 2 is empty: it would match everywhere" })
end)

t.test("wrong arguments are errors", function()
  t.raises("rille.literals: list must be a list of strings, got string", rille.literals, "a")
  t.raises("rille.literals: list%[1%] must be a string, got number", rille.literals, { 1 })
  t.refuses(
    "rille.literals: unknown option 'kind' (known: case, match, memory_limit)",
    rille.literals,
    { "a" },
    { kind = 1 }
  )
  t.refuses(
    "rille.literals: option 'case' must be 'respect' or 'ignore', got 'smart'",
    rille.literals,
    { "a" },
    { case = "smart" }
  )
  t.raises("opts must be a table, got string", rille.literals, { "a" }, "i")
end)

t.test("use after close is an error", function()
  local lits = literals({ "a" })
  local iterator = lits:gfind("aaa")
  lits:close()
  lits:close()
  for _, name in ipairs({ "test", "find", "gfind", "spans", "count", "len", "replace", "replace_into" }) do
    t.raises("rille: closed", lits[name], lits, "a", "b")
  end
  if rille.backend == "native" then
    t.raises("rille: closed", iterator)
  end
end)

t.test("100,000 literals", function()
  if rille.backend ~= "native" then
    t.skip("one plain find for each would take seconds")
  end
  local list = {}
  for i = 1, 100000 do
    list[i] = ("<%d>"):format(i)
  end
  local lits = literals(list)
  t.eq({ lits:find("xx <77777> yy") }, { 4, 10, 77777 })
  t.eq(lits:count(table.concat(list, " ")), 100000)
  lits:close()
end)

t.test("both backends return the same hits", function()
  if rille.backend ~= "native" then
    t.skip("needs the native library beside it")
  end
  local fallback = require("rille.fallback.literals")
  local seed = 7
  local function random(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
  end
  local function word(longest)
    local letters = {}
    for i = 1, random(longest) do
      letters[i] = ({ "a", "b", "A", "é", "\255" })[random(5)]
    end
    return table.concat(letters)
  end
  for _ = 1, 500 do
    local list = {}
    for i = 1, random(8) do
      list[i] = word(3)
    end
    local opts = { case = ({ "respect", "ignore" })[random(2)], match = ({ "first", "longest" })[random(2)] }
    local a, b, s = rille.literals(list, opts), fallback.new(list, opts), word(40)
    t.eq(all(a:gfind(s)), all(b:gfind(s)), s)
    t.eq({ a:replace(s, "<>", 3) }, { b:replace(s, "<>", 3) }, s)
  end
end)

t.test("a list with a hole is an error that names the hole", function()
  for _, list in ipairs({ { "a", nil, "c" }, { nil, "b" }, { "a", "b", nil, nil, "e" } }) do
    local hole = list[1] == nil and 1 or list[2] == nil and 2 or 3
    local expected = ("rille.literals: list[%d] "):format(hole)
    local ok, message = pcall(rille.literals, list)
    t.eq(ok, false)
    t.ok(message:find(expected, 1, true), message)
    t.raises("rille.literals_job: list%[" .. hole, rille.literals_job, list)
  end
  local lits = rille.literals({ "a" })
  local ok, message = pcall(lits.replace, lits, "a", { "x", nil, "z" })
  t.eq(ok, false)
  t.ok(message:find("rille.literals:replace: list", 1, true), message)
  if rille.backend == "native" then
    t.raises("rille.regexset: patterns%[2%]", rille.regexset, { "a", nil, "c" })
  end
  t.refuses(
    "rille.walk: option 'globs[2]' must be a string, got nil",
    rille.walk,
    ".",
    { globs = { "a", nil, "c" } }
  )
end)

t.test("a method that is called with a dot says so", function()
  local lits = rille.literals({ "a" })
  local stream = rille.stream(lits, "b")
  local buffer = rille.buffer()
  for _, call in ipairs({
    lits.test,
    lits.find,
    lits.count,
    stream.feed,
    buffer.put,
    rille.literals_job({ "a" }).poll,
  }) do
    t.raises("call it with a colon, as object:method%(%.%.%.%): its object is a string", call, "x")
    t.raises("its object is a nil", call)
  end
  lits:close()
  t.raises("rille: closed", lits.test, lits, "a")
end)

t.test("a list of more than 4 GiB is refused before it is copied", function()
  if rille.backend ~= "native" then
    t.skip("the fallback has no limit of a list")
  end
  local part, list = ("x"):rep(2 ^ 26), {}
  for i = 1, 64 do
    list[i] = part
  end
  t.raises("rille.literals: list has more than 4 GiB %- 1", rille.literals, list)
end)

t.test("a start beyond 4 GiB is after the end of every text", function()
  local lits = literals({ "a" })
  for _, init in ipairs({ 5, 2 ^ 32 - 1, 2 ^ 32, 2 ^ 32 + 1, 2 ^ 52 }) do
    t.eq(lits:find("aaa", init), nil)
  end
end)
