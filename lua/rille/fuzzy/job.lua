--- Job forms of functions that read many Lua strings, for both backends. Only the host's thread can read Lua strings, so
--- such a job does a part of its work, about half a millisecond, each time it is polled. Between two polls it makes no
--- progress, and a notifier cannot watch it: `rille.nvim.await`, `rille.love.await` and `rille.resty.wait` poll it
--- automatically.

local class = require("rille.core.class")
local dot = require("rille.core.dot")
local length = require("rille.core.strings").length

--- Seconds of work per poll.
local PART = 0.0005

--- Number of strings, or bytes of a text, between two checks of the clock.
local STRINGS, BYTES = 256, 2 ^ 15

local M = {}
M.STRINGS, M.BYTES = STRINGS, BYTES

local function pack(...)
  return { n = select("#", ...), ... }
end

--- A job whose work is done in parts by the thread that polls it, with the methods of `rille.job`.
---@class rille.fuzzy.parts_job
---@field package total number
---@field package done number
---@field package state rille.job.state
---@field package step fun(self: rille.fuzzy.parts_job): ...: any does a part of the work; returns true and the result when all is done
---@field package stop? fun(self: rille.fuzzy.parts_job) frees what the job holds
---@field package kept? table the result, packed
---@field package message? string why it has failed
---@field package is_closed? boolean
local Job = { is_rille_job = true, is_polled = true }
Job.__index = Job

class.named(Job, "rille.job", function(self)
  if not self.is_closed then
    return ("%s, %s"):format(self.state, self.message or ("%d of %d"):format(self.done, self.total))
  end
end)

--- Returns a job over `total` strings or bytes.
---@param total number
---@param step fun(self: rille.fuzzy.parts_job): ...: any
---@param stop? fun(self: rille.fuzzy.parts_job)
---@return rille.job
function M.new(total, step, stop)
  return setmetatable({ total = total, done = 0, state = "running", step = step, stop = stop }, Job)
end

local function alive(job)
  if type(job) ~= "table" or not getmetatable(job) then
    error(dot .. type(job), 3)
  end
  if job.is_closed then
    error("rille: closed", 3)
  end
end

local function finish(job, state)
  job.state = state
  local stop = job.stop
  if stop then
    job.stop = nil
    stop(job)
  end
end

local function keep(job, is_over, ...)
  if is_over then
    job.kept = pack(...)
    finish(job, "done")
  end
end

--- Ends a job because an element of its list is not a string.
function M.fail(job, message)
  job.message = message
  finish(job, "failed")
end

local function go_on(job, seconds)
  local since = os.clock()
  while job.state == "running" do
    keep(job, job:step())
    if os.clock() - since >= seconds then
      break
    end
  end
end

local function progress_of(job)
  return job.state, job.done, job.message, job.total
end

function Job:poll()
  alive(self)
  go_on(self, PART)
  return progress_of(self)
end

function Job:ready()
  alive(self)
  go_on(self, PART)
  return false
end

function Job:take(n)
  alive(self)
  if n ~= nil and (type(n) ~= "number" or not (n >= 1 and n <= 2 ^ 31) or n % 1 ~= 0) then
    error("rille.job:take: n must be a number of results from 1 on, got " .. tostring(n), 2)
  end
  return nil
end

function Job:wait(ms)
  alive(self)
  if ms ~= nil and (type(ms) ~= "number" or ms < 0 or ms ~= ms) then
    error("rille.job:wait: ms must be a number of milliseconds, got " .. tostring(ms), 2)
  end
  go_on(self, ms and ms / 1000 or math.huge)
  return progress_of(self)
end

function Job:result()
  alive(self)
  if self.state == "running" then
    return nil, "the job is still running"
  elseif self.state ~= "done" then
    return nil, self.message or "the job was cancelled"
  end
  return unpack(self.kept, 1, self.kept.n)
end

function Job:cancel()
  alive(self)
  if self.state == "running" then
    finish(self, "cancelled")
  end
end

function Job:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  if not self.is_closed then
    self.is_closed, self.kept = true, nil
    if self.state == "running" then
      finish(self, "cancelled")
    end
  end
end

function Job:closed()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  return self.is_closed or false
end

--- Returns the index of the first element in a range of a list that is not a string, or nil.
---@param list any[]
---@param first integer
---@param last integer
---@return integer? index
function M.not_a_string(list, first, last)
  for i = first, last do
    if type(list[i]) ~= "string" then
      return i
    end
  end
end

--- Returns a job that adds the strings of a list, or the lines of a text, in parts.
---@param items string[]|string
---@param name string the public function
---@param push_strings fun(list: string[], first: integer, count: integer): integer?, string?
---@param push_text? fun(text: string): integer?, string? nil if only lists are accepted
---@return rille.job
function M.push(items, name, push_strings, push_text)
  local is_text, argument = type(items) == "string", push_text and "items" or "list"
  if not is_text and type(items) ~= "table" then
    error(("%s: items must be a list of strings or a string, got %s"):format(name, type(items)), 3)
  end
  local total = is_text and #items or length(items, name .. ": " .. argument, 4)
  return M.new(total, function(job)
    local done = job.done
    local len, message
    if is_text then
      -- Each part ends at the end of a line.
      local stop = items:find("\n", done + BYTES, true) or total
      len, message = push_text(items:sub(done + 1, stop))
      job.done = stop
    else
      local count = math.min(STRINGS, total - done)
      local wrong = M.not_a_string(items, done + 1, done + count)
      if wrong then
        M.fail(job, ("%s: %s[%d] must be a string, got %s"):format(name, argument, wrong, type(items[wrong])))
        return false
      end
      len, message = push_strings(items, done + 1, count)
      job.done = done + count
    end
    if not len then
      return true, nil, message
    end
    return job.done >= total, len
  end)
end

return M
