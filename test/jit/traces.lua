--- Tests hot loops: each must compile without an abort and create no garbage.
---
---   dofile(directory .. "traces.lua")(t, loops)
---
--- `loops` contains functions by name; each takes the number of rounds to run.
local rille = require("rille")

--- Runs `loop` while traces are recorded; returns the number of its traces, and why a trace was aborted.
---
--- A trace of the loop starts in it, after the head of its function, or at a side exit. The recorder also tries to compile
--- that function, and those that it calls, alone when their counters, which are shared by hash, reach the limit first; such
--- a trace is always aborted, and does not keep the loop from being compiled.
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
  -- For work that only the first call does: C names are resolved, and memory is allocated that later calls reuse. A
  -- recording that reaches a name not used before is aborted.
  loop(3)
  jit.flush()
  jit.opt.start("hotloop=2")
  -- A finaliser of earlier objects would abort the recording.
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
    local function allocated(rounds)
      collectgarbage()
      collectgarbage("stop")
      local before = collectgarbage("count")
      loop(rounds)
      local bytes = (collectgarbage("count") - before) * 1024
      collectgarbage("restart")
      return bytes
    end
    loop(5000)
    -- What the loop allocates once, such as the object that it works on, is no garbage of its rounds.
    local once = allocated(1000)
    local garbage = allocated(11000) - once
    -- A new side trace may allocate some bytes; one byte left by each of 10,000 calls would exceed this.
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
