--- Awaits jobs in the editor's event loop: one descriptor for all of them.
local lazy = require("rille.core.lazy")
local rille = require("rille")
local text = require("rille.nvim.text")

local uv = vim.uv or vim.loop

--- The waits for jobs, each with its function. A set, as jobs end in any order.
---@type table<rille.nvim.wait, true>
local waits = {}

-- One of each for the editor: a descriptor and a handle for every job would be a waste. They are never closed, as a
-- watched job may outlive every reference of the caller's.
local notifier, handle
local scheduled = false
local schedule, next_turn

---@class rille.nvim.wait
---@field package job rille.job
---@field package fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@field package is_polled boolean
local Wait = {}
Wait.__index = Wait

--- Ends the wait: `fn` is not called again. The job continues.
function Wait:stop()
  waits[self] = nil
  if handle and not next(waits) then
    handle:stop()
  end
end

--- Serves one wait, and returns whether it must be called again. An error of `fn` must not affect the other waits.
local function serve(wait)
  local job = wait.job
  if job:closed() then
    return wait:stop()
  end
  -- In this order: `fn` learns of the end after all results.
  local state, _, message = job:poll()
  local over = state ~= "running"
  if not over and (wait.is_polled or not job:ready()) then
    -- A job that makes progress only when it is polled continues in the next turn of the loop.
    return wait.is_polled
  end
  local ok, again = pcall(wait.fn, job, state, message)
  if not ok then
    text.notify("await: " .. text.reason(again))
    return wait:stop()
  end
  if over and not again then
    wait:stop()
  end
  return again
end

local function serve_all()
  scheduled = false
  -- Before polling the jobs, as results that arrive later make the descriptor readable again.
  if notifier then
    notifier:drain()
  end
  -- A list, as `fn` may start and end waits.
  local list, again = {}, false
  for wait in pairs(waits) do
    list[#list + 1] = wait
  end
  for _, wait in ipairs(list) do
    if waits[wait] and serve(wait) then
      again = true
    end
  end
  if again then
    next_turn()
  end
end

function schedule()
  if not scheduled then
    scheduled = true
    vim.schedule(serve_all)
  end
end

local timer

--- Polls again in the next turn of the loop. A function scheduled by a scheduled function would run in the same turn, before
--- keys and the screen are handled.
function next_turn()
  if not scheduled then
    scheduled = true
    timer = timer or uv.new_timer()
    timer:start(0, 0, vim.schedule_wrap(serve_all))
  end
end

--- Handles a readable descriptor. In a callback of the loop most of Neovim's functions are not allowed, so the users'
--- functions run shortly after. Until then the descriptor would stay readable, so it is drained here as well.
local function on_readable()
  notifier:drain()
  schedule()
end

--- Starts the handle, if no job was awaited before.
---@return string? reason why it cannot be started
local function listen()
  local message
  if not notifier then
    notifier, message = rille.notifier()
    if not notifier then
      return message
    end
  end
  if not handle then
    -- On Windows the descriptor is a socket.
    local poll = package.config:sub(1, 1) == "\\" and uv.new_socket_poll or uv.new_poll
    handle, message = poll(notifier:fd())
    if not handle then
      return message
    end
  end
  if not handle:is_active() then
    handle:start("r", on_readable)
  end
end

--- See `rille.nvim.await`, whose contract this is.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@return rille.nvim.wait wait
return function(job, fn)
  if type(fn) ~= "function" then
    error("rille.nvim.await: fn must be a function, got " .. type(fn), 2)
  end
  local is_polled = lazy.load("rille.core.job").check(job, "rille.nvim.await")
  local wait = setmetatable({ job = job, fn = fn, is_polled = is_polled }, Wait)
  if is_polled then
    waits[wait] = true
    next_turn()
    return wait
  end
  local reason = listen()
  if reason then
    error("rille.nvim.await: " .. reason, 2)
  end
  waits[wait] = true
  notifier:watch(job)
  return wait
end
