--- The comparison of two texts: options and results, which the job form shares.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local hunks = require("rille.diff.hunks")
local read_options = require("rille.diff.options").diff

local of = bytes.of
local err = failure.block()
local out = ffi.new("rille_diff *[1]")
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

--- Reads the options into the struct of C, which is valid until the next call. Errors are raised at the caller of the public
--- function, which calls its caller.
---@param opts? rille.diff.options
---@param name string the public function
---@return ffi.cdata* rille_diff_options
local function prepare(opts, name)
  local given = read_options(opts, name, nil, 3)
  options.algorithm = ALGORITHMS[given.algorithm]
  options.space = SPACES[given.whitespace]
  options.flags = (given.case == "ignore" and C.RILLE_DIFF_IGNORE_CASE or 0)
    + (given.eol == "ignore" and C.RILLE_DIFF_IGNORE_EOL or 0)
    + (given.indent_heuristic and 0 or C.RILLE_DIFF_NO_INDENT_HEURISTIC)
  options.deadline = given.deadline
  options.memory_limit = given.memory_limit
  return options
end
M.prepare = prepare

--- Returns the hunks of a handle, which it frees, or nil and why the texts were not compared.
---@param status integer
---@param diff ffi.cdata* rille_diff *
---@param error_block ffi.cdata* rille_error
---@param a rille.source
---@param b rille.source
---@param name string the public function
---@return rille.hunks?
---@return string? message
local function finished(status, diff, error_block, a, b, name)
  if status == ELIMIT or status == ETOOBIG then
    return nil, ffi.string(error_block.message, error_block.length)
  elseif status < 0 then
    failure.raise(error_block, name)
  end
  local count = C.rille_diff_count(diff)
  local numbers = array(4 * count)
  ffi.copy(numbers, C.rille_diff_hunks(diff), 16 * count)
  local exact = C.rille_diff_exact(diff) ~= 0
  C.rille_diff_free(diff)
  return hunks.new(numbers, count, exact, a, b)
end
M.finished = finished

--- Compares two texts for `rille.diff`.
function M.new(a, b, opts)
  local a_ptr, a_len = of(a, "rille.diff", "a")
  local b_ptr, b_len = of(b, "rille.diff", "b")
  prepare(opts, "rille.diff")
  local status = C.rille_diff_new(a_ptr, a_len, b_ptr, b_len, options, out, err)
  return finished(status, out[0], err, a, b, "rille.diff")
end

return M
