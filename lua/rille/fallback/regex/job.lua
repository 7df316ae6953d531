--- Job forms of compiling, in pure Lua: see `rille.fallback.job`.
local load = require("rille.core.lazy").load
local of = require("rille.fallback.job").of

local M = {}

function M.regex_job(pattern, flags)
  return (of("rille.regex", load("rille.fallback.regex"), pattern, flags))
end

function M.regexset_job(patterns, flags)
  return (of("rille.regexset", load("rille.fallback.regexset").new, patterns, flags))
end

function M.literals_job(list, opts)
  return (of("rille.literals", load("rille.fallback.literals").new, list, opts))
end

return M
