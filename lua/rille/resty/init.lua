--- rille in OpenResty: waits that yield the light thread, so that the worker continues with other requests.
---
--- ngx_lua cannot wait for a foreign descriptor, so a wait polls the job repeatedly: at once, then after sleeps of 1 ms that
--- double up to 8 ms. A poll costs some hundred nanoseconds. (Turns of the loop by `ngx.sleep(0)` would be faster for short
--- jobs, but an nginx without OpenResty's patches logs a warning for each.)
local check = require("rille.core.job").check

local M = {}

--- Maximum sleep in seconds, which is also the maximum delay of results.
local LONGEST = 0.008

--- Waits until there are results to take, the job is over, or the time has passed. Call it only in phases that allow
--- `ngx.sleep`: rewrite, access, content, timers and light threads.
---@param job rille.job
---@param timeout? number milliseconds; without a limit by default
---@return rille.job.state state these are the results of `job:poll()`
---@return number done
---@return string? message
---@return number total
function M.wait(job, timeout)
  check(job, "rille.resty.wait")
  if timeout ~= nil and (type(timeout) ~= "number" or timeout < 0 or timeout ~= timeout) then
    error("rille.resty.wait: timeout must be a number of milliseconds, got " .. tostring(timeout), 2)
  end
  local left = timeout and timeout / 1000 or math.huge
  local pause = 0.001
  local state, done, message, total = job:poll()
  while state == "running" and not job:ready() and left > 0 do
    pause = math.min(pause, left)
    ngx.sleep(pause)
    -- Summed here, as the clock of nginx does not advance within a turn.
    left = left - pause
    pause = math.min(pause * 2, LONGEST)
    state, done, message, total = job:poll()
  end
  return state, done, message, total
end

return M
