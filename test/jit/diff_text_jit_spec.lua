--- Inline diffs in hot loops compile without an abort and create no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("inline diffs in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local inline = rille.diff.inline
local a, b = "let count = compute(old_value, 12);", "let total = compute(new_value, 12);"
local spans = inline(a, b)
local options = { unit = "char" }

local loops = {
  ["inline diffs into an object that is filled again"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + inline(a, b, nil, spans).count
    end
    return sum
  end,
  ["inline diffs with options"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + inline(a, b, options, spans).count
    end
    return sum
  end,
  ["the spans of an inline diff"] = function(n)
    local sum = 0
    for i = 1, n do
      local a_from, a_to, b_from, b_to = spans:get(i % spans.count + 1)
      sum = sum + a_from + a_to + b_from + b_to
    end
    return sum
  end,
}

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)
