--- The notifier: a descriptor by which jobs wake an event loop.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local handle_of = require("rille.job").handle

local err = failure.block()
local out_handle = ffi.new("rille_notifier *[1]")

local open = handles.open
local own, close = handles.kind(C.rille_notifier_free)

--- A descriptor that becomes readable when a job that it watches has something to take, or is over.
---@class rille.notifier
---@field package handle ffi.cdata*?
local Notifier = {}
Notifier.__index = Notifier

local M = {}

--- Makes a notifier that watches nothing yet.
---@return rille.notifier?
---@return string? message why the system gives no descriptor
function M.new()
  if C.rille_notifier_new(out_handle, err) < 0 then
    return nil, ffi.string(err.message, err.length)
  end
  return setmetatable({ handle = own(out_handle[0]) }, Notifier)
end

--- The descriptor. Wait on it until it is readable; leave reading to `drain` and closing to `close`.
---@return integer
function Notifier:fd()
  return C.rille_notifier_fd(open(self))
end

--- Lets the descriptor become readable whenever the job has news; at once, if it has some. A job may be watched by
--- several notifiers, and watching it twice is watching it once.
---@param job rille.job
---@return rille.notifier self
function Notifier:watch(job)
  local handle = open(self)
  if C.rille_notifier_watch(handle, handle_of(job, "rille.notifier:watch"), err) < 0 then
    failure.raise(err, "rille.notifier:watch")
  end
  return self
end

--- Makes the descriptor silent until there are news again. Look at the jobs after this, and take all that they have.
---@return boolean news whether there were any
function Notifier:drain()
  local status = C.rille_notifier_drain(open(self), err)
  if status < 0 then
    failure.raise(err, "rille.notifier:drain")
  end
  return status == 0
end

--- Closes the descriptor; take it out of your event loop before. The jobs go on. A second call does nothing.
Notifier.close = close

return M
