--- Reading files in hot loops compiles without an abort and creates no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("files in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
local file = assert(rille.file(here .. "file_jit_spec.lua"))
local size = assert(file:size())
local batch = assert(file:lines(1, 5))
local search = assert(file:search(rille.regex("local")))
while search:poll() == "running" do
  search:wait(60000)
end
local matches = assert(search:take())

local loops = {
  ["file:line_at and file:offset_of"] = function(n)
    local sum = 0
    for i = 1, n do
      sum = sum + file:line_at(i % size + 1) + file:offset_of(i % 5 + 1)
    end
    return sum
  end,
  ["file:size and file:line_count"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + file:size() + (file:line_count())
    end
    return sum
  end,
  ["lines:text, lines:offset, lines:number and lines:cut"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + #batch:text(2) + batch:offset(2) + batch:number(2) + (batch:cut(2) and 1 or 0)
    end
    return sum
  end,
  ["matches:span and matches:line"] = function(n)
    local sum = 0
    for _ = 1, n do
      local from, to = matches:span(1)
      sum = sum + from + to + matches:line(1)
    end
    return sum
  end,
}

dofile(here .. "traces.lua")(t, loops)
