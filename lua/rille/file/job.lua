--- Job forms of opening and reading files: the same calls on another thread, for a disk that sleeps or a server that does
--- not answer. The host's thread makes no system call for the file until the result is there.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local jobs = require("rille.job")
local memory = require("rille.core.result")
local read = require("rille.file.options")
local open = require("rille.core.handle").open

local err = failure.block()
local out_job = ffi.new("rille_job *[1]")
local out_file = ffi.new("rille_file *[1]")
local out_answer = ffi.new("rille_file_answer")
local window = ffi.new("rille_file_window", { size = ffi.sizeof("rille_file_window") })
local task = ffi.new("rille_file_task", { size = ffi.sizeof("rille_file_task") })
task.window = window
local OK, NONE = tonumber(C.RILLE_OK), tonumber(C.RILLE_NONE)
local EIO, ETOOBIG = tonumber(C.RILLE_EIO), tonumber(C.RILLE_ETOOBIG)
local BYTES = C.RILLE_FILE_READ_BYTES
local CUT_AFTER = tonumber(C.RILLE_LINE_CUT_AFTER)
local MAX_COUNT = 2 ^ 32 - 1
local number = read.number

local M = {}

--- Returns the job that a call of C has just started.
local function started(status, name, reader, is_lasting)
  if status < 0 then
    return failure.raise(err, name)
  end
  return jobs.with_result(out_job[0], reader, is_lasting)
end

