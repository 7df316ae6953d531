--- Tests of the Neovim glue: jobs wake the editor, which continues meanwhile.
-- luacheck: globals vim
local t = ...
local nvim = require("rille.nvim")
local rille = require("rille")
local start = dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")
local uv = vim.uv or vim.loop
local LONG = 60000

--- Runs the loop until a condition holds; returns the ticks of a timer meanwhile.
local function ticking(condition)
  local ticks = 0
  local timer = uv.new_timer()
  timer:start(1, 1, function()
    ticks = ticks + 1
  end)
  local function over()
    return condition(ticks)
  end
  t.ok(vim.wait(LONG, over, 1), "it does not finish")
  timer:stop()
  timer:close()
  return ticks
end

--- Takes all results; returns their number.
local function drain(job)
  local count = 0
  local batch = job:take(64)
  while batch do
    count = count + batch.count
    batch = job:take(64)
  end
  return count
end

t.test("awaited jobs return all their results while the loop keeps running", function()
  local over, results = 0, 0
  for _ = 1, 4 do
    nvim.await(start({ steps = 50, microseconds = 2000, results = 10 }), function(job, state, message)
      -- Forbidden in a callback of the loop, which this is not.
      t.eq(vim.api.nvim_buf_line_count(0), 1)
      results = results + drain(job)
      if state ~= "running" then
        t.eq({ state, message }, { "done", nil })
        over = over + 1
      end
    end)
  end
  -- A job that ends only if the loop continues while it is awaited.
  local endless, ended = start({ steps = 1000000, microseconds = 1000, results = 1 }), nil
  nvim.await(endless, function(job, state)
    drain(job)
    ended = state ~= "running" and state
  end)
  ticking(function(ticks)
    if ticks >= 30 then
      endless:cancel()
    end
    return over == 4 and ended
  end)
  t.eq({ results, ended }, { 2000, "cancelled" })
end)

t.test("a failed job reports its message", function()
  local seen = {}
  for _, fate in ipairs({ "panic", "fail" }) do
    nvim.await(start({ fate = fate }), function(_, state, message)
      seen[fate] = { state, message }
    end)
  end
  ticking(function()
    return seen.panic and seen.fail
  end)
  t.eq(seen.fail, { "failed", "the test asked for this failure" })
  t.eq(seen.panic[1], "failed")
  t.ok(seen.panic[2]:find("on purpose", 1, true))
end)

t.test("a function may take only some results and is called again", function()
  local batches, over = 0, false
  nvim.await(start({ steps = 1, results = 100 }), function(job, state)
    local batch = job:take(10)
    if batch then
      batches = batches + 1
      return true
    end
    over = state ~= "running"
  end)
  ticking(function()
    return over
  end)
  t.eq(batches, 10)
  -- Each time in another turn of the loop, in which keys and timers have theirs.
  local turns = 0
  local ticks = ticking(
    function()
      return turns > 20
    end,
    nvim.await(start({}), function()
      local since = uv.hrtime()
      while uv.hrtime() - since < 2e6 do -- luacheck: ignore 542
      end
      turns = turns + 1
      return turns <= 20
    end)
  )
  t.ok(ticks >= 5, ticks)
end)

t.test("job forms are awaited: their result is there at the end", function()
  local words, results, open = {}, {}, 0
  for i = 1, 300000 do
    words[i] = "word number " .. i
  end
  local fuzzy = rille.fuzzy()
  local path = vim.fn.tempname()
  vim.fn.writefile({ "first", "second", "third" }, path)
  local function await(name, job)
    open = open + 1
    nvim.await(job, function(self, state, message)
      t.eq({ state, message }, { "done", nil })
      results[name] = { self:result() }
      open = open - 1
    end)
  end
  await("text", rille.text.count_job(("a word "):rep(10000), "word"))
  await("regex", rille.regex_job("wor(.)"))
  -- The thread that polls does their work: nothing but the wait polls them.
  await("push", fuzzy:push_job(words))
  await("filter", rille.fuzzy.filter_job("word 77", words, { limit = 3 }))
  nvim.await(rille.file_job(path), function(self)
    local doc = self:result()
    await("slice", doc:slice_job(1, 5))
    nvim.await(doc:lines_job(2, 3), function(lines)
      doc:close()
      results.lines = lines:result()
      lines:close()
    end)
  end)
  local ticks = ticking(function()
    return open == 0 and results.lines and results.slice
  end)
  t.ok(ticks > 1, "the editor stood still meanwhile")
  t.eq({ results.text[1], results.push[1], results.slice[1] }, { 20000, 300000, "first" })
  t.eq({ results.regex[1]:match("a word"), results.filter[1].count }, { "d", 3 })
  t.eq({ results.lines:text(1), results.lines:text(2) }, { "second", "third" })
  fuzzy:close()
  os.remove(path)
end)

t.test("stop and close end a wait for a job form", function()
  local words, calls = {}, 0
  for i = 1, 300000 do
    words[i] = "word number " .. i
  end
  local fuzzy = rille.fuzzy()
  local jobs = { fuzzy:push_job(words), fuzzy:push_job(words) }
  local function call()
    calls = calls + 1
  end
  nvim.await(jobs[1], call):stop()
  nvim.await(jobs[2], call)
  jobs[2]:close()
  ticking(function(ticks)
    return ticks > 20
  end)
  t.eq({ calls, jobs[1]:closed() }, { 0, false })
  fuzzy:close()
  t.raises("rille: closed", nvim.await, jobs[2], call)
  t.raises("job must be a job, got table", nvim.await, {}, call)
end)

