--- Tests of the LÖVE glue: love.update polls jobs while frames continue. Each `yield` is a frame.
-- luacheck: globals love
local t = ...
local glue = require("rille.love")
local start = dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")

--- Runs frames until a condition holds; returns their number.
local function frames(condition)
  local count, since = 0, love.timer.getTime()
  while not condition(count) do
    t.ok(love.timer.getTime() - since < 60, "it does not finish")
    coroutine.yield()
    glue.update()
    count = count + 1
  end
  return count
end

local function drain(job)
  local count = 0
  local batch = job:take(64)
  while batch do
    count = count + batch.count
    batch = job:take(64)
  end
  return count
end

t.test("awaited jobs return all their results while frames continue", function()
  local over, results = 0, 0
  for _ = 1, 4 do
    glue.await(start({ steps = 50, microseconds = 2000, results = 10 }), function(job, state, message)
      results = results + drain(job)
      if state ~= "running" then
        t.eq({ state, message }, { "done", nil })
        over = over + 1
      end
    end)
  end
  -- A job that ends only if frames continue while it is awaited.
  local endless, ended = start({ steps = 1000000, microseconds = 1000, results = 1 }), nil
  glue.await(endless, function(job, state)
    drain(job)
    ended = state ~= "running" and state
  end)
  t.eq(glue.update(), 5)
  frames(function(count)
    if count >= 20 then
      endless:cancel()
    end
    return over == 4 and ended
  end)
  t.eq({ results, ended }, { 2000, "cancelled" })
  t.eq(glue.update(), 0)
end)

t.test("a frame may take only some results", function()
  local batches, over = 0, false
  glue.await(start({ steps = 1, results = 100 }), function(job, state)
    if job:take(10) then
      batches = batches + 1
      return true
    end
    over = state ~= "running"
  end)
  frames(function()
    return over
  end)
  t.eq(batches, 10)
end)

t.test("a failed job reports its message", function()
  local seen
  glue.await(start({ fate = "fail" }), function(_, state, message)
    seen = { state, message }
  end)
  frames(function()
    return seen
  end)
  t.eq(seen, { "failed", "the test asked for this failure" })
end)

t.test("stop and close end a wait", function()
  local calls = { stop = 0, close = 0 }
  local wait
  wait = glue.await(start({ steps = 20, microseconds = 1000, results = 1 }), function()
    calls.stop = calls.stop + 1
    wait:stop()
  end)
  glue.await(start({ steps = 20, microseconds = 1000, results = 1 }), function(job)
    calls.close = calls.close + 1
    job:close()
  end)
  frames(function()
    return glue.update() == 0
  end)
  t.eq(calls, { stop = 1, close = 1 })
end)

t.test("programmer errors", function()
  t.raises("rille.love.await: fn must be a function, got nil", glue.await, start({}))
  t.raises("rille.love.await: job must be a job, got nil", glue.await, nil, print)
end)

t.test("the game may exit while jobs run", function()
  local jobs = {}
  for i = 1, 20 do
    jobs[i] = start({ steps = 1000000, microseconds = 100, results = 1 })
    glue.await(jobs[i], drain)
  end
  -- The jobs left over are still running; whoever started the game checks that it exits cleanly.
  t.eq(glue.update(), 20)
  for _, job in ipairs(jobs) do
    t.eq((job:poll()), "running")
  end
end)
