--- `rille.file`: searching and filtering.
local t = ...
local rille = require("rille")
local LONG = 60000

if rille.backend ~= "native" then
  return t.skip("searches of files need the native library")
end

local function with_file(content, fn, opts)
  t.with_file(content, function(path)
    local file = assert(rille.file(path, opts))
    local ok, message = xpcall(fn, debug.traceback, file, path)
    file:close()
    assert(ok, message)
  end)
end

--- Waits for the end of a job, whose results are left in it.
local function finish(job)
  while job:poll() == "running" do
    job:wait(1)
  end
  t.eq(job:poll(), "done")
end

--- Returns all matches, as { from, to, line }.
local function collect(job)
  local all = {}
  while true do
    local state = job:wait(LONG)
    local batch = job:take()
    while batch do
      for i = 1, batch.count do
        local from, to = batch:span(i)
        t.eq(batch:kind(i), "match")
        t.ok(batch:line_offset(i) <= from)
        all[#all + 1] = { from, to, batch:line(i) }
      end
      t.eq(batch.total, #all)
      batch = job:take()
    end
    if state ~= "running" then
      t.eq(state, "done")
      return all
    end
  end
end

t.test("wrong arguments are errors", function()
  with_file("a\n", function(file)
    local re = rille.regex("a")
    t.raises(
      "rille.file:search: what must be a string, a rille.regex, rille.literals or a list of these, got number",
      file.search,
      file,
      1
    )
    t.refuses(
      "rille.file:search: unknown option 'form' (known: backward, from, limit)",
      file.search,
      file,
      re,
      { form = 1 }
    )
    t.refuses(
      "rille.file:search: option 'from' must be an integer >= 1, got 0",
      file.search,
      file,
      re,
      { from = 0 }
    )
    t.refuses(
      "rille.file:filter: option 'invert' must be a boolean, got 1",
      file.filter,
      file,
      re,
      { invert = 1 }
    )
    t.raises("rille.file:count: what must be", file.count, file)
    re:close()
    t.raises("rille: closed", file.search, file, re)
  end)
end)

t.test("matches by line, in both directions, from a place, with a limit", function()
  with_file("foo bar\r\nbar\nfoo foo\n^foo$", function(file)
    local re = rille.regex("foo")
    local all = { { 1, 3, 1 }, { 14, 16, 3 }, { 18, 20, 3 }, { 23, 25, 4 } }
    t.eq(collect(file:search(re)), all)
    t.eq(collect(file:search(rille.literals({ "foo" }))), all)
    t.eq(collect(file:search(re, { backward = true })), { all[4], all[3], all[2], all[1] })
    t.eq(collect(file:search(re, { from = 14 })), { all[2], all[3], all[4] })
    t.eq(collect(file:search(re, { from = 15, limit = 1 })), { all[3] })
    t.eq(collect(file:search(re, { from = 14, backward = true })), { all[1] })
    t.eq(collect(file:search(rille.regex("bar$"))), { { 5, 7, 1 }, { 10, 12, 2 } })
    t.eq(collect(file:search(rille.regex("^$"))), {})
    t.eq(collect(file:search(rille.regex("bar\\s+foo"))), {}, "no match goes over lines")
    local job = file:count(re)
    finish(job)
    t.eq(job:take(), { total = 4, lines = 3, partial = false })
    local lines = file:count(re, { lines = true })
    finish(lines)
    t.eq(lines:take(), { total = 0, lines = 3, partial = false })
    t.eq(job:take(), nil)
  end)
end)

t.test("a batch is stale when the next one was taken", function()
  with_file(("e"):rep(9) .. "\n", function(file)
    local job = file:search(rille.regex("e"))
    finish(job)
    local batch = job:take(4)
    t.eq(batch.count, 4)
    t.raises("i must be from 1 to 4, got 5", batch.span, batch, 5)
    t.eq(job:take(5).count, 5)
    t.raises("stale batch", batch.span, batch, 1)
  end)
end)

t.test("a search of many megabytes, against plain finds", function()
  local lines = {}
  for i = 1, 60000 do
    lines[i] = i % 977 == 0 and ("line %d has a needle"):format(i)
      or ("line %d%s"):format(i, ("."):rep(i * 31 % 150))
  end
  with_file(table.concat(lines, "\n"), function(file)
    file:index():wait(LONG)
    local found = collect(file:search(rille.regex([[\bneedle$]])))
    t.eq(#found, math.floor(60000 / 977))
    for k, match in ipairs(found) do
      t.eq(match[3], k * 977)
      t.eq(file:slice(match[1], match[2]), "needle")
    end
    local job = file:count(rille.literals({ "line", "needle" }))
    finish(job)
    t.eq(job:take(), { total = 60000 + #found, lines = 60000, partial = false })
  end, { threads = 2 })
end)

t.test("a filter is a file with numbers of its own", function()
  local lines = {}
  for i = 1, 5000 do
    lines[i] = ("%s %d"):format(i % 10 == 0 and "ERROR" or "info", i)
  end
  with_file(table.concat(lines, "\n") .. "\n", function(file)
    local errors, job = file:filter(rille.regex("^ERROR"))
    t.eq(job:wait(LONG), "done")
    t.eq(job:take(), nil)
    t.eq({ errors:line_count() }, { 500, true })
    t.eq(errors:line(3), "ERROR 30")
    t.eq(errors:last(1):text(1), "ERROR 5000")
    local origin = errors:origin(errors:offset_of(3))
    t.eq(file:line_at(origin), 30)
    t.eq(file:origin(1), nil)
    t.eq(errors:origin(2 ^ 40), nil)
    t.eq(#collect(errors:search(rille.literals({ "00" }))), 50)
    local rest, again = file:filter(rille.regex("^ERROR"), { invert = true })
    t.eq(again:wait(LONG), "done")
    t.eq(rest:line_count(), 4500)
    local both, third = rest:filter(rille.regex("7$"))
    t.eq(third:wait(LONG), "done")
    t.eq(both:line(1), "info 7")
    t.eq(both:line_count(), 500)
    -- The filtered file may be closed first.
    rest:close()
    t.eq(both:line(2), "info 17")
  end)
end)

t.test("a filter grows with its file", function()
  with_file("ERROR 1\ninfo 2\n", function(file, path)
    local errors, filling = file:filter("^ERROR")
    t.eq(filling:wait(LONG), "done")
    t.eq(errors:refresh(), "same")
    local function write(mode, text)
      local out = assert(io.open(path, mode))
      out:write(text)
      out:close()
    end
    write("ab", "info 3\nERROR 4\n")
    t.eq(errors:refresh(), "grown")
    t.eq({ errors:line_count() }, { 2, true })
    t.eq({ errors:refresh(), file:refresh() }, { "same", "grown" })
    t.eq(file:line_at(errors:origin(errors:offset_of(2))), 4)
    -- When it is followed, it reports its own new lines.
    local job = assert(errors:follow())
    write("ab", "info 5\n")
    t.eq(errors:refresh(), "same")
    write("ab", "ERROR 6\n")
    t.eq(job:wait(LONG), "running")
    t.eq(job:take(), { change = "grown", size = 24 })
    t.eq({ errors:refresh(), errors:last(1):text(1) }, { "grown", "ERROR 6" })
    -- More than a refresh searches while the host waits.
    write("ab", ("info\nERROR 7\n"):rep(100000))
    local until_all = os.clock() + 60
    repeat
      errors:refresh()
      assert(errors:index():wait(LONG))
      local count, exact = errors:line_count()
    until exact and count == 100003 or os.clock() > until_all
    t.eq({ errors:line_count() }, { 100003, true })
    while errors:refresh() ~= "same" do
    end
    while job:take() do
    end
    write("wb", "ERROR 8\n")
    local change
    repeat
      t.eq(job:wait(LONG), "running")
      local news = job:take()
      change = news and news.change
    until change == "truncated"
    t.eq({ errors:refresh(), (errors:line(1)) }, { "truncated", "ERROR 8" })
    t.eq({ errors:line_count() }, { 1, true })
    job:close()
    errors:close()
  end)
end)

t.test("a filter whose last line has become another one is truncated", function()
  with_file("one\ntw", function(file, path)
    local rest, filling = file:filter("two", { invert = true })
    t.eq(filling:wait(LONG), "done")
    t.eq(rest:line_count(), 2)
    local out = assert(io.open(path, "ab"))
    out:write("o\nthree\n")
    out:close()
    file:close()
    t.eq(rest:refresh(), "truncated")
    t.eq({ rest:line(2), rest:line_count() }, { "three", 2, true })
    rest:close()
  end)
end)

t.test("going from match to match", function()
  local lines = {}
  for i = 1, 3000 do
    lines[i] = i % 3 == 0 and "a needle here" or "nothing"
  end
  with_file(table.concat(lines, "\n") .. "\n", function(file, path)
    local all = collect(file:search(rille.regex("needle")))
    t.eq(#all, 1000)
    local nav = file:navigate(rille.regex("needle"))
    local position, seen = 1, 0
    while true do
      local from, to, line = nav:next(position, LONG)
      if not from then
        t.eq(to, nil)
        break
      end
      seen = seen + 1
      t.eq({ from, to, line }, all[seen])
      position = from + 1
    end
    t.eq(seen, 1000)
    -- Backward through known matches: no search is started.
    while true do
      local from, to = nav:previous(position, 0)
      if not from then
        t.eq(to, nil)
        break
      end
      t.eq(from, all[seen][1])
      seen, position = seen - 1, from
    end
    t.eq({ seen, nav.job }, { 0 })
    -- From a position in the middle, in both directions.
    nav:close()
    local middle = all[700][1]
    t.eq(nav:previous(middle, LONG), all[699][1])
    t.eq(nav:next(middle, LONG), middle)
    t.eq(nav:next(middle + 1, LONG), all[701][1])
    t.eq(nav:previous(all[100][1], LONG), all[99][1])
    -- The end moves when the file grows.
    t.eq(nav:next(file:size(), LONG), nil)
    local more = assert(io.open(path, "ab"))
    more:write("one more need")
    more:close()
    t.eq(file:refresh(), "grown")
    t.eq(nav:next(file:size(), LONG), nil)
    more = assert(io.open(path, "ab"))
    more:write("le\n")
    more:close()
    t.eq(file:refresh(), "grown")
    t.eq(nav:next(all[1000][1] + 1, LONG), file:size() - 6)
    t.raises("rille.file.navigation:next: position must be an integer from 1 on, got 0", nav.next, nav, 0)
    nav:close()
  end)
end)

t.test("a search of a file that is truncated fails with a sentence", function()
  with_file(("x"):rep(100), function(file, path)
    assert(io.open(path, "wb")):close()
    local job, message, reason = file:search(rille.regex("x"))
    t.eq({ job, reason }, { nil, "changed" })
    t.ok(message:find("truncated from 100 bytes to 0", 1, true), message)
    t.eq(select(3, file:filter(rille.regex("x"))), "changed")
  end)
end)

t.test("a finished count of nothing is 0", function()
  for _, content in ipairs({ "", "a\nb\n" }) do
    with_file(content, function(file)
      for _, opts in ipairs({ {}, { lines = true } }) do
        local job = file:count("needle", opts)
        finish(job)
        t.eq(job:take(), { total = 0, lines = 0, partial = false })
        t.eq(job:take(), nil)
      end
    end)
  end
end)
