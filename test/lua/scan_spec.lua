--- Tests of rille.scan: what is found does not depend on how the text is divided.
local t = ...
local rille = require("rille")
local native = rille.backend == "native"

local function set(patterns, flags)
  if not native then
    t.skip("sets of patterns need the native library")
  end
  return assert(rille.regexset(patterns, flags))
end

--- Calls `check` with each division of a text into two and three chunks.
local function each_division(text, check)
  for i = 0, #text do
    check({ text:sub(1, i), text:sub(i + 1) })
    for j = i, #text do
      check({ text:sub(1, i), text:sub(i + 1, j), text:sub(j + 1) })
    end
  end
end

--- Returns what a scan finds in the chunks; checks that the new ones of each chunk are the same in all.
local function scanned(scan, chunks)
  scan:reset()
  local all, seen = {}, {}
  for i, chunk in ipairs(chunks) do
    local new = scan:feed(chunk, i == #chunks)
    t.ok(new == nil or #new > 0)
    for _, id in ipairs(new or {}) do
      t.ok(not seen[id], "found twice")
      seen[id] = true
      all[#all + 1] = id
    end
  end
  table.sort(all)
  t.eq(scan:matches(), all)
  return all
end

t.test("every division finds what the set finds in the whole", function()
  local patterns =
    { "^GET", "cat|dog", [[(?-u:\b)do]], "og$", "[0-9]{3}", "é.", "x*y", [[(?-u:\B)a]], "(?i)POST", "\n$" }
  local all = set(patterns)
  local scan = assert(rille.scan(all))
  for _, text in ipairs({
    "",
    "GET dog",
    "a cat é1234",
    "é",
    "postx\n",
    "GET\nxxxy dogs \255\195",
    "do",
    "\195\169!",
  }) do
    local expected = all:matches(text)
    each_division(text, function(chunks)
      t.eq(scanned(scan, chunks), expected, text)
    end)
  end
end)

t.test("literals are found in every division, also where they overlap", function()
  local list = { "abab", "ba", "b", "aba", "c", "ab", "ba" }
  local scan = assert(rille.scan(assert(rille.literals(list))))
  for _, text in ipairs({ "", "abab", "xababx", "bba", "cab", "AB" }) do
    local expected, ends = {}, {}
    for i, literal in ipairs(list) do
      local _, stop = text:find(literal, 1, true)
      ends[i] = stop
      expected[#expected + 1] = stop and i
    end
    each_division(text, function(chunks)
      t.eq(scanned(scan, chunks), expected, text)
      for i = 1, #list do
        t.eq(scan:first(i), ends[i])
      end
    end)
  end
  local ignoring = assert(rille.scan(assert(rille.literals({ "Cat", "DOG" }, { case = "ignore" }))))
  t.eq(scanned(ignoring, { "c", "AT do", "g" }), { 1, 2 })
end)

t.test("a match is reported with the chunk in which it ends", function()
  local scan = assert(rille.scan(assert(rille.literals({ "cat", "dog" }))))
  -- One value in any case, also as the last argument of a call.
  t.eq(select("#", scan:feed("a ca")), 1)
  t.eq(scan:feed("t, "), { 1 })
  t.eq(scan:feed("cat do"), nil)
  t.eq(scan:feed("g", true), { 2 })
  t.eq(scan:matches(), { 1, 2 })
  t.eq({ scan:first(1), scan:first(2) }, { 5, 14 })
end)

t.test(
  "a match of a pattern is reported with its chunk, and one that depends on what follows with the next",
  function()
    local scan = assert(rille.scan(set({ "cat", "cat$", [[cat(?-u:\b)]] })))
    t.eq(scan:feed("ca"), nil)
    t.eq(scan:feed("t"), { 1 })
    t.eq(scan:feed("."), { 3 })
    t.eq(scan:feed("cat", true), { 2 })
    t.eq({ scan:first(1), scan:first(2), scan:first(3) }, { 3, 7, 3 })
  end
)

t.test("a finished text takes no more chunks until a reset", function()
  local lits = assert(rille.literals({ "a", "b" }))
  local scan = assert(rille.scan(lits))
  lits:close()
  t.eq(scan:feed("", true), nil)
  t.raises("rille.scan:feed: the text of the scan is finished; reset it", scan.feed, scan, "a")
  t.eq(scan:reset(), scan)
  t.eq(scan:feed("b"), { 2 })
  t.eq({ scan:first(1), scan:first(2) }, { nil, 1 })
  scan:reset()
  t.eq(scan:matches(), {})
  t.eq(scan:first(2), nil)
end)

t.test("max_bytes bounds what is scanned, and limited() says so", function()
  local lits = assert(rille.literals({ "ab", "cd" }))
  local scan = assert(rille.scan(lits, { max_bytes = 5 }))
  each_division("xxxabcd", function(chunks)
    t.eq(scanned(scan, chunks), { 1 })
    t.eq(scan:limited(), true)
  end)
  each_division("xxxab", function(chunks)
    t.eq(scanned(scan, chunks), { 1 })
    t.eq(scan:limited(), false)
  end)
end)

t.test("texts in all their forms", function()
  local scan = assert(rille.scan(assert(rille.literals({ "ab" }))))
  local buffer = rille.buffer()
  buffer:put("xa")
  t.eq(scan:feed(buffer), nil)
  t.eq(scan:feed(rille.bytes(require("ffi").cast("const char *", "bc"), 1)), { 1 })
end)

t.test("a set with a Unicode word boundary is refused with a proposal", function()
  local scan, message = rille.scan(set({ "a", [[\bb]] }))
  t.eq(scan, nil)
  t.ok(message:find("pattern 2 of 2 has a Unicode word boundary", 1, true), message)
  t.ok(message:find([[(?-u:\b)]], 1, true), message)
  t.ok(rille.scan(set({ [[\bb]] }, "b")))
end)

t.test("a set whose automaton is too big is refused with its limit", function()
  local scan, message = rille.scan(set({ "(?-u:[ab]*a[ab]{10}c)" }), { memory_limit = 10000 })
  t.eq(scan, nil)
  t.ok(message:find("takes more than 10000 bytes", 1, true), message)
end)

t.test("programmer errors", function()
  local lits = assert(rille.literals({ "a" }))
  t.raises("rille.scan: matcher must be a rille.regexset or rille.literals, got string", rille.scan, "a")
  t.raises(
    "rille.scan: unknown option 'max' %(known: max_bytes, memory_limit%)",
    rille.scan,
    lits,
    { max = 1 }
  )
  t.raises(
    "rille.scan: option 'max_bytes' must be an integer >= 1, got 0",
    rille.scan,
    lits,
    { max_bytes = 0 }
  )
  local scan = assert(rille.scan(lits))
  t.raises("rille.scan:feed: chunk must be a string.*got nil", scan.feed, scan)
  t.raises("rille.scan:first: id must be an integer from 1 to 1, got 2", scan.first, scan, 2)
  scan:close()
  scan:close()
  t.raises("rille: closed", scan.feed, scan, "a")
  lits:close()
  t.raises("rille: closed", rille.scan, lits)
end)

t.test("a clone has a text of its own", function()
  local scan = assert(rille.scan(assert(rille.literals({ "cat" })), { max_bytes = 4 }))
  scan:feed("ca")
  local clone = scan:clone()
  t.eq(clone:feed("t"), nil)
  t.eq(scan:feed("t"), { 1 })
  scan:close()
  t.eq(clone:reset():feed("cat"), { 1 })
  clone:feed("xx")
  t.eq(clone:limited(), true)
end)
