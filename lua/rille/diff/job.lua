--- The job form of `rille.diff`.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local compare = require("rille.diff.compare")
local failure = require("rille.core.error")
local jobs = require("rille.job")

local of = bytes.of
local err = failure.block()
local out = ffi.new("rille_diff *[1]")
local out_job = ffi.new("rille_job *[1]")
local ELIMIT = tonumber(C.RILLE_ELIMIT)

local M = {}

--- Compares two texts on another thread: `job:result()` returns what `rille.diff` returns. Both texts are copied, which counts
--- for the memory limit.
---@param a rille.source
---@param b rille.source
---@param opts? rille.diff.options
---@return rille.job? job
---@return string? message why the texts are not compared: the memory limit is too low for them
function M.diff_job(a, b, opts)
  local a_ptr, a_len = of(a, "rille.diff_job", "a")
  local b_ptr, b_len = of(b, "rille.diff_job", "b")
  local options = compare.prepare(opts, "rille.diff_job")
  local status = C.rille_diff_start(a_ptr, a_len, b_ptr, b_len, options, out_job, err)
  if status == ELIMIT then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, "rille.diff_job")
  end
  return jobs.with_result(out_job[0], function(job)
    local taken = C.rille_diff_take(job, out, err)
    return compare.finished(taken, out[0], err, a, b, "rille.diff_job")
  end)
end

return M
