--- Searching in hot loops compiles without an abort and creates no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("search in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local LINE =
  "2026-11-20 12:34:56 GET /index.html?user=bob@example.org HTTP/1.1 200 0.0042 Mozilla/5.0 and so on"
local LONG = LINE:rep(4000)
local word = rille.regex("\\w+@\\w+")
local digits = rille.regex("[0-9]+")
local view = rille.bytes(require("ffi").cast("const uint8_t *", LINE), #LINE)
local spans = digits:spans(LINE)
local methods = rille.literals({ "GET", "POST", "HTTP/1.1", "example" })
local hits = methods:spans(LINE)
-- Compiled before the loops, which then find it in the cache: compiling is not a hot path.
t.kept = rille.regex("[0-9]+", "i")
local scan = rille.scan(rille.literals({ "PUT", "DELETE" }))
local stream = rille.stream(rille.literals({ "GET", "POST" }), "-")
local item, filled = rille.regex("(?<user>\\w+)@(\\w+)"), {}

local pair, captured = rille.regex("(\\w+)@(?<to>\\w+)"), nil
local prefixed = rille.regex("GET (/\\S+)")

local loops = {
  ["a scan of chunks"] = function(n)
    local none = 0
    for i = 1, n do
      if not scan:feed(LINE, i % 8 == 0) then
        none = none + 1
      end
      if i % 8 == 0 then
        scan:reset()
      end
    end
    return none
  end,
  ["a stream that begins anew"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + stream:reset():count()
    end
    return sum
  end,
  ["match_table into a table"] = function(n)
    local sum = 0
    for _ = 1, n do
      local m = item:match_table(LINE, 1, filled)
      sum = sum + #m.user
    end
    return sum
  end,
  ["find"] = function(n)
    local sum = 0
    for _ = 1, n do
      local from, to = word:find(LINE)
      sum = sum + from + to
    end
    return sum
  end,
  ["find in a view from a position"] = function(n)
    local sum = 0
    for i = 1, n do
      sum = sum + digits:find(view, i % 30 + 1)
    end
    return sum
  end,
  ["find of what is not there"] = function(n)
    local none = 0
    for _ = 1, n do
      if not word:find("nothing of the kind") then
        none = none + 1
      end
    end
    return none
  end,
  ["test"] = function(n)
    local found = 0
    for _ = 1, n do
      if word:test(LINE) then
        found = found + 1
      end
    end
    return found
  end,
  ["captures into a table"] = function(n)
    local sum = 0
    for i = 1, n do
      captured = pair:captures(LINE, i % 5 + 1, captured)
      sum = sum + captured[0][1] + captured[1][2] + captured.to[2]
    end
    return sum
  end,
  ["find of a literal prefix"] = function(n)
    local sum = 0
    for i = 1, n do
      local from, to = prefixed:find(LINE, i % 5 + 1)
      sum = sum + from + to
    end
    return sum
  end,
  ["count of matches"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + digits:count(LINE)
    end
    return sum
  end,
  ["a pattern from the cache"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + rille.regex("[0-9]+", "i"):find(LINE)
    end
    return sum
  end,
  ["find of literals"] = function(n)
    local sum = 0
    for i = 1, n do
      local from, to, id = methods:find(LINE, i % 20 + 1)
      sum = sum + from + to + id
    end
    return sum
  end,
  ["gfind over many literals"] = function(n)
    local rounds, sum = 0, 0
    for from, to, id in methods:gfind(LONG) do
      rounds, sum = rounds + 1, sum + from - to + id
      if rounds == n then
        break
      end
    end
    return sum
  end,
  ["spans:get of literals"] = function(n)
    local sum = 0
    for i = 1, n do
      local from, to, id = hits:get(i % 3 + 1)
      sum = sum + from + to + id
    end
    return sum
  end,
  ["spans:get"] = function(n)
    local sum = 0
    for i = 1, n do
      local from, to = spans:get(i % 8 + 1)
      sum = sum + from + to
    end
    return sum
  end,
  ["gfind over many matches"] = function(n)
    local rounds, sum = 0, 0
    for from, to in digits:gfind(LONG) do
      rounds, sum = rounds + 1, sum + from - to
      if rounds == n then
        break
      end
    end
    return sum
  end,
}

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)
