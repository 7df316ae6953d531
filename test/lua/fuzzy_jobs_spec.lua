--- Limits of fuzzy queries, job forms, and the lifetime of results: with the library and in pure Lua.
local t = ...
local rille = require("rille")

local LONG = 60000

local backends = { [rille.backend] = rille.fuzzy, lua = require("rille.fallback.fuzzy") }

local function each(name, test)
  for backend, fuzzy in pairs(backends) do
    t.test(name .. ", " .. backend, function()
      test(fuzzy)
    end)
  end
end

--- Polls a job until it ends; no call may block.
local function over(job)
  for _ = 1, 10000000 do
    local state, done, message, total = job:poll()
    if state ~= "running" then
      return state, done, message, total
    end
  end
  error("the job does not end")
end

local function numbered(count)
  local list = {}
  for i = 1, count do
    list[i] = ("directory%d/file%d.lua"):format(i % 97, i)
  end
  return list
end

each("a query of too many terms or bytes is refused with a sentence", function(fuzzy)
  local f = fuzzy()
  f:push({ "a", "b" })
  for query, message in pairs({
    [("a "):rep(65)] = "the query has 65 terms; at most 64 are allowed",
    [("a | "):rep(64) .. "!b"] = "the query has 65 terms; at most 64 are allowed",
    [("a "):rep(4000)] = "the query has 4000 terms; at most 64 are allowed",
    [("x"):rep(8193)] = "the query has 8193 bytes; at most 8192 are allowed",
  }) do
    t.eq({ f:query(query) }, { nil, message })
    t.eq({ f:start(query) }, { nil, message })
    t.eq({ fuzzy.match(query, "a") }, { nil, message })
    t.eq({ fuzzy.match(query, "a", { case = "ignore" }) }, { nil, message })
    t.eq({ fuzzy.filter(query, { "a" }) }, { nil, message })
    t.eq({ fuzzy.filter_job(query, { "a" }) }, { nil, message })
  end
  t.eq(f:query(("a "):rep(64)).total, 1)
  t.eq(f:query(("! ' "):rep(2000)).total, 2)
  t.eq(f:query(("x"):rep(8192)).total, 0)
end)