--- Starts opening a file.
---@param path string
---@param options ffi.cdata* rille_file_options
---@param adopt_file fun(handle: ffi.cdata*, path: string): rille.file
---@return rille.job? job
---@return string? message
function M.open(path, options, adopt_file)
  local status = C.rille_file_open_start(path, #path, options, out_job, err)
  if status == EIO then
    return nil, ffi.string(err.message, err.length)
  end
  return started(status, "rille.file_job", function(job)
    local taken = C.rille_file_open_take(job, out_file, err)
    if taken == EIO then
      return nil, ffi.string(err.message, err.length)
    elseif taken < 0 then
      return failure.raise(err, "rille.file")
    end
    return adopt_file(out_file[0], path)
  end)
end

--- Adds the methods to the class.
---@param class rille.file
---@param lines_class rille.file.lines
---@param changes rille.file.change[]
---@param answer fun(status: integer, name: string, err: ffi.cdata*): nil, string?, string? returns the results of a call that failed
function M.extend(class, lines_class, changes, answer)
  ---@class rille.file
  local File = class
  ---@class rille.file.lines
  local Lines = lines_class

  --- Starts a job for the task, whose window was read before. `make` turns the result of C into what the function returns.
  local function start(handle, verb, name, make, is_lasting)
    task.verb = verb
    local status = C.rille_file_read_start(handle, task, out_job, err)
    return started(status, name .. "_job", function(job)
      local taken = C.rille_file_read_take(job, out_answer, err)
      if taken == ETOOBIG then
        return nil, memory.too_long(name)
      elseif taken ~= OK and not (taken == NONE and verb == BYTES) then
        return answer(taken, name, err)
      end
      return make(out_answer, job)
    end, is_lasting)
  end

  --- Returns lines read by a job. They keep their memory alive after the job and the file are closed.
  local function page(from, job)
    local lines = from.lines
    local first = lines.first
    local batch = setmetatable({
      count = lines.count,
      first = first > 0 and first or nil,
      more = lines.more ~= 0,
      handle = job,
      bytes = lines.text,
      lines = lines.lines,
    }, Lines)
    batch.file, batch.batch = batch, batch
    return batch
  end

  --- The job form of `file:lines`. Lines read by a job stay valid when others are read, and after the file and the job
  --- were closed.
  ---@param first integer
  ---@param last integer
  ---@param opts? rille.file.window
  ---@return rille.job job
  function File:lines_job(first, last, opts)
    local handle = open(self)
    number(first, "rille.file:lines_job: first")
    number(last, "rille.file:lines_job: last", 0)
    window.from, window.max_bytes = read.window(opts, "rille.file:lines_job")
    task.at, task.count = first, math.min(math.max(last - first + 1, 0), MAX_COUNT)
    return start(handle, C.RILLE_FILE_READ_LINES, "rille.file:lines", page, true)
  end

  local function line(from)
    local at, text = from.lines.lines[0], from.lines.text
    return ffi.string(text + at.start, at.stop - at.start), at.flags >= CUT_AFTER
  end

  --- The job form of `file:line`.
  ---@param n integer
  ---@param opts? rille.file.window
  ---@return rille.job job
  function File:line_job(n, opts)
    local handle = open(self)
    number(n, "rille.file:line_job: n")
    window.from, window.max_bytes = read.window(opts, "rille.file:line_job")
    task.at, task.count = n, 1
    return start(handle, C.RILLE_FILE_READ_LINES, "rille.file:line", line)
  end

  --- The job form of `file:around`, with lines as those of `file:lines_job`.
  ---@param position integer
  ---@param before integer
  ---@param after integer
  ---@param opts? rille.file.window
  ---@return rille.job job
  function File:around_job(position, before, after, opts)
    local handle = open(self)
    number(position, "rille.file:around_job: position")
    number(before, "rille.file:around_job: before", 0)
    number(after, "rille.file:around_job: after", 0)
    window.from, window.max_bytes = read.window(opts, "rille.file:around_job")
    task.at, task.before, task.count = position - 1, math.min(before, MAX_COUNT), math.min(after, MAX_COUNT)
    return start(handle, C.RILLE_FILE_READ_AROUND, "rille.file:around", page, true)
  end

  --- The job form of `file:last`, with lines as those of `file:lines_job`.
  ---@param n integer
  ---@param opts? rille.file.window
  ---@return rille.job job
  function File:last_job(n, opts)
    local handle = open(self)
    number(n, "rille.file:last_job: n")
    window.from, window.max_bytes = read.window(opts, "rille.file:last_job")
    task.at, task.count = 0, math.min(n, MAX_COUNT)
    return start(handle, C.RILLE_FILE_READ_LAST, "rille.file:last", page, true)
  end

  --- The job form of `file:slice`. Its progress counts bytes.
  ---@param from integer
  ---@param to integer fewer bytes are returned if the file ends before
  ---@return rille.job job
  function File:slice_job(from, to)
    local handle = open(self)
    number(from, "rille.file:slice_job: from")
    number(to, "rille.file:slice_job: to", 0)
    task.at, task.count, task.limit = from - 1, math.max(to - from + 1, 0), memory.MAX_STRING_BYTES
    return start(handle, BYTES, "rille.file:slice", function(result)
      return ffi.string(result.bytes, result.len)
    end)
  end

  --- The job form of `file:line_at`.
  ---@param position integer
  ---@return rille.job job
  function File:line_at_job(position)
    local handle = open(self)
    number(position, "rille.file:line_at_job: position")
    task.at, task.count = position - 1, 0
    return start(handle, C.RILLE_FILE_LINE_AT, "rille.file:line_at", function(result)
      return result.number
    end)
  end

  --- The job form of `file:offset_of`.
  ---@param n integer
  ---@return rille.job job
  function File:offset_of_job(n)
    local handle = open(self)
    number(n, "rille.file:offset_of_job: n")
    task.at, task.count = n, 0
    return start(handle, C.RILLE_FILE_OFFSET_OF, "rille.file:offset_of", function(result)
      return result.number + 1
    end)
  end

  --- The job form of `file:size`.
  ---@return rille.job job
  function File:size_job()
    return start(open(self), C.RILLE_FILE_STAT, "rille.file:size", function(result)
      return result.info.size
    end)
  end

  --- The job form of `file:line_count`.
  ---@return rille.job job
  function File:line_count_job()
    return start(open(self), C.RILLE_FILE_STAT, "rille.file:line_count", function(result)
      return result.info.lines, result.info.exact ~= 0
    end)
  end

  --- The job form of `file:info`.
  ---@return rille.job job
  function File:info_job()
    return start(open(self), C.RILLE_FILE_STAT, "rille.file:info", function(result)
      return M.info(result.info)
    end)
  end

  --- The job form of `file:refresh`. Lines from the last call stay valid.
  ---@return rille.job job
  function File:refresh_job()
    return start(open(self), C.RILLE_FILE_REFRESH, "rille.file:refresh", function(result)
      return changes[result.number]
    end)
  end
end

--- Converts information about a file from C to Lua.
---@param known ffi.cdata* rille_file_info
---@return rille.file.info
function M.info(known)
  return {
    size = known.size,
    lines = known.lines,
    exact = known.exact ~= 0,
    indexed = known.indexed,
    index_bytes = known.index_bytes,
    bytes = known.bytes,
  }
end

return M
