--- Searching a directory tree: a job whose results are lines.
local ffi = require("ffi")
local class = require("rille.core.class")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local pack = require("rille.core.strings").pack
local read_patterns = require("rille.regex.line_pattern").read
local adopt = require("rille.job").adopt
local walk_options = require("rille.walk").options
local flags_of = require("rille.core.options").flags
local read = require("rille.grep.options")

local err = failure.block()
local out_handle = ffi.new("rille_job *[1]")
local out_lines = ffi.new("rille_grep_lines")
local options = ffi.new("rille_grep_options", { size = ffi.sizeof("rille_grep_options") })
local const_bytes = ffi.typeof("const uint8_t *")
local EIO, EPATTERN = tonumber(C.RILLE_EIO), tonumber(C.RILLE_EPATTERN)

local FLAGS = {
  fixed = tonumber(C.RILLE_GREP_FIXED),
  word = tonumber(C.RILLE_GREP_WORD),
  invert = tonumber(C.RILLE_GREP_INVERT),
  multiline = tonumber(C.RILLE_GREP_MULTI_LINE),
  binary = tonumber(C.RILLE_GREP_BINARY),
}
local CASES = { ignore = tonumber(C.RILLE_GREP_IGNORE_CASE), smart = tonumber(C.RILLE_GREP_SMART_CASE) }

---@alias rille.grep.kind "match"|"context"|"error"|"stopped"

---@type rille.grep.kind[]
local KINDS = {
  [tonumber(C.RILLE_GREP_MATCH)] = "match",
  [tonumber(C.RILLE_GREP_CONTEXT)] = "context",
  [tonumber(C.RILLE_GREP_ERROR)] = "error",
  [tonumber(C.RILLE_GREP_STOPPED)] = "stopped",
}

--- A batch of lines. It is valid until the next batch is taken or the job is closed.
---@class rille.lines
---@field count integer their number
---@field package job rille.job
---@field package bytes ffi.cdata*
---@field package lines ffi.cdata*
---@field package pairs ffi.cdata*
local Lines = {}
Lines.__index = Lines

class.named(Lines, "rille.lines", function(self)
  return class.number(self.count, "line")
end)

local M = {}

