--- Tests of the OpenResty glue: a wait yields its light thread, and the others continue.
-- luacheck: globals ngx
local t = ...
local resty = require("rille.resty")
local start = dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")
local LONG = 60000

--- Takes all results of a job until it has finished.
local function collect(job)
  local count = 0
  while true do
    local state, _, message = resty.wait(job, LONG)
    local batch = job:take()
    while batch do
      count = count + batch.count
      batch = job:take()
    end
    if state ~= "running" then
      return state, count, message
    end
  end
end

t.test("a wait yields and returns all results", function()
  local threads = {}
  for i = 1, 4 do
    threads[i] = ngx.thread.spawn(function()
      return collect(start({ steps = 50, microseconds = 2000, results = 10 }))
    end)
  end
  -- A job that ends only if others continue while it is awaited.
  local endless = start({ steps = 1000000, microseconds = 1000, results = 1 })
  local thread = ngx.thread.spawn(function()
    return (collect(endless))
  end)
  for _ = 1, 30 do
    ngx.sleep(0.001)
  end
  endless:cancel()
  t.eq({ ngx.thread.wait(thread) }, { true, "cancelled" })
  for i = 1, 4 do
    t.eq({ ngx.thread.wait(threads[i]) }, { true, "done", 500, nil })
  end
end)

t.test("a wait has a limit", function()
  local job = start({ steps = 1000000, microseconds = 1000 })
  ngx.update_time()
  local since = ngx.now()
  t.eq((resty.wait(job, 30)), "running")
  ngx.update_time()
  t.ok(ngx.now() - since >= 0.028, "it ended early")
  t.eq((resty.wait(job, 0)), "running")
  job:cancel()
  t.eq((resty.wait(job, LONG)), "cancelled")
end)

t.test("a failed job reports its message", function()
  t.eq({ collect(start({ fate = "fail" })) }, { "failed", 0, "the test asked for this failure" })
  t.eq((collect(start({ fate = "panic" }))), "failed")
end)

t.test("a walk and a search of the tree", function()
  local rille, root = require("rille"), os.getenv("RILLE_ROOT")
  local state, count = collect(rille.walk(root .. "/lua"))
  t.eq(state, "done")
  t.ok(count > 30, count .. " files")
  state, count = collect(rille.grep("local", root .. "/lua"))
  t.eq(state, "done")
  t.ok(count > 500, count .. " lines")
end)

t.test("programmer errors", function()
  t.raises("rille.resty.wait: job must be a job, got nil", resty.wait)
  t.raises("rille.resty.wait: timeout must be a number of milliseconds, got x", resty.wait, start({}), "x")
  local job = start({})
  job:close()
  t.raises("rille: closed", resty.wait, job)
end)

t.test("a worker may exit while jobs run", function()
  local kept = {}
  package.loaded["rille.test.kept"] = kept
  for i = 1, 20 do
    kept[i] = start({ steps = 1000000, microseconds = 100, results = 1 })
  end
  -- The jobs left over are still running; the log of nginx shows whether the worker exits cleanly.
  for _, job in ipairs(kept) do
    t.eq((job:poll()), "running")
  end
end)
