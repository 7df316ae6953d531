--- The comparison of two texts, and its job form.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local hunks = require("rille.diff.hunks")
local read_options = require("rille.diff.options").diff

local of = bytes.of
local err = failure.block()
local out = ffi.new("rille_diff *[1]")
local out_job = ffi.new("rille_job *[1]")
local array = ffi.typeof("uint32_t[?]")
local ELIMIT, ETOOBIG = tonumber(C.RILLE_ELIMIT), tonumber(C.RILLE_ETOOBIG)

local ALGORITHMS = {
  histogram = C.RILLE_DIFF_HISTOGRAM,
  myers = C.RILLE_DIFF_MYERS,
  minimal = C.RILLE_DIFF_MINIMAL,
}
local SPACES = {
  respect = C.RILLE_DIFF_SPACE_RESPECT,
  trailing = C.RILLE_DIFF_SPACE_TRAILING,
  amount = C.RILLE_DIFF_SPACE_AMOUNT,
  ignore = C.RILLE_DIFF_SPACE_IGNORE,
}
local options = ffi.new("rille_diff_options", { size = ffi.sizeof("rille_diff_options") })

local M = {}

--- Reads the options into the struct of C.
local function prepare(opts, name)
  local given = read_options(opts, name, nil, 3)
  options.algorithm = ALGORITHMS[given.algorithm]
  options.space = SPACES[given.whitespace]
  options.flags = (given.case == "ignore" and C.RILLE_DIFF_IGNORE_CASE or 0)
    + (given.eol == "ignore" and C.RILLE_DIFF_IGNORE_EOL or 0)
    + (given.indent_heuristic and 0 or C.RILLE_DIFF_NO_INDENT_HEURISTIC)
  options.deadline = given.deadline
  options.memory_limit = given.memory_limit
end

--- Returns the hunks that C has just written, or nil and why the texts are not compared.
local function finished(status, a, b, name)
  if status == ELIMIT or status == ETOOBIG then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, name)
  end
  local diff = out[0]
  local count = C.rille_diff_count(diff)
  local numbers = array(4 * count)
  ffi.copy(numbers, C.rille_diff_hunks(diff), 16 * count)
  local exact = C.rille_diff_exact(diff) ~= 0
  C.rille_diff_free(diff)
  return hunks.new(numbers, count, exact, a, b)
end

--- Compares two texts for `rille.diff`.
function M.new(a, b, opts)
  local a_ptr, a_len = of(a, "rille.diff", "a")
  local b_ptr, b_len = of(b, "rille.diff", "b")
  prepare(opts, "rille.diff")
  return finished(C.rille_diff_new(a_ptr, a_len, b_ptr, b_len, options, out, err), a, b, "rille.diff")
end

--- Compares two texts on another thread: `job:result()` returns what `rille.diff` returns. Both texts are copied, which counts
--- for the memory limit.
---@param a rille.source
---@param b rille.source
---@param opts? rille.diff.options
---@return rille.job? job
---@return string? message why the texts are not compared: the memory limit is too low for them
function M.job(a, b, opts)
  local a_ptr, a_len = of(a, "rille.diff_job", "a")
  local b_ptr, b_len = of(b, "rille.diff_job", "b")
  prepare(opts, "rille.diff_job")
  local status = C.rille_diff_start(a_ptr, a_len, b_ptr, b_len, options, out_job, err)
  if status == ELIMIT then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, "rille.diff_job")
  end
  return require("rille.job").with_result(out_job[0], function(job)
    return finished(C.rille_diff_take(job, out, err), a, b, "rille.diff_job")
  end)
end

return M
