--- `rille.grep`.
local t = ...
local rille = require("rille")
local root = debug.getinfo(1, "S").source:match("^@(.*)[/\\]test[/\\]") or "."
local LONG = 60000

t.test("wrong arguments are errors", function()
  local forms = "must be a string, a rille.regex, rille.literals or a list of these, got "
  t.raises("rille.grep: pattern " .. forms .. "nil", rille.grep)
  t.raises("rille.grep: pattern " .. forms .. "an empty list", rille.grep, {}, ".")
  t.raises("rille.grep: pattern%[2%] " .. forms .. "number", rille.grep, { "a", 1 }, ".")
  t.raises("rille.grep: pattern%[2%] " .. forms .. "table", rille.grep, { "a", { "b" } }, ".")
  t.raises("rille.grep: root must be a string, got nil", rille.grep, "a")
  t.raises("rille.grep: opts must be a table, got number", rille.grep, "a", ".", 1)
  t.refuses(
    "rille.grep: unknown option 'words' (known: binary, case, context, directories, fixed, follow, globs, hidden, ignore, invert, limit, limit_per_file, max_depth, multiline, relative, same_file_system, sort, texts, types, word)",
    rille.grep,
    "a",
    ".",
    { words = true }
  )
  t.refuses(
    "rille.grep: option 'case' must be 'respect', 'ignore' or 'smart', got 'upper'",
    rille.grep,
    "a",
    ".",
    { case = "upper" }
  )
  t.refuses("rille.grep: option 'limit' must be an integer >= 1, got 0", rille.grep, "a", ".", { limit = 0 })
  t.refuses(
    "rille.grep: option 'texts' must be a table of strings by path, got table",
    rille.grep,
    "a",
    ".",
    { texts = { "a" } }
  )
end)

if rille.backend ~= "native" then
  return t.test("grep reports that it needs the native library", function()
    local job, message = rille.grep("a", ".")
    t.eq(job, nil)
    t.ok(message:find("needs the native library", 1, true), message)
  end)
end

