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
  local is_literals = type(matcher) == "table" and matcher.is_rille_literals
  if not is_literals and not (type(matcher) == "table" and matcher.is_rille_regexset) then
    error("rille.scan: matcher must be a rille.regexset or rille.literals, got " .. type(matcher), 2)
  end
  read_options(opts, "rille.scan", options)
  local make = is_literals and C.rille_scanner_new_literals or C.rille_scanner_new_regexset
  local status = make(open(matcher), options, out_handle, err)
  if status == EPATTERN or status == ELIMIT then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, "rille.scan")
  end
  return setmetatable({ handle = own(out_handle[0]), n = matcher:len() }, Scan)
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
