--- Replacement of literals in text that arrives in chunks, in pure Lua. Patterns need the native library.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local literals = require("rille.fallback.literals")
local read = require("rille.stream.options")

local sub = string.sub

--- The same interface as the native `rille.stream`.
local Stream = { is_rille_stream = true }
Stream.__index = Stream

class.named(Stream, "rille.stream", function(self)
  return self.literals and class.number(self.replaced, "replacement")
end)

local dot = require("rille.core.dot")

local M = {}

--- Raises an error if the stream is closed, or is an argument.
local function check(self, level)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), level)
  elseif not self.literals then
    error("rille: closed", level)
  end
end

local function open(self)
  check(self, 4)
  if self.finished then
    error(self.finished .. ": the stream is finished; make a new one or reset it", 3)
  end
end

---@param matcher rille.literals
---@param replacement string|string[]
---@param opts? rille.stream.options
---@return rille.stream
function M.new(matcher, replacement, opts)
  local options = read(opts, "rille.stream")
  if type(matcher) ~= "table" or not matcher.is_rille_literals then
    error("rille.stream: matcher must be a rille.regex or rille.literals, got " .. type(matcher), 2)
  end
  matcher:len()
  literals.check_replacements(matcher, replacement, nil, "rille.stream")
  local copy = type(replacement) == "table" and { unpack(replacement) } or replacement
  local self =
    { literals = matcher:clone(), replacement = copy, limit = options.limit, replaced = 0, held = "" }
  return setmetatable(self, Stream)
end

--- Replaces the hits that begin before `stop`, and keeps the rest of the text.
local function run(self, text, stop)
  local pieces, size, done = {}, 0, 1
  for first, last, id in self.literals:gfind(text) do
    if first >= stop or (self.limit > 0 and self.replaced == self.limit) then
      break
    end
    pieces[size + 1] = sub(text, done, first - 1)
    pieces[size + 2] = type(self.replacement) == "string" and self.replacement or self.replacement[id]
    size, done, self.replaced = size + 2, last + 1, self.replaced + 1
  end
  stop = math.max(done, stop)
  pieces[size + 1] = sub(text, done, stop - 1)
  self.held = sub(text, stop)
  return table.concat(pieces)
end

function Stream:feed(chunk)
  open(self)
  local text = self.held .. bytes.string(chunk, "rille.stream:feed")
  return run(self, text, math.max(1, #text + 2 - self.literals:longest_len()))
end

function Stream:finish()
  open(self)
  self.finished = "rille.stream:feed"
  return run(self, self.held, #self.held + 1)
end

function Stream:feed_into(buffer, chunk)
  open(self)
  bytes.sink(buffer, chunk, "rille.stream:feed_into")
  local result = self:feed(chunk)
  buffer:put(result)
  return #result
end

function Stream:finish_into(buffer)
  open(self)
  bytes.sink(buffer, nil, "rille.stream:finish_into")
  local result = self:finish()
  buffer:put(result)
  return #result
end

function Stream:reset()
  check(self, 3)
  self.held, self.replaced, self.finished = "", 0, nil
  return self
end

function Stream:clone()
  check(self, 3)
  local clone = { literals = self.literals:clone(), replacement = self.replacement, limit = self.limit }
  return setmetatable(clone, Stream):reset()
end

function Stream:count()
  check(self, 3)
  return self.replaced
end

function Stream:hold_back()
  check(self, 3)
  return math.max(1, self.literals:longest_len()) - 1
end

function Stream:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.literals = nil
end

return M
