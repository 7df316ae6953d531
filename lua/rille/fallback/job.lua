--- Jobs in pure Lua: Lua has no threads, so the job form of a function calls it at once and returns a finished job.

local class = require("rille.core.class")

--- The same interface as the native `rille.job`.
local Job = { is_rille_job = true, is_polled = true }
Job.__index = Job

class.named(Job, "rille.job", function(self)
  return self.kept and "done, 0"
end)

local dot = require("rille.core.dot")

local M = {}

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  end
  if not self.kept then
    error("rille: closed", 3)
  end
  return self.kept
end

local function pack(...)
  return { n = select("#", ...), ... }
end

--- Calls a function and returns a finished job with its results. Errors are raised as those of the job form `name`, at the
--- caller's caller.
---@param name string the public function
---@param fn function
---@return rille.job
function M.of(name, fn, ...)
  local called = pack(pcall(fn, ...))
  if not called[1] then
    local message = tostring(called[2])
    local at = message:find(name, 1, true)
    error(at and (name .. "_job" .. message:sub(at + #name)) or message, 3)
  end
  return setmetatable({ kept = pack(unpack(called, 2, called.n)) }, Job)
end

function Job:result()
  local kept = open(self)
  return unpack(kept, 1, kept.n)
end

function Job:poll()
  open(self)
  return "done", 0, nil, 0
end

function Job:wait(ms)
  open(self)
  if ms ~= nil and (type(ms) ~= "number" or ms < 0 or ms ~= ms) then
    error("rille.job:wait: ms must be a number of milliseconds, got " .. tostring(ms), 2)
  end
  return "done", 0, nil, 0
end

function Job:ready()
  open(self)
  return false
end

function Job:take(n)
  open(self)
  if n ~= nil and (type(n) ~= "number" or not (n >= 1 and n <= 2 ^ 31) or n % 1 ~= 0) then
    error("rille.job:take: n must be a number of results from 1 on, got " .. tostring(n), 2)
  end
  return nil
end

function Job:cancel()
  open(self)
end

function Job:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.kept = nil
end

function Job:closed()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  return not self.kept
end

return M
