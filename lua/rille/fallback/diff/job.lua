--- The job form of `rille.diff`, in pure Lua: see `rille.fallback.job`.
local diff = require("rille.fallback.diff")
local of = require("rille.fallback.job").of

local M = {}

function M.diff_job(a, b, opts)
  return (of("rille.diff", diff, a, b, opts))
end

return M
