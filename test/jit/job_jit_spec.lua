--- Jobs and their batches in hot loops compile without an abort and create no garbage.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("jobs in hot loops", function()
    t.skip("the fallback makes no such promise")
  end)
end

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"

--- Waits for a job, and returns it with a batch.
local function finished(job)
  while job:poll() == "running" do
    job:wait(60000)
  end
  return job, assert(job:take(1))
end

local walk, paths = finished(rille.walk(here, { globs = { "job_jit_spec.lua" } }))
local grep, lines = finished(rille.grep("finished", here, { globs = { "job_jit_spec.lua" } }))
local note = assert(rille.notifier())

local loops = {
  ["job:poll"] = function(n)
    local sum = 0
    for _ = 1, n do
      local state, done = walk:poll()
      if state == "done" then
        sum = sum + done
      end
    end
    return sum
  end,
  ["job:ready"] = function(n)
    local sum = 0
    for _ = 1, n do
      if grep:ready() then
        sum = sum + 1
      end
    end
    return sum
  end,
  ["notifier:drain"] = function(n)
    local sum = 0
    for _ = 1, n do
      if note:drain() then
        sum = sum + 1
      end
    end
    return sum
  end,
  ["paths:path and paths:kind"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + #paths:path(1) + #paths:kind(1)
    end
    return sum
  end,
  ["lines:text and lines:span"] = function(n)
    local sum = 0
    for _ = 1, n do
      local from, to = lines:span(1, lines:spans(1))
      sum = sum + #lines:text(1) + lines:line(1) + lines:offset(1) + from + to
    end
    return sum
  end,
}

dofile(here .. "traces.lua")(t, loops)
