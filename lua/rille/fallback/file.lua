--- Files in pure Lua: the same reading functions, by `io`. Lines are searched for while the caller waits, so the first
--- access to a high line number takes as long as reading the file up to it. Whatever needs a background job is missing: the
--- index, searches, filters and following.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local dot = require("rille.core.dot")
local of = require("rille.fallback.job").of
local forms = require("rille.regex.forms")
local read = require("rille.file.options")

local find, byte = string.find, string.byte
local number = read.number
local BLOCK, STRIDE = 2 ^ 16, 1024

--- The same interface as the native `rille.file`.
local File = {}
File.__index = File

class.named(File, "rille.file", function(self)
  return self.io_file and class.short(self.path)
end)

local Lines = {}
Lines.__index = Lines

class.named(Lines, "rille.file.lines", function(self)
  return class.number(self.count, "line") .. (self.first and " from line " .. self.first or "")
end)

local M = {}

local NEEDED = "needs the native library; rille.health() says why it is not loaded"

local function plain(path, message)
  message = message or "it cannot be read"
  return message:sub(1, #path + 2) == path .. ": " and message or path .. ": " .. message
end

--- Returns whether a file that starts with these bytes is a gzip or zstd archive.
local function is_archive(head)
  local frame = head:find("^[P-_]") and head:sub(2) == "*M\24"
  return frame or head == "\40\181\47\253" or head:sub(1, 3) == "\31\139\8"
end

--- Maximum bytes of a file whose content the system generates while it is read; the content is kept in memory.
local MAX_MADE = 4 * 2 ^ 20

--- Returns whether a file has as many bytes as the system reports. If it grows in the meantime, its size is read again.
local function size_is_true(io_file, size)
  for _ = 1, 4 do
    io_file:seek("set", math.max(size - 1, 0))
    if #(io_file:read(2) or "") == math.min(size, 1) then
      return true
    end
    local now = io_file:seek("end")
    if now == size then
      return false
    end
    size = now
  end
  return true
end

--- Returns an object for text read from a file whose size the system does not report, with the methods of `io` used here.
local function made_file(text)
  local at = 0
  return {
    made = text,
    seek = function(_, whence, offset)
      at = whence == "end" and #text or offset
      return at
    end,
    read = function(_, len)
      local piece = text:sub(at + 1, at + len)
      at = at + #piece
      return piece ~= "" and piece or nil
    end,
    setvbuf = function() end,
    close = function() end,
  }
end

---@param path string
---@param opts? rille.file.options
---@return rille.file?
---@return string? message why the file cannot be opened
function M.new(path, opts)
  if type(path) ~= "string" then
    error("rille.file: path must be a string, got " .. type(path), 2)
  end
  local given = read.open(opts, "rille.file")
  local io_file, message = io.open(path, "rb")
  if not io_file then
    return nil, plain(path, message)
  end
  -- A directory can be opened but not read; a file without a size cannot be sought in.
  local _, refused = io_file:read(0)
  local size = not refused and io_file:seek("end")
  if not size or size >= read.LARGEST then
    io_file:close()
    local directory = refused and refused:find("directory", 1, true)
    if given.spool and not directory then
      return nil, "rille.file: to spool " .. path .. " " .. NEEDED
    end
    return nil, path .. ": " .. (directory and "it is a directory" or refused or "it has no size")
  end
  io_file:seek("set", 0)
  local head = io_file:read(4) or ""
  if not size_is_true(io_file, size) then
    io_file:seek("set", 0)
    local text = io_file:read(MAX_MADE + 1) or ""
    if #text > MAX_MADE then
      io_file:close()
      if given.spool then
        return nil, "rille.file: to spool " .. path .. " " .. NEEDED
      end
      return nil,
        path
          .. ": the system does not report its size, as its content is generated while it is read, and it has more than 4 MiB"
    end
    io_file:close()
    io_file, size = made_file(text), #text
  end
  if given.unpack and is_archive(head) then
    io_file:close()
    return nil, "rille.file: to unpack " .. path .. " " .. NEEDED
  end
  -- Unbuffered: after the file has changed, old content must not be returned.
  io_file:setvbuf("no")
  return setmetatable(
    { io_file = io_file, path = path, bytes = size, marks = { 0 }, at = 0, feeds = 0 },
    File
  )
end

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  end
  if not self.io_file then
    error("rille: closed", 3)
  end
end

--- Returns whether the file is still at least as long as at the last refresh.
local function check(self)
  local now = self.io_file:seek("end")
  if not now then
    return nil, self.path .. ": it cannot be read", "failed"
  elseif now < self.bytes then
    local message = "the file was truncated from %d bytes to %d since the last refresh; refresh it"
    return nil, message:format(self.bytes, now), "changed"
  end
  return true
end

--- Returns bytes from an offset on.
local function piece(self, offset, len)
  self.io_file:seek("set", offset)
  return self.io_file:read(math.min(len, self.bytes - offset)) or ""
end

--- Extends the index until it contains a line feed, counted from 1, or an offset.
local function extend(self, feed, offset)
  while self.at < self.bytes and self.feeds < feed and self.at <= offset do
    local text, from = piece(self, self.at, BLOCK), 1
    if text == "" then
      break
    end
    local place = find(text, "\n", from, true)
    while place do
      self.feeds = self.feeds + 1
      if self.feeds % STRIDE == 0 then
        self.marks[self.feeds / STRIDE + 1] = self.at + place
      end
      place = find(text, "\n", place + 1, true)
    end
    self.at = self.at + #text
  end
end

--- Returns the offset of the first line feed at or after an offset.
local function feed_from(self, offset)
  while offset < self.bytes do
    local text = piece(self, offset, BLOCK)
    local place = find(text, "\n", 1, true)
    if place then
      return offset + place - 1
    elseif text == "" then
      break
    end
    offset = offset + #text
  end
end

local function start_of(self, n)
  extend(self, n - 1, math.huge)
  if self.feeds < n - 1 then
    return nil
  end
  local at = (n - 1) - (n - 1) % STRIDE
  local offset = self.marks[at / STRIDE + 1]
  for _ = at + 1, n - 1 do
    offset = feed_from(self, offset) + 1
  end
  return offset < self.bytes and offset or nil
end

--- Returns the number of the line that contains an offset, and extends the index for it.
local function line_of(self, offset)
  extend(self, math.huge, offset)
  local low, high = 1, #self.marks
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if self.marks[middle] <= offset then
      low = middle
    else
      high = middle - 1
    end
  end
  local line, at = (low - 1) * STRIDE + 1, feed_from(self, self.marks[low])
  while at and at < offset do
    line, at = line + 1, feed_from(self, at + 1)
  end
  return line
end

--- Searches backward for `feeds` line feeds: returns the offset after the last one found, and how many were found.
local function back(self, offset, feeds)
  local found, at = 0, offset
  while at > 0 and found < feeds do
    local from = math.max(at - BLOCK, 0)
    local text = piece(self, from, at - from)
    for i = #text, 1, -1 do
      if byte(text, i) == 10 then
        found = found + 1
        if found == feeds then
          return from + i, found
        end
      end
    end
    at = from
  end
  return at, found
end

local function emit(self, offset, first, count, opts, name)
  local from, most = read.window(opts, name)
  local batch = { count = 0, first = first, more = false, file = self }
  while batch.count < count and offset < self.bytes do
    local feed = feed_from(self, offset)
    local stop = feed or self.bytes
    if feed and stop > offset and piece(self, stop - 1, 1) == "\r" then
      stop = stop - 1
    end
    local begin = math.min(offset + from, stop)
    local text = piece(self, begin, math.min(most, stop - begin))
    batch.count = batch.count + 1
    batch[batch.count] = {
      text = text,
      offset = offset,
      length = stop - offset,
      cut_before = begin > offset,
      cut_after = begin + #text < stop,
    }
    offset = feed and feed + 1 or self.bytes
  end
  self.batch = setmetatable(batch, Lines)
  return batch
end

local function entry(self, i, name)
  if self.file.batch ~= self or not self.file.io_file then
    error("rille.file.lines:" .. name .. ": stale batch: a newer one was read, or the file was closed", 3)
  end
  if type(i) ~= "number" or not (i >= 1 and i <= self.count) or i % 1 ~= 0 then
    error(("rille.file.lines:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
  return self[i]
end

function Lines:text(i)
  return entry(self, i, "text").text
end

function Lines:view(i)
  local ffi = require("ffi")
  local text = entry(self, i, "view").text
  local view = bytes.view(ffi.cast("const uint8_t *", text), #text)
  view.text = text
  return view
end

function Lines:number(i)
  entry(self, i, "number")
  return self.first and self.first + i - 1
end

function Lines:offset(i)
  return entry(self, i, "offset").offset + 1
end

function Lines:length(i)
  return entry(self, i, "length").length
end

function Lines:cut(i)
  local line = entry(self, i, "cut")
  return line.cut_before, line.cut_after
end

function File:size()
  open(self)
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  end
  return self.bytes
end

local function count_lines(self)
  extend(self, math.huge, math.huge)
  local ended = self.bytes == 0 or piece(self, self.bytes - 1, 1) == "\n"
  return self.feeds + (ended and 0 or 1)
end

function File:line_count()
  open(self)
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  end
  return count_lines(self), true
end

function File:info()
  open(self)
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  end
  local lines, index_bytes = count_lines(self), 8 * #self.marks
  return {
    size = self.bytes,
    lines = lines,
    exact = true,
    indexed = self.bytes,
    index_bytes = index_bytes,
    bytes = index_bytes,
  }
end

function File:lines(first, last, opts)
  open(self)
  number(first, "rille.file:lines: first")
  number(last, "rille.file:lines: last", 0)
  read.window(opts, "rille.file:lines")
  local ok, message, reason = check(self)
  self.batch = nil
  if not ok then
    return nil, message, reason
  end
  local offset = start_of(self, first)
  if offset then
    return emit(self, offset, first, last - first + 1, opts, "rille.file:lines")
  end
end

function File:line(n, opts)
  open(self)
  number(n, "rille.file:line: n")
  read.window(opts, "rille.file:line")
  local ok, message, reason = check(self)
  self.batch = nil
  if not ok then
    return nil, message, reason
  end
  local offset = start_of(self, n)
  if offset then
    local line = emit(self, offset, n, 1, opts, "rille.file:line")[1]
    self.batch = nil
    return line.text, line.cut_after
  end
end

local function emit_from(self, offset, count, opts, name)
  if count > 0 and offset < self.bytes then
    return emit(self, offset, line_of(self, offset), count, opts, name)
  end
end

function File:around(position, before, after, opts)
  open(self)
  number(position, "rille.file:around: position")
  number(before, "rille.file:around: before", 0)
  number(after, "rille.file:around: after", 0)
  read.window(opts, "rille.file:around")
  local ok, message, reason = check(self)
  self.batch = nil
  if not ok then
    return nil, message, reason
  end
  local offset, found = back(self, math.min(position - 1, self.bytes), before + 1)
  return emit_from(self, offset, math.min(found, before) + after, opts, "rille.file:around")
end

function File:last(n, opts)
  open(self)
  number(n, "rille.file:last: n")
  read.window(opts, "rille.file:last")
  local ok, message, reason = check(self)
  self.batch = nil
  if not ok then
    return nil, message, reason
  end
  local ended = self.bytes > 0 and piece(self, self.bytes - 1, 1) == "\n"
  local offset = back(self, self.bytes, n + (ended and 1 or 0))
  return emit_from(self, offset, n, opts, "rille.file:last")
end

function File:line_at(position)
  open(self)
  number(position, "rille.file:line_at: position")
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  elseif position <= self.bytes then
    return line_of(self, position - 1)
  end
end

function File:offset_of(n)
  open(self)
  number(n, "rille.file:offset_of: n")
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  end
  local offset = start_of(self, n)
  return offset and offset + 1
end

function File:slice(from, to)
  open(self)
  number(from, "rille.file:slice: from")
  number(to, "rille.file:slice: to", 0)
  local ok, message, reason = check(self)
  if not ok then
    return nil, message, reason
  end
  local len = math.min(to, self.bytes) - from + 1
  return len > 0 and piece(self, from - 1, len) or ""
end

function File:slice_into(buffer, from, to)
  open(self)
  bytes.sink(buffer, nil, "rille.file:slice_into")
  number(from, "rille.file:slice_into: from")
  number(to, "rille.file:slice_into: to", 0)
  local text, message, reason = self:slice(from, to)
  if not text then
    return nil, message, reason
  end
  buffer:put(text)
  return #text
end

--- Returns the first and the last bytes of a file, which identify it.
local function fingerprint_of(self)
  return piece(self, 0, 4096), piece(self, math.max(self.bytes - 4096, 0), 4096)
end

function File:refresh()
  open(self)
  self.batch = nil
  local again = io.open(self.path, "rb")
  local made = self.io_file.made
  if made then
    local text = again and again:read(MAX_MADE + 1)
    if again then
      again:close()
    end
    if not text or text == made then
      return "same"
    end
    self.io_file, self.bytes = made_file(text), #text
    self.marks, self.at, self.feeds = { 0 }, 0, 0
    return "replaced"
  end
  local size = self.io_file:seek("end")
  local change = "same"
  if size < self.bytes then
    change = "truncated"
  elseif size > self.bytes then
    change = "grown"
  elseif again then
    -- The identity of the file is not available, but another file rarely has the same bytes at both ends.
    local other = setmetatable({ io_file = again, bytes = again:seek("end") }, File)
    local head, tail = fingerprint_of(self)
    local other_head, other_tail = fingerprint_of(other)
    if other.bytes ~= self.bytes or head ~= other_head or tail ~= other_tail then
      change = "replaced"
    end
  end
  if change == "replaced" then
    self.io_file:close()
    self.io_file, again = again, nil
    self.io_file:setvbuf("no")
    size = self.io_file:seek("end")
  end
  if change == "truncated" or change == "replaced" then
    self.marks, self.at, self.feeds = { 0 }, 0, 0
  end
  self.bytes = size
  if again then
    again:close()
  end
  return change
end

for _, name in ipairs({ "index", "follow" }) do
  File[name] = function(self)
    open(self)
    return nil, "rille.file:" .. name .. " " .. NEEDED
  end
end

for _, name in ipairs({ "search", "count", "filter", "navigate" }) do
  local title = "rille.file:" .. name
  File[name] = function(self, what, opts)
    open(self)
    forms(what, title .. ": what", 3)
    if read[name] then
      read[name](opts, title)
    end
    return nil, title .. " " .. NEEDED
  end
end

--- Job forms run at once, see `rille.fallback.job`.
for _, name in ipairs({
  "lines",
  "line",
  "around",
  "last",
  "slice",
  "line_at",
  "offset_of",
  "size",
  "line_count",
  "info",
  "refresh",
}) do
  File[name .. "_job"] = function(self, ...)
    open(self)
    local before = self.batch
    local job = of("rille.file:" .. name, File[name], self, ...)
    local page = self.batch
    if page and page ~= before then
      -- Lines of a job stay valid, and so do the lines of the last call.
      page.file = { io_file = self.io_file, batch = page }
    end
    self.batch = before
    return job
  end
end

---@param path string
---@param opts? rille.file.options
---@return rille.job? job
---@return string? message
function M.file_job(path, opts)
  return (of("rille.file", M.new, path, opts))
end

function File:origin(position)
  open(self)
  number(position, "rille.file:origin: position")
end

function File:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  if self.io_file then
    self.io_file:close()
    self.io_file = nil
  end
end

function File:closed()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  return not self.io_file
end

return M
