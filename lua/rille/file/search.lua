--- Searching and filtering files: methods of `rille.file`.
local ffi = require("ffi")
local classes = require("rille.core.class")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local forms = require("rille.regex.forms")
local navigation = require("rille.file.navigation")
local read = require("rille.file.options")
local adopt = require("rille.job").adopt
local patterns = require("rille.regex.line_pattern").read
local open = require("rille.core.handle").open

local err = failure.block()
local out_file = ffi.new("rille_file *[1]")
local out_job = ffi.new("rille_job *[1]")
local out_number = ffi.new("double[1]")
local found = ffi.new("rille_file_matches")
local options = ffi.new("rille_search_options", { size = ffi.sizeof("rille_search_options") })
local EPATTERN = tonumber(C.RILLE_EPATTERN)
local BACKWARD, COUNT = tonumber(C.RILLE_SEARCH_BACKWARD), tonumber(C.RILLE_SEARCH_COUNT)
local FROM, LINES = tonumber(C.RILLE_SEARCH_FROM), tonumber(C.RILLE_SEARCH_LINES)
local PARTIAL = tonumber(C.RILLE_MATCH_PARTIAL)

--- A batch of matches. It is valid until the next batch is taken or the job is closed.
---@class rille.file.matches
---@field count integer number of matches in the batch
---@field total integer number of matches so far, this batch included
---@field lines integer number of lines with matches so far
---@field package job rille.job
---@field package matches ffi.cdata*
local Matches = {}
Matches.__index = Matches

classes.named(Matches, "rille.file.matches", function(self)
  return classes.number(self.count, "match")
end)

