--- Sessions of diffs: edits, windows, comparisons in the background.
local t = ...
local rille = require("rille")

local function all(hunks)
  local list = {}
  for i = 1, hunks.count do
    list[i] = { hunks:get(i) }
  end
  return list
end

t.test("edits replace, insert and delete lines", function()
  local d = rille.diff.session("one\ntwo\nthree\nfour\n")
  t.eq(all(d:hunks()), {})
  t.eq({ d:state() }, { 4, 0, true })
  t.eq(d:edit(2, 2, { "2" }), true)
  t.eq(all(d:hunks()), { { 2, 1, 2, 1 } })
  t.eq(d:edit(5, 4, { "five", "six" }), true)
  t.eq(all(d:hunks()), { { 2, 1, 2, 1 }, { 4, 0, 5, 2 } })
  t.eq(d:edit(1, 1, {}), true)
  t.eq(all(d:hunks()), { { 1, 2, 1, 1 }, { 4, 0, 4, 2 } })
  t.eq({ d:state() }, { 5, 2, true })
  t.eq(d:hunks():kind(1), "change")
  t.eq(tostring(d), "rille.diff.session: 2 hunks")
  d:edit(1, 5, { "one", "two", "three", "four" })
  t.eq(all(d:hunks()), {})
  d:edit(1, 4, {})
  t.eq(all(d:hunks()), { { 1, 4, 0, 0 } })
  d:close()
  t.raises("closed", d.hunks, d)
  d:close()
end)

t.test("a window has the hunks that touch its lines", function()
  local lines = {}
  for i = 1, 40 do
    lines[i] = "line " .. i
  end
  local d = rille.diff.session(table.concat(lines, "\n") .. "\n")
  d:edit(10, 10, {})
  d:edit(20, 19, { "new" })
  d:edit(30, 31, { "changed", "too" })
  local removed, added, changed = { 10, 1, 9, 0 }, { 20, 0, 20, 1 }, { 30, 2, 30, 2 }
  t.eq(all(d:hunks()), { removed, added, changed })
  t.eq(all(d:hunks(1, 8)), {})
  t.eq(all(d:hunks(1, 9)), { removed })
  t.eq(all(d:hunks(10, 10)), { removed })
  t.eq(all(d:hunks(11, 19)), {})
  t.eq(all(d:hunks(10, 20)), { removed, added })
  t.eq(all(d:hunks(21, 29)), {})
  t.eq(all(d:hunks(31, 31)), { changed })
  t.eq(all(d:hunks(32, 100)), {})
  t.eq(all(d:hunks(31)), { changed })
end)

t.test("a deletion at the top touches the first line", function()
  local d = rille.diff.session("a\nb\n")
  d:edit(1, 1, {})
  t.eq(all(d:hunks(1, 1)), { { 1, 1, 0, 0 } })
  t.eq(all(d:hunks(2, 2)), {})
end)

t.test("the base and the text are replaced", function()
  local d = rille.diff.session("a\nb\n")
  d:edit(2, 2, { "c" })
  t.eq(d:base("a\nc\n"), true)
  t.eq(all(d:hunks()), {})
  t.eq(d:text("x\na\n"), true)
  t.eq(all(d:hunks()), { { 0, 0, 1, 1 }, { 2, 1, 2, 0 } })
  t.eq(d:base(""), true)
  t.eq(all(d:hunks()), { { 0, 0, 1, 2 } })
  t.eq(d:text(""), true)
  t.eq(all(d:hunks()), {})
  t.eq({ d:state() }, { 0, 0, true })
end)

t.test("a text without a line feed at its end keeps none", function()
  local d = rille.diff.session("a\nb")
  d:edit(1, 1, { "A" })
  t.eq(all(d:hunks()), { { 1, 1, 1, 1 } })
  d:edit(3, 2, { "c" })
  -- Line 2 has a line feed now.
  t.eq(all(d:hunks()), { { 1, 2, 1, 3 } })
  d:edit(3, 3, {})
  t.eq(all(d:hunks()), { { 1, 1, 1, 1 } })
  d:edit(1, 1, { "a" })
  t.eq(all(d:hunks()), {})
end)

