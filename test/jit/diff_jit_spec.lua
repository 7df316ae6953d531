--- Reading hunks in hot loops compiles without an abort and creates no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("diffs in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local hunks = rille.diff(("a\nb\nc\n"):rep(100), ("a\nB\nc\nd\n"):rep(100))

local loops = {
  ["the lines of hunks"] = function(n)
    local sum = 0
    for i = 1, n do
      local a_first, a_count, b_first, b_count = hunks:get(i % hunks.count + 1)
      sum = sum + a_first + a_count + b_first + b_count
    end
    return sum
  end,
  ["the kinds of hunks"] = function(n)
    local changes = 0
    for i = 1, n do
      if hunks:kind(i % hunks.count + 1) == "change" then
        changes = changes + 1
      end
    end
    return changes
  end,
}

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)
