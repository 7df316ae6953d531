--- rille in LÖVE: jobs that are polled once per frame.
local check = require("rille.core.job").check

local M = {}

---@class rille.love.wait
---@field package job rille.job
---@field package fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
local Wait = {}
Wait.__index = Wait

--- The current waits, oldest first.
---@type rille.love.wait[]
local waits = {}

--- Ends the wait: `fn` is not called again. The job continues.
function Wait:stop()
  for at, wait in ipairs(waits) do
    if wait == self then
      table.remove(waits, at)
      return
    end
  end
end

--- Calls `fn(job, state, message)` from `update` in each frame in which the job has results, and a last time when it is
--- over: then `state` is no longer "running". In `fn`, take until `job:take()` returns nil, or take as much as the
--- frame has time for and return true to be called again in the next frame. Closing the job ends the wait.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@return rille.love.wait wait `wait:stop()` ends it
function M.await(job, fn)
  if type(fn) ~= "function" then
    error("rille.love.await: fn must be a function, got " .. type(fn), 2)
  end
  check(job, "rille.love.await")
  local wait = setmetatable({ job = job, fn = fn }, Wait)
  waits[#waits + 1] = wait
  return wait
end

--- Polls all awaited jobs. Call it in `love.update`; a job that is not ready costs a few hundred nanoseconds.
---@return integer count jobs that are still awaited
function M.update()
  -- A copy of the list, as `fn` may start and end waits.
  local list = {}
  for at, wait in ipairs(waits) do
    list[at] = wait
  end
  for _, wait in ipairs(list) do
    local job = wait.job
    if job:closed() then
      wait:stop()
    else
      -- In this order: results that arrive in between are taken in the next frame; the end is reported after all results.
      local state, _, message = job:poll()
      local over = state ~= "running"
      if (job:ready() or over) and not wait.fn(job, state, message) and over then
        wait:stop()
      end
    end
  end
  return #waits
end

return M
