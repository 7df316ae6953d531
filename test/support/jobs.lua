--- Starts jobs for the tests, which the library provides with the feature `testing`.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local adopt = require("rille.job").adopt

-- A second declaration of the same functions is harmless.
ffi.cdef([[
int32_t rille_test_job(uint32_t steps, uint32_t microseconds, uint32_t results, uint32_t fate,
                       struct rille_job **out, struct rille_error *err);
int32_t rille_test_job_take(struct rille_job *job, uint32_t *out, uint32_t capacity, uint32_t *out_count,
                            struct rille_error *err);
]])

local out_handle = ffi.new("rille_job *[1]")
local out_count = ffi.new("uint32_t[1]")
local FATES = { done = 0, panic = 1, fail = 2, time = 3 }

--- Returns a batch as a list of numbers.
local function taker(_, handle, n)
  local numbers = ffi.new("uint32_t[?]", n)
  if C.rille_test_job_take(handle, numbers, n, out_count, nil) ~= 0 then
    return nil
  end
  local batch = { count = out_count[0] }
  for i = 1, batch.count do
    batch[i] = numbers[i - 1]
  end
  return batch
end

--- Starts a job of `steps` steps, each of which takes `microseconds` and produces `results` numbers, counted from 0, or,
--- with the fate "time", microseconds of the monotonic clock modulo 2^32.
---@param options { steps?: integer, microseconds?: integer, results?: integer, fate?: "done"|"panic"|"fail"|"time" }
---@return rille.job
return function(options)
  local steps, fate = options.steps or 1, FATES[options.fate or "done"]
  assert(C.rille_test_job(steps, options.microseconds or 0, options.results or 0, fate, out_handle, nil) == 0)
  return adopt(out_handle[0], taker)
end
