--- Checks common to all kinds of jobs, for the glue of hosts: jobs of the library's threads, jobs that the polling thread
--- itself works on, and jobs of the fallback, which are finished when they are made.
local M = {}

--- Checks a job to be awaited. Its class has `is_rille_job`, and `is_polled` if it makes progress only when it is polled.
---@param job any
---@param name string the public function, for the error of its caller
---@return boolean is_polled
function M.check(job, name)
  if type(job) ~= "table" or not job.is_rille_job then
    error(("%s: job must be a job, got %s"):format(name, type(job)), 3)
  elseif job:closed() then
    error("rille: closed", 3)
  end
  return job.is_polled or false
end

return M