--- Returns the entry of a match. Its memory belongs to the library and is reused for the next batch.
local function entry(self, i, name)
  local job = self.job
  if job.batch ~= self or not job.handle then
    error("rille.file.matches:" .. name .. ": stale batch: a newer one was taken, or the job was closed", 3)
  end
  if type(i) ~= "number" or not (i >= 1 and i <= self.count) or i % 1 ~= 0 then
    error(("rille.file.matches:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
  return self.matches[i - 1]
end

--- Returns the start and the end of a match in the file. An empty match ends before it starts, as in `string.find`.
---@param i integer from 1 to `count`
---@return integer from
---@return integer to
function Matches:span(i)
  local at = entry(self, i, "span")
  return at.offset + 1, at.offset + at.length
end

--- Returns the number of the line, if it was indexed when the match was found; later `file:line_at` returns it.
---@param i integer from 1 to `count`
---@return integer?
function Matches:line(i)
  local line = entry(self, i, "line").line
  return line > 0 and line or nil
end

--- Returns the position of the start of the line in the file.
---@param i integer from 1 to `count`
---@return integer
function Matches:line_offset(i)
  return entry(self, i, "line_offset").line_offset + 1
end

--- Returns "match", or "partial" in a line above 1 MiB where a match may be longer than 64 KiB: such a match may be cut
--- or missed.
---@param i integer from 1 to `count`
---@return "match"|"partial"
function Matches:kind(i)
  return entry(self, i, "kind").kind == PARTIAL and "partial" or "match"
end

--- Takes the next batch of matches, or returns nil if none is ready.
---@return rille.file.matches?
local function take(job, handle, n)
  if C.rille_file_take(handle, n, found, err) ~= 0 then
    -- The memory of the previous batch is no longer valid.
    job.batch = nil
    return nil
  end
  local batch = setmetatable({
    count = found.count,
    total = found.total,
    lines = found.lines,
    job = job,
    matches = found.matches,
  }, Matches)
  job.batch = batch
  return batch
end

--- The counts until now.
---@class rille.file.count
---@field total integer matches; 0 if only lines are counted
---@field lines integer lines with matches
---@field partial boolean whether matches in lines above 1 MiB may be missing

--- Takes all batches that are ready and returns the counts so far, or nil if nothing has changed.
---@return rille.file.count?
local function take_count(job, handle)
  local any = false
  while C.rille_file_take(handle, 2 ^ 20, found, err) == 0 do
    any = true
    -- Only lines that were searched in pieces are reported.
    job.partial = job.partial or found.count > 0
    job.total, job.lines = found.total, found.lines
  end
  if any then
    return { total = job.total, lines = job.lines, partial = job.partial or false }
  end
end

local function failed(status, name)
  if status == EPATTERN then
    return failure.typed(err)
  elseif failure.REASONS[status] then
    return nil, ffi.string(err.message, err.length), failure.REASONS[status]
  end
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

local M = {}

--- Adds the methods to the class.
---@param class rille.file
---@param adopt_file fun(handle: ffi.cdata*, path: string): rille.file
function M.extend(class, adopt_file)
  ---@class rille.file
  local File = class

  --- Starts a search for all matches, line by line as ripgrep does: `^` and `$` match at the ends of a line. A UTF-8
  --- byte-order mark is not part of the first line. Unlike `rille.grep`, which converts files in UTF-16, searches and
  --- filters treat them as bytes: lines of files of any size are separated at line feeds, and positions are those of the
  --- bytes.
  ---@param what rille.line_pattern|rille.line_pattern[]
  ---@param opts? rille.file.search.options
  ---@return rille.job? job with batches of the type `rille.file.matches`; its progress counts bytes
  ---@return string? message
  ---@return rille.file.reason|integer? reason or the position of the mistake in a pattern
  function File:search(what, opts)
    local handle = open(self)
    local list, count = patterns(what, "rille.file:search: what")
    local given = read.search(opts, "rille.file:search")
    options.flags = (given.backward and BACKWARD or 0) + (given.from and FROM or 0)
    options.from, options.limit = (given.from or 1) - 1, given.limit
    local status = C.rille_file_search(handle, list, count, options, out_job, err)
    if status < 0 then
      return failed(status, "rille.file:search")
    end
    return adopt(out_job[0], take)
  end

  --- Counts matches and matching lines; with `lines` only the lines, which is faster.
  ---@param what rille.line_pattern|rille.line_pattern[]
  ---@param opts? { lines?: boolean }
  ---@return rille.job? job whose `take` returns a `rille.file.count`, nil if nothing has changed; its progress counts bytes
  ---@return string? message
  ---@return rille.file.reason|integer? reason or the position of the mistake in a pattern
  function File:count(what, opts)
    local handle = open(self)
    local list, count = patterns(what, "rille.file:count: what")
    local given = read.count(opts, "rille.file:count")
    options.flags, options.from, options.limit = given.lines and LINES or COUNT, 0, 0
    local status = C.rille_file_search(handle, list, count, options, out_job, err)
    if status < 0 then
      return failed(status, "rille.file:count")
    end
    return adopt(out_job[0], take_count)
  end

  --- Returns the matching lines, or with `invert` the others, as a file of its own, with its own line numbers and
  --- positions, which is read, searched and filtered like any file. It grows while the job runs, without a refresh.
  ---
  --- `refresh` lets it grow with its file: "grown" if it keeps more lines. It checks the file itself, whether `self` is
  --- refreshed or closed; if you use `origin`, refresh both, the filter first. Little growth is searched in that call, more
  --- by the job of `index`, which also continues a filter whose job was cancelled. A last line without a line feed is
  --- decided again when it has become longer: if it was kept and no longer is, that is "truncated". `follow` reports new
  --- lines. `line_count` is exact when all was searched and no more can come: for a damaged archive it never is.
  ---@param what rille.line_pattern|rille.line_pattern[]
  ---@param opts? { invert?: boolean }
  ---@return rille.file? file
  ---@return rille.job|string job that fills it, with nothing to take; or the message. Its progress counts bytes of this file
  ---@return rille.file.reason|integer? reason or the position of the mistake in a pattern
  function File:filter(what, opts)
    local handle = open(self)
    local list, count = patterns(what, "rille.file:filter: what")
    local given = read.filter(opts, "rille.file:filter")
    local status = C.rille_file_filter(handle, list, count, given.invert and 1 or 0, out_file, out_job, err)
    if status < 0 then
      return failed(status, "rille.file:filter")
    end
    return adopt_file(out_file[0], "filter of " .. self.shown), adopt(out_job[0], function() end)
  end

  --- Returns the position in the filtered file of a position in the filter.
  ---@param position integer
  ---@return integer? position nil without a message if the filter ends before, or if the file is not a filter
  ---@return string? message
  ---@return rille.file.reason? reason
  function File:origin(position)
    local handle = open(self)
    read.number(position, "rille.file:origin: position")
    local status = C.rille_file_origin(handle, position - 1, out_number, err)
    if status < 0 then
      return failed(status, "rille.file:origin")
    elseif status == 0 then
      return out_number[0] + 1
    end
  end

  --- Returns an object that moves from match to match in both directions.
  ---@param what rille.line_pattern|rille.line_pattern[]
  ---@return rille.file.navigation? navigation
  ---@return string? message what is wrong with a pattern
  ---@return integer? position of the mistake in the pattern
  function File:navigate(what)
    open(self)
    local list = forms(what, "rille.file:navigate: what", 3)
    -- A search after the end of the file finds nothing; it only checks the patterns.
    local job, message, position = self:search(list, { from = read.LARGEST, limit = 1 })
    if job then
      job:close()
    elseif type(position) == "number" then
      return nil, message, position
    end
    return navigation(self, list)
  end
end

return M
