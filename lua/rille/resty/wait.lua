--- Waits for jobs that yield the light thread.
---
--- A wait is woken by one byte in a connection, see `rille.resty.listener`. Without a connection it polls the job: at once,
--- then after sleeps of 1 ms that double up to 8 ms. (Turns of the loop by `ngx.sleep(0)` would be faster for short jobs,
--- but an nginx without OpenResty's patches logs a warning for each.)
local check = require("rille.core.job").check
local check_yields = require("rille.resty.phase").check_yields
local listener = require("rille.resty.listener")
local request = require("rille.resty.request")

local M = {}

--- Maximum sleep in seconds, which is also the maximum delay of results.
local MAX_SLEEP_SECONDS = 0.008

--- Maximum milliseconds of one read from a connection: 12 days. ngx_lua accepts up to 2^31 - 1.
local MAX_READ_MS = 2 ^ 30

--- Returns the results of a poll, and whether the wait is over.
local function poll(job)
  if job:closed() then
    return true, nil, "closed"
  end
  local state, done, message, total = job:poll()
  return state ~= "running" or job:ready(), state, done, message, total
end

--- Sleeps until the job is ready or the time has passed.
local function sleep(job, left)
  local pause = 0.001
  local over, state, done, message, total
  repeat
    pause = math.min(pause, left)
    ngx.sleep(pause)
    -- Summed here, as the clock of nginx does not advance within a turn.
    left = left - pause
    pause = math.min(pause * 2, MAX_SLEEP_SECONDS)
    over, state, done, message, total = poll(job)
  until over or left <= 0
  return state, done, message, total
end

--- Reads from the connection until the job is ready or the time has passed.
local function receive(job, left, connection, notifier)
  local ends = ngx.now() + left
  local over, state, done, message, total
  repeat
    connection:settimeout(math.max(1, math.min(math.ceil(left * 1000), MAX_READ_MS)))
    local byte, reason = connection:receive(1)
    if not notifier.handle then
      -- The request has ended meanwhile: `finish` closes its notifiers.
      return poll(job)
    elseif byte then
      notifier:drain()
    end
    over, state, done, message, total = poll(job)
    left = ends - ngx.now()
    if not byte and reason ~= "timeout" and not over and left > 0 then
      return sleep(job, left)
    end
  until over or left <= 0
  return state, done, message, total
end

--- Waits until there are results to take, the job is over or closed, or the time has passed. Other requests of the worker
--- continue meanwhile.
---
--- Context: rewrite_by_lua, access_by_lua, content_by_lua, ngx.timer, ssl_certificate_by_lua, and light threads of these
---@param job rille.job
---@param timeout? number milliseconds; without a limit by default
---@return rille.job.state? state these are the results of `job:poll()`; nil if the job was closed meanwhile
---@return number|string done "closed" if the job was closed
---@return string? message
---@return number total
function M.wait(job, timeout)
  check_yields("rille.resty.wait")
  local is_polled = check(job, "rille.resty.wait")
  if timeout ~= nil and (type(timeout) ~= "number" or timeout < 0 or timeout ~= timeout) then
    error("rille.resty.wait: timeout must be a number of milliseconds, got " .. tostring(timeout), 2)
  end
  local state, done, message, total = job:poll()
  if state ~= "running" or job:ready() or timeout == 0 then
    return state, done, message, total
  end
  local left = timeout and timeout / 1000 or math.huge
  local connection, notifier
  if not is_polled then
    connection, notifier = listener.connect()
  end
  if not connection or not notifier then
    return sleep(job, left)
  end
  if timeout then
    -- The clock may be that of the start of this turn.
    ngx.update_time()
  end
  local owner = request.state()
  if owner then
    owner.notifiers[notifier] = true
  end
  notifier:watch(job)
  state, done, message, total = receive(job, left, connection, notifier)
  connection:close()
  notifier:close()
  if owner then
    owner.notifiers[notifier] = nil
  end
  return state, done, message, total
end

return M
