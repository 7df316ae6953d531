--- The lifetimes of handles, finalisers and the namespace of the library.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("handles are native", function()
    t.skip("the fallback has none")
  end)
end

local function live()
  return rille.stats().handles.buffer, rille.stats().bytes.buffer
end

local function collect()
  collectgarbage()
  collectgarbage()
end

t.test("stats count handles and their memory", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collect()
  local handles, memory = live()
  local buffer = rille.buffer(1000000)
  local now, more = live()
  t.eq(now, handles + 1)
  t.ok(more >= memory + 1000000)
  buffer:reserve(5000000)
  t.ok(select(2, live()) >= memory + 5000000)
  buffer:close()
  t.eq({ live() }, { handles, memory })
end)

t.test("one call collected half of a large heap of the host at once", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  local steps, clock, collectgarbage_, clock_ = {}, 0, collectgarbage, os.clock
  -- Each part of the collector takes longer than one check may.
  rawset(os, "clock", function()
    clock = clock + 1
    return clock
  end)
  rawset(_G, "collectgarbage", function(what, size)
    if what == "count" then
      return 2 ^ 20
    elseif what == "step" then
      steps[#steps + 1] = size
      return false
    end
    return collectgarbage_(what, size)
  end)
  local buffer = rille.buffer(1)
  local ok, message = pcall(function()
    buffer:reserve(2 ^ 25)
    buffer:reserve(2 ^ 25 + 2 ^ 17)
    buffer:reserve(2 ^ 25 + 2 ^ 18)
  end)
  rawset(os, "clock", clock_)
  rawset(_G, "collectgarbage", collectgarbage_)
  buffer:close()
  t.ok(ok, message)
  -- A bounded part in each call, and the rest in later ones, although these need little memory.
  t.ok(#steps > 1, #steps)
  for _, size in ipairs(steps) do
    t.ok(size <= 128, size)
  end
end)

t.test("a handle that is dropped is freed by the collector", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collect()
  local handles = live()
  for _ = 1, 100 do
    rille.buffer(1000)
  end
  collect()
  t.eq((live()), handles)
end)

t.test("handles of search that are dropped are freed, too", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collect()
  local before = rille.stats().handles
  for _ = 1, 50 do
    local lits = rille.literals({ "a", "b" }, { memory_limit = 1000000 })
    rille.regexset({ "a", "b" }, { memory_limit = 1000000 })
    rille.stream(lits, "-"):feed("abc")
    -- Patterns with a memory limit of their own are not cached.
    rille.regex("dropped", { memory_limit = 1000000 })
  end
  collect()
  local after = rille.stats().handles
  for _, kind in ipairs({ "regex", "regexset", "literals", "stream" }) do
    t.eq(after[kind], before[kind], kind)
  end
end)

t.test("closing removes the finaliser", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collect()
  local handles = live()
  for _ = 1, 100 do
    rille.buffer(10):close()
  end
  t.eq((live()), handles)
  collect()
  t.eq((live()), handles)
end)

--- Loads rille a second time in this Lua state, returns the new modules, and restores the first ones.
local function reload()
  local saved = {}
  for name in pairs(package.loaded) do
    if name == "rille" or name:find("^rille%.") then
      saved[name] = package.loaded[name]
    end
  end
  for name in pairs(saved) do
    package.loaded[name] = nil
  end
  local again = require("rille")
  t.eq(again.backend, "native")
  t.eq(again.text.count("abc", "char"), 3)
  for name in pairs(package.loaded) do
    if name == "rille" or name:find("^rille%.") then
      package.loaded[name] = nil
    end
  end
  -- All modules, also those that the second copy has not loaded yet.
  for name, value in pairs(saved) do
    package.loaded[name] = value
  end
  return again
end

t.test("reloading the modules works, and both copies continue", function()
  local again = reload()
  t.ok(again ~= rille)
  t.eq(again.text.reverse("abc"), "cba")
  t.eq(rille.text.reverse("abc"), "cba")
end)

t.test("finalisers run after the namespace is dropped", function()
  for _ = 1, 5 do
    local again = reload()
    local keep = {} -- luacheck: ignore 241
    for i = 1, 50 do
      keep[i] = again.buffer(100)
    end
    again = nil -- luacheck: ignore 311
    collect()
    keep = nil -- luacheck: ignore 311
    collect()
  end
  t.eq(rille.text.count("still here", "char"), 10)
end)

t.test("handles may be freed in any order", function()
  local list = {}
  for i = 1, 20 do
    list[i] = rille.buffer(100):put(("x"):rep(i))
  end
  collect()
  local handles = live()
  for i = 1, 20 do
    local at = (i * 7) % 20 + 1
    list[at]:close()
    list[at] = nil
    -- The remaining buffers still have their text.
    for length, buffer in pairs(list) do
      t.eq(buffer:tostring(), ("x"):rep(length))
    end
  end
  t.eq(next(list), nil)
  if not t.shared then
    t.eq((live()), handles - 20)
  end
end)

--- Returns the maximum of a value in rille.stats while many handles are made and dropped without a call of the collector.
local function most(kind, field, times, make)
  collect()
  local highest = 0
  local before = rille.stats()[field][kind]
  for i = 1, times do
    make(i)
    if i % 10 == 0 then
      highest = math.max(highest, rille.stats()[field][kind] - before)
    end
  end
  return highest
end

t.test("unreferenced native memory makes the collector run", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  local text = ("x"):rep(200000)
  local bytes = most("buffer", "bytes", 1500, function()
    rille.buffer(200000)
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of buffers of a fixed size")
  bytes = most("buffer", "bytes", 1500, function()
    rille.buffer():put(text)
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of buffers that grow")
  local small = {}
  for i = 1, 500 do
    small[i] = rille.buffer()
  end
  -- No buffer is made here: they grow, and are dropped one after the other.
  bytes = most("buffer", "bytes", 500, function(i)
    small[i]:reserve(400000)
    small[i] = nil
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of buffers that grow and are dropped")
  local items = {}
  for i = 1, 20000 do
    items[i] = "src/some/directory/file" .. i .. ".lua"
  end
  bytes = most("fuzzy", "bytes", 60, function()
    rille.fuzzy():push(items)
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of fuzzy sessions")
  local lits = rille.literals({ "abc" })
  bytes = most("stream", "bytes", 1500, function()
    rille.stream(lits, text)
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of streams")
  bytes = most("regexset", "bytes", 300, function(i)
    rille.regexset({ "foo" .. i .. "\\w+bar", "(a|b)*c" .. i })
  end)
  t.ok(bytes > 0 and bytes < 64 * 2 ^ 20, bytes .. " bytes of sets, each another one")
end)

t.test("unreferenced descriptors make the collector run", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  -- A process may have 1,024 descriptors.
  local handles = most("notifier", "handles", 2000, function()
    t.ok(rille.notifier())
  end)
  t.ok(handles > 0 and handles < 500, handles .. " notifiers at once")
  handles = most("file", "handles", 1000, function()
    t.ok(rille.file("test/lua/gc_spec.lua", { index = false }) or rille.file("README.md", { index = false }))
  end)
  t.ok(handles > 0 and handles < 300, handles .. " files at once")
end)

t.test("a collector that the host has stopped stays stopped", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collect()
  collectgarbage("stop")
  local before = live()
  for _ = 1, 300 do
    rille.buffer(200000)
  end
  local running, dropped = collectgarbage("isrunning"), live() - before
  collectgarbage("restart")
  t.eq(running, false)
  t.eq(dropped, 300)
  collect()
  t.eq((live()), before)
end)

t.test("sets and lists of the same content share native memory, and each is closed independently", function()
  local function check(make, use)
    local a, b = make({ "one", "two" }), make({ "one", "two" })
    t.ok(rawequal(a.handle, b.handle))
    -- The same text, split elsewhere; another flag; another order.
    for _, other in ipairs({ { "onet", "wo" }, { "onetwo" }, { "two", "one" }, { "one", "two", "one" } }) do
      t.ok(not rawequal(a.handle, make(other).handle))
    end
    a:close()
    a:close()
    t.raises("rille: closed", a.test, a, "one")
    t.eq(use(b), 2)
    b:close()
    t.raises("rille: closed", b.test, b, "one")
    t.eq(use(make({ "one", "two" })), 2)
  end
  check(rille.regexset, function(set)
    return #set:matches("one two")
  end)
  check(rille.literals, function(lits)
    return lits:count("one two")
  end)
  t.eq(rille.regexset({ "A" }, "i"):test("a"), true)
  t.eq(rille.regexset({ "A" }):test("a"), false)
  t.eq(rille.literals({ "A" }, { case = "ignore" }):test("a"), true)
  t.eq(rille.literals({ "A" }):test("a"), false)
  t.eq(rille.literals({ "a", "ab" }, { match = "longest" }):count("ab"), 1)
  t.eq({ rille.literals({ "a", "ab" }):find("ab") }, { 1, 1, 1 })
  t.eq({ rille.literals({ "a", "ab" }, { match = "longest" }):find("ab") }, { 1, 2, 2 })
  t.eq(rille.regexset({}):len(), 0)
  t.eq(rille.literals({}):len(), 0)
end)

t.test("a stream continues when the list that it shares is closed", function()
  local a, b = rille.literals({ "shared one" }), rille.literals({ "shared one" })
  local stream = rille.stream(a, "1")
  a:close()
  b:close()
  t.eq(stream:feed("a shared one b") .. stream:finish(), "a 1 b")
end)

t.test("caches are bounded in number and in bytes", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  for i = 1, 300 do
    rille.regexset({ "cached" .. i })
    rille.literals({ "cached" .. i })
  end
  collect()
  local after = rille.stats()
  for _, kind in ipairs({ "regexset", "literals" }) do
    local kept = after.handles[kind]
    t.ok(kept > 0 and kept <= 128, kept .. " are kept")
  end
  -- Large lists: the limit of bytes is reached long before the limit of entries.
  for i = 1, 40 do
    local list = {}
    for j = 1, 2000 do
      list[j] = ("word %d of list %d and more"):format(j, i)
    end
    rille.literals(list)
  end
  collect()
  local bytes = rille.stats().bytes.literals
  t.ok(bytes <= 20 * 2 ^ 20, bytes .. " bytes are kept")
end)

t.test("a string may be collected right after the call", function()
  local buffer = rille.buffer()
  for i = 1, 2000 do
    rille.text.reverse_into(buffer, ("%d "):format(i), "byte")
    if i % 500 == 0 then
      collectgarbage()
    end
  end
  t.eq(buffer:tostring():sub(1, 8), " 1 2 3 4")
  t.eq(buffer:tostring():sub(-10), " 9991 0002")
  buffer:close()
end)