t.test("errors name the argument, and change nothing", function()
  local d = rille.diff.session("a\nb\n")
  local edit = "rille.diff.session:edit: "
  t.refuses(edit .. "lines 3 to 3 are not in the text, which has 2 lines", d.edit, d, 3, 3, {})
  t.refuses(edit .. "lines 0 to 0 are not in the text, which has 2 lines", d.edit, d, 0, 0, {})
  t.refuses(edit .. "lines 2 to 0 are not in the text, which has 2 lines", d.edit, d, 2, 0, {})
  t.refuses(edit .. "lines 1.5 to 2 are not in the text, which has 2 lines", d.edit, d, 1.5, 2, {})
  t.refuses(edit .. "lines must be a list of strings, got string", d.edit, d, 1, 1, "x")
  t.refuses(edit .. "lines[2] must be a string, got number", d.edit, d, 1, 1, { "x", 2 })
  t.refuses(edit .. "lines[1] has a line feed; pass each line alone", d.edit, d, 1, 1, { "x\ny" })
  t.refuses(
    "rille.diff.session:hunks: first and last must be line numbers, got 0 and 2147483647",
    d.hunks,
    d,
    0
  )
  t.eq(all(d:hunks()), {})
  t.refuses(
    "rille.diff.apply: the hunks of a session have no texts; take those of rille.diff(base, text)",
    rille.diff.apply,
    "a\n",
    d:hunks()
  )
end)

t.test("random edits give the hunks of a comparison of the whole texts", function()
  local words = { "alpha", "beta", "", "gamma delta", "  indented", "end" }
  local seed = 7
  local function below(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
  end
  local lines = {}
  for i = 1, 300 do
    lines[i] = below(3) == 0 and words[1 + below(#words)] or "line " .. i
  end
  local base = table.concat(lines, "\n") .. "\n"
  local d = rille.diff.session(base)
  for round = 1, rille.backend == "native" and 300 or 40 do
    local first = 1 + below(#lines + 1)
    local last = math.min(first - 1 + below(3), #lines)
    local new = {}
    for i = 1, below(4) do
      new[i] = below(2) == 0 and words[1 + below(#words)] or "typed " .. round .. " " .. i
    end
    d:edit(first, last, new)
    for _ = first, last do
      table.remove(lines, first)
    end
    for i = #new, 1, -1 do
      table.insert(lines, first, new[i])
    end
    local whole = rille.diff(base, table.concat(lines, "\n") .. "\n")
    local _, count, exact = d:state()
    t.eq(exact, true)
    t.eq(count, whole.count)
    t.eq(all(d:hunks()), all(whole))
  end
end)

t.test("a comparison in the background makes a session exact", function()
  local lines = {}
  for i = 1, 9000 do
    lines[i] = i % 2 == 0 and "" or "old " .. i
  end
  local d = rille.diff.session(table.concat(lines, "\n") .. "\n")
  for i = 1, 9000 do
    lines[i] = i % 2 == 0 and "" or "new " .. i
  end
  if rille.backend == "native" then
    d:edit(1, 9000, lines)
    local _, _, exact = d:state()
    t.eq(exact, false)
  else
    lines = { "one" }
    d:edit(1, 9000, lines)
  end
  local job = d:start()
  job:wait()
  t.eq(job:result(), true)
  local _, _, exact = d:state()
  t.eq(exact, true)
  -- The hunks of an older text are dropped.
  if rille.backend == "native" then
    job = d:start()
    d:edit(1, 1, { "later" })
    job:wait()
    t.eq(job:result(), false)
    job = d:start()
    d:close()
    job:wait()
    t.eq(job:result(), false)
  end
end)

t.test("options and the memory limit hold for a session", function()
  local d = rille.diff.session("a b\nc\n", { whitespace = "ignore" })
  d:edit(1, 1, { "ab" })
  t.eq(d:hunks().count, 0)
  d:edit(2, 2, { "d" })
  t.eq(all(d:hunks()), { { 2, 1, 2, 1 } })
  if rille.backend == "native" then
    local none, message = rille.diff.session(("line\n"):rep(1000), { memory_limit = 4000 })
    t.eq({ none, message }, { nil, "memory limit of 4000 bytes reached" })
    d = rille.diff.session("a\nb\n", { memory_limit = 100000 })
    none, message = d:edit(1, 1, { ("x"):rep(200000) })
    t.eq({ none, message }, { nil, "memory limit of 100000 bytes reached" })
    none, message = d:text(("x\n"):rep(60000))
    t.eq({ none, message }, { nil, "memory limit of 100000 bytes reached" })
    t.eq({ d:state() }, { 2, 0, true })
  end
end)
