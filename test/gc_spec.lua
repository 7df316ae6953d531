--- Lifetimes: handles, finalisers, the namespace of the library.
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
    local lits = rille.literals({ "a", "b" })
    rille.regexset({ "a", "b" })
    rille.stream(lits, "-"):feed("abc")
    -- With a limit of its own a pattern is not in the cache.
    rille.regex("dropped", { size_limit = 1000000 })
  end
  collect()
  local after = rille.stats().handles
  for _, kind in ipairs({ "regex", "regexset", "literals", "stream" }) do
    t.eq(after[kind], before[kind], kind)
  end
end)

t.test("closing takes the finaliser away", function()
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

--- Loads the library once more in this Lua state, and gives its modules; the first ones are put back.
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
  -- All of them, also those that the second copy has not asked for yet.
  for name, value in pairs(saved) do
    package.loaded[name] = value
  end
  return again
end

t.test("reloading the modules works, and both copies go on", function()
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
    -- Those that are left have their text.
    for length, buffer in pairs(list) do
      t.eq(buffer:tostring(), ("x"):rep(length))
    end
  end
  t.eq(next(list), nil)
  if not t.shared then
    t.eq((live()), handles - 20)
  end
end)

t.test("a string that is dropped right after the call is of no concern", function()
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