--- Returns the entry of a line. Its memory belongs to the library and is reused for the next batch.
local function entry(self, i, name)
  local job = self.job
  if job.batch ~= self or not job.handle then
    error("rille.lines:" .. name .. ": stale batch: a newer one was taken, or the job was closed", 3)
  end
  if type(i) ~= "number" or not (i >= 1 and i <= self.count) or i % 1 ~= 0 then
    error(("rille.lines:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
  return self.lines[i - 1]
end

--- Returns the kind of a result: "match", "context" (a line next to a match), "error" (something that could not be
--- read) or "stopped" (the search of a file, or all of it, stopped early). For the last two `text` says why.
---@param i integer from 1 to `count`
---@return rille.grep.kind
function Lines:kind(i)
  return KINDS[entry(self, i, "kind").kind]
end

--- Returns the path of the file, which starts with the root as passed unless the option `relative` is set.
---@param i integer from 1 to `count`
---@return string
function Lines:path(i)
  local at = entry(self, i, "path")
  return ffi.string(self.bytes + at.path_start, at.path_stop - at.path_start)
end

--- Returns the number of the line in its file, from 1 on; 0 if the result is not a line.
---@param i integer from 1 to `count`
---@return integer
function Lines:line(i)
  return entry(self, i, "line").line
end

--- Returns the position of the line in its file, in 1-based bytes, also for UTF-16. A byte-order mark belongs to the
--- first line, but not to its text.
---@param i integer from 1 to `count`
---@return integer
function Lines:offset(i)
  return entry(self, i, "offset").offset + 1
end

--- Returns the line without its line end; several lines with `multiline`.
---@param i integer from 1 to `count`
---@param most? integer maximum number of bytes, as a line may be as long as its file
---@param from? integer first byte, from 1 on; 1 by default
---@return string
function Lines:text(i, most, from)
  local at = entry(self, i, "text")
  local start = math.min(at.start + (from or 1) - 1, at.stop)
  return ffi.string(self.bytes + start, math.min(at.stop - start, most or math.huge))
end

--- Returns the number of matches in the line.
---@param i integer from 1 to `count`
---@return integer
function Lines:spans(i)
  return entry(self, i, "spans").span_count
end

--- Returns the start and the end of a match in its line. An empty match ends before it starts, as in `string.find`.
---@param i integer from 1 to `count`
---@param k integer from 1 to `spans(i)`
---@return integer from
---@return integer to
function Lines:span(i, k)
  local at = entry(self, i, "span")
  if type(k) ~= "number" or not (k >= 1 and k <= at.span_count) or k % 1 ~= 0 then
    error(("rille.lines:span: k must be from 1 to %d, got %s"):format(at.span_count, tostring(k)), 2)
  end
  local place = 2 * (at.span + k - 1)
  return self.pairs[place] + 1, self.pairs[place + 1]
end

--- Takes the next batch of lines, or returns nil if none is ready.
---@return rille.lines?
local function take(job, handle, n)
  if C.rille_grep_take(handle, n, out_lines, err) ~= 0 then
    -- The memory of the previous batch is no longer valid.
    job.batch = nil
    return nil
  end
  local batch = {
    count = out_lines.count,
    job = job,
    bytes = out_lines.text,
    lines = out_lines.lines,
    pairs = out_lines.spans,
  }
  job.batch = setmetatable(batch, Lines)
  return batch
end

--- Returns paths and texts as a list, in the order of the paths.
local function alternating(texts)
  local paths, list = {}, {}
  for path in pairs(texts) do
    paths[#paths + 1] = path
  end
  table.sort(paths)
  for _, path in ipairs(paths) do
    list[#list + 1], list[#list + 2] = path, texts[path]
  end
  return list
end

--- Starts a search for all lines that match a pattern, or one of several, in the directory tree under `root`. It
--- searches the files that `rille.walk` finds. A file that cannot be read is a result of the kind "error". A line is
--- searched without its LF or CR LF: `^` and `$` match at its ends. With `multiline` the whole text is searched, and
--- `$` matches before each LF and CR LF.
---@param pattern rille.line_pattern|rille.line_pattern[] text in the syntax of `rille.regex`, or literals with `fixed`
---@param root string a directory
---@param opts? rille.grep.options
---@return rille.job? job with batches of the type `rille.lines`; its progress counts files
---@return string? message why the root cannot be opened, or which pattern, glob or type is wrong
---@return integer? position byte in the pattern that is wrong
function M.new(pattern, root, opts)
  local patterns, pattern_count = read_patterns(pattern, "rille.grep: pattern")
  if type(root) ~= "string" then
    error("rille.grep: root must be a string, got " .. type(root), 2)
  end
  local given = read(opts, "rille.grep")
  local tree, anchor = walk_options(given, "rille.grep")
  local texts, text_ends, text_count = pack(alternating(given.texts or {}), "rille.grep: texts")
  options.flags, options.context = flags_of(given, FLAGS) + (CASES[given.case] or 0), given.context
  options.limit_per_file, options.limit = given.limit_per_file, given.limit
  options.patterns, options.pattern_count = patterns, pattern_count
  options.texts, options.texts_len = const_bytes(texts), #texts
  options.text_ends, options.text_count = text_ends, text_count / 2
  local status = C.rille_grep_start(root, #root, tree, options, out_handle, err)
  -- Keeps the strings alive until here, as a pointer does not.
  anchor[1], anchor[2], anchor[3] = patterns, texts, text_ends
  if status == EIO or status == EPATTERN then
    return failure.typed(err)
  elseif status < 0 then
    failure.raise(err, "rille.grep")
  end
  return adopt(out_handle[0], take)
end

return M
