--- The noun `grep`.
local t = ...
local rille = require("rille")
local root = debug.getinfo(1, "S").source:match("^@(.*)[/\\]test[/\\]") or "."
local LONG = 60000

t.test("wrong arguments are errors", function()
  t.raises("rille.grep: pattern must be a string, a rille.regex, rille.literals or a list of these, got nil", rille.grep)
  t.raises("rille.grep: pattern must be a string, a rille.regex, rille.literals or a list of these, got table", rille.grep, {}, ".")
  t.raises("rille.grep: root must be a string, got nil", rille.grep, "a")
  t.raises("rille.grep: opts must be a table, got number", rille.grep, "a", ".", 1)
  t.raises(
    "rille.grep: wrong option words = true %(known: hidden, .*; fixed, word",
    rille.grep,
    "a",
    ".",
    { words = true }
  )
  t.raises("rille.grep: wrong option case = upper", rille.grep, "a", ".", { case = "upper" })
  t.raises("rille.grep: wrong option max_total = 0", rille.grep, "a", ".", { max_total = 0 })
  t.raises("rille.grep: texts must be a table of strings by path", rille.grep, "a", ".", { texts = { "a" } })
end)

if rille.backend ~= "native" then
  return t.test("grep says that it needs the native library", function()
    local job, message = rille.grep("a", ".")
    t.eq(job, nil)
    t.ok(message:find("needs the native library", 1, true), message)
  end)
end

--- All results, as tables.
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
  local limited = collect(rille.grep("e", here, { globs = only.globs, max_total = 3 }))
  t.eq({ #limited, limited[4].kind, limited[4].text }, { 4, "stopped", "there are more than 3" })
  t.eq(#collect(rille.grep("e", here, { globs = only.globs, max_count = 3 })), 3)
end)

t.test("texts in memory are searched instead of their files", function()
  local path = root .. "/test/grep_spec.lua"
  local opts =
    { globs = { "grep_spec.lua" }, texts = { [path] = "one\nnot saved yet", ["[new]"] = "not saved yet" } }
  local found = collect(rille.grep("not saved yet", root .. "/test", opts))
  t.eq(#found, 2)
  t.eq({ found[1].path, found[1].line, found[2].path, found[2].line }, { path, 2, "[new]", 1 })
end)

t.test("of a long line a part can be taken", function()
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

t.test("a batch is gone when another one is taken or the job is closed", function()
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
  t.raises("rille.lines:text: the batch is gone", first.text, first, 1)
  job:close()
  t.raises("rille.lines:path: the batch is gone", second.path, second, 1)
end)

t.test("what a person types wrong is nil and a message at once", function()
  t.eq({ rille.grep({ "a", "b(" }, root) }, { nil, "pattern 2 of 2: unclosed group", 2 })
  t.eq({ rille.grep("a", root .. "/nothing") }, { nil, root .. "/nothing: No such file or directory" })
  local job, message = rille.grep("a", root, { globs = { "a[" } })
  t.eq(job, nil)
  t.ok(message:find("^glob 1 of 1: "), message)
end)

t.test("searches that nobody takes from let others run", function()
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
  local folder = root .. "/lua/rille/fallback"
  local job = rille.grep(
    "^local M = \\{\\}$",
    folder,
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

t.test("of a long line the part that is wanted", function()
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
