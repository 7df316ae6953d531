--- Compiled patterns: reading their options, compiling, and caching.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local lua_pattern = require("rille.regex.lua_pattern")
local read = require("rille.regex.options")

local err = failure.block()
local out_handle = ffi.new("rille_regex *[1]")
local options = ffi.new("rille_regex_options", { size = ffi.sizeof("rille_regex_options") })
local EPATTERN, ELIMIT = tonumber(C.RILLE_EPATTERN), tonumber(C.RILLE_ELIMIT)

local cache = require("rille.core.cache").new(C.rille_regex_free, C.rille_regex_bytes)

--- The compiled pattern shared by all objects with the same pattern and flags.
---@class rille.regex.shared: rille.shared
---@field groups integer
---@field names table<integer, string>
---@field named integer number of groups that have a name
---@field pattern string
---@field bits integer its flags

local M = {}

local BITS = {
  i = tonumber(C.RILLE_REGEX_IGNORE_CASE),
  m = tonumber(C.RILLE_REGEX_MULTI_LINE),
  s = tonumber(C.RILLE_REGEX_DOT_ALL),
  x = tonumber(C.RILLE_REGEX_VERBOSE),
  b = tonumber(C.RILLE_REGEX_BYTES),
}
local ANCHORED = tonumber(C.RILLE_REGEX_ANCHORED)

--- Returns the letters of flags.
---@param bits integer
---@return string
function M.letters(bits)
  local letters = ""
  for _, letter in ipairs({ "i", "m", "s", "x", "b" }) do
    letters = letters .. (bits % (2 * BITS[letter]) >= BITS[letter] and letter or "")
  end
  return letters
end

--- Flags as a number, by the flag string: filled as strings occur.
local known_flags = {}

--- Reads flags or options.
---@param flags? string|rille.regex.options
---@param name string the public function
---@param level? integer of an error raised by the calling function, 2 by default
---@return integer bits
---@return integer memory_limit
function M.options(flags, name, level)
  if flags == nil then
    return 0, 0
  elseif known_flags[flags] then
    return known_flags[flags], 0
  end
  local given = read(flags, name, (level or 2) + 1)
  local bits = given.anchored and ANCHORED or 0
  for letter, bit in pairs(BITS) do
    bits = bits + (given.flags:find(letter, 1, true) and bit or 0)
  end
  if type(flags) == "string" and #flags <= 5 then
    known_flags[flags] = bits
  end
  return bits, given.memory_limit
end

--- Returns the shared entry of a pattern whose handle C has just written. It is cached if the limit is the default.
local function compiled(status, pattern, bits, limit)
  local hint = EPATTERN == status and lua_pattern.hint(pattern)
  if hint then
    local _, message, position = failure.typed(err)
    return nil, message .. hint, position
  end
  if status == EPATTERN or status == ELIMIT then
    return failure.typed(err)
  elseif status < 0 then
    failure.raise(err, "rille.regex")
  end
  local shared = cache.share(out_handle[0], bits, limit == 0 and pattern or nil)
  local handle = shared.handle
  local groups, names, named = C.rille_regex_groups(handle), {}, 0
  for i = 1, groups do
    local name = C.rille_regex_name(handle, i)
    if name ~= nil then
      names[i], named = ffi.string(name), named + 1
    end
  end
  shared.groups, shared.names, shared.named = groups, names, named
  shared.pattern, shared.bits = pattern, bits
  return shared
end

--- Compiles a pattern, or returns it from the cache.
---@param pattern string
---@param bits integer flags
---@param limit integer maximum bytes of the compiled pattern; 0 for the default, the only limit that is cached
---@return rille.regex.shared? shared the entry, with one more user
---@return string? message what is wrong with the pattern
---@return integer? position byte in the pattern
function M.get(pattern, bits, limit)
  local shared = limit == 0 and cache.recall(bits, pattern)
  if shared then
    return shared
  end
  options.flags, options.memory_limit = bits, limit
  local status = C.rille_regex_new(pattern, #pattern, options, out_handle, err)
  return compiled(status, pattern, bits, limit)
end

--- Returns the options of a pattern, for C.
---@return ffi.cdata* options a rille_regex_options that is valid until the next call
function M.for_c(bits, limit)
  options.flags, options.memory_limit = bits, limit
  return options
end

--- Takes the pattern that a job has compiled; returns it as `get` does.
---@param job ffi.cdata* rille_job *
---@param pattern string
---@param bits integer
---@param limit integer
function M.take(job, pattern, bits, limit)
  -- Another object of the same pattern may have been made meanwhile.
  local shared = limit == 0 and cache.recall(bits, pattern)
  if shared then
    return shared
  end
  return compiled(C.rille_regex_take(job, out_handle, err), pattern, bits, limit)
end

--- Removes a user. The last one frees the pattern and removes it from the cache.
---@type fun(shared: rille.regex.shared)
M.release = cache.release

return M
