--- Files of any size: open instantly, read by line or by offset, with at most a few megabytes of them in memory.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local file_jobs = require("rille.file.job")
local handles = require("rille.core.handle")
local memory = require("rille.core.result")
local read = require("rille.file.options")
local search = require("rille.file.search")
local adopt = require("rille.job").adopt

local err = failure.block()
local out_handle = ffi.new("rille_file *[1]")
local out_job = ffi.new("rille_job *[1]")
local out_lines = ffi.new("rille_file_lines")
local out_number = ffi.new("double[1]")
local out_len = ffi.new("uint32_t[1]")
local info = ffi.new("rille_file_info")
local options = ffi.new("rille_file_options", { size = ffi.sizeof("rille_file_options") })
local news = ffi.new("rille_file_news")
local window = ffi.new("rille_file_window", { size = ffi.sizeof("rille_file_window") })
local OK, PENDING = tonumber(C.RILLE_OK), tonumber(C.RILLE_PENDING)
local EIO = tonumber(C.RILLE_EIO)
local NO_INDEX = tonumber(C.RILLE_FILE_NO_INDEX)
local SPOOL, UNPACK = tonumber(C.RILLE_FILE_SPOOL), tonumber(C.RILLE_FILE_UNPACK)
local CUT_BEFORE, CUT_AFTER = tonumber(C.RILLE_LINE_CUT_BEFORE), tonumber(C.RILLE_LINE_CUT_AFTER)
local MAX_COUNT = 2 ^ 32 - 1

---@alias rille.file.change "same"|"grown"|"truncated"|"replaced"

---@type rille.file.change[]
local CHANGES = {
  [tonumber(C.RILLE_FILE_SAME)] = "same",
  [tonumber(C.RILLE_FILE_GROWN)] = "grown",
  [tonumber(C.RILLE_FILE_TRUNCATED)] = "truncated",
  [tonumber(C.RILLE_FILE_REPLACED)] = "replaced",
}

local open, number = handles.open, read.number
local own, close = handles.kind(C.rille_file_free)

--- Why there is no result: the line or byte is not indexed yet ("pending", wait for `file:index()`), the file was truncated
--- ("changed", call `file:refresh()`), it cannot be read ("failed"), or the handle belongs to the process that this one was
--- forked from ("forked", open the file again here). Without a reason there is no such line or byte.
---@alias rille.file.reason "pending"|"changed"|"failed"|"forked"

--- An open file. Positions are 1-based bytes, line numbers are 1-based.
---@class rille.file
---@field package handle ffi.cdata*?
---@field package batch rille.file.lines? the lines of the last call
---@field package shown string its path, or what it is a filter of
local File = {}
File.__index = File

class.named(File, "rille.file", function(self)
  return self.handle and class.short(self.shown)
end)

--- Consecutive lines. They are valid until the next lines are read from the same file or the file is closed; lines read
--- by a job stay valid.
---@class rille.file.lines
---@field count integer their number
---@field first integer? number of the first line, if known
---@field more boolean whether not all requested lines fit: read those that follow, or after `last` those before
---@field package file rille.file
---@field package bytes ffi.cdata*
---@field package lines ffi.cdata*
local Lines = {}
Lines.__index = Lines

class.named(Lines, "rille.file.lines", function(self)
  return class.number(self.count, "line") .. (self.first and " from line " .. self.first or "")
end)

local M = {}

--- Returns the results of a call that failed.
local function answer(status, name, block)
  block = block or err
  if status == PENDING then
    return nil, name .. ": the index has not reached this place yet; wait for file:index()", "pending"
  elseif status > 0 then
    return nil
  elseif failure.REASONS[status] then
    return nil, ffi.string(block.message, block.length), failure.REASONS[status]
  end
  error(name .. ": " .. ffi.string(block.message, block.length), 3)
end

