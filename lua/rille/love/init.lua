--- rille in LÖVE: jobs that are polled once per frame, LÖVE's file system and `Data`, and text laid out in pixels.
local check = require("rille.core.job").check

local M = {}

---@class rille.love.wait
---@field package job rille.job
---@field package fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@field package ended boolean
local Wait = {}
Wait.__index = Wait

--- The waits, oldest first. Those that have ended are removed by the next update.
---@type rille.love.wait[]
local waits, count = {}, 0

--- The index of the wait that was served last: the next update continues after it.
local turn = 0

--- Ends the wait: `fn` is not called again. The job continues.
function Wait:stop()
  self.ended = true
end

--- Calls `fn(job, state, message)` from `update` in each frame in which the job has results, and a last time when it is
--- over: then `state` is no longer "running". In `fn`, take until `job:take()` returns nil, or take as much as the
--- frame has time for and return true to be called again. Closing the job ends the wait.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@return rille.love.wait wait `wait:stop()` ends it
function M.await(job, fn)
  if type(fn) ~= "function" then
    error("rille.love.await: fn must be a function, got " .. type(fn), 2)
  end
  check(job, "rille.love.await")
  local wait = setmetatable({ job = job, fn = fn, ended = false }, Wait)
  count = count + 1
  waits[count] = wait
  return wait
end

--- Removes the waits that have ended.
local function compact()
  local kept, before = 0, 0
  for i = 1, count do
    local wait = waits[i]
    if wait.ended then
      before = before + (i <= turn and 1 or 0)
    else
      kept = kept + 1
      waits[kept] = wait
    end
  end
  for i = kept + 1, count do
    waits[i] = nil
  end
  count, turn = kept, turn - before
end

--- Polls the job of a wait, and calls its function if there is something for it. Returns whether that wants another call.
local function serve(wait)
  local job = wait.job
  if job:closed() then
    wait.ended = true
    return false
  end
  -- In this order: results that arrive in between are taken in the next frame; the end is reported after all results.
  local state, _, message = job:poll()
  local over = state ~= "running"
  if not over and not job:ready() then
    return false
  end
  local more = wait.fn(job, state, message)
  if over and not more then
    wait.ended = true
  end
  return more and true or false
end

--- Returns a function that returns the time in seconds.
local function clock()
  local found, timer = pcall(require, "love.timer")
  return found and type(timer) == "table" and timer.getTime or os.clock
end

local time

--- Polls all awaited jobs. Call it in `love.update`; it creates no garbage, and a job that is not ready costs a few
--- hundred nanoseconds.
---
--- With a budget it stops when that is spent, so that it is exceeded by one call of a function at most, and continues with the
--- next job in the next frame. A function that returns true is called again within the budget. Without one, each function
--- is called once.
---@param budget_ms? number milliseconds
---@return integer count jobs that are still awaited
function M.update(budget_ms)
  if budget_ms ~= nil and not (type(budget_ms) == "number" and budget_ms >= 0) then
    error("rille.love.update: budget_ms must be a number of milliseconds, got " .. tostring(budget_ms), 2)
  end
  time = time or clock()
  local ends = budget_ms and time() + budget_ms / 1000
  compact()
  local n, left = count, count
  -- Each round begins after the wait that was served last, and ends when no function wants another call.
  while left > 0 do
    local again = false
    for _ = 1, left do
      turn = turn < n and turn + 1 or 1
      local wait = waits[turn]
      again = wait and not wait.ended and serve(wait) or again
      if ends and time() >= ends then
        again = false
        break
      end
    end
    left = ends and again and n or 0
  end
  local awaited = 0
  for i = 1, count do
    awaited = awaited + (waits[i].ended and 0 or 1)
  end
  return awaited
end

--- The other functions, each with the module that has it.
local PARTS = { data = "files", file = "files", walk = "files", grep = "files", layout = "layout" }

return setmetatable(M, {
  __index = function(self, key)
    local part = PARTS[key]
    if part then
      for name, value in pairs(require("rille.core.lazy").load("rille.love." .. part)) do
        rawset(self, name, value)
      end
      return rawget(self, key)
    end
  end,
})
