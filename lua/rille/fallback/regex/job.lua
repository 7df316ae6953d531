--- Job forms of compiling, in pure Lua: see `rille.fallback.job`.
local of = require("rille.fallback.job").of

local M = {}

function M.regex_job(pattern, flags)
  return (of("rille.regex", require("rille.fallback.regex"), pattern, flags))
end

function M.regexset_job(patterns, flags)
  return (of("rille.regexset", require("rille.fallback.regexset").new, patterns, flags))
end

function M.literals_job(list, opts)
  return (of("rille.literals", require("rille.fallback.literals").new, list, opts))
end

return M
