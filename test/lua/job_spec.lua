--- Jobs and notifiers.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" then
  return t.test("jobs report that they need the native library", function()
    local notifier, message = rille.notifier()
    t.eq(notifier, nil)
    t.ok(message:find("needs the native library", 1, true), message)
  end)
end

t.test("a notifier has a descriptor until it is closed", function()
  local note = rille.notifier()
  t.ok(note:fd() > 2)
  t.eq(note:drain(), false)
  note:close()
  note:close()
  t.raises("rille: closed", note.fd, note)
  t.raises("rille: closed", note.drain, note)
  t.raises("rille: closed", note.watch, note, {})
  t.raises("rille.notifier:watch: job must be a job, got table", function()
    rille.notifier():watch({})
  end)
end)

if os.getenv("RILLE_TESTING") ~= "1" then
  return t.test("jobs", function()
    t.skip("needs the library with the feature `testing`")
  end)
end

local start = dofile((debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./") .. "../support/jobs.lua")
local LONG = 60000

--- Takes all results of a job until it has ended.
local function collect(job)
  local numbers = {}
  while true do
    local state, done, message, total = job:wait(LONG)
    local batch = job:take()
    while batch do
      for i = 1, batch.count do
        numbers[#numbers + 1] = batch[i]
      end
      batch = job:take()
    end
    if state ~= "running" then
      return state, numbers, message, done, total
    end
  end
end

--- Waits for the end of a job, whose results nobody takes.
local function finish(job)
  for _ = 1, 20000 do
    local state, _, message = job:poll()
    if state ~= "running" then
      return state, message
    end
    start({ steps = 1, microseconds = 500 }):wait(LONG)
  end
  error("the job does not end", 2)
end

t.test("a job that does nothing is done", function()
  local job = start({ steps = 0 })
  t.eq({ job:wait(LONG) }, { "done", 0, nil, 0 })
  t.eq(job:take(), nil)
  t.eq(job:ready(), false)
  t.eq({ job:wait() }, { "done", 0, nil, 0 })
  t.eq(job:closed(), false)
  job:close()
  job:close()
  t.eq(job:closed(), true)
  for _, method in ipairs({ "poll", "ready", "take", "wait", "cancel" }) do
    t.raises("rille: closed", job[method], job)
  end
end)

t.test("results come in order and in batches", function()
  local state, numbers, message, done, total = collect(start({ steps = 100, results = 50 }))
  t.eq({ state, message, done, total }, { "done", nil, 100, 100 })
  t.eq(#numbers, 5000)
  for i, number in ipairs(numbers) do
    t.eq(number, i - 1)
  end
  local job = start({ steps = 1, results = 10 })
  finish(job)
  t.eq(job:ready(), true)
  t.eq(job:take(3), { count = 3, 0, 1, 2 })
  t.eq(job:take(7).count, 7)
  t.eq(job:take(), nil)
  t.eq(job:ready(), false)
end)

t.test("a panic in a job is a failed job with its message", function()
  local state, numbers, message = collect(start({ steps = 2, results = 3, fate = "panic" }))
  t.eq({ state, #numbers }, { "failed", 6 })
  t.ok(message:find("internal error in rille, please report it: on purpose", 1, true), message)
  t.eq((collect(start({ steps = 1 }))), "done")
end)

t.test("a job may fail with a message", function()
  local state, _, message = collect(start({ fate = "fail" }))
  t.eq({ state, message }, { "failed", "the test asked for this failure" })
end)

t.test("cancelling stops a job and keeps the results found before", function()
  local job = start({ steps = 1000000, microseconds = 1000, results = 1 })
  t.eq((job:wait(LONG)), "running")
  job:cancel()
  job:cancel()
  t.eq((finish(job)), "cancelled")
  t.eq(job:take(1), { count = 1, 0 })
  local over = start({ steps = 0 })
  over:wait(LONG)
  over:cancel()
  t.eq((over:poll()), "done")
end)

t.test("many cancels at random times", function()
  local jobs = {}
  for i = 1, 500 do
    jobs[i] = start({ steps = 1000000, microseconds = 200, results = i % 3 })
    if i % 2 == 0 then
      jobs[i]:cancel()
    end
  end
  for _, job in ipairs(jobs) do
    job:cancel()
  end
  for _, job in ipairs(jobs) do
    t.eq((finish(job)), "cancelled")
    job:close()
  end
  t.eq((collect(start({ steps = 1 }))), "done")
end)

t.test("ten thousand jobs", function()
  local jobs = {}
  for i = 1, 10000 do
    jobs[i] = start({ steps = 1, results = 1 })
  end
  for i = 1, 10000 do
    t.eq((finish(jobs[i])), "done")
    t.eq(jobs[i]:take(5), { count = 1, 0 })
    jobs[i]:close()
  end
end)

t.test("unreferenced jobs are cancelled by the collector", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collectgarbage()
  collectgarbage()
  local before = rille.stats().handles.job
  for _ = 1, 200 do
    start({ steps = 1000000, microseconds = 1000, results = 1 })
  end
  collectgarbage()
  collectgarbage()
  t.eq(rille.stats().handles.job, before)
  t.eq((collect(start({ steps = 1 }))), "done")
end)

t.test("a job waits while its results are not taken, and others run meanwhile", function()
  local full = {}
  for i = 1, 20 do
    -- With numbers that count as 1,000 bytes each, 4,195 are slightly more than 4 MiB.
    full[i] = start({ steps = 1000000, results = 100 })
  end
  for _, job in ipairs(full) do
    while select(2, job:poll()) < 41 do
      t.eq((collect(start({ steps = 1, microseconds = 200 }))), "done")
    end
  end
  t.eq((collect(start({ steps = 1, microseconds = 20000 }))), "done")
  t.ok(rille.stats().bytes.job >= 20 * 4 * 2 ^ 20)
  for _, job in ipairs(full) do
    t.eq({ job:poll() }, { "running", 41, nil, 1000000 })
    job:cancel()
    t.eq((finish(job)), "cancelled")
    t.eq(job:take(10000).count, 4195)
    job:close()
  end
end)

t.test("a wait ends at its timeout", function()
  local job = start({ steps = 1000000, microseconds = 1000 })
  t.eq((job:wait(0)), "running")
  t.eq((job:wait(0.5)), "running")
  job:cancel()
  t.eq((job:wait(LONG)), "cancelled")
  t.raises("rille.job:wait: ms must be a number of milliseconds, got %-1", job.wait, job, -1)
  t.raises("rille.job:wait: ms must be a number of milliseconds, got x", job.wait, job, "x")
  t.raises("rille.job:take: n must be a number of results from 1 on, got 0", job.take, job, 0)
  t.raises("rille.job:take: n must be a number of results from 1 on, got 1.5", job.take, job, 1.5)
end)

local WINDOWS = ffi.os == "Windows"
if not pcall(ffi.typeof, "struct rille_test_pollfd") then
  -- Under our own names: hosts declare the system's functions. On Windows the descriptor is a socket.
  ffi.cdef(([[
  struct rille_test_pollfd { %s fd; short events; short revents; };
  int rille_test_poll(struct rille_test_pollfd *fds, unsigned long count, int timeout) __asm__("%s");
  ]]):format(WINDOWS and "uintptr_t" or "int", WINDOWS and "WSAPoll" or "poll"))
end
local poll = (WINDOWS and ffi.load("ws2_32") or ffi.C).rille_test_poll
local READABLE = WINDOWS and 0x300 or 1

--- Returns whether a descriptor becomes readable within a number of milliseconds.
local function readable(fd, ms)
  local fds = ffi.new("struct rille_test_pollfd[1]")
  fds[0].fd, fds[0].events = fd, READABLE
  return poll(fds, 1, ms) == 1
end

t.test("a descriptor becomes readable when a job is ready", function()
  local note = rille.notifier()
  local job = start({ steps = 3, microseconds = 10000, results = 1 })
  t.eq(note:watch(job), note)
  note:watch(job)
  local results, state = 0
  repeat
    t.ok(readable(note:fd(), LONG), "no news")
    note:drain()
    state = job:poll()
    local batch = job:take()
    while batch do
      results = results + batch.count
      batch = job:take()
    end
  until state ~= "running"
  t.eq({ state, results }, { "done", 3 })
  -- The last wake-up may come after the state that it announces.
  t.soon(function()
    note:drain()
    return not readable(note:fd(), 0)
  end)
  note:close()
  t.raises("rille: closed", note.watch, note, job)
end)

t.test("watching a job that has ended makes the descriptor readable at once", function()
  local note = rille.notifier()
  local job = start({ steps = 0 })
  job:wait(LONG)
  note:watch(job)
  t.eq(readable(note:fd(), 0), true)
  t.eq(note:drain(), true)
  note:close()
  note = rille.notifier()
  job = start({ steps = 1000000, microseconds = 1000 })
  note:watch(job)
  t.eq(readable(note:fd(), 0), false)
  job:cancel()
  t.eq(readable(note:fd(), LONG), true)
  job:close()
  t.raises("rille: closed", note.watch, note, job)
  note:close()
end)

t.test("one notifier for many jobs, and many for one", function()
  local notes, jobs = {}, {}
  for i = 1, 5 do
    notes[i] = rille.notifier()
  end
  for i = 1, 200 do
    jobs[i] = start({ steps = 2, microseconds = 100, results = 1 })
    for _, note in ipairs(notes) do
      note:watch(jobs[i])
    end
  end
  local left = #jobs
  while left > 0 do
    t.ok(readable(notes[1]:fd(), LONG), "news were lost")
    notes[1]:drain()
    for i = 1, 200 do
      local job = jobs[i]
      if job and job:poll() ~= "running" then
        job:close()
        jobs[i] = false
        left = left - 1
      end
    end
  end
  for i = 2, 5 do
    t.eq(readable(notes[i]:fd(), LONG), true)
    notes[i]:close()
  end
end)

t.test("jobs and notifiers are closed in any order", function()
  for i = 1, 100 do
    local note, job = rille.notifier(), start({ steps = 20, microseconds = 50, results = 2 })
    note:watch(job)
    if i % 2 == 0 then
      note:close()
      t.eq((collect(job)), "done")
    else
      job:close()
      note:drain()
    end
  end
end)

t.test("a job stops within 10 ms of its cancellation", function()
  local best = math.huge
  -- The best of several rounds, as other work of the machine must not count.
  for _ = 1, 30 do
    local job = start({ steps = 1000000, microseconds = 1000 })
    while select(2, job:poll()) == 0 do
      job:wait(1)
    end
    job:cancel()
    local looks = 0
    while job:wait(1) == "running" do
      looks = looks + 1
    end
    best = math.min(best, looks)
    if best <= 9 then
      break
    end
  end
  t.ok(best <= 9, best .. " ms")
end)
