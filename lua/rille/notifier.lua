--- The notifier: a descriptor by which jobs wake an event loop.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local handle_of = require("rille.job").handle

local err = failure.block()
local out_handle = ffi.new("rille_notifier *[1]")

local open = handles.open
local own, close = handles.kind(C.rille_notifier_free)

--- A descriptor that becomes readable when a watched job has results or is over.
---@class rille.notifier
---@field package handle ffi.cdata*?
local Notifier = {}
Notifier.__index = Notifier

class.named(Notifier, "rille.notifier", function(self)
  return self.handle and "descriptor " .. self:fd()
end)

local M = {}

--- Returns a notifier that watches nothing yet.
---@return rille.notifier?
---@return string? message why the system refused a descriptor
function M.new()
  if C.rille_notifier_new(out_handle, err) < 0 then
    return nil, ffi.string(err.message, err.length)
  end
  return setmetatable({ handle = own(out_handle[0]) }, Notifier)
end

--- Returns the notifier of a handle that was just made.
---@package
---@param handle ffi.cdata* rille_notifier *
---@return rille.notifier
function M.adopt(handle)
  return setmetatable({ handle = own(handle) }, Notifier)
end

--- Returns the descriptor. Wait until it is readable; leave reading to `drain` and closing to `close`.
---@return integer
function Notifier:fd()
  return C.rille_notifier_fd(open(self))
end

--- Makes the descriptor readable whenever the job is ready; at once if it is ready already. Several notifiers may watch
--- a job, and watching it twice has no effect.
---@param job rille.job
---@return rille.notifier self
function Notifier:watch(job)
  local handle = open(self)
  if C.rille_notifier_watch(handle, handle_of(job, "rille.notifier:watch"), err) < 0 then
    failure.raise(err, "rille.notifier:watch")
  end
  return self
end

--- Resets the descriptor until a job is ready again. Take all results of the jobs after this call, not before.
---@return boolean news whether a job was ready
function Notifier:drain()
  local status = C.rille_notifier_drain(open(self), err)
  if status < 0 then
    failure.raise(err, "rille.notifier:drain")
  end
  return status == 0
end

--- Closes the descriptor; remove it from your event loop first. The jobs continue. A second call does nothing.
Notifier.close = close

return M
