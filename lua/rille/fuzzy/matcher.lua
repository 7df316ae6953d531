--- A query that is compiled once: for single texts and short lists, which are not stored.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local results = require("rille.fuzzy.result")

local of = bytes.of
local err = failure.block()
local given = ffi.new("rille_fuzzy_options", { size = ffi.sizeof("rille_fuzzy_options") })
local out_matcher = ffi.new("rille_matcher *[1]")
local hit = ffi.new("rille_fuzzy_hit")
local numbers = ffi.typeof("uint32_t[?]")
local ETOOBIG = tonumber(C.RILLE_ETOOBIG)
local own_matcher, close_matcher = handles.kind(C.rille_matcher_free)

local CASES = { ignore = tonumber(C.RILLE_FUZZY_IGNORE_CASE), respect = tonumber(C.RILLE_FUZZY_RESPECT_CASE) }
local SCHEMES = { path = tonumber(C.RILLE_FUZZY_PATH), history = tonumber(C.RILLE_FUZZY_HISTORY) }
local NORMALIZE = tonumber(C.RILLE_FUZZY_NORMALIZE)
local COLUMNS = tonumber(C.RILLE_FUZZY_COLUMNS)

local M = { given = given }

--- Fills the options for C, `given`.
---@param opts rille.fuzzy.corpus_options
---@return ffi.cdata* anchor to be kept alive until C has read them
function M.fill(opts)
  local columns = opts.columns or {}
  local list = numbers(#columns)
  for i = 1, #columns do
    list[i - 1] = columns[i] - 1
  end
  given.flags = (CASES[opts.case] or 0)
    + (SCHEMES[opts.scheme] or 0)
    + (opts.normalize and NORMALIZE or 0)
    + (opts.delimiter and COLUMNS or 0)
  given.typos = opts.typos or 0
  given.delimiter = opts.delimiter and opts.delimiter:byte() or 0
  given.column_count, given.columns = #columns, list
  given.memory_limit = opts.memory_limit or 0
  return list
end

--- A compiled query, as used by `match` and `filter`.
---@class rille.fuzzy.matcher
---@field package handle ffi.cdata*?
---@field package len integer bytes of the query
local Matcher = { close = close_matcher }
Matcher.__index = Matcher

--- Returns the score of a text and the positions of the matching characters, or nil if it does not match.
---@param s rille.source
---@param name? string the public function
---@param res? integer[] the list for the positions
---@return integer? score
---@return integer[]? positions
function Matcher:match(s, name, res)
  local ptr, len = of(s, name)
  local places = results.room(self.len)
  local status = C.rille_matcher_match(self.handle, ptr, len, places, hit, err)
  if status == 0 then
    return hit.score, results.positions(places, hit.count, res)
  elseif status < 0 then
    failure.raise(err, name)
  end
  return nil
end

--- Returns nil and the message of C for a query that is too large; any other failure is an error of the caller's caller.
---@param failed ffi.cdata* the error block
---@param name string the public function
function M.refused(failed, name)
  if failed.status == ETOOBIG then
    return nil, ffi.string(failed.message, failed.length)
  end
  error(name .. ": " .. ffi.string(failed.message, failed.length), 3)
end

local function new_matcher(query, opts, name)
  local anchor = M.fill(opts)
  local status = C.rille_matcher_new(query, #query, given, out_matcher, err)
  anchor[0] = anchor[0]
  if status < 0 then
    return M.refused(err, name)
  end
  return setmetatable({ handle = own_matcher(out_matcher[0]), len = #query }, Matcher)
end

--- Matchers without options, by their query: most programs match few queries with many texts.
local matchers, matcher_count = {}, 0

--- Returns the matcher of a query, from the cache if there are no options.
---@return rille.fuzzy.matcher?
---@return string? message
function M.of(query, opts, name)
  if opts ~= nil then
    return new_matcher(query, opts, name)
  end
  local matcher = matchers[query]
  if not matcher then
    if matcher_count == 16 then
      -- Not closed, as callers may still hold one: the garbage collector frees them.
      matchers, matcher_count = {}, 0
    end
    local message
    matcher, message = new_matcher(query, {}, name)
    if not matcher then
      return nil, message
    end
    matchers[query], matcher_count = matcher, matcher_count + 1
  end
  return matcher
end

return M
