--- What specs of hot loops share: each loop is proven to compile without an abort and to make no garbage.
---
---   dofile(directory .. "traces.lua")(t, loops)
---
--- `loops` has functions by name; each takes how many rounds to run.
local rille = require("rille")

--- Runs `loop` under the eyes of the trace recorder: how many traces of it were made, and why one was given up.
---
--- A trace of the loop is one that starts in it, behind the head of its function, or at a side exit. The recorder also
--- tries that function, and those that it calls, on their own when their counters, which are shared by hash, happen to run
--- out first; such a trace is given up by design, and keeps nothing from being compiled.
local function record(t, loop)
  local made, aborts, ours = 0, {}, false
  local function watch(what, _, func, pc, a, b)
    if what == "start" then
      ours = func == loop and pc > 0 or a ~= nil
    elseif what == "stop" and ours then
      made = made + 1
    elseif what == "abort" and ours then
      aborts[#aborts + 1] = ("error %s (%s)"):format(tostring(a), tostring(b))
    end
  end
  -- What a first call alone does: names of C are bound, and memory is made that later ones use in another way. A recording
  -- that meets a name that was never used ends.
  loop(3)
  jit.flush()
  jit.opt.start("hotloop=2")
  -- A finaliser of what others left behind would end the recording.
  collectgarbage()
  collectgarbage("stop")
  jit.attach(watch, "trace")
  local ok, message = pcall(loop, 2000)
  jit.attach(watch)
  collectgarbage("restart")
  jit.opt.start("hotloop=56")
  t.ok(ok, message)
  return made, aborts
end

local function prove(t, loops, name)
  t.test(name .. " compiles without an abort", function()
    if not jit.status() then
      t.skip("the JIT is off")
    elseif rille.backend ~= "native" then
      t.skip("the fallback makes no such promise")
    end
    local made, aborts = record(t, loops[name])
    t.eq(aborts, {})
    t.ok(made > 0, "no trace was made")
  end)

  t.test(name .. " makes no garbage", function()
    if not jit.status() then
      t.skip("the JIT is off")
    elseif rille.backend ~= "native" then
      t.skip("the fallback makes no such promise")
    end
    local loop = loops[name]
    loop(5000)
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    loop(10000)
    local garbage = (collectgarbage("count") - before) * 1024
    collectgarbage("restart")
    -- A side trace that is made now may cost some; 10,000 calls that leave even one byte each would show.
    t.ok(garbage < 5000, ("%d bytes after 10,000 rounds"):format(garbage))
  end)
end

return function(t, loops)
  local names = {}
  for name in pairs(loops) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    prove(t, loops, name)
  end
end