--- Returns the entry of a line. Its memory belongs to the library and is reused for the next lines.
local function entry(self, i, name)
  local file = self.file
  if file.batch ~= self or not file.handle then
    error("rille.file.lines:" .. name .. ": stale batch: a newer one was read, or the file was closed", 3)
  end
  if type(i) ~= "number" or not (i >= 1 and i <= self.count) or i % 1 ~= 0 then
    error(("rille.file.lines:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
  return self.lines[i - 1]
end

--- Returns the text of a line, or the requested part of it, without its line end.
---@param i integer from 1 to `count`
---@return string
function Lines:text(i)
  local at = entry(self, i, "text")
  return ffi.string(self.bytes + at.start, at.stop - at.start)
end

--- Returns the text of a line as a view, valid as long as the batch.
---@param i integer from 1 to `count`
---@return rille.view
function Lines:view(i)
  local at = entry(self, i, "view")
  return bytes.view(self.bytes + at.start, at.stop - at.start)
end

--- Returns the number of a line, if known.
---@param i integer from 1 to `count`
---@return integer?
function Lines:number(i)
  entry(self, i, "number")
  local first = self.first
  return first and first + i - 1
end

--- Returns the position of the start of a line in the file. If `cut` returns true for the start although the window is
--- at the first column, the start was too far away to search for, and this is the position of the first byte read.
---@param i integer from 1 to `count`
---@return integer
function Lines:offset(i)
  return entry(self, i, "offset").offset + 1
end

--- Returns the number of bytes of the whole line without its line end, if its end is known.
---@param i integer from 1 to `count`
---@return integer?
function Lines:length(i)
  local length = entry(self, i, "length").length
  return length >= 0 and length or nil
end

--- Returns whether bytes of the line are missing before and after the text.
---@param i integer from 1 to `count`
---@return boolean before
---@return boolean after
function Lines:cut(i)
  local flags = entry(self, i, "cut").flags
  return flags % 2 == CUT_BEFORE, flags >= CUT_AFTER
end

local function adopt_file(handle, path)
  return setmetatable({ handle = own(handle), shown = path }, File)
end

--- The directory in the options filled last; keeps the string alive while C reads it.
local directory

--- Fills the options for C.
---@param given table the options that were read
local function fill_options(given)
  directory = given.spool_directory
  options.cache, options.threads, options.spool_limit = given.cache, given.threads, given.spool_limit
  options.flags = (given.index and 0 or NO_INDEX)
    + (given.spool and SPOOL or 0)
    + (given.unpack and UNPACK or 0)
  options.spool_directory, options.spool_directory_len = ffi.cast("const uint8_t *", directory), #directory
end

--- Opens a file of any size. A job indexes its lines; a file below 1 MiB is indexed at once.
---
--- With `spool`, pipes and devices can be read too, and with `unpack` gzip and zstd: the job of `file:index()` copies
--- them to a temporary file; its progress counts bytes of the pipe or the archive. Data can be read as soon as it
--- arrives: `size` and `line_count` grow, `refresh` returns "grown", and a notifier that watches the job wakes. If the
--- job fails or is cancelled, the data read so far stays readable, and `line_count` is never exact.
---@param path string
---@param opts? rille.file.options
---@return rille.file?
---@return string? message why the file cannot be opened
function M.new(path, opts)
  if type(path) ~= "string" then
    error("rille.file: path must be a string, got " .. type(path), 2)
  end
  fill_options(read.open(opts, "rille.file"))
  local status = C.rille_file_open(path, #path, options, out_handle, err)
  if status == EIO then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, "rille.file")
  end
  return adopt_file(out_handle[0], path)
end

--- Opens a file on another thread: `job:result()` returns what `rille.file` returns. A relative path is relative to the
--- current working directory.
---@param path string
---@param opts? rille.file.options
---@return rille.job? job
---@return string? message why the path is invalid
function M.file_job(path, opts)
  if type(path) ~= "string" then
    error("rille.file_job: path must be a string, got " .. type(path), 2)
  end
  fill_options(read.open(opts, "rille.file_job"))
  return file_jobs.open(path, options, adopt_file)
end

local function stat(self, name)
  local status = C.rille_file_stat(open(self), info, err)
  if status ~= OK then
    return answer(status, name)
  end
  return info
end

--- Returns the size of the file in bytes, as of the last refresh.
---@return integer? bytes
---@return string? message
---@return rille.file.reason? reason
function File:size()
  local known, message, reason = stat(self, "rille.file:size")
  if not known then
    return nil, message, reason
  end
  return known.size
end

--- Returns the number of lines. A last line without a line feed counts.
---@return integer? count
---@return boolean|string exact whether the count is exact, otherwise it is an estimate; or the message, without a count
---@return rille.file.reason? reason
function File:line_count()
  local known, message, reason = stat(self, "rille.file:line_count")
  if not known then
    return nil, message, reason
  end
  return known.lines, known.exact ~= 0
end

---@class rille.file.info
---@field size integer bytes
---@field lines integer
---@field exact boolean whether the number of lines is exact, not an estimate
---@field indexed integer bytes that are indexed
---@field index_bytes integer memory of the index
---@field bytes integer memory that the file uses or may use

--- Returns what is known about the file.
---@return rille.file.info?
---@return string? message
---@return rille.file.reason? reason
function File:info()
  local known, message, reason = stat(self, "rille.file:info")
  if not known then
    return nil, message, reason
  end
  return file_jobs.info(known)
end

--- Returns the lines that C has just written.
local function take(self)
  local first = out_lines.first
  local batch = setmetatable({
    count = out_lines.count,
    first = first > 0 and first or nil,
    more = out_lines.more ~= 0,
    file = self,
    bytes = out_lines.text,
    lines = out_lines.lines,
  }, Lines)
  self.batch = batch
  return batch
end

local function fill_window(opts, name)
  window.from, window.max_bytes = 0, 0
  if opts ~= nil then
    window.from, window.max_bytes = read.window(opts, name, 3)
  end
  return window
end

--- Returns lines by their numbers. There may be fewer than requested: at the end of the file, or, if `more` is true,
--- because they are long. Each call reads at most a few megabytes.
---@param first integer
---@param last integer
---@param opts? rille.file.window
---@return rille.file.lines? lines nil without a message if the file has no such line
---@return string? message
---@return rille.file.reason? reason
function File:lines(first, last, opts)
  local handle = open(self)
  number(first, "rille.file:lines: first")
  number(last, "rille.file:lines: last", 0)
  local filled = fill_window(opts, "rille.file:lines")
  local count = math.min(math.max(last - first + 1, 0), MAX_COUNT)
  local status = C.rille_file_read_lines(handle, first, count, filled, out_lines, err)
  if status ~= OK then
    self.batch = nil
    return answer(status, "rille.file:lines")
  end
  return take(self)
end

--- Returns one line by its number.
---@param n integer
---@param opts? rille.file.window
---@return string? text nil without a message if the file has no such line
---@return boolean|string cut whether the line continues after the text; or the message, without a text
---@return rille.file.reason? reason
function File:line(n, opts)
  local handle = open(self)
  number(n, "rille.file:line: n")
  local filled = fill_window(opts, "rille.file:line")
  local status = C.rille_file_read_lines(handle, n, 1, filled, out_lines, err)
  self.batch = nil
  if status ~= OK then
    return answer(status, "rille.file:line")
  end
  local line = out_lines.lines[0]
  return ffi.string(out_lines.text + line.start, line.stop - line.start), line.flags >= CUT_AFTER
end

--- Returns the line at a position, `before` lines before it, and `after` lines from it on. It needs no index, but
--- without one the line numbers are unknown. There are fewer lines before it if these have more than half a mebibyte of
--- text.
---@param position integer
---@param before integer
---@param after integer
---@param opts? rille.file.window
---@return rille.file.lines? lines nil without a message if there is none
---@return string? message
---@return rille.file.reason? reason
function File:around(position, before, after, opts)
  local handle = open(self)
  number(position, "rille.file:around: position")
  number(before, "rille.file:around: before", 0)
  number(after, "rille.file:around: after", 0)
  local filled = fill_window(opts, "rille.file:around")
  before, after = math.min(before, MAX_COUNT), math.min(after, MAX_COUNT)
  local status = C.rille_file_read_around(handle, position - 1, before, after, filled, out_lines, err)
  if status ~= OK then
    self.batch = nil
    return answer(status, "rille.file:around")
  end
  return take(self)
end

--- Returns the last lines; like `around` it needs no index. If they are too long for a batch, these are the newest, and
--- `more` is true. To continue backwards: `file:around(lines:offset(1) - 1, n - lines.count - 1, 1)`.
---@param n integer
---@param opts? rille.file.window
---@return rille.file.lines? lines nil without a message if there is none
---@return string? message
---@return rille.file.reason? reason
function File:last(n, opts)
  local handle = open(self)
  number(n, "rille.file:last: n")
  local filled = fill_window(opts, "rille.file:last")
  local status = C.rille_file_read_last(handle, math.min(n, MAX_COUNT), filled, out_lines, err)
  if status ~= OK then
    self.batch = nil
    return answer(status, "rille.file:last")
  end
  return take(self)
end

--- Returns the number of the line at a position.
---@param position integer
---@return integer? line nil without a message if the file ends before
---@return string? message
---@return rille.file.reason? reason
function File:line_at(position)
  local handle = open(self)
  number(position, "rille.file:line_at: position")
  local status = C.rille_file_line_at(handle, position - 1, out_number, err)
  if status ~= OK then
    return answer(status, "rille.file:line_at")
  end
  return out_number[0]
end

--- Returns the position of the start of a line.
---@param n integer
---@return integer? position nil without a message if the file has no such line
---@return string? message
---@return rille.file.reason? reason
function File:offset_of(n)
  local handle = open(self)
  number(n, "rille.file:offset_of: n")
  local status = C.rille_file_offset_of(handle, n, out_number, err)
  if status ~= OK then
    return answer(status, "rille.file:offset_of")
  end
  return out_number[0] + 1
end

--- Appends the bytes between two positions of the file to a buffer.
---@param buffer string.buffer|rille.buffer
---@param from integer
---@param to integer fewer bytes are returned if the file ends before
---@return integer? len bytes that were appended
---@return string? message
---@return rille.file.reason? reason
function File:slice_into(buffer, from, to)
  local handle = open(self)
  bytes.sink(buffer, nil, "rille.file:slice_into")
  number(from, "rille.file:slice_into: from")
  number(to, "rille.file:slice_into: to", 0)
  local known, message, reason = stat(self, "rille.file:slice_into")
  if not known then
    return nil, message, reason
  end
  local len = math.max(math.min(to, known.size) - from + 1, 0)
  if len == 0 then
    return 0
  elseif len > bytes.MAX_BYTES then
    return nil, "rille.file:slice_into: the result would have more than 4 GiB - 1"
  end
  local status = C.rille_file_read(handle, from - 1, buffer:reserve(len), len, out_len, err)
  if status < 0 then
    return answer(status, "rille.file:slice_into")
  end
  buffer:commit(out_len[0])
  return out_len[0]
end

local function slice(buffer, file, from, to)
  return file:slice_into(buffer, from, to)
end

--- Returns the bytes between two positions, unchanged. It takes as long as reading them.
---@param from integer
---@param to integer fewer bytes are returned if the file ends before
---@return string? bytes
---@return string? message
---@return rille.file.reason? reason
function File:slice(from, to)
  local handle = open(self)
  number(from, "rille.file:slice: from")
  number(to, "rille.file:slice: to", 0)
  local len = math.max(to - from + 1, 0)
  if len > memory.MAX_SCRATCH_BYTES then
    local known, message, reason = stat(self, "rille.file:slice")
    if not known then
      return nil, message, reason
    end
    len = math.max(math.min(to, known.size) - from + 1, 0)
    if len > memory.MAX_STRING_BYTES then
      return nil, memory.too_long("rille.file:slice")
    elseif len > memory.MAX_SCRATCH_BYTES then
      return memory.string(len, slice, self, from, to)
    end
  end
  local scratch = memory.scratch(len)
  local status = C.rille_file_read(handle, from - 1, scratch, len, out_len, err)
  if status < 0 then
    return answer(status, "rille.file:slice")
  end
  return ffi.string(scratch, out_len[0])
end

--- Checks the file for changes and uses its current state from then on. Returns "grown" if it is longer, "truncated" if
--- it is shorter, "replaced" if another file has its path or its bytes were overwritten. After the latter two, earlier
--- line numbers and positions are invalid. For a rotation "grown" is returned first if the old file had grown, then
--- "replaced". A filter has grown if it keeps more lines.
---@return rille.file.change?
---@return string? message why the file that now has the path cannot be opened; the previous file stays open
---@return rille.file.reason? reason
function File:refresh()
  local status = C.rille_file_refresh(open(self), out_len, err)
  self.batch = nil
  if status ~= OK then
    return answer(status, "rille.file:refresh")
  end
  return CHANGES[out_len[0]]
end

local function take_nothing() end

--- Returns the job that indexes the lines: the running one, or a new one if the file has grown. Its progress counts
--- bytes, and it has nothing to take. If it is cancelled, the next call continues where it stopped. For a file opened
--- with `spool` or `unpack` it is the job that copies the data, which is not started again. For a filter that has
--- not searched all of its file it is one that continues with it first.
---@return rille.job? job
---@return string? message
---@return rille.file.reason? reason
function File:index()
  local status = C.rille_file_index(open(self), out_job, err)
  if status ~= OK then
    return answer(status, "rille.file:index")
  end
  return adopt(out_job[0], take_nothing)
end

--- A change of a followed file.
---@class rille.file.news
---@field change rille.file.change what the next refresh will return, unless the file changes again
---@field size integer its size in bytes; 0 for a filter that must search another file for it

--- Takes the latest change, or returns nil if there is none.
---@return rille.file.news?
local function take_news(_, handle)
  if C.rille_file_take_news(handle, news, err) == OK then
    return { change = CHANGES[news.change], size = news.size }
  end
end

--- Starts a job that reports every change of the file: take the change, then call `refresh` until it returns "same". It
--- runs until it is cancelled or the file is closed, and does not count against the limit of running jobs. A
--- filter reports new lines of its own only.
---@return rille.job? job whose `take` returns a `rille.file.news`
---@return string? message why the file cannot be followed: the system generates its content while it is read, or it is
--- spooled (then watch the job of `index`)
---@return rille.file.reason? reason
function File:follow()
  local status = C.rille_file_follow(open(self), out_job, err)
  if status < 0 then
    return nil, ffi.string(err.message, err.length), failure.REASONS[status]
  end
  return adopt(out_job[0], take_news)
end

search.extend(File, adopt_file)
file_jobs.extend(File, Lines, CHANGES, answer)

--- Closes the file. Jobs started from it continue, except its index. A second call does nothing.
File.close = close

--- Returns whether the file was closed.
---@return boolean
function File:closed()
  if type(self) ~= "table" then
    handles.refuse(self, 3)
  end
  return not self.handle
end

return M
