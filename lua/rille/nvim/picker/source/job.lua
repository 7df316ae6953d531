--- The job of a source: its progress, in either backend, and its end.
local await = require("rille.nvim.await")
local rille = require("rille")

local uv = vim.uv or vim.loop

local M = {}

--- Stops waiting for the job of a source and closes it.
---@param source { wait?: { stop: fun(self) }, job?: rille.job }
function M.release(source)
  if source.wait then
    source.wait:stop()
    source.wait = nil
  end
  if source.job then
    source.job:close()
    source.job = nil
  end
end

--- Calls `fn(job, state, message)` whenever the job has new results, and a last time when it has finished. A native job
--- wakes the editor; one in pure Lua only makes progress when polled, so it is polled in each turn of the event loop.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string)
---@return { stop: fun(self) }
function M.follow(job, fn)
  if rille.backend == "native" then
    return await(job, fn)
  end
  local timer = uv.new_timer()
  local function turn()
    if timer:is_closing() then
      return
    end
    local state, _, message = job:poll()
    if state ~= "running" then
      timer:close()
    else
      timer:start(1, 0, vim.schedule_wrap(turn))
    end
    fn(job, state, message)
  end
  timer:start(0, 0, vim.schedule_wrap(turn))
  return {
    stop = function()
      if not timer:is_closing() then
        timer:close()
      end
    end,
  }
end

return M
