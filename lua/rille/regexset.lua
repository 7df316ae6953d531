--- Matching many patterns at once: returns which of them match.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local new_lists = require("rille.core.lists").kind
local pack = require("rille.core.strings").pack
local pattern_options = require("rille.regex.pattern").options
local spans = require("rille.regex.spans")

local of = bytes.of
local err = failure.block()
local out = ffi.new("uint32_t[1]")
local options = ffi.new("rille_regex_options", { size = ffi.sizeof("rille_regex_options") })
local array = ffi.typeof("uint32_t[?]")

local open = handles.open

--- A compiled list of patterns.
---@class rille.regexset: rille.list
local Set = { is_rille_regexset = true }
Set.__index = Set

local lists = new_lists(Set, "rille.regexset", "rille_regexset")

class.named(Set, "rille.regexset", function(self)
  return self.handle and class.number(self.n, "pattern")
end)

local M = {}

--- Checks the arguments, and packs them for C.
---@param name string the public function, for the error of its caller
---@return string text
---@return ffi.cdata* ends
---@return integer count
---@return ffi.cdata* options rille_regex_options, valid until the next call
function M.prepare(patterns, flags, name)
  local text, ends, count = pack(patterns, name .. ": patterns", 4)
  options.flags, options.memory_limit = pattern_options(flags, name, 3)
  return text, ends, count, options
end

--- Returns the result of a job, as `new` returns it.
---@param job ffi.cdata* rille_job *
---@param count integer how many patterns there are
function M.take(job, count)
  return lists.take(job, count)
end

--- Compiles a list of patterns, or returns it from the cache. An empty list matches nothing.
---@param patterns string[]
---@param flags? string|rille.regex.options for all patterns; the size limit applies to all together
---@return rille.regexset?
---@return string? message what is wrong, and with which pattern
---@return integer? position byte in that pattern
function M.new(patterns, flags)
  return lists.new(M.prepare(patterns, flags, "rille.regexset"))
end

--- Returns whether any of the patterns matches.
---@param s rille.source
---@return boolean
function Set:test(s)
  local handle = open(self)
  local ptr, len = of(s, "rille.regexset:test")
  local status = C.rille_regexset_test(handle, ptr, len, err)
  if status < 0 then
    failure.raise(err, "rille.regexset:test")
  end
  return status == 0
end

--- Returns the numbers of the patterns that match.
---@param s rille.source
---@return integer[] ids places in the list, ascending
function Set:matches(s)
  local handle, n = open(self), self.n
  local ptr, len = of(s, "rille.regexset:matches")
  local pooled = n <= spans.SIZE
  local numbers = pooled and spans.take() or array(n)
  if C.rille_regexset_matches(handle, ptr, len, numbers, n, out, err) < 0 then
    failure.raise(err, "rille.regexset:matches")
  end
  local ids, count = {}, out[0]
  for i = 1, count do
    ids[i] = numbers[i - 1] + 1
  end
  if pooled then
    spans.give(numbers)
  end
  return ids
end

--- Returns the number of patterns.
---@return integer
function Set:len()
  open(self)
  return self.n
end

--- Frees the memory now, unless another object of the same list is in use. A second call does nothing.
function Set:close()
  lists.close(self)
end

return M
