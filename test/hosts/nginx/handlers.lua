--- The handlers of the locations of resty.conf. It is loaded before the fork.
-- luacheck: globals ngx rille resty handlers
resty = require("resty.rille")

local M = { seen = {} }

local start

--- A job of the tests; the module belongs to the workers, as it makes a job.
local function job(options)
  start = start or dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")
  return start(options)
end
M.job = job

--- Waits, and records the outcome or the error.
function M.wait(phase)
  local ran, state = pcall(resty.wait, job({}), 60000)
  M.seen[phase] = ran and "waited" or tostring(state)
  return state
end

-- Here, in the master, as the phase `init`: the job is not reached.
M.seen.init = select(2, pcall(resty.wait))

function M.init_worker()
  M.wait("init_worker")
end

--- Starts a job that would run for minutes, and answers when it is over.
function M.endless()
  local running = assert(resty.with(job({ steps = 1000000, microseconds = 1000 })))
  M.seen.endless = (M.seen.endless or 0) + 1
  ngx.say((resty.wait(running)))
end

function M.taken()
  assert(ngx.on_abort(function() end))
  local running, message = resty.with(job({ steps = 1000000, microseconds = 1000 }))
  ngx.say(tostring(running), " ", message)
end

function M.unchecked()
  local running, message = resty.with(job({ steps = 1000000, microseconds = 1000 }))
  ngx.say(running:poll(), " ", message)
end

function M.raises()
  resty.with(job({ steps = 1000000, microseconds = 1000 }))
  error("the test asked for this error")
end

function M.load()
  local running = assert(resty.with(job({ steps = 1, results = 1 })))
  local state = resty.wait(running, 60000)
  ngx.say(state, " ", tostring(running:take() ~= nil))
end

return M
