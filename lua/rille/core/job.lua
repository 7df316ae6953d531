--- Checks that a value is a job, for host integration. There are three kinds: jobs on the library's threads, jobs that run
--- on the thread that polls them, and jobs of the fallback, which are finished from the start.
local M = {}

--- Checks that a job can be awaited. The class of a job has `is_rille_job`, and `is_polled` if it makes progress only when
--- it is polled.
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
