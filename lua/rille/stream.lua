--- Replacement in text that arrives in chunks: a match may continue from one chunk to the next.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local literals = require("rille.literals")
local scratch = require("rille.core.scratch")
local read = require("rille.stream.options")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local out_handle = ffi.new("rille_stream *[1]")
local template = ffi.new("rille_replacement", { size = ffi.sizeof("rille_replacement") })
local list = ffi.new("rille_replacements", { size = ffi.sizeof("rille_replacements") })
local EPATTERN, ELIMIT = tonumber(C.RILLE_EPATTERN), tonumber(C.RILLE_ELIMIT)

local open = handles.open
local own, close = handles.kind(C.rille_stream_free)

--- A replacement in text that arrives in chunks. The output does not depend on where the text is cut.
---@class rille.stream
---@field package handle ffi.cdata*?
local Stream = { is_rille_stream = true }
Stream.__index = Stream

class.named(Stream, "rille.stream", function(self)
  return self.handle and class.number(self:count(), "replacement")
end)

local M = {}

local function of_regex(regex, replacement, options)
  if type(replacement) ~= "string" then
    error("rille.stream: replacement must be a template, got " .. type(replacement), 3)
  end
  template.text, template.len, template.limit = replacement, #replacement, options.limit
  local longest = options.max_match_length
  local status = C.rille_stream_new_regex(regex.handle, template, longest, out_handle, err)
  template.text = nil
  return status
end

local function of_literals(lits, replacement, options)
  local packed, ends, count = literals.pack_replacements(lits, replacement, "rille.stream", 4)
  list.text, list.len, list.ends, list.count, list.limit = packed, #packed, ends, count, options.limit
  local status = C.rille_stream_new_literals(lits.handle, list, out_handle, err)
  list.text, list.ends = nil, nil
  return status
end

--- Returns a stream. The matcher may be closed while the stream is in use.
---
--- A pattern of unbounded length, for example `a+`, needs `max_match_length`. The stream then sees twice that many
--- bytes from each position: a match longer than declared ends the stream with nil and a message, and what does not end
--- within twice the length is not a match.
---@param matcher rille.regex|rille.literals
---@param replacement string|string[] a template for a pattern; for literals a list, or one string for all
---@param opts? rille.stream.options
---@return rille.stream?
---@return string? message what is wrong with the template
---@return integer? position byte in the template
function M.new(matcher, replacement, opts)
  local options = read(opts, "rille.stream")
  local is_literals = type(matcher) == "table" and matcher.is_rille_literals
  if not is_literals and not (type(matcher) == "table" and matcher.is_rille_regex) then
    error("rille.stream: matcher must be a rille.regex or rille.literals, got " .. type(matcher), 2)
  end
  open(matcher)
  local status
  if is_literals then
    status = of_literals(matcher, replacement, options)
  else
    status = of_regex(matcher, replacement, options)
  end
  if status == EPATTERN then
    return failure.typed(err)
  elseif status < 0 then
    failure.raise(err, "rille.stream")
  end
  return setmetatable({ handle = own(out_handle[0]) }, Stream)
end

--- Returns the result of a failed call: nil and a message for a match that is too long; any other status raises an error.
local function fail(status, name)
  if status == ELIMIT then
    return failure.typed(err)
  end
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

--- Feeds the next chunk and returns the output that is decided.
---@param chunk rille.source
---@return string? output nil if a match is longer than declared
---@return string? message
---@return integer? position of that match in the stream
function Stream:feed(chunk)
  local handle = open(self)
  local ptr, len = of(chunk, "rille.stream:feed")
  local status = C.rille_stream_feed(handle, ptr, len, scratch.buffer("rille.stream:feed"), err)
  if status < 0 then
    return fail(status, "rille.stream:feed")
  end
  return scratch.string("rille.stream:feed")
end

--- Ends the text and returns the rest of the output. Nothing can be fed after that.
---@return string? output nil if a match is longer than declared
---@return string? message
---@return integer? position of that match in the stream
function Stream:finish()
  local handle = open(self)
  local status = C.rille_stream_finish(handle, scratch.buffer("rille.stream:finish"), err)
  if status < 0 then
    return fail(status, "rille.stream:finish")
  end
  return scratch.string("rille.stream:finish")
end

--- Feeds the next chunk, and appends the output to a buffer.
---@param buffer string.buffer|rille.buffer
---@param chunk rille.source
---@return integer? len bytes appended; nil if a match is longer than declared
---@return string? message
---@return integer? position of that match in the stream
function Stream:feed_into(buffer, chunk)
  local handle = open(self)
  sink(buffer, chunk, "rille.stream:feed_into")
  local ptr, len = of(chunk, "rille.stream:feed_into")
  local native = type(buffer) == "table"
  local before = native and buffer:len() or 0
  local target = native and buffer.handle or scratch.buffer("rille.stream:feed_into")
  local status = C.rille_stream_feed(handle, ptr, len, target, err)
  if status < 0 then
    return fail(status, "rille.stream:feed_into")
  end
  return native and buffer:len() - before or scratch.move(buffer)
end

--- Ends the text, and appends the rest to a buffer.
---@param buffer string.buffer|rille.buffer
---@return integer? len bytes appended; nil if a match is longer than declared
---@return string? message
---@return integer? position of that match in the stream
function Stream:finish_into(buffer)
  local handle = open(self)
  sink(buffer, nil, "rille.stream:finish_into")
  local native = type(buffer) == "table"
  local before = native and buffer:len() or 0
  local target = native and buffer.handle or scratch.buffer("rille.stream:finish_into")
  local status = C.rille_stream_finish(handle, target, err)
  if status < 0 then
    return fail(status, "rille.stream:finish_into")
  end
  return native and buffer:len() - before or scratch.move(buffer)
end

--- Forgets the text and the replacements so far, and begins with a new text, also after a failure. It allocates nothing.
---@return rille.stream self
function Stream:reset()
  if C.rille_stream_reset(open(self), err) < 0 then
    failure.raise(err, "rille.stream:reset")
  end
  return self
end

--- Returns the number of replacements so far.
---@return integer
function Stream:count()
  return C.rille_stream_count(open(self))
end

--- Returns the maximum number of bytes held back between two chunks.
---@return integer
function Stream:hold_back()
  return C.rille_stream_hold_back(open(self))
end

--- Returns another stream like this one, with a text of its own. Both share what was compiled, so that it costs little.
---@return rille.stream
---@package
function Stream:clone()
  if C.rille_stream_new_like(open(self), out_handle, err) < 0 then
    failure.raise(err, "rille.stream:clone")
  end
  return setmetatable({ handle = own(out_handle[0]) }, Stream)
end

--- Frees the memory now. A second call does nothing.
Stream.close = close

return M
