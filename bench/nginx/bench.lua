--- Benches of waits, streams and patterns in nginx: see bench/nginx/run.
-- luacheck: globals ngx rille resty
local root = os.getenv("RILLE_ROOT")
local start = dofile(root .. "/test/support/jobs.lua")
local ffi = require("ffi")

ffi.cdef([[
struct rille_bench_time { long seconds; long nanos; };
int clock_gettime(int clock, struct rille_bench_time *out);
]])
local out = ffi.new("struct rille_bench_time")

--- Returns a clock in seconds: 1 is that of the machine, 2 the processor time of the process.
local function clock(which)
  ffi.C.clock_gettime(which, out)
  return tonumber(out.seconds) + tonumber(out.nanos) * 1e-9
end

local function median(list)
  table.sort(list)
  return list[math.floor(#list / 2) + 1]
end

--- Returns the median of the milliseconds that `fn` takes.
local function times(count, fn)
  local list = {}
  for i = 1, count do
    local since = clock(1)
    fn()
    list[i] = (clock(1) - since) * 1000
  end
  return median(list), list[#list]
end

local part = ngx.var.arg_part

local function waits()
  local wait, worst = times(200, function()
    resty.wait(start({ steps = 1, microseconds = 2000 }), 60000)
  end)
  ngx.say(
    ("wait for a job of 2 ms: median %.2f ms, worst of 200 %.2f ms, woken by %s"):format(
      wait,
      worst,
      resty.health().waits
    )
  )
  local blocking = times(200, function()
    start({ steps = 1, microseconds = 2000 }):wait()
  end)
  ngx.say(("the same, blocking: median %.2f ms"):format(blocking))

  --- 1,000 light threads that wait for a change of a file.
  local file = assert(rille.file(root .. "/README.md"))
  local job, threads = file:follow(), {}
  for i = 1, 1000 do
    threads[i] = ngx.thread.spawn(resty.wait, job)
  end
  ngx.sleep(1)
  local cpu, since = clock(2), clock(1)
  ngx.sleep(10)
  local used, passed = clock(2) - cpu, clock(1) - since
  ngx.say(
    ("idle worker with %d open notifiers: %.1f ms of processor time in %.1f s"):format(
      rille.stats().handles.notifier,
      used * 1000,
      passed
    )
  )
  job:close()
  for i = 1, 1000 do
    ngx.thread.wait(threads[i])
  end
end

local function patterns()
  local list, with = {}, {}
  for i = 1, 10000 do
    list[i], with[i] = "literal number " .. i, "replacement " .. i
  end
  local literals = assert(rille.literals(list))
  local made = times(50, function()
    rille.stream(literals, with):close()
  end)
  local stream = assert(rille.stream(literals, with))
  local reset = times(1000, function()
    stream:reset()
  end)
  ngx.say(("a stream of 10,000 literals: new %.1f µs, reset %.2f µs"):format(made * 1000, reset * 1000))

  local text = "GET /shop/item/4711 HTTP/1.1"
  local re, bytes = assert(rille.regex([[item/(\d+)]])), assert(rille.regex([[item/(\d+)]], "b"))
  local LOOP = [=[
    local text, re, bytes, res, own, pattern, ngx = ...
    return function(n)
      local last
      for _ = 1, n do
        last = %s
      end
      return last
    end]=]

  --- Returns the nanoseconds of an expression, the best of six rounds. Each has a loop of its own, for the JIT compiler.
  local function nanos(expression)
    local make = assert(loadstring(LOOP:format(expression)))
    local fn, best = make(text, re, bytes, {}, {}, [[item/(\d+)]], ngx), math.huge
    for _ = 1, 6 do
      local from = clock(1)
      fn(1000000)
      best = math.min(best, clock(1) - from)
    end
    return best * 1000
  end

  for _, row in ipairs({
    { "find", "re:find(text)", "ngx.re.find(text, pattern, 'jo')" },
    { "find, flag b", "bytes:find(text)", "ngx.re.find(text, pattern, 'jo')" },
    { "match", "re:match(text)", "ngx.re.match(text, pattern, 'jo')" },
    { "match_table", "re:match_table(text, 1, own)", "ngx.re.match(text, pattern, 'jo', nil, res)" },
    { "captures", "re:captures(text)", "ngx.re.match(text, pattern, 'jo')" },
  }) do
    local ours, peer = nanos(row[2]), nanos(row[3])
    ngx.say(("%s: rille %.0f ns, ngx.re %.0f ns, %.2f times"):format(row[1], ours, peer, peer / ours))
  end
end

if part ~= "patterns" then
  waits()
end
if part ~= "waits" then
  patterns()
end
