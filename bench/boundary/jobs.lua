--- Measures what jobs cost the host's thread: a job without work, the longest time of any call, and under `nvim -l` the
--- time from a result to its handler.
---
--- Jobs that do nothing are those of the tests: RILLE_LIB has to name a library with the feature `testing`.
local bench = dofile("bench/common/bench.lua")
local rille = require("rille")
local start = dofile("test/support/jobs.lua")
local vim = rawget(_G, "vim")
local now = bench.now

local tree = os.getenv("RILLE_BENCH_TREE") or bench.quick and "." or "/usr"
local LONG = 20000

bench.title("jobs: what they cost the host")

--- Starts a job that does nothing, waits for its end and takes its results.
local function one()
  local job = start({ steps = 0 })
  while job:wait(LONG) == "running" do
    job:take()
  end
  job:take()
  job:close()
end

local function times_of_one(rounds, calls, pause)
  local times = {}
  for round = 1, bench.quick and 2 or rounds do
    if pause then
      start({ steps = 1, microseconds = pause }):wait(LONG)
      -- Every thread is asleep by now.
      local since = now()
      while now() - since < 0.0002 do
      end
    end
    local since = now()
    for _ = 1, calls do
      one()
    end
    times[round] = (now() - since) / calls
  end
  return times
end

if bench.wants("an empty job") then
  bench.figures("an empty job, 200 in turn", times_of_one(50, 200), "µs", { median = 15 })
  bench.figures("an empty job, after a pause", times_of_one(500, 1, 1000), "µs", { median = 15 })
end

--- Calls a method and records its time.
local function timed(times, fn, ...)
  local since = now()
  local result = fn(...)
  times[#times + 1] = now() - since
  return result
end

for _, kind in ipairs({ "walk", "grep" }) do
  local name = "calls of a " .. kind .. ", with all threads busy"
  if bench.wants(name) then
    local times, results = {}, 0
    for _ = 1, bench.quick and 1 or 10 do
      local job
      if kind == "walk" then
        job = timed(times, rille.walk, tree)
      else
        job = timed(times, rille.grep, "the", tree)
      end
      local state
      repeat
        -- As in an event loop: asleep until there are results.
        job:wait(LONG)
        state = timed(times, job.poll, job)
        local batch = timed(times, job.take, job)
        while batch do
          results = results + batch.count
          batch = timed(times, job.take, job)
        end
      until state ~= "running" or results > 1000000
      timed(times, job.cancel, job)
      timed(times, job.close, job)
    end
    bench.figures(name, times, "ms", { worst = 2 })
  end
end

local wake = "news to the handler in Neovim"
if vim and bench.wants(wake) then
  local times, over = {}, false
  local job = start({ steps = bench.quick and 10 or 500, microseconds = 1000, results = 1, fate = "time" })
  require("rille.nvim").await(job, function(self, state)
    local here = vim.uv.hrtime() / 1000
    local batch = self:take(1)
    while batch do
      times[#times + 1] = (here - batch[1]) % 2 ^ 32 / 1e6
      batch = self:take(1)
    end
    over = state ~= "running"
  end)
  vim.wait(LONG, function()
    return over
  end, 50)
  bench.figures(wake, times, "ms", { median = 0.3 })
elseif bench.wants(wake) then
  print(wake .. ": left out, this is no Neovim")
end

bench.finish()
