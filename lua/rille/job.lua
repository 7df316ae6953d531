--- Jobs: work on background threads; the host polls for their results.
---
--- Other modules start jobs and document their results; the methods here are common to all jobs. An event loop does not have
--- to wait for a job: see `rille.notifier`, and `rille.nvim`, `rille.resty` and `rille.love`, which use it.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")

local err = failure.block()
local progress = ffi.new("rille_progress")

---@alias rille.job.state "running"|"done"|"cancelled"|"failed"

---@type rille.job.state[]
local STATES = {
  [tonumber(C.RILLE_JOB_RUNNING)] = "running",
  [tonumber(C.RILLE_JOB_DONE)] = "done",
  [tonumber(C.RILLE_JOB_CANCELLED)] = "cancelled",
  [tonumber(C.RILLE_JOB_FAILED)] = "failed",
}
local FAILED = tonumber(C.RILLE_JOB_FAILED)
local EJOB = tonumber(C.RILLE_EJOB)

local open = handles.open
local own, close = handles.kind(C.rille_job_free)

--- Work on a thread of the library. A job that is garbage-collected or closed is cancelled; nothing waits for its end.
---@class rille.job
---@field package handle ffi.cdata*?
---@field package taker fun(self: rille.job, handle: ffi.cdata*, n: integer): any
---@field package reader? fun(handle: ffi.cdata*): any reads the result of a job that has exactly one
---@field package kept? table that result, packed
---@field package is_lasting? boolean whether objects of the result point to memory of the job
---@field package batch? any the last batch taken, if batches of its kind are views
local Job = { is_rille_job = true }
Job.__index = Job

class.named(Job, "rille.job", function(self)
  if self.handle then
    local state, done, message, total = self:poll()
    local of = total > 0 and ("%.0f of %.0f"):format(done, total) or ("%.0f"):format(done)
    return ("%s, %s"):format(state, message or of)
  end
end)

local M = {}

--- Returns the job of a handle that was just made.
---@generic T: rille.job
---@param handle ffi.cdata* rille_job *
---@param taker fun(self: rille.job, handle: ffi.cdata*, n: integer): any takes a batch of at most `n` results, or nil
---@return rille.job
function M.adopt(handle, taker)
  return setmetatable({ handle = own(handle), taker = taker }, Job)
end

local function nothing()
  return nil
end

--- Returns the job of a handle that was just made, for the job form of a function: no batches, and exactly one result.
---@param handle ffi.cdata* rille_job *
---@param reader fun(handle: ffi.cdata*): any reads the result once the job is done, and returns what the function returns
---@param is_lasting? boolean whether objects of the result point to memory of the job: they then hold its handle, and the garbage
---collector frees it after them
---@return rille.job
function M.with_result(handle, reader, is_lasting)
  return setmetatable(
    { handle = own(handle), taker = nothing, reader = reader, is_lasting = is_lasting },
    Job
  )
end

--- Returns the handle of a job, for modules that pass it to C.
---@param job any
---@param name string the public function, for the error of its caller
---@return ffi.cdata* handle rille_job *
function M.handle(job, name)
  if getmetatable(job) ~= Job then
    error(("%s: job must be a job, got %s"):format(name, type(job)), 3)
  end
  local handle = job.handle
  if not handle then
    error("rille: closed", 3)
  end
  return handle
end

local function poll(handle)
  C.rille_job_poll(handle, progress, nil)
  local state, done, total = progress.state, progress.done, progress.total
  if state == FAILED and C.rille_job_failure(handle, err) == EJOB then
    return "failed", done, ffi.string(err.message, err.length), total
  end
  return STATES[state], done, nil, total
end

--- Returns the state and the progress of the job. It is finished when the state is no longer "running" and `take`
--- returns nil: poll first, then take.
---@return rille.job.state state
---@return number done work done, in the unit of the kind of job
---@return string? message why it has failed
---@return number total all work, 0 if unknown
function Job:poll()
  return poll(open(self))
end

--- Returns whether there are results to take.
---@return boolean
function Job:ready()
  C.rille_job_poll(open(self), progress, nil)
  return progress.ready ~= 0
end

--- Returns the next batch of results, whose type depends on the kind of job, or nil if none is ready.
---@param n? integer maximum number of results; 1,000 by default
---@return any? batch
function Job:take(n)
  local handle = open(self)
  if n == nil then
    n = 1000
  elseif type(n) ~= "number" or not (n >= 1 and n <= 2 ^ 31) or n % 1 ~= 0 then
    error("rille.job:take: n must be a number of results from 1 on, got " .. tostring(n), 2)
  end
  return self.taker(self, handle, n)
end

local function pack(...)
  return { n = select("#", ...), ... }
end

--- Returns the result of a job form: what `x` returns, for the job of `x_job`. It does not wait, and returns the same
--- each time. Objects in the result outlive the job.
---@return any ... what the function returns; nil and a message while the job runs, if it was cancelled, or why it failed
function Job:result()
  local handle, reader = open(self), self.reader
  if not reader then
    error("rille.job:result: this job has batches of results; take them with job:take()", 2)
  end
  local kept = self.kept
  if not kept then
    local state, _, message = poll(handle)
    if state == "running" then
      return nil, "the job is still running"
    elseif state ~= "done" then
      return nil, message or "the job was cancelled"
    end
    kept = pack(reader(handle))
    self.kept = kept
  end
  return unpack(kept, 1, kept.n)
end

--- Blocks the calling thread until there are results to take, the job is over, or the time has passed.
---@param ms? integer milliseconds; without a limit by default
---@return rille.job.state state these are the results of `poll`
---@return number done
---@return string? message
---@return number total
function Job:wait(ms)
  local handle = open(self)
  if ms ~= nil and (type(ms) ~= "number" or ms < 0 or ms ~= ms) then
    error("rille.job:wait: ms must be a number of milliseconds, got " .. tostring(ms), 2)
  end
  -- C accepts at most 49 days, which is long enough for no limit.
  C.rille_job_wait(handle, math.min(math.ceil(ms or 2 ^ 32 - 1), 2 ^ 32 - 1), nil)
  return poll(handle)
end

--- Asks the job to stop and does not wait. Its state is "cancelled" within 10 ms. Its results can still be taken.
function Job:cancel()
  C.rille_job_cancel(open(self), nil)
end

--- Cancels the job and frees it now, results included. A second call does nothing. Objects that `result` has returned
--- stay valid.
function Job:close()
  if type(self) == "table" and self.is_lasting and self.kept and self.kept[1] then
    self.handle, self.kept = nil, nil
  else
    close(self)
  end
end

--- Returns whether the job was closed.
---@return boolean
function Job:closed()
  if type(self) ~= "table" then
    handles.refuse(self, 3)
  end
  return not self.handle
end

return M