--- Returns all results, as tables.
local function collect(job, n)
  local list = {}
  while true do
    local state = job:wait(LONG)
    local batch = job:take(n)
    while batch do
      t.ok(batch.count >= 1 and batch.count <= (n or 1000))
      for i = 1, batch.count do
        local item =
          { path = batch:path(i), line = batch:line(i), offset = batch:offset(i), text = batch:text(i) }
        item.kind, item.spans = batch:kind(i), {}
        for k = 1, batch:spans(i) do
          item.spans[k] = { batch:span(i, k) }
        end
        list[#list + 1] = item
      end
      batch = job:take(n)
    end
    if state ~= "running" then
      t.eq(state, "done")
      return list
    end
  end
end

t.test("every matching line of every file, as Lua finds them", function()
  local expected = {}
  local walk = rille.walk(root .. "/lua", { sort = true })
  repeat
    local state = walk:wait(LONG)
    local batch = walk:take()
    while batch do
      for i = 1, batch.count do
        local path, number, offset = batch:path(i), 0, 1
        for line in io.lines(path) do
          number = number + 1
          local spans, from, to = {}, line:find("rille%.%a+")
          while from do
            spans[#spans + 1] = { from, to }
            from, to = line:find("rille%.%a+", to + 1)
          end
          if spans[1] then
            local item =
              { path = path, line = number, offset = offset, text = line, kind = "match", spans = spans }
            expected[#expected + 1] = item
          end
          offset = offset + #line + 1
        end
      end
      batch = walk:take()
    end
  until state ~= "running"
  local job = rille.grep("rille\\.[a-zA-Z]+", root .. "/lua", { sort = true })
  local found = collect(job)
  t.ok(#found > 100)
  t.eq(found, expected)
  t.ok(select(2, job:poll()) > 20)
  t.eq(collect(rille.grep("rille\\.[a-zA-Z]+", root .. "/lua", { sort = true }), 3), expected)
  t.eq(#collect(rille.grep("rille\\.[a-zA-Z]+", root .. "/lua")), #expected)
end)

t.test("options of the search and of the walk", function()
  local here = root .. "/test"
  local only = { globs = { "grep_spec.lua" } }
  local function count(pattern, opts)
    opts.globs = only.globs
    return #collect(rille.grep(pattern, here, opts))
  end
  t.eq(count("A NEEDLE" .. " HERE", { case = "ignore", fixed = true }), 1) -- a needle here
  t.eq(count("a needle" .. " here", { case = "smart" }), 1)
  t.eq(count("A Needle" .. " here", { case = "smart" }), 0)
  t.eq(count({ "a needle" .. " here", "A NEEDLE" .. " HERE" }, {}), 1)
  t.eq(count("a need" .. "l", { word = true }), 0)
  t.ok(count("e", { invert = true }) > 10)
  local context = collect(rille.grep("a needle" .. " here", here, { globs = only.globs, context = 2 }))
  t.eq(#context, 5)
  t.eq({ context[2].kind, context[3].kind, context[4].kind }, { "context", "match", "context" })
  local several =
    collect(rille.grep("a needle" .. " here\\n.*\\n", here, { globs = only.globs, multiline = true }))
  t.eq(#several, 1)
  t.ok(several[1].text:find("\n", 1, true))
  local limited = collect(rille.grep("e", here, { globs = only.globs, limit = 3 }))
  t.eq(
    { #limited, limited[4].kind, limited[4].text },
    { 4, "stopped", "limit of 3 lines reached: there are more" }
  )
  t.eq(#collect(rille.grep("e", here, { globs = only.globs, limit_per_file = 3 })), 3)
end)

t.test("texts in memory are searched instead of their files", function()
  local path = root .. "/test/lua/grep_spec.lua"
  local opts =
    { globs = { "grep_spec.lua" }, texts = { [path] = "one\nnot saved yet", ["[new]"] = "not saved yet" } }
  local found = collect(rille.grep("not saved yet", root .. "/test", opts))
  t.eq(#found, 2)
  t.eq({ found[1].path, found[1].line, found[2].path, found[2].line }, { path, 2, "[new]", 1 })
end)

t.test("a part of a long line can be read", function()
  local texts = { long = "a match" .. ("x"):rep(100000), short = "a match" }
  local job = rille.grep("^a match", root .. "/test", { globs = { "no such file" }, texts = texts })
  local found = {}
  while job:wait(LONG) == "running" or job:ready() do
    local batch = job:take()
    for i = 1, batch and batch.count or 0 do
      found[batch:path(i)] = { #batch:text(i), batch:text(i, 9), batch:text(i, 7), batch:text(i, 0) }
    end
  end
  t.eq(found.long, { 100007, "a matchxx", "a match", "" })
  t.eq(found.short, { 7, "a match", "a match", "" })
end)

t.test("a batch is stale when another one is taken or the job is closed", function()
  local job = rille.grep("local", root .. "/lua")
  job:wait(LONG)
  local first = job:take(1)
  t.ok(first:path(1))
  t.raises("rille.lines:text: i must be from 1 to 1, got 2", first.text, first, 2)
  t.raises("rille.lines:span: k must be from 1 to 1, got 2", first.span, first, 1, 2)
  while job:poll() == "running" and not job:ready() do
    job:wait(LONG)
  end
  local second = t.ok(job:take(1))
  t.raises("rille.lines:text: stale batch", first.text, first, 1)
  job:close()
  t.raises("rille.lines:path: stale batch", second.path, second, 1)
end)

t.test("a mistake of the user is nil and a message at once", function()
  t.eq({ rille.grep({ "a", "b(" }, root) }, { nil, "pattern 2 of 2: unclosed group", 2 })
  t.eq({ rille.grep("a", root .. "/nothing") }, { nil, root .. "/nothing: No such file or directory" })
  local job, message = rille.grep("a", root, { globs = { "a[" } })
  t.eq(job, nil)
  t.ok(message:find("^glob 1 of 1: "), message)
end)

t.test("searches whose results are not taken do not block others", function()
  local full = {}
  local texts = { big = ("x\n"):rep(1000000) }
  for i = 1, 20 do
    full[i] = rille.grep("x", root .. "/lua", { texts = texts, sort = i % 2 == 0 })
  end
  for _, job in ipairs(full) do
    t.eq((job:wait(LONG)), "running")
  end
  for _ = 1, 5 do
    t.ok(#collect(rille.grep("local", root .. "/lua")) > 100)
  end
  for _, job in ipairs(full) do
    job:close()
  end
  t.ok(#collect(rille.grep("local", root .. "/lua")) > 100)
end)

t.test("a search can be cancelled, and closed while it runs", function()
  local jobs = {}
  for i = 1, 20 do
    jobs[i] = rille.grep("e", root .. "/test", { sort = i % 2 == 0, ignore = false })
  end
  for i, job in ipairs(jobs) do
    if i % 3 == 0 then
      job:close()
    else
      job:cancel()
    end
  end
  for _, job in ipairs(jobs) do
    while not job:closed() and job:poll() == "running" do
      job:wait(1)
      job:take()
    end
  end
end)

t.test("paths relative to the root, of files and of texts in memory", function()
  local directory = root .. "/lua/rille/fallback"
  local job = rille.grep(
    "^local M = \\{\\}$",
    directory,
    { relative = true, texts = { ["walk.lua"] = "a\nlocal M = {}" } }
  )
  local lines = {}
  while true do
    local state = job:wait(60000)
    local batch = job:take()
    for i = 1, batch and batch.count or 0 do
      t.eq(lines[batch:path(i)], nil)
      lines[batch:path(i)] = batch:line(i)
    end
    if state ~= "running" and not batch then
      break
    end
  end
  t.eq(lines["walk.lua"], 2)
  t.ok(lines["ascii.lua"])
end)

t.test("a part of a long line from any position", function()
  local text = ("x"):rep(5000) .. "needle" .. ("y"):rep(5000)
  local job = rille.grep("needle", root .. "/lua", { globs = { "a" }, relative = true, texts = { a = text } })
  job:wait(60000)
  local batch = job:take()
  t.eq(batch:text(1, 6, 5001), "needle")
  t.eq(batch:text(1, 100, 10006), "y")
  t.eq(batch:text(1, nil, 20000), "")
  t.eq(#batch:text(1), #text)
  job:close()
end)

--- Waits for the end of a job, whose results are left in it.
local function finish(job)
  while job:poll() == "running" do
    job:wait(1)
  end
  t.eq((job:poll()), "done")
end

--- Searches a text in memory, and returns the line, offset, text and spans of each result.
local function find_in(text, pattern, opts)
  opts = opts or {}
  opts.texts, opts.globs = { ["[text]"] = text }, { "no such file" }
  local found = {}
  for i, item in ipairs(collect(assert(rille.grep(pattern, root .. "/test", opts)))) do
    t.eq(item.kind == "match" or item.kind == "context", true, item.text)
    found[i] = { item.line, item.offset, item.text, item.spans }
  end
  return found
end

t.test("$ is before CR LF as before LF, with every option", function()
  local lf = "alpha\nbeta\n\ngamma beta\nbetas\nbeta"
  local crlf = lf:gsub("\n", "\r\n")
  for _, pattern in ipairs({ "beta$", "^beta$", "^$", "a$", "s\\z", "\\bbeta\\b$", "^" }) do
    for _, opts in ipairs({
      {},
      { word = true },
      { invert = true },
      { context = 1 },
      { case = "ignore" },
      { multiline = true },
      { limit_per_file = 2 },
    }) do
      local copy = {}
      for key, value in pairs(opts) do
        copy[key] = value
      end
      local expected, found = find_in(lf, pattern, opts), find_in(crlf, pattern, copy)
      t.eq(#found, #expected, pattern)
      for i, item in ipairs(found) do
        local text = expected[i][3]:gsub("\n", "\r\n")
        t.eq(
          { item[1], item[2], item[3] },
          { expected[i][1], expected[i][2] + expected[i][1] - 1, text },
          pattern
        )
        if not opts.multiline then
          t.eq(item[4], expected[i][4], pattern)
        end
        t.eq(#item[4], #expected[i][4], pattern)
      end
    end
  end
  -- A lone CR does not end a line.
  t.eq(find_in("a\rb\r\na\r", "a$"), {})
  t.eq(find_in("a\rb\r\na", "a$", { multiline = true }), { { 2, 6, "a", { { 1, 1 } } } })
end)

t.test("every match has its spans", function()
  t.eq(find_in("alpha\nbeta\n", "alpha\\n\\b", { multiline = true })[1][4], { { 1, 5 } })
  t.eq(find_in("foo\noo x", "o\\z"), { { 1, 1, "foo", { { 3, 3 } } } })
  t.eq(find_in("foo\r\nx", "o\\z"), { { 1, 1, "foo", { { 3, 3 } } } })
  t.eq(find_in("a \r\nb", "\\s+$"), { { 1, 1, "a ", { { 2, 2 } } } })
  -- A match of only the line end is an empty match at the end of its text.
  t.eq(find_in("ab\nc", "\\n", { multiline = true }), { { 1, 1, "ab", { { 3, 2 } } } })
end)

t.test("offsets are those in the file after a byte-order mark and in UTF-16", function()
  local text = "alpha\ngr\195\188n \240\159\152\128\nbeta\n"
  local function utf16(big)
    local units = { 0xFEFF }
    for _, unit in ipairs({ ("alpha\ngr"):byte(1, -1) }) do
      units[#units + 1] = unit
    end
    for _, unit in ipairs({ 0xFC, ("n"):byte(), 32, 0xD83D, 0xDE00, ("\nbeta\n"):byte(1, -1) }) do
      units[#units + 1] = unit
    end
    for i, unit in ipairs(units) do
      local high, low = math.floor(unit / 256), unit % 256
      units[i] = big and string.char(high, low) or string.char(low, high)
    end
    return table.concat(units)
  end
  for _, case in ipairs({
    { text, 7, 18 },
    { "\239\187\191" .. text, 10, 21 },
    { utf16(false), 15, 31 },
    { utf16(true), 15, 31 },
  }) do
    local found = find_in(case[1], "alpha|n|beta")
    t.eq({ found[1][2], found[2][2], found[3][2] }, { 1, case[2], case[3] })
    t.eq({ found[1][3], found[3][3] }, { "alpha", "beta" })
    local context = find_in(case[1], "beta", { context = 1 })
    t.eq({ context[1][2], context[2][2] }, { case[2], case[3] })
  end
end)

t.test("a pattern may be text, compiled, literals or a list, as in a file", function()
  local text = "one Two\r\nthree\r\ntwo\r\none"
  local literals = rille.literals({ "two" }, { case = "ignore" })
  local forms = {
    { "(?i)two$" },
    { rille.regex("two$", "i") },
    { literals },
    { { "Two", "two" } },
    { { rille.regex("Two"), "two" } },
    { { literals, "nowhere" } },
  }
  t.with_file(text, function(path)
    local file = assert(rille.file(path))
    for i, form in ipairs(forms) do
      local expected = { { 1, 1, "one Two", { { 5, 7 } } }, { 3, 17, "two", { { 1, 3 } } } }
      t.eq(find_in(text, form[1]), expected, "form " .. i)
      local job, spans = assert(file:search(form[1])), {}
      while job:wait(LONG) == "running" or job:ready() do
        local batch = job:take()
        for k = 1, batch and batch.count or 0 do
          spans[#spans + 1] = { batch:span(k) }
        end
      end
      t.eq(spans, { { 5, 7 }, { 17, 19 } }, "form " .. i)
      local counting = assert(file:count(form[1]))
      finish(counting)
      t.eq(counting:take(), { total = 2, lines = 2, partial = false })
      local kept, filling = assert(file:filter(form[1]))
      finish(filling)
      t.eq(kept:slice(1, 100), "one Two\r\ntwo\r\n")
      t.eq({ file:navigate(form[1]):next(6, LONG) }, { 17, 19, 3 })
    end
    t.eq({ file:search({ "a", "b(" }) }, { nil, "pattern 2 of 2: unclosed group", 2 })
    t.eq(
      { file:count("a\nb") },
      { nil, "the pattern contains a line feed, which no line does; set multiline", 2 }
    )
    file:close()
  end)
  t.eq({ rille.grep("ab(cd", root) }, { nil, "unclosed group", 3 })
  t.eq({ rille.grep("a\nb", root, { fixed = true }) }, {
    nil,
    "the pattern contains a line feed, which no line does; set multiline",
    2,
  })
end)

t.test("a closed pattern is an error", function()
  local closed = rille.regex("a closed one")
  closed:close()
  t.raises("rille: closed", rille.grep, closed, ".")
  t.raises("rille: closed", rille.grep, { "a", closed }, ".")
end)

t.test("the span 0 is an error, and take returns nil when no batch is left", function()
  local job =
    rille.grep("needle", root .. "/test", { texts = { text = "needle" }, globs = { "no such file" } })
  finish(job)
  local batch = t.ok(job:take())
  t.raises("rille.lines:span: k must be from 1 to 1, got 0", batch.span, batch, 1, 0)
  t.eq(job:take(), nil)
  t.raises("rille.lines:text: stale batch", batch.text, batch, 1)
end)