each("push_job adds what push adds, a part with each poll", function(fuzzy)
  local list, f = numbered(20000), fuzzy()
  local job = f:push_job(list)
  t.eq(f:len(), 0)
  t.eq({ job:result() }, { nil, "the job is still running" })
  t.eq({ over(job) }, { "done", 20000, nil, 20000 })
  t.eq({ job:result() }, { 20000 })
  t.eq(select("#", job:result()), 1)
  t.eq({ f:len(), f:text(1), f:text(20000) }, { 20000, list[1], list[20000] })
  -- A text is split at line ends.
  local text = table.concat(list, "\r\n") .. "\n\n" .. ("x"):rep(100000)
  job = f:push_job(text)
  t.eq(over(job), "done")
  t.eq({ job:result() }, { 40002 })
  t.eq({ f:text(20001), f:text(40000), f:text(40001), #f:text(40002) }, { list[1], list[20000], "", 100000 })
  t.eq({ over(f:push_job({})) }, { "done", 0, nil, 0 })
  t.eq({ over(f:push_job("")) }, { "done", 0, nil, 0 })
  t.eq(f:len(), 40002)
  t.raises("rille.fuzzy:push_job: items must be a list of strings or a string, got nil", f.push_job, f, nil)
end)

each("a job form ends when it is cancelled, closed or refused", function(fuzzy)
  local list, f = numbered(20000), fuzzy()
  local job = f:push_job(list)
  job:cancel()
  t.eq({ job:poll() }, { "cancelled", 0, nil, 20000 })
  t.eq({ job:result() }, { nil, "the job was cancelled" })
  job:close()
  t.ok(job:closed())
  t.raises("rille: closed", job.poll, job)
  list[300] = 5
  job = f:push_job(list)
  local message = "rille.fuzzy:push_job: items[300] must be a string, got number"
  t.eq({ select(1, over(job)), select(2, job:result()) }, { "failed", message })
  job = fuzzy.filter_job("a", list)
  message = "rille.fuzzy.filter_job: list[300] must be a string, got number"
  t.eq({ select(1, over(job)), select(2, job:result()) }, { "failed", message })
  t.raises("rille.fuzzy.filter_job: list must be a list of strings, got nil", fuzzy.filter_job, "a", nil)
  local small = fuzzy({ memory_limit = 100000 })
  job = small:push_job(numbered(20000))
  t.eq(over(job), "done")
  t.eq({ job:result() }, { nil, "memory limit of 100000 bytes reached" })
end)

each("filter_job returns what filter returns", function(fuzzy)
  local list = numbered(9000)
  for query, opts in pairs({
    ["file1 lua$"] = { limit = 20 },
    ["!1 !2"] = {},
    [""] = { limit = 5 },
    ["FILE12"] = { case = "ignore", scheme = "path" },
    ["none of it"] = {},
  }) do
    local job = fuzzy.filter_job(query, list, opts)
    t.eq(over(job), "done")
    local found, expected = job:result(), fuzzy.filter(query, list, opts)
    t.eq(
      { found.count, found.total, found.searched, found.done },
      { expected.count, expected.total, 9000, true }
    )
    for i = 1, math.min(found.count, 50) do
      t.eq(
        { found:text(i), found:score(i), found:index(i) },
        { expected:text(i), expected:score(i), expected:index(i) }
      )
      t.eq(found:positions(i), expected:positions(i))
    end
    t.eq({ job:wait(LONG) }, { "done", 9000, nil, 9000 })
  end
end)

each("results stay as they are, whatever comes after them", function(fuzzy)
  local list = numbered(5000)
  local first = fuzzy.filter("file1", list)
  local text, score = first:text(1), first:score(1)
  local second = fuzzy.filter("directory2 file3", list)
  t.eq({ first:text(1), first:score(1) }, { text, score })
  t.ok(second:text(1) ~= text)
  -- Boosts beyond the first few thousand items.
  local f, boosts = fuzzy(), {}
  f:push(list)
  for i = 1, 5000 do
    boosts[i] = i == 4500 and 1000 or 0
  end
  f:boost(boosts)
  t.eq(f:query("file"):index(1), 4500)
  -- Removed items have neither texts nor positions.
  local row, job = f:query("file"), f:start("file")
  repeat
    local state = job:wait(LONG)
  until state ~= "running"
  f:clear()
  f:push({ "file of another kind" })
  t.eq({ row:text(1), row:positions(1) }, {})
  local late = job:take()
  if late then
    t.eq({ late:text(1), late:positions(1) }, {})
  end
  t.eq(#select(2, fuzzy.match(("ab"):rep(300), ("abc"):rep(300))), 600)
end)

each("normalize finds the variants that the reference folds", function(fuzzy)
  for item, query in pairs({
    ["ｆｕｌｌ／ｗｉｄｔｈ"] = "full/width",
    ["x²₃ⁿ"] = "x23n",
    ["ꜱᴍᴀʟʟ"] = "small",
    ["ɐɔɟɥ"] = "aojh",
    ["ƀɨɵʉ"] = "biou",
    ["gu\205\164t"] = "guet",
    ["𝒜𝐛ⓒ"] = "abc",
  }) do
    t.ok(fuzzy.match(query, item, { normalize = true, case = "ignore" }), item)
    t.eq(fuzzy.match(query, item), nil)
  end
end)

t.test("the last results of a search are never lost", function()
  local f = rille.fuzzy()
  f:push(numbered(50))
  for i = 1, 300 do
    f:start("file" .. i % 7)
    local found
    for _ = 1, 10000000 do
      found = f:results()
      if found and found.done then
        break
      end
    end
    t.ok(found and found.done)
  end
end)

t.test("rows are read into a buffer and a list that are used again", function()
  local f = rille.fuzzy()
  f:push({ "src/main.rs", "src/domain/manifest.rs", "README.md" })
  local list = { "src/main.rs", "src/domain/manifest.rs", "README.md" }
  for _, r in ipairs({ f:query("mai"), rille.fuzzy.filter("mai", list) }) do
    local buffer, positions = rille.buffer(), { 9, 9, 9, 9, 9 }
    buffer:put("> ")
    t.eq(r:text_into(buffer, 1), #r:text(1))
    t.eq(r:text_into(buffer, 2), #r:text(2))
    t.eq(buffer:tostring(), "> " .. r:text(1) .. r:text(2))
    local filled = r:positions(1, positions)
    t.ok(rawequal(filled, positions))
    t.eq(positions, r:positions(1))
    local found, string_buffer = pcall(require, "string.buffer")
    if found then
      local other = string_buffer.new():put("> ")
      t.eq(r:text_into(other, 1), #r:text(1))
      t.eq(other:tostring(), "> " .. r:text(1))
    end
    t.raises("rille.fuzzy.result:text_into: buffer must be a string.buffer", r.text_into, r, {}, 1)
    t.raises("rille.fuzzy.result:text_into: i must be", r.text_into, r, buffer, 3)
    t.raises("rille.fuzzy.result:positions: res must be a table, got number", r.positions, r, 1, 1)
  end
  local r, buffer = f:query("mai"), rille.buffer()
  f:clear()
  t.eq({ r:text_into(buffer, 1), buffer:len() }, { nil, 0 })
  f:close()
  t.raises("rille: closed", r.text_into, r, buffer, 1)
end)

t.test("results are written to a result that is no longer needed", function()
  local f = rille.fuzzy()
  f:push(numbered(500))
  local function search(query, res)
    local job = f:start(query, { limit = 400 })
    repeat
    until job:wait() ~= "running"
    return f:results(res)
  end
  local res = search("file499")
  for _, query in ipairs({ "file", "file7", "file12", "file" }) do
    local expected = f:query(query, { limit = 400 })
    res = search(query, res)
    t.eq({ res.count, res.total, res.searched, res.done }, { expected.count, expected.total, 500, true })
    for i = 1, res.count do
      t.eq({ res:text(i), res:score(i) }, { expected:text(i), expected:score(i) })
    end
    t.ok(rawequal(f:results(res), res), "nothing has changed, and another result")
  end
  local other = rille.fuzzy()
  other:push({ "file" })
  t.raises(
    "rille.fuzzy:results: res must be a result of this session, got rille.fuzzy.result: 1 row",
    function()
      f:results(other:query("file"))
    end
  )
  t.raises("rille.fuzzy:results: res must be a result of this session, got 5", f.results, f, 5)
  local again = search("file1")
  t.ok(not rawequal(again, res))
end)

if rille.backend == "native" then
  t.test("16 matchers are remembered, and no more", function()
    if t.shared then
      t.skip("other Lua states of this process remember matchers")
    end
    local minimum, maximum = math.huge, 0
    for i = 1, 40 do
      rille.fuzzy.match("query" .. i, "text")
      collectgarbage()
      collectgarbage()
      local count = rille.stats().handles.matcher
      minimum, maximum = math.min(minimum, count), math.max(maximum, count)
    end
    -- From one to 16, and those of the specs before.
    t.eq(maximum - minimum + 1, 16)
  end)

  t.test("all feeds continue, although no program holds their jobs", function()
    local root = os.getenv("RILLE_ROOT") or "."
    local f, expected = rille.fuzzy(), 0
    for _, directory in ipairs({ "lua", "test" }) do
      local walk = rille.walk(root .. "/" .. directory)
      local state
      repeat
        state = walk:wait(LONG)
        local batch = walk:take()
        while batch do
          expected, batch = expected + batch.count, walk:take()
        end
      until state ~= "running"
      f:feed(rille.walk(root .. "/" .. directory))
    end
    collectgarbage()
    collectgarbage()
    local feeding, message = f:feeding()
    for _ = 1, 10000000 do
      if not feeding then
        break
      end
      feeding, message = f:feeding()
    end
    t.eq({ feeding, message, f:len() }, { false, nil, expected })
  end)
end
