--- Fuzzy matching in hot loops compiles without an abort and creates no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("fuzzy in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
local f = rille.fuzzy()
f:push({ "src/main.rs", "src/fuzzy/query.rs", "README.md" })
local r = f:query("r")
local buffer, positions = rille.buffer(), {}
local ranked = rille.fuzzy.filter("r", { "src/main.rs", "README.md" })

local loops = {
  ["fuzzy:len"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + f:len()
    end
    return sum
  end,
  ["fuzzy:text"] = function(n)
    local sum = 0
    for i = 1, n do
      sum = sum + #f:text(i % 3 + 1)
    end
    return sum
  end,
  ["rows of a corpus"] = function(n)
    local sum = 0
    for i = 1, n do
      local row = i % 3 + 1
      sum = sum + r:index(row) + r:score(row) + #r:text(row)
    end
    return sum
  end,
  ["rows of a list"] = function(n)
    local sum = 0
    for i = 1, n do
      local row = i % 2 + 1
      sum = sum + ranked:index(row) + ranked:score(row) + #ranked:text(row)
    end
    return sum
  end,
  ["rows read into a buffer and a list"] = function(n)
    local sum = 0
    for i = 1, n do
      local row = i % 3 + 1
      buffer:reset()
      sum = sum + r:text_into(buffer, row) + #r:positions(row, positions)
    end
    return sum
  end,
  ["rille.fuzzy.match of what does not match"] = function(n)
    local sum = 0
    for _ = 1, n do
      if not rille.fuzzy.match("xyz", "src/main.rs") then
        sum = sum + 1
      end
    end
    return sum
  end,
}

dofile(here .. "traces.lua")(t, loops)

t.test("a list of strings is pushed by compiled code", function()
  if not jit.status() then
    t.skip("the JIT is off")
  end
  local items = {}
  for i = 1, 20000 do
    items[i] = "item" .. i
  end
  local aborts = {}
  local function watch(what, _, func, _, a, b)
    if what == "abort" then
      aborts[#aborts + 1] = ("%s: error %s (%s)"):format(tostring(func), tostring(a), tostring(b))
    end
  end
  jit.flush()
  collectgarbage("stop")
  jit.attach(watch, "trace")
  for _ = 1, 3 do
    f:push(items)
  end
  jit.attach(watch)
  collectgarbage("restart")
  t.eq(aborts, {})
  t.eq(f:len(), 60003)
end)
