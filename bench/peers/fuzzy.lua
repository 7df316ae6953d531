--- Benches of fuzzy matching from Lua: how fast items are added, how long the host's thread is blocked while a user types,
--- short lists and single texts against pure Lua, and how well fzf's own ranking is reproduced.
local bench = dofile("bench/common/bench.lua")
local ffi = require("ffi")
local rille = require("rille")
local fallback = require("rille.fallback.fuzzy")

local now, quick = bench.now, bench.quick

--- The queries for comparing matchers.
local QUERIES = {
  "s",
  "rs",
  "lib",
  "fzf",
  "main",
  "init",
  "mtchr",
  "utils",
  "config",
  "README",
  "Makefile",
  "usrlibpy",
  "zqxjkv",
  "qqqqqq",
  "src/main.rs",
  "algo_test.go",
  "__init__.py",
  "MatchRes",
  "docs/README",
  "tomlcargo",
  "src test .rs$",
  "lib !test",
  "'config .py$",
  "main .go$ | .rs$",
}

bench.title("fuzzy, against pure Lua, and fzf's ranking")

--- Returns real paths: the files installed on this machine.
local function walked(most)
  local paths = {}
  for _, root in ipairs({ "/usr", "/etc", "/var/lib" }) do
    local job = rille.walk(root, { hidden = true, ignore = false, sort = true })
    while job and #paths < most do
      local state = job:wait(20000)
      local batch = job:take()
      while batch do
        for i = 1, batch.count do
          local path = batch:kind(i) ~= "error" and batch:path(i) or nil
          if path and not path:find("\n", 1, true) and #paths < most then
            paths[#paths + 1] = path
          end
        end
        batch = job:take()
      end
      if state ~= "running" then
        break
      end
    end
    if job then
      job:close()
    end
  end
  return paths
end

local paths = walked(quick and 2000 or 100000)

--- Returns `count` distinct paths.
local function many(count)
  local list = {}
  for i = 1, count do
    local at = (i - 1) % #paths
    local copy = (i - 1 - at) / #paths
    list[i] = copy == 0 and paths[at + 1] or "project" .. copy .. paths[at + 1]
  end
  return list
end

-- Adding items -------------------------------------------------------------------------------------------------------

local function push_row()
  local name = "push a list of strings"
  if not bench.wanted(name) then
    return
  end
  local list, best = many(quick and 1000 or 1000000), math.huge
  for _ = 1, quick and 1 or 5 do
    local f = rille.fuzzy({ scheme = "path" })
    collectgarbage()
    local since = now()
    assert(f:push(list) == #list)
    best = math.min(best, now() - since)
    assert(f:text(#list) == list[#list])
    f:close()
  end
  if not quick then
    local rate = #list / best / 1e6
    bench.promise(
      name,
      ("%.1f M items/s of %.0f bytes, to be 10"):format(rate, #table.concat(list) / #list),
      rate >= 10
    )
  end
end

-- The host's thread --------------------------------------------------------------------------------------------------

local sleep = function() end
if not quick and ffi.os ~= "Windows" then
  ffi.cdef('int rille_bench_poll(void *fds, unsigned long count, int ms) __asm__("poll");')
  sleep = function(seconds)
    ffi.C.rille_bench_poll(nil, 0, math.ceil(seconds * 1000))
  end
end

--- Types words into a session that a walk feeds, reads the visible rows, and records the time of each call.
local function typing_row()
  local name = "longest call while typing"
  if not bench.wanted(name) then
    return
  end
  local f = rille.fuzzy({ scheme = "path" })
  f:push(many(quick and 1000 or 1000000))
  local walk = rille.walk("/usr", { hidden = true, ignore = false })
  local times, slowest, count = {}, { 0, "" }, 0
  local function timed(what, call, ...)
    local since = now()
    local result = call(...)
    local took = now() - since
    count = count + 1
    times[count] = took
    if took > slowest[1] then
      slowest = { took, what }
    end
    return result
  end
  timed("feed", f.feed, f, walk)
  for _, word in ipairs({ "main.rs", "usrlibpy", "config", "initpy !test" }) do
    for stop = 1, #word do
      local query = word:sub(1, stop)
      local job = timed("start", f.start, f, query, { limit = 100 })
      local since, seen = now(), nil
      -- A key each 30 ms. As in an event loop, the host sleeps until there are results, and then reads the rows.
      repeat
        timed("feeding", f.feeding, f)
        local r = timed("results", f.results, f)
        for i = 1, r and r ~= seen and math.min(r.count, 50) or 0 do
          timed("text", r.text, r, i)
          timed("positions", r.positions, r, i)
        end
        seen = r
        if r and r.done then
          sleep(math.max(0, 0.03 - (now() - since)))
        else
          job:wait(5)
        end
      until r and r.done and (quick or now() - since >= 0.03)
      job:close()
    end
  end
  timed("close", f.close, f)
  walk:close()
  table.sort(times)
  if not quick then
    local what = "%.2f ms (%s) of %d calls, 99.9%% below %.3f, to be 2"
    local most = slowest[1] * 1000
    bench.promise(
      name,
      what:format(most, slowest[2], count, times[math.ceil(count * 0.999)] * 1000),
      most <= 2
    )
  end
end

-- fzf's ranking ------------------------------------------------------------------------------------------------------

local function has_fzf()
  local pipe = io.popen("fzf --version 2>/dev/null")
  local version = pipe and pipe:read("*l")
  if pipe then
    pipe:close()
  end
  return version
end

--- Returns the first ten paths that fzf lists.
local function listed(file, query, scheme)
  local quoted = "'" .. query:gsub("'", "'\\''") .. "'"
  local command = "FZF_DEFAULT_OPTS= fzf --literal --scheme=%s --filter %s < %s 2>/dev/null | head -n 10"
  local pipe = assert(io.popen(command:format(scheme, quoted, file)))
  local ten = {}
  for line in pipe:lines() do
    ten[#ten + 1] = line
  end
  pipe:close()
  return ten
end

local function ranking_row(scheme)
  local name = ("fzf's top ten, scheme %s"):format(scheme)
  local version = has_fzf()
  if not bench.wanted(name) then
    return
  elseif not version then
    print(name .. ": left out, as fzf is not installed")
    return
  end
  local file = os.tmpname()
  local out = assert(io.open(file, "wb"))
  out:write(table.concat(paths, "\n"), "\n")
  out:close()
  local f = rille.fuzzy({ scheme = scheme })
  f:push(paths)
  local sum, asked, worst = 0, 0, { 2, "" }
  for _, query in ipairs(QUERIES) do
    local theirs, ours = listed(file, query, scheme), {}
    local r = f:query(query, { limit = 10 })
    for i = 1, r.count do
      ours[r:text(i)] = true
    end
    local both = 0
    for _, path in ipairs(theirs) do
      both = both + (ours[path] and 1 or 0)
    end
    -- Without matches there is nothing to compare.
    if #theirs > 0 then
      local share = both / #theirs
      sum, asked = sum + share, asked + 1
      if share < worst[1] then
        worst = { share, query }
      end
    end
    assert((#theirs == 0) == (r.total == 0), query)
  end
  os.remove(file)
  f:close()
  if quick then
    print(name .. ": compared")
    return
  end
  local what = ("%.3f of fzf %s (least %.1f, %s), to be 0.9"):format(
    sum / asked,
    version:match("^%S+"),
    worst[1],
    worst[2]
  )
  bench.promise(name, what, sum / asked >= 0.9)
end

-- Short lists and single texts ---------------------------------------------------------------------------------------

--- The obvious first version: a pattern with gaps, sorted by the length of the gaps.
local function by_pattern(query, list)
  local pattern = query:gsub(".", "%0.-"):sub(1, -3)
  local found = {}
  for i = 1, #list do
    local from, to = list[i]:lower():find(pattern)
    if from then
      found[#found + 1] = { i, to - from }
    end
  end
  table.sort(found, function(a, b)
    return a[2] < b[2] or a[2] == b[2] and a[1] < b[1]
  end)
  return #found
end

local function filter_row(count, query)
  local list = many(count)
  local ten = { limit = 10 }
  bench.row({
    name = ("filter %d paths, %s"):format(count, query),
    bytes = 0,
    rille = function(calls)
      local last
      for _ = 1, calls do
        local r = rille.fuzzy.filter(query, list, ten)
        last = r.total .. " " .. (r.count > 0 and r:text(1) or "")
      end
      return last
    end,
    peers = {
      {
        "fallback",
        function(calls)
          local last
          for _ = 1, calls do
            local r = fallback.filter(query, list, ten)
            last = r.total .. " " .. (r.count > 0 and r:text(1) or "")
          end
          return last
        end,
      },
      {
        "pattern and sort in Lua",
        function(calls)
          local last
          for _ = 1, calls do
            last = by_pattern(query, list)
          end
          return last
        end,
        reach = 1,
        limit = true,
      },
    },
  })
end

local function match_row(query, text)
  bench.row({
    name = ("match %s"):format(query),
    bytes = 0,
    rille = function(calls)
      local last
      for _ = 1, calls do
        last = rille.fuzzy.match(query, text)
      end
      return last
    end,
    peers = {
      {
        "fallback",
        function(calls)
          local last
          for _ = 1, calls do
            last = fallback.match(query, text)
          end
          return last
        end,
        reach = 1,
      },
    },
  })
end

push_row()
typing_row()
ranking_row("default")
ranking_row("path")
filter_row(1000, "main")
filter_row(10000, "main")
filter_row(10000, "zqxjkv")
match_row("srcmain", "project/src/fuzzy/main.rs")
match_row("zqxjkv", "project/src/fuzzy/main.rs")

bench.finish()
