--- Escaping, and conversion from other pattern syntaxes: functions of `rille.regex` that need no compiled pattern.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local scratch = require("rille.core.scratch")

local of = bytes.of
local err = failure.block()
local out = ffi.new("uint32_t[1]")
local array = ffi.typeof("uint32_t[?]")
local EPATTERN = tonumber(C.RILLE_EPATTERN)

local M = {}

--- Returns a pattern that matches exactly `s`, with any flags except "i".
---@param s rille.source
---@return string
function M.escape(s)
  local ptr, len = of(s, "rille.regex.escape")
  if C.rille_regex_escape(ptr, len, scratch.buffer("rille.regex.escape"), err) < 0 then
    failure.raise(err, "rille.regex.escape")
  end
  return scratch.string("rille.regex.escape")
end

--- Converts a Lua pattern to a pattern that matches the same bytes. A `^` at the start means the start of the text, not
--- of the search; a position capture becomes an empty group, whose position `captures` returns.
---@param pattern string
---@return string? pattern nil if there is no equivalent, as for %b, %f and %1 to %9
---@return string? message why there is none
---@return integer? position byte in the Lua pattern
function M.from_lua(pattern)
  if type(pattern) ~= "string" then
    error("rille.regex.from_lua: pattern must be a string, got " .. type(pattern), 2)
  end
  local buffer = scratch.buffer("rille.regex.from_lua")
  local status = C.rille_regex_from_lua(pattern, #pattern, buffer, err)
  if status == EPATTERN then
    return failure.typed(err)
  elseif status < 0 then
    failure.raise(err, "rille.regex.from_lua")
  end
  return scratch.string("rille.regex.from_lua")
end

local FEATURE_NAMES = "look-ahead look-behind back-reference possessive atomic recursion conditional verb keep "
  .. "last-match branch-reset"
local FEATURES = {}
for name in FEATURE_NAMES:gmatch("%S+") do
  FEATURES[tonumber(C["RILLE_PCRE_" .. name:upper():gsub("-", "_")])] = name
end

---@class rille.regex.feature
---@field feature "look-ahead"|"look-behind"|"back-reference"|"possessive"|"atomic"|"recursion"|"conditional"|"verb"|"keep"|"last-match"|"branch-reset"
---@field position integer byte in the pattern

--- Returns the features of a PCRE pattern that rille does not support, from left to right.
---@param pattern string
---@return rille.regex.feature[]
function M.explain_pcre(pattern)
  if type(pattern) ~= "string" then
    error("rille.regex.explain_pcre: pattern must be a string, got " .. type(pattern), 2)
  end
  local numbers = array(2 * #pattern + 2)
  if C.rille_regex_explain_pcre(pattern, #pattern, numbers, #pattern + 1, out, err) < 0 then
    failure.raise(err, "rille.regex.explain_pcre")
  end
  local list = {}
  for i = 0, out[0] - 1 do
    list[i + 1] = { feature = FEATURES[numbers[2 * i]], position = numbers[2 * i + 1] + 1 }
  end
  return list
end

return M
