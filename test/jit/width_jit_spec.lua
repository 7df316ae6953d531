--- Hot calls that measure display cells compile without an abort and create no garbage.
local t = ...
local rille = require("rille")
local text = rille.text

local LINE = "hello world"
local MIXED = "größer 日本 😀"
local WIDTH, TRUNCATE = { ambiguous = 2, tabstop = 4 }, { side = "middle", ellipsis = "..." }
-- Long enough that its loops are worth a trace: with a short list most recordings leave the loop and are aborted.
local LIST = {}
for i = 1, 99, 3 do
  LIST[i], LIST[i + 1], LIST[i + 2] = LINE, MIXED, "short"
end
local buffer = rille.buffer(4096)

local loops = {
  ["width of ASCII"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.width(LINE)
    end
    return sum
  end,
  ["width of mixed text, and with options"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.width(MIXED) + text.width(MIXED, WIDTH)
    end
    return sum
  end,
  ["truncate to a string that is there already"] = function(n)
    local last
    for _ = 1, n do
      last = text.truncate(MIXED, 8)
    end
    return last
  end,
  ["truncate_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.truncate_into(buffer, MIXED, 8, TRUNCATE)
    end
    return sum
  end,
  ["pad_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.pad_into(buffer, MIXED, 40)
    end
    return sum
  end,
}

--- Functions with loops of their own, each of which is compiled alone: a trace of the caller's loop is then aborted.
local coarse = {
  ["truncate_list_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.truncate_list_into(buffer, LIST, 8)
    end
    return sum
  end,
  ["wrap_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.wrap_into(buffer, MIXED, 8)
    end
    return sum
  end,
}

if rille.backend == "native" then
  -- Modules are loaded, and option tables checked, at their first use.
  for _, loop in pairs(loops) do
    loop(1)
  end
end

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)

for name, loop in pairs(coarse) do
  t.test(name .. " makes next to no garbage", function()
    if not jit.status() then
      t.skip("the JIT is off")
    elseif rille.backend ~= "native" then
      t.skip("the fallback makes no such promise")
    end
    -- Which of its loops starts a trace first is random, and some orders leave one to the interpreter.
    local least = math.huge
    for _ = 1, 5 do
      jit.flush()
      loop(500)
      collectgarbage()
      collectgarbage("stop")
      local before = collectgarbage("count")
      loop(1000)
      least = math.min(least, (collectgarbage("count") - before) * 1024)
      collectgarbage("restart")
    end
    -- A call may box a pointer between two loops.
    t.ok(least < 64000, ("%d bytes after 1,000 rounds"):format(least))
  end)
end
