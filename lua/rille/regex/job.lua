--- The job forms of compiling: `rille.regex_job`, `rille.regexset_job` and `rille.literals_job`.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local jobs = require("rille.job")
local literals = require("rille.literals")
local patterns = require("rille.regex.pattern")
local regexset = require("rille.regexset")

-- It makes the objects of `patterns`.
require("rille.regex")

local err = failure.block()
local out_handle = ffi.new("rille_job *[1]")

local M = {}

--- Returns the job that a C call has just started.
local function started(status, read, name)
  if status < 0 then
    return failure.limit(err, name)
  end
  return jobs.with_result(out_handle[0], read)
end

--- Compiles a pattern on another thread: `job:result()` returns what `rille.regex` returns. The result is kept in the cache
--- of patterns.
---@param pattern string
---@param flags? string|rille.regex.options
---@return rille.job? job
---@return string? message if the pattern is too long
function M.regex_job(pattern, flags)
  if type(pattern) ~= "string" then
    error("rille.regex_job: pattern must be a string, got " .. type(pattern), 2)
  end
  local bits, limit = patterns.options(flags, "rille.regex_job")
  local status = C.rille_regex_start(pattern, #pattern, patterns.for_c(bits, limit), out_handle, err)
  return started(status, function(job)
    return patterns.object(patterns.take(job, pattern, bits, limit))
  end, "rille.regex_job")
end

--- Compiles a list of patterns on another thread: `job:result()` returns what `rille.regexset` returns.
---@param list string[] patterns
---@param flags? string|rille.regex.options
---@return rille.job? job
---@return string? message if the patterns are too long
function M.regexset_job(list, flags)
  local text, ends, count, options = regexset.prepare(list, flags, "rille.regexset_job")
  local status = C.rille_regexset_start(text, #text, ends, count, options, out_handle, err)
  return started(status, function(job)
    return regexset.take(job, count)
  end, "rille.regexset_job")
end

--- Compiles a list of literals on another thread: `job:result()` returns what `rille.literals` returns.
---@param list string[]
---@param opts? rille.literals.options
---@return rille.job? job
---@return string? message if the literals are too long
function M.literals_job(list, opts)
  local text, ends, count, options = literals.prepare(list, opts, "rille.literals_job")
  local status = C.rille_literals_start(text, #text, ends, count, options, out_handle, err)
  return started(status, function(job)
    return literals.take(job, count)
  end, "rille.literals_job")
end

return M
