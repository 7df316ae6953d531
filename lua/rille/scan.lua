--- Detection of many patterns in text that arrives in chunks: a match may continue from one chunk to the next.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local read_options = require("rille.scan.options")

local of = bytes.of
local err = failure.block()
local out = ffi.new("uint32_t[1]")
local out_handle = ffi.new("rille_scanner *[1]")
local out_job = ffi.new("rille_job *[1]")
local options = ffi.new("rille_scanner_options", { size = ffi.sizeof("rille_scanner_options") })
local array = ffi.typeof("uint32_t[?]")
local EPATTERN, ELIMIT = tonumber(C.RILLE_EPATTERN), tonumber(C.RILLE_ELIMIT)

local open = handles.open
local own, close = handles.kind(C.rille_scanner_free)

--- A detection of patterns in text that arrives in chunks. What is found does not depend on where the text is cut.
---@class rille.scan
---@field package handle ffi.cdata*?
---@field package n integer
local Scan = { is_rille_scan = true }
Scan.__index = Scan

class.named(Scan, "rille.scan", function(self)
  return self.handle and class.number(self.n, "pattern")
end)

local M = {}

--- Checks the arguments, and reads the options. Returns whether the matcher is a list of literals.
local function prepare(matcher, opts, name)
  local is_literals = type(matcher) == "table" and matcher.is_rille_literals
  if not is_literals and not (type(matcher) == "table" and matcher.is_rille_regexset) then
    error(name .. ": matcher must be a rille.regexset or rille.literals, got " .. type(matcher), 3)
  end
  read_options(opts, name, options, 3)
  return is_literals
end

--- Returns the scan whose handle C has just written, or nil and why the patterns cannot be scanned for.
local function compiled(status, count, name)
  if status == EPATTERN or status == ELIMIT then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, name)
  end
  return setmetatable({ handle = own(out_handle[0]), n = count }, Scan)
end

--- Returns a scan, which finds which patterns of a set, or which literals of a list, occur in a text that arrives in chunks. No
--- text is kept. Literals are found also where they overlap.
---
--- A set is compiled to one automaton at its first scan, which may take a tenth of a second. A set whose automaton exceeds
--- its memory limit is refused, and so is one with a Unicode word boundary: write `(?-u:\b)` for `\b`.
---@param matcher rille.regexset|rille.literals may be closed while the scan is in use
---@param opts? rille.scan.options
---@return rille.scan?
---@return string? message why the patterns cannot be scanned for
function M.new(matcher, opts)
  local is_literals = prepare(matcher, opts, "rille.scan")
  local make = is_literals and C.rille_scanner_new_literals or C.rille_scanner_new_regexset
  return compiled(make(open(matcher), options, out_handle, err), matcher:len(), "rille.scan")
end

--- Makes a scan on another thread, where its automaton is built: `job:result()` returns what `rille.scan`
--- returns.
---@param matcher rille.regexset|rille.literals may be closed meanwhile
---@param opts? rille.scan.options
---@return rille.job
function M.scan_job(matcher, opts)
  local is_literals = prepare(matcher, opts, "rille.scan_job")
  local start = is_literals and C.rille_scanner_start_literals or C.rille_scanner_start_regexset
  if start(open(matcher), options, out_job, err) < 0 then
    failure.raise(err, "rille.scan_job")
  end
  local count = matcher:len()
  return require("rille.job").with_result(out_job[0], function(job)
    return compiled(C.rille_scanner_take(job, out_handle, err), count, "rille.scan_job")
  end)
end

--- Returns indices as a list of places, or nil if there are none.
local function list(numbers, count)
  if count == 0 then
    return nil
  end
  local ids = {}
  for i = 1, count do
    ids[i] = numbers[i - 1] + 1
  end
  return ids
end

--- Scans the next chunk. A pattern is found with the chunk in which its first match ends; if that depends on the text after it,
--- as for `$`, with the next one.
---@param chunk rille.source
---@param last? boolean whether the text ends after the chunk; then only `reset` makes it take more
---@return integer[]? ids places in the list of the patterns that are found for the first time, ascending; nil if there are none
function Scan:feed(chunk, last)
  local handle = open(self)
  local ptr, len = of(chunk, "rille.scan:feed", "chunk")
  local status = C.rille_scanner_feed(handle, ptr, len, last and 1 or 0, out, err)
  if status == 0 then
    return list(C.rille_scanner_new_ids(handle), out[0])
  elseif status < 0 then
    failure.raise(err, "rille.scan:feed")
  end
  return nil
end

--- Returns all patterns that were found in the text so far.
---@return integer[] ids places in the list, ascending
function Scan:matches()
  local handle, n = open(self), self.n
  local numbers = array(n)
  if C.rille_scanner_matches(handle, numbers, n, out, err) < 0 then
    failure.raise(err, "rille.scan:matches")
  end
  return list(numbers, out[0]) or {}
end

--- Returns the end of the first match of a pattern: the position of its last byte in the text, counted over all chunks.
---@param id integer place in the list
---@return integer? position nil if the pattern was not found
function Scan:first(id)
  local handle = open(self)
  if type(id) ~= "number" or not (id >= 1 and id <= self.n) or id % 1 ~= 0 then
    error(("rille.scan:first: id must be an integer from 1 to %d, got %s"):format(self.n, tostring(id)), 2)
  end
  local first = C.rille_scanner_first(handle, id - 1)
  return first >= 0 and first or nil
end

--- Returns whether the text is longer than `max_bytes`, and was scanned up to there only.
---@return boolean
function Scan:limited()
  return C.rille_scanner_limited(open(self)) ~= 0
end

--- Resets the scan for a new text. Allocates nothing.
---@return rille.scan self
function Scan:reset()
  if C.rille_scanner_reset(open(self), err) < 0 then
    failure.raise(err, "rille.scan:reset")
  end
  return self
end

--- Returns another scan for the same patterns, with a text of its own. Both share the automaton, so a clone costs little.
---@return rille.scan
---@package
function Scan:clone()
  if C.rille_scanner_new_like(open(self), out_handle, err) < 0 then
    failure.raise(err, "rille.scan:clone")
  end
  return setmetatable({ handle = own(out_handle[0]), n = self.n }, Scan)
end

--- Frees the memory now. A second call does nothing.
Scan.close = close

return M
