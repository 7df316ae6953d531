--- Waits in nginx: phases, the event that wakes them, and what a worker does without one.
-- luacheck: globals ngx rille resty handlers
local t = ...
local http = dofile(os.getenv("RILLE_ROOT") .. "/test/hosts/nginx/http.lua")
local start = handlers.job
local LONG = 60000

local function now()
  ngx.update_time()
  return ngx.now() * 1000
end

t.test("init loads the library before the fork, and its options are checked", function()
  t.eq(rille, require("rille"))
  t.eq(rille.backend, "native")
  t.ok(package.loaded["rille.fuzzy"] and package.loaded["rille.grep"])
  t.eq(require("resty.rille"), require("rille.resty"))
  t.raises(
    "rille.resty.init: unknown option 'back' %(known: backend, directory, library%)",
    resty.init,
    { back = "native" }
  )
  t.raises(
    "rille.resty.init: option 'backend' must be 'native' or 'lua', got 'c'",
    resty.init,
    { backend = "c" }
  )
  t.raises("rille.resty.init: opts must be a table, got string", resty.init, "native")
  t.raises(
    "backend = 'lua' is required, but native is in use: the library is in use: /",
    resty.init,
    { backend = "lua" }
  )
  t.eq(resty.init(), rille)
end)

t.test(
  "a wait in a phase that cannot yield names the function and the phase, also for a finished job",
  function()
    handlers.seen.rewrite, handlers.seen.log = nil, nil
    t.eq((http.get("/phases")), 200)
    ngx.sleep(0.02)
    local seen = handlers.seen
    for _, phase in ipairs({ "rewrite", "access", "content" }) do
      t.eq(seen[phase], "waited", phase)
    end
    for _, phase in ipairs({ "init", "init_worker", "header_filter", "body_filter", "log" }) do
      local expected = "rille.resty.wait cannot wait in the phase "
        .. phase
        .. ", which cannot yield; call it in"
      t.ok(tostring(seen[phase]):find(expected, 1, true), phase .. ": " .. tostring(seen[phase]))
    end
  end
)

t.test("a wait in a timer", function()
  local outcome
  ngx.timer.at(0, function()
    outcome = { resty.wait(start({ steps = 2, microseconds = 3000 }), LONG) }
  end)
  local ends = now() + LONG
  while not outcome and now() < ends do
    ngx.sleep(0.005)
  end
  t.eq(outcome[1], "done")
end)

t.test("before the first wait health says how waits are woken, and in the master nothing", function()
  t.eq({ handlers.seen.waits_in_master, handlers.seen.waits_before }, { "nil", "event" })
end)

t.test("a wait is woken by an event and not by the clock", function()
  t.eq((resty.wait(start({ steps = 1, microseconds = 2000 }), LONG)), "done")
  t.eq(resty.health().waits, "event")
  t.eq(resty.health().waits_reason, nil)
  local sleep, slept = ngx.sleep, 0
  ngx.sleep = function(...) -- luacheck: ignore 122
    slept = slept + 1
    return sleep(...)
  end
  for _ = 1, 51 do
    t.eq((resty.wait(start({ steps = 1, microseconds = 2000 }), LONG)), "done")
  end
  ngx.sleep = sleep -- luacheck: ignore 122
  t.eq(slept, 0)
end)

t.test("a timeout ends a wait, and the job continues", function()
  local job = start({ steps = 1000000, microseconds = 1000 })
  local since = now()
  t.eq((resty.wait(job, 30)), "running")
  t.ok(now() - since >= 28, "it ended early")
  since = now()
  t.eq((resty.wait(job, 0)), "running")
  t.ok(now() - since < 20)
  job:cancel()
  t.eq((resty.wait(job, LONG)), "cancelled")
  job:close()
end)

t.test("a job that is closed under its waiter answers nil and closed", function()
  for _, options in ipairs({ { steps = 1000000, microseconds = 1000 }, { steps = 1, microseconds = 50000 } }) do
    local job = start(options)
    local thread = ngx.thread.spawn(function()
      return resty.wait(job, LONG)
    end)
    ngx.sleep(0.005)
    job:close()
    t.eq({ ngx.thread.wait(thread) }, { true, nil, "closed" })
  end
  local closed = start({})
  closed:close()
  t.raises("rille: closed", resty.wait, closed)
end)

t.test("hundreds of waits at once leave no notifier and no connection", function()
  collectgarbage()
  collectgarbage()
  local before = rille.stats().handles
  local threads = {}
  for i = 1, 300 do
    threads[i] = ngx.thread.spawn(function()
      local job = start({ steps = i % 3 + 1, microseconds = 100, results = 1 })
      local state = resty.wait(job, LONG)
      while state == "running" do
        job:take()
        state = resty.wait(job, LONG)
      end
      job:close()
      return state
    end)
  end
  for i = 1, 300 do
    t.eq({ ngx.thread.wait(threads[i]) }, { true, "done" })
  end
  local after = rille.stats().handles
  t.eq(after.notifier, before.notifier)
  t.eq(after.job, before.job)
  t.eq(after.listener, 1)
end)

t.test("an idle worker with many open waits uses no processor time", function()
  local file, jobs, threads = assert(rille.file(os.getenv("RILLE_ROOT") .. "/README.md")), {}, {}
  for i = 1, 200 do
    -- A job that follows a file has no thread while nothing changes.
    jobs[i] = file:follow()
    threads[i] = ngx.thread.spawn(resty.wait, jobs[i])
  end
  ngx.sleep(0.2)
  local clock = os.clock()
  ngx.sleep(0.5)
  local used = os.clock() - clock
  for i = 1, 200 do
    jobs[i]:close()
    t.eq({ ngx.thread.wait(threads[i]) }, { true, nil, "closed" })
  end
  t.ok(used < 0.05, used .. " s of 0.5")
end)

t.test("without its socket a wait sleeps, says so in health(), and makes another one later", function()
  local path = assert(
    io.popen(
      "ls -d ${TMPDIR:-/tmp}/rille-$(id -u)/*." .. "* 2>/dev/null | grep /" .. ngx.worker.pid() .. "[.]"
    )
  ):read("*l")
  t.ok(path, "the socket of the worker")
  assert(os.remove(path))
  t.eq((resty.wait(start({ steps = 1, microseconds = 5000 }), LONG)), "done")
  t.eq(resty.health().waits, "sleep")
  t.ok(resty.health().waits_reason:find("connecting to unix:", 1, true), resty.health().waits_reason)
  ngx.sleep(1.1)
  t.eq((resty.wait(start({ steps = 1, microseconds = 5000 }), LONG)), "done")
  t.eq(resty.health().waits, "event")
end)
