--- `rille.fuzzy`.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local root = debug.getinfo(1, "S").source:match("^@(.*)[/\\]test[/\\]") or "."
local native = rille.backend == "native"
local LONG = 60000

local PATHS = {
  "src/main.rs",
  "src/fuzzy/query.rs",
  "README.md",
  "test/main.rs",
  "lib/Main.lua",
  "docs/main loop.txt",
}

local function filled(opts, items)
  local f = rille.fuzzy(opts)
  f:push(items or PATHS)
  return f
end

--- Returns the texts of a result.
local function texts(r)
  local list = {}
  for i = 1, r.count do
    list[i] = r:text(i)
  end
  return list
end

--- Checks that a stopped search is "cancelled", unless it had searched all items by then.
local function stopped_or_complete(job)
  local state, done, _, total = job:poll()
  if state == "done" then
    t.eq(done, total)
  else
    t.eq(state, "cancelled")
  end
end

t.test("wrong arguments are errors", function()
  local f = filled()
  t.raises("rille.fuzzy: opts must be a table, got number", rille.fuzzy, 1)
  t.refuses(
    "rille.fuzzy: unknown option 'shceme' (known: case, columns, delimiter, memory_limit, normalize, scheme, typos)",
    rille.fuzzy,
    { shceme = "path" }
  )
  for message, opts in pairs({
    ["'case' must be 'smart', 'ignore' or 'respect', got 'loud'"] = { case = "loud" },
    ["'typos' must be an integer from 0 to 3, got 4"] = { typos = 4 },
    ["'typos' must be an integer from 0 to 3, got 0.5"] = { typos = 0.5 },
    ["'delimiter' must be a string of one byte, got '::'"] = { delimiter = "::" },
    ["'columns' must be a list of integers >= 1, got table"] = { delimiter = ":", columns = { 0 } },
    ["'delimiter' must be a string of one byte with 'columns', got nil"] = { columns = { 1 } },
    ["'memory_limit' must be an integer >= 1, got 0"] = { memory_limit = 0 },
  }) do
    t.refuses("rille.fuzzy: option " .. message, rille.fuzzy, opts)
  end
  t.refuses(
    "rille.fuzzy: unknown option 'limit' (known: case, columns, delimiter, memory_limit, normalize, scheme, typos)",
    rille.fuzzy,
    { limit = 5 }
  )
  t.raises("rille.fuzzy:push: items must be a list of strings or a text, got nil", f.push, f)
  t.raises("rille.fuzzy:push: items%[2%] must be a string, got number", f.push, f, { "a", 1 })
  t.eq(f:len(), #PATHS)
  t.raises("rille.fuzzy:query: query must be a string, got nil", f.query, f)
  t.raises("rille.fuzzy:query: opts must be a table, got number", f.query, f, "a", 5)
  t.refuses("rille.fuzzy:query: unknown option 'limt' (known: limit)", f.query, f, "a", { limt = 5 })
  t.refuses(
    "rille.fuzzy:start: option 'limit' must be an integer >= 0, got -1",
    f.start,
    f,
    "a",
    { limit = -1 }
  )
  t.raises("rille.fuzzy:text: i must be from 1 to", f.text, f, 0)
  t.raises("rille.fuzzy:feed: job must be a job, got table", f.feed, f, {})
  t.raises("rille.fuzzy:boost: list must be a list of numbers, got nil", f.boost, f)
  t.raises("rille.fuzzy:boost: list%[1%] must be a number, got x", f.boost, f, { "x" })
  t.raises("rille.fuzzy:boost: first must be an index from 1 on, got 0", f.boost, f, { 1 }, 0)
  local r = f:query("main")
  for _, method in ipairs({ "text", "score", "index", "positions" }) do
    t.raises("rille.fuzzy.result:" .. method .. ": i must be from 1 to 4, got 5", r[method], r, 5)
    t.raises("rille.fuzzy.result:" .. method .. ": i must be from 1 to 4, got nil", r[method], r)
  end
  t.raises("rille.fuzzy.match: query must be a string", rille.fuzzy.match, nil, "a")
  t.raises("rille.fuzzy.match: s must be a string", rille.fuzzy.match, "a", 1)
  t.refuses(
    "rille.fuzzy.match: unknown option 'limit' (known: case, columns, delimiter, normalize, scheme, typos)",
    rille.fuzzy.match,
    "a",
    "a",
    { limit = 1 }
  )
  t.raises("rille.fuzzy.filter: list must be a list of strings, got string", rille.fuzzy.filter, "a", "b")
  t.raises("rille.fuzzy.filter: list%[1%] must be a string, got boolean", rille.fuzzy.filter, "a", { true })
  t.refuses(
    "rille.fuzzy.filter: unknown option 'memory_limit' (known: case, columns, delimiter, limit, normalize, scheme, typos)",
    rille.fuzzy.filter,
    "a",
    {},
    { memory_limit = 9 }
  )
end)

t.test("push takes lists and every form of text", function()
  local f = rille.fuzzy()
  t.eq(f:len(), 0)
  t.eq(f:push({}), 0)
  t.eq(f:push({ "a", "", "b\nc" }), 3)
  t.eq(f:push("d\r\ne\n\nf"), 7)
  t.eq(f:push(""), 7)
  local buffer = rille.buffer()
  buffer:put("g\nh\n")
  t.eq(f:push(buffer), 9)
  local all = {}
  for i = 1, f:len() do
    all[i] = f:text(i)
  end
  t.eq(all, { "a", "", "b\nc", "d", "e", "", "f", "g", "h" })
  t.eq(f:text(10), nil)
  t.eq(f:text(2 ^ 31), nil)
end)

t.test("more items than one call of C takes", function()
  local items = {}
  for i = 1, 10000 do
    items[i] = "item " .. i
  end
  local f = filled(nil, items)
  t.eq(f:len(), 10000)
  t.eq(f:text(4096), "item 4096")
  t.eq(f:text(4097), "item 4097")
  t.eq(f:text(10000), "item 10000")
  t.eq(texts(f:query("^item !^item")), {})
  t.eq(texts(f:query("'9876$")), { "item 9876" })
  t.eq(f:query("").total, 10000)
end)

t.test("the language of queries", function()
  local f = filled()
  for query, expected in pairs({
    ["'main"] = { "lib/Main.lua", "src/main.rs", "test/main.rs", "docs/main loop.txt" },
    ["^src"] = { "src/main.rs", "src/fuzzy/query.rs" },
    ["rs$"] = { "src/main.rs", "test/main.rs", "src/fuzzy/query.rs" },
    ["^README.md$"] = { "README.md" },
    ["main !rs$"] = { "lib/Main.lua", "docs/main loop.txt" },
    ["!main"] = { "src/fuzzy/query.rs", "README.md" },
    ["^src | md$"] = { "README.md", "src/main.rs", "src/fuzzy/query.rs" },
    ["main\\ loop"] = { "docs/main loop.txt" },
    ["Main"] = { "lib/Main.lua" },
    ["'loop'"] = { "docs/main loop.txt" },
    ["'loo'"] = {},
    ["sfq"] = { "src/fuzzy/query.rs" },
    ["qfs"] = {},
  }) do
    local found = texts(f:query(query))
    table.sort(found)
    table.sort(expected)
    t.eq(found, expected, query)
  end
  t.eq(texts(f:query("")), PATHS)
  t.eq(texts(f:query("  ' ^ !'  ")), PATHS)
  t.eq(texts(f:query("!zzz")), PATHS)
end)

t.test("rows: best first, then the shorter, then the earlier", function()
  local f = filled(nil, { "x/foo/bar", "foo b", "foo", "foo a", "fxoxo" })
  local r = f:query("foo")
  t.eq(texts(r), { "foo", "foo b", "foo a", "x/foo/bar", "fxoxo" })
  t.eq({ r.count, r.total, r.searched, r.done }, { 5, 5, 5, true })
  local order, last = {}, math.huge
  for i = 1, r.count do
    order[i] = r:index(i)
    t.ok(r:score(i) <= last)
    last = r:score(i)
  end
  t.eq(order, { 3, 2, 4, 1, 5 })
  t.eq(r:score(1), 16 * 3 + 10 * 4)
  -- A limit returns the best rows, not the first.
  r = f:query("foo", { limit = 2 })
  t.eq(texts(r), { "foo", "foo b" })
  t.eq({ r.count, r.total }, { 2, 5 })
  t.eq(f:query("foo", { limit = 0 }).count, 0)
  t.eq(f:query("foo", { limit = 2 ^ 32 - 1 }).count, 5)
end)

t.test("positions", function()
  local f = filled(nil, { "src/main.rs", "Só Danço Samba", "a\0b\255c" })
  t.eq(f:query("smr"):positions(1), { 1, 5, 10 })
  t.eq(f:query("main 'src"):positions(1), { 1, 2, 3, 5, 6, 7, 8 })
  t.eq(f:query("dan samba"):positions(1), { 5, 6, 7, 12, 13, 14, 15, 16 })
  t.eq(f:query("ço"):positions(1), { 8, 10 })
  t.eq(f:query("bc"):positions(1), { 3, 5 })
  t.eq(f:query("!zz"):positions(1), {})
  t.eq(f:query("o "):positions(1), f:query("o"):positions(1))
end)

t.test("options", function()
  local items = { "README", "readme", "Danço", "config", "/usr/lib" }
  local function found(opts, query)
    return texts(filled(opts, items):query(query))
  end
  t.eq(found(nil, "readme"), { "README", "readme" })
  t.eq(found(nil, "README"), { "README" })
  t.eq(found({ case = "ignore" }, "README"), { "README", "readme" })
  t.eq(found({ case = "respect" }, "readme"), { "readme" })
  t.eq(found(nil, "danco"), {})
  t.eq(found({ normalize = true }, "danco"), { "Danço" })
  t.eq(found({ normalize = true }, "danço"), { "Danço" })
  t.eq(found(nil, "cofnig"), {})
  t.eq(found({ typos = 1 }, "cofnig"), { "config" })
  t.eq(filled({ scheme = "path" }, items):query("'lib"):score(1), 16 * 3 + 9 * 4)
  t.eq(filled({ scheme = "history" }, items):query("'lib"):score(1), 16 * 3 + 8 * 4)
  local rows = { "main.rs:12:let x", "x.rs:1:main" }
  t.eq(texts(filled({ delimiter = ":", columns = { 3 } }, rows):query("main")), { "x.rs:1:main" })
  local columns = filled({ delimiter = ":", columns = { 3, 1 } }, rows)
  t.eq(columns:query("^x rs$"):positions(1), { 1, 3, 4 })
  t.eq(columns:query("^let .rs$"):positions(1), { 5, 6, 7, 12, 13, 14 })
  t.eq(columns:query("12").total, 0)
end)

t.test("boosts add to scores", function()
  local f = filled(nil, { "foo", "foo a", "foo b" })
  local plain = f:query("foo")
  f:boost({ 30 }, 3)
  local r = f:query("foo")
  t.eq(texts(r), { "foo b", "foo", "foo a" })
  t.eq(r:score(1), plain:score(3) + 30)
  f:boost({ 0.4, 31.5, -7 })
  r = f:query("foo")
  t.eq({ r:index(1), r:index(2), r:index(3) }, { 2, 1, 3 })
  t.eq({ r:score(1), r:score(2), r:score(3) }, { plain:score(2) + 32, plain:score(1), plain:score(3) - 7 })
  t.eq(texts(f:query("")), { "foo", "foo a", "foo b" })
  -- An item that is added later also has its boost.
  f:boost({ 100 }, 4)
  f:push({ "x foo" })
  t.eq(f:query("foo"):text(1), "x foo")
end)

t.test("clear, and results from before it", function()
  local f = filled()
  local r = f:query("main")
  f:start("main"):wait(LONG)
  t.ok(f:results())
  f:clear()
  t.eq({ f:len(), f:results(), r:text(1), r:positions(1) }, { 0 })
  t.ok(r:score(1) > 0)
  f:push({ "new" })
  t.eq(r:text(1), nil)
  t.eq(texts(f:query("")), { "new" })
end)

t.test("use after close is an error", function()
  local f = filled()
  local r = f:query("main")
  f:close()
  f:close()
  for _, method in ipairs({ "push", "len", "clear", "text", "query", "start", "results", "stats", "feeding" }) do
    t.raises("rille: closed", f[method], f, "a")
  end
  t.raises("rille: closed", r.text, r, 1)
  t.raises("rille: closed", r.positions, r, 1)
  t.ok(r:score(1) > 0)
end)

t.test("start and results", function()
  local f = filled()
  t.eq(f:results(), nil)
  local job = f:start("main", { limit = 3 })
  local state, done, message, total = job:wait(LONG)
  while state == "running" do
    state, done, message, total = job:wait(LONG)
  end
  t.eq({ state, done, message, total }, { "done", #PATHS, nil, #PATHS })
  local r = f:results()
  t.eq({ r.count, r.total, r.searched, r.done }, { 3, 4, 6, true })
  t.eq(texts(r), texts(f:query("main", { limit = 3 })))
  t.eq(r:positions(1), f:query("main"):positions(1))
  t.eq(texts(f:results()), texts(r))
  -- The job returns the same rows.
  job = f:start("readme")
  while job:poll() == "running" do
    job:wait(LONG)
  end
  local taken = job:take()
  t.eq(texts(taken), { "README.md" })
  t.eq(job:take(), nil)
  t.eq(texts(f:results()), { "README.md" })
  t.eq(f:results().done, true)
  job:close()
  t.eq(texts(f:results()), { "README.md" })
  t.eq(job:closed(), true)
end)

t.test("a new search stops the previous one", function()
  local items = {}
  for i = 1, 20000 do
    items[i] = "some/path/of/item" .. i
  end
  local f = filled(nil, items)
  local first = f:start("item")
  local second = f:start("item1")
  local state = second:wait(LONG)
  while state == "running" do
    state = second:wait(LONG)
  end
  t.eq(state, "done")
  repeat
    state = first:wait(LONG)
  until state ~= "running"
  stopped_or_complete(first)
  local r = f:results()
  t.eq({ r.total, r.done }, { f:query("item1").total, true })
  local third = f:start("item")
  third:cancel()
  repeat
    state = third:wait(LONG)
  until state ~= "running"
  stopped_or_complete(third)
  -- Closed while it may still run.
  f:start("some")
  f:close()
end)

t.test("match", function()
  t.eq({ rille.fuzzy.match("smr", "src/main.rs") }, { 16 * 3 + 20 + 9 + 8 - 5 - 6, { 1, 5, 10 } })
  t.eq(select("#", rille.fuzzy.match("x", "src")), 1)
  t.eq(rille.fuzzy.match("x", "src"), nil)
  t.eq({ rille.fuzzy.match("", "src") }, { 0, {} })
  t.eq({ rille.fuzzy.match("!x", "src") }, { 0, {} })
  t.eq(select(2, rille.fuzzy.match("danco", "Danço", { normalize = true })), { 1, 2, 3, 4, 6 })
  t.eq(rille.fuzzy.match("danco", "Danço"), nil)
  t.eq(select(2, rille.fuzzy.match("b", "a:b", { delimiter = ":", columns = { 2 } })), { 3 })
  local buffer = rille.buffer()
  buffer:put("src/main.rs")
  t.eq(rille.fuzzy.match("smr", buffer), (rille.fuzzy.match("smr", "src/main.rs")))
  -- More queries than the cache holds.
  for i = 1, 100 do
    t.ok(rille.fuzzy.match("a" .. i, "a" .. i))
    t.ok(rille.fuzzy.match("a", "a"))
  end
end)

t.test("filter", function()
  local r = rille.fuzzy.filter("main", PATHS)
  t.eq(texts(r), texts(filled():query("main")))
  t.eq({ r.count, r.total, r.searched, r.done }, { 4, 4, #PATHS, true })
  t.eq(r:positions(1), filled():query("main"):positions(1))
  t.eq(PATHS[r:index(2)], r:text(2))
  r = rille.fuzzy.filter("main", PATHS, { limit = 1, scheme = "path" })
  t.eq({ r.count, r.total }, { 1, 4 })
  t.eq(texts(rille.fuzzy.filter("", PATHS)), PATHS)
  t.eq(rille.fuzzy.filter("a", {}).total, 0)
  local many = {}
  for i = 1, 9000 do
    many[i] = "n" .. i
  end
  t.eq(rille.fuzzy.filter("n9", many).total, filled(nil, many):query("n9").total)
end)

t.test("unusual input: operators only, long queries, long items, bytes that are not UTF-8", function()
  local huge = ("ab"):rep(500000)
  local items = { "", "\0", "a\nb", "\255\254", huge, "日本", "  " }
  local f = filled(nil, items)
  for _, query in ipairs({ "", " ", "'", "!", "^", "$", "|", "| |", "!' ^ '", "\\", "\\ ", "!!", "'''", "^$" }) do
    local r = f:query(query)
    t.ok(r.total <= #items, query)
    for i = 1, r.count do
      t.eq(r:text(i), items[r:index(i)], query)
    end
  end
  t.eq(texts(f:query("'\0")), { "\0" })
  t.eq(texts(f:query("\255")), { "\255\254" })
  t.eq(texts(f:query("a\nb")), { "a\nb" })
  t.eq(texts(f:query("^\\ ")), { "  " })
  local long = ("ab"):rep(4000)
  t.eq(f:query(long).total, 1)
  t.eq(#f:query(long):positions(1), 8000)
  t.eq(f:query("'" .. long).total, 1)
  t.eq(f:query(long .. "c").total, 0)
  t.eq(f:query(("a "):rep(64)).total, 2)
  t.eq(f:query(("! ' ^ "):rep(21)).total, #items)
  -- A query with more terms or bytes than the limit is refused.
  for _, query in ipairs({ ("a "):rep(65), ("ab"):rep(5000) }) do
    local none, message = f:query(query)
    t.eq(none, nil)
    t.ok(message:find("terms", 1, true) or message:find("bytes", 1, true), message)
  end
  t.eq(f:text(5), huge)
end)

t.test("the memory limit refuses an item, and the items before it stay", function()
  local f = rille.fuzzy({ memory_limit = native and 2 ^ 20 or 20000 })
  local item, pushed = ("x"):rep(100), nil
  local message
  for i = 1, 100 do
    local list = {}
    for k = 1, 1000 do
      list[k] = item .. i .. k
    end
    pushed, message = f:push(list)
    if not pushed then
      break
    end
  end
  t.eq(pushed, nil)
  t.ok(message:find("memory limit of %d+ bytes reached"), message)
  local len = f:len()
  t.ok(len > 50 and len < 20000, len)
  t.ok(f:stats().bytes <= (native and 2 ^ 20 or 20000))
  t.eq(f:query("x").total, len)
  t.eq(f:push(("y"):rep(2 ^ 20)), nil)
  t.eq(f:len(), len)
end)

t.test("stats", function()
  local f = filled()
  local stats = f:stats()
  t.eq(stats.items, #PATHS)
  t.ok(stats.directories >= 5 and stats.bytes > 0)
  if native and not t.shared then
    collectgarbage()
    collectgarbage()
    local handles = rille.stats().handles.fuzzy
    local other = filled()
    t.eq(rille.stats().handles.fuzzy, handles + 1)
    t.ok(rille.stats().bytes.fuzzy >= stats.bytes)
    other:close()
    t.eq(rille.stats().handles.fuzzy, handles)
  end
end)

if not native then
  return
end

t.test("an item of 2 GiB is refused with a sentence, and the items before it stay", function()
  if ffi.os ~= "Linux" then
    t.skip("needs memory that is mapped, and never written")
  end
  ffi.cdef([[
    void *mmap(void *, size_t, int, int, int, long);
    int munmap(void *, size_t);
  ]])
  local size = 2 ^ 31 + 2
  local memory = ffi.C.mmap(nil, size, 3, 0x4022, -1, 0)
  t.ok(ffi.cast("intptr_t", memory) ~= -1)
  ffi.copy(memory, "a\n", 2)
  local f = rille.fuzzy()
  local len, message = f:push(rille.bytes(ffi.cast("const char *", memory), size))
  t.eq({ len, message }, { nil, "an item has 2147483648 bytes; the maximum is 2 GiB - 1" })
  t.eq({ f:len(), f:text(1) }, { 1, "a" })
  ffi.C.munmap(memory, size)
end)

t.test("a walk feeds a session", function()
  local f = rille.fuzzy({ scheme = "path" })
  t.eq(f:feeding(), false)
  local job = rille.walk(root .. "/lua")
  f:feed(job)
  -- The host may drop the job.
  local weak = setmetatable({ job }, { __mode = "v" })
  job = nil -- luacheck: ignore 311
  collectgarbage()
  while f:feeding() do
    weak[1]:wait(LONG)
  end
  collectgarbage()
  t.eq(weak[1], nil)
  t.ok(f:len() > 40)
  local r = f:query("fallbackfuzzyquery.lua")
  t.eq(r:text(1), root .. "/lua/rille/fallback/fuzzy/query.lua")
  -- The walk has no results left to take.
  job = rille.walk(root .. "/test")
  f:feed(job)
  while job:poll() == "running" do
    job:wait(LONG)
  end
  t.eq(job:take(), nil)
  t.ok(f:query("'/test/ 'fuzzy_spec.lua$").total == 1)
end)

if native then
  --- Returns a session with hundreds of thousands of items, and a memory limit that refuses the next ones.
  local function large(memory_limit)
    local f, lines = rille.fuzzy({ memory_limit = memory_limit }), {}
    for i = 1, 16384 do
      lines[i] = ("project@/src/part%d/deep/er/file_%d.rs"):format(i / 64, i)
    end
    local text = table.concat(lines, "\n")
    for i = 1, 1000 do
      local pushed, message = f:push((text:gsub("@", i)))
      if not pushed then
        return f, message
      end
    end
    error("the memory_limit was not kept")
  end

  t.test(
    "the memory limit refuses a line in the middle of a text, and all lines before it are found",
    function()
      local memory_limit = 32 * 2 ^ 20
      local f, message = large(memory_limit)
      t.eq(message, "memory limit of 33554432 bytes reached")
      local len = f:len()
      t.ok(len > 500000 and len % 16384 ~= 0, len)
      t.ok(f:stats().bytes <= memory_limit and f:stats().bytes > memory_limit / 2, f:stats().bytes)
      t.eq(f:query("file").total, len)
      local last = f:text(len)
      t.eq(texts(f:query("^" .. last .. "$")), { last })
    end
  )

  t.test("a session of many items is cleared and closed while it is searched", function()
    for _, query in ipairs({ "f", "prsrs", "ptdpr !9 '1.rs | 2.rs$" }) do
      local f = large(16 * 2 ^ 20)
      local job = f:start(query)
      f:clear()
      while job:poll() == "running" do
        job:wait(LONG)
      end
      t.eq(f:query(query).total, 0)
      f:push("a file.rs\nprsrs/prsrs.rs")
      t.ok(f:query("f").total > 0)
      f:close()
      f = large(16 * 2 ^ 20)
      job = f:start(query)
      job:poll()
      f:close()
      while job:poll() == "running" do
        job:wait(LONG)
      end
    end
  end)
end

t.test("a feed that the memory limit refuses has failed", function()
  local f = rille.fuzzy({ memory_limit = 1000 })
  local job = rille.walk(root .. "/lua")
  f:feed(job)
  repeat
    local state = job:wait(LONG)
  until state ~= "running"
  local state, _, message = job:poll()
  t.eq(state, "failed")
  t.ok(message:find("memory limit of 1000 bytes reached", 1, true), message)
  local feeding, reason = f:feeding()
  t.eq({ feeding, reason }, { false, message })
  t.eq({ f:feeding() }, { false })
end)

t.test("feeds and searches end when their session is closed", function()
  for i = 1, 20 do
    local f = rille.fuzzy()
    local job = rille.walk("/", { hidden = true })
    f:feed(job)
    f:start("a")
    if i % 3 == 0 then
      job:close()
      t.eq(f:feeding(), false)
    end
    f:close()
  end
  -- A search ends when its session is closed.
  local f = filled()
  local job = f:start("main")
  f:close()
  local state
  repeat
    state = job:wait(LONG)
  until state ~= "running"
  stopped_or_complete(job)
  t.eq(job:take(), nil)
end)

t.test("only walks can feed a session", function()
  local f = filled()
  t.raises("rille.fuzzy:feed: this job is a fuzzy search, not a walk", f.feed, f, f:start("a"))
  local job = rille.walk(root .. "/lua")
  job:close()
  t.raises("rille: closed", f.feed, f, job)
end)

t.test("a notifier watches a search", function()
  local note = rille.notifier()
  local f = filled()
  local job = f:start("main")
  note:watch(job)
  while job:poll() == "running" do
    job:wait(LONG)
  end
  t.soon(note.drain, note)
  note:close()
end)