t.test("stop, close and an error end a wait", function()
  local calls = { stop = 0, close = 0, error = 0, other = 0 }
  local notify, shown = vim.notify, nil
  vim.notify = function(message) -- luacheck: ignore 122
    shown = message
  end
  local function job()
    return start({ steps = 20, microseconds = 1000, results = 1 })
  end
  local wait
  wait = nvim.await(job(), function()
    calls.stop = calls.stop + 1
    wait:stop()
  end)
  nvim.await(job(), function(self)
    calls.close = calls.close + 1
    self:close()
  end)
  nvim.await(job(), function()
    calls.error = calls.error + 1
    error("on purpose")
  end)
  local over
  nvim.await(job(), function(self, state)
    calls.other = calls.other + drain(self)
    over = state ~= "running"
  end)
  ticking(function()
    return over and calls.stop > 0 and calls.close > 0 and shown
  end)
  vim.notify = notify -- luacheck: ignore 122
  t.eq(calls, { stop = 1, close = 1, error = 1, other = 20 })
  t.ok(shown:find("rille: await: on purpose", 1, true), shown)
end)

t.test("a job that has finished before it is awaited is reported as well", function()
  local job, reported = start({ steps = 1, results = 3 }), nil
  while job:poll() == "running" do
    job:wait(1)
  end
  nvim.await(job, function(self, state)
    reported = { state, drain(self) }
  end)
  t.eq(reported, nil)
  ticking(function()
    return reported
  end)
  t.eq(reported, { "done", 3 })
end)

t.test("cancelling is reported", function()
  local job, reported = start({ steps = 1000000, microseconds = 1000 }), nil
  nvim.await(job, function(_, state)
    reported = state
  end)
  job:cancel()
  ticking(function()
    return reported
  end)
  t.eq(reported, "cancelled")
end)

t.test("results reach the function without polling", function()
  local delays = {}
  local over = false
  local job = start({ steps = 200, microseconds = 1000, results = 1, fate = "time" })
  nvim.await(job, function(self, state)
    local now = uv.hrtime() / 1000
    local batch = self:take(1)
    while batch do
      delays[#delays + 1] = (now - batch[1]) % 2 ^ 32
      batch = self:take(1)
    end
    over = state ~= "running"
  end)
  -- Nothing else wakes the editor meanwhile.
  t.ok(vim.wait(LONG, function()
    return over
  end, LONG))
  t.eq(#delays, 200)
  table.sort(delays)
  io.stdout:write(("median %.0f µs, nine of ten within %.0f µs\n"):format(delays[100], delays[180]))
end)

t.test("a walk and a search of the tree", function()
  local root, count, over = os.getenv("RILLE_ROOT"), {}, 0
  for _, kind in ipairs({ "walk", "grep" }) do
    count[kind] = 0
    local job = kind == "walk" and rille.walk(root .. "/lua") or rille.grep("local", root .. "/lua")
    nvim.await(job, function(self, state)
      count[kind] = count[kind] + drain(self)
      over = over + (state ~= "running" and 1 or 0)
    end)
  end
  ticking(function()
    return over == 2
  end)
  t.ok(count.walk > 30, count.walk .. " files")
  t.ok(count.grep > 500, count.grep .. " lines")
end)

t.test("a file that is followed and searched", function()
  local path = os.tmpname()
  local function append(text)
    local file = assert(io.open(path, "ab"))
    file:write(text)
    file:close()
  end
  append(("a line with a needle\n"):rep(100000))
  local doc = t.ok(rille.file(path))
  local count, over = 0, nil
  nvim.await(t.ok(doc:search(rille.regex("needle"))), function(job, state, message)
    t.eq(vim.api.nvim_buf_line_count(0), 1)
    local batch = job:take()
    while batch do
      count = count + batch.count
      batch = job:take()
    end
    over = state ~= "running" and { state, message }
  end)
  ticking(function()
    return over
  end)
  t.eq({ count, over }, { 100000, { "done", nil } })
  -- Lines that are written while the editor waits.
  local lines, written, ended = {}, 0, nil
  local follower = doc:follow()
  local writer = uv.new_timer()
  writer:start(
    10,
    10,
    vim.schedule_wrap(function()
      if written < 5 then
        written = written + 1
        append(("line %d\n"):format(written))
      end
    end)
  )
  nvim.await(follower, function(job, state)
    while job:take() do
      while doc:refresh() == "grown" do
      end
      lines[#lines + 1] = doc:last(1):text(1)
    end
    if state == "running" and lines[#lines] == "line 5" then
      job:cancel()
    end
    ended = state ~= "running" and state
  end)
  ticking(function()
    return ended
  end)
  writer:stop()
  writer:close()
  t.eq({ ended, lines[#lines], doc:line_count() }, { "cancelled", "line 5", 100005, true })
  doc:close()
  os.remove(path)
end)

t.test("programmer errors", function()
  t.raises("rille.nvim.await: fn must be a function, got nil", nvim.await, start({}))
  t.raises("rille.nvim.await: job must be a job, got nil", nvim.await, nil, print)
  local job = start({})
  job:close()
  t.raises("rille: closed", nvim.await, job, print)
end)

t.test("the editor may exit while jobs run", function()
  for _ = 1, 20 do
    nvim.await(start({ steps = 1000000, microseconds = 100, results = 1 }), drain)
  end
  local job = start({ steps = 1000000, microseconds = 100, results = 1 })
  local note = rille.notifier():watch(job)
  t.ok(note:fd() > 2)
  _G.kept = { job, note }
end)
