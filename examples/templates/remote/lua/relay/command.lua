--- The command: `:Relay 100000` counts the primes up to a number and shows the progress; `:Relay!` cancels.
local relay = require("relay")

local M = {}
local job ---@type relay.job?

local function show(text, level)
  vim.notify("relay: " .. text, level or vim.log.levels.INFO)
end

--- Cancels the running job.
function M.cancel()
  if job then
    job:cancel()
  else
    show("nothing runs")
  end
end

--- Counts the primes up to a number.
---@param argument string as the user typed it
function M.run(argument)
  local limit = argument:match("^%d+$") and tonumber(argument)
  if not limit then
    return show(("the limit must be a whole number, got '%s'"):format(argument), vim.log.levels.ERROR)
  elseif job then
    return show("a job runs already; `:Relay!` cancels it", vim.log.levels.WARN)
  end
  local message
  job, message = relay.start("primes", { limit }, {
    progress = function(done)
      vim.api.nvim_echo({ { ("relay: %d of %d"):format(done, limit) } }, false, {})
    end,
    done = function(state, value)
      job = nil
      if state == "done" then
        show(("%d primes up to %d"):format(value, limit))
      else
        show(state == "failed" and value or state, vim.log.levels.WARN)
      end
    end,
  })
  if not job then
    show(message, vim.log.levels.ERROR)
  end
end

return M
